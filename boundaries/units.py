"""Administrative units: who governs which ground, their seats and their codes."""

from __future__ import annotations

from gis.registers import Field, Register, register
from gis.text import Text

UNITS = register(
    Register(
        "units",
        Text("行政区划单位", "Administrative units"),
        "MULTIPOLYGON",
        fields=(
            Field(
                "code",
                Text("区划代码", "Unit code"),
                aliases=("XZQDM", "QHDM", "区划代码", "行政区划代码", "代码", "VILLCODE", "TOWNCODE"),
                required=True,
            ),
            Field(
                "name",
                Text("名称", "Name"),
                aliases=("XZQMC", "QHMC", "区划名称", "行政区划名称", "名称", "VILLNAME", "TOWNNAME"),
                required=True,
            ),
            Field("level", Text("级别", "Level"), aliases=("JB", "级别", "行政级别")),
            Field(
                "parent",
                Text("上级代码", "Parent code"),
                aliases=(
                    "SJDM",
                    "上级代码",
                    "上级",
                    "streetCode",
                    "areaCode",
                    "cityCode",
                    "provinceCode",
                    "TOWNCODE",
                    "COUNTYCODE",
                ),
            ),
            Field(
                "seat_lon",
                Text("驻地经度", "Seat longitude"),
                float,
                aliases=("ZDJD", "驻地经度", "经度", "LON"),
                unit="°",
            ),
            Field(
                "seat_lat",
                Text("驻地纬度", "Seat latitude"),
                float,
                aliases=("ZDWD", "驻地纬度", "纬度", "LAT"),
                unit="°",
            ),
            Field("seat", Text("驻地", "Seat"), aliases=("ZD", "驻地", "政府驻地")),
            Field("households", Text("户数", "Households"), int, aliases=("HS", "户数", "总户数")),
            Field("population", Text("人口", "Population"), int, aliases=("RK", "人口", "人口数", "常住人口")),
            Field("agreed_share", Text("已定界比例", "Agreed share of its ring"), float),
        ),
        aliases=("XZQ", "UNIT", "政区", "行政区"),
        area_fields=("code",),
        mentions=("name", "seat"),
        sent=False,
        ground=True,
    )
)
