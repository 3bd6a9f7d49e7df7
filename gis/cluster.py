"""The embedded PostGIS: a private PostgreSQL server that the commands of one deployment share.

It lives in `var/postgres` and listens on a socket that only its owner can reach. Every command that uses it
holds a shared lock on `lease`; whoever leaves last stops it, and the kernel gives back the lock of a command
that was killed. Starting and stopping happen under the exclusive lock `turn`.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, flock
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from psycopg.pq import PGconn, Ping

from gis.errors import Unavailable
from gis.postgres import explained, failure, major_of, programs_for
from gis.premises import PORT, House, house_of, locked, socket_folder, turn_at

LONGEST_WAIT = 600.0  # seconds for crash recovery, and for the last checkpoint
LARGEST_LOG = 10_000_000  # bytes

# Chinese sorts by pinyin (ICU), while pg_trgm sees Chinese letters only with a UTF-8 LC_CTYPE.
# English server messages, so that their causes can be recognised.
LOCALE = ["--encoding=UTF8", "--locale=C.UTF-8", "--lc-messages=C"]
LOCALE_SINCE_15 = ["--locale-provider=icu", "--icu-locale=zh"]

SETTINGS = """
# Sizes for two cores and a small desktop; a larger machine may raise them here. fsync stays on: these records
# have legal force.
shared_buffers = 256MB
effective_cache_size = 1GB
work_mem = 16MB
maintenance_work_mem = 128MB
max_wal_size = 2GB
wal_compression = on
random_page_cost = 1.1
jit = off
log_line_prefix = '%m [%p] %u@%d '
"""


@dataclass(frozen=True, slots=True)
class Cluster:
    """A running embedded server: the folder of its socket, its superuser and its log."""

    socket: Path
    log: Path
    superuser: str = "jiezhi"

    def url(self, database: str) -> str:
        """The SQLAlchemy address of one of its databases, as superuser."""
        where = f"host={quote(str(self.socket))}&port={PORT}"
        return f"postgresql+psycopg://{self.superuser}@/{quote(database, safe='')}?{where}"

    def conninfo(self, database: str) -> str:
        """The libpq address of one of its databases; the port is named so that PGPORT cannot intrude."""
        return make_conninfo(
            host=str(self.socket), port=PORT, user=self.superuser, dbname=database, connect_timeout=10
        )


@contextmanager
def running(var: Path, *, anew: bool = True) -> Iterator[Cluster]:
    """The embedded server of a deployment, started if nobody has, stopped when the last user leaves.

    `var` is the deployment's folder; where there is no server yet, one is made `anew`, or none. Raises Unavailable with one
    line that says what is missing.
    """
    with explained(var):
        if not anew:
            _must_be_there(var)
        house = house_of(var)
        lease = locked(house, "lease", LOCK_SH)
    try:
        with explained(house.folder), turn_at(house):
            cluster = _cluster_of(house)
            if not _answers(cluster):
                _start(house, cluster, anew=anew)
        yield cluster
    finally:
        _leave(house, lease)


def revived(var: Path) -> bool:
    """Starts the embedded server again when it has died under those who use it; had it?

    Raises Unavailable with one line. A cluster that is gone is not replaced by an empty one.
    """
    with explained(var):
        _must_be_there(var)
        house = house_of(var)
        cluster = _cluster_of(house)
    with explained(house.folder):
        if _answers(cluster):
            return False
        with turn_at(house):
            if _answers(cluster):  # another command was quicker
                return False
            _start(house, cluster, anew=False)
            return True


def _must_be_there(var: Path) -> None:
    if not (var / "postgres" / "data").exists():
        raise _gone(var / "postgres")


def _gone(folder: Path) -> Unavailable:
    return Unavailable("内置数据库目录 {folder} 不见了", "the embedded database's folder {folder} is gone", folder=folder)


def stop(var: Path) -> bool:
    """Stop the embedded server of a deployment, also when a killed command left it behind; was it running?"""
    with explained(var):
        if not (var / "postgres").exists():
            return False
        house = house_of(var)
        with turn_at(house):
            return _stop(house)


def create_database(cluster: Cluster, name: str) -> str:
    """Make sure that a database with the extensions exists; its SQLAlchemy address."""
    try:
        with _connected(cluster, "postgres") as maintenance:
            # One at a time: CREATE … IF NOT EXISTS is not safe against itself.
            maintenance.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
            known = maintenance.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone()
            if known is None:
                # template0: the copy of template1 fails while anybody is connected to it.
                create = sql.SQL("CREATE DATABASE {} TEMPLATE template0")
                maintenance.execute(create.format(sql.Identifier(name)))
            with _connected(cluster, name) as database:
                for extension in ("postgis", "btree_gist", "pg_trgm"):
                    create = sql.SQL("CREATE EXTENSION IF NOT EXISTS {}")
                    database.execute(create.format(sql.Identifier(extension)))
    except psycopg.Error as problem:
        raise failure(cluster.log, str(problem)) from problem
    return cluster.url(name)


def _cluster_of(house: House) -> Cluster:
    return Cluster(socket_folder(house), house.folder / "postgres.log")


def _leave(house: House, lease: int) -> None:
    """Give up the lease; the last one to leave stops the server."""
    try:
        with suppress(OSError), turn_at(house):  # a folder that was deleted meanwhile needs no stopping
            flock(lease, LOCK_EX | LOCK_NB)  # refused while anybody else holds the lease
            _stop(house)
    finally:
        os.close(lease)


# ---- the server


def _answers(cluster: Cluster) -> bool:
    """Whether a server is up; one that is just starting, recovering or stopping is waited for."""
    patience = time.monotonic() + LONGEST_WAIT
    address = cluster.conninfo("postgres").encode()
    while (answer := PGconn.ping(address)) == Ping.REJECT:
        if time.monotonic() > patience:
            raise failure(cluster.log, "it is still recovering after a crash")
        time.sleep(0.1)
    return answer == Ping.OK


def _postmaster(house: House) -> int | None:
    """The process that serves this very cluster.

    `postmaster.pid` alone is no proof: after a crash its number may belong to a stranger or a zombie.
    """
    try:
        pid = int((house.data / "postmaster.pid").read_text().split()[0])
        serves = Path(f"/proc/{pid}/cwd").readlink() == house.data
    except (OSError, ValueError, IndexError):
        return None
    return pid if serves else None


def _start(house: House, cluster: Cluster, *, anew: bool) -> None:
    programs = programs_for(house.data)
    if not house.data.exists():
        if not anew:  # it went away a moment ago
            raise _gone(house.folder)
        _make(house, cluster, programs)
    if _postmaster(house) is None:
        (house.data / "postmaster.pid").unlink(missing_ok=True)
        (cluster.socket / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    if cluster.log.exists() and cluster.log.stat().st_size > LARGEST_LOG:
        cluster.log.replace(cluster.log.with_suffix(".log.1"))
    patience = time.monotonic() + LONGEST_WAIT
    while problem := _try_to_start(house, cluster, programs):
        # The children of a killed server need a moment to notice.
        if "shared memory block" not in problem or time.monotonic() > patience:
            raise failure(cluster.log, problem)
        time.sleep(0.2)
    _prove_that_chinese_is_seen(cluster)


def _try_to_start(house: House, cluster: Cluster, programs: Path) -> str:
    """Start the server and wait until it answers; what went wrong, or nothing."""
    before = cluster.log.stat().st_size if cluster.log.exists() else 0
    socket = ["-c", "listen_addresses=", "-c", "unix_socket_permissions=0700", "-p", str(PORT)]
    options = shlex.join([*socket, "-k", str(cluster.socket)])
    patience = ["-w", "-t", f"{LONGEST_WAIT:.0f}"]
    done = house.run(
        programs / "pg_ctl", "start", *patience, "-D", "data", "-l", cluster.log.name, "-o", options
    )
    if done.returncode == 0:
        return ""
    said = b""
    with suppress(FileNotFoundError), cluster.log.open("rb") as log:
        log.seek(before)
        said = log.read()
    return said.decode(errors="replace") + done.stderr


def _make(house: House, cluster: Cluster, programs: Path) -> None:
    """Make a new cluster aside and put it in place whole: one that was interrupted leaves no half."""
    for left_over in house.folder.glob("making-*"):
        shutil.rmtree(left_over, ignore_errors=True)
    # A new name each time: the initdb of a killed command may still be writing to the old one.
    aside = Path(tempfile.mkdtemp(prefix="making-", dir=house.folder))
    os.chown(aside, house.uid, house.gid)
    locale = LOCALE + (LOCALE_SINCE_15 if major_of(programs) >= 15 else [])
    trust = ["--auth-local=trust", "--auth-host=reject"]
    done = house.run(
        programs / "initdb", "-D", aside.name, "-U", cluster.superuser, "--data-checksums", *trust, *locale
    )
    if done.returncode != 0:
        raise failure(cluster.log, done.stdout + done.stderr)
    with (aside / "postgresql.conf").open("a") as conf:
        conf.write(SETTINGS)
        conf.flush()
        os.fsync(conf.fileno())
    aside.rename(house.data)


def _stop(house: House) -> bool:
    pid = _postmaster(house)
    if pid is None:
        return False
    patience = time.monotonic() + LONGEST_WAIT
    os.kill(pid, signal.SIGINT)  # fast: roll back, write a checkpoint, end
    while _postmaster(house) == pid and time.monotonic() < patience:
        time.sleep(0.02)
    return True


def _prove_that_chinese_is_seen(cluster: Cluster) -> None:
    try:
        with _connected(cluster, "postgres") as maintenance:
            maintenance.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
            seen = maintenance.execute("SELECT cardinality(show_trgm('路')) > 0").fetchone()
    except psycopg.Error as problem:
        raise failure(cluster.log, str(problem)) from problem
    if seen != (True,):
        raise Unavailable(
            "内置数据库的区域设置(LC_CTYPE)不识别汉字,无法检索地名;请删除 {log} 所在目录后重新启动",
            "the embedded database's LC_CTYPE does not see Chinese letters, so names cannot be searched; "
            "remove the folder of {log} and start again",
            log=cluster.log,
        )


def _connected(cluster: Cluster, database: str) -> psycopg.Connection:
    return psycopg.connect(cluster.conninfo(database), autocommit=True)
