"""GeoPackage, GeoJSON and FlatGeobuf, opened by GDAL from a private copy.

GDAL chooses a driver by looking into the file, so each kind is proved by its own marks first and GeoJSON is
forced by its prefix: a VRT, a pipeline or a service description under a borrowed suffix is never followed.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import warnings
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio

from gis import crs
from gis.errors import TooLarge, UnreadableFile
from gis.readings import Draft, Remark, note, unique_titles

PREFIXES = {".geojson": "GeoJSON:", ".gpkg": "", ".fgb": ""}
MOST_CELLS = 100_000_000
GEOJSON = re.compile(rb'"type"\s*:\s*"(FeatureCollection|Feature|Point|LineString|Polygon|Multi\w+|Geom\w+)"')
SQLITE, GEOPACKAGES = b"SQLite format 3\x00", (b"GPKG", b"GP10", b"GP11", b"GP12")


def kind_of(start: bytes) -> str:
    """What the first bytes of a file prove it to be, as a suffix; empty when it is none of the three."""
    if start.startswith(SQLITE):
        return ".gpkg" if start[68:72] in GEOPACKAGES else ""
    if start.startswith(b"fgb\x03fgb"):
        return ".fgb"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip()
    return ".geojson" if text.startswith(b"{") and GEOJSON.search(text) else ""


def read_vectors(name: str, kind: str, path: Path, into: Path) -> list[Draft]:
    """The spatial layers of a file, geometry as sent. Raises UnreadableFile, TooLarge."""
    copy = into / f"source{kind}"
    shutil.copyfile(path, copy)
    if kind == ".gpkg":
        _disarm(copy, name)
    source = PREFIXES[kind] + str(copy)
    layers, remarks = _layers(source, name)
    return [_draft(source, layer, name if kind != ".gpkg" else layer, remarks) for layer in layers]


def _disarm(copy: Path, name: str) -> None:
    """Takes out what can run or lie: views, triggers, and the stored numbers of features."""
    try:
        with closing(sqlite3.connect(copy)) as package, package:
            package.execute("PRAGMA trusted_schema = OFF")
            found = package.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
            for kind, title, sql in found:
                if kind == "table" and re.match(
                    r"\s*CREATE\s+VIRTUAL\s+TABLE(?!.*USING\s+rtree)", sql or "", re.IGNORECASE | re.DOTALL
                ):
                    raise UnreadableFile(
                        "{name} 含有虚拟表,不予读取", "{name} holds virtual tables and is not read", name=name
                    )
                if kind in ("view", "trigger"):
                    quoted = '"' + title.replace('"', '""') + '"'
                    package.execute(f"DROP {kind} IF EXISTS {quoted}")
            if ("table", "gpkg_ogr_contents") in [(kind, title) for kind, title, _ in found]:
                package.execute("DELETE FROM gpkg_ogr_contents")
    except (sqlite3.Error, UnicodeError) as problem:
        raise _broken(name) from problem


def _layers(source: str, name: str) -> tuple[list[str], list[Remark]]:
    if not source.endswith(".gpkg"):
        return [""], []
    listed = ask_gdal(name, pyogrio.list_layers, source)
    spatial = [str(layer) for layer, kind in listed if kind is not None]
    if not spatial:
        raise UnreadableFile("{name} 中没有空间图层", "{name} has no spatial layer", name=name)
    plain = [str(layer)[:80] for layer, kind in listed if kind is None]
    return spatial, [
        note(f"表“{each}”没有图形,未读取", f"table “{each}” has no geometry; not read") for each in plain
    ]


def _draft(source: str, layer: str, name: str, remarks: list[Remark]) -> Draft:
    chosen = {"layer": layer} if layer else {}
    _refuse_too_many(ask_gdal(name, pyogrio.read_info, source, **chosen), name)
    meta, _, wkb, columns = ask_gdal(name, pyogrio.raw.read, source, **chosen)
    if wkb is None or not len(wkb):
        raise UnreadableFile("{name} 中没有任何图形", "{name} has no features", name=name)
    stated = str(meta["crs"] or "")
    return Draft(
        name=name,
        columns=dict(zip(unique_titles([str(each) for each in meta["fields"]]), columns, strict=True)),
        geometries=wkb,
        rows=np.arange(1, len(wkb) + 1),
        geometry_type=str(meta["geometry_type"]).removesuffix(" Z"),
        system=crs.identify(stated) if stated and "undefined" not in stated.lower()[:60] else None,
        remarks=list(remarks),
        row_problems=[],
    )


def _refuse_too_many(size: dict[str, Any], name: str) -> None:
    if len(size["fields"]) * max(size["features"], 1) > MOST_CELLS:
        raise TooLarge("{name} 的行列数过多", "{name} has too many rows and columns", name=name)


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
