"""Where a candidate site is: a point in degrees, a shape that was drawn, or the areas of a file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from gis.errors import BadInput, UnreadableFile
from gis.files import Answers, Verdict, read
from gis.settings import Settings
from gis.text import Text
from placenames.casework.case_contents import SHAPES

MOST_POINTS = 5000
WIDEST = 5.0
"""No site is as wide or high as this (°)."""


def place_of(lon: str, lat: str, geometry: Any) -> BaseGeometry | None:
    """The point or area that was given (GeoJSON, or its text), heights left out; None where none is. Raises BadInput."""
    try:
        if geometry:
            said = json.loads(geometry) if isinstance(geometry, str) else geometry
            return _closed(shapely.force_2d(SHAPES[said["type"]](said)))
        if lon and lat:
            return _on_earth(shapely.Point(float(lon), float(lat)))
    except (LookupError, ValueError, TypeError, AttributeError, RecursionError, shapely.errors.ShapelyError) as problem:
        raise _not_understood() from problem
    return None


def place_in(file: Path, crs: str, settings: Settings) -> tuple[BaseGeometry, Sequence[Text]]:
    """The place that a file holds, opened like every delivery: its areas as one, or its only line or point; and what is
    to be said of the file.

    `crs` (EPSG:n) answers where the file does not say. Raises UnreadableFile, BadInput.
    """
    reading = read(file, Answers(crs or None), settings)
    said = [each for each in (reading.reason, *reading.notes) if each is not None]
    if reading.verdict in (Verdict.ASK, Verdict.REJECT):
        raise UnreadableFile(f"{file.name}:{said[0].zh}", f"{file.name}: {said[0].en}")
    shapes = [each for layer in reading.layers for each in layer.frame.geometry if each is not None and not each.is_empty]
    areas = [part for each in shapes if isinstance(each, Polygon | MultiPolygon) for part in getattr(each, "geoms", [each])]
    if len(shapes) != 1 and len(areas) < len(shapes):
        raise BadInput(
            "{file} 中应只有面,或只有一条线、一个点", "{file} should hold areas alone, or one line or point", file=file.name
        )
    try:
        return _closed(shapely.force_2d(MultiPolygon(areas) if areas else shapes[0])), said
    except (ValueError, shapely.errors.ShapelyError) as problem:
        raise _not_understood() from problem


def _closed(drawn: BaseGeometry) -> BaseGeometry:
    """An outline that was drawn point by point is an area."""
    if isinstance(drawn, LineString) and len(drawn.coords) > 2:
        drawn = Polygon(drawn.coords)
    return _on_earth(_areas_of(drawn) if isinstance(drawn, Polygon | MultiPolygon) else drawn)


def _areas_of(drawn: Polygon | MultiPolygon) -> BaseGeometry:
    """A drawn area as one whose outline crosses nothing; one that has no inside is left as the line that it is."""
    mended = [shapely.make_valid(each) for each in getattr(drawn, "geoms", [drawn])]
    parts = [part for each in mended for part in getattr(each, "geoms", [each]) if isinstance(part, Polygon | MultiPolygon)]
    return shapely.union_all(parts) if parts else mended[0]


def _on_earth(place: BaseGeometry) -> BaseGeometry:
    west, south, east, north = place.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError(place.geom_type)
    if shapely.get_num_coordinates(place) > MOST_POINTS:
        raise BadInput("范围的点数过多:不应超过 {n:,} 个", "the area has too many points: at most {n:,}", n=MOST_POINTS)
    if max(east - west, north - south) > WIDEST:
        raise BadInput("范围过大:不应超过 {n:g} 度", "the area is too large: at most {n:g}°", n=WIDEST)
    return place


def _not_understood() -> BadInput:
    return BadInput(
        "位置不能理解:应为经纬度(度),或 GeoJSON 的点、线、面",
        "the place cannot be understood: give degrees, or a point, line or area as GeoJSON",
    )
