"""Reads what surveyors send and says, for each file, whether it can be taken and what is wrong with it.

Taken: zipped or loose shapefiles, GeoPackage, GeoJSON, FlatGeobuf. GDAL opens private copies only, and only
what the first bytes prove to be one of these: nothing that points to other files or hosts is ever opened.

Where `Lists` are known, layers that hold them are opened only: their rows are then read chunk by chunk. Long lists
may also come as CSV and Excel.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath

import geopandas as gpd
import numpy as np
import pandas as pd

from gis import archives
from gis.archives import suffix_of
from gis.errors import JiezhiError, UnreadableFile
from gis.opening import LIST, Lists, Opener, Source
from gis.readings import (
    Answers,
    EmptyLayer,
    Layer,
    Reading,
    Remark,
    RowProblem,
    Verdict,
    note,
    question,
    summed_up,
)
from gis.settings import Settings
from gis.tables import as_text, is_list, read_list
from gis.text import Text
from gis.vectors import kind_of

__all__ = [
    "Answers",
    "Layer",
    "Lists",
    "Reading",
    "RowProblem",
    "Verdict",
    "read",
    "read_many",
    "read_table",
]

LOOK_AT = 1 << 16
"""Bytes at the start of a file that show what it is."""
NOTHING = Text("", "")
EXPORT_IT = question(
    "这是文件地理数据库(GDB),请在 ArcGIS 或 QGIS 中导出为 GeoPackage 或 Shapefile 后再报送",
    "this is a file geodatabase (GDB); export it as GeoPackage or shapefile and send that",
)


def read(path: Path, answers: Answers, settings: Settings, lists: Lists | None = None) -> Reading:
    """Reads one file with all its layers; what cannot be read is told in the verdict, never raised.

    A loose .shp takes the sisters that lie beside it.
    """
    try:
        with _folder(lists) as folder:
            sources, remarks = _sources(path, folder, settings, lists)
            layers, empty = _layers(Opener(path.name, answers, settings, lists), sources, folder)
    except JiezhiError as problem:
        return Reading(path.name, Verdict.REJECT, problem.text)
    except (OSError, MemoryError, RecursionError):
        return Reading(path.name, Verdict.REJECT, Text("文件无法读取", "the file cannot be read"))
    weight = Verdict.ACCEPT_WITH_WARNING if layers else Verdict.REJECT
    own = [*remarks, *(Remark(weight, each) for each in empty)]
    verdict, reason, _ = summed_up([*own, *(Remark(each.verdict, each.reason or NOTHING) for each in layers)])
    notes = tuple(each.text for each in own if each.text is not reason)
    return Reading(path.name, verdict, reason, tuple(layers), notes)


@contextmanager
def _folder(lists: Lists | None) -> Iterator[Path]:
    """A private folder for one file: gone when it is read, unless rows are still to be read from it."""
    if lists is not None:
        yield Path(tempfile.mkdtemp(dir=lists.folder))
        return
    with tempfile.TemporaryDirectory(prefix="jiezhi-") as folder:
        yield Path(folder)


def read_many(
    paths: Sequence[Path], answers: Answers, settings: Settings, lists: Lists | None = None
) -> list[Reading]:
    """Reads several files; loose sisters of a .shp in the same folder are part of its reading."""
    families = {_family(path) for path in paths if suffix_of(path) == ".shp"}
    return [
        read(path, answers, settings, lists)
        for path in paths
        if suffix_of(path) not in archives.SISTERS - {".shp"} or _family(path) not in families
    ]


def read_table(path: Path, settings: Settings) -> pd.DataFrame:
    """Reads a list of records, every cell as text: CSV, Excel, or the one layer of a spatial file.

    A layer keeps its `row` and its `geometry` (EPSG:4490). Raises UnreadableFile, TooLarge.
    """
    if is_list(path):
        return read_list(path, settings)
    reading = read(path, Answers(), settings)
    if reading.reason is not None and reading.verdict in (Verdict.ASK, Verdict.REJECT):
        raise UnreadableFile(f"{path.name}:{reading.reason.zh}", f"{path.name}: {reading.reason.en}")
    if len(reading.layers) != 1:
        raise UnreadableFile(
            "{name} 有多个图层,请只留一个", "{name} has several layers; leave one", name=path.name
        )
    frame = reading.layers[0].frame
    texts = {name: frame[name].map(as_text) for name in frame.columns if name not in ("geometry", "row")}
    table: pd.DataFrame = frame.assign(**texts)
    return table


def _family(path: Path) -> tuple[Path, str]:
    return path.parent, path.stem.lower()


def _sources(
    path: Path, folder: Path, settings: Settings, lists: Lists | None
) -> tuple[list[Source], list[Remark]]:
    """What there is to read in a file. Raises UnreadableFile when there is nothing."""
    suffix = suffix_of(path)
    if suffix == ".gdb":
        return [], [EXPORT_IT]
    if not path.is_file():
        raise UnreadableFile("找不到文件 {name}", "there is no file {name}", name=path.name)
    with path.open("rb") as stream:
        start = stream.read(LOOK_AT)
    if suffix == ".shp":
        return [Source(path.stem, _beside(path))], []
    if lists is not None and is_list(path):
        return [Source(path.name.removesuffix(".gz").rpartition(".")[0], {LIST: path})], []
    if start.startswith(archives.SIGNATURES) and not is_list(path):
        return _in_archive(path, folder, settings)
    if kind := kind_of(start):
        return [Source(path.stem, {kind: path})], []
    raise _of_no_use(path, suffix)


def _beside(path: Path) -> dict[str, Path]:
    """The parts of a loose shapefile: the .shp and what bears its name in its folder."""
    near = [each for each in sorted(path.parent.iterdir()) if _family(each) == _family(path)]
    return {suffix_of(each): each for each in near if each.is_file()} | {".shp": path}


def _in_archive(path: Path, folder: Path, settings: Settings) -> tuple[list[Source], list[Remark]]:
    unpacked = archives.unpack(path, folder, settings)
    if unpacked.geodatabase:
        return [], [EXPORT_IT]
    sources, left = _grouped(unpacked.members)
    if not sources:
        raise UnreadableFile(
            "压缩包内没有 Shapefile、GeoPackage、GeoJSON 或 FlatGeobuf 数据",
            "the archive holds no shapefile, GeoPackage, GeoJSON or FlatGeobuf",
        )
    unused = [*unpacked.left, *left][:20]
    return sources, [note(f"未使用:{name[:80]}", f"not used: {name[:80]}") for name in unused]


def _grouped(members: Iterable[archives.Member]) -> tuple[list[Source], list[str]]:
    """The members of an archive as sources, and what is left; parts of one name belong together."""
    families: dict[PurePosixPath, dict[str, Path]] = {}
    names: dict[PurePosixPath, PurePosixPath] = {}
    left = []
    for member in members:
        family = PurePosixPath(str(member.name.with_suffix("")).lower())
        suffix = suffix_of(member.name)
        if suffix not in archives.SISTERS:
            suffix = kind_of(_start(member.path))
            family /= suffix
        if not suffix:
            left.append(str(member.name))
            continue
        families.setdefault(family, {})[suffix] = member.path
        names[family] = member.name.with_suffix("")
    sisters = archives.SISTERS - {".shp"}
    lonely = [family for family, parts in families.items() if parts.keys() <= sisters]
    left += [str(names[family]) for family in lonely]
    stems = [names[family].name for family in families]
    return [
        Source(name.name if stems.count(name.name) == 1 else str(name), families[family])
        for family, name in names.items()
        if family not in lonely
    ], left


def _start(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(LOOK_AT)


def _of_no_use(path: Path, suffix: str) -> UnreadableFile:
    if suffix in archives.SISTERS:
        return UnreadableFile(
            "{name} 只是 Shapefile 的一部分,请与同名的 .shp、.dbf、.prj 一并报送",
            "{name} is only a part of a shapefile; send the .shp, .dbf and .prj of the same name with it",
            name=path.name,
        )
    if suffix == ".zip":
        return archives.damaged(path)
    return UnreadableFile(
        "{name} 的格式不能读取,请报送 ZIP 压缩的 Shapefile、GeoPackage(.gpkg)、GeoJSON 或 FlatGeobuf",
        "{name} cannot be read; send zipped shapefiles, GeoPackage (.gpkg), GeoJSON or FlatGeobuf",
        name=path.name,
    )


def _layers(opener: Opener, sources: Sequence[Source], folder: Path) -> tuple[list[Layer], list[Text]]:
    """All layers, each with its own verdict, and what is said of those without features."""
    layers: list[Layer] = []
    empty: list[Text] = []
    for name, layer in _opened(opener, sources, folder):
        try:
            layers.append(layer())
        except EmptyLayer as problem:
            empty.append(problem.text)
        except JiezhiError as problem:
            layers.append(_unread(opener.file, name, problem.text))
    return layers, empty


def _opened(
    opener: Opener, sources: Sequence[Source], folder: Path
) -> Iterator[tuple[str, Callable[[], Layer]]]:
    """For each layer its name and how to read it."""
    for number, source in enumerate(sources):
        place = folder / f"source-{number}"
        place.mkdir()
        try:
            yield from opener.opened(source, place)
        except UnreadableFile as problem:
            yield source.name, partial(_raise, problem)


def _raise(problem: UnreadableFile) -> Layer:
    raise problem


def _unread(file: str, name: str, reason: Text) -> Layer:
    nothing = gpd.GeoDataFrame({"row": np.array([], int)}, geometry=np.array([], object))
    return Layer(file, name, nothing, "Unknown", None, Text("未知", "unknown"), None, Verdict.REJECT, reason)
