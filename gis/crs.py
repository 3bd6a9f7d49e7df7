"""Coordinate systems: which one a file is in, the way to CGCS2000, and measures on the ellipsoid.

Axis order is always lon, lat (or east, north). Everything is kept in EPSG:4490; lengths in m, areas in m².
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup
from shapely.geometry.base import BaseGeometry

from gis import wkt, zones
from gis.errors import UnreadableFile
from gis.text import Text

OURS = 4490
WGS84 = 4326
GEOD = pyproj.Geod(a=zones.CGCS2000.axis, rf=zones.CGCS2000.flattening)
WGS84_IS_NEAR_M = 1.0
"""WGS 84 and CGCS2000 differ by decimetres; PROJ knows no operation between them."""

Geometries = NDArray[np.object_]
Floats = NDArray[np.float64]


class Kind(StrEnum):
    """What can be done with a coordinate system."""

    CGCS2000 = "cgcs2000"
    WGS84 = "wgs84"
    REFUSED = "refused"
    """Xian 1980, Beijing 1954: no public transformation."""
    FOREIGN = "foreign"
    """Known to PROJ, under a code or by its own full definition."""
    LOCAL = "local"
    """Calls itself Chinese but has numbers of its own: a local grid, or a lie."""
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Identified:
    """A coordinate system as far as it could be recognised."""

    epsg: int | None
    words: Text
    kind: Kind
    grid: zones.Grid | None = None
    definition: str = ""
    """For PROJ, where there is no code."""

    @property
    def code(self) -> str | None:
        """As `EPSG:n`."""
        return None if self.epsg is None else f"EPSG:{self.epsg}"

    @property
    def geographic(self) -> bool:
        """In degrees."""
        return pyproj.CRS(self.source).is_geographic

    @property
    def source(self) -> str:
        """What PROJ is given."""
        return self.code or self.definition


UNREADABLE = Identified(
    None, Text("无法识别的坐标系文本", "an unreadable coordinate-system text"), Kind.UNKNOWN
)


def identify(text: str) -> Identified:
    """Recognises a coordinate system by its numbers, never by its name alone. Takes WKT, a .prj or `EPSG:n`."""
    text = text.strip().lstrip("\ufeff").strip()
    code = re.fullmatch(r"(?:EPSG:)?(\d{4,6})", text, re.IGNORECASE)
    if code:
        return by_code(int(code[1]))
    definition = wkt.read(text)
    if definition is None:
        return UNREADABLE
    if zones.mentions_china(definition):
        return _chinese(definition)
    if not definition.projected and definition.plain_units and _is_wgs84(definition):
        return by_code(WGS84)
    return _known_to_proj(text, definition)


def by_code(epsg: int) -> Identified:
    """The system of an EPSG code."""
    grid = zones.by_code(epsg)
    if grid is not None:
        kind = Kind.CGCS2000 if grid.system is zones.CGCS2000 else Kind.REFUSED
        return Identified(epsg, grid.words, kind, grid)
    for system in zones.SYSTEMS:
        if epsg == system.code or (epsg == 4480 and system.code == OURS):
            kind = Kind.CGCS2000 if system is zones.CGCS2000 else Kind.REFUSED
            return Identified(epsg, _named(system.title, epsg), kind)
    try:
        crs = pyproj.CRS.from_epsg(epsg)
    except CRSError:
        return Identified(
            None,
            Text(f"没有 EPSG:{epsg} 这个坐标系", f"there is no coordinate system EPSG:{epsg}"),
            Kind.UNKNOWN,
        )
    if not (crs.is_geographic or crs.is_projected):
        return Identified(
            None, Text(f"EPSG:{epsg} 不是平面坐标系", f"EPSG:{epsg} is no horizontal system"), Kind.UNKNOWN
        )
    words = Text(f"{crs.name} EPSG:{epsg}", f"{crs.name}, EPSG:{epsg}")
    return Identified(epsg, words, Kind.WGS84 if _on_wgs84(crs) else Kind.FOREIGN)


def to_cgcs2000(geometries: Geometries, system: Identified) -> tuple[Geometries, float | None]:
    """Brings geometries to EPSG:4490; also how far off they may be, in m (None: PROJ cannot say).

    Coordinates that have no place in the system become infinite. Raises UnreadableFile when PROJ has no real
    operation for the datum.
    """
    if system.epsg in (OURS, 4480):
        return geometries, 0.0
    if system.kind is Kind.CGCS2000:
        return moved(geometries, _exact(system.source, OURS).transform), 0.0
    if system.epsg == WGS84:
        return geometries, WGS84_IS_NEAR_M
    operation, accuracy = _operation(system, geometries)
    return moved(geometries, operation.transform), accuracy


def moved(geometries: Geometries, way: Callable[..., Any]) -> Geometries:
    """Geometries with every coordinate sent through `way(x, y)`."""
    result: Geometries = shapely.transform(geometries, way, interleaved=False)
    return result


def lengths_m(geometries: Geometries) -> Floats:
    """Length of each geometry on the ellipsoid, in m; of a polygon its ring lengths. Takes EPSG:4490."""
    geometries = np.asarray(geometries, dtype=object)
    flat, of_geometry = shapely.get_parts(geometries, return_index=True)
    areal = shapely.get_type_id(flat) == 3
    rings, of_part = shapely.get_rings(flat[areal], return_index=True)
    lines = np.concatenate([flat[~areal], rings])
    owner = np.concatenate([of_geometry[~areal], of_geometry[areal][of_part]])
    coordinates, of_line = shapely.get_coordinates(lines, return_index=True)
    same = of_line[1:] == of_line[:-1]
    start, end = coordinates[:-1][same], coordinates[1:][same]
    _, _, distance = GEOD.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    counted: Floats = np.bincount(owner[of_line[1:][same]], weights=distance, minlength=len(geometries))
    return counted


def areas_m2(geometries: Geometries) -> Floats:
    """Area of each polygon on the ellipsoid, in m², holes taken off. Takes EPSG:4490."""
    geometries = np.asarray(geometries, dtype=object)
    flat, of_geometry = shapely.get_parts(geometries, return_index=True)
    rings, of_part = shapely.get_rings(flat, return_index=True)
    first = np.diff(of_part, prepend=-1) != 0
    areas = np.zeros(len(geometries))
    for ring, part, outer in zip(rings, of_part, first, strict=True):
        lon, lat = shapely.get_coordinates(ring).T
        area = abs(GEOD.polygon_area_perimeter(lon, lat)[0])
        areas[of_geometry[part]] += area if outer else -area
    return areas


@lru_cache(maxsize=256)
def local_metres(lon: float, lat: float) -> pyproj.Transformer:
    """From EPSG:4490 to plane metres true around a place; 10 km away the scale is still right to 1e-6."""
    here = f"+proj=aeqd +lon_0={lon!r} +lat_0={lat!r} +a={GEOD.a!r} +rf={1 / GEOD.f!r} +units=m +type=crs"
    geographic = f"+proj=longlat +a={GEOD.a!r} +rf={1 / GEOD.f!r} +type=crs"
    return pyproj.Transformer.from_crs(geographic, here, always_xy=True)


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


def _chinese(definition: wkt.Definition) -> Identified:
    system = zones.system_of(definition)
    if system is not None and definition.projected:
        grid = zones.grid_meant(definition, system)
        if grid is not None:
            return by_code(grid.epsg)
    elif system is not None and definition.plain_units and definition.axis is not None:
        return by_code(4480 if plain_3d(definition) else system.code)
    return Identified(None, _in_numbers(definition), Kind.LOCAL)


def plain_3d(definition: wkt.Definition) -> bool:
    """Whether a geographic CGCS2000 text has heights too."""
    return wkt.plain(definition.geographic_name) == "chinageodeticcoordinatesystem20003d"


def _known_to_proj(text: str, definition: wkt.Definition) -> Identified:
    try:
        crs = pyproj.CRS.from_wkt(text)
    except CRSError:
        return Identified(None, _in_numbers(definition), Kind.UNKNOWN)
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    for match in crs.list_authority("EPSG", 70):
        if pyproj.CRS.from_epsg(int(match.code)).equals(crs, ignore_axis_order=True):
            return by_code(int(match.code))
    kind = Kind.WGS84 if _on_wgs84(crs) else Kind.FOREIGN
    return Identified(None, _in_numbers(definition), kind, definition=text)


def _operation(system: Identified, geometries: Geometries) -> tuple[pyproj.Transformer, float | None]:
    """The best operation for where the data lie; without a promise of accuracy when none is made for there."""
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a missing grid file shows in the accuracy
        try:
            return TransformerGroup(
                system.source,
                WGS84,
                always_xy=True,
                allow_ballpark=_is_nameless_wgs84(system),
                area_of_interest=area,
            ).transformers
        except ProjError:
            return []


def _area(system: Identified, geometries: Geometries) -> AreaOfInterest | None:
    bounds = shapely.total_bounds(geometries)
    if not np.isfinite(bounds).all():
        return None
    try:
        rough = _exact(system.source, WGS84).transform_bounds(*bounds, errcheck=False)
    except ProjError:
        return None
    return AreaOfInterest(*rough) if np.isfinite(rough).all() else None


@lru_cache(maxsize=64)
def _exact(source: str, target: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(source, target, always_xy=True)


def _is_wgs84(definition: wkt.Definition) -> bool:
    names = wkt.plain(definition.datum_name)
    same = definition.axis == 6378137.0 and abs((definition.flattening or 0) - 298.257223563) < 5e-7
    return same and re.match(r"d?(wgs1?9?84|worldgeodeticsystem1984)", names) is not None


def _on_wgs84(crs: pyproj.CRS) -> bool:
    base = crs.geodetic_crs
    return base is not None and base.name in ("WGS 84", "GCS_WGS_1984")


def _is_nameless_wgs84(system: Identified) -> bool:
    """A datum nobody named on the ellipsoid of WGS 84 can hardly be anything else."""
    definition = wkt.read(system.definition)
    if definition is None or definition.axis != 6378137.0:
        return False
    return abs((definition.flattening or 0) - 298.257223563) < 5e-7 and "unknown" in wkt.plain(
        definition.datum_name
    )


def _in_numbers(definition: wkt.Definition) -> Text:
    names = {"meridian": ("中央经线", "central meridian"), "easting": ("东偏移", "false easting"),
             "northing": ("北偏移", "false northing"), "scale": ("尺度比", "scale"),
             "latitude": ("起始纬度", "latitude of origin")}  # fmt: skip
    zh = [f"{names[key][0]} {value:.10g}" for key, value in definition.numbers.items()]
    en = [f"{names[key][1]} {value:.10g}" for key, value in definition.numbers.items()]
    if definition.axis is not None:
        zh.append(f"椭球 {definition.axis:.10g}, 1/{definition.flattening or 0:.12g}")
        en.append(f"ellipsoid {definition.axis:.10g}, 1/{definition.flattening or 0:.12g}")
    name = definition.name[:80]
    return Text(f"“{name}”({','.join(zh)})", f"“{name}” ({', '.join(en)})")


def _named(title: Text, epsg: int) -> Text:
    return Text(f"{title.zh} 经纬度 EPSG:{epsg}", f"{title.en}, longitude and latitude, EPSG:{epsg}")
