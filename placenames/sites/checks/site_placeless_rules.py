"""Rules about sites without a place: nobody finds them on the map, and nobody looked what lies around them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, exists, func, literal, or_, select

from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, table_rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text
from placenames.checks.asked import DAY
from placenames.checks.ground import stands
from placenames.sites.cemeteries import CEMETERIES, CEMETERY_AREAS
from placenames.sites.facilities import FACILITIES
from placenames.sites.graves import GRAVES

ENDED = "closed"


@table_rule(
    "SI05",
    FACILITIES.name, CEMETERIES.name, GRAVES.name,
    severity=Severity.NOTE,
    source=HOUSE_PRACTICE.at("SI05"),
    title=Text("有位置", "There is a place"),
    message=Text("没有位置:不会显示在地图上", "it has no place and will not be on the map"),
    fix=Text("补充坐标(经度、纬度)", "add the coordinates (longitude and latitude)"),
)  # fmt: skip
def sites_have_a_place(staged: Staged) -> Iterator[Offence]:
    """Without a place every rule about places passes, and nobody hears that it was not asked."""
    s = staged.register.staging.c
    is_cemetery = staged.register is CEMETERIES
    lasts = func.coalesce(s.state, "") != ENDED if is_cemetery else literal(False)
    nowhere = or_(s.geom.is_(None), func.ST_IsEmpty(s.geom))
    tests = [nowhere, ~_has_areas(staged)] if is_cemetery else [nowhere]
    rows = select(s.row, lasts.label("lasts")).where(staged.sent, *tests).order_by(s.row).params({DAY: staged.day})
    for row in staged.rows(rows):
        if row.lasts:
            yield Offence(staged.register.name, row.row, severity=Severity.WARNING, text=_ZONES_NOT_CHECKED)
        else:
            yield Offence(staged.register.name, row.row)


def _has_areas(staged: Staged) -> ColumnElement[bool]:
    """Ground of the cemetery is drawn, in the same delivery or in force: that is a place, and its zones are asked (CM08)."""
    s, along, v = CEMETERIES.staging.c, CEMETERY_AREAS.staging.c, CEMETERY_AREAS.table
    drawn = and_(along.cemetery == s.code, along.geom.is_not(None))
    sent = exists().where(along.delivery == staged.delivery, ~along.set_aside, drawn)
    known = exists().where(v.c.cemetery == s.code, v.c.geom.is_not(None), stands(v))
    return and_(s.code.is_not(None), or_(sent, known))


_ZONES_NOT_CHECKED = Text(
    "没有位置:没有核对是否在禁葬区域,也不会显示在地图上",
    "it has no place: whether it lies where no cemetery may be was not checked, and it will not be on the map",
)
