"""Polygons that people already have, read as they are: any usual vector file, in its own coordinate system."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pyogrio

from gis.errors import UnreadableFile

DRIVERS = {
    "ESRI Shapefile", "GPKG", "GeoJSON", "GeoJSONSeq", "TopoJSON", "FlatGeobuf", "OpenFileGDB", "MapInfo File", "KML",
    "LIBKML", "GML", "DXF", "DGN", "SQLite", "Parquet", "Arrow",
}  # fmt: skip
"""Drivers that read the file itself and follow no path or address written in it."""


def read_polygons(path: Path) -> gpd.GeoDataFrame:
    """The areas of a file's first layer that has any. Raises UnreadableFile."""
    if not path.exists():
        raise UnreadableFile("没有文件 {file}", "there is no file {file}", file=path)
    try:
        for layer in pyogrio.list_layers(path)[:, 0]:
            if pyogrio.read_info(path, layer=layer)["driver"] not in DRIVERS:
                break
            frame = pyogrio.read_dataframe(path, layer=layer, on_invalid="warn")
            areas = frame[frame.geom_type.isin(["Polygon", "MultiPolygon"])].reset_index(drop=True)
            if not areas.empty:
                return areas
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, ValueError, OSError) as problem:
        raise UnreadableFile(
            "{file} 不是能读取的矢量数据,或已损坏",
            "{file} is no vector data that can be read, or it is damaged",
            file=path.name,
        ) from problem
    raise UnreadableFile("{file} 中没有面要素", "there are no polygons in {file}", file=path.name)
