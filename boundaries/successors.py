"""Which records in force a survey replaces under another code: re-coded, split or merged ones."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import numpy.typing as npt
import pandas as pd
import shapely

from boundaries.plane import Plane, Shapes, plane_over
from gis.settings import Settings

MOVED_M = 200.0
"""A tri-junction of the same units this near is the same one under another code."""


def related_lines(sent: gpd.GeoDataFrame, in_force: gpd.GeoDataFrame, settings: Settings) -> pd.DataFrame:
    """Lines in force that sent ones replace under another code: frame[code, old].

    They part the same two units and share an end or a stretch. A sent line that keeps a code in force has
    already replaced that one; only where it now ends elsewhere may it take another's place (a merger).
    """
    old = in_force[~in_force["code"].isin(sent["code"]) & has_shape(in_force)].reset_index(drop=True)
    new = sent[has_shape(sent) & sent["code"].notna()].reset_index(drop=True)
    if old.empty or new.empty:
        return pd.DataFrame({"code": [], "old": []}, dtype=str)
    plane = plane_over(np.concatenate([new.geometry.array, old.geometry.array]))
    mine, theirs = plane.to_metres(new.geometry.array), plane.to_metres(old.geometry.array)
    one, other = shapely.STRtree(mine).query(theirs, predicate="dwithin", distance=settings.near_m)[::-1]
    alike = _pairs(new).to_numpy()[one] == _pairs(old).to_numpy()[other]
    one, other = one[alike], other[alike]
    fresh = _fresh_ends(new, mine, in_force, plane, settings.near_m)
    shared = sum(shapely.distance(end[one], _boundary(theirs[other])) <= settings.near_m for end in fresh)
    stretch = shapely.length(shapely.intersection(mine[one], theirs[other])) > settings.near_m
    whole = np.isin(one, one[shared == 2])
    kept = stretch | (shared == 2) | ((shared == 1) & ~whole)
    return pd.DataFrame(
        {"code": new["code"].to_numpy()[one[kept]], "old": old["code"].to_numpy()[other[kept]]}
    )


def related_points(sent: gpd.GeoDataFrame, in_force: gpd.GeoDataFrame, _settings: Settings) -> pd.DataFrame:
    """Tri-junctions in force that sent ones replace under another code: frame[code, old].

    The same units meet there, and it is the nearest of those within 200 m.
    """
    old = in_force[~in_force["code"].isin(sent["code"]) & has_shape(in_force)].reset_index(drop=True)
    fresh = ~sent["code"].isin(in_force["code"]) & sent["code"].notna()
    new = sent[fresh & has_shape(sent)].reset_index(drop=True)
    if old.empty or new.empty:
        return pd.DataFrame({"code": [], "old": []}, dtype=str)
    plane = plane_over(np.concatenate([new.geometry.array, old.geometry.array]))
    mine, theirs = plane.to_metres(new.geometry.array), plane.to_metres(old.geometry.array)
    one, other = shapely.STRtree(theirs).query(mine, predicate="dwithin", distance=MOVED_M)
    units, old_units = units_at(new).to_numpy(), units_at(old).to_numpy()
    alike = np.array(
        [units[i] == old_units[j] and len(units[i]) > 0 for i, j in zip(one, other, strict=True)], dtype=bool
    )
    found = pd.DataFrame(
        {"code": new["code"].to_numpy()[one[alike]], "old": old["code"].to_numpy()[other[alike]]}
    )
    found["metres"] = shapely.distance(mine[one[alike]], theirs[other[alike]])
    return (
        found.sort_values("metres")
        .drop_duplicates("old")
        .drop_duplicates("code")[["code", "old"]]
        .reset_index(drop=True)
    )


def units_at(points: pd.DataFrame) -> pd.Series[Any]:
    """The set of unit codes that each tri-junction names, from its list or from its three sides."""
    sides = [words(points, side) for side in ("units", "unit_a", "unit_b", "unit_c")]
    return pd.Series(
        [
            frozenset(",".join(codes).replace("、", ",").replace(" ", ",").split(",")) - {""}
            for codes in zip(*sides, strict=True)
        ],
        index=points.index,
        dtype=object,
    )


def has_shape(frame: gpd.GeoDataFrame) -> npt.NDArray[np.bool_]:
    """Which records have a geometry that is not empty."""
    shapes = np.asarray(frame.geometry.array, dtype=object)
    there: npt.NDArray[np.bool_] = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes)
    return there


def words(frame: pd.DataFrame, column: str) -> pd.Series[Any]:
    """One column as text without nulls; empty text where the column is missing."""
    if column not in frame:
        return pd.Series("", index=frame.index, dtype=object)
    given = frame[column]
    return given.astype(object).where(given.notna(), "").astype(str).str.strip().astype(object)


def end_points(shapes: Shapes) -> tuple[Shapes, Shapes]:
    """First and last point of each line; of the first and last part of a line in several parts."""
    parts = shapely.get_geometry(shapes, 0), shapely.get_geometry(shapes, -1)
    return shapely.get_point(parts[0], 0), shapely.get_point(parts[1], -1)


def _pairs(lines: pd.DataFrame) -> pd.Series[Any]:
    left, right = words(lines, "left"), words(lines, "right")
    first = left.where(left <= right, right)
    return first + "|" + right.where(left <= right, left)


def _fresh_ends(
    new: gpd.GeoDataFrame, mine: Shapes, in_force: gpd.GeoDataFrame, plane: Plane, near_m: float
) -> tuple[Shapes, Shapes]:
    """Start and end of each sent line; empty points where the line of its code in force ends as well."""
    before = dict(zip(in_force["code"], _boundary(plane.to_metres(in_force.geometry.array)), strict=True))
    known = np.array([before.get(code) for code in new["code"]], dtype=object)
    start, end = end_points(mine)
    start[shapely.distance(start, known) <= near_m] = shapely.Point()
    end[shapely.distance(end, known) <= near_m] = shapely.Point()
    return start, end


def _boundary(shapes: Shapes) -> Shapes:
    start, end = end_points(shapes)
    both: Shapes = shapely.union(start, end)
    return both
