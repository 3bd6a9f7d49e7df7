"""`jiezhi backup` and `jiezhi restore`: the whole office in one file, and back again into an empty one."""

from __future__ import annotations

import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import Connection, func, select, text
from sqlalchemy.engine import make_url

from api import schema
from gis.db import SCHEMA, Database, Role
from gis.errors import BadInput, Conflict, Unavailable
from gis.events import EVENTS
from gis.people import PERSONS
from gis.postgres import newest_programs

DUMP, FOLDERS = "database.dump", ("uploads", "tables", "papers")
"""The database, what was sent, and what the office has set down in files: its readings and its papers' templates."""
SHORT_LIVED = f"{SCHEMA}.address_batch*"
"""Tables that are not backed up: what others asked is erased after a day."""


def backup(database: Database, var: Path, out: Path) -> int:
    """Writes the database and its folders to one file, which appears only when it is whole; answers its size in bytes."""
    if out.exists():
        raise BadInput("文件 {out} 已存在", "{out} exists already", out=out)
    with tempfile.TemporaryDirectory(dir=out.parent) as folder:
        dump, whole = Path(folder) / DUMP, Path(folder) / "whole.tar"
        options = ("--format=custom", f"--schema={SCHEMA}", f"--exclude-table-data={SHORT_LIVED}", f"--file={dump}")
        _run(database, "pg_dump", options)
        with tarfile.open(whole, "w") as archive:
            archive.add(dump, DUMP)
            for each in FOLDERS:
                if (var / each).is_dir():
                    archive.add(var / each, each)
        whole.chmod(0o600)
        whole.rename(out)
    return out.stat().st_size


def restore(database: Database, var: Path, source: Path) -> int:
    """Brings a backup into a database without people; answers how many events it holds.

    Raises Conflict when the database is in use, BadInput when the file is no backup.
    """
    with tempfile.TemporaryDirectory() as folder:
        _unpack(source, Path(folder))
        with database.engine(Role.OWNER).begin() as connection:
            _refuse_if_in_use(connection)
            connection.execute(text("DROP SCHEMA jiezhi CASCADE"))
        database.close()
        into = f"--dbname={make_url(database.url).database}"
        _run(
            database,
            "pg_restore",
            ["--exit-on-error", "--single-transaction", into, str(Path(folder) / DUMP)],
        )
        for each in FOLDERS:
            _bring_back(Path(folder) / each, var / each)
    schema.migrate(database)
    with database.engine(Role.OWNER).connect() as connection:
        return connection.scalar(select(func.count()).select_from(EVENTS)) or 0


def _refuse_if_in_use(connection: Connection) -> None:
    if connection.scalar(select(func.count()).select_from(PERSONS)):
        raise Conflict(
            "数据库已有用户和数据,只能恢复到空库",
            "the database is in use; a backup is restored into an empty one only",
        )


def _unpack(source: Path, folder: Path) -> None:
    try:
        with tarfile.open(source) as archive:
            archive.extractall(folder, members=[each for each in archive if _is_ours(each)])  # noqa: S202 - only plain files
    except (tarfile.TarError, OSError) as problem:
        raise BadInput("{file} 不是备份文件", "{file} is not a backup", file=source.name) from problem
    if not (folder / DUMP).is_file():
        raise BadInput("{file} 不是备份文件", "{file} is not a backup", file=source.name)


def _is_ours(member: tarfile.TarInfo) -> bool:
    """A plain file or folder that stays inside; Pythons before 3.11.4 have no filter that says so."""
    inside = not member.name.startswith("/") and ".." not in Path(member.name).parts
    return inside and (member.isreg() or member.isdir())


def _bring_back(source: Path, target: Path) -> None:
    for each in source.rglob("*"):
        place = target / each.relative_to(source)
        if each.is_dir():
            place.mkdir(parents=True, exist_ok=True)
        elif not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(each.read_bytes())


def _run(database: Database, program: str, options: Sequence[str]) -> None:
    """Runs one of PostgreSQL's own programs; the address goes by environment, so that no list of processes shows it."""
    url = make_url(database.url)
    host = url.query.get("host") or url.host
    address = {
        "PGHOST": host, "PGPORT": url.query.get("port") or url.port, "PGUSER": url.username, "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
    }  # fmt: skip
    environment = {"LC_ALL": "C.UTF-8", **{name: str(value) for name, value in address.items() if value}}
    command = [str(newest_programs() / program), *options]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["?"])[-1]
        raise Unavailable("{program} 失败:{why}", "{program} failed: {why}", program=program, why=why)
