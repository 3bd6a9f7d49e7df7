"""Readings of the office's own: seen by the office, settled and ended by its staff with a reason."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from api import pages
from api.answers import json_answer, stamp
from api.deps import Body, Signed, Tx
from api.routes.naming import must_be_of_the_office
from gis import jobs
from gis.errors import BadInput, JiezhiError
from gis.people import Person
from gis.text import Text
from placenames import hearing
from placenames.language import office_readings, romanise, wording
from placenames.language.sounds import shipped_rows

router = APIRouter(prefix="/names/readings")
READINGS = Text("本单位读音", "readings of the office")
LONGEST = 50


@router.get("")
def list_readings(
    request: Request, person: Signed, tx: Tx, name: Annotated[str, Query(description="a name to be read out")] = ""
) -> Response:
    """The readings that the office has settled, who settled and ended which and why; and how a name is read now."""
    must_be_of_the_office(person, READINGS)
    if pages.wants_page(request):
        return _page(request, tx, person, name=name)
    history = [
        {"at": stamp(each["at"]), "verb": each["verb"], "by": each["display"], "reason": each["reason"],
         "text": each["text"], "reading": each["reading"], "names": each["names"]}
        for each in office_readings.history(tx)
    ]  # fmt: skip
    read = _read(name)
    way = jobs.progress(tx, hearing.SUBJECT)
    under_way = {"done": way["done"], "words": way["words"]} if way else None
    told = {"readings": office_readings.listed(), "history": history, "read": read, "under_way": under_way}
    return json_answer(request, told)


@router.post("")
def settle(request: Request, person: Signed, tx: Tx, body: Body) -> Response:
    """Settles a reading: {"text", "reading": "lǐ shuǐ", "reason"}; names that hold the text are found by it from then on."""
    person.must("staff")
    return _done(request, tx, person, body, lambda: office_readings.settle(
        tx, person, _said(body, "text"), _said(body, "reading"), _said(body, "reason")
    ))  # fmt: skip


@router.post("/end")
def end(request: Request, person: Signed, tx: Tx, body: Body) -> Response:
    """Ends a reading: {"text", "reason"}."""
    person.must("staff")
    return _done(request, tx, person, body, lambda: office_readings.end(
        tx, person, _said(body, "text"), _said(body, "reason")
    ))  # fmt: skip


def _done(request: Request, tx: Connection, person: Person, body: dict[str, Any], do: Any) -> Response:
    try:
        with tx.begin_nested():
            do()
    except JiezhiError as problem:
        if not pages.wants_page(request):
            raise
        return _page(request, tx, person, problem.status, problem=problem.text, form=body)
    if pages.wants_page(request):
        return RedirectResponse("/names/readings", 303)
    return json_answer(request, {"readings": office_readings.listed()})


def _page(request: Request, tx: Connection, person: Person, status: int = 200, **more: Any) -> Response:
    context = {"name": "", "problem": None, "form": {}, **more}
    return pages.page(
        request,
        "readings.html",
        status,
        readings=office_readings.listed(),
        history=office_readings.history(tx),
        may_settle="staff" in person.areas,
        shipped=len(shipped_rows()),
        read=_read(context["name"]),
        under_way=jobs.progress(tx, hearing.SUBJECT),
        **context,
    )


def _read(name: str) -> dict[str, Any] | None:
    """How a name is read and spelt now. Raises BadInput."""
    name = name.strip()
    if not name:
        return None
    if len(name) > LONGEST:
        raise BadInput("名称最多 {n} 个字", "a name has at most {n} letters", n=LONGEST)
    parts = wording.split(name, "")
    spelt = romanise.spell(name, specific=parts.specific, generic=parts.generic)
    return {"name": name, "roman": spelt.toned, "syllables": spelt.syllables, "doubtful": spelt.doubtful}


def _said(body: dict[str, Any], name: str) -> str:
    given = body.get(name)
    return given if isinstance(given, str) else ""
