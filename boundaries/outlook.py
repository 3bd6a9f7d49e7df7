"""The county as it would stand once a survey is published: what is in force and stays, and what was sent.

A sent record replaces the one in force with its code, and those it is related to (see `successors`).
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.plane import Plane, Shapes, plane_over
from boundaries.successors import has_shape, related_lines, related_points, units_at, words
from gis.codes import parent_of
from gis.intake.rules import Survey
from gis.settings import Settings
from gis.text import Text

LINE_COLUMNS = ("code", "name", "left", "right", "role", "status", "start", "end")
POINT_COLUMNS = ("code", "name", "unit_a", "unit_b", "unit_c", "units", "degree", "status")
MARKER_COLUMNS = ("code", "number", "line", "type")
UNIT_COLUMNS = ("code", "name", "level", "parent")
GROUND = "EPSG:4490"

Made = TypeVar("Made")


@dataclass(frozen=True)
class Outlook:
    """What would be in force. Frames have `sent` (bool) and `row` (of the sheet, -1 when not sent).

    Texts are never null, shapes neither. `replaced` are the records that go; `heir` is the sent code that
    takes their place.
    """

    lines: gpd.GeoDataFrame
    tri_junctions: gpd.GeoDataFrame
    markers: gpd.GeoDataFrame
    units: pd.DataFrame
    replaced: gpd.GeoDataFrame
    replaced_points: gpd.GeoDataFrame
    home: frozenset[str]
    """Units whose areas these lines bound; any other code, on whatever line, is outside."""

    @cached_property
    def plane(self) -> Plane:
        """The metre grid over its lines and tri-junctions."""
        return plane_over(np.concatenate([self.lines.geometry.array, self.tri_junctions.geometry.array]))

    @cached_property
    def _unit_names(self) -> dict[str, str]:
        return dict(zip(self.units["code"], self.units["name"], strict=True))

    def unit(self, code: str) -> Text:
        """A unit as messages call it: name and code."""
        name = self._unit_names.get(code, "")
        words = f"{name}({code})" if name else code
        return Text(words, words) if code else Text("县外", "outside")

    def line(self, position: int) -> Text:
        """A line as messages call it: name and code, and whether it is in force rather than sent."""
        return _called(self.lines.iloc[position])

    def point(self, position: int) -> Text:
        """A tri-junction as messages call it."""
        return _called(self.tri_junctions.iloc[position])


def once_per_survey(make: Callable[[Survey], Made]) -> Callable[[Survey], Made]:
    """Makes something of a survey the first time it is asked for, and forgets it with the survey."""
    made: dict[int, Made] = {}

    def get(survey: Survey) -> Made:
        key = id(survey)
        if key not in made:
            made[key] = make(survey)
            weakref.finalize(survey, made.pop, key, None)
        return made[key]

    return get


def row_as_sent(survey: Survey, register: str, row: int) -> int:
    """The row of the sender's own file at which a row of a sheet stands."""
    sheet = survey.sheets[register]
    return int(sheet.loc[sheet["row"] == row, "source_row" if "source_row" in sheet else "row"].iloc[0])


def records(frame: pd.DataFrame) -> Iterator[Any]:
    """The rows of a frame one by one, its columns as attributes and its label as `Index`."""
    yield from frame.itertuples()


@once_per_survey
def outlook(survey: Survey) -> Outlook:
    """The county as it would stand once this survey is published."""
    sent, old = _lines(survey.sheets.get("lines"), True), _lines(survey.in_force.get("lines"), False)
    heirs = _heirs(sent, old, related_lines(sent, old, survey.settings))
    points, old_points = (
        _points(survey.sheets.get("tri_junctions"), True),
        _points(survey.in_force.get("tri_junctions"), False),
    )
    point_heirs = _heirs(points, old_points, related_points(points, old_points, survey.settings))
    markers, old_markers = (
        _markers(survey.sheets.get("markers"), True),
        _markers(survey.in_force.get("markers"), False),
    )
    lines = _together(sent, old[~old["code"].isin(heirs)])
    units = _units(survey)
    home = _home(lines, points, units, survey.settings)
    beside = lines["left"].isin(home) ^ lines["right"].isin(home)
    lines.loc[beside & ~lines["sent"], "role"] = "outer"
    return Outlook(
        lines,
        _together(points, old_points[~old_points["code"].isin(point_heirs)]),
        _together(markers, _markers_that_stay(old_markers, markers)),
        units,
        _with_heirs(old, heirs),
        _with_heirs(old_points, point_heirs),
        home,
    )


def _home(
    lines: gpd.GeoDataFrame, points: gpd.GeoDataFrame, units: pd.DataFrame, settings: Settings
) -> frozenset[str]:
    """Units that lines name on an inner side, under the parents that the survey is about.

    Where several counties are in force, those beside the surveyed one are known by the lines they share with it
    only, so they count as outside.
    """
    inside = pd.concat(
        [lines[lines["role"] != "outer"], lines[(lines["left"] == "") ^ (lines["right"] == "")]]
    )
    named = (set(inside["left"]) | set(inside["right"])) - {""}
    sent = inside[inside["sent"]]
    about = (set(sent["left"]) | set(sent["right"])) & named or set().union(*units_at(points))
    parents = dict(zip(units["code"], units["parent"], strict=True))
    above = {code: parents.get(code) or parent_of(code, settings) or "" for code in named}
    surveyed = {above[code] for code in about & named}
    return frozenset(code for code in named if not surveyed or above[code] in surveyed)


def _lines(frame: gpd.GeoDataFrame | None, sent: bool) -> gpd.GeoDataFrame:
    lines = _tidy(frame, LINE_COLUMNS, sent)
    half = (lines["left"] == "") ^ (lines["right"] == "")
    lines.loc[lines["role"] == "", "role"] = np.where(half[lines["role"] == ""], "outer", "inner")
    parts = shapely.get_type_id(lines.geometry.array) == shapely.GeometryType.MULTILINESTRING
    lines.loc[parts, "geometry"] = shapely.line_merge(lines.geometry.array[parts])
    return lines


def _points(frame: gpd.GeoDataFrame | None, sent: bool) -> gpd.GeoDataFrame:
    points = _tidy(frame, POINT_COLUMNS, sent)
    points["degree"] = pd.to_numeric(points["degree"], errors="coerce").astype(float)
    points["geometry"] = _single(points.geometry.array)
    return points


def _markers(frame: gpd.GeoDataFrame | None, sent: bool) -> gpd.GeoDataFrame:
    markers = _tidy(frame, MARKER_COLUMNS, sent)
    markers["geometry"] = _single(markers.geometry.array)
    return markers


def _markers_that_stay(old: gpd.GeoDataFrame, sent: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    coded = old["code"].isin(set(sent["code"]) - {""})
    numbered = (old["line"] + "|" + old["number"]).isin(sent["line"] + "|" + sent["number"])
    return old[~coded & ~(numbered & (old["code"] == ""))]  # the other stone of a pair stays


def _units(survey: Survey) -> pd.DataFrame:
    """Units sent and in force, the sent ones first."""
    sent, in_force = survey.sheets.get("units"), survey.in_force.get("units")
    tidy = [_tidy_units(frame) for frame in (sent, in_force) if frame is not None and len(frame)]
    if sent is not None and len(sent):
        tidy[0]["row"] = sent["row"].astype(int)
    found = pd.concat(tidy) if tidy else pd.DataFrame(columns=[*UNIT_COLUMNS, "seat_lon", "seat_lat", "row"])
    found = found.drop_duplicates("code").reset_index(drop=True)
    return found.astype({"seat_lon": float, "seat_lat": float, "row": int})


def _tidy_units(frame: pd.DataFrame) -> pd.DataFrame:
    units = pd.DataFrame({column: words(frame, column) for column in UNIT_COLUMNS})
    for column in ("seat_lon", "seat_lat"):
        units[column] = pd.to_numeric(frame[column], errors="coerce") if column in frame else np.nan
    return units.assign(row=-1)


def _tidy(frame: gpd.GeoDataFrame | None, columns: tuple[str, ...], sent: bool) -> gpd.GeoDataFrame:
    """The columns we ask for, as text without nulls, of the records that have a shape."""
    if frame is None:
        frame = gpd.GeoDataFrame({"row": np.array([], dtype=int)}, geometry=[], crs=GROUND)
    frame = frame[has_shape(frame)]
    tidy = gpd.GeoDataFrame(
        {name: words(frame, name) for name in columns}, geometry=frame.geometry, crs=GROUND
    )
    tidy["sent"] = sent
    tidy["row"] = frame["row"].astype(int) if sent and "row" in frame else -1
    return tidy.reset_index(drop=True)


def _together(sent: gpd.GeoDataFrame, stays: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    if stays.empty or sent.empty:
        return (sent if stays.empty else stays).reset_index(drop=True)
    return gpd.GeoDataFrame(pd.concat([sent, stays], ignore_index=True), crs=GROUND)


def _heirs(sent: gpd.GeoDataFrame, old: gpd.GeoDataFrame, related: pd.DataFrame) -> dict[str, str]:
    """Code in force -> the sent code that takes its place."""
    kept = set(sent["code"]) & set(old["code"]) - {""}
    return {**dict(zip(related["old"], related["code"], strict=True)), **{code: code for code in kept}}


def _with_heirs(old: gpd.GeoDataFrame, heirs: dict[str, str]) -> gpd.GeoDataFrame:
    gone = old[old["code"].isin(heirs)].reset_index(drop=True)
    gone["heir"] = gone["code"].map(heirs)
    return gone


def _single(shapes: Any) -> Shapes:
    """Points of points sent as a collection of one."""
    one: Shapes = shapely.get_geometry(np.asarray(shapes), 0)
    return one


def _called(record: pd.Series[Any]) -> Text:
    name, code = record["name"], record["code"]
    both = name and code and name != code
    words = f"{name}({code})" if both else name or code or f"#{record['row']}"
    return Text(words, words) if record["sent"] else Text(f"生效的{words}", f"{words} in force")
