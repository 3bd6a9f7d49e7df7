"""Rules about cemeteries for profit: those that were there stay, no new one is set up, and none is called public."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import exists, false, func, or_, select

from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, Survey, rule, table_rule
from gis.sources import FUNERAL_REGULATIONS, HOUSE_PRACTICE
from gis.text import Text
from placenames.checks.asked import DAY
from placenames.checks.ground import stands
from placenames.sites.cemeteries import CEMETERIES, STATES
from placenames.sites.checks.cemetery_rules import ORDER, TO_COME
from placenames.sites.checks.rows_sent import broken, rows_sent


@rule(
    "CM05",
    CEMETERIES.name,
    severity=Severity.ERROR,
    source=FUNERAL_REGULATIONS,
    title=Text("不新设经营性公墓", "No new cemeteries for profit"),
    message=Text(
        "经营性公墓{what} {day};2026 年 3 月 30 日起不得新设经营性殡葬服务机构",
        "a cemetery for profit, {what} {day}; from 30 March 2026 on no new ones may be set up",
    ),
    fix=Text("改为公益性,或撤销该项目;原有的,更正日期", "make it non-profit or give it up; of an old one, correct the day"),
)
def no_new_cemeteries_for_profit(survey: Survey) -> Iterator[Offence]:
    """Burial is a public service: those that were there stay, new ones are set up by government alone."""
    since = FUNERAL_REGULATIONS.in_force_from
    assert since is not None
    for row in rows_sent(survey, CEMETERIES):
        if row["category"] != "commercial" and row["profit"] != "yes":
            continue
        days = [(name, row[name]) for name in ORDER[:-1] if row[name] is not None]
        if days and days[0][1] >= since:
            yield broken(CEMETERIES, row, what=CEMETERIES.field(days[0][0]).title, day=days[0][1])
        elif not days and row["state"] in TO_COME:
            yield broken(CEMETERIES, row, text=_NO_DAY, state=STATES[row["state"]])


_NO_DAY = Text(
    "经营性公墓处于“{state}”,没有批准日期,不能说明在 2026 年 3 月 30 日前已设立",
    "a cemetery for profit in the state “{state}” without a day of approval: nothing says it was there before 30 March 2026",
)


@table_rule(
    "CM16",
    CEMETERIES.name,
    severity=Severity.ERROR,
    source=FUNERAL_REGULATIONS,
    title=Text("不在册的经营性公墓须说明原已设立", "An unregistered cemetery for profit says since when it is there"),
    message=Text(
        "经营性公墓不在册,也没有批准、竣工、验收或启用日期,不能说明在 2026 年 3 月 30 日前已设立",
        "a cemetery for profit that is not registered and has no day of approval, completion, acceptance or opening: "
        "nothing says it was there before 30 March 2026",
    ),
    fix=Text(
        "原有的,补充批准日期;新设的,改为公益性,或撤销该项目",
        "of an old one, give the day of its approval; make a new one non-profit or give it up",
    ),
)
def those_for_profit_say_since_when(staged: Staged) -> Iterator[Offence]:
    """Whoever says nothing does not get past the rule that no new ones are set up."""
    since = FUNERAL_REGULATIONS.in_force_from
    assert since is not None
    s, v = CEMETERIES.staging.c, CEMETERIES.table
    known = exists().where(v.c.code == s.code, stands(v))
    dated = or_(*(s[name].is_not(None) for name in ORDER[:-1]), s.closed_on < since)
    asked = (
        select(s.row)
        .where(staged.sent, or_(s.category == "commercial", s.profit == "yes"))
        .where(func.coalesce(s.state, "").not_in(TO_COME), ~known, func.coalesce(dated, false()).is_(False))
        .order_by(s.row)
        .params({DAY: staged.day})
    )
    for row in staged.rows(asked):
        yield Offence(CEMETERIES.name, row.row)


@rule(
    "CM15",
    CEMETERIES.name,
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("CM15"),
    title=Text("类别与经营性相符", "Category and profit agree"),
    message=Text(
        "类别为“经营性公墓”,而“经营性”为否或没有填写",
        "the category is “for-profit cemetery”, while “for profit” says no or nothing",
    ),
    fix=Text("“经营性”填“是”,或更正类别", "say yes under “for profit”, or correct the category"),
)
def category_and_profit_agree(survey: Survey) -> Iterator[Offence]:
    """What is kept as public is taken for public by whoever counts."""
    for row in rows_sent(survey, CEMETERIES):
        if row["category"] == "commercial" and row["profit"] == "no":
            yield broken(CEMETERIES, row)
