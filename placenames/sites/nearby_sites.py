"""Sites near a candidate: facilities and cemeteries that stand on its ground or close to it, with distance and overlap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import floor
from typing import Any

import shapely
from geoalchemy2 import Geography
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    CTE,
    Connection,
    Select,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy import Text as SqlText

from gis.record_tables import SRID
from gis.settings import Settings
from gis.text import Text
from placenames.checks.asked import DAY
from placenames.checks.ground import metres, stands, within_m
from placenames.sites.cemeteries import CATEGORIES, CEMETERIES, CEMETERY_AREAS
from placenames.sites.facilities import FACILITIES, TYPES

MOST = 20
"""So many are told one by one, those that overlap first, then the nearest."""
KINDS = {**TYPES, **CATEGORIES}
LEAST_M2 = 1.0
"""A smaller overlap is two sites that touch."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """A site in force near a candidate: how far it is (0 where they touch) and how much of the ground both want."""

    register: str
    code: str
    name: str
    kind: str
    id: str
    distance_m: float
    overlap_m2: float
    line: str
    """The shortest line from it to the candidate, as GeoJSON (EPSG:4490)."""
    ground: str
    """Where it is drawn as an area, its outline as GeoJSON; empty for a point."""

    def told(self) -> Text:
        """It in words; metres are rounded down, so that 499.7 m are never 500."""
        values: dict[str, Any] = {"kind": KINDS[self.kind], "name": self.name, "code": self.code}
        if self.overlap_m2 >= LEAST_M2:
            return _OVERLAPS.fill(**values, m2=self.overlap_m2)
        return _AWAY.fill(**values, far=floor(self.distance_m)) if self.distance_m else _TOUCHES.fill(**values)


_OVERLAPS = Text("与{kind}“{name}”({code})重叠 {m2:,.0f} 平方米", "overlaps {name} ({code}; {kind}) by {m2:,.0f} m²")
_TOUCHES = Text("与{kind}“{name}”({code})相接或在其中", "on or touching {name} ({code}; {kind})")
_AWAY = Text("距{kind}“{name}”({code}){far:,} 米", "{far:,} m from {name} ({code}; {kind})")


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """The sites near a candidate, the most pressing first; `more` are not told one by one."""

    sites: Sequence[Nearby] = ()
    more: int = 0


def neighbourhood_of(tx: Connection, place: BaseGeometry, on: date, settings: Settings) -> Neighbourhood:
    """The sites in force on a day within `near_site_m` of a place (EPSG:4490); closed facilities are no neighbours."""
    asked = {"shape": shapely.to_wkt(place, rounding_precision=-1), DAY: on}
    rows = tx.execute(_near(settings.near_site_m), asked).all()
    sites = [
        Nearby(each.register, each.code, each.name or each.code, each.kind, str(each.id), each.far, each.overlap or 0.0,
               each.line, each.ground or "")
        for each in rows
    ]  # fmt: skip
    sites.sort(key=lambda each: (-each.overlap_m2, each.distance_m, each.code))
    return Neighbourhood(sites[:MOST], len(sites[MOST:]))


def _near(reach_m: float) -> Select[Any]:
    """One row for each site: its own place and, of a cemetery, its areas are one ground."""
    shape = func.ST_GeomFromText(bindparam("shape", type_=SqlText), literal_column(str(SRID)))
    close = _shapes(shape, reach_m)
    c = close.c
    ground = func.ST_Collect(func.ST_CollectionExtract(c.geom, literal_column("3")))
    united = func.ST_UnaryUnion(ground).label("ground")
    sites = (
        select(c.register, c.code, c.name, c.kind, c.id, func.ST_Collect(c.geom).label("geom"), united)
        .group_by(c.register, c.code, c.name, c.kind, c.id)
        .cte("sites")
    )
    s = sites.c
    overlap = func.ST_Area(cast(func.ST_Intersection(s.ground, shape), Geography(srid=SRID)))
    line = func.ST_AsGeoJSON(func.ST_ShortestLine(s.geom, shape), 8)
    outline = func.ST_AsGeoJSON(func.ST_SimplifyPreserveTopology(s.ground, DETAIL), 6)
    told = s.register, s.code, s.name, s.kind, s.id
    drawn = case((~func.ST_IsEmpty(s.ground), outline)).label("ground")
    return select(*told, metres(s.geom, shape).label("far"), overlap.label("overlap"), line.label("line"), drawn)


DETAIL = 2e-5
"""Of an outline on a map (°)."""


def _shapes(shape: Any, reach_m: float) -> CTE:
    """What of sites is drawn near a shape: facilities that are not closed, cemeteries, areas of cemeteries."""
    f, v, a = FACILITIES.table, CEMETERIES.table, CEMETERY_AREAS.table
    lasts = func.coalesce(f.c.state, "") != "closed"
    facilities = select(
        literal(FACILITIES.name).label("register"), f.c.code, f.c.name, f.c.type.label("kind"), f.c.id, _mended(f)
    ).where(stands(f), lasts, within_m(f.c.geom, shape, reach_m))
    cemeteries = select(literal(CEMETERIES.name), v.c.code, v.c.name, v.c.category, v.c.id, _mended(v))
    theirs = select(literal(CEMETERIES.name), v.c.code, v.c.name, v.c.category, v.c.id, _mended(a))
    return union_all(
        facilities,
        cemeteries.where(stands(v), within_m(v.c.geom, shape, reach_m)),
        theirs.join_from(a, v, v.c.code == a.c.cemetery).where(stands(v), stands(a), within_m(a.c.geom, shape, reach_m)),
    ).cte("shapes")


def _mended(table: Any) -> Any:
    return func.ST_MakeValid(table.c.geom).label("geom")
