"""PostgreSQL on this machine: which programs serve a cluster, and what went wrong with them, in one line."""

from __future__ import annotations

import errno
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from gis.errors import Unavailable

PROGRAMS = "/usr/lib/postgresql/*/bin"
OLDEST_POSTGRES, OLDEST_POSTGIS = 13, 3
NEARLY_FULL = 8_000_000  # bytes; a full disk often cannot even take the line that says so


def programs_for(data: Path) -> Path:
    """The folder of the programs for a cluster: its own version, else the newest that has PostGIS."""
    installed = _installed()
    with suppress(FileNotFoundError):
        installed = _only((data / "PG_VERSION").read_text().strip(), installed, data)
    with_postgis = [major for major, folder in installed.items() if _has_postgis(folder)]
    if not with_postgis:
        raise Unavailable(
            "PostgreSQL {major} 缺少 PostGIS 扩展({oldest} 版以上);"
            "请执行:apt-get install postgresql-{major}-postgis-3",
            "PostgreSQL {major} lacks the PostGIS extension ({oldest} or newer); "
            "run: apt-get install postgresql-{major}-postgis-3",
            major=max(installed),
            oldest=OLDEST_POSTGIS,
        )
    return installed[max(with_postgis)]


def newest_programs() -> Path:
    """The folder of the newest programs here: pg_dump and pg_restore, which also serve older servers."""
    installed = _installed()
    return installed[max(installed)]


def major_of(programs: Path) -> int:
    """The major version of the programs in a folder; 0 when they do not run."""
    version = re.search(r"\) (\d+)", _answer(programs / "initdb", "--version"))
    return int(version[1]) if version else 0


def _installed() -> dict[int, Path]:
    """Folders of programs by major version; the distribution's own folders go before PATH."""
    on_path = shutil.which("initdb")
    folders = [Path(on_path).resolve().parent] if on_path else []
    folders += Path("/").glob(PROGRAMS.lstrip("/"))
    installed = {major_of(folder): folder for folder in folders}
    installed = {major: folder for major, folder in installed.items() if major >= OLDEST_POSTGRES}
    if not installed:
        raise not_installed()
    return installed


def _only(needed: str, installed: dict[int, Path], data: Path) -> dict[int, Path]:
    """The programs of one version, for a cluster that no other version can open."""
    for major, folder in installed.items():
        if str(major) == needed:
            return {major: folder}
    raise Unavailable(
        "数据库 {data} 由 PostgreSQL {needed} 建立,而本机只有 {there};"
        "请执行:apt-get install postgresql-{needed}-postgis-3",
        "the database {data} was made by PostgreSQL {needed}, but only {there} is installed; "
        "run: apt-get install postgresql-{needed}-postgis-3",
        data=data,
        needed=needed,
        there=", ".join(str(major) for major in sorted(installed)),
    )


def _has_postgis(programs: Path) -> bool:
    control = Path(_answer(programs / "pg_config", "--sharedir").strip()) / "extension/postgis.control"
    with suppress(OSError):
        version = re.search(r"default_version = '(\d+)", control.read_text())
        return version is not None and int(version[1]) >= OLDEST_POSTGIS
    return False


def _answer(program: Path, question: str) -> str:
    with suppress(OSError):
        return subprocess.run([program, question], capture_output=True, text=True, check=False).stdout  # noqa: S603
    return ""


def not_installed() -> Unavailable:
    """PostgreSQL itself is missing."""
    return Unavailable(
        "本机没有 PostgreSQL({oldest} 版以上);请执行:apt-get install postgresql postgresql-postgis",
        "PostgreSQL ({oldest} or newer) is not installed; run: apt-get install postgresql postgresql-postgis",
        oldest=OLDEST_POSTGRES,
    )


def failure(log: Path, said: str) -> Unavailable:
    """What a server or its programs said when they failed, as one line that names the log."""
    if "No space left" in said or "Disk quota exceeded" in said or _nearly_full(log.parent):
        return _disk_full(log.parent)
    return Unavailable(
        "内置数据库无法工作:{reason}(日志:{log})",
        "the embedded database does not work: {reason} (log: {log})",
        reason=_reason(said),
        log=log,
    )


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Turn what the operating system refuses into one line."""
    try:
        yield
    except OSError as problem:
        if problem.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _disk_full(folder) from problem
        raise Unavailable(
            "内置数据库目录无法使用:{where}({reason});请检查其属主与权限",
            "the embedded database's folder cannot be used: {where} ({reason}); check owner and permissions",
            where=problem.filename or folder,
            reason=problem.strerror,
        ) from problem


def _disk_full(folder: Path) -> Unavailable:
    return Unavailable(
        "磁盘已满:请在 {folder} 所在磁盘上腾出空间",
        "the disk is full: make room on the disk of {folder}",
        folder=folder,
    )


def _nearly_full(folder: Path) -> bool:
    with suppress(OSError):
        return shutil.disk_usage(folder).free < NEARLY_FULL
    return False


def _reason(said: str) -> str:
    """The line that names the cause: the last fatal one, else the last one."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    grave = [line for line in lines if re.search(r"\b(FATAL|PANIC|ERROR|error):", line)]
    line = (grave or lines or ["?"])[-1]
    return re.sub(r"^.*?\b(FATAL|PANIC|ERROR|error): +", "", line)
