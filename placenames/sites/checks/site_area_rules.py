"""Rules about the drawn areas of sites: the whole of an area lies in the unit that it names, not its middle alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import shapely
from geoalchemy2 import Geography
from sqlalchemy import CTE, Select, case, cast, exists, func, literal_column, or_, select, true
from sqlalchemy.sql.selectable import LateralFromClause

from boundaries.areas import UNIT_PARTS
from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, table_rule
from gis.record_tables import SRID
from gis.sources import HOUSE_PRACTICE
from gis.text import Text
from placenames.checks.asked import DAY
from placenames.checks.ground import within_m
from placenames.sites.cemeteries import CEMETERIES, CEMETERY_AREAS
from placenames.sites.checks.site_place_rules import FAR_OUT_M, ground_of_its_unit
from placenames.sites.facilities import FACILITIES

AREAS_ONLY = 3
"""Of a mended shape the areas count, not the lines and points that mending leaves."""
WIDEST = 5.0
"""No site is as wide or high as this (°)."""


@table_rule(
    "SI06",
    FACILITIES.name, CEMETERIES.name, CEMETERY_AREAS.name,
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("SI06"),
    title=Text("范围全部在所在政区内", "The whole area lies in its unit"),
    message=Text(
        "范围有 {beyond:,.0f} 平方米({share:.1%})在“{unit}”以外",
        "{beyond:,.0f} m² ({share:.1%}) of the area lie outside {unit}",
    ),
    fix=Text("核对范围或政区代码;跨界的,由双方商定", "check the area or the unit code; what crosses, both units agree on"),
)  # fmt: skip
def areas_of_sites_lie_in_their_units(staged: Staged) -> Iterator[Offence]:
    """Who governs the ground decides on it: what reaches over the line is another's to allow and to look after."""
    for row in staged.rows(_reaching_out(staged)):
        if row.is_huge:
            values: dict[str, Any] = {"most": WIDEST, "unit": row.name}
            yield Offence(staged.register.name, row.row, values=values, severity=Severity.ERROR, text=_HUGE)
            continue
        weight = Severity.ERROR if row.is_far else Severity.WARNING
        values = {"beyond": row.beyond, "share": row.beyond / row.whole, "unit": row.name}
        yield Offence(staged.register.name, row.row, shapely.from_wkb(row.outside), values, weight)


_HUGE = Text(
    "范围宽于 {most:g} 度,远出“{unit}”,请核对坐标",
    "the area is wider than {most:g}°, far beyond {unit}: check its coordinates"
)


def _reaching_out(staged: Staged) -> Select[Any]:
    """Areas that leave the ground of their unit, with how much of them does (m²) and the part that does.

    Of what reaches around half the globe nothing can be measured.
    """
    c = _laid_on_the_ground(staged).c
    beyond = case((~c.is_huge, _m2(c.outside)))
    told = c.row, c.name, c.is_huge, c.is_far, beyond.label("beyond"), case((~c.is_huge, _m2(c.geom))).label("whole")
    return (
        select(*told, func.ST_AsBinary(c.outside).label("outside"))
        .where(or_(c.is_huge, beyond > staged.settings.site_beyond_m2))
        .order_by(c.row)
        .params({DAY: staged.day})
    )


def _laid_on_the_ground(staged: Staged) -> CTE:
    """The drawn areas of the rows sent, each with what of it lies `outside` of its unit.

    Sites wholly off it are told of already (SI02); areas of cemeteries are asked by nobody else.
    """
    s, p, ground, area = staged.register.staging.c, UNIT_PARTS.c, ground_of_its_unit(staged), _area(staged)
    pieces = (
        select(func.ST_Union(p.geom).label("geom"))
        .where(p.version == ground.c.version, p.geom.op("&&")(area.c.geom))
        .lateral("pieces")
    )
    on_it = exists().where(p.version == ground.c.version, func.ST_Intersects(p.geom, area.c.geom))
    near = exists().where(p.version == ground.c.version, within_m(p.geom, area.c.geom, FAR_OUT_M))
    g = area.c.geom
    huge = func.greatest(func.ST_XMax(g) - func.ST_XMin(g), func.ST_YMax(g) - func.ST_YMin(g)) > WIDEST
    far = case((huge, true()), else_=~near)
    outside = func.coalesce(func.ST_Difference(area.c.geom, pieces.c.geom), area.c.geom)
    laid = (
        select(s.row, ground.c.name, area.c.geom, outside.label("outside"), huge.label("is_huge"), far.label("is_far"))
        .join_from(staged.register.staging, ground, ground.c.version.is_not(None))
        .join(area, area.c.geom.is_not(None))
        .join(pieces, area.c.geom.is_not(None) | pieces.c.geom.is_not(None))
        .where(staged.sent, true() if staged.register is CEMETERY_AREAS else on_it)
    )
    return laid.cte("laid").prefix_with("MATERIALIZED")


def _area(staged: Staged) -> LateralFromClause:
    """The drawn area of a row, mended where it crosses itself; no row for points and lines."""
    table = staged.register.staging
    mended = func.ST_CollectionExtract(func.ST_MakeValid(table.c.geom), literal_column(str(AREAS_ONLY)))
    one = select(mended.label("geom")).where(func.ST_Dimension(table.c.geom) > 1)
    return one.correlate(table).lateral("area")


def _m2(shape: Any) -> Any:
    return func.ST_Area(cast(shape, Geography(srid=SRID)))
