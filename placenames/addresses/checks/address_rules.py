"""Rules about single addresses: what an address is made of, how its number reads, its code and its point."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import reduce
from operator import or_
from typing import Any

import geopandas as gpd
import pandas as pd

from gis.intake.rules import Offence, Severity, Survey, rule
from gis.sources import ADDRESS_CODES, HOUSE_PRACTICE, JIANGMEN_PLATES, NAME_REGULATIONS, NINGBO_NAMES
from gis.text import Text
from placenames.addresses.address_keys import numbered, plain
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.checks.spreadsheet_numbers import is_a_day, was_changed
from placenames.addresses.plates import GIVEN_UP

REGISTER = ADDRESSES.name
LONGEST = 40
"""Characters of a code; the longest that were seen have 25 digits."""
SHORT = re.compile(f"[0-9A-Za-z-]{{1,{LONGEST}}}")
RESERVED = frozenset(
    ("search", "suggest", "reverse", "map", "parse", "batch", "batches", "changes", "defects", "upload", "answers")
)
"""What stands behind /addresses/ in place of a code: an address of that code could not be reached."""
IDENTITY = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
"""A permanent id, by which addresses are asked for as by their codes."""
NOTHING = frozenset(
    ("不详", "不祥", "不明", "未知", "未编", "无", "無", "空", "暂无", "没有", "沒有", "无号", "无门牌", "无门牌号",
     "NULL", "NONE", "NAN", "N/A", "NA", "-", "--", "—", "/", "、", ".", "?")
)  # fmt: skip
"""What is written where there is no number, as `plain` leaves it or not."""
WRITTEN = re.compile(r"[\w#.,、/()\[\]()【】〔〕《》“”·・⁄½\s\-—－–~〜～+#．／]+")
"""What numbers are made of."""
LONGEST_NUMBER = 50
MADE = re.compile("A[0-9A-F]{18}")
"""A code that this system gives to an address that was sent without one."""
ONLY_A_NUMBER = "[0-9]+[弄巷]"
"""A lane that is called by a number alone: a street must stand before it."""
INSIDE = ("cell", "floor", "room")


@rule(
    "AD01",
    REGISTER,
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("AD01"),
    title=Text("有门牌号,或有楼幢、单元、户室号", "There is a number, a building or a room"),
    message=Text(
        "没有门牌号,也没有楼幢、单元、楼层或户室号",
        "it has no number, and no building, staircase, floor or room either",
    ),
    fix=Text("补填门牌号;只是地名的,按地名报送", "give its number; what is a place name only goes to the names"),
)
def addresses_have_a_number_or_a_building(survey: Survey) -> Iterator[Offence]:
    """A street alone is a place name; an address tells one door from the next."""
    for sheet in _sent(survey):
        yield from _offences(sheet, ~(_given(sheet, "number", "building", *INSIDE)))


@rule(
    "AD02",
    REGISTER,
    severity=Severity.ERROR,
    source=NAME_REGULATIONS.at("第二十一条"),
    title=Text("门牌号有所依附的街路巷、村庄或小区", "Something bears the number: a street, a village or an estate"),
    message=Text(
        "门牌号“{number}”没有所在的街路巷、村、自然村或小区",
        "no street, village, hamlet or estate bears the number “{number}”",
    ),
    fix=Text("补填街路巷、村或小区的标准名称", "give the standard name of the street, village or estate"),
)
def something_bears_the_number(survey: Survey) -> Iterator[Offence]:
    """Standard addresses are made of standard names: number 12 of a town is no place."""
    for sheet in _sent(survey):
        bare = _given(sheet, "number") & ~_given(sheet, "street", "hamlet", "community", "estate")
        for at in _places(bare):
            lanes = [sheet[name].iat[at] for name in ("lane", "alley")]
            if all(_says_nothing(lane) for lane in lanes):
                yield _offence(sheet, at, number=sheet["number"].iat[at])


@rule(
    "AD03",
    REGISTER,
    severity=Severity.WARNING,
    source=NINGBO_NAMES.at("第二十三条"),
    title=Text("门牌号可以读出", "Numbers can be read"),
    message=Text(
        "门牌号“{number}”读不出数字和顺序,不能排序、内插和容错查找",
        "the number “{number}” cannot be read: it has no place in the order, and only the same writing finds it",
    ),
    fix=Text("写作 12号、12-3号 或 12号附3号;其余文字放入小区、楼幢等字段",
             "write it as 12, 12-3 or 12 with its sub-number; other words belong to estate, building and so on"),
)  # fmt: skip
def numbers_can_be_read(survey: Survey) -> Iterator[Offence]:
    """Who looks for number 12 finds it by the number, not by the letters around it."""
    for sheet in _sent(survey):
        yield from _changed_by_spreadsheets(sheet)
        for at, number in _told(sheet, "number", sheet["ordinal"].fillna(0) == 0):  # the others were read
            if was_changed(number):
                continue
            found, shown = _offence(sheet, at, number=number[:LONGEST]), numbered(number)
            if plain(number) in NOTHING or number.upper() in NOTHING:
                yield replace(found, severity=Severity.ERROR, text=_NO_NUMBER, fix=_NO_NUMBER_FIX)
            elif _is_nonsense(number) or (shown is not None and shown.key == "0"):
                yield replace(found, severity=Severity.ERROR, text=_NONSENSE, fix=_NONSENSE_FIX)
            elif shown is None:
                yield found


def _changed_by_spreadsheets(sheet: gpd.GeoDataFrame) -> Iterator[Offence]:
    changed = [number for number in sheet["number"].dropna().unique() if was_changed(number)]
    for at, number in _told(sheet, "number", sheet["number"].isin(changed)) if changed else ():
        text = _A_DAY if is_a_day(number) else _A_POWER
        yield replace(_offence(sheet, at, Severity.ERROR, number=number), text=text, fix=_AS_TEXT)


def _is_nonsense(number: str) -> bool:
    """What nobody can mean as a number: it says nothing, begins as a formula does, or holds other signs."""
    said = plain(number)
    return said in ("", "号") or said[0] in "-=+@" or WRITTEN.fullmatch(number) is None or len(number) > LONGEST_NUMBER


_A_DAY = Text(
    "门牌号“{number}”是日期:Excel 把 3-1 一类的号码当成了日期",
    "the number “{number}” is a day: Excel took a number such as 3-1 for a date",
)
_A_POWER = Text(
    "门牌号“{number}”是科学记数:Excel 只留下了号码的前几位",
    "the number “{number}” is in powers of ten: Excel left only the first digits of it",
)
_AS_TEXT = Text(
    "先把该列的单元格格式设为“文本”,再按门牌重新填写,如 3-1号;仅改格式不能恢复原号",
    "format the column as text first, then enter the number again as the plate says it, such as 3-1号; the format alone "
    "does not bring it back",
)
_NO_NUMBER = Text("“{number}”不是门牌号", "“{number}” is no number")
_NO_NUMBER_FIX = Text(
    "没有门牌号的,此格留空;有的,填写号码", "leave the cell empty where there is no number, or give the number"
)
_NONSENSE = Text("“{number}”不能作门牌号", "“{number}” cannot be the number of a plate")
_NONSENSE_FIX = Text(
    "填写门牌上的号码,如 12号、12-3号;没有的留空",
    "give the number as the plate says it, such as 12 or 12-3; leave it empty where there is none",
)


@rule(
    "AD04",
    REGISTER,
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("AD04"),
    title=Text("楼层、户室有所在的门牌或楼幢", "Floors and rooms lie behind a plate or in a building"),
    message=Text(
        "有单元、楼层或户室号“{inside}”,而没有门牌号和楼幢号",
        "it has a staircase, floor or room, “{inside}”, but neither number nor building",
    ),
    fix=Text("补填门牌号或楼幢号", "give the number or the building"),
)
def floors_and_rooms_lie_behind_a_plate(survey: Survey) -> Iterator[Offence]:
    """Room 501 is found through a door; a single tower may be known by its name alone, which is a warning."""
    for sheet in _sent(survey):
        loose = _given(sheet, *INSIDE) & ~_given(sheet, "number", "building")
        for at in _places(loose):
            inside = "".join(sheet[name].iat[at] for name in INSIDE if pd.notna(sheet[name].iat[at]))
            weight = Severity.WARNING if pd.notna(sheet["estate"].iat[at]) else Severity.ERROR
            yield _offence(sheet, at, weight, inside=inside)


@rule(
    "AD05",
    REGISTER,
    severity=Severity.WARNING,
    source=JIANGMEN_PLATES,
    title=Text("附号不再编附号", "A sub-number has no sub-number"),
    message=Text(
        "门牌号“{number}”在附号之下又有附号", "the number “{number}” hangs a sub-number on a sub-number"
    ),
    fix=Text("改为同一主号的下一个附号", "give it the next sub-number of the same number"),
)
def sub_numbers_have_no_sub_numbers(survey: Survey) -> Iterator[Offence]:
    """12-3-1 and 12-31 look alike on a plate, and nobody knows which door comes next."""
    for sheet in _sent(survey):
        for at, number in _told(sheet, "number", sheet["plate_key"].str.count("-") > 1):
            read = numbered(number)
            if read is not None and read.depth > 1 and not was_changed(number):
                yield _offence(sheet, at, number=number)


@rule(
    "AD06",
    REGISTER,
    severity=Severity.ERROR,
    source=ADDRESS_CODES,
    title=Text("地址代码符合本地编码规则", "Address codes follow the pattern of this deployment"),
    message=Text(
        "地址代码“{code}”不符合本地规定的编码规则 {pattern}",
        "the address code “{code}” does not follow the pattern set here, {pattern}",
    ),
    fix=Text(
        "按本地规则改正代码;规则由设置 JIEZHI_ADDRESS_CODES 给出",
        "write the code as is usual here; the setting JIEZHI_ADDRESS_CODES says how",
    ),
)
def address_codes_follow_the_pattern(survey: Survey) -> Iterator[Offence]:
    """Cities code addresses with 15, 19 or 25 digits: a deployment says which; what it takes is short and readable."""
    pattern = survey.settings.address_codes
    fits = re.compile(pattern) if pattern else SHORT
    for sheet in _sent(survey):
        for at, code in _told(sheet, "code"):
            if MADE.fullmatch(code):
                continue
            if not SHORT.fullmatch(code):
                shown = "".join(each if each.isprintable() else "\ufffd" for each in code[:LONGEST])
                yield replace(_offence(sheet, at, code=shown, most=LONGEST), text=_NOT_SHORT, fix=_NOT_SHORT_FIX)
            elif code.lower() in RESERVED or IDENTITY.fullmatch(code):
                yield replace(_offence(sheet, at, code=code), text=_RESERVED, fix=_NOT_SHORT_FIX)
            elif not fits.fullmatch(code):
                yield _offence(sheet, at, code=code, pattern=pattern)


_NOT_SHORT = Text(
    "地址代码“{code}”不是由至多 {most} 个字母、数字、连字符组成",
    "the address code “{code}” is not made of at most {most} letters, digits and hyphens",
)
_NOT_SHORT_FIX = Text("改用由字母、数字、连字符组成的简短代码", "give it a short code of letters, digits and hyphens")
_RESERVED = Text(
    "“{code}”是系统网址用字或永久标识,不能作地址代码",
    "“{code}” is a word of this system's web addresses or a permanent id, and no code",
)


@rule(
    "AD11",
    REGISTER,
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("AD11"),
    title=Text("有位置", "It has a point"),
    message=Text(
        "没有位置,不能上图,也不能判断所在政区、街路巷和顺序",
        "without a point it is on no map, and neither unit, street nor order can be told",
    ),
    fix=Text("补充经纬度", "add its coordinates"),
)
def addresses_have_a_point(survey: Survey) -> Iterator[Offence]:
    """Who asks for an address is sent somewhere. Plates that hang already are counted by AD20 instead."""
    for sheet in _sent(survey):
        hanging = sheet["status"].isin([*GIVEN_UP, *HANGING])
        yield from _offences(sheet, sheet.geometry.isna() & ~hanging)


HANGING = ("made", "installed", "damaged", "replaced")
"""Plates that were made, and hang or hung."""


def _sent(survey: Survey) -> Iterator[gpd.GeoDataFrame]:
    sheet = survey.sheet(REGISTER)
    if sheet is not None:
        yield sheet


def _given(sheet: gpd.GeoDataFrame, *names: str) -> pd.Series[bool]:
    """The rows that say something in one of these fields."""
    return reduce(or_, (sheet[name].notna() for name in names))


def _places(which: pd.Series[bool]) -> list[int]:
    return which.to_numpy().nonzero()[0].tolist()


def _told(
    sheet: gpd.GeoDataFrame, name: str, which: pd.Series[bool] | None = None
) -> Iterator[tuple[int, str]]:
    """What a field says, with the place of each row that says something."""
    given = sheet[name].notna() if which is None else sheet[name].notna() & which
    return zip(_places(given), sheet[name][given].tolist(), strict=True)


def _says_nothing(lane: Any) -> bool:
    return not isinstance(lane, str) or re.fullmatch(ONLY_A_NUMBER, lane) is not None


def _offences(sheet: gpd.GeoDataFrame, which: pd.Series[bool]) -> Iterator[Offence]:
    for at in _places(which):
        yield _offence(sheet, at)


def _offence(sheet: gpd.GeoDataFrame, at: int, weight: Severity | None = None, **values: Any) -> Offence:
    return Offence(REGISTER, int(sheet["row"].iat[at]), sheet.geometry.iat[at], values, weight)
