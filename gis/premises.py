"""Where the embedded database lives, whom it belongs to, and the locks on its door.

PostgreSQL refuses to run as root. For root the server runs as the owner of the cluster, at first the user
`postgres`, who cannot enter a folder below a private home; so `var/postgres` is then a link into
`/var/lib/jiezhi`.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fcntl import LOCK_EX, flock
from pathlib import Path

from gis.errors import Unavailable
from gis.postgres import not_installed

PLACES_FOR_ROOT = Path("/var/lib/jiezhi")
PORT = 5432  # only part of the socket's file name: no port is opened
LONGEST_SOCKET = 107  # bytes that Linux keeps for the path of a socket


@dataclass(frozen=True, slots=True)
class House:
    """The folder of a cluster, and the user its server runs as."""

    folder: Path
    uid: int
    gid: int

    @property
    def data(self) -> Path:
        """The folder that PostgreSQL keeps."""
        return self.folder / "data"

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


def house_of(var: Path) -> House:
    """Where the cluster lives and who owns it; made when it is not there yet."""
    var.mkdir(parents=True, exist_ok=True)
    door = var.resolve() / "postgres"
    if not door.exists() and not door.is_symlink():
        _build_for_root(door) if os.geteuid() == 0 else door.mkdir(mode=0o700, exist_ok=True)
    folder = door.resolve(strict=True)
    owner = folder.stat()
    _refuse_wrong_owner(folder, owner.st_uid)
    return House(folder, owner.st_uid, owner.st_gid)


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


def socket_folder(house: House) -> Path:
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


def locked(house: House, name: str, kind: int) -> int:
    """Wait for a lock of the house, `LOCK_SH` or `LOCK_EX`; closing the answer gives it back."""
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
def turn_at(house: House) -> Iterator[None]:
    """Nobody else starts or stops the server meanwhile."""
    handle = locked(house, "turn", LOCK_EX)
    try:
        yield
    finally:
        os.close(handle)
