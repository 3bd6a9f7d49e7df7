"""Drafting: the pages on which a case is written, with help while typing: which place, and what is known against a name."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, File, Query, Request, UploadFile
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from api import case_forms, draft_pages, pages
from api.case_dossiers import attach_all
from api.deps import Body, Config, Look, Signed, Tx
from gis.errors import BadInput, JiezhiError
from gis.people import Person
from gis.settings import Settings
from gis.text import Text
from placenames.casework import case_drafts, cases
from placenames.checks.name_checks import NOTHING

router = APIRouter(prefix="/cases")
Files = Annotated[list[UploadFile], File()]


@router.get("/new")
def begin(
    request: Request,
    person: Signed,
    tx: Tx,
    look: Look,
    action: Annotated[str, Query()] = "",
    category: Annotated[str, Query()] = "",
    place: Annotated[str, Query()] = "",
    q: Annotated[str, Query(description="the name of the place it is about")] = "",
) -> Response:
    """A new case, screen by screen: what for, which place, then the form."""
    person.must("staff")
    if action not in cases.ACTIONS:
        return draft_pages.first(request)
    if action != "naming" and not place:
        return draft_pages.choose_place(request, look, person, action, q)
    if action != "naming":
        return draft_pages.form(request, tx, person, draft_pages.about(tx, person, place, action))
    if not category:
        missing = Text("请选择地名类别:它决定由谁批准", "choose the category: it decides who approves")
        return draft_pages.first(request, missing)
    values = {"action": action, "category": draft_pages.category_of(category)}
    return draft_pages.form(request, tx, person, values)


@router.post("/new")
def write(request: Request, person: Signed, tx: Tx, config: Config, body: Body, files: Files = []) -> Response:
    """Keeps a new draft; or shows the form again, with the checks it asks for or with what is wrong."""
    person.must("staff")
    return _written(request, tx, person, config, body, files, None)


@router.get("/check")
def check(
    request: Request, person: Signed, tx: Tx, at: Annotated[int, Query(ge=0, lt=case_forms.MOST_CANDIDATES)]
) -> Response:
    """What is known against a name while it is typed; a part of a page."""
    person.must("staff")
    try:
        found, problem = case_forms.tried(tx, person, dict(request.query_params), at)[at], None
    except BadInput as mistake:
        found, problem = None, mistake.text
    return pages.page(request, "case_check.html", tried=found, problem=problem, nothing=NOTHING)


@router.get("/places")
def suggest_places(
    request: Request, person: Signed, look: Look, action: Annotated[str, Query()], q: Annotated[str, Query()] = ""
) -> Response:
    """A few places with such a name, to choose one from; a part of a page."""
    person.must("staff")
    found = draft_pages.places(look, person, action, q, quick=True)
    return pages.page(request, "case_places.html", found=found, action=action)


@router.get("/ground")
def map_to_pick_from(
    request: Request,
    person: Signed,
    tx: Tx,
    config: Config,
    unit: Annotated[str, Query()] = "",
    place: Annotated[str, Query()] = "",
) -> Response:
    """The map on which somebody shows where the place is."""
    person.must("staff")
    return draft_pages.map_to_pick_from(request, tx, person, config, unit=unit, place=place)


@router.get("/{number}/edit")
def edit(request: Request, number: int, person: Signed, tx: Tx) -> Response:
    """A draft, or a case that has come back, to be changed by whoever sent it."""
    found = _own(tx, person, number)
    if found["track"] == cases.REPORT:
        return RedirectResponse(f"/prior-reports/{number}/edit", 303)
    values = case_forms.form_of(found, cases.applicant(tx, person, found))
    tried = case_forms.tried(tx, person, values)
    return draft_pages.form(request, tx, person, values, case=found, tried=tried)


@router.post("/{number}/edit")
def rewrite(
    request: Request, number: int, person: Signed, tx: Tx, config: Config, body: Body, files: Files = []
) -> Response:
    """Keeps what was changed; or shows the form again."""
    return _written(request, tx, person, config, body, files, _own(tx, person, number))


def _written(
    request: Request,
    tx: Connection,
    person: Person,
    config: Settings,
    body: Mapping[str, str],
    files: list[UploadFile],
    found: Mapping[str, Any] | None,
) -> Response:
    """Keeps a draft and goes to its page; what cannot be kept is shown again, nothing of it is lost."""
    if found:
        body = {**body, "action": found["action"], "category": found["category"]}
    if str(body.get("action")) not in cases.ACTIONS:
        raise BadInput("请选择办理类型(action)", "say what is asked for (action)")
    try:
        if body.get("step") == "check":
            tried = case_forms.tried(tx, person, body)
            return draft_pages.form(request, tx, person, body, case=found, tried=tried)
        with tx.begin_nested():
            number = _kept(tx, person, config, body, files, found)
    except JiezhiError as problem:
        return draft_pages.form(request, tx, person, body, case=found, problem=problem)
    return RedirectResponse(f"/cases/{number}", 303)


def _kept(
    tx: Connection,
    person: Person,
    config: Settings,
    body: Mapping[str, str],
    files: list[UploadFile],
    found: Mapping[str, Any] | None,
) -> int:
    said = case_forms.body_of(body)
    if found:
        number = int(found["id"])
        case_drafts.change(tx, person, number, said)
    else:
        number = case_drafts.open_case(tx, person, said)
    attach_all(tx, person, number, files, body.get("kind"), config)
    return number


def _own(tx: Connection, person: Person, number: int) -> dict[str, Any]:
    """A case that its sender may change. Raises NotFound, NotAllowed, Conflict."""
    found = cases.find(tx, number)
    cases.must_see(person, found)
    case_drafts.must_be_open_to(person, found)
    return found
