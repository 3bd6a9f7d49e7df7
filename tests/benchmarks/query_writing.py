"""Ways in which people write an address that is right: width, numerals, words left out, remarks and shops."""

from __future__ import annotations

import random
import re
from functools import cache

from opencc import OpenCC

from tests.benchmarks.name_stock import SURNAMES
from tests.benchmarks.query_book import INSIDE, NUMBERED, Draft

DIGITS = "〇一二三四五六七八九"
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
SEPARATORS = (" ", "，", ",", " , ", "  ", "/")
BUILDINGS = ("栋", "号楼", "#", "#楼", "号")
TRADES = "面馆 超市 药店 水果店 理发店 诊所 快递站 五金店 茶叶店 花店 早餐店 修车行"
BESIDE = "旁 旁边 对面 附近 门口 隔壁"
CONVERSIONS = ("s2t", "s2tw", "s2twp", "s2hk")


def in_characters(number: int, *, by_digit: bool) -> str:
    """A number in Chinese numerals, by its value (一百零五) or digit by digit (一〇五)."""
    if by_digit or number == 0 or number > 9999:
        return "".join(DIGITS[int(each)] for each in str(number))
    text, digits = "", str(number)
    for at, each in enumerate(digits):
        unit = ("", "十", "百", "千")[len(digits) - at - 1]
        text += DIGITS[int(each)] + unit if each != "0" else "零"
    text = re.sub("零+", "零", text).rstrip("零")
    return text[1:] if text.startswith("一十") else text


def with_wide_digits(text: str) -> str:
    """Digits, letters and dashes in full width."""
    return text.translate(WIDE)


def with_numerals_in_characters(draft: Draft, chance: random.Random) -> Draft:
    """十二号, 三幢五〇一室; numbers in names stay as they are."""
    by_digit, levels = chance.random() < 0.3, {part.level for part in draft.parts if part.level in NUMBERED}
    for level in levels & {"number", "lane", "alley", "building", "cell", "floor", "room"}:
        text = next(part.text for part in draft.parts if part.level == level)
        digits = by_digit or level == "room"
        told = re.sub("[0-9]+", lambda found, d=digits: in_characters(int(found.group()), by_digit=d), text)
        draft = draft.with_part(level, told.replace("-", "之"))
    return draft


@cache
def _converter(way: str) -> OpenCC:
    return OpenCC(way)


def in_traditional_characters(text: str, chance: random.Random) -> str:
    return str(_converter(chance.choice(CONVERSIONS)).convert(text))


def with_other_building_words(draft: Draft, chance: random.Random) -> Draft:
    """3栋, 3号楼, 3# for 3幢; 3号 only where nothing else could be meant."""
    built = draft.row.building
    words = [word for word in BUILDINGS if word != "号" or (draft.has("estate") and not draft.has("number"))]
    return (
        draft.with_part("building", built.removesuffix("幢") + chance.choice(words))
        if built.endswith("幢")
        else draft
    )


def without_last_words(draft: Draft, chance: random.Random) -> Draft:
    """文一路12, 3幢501: without 号 where no other number follows, without 室 at the end."""
    levels = [part.level for part in draft.parts]
    after = levels[levels.index("number") + 1 : levels.index("number") + 2] if "number" in levels else []
    if (
        "number" in levels
        and not set(after) & set(INSIDE)
        and (not draft.has("room") or chance.random() < 0.4)
    ):
        draft = draft.with_part("number", draft.row.number.removesuffix("号").removesuffix("號"))
    return draft.with_part("room", draft.row.room.removesuffix("室"))


def with_another_dash(draft: Draft, chance: random.Random) -> Draft:
    """12之3号, 12—3号 for 12-3号; 12号之3 too."""
    number = draft.row.number
    first, dash, second = number.removesuffix("号").partition("-")
    written = (
        f"{first}号之{second}" if chance.random() < 0.2 else f"{first}{chance.choice('之—－–')}{second}号"
    )
    return draft.with_part("number", written) if dash else draft


def shop(chance: random.Random) -> str:
    """An invented shop: 老王面馆, 沈记五金店."""
    surname, trade = chance.choice(SURNAMES), chance.choice(TRADES.split())
    return chance.choice((f"老{surname}{trade}", f"{surname}记{trade}", f"{surname}家{trade}"))


def with_a_remark_in_brackets(text: str, chance: random.Random) -> str:
    """With something in brackets behind: a shop, or what it is beside."""
    remark = chance.choice(
        (
            shop(chance),
            shop(chance) + chance.choice(BESIDE.split()),
            chance.choice(("二手房", "一楼店面", "靠近路口")),
        )
    )
    return text + chance.choice(("({})", "（{}）", "【{}】")).format(remark)


def with_a_word_behind(text: str, chance: random.Random) -> str:
    return text + chance.choice(BESIDE.split())


def with_a_shop_behind(text: str, chance: random.Random) -> str:
    return text + chance.choice(("", "", " ")) + shop(chance)
