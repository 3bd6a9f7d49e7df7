"""Ending and beginning inside the database leaves the same table as doing it row by row, whatever the history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Column, Connection, Integer, MetaData, Table, Text, Uuid, func, insert, literal, select

from boundaries.units import UNITS
from gis import history
from gis.db import Database, Role

V = UNITS.table
DAYS = [date(2026, 1, 1) + timedelta(days=number) for number in range(10)]
ASKED = Table("asked", MetaData(), Column("id", Uuid), Column("code", Text), Column("name", Text), Column("n", Integer),
              prefixes=["TEMPORARY"])  # fmt: skip
IDS = [UUID(int=number) for number in range(1, 5)]
steps = some.tuples(
    some.sampled_from(["begin", "begin", "end"]),
    some.sets(some.integers(0, len(IDS) - 1), min_size=1),
    some.integers(0, len(DAYS) - 1),
)


@contextmanager
def undone(database: Database) -> Iterator[Connection]:
    with database.engine(Role.WRITER).connect() as tx:
        ASKED.create(tx)
        yield tx
        tx.rollback()


def take(tx: Connection, step: tuple[str, set[int], int], name: str, *, at_once: bool) -> None:
    verb, which, number = step
    records = [(IDS[each], f"code {each}", name) for each in sorted(which)]
    if not at_once:
        if verb == "end":
            history.end(tx, V, [each for each, *_ in records], DAYS[number])
        else:
            rows = [{"id": each, "code": code, "name": name} for each, code, name in records]
            history.begin(tx, V, rows, DAYS[number])
        return
    tx.execute(ASKED.delete())
    tx.execute(insert(ASKED), [{"id": each, "code": code, "name": name} for each, code, name in records])
    if verb == "end":
        history.end_all(tx, V, select(ASKED.c.id), DAYS[number])
    else:
        history.begin_all(tx, V, select(ASKED.c.id, ASKED.c.code, ASKED.c.name), DAYS[number])


def contents(tx: Connection) -> list[Any]:
    known = V.c.superseded_at.is_(None)
    return sorted(tx.execute(select(V.c.id, V.c.code, V.c.name, V.c.valid_from, V.c.valid_to, known)).all(), key=str)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(steps, min_size=1, max_size=8))
def test_many_at_once_and_one_by_one_leave_the_same_table(database: Database, taken: list[Any]) -> None:
    left = []
    for at_once in (False, True):
        with undone(database) as tx, pytest.MonkeyPatch.context() as patch:
            patch.setattr(history, "AT_ONCE", 2)  # so that four records pass in pieces
            for number, step in enumerate(taken):
                take(tx, step, f"step {number}", at_once=at_once)
            left.append(contents(tx))
    assert left[0] == left[1]


def test_how_far_it_is_is_told_and_never_goes_back(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "AT_ONCE", 3)
    told: list[float] = []
    with undone(database) as tx:
        tx.execute(insert(ASKED), [{"id": None, "code": f"code {n}", "name": "x"} for n in range(10)])
        history.begin_all(tx, V, select(ASKED.c.id, ASKED.c.code, ASKED.c.name), DAYS[0], told.append)
        assert tx.scalar(select(func.count()).select_from(V)) == 10
    assert len(told) == 2 * 4
    assert told == sorted(set(told))
    assert 0 <= min(told) <= max(told) < 1


def test_new_records_get_an_identity_and_keep_their_place(database: Database) -> None:
    with undone(database) as tx:
        tx.execute(insert(ASKED), [{"id": None, "code": "a", "name": "new"}, {"id": uuid4(), "code": "b", "name": "known"}])
        place = func.ST_GeomFromText("MULTIPOLYGON(((0 0,1 0,0 1,0 0)))", 4490)
        rows = select(ASKED.c.id, ASKED.c.code, ASKED.c.name, place.label("geom"))
        history.begin_all(tx, V, rows, DAYS[0])
        again = select(V.c.id, V.c.code, literal("later").label("name"), V.c.geom)
        history.begin_all(tx, V, again, DAYS[5])
        found = tx.execute(
            select(V.c.code, V.c.name, V.c.valid_from, V.c.valid_to, func.ST_AsText(V.c.geom).label("place"))
            .where(V.c.superseded_at.is_(None)).order_by(V.c.code, V.c.valid_from)
        ).all()  # fmt: skip
        assert tx.scalar(select(func.count(V.c.id.distinct()))) == 2
    assert [(row.code, row.name, row.valid_from, row.valid_to) for row in found] == [
        ("a", "new", DAYS[0], DAYS[5]), ("a", "later", DAYS[5], None),
        ("b", "known", DAYS[0], DAYS[5]), ("b", "later", DAYS[5], None),
    ]  # fmt: skip
    assert {shapely.from_wkt(row.place).area for row in found} == {0.5}


def test_codes_may_change_hands(database: Database) -> None:
    """Two records that exchange their codes are both ended before either begins."""
    with undone(database) as tx:
        history.begin(tx, V, [{"id": IDS[n], "code": code, "name": "x"} for n, code in enumerate("ab")], DAYS[0])
        tx.execute(insert(ASKED), [{"id": IDS[n], "code": code, "name": "y"} for n, code in enumerate("ba")])
        history.begin_all(tx, V, select(ASKED.c.id, ASKED.c.code, ASKED.c.name), DAYS[3])
        now = select(V.c.id, V.c.code).where(history.in_force(V, DAYS[4]))
        assert {row.id: row.code for row in tx.execute(now)} == {IDS[0]: "b", IDS[1]: "a"}
