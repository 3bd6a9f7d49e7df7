"""Shapefiles as surveyors really send them: sisters missing, index broken, encoding unsaid, rows damaged.

The parts are mended on a private copy, with an index made anew, so that GDAL always opens a sound file; what
had to be mended is said. Layout: ESRI Shapefile Technical Description (1998).
"""

from __future__ import annotations

import shutil
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
from numpy.typing import NDArray

from gis import crs, encodings
from gis.errors import UnreadableFile
from gis.readings import Answers, Draft, EmptyLayer, Remark, unique_titles, warning
from gis.vectors import ask_gdal, in_pieces

HEADER = 100
FILE_CODE = 9994
TYPES = {1: "Point", 3: "LineString", 5: "Polygon", 8: "MultiPoint"}
SHAPE_TYPES = frozenset(each + with_more for each in (*TYPES, 0) for with_more in (0, 10, 20))
BYTEWISE = "ISO-8859-1"
"""Every byte is one character, so nothing is lost before the encoding is decided."""
BLOCK = 1 << 20
Ints = NDArray[np.int64]


@dataclass
class Records:
    """Where the records of a .shp lie: offset and content length in bytes."""

    offsets: Ints
    lengths: Ints
    end: int
    """Where the last good record ends."""
    remarks: list[Remark] = field(default_factory=list)


@dataclass
class Shapefile:
    """A shapefile whose parts were mended into a private copy."""

    name: str
    copy: Path
    sisters: Mapping[str, Path]
    answers: Answers
    shape_type: int
    rows: int
    language: int
    """The language byte of its table."""
    remarks: list[Remark]
    decided: encodings.Decided | None = None
    """The encoding, once texts were seen."""

    def read(self) -> Draft:
        """All its rows, geometry as sent. Raises UnreadableFile."""
        return self._rows()

    def pieces(self, size: int) -> Iterator[Draft]:
        """The same, so many rows at a time; the first ones decide the encoding for those that follow."""
        yield from in_pieces(self._rows, size)

    def count(self) -> int:
        """How many rows there are."""
        return self.rows

    def _rows(self, skip: int = 0, most: int | None = None) -> Draft:
        meta, rows, wkb, columns = ask_gdal(
            f"{self.name}.shp", pyogrio.raw.read, self.copy, encoding=BYTEWISE, return_fids=True,
            skip_features=skip, max_features=most,
        )  # fmt: skip
        if skip and not len(rows):
            raise EmptyLayer(f"{self.name}.shp")
        decided = self.decided if skip else None
        if decided is None:
            decided = self.decided = self._decide(_texts(meta["fields"], columns))
        titles = [_decoded(each, decided) for each in meta["fields"]]
        values = [_decoded_column(each, decided) for each in columns]
        remarks = [*self.remarks, *decided.remarks, *([] if skip else self._cut_off(titles, columns, decided))]
        return Draft(
            name=self.name,
            columns=dict(zip(unique_titles(titles), values, strict=True)),
            geometries=wkb,
            rows=rows + 1,
            geometry_type=TYPES.get(self.shape_type % 10, "Unknown"),
            system=_stated_system(self.sisters.get(".prj")),
            remarks=remarks,
            encoding=decided.title,
            sample=_sample(values),
        )

    def _cut_off(
        self, titles: list[str], columns: list[NDArray[Any]], decided: encodings.Decided
    ) -> tuple[Remark, ...]:
        if self.answers.encoding:
            return ()
        texts = {title: _texts([], [column]) for title, column in zip(titles, columns, strict=True)}
        return encodings.cut_off(texts, decided.codec)

    def _decide(self, texts: list[bytes]) -> encodings.Decided:
        return encodings.decide(
            texts,
            stated=_word(self.sisters.get(".cpg")),
            language=self.language,
            chosen=self.answers.encoding,
        )


def open_shapefile(name: str, sisters: Mapping[str, Path], into: Path, answers: Answers) -> Shapefile:
    """One shapefile, mended so that it can be read.

    `sisters` maps the suffixes (.shp, .dbf, …) to files; `into` is a private folder for the mended copy.
    Raises UnreadableFile when the parts do not make a shapefile.
    """
    shape_type, records = survey_shp(name, sisters[".shp"], sisters.get(".shx"))
    if ".dbf" not in sisters:
        raise UnreadableFile(
            "{name}.shp 缺少同名的 {name}.dbf(属性表),请一并报送",
            "{name}.shp has no {name}.dbf (attribute table); send it along",
            name=name,
        )
    remarks = list(records.remarks)
    if not len(records.offsets):
        raise EmptyLayer(f"{name}.shp")
    copy = into / "layer.shp"
    _copy_shp(sisters[".shp"], copy, records)
    language, table_remarks = copy_dbf(sisters[".dbf"], copy.with_suffix(".dbf"), len(records.offsets), name)
    remarks += table_remarks
    if ".dbt" in sisters:
        shutil.copyfile(sisters[".dbt"], copy.with_suffix(".dbt"))
    return Shapefile(name, copy, sisters, answers, shape_type, len(records.offsets), language, remarks)


def survey_shp(name: str, shp: Path, shx: Path | None) -> tuple[int, Records]:
    """The shape type and the records of a .shp, from its index or, where that is wrong, one by one."""
    size = shp.stat().st_size
    head = _start(shp, HEADER)
    if len(head) < HEADER or struct.unpack_from(">i", head)[0] != FILE_CODE:
        raise UnreadableFile("{name}.shp 不是 Shapefile 文件", "{name}.shp is not a shapefile", name=name)
    stated, (shape_type,) = 2 * struct.unpack_from(">i", head, 24)[0], struct.unpack_from("<i", head, 32)
    if shape_type not in SHAPE_TYPES:
        raise UnreadableFile(
            "{name}.shp 不是点、线、面图层", "{name}.shp holds no points, lines or areas", name=name
        )
    if size == HEADER:
        return shape_type, Records(np.array([], int), np.array([], int), HEADER)
    content = np.memmap(shp, dtype=np.uint8, mode="r")
    records = _from_index(content, shx)
    if records is None:
        records = _one_by_one(content)
        zh, en = (
            ("缺少索引文件(.shx)", "is missing") if shx is None else ("索引文件(.shx)与图形不符", "is wrong")
        )
        records.remarks.insert(0, warning(f"{zh},已重建", f"the index (.shx) {en}; it was rebuilt"))
    if stated != size:
        records.remarks.append(
            warning(
                f".shp 文件头记载长度 {stated} 字节,实际 {size} 字节",
                f"the .shp header says {stated} bytes, the file has {size}",
            )
        )
    if len(records.offsets) and (first := int(_big_endian(content, records.offsets[:1])[0])) != 1:
        records.remarks.append(
            warning(f"图形记录号从 {first} 开始,应为 1", f"record numbers start at {first}, not 1")
        )
    return shape_type, records


def copy_dbf(dbf: Path, target: Path, rows: int, name: str) -> tuple[int, list[Remark]]:
    """Copies the attribute table with exactly `rows` rows; returns its language byte and what was mended."""
    content = _bytes_of(dbf)
    if len(content) < 33:
        raise UnreadableFile("{name}.dbf 不是属性表", "{name}.dbf is not an attribute table", name=name)
    stated, head, width = struct.unpack_from("<IHH", content.data, 4)
    if head < 33 or head > len(content) or width < 1:
        raise UnreadableFile("{name}.dbf 不是属性表", "{name}.dbf is not an attribute table", name=name)
    body = content[head:]
    there = min(stated, len(body) // width)
    remarks = _row_remarks(there, stated, rows)
    kept = body[: min(there, rows) * width]
    deleted = int(np.count_nonzero(kept[::width] == ord("*")))
    if deleted:
        remarks.append(
            warning(
                f"属性表中有 {deleted} 行标记为已删除,未读取",
                f"{deleted} rows marked as deleted were left out",
            )
        )
    with target.open("wb") as out:
        out.write(content[:4].tobytes() + struct.pack("<I", rows) + content[8:head].tobytes())
        for start in range(0, len(kept), BLOCK):
            out.write(kept[start : start + BLOCK].tobytes())
        for _ in range(rows - min(there, rows)):
            out.write(b" " * width)
        out.write(b"\x1a")
    return int(content[29]), remarks


def _bytes_of(path: Path) -> NDArray[np.uint8]:
    """The bytes of a file, fetched as they are looked at."""
    return np.memmap(path, dtype=np.uint8, mode="r") if path.stat().st_size else np.array([], np.uint8)


def _row_remarks(there: int, stated: int, rows: int) -> list[Remark]:
    if there < stated:
        return [
            warning(
                f"属性表应有 {stated} 行,只有 {there} 行完整",
                f"the attribute table has {there} of {stated} rows",
            )
        ]
    if there != rows:
        return [
            warning(
                f"属性表有 {there} 行,图形有 {rows} 个", f"{there} rows of attributes, but {rows} features"
            )
        ]
    return []


def _from_index(content: NDArray[np.uint8], shx: Path | None) -> Records | None:
    """The records as the .shx lists them; None when it does not fit the .shp."""
    raw = b"" if shx is None else shx.read_bytes()[HEADER:]
    entries = np.frombuffer(raw[: len(raw) // 8 * 8], ">i4").reshape(-1, 2).astype(int) * 2
    offsets, lengths = entries[:, 0], entries[:, 1]
    ends = offsets + 8 + lengths
    if not len(entries) or offsets.min() < HEADER or lengths.min() < 4 or ends.max() > len(content):
        return None
    if not np.array_equal(_big_endian(content, offsets + 4) * 2, lengths):
        return None
    return Records(offsets, lengths, int(ends.max()), _leftover(content, int(ends.max()), len(offsets)))


def _one_by_one(content: NDArray[np.uint8]) -> Records:
    offsets, lengths, place = [], [], HEADER
    whole = content.data
    while place + 12 <= len(content):
        length = 2 * struct.unpack_from(">i", whole, place + 4)[0]
        if length < 4 or place + 8 + length > len(content):
            break
        offsets.append(place)
        lengths.append(length)
        place += 8 + length
    return Records(
        np.array(offsets, int), np.array(lengths, int), place, _leftover(content, place, len(offsets))
    )


def _leftover(content: NDArray[np.uint8], end: int, count: int) -> list[Remark]:
    if end == len(content):
        return []
    return [
        warning(
            f"第 {count} 条图形记录之后的内容已损坏,未读取",
            f"the file is damaged after record {count}; the rest is left out",
        )
    ]


def _big_endian(content: NDArray[np.uint8], places: Ints) -> Ints:
    numbers: Ints = content[places[:, None] + np.arange(4)].copy().view(">i4")[:, 0].astype(int)
    return numbers


def _copy_shp(shp: Path, copy: Path, records: Records) -> None:
    shutil.copyfile(shp, copy)
    with copy.open("r+b") as out:
        out.truncate(records.end)
        out.seek(24)
        out.write(struct.pack(">i", records.end // 2))
        out.seek(0)
        head = out.read(HEADER)
    entries = np.column_stack([records.offsets, records.lengths]) // 2
    length = struct.pack(">i", (HEADER + entries.size * 4) // 2)
    copy.with_suffix(".shx").write_bytes(head[:24] + length + head[28:] + entries.astype(">i4").tobytes())


def _texts(titles: Any, columns: list[NDArray[Any]]) -> list[bytes]:
    texts = {each for column in columns if column.dtype == object for each in column if isinstance(each, str)}
    return [each.encode("latin-1", "replace") for each in {*titles, *texts}]


def _decoded_column(column: NDArray[Any], decided: encodings.Decided) -> NDArray[Any]:
    if column.dtype != object:
        return column
    return np.array(
        [_decoded(each, decided) if isinstance(each, str) else each for each in column], dtype=object
    )


def _decoded(text: str, decided: encodings.Decided) -> str:
    return text if text.isascii() else decided.text(text.encode("latin-1", "replace"))


def _sample(values: list[NDArray[Any]]) -> tuple[str, ...]:
    texts = [each for column in values if column.dtype == object for each in column if isinstance(each, str)]
    telling = dict.fromkeys(each for each in texts if not each.isascii())
    return tuple(list(telling)[:5])


def _stated_system(prj: Path | None) -> crs.Identified | None:
    text = "" if prj is None else encodings.text_of(_start(prj, 20_000))
    if not text.strip():
        return None
    return crs.identify(text)


def _word(cpg: Path | None) -> str | None:
    return None if cpg is None else _start(cpg, 200).decode("utf-8", "replace") or None


def _start(path: Path, size: int) -> bytes:
    with path.open("rb") as stream:
        return stream.read(size)
