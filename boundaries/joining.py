"""Ends that nearly meet are brought together before the rules look: a centimetre at most, and it is said.

A survey that was projected there and back, or sent in another system than its neighbour, ends a hair beside the line
that is in force. What is in force stays where it is; what was sent moves onto it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.line_ends import Snapped, cluster_points, snap_ends
from boundaries.successors import end_points
from gis.intake.checking import prepares
from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import HOUSE_PRACTICE
from gis.text import Text

TOLD_FROM_M = 0.001
"""Shifts below a millimetre come from computing, not from surveying."""


@prepares
def ends_meet(survey: Survey) -> Survey:
    """Moves the ends of sent lines, and sent tri-junctions, onto what is in force within `settings.snap_m`."""
    lines, tolerance = survey.sheet("lines"), survey.settings.snap_m
    if lines is None:
        return survey
    fixed = _fixed_points(survey, lines)
    points = survey.sheet("tri_junctions")
    sheets = dict(survey.sheets)
    if points is not None:
        points = sheets["tri_junctions"] = _moved(points, fixed, tolerance)
        fixed = pd.concat([fixed, points[["geometry"]]], ignore_index=True)
    snapped = snap_ends(lines, fixed, tolerance)
    sheets["lines"] = snapped.lines
    return replace(survey, sheets=sheets, noticed={**survey.noticed, "G20": tuple(_told(snapped, lines))})


@rule(
    "G20",
    "lines",
    severity=Severity.NOTE,
    source=HOUSE_PRACTICE.at("G20"),
    title=Text("端点微移闭合", "Ends moved to meet"),
    message=Text(
        "界线 {name} 的端点移动 {mm:.1f} 毫米,与相接界线重合",
        "an end of line {name} was moved {mm:.1f} mm to meet its neighbours",
    ),
    fix=Text(
        "无需处理;如不同意,请在测量数据中改正端点坐标",
        "nothing to do; if you disagree, correct the end in your survey",
    ),
)
def ends_that_were_moved_are_told(survey: Survey) -> Iterator[Offence]:
    """Not even a millimetre of a legal line moves without the surveyor knowing."""
    yield from survey.noticed.get("G20", ())


def _fixed_points(survey: Survey, sent: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The ends of lines that stay in force, then the tri-junctions in force: the first of these wins."""
    places: list[gpd.GeoSeries] = []
    standing = survey.in_force.get("lines")
    if standing is not None and not standing.empty:
        stays = standing.geometry[~standing["code"].isin(sent["code"])].to_numpy()
        places += [gpd.GeoSeries(ends, crs=sent.crs) for ends in end_points(stays)]
    known = survey.in_force.get("tri_junctions")
    if known is not None:
        places.append(known.geometry)
    whole = pd.concat(places, ignore_index=True).dropna() if places else gpd.GeoSeries([], crs=sent.crs)
    return gpd.GeoDataFrame(geometry=gpd.GeoSeries(whole, crs=sent.crs).reset_index(drop=True))


def _moved(points: gpd.GeoDataFrame, fixed: gpd.GeoDataFrame, tolerance: float) -> gpd.GeoDataFrame:
    placed = points.geometry.notna().to_numpy()
    if fixed.empty or not placed.any():
        return points
    both = np.concatenate([fixed.geometry.to_numpy(), points.geometry.to_numpy()[placed]])
    target = both[cluster_points(both, tolerance)][len(fixed) :]
    moved = points.copy()
    moved.loc[placed, "geometry"] = target
    return moved


def _told(snapped: Snapped, lines: gpd.GeoDataFrame) -> Iterator[Offence]:
    for end in snapped.moved.itertuples():
        if end.shift_m >= TOLD_FROM_M:
            line = lines.loc[end.line_index]
            values = {"name": line["name"] or line["code"], "mm": end.shift_m * 1000}
            yield Offence("lines", int(line["row"]), shapely.Point(end.geometry), values)
