"""The rows of a list of units, read one after the other: which column is which, and what level a code has."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import shapely

from boundaries.units import UNITS
from gis.codes import levels, parent_of
from gis.errors import BadInput
from gis.files import read_table
from gis.settings import Settings
from gis.tables import as_text, is_list, rows_of
from gis.text import Text, series

FIELDS = ("code", "name", "level", "parent", "seat_lon", "seat_lat", "seat", "households", "population")
COUNTED = ("households", "population")
MOST_FIGURES = 9
ABOVE = ("SJMC", "上级名称", "TOWNNAME", "COUNTYNAME")
"""Columns that hold the name of the unit above, for lists that name a county only beside its towns."""
POINT = ("point lon", "point lat")
"""Columns that a layer of points gets for its seats."""
LEVELS_OF_WORD = {
    "省": ("province",), "省级": ("province",), "自治区": ("province",), "直辖市": ("province",),
    "市": ("prefecture", "county"), "市级": ("prefecture",), "地级": ("prefecture",), "地级市": ("prefecture",),
    "地区": ("prefecture",), "盟": ("prefecture",), "自治州": ("prefecture",),
    "县": ("county",), "县级": ("county",), "县级市": ("county",), "区": ("county", "township"), "市辖区": ("county",),
    "旗": ("county",), "自治县": ("county",),
    "乡": ("township",), "乡级": ("township",), "乡镇": ("township",), "镇": ("township",), "街道": ("township",),
    "民族乡": ("township",), "苏木": ("township",),
    "村": ("village",), "村级": ("village",), "社区": ("village",), "居委会": ("village",), "村委会": ("village",),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Row:
    """One unit as the list has it; `wrong` says why it cannot be taken."""

    number: int
    code: str | None
    name: str | None
    level: str | None
    parent: str | None
    above: str | None
    """The name of the unit above."""
    seat_lon: float | None
    seat_lat: float | None
    seat: str | None
    households: int | None
    population: int | None
    wrong: Text | None = None


def rows(path: Path, settings: Settings) -> Iterator[Row]:
    """The units of a CSV, an Excel sheet or a layer, in their order.

    Columns are recognised by their aliases; the level follows from the code, and so does the parent where codes
    nest. A layer of points gives the seats; areas say nothing of where the seat is. Raises BadInput when there
    is no column for code or name.
    """
    table = rows_of(path, settings) if is_list(path) else _rows_of_layer(path, settings)
    titles = next(table)
    places = _places(titles, path.name)
    for number, cells in enumerate(table, start=1):
        yield _row(number, {name: cells[place] or None for name, place in places.items()}, settings)


def level_named(code: str, word: str | None, settings: Settings) -> str | None:
    """The level of a code; with a word for its level, the one that both fit. None where none fits."""
    allowed = LEVELS_OF_WORD.get(word, (word.lower(),)) if word else tuple(_levels(settings.unit_codes))
    known = _levels(settings.unit_codes)
    return next((level for level in known if level in allowed and known[level].fullmatch(code)), None)


_levels = cache(levels)


def _rows_of_layer(path: Path, settings: Settings) -> Iterator[list[str]]:
    frame = read_table(path, settings)
    titles = [str(column) for column in frame.columns if column not in ("geometry", "row")]
    columns: list[Iterable[str]] = [frame[title] for title in titles]
    shapes = frame["geometry"].to_numpy()
    if (shapely.get_type_id(shapes) == shapely.GeometryType.POINT).all():
        titles += POINT
        columns += [
            map(as_text, shapely.get_x(shapes).tolist()),
            map(as_text, shapely.get_y(shapes).tolist()),
        ]
    yield titles
    yield from map(list, zip(*columns, strict=True))


def _places(titles: Sequence[str], file: str) -> dict[str, int]:
    """Field -> place of its column."""
    folded = {_folded(title): place for place, title in reversed(list(enumerate(titles)))}
    aliases = {name: (*UNITS.field(name).aliases, name, *_titles(name)) for name in FIELDS}
    aliases |= {"above": ABOVE}
    aliases["seat_lon"] += POINT[:1]
    aliases["seat_lat"] += POINT[1:]
    found: dict[str, int] = {}
    for name, words in aliases.items():
        fitting = (folded[_folded(word)] for word in words if _folded(word) in folded)
        place = next((place for place in fitting if place not in found.values()), None)
        if place is not None:
            found[name] = place
    for needed in ("code", "name"):
        if needed not in found:
            raise BadInput(
                "{file} 中没有“{zh}”列,已有的列:{columns}",
                "{file} has no column for “{en}”; its columns are {columns}",
                file=file, zh=UNITS.field(needed).title.zh, en=UNITS.field(needed).title.en,
                columns=series(titles[:20]),
            )  # fmt: skip
    return found


def _titles(name: str) -> tuple[str, str]:
    title = UNITS.field(name).title
    return title.zh, title.en


def _folded(title: str) -> str:
    return title.replace("_", "").replace(" ", "").lower()


def _row(number: int, given: dict[str, str | None], settings: Settings) -> Row:
    code, name, word = given["code"], given["name"], given.get("level")
    level = level_named(code, word, settings) if code else None
    lon, lat = _degrees(given.get("seat_lon"), 180), _degrees(given.get("seat_lat"), 90)
    counts = {each: _count(given.get(each)) for each in COUNTED}
    wrong = _wrong(code, name, word, level, [lon, lat])
    uncounted = next((each for each in COUNTED if given.get(each) and counts[each] is None), None)
    if wrong is None and uncounted:
        wrong = _NO_COUNT.fill(code=code, what=UNITS.field(uncounted).title)
    return Row(
        number, code, name, level,
        code and (parent_of(code, settings) or given.get("parent")),
        given.get("above"), lon, lat, given.get("seat"), **counts, wrong=wrong,
    )  # fmt: skip


_NO_COUNT = Text("{code} 的{what}不是不小于零的整数", "{code}: {what} is no whole number from zero on")


def _count(sent: str | None) -> int | None:
    """A whole number of households or people; None where the cell holds none."""
    said = (sent or "").strip().replace(",", "").removesuffix(".0")
    return int(said) if said.isascii() and said.isdecimal() and len(said) <= MOST_FIGURES else None


def _degrees(sent: str | None, most: float) -> float | None:
    """Degrees; not a number where the cell does not hold any."""
    if sent is None:
        return None
    try:
        number = float(sent)
    except ValueError:
        return math.nan
    return number if abs(number) <= most else math.nan


def _wrong(
    code: str | None, name: str | None, word: str | None, level: str | None, seat: list[Any]
) -> Text | None:
    if code is None or name is None:
        return Text("缺少代码或名称", "code or name is missing")
    if level is None and word:
        return Text(f"代码 {code} 不是“{word}”级代码", f"{code} is no code of the level “{word}”")
    if level is None:
        return Text(f"代码 {code} 不符合任何级别", f"the code {code} fits no level")
    if any(each is not None and math.isnan(each) for each in seat):
        return Text(f"{code} 的驻地经纬度不是度数", f"the seat of {code} is not in degrees")
    return None
