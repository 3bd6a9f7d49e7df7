"""The nearest prohibited zone of a kind: found by index on the plane, measured on the ellipsoid."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Double,
    Select,
    and_,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy import Text as SqlText

from gis.record_tables import SRID
from placenames.checks.ground import STEEPEST, metres, stands
from placenames.sites.prohibited_zones import PROHIBITED_ZONES
from placenames.sites.zone_parts import ZONE_PARTS

ODDS, ODDS_PER_DEGREE = 1.01, 0.03
"""How far the plane may be off: a degree of latitude is longer in the north, one of longitude shorter (below 55°)."""


def nearest_of_a_kind() -> Select[Any]:
    """The question, with parameters `kind`, `shape` (WKT, EPSG:4490) and the day.

    It answers `version`, `code`, `name` and `unit` of the zone, how far it is (`metres`, 0 where they touch), and the
    shortest `line` from the zone to the shape as GeoJSON; no row where no such zone is in force.
    """
    z, asked = PROHIBITED_ZONES.table, _asked()
    close = _close_by(asked, _reach(asked))
    far = case((close.c.flat == 0, 0.0), else_=metres(close.c.geom, asked.c.geom))
    line = func.ST_ShortestLine(_flat(close.c.geom, asked.c.k), _flat(asked.c.geom, asked.c.k))
    as_json = func.ST_AsGeoJSON(_flat(line, 1 / asked.c.k), 8)
    return (
        select(close.c.version, z.c.code, z.c.name, z.c.unit, far.label("metres"), as_json.label("line"))
        .select_from(close)
        .join(asked, true())
        .join(z, z.c.version == close.c.version)
        .where(close.c.flat <= close.c.least * (ODDS + ODDS_PER_DEGREE * close.c.least))
        .order_by(far, z.c.code)
        .limit(1)
    )


def _asked() -> CTE:
    """The shape, and how much shorter (`k`) a degree of longitude is there than one of latitude."""
    shape = func.ST_GeomFromText(cast(bindparam("shape"), SqlText), literal_column(str(SRID)))
    middle = func.abs(func.ST_Y(func.ST_Centroid(func.ST_Envelope(shape))))
    short = func.cos(func.radians(func.least(middle, STEEPEST)), type_=Double)
    return _once(select(shape.label("geom"), short.label("k")), "asked")


def _reach(asked: CTE) -> CTE:
    """How far (° of latitude) the nearest can be at most: as far as the one that is nearest in degrees."""
    p, here = ZONE_PARTS.c, asked.c.geom
    first = (
        select(func.ST_Distance(p.geom, here, type_=Double).label("degrees"))
        .where(_of_kind(ZONE_PARTS))
        .order_by(p.geom.op("<->")(here))
        .limit(1)
        .lateral("first")
    )
    odds = ODDS + ODDS_PER_DEGREE * first.c.degrees
    return _once(
        select((first.c.degrees * odds).label("degrees")).select_from(asked).join(first, true()), "reach"
    )


def _close_by(asked: CTE, reach: CTE) -> CTE:
    """The pieces within that reach with their distance on the plane (`flat`), and the `least` of these."""
    p, here, k = ZONE_PARTS.c, asked.c.geom, asked.c.k
    flat = func.ST_Distance(_flat(p.geom, k), _flat(here, k))
    box = func.ST_Expand(func.ST_Envelope(here), reach.c.degrees / k, reach.c.degrees)
    pieces = (
        select(p.version, p.geom, flat.label("flat"), func.min(flat).over().label("least"))
        .select_from(asked)
        .join(reach, true())
        .join(ZONE_PARTS, p.geom.op("&&")(box))
        .where(_of_kind(ZONE_PARTS))
    )
    return _once(pieces, "close_by")


def _of_kind(parts: Any) -> ColumnElement[bool]:
    """Pieces of the zones of the kind that is asked for, in force on the day."""
    z = PROHIBITED_ZONES.table
    return and_(parts.c.kind == bindparam("kind"), exists().where(z.c.version == parts.c.version, stands(z)))


def _flat(shape: ColumnElement[Any], k: ColumnElement[Any]) -> ColumnElement[Any]:
    """A shape on the plane on which a degree is as long to the east as to the north."""
    return func.ST_Scale(shape, k, literal_column("1.0"))


def _once(statement: Select[Any], name: str) -> CTE:
    """Worked out once: distances to long outlines cost more than all the rest."""
    return statement.cte(name).prefix_with("MATERIALIZED")
