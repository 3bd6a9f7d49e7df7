"""Two times: when a record was in force in law, and when it became known here.

Every record is a chain of versions. A version is in force from `valid_from` until before `valid_to`; it was known from
`recorded_at` until `superseded_at`. Nothing is overwritten: to change the past is to supersede a version and to record
another. Among what is known now, no two versions of one record, and no two records of one code, share a day.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import shapely
from geoalchemy2 import WKBElement
from geoalchemy2.shape import from_shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    Text,
    and_,
    cast,
    func,
    insert,
    or_,
    select,
    update,
)

from gis.record_tables import SRID


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


def change_days(tx: Connection, table: Table, since: date) -> list[date]:
    """The days after `since` on which anything known now begins or ends, ascending."""
    c = table.c
    starts = select(c.valid_from.label("day")).where(c.superseded_at.is_(None), c.valid_from > since)
    ends = select(c.valid_to).where(c.superseded_at.is_(None), c.valid_to > since)
    return list(tx.scalars(starts.union(ends).order_by("day")))


def end(tx: Connection, table: Table, ids: Sequence[Any], day: date) -> None:
    """Ends the versions in force on a day, as of that day; later versions stay."""
    _cut(tx, table, [(each, day, None) for each in ids])


def begin(tx: Connection, table: Table, rows: Sequence[dict[str, Any]], day: date) -> None:
    """Begins versions on a day; each lasts until the next known version of its record, or for good.

    A row with an `id` continues that record, a row without one begins a new record. Whatever of the record is in
    force on that day ends.
    """
    continued = [row["id"] for row in rows if row.get("id") is not None]
    until = _next_beginnings(tx, table, continued, day)
    end(tx, table, continued, day)
    for having_id in (True, False):
        batch = [
            {**row, "valid_from": day, "valid_to": until.get(row.get("id"))}
            for row in rows
            if (row.get("id") is not None) is having_id
        ]
        if batch and not having_id:
            batch = [{key: value for key, value in row.items() if key != "id"} for row in batch]
        if batch:
            tx.execute(insert(table), batch)


def rewrite(
    tx: Connection,
    table: Table,
    changes: Sequence[tuple[Any, date, date | None, dict[str, Any]]],
    submission: int,
) -> None:
    """Gives records other values during an interval: (id, from, to, values); the rest of their versions stays."""
    if not changes:
        return
    pieces = _cut(tx, table, [(each, start, stop) for each, start, stop, _ in changes])
    values = {(each, start): new for each, start, _, new in changes}
    for (each, start), inside in pieces.items():
        for row in inside:
            tx.execute(insert(table), {**row, **values[each, start], "submission": submission})


def raw(geom: ColumnElement[Any]) -> ColumnElement[str]:
    """A stored geometry as hexadecimal text, bit for bit: what is read so can be written back as it was."""
    return cast(geom, Text)


def stored(shape: BaseGeometry) -> WKBElement:
    """A shape (EPSG:4490, lon lat) as the tables take it."""
    return from_shape(shapely.force_2d(shape), srid=SRID)


def _next_beginnings(tx: Connection, table: Table, ids: Sequence[Any], day: date) -> dict[Any, date]:
    c = table.c
    later = (
        select(c.id, func.min(c.valid_from))
        .where(c.id.in_(ids), c.superseded_at.is_(None), c.valid_from > day)
        .group_by(c.id)
    )
    return {row[0]: row[1] for row in tx.execute(later)} if ids else {}


def _cut(
    tx: Connection,
    table: Table,
    spans: Sequence[tuple[Any, date, date | None]],
) -> dict[tuple[Any, date], list[dict[str, Any]]]:
    """Takes a span out of each record's history and records what remains on either side.

    Answers the pieces that were taken out, by (id, start of the span), clipped to the span.
    """
    taken: dict[tuple[Any, date], list[dict[str, Any]]] = {}
    remains: list[dict[str, Any]] = []
    for each, start, stop in spans:
        for row in _superseded(tx, table, each, start, stop):
            piece = {key: value for key, value in row.items() if key not in _OF_THE_RECORDING}
            was_from, was_to = row["valid_from"], row["valid_to"]
            if was_from < start:
                remains.append({**piece, "valid_to": start})
            if stop is not None and (was_to is None or was_to > stop):
                remains.append({**piece, "valid_from": stop})
            inside = {"valid_from": max(was_from, start), "valid_to": _earlier(was_to, stop)}
            taken.setdefault((each, start), []).append({**piece, **inside})
    if remains:
        tx.execute(insert(table), remains)
    return taken


_OF_THE_RECORDING = {"version", "recorded_at", "superseded_at"}


def _superseded(
    tx: Connection, table: Table, each: Any, start: date, stop: date | None
) -> list[dict[str, Any]]:
    c = table.c
    touched = and_(
        c.id == each,
        c.superseded_at.is_(None),
        func.daterange(c.valid_from, c.valid_to).op("&&")(func.daterange(start, stop)),
    )
    if stop is None:  # an end leaves versions alone that begin later
        touched = and_(touched, c.valid_from <= start)
    plain = [column for column in c if column.name != "geom"]
    statement = (
        update(table)
        .where(touched)
        .values(superseded_at=func.now())
        .returning(*plain, raw(c.geom).label("geom"))
    )
    return [dict(row._mapping) for row in tx.execute(statement)]  # noqa: SLF001


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)
