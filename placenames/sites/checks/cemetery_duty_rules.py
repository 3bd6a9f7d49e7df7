"""Rules about what cemeteries may be and owe: none is of a clan, each is inspected every year; people judge both."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sqlalchemy import select

from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, Survey, rule, table_rule
from gis.sources import FUNERAL_REGULATIONS, FUNERAL_REGULATIONS_1997, INSPECTION_PRACTICE
from gis.text import Text
from placenames.sites.cemeteries import CEMETERIES
from placenames.sites.checks.rows_sent import broken, rows_sent

OF_A_CLAN = "宗族|家族|宗亲|族墓|祖坟|祖茔|^.{1,2}氏"
"""What names of clan cemeteries hold; a place name may hold it too, so that a person looks."""
OLD = ("scattered", "martyrs")
INSPECTED = ("urban_public", "rural_public", "commercial", "ash_hall")
NOT_PASSED = "不合格|未通过|整改|不通过|未年检"
_TITLE = Text("没有宗族墓地", "No clan cemeteries")
_MESSAGE = Text(
    "名称“{name}”像宗族墓地,请核对是否由一个家族建立或恢复",
    "“{name}” reads like the cemetery of a clan: please check whether one family line built or restored it",
)
_FIX = Text("宗族墓地不予登记,转违法墓葬处理", "no clan has a cemetery: report it among the graves outside cemeteries")


@table_rule(
    "CM11",
    CEMETERIES.name,
    severity=Severity.NOTE,
    source=FUNERAL_REGULATIONS_1997.at("第九条"),
    checklist=True,
    title=_TITLE,
    message=_MESSAGE,
    fix=_FIX,
)
def none_was_a_clan_cemetery(staged: Staged) -> Iterator[Offence]:
    """Before 30 March 2026 the text of 1997 forbade them; lists of earlier days are held to it."""
    yield from _of_clans(staged)


@table_rule(
    "CM12",
    CEMETERIES.name,
    severity=Severity.NOTE,
    source=FUNERAL_REGULATIONS.at("1997年文本第九条已有此规定"),
    checklist=True,
    title=_TITLE,
    message=_MESSAGE,
    fix=_FIX,
)
def none_is_a_clan_cemetery(staged: Staged) -> Iterator[Offence]:
    """Ground for one family line alone is lost to the village."""
    yield from _of_clans(staged)


def _of_clans(staged: Staged) -> Iterator[Offence]:
    s = CEMETERIES.staging.c
    alike = s.name.regexp_match(OF_A_CLAN), s.category.not_in(OLD)
    for row in staged.rows(select(s.row, s.name).where(staged.sent, *alike).order_by(s.row)):
        yield Offence(CEMETERIES.name, row.row, values={"name": row.name})


@rule(
    "CM13",
    CEMETERIES.name,
    severity=Severity.NOTE,
    source=INSPECTION_PRACTICE,
    checklist=True,
    title=Text("公墓每年年检", "Cemeteries are inspected every year"),
    message=Text("没有年检结果", "no result of an annual inspection is given"),
    fix=Text(
        "年检时核对:许可事项、墓穴面积、用地四至、价格公示、安葬证与档案、维护费、消防安全",
        "look at permits, sizes of plots, bounds of the land, prices, certificates and files, the upkeep fund, fire safety",
    ),
)  # fmt: skip
def cemeteries_are_inspected_every_year(survey: Survey) -> Iterator[Offence]:
    """An inspection sees what no figure tells: plots sold ahead, prices, papers, fire."""
    failed = re.compile(NOT_PASSED)
    for row in rows_sent(survey, CEMETERIES):
        if row["category"] not in INSPECTED or row["state"] not in ("open", "full"):
            continue
        if row["inspected"] is None:
            yield broken(CEMETERIES, row)
        elif failed.search(row["inspected"]):
            yield broken(CEMETERIES, row, text=_FAILED, result=row["inspected"])


_FAILED = Text("年检结果为“{result}”,请核对是否已整改", "the annual inspection says “{result}”: was it mended since?")
