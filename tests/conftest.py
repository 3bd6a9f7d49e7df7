"""What every test may ask for: a real PostGIS, a fresh database, people, and a way in over HTTP."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg import sql

from api import schema, street
from api.app import create_app
from gis import cluster, jobs, people
from gis.cluster import Cluster
from gis.db import Database, prepare
from gis.intake import submissions
from gis.settings import Settings, settings

assert street.REGISTERS
ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
COUNTY = "990101"
PASSWORD = "only-for-tests-1"
TEMPLATE = os.environ.get("JIEZHI_TEST_TEMPLATE", "jiezhi_test_template")
_numbers = itertools.count(1)

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data sets are not here")


@pytest.fixture(scope="session")
def server() -> Iterator[Cluster]:
    """The embedded PostGIS, with a migrated database to copy from."""
    with cluster.running(ROOT / "var") as running:
        _drop(running, TEMPLATE)
        url = cluster.create_database(running, TEMPLATE)
        prepare(url)
        database = Database(url)
        schema.migrate(database)
        database.close()
        yield running
        _drop(running, TEMPLATE)


@pytest.fixture
def database(server: Cluster) -> Iterator[Database]:
    """A database of this test's own, with the schema and nothing in it."""
    name = f"jiezhi_test_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY wal_log")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(TEMPLATE)))
    database = Database(server.url(name))
    yield database
    database.close()
    _drop(server, name)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """Default settings with a `var` of this test's own."""
    monkeypatch.setenv("JIEZHI_VAR", str(tmp_path / "var"))
    settings.cache_clear()
    yield settings()
    settings.cache_clear()


def _drop(server: Cluster, name: str) -> None:
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


class Office:
    """A deployment under test: its database, its people, and what they do over HTTP."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings = database, settings
        self.app = create_app(database, settings)

    def has(self, name: str, *roles: str, area: str = COUNTY) -> None:
        with self.database.writing() as tx:
            people.add(tx, name, PASSWORD, [(role, area) for role in roles])

    def client(self, name: str | None = None) -> TestClient:
        """A program signed in as somebody, or nobody."""
        client = TestClient(self.app, follow_redirects=False, raise_server_exceptions=False)
        if name:
            answer = client.post("/sessions", json={"name": name, "password": PASSWORD})
            assert answer.status_code == 201, answer.text
            client.cookies.clear()
            client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
        return client

    def work(self) -> None:
        """Lets a worker empty the queue."""
        jobs.work(
            self.database,
            {submissions.CHECK: submissions.check_delivery},
            submissions.give_up,
            until_empty=True,
        )

    def send(self, name: str, *files: Path, **fields: str) -> int:
        """Sends files as somebody and has them checked; answers the submission's number."""
        parts = [("files", (file.name, file.read_bytes())) for file in files]
        answer = self.client(name).post("/submissions", files=parts, data=fields)
        assert answer.status_code == 202, answer.text
        self.work()
        return int(answer.json()["id"])

    def state(self, number: int, name: str) -> dict:  # type: ignore[type-arg]
        return self.client(name).get(f"/submissions/{number}").json()  # type: ignore[no-any-return]

    def decide(self, name: str, number: int, verb: str, **rest: str):  # type: ignore[no-untyped-def]
        return self.client(name).post(f"/submissions/{number}/decisions", json={"verb": verb, **rest})

    def publish(self, number: int, effective: str, document: str = "样政函〔2026〕1号") -> None:
        assert self.decide("reviewer", number, "accept").status_code == 200
        answer = self.decide("approver", number, "publish", document=document, effective=effective)
        assert answer.status_code == 200, answer.text


@pytest.fixture
def office(database: Database, config: Settings) -> Office:
    """An office with the usual people."""
    made = Office(database, config)
    made.has("surveyor", "surveyor")
    made.has("reviewer", "reviewer")
    made.has("approver", "approver")
    made.has("administrator", "administrator")
    return made
