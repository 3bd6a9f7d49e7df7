"""GeoJSON, read without GDAL: its driver fetches a coordinate system from whatever address a file names.

RFC 7946 means WGS 84; the older `crs` member is honoured when it names an EPSG code.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import NoneType
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis.encodings import text_of
from gis.errors import UnreadableFile
from gis.readings import Draft, EmptyLayer, refuse_too_many, unique_titles
from gis.systems import WGS84, Identified, Kind, by_code
from gis.text import Text

CODE = re.compile(r"(?:^|:)EPSG:(?:[\d.]*:)?(\d{4,6})$", re.IGNORECASE)
EXACT = 1 << 53
"""Larger whole numbers are not exact as floating-point numbers; they stay what they are."""
NOT_A_SHAPE = b"\x00"

Features = list[dict[str, Any]]


def read_geojson(name: str, path: Path) -> Draft:
    """A GeoJSON file, geometry as sent. Raises UnreadableFile, TooLarge."""
    try:
        document = json.loads(text_of(path.read_bytes()))
        features = _features(document)
        columns = _columns(features, name)
        geometries = _wkb([feature.get("geometry") for feature in features])
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError) as problem:
        raise UnreadableFile(
            "{name} 不是完好的 GeoJSON", "{name} is not a sound GeoJSON file", name=name
        ) from problem
    if not features:
        raise EmptyLayer(name)
    return Draft(
        name=name,
        columns=columns,
        geometries=geometries,
        rows=np.arange(1, len(features) + 1),
        geometry_type="Unknown",
        system=_system(document),
        remarks=[],
    )


def _features(document: dict[str, Any]) -> Features:
    kind = document["type"]
    if kind == "FeatureCollection":
        return list(document["features"])
    if kind == "Feature":
        return [document]
    if "coordinates" in document or "geometries" in document:
        return [{"geometry": document}]
    raise ValueError(kind)


def _columns(features: Features, name: str) -> dict[str, NDArray[Any]]:
    records = [feature.get("properties") or {} for feature in features]
    keys = list(dict.fromkeys(key for record in records for key in record))
    refuse_too_many(len(keys), len(features), name)
    columns = {key: [record.get(key) for record in records] for key in keys}
    if "id" not in columns and any("id" in feature for feature in features):
        columns["id"] = [feature.get("id") for feature in features]
    titles = unique_titles(columns)
    return {title: _column(values) for title, values in zip(titles, columns.values(), strict=True)}


def _column(values: list[Any]) -> NDArray[Any]:
    """Values of one column: numbers as numbers, all else as it is; what is nested becomes JSON text."""
    kinds = {type(each) for each in values}
    if kinds <= {int, float, NoneType} and all(abs(each) < EXACT for each in values if type(each) is int):
        return np.array(values, dtype=np.int64 if kinds == {int} else np.float64)
    column = np.empty(len(values), dtype=object)
    column[:] = [
        json.dumps(each, ensure_ascii=False) if isinstance(each, dict | list) else each for each in values
    ]
    return column


def _wkb(shapes: list[Any]) -> NDArray[np.object_]:
    """Shapes as WKB; None where there is none, bytes that are no shape where it cannot be understood."""
    with np.errstate(all="ignore"):
        read = shapely.from_geojson([json.dumps(each) for each in shapes], on_invalid="ignore")
    wkb = shapely.to_wkb(read, flavor="iso")
    wkb[shapely.is_missing(read)] = NOT_A_SHAPE
    wkb[[each is None for each in shapes]] = None
    return np.asarray(wkb, dtype=object)


def _system(document: dict[str, Any]) -> Identified | None:
    if "crs" not in document:
        return by_code(WGS84)
    stated = document["crs"]
    if stated is None:
        return None
    properties = stated.get("properties") if isinstance(stated, dict) else None
    said = str(properties.get("name", "") if isinstance(properties, dict) else "")
    code = CODE.search(said)
    if code:
        return by_code(int(code[1]))
    if said.upper().endswith(":CRS84"):
        return by_code(WGS84)
    return Identified(None, Text(f"“{said[:80]}”", f"“{said[:80]}”"), Kind.UNKNOWN)
