"""Nearest plates: what address is at, or closest to, a point."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, literal, select

from placenames.addresses.finding.matches import Match
from placenames.addresses.finding.plates_found import COLUMNS, IN_USE, ON_THE_DAY, C, as_plate
from placenames.addresses.finding.toponym_names import Toponyms

FARTHEST_M = 5000.0
"""Beyond it no plate is an answer."""
MORE = 12
"""A degree east is shorter than a degree north: beyond those nearest in degrees so many more are measured in metres."""
SRID = 4490


class Nearest(NamedTuple):
    """A plate and how far it is, in metres on the ellipsoid."""

    match: Match
    distance_m: float


def nearest(
    look: Connection, names: Toponyms, lon: float, lat: float, on: date, limit: int = 1, unit: str = ""
) -> list[Nearest]:
    """The plates nearest to a point (degrees, EPSG:4490) on a day, within five kilometres; flats stand for their plate."""
    asked = {"lon": lon, "lat": lat, "day": on, "most": 2 * limit + MORE, "unit": unit}
    rows: Any = sorted(look.execute(_NEAREST, asked), key=lambda row: row.metres)
    found = []
    for row in rows[:limit]:
        plate = as_plate(row)
        worth = max(0.0, 1.0 - row.metres / FARTHEST_M)
        if row.metres <= FARTHEST_M:
            found.append(Nearest(Match.of_plate(plate, worth, names, ()), round(row.metres, 1)))
    return found


def _nearest() -> Any:
    point = func.ST_SetSRID(func.ST_MakePoint(bindparam("lon"), bindparam("lat")), SRID)
    metres = func.ST_Distance(func.geography(func.ST_SetSRID(C.geom, 4326)), func.geography(func.ST_SetSRID(point, 4326)))
    return (
        select(*COLUMNS, literal("").label("former"), metres.label("metres"))
        .where(ON_THE_DAY, C.inside_key == "", IN_USE, C.unit.startswith(bindparam("unit")))
        .order_by(C.geom.op("<->")(point)).limit(bindparam("most"))
    )  # fmt: skip


_NEAREST = _nearest()
