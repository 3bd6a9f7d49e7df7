"""What a change of name touches among a million names, beside one row by its primary key, in the same run.

The names are made up: a specific part of two to four letters and a generic part, in as many counties as the country has,
or all in one, which no county comes near.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, func, select

from gis.db import Database, Role, copy_rows
from placenames.casework import impact, renamings
from placenames.names import NAMES
from tests.conftest import TEMPLATE, copied

pytestmark = pytest.mark.benchmark
FEW, MANY, ASKED, COUNTIES = 100_000, 1_000_000, 120, 2_800
SINCE = date(2020, 1, 1)
LETTERS = "石门青龙白马安平永和太新王李张刘陈杨赵黄周吴徐孙胡朱高林何郭罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
GENERIC = ["村", "街", "路", "巷", "社区", "小区", "花园", "桥", "水库", "山", "河"]
SPREAD_KEYS, CROWDED_KEYS, MORE = 150, 4_000, 2.0
"""So many rows by their primary key may one impact take: five registers are asked, and every mention is counted.

Ten times the names were measured to take 1.5 times as long: the same rows are read, but fewer of their pages are at hand.
"""
V = NAMES.table.c
COLUMNS = ("id", "code", "name", "specific", "generic", "category", "unit", "position", "valid_from")


def rows(count: int, counties: int) -> Iterator[tuple[Any, ...]]:
    chance = random.Random(1)
    for number in range(count):
        unit = f"{100000 + number % counties:06d}{100 + number % 12:03d}"
        specific, generic = "".join(chance.choices(LETTERS, k=chance.choice((2, 2, 2, 3, 3, 4)))), chance.choice(GENERIC)
        yield (UUID(int=number), f"{unit}23514{number:08d}", specific + generic, specific, generic, "ROD", unit,
               f"位于{specific}以北", SINCE)  # fmt: skip


def fill(database: Database, count: int, counties: int) -> None:
    """So many names; the guards of writing are left out, and indexes are made at the end."""
    indexes = sorted(NAMES.table.indexes, key=lambda each: str(each.name))
    with database.engine(Role.OWNER).begin() as owner:
        for name in ("ex_names_id", "ex_names_code"):
            owner.exec_driver_sql(f"ALTER TABLE jiezhi.names DROP CONSTRAINT {name}")
        for index in indexes:
            index.drop(owner)
        copy_rows(owner, NAMES.table, COLUMNS, rows(count, counties))
        for index in indexes:
            index.create(owner)
    with database.engine(Role.OWNER).connect() as owner:
        owner.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


class Clock:
    """The time that the database's own process works on what it is asked (ms); what else the machine does is not counted."""

    def __init__(self, tx: Connection) -> None:
        tx.exec_driver_sql("SET LOCAL max_parallel_workers_per_gather = 0")  # their work would not be counted
        self.place = Path(f"/proc/{tx.scalar(select(func.pg_backend_pid()))}/schedstat")

    def p95(self, works: list[Callable[[], Any]]) -> float:
        """The 95th of a hundred, once everything is warm."""
        taken = []
        for work in works:
            begun = int(self.place.read_text().split()[0])
            work()
            taken.append((int(self.place.read_text().split()[0]) - begun) / 1e6)
        return quantiles(taken[20:], n=20)[-1]


def measured(server: Any, count: int, counties: int) -> tuple[float, float]:
    """How long the database works on an impact, and on a row by its primary key (ms)."""
    names = ("id", "code", "unit", "category", "class_code", "name", "specific")
    chance = random.Random(3)
    with copied(server, TEMPLATE) as database:
        fill(database, count, counties)
        with database.writing() as tx:
            clock = Clock(tx)
            versions = [chance.randrange(1, count) for _ in range(ASKED)]
            found = [tx.execute(select(*(V[name] for name in names)).where(V.version == each)).one() for each in versions]
            changes = [renamings.renaming(row._asdict(), "样望江街") for row in found]
            one = [select(V.name).where(V.version == each) for each in versions]
            keys = clock.p95([lambda each=each: tx.execute(each).all() for each in one])
            return clock.p95([lambda each=each: impact.effects(tx, each, date.today()) for each in changes]), keys


def test_an_impact_is_quick_among_a_million_names_and_hardly_slower_than_among_a_tenth(server, capsys):
    few, _ = measured(server, FEW, COUNTIES * FEW // MANY)  # counties as full as in the larger country
    many, key = measured(server, MANY, COUNTIES)
    with capsys.disabled():
        print(f"\nimpact, p95: {few:.1f} ms in 100,000 names, {many:.1f} ms in 1,000,000; a row by its key {key:.3f} ms")  # noqa: T201
    assert many <= SPREAD_KEYS * key
    assert many <= MORE * few


def test_a_county_of_a_million_names_still_answers(server, capsys):
    crowded, key = measured(server, MANY, 1)
    with capsys.disabled():
        print(f"\nimpact, p95: {crowded:.1f} ms in one county of 1,000,000 names; a row by its key {key:.3f} ms")  # noqa: T201
    assert crowded <= CROWDED_KEYS * key
