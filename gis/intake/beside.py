"""A long list beside what is in force, told as conditions that the database answers without laying out a frame."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    Text,
    and_,
    any_,
    cast,
    exists,
    false,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gis.codes import level_of, levels, parent_of
from gis.history import in_force
from gis.registers import REGISTERS, Register, split
from gis.settings import Settings


@dataclass(frozen=True)
class Staged:
    """What a table rule looks at: the staged rows of one register, beside what is in force on a day."""

    tx: Connection
    delivery: int
    day: date
    settings: Settings
    register: Register
    whole: bool = False
    """The list holds all there is in its area, so that what it leaves out does not stand any more."""
    within: str = ""
    """Beginning of the unit codes of the rows that are looked at, for rules of one jurisdiction."""

    @property
    def sent(self) -> ColumnElement[bool]:
        """The rows of `register.staging` that are to be taken in."""
        s = self.register.staging
        where = lies_in(self.register, s, [self.within]) if self.within else true()
        return and_(s.c.delivery == self.delivery, ~s.c.set_aside, where)

    @property
    def staying(self) -> ColumnElement[bool]:
        """The versions of `register.table` in force on the day that the delivery neither changes, replaces nor ends."""
        register = self.register
        v, s = register.table, register.staging.alias()
        sent = exists().where(s.c.delivery == self.delivery, ~s.c.set_aside, s.c.code == v.c.code)
        tests = [in_force(v, self.day), ~sent]
        if self.whole:
            tests.append(~left_out(self))
        if register.replaces is not None:
            replaced = register.replaces(self).subquery()
            tests.append(~exists().where(replaced.c.version == v.c.version))
        return and_(*tests)

    def rows(self, statement: Select[Any]) -> Iterator[Any]:
        """The rows of a question, however many, a thousand at a time in memory."""
        yield from self.tx.execute(statement.execution_options(yield_per=1000))


def lists_of(tx: Connection, delivery: int) -> list[Register]:
    """The registers whose records came with a delivery as long lists."""
    return [each for each in REGISTERS.values() if each.sent and each.listed and _has_rows(tx, each, delivery)]


def _has_rows(tx: Connection, register: Register, delivery: int) -> bool:
    s = register.staging.c
    return bool(tx.scalar(select(exists().where(s.delivery == delivery, ~s.set_aside))))


def measure(tx: Connection, table: Table) -> None:
    """Has a table counted anew, so that the database plans for what this transaction has just laid down in it.

    Held until the transaction ends: of two long lists of one register, one waits for the other.
    """
    tx.execute(select(func.jiezhi.measure(table.name)))


def left_out(staged: Staged) -> ColumnElement[bool]:
    """The versions in force on the day, of the units that a whole list is about, whose codes it does not mention."""
    s = staged.register.staging.alias()
    sent = exists().where(s.c.delivery == staged.delivery, s.c.code == staged.register.table.c.code)
    return and_(standing_in_its_units(staged), ~sent)


def standing_in_its_units(staged: Staged) -> ColumnElement[bool]:
    """The versions in force on the day, of the units that a list is about."""
    register = staged.register
    about = units_of(staged.tx, register, staged.delivery)
    return and_(in_force(register.table, staged.day), lies_in(register, register.table, about))


def units_of(tx: Connection, register: Register, delivery: int) -> set[str]:
    """The unit codes that a staged list mentions, each once."""
    s = register.staging.c
    texts = [
        select(s[name]).where(s.delivery == delivery, ~s.set_aside, s[name].is_not(None)).distinct()
        for name in register.area_fields
    ]
    return {code for each in texts for text in tx.scalars(each) for code in split(text)}


def lies_in(register: Register, table: Table, units: Collection[str]) -> ColumnElement[bool]:
    """The record mentions one of these units, or one below them; however many units are asked of."""
    lengths: dict[int, list[str]] = {}
    for code in sorted(units):
        lengths.setdefault(len(code), []).append(code)
    if 0 in lengths:  # everywhere
        return true()
    return or_(false(), *(_begins(table, register, name, lengths) for name in register.area_fields))


def _begins(
    table: Table, register: Register, name: str, lengths: dict[int, list[str]]
) -> ColumnElement[bool]:
    if not register.field(name).many:
        return _is_below(table.c[name], lengths)
    one = func.unnest(func.string_to_array(table.c[name], ",")).table_valued("code", name="one").render_derived()
    return exists(select(one.c.code).where(_is_below(one.c.code, lengths)))


def _is_below(code: ColumnElement[str], lengths: dict[int, list[str]]) -> ColumnElement[bool]:
    return or_(
        false(),
        *(func.left(code, length) == any_(cast(codes, ARRAY(Text))) for length, codes in lengths.items())
    )


def counties(units: Iterable[str], settings: Settings) -> set[str]:
    """The units above the parts whose areas the lines bound, to which some units belong; "" when one reaches beyond."""
    order = list(levels(settings.unit_codes))
    above = order[: order.index(settings.parts_level)] if settings.parts_level in order else []
    return {_ancestor(code, above, settings) for code in units}


def _ancestor(code: str, above: list[str], settings: Settings) -> str:
    """The unit of the last of these levels that a unit lies in; "" when it lies in several."""
    found: str | None = code
    while found and level_of(found, settings) != (above[-1] if above else None):
        found = parent_of(found, settings)
    return found or ""
