"""Do the coordinates fit the coordinate system, and if none is named, which one could it be?

Chinese eastings tell a lot: six digits are metres around a central meridian, eight digits begin with the zone
number (25-45: 3° zones, 13-23: 6° zones), northings lie between 0.3 and 6.2 million.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import shapely

from gis import provinces, zones
from gis.crs import OURS, WGS84, Geometries, Identified, Kind, by_code, to_cgcs2000
from gis.readings import Remark, question, refusal, warning
from gis.zones import CGCS2000, FIRST, LAST, Grid

SOUTHMOST, NORTHMOST = 3e5, 6.2e6
"""Northings of China in m."""
WEST, SOUTH, EAST, NORTH = 73.0, 3.0, 136.0, 54.0
"""China in °, with its seas."""
FAR_OFF = 4.0
"""Nobody surveys further from a central meridian, in °."""

Point = tuple[float, float]


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


def typical(geometries: Geometries) -> Point | None:
    """The middle coordinate of all; None when there is none."""
    coordinates = shapely.get_coordinates(geometries)
    if not len(coordinates):
        return None
    x, y = np.median(coordinates, axis=0)
    return float(x), float(y)


def look(point: Point) -> Look:
    """What a coordinate looks like, before anybody says what it is."""
    x, y = point
    if abs(x) <= 180 and abs(y) <= 90:
        return Look.DEGREES_SWAPPED if SOUTH <= x <= NORTH and y >= WEST else Look.DEGREES
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
    seen = look(middle)
    if system.grid is not None:
        return _doubt_grid(system.grid, seen, middle)
    if system.geographic:
        return _doubt_degrees(system, seen, middle)
    degrees = seen in (Look.DEGREES, Look.DEGREES_SWAPPED) and max(map(abs, middle)) > 1
    return _degrees_as_metres(system, WGS84) if degrees and system.kind is Kind.WGS84 else None


def proposal(geometries: Geometries, province: str | None) -> Doubt:
    """Asks for the coordinate system that the file does not name, with the likeliest answers."""
    middle = typical(geometries)
    seen = Look.OTHER if middle is None else look(middle)
    if middle is None or seen is Look.OTHER:
        return Doubt(_ask("请选择坐标系", "choose it"))
    if seen is Look.DEGREES:
        return Doubt(
            _ask(
                "坐标是经纬度,请选择坐标系;互联网地图的坐标可能有偏移(GCJ-02),不能采用",
                "the numbers are degrees, choose the system; data from web maps may be shifted (GCJ-02) and "
                "cannot be used",
            ),
            (f"EPSG:{OURS}", f"EPSG:{WGS84}"),
        )
    if seen is Look.ZONED:
        zone = _zone(middle[0])
        return Doubt(
            _ask(
                f"横坐标带 {zone} 带号,请选择坐标系",
                f"the eastings bear zone number {zone}, choose the system",
            ),
            _codes_of_zone(zone),
        )
    if seen is Look.METRES:
        return Doubt(
            _ask(
                "横坐标没有带号,请选择中央经线",
                "the eastings bear no zone number, choose the central meridian",
            ),
            meridians(middle, province),
        )
    return Doubt(
        _ask(
            "纵横坐标可能颠倒(北在前),请调换后重新导出,或选择坐标系",
            "the axes look swapped (north first): swap them and export again, or choose the system",
        )
    )


def likely_instead_of_local(geometries: Geometries) -> tuple[str, ...]:
    """Codes that the numbers alone prove; metres without a zone number may well be the local grid they claim to be."""
    middle = typical(geometries)
    if middle is None or look(middle) is Look.METRES:
        return ()
    return proposal(geometries, None).choices


def far_from_home(
    system: Identified, sent: Point | None, placed: Point | None, province: str | None
) -> Doubt | None:
    """Warns when data lie where they hardly belong: outside their province, China, or the zone."""
    if sent is None or placed is None:
        return None
    lon, lat = placed
    where_zh, where_en = (
        f"数据位于东经 {lon:.2f}°、北纬 {lat:.2f}°",
        f"the data lie at {lon:.2f}°E {lat:.2f}°N",
    )
    if province is not None and not provinces.holds(province, lon, lat):
        name = provinces.title(province)
        better = meridians(sent, province)[:1] if system.grid and not system.grid.prefix else ()
        zh, en = (f";可能应为 {better[0]}", f"; it may be {better[0]}") if better else ("", "")
        return Doubt(
            warning(
                f"{where_zh},不在代码所示的{name.zh}境内,请核对坐标系{zh}",
                f"{where_en}, outside {name.en}, where their codes belong; check the coordinate system{en}",
            ),
            better,
        )
    in_china = WEST <= lon <= EAST and SOUTH <= lat <= NORTH
    near = system.grid is None or abs(lon - system.grid.meridian) <= FAR_OFF
    if system.kind is not Kind.CGCS2000 or (in_china and near):
        return None
    return Doubt(
        warning(
            f"{where_zh},超出坐标系 {system.words.zh} 的使用范围,请核对坐标系",
            f"{where_en}, outside the area of {system.words.en}; check the coordinate system",
        )
    )


def meridians(middle: Point, province: str | None) -> tuple[str, ...]:
    """CGCS2000 3° codes without zone number; those that bring the point into its province come first."""
    point = np.array([shapely.Point(middle)], dtype=object)
    grids = [each for each in zones.grids() if (each.system, each.width, each.prefix) == (CGCS2000, 3, False)]

    def distance(grid: Grid) -> float:
        """From the middle of the province in °; large outside of it."""
        assert province is not None
        placed = to_cgcs2000(point, by_code(grid.epsg))[0][0]
        far = 0.0 if provinces.holds(province, placed.x, placed.y) else 360.0
        return far + abs(float(placed.x) - provinces.centre(province))

    ordered = sorted(grids, key=distance) if province else grids
    return tuple(f"EPSG:{grid.epsg}" for grid in ordered)


def _zone(x: float) -> int:
    """The zone number in front of an easting, 0 when there is none."""
    zone, rest = divmod(x, 1e6)
    known = any(FIRST[width] <= zone <= LAST[width] for width in FIRST)
    return int(zone) if known and 5e4 < rest < 9.5e5 else 0


def _width(zone: int) -> int:
    return 3 if zone >= FIRST[3] else 6


def _codes_of_zone(zone: int) -> tuple[str, ...]:
    found = [zones.grid_of(system, _width(zone), zone, prefix=True) for system in zones.SYSTEMS[:3]]
    return tuple(f"EPSG:{grid.epsg}" for grid in found if grid is not None)


def _doubt_grid(grid: Grid, seen: Look, middle: Point) -> Doubt | None:
    if seen in (Look.DEGREES, Look.DEGREES_SWAPPED):
        return _degrees_as_metres(by_code(grid.epsg), grid.system.code)
    if seen is Look.METRES_SWAPPED:
        return _swapped()
    zone = _zone(middle[0])
    if seen is Look.ZONED and not (grid.prefix and zone == grid.zone):
        meant = zones.grid_of(grid.system, _width(zone), zone, prefix=True)
        return _other_grid(grid, meant, f"横坐标带 {zone} 带号", f"the eastings bear zone number {zone}")
    if seen is Look.METRES and grid.prefix:
        meant = zones.grid_of(grid.system, grid.width, grid.zone, prefix=False)
        return _other_grid(grid, meant, "横坐标没有带号", "the eastings bear no zone number")
    return None


def _other_grid(grid: Grid, meant: Grid | None, zh: str, en: str) -> Doubt:
    code = "" if meant is None else f"EPSG:{meant.epsg}"
    may_zh, may_en = (f";可能应为 {code}", f"; it may be {code}") if code else ("", "")
    return Doubt(
        refusal(
            f"{zh},与坐标系 {grid.words.zh} 不符{may_zh}", f"{en}, which contradicts {grid.words.en}{may_en}"
        ),
        (code,) if code else (),
    )


def _doubt_degrees(system: Identified, seen: Look, middle: Point) -> Doubt | None:
    if seen is Look.DEGREES_SWAPPED and (abs(middle[1]) > 90 or system.kind is Kind.CGCS2000):
        return _swapped()
    if max(map(abs, middle)) < 1000:
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


def _degrees_as_metres(system: Identified, meant: int) -> Doubt:
    return Doubt(
        refusal(
            f"坐标是经纬度,坐标系却写的是 {system.words.zh};可能应为 EPSG:{meant}",
            f"the numbers are degrees, but the system is given as {system.words.en}; it may be EPSG:{meant}",
        ),
        (f"EPSG:{meant}",),
    )


def _swapped() -> Doubt:
    return Doubt(
        refusal(
            "纵横坐标颠倒(北在前),应为东(经度)在前;请调换后重新导出",
            "the axes are swapped (north first); east (longitude) comes first: swap them and export again",
        )
    )


def _ask(zh: str, en: str) -> Remark:
    return question(f"没有坐标系说明(如 .prj);{zh}", f"no coordinate system is given (as by a .prj); {en}")
