"""Finding names among a million, beside one row by its primary key, in the same run.

The names are the country's villages, repeated with variation (`many_names`); what is typed comes from them, with the
mistakes that people make, and from what everybody types: 新村, 王, xin, x. Time is what the database works.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import pytest
from opencc import OpenCC
from sqlalchemy import Connection, func, select, text

from gis.db import Database
from placenames.appellations import APPELLATIONS
from placenames.finding.gazetteer import Search, search
from placenames.names import NAMES
from tests.benchmarks.many_names import SINCE, fill
from tests.conftest import TEMPLATE, copied, needs_shared

pytestmark = [pytest.mark.benchmark, needs_shared]
FEW, MANY = 100_000, 1_000_000
EACH = 60
"""Questions of each kind."""
HOT = ["新村", "王", "xin", "x", "社区", "村", "大", "东", "w", "路", "团结", "wangjia", "zhang", "李家", "新", "委会", "s"]
P95_MS, SUGGEST_MS = 15.0, 10.0
P95_KEYS, SUGGEST_KEYS = 250, 170
"""The same in rows by their primary key, for slower machines."""
MORE = 1.5
Ask = Callable[[random.Random, Any], Search]


class Clock:
    """The time that the database's own process works on what it is asked (ms); what else the machine does is not counted."""

    def __init__(self, look: Connection) -> None:
        process = look.scalar(select(func.pg_backend_pid()))
        self.place = Path(f"/proc/{process}/schedstat")

    def of(self, work: Callable[[], Any]) -> float:
        begun = self._worked()
        work()
        return (self._worked() - begun) / 1e6

    def _worked(self) -> int:
        return int(self.place.read_text().split()[0])


@pytest.fixture(scope="module")
def few(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        fill(database, FEW)
        yield database


@pytest.fixture(scope="module")
def many(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        fill(database, MANY)
        yield database


def wrong(typed: str, chance: random.Random) -> str:
    at = chance.randrange(len(typed))
    return typed[:at] + chance.choice("口田大山新石") + typed[at + 1 :]


def swapped(typed: str, chance: random.Random) -> str:
    at = chance.randrange(len(typed) - 1)
    return typed[:at] + typed[at + 1] + typed[at] + typed[at + 2 :]


def dropped(typed: str, chance: random.Random) -> str:
    at = chance.randrange(len(typed))
    return typed[:at] + typed[at + 1 :]


def around(row: Any, far: float) -> tuple[float, float, float, float]:
    return row.lon - far, max(row.lat - far, -90), row.lon + far, min(row.lat + far, 90)


def hot(chance: random.Random) -> str:
    return chance.choice(HOT)


TRADITIONAL = OpenCC("s2t")
KINDS: dict[str, Ask] = {
    "as it is": lambda _, row: Search(row.text),
    "traditional": lambda _, row: Search(TRADITIONAL.convert(row.text)),
    "first character": lambda _, row: Search(row.text[:1]),
    "first two": lambda _, row: Search(row.text[:2]),
    "first three": lambda _, row: Search(row.text[:3]),
    "from within": lambda _, row: Search(row.text[1:3]),
    "its end": lambda _, row: Search(row.text[-3:]),
    "one wrong": lambda chance, row: Search(wrong(row.text, chance)),
    "one dropped": lambda chance, row: Search(dropped(row.text, chance)),
    "two swapped": lambda chance, row: Search(swapped(row.text, chance)),
    "pinyin": lambda _, row: Search(row.sound.replace(" ", "")),
    "pinyin with spaces": lambda _, row: Search(row.sound),
    "pinyin begun": lambda chance, row: Search(row.sound.replace(" ", "")[: chance.randint(2, 8)]),
    "initials": lambda _, row: Search(row.initials),
    "what everybody types": lambda chance, _: Search(hot(chance)),
    "not there": lambda chance, _: Search(chance.choice(["龘龘龘", "qqqqq", "查无此名", "zzz", "😀", "🐉村"])),
    "in a town": lambda _, row: Search(row.text[:1], unit=row.unit[:9]),
    "in a county": lambda chance, row: Search(hot(chance), unit=row.unit[:6]),
    "in a city": lambda chance, row: Search(hot(chance), unit=row.unit[:4]),
    "in a province": lambda chance, row: Search(hot(chance), unit=row.unit[:2]),
    "of a kind": lambda chance, row: Search(hot(chance), category=row.category),
    "of a class": lambda chance, row: Search(hot(chance), class_code=row.class_code),
    "in a small box": lambda chance, row: Search(hot(chance), box=around(row, 0.05)),
    "in a large box": lambda chance, row: Search(hot(chance), box=around(row, 5)),
    "near": lambda chance, row: Search(hot(chance), near=(row.lon, row.lat)),
    "near, as it is": lambda _, row: Search(row.text, near=(row.lon, row.lat)),
    "on a day": lambda chance, row: Search(row.text, on=SINCE + timedelta(days=chance.randrange(2000))),
    "hot, on a day": lambda chance, _: Search(hot(chance), on=SINCE + timedelta(days=chance.randrange(2000))),
    "before the register": lambda chance, _: Search(hot(chance), on=date(1990, 1, 1)),
    "a town's names": lambda _, row: Search(unit=row.unit[:9]),
    "a box's names": lambda _, row: Search(box=around(row, 0.5)),
}


def sample(look: Connection) -> list[Any]:
    """Appellations from all over the table."""
    a = APPELLATIONS.c
    columns = (a.text, a.sound, a.initials, a.unit, a.category, a.class_code)
    shape = (func.ST_X(a.geom).label("lon"), func.ST_Y(a.geom).label("lat"))
    rows = select(*columns, *shape).where(func.char_length(a.text) >= 3, a.id % 97 == 0).order_by(a.id).limit(3000)
    return list(look.execute(rows))


def primary_key(look: Connection, clock: Clock) -> float:
    n = NAMES.table
    version = look.scalar(select(func.max(n.c.version)))
    asked = select(n.c.version, n.c.id, n.c.code, n.c.name).where(n.c.version == version)
    return median(clock.of(lambda: look.execute(asked).one()) for _ in range(300))


def measure(database: Database, quick: bool) -> tuple[float, dict[str, list[float]]]:
    """The cost of a primary key and, of each kind of question, the times (ms)."""
    chance, taken = random.Random(5), {}
    with database.reading() as look:
        clock = Clock(look)
        look.execute(text("SET LOCAL statement_timeout = '60s'"))
        rows = sample(look)
        key = primary_key(look, clock)
        for name, kind in KINDS.items():
            asked = [kind(chance, chance.choice(rows)) for _ in range(EACH)]
            asked = [Search(**{**vars(each), "quick": quick, "limit": 10 if quick else 20}) for each in asked]
            taken[name] = [clock.of(lambda each=each: search(look, each)) for each in asked]  # type: ignore[misc]
        key = median([key, primary_key(look, clock)])
    return key, taken


def p95(times: list[float]) -> float:
    return quantiles(times, n=20)[-1]


def told(title: str, key: float, taken: dict[str, list[float]]) -> str:
    every = sorted(each for times in taken.values() for each in times)
    rows = [("all", every), *taken.items()]
    said = [f"{title}: a primary key {key:.2f} ms, {len(every)} questions"]
    for name, times in rows:
        said.append(
            f"  {name:24} p50 {median(times):7.2f}  p95 {p95(times):7.2f}  max {max(times):7.2f} ms"
            f" = {p95(times) / key:6.1f} keys"
        )
    return "\n".join(said)


def test_a_million_names_are_searched_in_a_moment(few: Database, many: Database, capsys: pytest.CaptureFixture[str]) -> None:
    results = {}
    for quick in (False, True):
        for number, database in ((FEW, few), (MANY, many)):
            results[quick, number] = measure(database, quick)
    with capsys.disabled():
        for (quick, number), (key, taken) in results.items():
            print("\n" + told(f"{'help while typing' if quick else 'search'} in {number:,}", key, taken))  # noqa: T201
    for quick, most_ms, most_keys in ((False, P95_MS, P95_KEYS), (True, SUGGEST_MS, SUGGEST_KEYS)):
        costs = {}
        for number in (FEW, MANY):
            key, taken = results[quick, number]
            costs[number] = p95([each for times in taken.values() for each in times])
            assert costs[number] <= max(most_ms, most_keys * key)
        assert costs[MANY] <= MORE * costs[FEW]
