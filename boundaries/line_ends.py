"""Where lines end, which ends meet, and how ends that nearly meet are brought together."""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.arcs import Floats, Ints, smallest_in_group
from boundaries.parcels import Shapes
from boundaries.plane import GRS80, plane_over

SNAP_M = 0.01
"""Ends closer than a centimetre are one point: finer than any boundary survey measures."""


@dataclass(frozen=True)
class Snapped:
    """Lines whose ends meet exactly, and what was moved for it."""

    lines: gpd.GeoDataFrame
    moved: gpd.GeoDataFrame
    """line_index, which (start or end), shift_m, geometry Point: the new place of each end that was moved."""


def line_ends(lines: gpd.GeoDataFrame, tolerance_m: float = SNAP_M) -> pd.DataFrame:
    """Lists both ends of every line and numbers the places where they meet.

    line_index (label of the line in `lines`), which (start or end), lon, lat (°, EPSG:4490), node (0, 1, …:
    the same number for ends within `tolerance_m` of each other), closed (the line is a ring). Lines without
    geometry are left out.
    """
    shapes = np.asarray(lines.geometry.array, dtype=object)
    rows = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_empty(shapes))
    ends = _end_points(shapes[rows])
    return pd.DataFrame(
        {
            "line_index": np.repeat(lines.index.to_numpy()[rows], 2),
            "which": np.tile(np.array(["start", "end"], dtype=object), len(rows)),
            "lon": shapely.get_x(ends),
            "lat": shapely.get_y(ends),
            "node": np.unique(cluster_points(ends, tolerance_m), return_inverse=True)[1],
            "closed": np.repeat(shapely.is_closed(shapes[rows]), 2),
        }
    )


def snap_ends(
    lines: gpd.GeoDataFrame, points: gpd.GeoDataFrame | None, tolerance_m: float = SNAP_M
) -> Snapped:
    """Brings line ends that nearly meet exactly together, so that their faces close.

    Ends within `tolerance_m` of one of `points` (junctions) move onto it; others that lie so close to each
    other meet in the first of them. All in EPSG:4490. Lines shorter than the tolerance stay as they are, or
    they would vanish.
    """
    shapes = np.asarray(lines.geometry.array, dtype=object)
    rows = np.flatnonzero(~shapely.is_missing(shapes) & ~shapely.is_empty(shapes))
    long = shapely.length(plane_over(shapes[rows]).to_metres(shapes[rows])) > tolerance_m
    rows = rows[long | shapely.is_closed(shapes[rows])]
    ends = _end_points(shapes[rows])
    fixed = np.empty(0, dtype=object) if points is None else np.asarray(points.geometry.array, dtype=object)
    both = np.concatenate([fixed, ends])
    target = shapely.get_coordinates(both)[cluster_points(both, tolerance_m)][len(fixed) :]
    moved = lines.copy()
    moved.geometry = _put_ends(shapes, rows, target)
    return Snapped(moved, _list_moved(lines, rows, ends, target))


def cluster_points(points: Shapes, tolerance_m: float) -> Ints:
    """For each point (°) the first of its group: the members of a group are chained by the tolerance (m)."""
    flat = plane_over(points).to_metres(points)
    one, other = shapely.STRtree(flat).query(flat, predicate="dwithin", distance=tolerance_m)
    return smallest_in_group(one, other, len(points))


def _end_points(shapes: Shapes) -> Shapes:
    return np.column_stack([shapely.get_point(shapes, 0), shapely.get_point(shapes, -1)]).ravel()


def _put_ends(shapes: Shapes, rows: Ints, target: Floats) -> Shapes:
    """Puts the two ends of some lines at new places."""
    xy, line = shapely.get_coordinates(shapes[rows], return_index=True)
    sizes = np.bincount(line, minlength=len(rows))
    last = np.cumsum(sizes) - 1
    xy[last - sizes + 1], xy[last] = target[::2], target[1::2]
    moved = shapes.copy()
    moved[rows] = shapely.set_coordinates(shapes[rows].copy(), xy)
    return moved


def _list_moved(lines: gpd.GeoDataFrame, rows: Ints, ends: Shapes, target: Floats) -> gpd.GeoDataFrame:
    was = shapely.get_coordinates(ends)
    shifted = (was != target).any(axis=1)
    shift = GRS80.inv(*was.T, *target.T)[2]
    return gpd.GeoDataFrame(
        {
            "line_index": np.repeat(lines.index.to_numpy()[rows], 2)[shifted],
            "which": np.tile(np.array(["start", "end"], dtype=object), len(rows))[shifted],
            "shift_m": np.asarray(shift)[shifted],
        },
        geometry=shapely.points(target[shifted]),
        crs=lines.crs,
    )
