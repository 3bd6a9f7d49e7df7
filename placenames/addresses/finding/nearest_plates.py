"""Nearest plates: what address is at, or closest to, a point."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from math import cos, radians
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, literal, select
from sqlalchemy import Text as SqlText

from placenames.addresses.finding.matches import Match
from placenames.addresses.finding.plates_found import COLUMNS, IN_USE, ON_THE_DAY, C, as_plate
from placenames.addresses.finding.toponym_names import Toponyms

FARTHEST_M = 5000.0
"""Beyond it no plate is an answer."""
MORE = 4
"""So many more than asked for are measured at first."""
A_DEGREE, NORTHERNMOST = 1.0, 85.0
"""A degree reaches beyond the farthest plate that is an answer, wherever counties are."""
M_NORTH, M_EAST = 110_574.0, 111_319.0
"""A degree north is nowhere shorter, a degree east at the equator not longer, in metres."""
SRID = 4490


class Nearest(NamedTuple):
    """A plate and how far it is, in metres on the ellipsoid."""

    match: Match
    distance_m: float


def nearest(
    look: Connection, names: Toponyms, lon: float, lat: float, on: date, limit: int = 1, unit: str = ""
) -> list[Nearest]:
    """The plates nearest to a point (degrees, EPSG:4490) on a day, within five kilometres; flats stand for their plate."""
    most = limit + MORE
    while True:
        rows = _nearest_in_degrees(look, {"lon": lon, "lat": lat, "day": on, "most": most, "unit": unit})
        by_metres = sorted(rows, key=lambda row: row.metres)[:limit]
        if len(rows) < most or min(by_metres[-1].metres, FARTHEST_M) <= _all_measured_within(lat, rows[-1].degrees):
            return [_found(row, names) for row in by_metres if row.metres <= FARTHEST_M]
        most *= 4


def _nearest_in_degrees(look: Connection, asked: dict[str, Any]) -> Sequence[Any]:
    return look.execute(_NEAREST, asked).all()


def _all_measured_within(lat: float, degrees: float) -> float:
    """How far, in metres, no plate was missed when all within so many degrees are known: a degree east is the shorter."""
    degrees = min(degrees, A_DEGREE)
    east = M_EAST * cos(radians(min(abs(lat) + degrees, NORTHERNMOST)))
    return degrees * min(M_NORTH, east)


def _found(row: Any, names: Toponyms) -> Nearest:
    worth = 1.0 - row.metres / FARTHEST_M
    return Nearest(Match.of_plate(as_plate(row), worth, names, ()), round(row.metres, 1))


def _nearest() -> Any:
    point = func.ST_SetSRID(func.ST_MakePoint(bindparam("lon"), bindparam("lat")), SRID)
    metres = func.ST_Distance(func.geography(func.ST_SetSRID(C.geom, 4326)), func.geography(func.ST_SetSRID(point, 4326)))
    return (
        select(*COLUMNS, literal("").label("former"),
               metres.label("metres"), func.ST_Distance(C.geom, point).label("degrees"))
        .where(ON_THE_DAY, C.inside_key == "", IN_USE, func.starts_with(C.unit, bindparam("unit", type_=SqlText)))
        .order_by(C.geom.op("<->")(point)).limit(bindparam("most"))
    )  # fmt: skip


_NEAREST = _nearest()
