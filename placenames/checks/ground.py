"""Ground: where rows lie: their units by code and by area, and what is registered around them; told as SQL expressions."""

from __future__ import annotations

from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import ColumnElement, Date, and_, bindparam, cast, exists, func, or_, select

from boundaries.areas import UNIT_PARTS
from gis.codes import levels
from gis.record_tables import SRID
from gis.settings import Settings
from placenames.checks.asked import DAY
from placenames.checks.scoping import at_level

METRES_PER_DEGREE = 110_000.0
"""Of latitude, a little less than anywhere (m)."""
STEEPEST = 89.0
ON: ColumnElement[Any] = bindparam(DAY, type_=Date())


def stands(table: Any) -> ColumnElement[bool]:
    """The versions in force on the day that is asked for (parameter `on`)."""
    c = table.c
    return and_(c.valid_from <= ON, or_(c.valid_to.is_(None), c.valid_to > ON), c.superseded_at.is_(None))


def metres(one: ColumnElement[Any], other: ColumnElement[Any]) -> ColumnElement[Any]:
    """The distance between two shapes on the ellipsoid (m); NULL when one is not known."""
    return func.ST_Distance(_globe(one), _globe(other))


def within_m(shape: ColumnElement[Any], other: ColumnElement[Any], reach: float) -> ColumnElement[bool]:
    """Whether an indexed shape lies within a distance (m) of another; a box in degrees finds those to be measured."""
    high = reach / METRES_PER_DEGREE
    wide = high / func.cos(func.radians(func.least(func.abs(func.ST_YMax(other)), STEEPEST)))
    box = func.ST_Expand(func.ST_Envelope(other), wide, high)
    return and_(shape.op("&&")(box), func.ST_DWithin(_globe(shape), _globe(other), reach))


def governs(unit: Any, rows: Any) -> ColumnElement[bool]:
    """Whether a unit is that of a row, or above it, by the row's unit code, or has the row's position on its ground."""
    p = UNIT_PARTS.c
    here = select(p.version).where(p.version == unit.version, func.ST_Intersects(p.geom, rows.geom))
    return or_(func.starts_with(rows.unit, unit.code), exists(here.correlate_except(UNIT_PARTS)))


def units_above(unit: ColumnElement[str], settings: Settings) -> list[ColumnElement[str]]:
    """The codes of a unit and of those it lies in, so that an index finds them."""
    return [unit, *(at_level(unit, level, settings) for level in levels(settings.unit_codes))]


def _globe(shape: ColumnElement[Any]) -> ColumnElement[Any]:
    return cast(shape, Geography(srid=SRID))
