"""`jiezhi serve` as a process: what keeps it from starting, how it ends, and what it survives."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy import select, text

from api import serving
from gis.cluster import stop
from gis.errors import Unavailable
from gis.intake.submissions import SUBMISSIONS
from gis.settings import Settings
from tests.conftest import PASSWORD, ROOT, Office
from tests.elsewhere import SECRET, Elsewhere, server_elsewhere

OWN = {name: value for name, value in os.environ.items() if not name.startswith("JIEZHI_")}


def until(holds: Callable[[], object], seconds: float = 120) -> float:
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds, "it never came to that"
        time.sleep(0.05)
    return time.monotonic() - begun


class Served:
    """A running `jiezhi serve`: its process, its address, what it says."""

    def __init__(self, log: Path, *options: str, **environment: object) -> None:
        self.log = log
        with log.open("wb") as said:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api", "serve", *options],
                cwd=ROOT,
                env={**OWN, "JIEZHI_PORT": "0"}
                | {f"JIEZHI_{k.upper()}": str(v) for k, v in environment.items()},
                stdout=subprocess.PIPE,
                stderr=said,
                text=True,
            )
        assert self.process.stdout
        first = self.process.stdout.readline()
        found = re.search(r"http://\S+(?=/)", first)
        assert found, (first, self.said())
        self.address = found[0]

    def said(self) -> str:
        return self.log.read_text()

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.address + path, timeout=30)

    def post(self, path: str, content: dict[str, str], token: str = "") -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return httpx.post(self.address + path, json=content, headers=headers, timeout=60)

    def workers(self) -> list[int]:
        """The workers that this very process started."""
        children = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        pids = [int(pid) for each in children for pid in each.read_text().split()]
        return [pid for pid in pids if b"worker" in command_of(pid)]

    def end(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        try:
            return self.process.wait(60)
        finally:
            self.process.kill()
            self.process.communicate()


def command_of(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@contextmanager
def served(folder: Path, *options: str, **environment: object) -> Iterator[Served]:
    running = Served(folder / "serve.log", *options, **environment)
    try:
        yield running
    finally:
        if running.process.poll() is None:
            running.end()


def refused(**environment: object) -> str:
    """The one line on which `jiezhi serve` does not start."""
    done = subprocess.run(
        [sys.executable, "-m", "api", "serve"],
        cwd=ROOT,
        env={**OWN, "JIEZHI_PORT": "0"} | {f"JIEZHI_{k.upper()}": str(v) for k, v in environment.items()},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode in (1, 2)
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert re.search(r"[\u4e00-\u9fff].* / .*[a-z]", line), line
    assert SECRET not in line
    return line


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    with server_elsewhere() as server:
        yield server


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Iterator[Path]:
    """A `var` whose embedded cluster goes away with it."""
    var = tmp_path_factory.mktemp("house") / "var"
    yield var
    stop(var)
    if (var / "postgres").is_symlink():
        shutil.rmtree((var / "postgres").resolve(), ignore_errors=True)


def test_what_is_wrong_with_the_database_is_one_line(elsewhere):
    """What else may be wrong with it: tests/gis/test_db.py, without the process around it."""
    elsewhere.has_database("office")
    assert "wrong user or password" in refused(database_url=elsewhere.url("office", password="wrong"))
    with elsewhere.without("postgis"):
        assert "lacks the extension postgis" in refused(database_url=elsewhere.url("office"))


def test_a_port_that_cannot_be_had_is_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert f"port {port} is taken" in refused(port=port, var=tmp_path)
    assert not (tmp_path / "postgres").exists(), "the database is started after the port is had"
    for host, wrong in (("127.0.0.1", 99999), ("192.0.2.1", 0), ("no-such-host.invalid", 0), ("::1::", 0)):
        with pytest.raises(Unavailable, match="cannot listen"):
            serving._listening(Settings(host=host, port=wrong))


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="jiezhi-disk-"))  # where the server's own user may go
    place.chmod(0o755)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=755", "tmpfs", place]
    if subprocess.run(mount, check=False, capture_output=True).returncode:
        place.rmdir()
        pytest.skip("this machine lets nobody mount a disk")
    try:
        (place / "postgres").mkdir()
        if os.geteuid() == 0:
            shutil.chown(place / "postgres", "postgres", "postgres")
        yield place
    finally:
        stop(place)
        subprocess.run(["umount", "--lazy", place], check=True)
        place.rmdir()


def test_a_disk_too_small_to_start_on_is_one_line():
    """Large enough for the cluster, too small for the schema."""
    with small_disk(60) as disk:
        assert "disk is full" in refused(var=disk)


def test_a_disk_that_fills_up_is_said_and_survived(tmp_path):
    with small_disk(90) as disk, served(tmp_path, "--no-worker", var=disk) as running:
        with pytest.raises(OSError, match="No space"):
            (disk / "fill").write_bytes(bytes(90 << 20))
        answer = running.post("/sessions", {"name": "nobody", "password": "no"})
        assert answer.status_code == 503
        assert answer.json()["message"]["en"] == "the disk is full; nothing was stored"
        assert running.get("/collections").status_code == 200
        (disk / "fill").unlink()
        assert running.post("/sessions", {"name": "nobody", "password": "no"}).status_code == 401
        assert running.end() == 0


def test_it_ends_cleanly_and_replaces_a_killed_worker(house, tmp_path):
    with served(tmp_path, var=house) as running:
        assert running.get("/health/ready").status_code == 200
        until(running.workers)
        (first,) = running.workers()
        os.kill(first, signal.SIGKILL)
        until(lambda: [pid for pid in running.workers() if pid != first])
        assert running.get("/health/live").status_code == 200
        (second,) = running.workers()
        assert running.end(signal.SIGTERM) == 0
        assert b"worker" not in command_of(second)
        assert "Traceback" not in running.said()
    assert not stop(house), "the embedded server was still running"

    with served(tmp_path, var=house) as again:  # Ctrl-C in a terminal reaches the worker too
        until(again.workers)
        for pid in again.workers():
            os.kill(pid, signal.SIGINT)
        assert again.end(signal.SIGINT) == 0
        assert "Traceback" not in again.said()
    assert not stop(house)


def postmaster(house: Path) -> int:
    return int(((house / "postgres").resolve() / "data" / "postmaster.pid").read_text().split()[0])


@pytest.mark.parametrize("options", [["--no-worker"], []])
def test_a_killed_embedded_database_comes_back(house, tmp_path, options):
    with served(tmp_path, *options, var=house) as running:
        assert running.get("/collections").status_code == 200
        killed = postmaster(house)
        os.kill(killed, signal.SIGKILL)
        took = until(lambda: running.get("/health/ready").status_code == 503, 10)
        took += until(lambda: running.get("/health/ready").status_code == 200, 60)
        assert took < 20
        assert postmaster(house) != killed
        assert running.get("/collections").status_code == 200
        assert running.post("/sessions", {"name": "nobody", "password": "no"}).status_code == 401
        assert running.end() == 0
        assert running.said().count("the embedded database had ended; it runs again") <= 1
        assert "Traceback" not in running.said()
    assert not stop(house), "the embedded server was still running"


def test_what_keeps_the_embedded_database_down_is_said_once_and_tried_again(house, tmp_path):
    with served(tmp_path, "--no-worker", var=house) as running:
        conf = (house / "postgres").resolve() / "data" / "postgresql.conf"
        sound = conf.read_text()
        try:
            conf.write_text(sound + "\nno_such_setting = 1\n")
            os.kill(postmaster(house), signal.SIGKILL)
            until(lambda: "contains errors" in running.said(), 20)
            assert running.get("/collections").status_code == 503
            time.sleep(5)
        finally:
            conf.write_text(sound)
        until(lambda: running.get("/collections").status_code == 200, 60)
        assert running.said().count("contains errors (log: ") == 1
        assert "Traceback" not in running.said()
        assert running.end() == 0


def test_a_worker_that_loses_the_database_for_good_says_so_in_lines_and_makes_no_empty_one(house, tmp_path):
    with served(tmp_path, var=house) as running:
        until(running.workers)
        time.sleep(6)  # until it listens
        data = (house / "postgres").resolve() / "data"
        away = data.with_name("away")
        os.kill(postmaster(house), signal.SIGKILL)
        data.rename(away)
        try:
            until(lambda: running.said().count("starting another") > 1, 90)
            assert not data.exists(), "an empty database was made in its place"
        finally:
            away.rename(data)
        until(lambda: running.get("/collections").status_code == 200, 90)
        assert "Traceback" not in running.said()
        assert running.end() == 0


def test_killed_it_leaves_no_worker_and_no_server_behind(house, tmp_path):
    with served(tmp_path, var=house) as running:
        until(running.workers)
        (worker,) = running.workers()
        until(lambda: psycopg_sees_a_worker(house))
        running.end(signal.SIGKILL)
        until(lambda: b"worker" not in command_of(worker))
    until(lambda: not (house / "postgres" / "data" / "postmaster.pid").exists())


def psycopg_sees_a_worker(house: Path) -> bool:
    socket_folder = (house / "postgres").resolve() / "socket"
    with psycopg.connect(host=str(socket_folder), dbname="jiezhi", user="jiezhi") as look:
        return look.execute("SELECT count(*) > 0 FROM jiezhi.procrastinate_workers").fetchone()[0]


def state_of(office: Office, number: int) -> str:
    with office.database.writing() as tx:
        return tx.scalar(select(SUBMISSIONS.c.state).where(SUBMISSIONS.c.id == number))


def test_killed_while_it_checks_the_next_one_takes_the_check_up(county_office, working_file, tmp_path):
    """The server, its worker and all: as when the power goes."""
    office: Office = county_office
    files = [("files", (working_file.name, working_file.read_bytes()))]
    number = office.client("surveyor").post("/submissions", files=files).json()["id"]
    here = {"database_url": office.database.url, "var": office.settings.var}
    url = office.database.url.replace("+psycopg", "")
    with psycopg.connect(url) as holder, psycopg.connect(url, autocommit=True) as look:
        holder.execute("LOCK TABLE jiezhi.change IN ACCESS EXCLUSIVE MODE")
        with served(tmp_path, **here) as running:
            waits = "SELECT count(*) FROM pg_locks WHERE relation = 'jiezhi.change'::regclass AND NOT granted"
            until(lambda: look.execute(waits).fetchone()[0])
            (worker,) = running.workers()
            os.kill(worker, signal.SIGKILL)
            running.end(signal.SIGKILL)
        holder.rollback()
    assert state_of(office, number) == "queued"
    with served(tmp_path, **here):
        until(lambda: state_of(office, number) == "ready")
    verbs = [event["verb"] for event in office.state(number, "surveyor")["events"]]
    assert verbs == ["upload", "check"]


def test_killed_while_it_publishes_nothing_is_half_published(county_office, working_file, tmp_path):
    office: Office = county_office
    number = office.send("surveyor", working_file)
    assert office.decide("reviewer", number, "accept").status_code == 200
    here = {"database_url": office.database.url, "var": office.settings.var}
    url = office.database.url.replace("+psycopg", "")
    decision = {"verb": "publish", "document": "样政函〔2026〕8号", "effective": "2026-05-01"}

    def publish(running: Served) -> httpx.Response:
        token = running.post("/sessions", {"name": "approver", "password": PASSWORD}).json()["token"]
        return running.post(f"/submissions/{number}/decisions", decision, token)

    def counted() -> list[int]:
        tables = ("lines", "units", "publication", "event")
        with office.database.writing() as tx:
            return [tx.scalar(text(f"SELECT count(*) FROM {table}")) for table in tables]

    before = counted()
    with psycopg.connect(url) as holder, psycopg.connect(url, autocommit=True) as look:
        holder.execute("LOCK TABLE jiezhi.event IN SHARE MODE")
        with served(tmp_path, "--no-worker", **here) as running, ThreadPoolExecutor(1) as other:
            answer = other.submit(publish, running)
            waits = "SELECT count(*) FROM pg_locks WHERE relation = 'jiezhi.event'::regclass AND NOT granted"
            until(lambda: look.execute(waits).fetchone()[0])
            running.end(signal.SIGKILL)
            assert isinstance(answer.exception(), httpx.TransportError)
    until(lambda: counted() == before)
    assert state_of(office, number) == "accepted"
    assert office.decide("approver", number, **decision).json()["state"] == "published"


def test_a_signal_that_python_drops_is_obeyed_all_the_same():
    """Raised in the callback of a weak reference, the end would be lost."""
    script = """
import os, signal, time, weakref
from api.serving import _leaving_by_the_door
class Thing: pass
with _leaving_by_the_door():
    thing = Thing()
    seen = weakref.ref(thing, lambda _: os.kill(os.getpid(), signal.SIGTERM))
    del thing
    time.sleep(20)
    print("stayed")
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
