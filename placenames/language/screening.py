"""Screening: words that a reviewer should look at, odd symbols, and lengths; the lists are data, a hit is no verdict.

The same words are lawful with approval, and old names are exempt: every hit says by which criterion it was listed and
what is exempt from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Literal, NamedTuple

from gis.sources import Source
from gis.text import Text
from placenames import shipped
from placenames.kinds import Category
from placenames.language import characters, numerals
from placenames.language.wording import folded, split

Severity = Literal["error", "warning", "note"]
USUAL, LONGEST = 6, 8
"""Characters that a name should have at most, and must (南昌, 铜陵; secondary sources)."""
CODED = frozenset({Category.FAC, Category.NAT})
"""Facilities and heights are known by codes too (G60, 1203高地): our own inference."""
LETTER, DIGIT = re.compile("[A-Za-z\uff21-\uff3a\uff41-\uff5a]+"), re.compile("[0-9\uff10-\uff19]+")
CHINESE = re.compile(f"(?:{characters.HAN.pattern}|〇)+")
NUMERIC = re.compile(f"[{numerals.ANY}]+")


@dataclass(frozen=True, slots=True)
class Hit:
    """A listed word in a name."""

    word: str
    kind: str
    """大, 洋, 怪, 人名, 领导人, 外国地名, 外国人名, 著名实体, 企业, 含义."""
    criterion: Text
    exemption: Text
    severity: Severity
    checklist: bool
    """Only a person can judge it: it is shown, and blocks nothing."""
    rule: str
    source: Source
    """Why the word is listed."""
    law: Source
    """Where the criterion stands."""


class Oddity(NamedTuple):
    """What does not belong in a name."""

    kind: Literal["symbol", "letter", "digit", "numeric"]
    found: str
    severity: Severity
    text: Text


class Misfit(NamedTuple):
    """What is wrong with the length or the parts of a name."""

    kind: Literal["no_specific", "no_generic", "too_long", "long", "short_specific"]
    severity: Severity
    text: Text


ODDITIES = {
    "symbol": Text("含有非汉字符号“{found}”", "holds “{found}”, which is not a character"),
    "letter": Text("含有字母“{found}”", "holds the letters “{found}”"),
    "digit": Text("含有数字“{found}”", "holds the digits “{found}”"),
    "numeric": Text(
        "专名只有数字“{found}”,请看是否有含义",
        "the specific part is only the number “{found}”: does it mean something?",
    ),
}
MISFITS = {
    "no_specific": Text("缺少专名", "has no specific part"),
    "no_generic": Text("缺少通名", "has no generic part"),
    "too_long": Text("共 {length} 个字,超过 {most} 个字", "has {length} characters, more than {most}"),
    "long": Text(
        "共 {length} 个字,一般不超过 {most} 个字", "has {length} characters; usual are at most {most}"
    ),
    "short_specific": Text("专名只有一个字", "has a specific part of one character"),
}


@lru_cache(maxsize=20_000)  # several rules ask for the same name, one after the other
def hits(text: str, on: date, jurisdiction: str = shipped.NATIONAL) -> tuple[Hit, ...]:
    """The listed words in a text, each once, in the order in which they come; longer words go before shorter ones.

    Lists hold by the day and by the place: `jurisdiction` is the unit code of the place, or CN for the national ones.
    """
    listed, pattern = _scanner(on, _closest(jurisdiction))
    found = dict.fromkeys(pattern.findall(folded(text)))
    return tuple(hit for word in found for hit in listed[word])


def words_of(kind: str, on: date, jurisdiction: str = shipped.NATIONAL) -> frozenset[str]:
    """The words of one kind that are listed on a day: 著名实体, say."""
    listed, _ = _scanner(on, _closest(jurisdiction))
    return frozenset(word for word, found in listed.items() if any(each.kind == kind for each in found))


def odd_symbols(name: str, category: str = "") -> list[Oddity]:
    """Symbols, letters and digits in a name, and a specific part that is only a number (民发〔2018〕146号, secondary).

    A number in Chinese may mean a day (五一路) or an order (二马路): that is a note for the reviewer.
    """
    return [*_odd_runs(name, category), *_mere_number(split(name, category).specific)]


def length_problem(specific: str, generic: str) -> Misfit | None:
    """What is gravest about the length of a name: both parts there, 2-6 characters, at most 8, no one-character specific
    part (local rules, secondary sources); None when nothing is.
    """
    length = len(specific) + len(generic)
    if not specific:
        return Misfit("no_specific", "warning", MISFITS["no_specific"])
    if not generic:
        return Misfit("no_generic", "warning", MISFITS["no_generic"])
    if length > LONGEST:
        return Misfit("too_long", "warning", MISFITS["too_long"].fill(length=length, most=LONGEST))
    if length > USUAL:
        return Misfit("long", "note", MISFITS["long"].fill(length=length, most=USUAL))
    return Misfit("short_specific", "warning", MISFITS["short_specific"]) if len(specific) == 1 else None


def _odd_runs(name: str, category: str) -> Iterator[Oddity]:
    if CHINESE.fullmatch(name):
        return
    coded: Severity = "warning" if category in CODED else "error"
    for found in LETTER.findall(name):
        yield Oddity("letter", found, coded, ODDITIES["letter"].fill(found=found))
    for found in DIGIT.findall(name):
        yield Oddity("digit", found, coded, ODDITIES["digit"].fill(found=found))
    rest = DIGIT.sub("", LETTER.sub("", CHINESE.sub("", name)))
    for found in dict.fromkeys(rest):
        yield Oddity("symbol", found, "error", ODDITIES["symbol"].fill(found=found))


def _mere_number(specific: str) -> Iterator[Oddity]:
    if NUMERIC.fullmatch(specific):
        yield Oddity("numeric", specific, "note", ODDITIES["numeric"].fill(found=specific))


def _closest(jurisdiction: str) -> str:
    """The most local place with a list of its own that a unit code lies in: all units below it share one scanner."""
    found = (
        each for each in _jurisdictions() if shipped.applies(each, jurisdiction) and each != shipped.NATIONAL
    )
    return max(found, key=len, default=shipped.NATIONAL)


@cache
def _jurisdictions() -> frozenset[str]:
    return frozenset(row["jurisdiction"] for row in shipped.rows("screened_words.csv"))


@lru_cache(maxsize=32)
def _scanner(on: date, jurisdiction: str) -> tuple[Mapping[str, tuple[Hit, ...]], re.Pattern[str]]:
    listed: dict[str, tuple[Hit, ...]] = {}
    for row in shipped.rows("screened_words.csv"):
        if shipped.applies(row["jurisdiction"], jurisdiction) and shipped.in_force(row, on):
            word = folded(row["word"])
            listed[word] = (*listed.get(word, ()), _hit(word, row))
    longest_first = sorted(listed, key=len, reverse=True)
    return listed, re.compile("|".join(map(re.escape, longest_first)) if listed else "(?!)")


def _hit(word: str, row: Mapping[str, str]) -> Hit:
    kind = _kinds()[row["kind"]]
    return Hit(
        word,
        row["kind"],
        Text(kind["criterion"], kind["criterion_en"]),
        Text(kind["exemption"], kind["exemption_en"]),
        row["severity"] or kind["severity"],  # type: ignore[arg-type]
        kind["checklist"] == "true",
        kind["rule"],
        shipped.source_of(row),
        shipped.source_of(kind),
    )


@cache
def _kinds() -> Mapping[str, Mapping[str, str]]:
    return {row["kind"]: row for row in shipped.rows("screening_kinds.csv")}
