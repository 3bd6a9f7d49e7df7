"""Prohibited zones: ground on which, or near which, no cemetery may stand; loaded as layers, shown to colleagues alone."""

from __future__ import annotations

from functools import partial

from gis.registers import Register, register
from gis.text import Text
from placenames.sent_as import field_sent_as
from placenames.sites.facilities import sent_under
from placenames.sites.site_codes import with_codes

KINDS = {
    "farmland": Text("耕地", "Cultivated land"),
    "forest": Text("林地", "Forest land"),
    "city_park": Text("城市公园", "City park"),
    "scenic": Text("风景名胜区", "Scenic area"),
    "heritage": Text("文物保护区", "Protected heritage"),
    "reserve": Text("自然保护区", "Nature reserve"),
    "reservoir": Text("水库", "Reservoir"),
    "dike": Text("河流堤坝", "River dike"),
    "water_source": Text("水源保护区", "Water-source protection area"),
    "railway": Text("铁路", "Railway"),
    "trunk_road": Text("公路主干线", "Trunk road"),
    "navigable": Text("通航河道", "Navigable river"),
    "housing": Text("住宅区", "Housing area"),
    "development": Text("开发区", "Development zone"),
}
"""The kinds of ground that laws on cemeteries name; what relation and distance each asks for is data of its own."""
SENT_KINDS = {
    "farmland": "永久基本农田 基本农田", "forest": "森林", "city_park": "公园", "scenic": "风景区 景区",
    "heritage": "文物保护单位 文保",
    "reserve": "", "reservoir": "湖库", "dike": "河道 堤坝 河流", "water_source": "饮用水水源保护区 水源地",
    "railway": "铁路线",
    "trunk_road": "公路 高速公路 国道 省道", "navigable": "航道", "housing": "居住区", "development": "",
}  # fmt: skip

_field = field_sent_as

PROHIBITED_ZONES = register(
    Register(
        "prohibited_zones",
        Text("禁葬区域", "Zones without graves"),
        "GEOMETRY",
        fields=(
            _field("code", Text("区域编号", "Zone code"), "QYBH 编号 BSM", required=True),
            _field("name", Text("区域名称", "Name"), "QYMC 名称 NAME"),
            _field("kind", Text("区域类别", "Kind"), "QYLB 类别 地类", required=True,
                   words=KINDS, choices=sent_under(KINDS, SENT_KINDS)),
            _field("unit", Text("所在政区代码", "Unit"), "XZQDM SZZQ 乡镇代码 街道代码 政区代码", required=True),
            _field("document", Text("依据文件", "Document"), "YJWJ 批准文号"),
        ),
        aliases=("JZQ", "ZONE", "禁葬", "禁建", "禁葬区"),
        public=False,
        sender="staff",
        listed=True,
        setting_aside=True,
        area_fields=("unit",),
        labelled_by="name",
        coded=partial(with_codes, letter="Z", parts=("kind", "name")),
        ruled_by="placenames.sites.checks",
    )
)  # fmt: skip
"""Ground of other offices that matters to cemeteries: areas, and lines such as railways."""
