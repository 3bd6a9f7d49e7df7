"""The embedded server, on real clusters: shared, killed, interrupted, crowded out, run by root or anybody."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import psycopg
import pytest
import sqlalchemy

from gis import postgres, premises
from gis.cluster import Cluster, create_database, revived, running, stop
from gis.errors import Unavailable

ROOT = os.geteuid() == 0
NOBODY = 65534
HOLD = """
import sys
from pathlib import Path
from gis.cluster import running
with running(Path(sys.argv[1])) as cluster:
    print(cluster.socket, flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def var(tmp_path):
    """A deployment's folder; whatever was made outside it for root goes away with it."""
    var = tmp_path / "var"
    yield var
    stop(var)
    if (var / "postgres").exists():
        shutil.rmtree((var / "postgres").resolve())


def another_command(var: Path) -> subprocess.Popen[str]:
    """A second process that uses the server until its input is closed."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLD, str(var)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )


def end(command: subprocess.Popen[str]) -> int:
    command.communicate(timeout=30)
    return command.returncode


def ask(cluster: Cluster, question: str, database: str = "postgres"):
    with psycopg.connect(cluster.conninfo(database), autocommit=True) as connection:
        answer = connection.execute(question)
        return answer.fetchone()[0] if answer.description else None


def server(var: Path) -> int | None:
    """The process of the server, as the operating system sees it."""
    data = (var / "postgres").resolve() / "data"
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 0)
    except (OSError, ValueError, IndexError):
        return None
    return pid


def kill(cluster: Cluster, pid: int) -> None:
    """Kills the server and waits until nobody answers."""
    os.kill(pid, signal.SIGKILL)
    with suppress(psycopg.OperationalError):
        while ask(cluster, "SELECT 1"):
            time.sleep(0.01)


def test_it_starts_private_and_safe_and_stops_with_its_last_user(var):
    with running(var) as cluster:
        assert server(var)
        assert ask(cluster, "SHOW listen_addresses") == ""
        assert ask(cluster, "SHOW fsync") == "on"
        assert ask(cluster, "SHOW data_checksums") == "on"
        assert ask(cluster, "SHOW shared_buffers") == "256MB"
        assert stat.S_IMODE(cluster.socket.stat().st_mode) == 0o700
        assert stat.S_IMODE((var / "postgres").resolve().stat().st_mode) == 0o700
        order = "SELECT string_agg(x, '' ORDER BY x) FROM unnest(array['丁', '阿', 'z', '波']) x"
        assert ask(cluster, order) == "阿波丁z"
        assert ask(cluster, "SELECT cardinality(show_trgm('路'))") > 0
    assert server(var) is None
    assert stop(var) is False


def test_a_database_comes_with_its_extensions_even_when_two_ask_at_once(var, monkeypatch):
    monkeypatch.setenv("PGPORT", "9999")
    monkeypatch.setenv("PGDATABASE", "nowhere")
    with running(var) as cluster:
        with ThreadPoolExecutor(3) as pool:
            urls = set(pool.map(lambda name: create_database(cluster, name), ["县 “a”", "县 “a”", "b/c?d"]))
        assert len(urls) == 2
        for url in urls:
            engine = sqlalchemy.create_engine(url)
            with engine.connect() as connection:
                found = connection.scalars(sqlalchemy.text("SELECT extname FROM pg_extension")).all()
            engine.dispose()
            assert {"postgis", "btree_gist", "pg_trgm"} <= set(found)


def test_two_commands_start_it_at_once_and_share_it(var):
    commands = [another_command(var) for _ in range(3)]
    sockets = [command.stdout.readline() for command in commands]
    assert len(set(sockets)) == 1
    assert sockets[0].strip()
    shared = server(var)
    with running(var) as cluster:
        assert [end(command) for command in commands] == [0, 0, 0]
        assert server(var) == shared
        assert ask(cluster, "SELECT 1") == 1
    assert server(var) is None


def test_a_killed_user_gives_back_its_lease(var):
    command = another_command(var)
    command.stdout.readline()
    command.kill()
    command.communicate()
    left_behind = server(var)
    assert left_behind
    with running(var):
        assert server(var) == left_behind
    assert server(var) is None


def test_a_server_left_behind_can_be_stopped(var):
    command = another_command(var)
    command.stdout.readline()
    command.kill()
    command.communicate()
    assert stop(var) is True
    assert server(var) is None


def test_a_killed_server_recovers_what_was_committed(var):
    with running(var) as cluster:
        ask(cluster, "CREATE TABLE kept AS SELECT 42 AS answer")
        os.kill(server(var), signal.SIGKILL)
    with running(var) as cluster:
        assert ask(cluster, "SELECT answer FROM kept") == 42


def test_a_server_that_died_under_its_users_is_revived(var):
    with running(var) as cluster:
        database = create_database(cluster, "office")
        assert not revived(var), "it runs"
        first = server(var)
        kill(cluster, first)
        with ThreadPoolExecutor(4) as crowd:
            assert sum(crowd.map(lambda _: revived(var), range(4))) == 1, "one of four starts it"
        assert server(var) != first
        engine = sqlalchemy.create_engine(database)
        with engine.connect() as connection:
            assert connection.scalar(sqlalchemy.text("SELECT 1")) == 1
        engine.dispose()


def test_a_cluster_that_is_gone_is_not_made_anew_by_reviving(var):
    with pytest.raises(Unavailable, match="is gone"):
        revived(var)
    assert not var.exists()
    with running(var) as cluster:
        kill(cluster, server(var))
        data = (var / "postgres").resolve() / "data"
        data.rename(data.with_name("elsewhere"))
        with pytest.raises(Unavailable, match="is gone"):
            revived(var)
        assert not data.exists()
        data.with_name("elsewhere").rename(data)
        assert revived(var)


def test_a_number_that_now_belongs_to_a_stranger_does_not_keep_it_down(var):
    with running(var):
        owner = (var / "postgres").resolve().stat()
        os.kill(server(var), signal.SIGKILL)
    stranger = subprocess.Popen(["/bin/sleep", "60"], user=owner.st_uid if ROOT else None)
    try:
        pid_file = (var / "postgres").resolve() / "data/postmaster.pid"
        lines = pid_file.read_text().splitlines()
        pid_file.write_text("\n".join([str(stranger.pid), *lines[1:]]) + "\n")
        with running(var) as cluster:
            assert ask(cluster, "SELECT 1") == 1
        assert stranger.poll() is None, "the stranger must not be hit by the stop signal"
    finally:
        stranger.kill()
        stranger.wait()


def test_an_interrupted_first_start_is_begun_anew(var):
    command = another_command(var)
    patience = time.monotonic() + 20
    while not list(var.glob("postgres/making-*/base")):
        assert time.monotonic() < patience, "initdb never began"
        time.sleep(0.005)
    command.kill()
    command.communicate()
    assert not ((var / "postgres").resolve() / "data").exists()
    with running(var) as cluster:
        assert ask(cluster, "SELECT 1") == 1


def test_a_cluster_of_another_version_says_which_to_install(var):
    with running(var):
        pass
    ((var / "postgres").resolve() / "data/PG_VERSION").write_text("12\n")
    wanted = "made by PostgreSQL 12, .*install postgresql-12-postgis-3"
    with pytest.raises(Unavailable, match=wanted) as refused, running(var):
        pass  # pragma: no cover
    assert "\n" not in str(refused.value)


def test_a_broken_setting_is_told_with_the_log(var):
    with running(var):
        pass
    with ((var / "postgres").resolve() / "data/postgresql.conf").open("a") as conf:
        conf.write("shared_buffers = plenty\n")
    with pytest.raises(Unavailable, match=r"postgresql\.conf.*postgres\.log") as refused, running(var):
        pass  # pragma: no cover
    assert "\n" not in str(refused.value)
    assert server(var) is None


@pytest.mark.parametrize("name", ["x" * 120, "山 西,'县'\"$(id)"])
def test_any_folder_name_will_do(name, tmp_path, monkeypatch):
    with tempfile.TemporaryDirectory() as reachable:
        Path(reachable).chmod(0o755)
        monkeypatch.setattr(premises, "PLACES_FOR_ROOT", Path(reachable) / name)
        var = tmp_path / name
        with running(var) as cluster:
            assert ask(cluster, "SELECT 1") == 1
            engine = sqlalchemy.create_engine(create_database(cluster, "county"))
            with engine.connect() as connection:
                assert connection.scalar(sqlalchemy.text("SELECT postgis_version()"))
            engine.dispose()
        if not cluster.socket.is_relative_to((var / "postgres").resolve()):
            cluster.socket.rmdir()


def test_a_socket_folder_made_by_somebody_else_is_refused(tmp_path):
    folder = tmp_path / ("x" * 120)
    folder.mkdir()
    house = premises.House(folder, os.geteuid(), os.getegid())
    socket = premises.socket_folder(house)
    try:
        socket.chmod(0o777)
        with pytest.raises(Unavailable, match="not a private folder"):
            premises.socket_folder(house)
    finally:
        socket.rmdir()


def pretend_installed(folder: Path, version: str, postgis: str | None) -> None:
    """A folder of programs that answer like PostgreSQL's and do nothing."""
    programs, extension = folder / "bin", folder / "share/extension"
    programs.mkdir(parents=True)
    extension.mkdir(parents=True)
    for program, answer in (("initdb", f"initdb (PostgreSQL) {version}"), ("pg_config", extension.parent)):
        (programs / program).write_text(f"#!/bin/sh\necho '{answer}'\n")
        (programs / program).chmod(0o755)
    if postgis:
        (extension / "postgis.control").write_text(f"default_version = '{postgis}'\n")


def test_programs_are_the_newest_that_have_postgis(tmp_path, monkeypatch):
    monkeypatch.setattr(postgres, "PROGRAMS", str(tmp_path / "*/bin"))
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Unavailable, match="not installed; run: apt-get install postgresql"):
        postgres.programs_for(tmp_path / "data")
    pretend_installed(tmp_path / "old", "12.22", "3.0.0")
    with pytest.raises(Unavailable, match="not installed"):
        postgres.programs_for(tmp_path / "data")
    pretend_installed(tmp_path / "bare", "16.1", None)
    pretend_installed(tmp_path / "past", "17.0", "2.5.0")
    with pytest.raises(Unavailable, match="apt-get install postgresql-17-postgis-3"):
        postgres.programs_for(tmp_path / "data")
    pretend_installed(tmp_path / "good", "13.4 (Debian 13.4-1)", "3.1.1")
    assert postgres.programs_for(tmp_path / "data") == tmp_path / "good/bin"
    (tmp_path / "data").mkdir()
    (tmp_path / "data/PG_VERSION").write_text("16\n")
    with pytest.raises(Unavailable, match="apt-get install postgresql-16-postgis-3"):
        postgres.programs_for(tmp_path / "data")


def test_a_missing_home_of_the_data_is_not_replaced_by_an_empty_one(tmp_path):
    (tmp_path / "postgres").symlink_to(tmp_path / "gone")
    with pytest.raises(Unavailable, match="No such file"), running(tmp_path):
        pass  # pragma: no cover


@pytest.mark.skipif(not ROOT, reason="only root can become somebody else")
class TestRoot:
    def test_the_server_runs_as_postgres(self, var):
        with running(var):
            assert (var / "postgres").is_symlink()
            assert Path(f"/proc/{server(var)}").stat().st_uid != 0

    def test_an_ordinary_user_keeps_it_in_var_and_root_may_join(self):
        with tempfile.TemporaryDirectory() as home:
            os.chown(home, NOBODY, NOBODY)
            var = Path(home) / "var"
            assert as_nobody(use_once, var) == 0
            assert (var / "postgres").is_dir()
            assert not (var / "postgres").is_symlink()
            with running(var) as cluster:
                assert ask(cluster, "SELECT 1") == 1
                assert Path(f"/proc/{server(var)}").stat().st_uid == NOBODY
                assert as_nobody(use_once, var) == 0
            assert as_nobody(use_once, var) == 0

    def test_an_ordinary_user_is_told_that_root_was_here(self, var):
        with running(var):
            pass
        with tempfile.TemporaryDirectory() as reachable:
            Path(reachable).chmod(0o755)
            (Path(reachable) / "postgres").symlink_to((var / "postgres").resolve())
            assert as_nobody(is_told_of_another_user, Path(reachable)) == 0

    def test_a_folder_of_root_says_how_to_give_it_away(self, tmp_path):
        (tmp_path / "postgres").mkdir()
        with pytest.raises(Unavailable, match="chown -R postgres"), running(tmp_path):
            pass  # pragma: no cover

    def test_a_full_disk_is_told_as_such(self):
        disk = Path(tempfile.mkdtemp())
        mount = ["mount", "-t", "tmpfs", "-o", "size=60m,mode=755", "tmpfs", str(disk)]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            disk.rmdir()
            pytest.skip("this machine lets nobody mount a disk")
        try:
            (disk / "postgres").mkdir(mode=0o700)
            shutil.chown(disk / "postgres", "postgres", "postgres")
            with running(disk):
                pass
            fill(disk / "filler")
            with pytest.raises(Unavailable, match="the disk is full"), running(disk):
                pass  # pragma: no cover
            shutil.rmtree(disk / "postgres/data")
            fill(disk / "more filler")
            with pytest.raises(Unavailable, match="the disk is full"), running(disk):
                pass  # pragma: no cover
            (disk / "more filler").unlink()
            with running(disk) as cluster:
                assert ask(cluster, "SELECT 1") == 1
        finally:
            subprocess.run(["umount", "--lazy", disk], check=True)  # a server on it may still be ending
            disk.rmdir()


def fill(filler: Path) -> None:
    with filler.open("wb") as file, suppress(OSError):
        while file.write(bytes(1_000_000)):
            pass


def as_nobody(work, var: Path) -> int | None:
    """Do something as an ordinary user, in a process of its own."""
    process = multiprocessing.get_context("fork").Process(target=drop_and_do, args=(work, var))
    process.start()
    process.join(30)
    return process.exitcode


def drop_and_do(work, var: Path) -> None:
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)
    work(var)


def use_once(var: Path) -> None:
    with running(var) as cluster:
        assert ask(cluster, "SELECT 1") == 1


def is_told_of_another_user(var: Path) -> None:
    with pytest.raises(Unavailable, match=r"belongs to another user .* with sudo"), running(var):
        pass
