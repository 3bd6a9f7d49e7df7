"""The units in which a candidate site lies: one at a point, and of an area every one with what it has of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import shapely
from geoalchemy2 import Geography
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, bindparam, cast, func, literal_column, select
from sqlalchemy import Text as SqlText

from boundaries.areas import UNIT_PARTS, units_at
from boundaries.units import UNITS
from gis.record_tables import SRID
from gis.settings import Settings
from gis.text import Text
from placenames.checks.asked import DAY
from placenames.checks.ground import stands

AREAS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, slots=True)
class Share:
    """What a unit has of an area: square metres on the ellipsoid, and of the whole (0 to 1); of a point it is 0 m², 1."""

    code: str
    name: str
    m2: float = 0.0
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a candidate lies: its units, the one with most of it first, and what of it lies in none (m²)."""

    shares: Sequence[Share] = ()
    m2: float = 0.0
    nowhere_m2: float = 0.0

    @property
    def crosses(self) -> bool:
        """Whether it is told apart: in two units, or in part in none."""
        return len(self.shares) > 1 or bool(self.shares and self.nowhere_m2)

    def told(self) -> Text:
        """The units with their shares, as people read it."""
        parts = [_IN_A_UNIT.fill(name=each.name, share=each.share, m2=each.m2) for each in self.shares]
        if self.nowhere_m2:
            parts.append(_IN_NONE.fill(share=self.nowhere_m2 / self.m2, m2=self.nowhere_m2))
        return _CROSSES.fill(parts=Text("、".join(each.zh for each in parts), ", ".join(each.en for each in parts)))


_IN_A_UNIT = Text("{name} {share:.1%}({m2:,.0f} 平方米)", "{name} {share:.1%} ({m2:,.0f} m²)")
_IN_NONE = Text("已登记政区以外 {share:.1%}({m2:,.0f} 平方米)", "in no registered unit {share:.1%} ({m2:,.0f} m²)")
_CROSSES = Text("范围跨界:{parts}", "the area crosses a boundary: {parts}")


def ground_of(tx: Connection, place: BaseGeometry, on: date, settings: Settings) -> Ground:
    """The units in force on a day that a place (EPSG:4490) lies in; slivers (`site_beyond_m2`) do not count."""
    if place.geom_type not in AREAS or not place.area:
        return _at_a_point(tx, place, on, settings)
    asked = {"shape": shapely.to_wkt(place, rounding_precision=-1), "level": settings.parts_level, DAY: on}
    rows = tx.execute(_UNDER, asked).all()
    whole = float(tx.execute(_WHOLE, asked).scalar_one())
    shares = [Share(each.code, each.name, each.m2, min(each.m2 / whole, 1.0)) for each in rows if each.m2]
    kept = [*shares[:1], *(each for each in shares[1:] if each.m2 > settings.site_beyond_m2)]
    nowhere = whole - sum(each.m2 for each in shares)
    return Ground(kept, whole, nowhere if shares and nowhere > max(settings.site_beyond_m2, whole * ROUNDING) else 0.0)


ROUNDING = 1e-6
"""Pieces of an area add up to the whole but for so much of it."""


def _at_a_point(tx: Connection, place: BaseGeometry, on: date, settings: Settings) -> Ground:
    middle = place.representative_point()
    found = [each for each in units_at(tx, middle.x, middle.y, on, None) if each["level"] == settings.parts_level]
    return Ground([Share(found[0]["code"], found[0]["name"])] if found else [])


_SHAPE = func.ST_GeomFromText(bindparam("shape", type_=SqlText), literal_column(str(SRID)))
_WHOLE = select(func.ST_Area(cast(_SHAPE, Geography(srid=SRID))))
_ON_A_PIECE = func.ST_Area(cast(func.ST_Intersection(UNIT_PARTS.c.geom, _SHAPE), Geography(srid=SRID)))
_UNDER = (
    select(UNITS.table.c.code, UNITS.table.c.name, func.sum(_ON_A_PIECE).label("m2"))
    .join_from(UNITS.table, UNIT_PARTS, UNIT_PARTS.c.version == UNITS.table.c.version)
    .where(UNITS.table.c.level == bindparam("level"), stands(UNITS.table), func.ST_Intersects(UNIT_PARTS.c.geom, _SHAPE))
    .group_by(UNITS.table.c.code, UNITS.table.c.name)
    .order_by(func.sum(_ON_A_PIECE).desc(), UNITS.table.c.code)
)
