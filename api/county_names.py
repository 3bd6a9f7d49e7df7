"""The names of the sample county: some three thousand invented places, as an old census left them.

Villages, streets, hills, streams, estates and facilities, each in its town, with the defects that clean-ups find. All of
it is made by seeded code and says of itself that it is a sample. EPSG:4490, lon then lat, rounded to 1e-7°.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.county import CRS, TOWN_NAMES, County
from boundaries.faces import areas

SAMPLE = "样例数据,虚构"
METRES_PER_DEGREE = 111_195.0
CITY, CITY_RADIUS_M, TOWN_RADIUS_M = "990101001", 2200.0, 700.0
FIRST = (
    "石龙青白云凤金银马牛杨柳松竹梅桃枫桂双三九上下东西南北高平长大小新古红黄玉清莲荷茶麻铁沙泥"
    "水火仙和安福寿永兴太丰吉祥文武学旗鼓钟船塔庙井泉溪湖"
)
SECOND = "门桥泉塘坪岭坝湾冲洞溪岩坡台沟河源头口山屋田林园亭堰潭井峰峡洲岗坳垭坎滩渡"
FAMILIES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾"
    "丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤"
    "尹黎易常武乔贺赖龚文"
)
HAMLETS = ("家湾", "家坪", "家冲", "家院", "家屋", "家坡", "家桥", "家坝", "家沟", "家榜", "家畈", "家咀")
STREETS = re.findall(
    "..",
    "人民解放建设和平文化沿河滨江迎宾中兴长宁永安明德育才书院钟楼东门西门南关北关青龙白马凤鸣朝阳向阳桂花松涛柳荫竹林梅园荷塘"
    "",
)


@dataclass(frozen=True, slots=True)
class Class:
    """A class of place: its code, its category, the generic terms it is named with, and how many a town has."""

    code: str
    category: str
    generics: tuple[str, ...]
    many: int


NATURAL_VILLAGE = Class("22200", "VIL", (), 195)
VILLAGE = Class("21610", "VIL", ("村",), 11)
COMMUNITY = Class("21620", "VIL", ("社区",), 3)
PEAK = Class("13450", "NAT", ("山", "岭", "尖"), 14)
STREAM = Class("12100", "NAT", ("河", "溪", "沟"), 6)
BRIDGE = Class("23610", "FAC", ("桥", "大桥"), 6)
RESERVOIR = Class("24230", "FAC", ("水库",), 3)
ESTATE = Class("22100", "RES", ("小区", "花园", "苑", "新村"), 6)
PARK = Class("25200", "PRK", ("公园",), 1)
STREET = Class("23510", "ROD", ("路", "街", "巷"), 0)
POINTS = (NATURAL_VILLAGE, VILLAGE, COMMUNITY, PEAK, BRIDGE, RESERVOIR, ESTATE)


@dataclass
class _Writer:
    """Writes places down, numbering each class in each town."""

    random: np.random.Generator
    rows: list[dict[str, Any]] = field(default_factory=list)
    numbers: dict[tuple[str, str], int] = field(default_factory=dict)

    def write(self, town: str, kind: Class, name: str, shape: Any, **more: Any) -> None:
        """One place with a code of its own."""
        number = self.numbers[town, kind.code] = self.numbers.get((town, kind.code), 0) + 1
        named = f"{self.random.integers(1951, 2019)}-{self.random.integers(1, 13):02}-01"
        self.rows.append(
            {"code": f"{town}{kind.code}{number:06}", "name": name, "category": kind.category, "class_code": kind.code,
             "unit": town, "roman": None, "aliases": None, "former_names": None, "position": f"位于{TOWN_NAMES[town]}境内",
             "origin": SAMPLE, "meaning": None, "named_on": named, "authority": "样例县人民政府", **more, "geometry": shape}
        )  # fmt: skip


def make_names(county: County, seed: int = 2026) -> gpd.GeoDataFrame:
    """All places of the sample county: the register's own columns and any geometry (EPSG:4490)."""
    ground = areas(county.lines["working"]).units.set_index("code").geometry
    seats = _seats(county)
    random = np.random.default_rng(seed)
    writer = _Writer(random)
    taken: set[str] = set()
    for town in TOWN_NAMES:
        seat = seats[town]
        _write_points(writer, town, ground[town], taken)
        _write_streams(writer, town, ground[town])
        _write_streets(writer, town, seat)
        _write_park(writer, town, seat)
    rows = _with_defects(writer.rows, random)
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)


def built_up_areas(county: County) -> gpd.GeoDataFrame:
    """The built-up areas: the county town and the market towns; MULTIPOLYGON."""
    seats = _seats(county)
    towns = [town for town in TOWN_NAMES if _has_streets(town)]
    shapes = [shapely.multipolygons([_disc(seats[town], _radius(town) * 1.15)]) for town in towns]
    rows = [{"code": f"JCQ{town}", "name": f"{TOWN_NAMES[town]}建成区(样例)", "unit": town} for town in towns]
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=CRS)


def by_kind_of_shape(names: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """The places as the layers of one file: points, lines and areas apart, as desktop programs want them."""
    layers = {"地名_点": "Point", "地名_线": "LineString", "地名_面": "Polygon"}
    return {layer: names[names.geom_type == kind].reset_index(drop=True) for layer, kind in layers.items()}


def _seats(county: County) -> dict[str, tuple[float, float]]:
    units = county.units
    return {
        code: (lon, lat)
        for code, lon, lat in zip(units["code"], units["seat_lon"], units["seat_lat"], strict=True)
    }


def _write_points(writer: _Writer, town: str, ground: Any, taken: set[str]) -> None:
    """Places that are points: villages are unique in the county, the others in their town."""
    here: set[str] = set()
    for kind in POINTS:
        for shape in _points_in(ground, kind.many, writer.random):
            name = _fresh_name(kind, writer.random, taken if kind in (VILLAGE, COMMUNITY) else here)
            writer.write(town, kind, name, shape)


def _write_streams(writer: _Writer, town: str, ground: Any) -> None:
    here: set[str] = set()
    for start in _points_in(ground, STREAM.many, writer.random):
        turns = np.cumsum(writer.random.normal(0, 0.5, 24)) + writer.random.uniform(0, 2 * math.pi)
        course = np.cumsum(np.column_stack([np.cos(turns), np.sin(turns)]) * 90.0, axis=0)
        line = _line(start.coords[0], course).intersection(ground)
        whole = max(getattr(line, "geoms", [line]), key=lambda part: part.length)
        if whole.geom_type == "LineString" and not whole.is_empty:
            writer.write(town, STREAM, _fresh_name(STREAM, writer.random, here), whole)


def _write_streets(writer: _Writer, town: str, seat: tuple[float, float]) -> None:
    """A grid of streets about the seat: from west to east 路, from south to north 街, short ones 巷."""
    if not _has_streets(town):
        return
    radius, names = _radius(town), list(writer.random.permutation(STREETS))
    many = 9 if town == CITY else 3
    for number in range(many):
        across = radius * (2 * (number + 0.5) / many - 1)
        half = math.sqrt(radius**2 - across**2) * 0.9
        ticks = np.linspace(-half, half, 20)
        bent = across + np.cumsum(writer.random.normal(0, 4, 20))
        for generic, course in (
            ("路", np.column_stack([ticks, bent])),
            ("街", np.column_stack([bent, ticks])),
        ):
            position = f"{TOWN_NAMES[town]}城区,长约{2 * half / 1000:.1f}千米"
            writer.write(town, STREET, f"{names.pop()}{generic}", _line(seat, course), position=position)


def _write_park(writer: _Writer, town: str, seat: tuple[float, float]) -> None:
    if _has_streets(town):
        middle = moved(seat, np.array([[0.55 * _radius(town), 0.4 * _radius(town)]]))[0]
        name = f"{TOWN_NAMES[town].rstrip('镇')}公园" if town != CITY else "样城公园"
        writer.write(town, PARK, name, _disc(tuple(middle), 120.0, 16))


def _fresh_name(kind: Class, random: np.random.Generator, taken: set[str]) -> str:
    while True:
        if kind is NATURAL_VILLAGE and random.random() < 0.6:
            name = random.choice(list(FAMILIES)) + random.choice(HAMLETS)
        else:
            name = random.choice(list(FIRST)) + random.choice(list(SECOND))
        generic = str(random.choice(kind.generics)) if kind.generics else ""
        if name + generic not in taken and name[0] != name[1] and not generic.startswith(name[-1]):
            taken.add(name + generic)
            return str(name + generic)


def _with_defects(rows: list[dict[str, Any]], random: np.random.Generator) -> list[dict[str, Any]]:
    """What years of keeping lists by hand leave behind; each of it is a warning or a note, none keeps the list out."""
    found = {
        name: [row for row in rows if row["class_code"] == name]
        for name in {row["class_code"] for row in rows}
    }
    streets = [row for row in found[STREET.code] if row["unit"] == CITY]
    streets[0]["name"], streets[3]["name"] = "沿江路", "沿江路"
    streets[1]["name"], streets[5]["name"] = "文景路", "文锦路"
    streets[2]["former_names"] = "解放街(1966—1981;样例县革命委员会)"
    streets[2]["aliases"] = "老街"
    for row in random.choice(np.array(found[NATURAL_VILLAGE.code], dtype=object), 40, replace=False):
        row["former_names"] = f"{row['name'][0]}家大队(1958—1984)"
    for row in random.choice(np.array(found[VILLAGE.code], dtype=object), 12, replace=False):
        row["aliases"] = row["name"].removesuffix("村") + "寨"
    for row in random.choice(np.array(found[ESTATE.code], dtype=object), 4, replace=False):
        row["name"] = row["name"][:2] + "广场花园"
    return rows


def _points_in(ground: Any, many: int, random: np.random.Generator) -> Iterator[Any]:
    west, south, east, north = ground.bounds
    left = many
    while left:
        lon, lat = random.uniform(west, east), random.uniform(south, north)
        if shapely.contains_xy(ground, lon, lat):
            left -= 1
            yield shapely.Point(round(lon, 7), round(lat, 7))


def _has_streets(town: str) -> bool:
    return town == CITY or TOWN_NAMES[town].endswith("镇")


def _radius(town: str) -> float:
    return CITY_RADIUS_M if town == CITY else TOWN_RADIUS_M


def _line(start: Sequence[float], course_m: Any) -> Any:
    return shapely.LineString(moved(start, course_m))


def _disc(middle: Sequence[float], radius_m: float, corners: int = 48) -> Any:
    turns = np.linspace(0, 2 * math.pi, corners, endpoint=False)
    return shapely.Polygon(moved(middle, radius_m * np.column_stack([np.cos(turns), np.sin(turns)])))


def moved(start: Any, course_m: Any) -> Any:
    """What lies so many metres east and north of a place (EPSG:4490, on a sphere: good enough for what is invented)."""
    return np.round(np.asarray(start) + course_m * _degrees_per_metre(start), 7)


def metres_from(start: Any, places: Any) -> Any:
    """How many metres east and north of a place others lie (EPSG:4490); the way back of `moved`."""
    return (np.asarray(places) - np.asarray(start)) / _degrees_per_metre(start)


def _degrees_per_metre(start: Any) -> Any:
    parallel = METRES_PER_DEGREE * np.cos(np.radians(np.asarray(start)[..., 1]))
    return np.stack([1 / parallel, np.full_like(parallel, 1 / METRES_PER_DEGREE)], axis=-1)


def flawed_names(names: gpd.GeoDataFrame) -> pd.DataFrame:
    """A list with Chinese titles for a newcomer to upload and mend: what a clerk's spreadsheet is like."""
    villages = names[names["class_code"] == VILLAGE.code].head(12).reset_index(drop=True)
    listed = pd.DataFrame(
        {
            "地名代码": [f"{code[:14]}9{code[15:]}" for code in villages["code"]],
            "标准名称": [f"{name[0]}泉{name[-1]}" for name in villages["name"]],
            "类别代码": VILLAGE.code,
            "所在政区代码": villages["unit"],
            "汉语拼音": None,
            "命名时间": "2026-03-01",
            "经度": villages.geometry.x,
            "纬度": villages.geometry.y,
            "来历": SAMPLE,
        }
    )
    spoilt = {
        0: ("标准名称", "维也纳村"), 1: ("标准名称", "24克拉村"), 2: ("所在政区代码", "990101999"), 3: ("类别代码", "99999"),
        4: ("标准名称", villages["name"][11]), 5: ("汉语拼音", "Road Cun"), 6: ("经度", 112.0), 7: ("标准名称", "𬉼泉村"),
    }  # fmt: skip
    for row, (column, value) in spoilt.items():
        listed.loc[row, column] = value
    return listed
