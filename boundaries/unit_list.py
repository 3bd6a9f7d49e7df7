"""The list of units: from a table or a layer into the register, with codes, levels, parents and seats.

However long the list, it passes through a temporary table: read row by row, judged and compared by the database.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Select,
    Table,
    and_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
)
from sqlalchemy import Text as SqlText

from boundaries.areas import cut_into_parts
from boundaries.unit_rows import FIELDS, Row, level_named, rows
from boundaries.units import UNITS
from gis import events, history
from gis.codes import parent_of
from gis.db import copy_rows
from gis.errors import BadInput
from gis.history import in_force
from gis.intake.publishing import lock_everything
from gis.people import Person
from gis.record_tables import COLUMN_TYPES
from gis.settings import Settings
from gis.text import Text

BEGINNING = date(1949, 10, 1)
"""From when a unit counts as in force when the list does not say."""
BATCH = 10_000
MANY = 1_000
SHOWN = 5
LISTED = Table(
    "listed_unit",
    MetaData(),
    Column("number", Integer),
    *(
        Column(name, COLUMN_TYPES[UNITS.field(name).type] if name in FIELDS else SqlText)
        for name in (*FIELDS, "above", "zh", "en")
    ),
    prefixes=["TEMPORARY"],
)
"""What was sent, for as long as it is looked at; `zh` and `en` say why a row cannot be taken."""
L, V = LISTED.c, UNITS.table.c
Told = Callable[[int], None]
"""Hears how many rows were read."""


@dataclass(frozen=True)
class Outcome:
    """What bringing a list in came to."""

    added: int
    changed: int
    unchanged: int
    without_parent: int
    """Units whose parent is not in the register (yet)."""

    def as_dict(self) -> dict[str, int]:
        """For programs."""
        return asdict(self)

    def text(self) -> Text:
        """For people."""
        lonely = Text(
            ";{without_parent} 个单位的上级还不在册",
            "; the parents of {without_parent} are not in the register yet",
        )
        words = Text(
            "新增 {added},变更 {changed},未变 {unchanged}",
            "{added} added, {changed} changed, {unchanged} unchanged",
        )
        both = Text(words.zh + lonely.zh, words.en + lonely.en) if self.without_parent else words
        return both.fill(**self.as_dict())


def bring_in(
    tx: Connection,
    path: Path,
    settings: Settings,
    person: Person,
    since: date | None = None,
    told: Told = lambda _number: None,
) -> Outcome:
    """Records the units of a list: new ones from `since` (or the beginning), changed ones from `since` (or today).

    What the list does not say of a unit stays as it is; units that it does not mention stay too. A unit above that
    is missing from list and register is added when the list names it. Raises BadInput with the first rows that
    cannot be taken, NotAllowed outside the person's area.
    """
    person.must("administrator")
    LISTED.create(tx)
    listed = _copied(tx, rows(path, settings), person, told)
    _refuse_bad_rows(tx, path.name)
    lock_everything(tx)
    _look_up_one_by_one(tx, listed < MANY)
    listed += _add_units_above(tx, path.name, settings, person)
    day = since or date.today()
    changed, returning = _begun(tx, _differing(day), day), _begun(tx, _returning(day), day)
    added = returning + _begun_anew(tx, since or BEGINNING)
    lonely = tx.scalar(_without_parent(day)) or 0
    _look_up_one_by_one(tx, True)
    cut_into_parts(tx)
    LISTED.drop(tx)
    outcome = Outcome(added, changed, listed - added - changed, lonely)
    came_to = {**outcome.as_dict(), "file": path.name}
    events.record(tx, "units", "import", person.id, effective=since, came_to=came_to)
    return outcome


def _look_up_one_by_one(tx: Connection, allowed: bool) -> None:
    """Allows the database, or not, to look units up one by one: it cannot know how many have just come in."""
    tx.execute(select(func.set_config("enable_nestloop", "on" if allowed else "off", True)))


def _copied(tx: Connection, listed: Iterable[Row], person: Person, told: Told) -> int:
    """Copies the rows into the temporary table and counts them. Raises NotAllowed."""
    outside: list[str] = []
    number = 0

    def seen() -> Iterator[Sequence[Any]]:
        nonlocal number
        for row in listed:
            number += 1
            if number % BATCH == 0:
                told(number)
            if row.code and len(outside) < SHOWN and not person.may("administrator", [row.code]):
                outside.append(row.code)
            wrong = (row.wrong.zh, row.wrong.en) if row.wrong else (None, None)
            yield row.number, *(getattr(row, name) for name in FIELDS), row.above, *wrong

    copy_rows(tx, LISTED, [column.name for column in LISTED.columns], seen())
    person.must("administrator", outside)
    return number


def _refuse_bad_rows(tx: Connection, file: str) -> None:
    first = func.min(L.number).over(partition_by=L.code)
    listed = select(L.number, L.code, L.zh, L.en, first.label("first")).subquery()
    bad = (
        select(listed, func.count().over().label("all"))
        .where(or_(listed.c.zh.is_not(None), listed.c.first < listed.c.number))
        .order_by(listed.c.number)
        .limit(SHOWN)
    )
    shown = tx.execute(bad).all()
    if shown:
        twice = Text("代码 {code} 与第 {first} 行重复", "the code {code} stands in row {first} already")
        reasons = [
            (row.number, Text(row.zh, row.en) if row.zh else twice.fill(code=row.code, first=row.first))
            for row in shown
        ]
        raise BadInput(
            "{file} 有 {number} 行不能读入:{zh}(级别和代码模式见设置 JIEZHI_UNIT_CODES)",
            "{number} rows of {file} cannot be taken: {en} (levels and codes: setting JIEZHI_UNIT_CODES)",
            file=file,
            number=shown[0].all,
            zh=";".join(f"第 {row} 行{reason.zh}" for row, reason in reasons),
            en="; ".join(f"row {row}: {reason.en}" for row, reason in reasons),
        )


def _add_units_above(tx: Connection, file: str, settings: Settings, person: Person) -> int:
    """Adds to the list the units above that it names but neither it nor the register holds; answers how many."""
    held = LISTED.alias()
    missing = (
        select(L.parent, func.min(L.above).label("name"), func.max(L.above).label("other"))
        .where(L.parent.is_not(None), L.above.is_not(None))
        .where(~exists().where(held.c.code == L.parent), ~exists().where(_known(L.parent)))
        .group_by(L.parent)
    )
    above = []
    for code, name, other in tx.execute(missing).all():
        level = level_named(code, None, settings)
        if name != other:
            raise BadInput(
                "{file} 中上级单位 {code} 有两个名称:{name}、{other}",
                "{file} gives the unit above {code} two names: {name}, {other}",
                file=file, code=code, name=name, other=other,
            )  # fmt: skip
        if level and person.may("administrator", [code]):
            above.append({"code": code, "name": name, "level": level, "parent": parent_of(code, settings)})
    if above:
        tx.execute(insert(LISTED), above)
    return len(above)


def _begun(tx: Connection, question: Select[Any], day: date) -> int:
    """Begins versions on a day until the question finds no more; answers how many."""
    number = 0
    while batch := [dict(row) for row in tx.execute(question.limit(BATCH)).mappings()]:
        history.begin(tx, UNITS.table, batch, day)
        number += len(batch)
    return number


def _differing(day: date) -> Select[Any]:
    """Units in force of which the list says something else; what it does not say is kept."""
    differs = or_(*(and_(L[name].is_not(None), L[name].is_distinct_from(V[name])) for name in FIELDS))
    kept = (func.coalesce(L[name], V[name]).label(name) for name in FIELDS)
    return (
        select(V.id, *kept, V.agreed_share, history.raw(V.geom).label("geom"))
        .join_from(LISTED, UNITS.table, and_(V.code == L.code, in_force(UNITS.table, day)))
        .where(differs)
        .order_by(L.code)
    )


def _returning(day: date) -> Select[Any]:
    """Units that are known, but not in force on the day: they come back under their old identity."""
    identity = select(V.id).where(_known(L.code)).order_by(V.valid_from.desc()).limit(1).scalar_subquery()
    return (
        select(identity.label("id"), *(L[name] for name in FIELDS))
        .where(exists().where(_known(L.code)))
        .where(~exists().where(V.code == L.code, in_force(UNITS.table, day)))
        .order_by(L.code)
    )


def _begun_anew(tx: Connection, day: date) -> int:
    """Begins every unit whose code was never heard of; answers how many."""
    new = select(*(L[name] for name in FIELDS), literal(day)).where(~exists().where(_known(L.code)))
    statement = insert(UNITS.table).from_select([*FIELDS, "valid_from"], new.order_by(L.code))
    return tx.execute(statement, execution_options={"preserve_rowcount": True}).rowcount


def _without_parent(day: date) -> Select[Any]:
    there = exists().where(V.code == L.parent, in_force(UNITS.table, day))
    return select(func.count()).select_from(LISTED).where(L.parent.is_not(None), ~there)


def _known(code: ColumnElement[str]) -> ColumnElement[bool]:
    return and_(V.code == code, V.superseded_at.is_(None))
