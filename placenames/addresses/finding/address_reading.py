"""Reading an address for a lookup: which of its stretches name a known place, and which numbers belong to it.

Known names are laid over the text so that as much of it as possible is understood, long names before short ones. Where
something stays over, names close to it are tried: by sound, with one slip, by their beginning. What is still not
understood stays as a leftover; one that touches a name makes that name doubtful.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from gis.text import Text
from placenames.addresses.address_writing import normalised
from placenames.addresses.finding.close_names import close_names
from placenames.addresses.finding.counted_parts import BARE, PLATE, Counted, blanks_at, counted_parts
from placenames.addresses.finding.names_met import (
    BEGUN,
    EXACT,
    OF_STREETS,
    TOWN,
    WORDS,
    Leftover,
    Meant,
    Named,
    meant_by,
)
from placenames.addresses.finding.numbers_tidied import tidied
from placenames.addresses.finding.toponym_names import BEARING, Near, Toponyms, Way
from placenames.addresses.finding.words_beside import is_a_person, is_a_shop, is_no_place

OF_A_NUMBER = 4.0
"""What it is worth to lay a number over a stretch, beside `Named.worth`."""


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
    if any(each.is_telling for each in unknown):
        close = close_names(text, names, named, kept, unknown)
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
    if not any(each.start == named.end + blanks_at(text, named.end) for each in counted):
        return named
    begun = meant_by([Near(name, BEGUN) for name in names.beginning(text[named.start : named.end])], names)
    more = Named(named.start, named.end, begun).within(towns)
    return named._replace(meant=(*named.meant, *more.meant)) if begun and more else named


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


def _meant_exactly(name: str, names: Toponyms) -> tuple[Meant, ...]:
    """The places that are called so; worked out once."""
    meant: tuple[Meant, ...] | None = names.met.get(name)
    if meant is None:
        meant = names.met[name] = meant_by([Near(name, EXACT)], names)
    return meant


