"""Uploaded files, kept as they came: stored under the hash of their content, laid out again under their names."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from gis.errors import BadInput, NotFound, TooLarge, Unavailable

BLOCK = 1 << 20


@dataclass(frozen=True)
class Kept:
    """One uploaded file: the name it came under, the hash of its content, its size in bytes."""

    name: str
    sha256: str
    size: int


def keep(var: Path, name: str, stream: BinaryIO, limit_mb: int) -> Kept:
    """Stores a file under its hash. Raises TooLarge, BadInput for an empty file, Unavailable when the disk is full."""
    folder = var / "uploads"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as out:
            try:
                digest, size = _copied(stream, out, limit_mb)
                _refuse_empty(name, size)
                target = _place(var, digest)
                target.parent.mkdir(exist_ok=True)
                Path(out.name).replace(target)
            except BaseException:
                Path(out.name).unlink(missing_ok=True)
                raise
    except OSError as problem:
        raise _disk(problem) from problem
    return Kept(_plain(name), digest, size)


def _copied(stream: BinaryIO, out: IO[bytes], limit_mb: int) -> tuple[str, int]:
    """Copies a stream to the disk for good; answers its hash and size. Raises TooLarge."""
    digest, size = hashlib.sha256(), 0
    while block := stream.read(BLOCK):
        size += len(block)
        if size > limit_mb << 20:
            raise TooLarge("文件超过 {limit} MB", "the file is larger than {limit} MB", limit=limit_mb)
        digest.update(block)
        out.write(block)
    out.flush()
    os.fsync(out.fileno())
    return digest.hexdigest(), size


def _refuse_empty(name: str, size: int) -> None:
    if size == 0:
        raise BadInput("文件“{name}”是空的", "the file “{name}” is empty", name=_plain(name))


@contextmanager
def laid_out(var: Path, files: Sequence[Kept]) -> Iterator[list[Path]]:
    """The files under their own names in a folder of their own, gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="jiezhi-"))
    try:
        yield [_lay_out(var, each, folder, number) for number, each in enumerate(files, start=1)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def path_of(var: Path, each: Kept) -> Path:
    """Where a file lies, to be read and handed on. Raises NotFound when it is gone."""
    path = _place(var, each.sha256)
    if not path.is_file():
        raise _gone(each)
    return path


def _gone(each: Kept) -> NotFound:
    return NotFound("上传的文件“{name}”已不在库中", "the uploaded file “{name}” is gone", name=each.name)


def _lay_out(var: Path, each: Kept, folder: Path, number: int) -> Path:
    path = folder / each.name
    if path.exists():
        path = folder / f"{number}-{each.name}"
    try:
        shutil.copyfile(_place(var, each.sha256), path)
    except FileNotFoundError as problem:
        raise _gone(each) from problem
    except OSError as problem:
        raise _disk(problem) from problem
    return path


def _place(var: Path, sha256: str) -> Path:
    return var / "uploads" / sha256[:2] / sha256


def _plain(name: str) -> str:
    """The bare file name: no folders, no control characters, not hidden, not endless."""
    bare = re.sub(r"[\x00-\x1f\x7f]", "", name.replace("\\", "/").rsplit("/", 1)[-1]).strip().lstrip(".")
    stem, dot, ending = bare.rpartition(".")
    return f"{stem[:80]}{dot}{ending[:10]}" if stem else (bare[:80] or "file")


def _disk(problem: OSError) -> Unavailable:
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable("磁盘已满,文件没有保存", "the disk is full; the file was not stored")
    return Unavailable(
        "无法保存文件:{why}", "the file cannot be stored: {why}", why=problem.strerror or problem
    )
