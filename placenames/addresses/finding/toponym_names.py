"""Toponym names: everything units, streets, villages and estates are called, ready to be found in what people write.

The names of a county are few beside its plates: they are held in memory, and they alone are looked for with tolerance.
A name is met exactly, by its sound, with one slip (a character wrong, dropped, added, or two swapped), or by how it begins.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from functools import lru_cache
from itertools import islice, takewhile
from typing import Any, NamedTuple

from placenames.addresses.address_keys import PATH, plain
from placenames.language.romanise import sound_of
from placenames.language.sounds import common_sounds

UNIT_LEVELS = ("province", "prefecture", "county", "township", "village")
BEARING = frozenset({"road", "section", "lane", "hamlet", "community", "estate"})
SHORTEST, SHORTEST_WITH_A_SLIP = 2, 3
ANY_NUMBER = "1号"
NUMBER = re.compile("[0-9]+")
IN_A_NUMBER = re.compile("(?:[0-9A-Za-z]|[0-9][.-])$")
"""Before a digit: the number began further left."""
MOST_BEGUN = 60
"""So many names that begin alike are looked at, those with the most plates first."""
TELLING_APART = frozenset("一二三四五六七八九十东西南北中上下前后左右内外大小新老旧支0123456789")
"""Where names differ in these, they are names of different places: 文三路 is no slip for 文二路."""


class Way(IntEnum):
    """In which way a place is called so, the best first."""

    NAME = 0
    ALIAS = 1
    SHORT = 2
    FORMER = 3


class Toponym(NamedTuple):
    """A place with a name: a unit, or what bears numbers. `path` begins the bearer keys of its plates."""

    level: str
    name: str
    unit: str
    path: str
    lon: float | None = None
    lat: float | None = None
    plates: int = 0
    lowest: int | None = None
    highest: int | None = None
    gates: tuple[tuple[str, str], ...] = ()
    """(bearer key, plate key) of the plates that an estate lies behind."""


class Called(NamedTuple):
    """A place and the way in which it is called."""

    toponym: Toponym
    way: Way


class Near(NamedTuple):
    """A name close to what was written, and how: `sound`, `swap`, `slip`, `faint`, `begun`."""

    name: str
    how: str


@dataclass
class Toponyms:
    """The names of a deployment, with the chain of units above each unit."""

    meanings: dict[str, tuple[Called, ...]] = field(default_factory=dict)
    lengths: dict[str, tuple[int, ...]] = field(default_factory=dict)
    """First two characters -> how long names are that begin so, the longest first."""
    by_sound: dict[str, tuple[str, ...]] = field(default_factory=dict)
    by_slip: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """A name with one character left out -> the names."""
    ordered: list[str] = field(default_factory=list)
    spelt: list[tuple[str, str]] = field(default_factory=list)
    """(letters, name): pinyin without spaces, and initials."""
    numbers: frozenset[str] = frozenset()
    """Numbers with which names of streets begin: 5 of 5号大街."""
    inner: dict[str, tuple[Toponym, ...]] = field(default_factory=dict)
    """Path of a village -> its hamlets and groups; path of a street -> its sections."""
    chains: Mapping[str, str] = field(default_factory=dict)
    """Unit -> the names of the units above it and its own, as a standard address begins."""
    parents: Mapping[str, str] = field(default_factory=dict)
    levels: frozenset[str] = frozenset()
    """The levels of which units are registered."""
    counties: tuple[str, ...] = ()
    met: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)
    """Name -> the places that whoever writes it exactly may mean, once somebody wrote it."""

    def names_in(self, text: str) -> Iterator[tuple[int, int, tuple[Called, ...]]]:
        """Every known name in a text, with where it stands; overlapping ones too. 3号路 does not stand in 13号路."""
        lengths, meanings, end = self.lengths, self.meanings, len(text)
        for at in range(end - 1):
            known = lengths.get(text[at : at + 2])
            if known is None or (text[at].isdigit() and IN_A_NUMBER.search(text[max(0, at - 2) : at])):
                continue
            for length in known:
                if at + length <= end and (called := meanings.get(text[at : at + length])) is not None:
                    yield at, at + length, called

    def are_units_above(self, unit: str, written: str) -> bool:
        """Whether a text is nothing, or names of a unit and those above it, the wider before the narrower."""
        left, above = written, self._chain(unit) if written else ()
        for code in above:
            left = left.removeprefix(plain(self.own_name(code)))
        return not left

    def _chain(self, unit: str) -> list[str]:
        """A unit and those above it, the widest first."""
        chain: list[str] = []
        at: str | None = unit
        while at is not None and at not in chain:
            chain.append(at)
            at = self.parents.get(at)
        return chain[::-1]

    def own_name(self, unit: str) -> str:
        """A unit's name without those above it."""
        return self.chains.get(unit, "").removeprefix(self.chains.get(self.parents.get(unit, ""), ""))

    def near(self, written: str) -> list[Near]:
        """The names that sound like what was written, or differ from it in one slip; none that is written exactly so."""
        found: dict[str, str] = {}
        for name in self.by_sound.get(_sound(written), ()):
            found[name] = "sound"
        if len(written) >= SHORTEST:
            for name in self._slipped(written):
                if name not in found and (slip := slip_between(written, name)):
                    found[name] = slip
        found.pop(written, None)
        return [Near(name, how) for name, how in found.items()]

    def beginning(self, written: str, most: int = MOST_BEGUN) -> list[str]:
        """The names that begin with what was written and go on."""
        at = bisect_left(self.ordered, written)
        found: list[str] = []
        while at < len(self.ordered) and len(found) < most and self.ordered[at].startswith(written):
            if self.ordered[at] != written:
                found.append(self.ordered[at])
            at += 1
        return found

    def spelt_so(self, letters: str, most: int = MOST_BEGUN) -> list[str]:
        """The names whose pinyin or initials begin with some letters."""
        return list(dict.fromkeys(name for _, name in islice(self._spelt(letters), most)))

    def spelt_exactly(self, letters: str) -> list[str]:
        """The names whose whole pinyin or initials are some letters."""
        return [name for _, name in takewhile(lambda each: each[0] == letters, self._spelt(letters))]

    def _spelt(self, letters: str) -> Iterator[tuple[str, str]]:
        """Spellings that begin with some letters, in their order, each with its name."""
        at = bisect_left(self.spelt, (letters, ""))
        while at < len(self.spelt) and self.spelt[at][0].startswith(letters):
            yield self.spelt[at]
            at += 1

    def _slipped(self, written: str) -> Iterator[str]:
        """Names that may be one slip away."""
        by_slip, meanings = self.by_slip, self.meanings
        yield from by_slip.get(written, ())
        if len(written) == SHORTEST and written[::-1] in meanings:
            yield written[::-1]
        for at in range(len(written)):
            shorter = written[:at] + written[at + 1 :]
            if len(shorter) >= SHORTEST_WITH_A_SLIP - 1:
                if shorter in meanings:
                    yield shorter
                yield from by_slip.get(shorter, ())


def toponyms_of(
    called: Iterable[tuple[str, str, Called]], chains: Mapping[str, str], parents: Mapping[str, str]
) -> Toponyms:
    """The names of (name, its sound, what is called so); names are taken in our writing."""
    meanings: dict[str, list[Called]] = {}
    sounds: dict[str, str] = {}
    inner: dict[str, list[Toponym]] = {}
    units: dict[str, str] = {}
    for written, sound, each in called:
        if each.toponym.level in UNIT_LEVELS:
            units[each.toponym.unit] = each.toponym.level
        name = plain(written)
        if len(name) < SHORTEST:
            continue
        for spelling in _spellings(name):
            meanings.setdefault(spelling, []).append(each)
            sounds[spelling] = sound
        if each.toponym.level in ("hamlet", "section") and each.way is Way.NAME:
            inner.setdefault(each.toponym.path.rpartition(PATH)[0], []).append(each.toponym)
    return Toponyms(
        {name: tuple(sorted(each, key=_best_first)) for name, each in meanings.items()},
        _lengths(meanings),
        _grouped(_sounding(sounds)),
        _grouped((name[:at] + name[at + 1 :], name) for name in meanings for at in _slips(name)),
        sorted(meanings),
        sorted(_spelt(sounds)),
        frozenset(_numbers(meanings)),
        {path: tuple(each) for path, each in inner.items()},
        chains,
        parents,
        frozenset(units.values()),
        tuple(code for code, level in units.items() if level == "county"),
    )


def _numbers(meanings: Mapping[str, Iterable[Called]]) -> Iterator[str]:
    """The numbers with which names of streets begin."""
    for name, called in meanings.items():
        found = NUMBER.match(name)
        if found and any(each.toponym.level == "road" for each in called):
            yield found.group()


def _spellings(name: str) -> Iterator[str]:
    """A name, and how our writing has it before a number: 和平一巷 is 和平1巷 in 和平一巷6号."""
    yield name
    if name.endswith("巷") and len(name) > SHORTEST:
        before_a_number = plain(f"{name}{ANY_NUMBER}").removesuffix(ANY_NUMBER)
        if before_a_number != name:
            yield before_a_number


def slip_between(written: str, name: str) -> str:
    """`slip` where a name was written with one character wrong, dropped or added, `swap` with two neighbours swapped.

    A number or direction that was dropped, swapped with another or miswritten is a `faint` slip; one that was
    written and does not stand in the name is none at all: it tells names apart.
    """
    longer, shorter = (written, name) if len(written) > len(name) else (name, written)
    start = 0
    while start < len(shorter) and longer[start] == shorter[start]:
        start += 1
    if len(longer) == len(shorter) + 1:
        twice = start and longer[start] == longer[start - 1] and not longer[start].isdigit()
        telling = longer[start] in TELLING_APART
        if longer[start + 1 :] != shorter[start:] or (telling and longer is written and not twice):
            return ""
        return _slip_in(longer[start], "slip")
    if len(longer) != len(shorter) or start == len(shorter):
        return ""
    if longer[start + 1 :] == shorter[start + 1 :]:
        return "" if written[start] in TELLING_APART else _slip_in(name[start], "slip")
    swapped = longer[start : start + 2]
    if swapped != shorter[start : start + 2][::-1] or longer[start + 2 :] != shorter[start + 2 :]:
        return ""
    return _slip_in(swapped, "swap")


def _slip_in(characters: str, usual: str) -> str:
    return "faint" if TELLING_APART.issuperset(characters) else usual


@lru_cache(1 << 14)
def usual_sound(character: str) -> str:
    """How a character is read most of the time, without its tone."""
    return sound_of(character)


def _sound(text: str) -> str:
    return " ".join(map(usual_sound, text))


def _sounding(sounds: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """A name by its own reading, by the usual one of each character, and with one character read as it is at other times."""
    for name, sound in sounds.items():
        usual = [usual_sound(each) for each in name]
        read_otherwise = ((at, other) for at, each in enumerate(name) for other in common_sounds(each))
        others = (" ".join((*usual[:at], other, *usual[at + 1 :])) for at, other in read_otherwise)
        yield from ((each, name) for each in {sound, " ".join(usual), *others})


def _spelt(sounds: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, sound in sounds.items():
        syllables = sound.split()
        yield "".join(syllables), name
        yield "".join(each[0] for each in syllables), name


def _slips(name: str) -> Sequence[int]:
    return range(len(name)) if len(name) >= SHORTEST_WITH_A_SLIP else ()


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for key, name in pairs:
        names = found.setdefault(key, [])
        if not names or names[-1] != name:
            names.append(name)
    return {key: tuple(names) for key, names in found.items()}


def _lengths(names: Iterable[str]) -> dict[str, tuple[int, ...]]:
    found: dict[str, set[int]] = {}
    for name in names:
        found.setdefault(name[:2], set()).add(len(name))
    return {first: tuple(sorted(lengths, reverse=True)) for first, lengths in found.items()}


def _best_first(called: Called) -> tuple[int, int]:
    return called.way, -called.toponym.plates


