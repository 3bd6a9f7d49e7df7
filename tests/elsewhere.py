"""A PostgreSQL server of somebody else: over TCP, with passwords, whose PostGIS can be taken away and put back."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from gis.db import Role
from gis.postgres import programs_for

BOSS, CLERK, SECRET = "boss", "clerk", "words-that-nobody-may-read"


@dataclass(frozen=True)
class Elsewhere:
    """The running server: its port, and the folder of the extensions it knows."""

    port: int
    extensions: Path

    def url(self, database: str, user: str = CLERK, password: str = SECRET, host: str = "127.0.0.1") -> str:
        return f"postgresql://{user}:{password}@{host}:{self.port}/{database}"

    def boss(self, database: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.url(database, BOSS), autocommit=True)

    def has_database(self, name: str, *extensions: str) -> str:
        """An empty database that belongs to the clerk."""
        with self.boss() as boss:
            boss.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
            boss.execute(
                sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(CLERK))
            )
        with self.boss(name) as boss:
            for extension in extensions:
                boss.execute(sql.SQL("CREATE EXTENSION {}").format(sql.Identifier(extension)))
        return self.url(name)

    def forgets_everything(self) -> None:
        """All databases go, and the three roles with them."""
        with self.boss() as boss:
            databases = "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres'"
            for (name,) in boss.execute(databases).fetchall():
                boss.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            for role in Role:
                boss.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role.value)))

    @contextmanager
    def without(self, extension: str) -> Iterator[None]:
        """As if the package of an extension were not installed."""
        control = self.extensions / f"{extension}.control"
        really = control.readlink()
        control.unlink()
        try:
            yield
        finally:
            control.symlink_to(really)


@contextmanager
def server_elsewhere() -> Iterator[Elsewhere]:
    """Starts it, from a copy of the installed programs, and takes everything away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="jiezhi-elsewhere-"))
    try:
        programs, extensions = _installation(folder)
        (folder / "secret").write_text(SECRET)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        auth = ["--auth=scram-sha-256", "--pwfile=secret", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        _run(folder, programs / "initdb", "-D", "data", "-U", BOSS, *auth)
        port = _free_port()
        options = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories= -c fsync=off"
        _run(folder, programs / "pg_ctl", "start", "-w", "-D", "data", "-l", "log", "-o", options)
        try:
            found = Elsewhere(port, extensions)
            with found.boss() as boss:
                clerk = "CREATE ROLE {} LOGIN CREATEROLE NOSUPERUSER PASSWORD {}"
                boss.execute(sql.SQL(clerk).format(sql.Identifier(CLERK), sql.Literal(SECRET)))
            yield found
        finally:
            _run(folder, programs / "pg_ctl", "stop", "-m", "immediate", "-D", "data")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _installation(folder: Path) -> tuple[Path, Path]:
    """The programs look for their files beside themselves, so that a copy sees the extensions we let it see."""
    there = programs_for(folder / "nothing yet").parent
    root = Path("usr/lib/postgresql") / there.name
    here, share = folder / root, folder / "usr/share/postgresql" / there.name
    (here / "bin").mkdir(parents=True)
    for program in ("postgres", "initdb", "pg_ctl"):
        shutil.copy(there / "bin" / program, here / "bin")
    (here / "lib").symlink_to(there / "lib")
    extensions = share / "extension"
    extensions.mkdir(parents=True)
    for each in Path("/usr/share/postgresql", there.name).iterdir():
        if each.name != "extension":
            (share / each.name).symlink_to(each)
    for each in Path("/usr/share/postgresql", there.name, "extension").iterdir():
        (extensions / each.name).symlink_to(each)
    return here / "bin", extensions


def _run(folder: Path, program: Path, *arguments: str) -> None:
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None
    done = subprocess.run(
        [program, *arguments],
        cwd=folder,
        user=user.pw_uid if user else None,
        group=user.pw_gid if user else None,
        extra_groups=[] if user else None,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@contextmanager
def that_says_it_is_old(server: Elsewhere) -> Iterator[int]:
    """The port of a door to the server that gives its version as 12: no such server can be installed here."""
    door = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=_pass_on, args=(door, server.port), daemon=True).start()
    try:
        yield int(door.getsockname()[1])
    finally:
        door.close()


def _pass_on(door: socket.socket, port: int) -> None:
    with suppress(OSError):
        while True:
            caller, _ = door.accept()
            behind = socket.create_connection(("127.0.0.1", port))
            for source, sink in ((caller, behind), (behind, caller)):
                threading.Thread(target=_carry, args=(source, sink), daemon=True).start()


def _carry(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError), source, sink:
        while block := source.recv(1 << 16):
            sink.sendall(re.sub(rb"(server_version\x00)\d\d\.", rb"\g<1>12.", block))
