"""What the papers of a case may say: every item under the name by which templates ask for it, as text."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from shapely.geometry import shape
from sqlalchemy import ColumnElement, Connection, and_, cast, func, select
from sqlalchemy.dialects.postgresql import JSONB

from boundaries.units import UNITS
from gis.codes import parent_of
from gis.history import in_force
from gis.people import Person
from gis.settings import Settings
from placenames import kinds
from placenames.casework import cases
from placenames.names import NAMES

BUREAU = "民政局"


def values_of(tx: Connection, person: Person, case: Mapping[str, Any], config: Settings) -> dict[str, str]:
    """Everything that a template may write down, as text; empty where it is not known."""
    place, name = _place(tx, case), _decided(case)
    day = case["effective"] or case["approved_on"] or date.today()
    said = {**place, **{key: value for key, value in case.items() if value not in (None, "")}}
    category, class_ = said.get("category") or "", kinds.class_of(said.get("class_code") or "")
    attributes = case["attributes"]
    found: dict[str, Any] = {
        "事项": cases.ACTIONS[case["action"]].zh,
        "事项编号": case["number"],
        "事由": case["reason"] or name.get("reason"),
        "标题名称": case["old_name"] or name.get("name"),
        "标准名称": name.get("name") or place.get("name"),
        "原名称": case["old_name"] if case["action"] in ("rename", "restore") and case["old_name"] != name["name"] else "",
        "专名": name.get("specific") or place.get("specific"),
        "通名": name.get("generic") or place.get("generic"),
        "罗马字母拼写": name.get("roman") if name.get("roman_confirmed_by") else "" if name else place.get("roman"),
        "无声调拼写": name.get("roman_plain") or (not name and place.get("roman_plain")),
        "地名代码": place.get("code"),
        "别名": place.get("aliases"),
        "简称": place.get("short_names"),
        "曾用名": place.get("former_names"),
        "类别名称": class_.name.zh if class_ else kinds.Category(category).text.zh if category else "",
        "类别代码": said.get("class_code"),
        "使用时间": "历史地名" if case["action"] == "delete" else "现今地名",
        "命名时间": _day(case["approved_on"] if case["action"] != "delete" else place.get("named_on")),
        "所属政区": _units(tx, case["unit"], day, config),
        "政区代码": case["unit"],
        "坐标系": "CGCS2000",
        "保护名录": place.get("protected"),
        "占地面积": attributes.get("land_m2") or place.get("land_m2"),
        "建筑面积": attributes.get("floor_area_m2") or place.get("floor_area_m2"),
        "来历": said.get("origin"),
        "含义": said.get("meaning"),
        "历史沿革": place.get("history"),
        "位置描述": said.get("position"),
        "批准机关": case["approved_by"],
        "批准文号": case["document"],
        "批准时间": _day(case["approved_on"]),
        "生效日期": _day(case["effective"]),
        "备案文号": case["filing_document"],
        "备案日期": _day(case["filed_on"]),
        "公告日期": _day(case["announced_on"]) or "    年    月    日",
        "公告稿": "" if case["state"] == "announced" else "公告稿,公告前不生效",
        "发布机关": _bureau(tx, case["unit"], day) or config.title,
        "登记人": person.display,
        "登记时间": _day(date.today()),
        **_degrees(case["geometry"] or place.get("geometry")),
    }
    return {item: "" if value in (None, False) else str(value) for item, value in found.items()}


def _decided(case: Mapping[str, Any]) -> dict[str, Any]:
    """The candidate that was decided on; empty for a deletion."""
    at, candidates = case["chosen"] or 0, case["candidates"]
    found: dict[str, Any] = candidates[at] if at < len(candidates) and case["action"] != "delete" else {}
    return found


def _place(tx: Connection, case: Mapping[str, Any]) -> dict[str, Any]:
    """The record of the place: as announced, or else as it was looked at; empty for a place that is not there yet."""
    table, c = NAMES.table, NAMES.table.c
    fields = [c[each.name] for each in NAMES.fields if not each.inner]
    statement = select(*fields, cast(func.ST_AsGeoJSON(func.ST_PointOnSurface(c.geom), 9), JSONB).label("geometry"))
    which: ColumnElement[bool] = c.version == case["version"]
    if case["state"] == "announced" and case["action"] != "delete":
        which = and_(c.id == case["place"], in_force(table, case["effective"]))
    row = tx.execute(statement.where(which)).mappings().first()
    return dict(row) if row else {}


def _units(tx: Connection, unit: str, day: date, config: Settings) -> str:
    """The units that a place lies in, from the highest down: 样例县青石镇."""
    codes, above = [], unit or None
    while above:
        codes.append(above)
        above = parent_of(above, config)
    c = UNITS.table.c
    statement = select(c.name).where(c.code.in_(codes), in_force(UNITS.table, day)).order_by(func.length(c.code))
    return "".join(tx.scalars(statement))


def _bureau(tx: Connection, unit: str, day: date) -> str:
    """The county's department of civil affairs, which announces (Article 14); empty where the county is not registered."""
    c = UNITS.table.c
    county = tx.scalar(select(c.name).where(c.code == cases.county_of(unit), in_force(UNITS.table, day)))
    return f"{county}{BUREAU}" if county else ""


def _day(day: date | None) -> str:
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def _degrees(geometry: Mapping[str, Any] | None) -> dict[str, str]:
    """A point of the place in degrees, minutes and seconds."""
    if not geometry:
        return {"东经": "", "北纬": ""}
    point = shape(dict(geometry)).representative_point()
    return {"东经": _sexagesimal(point.x), "北纬": _sexagesimal(point.y)}


def _sexagesimal(degrees: float) -> str:
    tenths = round(abs(degrees) * 36000)
    return f"{tenths // 36000}°{tenths // 600 % 60:02d}′{tenths % 600 / 10:04.1f}″"
