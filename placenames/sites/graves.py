"""Graves outside cemeteries that a survey found: what kind they are in law, what is to be done about them, and by when.

Whose grave it is, is never recorded; who answers for it is restricted (`gis.intake.personal`).
"""

from __future__ import annotations

from datetime import date
from functools import partial

from gis.registers import Register, register
from gis.text import Text
from placenames.sent_as import choices_sent_as, field_sent_as
from placenames.sites.facilities import ANSWERS, sent_under
from placenames.sites.prohibited_zones import KINDS as LAND
from placenames.sites.prohibited_zones import SENT_KINDS as SENT_LAND
from placenames.sites.site_codes import with_codes

CATEGORIES = {
    "house_tomb": Text("住宅式墓地", "Tomb in the form of a house"),
    "hardened": Text("硬化大墓", "Large hardened tomb"),
    "for_the_living": Text("活人墓", "Tomb built for the living"),
    "clan": Text("宗族墓地", "Clan burial ground"),
    "in_zone": Text("违建坟墓(三沿六区)", "Tomb in a forbidden zone"),
    "ash_home": Text("骨灰房", "Home used to store ashes"),
}
"""Legal categories; ash homes are one from 2026-03-30 on."""
SENT_CATEGORIES = {
    "house_tomb": "住宅式墓", "hardened": "硬化墓 大墓", "for_the_living": "生坟 寿坟", "clan": "家族墓地 宗族墓",
    "in_zone": "三沿六区 违建坟墓", "ash_home": "住宅存放骨灰",
}  # fmt: skip
ACTIONS = {
    "demolish": Text("拆除", "Demolish"),
    "correct": Text("整改", "Correct"),
    "screen": Text("绿化遮挡", "Screen with plants"),
    "move": Text("迁移", "Move"),
}
RESULTS = {
    "open": Text("未处理", "Nothing done yet"),
    "under_way": Text("处理中", "Under way"),
    "done": Text("已处理", "Done"),
    "confirmed": Text("复查通过", "Re-checked: done"),
    "relapsed": Text("复查未通过", "Re-checked: not done"),
}

DESCRIBING = ("area_m2", "places", "material", "built_year", "land", "photo")
"""What tells one grave without a code and without coordinates from the next at the same place."""

_field = field_sent_as

GRAVES = register(
    Register(
        "graves",
        Text("违法墓葬", "Graves outside cemeteries"),
        "GEOMETRY",
        fields=(
            _field("code", Text("问题编号", "Code"), "WTBH 编号", required=True),
            _field("category", Text("违法类别", "Legal category"), "WFLB 类别", required=True,
                   words=CATEGORIES, choices=sent_under(CATEGORIES, SENT_CATEGORIES)),
            _field("unit", Text("所在政区代码", "Unit"), "XZQDM SZZQ 乡镇代码 街道代码 政区代码", required=True),
            _field("place", Text("位置", "Place"), "WZ 具体位置 地点"),
            _field("area_m2", Text("占地面积", "Area"), "ZDMJ 面积", float, unit="m²"),
            _field("places", Text("穴数", "Places"), "XS", int),
            _field("material", Text("硬化材料", "Material"), "CL 材料"),
            _field("occupied", Text("是否已葬", "In use"), "SFYZ 已葬", choices=choices_sent_as(ANSWERS)),
            _field("built_year", Text("建造年份", "Year built"), "JZNF", int),
            _field("land", Text("占用地类", "Kind of land"), "ZYDL 地类", words=LAND, choices=sent_under(LAND, SENT_LAND)),
            _field("found_on", Text("发现日期", "Found on"), "FXRQ 发现时间", date, required=True),
            _field("photo", Text("照片", "Photo"), "ZP 照片文件", answered=False),
            _field("action", Text("处置方式", "Action"), "CZFS 处理方式", words=ACTIONS, choices=sent_under(ACTIONS)),
            _field("deadline", Text("整改期限", "Deadline"), "ZGQX 期限", date),
            _field("result", Text("处置结果", "Result"), "CZJG 处理结果 状态", words=RESULTS, choices=sent_under(RESULTS),
                   default="open", must_be_known=True),
            _field("done_on", Text("处置日期", "Done on"), "CZRQ", date),
            _field("rechecked_on", Text("复查日期", "Re-checked on"), "FCRQ", date),
            _field("contact", Text("责任人及联系方式", "Who answers for it"), "ZRR 责任人 联系人", personal=True,
                   public=False),
        ),
        aliases=("WFMZ", "ILLEGAL_GRAVE", "违法墓", "违建墓", "整治"),
        public=False,
        kept_to_areas=True,
        sender="staff",
        listed=True,
        setting_aside=True,
        area_fields=("unit",),
        labelled_by="place",
        coded=partial(with_codes, letter="G", parts=("category", "place", "found_on"), placeless=DESCRIBING),
        ruled_by="placenames.sites.checks",
    )
)  # fmt: skip
"""Findings of the surveys of graves outside cemeteries, for colleagues alone."""
