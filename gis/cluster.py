"""The embedded PostGIS: a private PostgreSQL server that the commands of one deployment share.

It lives in `var/postgres` and listens on a socket that only its owner can reach. Every command that uses it
holds a shared lock on `lease`; whoever leaves last stops it, and the kernel gives back the lock of a command
that was killed. Starting and stopping happen under the exclusive lock `turn`.

PostgreSQL refuses to run as root. For root the server runs as the owner of the cluster, at first the user
`postgres`, who cannot enter a folder below a private home; so `var/postgres` is then a link into
`/var/lib/jiezhi`.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shlex
import shutil
import signal
import subprocess
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
from gis.postgres import explained, failure, major_of, not_installed, programs_for

PLACES_FOR_ROOT = Path("/var/lib/jiezhi")
PORT = 5432  # only part of the socket's file name: no port is opened
LONGEST_SOCKET = 107  # bytes that Linux keeps for the path of a socket
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


@dataclass(frozen=True, slots=True)
class _House:
    """The folder of a cluster, and the user its server runs as."""

    folder: Path
    uid: int
    gid: int

    @property
    def cluster(self) -> Cluster:
        return Cluster(_socket_folder(self), self.folder / "postgres.log")

    def run(self, program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a program as the owner, in English, in the folder: relative paths need no quoting."""
        drop = os.geteuid() == 0
        return subprocess.run(  # noqa: S603
            [program, *arguments],
            cwd=self.folder,
            user=self.uid if drop else None,
            group=self.gid if drop else None,
            extra_groups=[] if drop else None,
            umask=0o077,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )


@contextmanager
def running(var: Path) -> Iterator[Cluster]:
    """The embedded server of a deployment, started if nobody has, stopped when the last user leaves.

    `var` is the deployment's folder. Raises Unavailable with one line that says what is missing.
    """
    with explained(var):
        house = _house(var)
        lease = _locked(house, "lease", LOCK_SH)
    try:
        with explained(house.folder), _turn(house):
            cluster = house.cluster
            if not _answers(cluster):
                _start(house, cluster)
        yield cluster
    finally:
        _leave(house, lease)


def stop(var: Path) -> bool:
    """Stop the embedded server of a deployment, also when a killed command left it behind; was it running?"""
    if not (var / "postgres").exists():
        return False
    with explained(var):
        house = _house(var)
        with _turn(house):
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


# ---- the folder and its locks


def _house(var: Path) -> _House:
    """Where the cluster lives and who owns it; made when it is not there yet."""
    var.mkdir(parents=True, exist_ok=True)
    door = var.resolve() / "postgres"
    if not door.exists() and not door.is_symlink():
        _build_for_root(door) if os.geteuid() == 0 else door.mkdir(mode=0o700, exist_ok=True)
    folder = door.resolve(strict=True)
    owner = folder.stat()
    _refuse_wrong_owner(folder, owner.st_uid)
    return _House(folder, owner.st_uid, owner.st_gid)


def _refuse_wrong_owner(folder: Path, uid: int) -> None:
    if uid == 0:
        raise Unavailable(
            "内置数据库目录 {folder} 属于 root,而 PostgreSQL 不能以 root 运行;"
            "请执行:chown -R postgres: {folder}",
            "the embedded database's folder {folder} belongs to root, and PostgreSQL does not run as root; "
            "run: chown -R postgres: {folder}",
            folder=folder,
        )
    if os.geteuid() not in (0, uid):
        raise Unavailable(
            "内置数据库目录 {folder} 属于其他用户(uid {uid});请以该用户身份运行,或使用 sudo",
            "the embedded database's folder {folder} belongs to another user (uid {uid}); "
            "run as that user, or with sudo",
            folder=folder,
            uid=uid,
        )


def _build_for_root(door: Path) -> None:
    try:
        postgres = pwd.getpwnam("postgres")
    except KeyError as problem:
        raise not_installed() from problem
    PLACES_FOR_ROOT.mkdir(parents=True, exist_ok=True)
    PLACES_FOR_ROOT.chmod(0o755)  # whatever root's umask says
    folder = Path(tempfile.mkdtemp(prefix="postgres-", dir=PLACES_FOR_ROOT))
    os.chown(folder, postgres.pw_uid, postgres.pw_gid)
    try:
        door.symlink_to(folder)
    except FileExistsError:  # another command was quicker
        folder.rmdir()


def _socket_folder(house: _House) -> Path:
    """A private folder whose path is short enough for a socket; a comma would separate hosts."""
    folder = house.folder / "socket"
    if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET or "," in str(folder):
        name = hashlib.sha256(os.fsencode(house.folder)).hexdigest()[:16]
        folder = Path("/tmp") / f"jiezhi-{name}"  # noqa: S108 - one place for all commands; ownership is checked
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        os.chown(folder, house.uid, house.gid)
    found = folder.lstat()
    if found.st_uid != house.uid or found.st_mode & 0o170077 != 0o040000:
        raise Unavailable(
            "目录 {folder} 不属于本用户或不是私有目录,请删除它",
            "{folder} is not a private folder of ours; remove it",
            folder=folder,
        )
    return folder


def _locked(house: _House, name: str, kind: int) -> int:
    handle = os.open(house.folder / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if os.geteuid() == 0:
            os.fchown(handle, house.uid, house.gid)
        flock(handle, kind)
    except BaseException:
        os.close(handle)
        raise
    return handle


@contextmanager
def _turn(house: _House) -> Iterator[None]:
    handle = _locked(house, "turn", LOCK_EX)
    try:
        yield
    finally:
        os.close(handle)


def _leave(house: _House, lease: int) -> None:
    """Give up the lease; the last one to leave stops the server."""
    try:
        with suppress(OSError), _turn(house):  # a folder that was deleted meanwhile needs no stopping
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


def _postmaster(house: _House) -> int | None:
    """The process that serves this very cluster.

    `postmaster.pid` alone is no proof: after a crash its number may belong to a stranger or a zombie.
    """
    try:
        pid = int((house.folder / "data/postmaster.pid").read_text().split()[0])
        serves = Path(f"/proc/{pid}/cwd").readlink() == house.folder / "data"
    except (OSError, ValueError, IndexError):
        return None
    return pid if serves else None


def _start(house: _House, cluster: Cluster) -> None:
    data = house.folder / "data"
    programs = programs_for(data)
    if not data.exists():
        _make(house, cluster, programs)
    if _postmaster(house) is None:
        (data / "postmaster.pid").unlink(missing_ok=True)
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


def _try_to_start(house: _House, cluster: Cluster, programs: Path) -> str:
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


def _make(house: _House, cluster: Cluster, programs: Path) -> None:
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
    aside.rename(house.folder / "data")


def _stop(house: _House) -> bool:
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
