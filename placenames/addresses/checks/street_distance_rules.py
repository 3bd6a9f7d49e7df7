"""Rules about how far a plate stands from its street, where the register of names holds the street as a line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, Subquery, and_, func, not_, select

from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, table_rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.checks.addresses_together import METRES_PER_DEGREE, building_in, in_use
from placenames.addresses.checks.street_register import drawn_streets
from placenames.checks.ground import metres
from placenames.names import NAMES

REGISTER = ADDRESSES.name


@table_rule(
    "AD13",
    REGISTER,
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("AD13"),
    title=Text("门牌在所在街路巷旁", "Plates stand by their street"),
    message=Text("“{text}”距街路巷“{street}”{metres} 米", "“{text}” stands {metres} m from the street “{street}”"),
    fix=Text(
        "核对坐标、街路巷名称和道路走向;距离由设置 JIEZHI_ROAD_NEAR_M 给出",
        "check coordinates, street and its line; the setting JIEZHI_ROAD_NEAR_M says how far is far",
    ),
)
def plates_stand_by_their_street(staged: Staged) -> Iterator[Offence]:
    """Whoever walks along the street must come to the door; gates of estates and what lies in lanes may be far from it."""
    drawn = drawn_streets(staged)
    if drawn is None:
        return
    for row in staged.rows(_far_from_their_street(staged, drawn, staged.settings.road_near_m)):
        values = {"text": row.text, "street": row.street, "metres": f"{row.metres:,.0f}"}
        yield Offence(REGISTER, row.row, values=values)


def _far_from_their_street(staged: Staged, drawn: Subquery, reach: float) -> Select[Any]:
    """Plates that are far from every street they may mean; degrees choose those that are measured."""
    s, n = staged.register.staging.c, NAMES.table.c
    of_street, its_line = s.bearer_key == drawn.c.bearer, n.version == drawn.c.version
    doors = (s.geom.is_not(None), s.estate.is_(None), s.plate_key != "", building_in(s.inside_key) == "")
    near = func.ST_DWithin(n.geom, s.geom, reach / METRES_PER_DEGREE)  # so many degrees are surely not more metres
    maybe = (
        select(s.row)
        .select_from(staged.register.staging)
        .join(drawn, of_street)
        .join(NAMES.table, its_line)
        .where(staged.sent, in_use(s), *doors)
        .group_by(s.row)
        .having(not_(func.bool_or(near)))
        .cte("maybe")
        .prefix_with("MATERIALIZED")
    )
    far = func.min(metres(n.geom, s.geom))
    return (
        select(s.row, s.text, func.min(n.name).label("street"), far.label("metres"))
        .select_from(maybe)
        .join(staged.register.staging, and_(s.delivery == staged.delivery, s.row == maybe.c.row))
        .join(drawn, of_street)
        .join(NAMES.table, its_line)
        .group_by(s.row, s.text)
        .having(far > reach)
        .order_by(s.row)
    )
