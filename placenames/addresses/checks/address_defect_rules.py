"""Rules about the defects of addresses that show when many are seen together: AD17 to AD20 (AD16: `number_as_sent`).

What each defect means is our definition (`address_defects`): the list of five is that of one city's press report.
"""

from __future__ import annotations

from collections.abc import Iterator

from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, table_rule
from gis.sources import FIVE_DEFECTS
from gis.text import Text
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.checks.address_defects import (
    address_without_number,
    many_numbers_one_place,
    number_without_address,
    one_number_many_places,
)
from placenames.addresses.checks.addresses_together import sent_and_staying

REGISTER = ADDRESSES.name


@table_rule(
    "AD17",
    REGISTER,
    severity=Severity.WARNING,
    source=FIVE_DEFECTS.at("一号多址"),
    title=Text("一号多址:一个门牌只在一处", "One number, one place"),
    message=Text(
        "“{text}”的 {points} 条地址相距达 {metres} 米",
        "the {points} addresses of “{text}” lie up to {metres} m apart",
    ),
    fix=Text(
        "核对坐标;确为两处的,为其中一处另编门牌。距离由设置 JIEZHI_SAME_PLACE_M 给出",
        "check the coordinates; if there are two places, number one of them anew (JIEZHI_SAME_PLACE_M says how far is far)",
    ),
)
def one_number_one_place(staged: Staged) -> Iterator[Offence]:
    """一号多址: whoever is sent to that number may come to either place."""
    for row in staged.rows(one_number_many_places(sent_and_staying(staged), staged.settings)):
        values = {"text": row.text, "points": row.points, "metres": f"{row.metres:,.0f}"}
        yield Offence(REGISTER, row.row, values=values)


@table_rule(
    "AD18",
    REGISTER,
    severity=Severity.WARNING,
    source=FIVE_DEFECTS.at("多号一址"),
    title=Text("多号一址:一处只有一个门牌号", "One place, one number"),
    message=Text(
        "“{text}”所在的一处有 {points} 个门牌号:{numbers}",
        "{points} numbers are at the very place of “{text}”: {numbers}",
    ),
    fix=Text(
        "核对坐标;确为一处的,留用一个,其余注明“注销”或“变更”",
        "check the coordinates; if it is one place, keep one number and mark the others as cancelled or changed",
    ),
)
def one_place_one_number(staged: Staged) -> Iterator[Offence]:
    """多号一址: old and new plates hang side by side, or points were copied from the neighbour."""
    for row in staged.rows(many_numbers_one_place(sent_and_staying(staged), staged.settings)):
        values = {"text": row.text, "points": row.points, "numbers": row.numbers}
        yield Offence(REGISTER, row.row, values=values)


@table_rule(
    "AD19",
    REGISTER,
    severity=Severity.NOTE,
    source=FIVE_DEFECTS.at("有址无号"),
    title=Text("有址无号:有楼幢、户室的地方编有门牌", "Where there are buildings and rooms there is a number"),
    message=Text(
        "“{text}”等 {points} 条地址所在的小区或街路巷没有门牌号",
        "“{text}” and others, {points} addresses, lie where there is no number",
    ),
    fix=Text("为小区大门或楼幢编制门牌号", "number the gate of the estate, or the buildings"),
)
def where_there_are_rooms_there_is_a_number(staged: Staged) -> Iterator[Offence]:
    """有址无号: people live there, and no plate leads to them."""
    for row in staged.rows(address_without_number(sent_and_staying(staged), staged.settings)):
        yield Offence(REGISTER, row.row, values={"text": row.text, "points": row.points})


@table_rule(
    "AD20",
    REGISTER,
    severity=Severity.WARNING,
    source=FIVE_DEFECTS.at("有号无址"),
    title=Text("有号无址:已制作、安装的门牌有其所在", "A plate that hangs is somewhere"),
    message=Text(
        "“{text}”的门牌已制作或安装,而没有位置",
        "the plate of “{text}” was made or hangs, but nobody knows where: it has no point",
    ),
    fix=Text("补充经纬度,或改正门牌状态", "add its coordinates, or correct the plate's status"),
)
def plates_that_hang_are_somewhere(staged: Staged) -> Iterator[Offence]:
    """有号无址: a number on paper or on a wall that leads to no building."""
    for row in staged.rows(number_without_address(sent_and_staying(staged), staged.settings)):
        text, fix = (_NOT_BUILT, _NOT_BUILT_FIX) if row.is_planned else (None, None)
        yield Offence(REGISTER, row.row, values={"text": row.text}, text=text, fix=fix)


_NOT_BUILT = Text(
    "“{text}”的门牌已制作或安装,而建筑尚未建成",
    "the plate of “{text}” was made or hangs, but its building does not stand yet",
)
_NOT_BUILT_FIX = Text("核对建成情况和门牌状态", "check whether it stands, and the plate's status")
