"""Hearing: the sounds by which names are found and compared follow the readings of the office when those change.

Sounds are no facts: they are made of names, and lie in tables beside the register whose versions stay as they are. A
reading that is settled or ended has the names that hold its text heard anew in the same transaction while they are few,
and by a job when they are many; after the list was written by hand, `jiezhi names rekey` does it for all names.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import ColumnElement, Connection, Table, and_, delete, false, func, or_, select, true

from gis import history, jobs
from gis.db import Database, copy_rows
from gis.text import Text
from placenames.language import office_readings
from placenames.language.sounds import Readings, of_the_office

log = logging.getLogger("jiezhi")
FEW = 2_000
"""So many names are heard anew while whoever settled a reading waits; more are the work of a job."""
AT_ONCE = 5_000
HEAR, SUBJECT = "hear_names_anew", "readings"
Tell = Callable[[float, Text], None]
HEARING = Text("正在按新的读音更新检索和同音比较", "names are heard anew by the changed readings")
BROKE_OFF = Text(
    "按新的读音更新检索时中断,请管理员运行 jiezhi names rekey",
    "hearing the names anew broke off; the administrator runs: jiezhi names rekey",
)


@dataclass(frozen=True)
class Heard:
    """A table of names that are found by their sounds."""

    table: Table
    written: str
    """The column that holds the name as readings find it."""
    made_by_the_database: tuple[str, ...]
    sounds: Callable[[Mapping[str, Any], Readings], dict[str, str]]
    """(row, readings) -> the columns that say how it sounds."""
    says: tuple[str, ...]
    """The columns that `sounds` looks at and fills."""

    def holding(self, texts: set[str]) -> ColumnElement[bool]:
        """The names that hold one of these texts."""
        column = self.table.c[self.written]
        return or_(false(), *(column.contains(text, autoescape=True) for text in sorted(texts)))


HEARD: list[Heard] = []
"""Tables enter themselves."""


def hear_anew(tx: Connection, heard: Heard, which: ColumnElement[bool], readings: Readings) -> int:
    """Hears some names anew; answers how many sound otherwise than they did."""
    t = heard.table
    rows = tx.execute(select(t.c.id, *(t.c[name] for name in heard.says)).where(which)).mappings().all()
    said = ((row, heard.sounds(row, readings)) for row in map(dict, rows))
    otherwise = {row["id"]: new for row, new in said if any(row[name] != new[name] for name in new)}
    if otherwise:
        _replace(tx, heard, otherwise)
    return len(otherwise)


def hear_what_was_recorded(tx: Connection, heard: Heard, which: ColumnElement[bool]) -> None:
    """Hears those of some names anew whose readings the office ever changed: their keys may have been made before."""
    texts = office_readings.texts_ever(tx)
    if texts:
        hear_anew(tx, heard, and_(which, heard.holding(texts)), of_the_office())


@office_readings.follows
def follow_a_reading(tx: Connection, text: str, readings: Readings) -> int | None:
    """Has the names that hold a text heard anew: at once, with their number, or by a job when they are many (None)."""
    if sum(_number(tx, each, text) for each in HEARD) > FEW:
        jobs.enqueue(tx, HEAR, 0)
        jobs.note(tx, SUBJECT, 0.0, HEARING)
        return None
    return sum(hear_anew(tx, each, each.holding({text}), readings) for each in HEARD)


def hear_queued(database: Database, _subject: int) -> None:
    """The job: hears all names anew that hold a text whose reading the office ever changed."""

    def tell(done: float, words: Text) -> None:
        jobs.tell(database, SUBJECT, done, words)

    tell(0.0, HEARING)
    with database.writing() as tx:
        texts = office_readings.texts_ever(tx)
    hear_all(database, tell, texts)


def hear_all(database: Database, tell: Tell, texts: set[str] | None = None) -> int:
    """Hears all names anew, or those that hold some texts, some thousands in a transaction; answers how many changed."""
    readings, number = of_the_office(), 0
    for at, heard in enumerate(HEARD):
        which = true() if texts is None else heard.holding(texts)
        for part, done in _parts(database, heard):
            with database.writing() as tx:
                number += hear_anew(tx, heard, and_(which, part), readings)
            tell((at + done) / len(HEARD), HEARING)
    with database.writing() as tx:
        jobs.forget(tx, SUBJECT)
        office_readings.note_heard(tx, number)
    return number


def give_up(database: Database, _task: str, _subject: int, _why: Text | None) -> None:
    """Says on the page of readings that the job broke off, and what is to be done."""
    jobs.tell(database, SUBJECT, 0.0, BROKE_OFF)


def _number(tx: Connection, heard: Heard, text: str) -> int:
    """How many names hold a text; beyond what is few they are not counted."""
    some = select(heard.table.c.id).where(heard.holding({text})).limit(FEW + 1)
    return tx.scalar(select(func.count()).select_from(some.subquery())) or 0


def _parts(database: Database, heard: Heard) -> Iterator[tuple[ColumnElement[bool], float]]:
    """All rows there are by now in parts, along their numbers; each with how much is done after it."""
    c, after = heard.table.c, 0
    with database.writing() as tx:
        last = tx.scalar(select(func.max(c.id))) or 0
    while after < last:
        with database.writing() as tx:
            some = select(c.id).where(c.id > after, c.id <= last).order_by(c.id).limit(AT_ONCE).subquery()
            until = tx.scalar(select(func.max(some.c.id))) or last
        yield and_(c.id > after, c.id <= until), until / last
        after = until


def _replace(tx: Connection, heard: Heard, otherwise: Mapping[int, Mapping[str, str]]) -> None:
    """Puts rows back with their new sounds; of rows that somebody else has made anew meanwhile, nothing is left to do."""
    t = heard.table
    kept = [column for column in t.c if column.name not in heard.made_by_the_database]
    shown = [history.raw(each).label(each.name) if isinstance(each.type, Geometry) else each for each in kept]
    gone = delete(t).where(t.c.id.in_(list(otherwise))).returning(t.c.id.label("number"), *shown)
    rows = [{**row, **otherwise[row["number"]]} for row in tx.execute(gone).mappings()]
    copy_rows(tx, t, [each.name for each in kept], [[row[each.name] for each in kept] for row in rows])
