"""The map API beside the least a database can be asked: one row by its primary key, in the same run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from statistics import median
from time import perf_counter
from typing import Any

import httpx2
import numpy as np
import pytest
import shapely
from sqlalchemy import Connection, Text, func, insert, literal, select, text

from boundaries.areas import UNIT_PARTS, units_at
from boundaries.markers import MARKERS
from boundaries.units import UNITS
from gis import features
from gis.db import Database, Role
from gis.features import Question
from gis.history import stored
from gis.page_keys import decoded
from gis.settings import Settings
from tests.conftest import TEMPLATE, Office, copied, serving

pytestmark = pytest.mark.benchmark
TODAY, SINCE = date.today(), date(2026, 1, 1)
MANY, VERTICES = 100_000, 130_000
SMALL = (110.2, 30.2, 110.26, 30.26)


def milliseconds(work: Callable[[], Any], times: int = 25) -> float:
    """The middle one of some runs, after one that does not count."""
    work()
    taken = []
    for _ in range(times):
        begun = perf_counter()
        work()
        taken.append((perf_counter() - begun) * 1000)
    return median(taken)


@pytest.fixture(scope="module")
def filled(server) -> Iterator[Database]:
    """A hundred thousand markers, as many versions of them that ended, and one unit with a very long ring."""
    with copied(server, TEMPLATE) as database:
        with database.writing() as tx:
            put_markers(tx, date(2020, 1, 1), SINCE)
            put_markers(tx, SINCE, None)
            put_unit(tx)
        with database.engine(Role.OWNER).connect() as owner:
            owner.execution_options(isolation_level="AUTOCOMMIT").execute(text("ANALYZE"))
        yield database


def put_markers(tx: Connection, since: date, until: date | None) -> None:
    number = func.generate_series(1, MANY).column_valued("number")
    place = func.ST_MakePoint(110 + number % 400 / 400.0, 30 + number / 400 / 250.0)
    rows = select(
        func.lpad(number.cast(Text), 8, "0"), literal("001"), literal("line"), func.ST_SetSRID(place, 4490),
        literal(since), literal(until),
    )  # fmt: skip
    columns = ["code", "number", "line", "geom", "valid_from", "valid_to"]
    tx.execute(insert(MARKERS.table).from_select(columns, rows))


def put_unit(tx: Connection) -> None:
    angle = np.linspace(0, 2 * np.pi, VERTICES, endpoint=False)
    far = 1 + 0.05 * np.sin(angle * 5000)
    ring = shapely.Polygon(np.column_stack([115 + far * np.cos(angle), 25 + far * np.sin(angle)]))
    row = {"code": "9902", "name": "样湾县", "level": "county", "valid_from": SINCE}
    tx.execute(insert(UNITS.table).values(**row, geom=stored(shapely.MultiPolygon([ring]))))
    u = UNITS.table.c
    pieces = select(u.version, func.ST_Subdivide(u.geom, 256))
    tx.execute(insert(UNIT_PARTS).from_select(["version", "geom"], pieces))


def one_key(look: Connection) -> float:
    """What it costs to ask for one row by its primary key (ms)."""
    t = MARKERS.table
    version = look.scalar(select(func.min(t.c.version)))
    asked = select(t).where(t.c.version == version)
    return milliseconds(lambda: look.execute(asked).one())


def report(capsys: pytest.CaptureFixture[str], least: str, cost: float, taken: dict[str, float]) -> None:
    rows = [f"  {name:28} {each:7.2f} ms = {each / cost:6.1f} times" for name, each in taken.items()]
    with capsys.disabled():
        print("\n" + "\n".join([f"{least}: {cost:.2f} ms", *rows]))  # noqa: T201


def test_items_cost_a_few_primary_keys(filled, capsys):
    with filled.reading() as look:
        key = one_key(look)

        def ask(**asked: Any) -> features.Answer:
            return features.ask(look, MARKERS, Question(TODAY, **asked))

        first = ask()
        deep = ask(limit=MANY * 9 // 10)
        for answer in (ask(box=SMALL), ask(box=SMALL, decimals=4), ask(after=deep.next, known=deep.moment)):
            assert len(answer.features) == 100
        one = str(decoded(first.next).id)
        taken = {
            "one record": milliseconds(lambda: features.one(look, MARKERS, one, Question(TODAY))),
            "100 in a box, colleague": milliseconds(lambda: ask(box=SMALL)),
            "100 in a box, public": milliseconds(lambda: ask(box=SMALL, decimals=4)),
            "first 100 of 100,000": milliseconds(ask),
            "100 at 90 %": milliseconds(lambda: ask(after=deep.next, known=deep.moment)),
            "100 at 90 %, counted anew": milliseconds(lambda: ask(after=deep.next)),
        }
    report(capsys, "one row by its primary key", key, taken)
    assert taken["one record"] <= 5 * key
    assert taken["100 in a box, colleague"] <= 25 * key
    assert taken["100 in a box, public"] <= 25 * key
    assert taken["100 at 90 %"] <= taken["first 100 of 100,000"]
    assert taken["100 at 90 %, counted anew"] <= 3 * taken["first 100 of 100,000"]


def test_a_point_in_a_very_long_ring_costs_a_few_keys(filled, capsys):
    with filled.reading() as look:
        key = one_key(look)
        assert [each["code"] for each in units_at(look, 115.3, 25.4, TODAY)] == ["9902"]
        whole = select(UNITS.table.c.code).where(
            func.ST_Intersects(UNITS.table.c.geom, func.ST_SetSRID(func.ST_MakePoint(115.3, 25.4), 4490))
        )
        taken = {
            "inside": milliseconds(lambda: units_at(look, 115.3, 25.4, TODAY)),
            "near the ring": milliseconds(lambda: units_at(look, 116.03, 25.01, TODAY)),
            "outside": milliseconds(lambda: units_at(look, 110.0, 20.0, TODAY)),
            "inside, without pieces": milliseconds(lambda: look.execute(whole).one(), 5),
        }
    report(capsys, "one row by its primary key", key, taken)
    assert max(taken["inside"], taken["near the ring"], taken["outside"]) <= 6 * key
    assert taken["inside"] < taken["inside, without pieces"]


def test_http_adds_little(filled, tmp_path, capsys):
    """Beside the emptiest answer of the same server."""
    with serving(Office(filled, Settings(var=tmp_path))) as address, httpx2.Client() as client:
        box = ",".join(map(str, SMALL))

        def get(path: str) -> Callable[[], None]:
            def run() -> None:
                assert client.get(address + path).status_code == 200

            return run

        empty = milliseconds(get("/health/live"))
        taken = {
            "items, 100 in a box": milliseconds(get(f"/collections/markers/items?bbox={box}")),
            "one item": milliseconds(get("/collections/markers/items/00050000")),
            "units/at": milliseconds(get("/units/at?lon=115.3&lat=25.4")),
        }
    report(capsys, "the emptiest answer", empty, taken)
    assert taken["items, 100 in a box"] <= 12 * empty
