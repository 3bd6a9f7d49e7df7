"""Tri-junctions: the points where three units meet, shared by three lines and outside their numbering."""

from __future__ import annotations

from gis.registers import Field, Register, register
from gis.text import Text

TRI_JUNCTIONS = register(
    Register(
        "tri_junctions",
        Text("三交点", "Tri-junctions"),
        "POINT",
        fields=(
            Field(
                "code",
                Text("三交点编号", "Tri-junction code"),
                aliases=("SJDBH", "SJDDM", "三交点编号", "三交点代码", "交会点编号"),
                required=True,
            ),
            Field(
                "name", Text("三交点名称", "Tri-junction name"), aliases=("SJDMC", "三交点名称", "交会点名称")
            ),
            Field("unit_a", Text("甲方代码", "Unit A"), aliases=("DWDM1", "单位1", "甲方代码", "UNIT1")),
            Field("unit_b", Text("乙方代码", "Unit B"), aliases=("DWDM2", "单位2", "乙方代码", "UNIT2")),
            Field("unit_c", Text("丙方代码", "Unit C"), aliases=("DWDM3", "单位3", "丙方代码", "UNIT3")),
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
        refers=("units",),
        area_fields=("unit_a", "unit_b", "unit_c"),
    )
)
