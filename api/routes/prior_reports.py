"""Prior reports: the pages on which somebody writes down what is to be built at a cemetery, before it is built."""

from collections.abc import Mapping
from typing import Annotated, Any

from fastapi import APIRouter, File, Query, Request, UploadFile
from shapely import from_wkb
from shapely.geometry import mapping
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from api import pages, report_pages
from api.case_dossiers import attach_all
from api.deps import Body, Config, Signed, Tx
from gis.errors import Conflict, JiezhiError, not_one_of
from gis.people import Person
from gis.settings import Settings
from maps import layers, pick_map
from placenames.casework import case_drafts, case_impact, cases, report_drafts

router = APIRouter(prefix="/prior-reports")
Files = Annotated[list[UploadFile], File()]


@router.get("/new")
def begin(
    request: Request,
    person: Signed,
    tx: Tx,
    cemetery: Annotated[str, Query(description="the code of the cemetery")],
    action: Annotated[str, Query()] = "report_extension",
) -> Response:
    """The form of a new report about a cemetery."""
    about = report_drafts.open_cemetery(tx, cemetery)
    person.must("staff", [about["unit"]])
    if action not in cases.REPORTS:
        raise not_one_of("action", action, cases.REPORTS)
    return report_pages.form(request, tx, person, {"cemetery": cemetery, "action": action})


@router.post("/new")
def write(request: Request, person: Signed, tx: Tx, config: Config, body: Body, files: Files = []) -> Response:
    """Keeps a new draft; or shows the form again with what is wrong."""
    person.must("staff")
    return _written(request, tx, person, config, body, files, None)


@router.get("/ground")
def map_to_draw_on(
    request: Request,
    person: Signed,
    tx: Tx,
    config: Config,
    cemetery: Annotated[str, Query()],
    report: Annotated[int | None, Query()] = None,
) -> Response:
    """The map on which the planned area is drawn: the cemetery as it is registered, or a report's own area."""
    person.must_be_a_colleague()
    about = report_drafts.standing_cemetery(tx, cemetery)
    shape: Any = about["geom"]
    if report is not None:
        found = cases.find(tx, report)
        cases.must_see(person, found)
        _must_be_a_report(found)
        shape = found["geom"] or shape
    drawn = {"type": "Feature", "geometry": mapping(from_wkb(shape)), "properties": {}} if shape else None
    lang = pages.language(request)
    around = case_impact.ground(tx, {"unit": about["unit"]})
    return pages.map_page(pick_map.pick_map(drawn, around, about["unit"], lang, layers.map_note(config, lang)))


@router.get("/{number}/edit")
def edit(request: Request, number: int, person: Signed, tx: Tx) -> Response:
    """A draft, or a report that has come back, to be changed by whoever sent it."""
    found = _own(tx, person, number)
    return report_pages.form(request, tx, person, report_pages.values_of(found), case=found)


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
    said = {name: value for name, value in body.items() if name != "geometry" or value}  # an area that was not redrawn stays
    if found:
        said["cemetery"] = found["cemetery"]
    report_drafts.standing_cemetery(tx, said.get("cemetery", ""))
    try:
        with tx.begin_nested():
            if found:
                number = int(found["id"])
                report_drafts.change_report(tx, person, number, said)
            else:
                number = report_drafts.open_report(tx, person, said)
            attach_all(tx, person, number, files, body.get("kind"), config)
    except JiezhiError as problem:
        return report_pages.form(request, tx, person, said, case=found, problem=problem)
    return RedirectResponse(f"/cases/{number}", 303)


def _own(tx: Connection, person: Person, number: int) -> dict[str, Any]:
    """A report that its sender may change. Raises NotFound, NotAllowed, Conflict."""
    found = cases.find(tx, number)
    cases.must_see(person, found)
    case_drafts.must_be_open_to(person, found)
    _must_be_a_report(found)
    return found


def _must_be_a_report(found: Mapping[str, Any]) -> None:
    """Raises Conflict for a case of names."""
    if found["track"] != cases.REPORT:
        raise Conflict("该事项不是事前报备", "this case is no prior report")
