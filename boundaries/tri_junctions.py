"""Tri-junctions: the points where three units meet, shared by three lines and outside their numbering."""

from __future__ import annotations

import geopandas as gpd

from boundaries.successors import related_points
from gis.registers import Field, Register, register, split
from gis.text import Text

SIDES = ("unit_a", "unit_b", "unit_c")


def complete_tri_junctions(sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Brings the list of units and the three sides into line: a list that was sent names the sides."""
    whole = sheet.copy()
    lists = [
        list(dict.fromkeys(split(listed or ""))) or [side for side in sides if side]
        for listed, *sides in whole[["units", *SIDES]].astype(object).where(whole.notna(), None).to_numpy()
    ]
    whole["units"] = [",".join(units) or None for units in lists]
    for place, side in enumerate(SIDES):
        whole[side] = [units[place] if len(units) > place else None for units in lists]
    return whole


TRI_JUNCTIONS = register(
    Register(
        "tri_junctions",
        Text("三交点", "Tri-junctions"),
        "POINT",
        fields=(
            Field(
                "code",
                Text("三交点编号", "Tri-junction code"),
                aliases=("SJDBH", "SJDDM", "三交点编号", "三交点代码", "交会点编号", "CODE", "ID"),
                required=True,
            ),
            Field(
                "name", Text("三交点名称", "Tri-junction name"), aliases=("SJDMC", "三交点名称", "交会点名称")
            ),
            Field("unit_a", Text("甲方代码", "Unit A"), aliases=("DWDM1", "单位1", "甲方代码", "UNIT1")),
            Field("unit_b", Text("乙方代码", "Unit B"), aliases=("DWDM2", "单位2", "乙方代码", "UNIT2")),
            Field("unit_c", Text("丙方代码", "Unit C"), aliases=("DWDM3", "单位3", "丙方代码", "UNIT3")),
            Field("units", Text("相接单位代码", "Units that meet"), keeps=False, many=True),
            Field("degree", Text("汇合界线数", "Line ends that meet"), int, aliases=("DEGREE", "界线数")),
            Field(
                "status",
                Text("状态", "Status"),
                aliases=("SJDXZ", "状态"),
                default="working",
                choices={
                    "working": "working",
                    "agreed": "agreed",
                    "工作": "working",
                    "已定": "agreed",
                    "已定界": "agreed",
                    "工作界": "working",
                },
            ),
        ),
        aliases=("SJD", "JHD", "TRI", "JUNCTION", "三交点", "交会点"),
        area_fields=(*SIDES, "units"),
        mentions=("name",),
        completes=complete_tri_junctions,
        related=related_points,
    )
)
