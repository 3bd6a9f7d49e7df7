"""Graves outside cemeteries for colleagues: by legal category and light, on a map, one by one with photo and history."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Connection
from starlette.responses import FileResponse, Response

from api import pages
from api.answers import json_answer
from api.asking import only
from api.deps import Colleague, Config, Look, OnDay
from api.grave_lists import (
    FILTERS,
    Wanted,
    as_answer,
    as_dict,
    as_geojson,
    as_workbook,
    town_of,
)
from api.grave_photos import photo_called
from api.kept_maps import map_answer
from api.site_lists import as_collection
from gis import features
from gis.errors import BadInput, NotAllowed, NotFound
from gis.people import Person
from gis.registers import REGISTERS
from gis.settings import Settings
from gis.text import Lang
from maps.grave_map import grave_map
from placenames.sites.grave_deadlines import (
    LIGHTS,
    Grave,
    Sought,
    counts_of,
    grave_on,
    graves_on,
    lies_in,
)
from placenames.sites.graves import ACTIONS, CATEGORIES, GRAVES, RESULTS

router = APIRouter(prefix="/graves")
ASKED = (*FILTERS, "on", "lang", "form")
FORMS = ("", "xlsx", "geojson")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LISTED = 500
"""So many graves stand in the list beside the map; the map and the downloads have them all."""
FACTS = (
    "category", "found_on", "area_m2", "places", "material", "occupied", "built_year", "land", "action", "deadline",
    "result", "done_on", "rechecked_on",
)  # fmt: skip
"""What the page of a grave says of it, in this order."""
HANDED_OUT = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}


@router.get("", dependencies=[Depends(only(*ASKED))])
def graves(request: Request, look: Look, config: Config, on: OnDay, sought: Wanted) -> Response:
    """The graves in one's area on a day: how many of each legal category show which light, and each by itself."""
    form = request.query_params.get("form", "")
    if form not in FORMS:
        raise BadInput("form 应为 xlsx 或 geojson", "form is xlsx or geojson")
    every = graves_on(look, on, config.grave_soon_days, sought)
    shown = [each for each in every if sought.is_of_this_kind(each)]
    if form == "geojson":
        return json_answer(request, as_geojson(shown), "application/geo+json")
    towns = _towns(look, config, on, sought)
    if form == "xlsx":
        named = {"Content-Disposition": f'attachment; filename="graves-{on}.xlsx"', "Cache-Control": "private, no-store"}
        return Response(as_workbook(shown, towns, on), 200, named, XLSX)
    if pages.wants_page(request):
        return _page(request, sought, on, config, every, shown, towns)
    return json_answer(request, as_answer(sought, on, config.grave_soon_days, every))


@router.get("/map", dependencies=[Depends(only(*ASKED))])
def map_of_graves(request: Request, look: Look, config: Config, on: OnDay, sought: Wanted) -> Response:
    """The same on a map."""

    def draw(lang: Lang, note: str) -> str:
        shown = [each for each in graves_on(look, on, config.grave_soon_days, sought) if sought.is_of_this_kind(each)]
        return _drawn(look, config, on, shown, lang, note)

    return map_answer(request, look, config, ("graves", sought, on, config.grave_soon_days), draw)


@router.get("/{identity}", dependencies=[Depends(only("on", "lang"))])
def one_grave(
    request: Request, identity: str, person: Colleague, look: Look, config: Config, on: OnDay
) -> Response:
    """One grave: what it is, what is to be done by when, its photo, its re-check, and what became of it."""
    grave = _seen(look, person, config, identity, on)
    photo = f"/graves/{grave.id}/photo?on={on}" if photo_called(grave.photo, config.var) else None
    chain = features.versions(look, GRAVES, str(grave.id), public=False)
    history = [_step(each) for each in chain if each["superseded_at"] is None and lies_in(each["unit"], person.reads_in)]
    if not pages.wants_page(request):
        return json_answer(request, {"on": on, "grave": as_dict(grave) | {"photo": photo}, "history": history})
    towns = _towns(look, config, on, Sought())
    return pages.page(
        request, "grave.html", grave=grave, photo=photo, is_named=bool(grave.photo), history=history, on=on, lights=LIGHTS,
        town=town_of(grave.unit, towns), categories=CATEGORIES, results=RESULTS, actions=ACTIONS,
        facts=[{"field": GRAVES.field(name), "value": getattr(grave, name)} for name in FACTS],
        map_address=f"/graves/{grave.id}/map?on={on}" if grave.geometry else None,
    )  # fmt: skip


@router.get("/{identity}/map", dependencies=[Depends(only("on", "lang"))])
def map_of_one_grave(
    request: Request, identity: str, person: Colleague, look: Look, config: Config, on: OnDay
) -> Response:
    """Where it is."""
    grave = _seen(look, person, config, identity, on)
    question = ("grave", grave.id, on, config.grave_soon_days)
    return map_answer(
        request, look, config, question, lambda lang, note: _drawn(look, config, on, [grave], lang, note)
    )


@router.get("/{identity}/photo", dependencies=[Depends(only("on"))])
def photo_of_one_grave(identity: str, person: Colleague, look: Look, config: Config, on: OnDay) -> Response:
    """Its photo, if the office has it; never under the name that the list gave."""
    found = photo_called(_seen(look, person, config, identity, on).photo, config.var)
    if found is None:
        raise NotFound("没有该处的照片", "there is no photo of it")
    return FileResponse(found.path, media_type=found.type, headers=HANDED_OUT)


def _seen(look: Connection, person: Person, config: Settings, identity: str, on: date) -> Grave:
    """The grave, if it lies where this person works. Raises NotFound, NotAllowed."""
    grave = grave_on(look, identity, on, config.grave_soon_days)
    if grave is None:
        raise NotFound("{on} 没有生效的“{it}”", "no “{it}” was in force on {on}", it=identity[:100], on=on)
    if not lies_in(grave.unit, person.reads_in):
        raise NotAllowed("超出您的管辖区域:{codes}", "outside your area: {codes}", codes=grave.unit)
    return grave


def _step(version: dict[str, Any]) -> dict[str, Any]:
    """How a grave stood during some days, as known now."""
    told = ("valid_from", "valid_to", "recorded_at", "category", "action", "deadline", "result", "done_on", "rechecked_on",
            "document")  # fmt: skip
    return {name: version[name] for name in told}


def _page(
    request: Request, sought: Sought, on: date, config: Settings, every: list[Grave], shown: list[Grave],
    towns: dict[str, str],
) -> Response:  # fmt: skip
    def address(path: str = "/graves", **more: str) -> str:
        """The same question with another word in it."""
        asked = {**{name: str(getattr(sought, name)) for name in FILTERS}, "on": str(on), **more}
        return f"{path}?{urlencode({name: value for name, value in asked.items() if value})}"

    counted = counts_of(every)
    return pages.page(
        request, "graves.html", sought=sought, on=on, soon_days=config.grave_soon_days, address=address, towns=towns,
        categories=CATEGORIES, actions=ACTIONS, states=RESULTS, lights=LIGHTS, counted=counted,
        totals={light: sum(each[light] for each in counted.values()) for light in LIGHTS}, rows=shown[:LISTED],
        total=len(shown), without_deadline=sum(each.deadline is None and each.light != "closed" for each in shown),
        town_of=lambda unit: town_of(unit, towns), map_address=address("/graves/map"),
    )  # fmt: skip


def _drawn(look: Connection, config: Settings, on: date, shown: list[Grave], lang: Lang, note: str) -> str:
    ground = as_collection(_ground(look, config, on))
    return grave_map(as_geojson(shown), lang, units=ground, note=f"{on} · {note}")


def _ground(look: Connection, config: Settings, on: date) -> list[dict[str, Any]]:
    """The units of the lowest level that has areas."""
    question = replace(features.Question(on, limit=10_000), equal={"level": config.parts_level})
    return [json.loads(each) for each in features.ask(look, REGISTERS["units"], question).features]


def _towns(look: Connection, config: Settings, on: date, sought: Sought) -> dict[str, str]:
    """The towns in which somebody works, by their codes; the town around a village that is somebody's area too."""
    every = {each["properties"]["code"]: each["properties"]["name"] for each in _ground(look, config, on)}
    return {code: name for code, name in every.items() if lies_in(code, sought.areas) or any(
        area.startswith(code) for area in sought.areas)}  # fmt: skip
