"""The sample county: invented towns, lines, tri-junctions and markers that follow the plan exactly.

Eleven towns, 25 lines of 186 km together, 20 tri-junctions of which five lie on the county line. All of it is
made by seeded code and marked as a sample (样) in its name; no such county exists. EPSG:4490, lon then lat,
rounded to 1e-9° so that every machine and every file carries the same coordinates.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from api.county_markers import Stone, place_markers
from api.county_plan import BORDER_TOWNS, OUTSIDE, Ground, Plan, Points, plan_county
from api.winding import Course, wind, wind_as_custom_has_it
from gis.crs import GEOD, lengths_m

Generation = Literal["working", "agreed"]
Sheets = dict[str, gpd.GeoDataFrame]

COUNTY, NEIGHBOUR = "990101", "990102"
ABOVE = (
    ("99", "样例省", "province", None),
    ("9901", "样例市", "prefecture", "99"),
    (COUNTY, "样例县", "county", "9901"),
    (NEIGHBOUR, "邻样县", "county", "9901"),
)
TOWN_NAMES = {
    "990101001": "样城街道",
    "990101100": "样溪镇",
    "990101101": "样桥镇",
    "990101102": "样湾镇",
    "990101103": "样塘镇",
    "990101104": "样泉镇",
    "990101105": "样坪镇",
    "990101200": "样岭乡",
    "990101201": "样林乡",
    "990101202": "样坡乡",
    "990101203": "样峰乡",
}
"""From the middle of the county outwards."""
MIDDLE = (110.3, 30.7)
TOTAL_M = 186_010.0
CRS = "EPSG:4490"
TOWNSHIP_LINE, COUNTY_LINE = ("乡级", "660200"), ("县级", "650200")


@dataclass(frozen=True)
class County:
    """The sample county as its registers hold it; junctions and outline are the same in both generations."""

    seed: int
    units: pd.DataFrame
    lines: dict[Generation, gpd.GeoDataFrame]
    tri_junctions: gpd.GeoDataFrame
    markers: gpd.GeoDataFrame


def make_county(seed: int = 2026) -> County:
    """The county of a seed. Another seed gives another county that follows the same plan."""
    plan = plan_county(seed)
    courses = [wind(ground, plan.seats, seed, n) for n, ground in enumerate(plan.grounds)]
    customary = [
        course.points if ground.outer else wind_as_custom_has_it(course, ground, plan.seats, seed, n)
        for n, (ground, course) in enumerate(zip(plan.grounds, courses, strict=True))
    ]
    size = _size_that_fits(plan, courses)
    atlas = _Atlas(plan, _town_codes(plan), _junction_codes(plan), size)
    agreed = atlas.lines([course.points for course in courses], "agreed")
    return County(
        seed,
        atlas.units(),
        {"agreed": agreed, "working": atlas.lines(customary, "working")},
        atlas.tri_junctions(),
        _markers(agreed, atlas.by_code(courses), seed),
    )


def survey(county: County, line_codes: Iterable[str], generation: Generation) -> Sheets:
    """What a survey of some lines delivers: them, the tri-junctions at their ends, the markers along them.

    Working lines have no markers yet. The county line was fixed long ago and is agreed in both generations.
    Any line may become agreed before any other: the grounds of the lines keep both generations apart.
    """
    wanted = set(line_codes)
    every = county.lines[generation]
    lines = every[every["code"].isin(wanted)].reset_index(drop=True)
    ends = county.tri_junctions["code"].isin({*lines["start"], *lines["end"]})
    sheets = {
        "lines": lines,
        "tri_junctions": county.tri_junctions[ends].assign(status=generation).reset_index(drop=True),
    }
    markers = county.markers[county.markers["line"].isin(wanted)].reset_index(drop=True)
    return sheets | {"markers": markers} if generation == "agreed" else sheets


def _on_the_ellipsoid(points: Points) -> Points:
    """East, north in m from the county's middle to lon, lat in °, stretched evenly: no line crosses anew."""
    sine, cosine = math.sin(math.radians(MIDDLE[1])), math.cos(math.radians(MIDDLE[1]))
    flattened = 1 - GEOD.es * sine**2
    along_parallel = GEOD.a / math.sqrt(flattened) * cosine
    along_meridian = GEOD.a * (1 - GEOD.es) / flattened**1.5
    moved = np.array([math.degrees(1 / along_parallel), math.degrees(1 / along_meridian)]) * points
    placed: Points = np.round(np.array(MIDDLE) + moved, 9)
    return placed


def _line_strings(drawn: list[Points], size: float) -> NDArray[np.object_]:
    return np.array([shapely.LineString(_on_the_ellipsoid(points * size)) for points in drawn], dtype=object)


def _size_that_fits(plan: Plan, courses: list[Course]) -> float:
    """The factor at which the inner lines measure the plan's 186 km on the ellipsoid."""
    inner = [course.points for course, ground in zip(courses, plan.grounds, strict=True) if not ground.outer]
    size = 1.0
    for _ in range(3):
        measured = lengths_m(_line_strings(inner, size)).sum()
        size = round(size * TOTAL_M / float(measured), 9)
    return size


def _town_codes(plan: Plan) -> dict[int, str]:
    """The subdistrict gets the middle of the county, the towns the ground about it, the townships the rim."""
    outwards = np.argsort(np.hypot(*plan.seats.T), kind="stable")
    return dict(zip(outwards.tolist(), TOWN_NAMES, strict=True)) | {OUTSIDE: NEIGHBOUR}


def _junction_codes(plan: Plan) -> list[str]:
    """S01 to S15 inside from north to south, then S16 to S20 on the county line."""
    inside = len(plan.junctions) - BORDER_TOWNS
    order = sorted(range(len(plan.junctions)), key=lambda n: (n >= inside, -plan.junctions[n][1]))
    place = {n: f"{COUNTY}-S{number:02}" for number, n in enumerate(order, 1)}
    return [place[n] for n in range(len(order))]


def short_name(code: str) -> str:
    """A unit's name without its kind, as line names use it; the neighbouring county keeps its own."""
    return TOWN_NAMES[code].removesuffix("街道").rstrip("镇乡") if code in TOWN_NAMES else "邻样县"


@dataclass(frozen=True)
class _Atlas:
    """The plan with its codes, from which the registers are written."""

    plan: Plan
    codes: dict[int, str]
    points: list[str]
    size: float

    def units(self) -> pd.DataFrame:
        """The towns with their seats, then the units above them and beside."""
        columns = ["code", "name", "level", "parent", "seat", "seat_lon", "seat_lat"]
        seats = _on_the_ellipsoid(self.plan.seats * self.size).tolist()
        towns = [
            (code, TOWN_NAMES[code], "township", COUNTY, f"{short_name(code)}社区", *seats[town])
            for town, code in self.codes.items()
            if town != OUTSIDE
        ]
        chief = towns[0][4:]
        above = [(*unit, *(chief if unit[0] == COUNTY else (None, np.nan, np.nan))) for unit in ABOVE]
        return pd.DataFrame(above + towns, columns=columns)

    def lines(self, drawn: list[Points], generation: Generation) -> gpd.GeoDataFrame:
        """All lines by code, the county line's pieces last; geometry LineString."""
        shapes = _line_strings(drawn, self.size)
        rows = [self._line(ground, generation) for ground in self.plan.grounds]
        frame = gpd.GeoDataFrame(rows, geometry=shapes, crs=CRS)
        frame["length_m"] = np.round(lengths_m(shapes), 2)
        frame["stated_km"] = np.round(frame["length_m"] / 1000, 2)
        ordered = frame.sort_values(["role", "code"], ignore_index=True)
        columns = [column for column in ordered if column != "geometry"]
        return ordered[[*columns, "geometry"]]

    def by_code(self, courses: list[Course]) -> dict[str, Course]:
        """The courses in true metres, under the codes of their lines."""
        return {
            self._code(ground): replace(course, points=course.points * self.size)
            for ground, course in zip(self.plan.grounds, courses, strict=True)
        }

    def _code(self, ground: Ground) -> str:
        small, large = sorted(self.codes[side] for side in ground.sides)
        return f"{small}-{large}" if ground.outer else small + large

    def _line(self, ground: Ground, generation: Generation) -> dict[str, str]:
        left, right = (self.codes[side] for side in ground.sides)
        small, large = sorted((left, right))
        level, kind = COUNTY_LINE if ground.outer else TOWNSHIP_LINE
        return {
            "code": self._code(ground),
            "name": f"{short_name(small)}—{short_name(large)}线",
            "left": left,
            "right": right,
            "role": "outer" if ground.outer else "inner",
            "status": "agreed" if ground.outer else generation,
            "level": level,
            "kind": kind,
            "start": self.points[ground.start],
            "end": self.points[ground.end],
        }

    def tri_junctions(self) -> gpd.GeoDataFrame:
        """All tri-junctions by code, with their three units in ascending order; geometry Point."""
        rows = []
        for code, towns in zip(self.points, self.plan.meeting, strict=True):
            a, b, c = sorted(self.codes[town] for town in towns)
            name = "—".join(map(short_name, (a, b, c))) + "三交点"
            units = {"unit_a": a, "unit_b": b, "unit_c": c}
            rows.append({"code": code, "name": name, **units, "degree": 3, "status": "working"})
        shapes = shapely.points(_on_the_ellipsoid(self.plan.junctions * self.size))
        return gpd.GeoDataFrame(rows, geometry=shapes, crs=CRS).sort_values("code", ignore_index=True)


def _markers(agreed: gpd.GeoDataFrame, courses: dict[str, Course], seed: int) -> gpd.GeoDataFrame:
    """The stones along every inner line, by line and number; geometry Point."""
    rows, shapes = [], []
    for number, line in enumerate(agreed[agreed["role"] == "inner"].itertuples()):
        for stone in place_markers(courses[line.code], line.left < line.right, seed, number):
            rows.append(_marker(line, stone))
            shapes.append(shapely.Point(_on_the_ellipsoid(stone.point)))
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=CRS)


def _marker(line: Any, stone: Stone) -> dict[str, str | float]:
    small, large = sorted((line.left, line.right))
    side = {"Q": "", "A": f"{short_name(small)}一侧", "B": f"{short_name(large)}一侧"}[stone.stand]
    where = f"位于{TOWN_NAMES[small]}与{TOWN_NAMES[large]}交界处{side}的{stone.place}"
    return {
        "code": f"{line.code}-{stone.ordinal:03}{stone.stand}",
        "number": f"{stone.ordinal:03}",
        "line": line.code,
        "type": stone.stand,
        "material": stone.material,
        "elevation_m": stone.elevation_m,
        "place": TOWN_NAMES[large if stone.stand == "B" else small],
        "text": f"{where},沿界线距起点约{stone.along_m / 1000:.2f}千米",
    }
