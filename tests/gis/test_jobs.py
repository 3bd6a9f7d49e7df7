"""Jobs on real processes: killed in the middle, delivered twice, killing their worker, meeting a fault."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import func, make_url, select, text

from gis import jobs
from gis.db import Database
from gis.errors import Unavailable
from gis.intake import submissions
from gis.intake.changes import CHANGES
from gis.intake.staging import FINDINGS
from gis.intake.submissions import SUBMISSIONS
from gis.people import deeds
from gis.registers import REGISTERS
from tests.conftest import ROOT, Office

KILLER = """
import os, signal, sys
from gis import jobs
from gis.db import Database
def kill(database, subject):
    jobs.tell(database, f"delivery/{subject}", 0.5, jobs.Words("中", "middle"))
    os.kill(os.getpid(), signal.SIGKILL)
jobs.work(Database(sys.argv[1]), {"check_delivery": kill}, lambda *_: None, until_empty=True)
"""


def until(holds: Callable[[], object], seconds: float = 120) -> float:
    """Waits until something holds and answers how long that took."""
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds, "it never came to that"
        time.sleep(0.05)
    return time.monotonic() - begun


@contextmanager
def worker(office: Office, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own, as `jiezhi worker` starts it."""
    log = (folder / "worker.log").open("ab")
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "worker"],
        cwd=ROOT,
        env=os.environ | {"JIEZHI_DATABASE_URL": office.database.url},
        stderr=log,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        log.close()


def put_in(office: Office, file: Path) -> int:
    """Sends a file without having it checked; answers the submission's number."""
    files = [("files", (file.name, file.read_bytes()))]
    answer = office.client("surveyor").post("/submissions", files=files)
    assert answer.status_code == 202, answer.text
    return int(answer.json()["id"])


def state(office: Office, number: int) -> str:
    with office.database.writing() as tx:
        return tx.scalar(select(SUBMISSIONS.c.state).where(SUBMISSIONS.c.id == number))


def verbs(office: Office, number: int) -> list[str]:
    with office.database.writing() as tx:
        return [deed["verb"] for deed in deeds(tx, f"submission/{number}")]


def told(office: Office, delivery: int) -> float | None:
    with office.database.writing() as tx:
        found = jobs.progress(tx, f"delivery/{delivery}")
    return found["done"] if found else None


def delivery_of(office: Office, number: int) -> int:
    with office.database.writing() as tx:
        return submissions.latest_delivery(tx, number)["id"]


def kept(office: Office, delivery: int) -> dict[str, int]:
    """How many rows of a delivery there are: staged, found, compared."""
    tables = {name: r.staging for name, r in REGISTERS.items() if r.sent}
    tables |= {"findings": FINDINGS, "changes": CHANGES}
    with office.database.writing() as tx:
        counted = {
            name: tx.scalar(select(func.count()).select_from(table).where(table.c.delivery == delivery))
            for name, table in tables.items()
        }
    return {name: number for name, number in counted.items() if number}


def queued(office: Office) -> list[str]:
    with office.database.writing() as tx:
        return list(tx.scalars(text("SELECT status::text FROM procrastinate_jobs ORDER BY id")))


class Barrier:
    """Whoever compares has to wait before it."""

    def __init__(self, office: Office) -> None:
        url = office.database.url.replace("+psycopg", "")
        self.holder = psycopg.connect(url)
        self.watcher = psycopg.connect(url, autocommit=True)
        self.holder.execute("LOCK TABLE jiezhi.change IN ACCESS EXCLUSIVE MODE")

    def somebody_waits(self) -> bool:
        waiting = (
            "SELECT count(*) > 0 FROM pg_locks WHERE relation = 'jiezhi.change'::regclass AND NOT granted"
        )
        return self.watcher.execute(waiting).fetchone()[0]

    def let_go(self) -> None:
        self.holder.rollback()


@pytest.fixture
def barrier(county_office: Office) -> Iterator[Barrier]:
    made = Barrier(county_office)
    yield made
    made.holder.close()
    made.watcher.close()


def workers(office: Office) -> int:
    with office.database.writing() as tx:
        return tx.scalar(text("SELECT count(*) FROM procrastinate_workers"))


def grow_old(office: Office) -> None:
    """As if the dead workers had been silent for a minute."""
    with office.database.writing() as tx:
        tx.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"))


def test_a_check_killed_in_the_middle_is_taken_up_again_and_nothing_of_it_remains(
    county_office, working_file, barrier, tmp_path
):
    number = put_in(county_office, working_file)
    delivery = delivery_of(county_office, number)
    with worker(county_office, tmp_path) as first:
        until(barrier.somebody_waits)
        assert told(county_office, delivery) == pytest.approx(0.8)
        with worker(county_office, tmp_path):
            until(lambda: workers(county_office) == 2)
            first.send_signal(signal.SIGKILL)
            first.wait()
            barrier.let_go()
            assert (state(county_office, number), kept(county_office, delivery)) == ("queued", {})
            took = until(lambda: state(county_office, number) != "queued")
    assert state(county_office, number) == "ready"
    assert took < jobs.STALLED_S + jobs.LOOK_S + 15
    assert verbs(county_office, number) == ["upload", "check"]
    assert kept(county_office, delivery)["lines"] == 30
    assert told(county_office, delivery) is None


def test_two_workers_and_jobs_that_come_twice_check_everything_once(county_office, working_file, tmp_path):
    numbers = [put_in(county_office, working_file) for _ in range(3)]
    with county_office.database.writing() as tx:
        for number in numbers:
            jobs.enqueue(tx, submissions.CHECK, submissions.latest_delivery(tx, number)["id"])
    with worker(county_office, tmp_path), worker(county_office, tmp_path):
        until(lambda: not queued(county_office))
    for number in numbers:
        assert state(county_office, number) == "ready"
        assert verbs(county_office, number) == ["upload", "check"]
        assert kept(county_office, delivery_of(county_office, number))["lines"] == 30


def test_who_comes_second_waits_and_finishes_what_the_first_left(
    county_office, working_file, barrier, tmp_path
):
    """The second must not take a delivery for done because somebody is at it: that somebody may yet die."""
    number = put_in(county_office, working_file)
    with county_office.database.writing() as tx:
        jobs.enqueue(tx, submissions.CHECK, submissions.latest_delivery(tx, number)["id"])
    with worker(county_office, tmp_path) as first:
        until(barrier.somebody_waits)
        with worker(county_office, tmp_path):
            until(lambda: queued(county_office) == ["doing", "doing"])
            first.kill()
            first.wait()
            barrier.let_go()
            until(lambda: state(county_office, number) == "ready", seconds=jobs.STALLED_S)


def test_a_job_that_kills_its_worker_three_times_is_given_up_and_can_be_sent_again(
    county_office, working_file
):
    number = put_in(county_office, working_file)
    delivery = delivery_of(county_office, number)
    for round_ in range(1, 4):
        killed = subprocess.run(
            [sys.executable, "-c", KILLER, county_office.database.url], cwd=ROOT, check=False
        )
        assert killed.returncode == -signal.SIGKILL, round_
        assert state(county_office, number) == "queued"
        grow_old(county_office)
    assert told(county_office, delivery) == pytest.approx(0.5)
    county_office.work()
    assert state(county_office, number) == "failed"
    assert verbs(county_office, number) == ["upload", "break_off"]
    assert (kept(county_office, delivery), told(county_office, delivery)) == ({}, None)
    assert queued(county_office) == []

    files = [("files", (working_file.name, working_file.read_bytes()))]
    again = county_office.client("surveyor").post(f"/submissions/{number}/deliveries", files=files)
    assert again.status_code == 202, again.text
    county_office.work()
    assert state(county_office, number) == "ready"


def test_a_fault_in_a_check_ends_it_with_one_event_and_stands_in_the_log(
    county_office, working_file, monkeypatch, caplog
):
    def fail(*_args, **_kwargs):
        raise ZeroDivisionError("a fault of ours")

    number = put_in(county_office, working_file)
    monkeypatch.setattr(submissions, "examine", fail)
    county_office.work()
    assert state(county_office, number) == "failed"
    assert verbs(county_office, number) == ["upload", "break_off"]
    assert "a fault of ours" in caplog.text
    assert (queued(county_office), told(county_office, delivery_of(county_office, number))) == ([], None)


def test_a_check_that_cannot_be_done_says_why(county_office, working_file):
    number = put_in(county_office, working_file)
    for file in (county_office.settings.var / "uploads").rglob("*"):
        if file.is_file():
            file.unlink()
    county_office.work()
    with county_office.database.writing() as tx:
        last = deeds(tx, f"submission/{number}")[-1]
    assert (last["verb"], last["detail"]["state"]) == ("break_off", "failed")
    assert "working.gpkg" in last["reason"]
    assert "is gone" in last["reason"]


def test_a_check_whose_connection_breaks_is_tried_again(county_office, working_file, monkeypatch):
    number = put_in(county_office, working_file)
    really, tries = submissions.examine, []

    def broken_once(*args, **kwargs):
        tries.append(1)
        if len(tries) == 1:
            with psycopg.connect(county_office.database.url.replace("+psycopg", "")) as other:
                other.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND state = 'idle in transaction' AND pid <> pg_backend_pid()"
                )
        return really(*args, **kwargs)

    monkeypatch.setattr(submissions, "examine", broken_once)

    def settled() -> bool:
        county_office.work()
        return state(county_office, number) != "queued"

    until(settled)
    assert state(county_office, number) == "ready"
    assert len(tries) == 2
    assert verbs(county_office, number) == ["upload", "check"]


def test_a_worker_without_its_database_says_so_in_one_line(database):
    gone = Database(database.url.replace("/jiezhi_test_", "/gone_"))
    with pytest.raises(
        Unavailable, match=r'the database cannot be reached: database "gone_.*" does not exist'
    ):
        jobs.work(gone, {}, submissions.give_up)


def test_a_worker_ends_when_its_database_goes_away(database, monkeypatch):
    monkeypatch.setattr(jobs, "HEARTBEAT_S", 0.3)
    monkeypatch.setattr(jobs, "AWAY_S", 1.0)
    url = database.url.replace("+psycopg", "")
    name = make_url(url).database
    ended: list[Exception] = []

    def work() -> None:
        try:
            jobs.work(database, {}, submissions.give_up)
        except Unavailable as problem:
            ended.append(problem)

    working = threading.Thread(target=work)
    working.start()
    with psycopg.connect(url) as look:
        until(lambda: look.execute("SELECT count(*) FROM jiezhi.procrastinate_workers").fetchone()[0])
    with psycopg.connect(url.replace(name, "postgres"), autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
    working.join(30)
    assert [problem.text.zh for problem in ended] == ["与数据库的连接中断,任务进程结束"]
