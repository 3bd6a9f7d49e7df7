"""Rules about areas of cemeteries: what is built lies in what was planned, tombs and green in what is built."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from geoalchemy2 import Geography
from sqlalchemy import CTE, Integer, Select, case, cast, func, null, select

from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, table_rule
from gis.record_tables import SRID
from gis.sources import HOUSE_PRACTICE
from gis.text import Text
from placenames.sites.cemeteries import AREA_KINDS, CEMETERY_AREAS

LIES_IN = {"built": "planned", "tomb": "built", "green": "built"}
"""A kind of area -> the kind whose ground it should not leave, where that was drawn too."""
SLIVER_M2, SLIVER_SHARE = 1.0, 0.01
"""Two surveys of one wall differ by so much: what reaches out less is nobody's offence."""


@table_rule(
    "CM10",
    CEMETERY_AREAS.name,
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("CM10"),
    title=Text("建成范围在规划内,墓区和绿地在建成范围内", "Areas lie in those that should hold them"),
    message=Text(
        "公墓“{cemetery}”的{inner}有 {beyond:,.0f} 平方米在{outer}以外",
        "{beyond:,.0f} m² of the “{inner}” of cemetery “{cemetery}” lie outside its “{outer}”",
    ),
    fix=Text("更正范围;超出规划建设的,查处", "correct the areas; look into what was built outside of the plan"),
)
def areas_lie_in_those_that_should_hold_them(staged: Staged) -> Iterator[Offence]:
    """Cemeteries grow by rows of tombs outside of the plan: drawn side by side, it shows."""
    for row in staged.rows(_beyond(staged)):
        words = {"inner": AREA_KINDS[row.inner], "outer": AREA_KINDS[row.outer]}
        yield Offence(CEMETERY_AREAS.name, row.row, values={"cemetery": row.cemetery, "beyond": row.beyond, **words})


def _beyond(staged: Staged) -> Select[Any]:
    """Areas that leave the ground of what should hold them; one of the two was sent."""
    areas = _areas(staged)
    inner, ground = areas.alias("inner"), areas.alias("ground")
    united = func.ST_Union(ground.c.geom).label("geom"), func.min(ground.c.row).label("row")
    whole = (
        select(ground.c.cemetery, ground.c.kind, *united)
        .group_by(ground.c.cemetery, ground.c.kind)
        .cte("whole")
    )
    row = func.coalesce(inner.c.row, whole.c.row)
    beyond = _m2(func.ST_Difference(inner.c.geom, whole.c.geom))
    kinds = inner.c.kind.label("inner"), whole.c.kind.label("outer")
    return (
        select(row.label("row"), inner.c.cemetery, *kinds, beyond.label("beyond"))
        .join_from(inner, whole, inner.c.cemetery == whole.c.cemetery)
        .where(whole.c.kind == case(LIES_IN, value=inner.c.kind), row.is_not(None))
        .where(beyond > func.greatest(SLIVER_M2, _m2(inner.c.geom) * SLIVER_SHARE))
        .order_by(row, inner.c.kind)
    )


def _areas(staged: Staged) -> CTE:
    """All areas of the cemeteries that a delivery draws: those sent, and those in force that stay."""
    s, v = CEMETERY_AREAS.staging.c, CEMETERY_AREAS.table.c
    drawn = select(s.cemetery).where(staged.sent)
    sent = select(s.row, s.cemetery, s.kind, func.ST_MakeValid(s.geom).label("geom")).where(staged.sent, s.geom.is_not(None))
    there = select(cast(null(), Integer), v.cemetery, v.kind, func.ST_MakeValid(v.geom)).where(
        staged.staying, v.cemetery.in_(drawn), v.geom.is_not(None)
    )
    return sent.union_all(there).cte("areas")


def _m2(shape: Any) -> Any:
    return func.ST_Area(cast(shape, Geography(srid=SRID)))
