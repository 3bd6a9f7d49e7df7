"""GeoPackage and FlatGeobuf, opened by GDAL from a private copy.

GDAL chooses a driver by looking into the file, so each kind is proved by its own marks first: a VRT, a pipeline
or a service description under a borrowed suffix never gets there.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import warnings
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio

from gis import crs
from gis.errors import UnreadableFile
from gis.geojson import read_geojson
from gis.readings import Draft, EmptyLayer, Remark, note, refuse_too_many, unique_titles, warning

GEOJSON = re.compile(rb'"type"\s*:\s*"(FeatureCollection|Feature|Point|LineString|Polygon|Multi\w+|Geom\w+)"')
VIRTUAL = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND rootpage = 0 AND sql NOT LIKE '%USING rtree%'"
COMPUTED = (
    "SELECT 1 FROM sqlite_master AS made, pragma_table_xinfo(made.name) AS held "
    "WHERE made.type = 'table' AND held.hidden IN (2, 3)"
)
SQLITE, GEOPACKAGES = b"SQLite format 3\x00", (b"GPKG", b"GP10", b"GP11", b"GP12")


def kind_of(start: bytes) -> str:
    """What the first bytes of a file prove it to be, as a suffix; empty when it is none of the three."""
    if start.startswith(SQLITE):
        return ".gpkg" if start[68:72] in GEOPACKAGES else ""
    if start.startswith(b"fgb\x03fgb"):
        return ".fgb"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return ".geojson" if text.startswith(b"{") and GEOJSON.search(text) else ""


@dataclass(frozen=True)
class GeoJson:
    """A GeoJSON file: one layer, always read as a whole."""

    name: str
    path: Path

    def read(self) -> Draft:
        """All of it."""
        return read_geojson(self.name, self.path)

    def pieces(self, size: int) -> Iterator[Draft]:
        """All of it, so many rows at a time."""
        draft = self.read()
        for start in range(0, len(draft.rows), size):
            part = slice(start, start + size)
            columns = {title: values[part] for title, values in draft.columns.items()}
            yield replace(
                draft, columns=columns, geometries=draft.geometries[part], rows=draft.rows[part]
            )

    def count(self) -> int:
        """About how many rows there are, told without understanding them."""
        with self.path.open("rb") as stream:
            return sum(block.count(b'"geometry"') for block in iter(lambda: stream.read(1 << 20), b""))


@dataclass(frozen=True)
class Vector:
    """One layer of a GeoPackage or a FlatGeobuf, in a private copy."""

    name: str
    copy: Path
    layer: str
    remarks: list[Remark]

    def read(self) -> Draft:
        """All of it."""
        return self._rows()

    def pieces(self, size: int) -> Iterator[Draft]:
        """All of it, so many rows at a time."""
        yield from in_pieces(self._rows, size)

    def count(self) -> int:
        """How many rows there are."""
        return int(self._size()["features"])

    def _size(self) -> Any:
        return ask_gdal(self.name, pyogrio.read_info, self.copy, **self._chosen())

    def _chosen(self) -> dict[str, Any]:
        return {"layer": self.layer} if self.layer else {}

    def _rows(self, skip: int = 0, most: int | None = None) -> Draft:
        size = self._size()
        refuse_too_many(len(size["fields"]), size["features"], self.name)
        part = {"skip_features": skip, "max_features": most}
        meta, _, wkb, columns = ask_gdal(self.name, pyogrio.raw.read, self.copy, **self._chosen(), **part)
        if wkb is None or not len(wkb):
            raise EmptyLayer(self.name)
        stated = str(meta["crs"] or "")
        return Draft(
            name=self.name,
            columns=dict(zip(unique_titles([str(each) for each in meta["fields"]]), columns, strict=True)),
            geometries=wkb,
            rows=np.arange(skip + 1, skip + len(wkb) + 1),
            geometry_type=str(meta["geometry_type"]).removesuffix(" Z"),
            system=crs.identify(stated) if stated and "undefined" not in stated.lower()[:60] else None,
            remarks=list(self.remarks),
        )


def in_pieces(some: Callable[[int, int], Draft], size: int) -> Iterator[Draft]:
    """All rows of a layer, so many at a time; `some` reads from the first after `skip` on at `most` rows."""
    skip = 0
    while True:
        try:
            draft = some(skip, size)
        except EmptyLayer:
            if not skip:
                raise
            return
        yield draft
        skip += size
        if len(draft.rows) < size:
            return


def layers_in(name: str, kind: str, path: Path, into: Path) -> list[GeoJson | Vector]:
    """The spatial layers of a file, to be read with geometry as sent. Both steps raise UnreadableFile."""
    if kind == ".geojson":
        return [GeoJson(name, path)]
    copy = into / f"source{kind}"
    shutil.copyfile(path, copy)
    if kind == ".fgb":
        return [Vector(name, copy, "", [])]
    remarks = [*_still_open(copy), *_disarm(copy, name)]
    listed = ask_gdal(name, pyogrio.list_layers, copy)
    remarks += [_unused("表", "table", str(layer)) for layer, shape in listed if shape is None]
    spatial = [str(layer) for layer, shape in listed if shape is not None]
    if not spatial:
        raise UnreadableFile("{name} 中没有空间图层", "{name} has no spatial layer", name=name)
    return [Vector(layer, copy, layer, remarks) for layer in spatial]


def _still_open(copy: Path) -> list[Remark]:
    """Whether a program was still writing: its last changes then lie in a second file that was not sent."""
    with copy.open("rb") as stream:
        write_ahead = stream.read(20)[18:] == b"\x02\x02"
    if not write_ahead:
        return []
    return [
        warning(
            "文件可能仍在制图软件中打开,最新修改可能不在其中;如有缺失,请关闭软件后重新报送",
            "the file may still be open in mapping software and lack the last changes; if so, close it and send again",
        )
    ]


def _disarm(copy: Path, name: str) -> list[Remark]:
    """Takes out of a GeoPackage what can run or lie: views, triggers, stored counts; refuses what computes."""
    try:
        with closing(sqlite3.connect(copy)) as package, package:
            views = [
                str(each) for (each,) in package.execute("SELECT name FROM sqlite_master WHERE type = 'view'")
            ]
            if package.execute(VIRTUAL).fetchone() or package.execute(COMPUTED).fetchone():
                raise UnreadableFile(
                    "{name} 含有虚拟表或计算列,不予读取",
                    "{name} holds virtual tables or computed columns; not read",
                    name=name,
                )
            package.execute("PRAGMA writable_schema = ON")
            package.execute("DELETE FROM sqlite_master WHERE type IN ('view', 'trigger')")
        with closing(sqlite3.connect(copy)) as package, package:  # anew, so that it forgets the triggers
            package.execute(
                "DELETE FROM gpkg_geometry_columns WHERE table_name NOT IN (SELECT name FROM sqlite_master)"
            )
            package.execute(
                "DELETE FROM gpkg_contents WHERE table_name NOT IN (SELECT name FROM sqlite_master)"
            )
            if package.execute("SELECT 1 FROM sqlite_master WHERE name = 'gpkg_ogr_contents'").fetchone():
                package.execute("DELETE FROM gpkg_ogr_contents")
    except (sqlite3.Error, UnicodeError) as problem:
        raise _broken(name) from problem
    return [_unused("视图", "view", each) for each in views]


def _unused(zh: str, en: str, title: str) -> Remark:
    title = title[:80]
    return note(f"{zh}“{title}”不是图层,未读取", f"the {en} “{title}” is no layer; not read")


def ask_gdal(name: str, call: Callable[..., Any], *given: Any, **options: Any) -> Any:
    """One question to GDAL; whatever it stumbles over is the file's fault. Raises UnreadableFile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # heights and measures are reported by ourselves
            return call(*given, **options)
    except Exception as problem:
        raise _broken(name) from problem


def _broken(name: str) -> UnreadableFile:
    return UnreadableFile(
        "{name} 已损坏或不是所称的格式", "{name} is damaged or not what it claims to be", name=name
    )
