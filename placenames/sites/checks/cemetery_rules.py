"""Rules about cemeteries by their own figures: plots, green land, capacity, profit, and the days of their life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import (
    FUNERAL_REGULATIONS,
    HOUSE_PRACTICE,
    PLOT_SIZES,
    ZHEJIANG_CEMETERIES,
)
from gis.text import Text
from placenames.sites.cemeteries import CEMETERIES, STATES
from placenames.sites.checks.rows_sent import broken, rows_sent
from placenames.sites.figures_set import figures

PLOTS = {
    "ash_single": Text("骨灰单穴", "a single ash plot"),
    "ash_double": Text("骨灰双穴", "a double ash plot"),
    "body_single": Text("遗体单穴", "a single body plot"),
    "body_double": Text("遗体双穴", "a double body plot"),
}
ZHEJIANG = "33"
ZHEJIANG_PLOTS = {"ash_single": 0.7, "ash_double": 1.0}
"""m², Article 6."""
TO_COME = ("site_chosen", "approved", "building")
"""States of sites whose plots are not built yet: what is planned against a rule is not to be built."""
ORDER = ("approved_on", "completed_on", "accepted_on", "opened_on", "closed_on")
"""The days of a site's life, in the order in which they come."""
_TOO_LARGE = Text("{plot}最大 {size:g} 平方米,超过 {limit:g} 平方米", "{plot} has up to {size:g} m², more than {limit:g} m²")
_MAKE_SMALLER = Text("按规定缩小墓穴;面积有误的,更正", "keep to the size; where the figure is wrong, correct it")


@rule(
    "CM01",
    CEMETERIES.name,
    severity=Severity.ERROR,
    source=PLOT_SIZES,
    title=Text("墓穴面积不超标", "Plots are not too large"),
    message=_TOO_LARGE,
    fix=_MAKE_SMALLER,
)
def plots_are_not_too_large(survey: Survey) -> Iterator[Offence]:
    """Land for graves is land for ever; what stands already is warned of, what is planned is not to be built."""
    yield from _too_large(survey, figures("JIEZHI_PLOT_M2", survey.settings.plot_m2, "|".join(PLOTS)))


@rule(
    "CM02",
    CEMETERIES.name,
    severity=Severity.ERROR,
    source=ZHEJIANG_CEMETERIES.at("第六条"),
    jurisdiction=ZHEJIANG,
    title=Text("浙江:墓穴面积不超标", "Zhejiang: plots are not too large"),
    message=_TOO_LARGE,
    fix=_MAKE_SMALLER,
)
def plots_in_zhejiang_are_smaller(survey: Survey) -> Iterator[Offence]:
    """The province allows less than the country does."""
    yield from _too_large(survey, ZHEJIANG_PLOTS)


def _too_large(survey: Survey, limits: Mapping[str, float]) -> Iterator[Offence]:
    for row in rows_sent(survey, CEMETERIES):
        weight = Severity.ERROR if row["state"] in TO_COME else Severity.WARNING
        for plot, limit in limits.items():
            size = row.get(f"{plot}_m2")
            if size is not None and size > limit + 1e-9:
                yield broken(CEMETERIES, row, weight, plot=PLOTS[plot], size=size, limit=limit)


@rule(
    "CM03",
    CEMETERIES.name,
    severity=Severity.WARNING,
    source=ZHEJIANG_CEMETERIES.at("第五条(浙江的规定,他处供参照)"),
    title=Text("绿地达到应有比例", "There is as much green as there should be"),
    message=Text(
        "绿地 {green:,.0f} 平方米,占墓区 {share:.1%};建成满 {years} 年应不低于 {wanted:.0%}",
        "{green:,.0f} m² of green, {share:.1%} of the tomb area; {years} years after completion it should be {wanted:.0%}",
    ),
    fix=Text("补植绿化,并更正绿地面积和测量日期", "plant more, and correct the green area and the day it was measured"),
)
def there_is_as_much_green_as_there_should_be(survey: Survey) -> Iterator[Offence]:
    """Green grows with the years: half of the tomb area at first, most of it later."""
    said = figures("JIEZHI_GREEN_SHARE", survey.settings.green_share, r"\d{1,3}")
    steps = {int(years): share for years, share in said.items()}
    for row in rows_sent(survey, CEMETERIES):
        green, tomb, completed = row["green_m2"], row["tomb_m2"], row["completed_on"]
        if green is None or not tomb or completed is None:
            continue
        years, now = (_full_years(completed, day) for day in (row["green_on"] or date.today(), date.today()))
        words = {"green": green, "share": green / tomb}
        if green / tomb < _wanted(steps, years):
            weight = Severity.WARNING if (row["unit"] or "").startswith(ZHEJIANG) else Severity.NOTE
            yield broken(CEMETERIES, row, weight, years=max(years, 0), wanted=_wanted(steps, years), **words)
        elif green / tomb < _wanted(steps, now):
            words |= {"day": row["green_on"], "years": now, "wanted": _wanted(steps, now)}
            yield broken(CEMETERIES, row, Severity.NOTE, _MEASURE_AGAIN, **words)


_MEASURE_AGAIN = Text(
    "{day} 测得绿地占墓区 {share:.1%};现已建成满 {years} 年,应不低于 {wanted:.0%},请重新测量",
    "on {day} green was {share:.1%} of the tomb area; after {years} years {wanted:.0%} are asked for: measure it again",
)


def _wanted(steps: Mapping[int, float], years: int) -> float:
    """The share asked for so many full years after completion."""
    return max((share for since, share in steps.items() if since <= years), default=0.0)


def _full_years(since: date, until: date) -> int:
    return until.year - since.year - ((until.month, until.day) < (since.month, since.day))


NOT_MORE_THAN = (
    ("plots_used", "plots_built"), ("plots_sold", "plots_built"), ("plots_used", "plots_sold"),
    ("plots_built", "plots_planned"), ("niches_used", "niches"), ("ecological", "burials"),
    ("tomb_m2", "land_m2"), ("green_m2", "land_m2"),
)  # fmt: skip


@rule(
    "CM04",
    CEMETERIES.name,
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("CM04"),
    title=Text("数量前后相符", "Figures add up"),
    message=Text("{part} {less:g} 大于{whole} {more:g}", "{part}: {less:g}, more than {whole}: {more:g}"),
    fix=Text("核对并更正这两个数", "check the two figures and correct them"),
)
def figures_add_up(survey: Survey) -> Iterator[Offence]:
    """What is left for the living is counted from these figures."""
    numbers = [each for each in CEMETERIES.fields if each.type in (int, float)]
    for row in rows_sent(survey, CEMETERIES):
        for part, whole in NOT_MORE_THAN:
            less, more = row[part], row[whole]
            if less is not None and more is not None and less > more:
                titles: dict[str, Any] = {"part": CEMETERIES.field(part).title, "whole": CEMETERIES.field(whole).title}
                yield broken(CEMETERIES, row, less=less, more=more, **titles)
        for each in numbers:
            if row[each.name] is not None and row[each.name] < 0:
                yield broken(CEMETERIES, row, text=_NEGATIVE, part=each.title, less=row[each.name])


_NEGATIVE = Text("{part} {less:g} 为负数", "{part}: {less:g} is less than nothing")


@rule(
    "CM06",
    CEMETERIES.name,
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("CM06"),
    title=Text("状态与日期相符", "State and days agree"),
    message=Text("{later}({last})早于{earlier}({first})", "{later} ({last}) is before {earlier} ({first})"),
    fix=Text("更正日期或状态", "correct the days or the state"),
)
def state_and_days_agree(survey: Survey) -> Iterator[Offence]:
    """Plans count a cemetery on the day of its acceptance: without it, nothing is counted."""
    needed, today = {"accepted": "accepted_on", "open": "opened_on", "closed": "closed_on"}, date.today()
    for row in rows_sent(survey, CEMETERIES):
        days = [(name, row[name]) for name in ORDER if row[name] is not None]
        for (one, first), (other, last) in pairwise(days):
            if last < first:
                titles: dict[str, Any] = {"earlier": CEMETERIES.field(one).title, "later": CEMETERIES.field(other).title}
                yield broken(CEMETERIES, row, first=first, last=last, **titles)
        missing = needed.get(row["state"] or "")
        if missing and (row[missing] is None or row[missing] > today):
            words: dict[str, Any] = {"state": STATES[row["state"]], "what": CEMETERIES.field(missing).title}
            text = _DAY_MISSING if row[missing] is None else _NOT_YET
            yield broken(CEMETERIES, row, text=text, day=row[missing], **words)


_NOT_YET = Text("状态为“{state}”,而{what} {day} 未到", "the state is “{state}”, but its {what}, {day}, is yet to come")
_DAY_MISSING = Text("状态为“{state}”,缺少{what}", "the state is “{state}”, and there is no {what}")


@rule(
    "CM07",
    CEMETERIES.name,
    severity=Severity.NOTE,
    source=FUNERAL_REGULATIONS.at("1997年文本第九条已有此规定"),
    checklist=True,
    title=Text("农村公益性公墓只服务本地村民", "Rural cemeteries serve their villages"),
    message=Text("请核对:{problem}", "please check: {problem}"),
    fix=Text("写明服务村;对外出售的,查处", "name the villages; look into plots given to others"),
)
def rural_cemeteries_serve_their_villages(survey: Survey) -> Iterator[Offence]:
    """A village's burial ground is not for sale; whether it is sold, only a person can see."""
    for row in rows_sent(survey, CEMETERIES):
        if row["category"] in ("rural_public", "rural_ground"):
            problem = _NO_VILLAGES if row["serves"] is None else _FOR_THEM_ALONE.fill(villages=row["serves"])
            yield broken(CEMETERIES, row, problem=problem)


_NO_VILLAGES = Text("没有写明服务哪些村", "the villages it serves are not named")
_FOR_THEM_ALONE = Text("墓穴只供 {villages} 的村民使用", "its plots are for the people of {villages} alone")


