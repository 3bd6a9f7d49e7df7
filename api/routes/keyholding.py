"""Keyholding: administrators make keys for other systems, see what is used of them, and end them."""

from datetime import date
from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import JSONResponse, RedirectResponse, Response

from api import limits, pages
from api.answers import json_answer, stamp
from api.deps import Administrator, Body, Db, Tx, day, whole_number
from gis import system_keys
from gis.errors import BadInput, JiezhiError
from gis.people import Person
from gis.system_keys import STATES, Terms
from gis.text import series

router = APIRouter(prefix="/keys")
FIELDS = {"name", "areas", "limit", "quota", "until", "csrf"}


@router.get("")
def list_keys(request: Request, person: Administrator, tx: Tx) -> Response:
    """The keys in the administrator's area, what each may do, and when it was last used; never the keys themselves."""
    if pages.wants_page(request):
        return _page(request, tx, person)
    return json_answer(request, {"keys": [_said(row) for row in system_keys.listed(tx, person)]})


@router.post("")
def make_key(request: Request, body: Body, person: Administrator, tx: Tx) -> Response:
    """Makes a key: {"name", "areas": ["990101"], "limit": 50, "quota": 0, "until": null}; the answer alone shows it."""
    try:
        with tx.begin_nested():
            number, secret = system_keys.add(tx, _name(body), _terms(body), by=person)
    except JiezhiError as problem:
        if not pages.wants_page(request):
            raise
        return _page(request, tx, person, problem.status, problem=problem.text, form=body)
    if pages.wants_page(request):
        return _page(request, tx, person, 201, made=_row(tx, number), secret=secret)
    content = {**_said(_row(tx, number)), "key": secret}
    return JSONResponse(content, 201, {"Cache-Control": "no-store"})


@router.post("/{number}/end")
def end_key(request: Request, number: int, person: Administrator, database: Db) -> Response:
    """Ends a key; whoever shows it from now on is not let in."""
    with database.writing() as tx:
        system_keys.end(tx, number, by=person)
        row = _row(tx, number)
    limits.of_server(request).ring.take_off(number)  # once it has ended for everybody
    return RedirectResponse("/keys", 303) if pages.wants_page(request) else json_answer(request, _said(row))


def _page(request: Request, tx: Connection, person: Person, status: int = 200, **more: Any) -> Response:
    """The page of keys; with a key just made, or with the form as it was sent and what is wrong with it."""
    areas = " ".join(person.areas["administrator"])
    form = {"name": "", "areas": areas, "limit": Terms.per_s, "quota": Terms.a_day, "until": "", **more.get("form", {})}
    context = {"made": None, "secret": "", "problem": None, **more, "form": form}
    return pages.page(request, "keys.html", status, keys=system_keys.listed(tx, person), states=STATES, **context)


def _row(tx: Connection, number: int) -> dict[str, Any]:
    return next(row for row in system_keys.listed(tx) if row["id"] == number)


def _said(row: dict[str, Any]) -> dict[str, Any]:
    """A key as programs read about it."""
    days = {name: str(row[name]) if row[name] else None for name in ("until", "last_used")}
    moments = {name: stamp(row[name]) if row[name] else None for name in ("made_at", "ended_at")}
    plain = {name: row[name] for name in ("id", "name", "areas", "made_by", "ended_by", "used_today", "state")}
    return plain | {"limit": row["per_s"], "quota": row["a_day"]} | days | moments


def _terms(body: dict[str, Any]) -> Terms:
    """What a key is asked for; the areas are said, also when they are everywhere (an empty one). Raises BadInput."""
    unknown = sorted(set(body) - FIELDS)
    if unknown or "areas" not in body:
        raise BadInput(
            "密钥应含 name、areas([区域]),可含 limit、quota、until;多余:{unknown}",
            "a key has name and areas, and may have limit, quota and until; not understood: {unknown}",
            unknown=series(unknown, 100),
        )
    given = body["areas"]
    areas = given.replace(",", " ").replace("、", " ").split() or [""] if isinstance(given, str) else given
    if not isinstance(areas, list) or not all(isinstance(area, str) for area in areas):
        raise BadInput("areas 应写作 [区域, …]", "areas should read [area, …]")
    until: date | None = day(str(body.get("until") or ""), "until")
    return Terms(tuple(areas), _number(body, "limit", Terms.per_s), _number(body, "quota", Terms.a_day), until)


def _name(body: dict[str, Any]) -> str:
    name = body.get("name")
    return name if isinstance(name, str) else ""


def _number(body: dict[str, Any], name: str, otherwise: int) -> int:
    given = body.get(name)
    return otherwise if given is None or given == "" else whole_number(name, given)
