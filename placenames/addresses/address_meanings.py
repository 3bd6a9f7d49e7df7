"""Address meanings: the plates that what was read may mean, each under the keys by which plates are found.

The number belongs to the street before the hamlet, to the hamlet before the village; an estate is entered by its gates.
Whoever names a town means that town: a street of another town is never meant. Whoever leaves parts out, or writes them in
another order, is still understood, and what had to be assumed for it is counted as doubt.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from placenames.addresses.address_keys import PATH
from placenames.addresses.address_reading import HAN, OF_A_ROAD, Leftover, Meant, Named, Read
from placenames.addresses.counted_parts import BARE, CELL, FLOOR, GROUP, HOUSE, LANE, PLATE, ROOM, Counted
from placenames.addresses.toponym_names import Toponym, Toponyms

FEW_DIGITS = 2
"""Rooms tell their floor: 101; a shorter number is a building."""
MOST = 64
"""So many meanings of one question are looked up."""
Inside = tuple[str, str, str, str]
"""Building, staircase, floor, room; empty where nothing is said."""
NOTHING_INSIDE: Inside = ("", "", "", "")
_OPEN_ENDED = (
    "社区 街道 开发区 小区 新村 公司 村 镇 乡 区 县 市 省 里 苑 园 庄 组 厦 场 厂 店 校 院 馆 府 城 庭 居"
)
OPEN_ENDED = tuple(_OPEN_ENDED.split())
"""A word that ends so is a name of its own and no part of the name that follows."""


class Numbers(NamedTuple):
    """The numbers of an address in their places, and what was assumed to put them there."""

    lanes: tuple[str, ...] = ()
    group: str = ""
    plate: str = ""
    inside: Inside = NOTHING_INSIDE
    doubt: float = 0.0


@dataclass(frozen=True, slots=True)
class Meaning:
    """One plate, or what lies behind it, that a question may mean."""

    meant: Meant
    """The toponym whose number it is."""
    bearer_key: str
    plate_key: str
    inside: Inside
    doubt: float
    gate: bool = False
    """The plate is that of an estate's gate, which was not asked for by its number."""

    @property
    def toponym(self) -> Toponym:
        """What bears the number."""
        return self.meant.called.toponym


@dataclass(frozen=True, slots=True)
class Meanings:
    """Everything that a question may mean: plates, and the places that are meant if none of the plates is there."""

    read: Read
    plates: tuple[Meaning, ...]
    places: tuple[Meant, ...]
    """What bears the number, or would; the likeliest first."""
    towns: tuple[Meant, ...]
    doubtful: Leftover | None = None
    """What touches the name of the bearer and is not understood: the name is part of another one, unknown here."""


def meanings_of(read: Read, names: Toponyms) -> Meanings:
    """What a question may mean."""
    towns = tuple(
        each for named in read.units("township") for each in named.meant if each.called.toponym.level == "township"
    )
    bearing = _bearing(read)
    if bearing is None:
        return Meanings(read, (), (), towns or _wider(read))
    within = _within(bearing.meant, towns)
    doubtful = _doubtful(read, bearing)
    if doubtful is not None:
        return Meanings(read, (), (), towns or _wider(read), doubtful)
    places = tuple(each for each in within if each.called.toponym.level in _levels_of(bearing))
    plates = sorted(_plates(read, bearing, places, names), key=lambda each: each.doubt)
    return Meanings(read, tuple(plates[:MOST]), places, towns or _wider(read))


def _wider(read: Read) -> tuple[Meant, ...]:
    """The villages, else the counties that were named, where no town was."""
    for level in ("village", "county"):
        for named in read.units(level):
            return tuple(each for each in named.meant if each.called.toponym.level == level)
    return ()


_RANKS = ("road", "hamlet", "community", "estate")


def _bearing(read: Read) -> Named | None:
    """The name that bears the number: the last street, else hamlet, village or estate; the next before a number counts."""
    for level in ("road", "hamlet", "estate", "community"):
        named = [each for each in read.named if any(one.called.toponym.level == level for one in each.meant)]
        if named:
            numbered = [each for each in named if any(one.start >= each.end for one in read.counted)]
            return (numbered or named)[-1]
    return None


def _levels_of(bearing: Named) -> set[str]:
    levels = {each.called.toponym.level for each in bearing.meant}
    return levels - {"community"} if levels - {"community"} - set(_UNITS) else levels


_UNITS = ("province", "prefecture", "county", "township", "village")


def _within(meant: Sequence[Meant], towns: Sequence[Meant]) -> list[Meant]:
    """Of the places that a name may mean, those in a town that was named."""
    bearing = [each for each in meant if each.called.toponym.level in _RANKS]
    if not towns:
        return bearing
    codes = tuple({each.called.toponym.unit for each in towns})
    return [each for each in bearing if each.called.toponym.unit.startswith(codes)]


def _doubtful(read: Read, bearing: Named) -> Leftover | None:
    """What is not understood and touches the bearer's name, so that the whole may be another name."""
    for each in read.leftovers:
        if not HAN.fullmatch(each.text):
            continue
        before = each.end == bearing.start and not each.text.endswith(OPEN_ENDED) and not OF_A_ROAD.search(each.text)
        after = each.start == bearing.end and any(one.start == each.end for one in read.counted)
        if (before or after) and each.text not in _HARMLESS:
            return each
    return None


_HARMLESS = frozenset(
    ("的", "在", "于", "位于", "第", "门牌", "门牌号", "号", "靠近", "近", "原", "旧", "地址", "中国", "与", "和")
)


def _plates(read: Read, bearing: Named, places: Sequence[Meant], names: Toponyms) -> Iterator[Meaning]:
    others = [each for each in read.named if each is not bearing]
    for meant in places:
        toponym = meant.called.toponym
        for numbers in _numbers(read, bearing, toponym.level):
            if toponym.level == "estate":
                yield from _of_estate(meant, numbers)
            elif toponym.level == "community":
                yield from _of_village(meant, numbers, names)
            else:
                yield from _at(meant, toponym.path, numbers)
    if bearing.meant[0].called.toponym.level == "road" and not any(each.kind == PLATE for each in read.counted):
        for each in others:  # an estate beside a street whose number was left out
            for meant in each.meant:
                if meant.called.toponym.level == "estate":
                    for numbers in _numbers(read, each, "estate"):
                        yield from _of_estate(meant, numbers._replace(doubt=numbers.doubt + 0.5))


def _at(meant: Meant, path: str, numbers: Numbers) -> Iterator[Meaning]:
    bearer = PATH.join((path, *numbers.lanes))
    if numbers.plate:
        yield Meaning(meant, bearer, numbers.plate, numbers.inside, numbers.doubt)


def _of_estate(meant: Meant, numbers: Numbers) -> Iterator[Meaning]:
    """Behind the gates of an estate, or at its own number."""
    toponym = meant.called.toponym
    for bearer, plate in toponym.gates:
        yield Meaning(meant, bearer, plate, numbers.inside, numbers.doubt, gate=True)
    yield Meaning(meant, toponym.path, numbers.plate, numbers.inside, numbers.doubt + (0.4 if toponym.gates else 0.0))


def _of_village(meant: Meant, numbers: Numbers, names: Toponyms) -> Iterator[Meaning]:
    """In a village's group or hamlet; where none was said, in any of them."""
    path = meant.called.toponym.path
    if numbers.group:
        yield from _at(meant, PATH.join((path, numbers.group)), numbers)
    yield from _at(meant, path, numbers)
    for hamlet in names.inner.get(path, ()):
        yield from _at(meant, hamlet.path, numbers._replace(doubt=numbers.doubt + (0.8 if numbers.group else 0.4)))


def _numbers(read: Read, bearing: Named, level: str) -> Iterator[Numbers]:
    """The ways in which the numbers around a name may belong to it, the usual one first."""
    after = [each for each in read.counted if each.start >= bearing.end]
    before = [each for each in read.counted if each.end <= bearing.start]
    backwards = not after or _is_backwards(before, after)
    order = [*before[::-1], *after] if backwards else [*after, *before]
    yield from _placed(read.text, order, level)


def _is_backwards(before: Sequence[Counted], after: Sequence[Counted]) -> bool:
    """Whether the number stands before the name: 12号文三路3幢 is not, 3幢12号文三路 is."""
    return any(each.kind == PLATE for each in before) and not any(each.kind in (PLATE, BARE) for each in after)


def _placed(text: str, order: Sequence[Counted], level: str) -> Iterator[Numbers]:
    lanes: list[str] = []
    places: dict[int, str] = {}
    bare: list[Counted] = []
    for each in order:
        if each.kind == LANE and PLATE not in places:
            lanes.append(text[each.start : each.end].replace(" ", ""))
        elif each.kind == BARE:
            bare.append(each)
        elif each.kind not in places:
            places[each.kind] = f"{each.key}组" if each.kind == GROUP else each.key
        elif each.kind == PLATE:
            places.setdefault(HOUSE if HOUSE not in places else ROOM, each.key)
    doubt = _place_bare(bare, places, level)
    first = _numbers_of(lanes, places, doubt)
    yield first
    yield from _otherwise(first, places, level)


def _place_bare(bare: Sequence[Counted], places: dict[int, str], level: str) -> float:
    """Gives numbers without a word of their own the places that are free."""
    doubt = 0.0
    for each in bare:
        parts = list(each.parts)
        if PLATE not in places and level != "estate":
            if len(parts) == 2 and len(parts[1]) <= FEW_DIGITS:
                places[PLATE] = "-".join(parts)
                parts = []
            else:
                places[PLATE] = parts.pop(0)
            doubt += 0.1
        free = {1: (ROOM,), 2: (HOUSE, ROOM), 3: (HOUSE, CELL, ROOM)}.get(len(parts), ())
        if len(parts) == 1 and len(parts[0]) <= FEW_DIGITS and HOUSE not in places and CELL not in places:
            free = (HOUSE,)
        elif len(parts) == 2 and HOUSE in places:
            free = (CELL, ROOM)
        for kind, part in zip(free, parts, strict=True):
            places.setdefault(kind, part)
    return doubt


def _numbers_of(lanes: Sequence[str], places: dict[int, str], doubt: float) -> Numbers:
    inside = tuple(places.get(kind, "") for kind in (HOUSE, CELL, FLOOR, ROOM))
    return Numbers(tuple(lanes), places.get(GROUP, ""), places.get(PLATE, ""), inside, doubt)  # type: ignore[arg-type]


def _otherwise(usual: Numbers, places: dict[int, str], level: str) -> Iterator[Numbers]:
    """188-12号 may be building 12 behind plate 188; 阳光花园12号 may be its building 12."""
    first, dash, second = usual.plate.partition("-")
    house, cell, floor, room = usual.inside
    if dash and "-" not in second and not house:
        yield usual._replace(plate=first, inside=(second, cell, floor, room), doubt=usual.doubt + 0.7)
        if not room:
            yield usual._replace(plate=first, inside=("", cell, floor, second), doubt=usual.doubt + 0.9)
    if level == "estate" and usual.plate and not house:
        yield usual._replace(plate="", inside=(usual.plate, cell, floor, room), doubt=usual.doubt + 0.2)
    if house and not usual.plate and level != "estate" and house.isdigit():
        yield usual._replace(plate=house, inside=("", cell, floor, room), doubt=usual.doubt + 0.8)
    if house and not cell and not room and HOUSE in places and len(house) <= FEW_DIGITS and usual.plate:
        yield usual._replace(inside=("", "", floor, house), doubt=usual.doubt + 0.8)

