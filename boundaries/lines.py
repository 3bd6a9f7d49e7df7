"""Boundary lines: the truth from which unit areas are made."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from boundaries.successors import related_lines, words
from gis.crs import lengths_m
from gis.registers import Field, Register, register
from gis.text import Text

ROLES = {"inner": "inner", "outer": "outer", "内部": "inner", "外围": "outer", "县界": "outer"}
STATUSES = {
    "working": "working", "agreed": "agreed", "disputed": "disputed", "工作界": "working", "未定界": "working",
    "已定界": "agreed", "争议界": "disputed",
    "600001": "agreed", "600002": "working", "600003": "disputed", "600004": "working",
}  # fmt: skip

MILESTONES = {
    "planned": Text("列入计划", "planned"),
    "returned": Text("已退回", "returned"),
    "submitted": Text("已报送", "submitted"),
    "accepted": Text("已审核", "accepted"),
    "agreed": Text("已定界", "agreed"),
}


def complete_lines(sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Joins parts that touch, finds the role of a line from its open side, and measures it on the ellipsoid (m)."""
    whole = sheet.copy()
    parts = shapely.get_type_id(whole.geometry.to_numpy()) == shapely.GeometryType.MULTILINESTRING
    whole.loc[parts, "geometry"] = shapely.line_merge(whole.geometry[parts].to_numpy())
    outer = whole["left"].isna() | whole["right"].isna()
    whole["role"] = whole["role"].where(whole["role"].notna(), outer.map({True: "outer", False: "inner"}))
    whole["length_m"] = lengths_m(whole.geometry.to_numpy())
    return whole


def units_bounded(lines: pd.DataFrame) -> set[str]:
    """The units whose ground these lines bound.

    Those on either side of inner lines, and those of outer lines that name nobody on the far side; whom else an outer
    line names is a neighbour.
    """
    left, right, role = (words(lines, name) for name in ("left", "right", "role"))
    both = (left != "") & (right != "")
    inside = (role != "outer") | ~both
    return {*left[inside], *right[inside]} - {""}


LINES = register(
    Register(
        "lines",
        Text("行政区域界线", "Boundary lines"),
        "LINESTRING",
        fields=(
            Field(
                "code",
                Text("界线编号", "Line code"),
                aliases=("JXDM", "界线代码", "界线编号", "BOUNDARYLINE_CODE", "JXBH"),
                required=True,
            ),
            Field(
                "name",
                Text("界线名称", "Line name"),
                aliases=("JXMC", "界线名称", "BOUNDARYLINE_NAME"),
                required=True,
            ),
            Field(
                "left",
                Text("左侧单位代码", "Unit on the left"),
                aliases=("LEFT_CODE", "ZCDM", "左代码", "左侧代码", "左侧单位代码"),
            ),
            Field(
                "right",
                Text("右侧单位代码", "Unit on the right"),
                aliases=("RIGHT_CODE", "YCDM", "右代码", "右侧代码", "右侧单位代码"),
            ),
            Field("role", Text("角色", "Role"), aliases=("JXJS", "角色"), choices=ROLES),
            Field(
                "status",
                Text("界线性质", "Status"),
                aliases=("JXXZ", "界线性质", "BOUNDARYLINE_STATUS"),
                choices=STATUSES,
                default="working",
            ),
            Field("level", Text("界线等级", "Level"), aliases=("JXDJ", "界线等级", "BOUNDARYLINE_LV")),
            Field("kind", Text("界线类型", "Type code"), aliases=("JXLX", "界线类型")),
            Field("start", Text("起点", "Start"), aliases=("JXQD", "界线起点")),
            Field("end", Text("止点", "End"), aliases=("JXZD", "界线止点")),
            Field(
                "stated_km",
                Text("界线长度", "Stated length"),
                float,
                aliases=("JXCD", "界线长度", "BOUNDARY_LENGTH"),
                unit="km",
            ),
            Field("length_m", Text("椭球长度", "Length on the ellipsoid"), float, keeps=False, unit="m"),
        ),
        aliases=("JX", "BOUL", "XZQJX", "BJX", "LINE", "界线"),
        area_fields=("left", "right"),
        mentions=("name", "start", "end"),
        at_home=units_bounded,
        completes=complete_lines,
        related=related_lines,
        milestones=MILESTONES,
    )
)
