"""Same names and homophones among a million names, beside one row by its primary key, in the same run.

The names are the country's villages and communities, repeated with another character in front, and streets that every
county has; keys and sounds are those of the register. Nothing of it leaves the test.
"""

from __future__ import annotations

import csv
import gzip
import random
from collections.abc import Callable, Iterator
from datetime import date
from time import perf_counter
from typing import Any
from uuid import UUID

import pytest
import shapely
from shapely.geometry import box
from sqlalchemy import func, insert, select, text

from gis.db import Database, Role, copy_rows
from gis.history import stored
from gis.settings import Settings
from placenames.appellations import APPELLATIONS
from placenames.checks import comparing
from placenames.checks.asked import Asked, Candidate, of_candidate
from placenames.checks.comparing import alone
from placenames.checks.name_checks import check_candidate
from placenames.language.keys import Keys, keys_of
from placenames.names import BUILT_UP
from tests.conftest import SHARED, TEMPLATE, copied, needs_shared

pytestmark = [pytest.mark.benchmark, needs_shared]
FEW, MANY = 100_000, 1_000_000
ASKED, TODAY = 400, date.today()
FRONTS = {"东": "dong", "西": "xi", "南": "nan", "北": "bei", "上": "shang", "下": "xia"}
STREETS = [
    "中山路",
    "人民路",
    "解放路",
    "新华路",
    "建设路",
    "和平路",
    "文化路",
    "青年路",
    "胜利路",
    "光明路",
    "钟山路",
    "新中山路",
]
COLUMNS = ["place", "code", "text", "kind", "category", "class_code", "unit", "key", "core", "sound", "core_sound",
           "initials",           "geom", "historical", "lives_from"]  # fmt: skip
RULES = {"VIL": "PN08b", "ROD": "PN08c"}
CLASSES = {"VIL": "21610", "ROD": "23513"}


def villages() -> list[tuple[str, str]]:
    with gzip.open(SHARED / "divisions" / "villages.csv.gz", "rt", encoding="utf-8") as lines:
        listed = [(row["code"], row["name"]) for row in csv.DictReader(lines)]
    random.Random(3).shuffle(listed)
    return listed


class Names:
    """A million names, made in the same order every time: the first hundred thousand are a fair sample."""

    def __init__(self) -> None:
        self.listed = villages()
        counties = sorted({code[:6] for code, _ in self.listed})
        self.at = {
            code: (75 + number % 200 * 0.3, 20 + number // 200 * 0.3) for number, code in enumerate(counties)
        }
        self.chance = random.Random(7)
        self.keys: dict[str, Keys] = {}

    def rows(self, first: int, last: int) -> Iterator[tuple[Any, ...]]:
        for number in range(first, last):
            code, name = self.listed[number % len(self.listed)]
            category = "ROD" if number % 20 == 0 else "VIL"
            name = self.chance.choice(STREETS) if category == "ROD" else name
            keys = self.keys.get(name) or self.keys.setdefault(name, keys_of(name, category))
            if number >= len(self.listed) and category == "VIL":
                name, keys = self.varied(name, keys)
            class_code = CLASSES[category]
            yield (UUID(int=number + 1), f"{code[:9]}{class_code}{number % FEW:06}", name, "standard", category, class_code,
                   code, *keys, self.point(code[:6]), False, TODAY)  # fmt: skip

    def varied(self, name: str, keys: Keys) -> tuple[str, Keys]:
        front, sound = self.chance.choice(list(FRONTS.items()))
        more = Keys(
            front + keys.key,
            front + keys.core,
            f"{sound} {keys.sound}",
            f"{sound} {keys.core_sound}",
            keys.initials,
        )
        return front + name, more

    def point(self, county: str) -> str:
        lon, lat = self.at[county]
        return stored(shapely.Point(lon + self.chance.uniform(0, 0.2), lat + self.chance.uniform(0, 0.2)))

    def built_up(self) -> list[dict[str, Any]]:
        areas = [(code, box(lon, lat, lon + 0.1, lat + 0.2)) for code, (lon, lat) in self.at.items()]
        return [
            {"code": f"B{code}", "name": f"{code}建成区", "unit": code, "valid_from": date(2020, 1, 1),
             "geom": stored(shapely.multipolygons([area]))}
            for code, area in areas
        ]  # fmt: skip


def load(database: Database, rows: Iterator[tuple[Any, ...]]) -> float:
    """Copies rows without indexes and makes the indexes afterwards; answers how long that took (s)."""
    with database.engine(Role.OWNER).begin() as owner:
        asked = text(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'appellation' AND indexname NOT LIKE 'pk%'"
        )
        indexes = owner.execute(asked).all()
        for name, _ in indexes:
            owner.exec_driver_sql(f"DROP INDEX jiezhi.{name}")
        made = list(rows)
        begun = perf_counter()
        copy_rows(owner, APPELLATIONS, COLUMNS, made)
        for _, definition in indexes:
            owner.exec_driver_sql(definition)
        taken = perf_counter() - begun
    with database.engine(Role.OWNER).connect() as owner:
        owner.execution_options(isolation_level="AUTOCOMMIT").execute(
            text("VACUUM ANALYZE jiezhi.appellation")
        )
    return taken


def times(work: Callable[[Any], Any], asked: list[Any]) -> tuple[float, float]:
    """The middle and the 95th percentile over all things asked (ms), each the best of three: others use the machine too."""
    return percentiles([min(once(work, each) for _ in range(3)) for each in asked])


def once(work: Callable[[Any], Any], each: Any) -> float:
    begun = perf_counter()
    work(each)
    return (perf_counter() - begun) * 1000


def percentiles(taken: list[float]) -> tuple[float, float]:
    taken = sorted(taken)
    return taken[len(taken) // 2], taken[int(len(taken) * 0.95)]


def inside_the_database(tx: Any, asked: list[Asked]) -> tuple[float, float]:
    """What the server itself says it took to plan and to answer the question of same names and homophones (ms)."""
    taken = []
    for one in asked:
        assert one.candidate is not None
        ((scope, which, kinds),) = comparing._questions(RULES[one.candidate.category], one)
        question = comparing._statement(one, which, scope, kinds).compile(dialect=tx.dialect)
        values = {**question.params, **one.values, "on": one.day}
        explained = "EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + str(question)
        plans = [tx.exec_driver_sql(explained, values).scalar_one()[0] for _ in range(3)]
        taken.append(min(plan["Planning Time"] + plan["Execution Time"] for plan in plans))
    return percentiles(taken)


def candidates(tx: Any) -> list[Candidate]:
    """Names of other places, names nobody bears, and the most common ones, each somewhere in the country."""
    a = APPELLATIONS.c
    chance = random.Random(11)
    position = (func.ST_X(a.geom).label("lon"), func.ST_Y(a.geom).label("lat"))
    some = tx.execute(
        select(a.text, a.unit, a.category, *position).where(a.id % 97 == 0).limit(ASKED * 2)
    ).all()
    hot = select(a.text).where(a.category == "VIL").group_by(a.text).order_by(func.count().desc()).limit(20)
    common = {"VIL": list(tx.scalars(hot)), "ROD": STREETS}
    found = []
    for number, row in enumerate(chance.sample(some, min(ASKED, len(some)))):
        other = chance.choice(common[row.category])
        name = [row.text, other, "钟" + row.text, row.text[1:] + row.text[:1]][number % 4]
        here = shapely.Point(row.lon + 0.01, row.lat)
        found.append(
            Candidate(name, row.category, row.unit, CLASSES[row.category], here, roman_confirmed=True)
        )
    return found


def measure(database: Database, rows: int) -> dict[str, tuple[float, float]]:
    with database.writing() as tx:
        asked = [of_candidate(tx, each, TODAY, Settings()) for each in candidates(tx)]
        found: list[int] = []

        def same_and_alike(one: Asked) -> None:
            assert one.candidate is not None
            found.append(len(list(alone(RULES[one.candidate.category], one))))

        def whole(one: Asked) -> None:
            assert one.candidate is not None
            check_candidate(tx, one.candidate, TODAY, Settings())

        statement = select(APPELLATIONS).where(APPELLATIONS.c.id == 1)
        keys = [statement.where(APPELLATIONS.c.id == 1 + number * 13 % rows) for number in range(len(asked))]
        taken = {
            "one row by its primary key": times(lambda one: tx.execute(one).all(), keys),
            "same names and homophones": times(same_and_alike, asked),
            "the same inside the database": inside_the_database(tx, asked),
            "every check of a candidate": times(whole, asked),
        }
    assert sum(found) >= len(asked) / 4  # every fourth asks for the name of a place a kilometre away
    return taken


@pytest.fixture(scope="module")
def measured(server) -> Iterator[dict[int, dict[str, tuple[float, float]]]]:  # type: ignore[no-untyped-def]
    names, taken = Names(), {}
    with copied(server, TEMPLATE) as database:
        with database.engine(Role.OWNER).begin() as owner:
            owner.execute(insert(BUILT_UP.table), names.built_up())
        for before, rows in ((0, FEW), (FEW, MANY)):
            load(database, names.rows(before, rows))
            taken[rows] = measure(database, rows)
        yield taken


def test_a_name_is_checked_among_a_million_as_among_a_hundred_thousand(measured, capsys):
    lines = []
    for rows, taken in measured.items():
        key = taken["one row by its primary key"][0]
        lines += [
            f"  {rows:>9,}: {name:28} p50 {half:5.2f} ms = {half / key:4.1f} keys, p95 {most:5.2f} ms = {most / key:4.1f}"
            for name, (half, most) in taken.items()
        ]
    with capsys.disabled():
        print("\n" + "\n".join(lines))  # noqa: T201
    assert measured[MANY]["same names and homophones"][1] <= 10
    few, many = (measured[rows]["the same inside the database"] for rows in (FEW, MANY))
    assert many[0] <= 1.5 * few[0]
    assert many[1] <= 1.5 * few[1]
