"""Cemetery sites: what they are, how far they have come, how many plots they hold; never the grave of a named person."""

from __future__ import annotations

from datetime import date
from functools import partial

from gis.registers import Field, Register, register
from gis.text import Text
from placenames.sent_as import choices_sent_as, field_sent_as
from placenames.sites.facilities import MILESTONES, sent_under
from placenames.sites.site_codes import with_codes

CATEGORIES = {
    "urban_public": Text("城市公益性公墓", "Urban public cemetery"),
    "rural_public": Text("农村公益性公墓", "Rural public cemetery"),
    "commercial": Text("经营性公墓", "For-profit cemetery"),
    "ash_hall": Text("骨灰堂", "Ash hall"),
    "rural_ground": Text("乡村公益性墓地", "Village burial ground"),
    "ecological": Text("生态安葬点", "Ecological burial site"),
    "scattered": Text("历史埋葬点", "Historic burial place"),
    "martyrs": Text("烈士陵园", "Martyrs' cemetery"),
    "hui": Text("回民公墓", "Hui cemetery"),
}
SENT_CATEGORIES = {
    "urban_public": "公益性公墓 城镇公益性公墓", "rural_public": "农村公墓 村级公墓", "commercial": "商业公墓",
    "ash_hall": "骨灰存放处 骨灰楼", "rural_ground": "公益性墓地", "ecological": "生态葬 树葬点", "scattered": "散葬 散葬点",
    "martyrs": "", "hui": "",
}  # fmt: skip
HOLDS = {"ash": Text("骨灰", "Ashes"), "body": Text("遗体", "Bodies"), "both": Text("骨灰和遗体", "Both")}
STATES = {
    "site_chosen": Text("选址", "Site chosen"),
    "approved": Text("批准", "Approved"),
    "building": Text("在建", "Being built"),
    "accepted": Text("验收", "Accepted"),
    "open": Text("启用", "Open"),
    "full": Text("已满", "Full"),
    "closed": Text("关闭", "Closed"),
}
"""How far a site is: from the choice of the site through building and acceptance to its end."""
SENT_STATES = {
    "site_chosen": "已选址", "approved": "已批", "building": "建设中", "accepted": "已验收 建成", "open": "使用 运营 在用",
    "full": "饱和", "closed": "停用 关停 迁移",
}  # fmt: skip
LEVELS = {
    "county": Text("县级", "County"),
    "township": Text("乡镇级", "Town"),
    "village": Text("村级", "Village"),
}
AREA_KINDS = {
    "planned": Text("规划范围", "Planned area"),
    "built": Text("建成范围", "Built area"),
    "tomb": Text("墓区", "Tomb area"),
    "green": Text("绿地", "Green area"),
}

_field = field_sent_as


def _plot(name: str, zh: str, en: str, aliases: str) -> Field:
    return _field(name, Text(f"{zh}最大面积", f"Largest {en}"), aliases, float, unit="m²")


CEMETERIES = register(
    Register(
        "cemeteries",
        Text("公墓与墓地", "Cemeteries"),
        "GEOMETRY",
        fields=(
            _field("code", Text("公墓代码", "Cemetery code"), "GMDM GMBH 编号 公墓编号", required=True),
            _field("name", Text("公墓名称", "Name"), "GMMC 名称 NAME", required=True),
            _field("category", Text("公墓类别", "Category"), "GMLB 类别 类型", required=True,
                   words=CATEGORIES, choices=sent_under(CATEGORIES, SENT_CATEGORIES)),
            _field("profit", Text("经营性", "For profit"), "JYX 性质", default="no", must_be_known=True,
                   choices=choices_sent_as({"yes": "是 经营性 营利性", "no": "否 公益性 非营利性"})),
            _field("holds", Text("安葬对象", "Holds"), "AZDX 葬式对象", words=HOLDS, choices=sent_under(HOLDS)),
            _field("level", Text("级别", "Level"), "JB 层级", words=LEVELS, choices=sent_under(LEVELS)),
            _field("state", Text("建设状态", "State"), "ZT 状态", words=STATES, choices=sent_under(STATES, SENT_STATES),
                   default="open", must_be_known=True),
            _field("unit", Text("所在政区代码", "Unit"), "XZQDM SZZQ 乡镇代码 街道代码 政区代码", required=True),
            _field("community", Text("所在村社区", "Village or community"), "CSQ 村社区 村 所在村"),
            _field("address", Text("地址", "Address"), "DZ 详细地址 位置"),
            _field("manager", Text("管理单位", "Manager"), "GLDW 管理机构 主办单位"),
            _field("legal_person", Text("法定代表人", "Legal representative"), "FDDBR 负责人", personal=True,
                   public=False),
            _field("approval", Text("批准文号", "Approval number"), "PZWH 批文号"),
            _field("approved_on", Text("批准日期", "Approved on"), "PZRQ 批准时间", date),
            _field("authority", Text("批准机关", "Approved by"), "PZJG 审批机关"),
            _field("land_document", Text("用地手续", "Land document"), "YDSX 土地批文 用地批文", public=False),
            _field("land_m2", Text("占地面积", "Land"), "ZDMJ", float, unit="m²"),
            _field("tomb_m2", Text("墓区面积", "Tomb area"), "MQMJ", float, unit="m²"),
            _field("plots_planned", Text("规划墓穴数", "Plots planned"), "GHMX 规划穴位", int),
            _field("plots_built", Text("建成墓穴数", "Plots built"), "JCMX 建成穴位 墓穴数", int),
            _field("plots_sold", Text("已售墓穴数", "Plots given out"), "YSMX 已售穴位", int, public=False),
            _field("plots_used", Text("已用墓穴数", "Plots used"), "YYMX 已用穴位 已葬数", int),
            _field("niches", Text("骨灰格位数", "Niches"), "GWS 格位", int),
            _field("niches_used", Text("已用格位数", "Niches used"), "YYGW", int),
            _plot("ash_single_m2", "骨灰单穴", "single ash plot", "GHDX 单穴面积"),
            _plot("ash_double_m2", "骨灰双穴", "double ash plot", "GHSX 双穴面积"),
            _plot("body_single_m2", "遗体单穴", "single body plot", "YTDX"),
            _plot("body_double_m2", "遗体双穴", "double body plot", "YTSX"),
            _field("forms", Text("安葬方式", "Forms of burial"), "AZFS 葬式", many=True),
            _field("ecological", Text("节地生态安葬数", "Ecological burials"), "STAZ 生态安葬数", int),
            _field("burials", Text("安葬总数", "All burials"), "AZS 安葬数", int),
            _field("green_m2", Text("绿地面积", "Green area"), "LDMJ 绿化面积", float, unit="m²"),
            _field("green_on", Text("绿地测量日期", "Green area measured on"), "LDRQ", date),
            _field("completed_on", Text("竣工日期", "Completed on"), "JGRQ 建成日期 竣工时间", date),
            _field("accepted_on", Text("验收日期", "Accepted on"), "YSRQ 验收时间", date),
            _field("opened_on", Text("启用日期", "Opened on"), "QYRQ 启用时间", date),
            _field("closed_on", Text("关闭日期", "Closed on"), "GBRQ", date),
            _field("serves", Text("服务村", "Villages served"), "FWC 服务范围", many=True),
            _field("prices", Text("价格文件", "Price document"), "JGWJ 价格批文"),
            _field("inspected", Text("年检结果", "Annual inspection"), "NJJG 年检"),
            _field("telephone", Text("服务电话", "Service telephone"), "FWDH 对外电话"),
            _field("photo", Text("照片", "Photo"), "ZP 照片文件 图片", public=False),
            _field("document", Text("依据文件", "Document"), "YJWJ", public=False),
        ),
        aliases=("GM", "CEMETER", "公墓", "墓地", "骨灰堂"),
        sender="staff",
        listed=True,
        setting_aside=True,
        area_fields=("unit",),
        mentions=("name", "address"),
        milestones=MILESTONES,
        coded=partial(with_codes, letter="C", parts=("category", "name")),
        ruled_by="placenames.sites.checks",
    )
)  # fmt: skip
"""Registered cemetery sites; their areas are a register of their own."""

CEMETERY_AREAS = register(
    Register(
        "cemetery_areas",
        Text("公墓范围", "Areas of cemeteries"),
        "MULTIPOLYGON",
        fields=(
            _field("code", Text("范围编号", "Area code"), "FWBH 编号", required=True),
            _field("cemetery", Text("公墓代码", "Cemetery code"), "GMDM", required=True),
            _field("kind", Text("范围类别", "Kind of area"), "FWLB 类别", required=True, choices=sent_under(AREA_KINDS)),
            _field("unit", Text("所在政区代码", "Unit"), "XZQDM SZZQ 乡镇代码 街道代码 政区代码", required=True),
            _field("section", Text("分区", "Section"), "FQ 分区名称"),
            _field("measured_on", Text("测量日期", "Measured on"), "CLRQ", date),
        ),
        aliases=("GMFW", "GRAVE_AREA", "公墓范围", "墓区", "墓地范围"),
        sender="staff",
        listed=True,
        setting_aside=True,
        area_fields=("unit",),
        refers={"cemetery": "cemeteries"},
        ruled_by="placenames.sites.checks",
    )
)
"""The ground of cemeteries: planned, built, tombs and green land, each with the day it was measured."""
