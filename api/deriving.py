"""`jiezhi derive`: polygons that people already have become lines, junctions, and a note of what was odd."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd

from api.waiting import at_work
from boundaries import topology
from boundaries.units import UNITS
from gis.errors import BadInput
from gis.exports import write_layers
from gis.polygons import read_polygons
from gis.tables import as_text
from gis.text import series


def derive(
    source: Path,
    out: Path,
    code: str,
    name: str,
    tolerance: float,
    where: Sequence[str],
    *,
    shapefiles: bool,
    as_json: bool,
) -> None:
    """Derives and writes `lines` and `junctions`; prints what there is and what was odd."""
    with at_work("读取 / reading") as say:
        polygons = read_polygons(source)
        for condition in where:
            polygons = _only(polygons, condition)
        code = _column(polygons, code, "code") or _numbered(polygons)
        say("推导 / deriving")
        made = topology.derive(polygons, code, _column(polygons, name, "name"), tolerance)
        say("写入 / writing")
        layers = {"lines": made.lines, "junctions": made.junctions}
        write_layers(out, layers, ".shp" if shapefiles else ".fgb")
    notes = [note.as_dict() for note in made.notes]
    outer = int((made.lines["role"] == "outer").sum())
    told = {
        "polygons": len(polygons),
        "lines": len(made.lines),
        "outer": outer,
        "junctions": len(made.junctions),
        "notes": notes,
    }
    if as_json:
        print(json.dumps(told, ensure_ascii=False))
        return
    print(
        f"{len(polygons)} 个面 → {len(made.lines)} 条线(外围 {outer} 条)、{len(made.junctions)} 个交点 → {out}"
    )
    print(
        f"{len(polygons)} polygons -> {len(made.lines)} lines ({outer} outer), {len(made.junctions)} junctions -> {out}"
    )
    for note in made.notes:
        print(f"  {note.zh} / {note.en}")


def _only(polygons: gpd.GeoDataFrame, where: str) -> gpd.GeoDataFrame:
    column, equals, value = where.partition("=")
    if not equals or column not in polygons.columns:
        raise BadInput(
            "--where 应写作 列=值,已有的列:{columns}",
            "--where should read column=value; columns: {columns}",
            columns=series(_titles(polygons)),
        )
    chosen = polygons[polygons[column].map(as_text) == value].reset_index(drop=True)
    if chosen.empty:
        raise BadInput("没有 {where} 的面", "no polygon has {where}", where=where)
    return chosen


def _column(polygons: gpd.GeoDataFrame, given: str, field: str) -> str | None:
    """The column asked for, else the one recognised by its aliases."""
    columns = _titles(polygons)
    if given:
        if given not in columns:
            raise BadInput(
                "没有列“{given}”,已有的列:{columns}",
                "there is no column “{given}”; columns: {columns}",
                given=given,
                columns=series(columns),
            )
        return given
    folded = {column.lower(): column for column in columns}
    described = UNITS.field(field)
    return next(
        (folded[a.lower()] for a in (*described.aliases, described.name) if a.lower() in folded), None
    )


def _titles(polygons: gpd.GeoDataFrame) -> list[str]:
    return [str(column) for column in polygons.columns if column != polygons.geometry.name]


def _numbered(polygons: gpd.GeoDataFrame) -> str:
    polygons["row"] = [str(number) for number in range(1, len(polygons) + 1)]
    return "row"
