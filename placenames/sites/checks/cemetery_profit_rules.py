"""Rules about cemeteries for profit: those that were there stay, no new one is set up, and none is called public."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, exists, or_, select

from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, Survey, rule, table_rule
from gis.sources import FUNERAL_REGULATIONS, HOUSE_PRACTICE
from gis.text import Text
from placenames.checks.asked import DAY
from placenames.checks.ground import stands
from placenames.sites.cemeteries import CEMETERIES, STATES
from placenames.sites.checks.cemetery_rules import ORDER, TO_COME
from placenames.sites.checks.rows_sent import broken, rows_sent


@table_rule(
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
def no_new_cemeteries_for_profit(staged: Staged) -> Iterator[Offence]:
    """Burial is a public service: those that were there stay, new ones are set up by government alone."""
    since = FUNERAL_REGULATIONS.in_force_from
    assert since is not None
    for row in staged.rows(_for_profit(staged)):
        days = [(name, getattr(row, name)) for name in ORDER[:-1] if getattr(row, name) is not None]
        if days and days[0][1] >= since:
            told = {"what": CEMETERIES.field(days[0][0]).title, "day": days[0][1]}
            yield Offence(CEMETERIES.name, row.row, values=told)
        elif days or (row.closed_on is not None and row.closed_on < since):
            continue
        elif row.state in TO_COME:
            yield Offence(CEMETERIES.name, row.row, values={"state": STATES[row.state]}, text=_NO_DAY)
        elif not row.known:
            yield Offence(CEMETERIES.name, row.row, text=_UNKNOWN_AND_NO_DAY, fix=_GIVE_A_DAY)


_NO_DAY = Text(
    "经营性公墓处于“{state}”,没有批准日期,不能说明在 2026 年 3 月 30 日前已设立",
    "a cemetery for profit in the state “{state}” without a day of approval: nothing says it was there before 30 March 2026",
)
_UNKNOWN_AND_NO_DAY = Text(
    "经营性公墓不在册,也没有批准、竣工、验收或启用日期,不能说明在 2026 年 3 月 30 日前已设立",
    "a cemetery for profit that is not registered and has no day of approval, completion, acceptance or opening: nothing "
    "says it was there before 30 March 2026",
)
_GIVE_A_DAY = Text(
    "原有的,补充批准日期;新设的,改为公益性,或撤销该项目",
    "of an old one, give the day of its approval; make a new one non-profit or give it up",
)


def _for_profit(staged: Staged) -> Select[Any]:
    """The cemeteries for profit that are sent, with their days, and whether their code is in force."""
    s, v = CEMETERIES.staging.c, CEMETERIES.table
    known = exists().where(v.c.code == s.code, stands(v)).label("known")
    return (
        select(s.row, s.state, *(s[name] for name in ORDER), known)
        .where(staged.sent, or_(s.category == "commercial", s.profit == "yes"))
        .order_by(s.row)
        .params({DAY: staged.day})
    )


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
