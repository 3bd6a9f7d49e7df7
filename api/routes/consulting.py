"""Consultations: what everybody may see and say about a proposed name, and what the office records of it."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api import consultation_pages, pages
from api.answers import json_answer
from api.deps import Body, Look, Signed, Tx, Visitor, place_of
from api.routes.casework import seen, went
from gis.errors import BadInput, NotFound
from placenames.casework import cases, consultations, opinions
from placenames.casework.opinions import Opinion

router = APIRouter()
LISTED = 50


@router.get("/consultations")
def list_consultations(
    request: Request, look: Look, _visitor: Visitor, before: Annotated[int | None, Query()] = None
) -> Response:
    """The consultations that are open: what is proposed, why, until when, and how many are for and against it."""
    rows = cases.public_cases(look, "consulting", before, LISTED)
    if pages.wants_page(request):
        return consultation_pages.listed(request, look, rows, rows[-1]["id"] if len(rows) == LISTED else None)
    found = [consultations.as_public(look, row, date.today()) for row in rows]
    following = rows[-1]["id"] if len(rows) == LISTED else None
    return json_answer(request, {"consultations": found, "before": following})


@router.get("/consultations/{number}")
def look_at_consultation(request: Request, number: int, look: Look, _visitor: Visitor) -> Response:
    """One consultation."""
    if pages.wants_page(request):
        return consultation_pages.one(request, look, _consultation(look, number))
    return json_answer(request, consultations.as_public(look, _consultation(look, number), date.today()))


@router.post("/consultations/{number}")
def answer_consultation(request: Request, number: int, _visitor: Visitor, tx: Tx, body: Body) -> Response:
    """Takes an answer to a consultation: {"stance": "support" | "object" | "comment", "reason", "name", "contact"}."""
    if pages.wants_page(request):
        return _answered(request, tx, number, body)
    counts = consultations.answer(tx, number, _opinion(body), place_of(request), date.today())
    return json_answer(request, {"id": number, "counts": counts}, status=201)


@router.get("/cases/{number}/opinions")
def list_opinions(request: Request, number: int, person: Signed, tx: Tx) -> Response:
    """What was said about a case; with who said it for the office of its area."""
    found = seen(tx, person, number)
    said = opinions.of_case(tx, person, found)
    return json_answer(request, {"counts": opinions.counts(tx, number), "opinions": said})


@router.post("/cases/{number}/opinions")
def record_opinion(request: Request, number: int, person: Signed, tx: Tx, body: Body) -> Response:
    """Records what came by letter, from a department or at a hearing: {"stance", "reason", "name", "contact", "source"}."""
    seen(tx, person, number)
    source = str(body.get("source") or "")
    counts = consultations.record(tx, person, number, _opinion(body), source, date.today())
    return went(request, number, {"counts": counts}, 201)


def _answered(request: Request, tx: Any, number: int, body: Mapping[str, Any]) -> Response:
    """Takes an answer written into the page; what is wrong with it is said beside what was written."""
    try:
        with tx.begin_nested():
            consultations.answer(tx, number, _opinion(body), place_of(request), date.today())
    except BadInput as problem:
        return consultation_pages.one(request, tx, _consultation(tx, number), body, problem)
    return RedirectResponse(f"/consultations/{number}?thanks=1", 303)


def _consultation(look: Any, number: int) -> dict[str, Any]:
    """A case that is out for consultation; of any other the public is told nothing here."""
    found = cases.find_public(look, number)
    if found["state"] != "consulting":
        raise NotFound("第 {number} 号事项现在不征求意见", "case {number} is not out for consultation", number=number)
    return found


def _opinion(body: Mapping[str, Any]) -> Opinion:
    names = ("stance", "reason", "name", "contact")
    return Opinion(*(str(body.get(name) or "") for name in names))
