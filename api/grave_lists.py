"""Which graves outside cemeteries are asked for, by whom, and the graves as JSON, GeoJSON and Excel.

Neither who answers for a grave nor what its photo is called stands in any of them.
"""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any

import shapely
from fastapi import Depends, Query
from openpyxl import Workbook
from shapely.geometry import Point

from api.batch_forms import harmless
from api.deps import Colleague
from api.site_lists import as_collection
from gis.errors import BadInput, not_one_of
from gis.export_lists import LAT, LON, WKT
from gis.people import Person
from gis.text import Lang, Text
from maps.style import VALUES
from placenames.sites.grave_deadlines import LIGHTS, Grave, Sought, counts_of
from placenames.sites.graves import ACTIONS, CATEGORIES, GRAVES, RESULTS

FILTERS = ("category", "town", "action", "state", "light")
"""What an address or a command may say of the graves it asks for, beside the day."""
TOLD = (
    "id", "code", "category", "unit", "place", "area_m2", "places", "material", "occupied", "built_year", "land", "found_on",
    "action", "deadline", "days_left", "light", "result", "done_on", "rechecked_on",
)  # fmt: skip
"""What programs are told of a grave."""
LISTED = (
    "code", "category", "unit", "place", "area_m2", "places", "material", "occupied", "built_year", "land", "found_on",
    "action", "deadline", "result", "done_on", "rechecked_on",
)  # fmt: skip
"""The columns of the Excel list, which can be sent in again; behind them stand town, light, days left and the place."""


def sought_by(
    person: Person, category: str = "", town: str = "", action: str = "", state: str = "", light: str = ""
) -> Sought:
    """The graves that some words ask for, in the areas of whoever asks. Raises BadInput."""
    _must_be_one_of("category", category, CATEGORIES)
    _must_be_one_of("action", action, ACTIONS)
    _must_be_one_of("state", state, RESULTS)
    _must_be_one_of("light", light, LIGHTS)
    if town and not (town.isascii() and town.isdigit()):
        raise BadInput("town 应为政区代码的开头", "town is the beginning of unit codes")
    return Sought(category, town, action, state, light, person.reads_in)


async def _wanted(
    person: Colleague,
    category: Annotated[str, Query(description="legal category: hardened, for_the_living, …")] = "",
    town: Annotated[str, Query(description="the beginning of unit codes")] = "",
    action: Annotated[str, Query(description="demolish, correct, screen or move")] = "",
    state: Annotated[str, Query(description="open, under_way, done, confirmed or relapsed")] = "",
    light: Annotated[str, Query(description="red, amber, green or closed")] = "",
) -> Sought:
    return sought_by(person, category, town, action, state, light)


Wanted = Annotated[Sought, Depends(_wanted)]


def _must_be_one_of(name: str, given: str, known: Iterable[str]) -> None:
    if given and given not in [*known]:
        raise not_one_of(name, given, known)


def as_dict(grave: Grave) -> dict[str, Any]:
    """A grave as programs are told of it."""
    return {name: getattr(grave, name) for name in TOLD}


def as_answer(sought: Sought, on: date, soon_days: int, every: Sequence[Grave]) -> dict[str, Any]:
    """What programs are told: what was asked, the numbers by category and light, and the graves of the kind asked for."""
    shown = [as_dict(each) for each in every if sought.is_of_this_kind(each)]
    return {
        "on": on, "soon_days": soon_days, "asked": {name: getattr(sought, name) for name in FILTERS},
        "counts": counts_of(every), "total": len(shown), "graves": shown,
    }  # fmt: skip


def as_lines(sought: Sought, every: Sequence[Grave]) -> Iterator[str]:
    """The same for a terminal: a line for each grave, and the numbers by light at the end."""
    shown = [each for each in every if sought.is_of_this_kind(each)]
    for each in shown:
        told = (said(name, getattr(each, name), "zh") for name in ("category", "action", "result"))
        words = " ".join(str(word) for word in told if word)
        yield f"{each.code}  {LIGHTS[each.light].zh}  {each.deadline or '-'}  {words}  {each.place or ''}".rstrip()
    numbers = Counter(each.light for each in shown)
    zh = "、".join(f"{words.zh} {numbers[light]}" for light, words in LIGHTS.items())
    en = ", ".join(f"{numbers[light]} {words.en}" for light, words in LIGHTS.items())
    yield f"共 {len(shown)} 处:{zh} / {len(shown)} in all: {en}"


def as_geojson(graves: Sequence[Grave]) -> dict[str, Any]:
    """Graves as a GeoJSON collection, exactly where they are: colleagues alone see them."""
    return as_collection(
        [
            {"type": "Feature", "id": str(each.id), "geometry": json.loads(each.geometry) if each.geometry else None,
             "properties": as_dict(each)}
            for each in graves
        ]
    )  # fmt: skip


def town_of(unit: str, towns: Mapping[str, str]) -> str:
    """The name of the town a unit belongs to, or the unit's own code; `towns` are names by code."""
    return next((name for code, name in towns.items() if unit.startswith(code)), unit)


def as_workbook(graves: Sequence[Grave], towns: Mapping[str, str], on: date) -> bytes:
    """Graves as an Excel list in the office's own titles and words."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(f"违法墓葬 {on}")
    sheet.append([*(GRAVES.field(name).title.zh for name in LISTED), "乡镇街道", "时限", "剩余天数", LON, LAT, WKT])
    for each in graves:
        row = [_cell(each, name) for name in LISTED]
        light = (harmless(town_of(each.unit, towns)), LIGHTS[each.light].zh, each.days_left)
        sheet.append([*row, *light, *_place(each)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _place(grave: Grave) -> tuple[float | None, float | None, str | None]:
    """Where it is, in the columns in which lists are read: a point in degrees (EPSG:4490), anything else as WKT."""
    shape = shapely.from_geojson(grave.geometry) if grave.geometry else None
    if isinstance(shape, Point):
        return shape.x, shape.y, None
    return None, None, None if shape is None else shape.wkt


def said(name: str, value: Any, lang: Lang) -> Any:
    """A value of a grave's field as people read it."""
    words = (GRAVES.field(name).words or VALUES).get(value) if isinstance(value, str) else None
    return words.in_(lang) if isinstance(words, Text) else value


def _cell(grave: Grave, name: str) -> Any:
    value = said(name, getattr(grave, name), "zh")
    return harmless(value) if isinstance(value, str) else value
