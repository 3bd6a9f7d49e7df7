"""Rules about old numbers and days: an address is renumbered under its code, and was numbered on a day that can be."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Row, and_, exists, func, or_, select, tuple_

from gis.history import in_force
from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, Survey, rule, table_rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.checks.addresses_together import in_use
from placenames.addresses.former_addresses import former_keys_in

REGISTER = ADDRESSES.name
EARLIEST, AHEAD = date(1900, 1, 1), timedelta(days=366)
"""Numbers given before, or later than so far ahead, are slips of a pen or of a spreadsheet."""
TOGETHER = 1000


@rule(
    "AD21",
    REGISTER,
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("AD21"),
    title=Text("编制日期可信", "The day of numbering can be"),
    message=Text("编制日期 {day} 早于 1900 年或远在将来", "the day of numbering, {day}, is before 1900 or far ahead"),
    fix=Text("核对日期的年份和格式", "check the year and the form of the date"),
)
def days_of_numbering_can_be(survey: Survey) -> Iterator[Offence]:
    """A wrong day makes a wrong history, and nobody sees it until two numbers are compared in court."""
    sheet = survey.sheet(REGISTER)
    if sheet is None:
        return
    latest = date.today() + AHEAD
    said = sheet["numbered_on"][sheet["numbered_on"].notna()]
    for at, day in zip(said.index, said.tolist(), strict=True):
        if not EARLIEST <= day <= latest:
            yield Offence(REGISTER, int(sheet["row"].iat[at]), sheet.geometry.iat[at], {"day": day})


@table_rule(
    "AD22",
    REGISTER,
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("AD22"),
    title=Text("改号沿用原地址代码", "A new number keeps the code of the address"),
    message=Text(
        "原门牌“{former}”仍是在册地址 {code};照此入库,会多出一个地址,而不是改号",
        "the former address “{former}” is still in force as {code}: so there would be one more address, not a new number",
    ),
    fix=Text(
        "改号的,填写原地址代码 {code};另立新址的,注销或变更原地址",
        "for a new number give the code {code}; for another address say that the old one is given up",
    ),
)
def a_new_number_keeps_the_code(staged: Staged) -> Iterator[Offence]:
    """An address keeps its identity through all its numbers; a second record would part its history."""
    rows = staged.rows(_new_with_a_former_number(staged))
    while some := list(islice(rows, TOGETHER)):
        asked = [
            (row, said, keys.bearer_key, keys.plate_key)
            for row in some
            for said, keys in former_keys_in(row.former, row.unit, row.bearer_key)
        ]
        living = _living(staged, {(bearer, plate) for _, _, bearer, plate in asked})
        for row, said, bearer, plate in asked:
            code = living.get((bearer, plate))
            if code is not None and code != row.code:
                yield Offence(REGISTER, row.row, values={"former": said, "code": code})


def _new_with_a_former_number(staged: Staged) -> Any:
    s, v = staged.register.staging.c, staged.register.table.c
    known = exists().where(v.code == s.code, in_force(staged.register.table, staged.day))
    told = (s.row, s.code, s.unit, func.coalesce(s.bearer_key, "").label("bearer_key"), s.former)
    return select(*told).where(staged.sent, s.former.is_not(None), ~known).order_by(s.row)


def _living(staged: Staged, keys: set[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """The codes of addresses that stay in force under some keys: not sent at all, or sent under the same number."""
    if not keys:
        return {}
    v, s = staged.register.table.c, staged.register.staging.alias("again").c
    under = tuple_(v.bearer_key, v.plate_key).in_(sorted(keys))
    as_it_was = and_(s.code == v.code, s.bearer_key == v.bearer_key, s.plate_key == v.plate_key, s.inside_key == "")
    again = exists().where(s.delivery == staged.delivery, ~s.set_aside, as_it_was, in_use(s))
    lives = or_(staged.staying, and_(in_force(staged.register.table, staged.day), again))
    statement = select(v.bearer_key, v.plate_key, v.code).where(under, v.inside_key == "", in_use(v), lives)
    found: list[Row[Any]] = list(staged.tx.execute(statement))
    return {(row.bearer_key, row.plate_key): row.code for row in found}
