"""Files as surveyors send them, made small: sound ones, and sound ones broken in one place."""

import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import pyproj
import shapely
from shapely.geometry.base import BaseGeometry

from gis.files import Answers, Layer, Reading, read
from gis.settings import Settings

HOME = (112.9, 28.2)
"""A place in Hunan (43), to which the codes below belong."""
CODES = ["430181001", "430181002", "430181003"]
NAMES = ["镇甲街道", "乙乡", "丙镇"]
SETTINGS = Settings()


def squares(crs: int = 4490, at: tuple[float, float] = HOME) -> list[BaseGeometry]:
    """Three small squares side by side around a place, in a system."""
    boxes = np.array(
        [shapely.box(at[0] + 0.01 * n, at[1], at[0] + 0.01 * (n + 1), at[1] + 0.01) for n in range(3)]
    )
    way = pyproj.Transformer.from_crs(4490, crs, always_xy=True)
    return list(shapely.transform(boxes, way.transform, interleaved=False))


def layer(shapes: list[BaseGeometry], crs: int | None = 4490) -> gpd.GeoDataFrame:
    """Shapes with codes and names."""
    count = len(shapes)
    columns = {"DM": (CODES * count)[:count], "MC": (NAMES * count)[:count]}
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)


def shapefile(
    folder: Path,
    name: str = "units",
    shapes: list[BaseGeometry] | None = None,
    crs: int | None = 4490,
    encoding: str = "UTF-8",
) -> Path:
    """A sound shapefile with all its sisters."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.shp"
    frame = layer(squares(crs or 4490) if shapes is None else shapes, crs)
    pyogrio.write_dataframe(frame, path, encoding=encoding)
    return path


def zipped(path: Path, members: Mapping[str, bytes]) -> Path:
    """A zip of members by name."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def parts(shp: Path, prefix: str = "") -> dict[str, bytes]:
    """A shapefile and its sisters by name, for zipping."""
    return {f"{prefix}{each.name}": each.read_bytes() for each in sorted(shp.parent.glob(f"{shp.stem}.*"))}


def patched(path: Path, place: int, content: bytes) -> None:
    """Writes bytes over a place in a file."""
    whole = bytearray(path.read_bytes())
    whole[place : place + len(content)] = content
    path.write_bytes(bytes(whole))


def record(shp: Path, number: int) -> int:
    """Where the content of a record begins (1-based)."""
    entry = shp.with_suffix(".shx").read_bytes()[100 + 8 * (number - 1) :]
    return int(struct.unpack_from(">i", entry)[0]) * 2 + 8


def reading(path: Path, crs: str | None = None, encoding: str | None = None) -> Reading:
    """A file read with the answers given."""
    return read(path, Answers(crs, encoding), SETTINGS)


def only(path: Path, crs: str | None = None, encoding: str | None = None) -> Layer:
    """The one layer of a file."""
    (found,) = reading(path, crs, encoding).layers
    return found


def said(found: Layer) -> str:
    """Everything a layer says in English."""
    texts = [found.reason, *found.notes] if found.reason else [*found.notes]
    return " | ".join(text.en for text in texts)
