"""Zip archives, unpacked so that nothing in them can do harm.

No name inside an archive ever becomes a path on disk: members are written under numbers into a private folder. Sizes
are measured while unpacking, never believed. Only the parts a reader can use are unpacked.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from gis.errors import TooLarge, UnreadableFile
from gis.settings import Settings

MOST_MEMBERS = 2000
CHUNK = 1 << 20
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

    members: tuple[Member, ...]
    left: tuple[str, ...]
    """Names of files that no reader here can use, clutter of operating systems not counted."""


def unpack(archive: Path, into: Path, settings: Settings) -> Unpacked:
    """Unpacks the usable parts of a zip into a private folder.

    Raises UnreadableFile when the archive is damaged, locked, nested or hostile, TooLarge when it holds too much.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            return _unpack(opened, into, settings)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, IndexError) as problem:
        raise UnreadableFile(
            "{name} 不是完好的 ZIP 压缩包,请重新压缩后再报送",
            "{name} is not an intact ZIP archive; pack it again",
            name=archive.name,
        ) from problem
    except (NotImplementedError, RuntimeError) as problem:
        raise UnreadableFile(
            "{name} 使用了不支持的压缩方式或设有密码,请按普通 ZIP 重新压缩",
            "{name} uses an unsupported compression or a password; pack it as an ordinary ZIP",
            name=archive.name,
        ) from problem


def suffix_of(name: PurePosixPath | Path) -> str:
    """The suffix in lower case; `.shp_` and the like, as mail gateways leave them, lose their underscores."""
    return name.suffix.lower().rstrip("_")


def _unpack(opened: zipfile.ZipFile, into: Path, settings: Settings) -> Unpacked:
    entries = [each for each in opened.infolist() if not each.is_dir()]
    if len(entries) > MOST_MEMBERS:
        raise TooLarge(
            "压缩包内有 {count} 个文件,最多 {most} 个",
            "the archive holds {count} files, {most} at most",
            count=len(entries),
            most=MOST_MEMBERS,
        )
    names = [(entry, _safe_name(entry)) for entry in entries]
    wanted = [(entry, name) for entry, name in names if _usable(name)]
    left = [name for _, name in names if not _usable(name) and not _clutter(name)]
    _refuse_what_cannot_be_opened([name for _, name in wanted], [name for _, name in names])
    room = settings.unpacked_mb * 1_000_000
    members = []
    for number, (entry, name) in enumerate(wanted):
        path = into / f"{number}{suffix_of(name)}"
        room -= _write(opened, entry, path, room)
        members.append(Member(name, path))
    return Unpacked(tuple(members), tuple(str(name) for name in left))


def _safe_name(entry: zipfile.ZipInfo) -> PurePosixPath:
    name = _decoded(entry).replace("\\", "/")
    path = PurePosixPath(name)
    hostile = path.is_absolute() or ".." in path.parts or ":" in name or "\x00" in name
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
    hidden = any(part.startswith((".", "__MACOSX")) for part in name.parts)
    return hidden or suffix_of(name) in CLUTTER


def _in_geodatabase(name: PurePosixPath) -> bool:
    return any(part.lower().endswith(".gdb") for part in name.parts) or suffix_of(name) == ".gdbtable"


def holds_geodatabase(archive: Path) -> bool:
    """Whether a zip is (or contains) an Esri file geodatabase and nothing this reader could use instead."""
    try:
        with zipfile.ZipFile(archive) as opened:
            names = [PurePosixPath(_decoded(each).replace("\\", "/")) for each in opened.infolist()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, IndexError):
        return False
    return any(_in_geodatabase(name) for name in names) and not any(_usable(name) for name in names)


def _refuse_what_cannot_be_opened(wanted: list[PurePosixPath], names: list[PurePosixPath]) -> None:
    if any(suffix_of(name) in WHOLE | {".shp"} for name in wanted):
        return
    nested = next((name for name in names if suffix_of(name) in ARCHIVES and not _clutter(name)), None)
    if nested is not None:
        raise UnreadableFile(
            "压缩包里还有压缩包“{name}”,请解开后把数据文件直接压缩成一个 ZIP",
            "the archive holds another archive, “{name}”; unpack it and put the data files into one ZIP",
            name=str(nested)[:80],
        )
    raise UnreadableFile(
        "压缩包内没有 Shapefile、GeoPackage、GeoJSON 或 FlatGeobuf 数据",
        "the archive holds no shapefile, GeoPackage, GeoJSON or FlatGeobuf",
    )


def _write(opened: zipfile.ZipFile, entry: zipfile.ZipInfo, path: Path, room: int) -> int:
    size = 0
    with opened.open(entry) as source, path.open("wb") as target:
        for chunk in _chunks(source):
            size += len(chunk)
            if size > room:
                raise TooLarge("压缩包解开后过大", "the archive unpacks to more than is taken at once")
            target.write(chunk)
    return size


def _chunks(source: object) -> Iterator[bytes]:
    while chunk := source.read(CHUNK):  # type: ignore[attr-defined]
        yield chunk
