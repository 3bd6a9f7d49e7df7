"""Work around a case: its papers, what its name touches, and what is left to do once it is announced."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, File, Query, Request, UploadFile
from starlette.responses import FileResponse, RedirectResponse, Response

from api import pages
from api.answers import json_answer
from api.deps import Body, Config, Signed, Tx
from gis.errors import Conflict
from gis.people import Person
from maps import impact_map, layers
from placenames.casework import (
    attachment_types,
    attachments,
    case_impact,
    case_papers,
    cases,
    follow_ups,
    settling,
)

router = APIRouter()
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HANDED_OUT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}
"""What somebody attached is for saving: no browser shows it as a page of ours."""


@router.get("/cases/{number}/attachments")
def list_attachments(request: Request, number: int, person: Signed, tx: Tx) -> Response:
    """The papers of a case, with the kinds there are."""
    found = seen(tx, person, number)
    kinds = {kind: words.as_dict() for kind, words in attachment_types.kinds_for(found["track"]).items()}
    return json_answer(request, {"attachments": attachments.of_case(tx, number), "kinds": kinds})


@router.post("/cases/{number}/attachments")
def attach(
    request: Request, number: int, person: Signed, tx: Tx, config: Config, body: Body, file: Annotated[UploadFile, File()]
) -> Response:
    """Attaches a paper to a case: a file, and its kind."""
    found = seen(tx, person, number)
    if found["state"] in cases.CLOSED:
        raise Conflict("该事项已办结,不再接收材料", "the case is closed; nothing more can be attached")
    kind = str(body.get("kind") or "other")
    added = attachments.keep(tx, person, number, kind, file.filename or "file", file.file, config)
    return went(request, number, {"id": added}, 201)


@router.get("/cases/{number}/attachments/{attachment}")
def hand_out(number: int, attachment: int, person: Signed, tx: Tx, config: Config) -> Response:
    """One paper of a case, as a file to be saved."""
    seen(tx, person, number)
    found = attachments.opened(tx, number, attachment, config)
    return FileResponse(found.path, filename=found.name, media_type=found.type, headers=HANDED_OUT)


@router.get("/cases/{number}/impact")
def show_impact(
    request: Request, number: int, person: Signed, tx: Tx, candidate: Annotated[int | None, Query()] = None
) -> Response:
    """What follows if the place bears the proposed name: exact counts by register, and the records as GeoJSON."""
    found = case_impact.of_case(tx, seen(tx, person, number), person.reads_in, candidate)
    return json_answer(request, found.as_geojson())


@router.get("/cases/{number}/impact/map")
def map_of_impact(
    request: Request,
    number: int,
    person: Signed,
    tx: Tx,
    config: Config,
    candidate: Annotated[int | None, Query()] = None,
) -> Response:
    """The same on a map."""
    case, lang = seen(tx, person, number), pages.language(request)
    found = case_impact.of_case(tx, case, person.reads_in, candidate)
    ground = case_impact.ground(tx, case)
    note = layers.map_note(config, lang)
    return pages.map_page(impact_map.impact_map(found.as_geojson(), found.place, ground, lang, note))


@router.get("/cases/{number}/papers/{paper}.docx")
def write_paper(number: int, paper: str, person: Signed, tx: Tx, config: Config) -> Response:
    """A paper of a case as a Word document: announcement, filing or approval."""
    made = case_papers.paper(tx, person, seen(tx, person, number), paper, config)
    headers = {**HANDED_OUT, "Content-Disposition": f"attachment; filename*=utf-8''{quote(made.name)}"}
    return Response(made.content, media_type=DOCX, headers=headers)


@router.get("/cases/{number}/follow-ups")
def list_follow_ups(request: Request, number: int, person: Signed, tx: Tx) -> Response:
    """What an announced change left to do, and how far it is."""
    seen(tx, person, number)
    listed = {"counts": follow_ups.counts(tx, number), "follow_ups": follow_ups.of_case(tx, number, person.reads_in)}
    return json_answer(request, listed)


@router.post("/cases/{number}/follow-ups/{entry}")
def settle(request: Request, number: int, entry: int, person: Signed, tx: Tx, body: Body) -> Response:
    """Settles one entry of that list: {"outcome": "done" | "kept", "reason"}."""
    seen(tx, person, number)
    outcome, reason = str(body.get("outcome") or ""), str(body.get("reason") or "")
    state = settling.settle(tx, person, entry, outcome, reason, number)
    return went(request, number, {"id": entry, "state": state}, 200)


def seen(tx: Any, person: Person, number: int) -> dict[str, Any]:
    """A case that somebody may see. Raises NotFound, NotAllowed."""
    found = cases.find(tx, number)
    cases.must_see(person, found)
    return found


def went(request: Request, number: int, content: dict[str, Any], status: int) -> Response:
    """The answer to what was done to a case: back to its page, or what came of it."""
    if pages.wants_page(request):
        return RedirectResponse(f"/cases/{number}", 303)
    return json_answer(request, content, status=status)
