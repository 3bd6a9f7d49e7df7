"""Zip archives, unpacked so that nothing in them can do harm.

No name inside an archive ever becomes a path on disk: members are written under numbers into a private
folder. An archive that says itself that it is too much is refused unopened; what it says is not believed either, and
measured again while unpacking. Only what a reader can use is unpacked.
"""

from __future__ import annotations

import mmap
import os
import re
import stat
import zipfile
import zlib
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from gis.errors import TooLarge, UnreadableFile
from gis.settings import Settings

SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06")
ENTRY = re.compile(b"PK\x01\x02")
MOST_MEMBERS = 2000
CHUNK = 1 << 20
BLOWN_UP, BLOWN_UP_FROM = 400, 100_000_000
"""A table of blanks packs to a 230th at most, a bomb of zeros to a 1030th; below so many bytes neither does harm."""
SISTERS = frozenset({".shp", ".shx", ".dbf", ".prj", ".cpg", ".dbt"})
WHOLE = frozenset({".gpkg", ".geojson", ".json", ".fgb"})
ARCHIVES = frozenset({".zip", ".rar", ".7z", ".tar", ".gz", ".tgz"})
CLUTTER = frozenset({".xml", ".sbn", ".sbx", ".qpj", ".qmd", ".qix", ".atx", ".lock", ".db", ".ini"})
UTF8_FLAG, ENCRYPTED_FLAG = 0x800, 0x1


@dataclass(frozen=True)
class Member:
    """One file of an archive: its name inside, and where it was unpacked to."""

    name: PurePosixPath
    path: Path


@dataclass(frozen=True)
class Unpacked:
    """What was taken out of an archive and what was left in it."""

    members: tuple[Member, ...] = ()
    left: tuple[str, ...] = ()
    """Names of files that no reader here can use, clutter of operating systems not counted."""
    geodatabase: bool = False
    """It holds an Esri file geodatabase and nothing else of use."""


def unpack(archive: Path, into: Path, settings: Settings) -> Unpacked:
    """Unpacks the usable parts of a zip into a private folder.

    Raises UnreadableFile when it is damaged, locked, nested or hostile, TooLarge when it holds too much.
    """
    try:
        _refuse_a_crowd(archive)
        with zipfile.ZipFile(archive) as opened:
            return _unpack(opened, into, settings.unpacked_mb * 1_000_000)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, IndexError) as problem:
        raise damaged(archive) from problem
    except (NotImplementedError, RuntimeError) as problem:
        raise UnreadableFile(
            "{name} 使用了不支持的压缩方式,请按普通 ZIP 重新压缩",
            "{name} uses a compression that is not supported; pack it as an ordinary ZIP",
            name=archive.name,
        ) from problem


def suffix_of(name: PurePosixPath | Path) -> str:
    """The suffix in lower case; `.shp_` and the like, as mail gateways leave them, lose their underscores."""
    return name.suffix.lower().rstrip("_")


def damaged(archive: Path) -> UnreadableFile:
    """The refusal of a file that is no intact zip."""
    return UnreadableFile(
        "{name} 不是完好的 ZIP 压缩包,请重新压缩后再报送",
        "{name} is not an intact ZIP archive; pack it again",
        name=archive.name,
    )


def _refuse_a_crowd(archive: Path) -> None:
    """Counts the entries before the whole list is loaded; a stored zip inside may add to the count."""
    with archive.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        if next(islice(ENTRY.finditer(content), 10 * MOST_MEMBERS, None), None):
            raise _crowded()


def _unpack(opened: zipfile.ZipFile, into: Path, room: int) -> Unpacked:
    entries = [(entry, _safe_name(entry)) for entry in opened.infolist() if not entry.is_dir()]
    if len(entries) > MOST_MEMBERS:
        raise _crowded()
    names = [name for _, name in entries if not _clutter(name)]
    if not any(_usable(name) for name in names):
        if any(_in_geodatabase(name) for name in names):
            return Unpacked(geodatabase=True)
        _refuse_an_archive_inside(names)
    _refuse_a_bomb(opened, [entry for entry, name in entries if _usable(name)], room)
    members = []
    for number, (entry, name) in enumerate(entries):
        if _usable(name):
            path = into / f"{number}{suffix_of(name)}"
            room -= _write(opened, entry, path, room)
            members.append(Member(name, path))
    return Unpacked(tuple(members), tuple(str(name) for name in names if not _usable(name)))


def _safe_name(entry: zipfile.ZipInfo) -> PurePosixPath:
    name = _decoded(entry).replace("\\", "/")
    path = PurePosixPath(name)
    hostile = path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", name) is not None
    if hostile or stat.S_ISLNK(entry.external_attr >> 16):
        raise UnreadableFile(
            "压缩包内有指向包外的文件“{name}”,不予读取",
            "the archive contains “{name}”, which points outside of it; it is not read",
            name=name[:80],
        )
    if entry.flag_bits & ENCRYPTED_FLAG:
        raise UnreadableFile(
            "压缩包设有密码,请去掉密码后再报送", "the archive has a password; pack it without one"
        )
    return path


def _decoded(entry: zipfile.ZipInfo) -> str:
    """The member's name; Chinese Windows writes it in cp936 without saying so."""
    if entry.flag_bits & UTF8_FLAG or entry.filename.isascii():
        return entry.filename
    raw = entry.filename.encode("cp437", "replace")
    for codec in ("utf-8", "gb18030"):
        try:
            return raw.decode(codec)
        except UnicodeDecodeError:
            continue
    return entry.filename


def _usable(name: PurePosixPath) -> bool:
    return suffix_of(name) in SISTERS | WHOLE and not _clutter(name) and not _in_geodatabase(name)


def _clutter(name: PurePosixPath) -> bool:
    return any(part.startswith((".", "__MACOSX")) for part in name.parts) or suffix_of(name) in CLUTTER


def _in_geodatabase(name: PurePosixPath) -> bool:
    return any(part.lower().endswith(".gdb") for part in name.parts) or suffix_of(name) == ".gdbtable"


def _refuse_an_archive_inside(names: list[PurePosixPath]) -> None:
    nested = next((name for name in names if suffix_of(name) in ARCHIVES), None)
    if nested is not None:
        raise UnreadableFile(
            "压缩包里还有压缩包“{name}”,请解开后把数据文件直接压缩成一个 ZIP",
            "the archive holds another archive, “{name}”; unpack it and put the data files into one ZIP",
            name=str(nested)[:80],
        )


def _refuse_a_bomb(opened: zipfile.ZipFile, wanted: list[zipfile.ZipInfo], room: int) -> None:
    """By what the archive says of itself, beside its true size: members that share their bytes are each counted."""
    assert opened.fp is not None
    stated, packed = sum(entry.file_size for entry in wanted), opened.fp.seek(0, os.SEEK_END)
    if stated > room or stated > max(BLOWN_UP * packed, BLOWN_UP_FROM):
        raise _too_much()


def _write(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, room: int) -> int:
    size = 0
    with opened.open(entry) as source, path.open("wb") as target:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > room:
                raise _too_much()
            target.write(chunk)
    return size


def _too_much() -> TooLarge:
    return TooLarge(
        "压缩包解开后过大,请分批报送", "the archive unpacks to more than is taken at once; split it"
    )


def _crowded() -> TooLarge:
    return TooLarge(
        "压缩包内文件过多,最多 {most} 个",
        "the archive holds too many files, {most} at most",
        most=MOST_MEMBERS,
    )
