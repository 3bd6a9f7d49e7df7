"""Boundary markers: a number (号) on a line, with one to three stones (颗)."""

from __future__ import annotations

import geopandas as gpd

from boundaries.marker_numbers import read_number
from gis.registers import Field, Register, register
from gis.text import Text

STAND_TYPES = {
    "q": "Q",
    "a": "A",
    "b": "B",
    "c": "C",
    "d": "D",
    "e": "E",
    "单立": "Q",
    "单立双面型": "Q",
    "单立三面型": "Q",
}


def complete_markers(sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Gives a marker without a code of its own one made of its line, its number and its type."""
    whole = sheet.copy()
    said = whole[["line", "number", "type"]].astype(object).where(whole.notna(), None)
    made = [
        None if line is None or number is None else _code(str(line), str(number), stand or "")
        for line, number, stand in said.itertuples(index=False)
    ]
    whole["code"] = whole["code"].where(whole["code"].notna(), made)
    return whole


def _code(line: str, number: str, stand: str) -> str:
    """The stone's letter counts wherever it was sent: 002A and 002B are two stones."""
    read = read_number(number, line, stand)
    return f"{line}-{read.printed}{read.stone}" if read else f"{line}-{number}{stand}"


MARKERS = register(
    Register(
        "markers",
        Text("界桩", "Boundary markers"),
        "POINT",
        fields=(
            Field(
                "code", Text("界桩代码", "Marker code"), aliases=("BOUNDARYPOST_CODE", "界桩代码", "KJSJBSM")
            ),
            Field(
                "number",
                Text("界桩编号", "Marker number"),
                aliases=("JZBH", "界桩编号", "界桩号", "BOUNDARYPOST_NO"),
                required=True,
            ),
            Field(
                "line",
                Text("界线编号", "Line code"),
                aliases=("JXDM", "LIMIT_CODE", "界线代码", "界线编号"),
                required=True,
            ),
            Field(
                "type",
                Text("界桩类型", "Stand type"),
                aliases=("JZLX", "界桩类型", "BOUNDARYPOST_TYPE"),
                choices=STAND_TYPES,
            ),
            Field(
                "material", Text("材质", "Material"), aliases=("JZCZ", "界桩材质", "BOUNDARYPOST_MATERIAL")
            ),
            Field(
                "elevation_m",
                Text("高程", "Elevation"),
                float,
                aliases=("GC", "高程", "ELEVATION"),
                public=False,
                unit="m",
            ),
            Field(
                "place",
                Text("所在地", "Place"),
                aliases=("SZD1", "所在地1", "所在地", "ONE_LOCATION"),
                public=False,
            ),
            Field(
                "text",
                Text("位置描述", "Position"),
                aliases=("WZMS", "位置描述", "POSITION_DESCRIPTION"),
                public=False,
            ),
        ),
        aliases=("JZ", "MARKER", "STAKE", "界桩"),
        setting_aside=True,
        completes=complete_markers,
        refers={"line": "lines"},
        mentions=("place", "text"),
    )
)
