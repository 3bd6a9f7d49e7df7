"""Place names: an entity apart from what it is called.

A record is the place: its standard name, what else it is or was called, what kind of place it is and where. It keeps its
identity through every change of name; each name it bore stays findable (see `appellations`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import geopandas as gpd

from gis.registers import Field, Register, register
from gis.text import Text
from placenames.kinds import category_of
from placenames.language.keys import KEYS, keys_of
from placenames.language.romanise import spell
from placenames.language.sounds import Readings, of_the_office, without_tones
from placenames.language.wording import Parts, split

CATEGORIES = {
    "NAT": "自然地理实体",
    "ADM": "行政区划",
    "VIL": "村民委员会、居民委员会所在地 群众自治组织 居民点",
    "PRK": "城市公园、自然保护地 公园",
    "ROD": "街路巷",
    "RES": "住宅区、楼宇 住宅区 建筑物",
    "FAC": "交通运输、水利、电力、通信、气象等设施 设施",
    "OTH": "其他地理实体 其他",
}
"""The groups of the law and the words they are sent under."""
USES = {"current": "现今地名 现今 在用", "historical": "历史地名 历史 废弃"}
DISCLOSURES = {"public": "公开", "internal": "内部 不公开 内部资料", "secret": "秘密 机密 绝密 涉密"}
"""Who may read a record. A word that is none of these is an error of its row: no default publishes what was not read."""
ANSWERS = {"yes": "是 y true 1", "no": "否 n false 0"}

MADE = ("specific", "generic", "category", "roman", "roman_plain", *KEYS)
"""What is made of a name where it was not sent, in the order of the columns."""


def complete_names(sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Divides names into their parts, proposes a romanization where there is none, and makes what names are compared by."""
    whole = sheet.copy()
    sent = ["name", "specific", "generic", "category", "class_code", "roman", "roman_plain"]
    rows = whole[sent].astype(object).where(whole[sent].notna(), None).itertuples(index=False)
    readings = of_the_office()  # asked once for all rows: it looks whether its list has changed
    made = [tuple(_completed(readings, *row)) for row in rows]
    for column, values in zip(MADE, zip(*made, strict=True) if made else ([] for _ in MADE), strict=True):
        whole[column] = values
    return whole


def _completed(
    readings: Readings,
    name: str | None,
    specific: str | None,
    generic: str | None,
    category: str | None,
    class_code: str | None,
    roman: str | None,
    plain: str | None,
) -> Iterator[Any]:
    kind = category or (category_of(class_code) if class_code else None)
    if not name:
        yield from (specific, generic, kind, roman, plain, *(None for _ in KEYS))
        return
    parts = split(name, kind or "")
    if f"{specific or ''}{generic or ''}" == name:
        parts = parts._replace(specific=specific or "", generic=generic or "")
    toned = roman or _spelt(name, parts, kind or "", readings)
    yield from (parts.specific, parts.generic, kind, toned, plain or without_tones(toned).upper())
    yield from keys_of(name, kind or "", readings=readings)


def _spelt(name: str, parts: Parts, category: str, readings: Readings) -> str:
    return spell(
        name, specific=parts.specific, generic=parts.generic, category=category, readings=readings
    ).toned


def _field(name: str, title: Text, aliases: str = "", kind: type = str, **more: Any) -> Field:
    """A field with its aliases in one text, the title among them."""
    return Field(name, title, kind, (*aliases.split(), title.zh), **more)


def _choices(words: Mapping[str, str]) -> dict[str, str]:
    """What is sent (lower case) -> what is stored."""
    return {sent.lower(): stored for stored, said in words.items() for sent in (stored, *said.split())}


NAMES = register(
    Register(
        "names",
        Text("地名", "Place names"),
        "GEOMETRY",
        fields=(
            _field("code", Text("地名代码", "Place-name code"), "DMDM BMMX0001 代码", required=True),
            _field("name", Text("标准名称", "Standard name"), "BZMC DMMC BMMX0002 标准地名 地名 名称", required=True),
            _field("specific", Text("专名", "Specific part"), "ZM BMMX0007", keeps=False),
            _field("generic", Text("通名", "Generic part"), "TM BMMX0009", keeps=False),
            _field("category", Text("地名类别", "Category"), "DMLB 类别", choices=_choices(CATEGORIES)),
            _field("class_code", Text("类别代码", "Class code"), "LBDM BMMX0003 地名类别代码"),
            _field("unit", Text("所在政区代码", "Unit"), "SZZQ XZQDM AZAA0001 所在政区 行政区划代码", required=True),
            _field("roman", Text("汉语拼音", "Romanization"), "HYPY BMMX0018 拼音"),
            _field("roman_plain", Text("罗马字母拼写", "Romanization without tones"), "LMZMPX BMMX0006"),
            _field("roman_confirmed", Text("拼写已核对", "Romanization confirmed"), "PXHD",
                   choices=_choices(ANSWERS), default="no"),
            _field("aliases", Text("别名", "Aliases"), "BM", many=True),
            _field("short_names", Text("简称", "Short names"), "JC", many=True),
            _field("former_names", Text("曾用名", "Former names"), "CYM", many=True),
            _field("origin", Text("来历", "Origin"), "LL 地名的来历"),
            _field("meaning", Text("含义", "Meaning"), "HY BMMX0042 地名的含义"),
            _field("history", Text("历史沿革", "History"), "LSYG 地名的历史沿革"),
            _field("position", Text("位置描述", "Position"), "WZMS BMMX0047 地理实体描述"),
            _field("named_on", Text("命名时间", "Named on"), "MMSJ", date),
            _field("authority", Text("批准机关", "Authority"), "PZJG 命名机关"),
            _field("document", Text("批准文号", "Document"), "PZWH"),
            _field("use", Text("使用时间", "In use"), "SYSJ 使用状态", choices=_choices(USES), default="current",
                   must_be_known=True),
            _field("protected", Text("保护名录", "Protected"), "BHML 保护级别"),
            _field("named_after", Text("派生自", "Named after"), "PSZ 派生自地名代码"),
            _field("disclosure", Text("密级", "Disclosure"), "MJ", choices=_choices(DISCLOSURES), default="public",
                   must_be_known=True, public=False),
            _field("land_m2", Text("占地面积", "Land"), "ZDMJ", float, public=False, unit="m²"),
            _field("floor_area_m2", Text("建筑面积", "Floor area"), "JZMJ", float, public=False, unit="m²"),
            _field("floors", Text("层数", "Floors"), "CS", int, public=False),
            _field("height_m", Text("高度", "Height"), "GD", float, public=False, unit="m"),
            _field("green_ratio", Text("绿地率", "Green share"), "LDL", float, public=False),
            _field("open_ratio", Text("空地率", "Open share"), "KDL", float, public=False),
            *(Field(each, Text("比较用", "For comparison"), keeps=False, inner=True) for each in KEYS),
        ),
        aliases=("DM", "PLACE", "地名", "地名表", "地名数据"),
        disclosed_by="disclosure",
        sender="staff",
        listed=True,
        setting_aside=True,
        area_fields=("unit",),
        mentions=("name", "position"),
        named_after="named_after",
        completes=complete_names,
        ruled_by="placenames.checks",
    )
)  # fmt: skip
"""Registered places and their standard names: the census form's fields, under its names and those of the exchanges."""

BUILT_UP = register(
    Register(
        "built_up_areas",
        Text("建成区", "Built-up areas"),
        "MULTIPOLYGON",
        fields=(
            _field("code", Text("建成区编号", "Code"), "JCQBH 编号", required=True),
            _field("name", Text("建成区名称", "Name"), "JCQMC 名称", required=True),
            _field("unit", Text("所在政区代码", "Unit"), "SZZQ XZQDM", required=True),
        ),
        aliases=("JCQ", "BUILT_UP", "建成区"),
        sender="staff",
        area_fields=("unit",),
    )
)
"""Where streets, residential areas and buildings must not share a name (Regulations on Place Names, Article 9 (8))."""
