"""Rules about community facilities by their own figures: how large they are, what they hold, and the days of their life."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise
from typing import Any

from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE, SERVICE_AREAS, Source
from gis.text import Text
from placenames import shipped
from placenames.sites.checks.rows_sent import broken, rows_sent
from placenames.sites.facilities import FACILITIES, STATES, TYPES

TO_COME = ("planned", "building")
ORDER = ("built_on", "opened_on", "closed_on")


@rule(
    "FA01",
    FACILITIES.name,
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("FA01"),
    title=Text("数量前后相符", "Figures add up"),
    message=Text("{part} {less:g} 大于{whole} {more:g}", "{part}: {less:g}, more than {whole}: {more:g}"),
    fix=Text("核对并更正这两个数", "check the two figures and correct them"),
)
def figures_of_facilities_add_up(survey: Survey) -> Iterator[Offence]:
    """Areas and beds are counted against what the law asks for."""
    numbers = [each for each in FACILITIES.fields if each.type in (int, float)]
    for row in rows_sent(survey, FACILITIES):
        for part, whole in (("inside_area_m2", "floor_area_m2"), ("activity_area_m2", "floor_area_m2")):
            less, more = row[part], row[whole]
            if less is not None and more is not None and less > more:
                titles: dict[str, Any] = {"part": FACILITIES.field(part).title, "whole": FACILITIES.field(whole).title}
                yield broken(FACILITIES, row, less=less, more=more, **titles)
        for each in numbers:
            if row[each.name] is not None and row[each.name] < 0:
                yield broken(FACILITIES, row, text=_NEGATIVE, part=each.title, less=row[each.name])


_NEGATIVE = Text("{part} {less:g} 为负数", "{part}: {less:g} is less than nothing")


@rule(
    "FA02",
    FACILITIES.name,
    severity=Severity.WARNING,
    source=SERVICE_AREAS,
    title=Text("面积达到当地标准", "It is as large as is asked for here"),
    message=Text(
        "{type}面积 {size:g} 平方米,低于 {least:g} 平方米({source})",
        "{type}: {size:g} m², less than the {least:g} m² of {source}",
    ),
    fix=Text("扩建或合并使用;面积有误的,更正", "enlarge it, or use it with another; a wrong figure is corrected"),
)
def facilities_are_large_enough(survey: Survey) -> Iterator[Offence]:
    """A room of twelve square metres with a sign is no service centre."""
    today = date.today()
    for row in rows_sent(survey, FACILITIES):
        size = row["floor_area_m2"] if row["floor_area_m2"] is not None else row["inside_area_m2"]
        if size is None or row["state"] == "closed":
            continue
        for least, jurisdiction, source in _least(row["type"] or "", today):
            if size < least and shipped.applies(jurisdiction, row["unit"] or ""):
                words: dict[str, Any] = {"type": TYPES[row["type"]], "source": source.words}
                weight, text = (Severity.NOTE, _RECALLED) if source.grade == "R" else (Severity.WARNING, None)
                yield broken(FACILITIES, row, weight, text, size=size, least=least, **words)


_RECALLED = Text(
    "{type}面积 {size:g} 平方米,低于 {least:g} 平方米;这个数字凭记忆所记({source}),未经核对",
    "{type}: {size:g} m², less than {least:g} m²; this figure is recalled ({source}) and was not verified",
)


@cache
def _least(kind: str, on: date) -> list[tuple[float, str, Source]]:
    """The least areas of a type (m²), where they hold, and by what."""
    return [
        (float(row["min_m2"]), row["jurisdiction"], shipped.source_of(row))
        for row in shipped.rows("facility_areas.csv")
        if row["type"] == kind and shipped.in_force(row, on)
    ]


@rule(
    "FA03",
    FACILITIES.name,
    severity=Severity.WARNING,
    source=SERVICE_AREAS,
    title=Text("居民活动区域达到应有比例", "Enough of it is for residents"),
    message=Text(
        "居民活动面积占 {share:.1%},低于 {wanted:.0%}",
        "{share:.1%} of it are for residents' activities, less than {wanted:.0%}",
    ),
    fix=Text("压缩办公面积,更多用于居民活动", "give less of it to offices and more to residents"),
)
def enough_of_it_is_for_residents(survey: Survey) -> Iterator[Offence]:
    """Service centres are for those who come, not for those who sit there."""
    wanted = survey.settings.activity_share
    for row in rows_sent(survey, FACILITIES):
        activity, floor = row["activity_area_m2"], row["floor_area_m2"]
        if row["type"] in ("service_centre", "service_station") and activity is not None and floor:
            share = activity / floor
            if share < wanted:
                yield broken(FACILITIES, row, share=share, wanted=wanted)


@rule(
    "FA04",
    FACILITIES.name,
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("FA04"),
    title=Text("状态与日期相符", "State and days agree"),
    message=Text("{later}({last})早于{earlier}({first})", "{later} ({last}) is before {earlier} ({first})"),
    fix=Text("更正日期或状态", "correct the days or the state"),
)
def state_and_days_of_facilities_agree(survey: Survey) -> Iterator[Offence]:
    """Plans count a facility on the day it opens."""
    today = date.today()
    for row in rows_sent(survey, FACILITIES):
        days = [(name, row[name]) for name in ORDER if row[name] is not None]
        for (one, first), (other, last) in pairwise(days):
            if last < first:
                titles: dict[str, Any] = {"earlier": FACILITIES.field(one).title, "later": FACILITIES.field(other).title}
                yield broken(FACILITIES, row, first=first, last=last, **titles)
        opened, state = row["opened_on"], row["state"]
        if state in TO_COME and opened is not None and opened <= today:
            yield broken(FACILITIES, row, text=_OPEN_ALREADY, state=STATES[state], day=opened)
        if state == "open" and opened is not None and opened > today:
            yield broken(FACILITIES, row, text=_NOT_YET, day=opened)
        if state == "closed" and row["closed_on"] is None:
            yield broken(FACILITIES, row, text=_CLOSED)


_OPEN_ALREADY = Text("状态为“{state}”,而启用日期 {day} 已过", "the state is “{state}”, but it opened on {day}")
_NOT_YET = Text("状态为“开放”,而启用日期 {day} 未到", "the state is “open”, but it is to open on {day} only")
_CLOSED = Text("状态为“停用”,缺少停用日期", "it is closed, and the day of closing is not given")
