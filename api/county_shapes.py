"""Shapes of invented ground: irregular areas, winding lines, and places for them in the sample county's towns."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import shapely

from api.county_names import METRES_PER_DEGREE, metres_from, moved

WAVES = 7
"""How many waves an outline is made of."""
TRIES = 400


def blob(
    random: np.random.Generator, middle: Sequence[float], radius_m: float, corners: int, rough: float = 0.28
) -> Any:
    """An irregular area about a place: a ring whose distance from it swells and shrinks; Polygon (EPSG:4490)."""
    turns = np.linspace(0, 2 * math.pi, corners, endpoint=False)
    swell = np.ones(corners)
    for wave in range(2, 2 + WAVES):
        swell += rough / wave * np.sin(wave * turns + random.uniform(0, 2 * math.pi)) * random.uniform(0.3, 1.6)
    reach = radius_m * np.clip(swell, 0.3, None)
    wide = random.uniform(0.7, 1.4)
    ring = np.column_stack([wide * np.cos(turns), np.sin(turns) / wide]) * reach[:, None]
    return shapely.Polygon(moved(middle, ring))


def meander(
    random: np.random.Generator, stops: Sequence[Sequence[float]], sway_m: float, step_m: float = 250.0
) -> Any:
    """A line that winds from stop to stop, swaying so far at most; LineString (EPSG:4490)."""
    start = stops[0]
    straight = shapely.LineString(metres_from(start, np.array(stops)))
    along = np.linspace(0, straight.length, max(2, int(straight.length / step_m)))
    course = shapely.get_coordinates(shapely.line_interpolate_point(straight, along))
    waves = [(random.uniform(2, 9), random.uniform(0, 2 * math.pi)) for _ in range(4)]
    share = along / straight.length
    sway = sum(np.sin(2 * math.pi * many * share + phase) for many, phase in waves) / len(waves) * sway_m
    course[:, 1] += sway * np.sin(math.pi * share)
    return shapely.LineString(moved(start, course))


def shrunk(ground: Any, by_m: float) -> Any:
    """An area without its rim (EPSG:4490)."""
    return ground.buffer(-by_m / METRES_PER_DEGREE)


def grown(shape: Any, by_m: float) -> Any:
    """A shape and what is around it (EPSG:4490)."""
    return shape.buffer(by_m / METRES_PER_DEGREE, 4)


def place_in(random: np.random.Generator, ground: Any, avoided: Any = None) -> shapely.Point:
    """A place in an area, off what is to be avoided; Point rounded to 1e-7° (EPSG:4490)."""
    west, south, east, north = ground.bounds
    for _ in range(TRIES):
        lon, lat = round(random.uniform(west, east), 7), round(random.uniform(south, north), 7)
        off = avoided is None or not shapely.intersects_xy(avoided, lon, lat)
        if off and shapely.contains_xy(ground, lon, lat):
            return shapely.Point(lon, lat)
    raise ValueError("the ground is too small, or nothing of it is left")


def area_m2(shape: Any) -> float:
    """How large an area is (m², on a sphere: good enough for what is invented)."""
    if shape.is_empty:
        return 0.0
    start = shape.centroid.coords[0]
    return float(shapely.transform(shape, lambda places: metres_from(start, places)).area)


def largest(shape: Any) -> Any:
    """The largest polygon of what is left of an area."""
    polygons = [each for each in getattr(shape, "geoms", [shape]) if each.geom_type == "Polygon"]
    return max(polygons, key=lambda each: each.area)
