"""How things look on maps and beside them: colour, dash pattern and word, in one place.

Colour alone never carries a meaning: every look has its own dash pattern or weight, and its word stands
beside it. The colours are told apart by people who do not see red or green (a test mixes them as such eyes
do).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from markupsafe import Markup

from gis.text import Text
from placenames.kinds import TITLES
from placenames.sites.grave_deadlines import LIGHTS, Light


@dataclass(frozen=True, slots=True)
class Look:
    """One way of drawing and its word. Weight, radius and dash in px; fill is an opacity, 0 to 1."""

    words: Text
    colour: str
    weight: float = 3.0
    dash: str = ""
    fill: float = 0.0
    fill_colour: str = ""
    radius: float = 6.0

    @property
    def leaflet(self) -> dict[str, object]:
        """The look as Leaflet's path options."""
        return {
            "color": self.colour,
            "weight": self.weight,
            "dashArray": self.dash or None,
            "fill": self.fill > 0,
            "fillColor": self.fill_colour or self.colour,
            "fillOpacity": self.fill,
            "radius": self.radius,
        }

    @property
    def swatch(self) -> Markup:
        """A stroke of it for legends, tags and tables."""
        dash = f' stroke-dasharray="{self.dash}"' if self.dash else ""
        drawing = (
            '<svg class="swatch" width="26" height="10" aria-hidden="true">'
            f'<path d="M1 5h24" stroke="{self.colour}" stroke-width="{self.weight}"{dash}/></svg>'
        )
        return Markup(drawing)  # noqa: S704 - made of our own colours only

    @property
    def dot(self) -> Markup:
        """The same as a point, for points and areas."""
        dash = f'stroke-dasharray="{self.dash}" ' if self.dash else ""
        drawing = (
            '<svg class="swatch" width="26" height="14" aria-hidden="true"><circle cx="13" cy="7" r="5" '
            f'stroke="{self.colour}" stroke-width="2" {dash}fill="{self.fill_colour or self.colour}" '
            f'fill-opacity="{self.fill}"/></svg>'
        )
        return Markup(drawing)  # noqa: S704 - made of our own colours only


MILESTONES: Mapping[str, Look] = MappingProxyType(
    {
        "planned": Look(Text("列入计划", "Planned"), "#7a7f87", 2.5, "2 5"),
        "submitted": Look(Text("已报送", "Submitted"), "#56a8e0", 3.0, "8 4"),
        "returned": Look(Text("已退回", "Returned"), "#c2410c", 3.0, "9 3 2 3"),
        "accepted": Look(Text("已审核", "Accepted"), "#d99a00", 3.5, "14 3"),
        "agreed": Look(Text("已定界", "Agreed"), "#00695c", 4.0),
    }
)
"""How far a boundary line has come, in the order of the work."""

SITE_MILESTONES: Mapping[str, Look] = MappingProxyType(
    {
        "site_planned": Look(Text("列入计划", "Planned"), "#7a7f87", 2.5, "2 5", 1.0, "#ffffff"),
        "site_building": Look(Text("在建", "Being built"), "#d99a00", 3.0, "8 4", 1.0, "#ffffff"),
        "site_open": Look(Text("建成(启用或验收)", "Built (open or accepted)"), "#00695c", 3.5, "", 1.0, "#ffffff"),
    }
)
"""How far a facility or cemetery has come."""


def milestones_of(milestone: str) -> Mapping[str, Look]:
    """The steps of a plan that counts at this one: those of sites, or of boundary lines."""
    return SITE_MILESTONES if milestone in SITE_MILESTONES else MILESTONES


LINES: Mapping[str, Look] = MappingProxyType(
    {
        "working": Look(Text("工作界", "Working line"), "#7a7f87", 2.0, "6 4"),
        "agreed": Look(Text("已定界线", "Agreed line"), "#00695c", 3.0),
        "disputed": Look(Text("争议界", "Disputed line"), "#c2410c", 3.0, "9 3 2 3"),
        "outer": Look(Text("县级界", "County line"), "#18181b", 3.0, "12 3 2 3"),
    }
)
"""What a boundary line is in law; the county's own outline stands outside the goals."""

SEVERITIES: Mapping[str, Look] = MappingProxyType(
    {
        "error": Look(Text("错误", "Error"), "#c21e56", 3.0, "", 0.9, radius=8),
        "warning": Look(Text("警告", "Warning"), "#d99a00", 3.0, "6 3", 0.9, radius=7),
        "note": Look(Text("提示", "Note"), "#1f5fa8", 3.0, "2 3", 0.9, radius=6),
    }
)
"""How much a finding weighs."""

CHANGES: Mapping[str, Look] = MappingProxyType(
    {
        "before": Look(Text("变更前位置", "Before the change"), "#9a9ea6", 2.5, "6 4", 0.1),
        "changed": Look(Text("变更", "Changed"), "#1f5fa8", 4.0, "", 0.15),
        "added": Look(Text("新增", "Added"), "#00806a", 4.0, "16 2", 0.15),
        "removed": Look(Text("终止", "Removed"), "#c21e56", 3.5, "2 5", 0.1),
        "related": Look(Text("替代", "Replaces another"), "#d98200", 3.0, "10 4", 0.1),
    }
)
"""What a submission would change."""

IMPACTS: Mapping[str, Look] = MappingProxyType(
    {
        "place": Look(Text("本地名", "The place itself"), "#c21e56", 5.0, "", 0.25, radius=9),
        "follows": Look(Text("公告时一并更改", "Changed with the announcement"), "#1f5fa8", 4.0, "", 0.15),
        "full": Look(Text("提到该名称", "Mentions the name"), "#d98200", 3.5, "10 4", 0.15),
        "named_after": Look(Text("由其派生", "Named after it"), "#00806a", 3.0, "6 3", 0.15),
        "specific": Look(Text("含有其专名", "Contains its specific part"), "#9a9ea6", 3.0, "2 5", 0.15),
    }
)
"""How surely something is touched; every look has a colour, a dash pattern and a word."""

MATCHES: Mapping[str, Look] = MappingProxyType(
    {
        "town": Look(Text("乡镇街道", "Town"), "#18181b", 2.0, "12 3 2 3", 0.05, radius=16),
        "village": Look(Text("村", "Village"), "#7a7f87", 2.5, "2 5", 0.1, radius=13),
        "street": Look(Text("街路巷、小区", "Street or estate"), "#d99a00", 2.5, "9 3 2 3", 0.1, radius=13),
        "interpolated": Look(Text("推算位置,不是门牌", "Worked out, no plate"), "#c2410c", 2.5, "3 4", 0.05, radius=10),
        "plate": Look(Text("门牌", "Plate"), "#00695c", 3.0, "", 1.0, "#ffffff", 7),
        "flat": Look(Text("户室", "Flat"), "#1f5fa8", 3.0, "14 3", 1.0, "#ffffff", 7),
    }
)
"""How far a lookup came; what is not in the register is a broken ring, never a solid one."""

SITE_GROUPS: Mapping[str, Look] = MappingProxyType(
    {
        "services": Look(Text("社区服务", "Community services"), "#1f5fa8", 2.5, "", 1.0, "#ffffff", 7),
        "elderly": Look(Text("养老服务", "Care of the elderly"), "#d97800", 2.5, "6 2", 1.0, "#ffffff", 7),
        "welfare": Look(Text("儿童、残疾人与救助", "Children, disabled, relief"), "#7b3fa0", 2.5, "2 2", 1.0, "#ffffff", 7),
        "affairs": Look(Text("婚姻登记与地名档案", "Registry and archive"), "#00806a", 2.5, "8 2 2 2", 1.0, "#ffffff", 7),
        "funeral": Look(Text("殡葬设施", "Funeral services"), "#52525b", 2.5, "4 3", 1.0, "#ffffff", 7),
        "cemeteries": Look(Text("公墓与墓地", "Cemeteries"), "#18181b", 3.0, "", 1.0, "#d4d4d8", 7),
    }
)
"""Sites by what they are for; each type has the look of its group and a line of its own in the legend."""
COVERAGE: Mapping[bool, Look] = MappingProxyType(
    {
        True: Look(Text("范围内有", "Within reach"), "#00695c", 3.0, "", 0.9, "#ffffff", 6),
        False: Look(Text("范围内没有", "Not within reach"), "#c21e56", 3.0, "4 3", 0.9, "#ffffff", 8),
    }
)
"""Communities by whether a service is within reach."""
ENOUGH: Mapping[bool | None, Look] = MappingProxyType(
    {
        True: Look(Text("达到标准", "As much as is wanted"), "#00695c", 3.0, "", 0.9, "#ffffff", 6),
        False: Look(Text("低于标准", "Less than is wanted"), "#c21e56", 3.0, "4 3", 0.9, "#ffffff", 8),
        None: Look(Text("户数未知", "Households not known"), "#52525b", 2.0, "2 3", 0.9, "#ffffff", 5),
    }
)
"""Communities by whether they have the service area that is wanted for their households."""
GRAVE_LIGHTS: Mapping[str, Look] = MappingProxyType(
    {
        "red": Look(LIGHTS[Light.RED], "#c21e56", 3.0, "", 0.9, radius=9),
        "amber": Look(LIGHTS[Light.AMBER], "#d99a00", 3.0, "6 3", 0.9, "#ffffff", 8),
        "green": Look(LIGHTS[Light.GREEN], "#00806a", 2.5, "14 3", 0.9, "#ffffff", 7),
        "closed": Look(LIGHTS[Light.CLOSED], "#9a9ea6", 2.5, "2 3", 0.9, "#ffffff", 6),
    }
)
"""Graves outside cemeteries by their light: the more pressing, the larger."""
COVERED = Look(Text("服务范围", "Within reach"), "#1f5fa8", 1.0, "3 4", 0.06)
GROUND_OF_SITES = Look(Text("公墓范围", "Areas of cemeteries"), "#18181b", 1.5, "5 3", 0.12)

UNIT = Look(Text("行政区划", "Units"), "#b4b8be", 1.0, "", 1.0, "#fbfbf5")
SENT = Look(Text("报送的界线", "Lines sent"), "#52525b", 2.5)
SENT_POINT = Look(Text("报送的点", "Points sent"), "#52525b", 2.0, "", 1.0, "#ffffff", 4)
AROUND = Look(Text("邻近门牌", "Plates around"), "#7a7f87", 1.5, "", 1.0, "#ffffff", 4)
CLICKED = Look(Text("所查位置", "The point asked for"), "#c21e56", 3.0, "2 3", 0.6, radius=6)
POINT = Look(Text("点位", "Points"), "#1f5fa8", 2.0, "", 0.9, "#ffffff", 5)
AREA = Look(Text("面", "Areas"), "#1f5fa8", 2.0, "", 0.15)
WAY = Look(Text("线", "Lines"), "#1f5fa8", 3.0)
"""What is drawn as a line and is no boundary: streets, rivers."""

VALUES: Mapping[str, Text] = MappingProxyType(
    {
        "inner": Text("县内界线", "inside the county"),
        "outer": Text("县级界", "county line"),
        "working": Text("工作界", "working"),
        "agreed": Text("已定界", "agreed"),
        "disputed": Text("有争议", "disputed"),
        "province": Text("省级", "province"),
        "prefecture": Text("地级", "prefecture"),
        "county": Text("县级", "county"),
        "township": Text("乡级", "township"),
        "village": Text("村级", "village"),
        "yes": Text("是", "yes"),
        "no": Text("否", "no"),
        "current": Text("现今地名", "in use today"),
        "historical": Text("历史地名", "historical"),
        "public": Text("公开", "public"),
        "internal": Text("内部", "internal"),
        "secret": Text("秘密", "secret"),
        "reserved": Text("预留", "reserved"),
        "assigned": Text("已编制", "assigned"),
        "made": Text("牌已制作", "plate made"),
        "installed": Text("牌已安装", "plate installed"),
        "damaged": Text("牌已损坏", "plate damaged"),
        "replaced": Text("牌已更换", "plate replaced"),
        "changed": Text("已变更", "changed"),
        "cancelled": Text("已注销", "cancelled"),
        "temporary": Text("临时", "temporary"),
        "large": Text("大门牌", "large plate"),
        "small": Text("小门牌", "small plate"),
        "building": Text("楼幢牌", "plate of a building"),
        "cell": Text("单元牌", "plate of a staircase"),
        "room": Text("户室牌", "plate of a flat"),
        "rural": Text("农村门牌", "rural plate"),
        "standing": Text("已建成", "standing"),
        "planned": Text("尚未建成", "not built yet"),
        **{str(each): words for each, words in TITLES.items()},
    }
)
"""Words that records store for their role, status, level, kind, use and plate."""

LOOKS: Mapping[str, Mapping[str, Look | Text]] = MappingProxyType(
    {
        "milestone": MILESTONES, "line": LINES, "severity": SEVERITIES, "change": CHANGES, "impact": IMPACTS,
        "match": MATCHES, "value": VALUES,
    }
)  # fmt: skip
"""The dictionary as templates ask it: `looks.milestone.agreed.swatch`."""
