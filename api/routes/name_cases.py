"""Cases: asking for a name or reporting what is to be built at a cemetery, seeing where a case stands, taking the next step;
and what the public may know of them.
"""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api import case_list_pages, case_pages, pages, report_pages
from api.answers import json_answer
from api.deps import Body, Db, Signed, Tx, Visitor, day, whole_number
from gis.people import Person
from gis.text import keepable
from placenames.casework import (
    case_dates,
    case_inbox,
    case_moves,
    cases,
    consultations,
    report_drafts,
    three_reports,
)
from placenames.casework.case_decisions import Decision
from placenames.casework.case_inbox import PAGE, Wanted

router = APIRouter(prefix="/cases")
DAYS = ("effective", "consult_until", "approved_on", "filed_on", "built_on", "inspected_on")
TEXTS = ("reason", "document", "roman", "approved_by", "filing_document", "state")


@router.get("")
def list_cases(
    request: Request,
    visitor: Visitor,
    database: Db,
    state: Annotated[str, Query()] = "",
    light: Annotated[str, Query()] = "",
    category: Annotated[str, Query()] = "",
    mine: Annotated[str, Query(description="todo: waits for me; sent: sent by me")] = "",
    before: Annotated[int | None, Query()] = None,
    kind: Annotated[str, Query(description="names, reports, or what is asked for: rename, report_plots, …")] = "",
) -> Response:
    """The cases that a person sees, with exact counts; for everybody else open consultations and announced names."""
    if visitor is None:
        with database.reading() as look:
            if pages.wants_page(request):
                return case_list_pages.announced(request, look, before)
            found = [as_public(look, each) for each in cases.public_cases(look, state, before, PAGE)]
        return json_answer(request, {"cases": found})
    wanted = Wanted(state, light, category, "todo" if mine in ("1", "true", "yes") else mine, before, kind)
    with database.writing() as tx:
        if pages.wants_page(request):
            return case_list_pages.mine(request, tx, visitor, wanted)
        shown = case_inbox.listed(tx, visitor, wanted, date.today(), PAGE + 1)
        counts = case_inbox.counts(tx, visitor, wanted, date.today())
    following = shown[PAGE - 1]["id"] if len(shown) > PAGE else None
    return json_answer(request, {"cases": shown[:PAGE], "counts": counts, "before": following})


@router.post("")
def open_case(request: Request, person: Signed, tx: Tx, body: Body) -> Response:
    """Opens a draft: {"action", "category", "class_code", "unit", "place", "candidates", "reason", …}.

    Of a prior report: {"action": "report_extension" | "report_plots", "cemetery", "plots", "plot_kind", "plot_m2",
    "land_m2", "land_document", "starts_on", "reason", "geometry"}.
    """
    person.must("staff")
    return _went(request, report_drafts.open_either(tx, person, body), "draft", 201)


@router.get("/{number}")
def look_at(request: Request, number: int, visitor: Visitor, database: Db) -> Response:
    """One case: what it asks for, where it stands, what happened, and what may be done with it."""
    if visitor is not None:
        with database.writing() as tx:
            found = cases.find(tx, number)
            if cases.may_see(visitor, found):
                if pages.wants_page(request) and found["track"] == cases.REPORT:
                    return report_pages.report(request, tx, visitor, found)
                if pages.wants_page(request):
                    return case_pages.case(request, tx, visitor, found)
                return json_answer(request, as_seen(tx, visitor, found))
    with database.reading() as look:
        if pages.wants_page(request):
            return case_list_pages.announced_case(request, look, number)
        return json_answer(request, as_public(look, cases.find_public(look, number)))


@router.patch("/{number}")
def change(request: Request, number: int, person: Signed, tx: Tx, body: Body) -> Response:
    """Changes a draft, or a case that has come back to its sender; what is not sent stays as it is."""
    cases.must_see(person, cases.find(tx, number))
    report_drafts.change_either(tx, person, number, body)
    return _went(request, number, cases.find(tx, number)["state"])


@router.post("/{number}/decisions")
def decide(request: Request, number: int, person: Signed, tx: Tx, body: Body) -> Response:
    """Takes one step of the table of moves: {"verb", "reason", "document", "effective", …}."""
    cases.must_see(person, cases.locked(tx, number))
    return _went(request, number, case_moves.decide(tx, person, number, decision_of(body)))


def decision_of(body: Mapping[str, Any]) -> Decision:
    """A decision as it was sent. Raises BadInput."""
    days = {name: day(str(body.get(name) or ""), name) for name in DAYS}
    texts = {name: keepable(str(body.get(name) or "")).strip() for name in TEXTS}
    numbers = {name: _number(name, body.get(name)) for name in ("chosen", "round")}
    return Decision(str(body.get("verb", "")), **texts, **days, **numbers)  # type: ignore[arg-type]


def as_seen(tx: Any, person: Person, found: Mapping[str, Any]) -> dict[str, Any]:
    """A case as the office of its area and its sender see it, with who applies."""
    hidden = ("geom", "sender", "sender_name", "sender_display")
    steps = case_moves.history(tx, found["id"])
    back = case_moves.why_it_came_back(steps, found["state"])
    return {
        **{name: value for name, value in found.items() if name not in hidden},
        "name": cases.headline(found),
        "words": cases.STATES[found["state"]].as_dict(),
        "sender": found["sender_display"],
        "light": case_dates.light(case_dates.first_due(found), date.today()),
        "came_back": _step(back) if back else None,
        "opinions": consultations.counts(tx, found["id"]),
        "applicant": cases.applicant(tx, person, found),
        "moves": case_moves.open_moves(tx, person, found),
        "reports_due": [each.as_dict() for each in three_reports.of_case(tx, found)],
        "may_change": found["sender"] == person.id and found["state"] in cases.OPEN_TO_SENDER,
        "events": [_step(each) for each in steps],
    }


def as_public(look: Any, found: Mapping[str, Any]) -> dict[str, Any]:
    """What everybody may know: of a consultation what is proposed and how many are for it, of a name what was announced."""
    words = {"state": found["state"], "words": cases.STATES[found["state"]].as_dict()}
    if found["state"] == "consulting":
        return {**consultations.as_public(look, found, date.today()), **words}
    names = ("id", "number", "action", "category", "unit", "place", "old_name", "position", "origin", "meaning",
             "approved_by", "approved_on", "document", "announced_on", "effective")  # fmt: skip
    chosen = found["candidates"][found["chosen"] or 0] if found["candidates"] else {}
    spelt = {name: chosen.get(name) for name in ("name", "roman", "roman_plain")}
    return {**{name: found[name] for name in names}, **spelt, **words}


def _step(each: Mapping[str, Any]) -> dict[str, Any]:
    names = ("id", "at", "who", "display", "verb", "reason", "document", "effective")
    return {name: each[name] for name in names} | {"words": each["words"].as_dict(), **_facts(each["detail"])}


def _facts(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: detail[name]
        for name in ("was", "state", "round", "revoked", *case_moves.KEPT)
        if name in detail
    }


def _number(name: str, given: Any) -> int | None:
    if given in (None, ""):
        return None
    return whole_number(name, given)


def _went(request: Request, number: int, state: str, status: int = 200) -> Response:
    if pages.wants_page(request):
        return RedirectResponse(f"/cases/{number}", 303)
    return json_answer(request, {"id": number, "state": state}, status=status)
