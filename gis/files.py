"""Reads what surveyors send and says, for each file, whether it can be taken and what is wrong with it.

Taken: zipped or loose shapefiles, GeoPackage, GeoJSON, FlatGeobuf. GDAL opens private copies only, and only what the
first bytes prove to be one of these: nothing that points to other files or hosts is ever opened.
"""

from __future__ import annotations

import shutil
import tempfile
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from numpy.typing import NDArray

from gis import archives, crs, magnitudes, provinces, shapes
from gis.crs import Identified, Kind
from gis.errors import JiezhiError, UnreadableFile
from gis.exports import write_geopackage, write_layers
from gis.readings import (
    Answers,
    Draft,
    Layer,
    Reading,
    Remark,
    RowProblem,
    Verdict,
    note,
    question,
    refusal,
    summed_up,
    worst,
)
from gis.settings import Settings
from gis.shapefiles import read_shapefile, unique_titles
from gis.tables import read_table
from gis.text import Text

__all__ = [
    "Answers",
    "Layer",
    "Reading",
    "RowProblem",
    "Verdict",
    "read",
    "read_many",
    "read_table",
    "write_geopackage",
    "write_layers",
]

FORMATS = Text(
    "请报送 ZIP 压缩的 Shapefile、GeoPackage(.gpkg)、GeoJSON 或 FlatGeobuf(.fgb)",
    "send zipped shapefiles, GeoPackage (.gpkg), GeoJSON or FlatGeobuf (.fgb)",
)
EXPORT_IT = question(
    "这是文件地理数据库(GDB),请在 ArcGIS 或 QGIS 中导出为 GeoPackage 或 Shapefile 后再报送",
    "this is a file geodatabase (GDB); export it as GeoPackage or shapefile in ArcGIS or QGIS and send that",
)
STARTS = {b"SQLite format 3\x00": ".gpkg", b"fgb": ".fgb", b"PK\x03\x04": ".zip", b"PK\x05\x06": ".zip"}
PREFIXES = {".geojson": "GeoJSON:", ".gpkg": "", ".fgb": ""}


@dataclass(frozen=True)
class Source:
    """What makes up one readable thing: a whole file, or a shapefile with its sisters, by suffix."""

    name: str
    parts: Mapping[str, Path]


def read(path: Path, answers: Answers, settings: Settings) -> Reading:
    """Reads one file with all its layers; what cannot be read is told in the verdict, never raised.

    A loose .shp takes the sisters that lie beside it.
    """
    return _read(path, _beside(path), answers, settings)


def read_many(paths: Sequence[Path], answers: Answers, settings: Settings) -> list[Reading]:
    """Reads several files; loose parts of one shapefile (.shp, .dbf, …) are put together into one reading."""
    loose = [path for path in paths if archives.suffix_of(path) in archives.SISTERS]
    readings = []
    for path in paths:
        suffix = archives.suffix_of(path)
        if suffix == ".shp":
            given = {
                archives.suffix_of(each): each for each in loose if each.stem.lower() == path.stem.lower()
            }
            readings.append(_read(path, _beside(path) | given | {".shp": path}, answers, settings))
        elif suffix not in archives.SISTERS or not _belongs(path, loose):
            readings.append(_read(path, {}, answers, settings))
    return readings


def _belongs(part: Path, loose: Sequence[Path]) -> bool:
    return any(
        archives.suffix_of(each) == ".shp" and each.stem.lower() == part.stem.lower() for each in loose
    )


def _beside(path: Path) -> dict[str, Path]:
    """The parts of a loose shapefile that lie in its folder."""
    if archives.suffix_of(path) != ".shp" or not path.parent.is_dir():
        return {}
    near = [each for each in sorted(path.parent.iterdir()) if each.stem.lower() == path.stem.lower()]
    return {archives.suffix_of(each): each for each in near if each.is_file()} | {".shp": path}


def _read(path: Path, parts: Mapping[str, Path], answers: Answers, settings: Settings) -> Reading:
    try:
        with tempfile.TemporaryDirectory(prefix="jiezhi-") as folder:
            sources, remarks = _sources(path, parts, Path(folder), settings)
            layers = tuple(_layers(path.name, sources, Path(folder), answers))
    except JiezhiError as problem:
        return Reading(path.name, Verdict.REJECT, problem.text)
    except (OSError, MemoryError, RecursionError):
        return Reading(path.name, Verdict.REJECT, Text("文件无法读取", "the file cannot be read"))
    verdict = worst([*(layer.verdict for layer in layers), *(each.verdict for each in remarks)])
    reasons = [each.text for each in remarks if each.verdict is verdict]
    reasons += [layer.reason for layer in layers if layer.verdict is verdict and layer.reason is not None]
    reason = reasons[0] if reasons and verdict is not Verdict.ACCEPT else None
    return Reading(
        path.name, verdict, reason, layers, tuple(each.text for each in remarks if each.text is not reason)
    )


def _sources(
    path: Path, parts: Mapping[str, Path], folder: Path, settings: Settings
) -> tuple[list[Source], list[Remark]]:
    suffix = archives.suffix_of(path)
    if suffix == ".gdb":
        return [], [EXPORT_IT]
    if not path.is_file():
        raise UnreadableFile("找不到文件 {name}", "there is no file {name}", name=path.name)
    kind = _kind(path)
    if suffix == ".shp" and kind in ("", ".shp"):
        return [Source(path.stem, parts)], []
    if kind == ".zip" and suffix not in (".xlsx", ".docx"):
        if archives.holds_geodatabase(path):
            return [], [EXPORT_IT]
        unpacked = archives.unpack(path, folder, settings)
        left = [note(f"未使用:{name[:80]}", f"not used: {name[:80]}") for name in unpacked.left[:20]]
        return _grouped(unpacked.members), left
    if kind in PREFIXES:
        return [Source(path.stem, {kind: path})], []
    if suffix in archives.SISTERS:
        raise UnreadableFile(
            "{name} 只是 Shapefile 的一部分,请与同名的 .shp、.dbf、.prj 一并报送",
            "{name} is only a part of a shapefile; send the .shp, .dbf and .prj of the same name with it",
            name=path.name,
        )
    raise UnreadableFile(
        f"{path.name} 的格式不能读取。{FORMATS.zh}",
        f"{path.name} is of a kind that cannot be read; {FORMATS.en}",
    )


def _kind(path: Path) -> str:
    """What the first bytes prove the file to be, as a suffix; empty when nothing known."""
    with path.open("rb") as stream:
        start = stream.read(4096)
    for magic, kind in STARTS.items():
        if start.startswith(magic):
            return kind if kind != ".gpkg" or start[68:72] in (b"GPKG", b"GP10", b"GP11", b"GP12") else ""
    if start.startswith(b"\x00\x00\x27\x0a"):
        return ".shp"
    return ".geojson" if start.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{") else ""


def _grouped(members: Iterable[archives.Member]) -> list[Source]:
    """The members of an archive as sources: shapefile parts of one folder and name belong together."""
    families: dict[str, dict[str, Path]] = {}
    whole: list[tuple[PurePosixPath, Path]] = []
    for member in members:
        suffix = archives.suffix_of(member.name)
        if suffix in archives.SISTERS:
            families.setdefault(str(member.name.with_suffix("")).lower(), {})[suffix] = member.path
        else:
            whole.append((member.name, member.path))
    found = [(PurePosixPath(name), parts) for name, parts in families.items() if ".shp" in parts]
    found += [(name.with_suffix(""), {_kind(path): path}) for name, path in whole if _kind(path) in PREFIXES]
    stems = [name.name for name, _ in found]
    return [Source(name.name if stems.count(name.name) == 1 else str(name), parts) for name, parts in found]


def _layers(file: str, sources: Sequence[Source], folder: Path, answers: Answers) -> Iterator[Layer]:
    for number, source in enumerate(sources):
        place = folder / f"source-{number}"
        place.mkdir()
        try:
            for draft in _drafts(source, place, answers):
                yield _settled(file, draft, answers)
        except UnreadableFile as problem:
            yield _unread(file, source.name, problem.text)


def _drafts(source: Source, place: Path, answers: Answers) -> Iterator[Draft]:
    if ".shp" in source.parts:
        yield read_shapefile(source.name, source.parts, place, answers)
        return
    ((suffix, path),) = source.parts.items()
    copy = place / f"source{suffix}"
    shutil.copyfile(path, copy)
    for layer in _layer_names(copy, source.name):
        yield _draft(copy, layer, source.name)


def _layer_names(copy: Path, name: str) -> list[str]:
    try:
        listed = pyogrio.list_layers(PREFIXES[copy.suffix] + str(copy))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError) as problem:
        raise _broken(name) from problem
    spatial = [str(layer) for layer, kind in listed if kind is not None]
    if not spatial:
        raise UnreadableFile("{name} 中没有空间图层", "{name} has no spatial layer", name=name)
    return spatial


def _draft(copy: Path, layer: str, name: str) -> Draft:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # heights and measures are reported by ourselves
            meta, _, wkb, columns = pyogrio.raw.read(PREFIXES[copy.suffix] + str(copy), layer=layer)
    except (
        pyogrio.errors.DataSourceError,
        pyogrio.errors.FeatureError,
        pyogrio.errors.DataLayerError,
        ValueError,
    ) as problem:
        raise _broken(name) from problem
    title = name if copy.suffix != ".gpkg" else layer
    if not len(wkb):
        raise UnreadableFile("{name} 中没有任何图形", "{name} has no features", name=title)
    stated = meta["crs"]
    return Draft(
        name=title,
        columns=dict(zip(unique_titles([str(each) for each in meta["fields"]]), columns, strict=True)),
        geometries=wkb,
        rows=np.arange(1, len(wkb) + 1),
        geometry_type=str(meta["geometry_type"]).removesuffix(" Z"),
        system=crs.identify(stated) if stated else None,
        remarks=[],
        row_problems=[],
    )


def _broken(name: str) -> UnreadableFile:
    return UnreadableFile(
        "{name} 已损坏或不是所称的格式", "{name} is damaged or not what it claims to be", name=name
    )


def _settled(file: str, draft: Draft, answers: Answers) -> Layer:
    """A draft brought to EPSG:4490, with everything said about it."""
    geometries, problems = shapes.from_wkb(draft.geometries, draft.rows)
    geometries, dropped = shapes.flattened(geometries)
    problems += shapes.invalid(geometries, draft.rows)
    remarks = draft.remarks + dropped
    system, said = _chosen(draft.system, answers)
    remarks += said
    province = provinces.home(draft.columns)
    doubt = _doubt(system, geometries, province, chosen=answers.crs is not None)
    accuracy: float | None = None
    if doubt is None and system is not None:
        try:
            geometries, problems, accuracy, doubt = _placed(draft, geometries, problems, system, province)
            remarks += [] if system.kind is Kind.CGCS2000 else [_of_accuracy(system, accuracy)]
        except UnreadableFile as problem:
            remarks.append(Remark(Verdict.REJECT, problem.text))
    if doubt is not None:
        remarks.append(doubt.remark)
    if problems:
        remarks.append(_of_rows(problems))
    verdict, reason, notes = summed_up(remarks)
    settled = verdict in (Verdict.ACCEPT, Verdict.ACCEPT_WITH_WARNING)
    return Layer(
        file=file,
        name=draft.name,
        frame=_frame(draft, geometries, settled=settled),
        geometry_type=draft.geometry_type,
        crs=None if system is None else system.code,
        crs_text=Text("未说明", "not stated") if system is None else system.words,
        encoding=draft.encoding,
        verdict=verdict,
        reason=reason,
        notes=notes,
        row_problems=tuple(sorted(problems, key=lambda each: each.row)),
        crs_choices=() if doubt is None else doubt.choices,
        sample=draft.sample,
        accuracy_m=accuracy if settled else None,
    )


def _chosen(stated: Identified | None, answers: Answers) -> tuple[Identified | None, list[Remark]]:
    """The system to use: what the sender chose, else what the file says."""
    if answers.crs is None:
        return stated, []
    chosen = crs.identify(answers.crs)
    if stated is None or stated.epsg == chosen.epsg:
        return chosen, []
    return chosen, [
        Remark(
            Verdict.ACCEPT_WITH_WARNING,
            Text(
                f"按您的选择采用 {chosen.words.zh},文件中写的是 {stated.words.zh}",
                f"read as {chosen.words.en}, as you chose; the file says {stated.words.en}",
            ),
        )
    ]


def _doubt(
    system: Identified | None, geometries: NDArray[np.object_], province: str | None, *, chosen: bool
) -> magnitudes.Doubt | None:
    """Why the layer cannot be placed in the system, if so."""
    if system is None:
        return magnitudes.proposal(geometries, province)
    if system.kind is Kind.REFUSED:
        return magnitudes.Doubt(
            refusal(
                f"{system.words.zh} 与 CGCS2000 之间没有公开的转换参数,请用本省的参数转换为 CGCS2000 后再报送",
                f"there is no public transformation from {system.words.en} to CGCS2000; convert the data with your "
                "province's parameters first",
            )
        )
    if system.kind in (Kind.LOCAL, Kind.UNKNOWN):
        asked = magnitudes.proposal(geometries, province)
        return magnitudes.Doubt(
            question(
                f"坐标系不在登记之列:{system.words.zh};请选择坐标系,地方坐标系请先转换为 CGCS2000",
                f"the coordinate system is not a registered one: {system.words.en}; choose the system, or convert a local "
                "grid to CGCS2000 first",
            ),
            asked.choices,
        )
    doubt = magnitudes.doubt(system, geometries)
    if doubt is None or not chosen:
        return doubt
    return magnitudes.Doubt(Remark(Verdict.ASK, doubt.remark.text), doubt.choices)


def _placed(
    draft: Draft,
    geometries: NDArray[np.object_],
    problems: list[RowProblem],
    system: Identified,
    province: str | None,
) -> tuple[NDArray[np.object_], list[RowProblem], float | None, magnitudes.Doubt | None]:
    """Everything in EPSG:4490: the shapes, the places of problems; with the accuracy and any doubt about the place."""
    before = magnitudes.typical(geometries)
    placed, accuracy = crs.to_cgcs2000(geometries, system)
    placed, lost = shapes.within_reach(placed, draft.rows)
    marks = np.array([each.geometry for each in problems], dtype=object)
    marks = crs.to_cgcs2000(marks, system)[0] if len(marks) else marks
    moved = [
        RowProblem(each.row, each.text, each.fix, mark, each.blocking)
        for each, mark in zip(problems, marks, strict=True)
    ]
    after = magnitudes.typical(placed)
    doubt = None
    if before is not None and after is not None:
        doubt = magnitudes.far_from_home(system, *after, *before, province)
    return placed, moved + lost, accuracy, doubt


def _of_rows(problems: list[RowProblem]) -> Remark:
    blocked = sum(each.blocking for each in problems)
    first = min(problems, key=lambda each: each.row)
    return Remark(
        Verdict.ACCEPT_WITH_WARNING,
        Text(
            f"{len(problems)} 行有问题,其中 {blocked} 行无法采用;第 {first.row} 行:{first.text.zh}",
            f"{len(problems)} rows have problems, {blocked} of them cannot be used; row {first.row}: {first.text.en}",
        ),
    )


def _of_accuracy(system: Identified, accuracy: float | None) -> Remark:
    zh = "误差不明,请核对位置" if accuracy is None else f"误差约 {accuracy:g} 米"
    en = "how well is not known, check the place" if accuracy is None else f"good to about {accuracy:g} m"
    return note(
        f"由 {system.words.zh} 换算为 CGCS2000,{zh}", f"converted from {system.words.en} to CGCS2000, {en}"
    )


def _frame(draft: Draft, geometries: NDArray[np.object_], *, settled: bool) -> gpd.GeoDataFrame:
    columns: dict[str, Any] = {**draft.columns, "row": draft.rows}
    return gpd.GeoDataFrame(columns, geometry=geometries, crs=crs.OURS if settled else None)


def _unread(file: str, name: str, reason: Text) -> Layer:
    nothing = gpd.GeoDataFrame({"row": np.array([], int)}, geometry=np.array([], object))
    return Layer(file, name, nothing, "Unknown", None, Text("未知", "unknown"), None, Verdict.REJECT, reason)
