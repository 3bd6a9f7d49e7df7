"""Reading an address for a lookup: which of its stretches name a known place, and which numbers belong to it.

Known names are laid over the text so that as much of it as possible is understood, long names before short ones. Where
something stays over, names close to it are tried: by sound, with one slip, by their beginning. What is still not
understood stays as a leftover; one that touches a name makes that name doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from gis.text import Text
from placenames.addresses.address_keys import plain
from placenames.addresses.address_writing import normalised
from placenames.addresses.finding.counted_parts import BARE, PLATE, Counted, counted_parts
from placenames.addresses.finding.numbers_tidied import tidied
from placenames.addresses.finding.toponym_names import (
    BEARING,
    SHORTEST,
    Called,
    Near,
    Toponyms,
    Way,
    slip_between,
)
from placenames.addresses.finding.words_beside import is_a_person, is_a_shop, is_no_place

EXACT, SOUND, SWAP, SLIP, FAINT, BEGUN = "exact", "sound", "swap", "slip", "faint", "begun"
TOWN = "township"
OF_STREETS = ("road", "section", "lane")
IN_TOWNS = BEARING | {TOWN}
LONGEST_NAME, LONGEST_STRETCH = 14, 24
CLOSE = frozenset({SOUND, SWAP, SLIP, FAINT})
WORTH = {EXACT: 1.0, SOUND: 0.8, SWAP: 0.75, SLIP: 0.7, BEGUN: 0.55, FAINT: 0.5}
LESS_WORTH = {Way.NAME: 1.0, Way.ALIAS: 0.98, Way.FORMER: 0.95, Way.SHORT: 0.6}
OF_A_NUMBER = 4.0
BESIDE = 0.2
"""A little more than the whole name without the character beside it."""
WITHOUT_A_STEM = frozenset(("大街", "大道", "公路", "支路", "新村", "小区", "花园", "社区", "街道"))
"""What laying something over a stretch is worth: the square of its length, by how it was met."""
WORDS = re.compile("[\u3400-\u9fffA-Z0-9]+")
HAN = re.compile("[\u3400-\u9fff]+")
AROUND_A_DIGIT = re.compile("[\u3400-\u9fff]{0,2}[0-9][\u3400-\u9fff]{0,2}[路街道巷弄线]")
"""号1大街 behind a digit that was swapped."""
DIGITS = re.compile("[0-9]+")
INNER = "里"
"""里坞 and 外坞 are two hamlets."""
BLANKS = re.compile("[ ,，、]*")
HAN_OR_SECTION = re.compile("[\u3400-\u9fff]|[0-9]{1,2}段")
"""What names are made of; the number of a section stands inside."""
ENDS = re.compile("社区|街道|开发区|小区|新村|公司|[路街道巷弄村镇乡区县市省里苑园庄组厦场厂店校院馆府城庭居]")
"""Endings after which another name may begin."""
OF_A_ROAD = re.compile("[路街道巷弄线]$")
END_OF_A_ROAD = re.compile("[路街道巷弄线]")
OF_A_KIND = re.compile("[路街道巷弄线院楼厦棚门库房厂店馆场园苑城庭村庄组队室幢栋座]$")
"""What something is: 5号大院 is a yard, no slip for 5号大街."""
_FILLING = (
    "门牌 附近 旁 旁边 对面 内 里面 楼上 楼下 门口 隔壁 第 中国 地址 住址 的 在 于 号 院内 斜对面 边上 北侧 南侧 东侧 西侧 "
    "交叉口 路口 之 附"
)
FILLING = frozenset(_FILLING.split())
"""Words that say nothing of which place is meant."""


class Meant(NamedTuple):
    """A place that a stretch may mean: how its name was met, and that name."""

    how: str
    name: str
    called: Called
    beside: bool = False
    """The whole name is there, with a character beside it that does not belong."""


class Named(NamedTuple):
    """A stretch that names places: every place it may mean, the likeliest first."""

    start: int
    end: int
    meant: tuple[Meant, ...]

    def within(self, towns: tuple[str, ...]) -> Named | None:
        """What of it may be meant in some towns: these, wider units, and what bears numbers there."""
        if not towns:
            return self
        places = ((each, each.called.toponym) for each in self.meant)
        meant = tuple([each for each, place in places if place.level not in IN_TOWNS or place.unit.startswith(towns)])
        if len(meant) == len(self.meant):
            return self
        return self._replace(meant=meant) if meant else None

    @property
    def worth(self) -> float:
        """What it is worth to have understood so much in this way."""
        best, length = self.meant[0], self.end - self.start
        if best.how in CLOSE:
            length = min(length, len(best.name))
        worth = 1.0 if best.beside else WORTH[best.how]
        return length * length * worth * LESS_WORTH[best.called.way] + (BESIDE if best.beside else 0.0)


class Leftover(NamedTuple):
    """A stretch that nothing is known of, and whether it touches the name before or after it."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: the text in our writing, the names and numbers in it from left to right, and what stayed over."""

    text: str
    named: tuple[Named, ...]
    counted: tuple[Counted, ...]
    leftovers: tuple[Leftover, ...]
    told: tuple[Text, ...] = ()
    """What was left out before anything was read."""
    elsewhere: tuple[Named, ...] = ()
    """Names as they were written of what bears numbers in other towns than those that were named."""

    def bearers(self) -> list[Named]:
        """The names that may bear a number."""
        return [each for each in self.named if any(one.called.toponym.level in BEARING for one in each.meant)]

    def units(self, level: str) -> list[Named]:
        """The names of units of one level."""
        return [each for each in self.named if any(one.called.toponym.level == level for one in each.meant)]


def read(query: str, names: Toponyms) -> Read:
    """Reads an address as people write it. Raises BadInput where it is too long or cannot be kept."""
    text, told = tidied(normalised(query).upper(), names)
    counted = list(counted_parts(text))
    exact = [Named(start, end, _meant_exactly(text[start:end], names)) for start, end, _ in names.names_in(text)]
    named, kept = _laid(len(text), exact, counted)
    others: list[Named] = []
    if towns := _towns(named):
        there = [each for one in exact if (each := one.within(towns)) is not None]
        if there != exact:
            others = [each for each in exact if _bears_in_others(each, towns)]
            exact = there
            named, kept = _laid(len(text), exact, counted)
    named = [_or_begun(text, each, kept, names, towns) for each in named]
    leftovers = _leftovers(text, named, kept)
    if others := [each for each in others if any(each.start < one.end and one.start < each.end for one in leftovers)]:
        named = [one for one in named if not _is_within(one, others)]
        leftovers = _leftovers(text, named, kept)
    unknown = [each for each in leftovers if not is_aside(each, named) or _may_be_a_town(each, names)]
    if any(_is_telling(each) for each in unknown):
        close = _close(text, names, named, kept, unknown)
        close = (each for each in close if not _is_within(each, others))
        inside = [each for one in close if (each := one.within(towns)) is not None]
        if inside:
            named, kept = _laid(len(text), [*exact, *inside], counted)
            if not towns and (towns := _towns(named)):
                named = [each for one in named if (each := one.within(towns)) is not None]
            leftovers = _leftovers(text, named, kept)
    return Read(text, tuple(named), tuple(kept), tuple(leftovers), told, tuple(_not_taken(others, named)))


def _may_be_a_town(leftover: Leftover, names: Toponyms) -> bool:
    """Whether what may be a person's name is nearly that of a town: 李镇裕 for 李裕镇."""
    close = (called for each in names.near(leftover.text) for called in names.meanings[each.name])
    return any(each.toponym.level == TOWN and each.way is not Way.SHORT for each in close)


def _bears_in_others(named: Named, towns: tuple[str, ...]) -> bool:
    """Whether a name stands for nothing in some towns, and in others for what bears numbers: it is no slip for another."""
    bearing = (each.called for each in named.meant if each.called.toponym.level in BEARING)
    return named.within(towns) is None and any(each.way is not Way.SHORT for each in bearing)


def _is_within(named: Named, others: Iterable[Named]) -> bool:
    return any(each.start <= named.start and named.end <= each.end for each in others)


def _not_taken(others: Iterable[Named], named: Sequence[Named]) -> Iterator[Named]:
    for each in others:
        if not any(each.start < one.end and one.start < each.end for one in named):
            yield each


def is_aside(leftover: Leftover, named: Iterable[Named]) -> bool:
    """Whether a word is the name of a person or shop before a street of exactly the name written, or a shop's behind it."""
    if is_a_shop(leftover.text) or (leftover.start == 0 and is_a_person(leftover.text)):
        streets = [each for each in named if _is_a_street(each)]
        return any(leftover.start == each.end or leftover.end == each.start for each in streets)
    return is_no_place(leftover.text) and any(each.end == leftover.start and _is_a_street(each) for each in named)


def _is_a_street(named: Named) -> bool:
    best = named.meant[0]
    return best.how == EXACT and best.called.way is not Way.SHORT and best.called.toponym.level in OF_STREETS


def _or_begun(
    text: str, named: Named, counted: list[Counted], names: Toponyms, towns: tuple[str, ...]
) -> Named:
    """A short name of a unit or village before a number may be the beginning of a street's: 凤岭32号 in 凤岭路."""
    best = named.meant[0].called
    if best.way is Way.NAME and best.toponym.level in BEARING:
        return named
    if not any(each.start == named.end + _blanks(text, named.end) for each in counted):
        return named
    begun = _meant([Near(name, BEGUN) for name in names.beginning(text[named.start : named.end])], names)
    more = Named(named.start, named.end, begun).within(towns)
    return named._replace(meant=(*named.meant, *more.meant)) if begun and more else named


def _blanks(text: str, at: int) -> int:
    """How many blanks and commas stand there."""
    found = BLANKS.match(text, at)
    return found.end() - at if found else 0


def _towns(named: Iterable[Named]) -> tuple[str, ...]:
    """The codes of the towns that are named; in full, where any is."""
    meant = [one for each in named for one in each.meant if one.called.toponym.level == TOWN]
    in_full = [one for one in meant if one.called.way is not Way.SHORT]
    return tuple(sorted({one.called.toponym.unit for one in in_full or meant}))


def _laid(size: int, names: Iterable[Named], numbers: Iterable[Counted]) -> tuple[list[Named], list[Counted]]:
    """The names and numbers, none over another, that are worth most together."""
    ending: dict[int, list[tuple[int, float, Named | Counted]]] = {}
    for name in names:
        ending.setdefault(name.end, []).append((name.start, name.worth, name))
    for number in numbers:
        ending.setdefault(number.end, []).append((number.start, OF_A_NUMBER, number))
    best = [0.0] * (size + 1)
    last: list[Named | Counted | None] = [None] * (size + 1)
    for at in range(1, size + 1):
        best[at] = best[at - 1]
        for start, worth, each in ending.get(at, ()):
            if best[start] + worth > best[at]:
                best[at], last[at] = best[start] + worth, each
    named: list[Named] = []
    counted: list[Counted] = []
    at = size
    while at > 0:
        chosen = last[at]
        if isinstance(chosen, Named):
            named.append(chosen)
        elif isinstance(chosen, Counted):
            counted.append(chosen)
        at = at - 1 if chosen is None else chosen.start
    return named[::-1], counted[::-1]


def _leftovers(text: str, named: Iterable[Named], counted: Sequence[Counted]) -> list[Leftover]:
    """The words between what was understood, and signs before numbers."""
    taken = sorted([*((each.start, each.end) for each in named), *((each.start, each.end) for each in counted)])
    found, at = [], 0
    for start, end in (*taken, (len(text), len(text))):
        if start > at:
            found += [Leftover(*each.span(), each.group()) for each in WORDS.finditer(text, at, start)]
        at = end
    return sorted([*found, *_signs(text, counted)]) if "-" in text or "+" in text else found


def _signs(text: str, counted: Sequence[Counted]) -> Iterator[Leftover]:
    """样柳路-5号: whether the number is 5 is not certain; between two numbers a dash only parts them."""
    ends = {each.end for each in counted}
    for each in counted:
        sign = each.start - 1
        if each.kind in (PLATE, BARE) and sign >= 0 and text[sign] in "-+" and sign not in ends:
            yield Leftover(sign, each.start, text[sign])


def _is_telling(leftover: Leftover) -> bool:
    return leftover.text not in FILLING and HAN.search(leftover.text) is not None


def _close(
    text: str, names: Toponyms, named: list[Named], counted: list[Counted], leftovers: list[Leftover]
) -> Iterator[Named]:
    """Names close to stretches that hold something not understood."""
    for start, end in _stretches(text, counted, leftovers):
        begins = {start, *(each.start for each in named), *(each.end for each in named)}
        ends = {end, *(each.start for each in named), *(each.end for each in named)}
        cuts = {start + each.end() for each in ENDS.finditer(text[start:end])}
        spare = [(each.start, each.end) for each in leftovers if start <= each.start < end]
        for first in sorted((begins | cuts) & set(range(start, end))):
            for stop in sorted((ends | cuts) & set(range(first + 2, min(end, first + LONGEST_NAME) + 1))):
                if any(first < other_end and other < stop for other, other_end in spare):
                    yield from _near(text, first, stop, names, to_the_end=stop == end)
    yield from _close_to_numbered_streets(text, names, named, counted, leftovers)
    yield from _close_hamlets(names, named, counted, leftovers)


def _close_to_numbered_streets(
    text: str, names: Toponyms, named: list[Named], counted: list[Counted], leftovers: list[Leftover]
) -> Iterator[Named]:
    """Names close to what begins with a number, as 5号大街 does, or with one character before it."""
    if not names.numbers:
        return
    for first, start in _beginnings_of_streets(text, named, counted, leftovers):
        for stop in _ends_of_a_street(text, start, counted):
            if any(first < each.end and each.start < stop for each in leftovers):
                yield from _near_of_its_kind(text, first, stop, names)


def _beginnings_of_streets(
    text: str, named: list[Named], counted: list[Counted], leftovers: list[Leftover]
) -> Iterator[tuple[int, int]]:
    """Where a street that begins with a number may begin, and where its number ends.

    It is the first word, or right behind a unit or village; behind what bears numbers, or behind words that nobody knows,
    a number is that of a plate. One character before it may be one too many, or wrong.
    """
    behind = {each.end for each in named if not _bears_what_follows(each)}
    added = {each.end: each.start for each in leftovers if len(each.text) == 1 and HAN.fullmatch(each.text)}
    alone = [each for each in counted if each.kind in (PLATE, BARE) and text.startswith(each.key, each.start)]
    known = (each for each in named if text[each.start].isdigit() and each.meant[0].called.toponym.level in OF_STREETS)
    numbers = (found.span() for each in known for found in [DIGITS.match(text, each.start)] if found)
    for start, end in (*((each.start, each.end) for each in alone), *numbers):
        for first in {start, added.get(start, start)}:
            if first in behind or first == 0 or not WORDS.match(text, first - 1):
                yield first, end


def _bears_what_follows(named: Named) -> bool:
    """Whether a number behind a name can only be its own; a village may stand before a street."""
    best = named.meant[0]
    bears = best.called.toponym.level in BEARING - {"community"}
    return bears and best.how == EXACT and best.called.way is not Way.SHORT


def _ends_of_a_street(text: str, number: int, counted: list[Counted]) -> Iterator[int]:
    """Where a street whose number ends there may end: before the next number, or as streets do. 12号大门 is none."""
    stops: set[int] = set()
    if words := HAN.match(text, number):
        stops = {number + each.end() for each in END_OF_A_ROAD.finditer(words.group())}
        if any(each.start == words.end() + _blanks(text, words.end()) for each in counted):
            stops.add(words.end())
    if swapped := AROUND_A_DIGIT.match(text, number):
        stops.add(swapped.end())
    yield from sorted(each for each in stops if each - number <= LONGEST_NAME)


def _close_hamlets(
    names: Toponyms, named: list[Named], counted: list[Counted], leftovers: list[Leftover]
) -> Iterator[Named]:
    """Hamlets of two characters, one of them wrong, right behind the whole name of their village and before a number."""
    numbers = {each.start for each in counted}
    for village in named:
        for word in leftovers:
            if word.start == village.end and word.end in numbers and len(word.text) == SHORTEST:
                meant = tuple(_hamlets_meant(word.text, village, names))
                if meant:
                    yield Named(word.start, word.end, meant)


def _hamlets_meant(said: str, village: Named, names: Toponyms) -> Iterator[Meant]:
    """Half of a name is little: it is no more than a faint slip."""
    for each in village.meant:
        if each.how != EXACT or each.called.toponym.level != "community":
            continue
        for inner in names.inner.get(each.called.toponym.path, ()):
            name = plain(inner.name)
            if len(name) == len(said) and INNER not in said and slip_between(said, name):
                yield Meant(FAINT, name, Called(inner, Way.NAME))


def _stretches(text: str, counted: list[Counted], leftovers: list[Leftover]) -> Iterator[tuple[int, int]]:
    """Runs of Chinese characters between numbers and marks that hold something not understood."""
    blocked = {at for each in counted for at in range(each.start, each.end)}
    at = 0
    while at < len(text):
        end = at
        while end < len(text) and end not in blocked:
            found = HAN_OR_SECTION.match(text, end)
            if found is None:
                break
            end = found.end()
        if end - at > 1 and any(at <= each.start < end and _is_telling(each) for each in leftovers):
            yield max(at, end - LONGEST_STRETCH), end
        at = max(end, at + 1)


def _near(text: str, start: int, end: int, names: Toponyms, *, to_the_end: bool) -> Iterator[Named]:
    said = text[start:end]
    if said in WITHOUT_A_STEM:
        return
    close = names.near(said)
    if start and text[start - 1].isdigit():
        close = [each for each in close if not each.name[0].isdigit()]  # the number began further left
    if to_the_end and not OF_A_ROAD.search(said):
        known = {each.name for each in close}
        close = [*close, *(Near(name, BEGUN) for name in names.beginning(said) if name not in known)]
    if meant := _meant(close, names, said):
        yield Named(start, end, meant)


def _near_of_its_kind(text: str, start: int, end: int, names: Toponyms) -> Iterator[Named]:
    """Names close to a stretch that end as it does, where it says what it is."""
    kind = OF_A_KIND.search(text[start:end])
    for found in _near(text, start, end, names, to_the_end=True):
        meant = tuple(each for each in found.meant if kind is None or each.name.endswith(kind.group()))
        if meant:
            yield found._replace(meant=meant)


def _meant_exactly(name: str, names: Toponyms) -> tuple[Meant, ...]:
    """The places that are called so; worked out once."""
    meant: tuple[Meant, ...] | None = names.met.get(name)
    if meant is None:
        meant = names.met[name] = _meant([Near(name, EXACT)], names)
    return meant


def _meant(close: list[Near], names: Toponyms, said: str = "") -> tuple[Meant, ...]:
    """The places that some names mean; a short form is met exactly or not at all."""
    found = [
        Meant(each.how, each.name, called, each.how in CLOSE and each.name in said)
        for each in close
        for called in names.meanings[each.name]
        if each.how not in CLOSE or (called.way is not Way.SHORT and not _swallows(each.name, said, called))
    ]
    return tuple(sorted(found, key=_likeliest_first)) if len(found) > 1 else tuple(found)


def _swallows(name: str, said: str, called: Called) -> bool:
    """Whether a unit's whole name would take the character beside it: that belongs to what comes next."""
    return name in said and called.toponym.level not in BEARING


def _likeliest_first(meant: Meant) -> tuple[float, int]:
    return -WORTH[meant.how] * LESS_WORTH[meant.called.way], -meant.called.toponym.plates
