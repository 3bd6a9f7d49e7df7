"""Two times: when a record was in force in law, and when it became known here.

Every record is a chain of versions. A version is in force from `valid_from` until before `valid_to`; it was known from
`recorded_at` until `superseded_at`. Nothing is overwritten: to change the past is to supersede a version and to record
another. Among what is known now, no two versions of one record, and no two records of one code, share a day.

Everything that one transaction records, it records at one moment, `moment`. Who has to wait for others first calls
`record_from_now_on` afterwards: otherwise the later one would seem the earlier, and at some moments two versions known.
A moment while something was being recorded (seconds at most) counts as after it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    Identity,
    MetaData,
    Select,
    Table,
    Text,
    and_,
    cast,
    func,
    insert,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gis.db import copy_rows
from gis.record_tables import SRID

AT_ONCE = 20_000
"""So many records end or begin in one statement; between two of them it can be told how far it is."""
Tell = Callable[[float], None]
"""Hears how much of the work is done, from 0 to 1."""


def _silent(_done: float) -> None:
    """Tells nobody."""


def in_force(table: Table, on: date, known: datetime | None = None) -> ColumnElement[bool]:
    """The versions in force on a day, as known now or as known at an earlier moment."""
    c = table.c
    return and_(c.valid_from <= on, or_(c.valid_to.is_(None), c.valid_to > on), as_known(table, known))


def as_known(table: Table, moment: datetime | None) -> ColumnElement[bool]:
    """The versions known now, or those known at an earlier moment."""
    c = table.c
    if moment is None:
        return c.superseded_at.is_(None)
    return and_(c.recorded_at <= moment, or_(c.superseded_at.is_(None), c.superseded_at > moment))


def change_days(tx: Connection, table: Table, since: date, which: ColumnElement[bool]) -> list[date]:
    """The days after `since` on which any such record, as known now, begins or ends, ascending."""
    c = table.c
    now = and_(c.superseded_at.is_(None), which)
    starts = select(c.valid_from.label("day")).where(now, c.valid_from > since)
    ends = select(c.valid_to).where(now, c.valid_to > since)
    return list(tx.scalars(starts.union(ends).order_by("day")))


def day_alike(changes: Sequence[date], day: date, today: date) -> date:
    """The day that stands for all between two changes (ascending): today for those that are like today."""
    since = bisect_right(changes, day)
    if since == bisect_right(changes, today):
        return today
    return changes[since - 1] if since else date.min


def moment() -> ColumnElement[datetime]:
    """The moment at which this transaction records: its beginning, unless it had to wait."""
    return func.jiezhi.moment(type_=DateTime(timezone=True))


def record_from_now_on(tx: Connection) -> None:
    """Moves this transaction's moment to now; to be called when nobody else can record the same any more."""
    now = cast(func.greatest(func.clock_timestamp(), moment()), Text)
    tx.execute(select(func.set_config("jiezhi.moment", now, True)))


def end(tx: Connection, table: Table, ids: Sequence[Any], day: date) -> None:
    """Ends the versions in force on a day, as of that day; later versions stay."""
    _cut(tx, table, [(each, day, None) for each in ids], later=False)


def begin(tx: Connection, table: Table, rows: Sequence[dict[str, Any]], day: date) -> None:
    """Begins versions on a day; each lasts until the next known version of its record, or for good.

    A row with an `id` continues that record, a row without one begins a new record. Whatever of the record is in
    force on that day ends.
    """
    continued = [row["id"] for row in rows if row.get("id") is not None]
    until = _next_beginnings(tx, table, continued, day)
    end(tx, table, continued, day)
    _write(
        tx,
        table,
        [
            {name: value for name, value in row.items() if name != "id" or value is not None}
            | {"valid_from": day, "valid_to": until.get(row.get("id"))}
            for row in rows
        ],
    )


def end_all(tx: Connection, table: Table, ids: Select[Any], day: date) -> None:
    """The same as `end` for as many records as a question answers, without a row leaving the database."""
    c = table.c
    of_these = c.id.in_(ids)
    on_the_day = and_(c.superseded_at.is_(None), c.valid_from <= day, or_(c.valid_to.is_(None), c.valid_to > day))
    kept = [column for column in c if column.name not in _OF_THE_RECORDING]
    ended = update(table).where(of_these, on_the_day).values(superseded_at=moment()).returning(*kept).cte("ended")
    # each row is superseded before it gets here, so what remains of it finds its place free
    remains = [literal(day, Date()) if column.name == "valid_to" else ended.c[column.name] for column in kept]
    before = select(*remains).where(ended.c.valid_from < day)
    tx.execute(insert(table).from_select([column.name for column in kept], before))


def begin_all(
    tx: Connection, table: Table, rows: Select[Any], day: date, tell: Tell = _silent
) -> None:
    """The same as `begin` for all rows that a question answers, without one leaving the database.

    The question names the columns that it fills, `id` among them: null begins a new record. It is asked once, before
    anything ends; everything ends before anything begins, so that codes may change hands.
    """
    found = rows.subquery()
    names = [column.name for column in found.c]
    beginning = Table(
        "beginning",
        MetaData(),
        Column("place_in_line", BigInteger, Identity(), primary_key=True),
        *(Column(name, table.c[name].type) for name in names),
        Column("valid_to", Date()),
        prefixes=["TEMPORARY"],
        postgresql_on_commit="DROP",
    )
    beginning.create(tx)
    asked = select(found, _next_beginning(table, found.c.id, day))
    tx.execute(insert(beginning).from_select([*names, "valid_to"], asked))
    b = beginning.c
    pieces = _pieces(tx.scalar(select(func.max(b.place_in_line))) or 0)
    for number, (first, last) in enumerate(pieces):
        tell(number / len(pieces) / 2)
        piece = select(b.id).where(b.place_in_line.between(first, last), b.id.is_not(None))
        end_all(tx, table, piece, day)
    filled = [column for column in b if column is not b.place_in_line]
    values = [func.coalesce(b.id, func.gen_random_uuid()) if column is b.id else column for column in filled]
    for number, (first, last) in enumerate(pieces):
        tell(0.5 + number / len(pieces) / 2)
        piece = select(*values, literal(day, Date())).where(b.place_in_line.between(first, last))
        tx.execute(insert(table).from_select([*(column.name for column in filled), "valid_from"], piece))
    beginning.drop(tx)


def _pieces(number: int) -> list[tuple[int, int]]:
    """First and last place of every piece of a long line."""
    return [(first, first + AT_ONCE - 1) for first in range(1, number + 1, AT_ONCE)]


def rewrite(
    tx: Connection,
    table: Table,
    changes: Sequence[tuple[Any, date, date | None, dict[str, Any]]],
    submission: int,
) -> None:
    """Gives records other values during an interval: (id, from, to, values); the rest of their versions stays.

    One interval per record and call; `to` is None for good.
    """
    assert len({each for each, *_ in changes}) == len(changes), "two intervals of one record in one call"
    pieces = _cut(tx, table, [(each, start, stop) for each, start, stop, _ in changes], later=True)
    values = {(each, start): new for each, start, _, new in changes}
    written = [
        {**row, **values[key], "submission": submission} for key, inside in pieces.items() for row in inside
    ]
    _write(tx, table, written)


def raw(geom: ColumnElement[Any]) -> ColumnElement[str]:
    """A stored geometry as hexadecimal text, bit for bit: what is read so can be written back as it was."""
    return cast(geom, Text)


def stored(shape: BaseGeometry) -> str:
    """A shape (EPSG:4490, lon lat) as the tables take it: hexadecimal EWKB."""
    return str(shapely.to_wkb(shapely.set_srid(shapely.force_2d(shape), SRID), hex=True, include_srid=True))


def _next_beginnings(tx: Connection, table: Table, ids: Sequence[Any], day: date) -> dict[Any, date]:
    c = table.c
    later = (
        select(c.id, func.min(c.valid_from))
        .where(c.id.in_(ids), c.superseded_at.is_(None), c.valid_from > day)
        .group_by(c.id)
    )
    return {row[0]: row[1] for row in tx.execute(later)} if ids else {}


def _next_beginning(table: Table, record: ColumnElement[Any], day: date) -> ColumnElement[date | None]:
    later = table.alias()
    return (
        select(func.min(later.c.valid_from))
        .where(later.c.id == record, later.c.superseded_at.is_(None), later.c.valid_from > day)
        .scalar_subquery()
    )


def _cut(
    tx: Connection,
    table: Table,
    spans: Sequence[tuple[Any, date, date | None]],
    *,
    later: bool,
) -> dict[tuple[Any, date], list[dict[str, Any]]]:
    """Takes a span out of each record's history and records what remains on either side.

    `later` says whether versions that begin after the start of the span are taken out too. Answers the pieces that
    were taken out, by (id, start of the span), clipped to the span.
    """
    taken: dict[tuple[Any, date], list[dict[str, Any]]] = {}
    remains: list[dict[str, Any]] = []
    for row in _superseded(tx, table, spans, later=later) if spans else ():
        piece = {name: value for name, value in row.items() if name not in _OF_THE_RECORDING}
        start, stop = row["span_start"], row["span_stop"]
        was_from, was_to = row["valid_from"], row["valid_to"]
        if was_from < start:
            remains.append({**piece, "valid_to": start})
        if stop is not None and (was_to is None or was_to > stop):
            remains.append({**piece, "valid_from": stop})
        inside = {"valid_from": max(was_from, start), "valid_to": _earlier(was_to, stop)}
        taken.setdefault((row["id"], start), []).append({**piece, **inside})
    _write(tx, table, remains)
    return taken


_OF_THE_RECORDING = {"version", "recorded_at", "superseded_at", "span_start", "span_stop"}


def _superseded(
    tx: Connection, table: Table, spans: Sequence[tuple[Any, date, date | None]], *, later: bool
) -> list[dict[str, Any]]:
    """Supersedes every version that a span (id, start, stop) touches; answers them, each with its span."""
    c = table.c
    lists = zip(zip(*spans, strict=True), (c.id.type, Date(), Date()), strict=True)
    arrays = [cast(list(values), ARRAY(kind)) for values, kind in lists]
    span = func.unnest(*arrays).table_valued("id", "start", "stop", name="span").render_derived()
    touched = and_(
        c.id == span.c.id,
        c.superseded_at.is_(None),
        func.daterange(c.valid_from, c.valid_to).op("&&")(func.daterange(span.c.start, span.c.stop)),
        true() if later else c.valid_from <= span.c.start,
    )
    plain = [column for column in c if column.name != "geom"]
    bounds = (span.c.start.label("span_start"), span.c.stop.label("span_stop"))
    statement = (
        update(table)
        .where(touched)
        .values(superseded_at=moment())
        .returning(*plain, raw(c.geom).label("geom"), *bounds)
    )
    return [dict(row) for row in tx.execute(statement).mappings()]


def _write(tx: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Records versions; those that name the same columns go in together."""
    alike: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for row in rows:
        alike.setdefault(tuple(row), []).append(tuple(row.values()))
    for columns, values in alike.items():
        copy_rows(tx, table, columns, values)


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
