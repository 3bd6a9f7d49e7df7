"""Laws of the two times: one version per day, what was known stays known, nothing is erased."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Connection, func, select

from boundaries.units import UNITS
from gis import history
from gis.db import Database

V = UNITS.table.c
FIRST = date(2026, 1, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(12)]
day_numbers = some.integers(0, 10)
records = some.integers(0, 2)
steps = some.one_of(
    some.tuples(some.just("begin"), records, day_numbers),
    some.tuples(some.just("begin"), records, day_numbers),
    some.tuples(some.just("end"), records, day_numbers),
    some.tuples(some.just("rewrite"), records, day_numbers, some.none() | some.integers(1, 6)),
)
Chain = dict[int, str]
"""What one record is called on each of the days."""


def take(tx: Connection, ids: Sequence[UUID], step: tuple[Any, ...], name: str) -> None:
    verb, which, number, *rest = step
    each, day = ids[which], DAYS[number]
    if verb == "begin":
        history.begin(tx, UNITS.table, [{"id": each, "code": str(each), "name": name}], day)
    elif verb == "end":
        history.end(tx, UNITS.table, [each], day)
    else:
        stop = None if rest[0] is None else day + timedelta(days=rest[0])
        history.rewrite(tx, UNITS.table, [(each, day, stop, {"name": name})], submission=1)


def expected(before: Chain, beginnings: set[int], step: tuple[Any, ...], name: str) -> tuple[Chain, set[int]]:
    """The same step on a plain calendar: days and the days on which a version begins."""
    verb, _, number, *rest = step
    later = min((day for day in beginnings if day > number), default=len(DAYS))
    if verb == "begin":
        chain = {**before, **dict.fromkeys(range(number, later), name)}
        return chain, beginnings | {number}
    if verb == "end":
        if number not in before:
            return before, beginnings
        gone = next((day for day in range(number, len(DAYS)) if day not in before or day == later), len(DAYS))
        return {day: n for day, n in before.items() if not number <= day < gone}, beginnings - {number}
    stop = len(DAYS) if rest[0] is None else min(number + rest[0], len(DAYS))
    touched = [day for day in range(number, stop) if day in before]
    cuts = {day for day in (number, stop) if day in before}
    return {**before, **dict.fromkeys(touched, name)}, beginnings | cuts


def known(tx: Connection, each: UUID, at: datetime | None) -> list[list[str]]:
    """The names of a record on every day, as known now or at a moment."""
    return [
        list(tx.scalars(select(V.name).where(V.id == each, history.in_force(UNITS.table, day, at))))
        for day in DAYS
    ]


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(steps, min_size=1, max_size=8))
def test_one_version_a_day_and_what_was_known_stays_known(database: Database, taken: list[tuple[Any, ...]]):
    ids = [uuid4() for _ in range(3)]
    chains: list[Chain] = [{} for _ in ids]
    beginnings: list[set[int]] = [set() for _ in ids]
    seen: list[tuple[datetime, list[list[list[str]]]]] = []
    rows = 0
    for number, step in enumerate(taken):
        name, which = f"{step[0]} {number}", step[1]
        with database.writing() as tx:
            take(tx, ids, step, name)
        chains[which], beginnings[which] = expected(chains[which], beginnings[which], step, name)
        with database.writing() as tx:
            now = [known(tx, each, None) for each in ids]
            assert now == [[[chain[d]] if d in chain else [] for d in range(len(DAYS))] for chain in chains]
            seen.append((tx.scalar(select(func.clock_timestamp())), now))
            counted = tx.scalar(select(func.count()).select_from(UNITS.table).where(V.id.in_(ids)))
            assert counted >= rows, "a version was erased"
            rows = counted
    with database.reading() as tx:
        for at, then in seen:
            assert [known(tx, each, at) for each in ids] == then
