"""Findings as layers for a desktop GIS: one for each kind of geometry, ready to be handed out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd

from gis.exports import write_geopackage
from gis.intake.rules import Finding

COLUMNS = [
    "rule",
    "severity",
    "register",
    "key",
    "row",
    "message_zh",
    "message_en",
    "fix_zh",
    "fix_en",
    "source",
    "owner",
    "geometry",
]
KINDS = {"points": "Point", "lines": "LineString", "areas": "Polygon"}


def write_findings(place: Path, findings: Iterable[Finding]) -> None:
    """Writes findings to a GeoPackage (EPSG:4490)."""
    write_layers(place, (row_of(each) for each in findings))


def row_of(each: Finding) -> dict[str, Any]:
    """One finding as a row; `owner` is left free for whoever hands the work out."""
    said = (each.message.zh, each.message.en, each.fix.zh, each.fix.en, each.source)
    values = (
        each.rule,
        each.severity.value,
        each.register,
        each.key,
        each.source_row,
        *said,
        "",
        each.geometry,
    )
    return dict(zip(COLUMNS, values, strict=True))


def write_layers(place: Path, rows: Iterable[Mapping[str, Any]]) -> None:
    """Writes rows to a GeoPackage, a layer for points, lines and areas each, and one for those without a place."""
    frame = gpd.GeoDataFrame(
        [dict(row) for row in rows], columns=COLUMNS, geometry="geometry", crs="EPSG:4490"
    )
    kinds = frame.geom_type.fillna("")
    layers = {f"findings_{name}": frame[kinds.str.endswith(kind)] for name, kind in KINDS.items()}
    layers["findings_without_place"] = frame[frame.geometry.isna()]
    full = {name: layer for name, layer in layers.items() if not layer.empty}
    write_geopackage(place, full or {"findings": frame})
