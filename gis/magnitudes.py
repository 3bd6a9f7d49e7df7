"""Do the numbers of the coordinates fit the coordinate system, and if none is named, which one could it be?

Chinese eastings tell a lot: six digits are metres around a central meridian, eight digits begin with the zone number
(25-45: 3° zones, 13-23: 6° zones), northings lie between 0.3 and 6.2 million.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely

from gis import provinces, zones
from gis.crs import WGS84, Geometries, Identified, Kind, by_code, to_cgcs2000
from gis.readings import Remark, question, refusal, warning

SOUTHMOST, NORTHMOST = 3e5, 6.2e6
"""Northings of China in m."""
CHINA = (73.0, 3.0, 136.0, 54.0)


class Look(StrEnum):
    """What plain numbers look like."""

    DEGREES = "degrees"
    DEGREES_SWAPPED = "latitude first"
    METRES = "metres"
    ZONED = "metres with zone number"
    METRES_SWAPPED = "northing first"
    OTHER = "other"


@dataclass(frozen=True)
class Doubt:
    """What speaks against a system, and the codes to choose from instead, the likeliest first."""

    remark: Remark
    choices: tuple[str, ...] = ()


def typical(geometries: Geometries) -> tuple[float, float] | None:
    """The middle coordinate of all; None when there is none."""
    coordinates = shapely.get_coordinates(geometries)
    if not len(coordinates):
        return None
    x, y = np.median(coordinates, axis=0)
    return float(x), float(y)


def look(x: float, y: float) -> Look:
    """What a coordinate looks like, before anybody says what it is."""
    if abs(x) <= 180 and abs(y) <= 90:
        east_as_north = CHINA[1] <= x <= CHINA[3] and CHINA[0] <= y <= 90
        return Look.DEGREES_SWAPPED if east_as_north else Look.DEGREES
    if abs(x) <= 90 and abs(y) <= 180:
        return Look.DEGREES_SWAPPED
    if SOUTHMOST <= y <= NORTHMOST and (0 < x < 1e6 or _zone(x)):
        return Look.ZONED if _zone(x) else Look.METRES
    if 1e6 <= x <= NORTHMOST and (1e5 <= y < 1e6 or _zone(y)):
        return Look.METRES_SWAPPED
    return Look.OTHER


def doubt(system: Identified, geometries: Geometries) -> Doubt | None:
    """What in the size of the numbers contradicts the system; None when they fit."""
    middle = typical(geometries)
    if middle is None:
        return None
    seen = look(*middle)
    if system.grid is not None:
        return _doubt_grid(system.grid, seen, middle)
    if system.geographic:
        return _doubt_degrees(system, seen, middle)
    if (
        seen in (Look.DEGREES, Look.DEGREES_SWAPPED)
        and max(map(abs, middle)) > 1
        and system.kind is Kind.WGS84
    ):
        return _degrees_as_metres(system)
    return None


def proposal(geometries: Geometries, province: str | None) -> Doubt:
    """Asks for the coordinate system that the file does not name, with the likeliest answers."""
    middle = typical(geometries)
    seen = Look.OTHER if middle is None else look(*middle)
    if middle is None or seen is Look.OTHER:
        return Doubt(
            question("没有坐标系说明(.prj),请选择坐标系", "no coordinate system is given (.prj); choose it")
        )
    if seen in (Look.METRES_SWAPPED, Look.DEGREES_SWAPPED):
        return Doubt(
            question(
                "没有坐标系说明(.prj),且纵横坐标可能颠倒(北在前);请调换后重新导出,或选择坐标系",
                "no coordinate system is given (.prj), and the axes look swapped (north first): swap them and export again, "
                "or choose the system",
            )
        )
    if seen is Look.DEGREES:
        return Doubt(
            question(
                "没有坐标系说明(.prj),坐标是经纬度,请选择坐标系;取自互联网地图的数据可能是偏移坐标(GCJ-02),不能采用",
                "no coordinate system is given (.prj); the numbers are degrees, choose the system. Data taken from web maps "
                "may be shifted (GCJ-02) and cannot be used",
            ),
            ("EPSG:4490", "EPSG:4326"),
        )
    if seen is Look.ZONED:
        zone = _zone(middle[0])
        return Doubt(
            question(
                f"没有坐标系说明(.prj);横坐标带 {zone} 带号,请选择坐标系",
                f"no coordinate system is given (.prj); the eastings bear zone number {zone}, choose the system",
            ),
            _codes_of_zone(zone),
        )
    return Doubt(
        question(
            "没有坐标系说明(.prj);横坐标没有带号,请选择中央经线",
            "no coordinate system is given (.prj); the eastings bear no zone number, choose the central meridian",
        ),
        meridians(middle, province),
    )


def far_from_home(
    system: Identified, lon: float, lat: float, x: float, y: float, province: str | None
) -> Doubt | None:
    """Warns when the data lie where they can hardly belong: outside their province, outside China, far off the zone."""
    if province is not None and not provinces.holds(province, lon, lat):
        fitting = meridians((x, y), province)[:1] if system.grid and not system.grid.prefix else ()
        zh = f";如果中央经线选错,可改用 {fitting[0]}" if fitting else ""
        en = f"; if the central meridian is wrong, choose {fitting[0]}" if fitting else ""
        name = provinces.title(province)
        return Doubt(
            warning(
                f"数据位于东经 {lon:.2f}°、北纬 {lat:.2f}°,不在代码所示的{name.zh}境内,请核对坐标系{zh}",
                f"the data lie at {lon:.2f}°E {lat:.2f}°N, outside {name.en}, where their codes belong; check the "
                f"coordinate system{en}",
            ),
            fitting,
        )
    if system.grid is not None and abs(lon - system.grid.meridian) > 4:
        return Doubt(
            warning(
                f"数据离中央经线 {abs(lon - system.grid.meridian):.1f}°,超出本带,请核对坐标系",
                f"the data lie {abs(lon - system.grid.meridian):.1f}° off the central meridian, outside the zone; check the "
                "coordinate system",
            )
        )
    return None


def meridians(middle: tuple[float, float], province: str | None) -> tuple[str, ...]:
    """CGCS2000 3° codes without zone number; those that bring the point into its province come first."""
    point = np.array([shapely.Point(middle)], dtype=object)
    grids = [
        each
        for each in zones.grids()
        if each.system is zones.CGCS2000 and each.width == 3 and not each.prefix
    ]

    def misplaced(grid: zones.Grid) -> tuple[bool, float]:
        placed = to_cgcs2000(point, by_code(grid.epsg))[0][0]
        inside = province is not None and provinces.holds(province, placed.x, placed.y)
        return not inside, abs(
            placed.x - provinces.centre(province)
        ) if inside and province else grid.meridian

    ordered = sorted(grids, key=misplaced) if province else grids
    return tuple(f"EPSG:{grid.epsg}" for grid in ordered)


def _zone(x: float) -> int:
    """The zone number in front of an easting, 0 when there is none."""
    zone, rest = divmod(x, 1e6)
    known = any(zones.FIRST[width] <= zone <= zones.LAST[width] for width in zones.FIRST)
    return int(zone) if known and 5e4 < rest < 9.5e5 else 0


def _codes_of_zone(zone: int) -> tuple[str, ...]:
    width = 3 if zone >= zones.FIRST[3] else 6
    found = [zones.grid_of(system, width, zone, prefix=True) for system in zones.SYSTEMS[:3]]
    return tuple(f"EPSG:{grid.epsg}" for grid in found if grid is not None)


def _doubt_grid(grid: zones.Grid, seen: Look, middle: tuple[float, float]) -> Doubt | None:
    if seen is Look.DEGREES:
        return Doubt(
            refusal(
                f"坐标是经纬度,坐标系却写的是 {grid.words.zh};可能应为 EPSG:{grid.system.code}",
                f"the numbers are degrees, but the system is given as {grid.words.en}; it may be EPSG:{grid.system.code}",
            ),
            (f"EPSG:{grid.system.code}",),
        )
    if seen in (Look.METRES_SWAPPED, Look.DEGREES_SWAPPED):
        return _swapped()
    zone = _zone(middle[0])
    if seen is Look.ZONED and (not grid.prefix or zone != grid.zone):
        meant = zones.grid_of(grid.system, 3 if zone >= zones.FIRST[3] else 6, zone, prefix=True)
        return _other_grid(grid, meant, f"横坐标带 {zone} 带号", f"the eastings bear zone number {zone}")
    if seen is Look.METRES and grid.prefix:
        meant = zones.grid_of(grid.system, grid.width, grid.zone, prefix=False)
        return _other_grid(grid, meant, "横坐标没有带号", "the eastings bear no zone number")
    return None


def _other_grid(grid: zones.Grid, meant: zones.Grid | None, zh: str, en: str) -> Doubt:
    code = "" if meant is None else f"EPSG:{meant.epsg}"
    may_zh, may_en = (f";可能应为 {code}", f"; it may be {code}") if code else ("", "")
    return Doubt(
        refusal(
            f"{zh},与坐标系 {grid.words.zh} 不符{may_zh}", f"{en}, which contradicts {grid.words.en}{may_en}"
        ),
        (code,) if code else (),
    )


def _doubt_degrees(system: Identified, seen: Look, middle: tuple[float, float]) -> Doubt | None:
    if seen is Look.DEGREES_SWAPPED and (abs(middle[1]) > 90 or system.kind is not Kind.FOREIGN):
        return _swapped()
    if seen in (Look.DEGREES, Look.DEGREES_SWAPPED) or (seen is Look.OTHER and max(map(abs, middle)) < 1000):
        return None  # single rows out of reach are told row by row
    if seen is Look.METRES_SWAPPED:
        return _swapped()
    asked = proposal(np.array([shapely.Point(middle)], dtype=object), None)
    return Doubt(
        refusal(
            f"坐标是以米为单位的平面坐标,坐标系却写的是 {system.words.zh}",
            f"the numbers are metres, but the system is given as {system.words.en}",
        ),
        asked.choices,
    )


def _degrees_as_metres(system: Identified) -> Doubt:
    return Doubt(
        refusal(
            f"坐标是经纬度,坐标系却写的是 {system.words.zh};可能应为 EPSG:{WGS84}",
            f"the numbers are degrees, but the system is given as {system.words.en}; it may be EPSG:{WGS84}",
        ),
        ("EPSG:4490", f"EPSG:{WGS84}"),
    )


def _swapped() -> Doubt:
    return Doubt(
        refusal(
            "纵横坐标颠倒(北在前),应为东(经度)在前;请调换后重新导出",
            "the axes are swapped (north first); east (longitude) comes first: swap them and export again",
        )
    )
