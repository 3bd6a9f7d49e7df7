"""The geometry of each row as sent: what can be used, what cannot, and where it is wrong."""

from __future__ import annotations

import re

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.crs import Geometries
from gis.readings import Remark, RowProblem, note, warning
from gis.text import Text

LARGEST = 1e9
"""No coordinate in m or ° is larger; Esri writes -1.8e308 for «none»."""
PLACE = re.compile(r"\[(\S+) (\S+)\]")

NO_GEOMETRY = Text("这一行没有图形", "this row has no geometry")
DRAW_IT = Text("在制图软件中补画,或删除这一行", "draw it in your mapping software, or remove the row")
BROKEN_RING = Text(
    "图形不完整(如环未闭合、点数不足)", "the shape is not complete (a ring is open, or points are missing)"
)
CLOSE_IT = Text(
    "用制图软件修复几何后重新导出", "repair the geometry in your mapping software and export again"
)
BAD_NUMBERS = Text("坐标不是有效数值(NaN、无穷大或过大)", "the coordinates are NaN, infinite or huge")
ENTER_AGAIN = Text("核对坐标值并重新录入", "check the coordinates and enter them again")
SWAPPED = Text(
    "坐标超出范围,像是经度和纬度填反", "the coordinates are out of reach; longitude and latitude seem to be swapped"
)
SWAP_THEM = Text("把经度和纬度对调后重新报送", "swap longitude and latitude, and send again")
CHINA = (3.0, 73.0, 54.0, 136.0)
"""South, west, north and east (°), wide."""
OUT_OF_REACH = Text("坐标超出坐标系的范围", "the coordinates lie outside the reach of the coordinate system")

Rows = NDArray[np.int64]
Flags = NDArray[np.bool_]


def from_wkb(wkb: Geometries, rows: Rows) -> tuple[Geometries, list[RowProblem]]:
    """Shapes (with heights) of the rows; unusable ones become None, each with its problem."""
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    there = np.array([each is not None for each in wkb], dtype=bool)
    broken = shapely.is_missing(shapes) & there
    empty = ~there | shapely.is_empty(shapes)
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    usable: Flags = np.all(np.abs(coordinates) < LARGEST, axis=1)
    bad = _owners(owner, ~usable, len(shapes))
    problems = [RowProblem(int(row), NO_GEOMETRY, DRAW_IT, None, blocking=True) for row in rows[empty]]
    problems += [RowProblem(int(row), BAD_NUMBERS, ENTER_AGAIN, None, blocking=True) for row in rows[bad]]
    problems += [
        RowProblem(int(rows[place]), BROKEN_RING, CLOSE_IT, _roughly(wkb[place]), blocking=True)
        for place in np.flatnonzero(broken)
    ]
    shapes[empty | bad] = None
    return shapes, problems


def invalid(shapes: Geometries, rows: Rows) -> list[RowProblem]:
    """Rows whose shape crosses itself or the like; they are read all the same, the rules judge them."""
    wrong = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_valid(shapes))
    problems = []
    for place, reason in zip(wrong, shapely.is_valid_reason(shapes[wrong]), strict=True):
        kind, where = PLACE.sub("", reason).strip(), PLACE.search(reason)
        point = shapely.Point(float(where[1]), float(where[2])) if where else shapes[place]
        text = Text("图形不合规范:{kind}", "the shape is not valid: {kind}").fill(kind=kind.lower())
        problems.append(RowProblem(int(rows[place]), text, CLOSE_IT, point, blocking=False))
    return problems


def flattened(shapes: Geometries) -> tuple[Geometries, list[Remark]]:
    """Shapes without heights and measures, and what was lost by that."""
    high = shapely.has_z(shapes)
    if not (high | shapely.has_m(shapes)).any():
        return shapes, []
    flat: Geometries = shapely.force_2d(shapes)
    if not high.any():
        return flat, [warning("测量值(M)未采用", "measures (M) were dropped")]
    heights = shapely.get_coordinates(shapes[high], include_z=True)[:, 2]
    # A line with all heights 0 only came in a container for heights; a point's height is a statement.
    points = np.isin(shapely.get_type_id(shapes), (0, 4)).any()
    if points or (np.isfinite(heights) & (heights != 0)).any():
        return flat, [
            warning("高程(Z)未采用,请写入属性字段", "heights (Z) were dropped; put them into a column")
        ]
    return flat, [note("高程(Z)全部为 0,未采用", "all heights (Z) are 0 and were dropped")]


def within_reach(shapes: Geometries, rows: Rows) -> tuple[Geometries, list[RowProblem]]:
    """Shapes in EPSG:4490; those that could not be brought there become None, each with its problem."""
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    there: Flags = np.all(np.abs(coordinates) <= (360, 90), axis=1)
    lost = _owners(owner, ~there, len(shapes))
    kept = shapes.copy()
    kept[lost] = None
    return kept, [_lost(int(row), shape) for row, shape in zip(rows[lost], shapes[lost], strict=True)]


def _lost(row: int, shape: BaseGeometry) -> RowProblem:
    """Why a shape is beyond reach: most such points have latitude first."""
    x, y, *_ = shape.bounds
    south, west, north, east = CHINA
    is_swapped = south <= x <= north and west <= y <= east
    text, fix = (SWAPPED, SWAP_THEM) if is_swapped else (OUT_OF_REACH, ENTER_AGAIN)
    return RowProblem(row, text, fix, None, blocking=True)


def type_of(shapes: Geometries, stated: str) -> str:
    """The one type of all shapes (`MultiPolygon` if any has parts), Unknown if mixed, as stated if none."""
    found = {each.geom_type for each in shapes if each is not None}
    if not found:
        return stated
    return max(found, key=len) if len({each.removeprefix("Multi") for each in found}) == 1 else "Unknown"


def _owners(owner: Rows, chosen: Flags, count: int) -> Flags:
    """Which of `count` shapes own at least one of the chosen coordinates."""
    owners = np.zeros(count, dtype=bool)
    owners[owner[chosen]] = True
    return owners


def _roughly(wkb: bytes) -> BaseGeometry | None:
    """About where a broken shape lies."""
    shape = shapely.from_wkb(wkb, on_invalid="fix")
    return None if shape is None or shape.is_empty else shapely.box(*shape.bounds)
