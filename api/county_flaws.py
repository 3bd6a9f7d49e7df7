"""Three flawed surveys of the sample county for a newcomer to upload and mend.

Each is a good survey of a few lines that are still working in the story, spoilt as surveys really are.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.county import CRS, TOWN_NAMES, County, Sheets, survey
from api.county_files import write_shapefiles, write_survey
from api.county_plan import Points
from api.county_story import untouched_lines
from gis.crs import lengths_m

CUT_M, CROSSING_AT_M, BEYOND_M = 2.3, 12.0, 4.0
LENGTH_ERROR = 1.12
NO_SUCH_TOWN = "990101110"
XIAN80_ZONE_37 = "EPSG:2361"


def flawed_samples(county: County, folder: Path) -> list[Path]:
    """Writes the three files and returns their paths.

    1: an end 2.3 m short, an end beyond its neighbour, two marker numbers in the wrong order. 2: in Xian80,
    which has no public transformation. 3: a wrong unit code, a line twice, a wrong unit at a tri-junction, a
    stated length 12 % off, a marker number twice.
    """
    lines = untouched_lines(county)
    three, junction = _lines_of_one_junction(county, lines)
    rest = [code for code in lines if code not in three]
    paths = [
        folder / "样例1-悬挂与压盖.zip",
        folder / "样例2-西安80坐标系.zip",
        folder / "样例3-代码与编号有误.gpkg",
    ]
    write_survey(_with_loose_ends(survey(county, three, "agreed"), three, junction), paths[0], "shapefile")
    write_shapefiles(survey(county, rest[:2], "agreed"), paths[1], XIAN80_ZONE_37)
    write_survey(_with_wrong_words(survey(county, rest[2:6], "agreed"), rest[2:6]), paths[2], "geopackage")
    return paths


def _lines_of_one_junction(county: County, codes: tuple[str, ...]) -> tuple[list[str], str]:
    """Three of these lines that meet, and where."""
    lines = county.lines["agreed"].set_index("code").loc[list(codes)]
    ends = pd.concat([lines["start"], lines["end"]])
    junction = min(ends.value_counts().loc[lambda many: many == 3].index)
    return sorted(ends.index[ends == junction]), junction


def _with_loose_ends(sheets: Sheets, codes: list[str], junction: str) -> Sheets:
    lines, markers = sheets["lines"].set_index("code", drop=False), sheets["markers"]
    long, crossed = max(permutations(codes, 2), key=lambda pair: _sine_between(lines, pair, junction))
    short = next(code for code in codes if code not in (long, crossed))
    shapes = lines.geometry.copy()
    far = next(end for end in lines.loc[short, ["start", "end"]] if end != junction)
    shapes[short] = _redrawn(lines, short, far, _cut_short)
    beyond = _from(lines, crossed, junction)
    shapes[long] = _redrawn(lines, long, junction, lambda points: _carried_across(points, beyond))
    swapped = markers["number"].where(markers["line"] != crossed, markers["number"].replace(_SWAP))
    return sheets | {
        "lines": lines.set_geometry(shapes, crs=CRS).reset_index(drop=True),
        "markers": _renumbered(markers, swapped),
    }


def _sine_between(lines: gpd.GeoDataFrame, pair: tuple[str, str], junction: str) -> float:
    """How squarely two lines leave their junction."""
    (ax, ay), (bx, by) = (np.subtract(*_from(lines, code, junction)[1::-1]) for code in pair)
    return round(float(abs(ax * by - ay * bx) / (np.hypot(ax, ay) * np.hypot(bx, by))), 6)


_SWAP = {"002": "003", "003": "002"}


def _with_wrong_words(sheets: Sheets, codes: list[str]) -> Sheets:
    unknown, twice, overstated, repeated = codes
    lines, points, markers = (sheets[name].copy() for name in ("lines", "tri_junctions", "markers"))
    lines.loc[lines["code"] == unknown, "right"] = NO_SUCH_TOWN
    lines.loc[lines["code"] == overstated, "stated_km"] *= LENGTH_ERROR
    lines = pd.concat([lines, lines[lines["code"] == twice]], ignore_index=True)
    ends_of_the_first = lines.loc[lines["code"] == unknown, ["start", "end"]].to_numpy()
    point = points.index[~points["code"].isin(ends_of_the_first.ravel())][0]
    met = set(points.loc[point, ["unit_a", "unit_b", "unit_c"]])
    points.loc[point, "unit_c"] = next(town for town in TOWN_NAMES if town not in met)
    same = markers["number"].mask((markers["line"] == repeated) & (markers["number"] == "003"), "002")
    return {"lines": lines, "tri_junctions": points, "markers": _renumbered(markers, same)}


def _renumbered(markers: gpd.GeoDataFrame, numbers: pd.Series[str]) -> gpd.GeoDataFrame:
    return markers.assign(number=numbers, code=markers["line"] + "-" + numbers + markers["type"])


def _from(lines: gpd.GeoDataFrame, code: str, junction: str) -> Points:
    """The coordinates of a line as seen from one of its ends."""
    points: Points = shapely.get_coordinates(lines.geometry[code])
    return points if lines.loc[code, "start"] == junction else points[::-1]


def _redrawn(
    lines: gpd.GeoDataFrame, code: str, junction: str, way: Callable[[Points], Points]
) -> shapely.LineString:
    """A line with one end changed, its direction kept."""
    points = way(_from(lines, code, junction))
    return shapely.LineString(points if lines.loc[code, "start"] == junction else points[::-1])


def _cut_short(points: Points) -> Points:
    return np.vstack([_towards(points[0], points[1], CUT_M), points[1:]])


def _carried_across(points: Points, other: Points) -> Points:
    """The first point moved beyond another line that starts at the same place."""
    crossing = _towards(other[0], other[1], CROSSING_AT_M)
    return np.vstack([_towards(crossing, points[1], -BEYOND_M), points[1:]])


def _towards(start: Points, to: Points, metres: float) -> Points:
    """A place so many metres from one point towards (or, negative, away from) another."""
    whole = float(lengths_m(np.array([shapely.LineString([start, to])], dtype=object))[0])
    place: Points = start + (to - start) * metres / whole
    return place
