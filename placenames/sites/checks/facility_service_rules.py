"""Rules about whom facilities serve: which communities, how many households, and for whose profit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, select

from boundaries.units import UNITS
from gis.codes import level_of, levels
from gis.intake.beside import Staged, counties
from gis.intake.rules import Offence, Severity, Survey, rule, table_rule
from gis.registers import split
from gis.settings import Settings
from gis.sources import FUNERAL_REGULATIONS, HOUSE_PRACTICE, SERVICE_AREAS
from gis.text import Text
from placenames.checks.asked import DAY
from placenames.checks.ground import stands
from placenames.names import NAMES
from placenames.sites.checks.rows_sent import broken, rows_sent
from placenames.sites.communities_served import ALL_OF_IT, FOR_HOUSEHOLDS, KINDS, plain
from placenames.sites.facilities import FACILITIES, TYPES

FUNERAL = ("funeral_home", "ash_hall")


@table_rule(
    "FA05",
    FACILITIES.name,
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("FA05"),
    title=Text("服务的社区在册", "The communities it serves are known"),
    message=Text(
        "服务社区“{community}”不是当日在册的村、社区", "it serves “{community}”, which is no village or community in force"
    ),
    fix=Text("改正社区名称或代码,用顿号分开", "correct its name or code; commas part one from the next"),
)
def communities_served_are_known(staged: Staged) -> Iterator[Offence]:
    """A community whose name is misspelt counts as one that nobody serves."""
    known: dict[str, set[str]] = {}
    for row in list(staged.tx.execute(_serving(staged))):
        (county,) = counties([row.unit], staged.settings)
        if county not in known:
            known[county] = _communities(staged, county)
            if not known[county]:
                yield Offence(FACILITIES.name, row.row, severity=Severity.NOTE, text=_NONE_KNOWN, fix=_REGISTER_THEM)
        for community in split(row.served) if known[county] else ():
            if not _is_known(community, known[county]):
                yield Offence(FACILITIES.name, row.row, values={"community": community})


_NONE_KNOWN = Text(
    "名录中还没有村、社区,无法核对服务社区", "no village or community is registered yet: whom it serves cannot be checked"
)
_REGISTER_THEM = Text("导入村、社区(政区或地名)后再核对", "bring in villages and communities, as units or as names")


def _serving(staged: Staged) -> Select[Any]:
    s = FACILITIES.staging.c
    return select(s.row, s.unit, s.served).where(staged.sent, s.served.is_not(None), s.unit.is_not(None)).order_by(s.row)


def _communities(staged: Staged, county: str) -> set[str]:
    """Codes and names of the units of a county, and names of its villages; empty when it has none below its towns."""
    u, n = UNITS.table, NAMES.table
    units = select(u.c.code, u.c.name).where(stands(u), func.starts_with(u.c.code, county))
    places = select(n.c.name).where(stands(n), n.c.category == "VIL", func.starts_with(n.c.unit, county))
    found = list(staged.tx.execute(units.params({DAY: staged.day})))
    villages = set(staged.tx.scalars(places.params({DAY: staged.day})))
    if not villages and not any(_is_below_towns(each.code, staged.settings) for each in found):
        return set()
    words = villages | {each.name for each in found} | {each.code for each in found}
    return {plain(each) for each in words}


def _is_below_towns(code: str, settings: Settings) -> bool:
    order, level = list(levels(settings.unit_codes)), level_of(code, settings)
    if level is None or settings.parts_level not in order:
        return False
    return order.index(level) > order.index(settings.parts_level)


def _is_known(community: str, known: set[str]) -> bool:
    said = plain(community)
    return bool(ALL_OF_IT.match(said)) or any(said + kind in known for kind in KINDS)


@rule(
    "FA06",
    FACILITIES.name,
    severity=Severity.NOTE,
    source=SERVICE_AREAS,
    checklist=True,
    title=Text("每百户面积", "Area per hundred households"),
    message=Text(
        "本设施建筑面积 {size:g} 平方米,按社区综合服务设施每百户 {least:g} 平方米计,单独可供 {households:,} 户;"
        "标准按社区的全部综合服务设施合计,请与服务对象({served})的户数和同类设施一并核对",
        "the floor area of this building, {size:g} m², is enough by itself for {households:,} households at {least:g} m² "
        "for each hundred; the standard counts all service facilities of a community together: please compare the "
        "households of whom it serves ({served}) and the other facilities there",
    ),
    fix=Text(
        "合计不足的,扩建或增设;合计见“面积与容量”(/coverage/capacity)",
        "where all together fall short, enlarge it or open another; /coverage/capacity adds them up",
    ),
)
def facilities_are_large_enough_for_their_households(survey: Survey) -> Iterator[Offence]:
    """A standard by households holds for all facilities of a community and is not judged from one building.

    What that one is enough for can be said.
    """
    least = survey.settings.households_m2
    for row in rows_sent(survey, FACILITIES):
        size, served = row["floor_area_m2"], row["served"]
        if row["type"] in FOR_HOUSEHOLDS and row["state"] != "closed" and size and served and least:
            yield broken(FACILITIES, row, size=size, least=least, households=int(size / least * 100), served=served)


@rule(
    "FA07",
    FACILITIES.name,
    severity=Severity.NOTE,
    source=HOUSE_PRACTICE.at("FA07"),
    title=Text("开放的设施有启用日期", "What is open has its day of opening"),
    message=Text("状态为“开放”,缺少启用日期", "it is open, and the day of its opening is not given"),
    fix=Text("补充启用日期", "add the day of its opening"),
)
def what_is_open_has_its_day(survey: Survey) -> Iterator[Offence]:
    """Without a day, a facility counts for targets from the day since which it is known as open, not that of its opening."""
    for row in rows_sent(survey, FACILITIES):
        if row["state"] == "open" and row["opened_on"] is None:
            yield broken(FACILITIES, row)


@rule(
    "FA08",
    FACILITIES.name,
    severity=Severity.ERROR,
    source=FUNERAL_REGULATIONS,
    title=Text("不新设民办殡葬服务机构", "No new private funeral services"),
    message=Text(
        "民办{type},{what} {day};2026 年 3 月 30 日起新设殡葬服务机构须由政府举办、非营利",
        "{type}, run privately, {what} {day}; from 30 March 2026 on new ones are set up by government, and not for profit",
    ),
    fix=Text("改为公办,或撤销该项目;原有的,更正日期", "make it public or give it up; of an old one, correct the day"),
)
def no_new_private_funeral_services(survey: Survey) -> Iterator[Offence]:
    """What holds for cemeteries holds for funeral homes and halls of ashes."""
    since = FUNERAL_REGULATIONS.in_force_from
    assert since is not None
    for row in rows_sent(survey, FACILITIES):
        first = next((name for name in ("built_on", "opened_on") if row[name] is not None), None)
        if row["type"] in FUNERAL and row["mode"] == "private" and first and row[first] >= since:
            words: dict[str, Any] = {"type": TYPES[row["type"]], "what": FACILITIES.field(first).title}
            yield broken(FACILITIES, row, day=row[first], **words)
