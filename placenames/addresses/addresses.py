"""Addresses: a permanent identity, the parts of the address by level, where it is, and how far its plate has come.

An address keeps its identity when its number or its street is renamed: the earlier versions of the record are the table
of old and new numbers. Who owns or applied is restricted (`gis.intake.personal`) and never part of an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from gis.registers import Field, Register, register
from gis.settings import settings
from gis.text import Text
from placenames.addresses.address_keys import (
    KEYS,
    Keys,
    bearer_of,
    counted,
    exact_key_of,
    grouped,
    inside_of,
    numbered,
    plain,
    standard_number,
    standard_part,
    storey_of,
    street_of,
)
from placenames.addresses.address_writing import tidied
from placenames.addresses.plates import BUILT, PLATES, STATUSES

if TYPE_CHECKING:
    from gis.intake.beside import Staged

ANSWERS = {"yes": "是 y true 1", "no": "否 n false 0"}
LOCAL = (
    "community", "hamlet", "street", "section", "lane", "alley", "number", "estate", "building", "cell", "floor", "room",
)  # fmt: skip
"""The parts below the unit, from the widest to the narrowest."""
POINT, POINTS = int(shapely.GeometryType.POINT), int(shapely.GeometryType.MULTIPOINT)
MADE = ("code", "unit", "floor", "text", *KEYS)


def complete_addresses(sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Writes the standard text, makes the keys that plates are found by, and a code where none was sent."""
    whole = sheet.set_geometry(_single(sheet.geometry)) if "geometry" in sheet else sheet.copy()
    known_as = _sent_units()
    for name in LOCAL:
        whole[name] = [tidied(each) if isinstance(each, str) else None for each in whole[name].tolist()]
    columns = [whole[name].astype(object).where(whole[name].notna(), None) for name in ("code", "unit", *LOCAL)]
    made = [_completed(known_as, *row) for row in zip(*columns, strict=True)]
    for column, values in zip(MADE, zip(*made, strict=True) if made else ([] for _ in MADE), strict=True):
        whole[column] = values
    return whole


def code_addresses(sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Gives addresses that came without a code the one that is made of their parts: by it they are known again."""
    without = sheet["code"].isna()
    if not without.any():
        return sheet
    coded = sheet.copy()
    coded.loc[without, "code"] = complete_addresses(sheet[without])["code"]
    return coded


def _single(shapes: gpd.GeoSeries) -> gpd.GeoSeries:
    """Points, also out of collections of one point; of several it is not known which is meant, so there is none."""
    kind, parts = shapely.get_type_id(shapes.to_numpy()), shapely.get_num_geometries(shapes.to_numpy())
    points = np.where((kind == POINTS) & (parts == 1), shapely.get_geometry(shapes.to_numpy(), 0), None)
    return gpd.GeoSeries(np.where(kind == POINT, shapes.to_numpy(), points), index=shapes.index, crs=shapes.crs)


def _completed(known_as: Mapping[str, str], code: str | None, unit: str | None, *local: str | None) -> tuple[Any, ...]:
    unit = known_as.get(unit or "", unit)
    words = dict(zip(LOCAL, local, strict=True))
    if words["floor"] is None and words["number"]:
        read = numbered(words["number"])
        words["floor"] = read.storey if read and read.storey else None
    said = standard_text(words)
    keys = keys_of(unit or "", words)
    return (code or (made_code(keys) if said else None), unit, words["floor"], said or None, *keys)


def made_code(keys: Keys) -> str:
    """The code of an address that was sent without one."""
    return f"A{keys.exact_key.upper()}"


def keys_of(unit: str, words: Mapping[str, str | None]) -> Keys:
    """The keys of an address out of its parts."""
    street, section = street_of(words["street"] or "", words["section"] or "")
    lanes = (section, *(plain(words[each] or "") for each in ("lane", "alley") if words[each]))
    community, estate, hamlet = plain(words["community"] or ""), plain(words["estate"] or ""), grouped(words["hamlet"] or "")
    read = numbered(words["number"]) if words["number"] else None
    building, cell, room = (counted(words[each]) if words[each] else "" for each in ("building", "cell", "room"))
    floor = storey_of(words["floor"]) or counted(words["floor"]) if words["floor"] else ""
    return Keys(
        bearer_of(unit, community, hamlet, street, estate, lanes),
        read.key if read else plain(words["number"] or ""),
        inside_of(building, cell, floor, room or (read.aside if read else "")),
        read.ordinal if read else 0,
        exact_key_of(unit, plain(standard_text(words))),
    )


def standard_text(words: Mapping[str, str | None]) -> str:
    """The standard address below the unit: the village is written where no street bears the number.

    Names stay as they are but for width and spaces; numbers are in our writing. A storey that was written with the
    number (2之1號三樓) is not written twice.
    """
    urban = bool(words["street"]) or (bool(words["estate"]) and not words["hamlet"])
    read = numbered(words["number"]) if words["number"] else None
    said = "floor" if read is not None and read.storey else ""
    parts = ((each, words[each] or "") for each in (LOCAL[2:] if urban else LOCAL) if each != said)
    return "".join(WRITTEN.get(each, tidied)(text) for each, text in parts if text)


WRITTEN = {"number": standard_number, **dict.fromkeys(("building", "cell", "floor", "room"), standard_part)}
"""How a part stands in the standard text, where it is no name."""


@lru_cache
def _sent_units_of(said: str) -> dict[str, str]:
    pairs = (each.partition("=") for each in said.split(",") if each.strip())
    return {sent.strip(): code.strip() for sent, _, code in pairs}


def _sent_units() -> dict[str, str]:
    """Unit codes or names as they are sent -> our unit codes."""
    return _sent_units_of(settings().sent_units)


def _choices(words: Mapping[str, str]) -> dict[str, str]:
    return {sent.lower(): stored for stored, said in words.items() for sent in (stored, *said.split())}


def _field(name: str, title: Text, aliases: str = "", kind: type = str, **more: Any) -> Field:
    """A field with its aliases in one text, the title among them."""
    return Field(name, title, kind, (*aliases.split(), title.zh), **more)


def _personal() -> Iterator[Field]:
    for name, title, aliases in (
        ("owner", Text("产权人", "Owner"), "CQR BYUX0004 户主 所有权人 房主"),
        ("owner_phone", Text("产权人电话", "Owner's telephone"), "CQRDH 联系电话 户主电话"),
        ("applicant", Text("申请人", "Applicant"), "SQR 申办人"),
        ("applicant_phone", Text("申请人电话", "Applicant's telephone"), "SQRDH"),
    ):
        yield _field(name, title, aliases, personal=True, public=False)


def _known_again(staged: Staged, made: Sequence[str]) -> Mapping[str, str]:
    from placenames.addresses.address_linking import known_again  # noqa: PLC0415 - asked with a database alone

    return known_again(staged, made)


def _free_made_codes(staged: Staged) -> None:
    from placenames.addresses.address_linking import free_made_codes  # noqa: PLC0415 - asked with a database alone

    free_made_codes(staged)


ADDRESSES = register(
    Register(
        "addresses",
        Text("地址", "Addresses"),
        "POINT",
        fields=(
            _field("code", Text("地址代码", "Address code"), "DZDM DZBM 地址编码 标准地址编码 编码", required=True),
            _field("unit", Text("所在政区代码", "Unit"), "XZQDM SZZQ BYUX0001 TOWN 乡镇代码 街道代码",
                   required=True),
            _field("community", Text("村、社区", "Village or community"), "CSQ BYUX0003 BYUX0009 村社区 社区 村居"),
            _field("hamlet", Text("自然村、组", "Hamlet or group"), "ZRC NEIGHBORHOOD 自然村 村民小组 组"),
            _field("street", Text("街路巷", "Street"), "JLX BYUX0015 ROAD 道路 道路名称 街道路巷"),
            _field("section", Text("段", "Section"), "DLD SECTION 路段"),
            _field("lane", Text("弄、巷", "Lane"), "LX LANE 弄巷 支巷"),
            _field("alley", Text("支弄", "Alley"), "ZL ALLEY"),
            _field("number", Text("门牌号", "Number"), "MPH BYUX0019 门牌 号牌"),
            _field("estate", Text("小区、院落", "Estate"), "XQ BYUX0021 小区 小区名称 院落"),
            _field("building", Text("幢号", "Building"), "ZH BYUX0025 楼幢号 幢 楼栋"),
            _field("cell", Text("单元", "Staircase"), "DY BYUX0027 单元号"),
            _field("floor", Text("楼层", "Floor"), "LC 层"),
            _field("room", Text("户室号", "Room"), "HSH BYUX0029 室 户室 房号"),
            _field("text", Text("标准地址", "Standard address"), keeps=False),
            _field("sent_text", Text("来文地址", "Address as sent"), "FULL_ADDR BYUX0037 DZQC 地址全称 当前门牌地址",
                   public=False),
            _field("plate", Text("门牌种类", "Kind of plate"), "MPZL BYUX0060 门牌类型", choices=_choices(PLATES)),
            _field("status", Text("状态", "Status"), "ZT 门牌状态 使用状态", choices=_choices(STATUSES), default="assigned",
                   must_be_known=True),
            _field("certified", Text("已核实", "Certified"), "HS 核实 认证", choices=_choices(ANSWERS), default="no"),
            _field("built", Text("建成情况", "Built"), "JCQK", choices=_choices(BUILT), default="standing",
                   must_be_known=True),
            _field("former", Text("原门牌", "Former addresses"), "YMP YDZ 曾用地址 原地址 旧门牌", many=True),
            _field("street_code", Text("街路巷地名代码", "Street's place-name code"), "JLXDM"),
            _field("numbered_on", Text("编制日期", "Numbered on"), "BZRQ 编号日期", date),
            _field("document", Text("编制文号", "Document"), "BZWH"),
            _field("certificate", Text("门牌证号", "Plate certificate"), "MPZH BYUX0031", public=False),
            *_personal(),
            *(
                Field(each, Text("查找用", "For finding"), int if each == "ordinal" else str, keeps=False, inner=True)
                for each in KEYS
            ),
        ),
        aliases=("DZ", "ADDRESS", "DOORPLATE", "地址", "门牌"),
        sender="staff",
        listed=True,
        setting_aside=True,
        area_fields=("unit",),
        labelled_by="text",
        lon=("X",),
        lat=("Y",),
        coded=code_addresses,
        completes=complete_addresses,
        known_again=_known_again,
        links=_free_made_codes,
        ruled_by="placenames.addresses.checks",
    )
)  # fmt: skip
"""Registered addresses: the parts by level, the plate's life, and the keys by which plates are found."""
