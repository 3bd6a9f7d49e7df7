"""Rules about persons in texts of addresses: telephones, identity numbers and names that would be published with a number.

Columns about persons stand apart (`gis.intake.personal`); what was typed into another field would be shown to everybody.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

import geopandas as gpd

from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import PERSONAL_INFORMATION
from gis.text import Text
from placenames.addresses.addresses import ADDRESSES

REGISTER = ADDRESSES.name
NO_TEXTS = ("code", "unit", "street_code", "text")
"""Codes, which are numbers themselves, and what is made of the other fields."""
TEXTS = tuple(
    each.name
    for each in ADDRESSES.fields
    if each.type is str and each.choices is None and not each.inner and each.name not in NO_TEXTS
)
A_CODE = re.compile(r"[0-9A-Za-z-]+")
"""Whole numbers of documents and certificates."""
CODED = ("document", "certificate")
IDENTITY = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:18|19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx](?![0-9A-Za-z])"
)
TELEPHONE = re.compile(
    r"(?<![0-9])(?:\+?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}(?![0-9])"
    r"|(?<![0-9])\(?0(?:10|2[0-9]|[3-9][0-9]{2})\)?[ -]?[2-9][0-9]{6,7}(?![0-9])"
    r"|(?:电话|電話|手机|手機|微信|联系|TEL|Tel|tel)[号码:: ]{0,4}[0-9][0-9 -]{5,}"
)
WORD = re.compile(
    "(?:收件|收货|收貨|收信|联系|聯繫|聯絡|经办|經辦|申请|申請|产权|產權)人|户主|戶主|房主|业主姓名|身份证|身分證|联系电话|联系方式|聯絡電話"
    "|(?:姓名|业主|房东|租客|住户|屋主)[::]"
)
MAY_TELL = re.compile(
    "[0-9０-９][0-9０-９ －-]{6}|人|主|证|證|电话|電話|方式|姓名|房东|租客|住户|TEL|Tel|tel|微信|手机|手機|联系"
)
"""Without one of these a text tells nothing of the kind."""
SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严魏姜戚谢邹喻潘葛范彭鲁韦马苗方俞任袁柳鲍史唐费廉岑薛雷贺倪汤殷罗毕郝邬安常于傅"
    "卞齐康伍余顾孟黄穆萧尹姚邵汪祁毛狄戴宋庞熊纪舒屈项祝董梁杜阮蓝闵席季贾路娄江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万柯卢莫房"
    "裘缪解应宗丁邓郁单洪包左石崔吉龚程邢裴陆荣翁荀甄曲封储靳段焦侯全班宁栾刘詹龙叶黎薄白蒲赖卓乔谭申冉桑桂牛边温庄晏柴阎连习艾向古易廖"
    "庾终耿文寇广欧聂曾关包岳帅缑况郦梅盛肖涂苏"
)
NAMED = re.compile(f"[{SURNAMES}][\u4e00-\u9fff]{{1,2}}")
AT_HOME = re.compile(f"[{SURNAMES}][\u4e00-\u9fff]{{1,2}}(?:家|宅|户|处|屋)")
NOT_A_NAME = re.compile(
    "[幢栋楼座厦号號馆院阁轩苑塔门區区层層室库房堂厅亭部所站厂店仓棚舍基岗期排户東东西南北中上下左右前后一二三四五六七八九十甲乙丙丁]"
)
"""What is said of buildings, storeys and rooms."""
INSIDE = ("building", "cell", "floor", "room")
_SPACE = re.compile(r"\s+")
Tell = Callable[[str], Text | None]


@rule(
    "AD23",
    REGISTER,
    severity=Severity.ERROR,
    source=PERSONAL_INFORMATION.at("第二十五条"),
    title=Text("公开字段不含个人信息", "No personal information where everybody reads it"),
    message=Text("{field}含有{what}", "{field_en} holds {what}"),
    fix=Text(
        "删去个人信息后重新报送;产权人、申请人及其电话请放入同名字段,存入受限表",
        "take it out and send again; owners, applicants and their telephones have columns of their own, which nobody reads",
    ),
)
def texts_tell_nothing_of_persons(survey: Survey) -> Iterator[Offence]:
    """What stands in an address is published; nobody agreed that their telephone should be. Values are not repeated here."""
    sheet = survey.sheet(REGISTER)
    if sheet is None:
        return
    for name in TEXTS:
        yield from _told(sheet, name, _of_coded if name in CODED else told_of_persons)
    for name in (*INSIDE, "number", "former"):
        for offence in _told(sheet, name, _maybe_a_name):
            yield Offence(
                offence.register, offence.row, offence.geometry, offence.values, Severity.WARNING,
                text=_MAYBE, fix=_MAYBE_FIX,
            )  # fmt: skip


_MAYBE = Text("{field}像是姓名,将随地址公开", "{field_en} seems to be a person's name and would be published")
_MAYBE_FIX = Text("是姓名的,删去或改写为号码;不是的,请说明", "if it is a name, take it out or give a number; if not, say so")
_IDENTITY = Text("身份证号码", "an identity number")
_TELEPHONE = Text("电话号码", "a telephone number")
_WORD = Text("收件人、联系人、户主一类的字样", "words such as 收件人, 联系人 or 户主")


def told_of_persons(text: str) -> Text | None:
    """What a text tells of a person, None where nothing."""
    if not MAY_TELL.search(text):
        return None
    said = text if text.isascii() else unicodedata.normalize("NFKC", text)
    for pattern, what in ((IDENTITY, _IDENTITY), (TELEPHONE, _TELEPHONE), (WORD, _WORD)):
        if pattern.search(said):
            return what
    return None


def _of_coded(text: str) -> Text | None:
    return None if A_CODE.fullmatch(text) else told_of_persons(text)


def _maybe_a_name(text: str) -> Text | None:
    said = _SPACE.sub("", text)
    is_name = (NAMED.fullmatch(said) and not NOT_A_NAME.search(said)) or AT_HOME.fullmatch(said)
    return _WORD if is_name else None


def _told(sheet: gpd.GeoDataFrame, name: str, tell: Tell) -> Iterator[Offence]:
    """The rows of which a field tells something; each text is read once."""
    field = ADDRESSES.field(name)
    column = sheet[name]
    told = {text: what for text in column.dropna().unique() if (what := tell(text)) is not None}
    for at in column.isin(list(told)).to_numpy().nonzero()[0].tolist() if told else ():
        values = {"field": field.title.zh, "field_en": field.title.en, "what": told[column.iat[at]]}
        yield Offence(REGISTER, int(sheet["row"].iat[at]), sheet.geometry.iat[at], values)
