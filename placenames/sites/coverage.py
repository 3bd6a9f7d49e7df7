"""Coverage: which communities have a service, a station or a canteen within reach, as the crow flies on the ellipsoid.

A community is a unit of the lowest level; it is where its seat is, else at a point of its ground. Only what is open serves.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    CTE,
    Connection,
    Select,
    any_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy import Text as SqlText

from boundaries.units import UNITS
from gis.codes import levels
from gis.errors import BadInput
from gis.record_tables import SRID
from gis.settings import Settings
from gis.text import Text
from placenames.checks.asked import DAY
from placenames.checks.ground import STEEPEST, metres, stands
from placenames.sites.facilities import FACILITIES, TYPES

SERVICES = {
    "centre": Text("社区综合服务设施", "Service centre, station or village hall"),
    "elderly": Text("养老服务设施", "Elderly-care station"),
    "canteen": Text("老年食堂", "Senior canteen"),
}
"""What a community should have within reach."""
REACHES = (300, 500, 1000)
"""Metres in a straight line."""


@dataclass(frozen=True, slots=True)
class Community:
    """A community and what is nearest to it; without a place nothing can be said of it."""

    code: str
    name: str
    town: str
    lon: float | None
    lat: float | None
    facility: str = ""
    facility_name: str = ""
    distance_m: float | None = None

    def is_within(self, reach_m: float) -> bool | None:
        """Whether the service is within reach; None where the place of the community is not known."""
        if self.lon is None:
            return None
        return self.distance_m is not None and self.distance_m <= reach_m


@dataclass(frozen=True, slots=True)
class TownCount:
    """How many communities of a town are within reach of a service, and how many are not or cannot be told."""

    code: str
    name: str
    covered: int
    uncovered: int
    unplaced: int

    @property
    def percent(self) -> float:
        """Of those whose place is known."""
        known = self.covered + self.uncovered
        return round(100 * self.covered / known, 1) if known else 0.0


def types_that_count(service: str, settings: Settings) -> list[str]:
    """The types of facilities that offer a service here. Raises BadInput where JIEZHI_SERVICE_TYPES cannot be read."""
    said: dict[str, list[str]] = {}
    for part in settings.service_types.split(","):
        name, _, types = part.strip().partition(":")
        said[name] = types.split("|")
    if set(said) != set(SERVICES) or any(each not in TYPES for types in said.values() for each in types):
        raise BadInput(
            "设置 JIEZHI_SERVICE_TYPES 无法读懂:{said}", "JIEZHI_SERVICE_TYPES cannot be read: {said}",
            said=settings.service_types,
        )  # fmt: skip
    return said[service]


def communities_beside(
    look: Connection, service: str, on: date, settings: Settings, unit: str = ""
) -> list[Community]:
    """Every community of a unit (beginning of unit codes) on a day, with the nearest facility that offers the service."""
    lowest = list(levels(settings.unit_codes))[-1]
    asked = {DAY: on, "level": lowest, "unit": unit, "types": types_that_count(service, settings)}
    return [Community(*row) for row in look.execute(_BESIDE, asked)]


def by_town(found: Iterable[Community], towns: dict[str, str], reach_m: float) -> list[TownCount]:
    """The same counted by town; `towns` are names by code."""
    counted: dict[str, list[bool | None]] = {code: [] for code in towns}
    for each in found:
        counted.setdefault(each.town, []).append(each.is_within(reach_m))
    return [
        TownCount(code, towns.get(code, code), said.count(True), said.count(False), said.count(None))
        for code, said in sorted(counted.items())
        if said
    ]


def _communities() -> CTE:
    u = UNITS.table
    seat = func.ST_SetSRID(func.ST_MakePoint(u.c.seat_lon, u.c.seat_lat), literal_column(str(SRID)))
    place = case((u.c.seat_lon.is_not(None) & u.c.seat_lat.is_not(None), seat), else_=func.ST_PointOnSurface(u.c.geom))
    return (
        select(u.c.code, u.c.name, func.coalesce(u.c.parent, "").label("town"), place.label("place"))
        .where(stands(u), u.c.level == bindparam("level"), func.starts_with(u.c.code, bindparam("unit")))
        .cte("communities")
        .prefix_with("MATERIALIZED")
    )


def nearest_to(communities: CTE, types: Any) -> Any:
    """The facility that is nearest on the ellipsoid: what is nearer lies in the box that the nearest in degrees spans."""
    f, near, place = FACILITIES.table, FACILITIES.table.alias("near"), communities.c.place
    first = (
        select(func.ST_Distance(f.c.geom, place).label("degrees"))
        .where(f.c.type == any_(types), f.c.state == "open", stands(f), f.c.geom.is_not(None))
        .order_by(f.c.geom.op("<->")(place))
        .limit(1)
        .correlate(communities)
        .lateral("first")
    )
    farthest = func.least(func.abs(func.ST_Y(place)) + first.c.degrees, STEEPEST)
    wide = first.c.degrees / func.cos(func.radians(farthest))
    box = func.ST_Expand(place, wide * 1.01 + 1e-9, first.c.degrees * 1.01 + 1e-9)
    far = metres(near.c.geom, place)
    return (
        select(near.c.code, near.c.name, far.label("metres"))
        .select_from(first.join(near, near.c.geom.op("&&")(box)))
        .where(near.c.type == any_(types), near.c.state == "open", stands(near))
        .order_by(far, near.c.code)
        .limit(1)
        .correlate(communities)
        .lateral("nearest")
    )


def _beside() -> Select[Any]:
    communities = _communities()
    c = communities.c
    types = bindparam("types", type_=ARRAY(SqlText))
    nearest = nearest_to(communities, types)
    placed = (func.ST_X(c.place), func.ST_Y(c.place))
    return (
        select(c.code, c.name, c.town, *placed, func.coalesce(nearest.c.code, ""), func.coalesce(nearest.c.name, ""),
               nearest.c.metres)
        .select_from(communities.outerjoin(nearest, true()))
        .order_by(c.code)
    )  # fmt: skip


_BESIDE = _beside()


def uncovered(found: Sequence[Community], reach_m: float) -> list[Community]:
    """The communities without the service within reach."""
    return [each for each in found if each.is_within(reach_m) is False]
