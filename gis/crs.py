"""The way from any coordinate system to CGCS2000, and measures on the ellipsoid.

Axis order is always lon, lat (or east, north). Everything is kept in EPSG:4490; lengths in m, areas in m².
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.exceptions import ProjError
from pyproj.transformer import AreaOfInterest, TransformerGroup
from shapely.geometry.base import BaseGeometry

from gis import zones
from gis.errors import UnreadableFile
from gis.systems import OURS, OURS_WITH_HEIGHT, WGS84, Identified, Kind, by_code, identify

__all__ = [
    "OURS", "WGS84", "Floats", "Geometries", "Identified", "Kind", "areas_m2", "by_code", "degrees",
    "identify", "lengths_m", "local_metres", "metres", "moved", "to_cgcs2000",
]  # fmt: skip

GEOD = pyproj.Geod(a=zones.CGCS2000.axis, rf=zones.CGCS2000.flattening)
WGS84_IS_NEAR_M = 1.0
"""WGS 84 and CGCS2000 differ by decimetres; PROJ knows no operation between them."""

Geometries = NDArray[np.object_]
Floats = NDArray[np.float64]


def to_cgcs2000(geometries: Geometries, system: Identified) -> tuple[Geometries, float | None]:
    """Brings geometries to EPSG:4490; also how far off they may be, in m (None: PROJ cannot say).

    Coordinates that have no place in the system become infinite. Raises UnreadableFile when PROJ has no real
    operation for the datum.
    """
    if system.epsg in (OURS, OURS_WITH_HEIGHT):
        return geometries, 0.0
    if system.kind is Kind.CGCS2000:
        return moved(geometries, _straight(system.source, OURS).transform), 0.0
    if system.epsg == WGS84:
        return geometries, WGS84_IS_NEAR_M
    operation, accuracy = _operation(system, geometries)
    return moved(geometries, operation.transform), accuracy


def moved(geometries: Geometries, way: Callable[..., Any]) -> Geometries:
    """Geometries with every coordinate sent through `way(x, y)`."""
    result: Geometries = shapely.transform(geometries, way, interleaved=False)
    return result


def lengths_m(geometries: Geometries) -> Floats:
    """Length of each geometry on the ellipsoid, in m; of a polygon all its rings. Takes EPSG:4490."""
    geometries = np.asarray(geometries, dtype=object)
    parts, of_geometry = shapely.get_parts(geometries, return_index=True)
    areal = shapely.get_type_id(parts) == 3
    rings, of_part = shapely.get_rings(parts[areal], return_index=True)
    lines = np.concatenate([parts[~areal], rings])
    owner = np.concatenate([of_geometry[~areal], of_geometry[areal][of_part]])
    coordinates, of_line = shapely.get_coordinates(lines, return_index=True)
    joined = of_line[1:] == of_line[:-1]
    start, end = coordinates[:-1][joined], coordinates[1:][joined]
    distances = GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2]
    lengths = np.zeros(len(geometries))
    np.add.at(lengths, owner[of_line[1:][joined]], distances)
    return lengths


def areas_m2(geometries: Geometries) -> Floats:
    """Area of each polygon on the ellipsoid, in m², holes taken off. Takes EPSG:4490."""
    geometries = np.asarray(geometries, dtype=object)
    parts, of_geometry = shapely.get_parts(geometries, return_index=True)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    outer = np.diff(of_part, prepend=-1) != 0
    areas = np.zeros(len(geometries))
    for ring, part, is_outer in zip(rings, of_part, outer, strict=True):
        lon, lat = shapely.get_coordinates(ring).T
        area = abs(GEOD.polygon_area_perimeter(lon, lat)[0])
        areas[of_geometry[part]] += area if is_outer else -area
    return areas


@lru_cache(maxsize=256)
def local_metres(lon: float, lat: float) -> pyproj.Transformer:
    """From EPSG:4490 to plane metres around a place (east, north); 10 km away they are right to 1e-6."""
    ellipsoid = f"+a={GEOD.a!r} +rf={1 / GEOD.f!r} +type=crs"
    plane = f"+proj=aeqd +lon_0={lon!r} +lat_0={lat!r} +units=m {ellipsoid}"
    return pyproj.Transformer.from_crs(f"+proj=longlat {ellipsoid}", plane, always_xy=True)


def metres(geometries: Geometries, near: BaseGeometry) -> Geometries:
    """Geometries in plane metres around a place, for distances, buffers and offsets. Takes EPSG:4490."""
    return moved(geometries, _around(near).transform)


def degrees(geometries: Geometries, near: BaseGeometry) -> Geometries:
    """The way back from `metres` around the same place."""

    def back(x: Floats, y: Floats) -> Any:
        return _around(near).transform(x, y, direction="INVERSE")

    return moved(geometries, back)


def _around(near: BaseGeometry) -> pyproj.Transformer:
    west, south, east, north = near.bounds
    return local_metres(round((west + east) / 2, 6), round((south + north) / 2, 6))


@lru_cache(maxsize=64)
def _straight(source: str, target: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _operation(system: Identified, geometries: Geometries) -> tuple[pyproj.Transformer, float | None]:
    """The best operation for where the data lie, and its accuracy in m, if any is promised for there."""
    for area in dict.fromkeys((_area(system, geometries), None)):
        ways = _operations(system, area)
        if ways:
            promised = ways[0].accuracy >= 0 and (area is not None or len(ways) == 1)
            return ways[0], ways[0].accuracy + WGS84_IS_NEAR_M if promised else None
    raise UnreadableFile(
        f"坐标系 {system.words.zh} 没有到 CGCS2000 的可靠转换,请转换为 CGCS2000 后再报送",
        f"there is no dependable transformation from {system.words.en} to CGCS2000; convert the data first",
    )


def _operations(system: Identified, area: AreaOfInterest | None) -> list[pyproj.Transformer]:
    """What PROJ offers on the way to WGS 84, the best first; guesses (ballpark) are no offers."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a missing grid file shows in the accuracy
        try:
            return TransformerGroup(
                system.source,
                WGS84,
                always_xy=True,
                allow_ballpark=system.on_nameless_wgs84,
                area_of_interest=area,
            ).transformers
        except ProjError:
            return []


def _area(system: Identified, geometries: Geometries) -> AreaOfInterest | None:
    """About where the data lie, in lon/lat."""
    west, south, east, north = (float(bound) for bound in shapely.total_bounds(geometries))
    try:
        rough = _straight(system.source, WGS84).transform_bounds(west, south, east, north, errcheck=False)
    except ProjError:
        return None
    return AreaOfInterest(*rough) if np.isfinite(rough).all() else None
