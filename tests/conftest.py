"""What every test may ask for: a real PostGIS, a fresh database, people, and a way in over HTTP."""

from __future__ import annotations

import itertools
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
import uvicorn
from argon2 import PasswordHasher
from fastapi.testclient import TestClient
from httpx2 import Response
from psycopg import sql

from api import schema, street
from api.app import create_app
from api.county import County, make_county, survey
from api.county_files import write_survey
from api.county_story import pilot_line
from api.serving import TASKS, give_up
from gis import cluster, jobs, people
from gis.cluster import Cluster
from gis.db import Database, prepare
from gis.settings import Settings, settings

# How long one example takes says more of the machine than of the law it tries.
hypothesis.settings.register_profile("here", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("here")

# The steps of the stories are imported by other tests too, and by whichever comes first.
pytest.register_assert_rewrite(
    "tests.steps",
    "tests.steps_addresses",
    "tests.steps_cases",
    "tests.steps_counting",
    "tests.steps_graves",
    "tests.steps_looking",
    "tests.steps_names",
    "tests.steps_reviewing",
    "tests.steps_site_lists",
    "tests.steps_sites",
)

assert street.REGISTERS
ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "data"
COUNTY = "990101"
PASSWORD = "only-for-tests-1"
# Tests run side by side, each process with templates of its own.
TEMPLATE = os.environ.get("JIEZHI_TEST_TEMPLATE", "jiezhi_test") + "_" + os.environ.get("PYTEST_XDIST_WORKER", "alone")
COUNTY_TEMPLATE = TEMPLATE + "_county"
COUNTY_SINCE, PILOT_SINCE = "2026-01-01", "2026-03-01"
_numbers = itertools.count(1)

needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data sets are not here")


@pytest.fixture(scope="session", autouse=True)
def earnest_hasher() -> Iterator[PasswordHasher]:
    """Passwords cost little here: every test signs in, and nobody guesses. Answers what they cost otherwise."""
    earnest = people._HASHER
    with pytest.MonkeyPatch.context() as patch:
        quick = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
        patch.setattr(people, "_HASHER", quick)
        patch.setattr(people, "_NOBODYS_HASH", quick.hash("nobody's"))
        yield earnest


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """The embedded PostGIS, with a migrated database to copy from; benchmarks have it as it is served."""
    measured = request.config.option.markexpr == "benchmark"
    with cluster.running(ROOT / "var" / ("benchmarks" if measured else "tests")) as running:
        if not measured:
            be_quick(running)
        drop(running, TEMPLATE)
        url = cluster.create_database(running, TEMPLATE)
        prepare(url)
        database = Database(url)
        schema.migrate(database)
        database.close()
        yield running
        drop(running, TEMPLATE)


def be_quick(server: Cluster) -> None:
    """Nobody needs these databases after the machine goes down: nothing is waited for until it is on the disk."""
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(sql.SQL("ALTER SYSTEM SET {} = off").format(sql.Identifier(setting)))
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture
def database(server: Cluster) -> Iterator[Database]:
    """A database of this test's own, with the schema and nothing in it."""
    with copied(server, TEMPLATE) as found:
        yield found


@contextmanager
def copied(server: Cluster, template: str) -> Iterator[Database]:
    """A database copied from a template, dropped in the end."""
    name = f"jiezhi_test_{os.getpid()}_{next(_numbers)}"
    clone(server, template, name)
    database = Database(server.url(name))
    try:
        yield database
    finally:
        database.close()
        drop(server, name)


def clone(server: Cluster, template: str, name: str) -> None:
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as connection:
        copy = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        connection.execute(copy.format(sql.Identifier(name), sql.Identifier(template)))


@pytest.fixture
def config(tmp_path: Path) -> Iterator[Settings]:
    """Default settings with a `var` of this test's own."""
    with settled_in(tmp_path) as config:
        yield config


@contextmanager
def settled_in(folder: Path) -> Iterator[Settings]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JIEZHI_VAR", str(folder / "var"))
        patch.setenv("JIEZHI_ANONYMOUS_PER_S", "0")  # tests ask faster than any client; tests/api/test_keys.py tries it
        settings.cache_clear()
        try:
            yield settings()
        finally:
            settings.cache_clear()


def drop(server: Cluster, name: str) -> None:
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
        jobs.work(self.database, TASKS, give_up, until_empty=True)

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
        assert answer.status_code in (200, 202), answer.text
        if answer.status_code == 202:
            self.work()
            assert (seen := self.state(number, "approver"))["state"] == "published", seen["refused"]

    def bring_in_units(self, county: County, folder: Path) -> None:
        listed = folder / "units.csv"
        county.units.to_csv(listed, index=False)
        self.has("administrator", "administrator", area="99")
        files = {"file": (listed.name, listed.read_bytes())}
        answer = self.client("administrator").post("/units", files=files)
        assert answer.status_code == 201, answer.text


def with_people(office: Office) -> Office:
    for role in ("surveyor", "reviewer", "approver", "administrator"):
        office.has(role, role)
    return office


@pytest.fixture
def office(database: Database, config: Settings) -> Office:
    """An office with the usual people."""
    return with_people(Office(database, config))


@pytest.fixture(scope="session")
def county() -> County:
    """The sample county as its seed makes it."""
    return make_county()


@pytest.fixture(scope="session")
def working_file(county: County, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All its lines as custom has them, as a surveyor sends them."""
    lines = survey(county, list(county.lines["working"]["code"]), "working")
    return write_survey(lines, tmp_path_factory.mktemp("working") / "working.gpkg", "geopackage")


@pytest.fixture(scope="session")
def county_template(
    server: Cluster, county: County, working_file: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """A database to copy from in which the sample county came into force by the ordinary doors."""
    drop(server, COUNTY_TEMPLATE)
    clone(server, TEMPLATE, COUNTY_TEMPLATE)
    folder = tmp_path_factory.mktemp("county")
    with closing(Database(server.url(COUNTY_TEMPLATE))) as database, settled_in(folder) as config:
        office = with_people(Office(database, config))
        office.bring_in_units(county, folder)
        office.publish(office.send("surveyor", working_file), COUNTY_SINCE)
    yield COUNTY_TEMPLATE
    drop(server, COUNTY_TEMPLATE)


@pytest.fixture
def county_office(server: Cluster, county_template: str, tmp_path: Path) -> Iterator[Office]:
    """An office whose county is in force since the first of January 2026: working lines, no markers yet."""
    with office_of_its_own(server, county_template, tmp_path) as office:
        yield office


@pytest.fixture(scope="session")
def reading_office(
    server: Cluster, county: County, county_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """An office to read from, shared by all tests: the county in force, its pilot line agreed since March 2026."""
    folder = tmp_path_factory.mktemp("reading")
    sent = write_survey(survey(county, [pilot_line(county)], "agreed"), folder / "pilot.gpkg", "geopackage")
    with copied(server, county_template) as database:
        with settled_in(folder) as config:
            office = Office(database, config)
            office.publish(office.send("surveyor", sent), PILOT_SINCE, "样政函〔2026〕2号")
        yield office


@contextmanager
def office_of_its_own(server: Cluster, county_template: str, folder: Path) -> Iterator[Office]:
    """A county office for a fixture that lasts longer than one test."""
    with copied(server, county_template) as database, settled_in(folder) as config:
        yield Office(database, config)


def is_problem(answer: Response, status: int) -> bool:
    """Whether an answer is a problem document (RFC 9457) of this status, in both languages and not to be kept."""
    said = answer.json()
    return (
        (answer.status_code, said["status"]) == (status, status)
        and answer.headers["content-type"] == "application/problem+json"
        and answer.headers["cache-control"] == "no-store"
        and set(said["message"]) == {"zh", "en"}
    )


@contextmanager
def serving(office: Office, http: Any = "auto") -> Iterator[str]:
    """The office behind a real server on a port of its own; answers the address."""
    door = socket.socket(proto=socket.IPPROTO_TCP)  # said aloud, or asyncio leaves Nagle's delay on
    door.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(office.app, log_level="warning", lifespan="off", ws="none", http=http))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
    thread.start()
    while not server.started and thread.is_alive():
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(10)
        door.close()


@pytest.fixture
def served(county_office: Office) -> Iterator[str]:
    """The address of a real server with the county in force."""
    with serving(county_office) as address:
        yield address
