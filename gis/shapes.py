"""The geometry of each row as sent: what can be used, what cannot, and where it is wrong."""

from __future__ import annotations

import re

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.readings import Remark, RowProblem, note, warning
from gis.text import Text

LARGEST = 1e9
"""No coordinate in m or ° is larger; Esri writes -1.8e308 for «none»."""
PLACE = re.compile(r"\[(\S+) (\S+)\]")

NO_GEOMETRY = Text("这一行没有图形", "this row has no geometry")
DRAW_IT = Text("在制图软件中补画,或删除这一行", "draw it in your mapping software, or remove the row")
BROKEN_RING = Text(
    "环未闭合或点数不足,图形无法读取", "a ring is not closed or has too few points; the shape cannot be read"
)
CLOSE_IT = Text(
    "在制图软件中修复几何(修复/检查几何)后重新导出",
    "repair the geometry in your mapping software and export again",
)
BAD_NUMBERS = Text(
    "坐标不是有效数值(NaN、无穷大或过大)", "the coordinates are not usable numbers (NaN, infinite or huge)"
)
ENTER_AGAIN = Text("核对坐标值并重新录入", "check the coordinates and enter them again")
OUT_OF_REACH = Text("坐标超出坐标系的范围", "the coordinates lie outside the reach of the coordinate system")


def from_wkb(
    wkb: NDArray[np.object_], rows: NDArray[np.int64]
) -> tuple[NDArray[np.object_], list[RowProblem]]:
    """Shapes (with heights) of the rows; unusable ones become None, each with its problem."""
    shapes = shapely.from_wkb(wkb, on_invalid="ignore")
    missing = shapely.is_missing(shapes)
    there = np.array([each is not None for each in wkb], dtype=bool)
    empty = ~there | shapely.is_empty(shapes)
    broken = missing & there
    flat = shapely.get_coordinates(shapes)
    _, owner = shapely.get_coordinates(shapes, return_index=True)
    usable = np.isfinite(flat).all(axis=1) & (np.abs(flat) < LARGEST).all(axis=1)
    bad = np.bincount(owner[~usable], minlength=len(shapes)) > 0
    problems = [RowProblem(int(row), NO_GEOMETRY, DRAW_IT, None, blocking=True) for row in rows[empty]]
    problems += [
        RowProblem(int(rows[place]), BROKEN_RING, CLOSE_IT, _roughly(wkb[place]), blocking=True)
        for place in np.flatnonzero(broken)
    ]
    problems += [RowProblem(int(row), BAD_NUMBERS, ENTER_AGAIN, None, blocking=True) for row in rows[bad]]
    shapes[empty | bad] = None
    return shapes, problems


def invalid(shapes: NDArray[np.object_], rows: NDArray[np.int64]) -> list[RowProblem]:
    """Rows whose shape crosses itself or the like; they are read all the same, the rules judge them."""
    wrong = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_valid(shapes))
    problems = []
    for place, reason in zip(wrong, shapely.is_valid_reason(shapes[wrong]), strict=True):
        kind, where = PLACE.sub("", reason).strip(), PLACE.search(reason)
        point = shapely.Point(float(where[1]), float(where[2])) if where else shapes[place]
        text = Text("图形不合规范:{kind}", "the shape is not valid: {kind}").fill(kind=kind.lower())
        problems.append(RowProblem(int(rows[place]), text, CLOSE_IT, point, blocking=False))
    return problems


def flattened(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], list[Remark]]:
    """Shapes without heights and measures, and what was lost by that."""
    if not (shapely.has_z(shapes) | shapely.has_m(shapes)).any():
        return shapes, []
    flat: NDArray[np.object_] = shapely.force_2d(shapes)
    if not shapely.has_z(shapes).any():
        return flat, [warning("测量值(M)未采用", "measures (M) were dropped")]
    heights = shapely.get_coordinates(shapes[shapely.has_z(shapes)], include_z=True)[:, 2]
    # A line with all heights 0 only came in a container for heights; a point's height is a statement.
    points = bool(np.isin(shapely.get_type_id(shapes), (0, 4)).any())
    if points or (np.isfinite(heights) & (heights != 0)).any():
        return flat, [
            warning("高程(Z)未采用,高程请写入属性字段", "heights (Z) were dropped; put them into a column")
        ]
    return flat, [note("高程(Z)全部为 0,未采用", "all heights (Z) are 0 and were dropped")]


def within_reach(
    shapes: NDArray[np.object_], rows: NDArray[np.int64]
) -> tuple[NDArray[np.object_], list[RowProblem]]:
    """Shapes in EPSG:4490; those that could not be brought there become None, each with its problem."""
    coordinates, owner = shapely.get_coordinates(shapes, return_index=True)
    there = np.isfinite(coordinates).all(axis=1) & (np.abs(coordinates) <= (360, 90)).all(axis=1)
    lost = np.bincount(owner[~there], minlength=len(shapes)) > 0
    shapes = shapes.copy()
    shapes[lost] = None
    return shapes, [
        RowProblem(int(row), OUT_OF_REACH, ENTER_AGAIN, None, blocking=True) for row in rows[lost]
    ]


def _roughly(wkb: bytes) -> BaseGeometry | None:
    """About where a broken shape lies."""
    shape = shapely.from_wkb(wkb, on_invalid="fix")
    return None if shape is None or shape.is_empty else shapely.box(*shape.bounds)
