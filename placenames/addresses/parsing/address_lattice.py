"""The lattice of an address: every stretch of it that may be one part, and how unusual each reading of it would be.

Numbers, known names and words stand ready as pieces. Any other stretch may be a name: by its ending, where it has one,
and by how long names with that ending are; the more it runs across what looks like a part of its own, the dearer it is.
The costs are our own inference from how addresses are written; no table of counts stands behind them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate, pairwise

from placenames.addresses.parsing.address_grammar import (
    ANYTHING,
    CITY,
    COMMUNITY,
    DEVZONE,
    DISTRICT,
    HAMLET,
    KEEP,
    PART,
    PERSON,
    PROV,
    ROAD,
    SUBROAD,
    TOWN,
)
from placenames.addresses.parsing.address_names import Known, Lexicon
from placenames.addresses.parsing.address_numbers import Piece, Reading, numbers_in
from placenames.addresses.parsing.address_words import (
    ASIDE,
    COMES_FROM,
    DIRECTIONS,
    GOES_ON,
    NOWHERE,
    NUMBERED_ROAD,
    ORDINALS,
    ORGANIZATIONS,
    PUNCTUATION,
    RINGS,
    SECTION,
    endings_by_last,
    said_by_first,
)

FIRST_HAN = "\u3400"
LONGEST_NAME = 24
"""Characters of one name at most; what is longer is taken apart."""
SHORT_OF_A_TOWN, UNKNOWN_WORD = 3, 4
"""Characters at most: 临平 for a town, and what is set aside as saying nothing."""

_BY_STEM = {
    ROAD: (2.6, 1.2, 0.0, 1.25, 3.4, 4.2, 5.0),
    TOWN: (FAR := 20.0, 0.9, 0.0, 0.3, 1.2, 2.2, 3.2),
    COMMUNITY: (FAR, 0.9, 0.1, 0.3, 1.0, 1.8, 2.6),
    CITY: (FAR, 2.8, 1.2, 1.7, 3.0, 4.0),
    DISTRICT: (FAR, 2.5, 1.1, 1.6, 3.0, 4.0),
    DEVZONE: (0.6, 1.0, 0.3, 0.5, 0.4, 0.8, 1.0, 1.3),
    HAMLET: (FAR, 1.5, 0.6, 0.8, 1.5),
    ANYTHING: (2.2, 1.3, 1.1, 1.1, 1.2),
    PART: (0.9, 1.0, 1.0, 1.1, 1.2),
}
_POINT = (2.2, 1.2, 0.9, 0.9, 1.0)
"""What a name costs by the number of characters before its ending: most roads have two."""
_BEYOND = {ROAD: 0.8, TOWN: 1.0, COMMUNITY: 0.8, CITY: 1.5, DISTRICT: 1.5, DEVZONE: 0.4, HAMLET: 0.8}
"""What each further character costs."""
_PER_CHARACTER = 0.15
_ODD_ENDINGS = {
    "道": 0.6, "线": 0.4, "环": 0.5, "坊": 1.8, "弄": 0.6, "里": 0.5, "路段": 0.5, "乡": 0.1, "屯": 0.3, "大队": 0.8,
}  # fmt: skip
"""They end other names as well."""
_BARE_ENDINGS = {"大道": 1.0, "大街": 1.0, "国道": 3.0, "省道": 3.0, "街": 1.0}
"""What a road costs more that is nothing but its ending."""
_GRID = frozenset("经纬")
"""经三路, 纬二路: as usual as a road of two characters."""
_CROSSED = {TOWN: 1.3, ROAD: 1.1, COMMUNITY: 0.7, DEVZONE: 1.0, CITY: 0.9, DISTRICT: 0.5, PART: 0.0}
_POINT_CROSSED, _KNOWN_CROSSED, _SHORT_CROSSED = 0.7, 2.5, 1.0
"""What a name costs more that runs across the end of a town, a road, an estate, a known name."""
_NUMBER_CROSSED, _COUNTED_CROSSED, _MARK_CROSSED = 1.3, 2.2, 1.5
_UNFINISHED = 1.5
"""What ends as a road or town does is one."""
_OF_SOMEBODY = -0.5


@dataclass(slots=True)
class Lattice:
    """Where an address may be cut, what stands ready between cuts, and what names cost that end at a cut."""

    text: str
    cuts: list[int] = field(default_factory=list)
    pieces: dict[int, list[Piece]] = field(default_factory=dict)
    """By their end."""
    names: dict[tuple[int, int], tuple[Known, ...]] = field(default_factory=dict)
    """(start, end) -> what a known name means."""
    endings: dict[int, list[tuple[int, int, str]]] = field(default_factory=dict)
    """End -> (state, length of the ending, the ending)."""
    unfinished: dict[int, float] = field(default_factory=dict)
    """End -> what it costs to take what ends there for no more than a name."""
    shortened: set[int] = field(default_factory=set)
    """Where the short name of a unit begins: 温州 in 温州大学."""
    numbered: dict[int, float] = field(default_factory=dict)
    """End of a number -> its share of `begun`."""
    crossed: list[float] = field(default_factory=list)
    """Running sum of the ends that a name should not run across."""
    begun: list[float] = field(default_factory=list)
    """The same for numbers and marks, by where they begin."""

    def names_between(self, start: int, end: int, limit: float) -> list[tuple[int, float, str]]:
        """(state, cost, rule) of everything that a stretch may be as a name, as far as it costs less than a limit."""
        text, length = self.text, end - start
        if not (text[start].isalnum() and text[end - 1].isalnum()):
            return []
        across = self.crossed[end - 1] - self.crossed[start] + self.begun[end] - self.begun[start]
        found = [
            self._named(start, end, state, ending, across)
            for state, size, ending in self.endings.get(end, ())
            if size <= length
        ]
        across += self.unfinished.get(end, 0.0) + (1.2 if length == 1 else 0.0)
        if 1.0 + across * 0.7 >= limit:
            return found
        long = _PER_CHARACTER * length + across
        if length <= SHORT_OF_A_TOWN:
            found.append((TOWN, 1.6 + long, "free"))
        if length <= UNKNOWN_WORD:
            found.append((KEEP, 2.5 + 0.9 * length + across, "unknown"))
        found.append((PERSON, 1.0 + 0.1 * length + 0.7 * across, "free"))
        if 1.5 + long < limit:
            found += ((ANYTHING, 1.5 + long, "free"), (PART, 2.1 + long, "free"))
        return found

    def _named(self, start: int, end: int, state: int, ending: str, across: float) -> tuple[int, float, str]:
        size = len(ending)
        stem, cost = end - start - size, across + _ODD_ENDINGS.get(ending, 0.0)
        if state == ROAD:
            stem, more = self._stem_of_road(start, end - size, ending)
            cost += more
        elif ending == "村" and self.text[end : end + 1] in {"镇", "乡"}:
            cost += 0.8  # 许村镇
        elif start in self.shortened and ending in ORGANIZATIONS:
            cost += _OF_SOMEBODY
        costs = _BY_STEM.get(state, _POINT)
        last = len(costs) - 1
        cost += costs[stem] if stem <= last else costs[last] + (stem - last) * _BEYOND.get(state, _PER_CHARACTER)
        return state, cost, f"ending:{ending}"

    def _stem_of_road(self, start: int, end: int, ending: str) -> tuple[int, float]:
        """Length of a road's stem without 东 in 东路 and 二 in 二路, and what its numbers and missing stem cost more."""
        text, stem = self.text, end - start
        if not stem:
            return 0, _BARE_ENDINGS.get(ending, 0.5)
        numbered = -self.numbered.get(end, 0.0) if text[end - 1] in ORDINALS else 0.0
        named = NUMBERED_ROAD.sub("", text[start:end])
        if not named:
            return 1, numbered - 0.4
        if named in _GRID and len(named) < stem:
            return 2, numbered
        if named in DIRECTIONS:
            return 1, numbered + 0.7  # 南大街 is rather the end of 中关村南大街
        return len(named) - (len(named) > 2 and named[-1] in DIRECTIONS), numbered


def lattice_of(text: str, lexicon: Lexicon, joined: Collection[int] = (), uncut: Collection[int] = ()) -> Lattice:
    """Everything that the parts of an address may be, by numbers, known names, endings and words.

    `joined` are dashes that were written as 之, `uncut` are places within what was one character.
    """
    found = Lattice(text)
    numbers, known = numbers_in(text, joined), list(lexicon.names_in(text))
    found.names = {(start, end): names for start, end, names in known}
    found.shortened = {start for start, _, names in known if any(not each.whole for each in names)}
    pieces = [*numbers, *_known_pieces(text, known), *_words_in(text), *_asides_in(text), *_marks_in(text)]
    for each in pieces:
        if each.start not in uncut and each.end not in uncut:
            found.pieces.setdefault(each.end, []).append(each)
    _find_endings(found)
    _sum_up(found, numbers)
    cuts = {0, len(text), *found.endings}
    cuts.update(cut for cut in _likely_beginnings(found) if not text[cut].isdigit())
    cuts.update(cut for each in pieces for cut in (each.start, each.end))
    for before, after in pairwise(sorted(cuts)):
        cuts.update(range(before + LONGEST_NAME, after, LONGEST_NAME))  # no name would reach from one to the next
    found.cuts = sorted(cuts.difference(uncut))
    return found


def _likely_beginnings(found: Lattice) -> Iterator[int]:
    """Two or three characters before the ending of a road, two before that of a town or village: most names are so long."""
    for end, endings in found.endings.items():
        for state, size, _ in endings:
            if state == ROAD:
                at = _before_ordinal_and_direction(found.text, end - size)
                yield from (max(0, at - 3), max(0, at - 2))
            elif state in {TOWN, COMMUNITY}:
                yield max(0, end - size - 2)


def _before_ordinal_and_direction(text: str, at: int) -> int:
    """Where 中山 ends in 中山东二路."""
    found = NUMBERED_ROAD.search(text, 0, at)
    at = found.start() if found else at
    return at - 1 if at > 2 and text[at - 1] in DIRECTIONS else at


Matches = list[tuple[int, int, tuple[Known, ...]]]


def _known_pieces(text: str, known: Matches) -> Iterator[Piece]:
    codes = {each.code for _, _, names in known for each in names if each.code}
    above = {code[:size] for code in codes for size in (2, 4, 6, 9) if len(code) > size}
    said: set[tuple[str, str]] = set()
    for start, end, names in known:
        readings: dict[int, Reading] = {}
        for each in names:
            cost = _cost_of_known(each, start, _is_supported(each.code, codes, above))
            if each.state not in readings or cost < readings[each.state].cost:
                readings[each.state] = Reading(each.state, each.state, cost)
        if ROAD in readings:
            readings[SUBROAD] = Reading(SUBROAD, SUBROAD, readings[ROAD].cost)
        yield Piece(start, end, tuple(readings.values()), "known")
        again = any((each.code, each.name) in said and not each.whole for each in names)
        if again or text.endswith(text[start:end], 0, start):
            yield Piece(start, end, (Reading(KEEP, KEEP, 0.2),), "again")
        said.update((each.code, each.name) for each in names if each.whole)


def _is_supported(code: str, codes: set[str], above: set[str]) -> bool:
    """Whether a unit above or below it is named in the same address."""
    return code in above or any(code[:size] in codes for size in (2, 4, 6, 9) if size < len(code))


def _cost_of_known(known: Known, start: int, supported: bool) -> float:
    if known.own:
        return -0.8 if known.whole else 0.0
    if known.whole:
        return -0.5 if supported else 0.0
    if supported:
        return -0.2
    return (0.5 if known.state == PROV else 0.1) if start == 0 else 2.2


def _words_in(text: str) -> Iterator[Piece]:
    words = said_by_first()
    for at, first in enumerate(text):
        for word, cost, assists in words.get(first, ()):
            if text.startswith(word, at):
                rule = "assist" if assists else "redundant"
                yield Piece(at, at + len(word), (Reading(KEEP, KEEP, cost),), rule)


def _asides_in(text: str) -> Iterator[Piece]:
    """(近样柳路) tells where from there, and is no second road."""
    for each in ASIDE.finditer(text):
        yield Piece(*each.span("aside"), (Reading(KEEP, KEEP, 0.3),), "assist")


def _marks_in(text: str) -> Iterator[Piece]:
    for at, each in enumerate(text):
        if not each.isalnum():
            is_mark = each in PUNCTUATION or each.isspace()
            yield Piece(at, at + 1, (Reading(KEEP, KEEP, 0.0),), "mark" if is_mark else "unknown")


def _find_endings(found: Lattice) -> None:
    text, endings = found.text, endings_by_last()
    for end, last in enumerate(text, start=1):
        of_state: dict[int, str] = {}
        for word, state in endings.get(last, ()):
            if state not in of_state and text.endswith(word, 0, end):
                of_state[state] = word  # the longest of its kind: 大街 and not 街
        here = [(state, len(word), word) for state, word in of_state.items() if not _goes_on(text, word, state, end)]
        if here:
            found.endings[end] = here
    for each in SECTION.finditer(text):
        found.endings.setdefault(each.end(), []).append((ROAD, len(each.group()), each.group()))


def _goes_on(text: str, word: str, state: int, end: int) -> bool:
    """Whether an ending is none here: 街 in 街道, 村 in 新村, 山 in 山东."""
    following = text[end : end + 1]
    if state == ANYTHING:
        return following >= FIRST_HAN
    before = text[end - len(word) - 1 : end - len(word)]
    if word == "环" and before not in RINGS:
        return True
    return following in GOES_ON.get(word, NOWHERE) or before in COMES_FROM.get(word, NOWHERE)


def _sum_up(found: Lattice, numbers: Iterable[Piece]) -> None:
    length = len(found.text)
    ends, starts = [0.0] * (length + 1), [0.0] * (length + 1)
    for at, endings in found.endings.items():
        ends[at] = max(_CROSSED.get(state, _POINT_CROSSED if size > 1 else 0.0) for state, size, _ in endings)
        if any(state in {ROAD, TOWN} and word not in _ODD_ENDINGS for state, _, word in endings):
            found.unfinished[at] = _UNFINISHED
    for (start, end), names in found.names.items():
        if any(each.whole for each in names):
            ends[end] += _KNOWN_CROSSED if end - start > 2 else _SHORT_CROSSED
            found.unfinished[end] = _UNFINISHED
    for each in numbers:
        weight = _NUMBER_CROSSED if each.rule == "number" else _COUNTED_CROSSED
        starts[each.start + 1] = max(starts[each.start + 1], weight)
        found.numbered[each.end] = starts[each.start + 1]
    for at, mark in enumerate(found.text):
        if not mark.isalnum():
            starts[at + 1] += _MARK_CROSSED
    found.crossed, found.begun = list(accumulate(ends)), list(accumulate(starts))
