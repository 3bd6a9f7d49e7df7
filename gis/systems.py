"""Coordinate systems: which one a text or a code means, decided by the numbers.

Names lie: only ellipsoid, central meridian, offsets and scale make a system what it is. A text whose numbers
are nobody's gets no code; what it says is shown instead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

import pyproj
from pyproj.exceptions import CRSError

from gis import wkt, zones
from gis.text import Text

OURS = 4490
OURS_WITH_HEIGHT = 4480
WGS84 = 4326
WORDS = {
    "meridian": ("中央经线", "central meridian"),
    "easting": ("东偏移", "false easting"),
    "northing": ("北偏移", "false northing"),
    "scale": ("尺度比", "scale"),
    "latitude": ("起始纬度", "latitude of origin"),
}


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
    def source(self) -> str:
        """What PROJ is given."""
        return self.code or self.definition

    @property
    def geographic(self) -> bool:
        """In degrees."""
        return pyproj.CRS(self.source).is_geographic

    @property
    def on_nameless_wgs84(self) -> bool:
        """A datum without a name on the ellipsoid of WGS 84; it can hardly be anything else."""
        definition = wkt.read(self.definition)
        if definition is None or not _has_wgs84_ellipsoid(definition):
            return False
        return "unknown" in wkt.plain(definition.datum_name)


def identify(text: str) -> Identified:
    """Recognises a coordinate system by its numbers, never by its name alone; takes WKT or `EPSG:n`."""
    text = text.strip().lstrip("\ufeff").strip()
    code = re.fullmatch(r"(?:EPSG:)?(\d{4,6})", text, re.IGNORECASE)
    if code:
        return by_code(int(code[1]))
    definition = wkt.read(text)
    if definition is None:
        shown = " ".join(text.split())[:40]
        return _unknown(f"无法识别的坐标系文本“{shown}”", f"a text that names no coordinate system, “{shown}”")
    if zones.mentions_china(definition):
        return _chinese(definition)
    if not definition.projected and definition.plain_units and _is_wgs84(definition):
        return by_code(WGS84)
    return _known_to_proj(text, definition)


def by_code(epsg: int) -> Identified:
    """The system of an EPSG code."""
    grid = zones.by_code(epsg)
    if grid is not None:
        return Identified(epsg, grid.words, _kind_of(grid.system), grid)
    for system in zones.SYSTEMS:
        if epsg == system.code or (epsg == OURS_WITH_HEIGHT and system is zones.CGCS2000):
            zh = f"{system.title.zh} 经纬度 EPSG:{epsg}"
            return Identified(epsg, Text(zh, f"{system.title.en}, EPSG:{epsg}"), _kind_of(system))
    try:
        crs = pyproj.CRS.from_epsg(epsg)
    except CRSError:
        return _unknown(f"没有 EPSG:{epsg} 这个坐标系", f"there is no coordinate system EPSG:{epsg}")
    if not (crs.is_geographic or crs.is_projected):
        return _unknown(f"EPSG:{epsg} 不是平面坐标系", f"EPSG:{epsg} is no horizontal system")
    words = Text(f"{crs.name} EPSG:{epsg}", f"{crs.name}, EPSG:{epsg}")
    return Identified(epsg, words, Kind.WGS84 if _stands_on_wgs84(crs) else Kind.FOREIGN)


def _kind_of(system: zones.System) -> Kind:
    return Kind.CGCS2000 if system is zones.CGCS2000 else Kind.REFUSED


def _unknown(zh: str, en: str) -> Identified:
    return Identified(None, Text(zh, en), Kind.UNKNOWN)


def _chinese(definition: wkt.Definition) -> Identified:
    """A text with a Chinese name: the system whose numbers it bears, else a local one."""
    system = zones.system_of(definition)
    if system is not None and definition.projected:
        grid = zones.grid_meant(definition, system)
        if grid is not None:
            return by_code(grid.epsg)
    elif system is not None and definition.plain_units and definition.axis is not None:
        with_height = wkt.plain(definition.geographic_name).endswith("20003d")
        return by_code(OURS_WITH_HEIGHT if with_height else system.code)
    return Identified(None, _in_numbers(definition), Kind.LOCAL)


def _known_to_proj(text: str, definition: wkt.Definition) -> Identified:
    """A foreign text: PROJ may name it, but only what then proves identical counts."""
    try:
        crs = pyproj.CRS.from_wkt(text)
    except CRSError:
        return Identified(None, _in_numbers(definition), Kind.UNKNOWN)
    if crs.is_compound:
        crs = crs.sub_crs_list[0]
    for match in crs.list_authority("EPSG", 70):
        if pyproj.CRS.from_epsg(int(match.code)).equals(crs, ignore_axis_order=True):
            return by_code(int(match.code))
    kind = Kind.WGS84 if _stands_on_wgs84(crs) else Kind.FOREIGN
    return Identified(None, _in_numbers(definition), kind, definition=text)


def _stands_on_wgs84(crs: pyproj.CRS) -> bool:
    base = crs.geodetic_crs
    return base is not None and base.name in ("WGS 84", "GCS_WGS_1984")


def _is_wgs84(definition: wkt.Definition) -> bool:
    named = re.match(r"d?(wgs1?9?84|worldgeodeticsystem1984)", wkt.plain(definition.datum_name))
    return named is not None and _has_wgs84_ellipsoid(definition)


def _has_wgs84_ellipsoid(definition: wkt.Definition) -> bool:
    return definition.axis == 6378137.0 and abs((definition.flattening or 0) - 298.257223563) < 5e-7


def _in_numbers(definition: wkt.Definition) -> Text:
    """What a text says of its system, for the sender to compare."""
    zh = [f"{WORDS[key][0]} {value:.10g}" for key, value in definition.numbers.items()]
    en = [f"{WORDS[key][1]} {value:.10g}" for key, value in definition.numbers.items()]
    if definition.axis is not None:
        zh.append(f"椭球 {definition.axis:.10g}, 1/{definition.flattening or 0:.12g}")
        en.append(f"ellipsoid {definition.axis:.10g}, 1/{definition.flattening or 0:.12g}")
    name = definition.name[:80]
    return Text(f"“{name}”({','.join(zh)})", f"“{name}” ({', '.join(en)})")
