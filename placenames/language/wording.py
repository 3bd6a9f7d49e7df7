"""Wording: a name's specific and generic part, and the writing by which names are compared."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple

from placenames import shipped
from placenames.language import characters, numerals

DOTS = "·•‧・⋅∙●"
DIRECTIONS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""Marks that turn the direction of writing."""
INVISIBLE = f"\u00ad\u200b\u200c\u200d\u2060\ufeff{DIRECTIONS}"
SPACES = [chr(point) for point in range(0x3001) if chr(point).isspace()]
MODIFIERS = ("新", "大", "小", "老")
"""铜陵 names 新 and 大 and the city's own name; 小 and 老 are added by our own inference."""
LONGEST = 10
"""More characters than any generic term has."""
INVENTED = frozenset({"PRK", "ROD", "RES", "OTH"})
TELLING = 2
"""A specific part says something from two characters on: without its 新, 新华 would be the same as 大华."""


class Parts(NamedTuple):
    """The two parts of a name (Regulations on Place Names, Article 9); together they are the name."""

    specific: str
    generic: str


class Keys(NamedTuple):
    """What a name is compared by: the whole, and the specific part without what only tells it from its like."""

    full: str
    specific: str


@lru_cache(maxsize=20_000)  # each row of a list is asked several times in a row
def split(name: str, category: str = "") -> Parts:
    """A name's specific and generic part (专名, 通名): the longest generic term at its end.

    Terms of the category come first, then any; a name that ends in none, or is one, is all specific. What stands
    before a term (后街, 东路) stays with the specific part; the romanizer knows it for a modifier.
    """
    written = characters.simplified(name)  # as long as the name
    if written not in terms():
        for listed in (_terms_of(category), _terms_of("")):
            for start in range(max(1, len(name) - LONGEST), len(name)):
                if written[start:] in listed:
                    return Parts(name[:start], name[start:])
    return Parts(name, "")


def stacked(name: str, category: str = "") -> tuple[str, ...]:
    """Generic terms that stand one upon the other (X广场花园), in their order; empty when there is at most one.

    Only where people invent names: a village's committee (X社区居民委员会) bears two by its nature.
    """
    outer = split(name, category)
    inner = split(outer.specific, category)
    if len(inner.generic) < TELLING or not _shared(inner.generic, outer.generic, category):
        return ()
    return inner.generic, outer.generic


def fits(generic: str, category: str) -> bool:
    """Whether a generic term is in use for a category of places."""
    return category in terms().get(characters.simplified(generic), frozenset())


@lru_cache(maxsize=20_000)
def folded(text: str) -> str:
    """A text as names are compared: width, case, spaces, middle dots and traditional writing do not count."""
    before, after = text, _once_folded(text)
    # Once is enough, but for marks that join only when what stood between them has gone.
    while after != before:
        before, after = after, _once_folded(after)
    return after


def numerals_folded(text: str) -> str:
    """A folded text in which numerals that count something are Arabic: 第壹中学, 第一中学 and 第1中学 are equal."""
    return numerals.with_arabic_ordinals(folded(text))


def comparison_keys(name: str, specific: str, generic: str, admin_names: Sequence[str] = ()) -> Keys:
    """The keys of a name; names with an equal key are the same in that respect (铜陵's rule, a secondary source).

    `admin_names` are the county and city it lies in: with or without 市, 县, 区 their names do not tell it apart, nor
    does one 新, 大, 小, 老 in front, as long as two characters remain.
    """
    core = folded(specific or name.removesuffix(generic))
    core = _without_first(core, _spoken(tuple(admin_names)))
    return Keys(folded(name), _without_first(core, MODIFIERS))


@cache
def terms() -> dict[str, frozenset[str]]:
    """Generic term -> the categories it is in use for."""
    return {row["term"]: frozenset(row["categories"].split()) for row in shipped.rows("generic_terms.csv")}


@cache
def _terms_of(category: str) -> frozenset[str]:
    return frozenset(term for term, categories in terms().items() if not category or category in categories)


def _shared(inner: str, outer: str, category: str) -> bool:
    wanted = {category} & INVENTED if category else INVENTED
    return bool(terms().get(inner, frozenset()) & terms().get(outer, frozenset()) & wanted)


def _once_folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", plain.translate(_folding()))


@cache
def _folding() -> dict[int, str | None]:
    return {**characters.standard_forms(), **dict.fromkeys(map(ord, (*DOTS, *INVISIBLE, *SPACES)))}


@lru_cache(maxsize=1000)
def _spoken(admin_names: tuple[str, ...]) -> list[str]:
    """The names of units as they may stand in another name, the longest first: 铜陵市 and 铜陵."""
    written = [folded(each) for each in admin_names]
    ways = {each for name in written for each in (name, split(name, "ADM").specific) if len(each) >= TELLING}
    return sorted(ways, key=len, reverse=True)


def _without_first(core: str, beginnings: Iterable[str]) -> str:
    for each in beginnings:
        if core.startswith(each) and len(core) - len(each) >= TELLING:
            return core.removeprefix(each)
    return core
