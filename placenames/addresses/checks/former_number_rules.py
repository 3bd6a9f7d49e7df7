"""Rules about old numbers and days: an address is renumbered under its code, and was numbered on a day that can be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Integer, Row, and_, any_, cast, exists, func, or_, select
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY

from gis.history import in_force
from gis.intake.beside import Staged, units_of
from gis.intake.rules import Offence, Severity, Survey, rule, table_rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text
from placenames.addresses.address_keys import Keys
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.checks.addresses_together import in_use
from placenames.addresses.former_addresses import former_keys_in

REGISTER = ADDRESSES.name
EARLIEST, AHEAD = date(1900, 1, 1), timedelta(days=366)
"""Numbers given before, or later than so far ahead, are slips of a pen or of a spreadsheet."""
TOGETHER = 10_000
"""Rows that are looked at in one go: for each go the database passes once over all that was sent."""


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
    ending = tuple(units_of(staged.tx, staged.register, staged.delivery)) if staged.whole else ()
    while some := list(islice(rows, TOGETHER)):
        asked = [(row, said, key) for row in some for said, key in former_keys_in(row.former, row.unit, row.bearer_key)]
        living = _living(staged, ending, [key for _, _, key in asked])
        for row, said, key in asked:
            code = living.get((key.bearer_key, key.plate_key))
            if code is not None and code != row.code:
                yield Offence(REGISTER, row.row, values={"former": said, "code": code})


def _new_with_a_former_number(staged: Staged) -> Any:
    s, v = staged.register.staging.c, staged.register.table.c
    known = exists().where(v.code == s.code, in_force(staged.register.table, staged.day))
    told = (s.row, s.code, s.unit, func.coalesce(s.bearer_key, "").label("bearer_key"), s.former)
    return select(*told).where(staged.sent, s.former.is_not(None), ~known).order_by(s.row)


def _living(staged: Staged, ending: tuple[str, ...], keys: Sequence[Keys]) -> dict[tuple[str, str], str]:
    """The codes of addresses that stay in force under some keys: not sent at all, or sent again under the same number.

    In the units `ending`, what was not sent ends.
    """
    v = staged.register.table.c
    asked = (
        func.unnest(*(cast([each[at] for each in keys], ARRAY(kind)) for at, kind in _FILED))
        .table_valued("bearer", "plate", "ordinal", name="asked")
        .render_derived()
        .c
    )
    filed = and_(v.bearer_key == asked.bearer, v.ordinal == asked.ordinal, v.plate_key == asked.plate, v.inside_key == "")
    here = and_(filed, in_force(staged.register.table, staged.day), in_use(v))
    found = staged.tx.execute(select(v.code, v.unit, v.bearer_key, v.plate_key).where(here)).all()
    again = _sent_again(staged, [row.code for row in found])
    return {
        (row.bearer_key, row.plate_key): row.code
        for row in found
        if again.get(row.code, not row.unit.startswith(ending) if ending else True)
    }


def _sent_again(staged: Staged, codes: Sequence[str]) -> dict[str, bool]:
    """Of some addresses in force those that were sent, and whether they stay under their number."""
    # told as values: beside an anti-join the database would go through all that was sent, for each thousand rows
    s, v = staged.register.staging.c, staged.register.table.c
    same = and_(s.bearer_key == v.bearer_key, s.plate_key == v.plate_key, s.inside_key == v.inside_key, in_use(s))
    sent = and_(s.delivery == staged.delivery, s.code == any_(cast(codes, ARRAY(SqlText))))
    both = and_(v.code == s.code, in_force(staged.register.table, staged.day))
    told: list[Row[Any]] = list(staged.tx.execute(select(s.code, or_(s.set_aside, same).label("stays")).where(sent, both)))
    return {row.code: row.stays for row in told}


_FILED = tuple((Keys._fields.index(name), kind) for name, kind in
               (("bearer_key", SqlText), ("plate_key", SqlText), ("ordinal", Integer)))  # fmt: skip
