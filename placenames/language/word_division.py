"""Word division: which characters of a place name are written together in letters.

Rules 1 to 7 and 14 of 《中国地名汉语拼音字母拼写规则(汉语地名部分)》 of 1984, [84]中地字第17号, as far as a program can
tell. Where it cannot (包头胡同东巷 yes, 广渠/南水关/胡同 no), a space in the specific or the generic part says where
words end, and nothing is guessed.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from placenames.language import numerals

NUMERALS = "〇零一二三四五六七八九十百廿卅"
DIRECTIONS = "东西南北中前后左右直"
SIZES = "大小新老"
STREET_TERMS = frozenset([*"路街巷弄条道", "胡同", "马路", "大街", "大道", "大巷", "支路", "支弄", "公路"])
VILLAGE_TERMS = frozenset([*"村庄屯寨营堡铺店集圩垟塆", "堡子", "嘎查", "自然村"])
COMMITTEES = re.compile("村委会|居委会|村民委员会|居民委员会|社区")
NO_ORDINAL = re.compile("(?:[统归合同唯惟专划画如万独单均守天太正元纯]一|双十)$")
"""Words that end in a numeral and count nothing: 统一路."""
NO_SIZE = re.compile("(?:[创革维更高全日立迎清鼎自]新|[光远广伟宏博]大)$")
"""Words that end in a size and modify nothing: 科技创新路."""
NO_DIRECTION = re.compile("(?:[江城岭云海济]南|[江城淮]北|[江城华关]东|[江城]西)$")
"""Words that end in a direction and modify nothing in the names of estates: 锦绣江南苑."""
SHORT = 2
"""A specific part keeps two characters: 广东路 is no eastern road."""
NUMBERED = re.compile(f"(.*?)(第?)([{NUMERALS}]+|[0-9]+)(环?)")
QUARTER = re.compile(f"(.*[东西]四)(第?)([{NUMERALS}]+|[0-9]+)(环?)")
"""东四 and 西四 are quarters of Peking whose streets are numbered."""
GATE = re.compile("(.{2,}门[内外]?)([东西南北].{2,})")
INNER_TERM = re.compile("(.{2,})(胡同|大街|大道|马路|小区|新村|[东西南北中前后](?:里|街|路|巷|弄|条))")
SERIAL = re.compile(f"(第[{NUMERALS}]+)(.{{2,}})")
DIVISION = re.compile("(.+?[^城都花米菜集灯鱼])(省|自治区|市(?![场政民区])|县(?![城府]))(.{2,})")
"""A division in front of a building's name; 花市, 都市 and 市场 are none."""
LONG_TERM = re.compile(
    "(.{2,}?)(公园|名胜区|保护[区地]|发电站|电站|开发区|公路|广场|枢纽|中心|天桥|行政区|苏木|乡)"
)


class Word(NamedTuple):
    """Characters that are written together; `letters` stands for them where they are not written by sound (rule 7)."""

    text: str
    letters: str = ""


class Division(NamedTuple):
    """The words of a name; how many at the end are the generic part with its modifiers."""

    words: tuple[Word, ...]
    generic: int


def divided(specific: str, generic: str, category: str) -> Division:
    """The words of a name (rules 1 to 7 and 14).

    Rule 1: the specific and the generic part are written apart. Rule 5: a person's surname and given name, as part of
    the specific part, are not.
    """
    if " " in specific or " " in generic:
        ends = generic.split()
        return Division(tuple(map(Word, [*specific.split(), *ends])), len(ends))
    if not generic or not specific:
        return Division((Word(specific + generic),), 0)
    if is_village(generic, category):
        return _village(specific, generic)
    if is_street(generic, category):
        return Division(_street(specific, generic), 1)
    if category in ("RES", "FAC", "OTH", "PRK"):
        return _building(specific, generic)
    return _feature(specific, generic, category)


def is_village(generic: str, category: str) -> bool:
    """Whether rule 3 holds: by the category, or without one by the generic part.

    A town is a locality under VIL (江镇 Jiāngzhèn) and a division under ADM (样溪镇 Yàngxī Zhèn), where rule 1 holds.
    """
    return category == "VIL" or (not category and generic in VILLAGE_TERMS)


def is_street(generic: str, category: str) -> bool:
    """Whether the ordinals of rule 7 hold: by the category, or without one by the generic part."""
    return category == "ROD" or (not category and generic in STREET_TERMS)


def _village(specific: str, generic: str) -> Division:
    """Rule 3: names of villages and towns as localities are one word, numerals in them too (rule 6, 第六屯).

    What a committee adds to the name of its village is no part of it (样溪社区 Yàngxī Shèqū): our reading of the rule.
    """
    committees = COMMITTEES.findall(generic)
    if "".join(committees) == generic:
        return Division((Word(specific), *map(Word, committees)), len(committees))
    return Division((Word(specific + generic),), 0)


def _street(specific: str, generic: str) -> tuple[Word, ...]:
    """Rule 2: a modifier of one syllable joins the generic part (景山后街), more stand apart (东直门外南后街)."""
    number = _modifiers(specific, DIRECTIONS + SIZES)
    name, term = specific[: len(specific) - number], specific[len(specific) - number :] + generic
    return _numbered(name, term, ringed=not number) or (*_named(name), Word(term))


def _numbered(name: str, term: str, *, ringed: bool) -> tuple[Word, ...] | None:
    """Rule 7: ordinals of streets in Arabic digits (经五路, 三环路, 第九弄); None when there is none.

    Rule 6: days (三八路, 五一路) and numerals inside a name stay in pinyin.
    """
    found = QUARTER.fullmatch(name) or NUMBERED.fullmatch(name)
    if not found or NO_ORDINAL.search(name) or (found[4] and not ringed):
        return None
    before, ordinal, numeral, ring = found.groups()
    value = _ordinal(numeral)
    if value is None:
        return None
    return (
        *_numbered_name(before),
        Word(ordinal + numeral, f"Dì-{value}" if ordinal else value),
        Word(ring + term),
    )


def _ordinal(numeral: str) -> str | None:
    """Which number is meant, in Arabic digits; 三八 and 一二九 are days."""
    if numeral.isascii():
        return numeral
    if len(numeral) > 1 and all(each in numerals.DIGITS for each in numeral):
        return None
    value = numerals.number(numeral)
    return None if value is None else str(value)


def _numbered_name(before: str) -> tuple[Word, ...]:
    """What stands before an ordinal: 中山东一路 Zhōngshān Dōng 1 Lù."""
    number = _modifiers(before, DIRECTIONS)
    if number:
        return *_named(before[:-number]), Word(before[-number:])
    return _named(before) if before else ()


def _named(name: str) -> tuple[Word, ...]:
    """Rule 4: a generic term that became part of the specific one joins it (解放路南小街 Jiěfànglù Nánxiǎojiē).

    By rule 2 one of two syllables stands apart all the same (包头/胡同/东巷, 天宁寺/西里/一巷, 广安门/北滨河/路).
    """
    found = GATE.fullmatch(name) or INNER_TERM.fullmatch(name)
    return (Word(found[1]), Word(found[2])) if found else (Word(name),)


def _building(specific: str, generic: str) -> Division:
    """Rule 14: buildings, sights, organizations: apart too; what modifies a generic part of one syllable joins it.

    The name of a division in front is a name of its own (郑州市玻璃厂: 郑州/市/玻璃厂).
    """
    if len(generic) > 1:
        terms = _terms(generic)
        return Division((*_within_division(specific), *terms), len(terms))
    if DIVISION.fullmatch(specific):
        *division, rest = _within_division(specific)
        return Division((*division, Word(rest.text + generic)), 0)
    number = 0 if NO_DIRECTION.search(specific) else _modifiers(specific, DIRECTIONS + NUMERALS)
    cut = len(specific) - number
    return Division((Word(specific[:cut]), Word(specific[cut:] + generic)), 1)


def _within_division(specific: str) -> tuple[Word, ...]:
    found = DIVISION.fullmatch(specific)
    return tuple(map(Word, found.groups() if found else (specific,)))


def _feature(specific: str, generic: str, category: str) -> Division:
    """Rules 1, 2 and 6 for what nature or the state made: 潮白新河 Cháobái Xīnhé, 第二松花江 Dì'èr Sōnghuā Jiāng."""
    number = _modifiers(specific, DIRECTIONS + SIZES) if category == "NAT" else 0
    name, term = specific[: len(specific) - number], specific[len(specific) - number :] + generic
    serial = SERIAL.fullmatch(name)
    terms = _terms(term)
    return Division((*map(Word, serial.groups() if serial else (name,)), *terms), len(terms))


def _terms(generic: str) -> tuple[Word, ...]:
    """Rule 2 within a generic part: modifiers of two syllables stand apart (湿地/公园), of one they join (水电站)."""
    found = LONG_TERM.fullmatch(generic)
    return tuple(map(Word, found.groups() if found else (generic,)))


def _modifiers(specific: str, kinds: str) -> int:
    """How many characters at the end of a specific part modify what follows."""
    if specific in ("南小", "北小", "东小", "西小", "小南", "小北", "小东", "小西"):
        return 1  # 南/小街, 小/南街: the rule's own examples
    number = len(specific) - len(specific.rstrip(kinds))
    number = max(0, min(number, len(specific) - SHORT))
    straddled = specific[: len(specific) - number + 1]
    return number - 1 if number and NO_SIZE.search(straddled) else number
