"""Writes layers to files that other software reads: GeoPackage, FlatGeobuf, shapefiles."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pyogrio
from pyogrio.errors import DataSourceError

from gis.errors import BadInput

Suffix = Literal[".fgb", ".shp"]
DRIVERS = {".fgb": "FlatGeobuf", ".shp": "ESRI Shapefile"}


def write_geopackage(path: Path, layers: Mapping[str, gpd.GeoDataFrame]) -> None:
    """Writes frames as the layers of one GeoPackage, replacing the file only when all is written."""
    with blamed_on(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".jiezhi-", dir=path.parent) as folder:
            fresh = Path(folder) / "layers.gpkg"
            for name, frame in layers.items():
                pyogrio.write_dataframe(frame, fresh, layer=name, driver="GPKG", append=fresh.exists())
            fresh.replace(path)


def write_layers(out: Path, layers: Mapping[str, gpd.GeoDataFrame], suffix: Suffix = ".fgb") -> None:
    """Writes frames to a GeoPackage (`out` ends in .gpkg) or to a folder with one file for each layer.

    Shapefiles cut column names to ten characters and are written in UTF-8.
    """
    if out.suffix.lower() == ".gpkg":
        write_geopackage(out, layers)
        return
    with blamed_on(out):
        out.mkdir(parents=True, exist_ok=True)
        for name, frame in layers.items():
            # Without its index a FlatGeobuf keeps the order of the rows.
            options = {"SPATIAL_INDEX": "NO"} if suffix == ".fgb" else {"encoding": "UTF-8"}
            pyogrio.write_dataframe(frame, out / f"{name}{suffix}", driver=DRIVERS[suffix], **options)


@contextmanager
def blamed_on(place: Path) -> Iterator[None]:
    """Says of what cannot be written where it was to go. Raises BadInput."""
    try:
        yield
    except (OSError, DataSourceError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        raise BadInput(
            "不能写入 {place}:{why}", "cannot write {place}: {why}", place=place, why=why
        ) from problem
