"""The Gauss-Krüger grids of China by their numbers: system, zone width, central meridian, zone prefix.

A text means a grid when its numbers are the grid's; names lie. Grids of 3° and 6° without a zone prefix share
their numbers wherever their meridians coincide, so one set of numbers may bear several codes (aliases).
Source: the EPSG register; a test compares every row with PROJ's copy of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from gis.text import Text
from gis.wkt import Definition, plain

FIRST = {3: 25, 6: 13}
"""Number of the first zone in China."""
LAST = {3: 45, 6: 23}


@dataclass(frozen=True, slots=True)
class System:
    """A national system: its geographic code, its ellipsoid (m, 1/f), and how it is called in the field."""

    code: int
    title: Text
    axis: float
    flattening: float
    calls: str


@dataclass(frozen=True, slots=True)
class Grid:
    """One Gauss-Krüger zone. Eastings in m, meridian in °."""

    epsg: int
    system: System
    width: int
    zone: int
    prefix: bool
    """The easting begins with the zone number (8 digits)."""

    @property
    def meridian(self) -> float:
        """Central meridian in °."""
        return 3.0 * self.zone if self.width == 3 else 6.0 * self.zone - 3.0

    @property
    def easting(self) -> float:
        """False easting in m."""
        return 500_000.0 + (self.zone * 1_000_000.0 if self.prefix else 0.0)

    @property
    def words(self) -> Text:
        """The grid as a surveyor would name it."""
        zh = f"{self.system.title.zh} {self.width}度带 中央经线{self.meridian:g}°E"
        en = f"{self.system.title.en} {self.width}-degree Gauss-Krüger, central meridian {self.meridian:g}°E"
        if self.prefix:
            zh, en = f"{zh}(横坐标带{self.zone}带号)", f"{en}, eastings with zone number {self.zone}"
        return Text(f"{zh} EPSG:{self.epsg}", f"{en}, EPSG:{self.epsg}")


CGCS2000 = System(
    4490, Text("CGCS2000", "CGCS2000"), 6378137.0, 298.257222101,
    r"cgcs2000|china2000|chinageodeticcoordinatesystem2000|2000国家大地|国家2000|国家大地坐标系",
)  # fmt: skip
XIAN_1980 = System(
    4610, Text("1980西安坐标系", "Xian 1980"), 6378140.0, 298.257, r"xian1?9?80|西安1?9?80|1?9?80西安"
)
BEIJING_1954 = System(
    4214,
    Text("1954年北京坐标系", "Beijing 1954"),
    6378245.0,
    298.3,
    r"(?<!new)beijing1?9?54|北京1?9?54|1?9?54年?北京",
)
NEW_BEIJING = System(
    4555, Text("新1954年北京坐标系", "New Beijing"), 6378245.0, 298.3, r"newbeijing|新北京|新1?9?54"
)
SYSTEMS = (CGCS2000, XIAN_1980, BEIJING_1954, NEW_BEIJING)
MENTIONS_CHINA = re.compile(
    "|".join([*(each.calls for each in SYSTEMS), "beijing", "xian", "[\u4e00-\u9fff]"])
)

# system, zone width, with prefix, number of the first zone, code of the first zone, how many zones
SERIES: tuple[tuple[System, int, bool, int, int, int], ...] = (
    (CGCS2000, 3, False, 25, 4534, 21), (CGCS2000, 6, False, 13, 4502, 11),
    (CGCS2000, 3, True, 25, 4513, 21), (CGCS2000, 6, True, 13, 4491, 11),
    (XIAN_1980, 3, False, 25, 2370, 21), (XIAN_1980, 6, False, 13, 2338, 11),
    (XIAN_1980, 3, True, 25, 2349, 21), (XIAN_1980, 6, True, 13, 2327, 11),
    (BEIJING_1954, 3, False, 25, 2422, 21), (BEIJING_1954, 6, False, 13, 21453, 11),
    (BEIJING_1954, 3, True, 25, 2401, 21), (BEIJING_1954, 6, True, 13, 21413, 11),
    (BEIJING_1954, 6, False, 13, 21473, 11),
    (NEW_BEIJING, 3, False, 25, 4782, 19),
    (NEW_BEIJING, 3, False, 44, 4812, 1), (NEW_BEIJING, 3, False, 45, 4822, 1),
    (NEW_BEIJING, 6, False, 13, 4579, 11), (NEW_BEIJING, 6, True, 13, 4568, 11),
    (NEW_BEIJING, 3, True, 25, 4652, 5), (NEW_BEIJING, 3, True, 30, 4766, 16),
)  # fmt: skip


@cache
def grids() -> tuple[Grid, ...]:
    """All grids of the table."""
    return tuple(_all())


@cache
def by_code(epsg: int) -> Grid | None:
    """The grid of an EPSG code, if it is a Chinese one."""
    return next((grid for grid in grids() if grid.epsg == epsg), None)


def grid_of(system: System, width: int, zone: int, *, prefix: bool) -> Grid | None:
    """The grid of a zone, if there is one in China."""
    wanted = (system, width, zone, prefix)
    return next(
        (each for each in grids() if (each.system, each.width, each.zone, each.prefix) == wanted), None
    )


def aliases(epsg: int) -> frozenset[int]:
    """All codes with the same numbers, the code itself included."""
    grid = by_code(epsg)
    if grid is None:
        return frozenset({epsg})
    return frozenset(each.epsg for each in grids() if _numbers(each) == _numbers(grid))


def mentions_china(definition: Definition) -> bool:
    """Whether a text calls itself by a Chinese system's name, rightly or not."""
    names = (definition.name, definition.geographic_name, definition.datum_name)
    return any(MENTIONS_CHINA.search(plain(name)) for name in names)


def system_of(definition: Definition) -> System | None:
    """The national system whose ellipsoid and name the text bears; None when the two disagree."""
    names = plain(definition.datum_name) + " " + plain(definition.geographic_name)
    named = next((each for each in reversed(SYSTEMS) if re.search(each.calls, names)), None)
    if named is None or definition.axis is None:
        return named
    near = 5e-7 if named is CGCS2000 else 1e-4  # 1/f of CGCS2000 and WGS 84 differ by 1.5e-6
    same = (
        abs(definition.axis - named.axis) < 0.01
        and abs((definition.flattening or 0) - named.flattening) < near
    )
    return named if same else None


def grid_meant(definition: Definition, system: System) -> Grid | None:
    """The grid whose numbers the text bears; the text's own code or name decides between aliases only."""
    given = definition.numbers
    if not (definition.gauss and definition.plain_units and {"meridian", "easting"} <= given.keys()):
        return None
    if (
        abs(given.get("northing", 0)) > 1e-4
        or given.get("scale", 1) != 1
        or abs(given.get("latitude", 0)) > 1e-9
    ):
        return None
    same = [
        each
        for each in grids()
        if each.system is system
        and abs(each.meridian - given["meridian"]) < 1e-9
        and abs(each.easting - given["easting"]) < 1e-3
    ]
    return max(same, key=lambda grid: _likeness(grid, definition), default=None)


def _likeness(grid: Grid, definition: Definition) -> tuple[bool, bool, bool]:
    name = plain(definition.name)
    three = re.search(r"3deg|3度|三度", name) is not None
    old = re.search(r"\d\dn$", name) is not None
    return grid.epsg == definition.stated, three == (grid.width == 3), old == (21473 <= grid.epsg <= 21483)


def _numbers(grid: Grid) -> tuple[int, float, float]:
    return grid.system.code, grid.meridian, grid.easting


def _all() -> Iterator[Grid]:
    for system, width, prefix, first, code, count in SERIES:
        for step in range(count):
            yield Grid(code + step, system, width, first + step, prefix)
