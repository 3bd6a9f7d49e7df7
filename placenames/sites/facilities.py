"""Community facilities: where people are served, by whom, how large, for which communities, and since when."""

from __future__ import annotations

from datetime import date
from functools import partial

from gis.registers import Register, register
from gis.text import Text
from placenames.sent_as import choices_sent_as, field_sent_as
from placenames.sites.site_codes import with_codes

TYPES = {
    "service_centre": Text("社区综合服务中心(镇街级)", "Community service centre (street level)"),
    "service_station": Text("社区综合服务站", "Community service station"),
    "community_office": Text("社区办公用房", "Community office"),
    "village_hall": Text("村级便民服务大厅", "Village service hall"),
    "party_service": Text("党群服务中心", "Party-masses service centre"),
    "home_care_centre": Text("居家养老服务中心(镇街级)", "Home-care centre (street level)"),
    "home_care_station": Text("居家养老服务照料中心(站)", "Home-care station"),
    "canteen": Text("老年食堂(助餐点)", "Senior canteen"),
    "day_care": Text("日间照料中心", "Day-care centre"),
    "care_home": Text("养老机构", "Care home"),
    "mutual_help": Text("睦邻互助点", "Neighbourhood help point"),
    "disabled_home": Text("残疾人之家", "Home for disabled people"),
    "children_home": Text("儿童之家", "Children's home"),
    "marriage_registry": Text("婚姻登记处", "Marriage registry"),
    "relief_station": Text("救助站", "Relief station"),
    "funeral_home": Text("殡仪馆", "Funeral home"),
    "ash_hall": Text("骨灰堂", "Ash hall"),
    "name_archive": Text("地名档案馆", "Place-name archive"),
}
"""The types of facilities; there is no national list of codes for them."""
SENT_TYPES = {
    "service_centre": "社区综合服务中心 综合服务中心 街道综合服务中心", "service_station": "社区服务站 综合服务站",
    "community_office": "社区办公用房 社区居委会 办公用房",
    "village_hall": "便民服务大厅 村便民服务中心 村级服务大厅 村服务大厅",
    "party_service": "党群中心", "home_care_centre": "居家养老服务中心 镇街居家养老服务中心",
    "home_care_station": "居家养老服务照料中心 居家养老服务站 居家养老站 照料中心",
    "canteen": "老年食堂 助餐点 老年助餐点 社区食堂", "day_care": "日照中心 日间照料",
    "care_home": "养老院 敬老院 福利院 养老服务机构",
    "mutual_help": "邻里互助点", "disabled_home": "", "children_home": "儿童关爱之家", "marriage_registry": "",
    "relief_station": "救助管理站", "funeral_home": "", "ash_hall": "骨灰存放处", "name_archive": "",
}  # fmt: skip
STATES = {
    "planned": Text("规划", "Planned"),
    "building": Text("在建", "Being built"),
    "open": Text("开放", "Open"),
    "closed": Text("停用", "Closed"),
}
"""How far a facility is, from the plan to its end."""
SENT_STATES = {
    "planned": "拟建 未建", "building": "建设中 装修", "open": "运营 已建成 正常 使用 投用", "closed": "关闭 关停",
}  # fmt: skip
MILESTONES = {
    "site_planned": Text("列入计划", "Planned"),
    "site_building": Text("在建", "Being built"),
    "site_open": Text("建成(启用或验收)", "Built (open or accepted)"),
}
"""How far a facility or a cemetery has come, for plans."""
TIERS = {
    "county": Text("县级", "County"),
    "township": Text("乡镇(街道)级", "Town or street"),
    "community": Text("村(社区)级", "Village or community"),
}
SENT_TIERS = {"county": "县 区级", "township": "镇街级 乡镇级 街道级 镇级", "community": "村居级 社区级 村级"}
MODES = {
    "public": Text("公办", "Public"),
    "entrusted": Text("公建民营", "Public, run by others"),
    "private": Text("民办", "Private"),
}
SENT_MODES = {"public": "公办公营 政府举办", "entrusted": "公办民营 委托运营", "private": "民办民营 民营 私营 私立"}
ANSWERS = {"yes": "是 有 y true 1", "no": "否 无 n false 0"}


def sent_under(words: dict[str, Text], more: dict[str, str] | None = None) -> dict[str, str]:
    """What is sent -> what is stored: the Chinese words themselves and others in use."""
    return choices_sent_as({name: f"{text.zh} {(more or {}).get(name, '')}" for name, text in words.items()})


_field = field_sent_as

FACILITIES = register(
    Register(
        "facilities",
        Text("社区服务设施", "Community facilities"),
        "GEOMETRY",
        fields=(
            _field("code", Text("设施代码", "Facility code"), "SSDM SSBH 编号 设施编号", required=True),
            _field("name", Text("设施名称", "Name"), "SSMC 名称 NAME", required=True),
            _field("type", Text("设施类型", "Type"), "SSLX 类型 类别 设施类别", required=True,
                   words=TYPES, choices=sent_under(TYPES, SENT_TYPES)),
            _field("tier", Text("层级", "Tier"), "CJ 级别", words=TIERS, choices=sent_under(TIERS, SENT_TIERS)),
            _field("state", Text("建设状态", "State"), "ZT 状态 运营状态", default="open", must_be_known=True,
                   words=STATES, choices=sent_under(STATES, SENT_STATES)),
            _field("unit", Text("所在政区代码", "Unit"), "XZQDM SZZQ 乡镇代码 街道代码 政区代码", required=True),
            _field("community", Text("所在村社区", "Village or community"), "CSQ 村社区 社区 所在社区 村居"),
            _field("address", Text("地址", "Address"), "DZ 详细地址 ADDRESS"),
            _field("address_code", Text("地址代码", "Address code"), "DZDM 标准地址代码"),
            _field("floor_area_m2", Text("建筑面积", "Floor area"), "JZMJ 面积", float, unit="m²"),
            _field("inside_area_m2", Text("套内面积", "Inside area"), "TNMJ 使用面积", float, unit="m²"),
            _field("activity_area_m2", Text("居民活动面积", "Area for activities"), "HDMJ 活动面积", float, unit="m²"),
            _field("floors", Text("层数", "Floors"), "CS", int),
            _field("beds", Text("床位数", "Beds"), "CWS 床位", int),
            _field("meal_seats", Text("餐位数", "Seats at meals"), "ZWS 餐位 座位数", int),
            _field("day_places", Text("日托位数", "Day-care places"), "RTWS 日托位", int),
            _field("services", Text("服务项目", "Services"), "FWXM 服务内容 功能", many=True),
            _field("hours", Text("开放时间", "Hours"), "KFSJ 服务时间"),
            _field("operator", Text("运营单位", "Operator"), "YYDW 运营机构 管理单位"),
            _field("mode", Text("运营方式", "Run as"), "YYFS 运营模式", words=MODES, choices=sent_under(MODES, SENT_MODES),
                   must_be_known=True),
            _field("telephone", Text("服务电话", "Service telephone"), "FWDH 对外电话 咨询电话"),
            _field("accessible", Text("无障碍", "Step-free"), "WZA 无障碍设施", choices=choices_sent_as(ANSWERS)),
            _field("fire_accepted", Text("消防验收", "Fire acceptance"), "XFYS", choices=choices_sent_as(ANSWERS),
                   public=False),
            _field("rating", Text("评定等级", "Rating"), "PDDJ 等级 星级"),
            _field("served", Text("服务社区", "Communities served"), "FWSQ 服务范围 覆盖社区", many=True),
            _field("photo", Text("照片", "Photo"), "ZP 照片文件 图片", public=False),
            _field("built_on", Text("建成日期", "Built on"), "JCRQ 建成时间", date),
            _field("opened_on", Text("启用日期", "Opened on"), "QYRQ 开放日期 投用日期 启用时间", date),
            _field("closed_on", Text("停用日期", "Closed on"), "TYRQ 关闭日期", date),
            _field("property_right", Text("产权", "Property right"), "CQ 产权情况 产权性质", public=False),
            _field("document", Text("批准文号", "Document"), "PZWH 文号", public=False),
        ),
        aliases=("SS", "FACILIT", "设施", "社区设施", "服务设施", "养老设施"),
        sender="staff",
        listed=True,
        setting_aside=True,
        area_fields=("unit",),
        mentions=("name", "address"),
        milestones=MILESTONES,
        coded=partial(with_codes, letter="F", parts=("type", "name")),
        ruled_by="placenames.sites.checks",
    )
)  # fmt: skip
"""Registered facilities: type, state, size, services and the communities they serve."""
