"""How long lookups of addresses take: in the database beside one row by its primary key, and over HTTP with one worker.

Counties and questions are made, all kinds mixed. Database time is what the database's own process works.
"""

from __future__ import annotations

import random
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from http.client import HTTPConnection
from statistics import median, quantiles
from time import perf_counter, sleep
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from sqlalchemy import Connection, select

from gis.db import Database
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.finding.address_lookup import Question, answers
from placenames.addresses.finding.address_suggesting import suggestions
from placenames.addresses.finding.nearest_plates import nearest
from placenames.addresses.finding.toponym_names import Toponyms
from placenames.addresses.finding.toponyms_known import toponyms_on
from tests.benchmarks.addresses_filled import fill
from tests.benchmarks.plates_made import county
from tests.benchmarks.queries_made import queries
from tests.benchmarks.query_book import Book
from tests.benchmarks.query_kinds import GROUPS, SLIP
from tests.benchmarks.test_name_search import Clock
from tests.conftest import TEMPLATE, copied

pytestmark = pytest.mark.benchmark
FEW, MANY, SEED, EACH = 100_000, 1_000_000, 20263, 40
LIMITS_MS = {"exact": 1.0, "fuzzy": 5.0, "suggest": 5.0, "reverse": 5.0}
MORE = 1.5
HTTP_P95_MS, HTTP_PER_S, ROUNDS, AT_ONCE = 10.0, 200.0, 3, 2
SERVER = """
import sys, uvicorn
from api.app import create_app
from api.short_heads import ShortHeads
from gis.db import Database
from gis.settings import Settings
app = create_app(Database(sys.argv[1]), Settings(anonymous_per_s=0))
uvicorn.run(app, http=ShortHeads, port=int(sys.argv[2]), log_level="warning", access_log=False)
"""
Work = Callable[[], Any]


@pytest.fixture(scope="module")
def few(server) -> Iterator[tuple[Database, Book]]:
    with filled(server, FEW) as found:
        yield found


@pytest.fixture(scope="module")
def many(server) -> Iterator[tuple[Database, Book]]:
    with filled(server, MANY) as found:
        yield found


@contextmanager
def filled(server: Any, plates: int) -> Iterator[tuple[Database, Book]]:
    with copied(server, TEMPLATE) as database:
        made = county(SEED, plates)
        fill(database, made)
        yield database, Book(made)


def works(glance: Connection, look: Connection, names: Toponyms, book: Book) -> dict[str, list[Work]]:
    """What is asked, by what it is measured as; by the same looks as behind the doors of the lookups."""
    chance = random.Random(SEED)
    asked = queries(book, SEED, EACH)
    whole = [each for each in asked if each.kind == "written in full"]
    slips = [each for each in asked if GROUPS[each.kind] == SLIP]
    places = [book.any_row(chance) for _ in range(300)]
    today = date.today()

    def search(q: str) -> Work:
        return lambda: answers(glance, names, [Question(q)])

    def suggest(q: str) -> Work:
        return lambda: suggestions(glance, names, Question(q))

    def typed(chance: random.Random, street: str) -> str:
        return street[: chance.randint(1, 4)] + chance.choice(["", "1", "12"])

    def at(lon: float, lat: float) -> Work:
        return lambda: nearest(look, names, lon, lat, today)

    return {
        "exact": [search(each.q) for each in whole],
        "fuzzy": [search(each.q) for each in slips],
        "suggest": [suggest(typed(chance, row.street)) for row in places if row.street],
        "reverse": [at(row.lon + chance.gauss(0, 2e-4), row.lat + chance.gauss(0, 2e-4)) for row in places],
    }


def database_times(database: Database, book: Book) -> dict[str, list[float]]:
    """Milliseconds that the database works, each question asked twice and counted the second time."""
    with database.glancing() as glance, database.reading() as look:
        names = toponyms_on(look, date.today())
        clocks = {name: Clock(look if name == "reverse" else glance) for name in LIMITS_MS}
        clock, found = Clock(look), {}
        for name, asked in works(glance, look, names, book).items():
            for each in asked:
                each()
            found[name] = [clocks[name].of(each) for each in asked]
        table = ADDRESSES.table
        rows = look.scalars(select(table.c.version).limit(200)).all()
        keys = [select(table.c.code, table.c.text).where(table.c.version == row) for row in rows]
        one = [clock.of(lambda key=key: look.execute(key).all()) for key in keys]  # type: ignore[misc]
        return {**found, "primary key": one}


def p95(times: Sequence[float]) -> float:
    return quantiles(times, n=20)[-1]


def test_the_database_answers_in_milliseconds(
    few: tuple[Database, Book], many: tuple[Database, Book], capsys: pytest.CaptureFixture[str]
) -> None:
    small, large = database_times(*few), database_times(*many)
    key = median(large["primary key"])
    with capsys.disabled():
        print(f"\ndatabase time, {MANY:,} plates; a row by its primary key {key:.2f} ms")  # noqa: T201
        for name, limit in LIMITS_MS.items():
            print(  # noqa: T201
                f"{name:8} p50 {median(large[name]):5.2f}  p95 {p95(large[name]):5.2f} ms (at most {limit:.0f}),"
                f" {p95(large[name]) / key:4.1f} times the key; of {FEW:,} plates p95 {p95(small[name]):5.2f} ms"
            )
    for name, limit in LIMITS_MS.items():
        assert p95(large[name]) <= limit, name
        assert p95(large[name]) <= MORE * max(p95(small[name]), key), name


@contextmanager
def served(database: Database) -> Iterator[str]:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    process = subprocess.Popen([sys.executable, "-c", SERVER, database.url, str(port)])
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            try:
                httpx2.get(f"{address}/health/live")
                break
            except httpx2.TransportError:
                sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(10)


def test_one_worker_answers_hundreds_a_second(many: tuple[Database, Book], capsys: pytest.CaptureFixture[str]) -> None:
    """All questions in `ROUNDS` rounds, which count together: asked by one client, then by two at once.

    One client alone counts its own work and the way to and fro as the worker's; how many a worker gives in a second shows
    where the next question is there when an answer leaves. Both are held to the same bound.
    """
    database, book = many
    asked = queries(book, SEED + 1, EACH)
    random.Random(SEED).shuffle(asked)
    with served(database) as address, ExitStack() as ended, ThreadPoolExecutor(AT_ONCE) as several:
        client, *others = [ended.enter_context(closing(Client(address))) for _ in range(1 + AT_ONCE)]
        for each in asked[:100]:
            client.lookup(each.q)
        rounds = [[(client.lookup(each.q), client.bare()) for each in asked] for _ in range(ROUNDS)]
        parts = [[each.q for each in asked[first::AT_ONCE]] * ROUNDS for first in range(AT_ONCE)]
        begin = perf_counter()
        together = [each for times in several.map(Client.lookups, others, parts) for each in times]
        at_once = len(together) / (perf_counter() - begin)
    every = [each for found in rounds for each, _ in found]
    with capsys.disabled():
        print(f"\nHTTP, one worker, one client, {len(asked)} questions of all kinds, a bare answer after each:")  # noqa: T201
        for found in rounds:
            times, bares = zip(*found, strict=True)
            print(  # noqa: T201
                f"p50 {median(times):.1f} ms, p95 {p95(times):.1f} ms, {per_s(times):.0f} a second,"
                f" {median(times) / median(bares):.1f} times the bare answer"
            )
        print(f"{AT_ONCE} clients at once: p95 {p95(together):.1f} ms, {at_once:.0f} a second")  # noqa: T201
    assert p95(every) <= HTTP_P95_MS
    assert per_s(every) >= HTTP_PER_S
    assert at_once >= HTTP_PER_S


class Client:
    """Another system that keeps its connection: with as little of its own work as can be."""

    def __init__(self, address: str) -> None:
        self._connection = HTTPConnection(address.removeprefix("http://"))

    def lookup(self, q: str) -> float:
        """Milliseconds until an address is found."""
        return self._ask(f"/addresses/search?{urlencode({'q': q})}")

    def lookups(self, asked: Sequence[str]) -> list[float]:
        """The same for many, one after the other."""
        return [self.lookup(q) for q in asked]

    def bare(self) -> float:
        """Milliseconds until the same server says that it lives: the raw limit of server and client together."""
        return self._ask("/health/live")

    def close(self) -> None:
        """Gives the connection back."""
        self._connection.close()

    def _ask(self, path: str) -> float:
        begin = perf_counter()
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        answer.read()
        taken = (perf_counter() - begin) * 1000
        assert answer.status == 200
        return taken


def per_s(times: Sequence[float]) -> float:
    return 1000 * len(times) / sum(times)
