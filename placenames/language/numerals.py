"""Numerals in names: where a Chinese numeral counts something, and which number it says."""

from __future__ import annotations

import re

DIGITS = {
    digit: value
    for digits in ("〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖")
    for value, digit in enumerate(digits)
}
UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
MYRIAD = "万"
TENFOLD = {"百": "十", "佰": "拾", "千": "百", "仟": "佰"}
"""二百二 is 220: a last digit right behind 百 counts tens, as one behind 零 does not."""
TENS = {"廿": "二十", "卅": "三十"}
SAID = "〇一二三四五六七八九"
ANY = "".join((*DIGITS, *UNITS, *TENS, MYRIAD))
COUNTED = (
    "马路 支路 环 路 街 大街 道 条 弄 巷 胡同 号 期 区 组 队 社 村 屯 院 幢 栋 座 楼 层 室 单元 门 段 "
    "桥 渠 站 中学 小学 国道 省道 县道"
)
ORDINAL = re.compile(f"(?<=第)[{ANY}]+|[{ANY}]+(?={'|'.join(COUNTED.split())})")
"""A numeral after 第, or before what is counted; 里 is a distance (三里屯) and does not count."""
NAMES_TOO = frozenset("伍陆")
"""Numerals that are surnames when they stand alone: 陆村 is not the sixth village."""
TOLD_AS_DAYS = 2
"""Two digits without 十 name a day (五一, 三八), not fifty-one."""


def with_arabic_ordinals(text: str) -> str:
    """The text with the Chinese numerals that count something in Arabic digits: 中山二路 -> 中山2路."""
    return ORDINAL.sub(_in_digits, text)


def number(numeral: str) -> int | None:
    """The number that a Chinese numeral says, read by value (二十一) or digit by digit (三一五); None if it says none."""
    spelled = "".join(TENS.get(each, each) for each in numeral)
    if not spelled:
        return None
    if all(each in DIGITS for each in spelled):
        return int("".join(str(DIGITS[each]) for each in spelled))
    above, myriad, below = spelled.rpartition(MYRIAD)
    if not myriad:
        return _below_ten_thousand(spelled)
    if len(below) == 1 and DIGITS.get(below):
        below += "千"  # 一万二
    left, right = _below_ten_thousand(above), _below_ten_thousand(below) if below else 0
    return None if left is None or right is None else left * 10_000 + right


def in_characters(value: int) -> str:
    """A number from 1 to 99 as it is said: 12 is 十二."""
    tens, ones = divmod(value, 10)
    said = SAID[ones] if ones else ""
    return f"{SAID[tens] if tens > 1 else ''}十{said}" if tens else said


def _below_ten_thousand(spelled: str) -> int | None:
    """千, 百 and 十 each once and in this order, every one with its digit; 十 may go without."""
    total, digit, smallest = 0, None, 10_000
    if len(spelled) > 2 and spelled[-2] in TENFOLD and spelled[-1] in DIGITS and DIGITS[spelled[-1]]:
        spelled += TENFOLD[spelled[-2]]
    for each in spelled:
        if each in DIGITS:
            if digit:
                return None
            digit = DIGITS[each]
        elif (
            each in UNITS
            and UNITS[each] < smallest
            and (digit or (digit is None and each in "十拾" and not total))
        ):
            total, digit, smallest = total + (digit or 1) * UNITS[each], None, UNITS[each]
        else:
            return None
    return total + (digit or 0) if spelled else None


def _in_digits(found: re.Match[str]) -> str:
    numeral = found.group()
    after_ordinal = found.string[: found.start()].endswith("第")
    if not after_ordinal and (numeral in NAMES_TOO or _tells_a_day(numeral)):
        return numeral
    value = number(numeral)
    return numeral if value is None else str(value)


def _tells_a_day(numeral: str) -> bool:
    return len(numeral) == TOLD_AS_DAYS and all(DIGITS.get(each) for each in numeral)
