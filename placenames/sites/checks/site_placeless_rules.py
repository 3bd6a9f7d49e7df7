"""Rules about sites without a place: nobody finds them on the map, and nobody looked what lies around them."""

from __future__ import annotations

from collections.abc import Iterator

from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text
from placenames.sites.cemeteries import CEMETERIES
from placenames.sites.checks.rows_sent import broken, rows_sent
from placenames.sites.facilities import FACILITIES
from placenames.sites.graves import GRAVES

ENDED = "closed"


@rule(
    "SI05",
    FACILITIES.name, CEMETERIES.name, GRAVES.name,
    severity=Severity.NOTE,
    source=HOUSE_PRACTICE.at("SI05"),
    title=Text("有位置", "There is a place"),
    message=Text("没有位置:不会显示在地图上", "it has no place and will not be on the map"),
    fix=Text("补充坐标(经度、纬度)", "add the coordinates (longitude and latitude)"),
)  # fmt: skip
def sites_have_a_place(survey: Survey) -> Iterator[Offence]:
    """Without a place every rule about places passes, and nobody hears that it was not asked."""
    for register in (FACILITIES, CEMETERIES, GRAVES):
        for row in rows_sent(survey, register):
            if row["geometry"] is not None and not row["geometry"].is_empty:
                continue
            if register is CEMETERIES and row["state"] != ENDED:
                yield broken(register, row, Severity.WARNING, _ZONES_NOT_CHECKED)
            else:
                yield broken(register, row)


_ZONES_NOT_CHECKED = Text(
    "没有位置:没有核对是否在禁葬区域,也不会显示在地图上",
    "it has no place: whether it lies where no cemetery may be was not checked, and it will not be on the map",
)
