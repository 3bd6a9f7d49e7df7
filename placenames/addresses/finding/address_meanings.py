"""Address meanings: the plates that what was read may mean, each under the keys by which plates are found.

The number belongs to the street before the hamlet, to the hamlet before the village; an estate is entered by its gates.
Whoever names a town means that town: a street of another town is never meant. Whoever leaves parts out, or writes them in
another order, is still understood, and what had to be assumed for it is counted as doubt.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from placenames.addresses.address_keys import PATH, in_full, plain
from placenames.addresses.finding.address_reading import Read, is_aside
from placenames.addresses.finding.counted_parts import BARE, GROUP, PLATE, Counted
from placenames.addresses.finding.lanes_meant import (
    OF_STREETS,
    beyond_their_streets,
    lead_there,
    leads_off,
    on_their_streets,
    ways_filed,
    without_its_lane,
)
from placenames.addresses.finding.names_met import (
    BEGUN,
    CLOSE,
    FAINT,
    HAN,
    OF_A_ROAD,
    SLIP,
    SWAP,
    TOWN,
    Leftover,
    Meant,
    Named,
)
from placenames.addresses.finding.numbers_placed import Inside, Instead, Numbers, left_out, placed
from placenames.addresses.finding.toponym_names import Toponym, Toponyms
from placenames.addresses.finding.units_elsewhere import named_elsewhere, within_the_units_named

OTHER_GATE = 1.5
"""How doubtful it is that a gate is meant when another number was written."""
MARKS = " ,，.。;；:：、-—()（）[]【】"
MOST = 64
"""So many meanings of one question are looked up."""
GROUP_NAME = re.compile("[0-9]+(?:组|邻|队|社)")
_OPEN_ENDED = "社区 居委会 村委会 开发区 工业区 园区 小区 新村 公司 花园 公寓 大厦 广场 中心 学校 医院"
OPEN_ENDED = tuple(_OPEN_ENDED.split())
"""A word that ends so is a name of its own and no part of the name that follows."""


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
    instead: tuple[Instead, ...] = ()
    """What was read otherwise than it is written, to come to this plate."""

    @property
    def toponym(self) -> Toponym:
        """What bears the number."""
        return self.meant.called.toponym

    def read_otherwise(self, inside: str) -> list[Instead]:
        """What was read otherwise than it is written, for an answer that lies inside a plate, or is one (``""``)."""
        return [each for each in self.instead if not (inside and each.unless_inside)]


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
    towns = tuple(each for named in read.units(TOWN) for each in named.meant if each.called.toponym.level == TOWN)
    elsewhere = named_elsewhere(read, names)
    if elsewhere is not None:
        return Meanings(read, (), (), (), elsewhere)
    plates: list[Meaning] = []
    places: list[Meant] = []
    doubtful: Leftover | None = None
    for bearing, doubt in _bearings(read):
        unknown = _doubtful(read, bearing)
        doubtful = doubtful or unknown
        meant = _meant_by(read, bearing) if unknown is None else []
        places += meant or _streets_of_unknown_lanes(read, bearing, unknown)
        if meant:
            slip = _slip_behind(read, bearing)
            plates += _plates(read, bearing, meant, names, doubt) if slip is None else _in_a_group(read, slip, meant, names)
    if _guessed(read) > 1:
        plates.clear()
    plates.sort(key=lambda each: each.doubt)
    return Meanings(read, tuple(plates[:MOST]), tuple(places), towns or _wider(read), None if places else doubtful)


def _streets_of_unknown_lanes(read: Read, bearing: Named, unknown: Leftover | None) -> list[Meant]:
    """The streets to which somebody adds a lane that is not there."""
    if unknown is not None:
        return without_its_lane(bearing, unknown)
    lane = any(each.called.toponym.level == "lane" for each in bearing.meant)
    return [each for one in read.named for each in one.meant if lane and each.called.toponym.level in OF_STREETS]


def _guessed(read: Read) -> int:
    """How many names were met by a slip or a beginning: of two guesses together no plate is answered."""
    return sum(each.meant[0].how in (SWAP, SLIP, FAINT, BEGUN) for each in read.named)


def _wider(read: Read) -> tuple[Meant, ...]:
    """The villages, else the counties that were named, where no town was."""
    for level in ("village", "county"):
        for named in read.units(level):
            return tuple(each for each in named.meant if each.called.toponym.level == level)
    return ()


RANKS = {"road": 0, "section": 0, "lane": 0, "hamlet": 1, "estate": 2, "community": 3}
"""To which the number belongs, where several are named."""
ASIDE = 0.35
"""How doubtful it is that the number belongs to a name which does not stand beside it."""


def _bearings(read: Read) -> Iterator[tuple[Named, float]]:
    """The names that may bear the number: what it follows, and what would rather bear it and stands elsewhere."""
    bearing = [(rank, each) for each in beyond_their_streets(read.bearers()) for rank in _ranks_of(each)[:1]]
    beside = [each for each in bearing if _is_before_a_number(read, each[1])]
    best = min((rank for rank, _ in beside or bearing), default=0)
    for rank, each in bearing[::-1]:
        if rank == best and (not beside or (rank, each) in beside):
            yield each, 0.0
        elif beside and (rank < best or (rank, each) in beside):
            yield each, ASIDE


def _ranks_of(named: Named) -> list[int]:
    return sorted({RANKS[each.called.toponym.level] for each in named.meant if each.called.toponym.level in RANKS})


def _is_before_a_number(read: Read, named: Named) -> bool:
    return any(each.start >= named.end and not read.text[named.end : each.start].strip(MARKS) for each in read.counted)


def _meant_by(read: Read, bearing: Named) -> list[Meant]:
    """What a name may mean that bears numbers; of hamlets those in a village that was named, and no group of another."""
    around = within_the_units_named(read.named)
    meant = [
        each for each in on_their_streets(bearing.meant, read, bearing)
        if each.called.toponym.level in RANKS and all(each.called.toponym.unit.startswith(codes) for codes in around)
    ]  # fmt: skip
    villages = tuple(
        f"{one.called.toponym.path}{PATH}" for each in read.named if each is not bearing for one in each.meant
        if one.called.toponym.level == "community"
    )  # fmt: skip
    if not villages:
        return meant
    hamlets = [each for each in meant if each.called.toponym.level == "hamlet"]
    inside = [each for each in hamlets if each.called.toponym.path.startswith(villages)]
    others = [] if inside else [each for each in hamlets if not GROUP_NAME.fullmatch(each.name)]
    return [each for each in meant if each.called.toponym.level != "hamlet" or each in inside or each in others]


def _doubtful(read: Read, bearing: Named) -> Leftover | None:
    """What is not understood and touches the bearer's name, so that the whole may be another name.

    A guess right behind a street is none of its own: 溪畔路北路 is no slip for 北关路.
    """
    if bearing.meant[0].how in CLOSE and not leads_off(read, bearing):
        for one in read.named:
            if one.end == bearing.start and any(meant.called.toponym.level == "road" for meant in one.meant):
                return Leftover(bearing.start, bearing.end, read.text[bearing.start : bearing.end])
    for each in read.leftovers:
        if not HAN.fullmatch(each.text) or is_aside(each, [bearing]):
            continue
        ends_a_name = each.text.endswith(OPEN_ENDED) or (len(each.text) > 1 and OF_A_ROAD.search(each.text))
        before = each.end == bearing.start and not ends_a_name
        behind = each.end + (read.text[each.end : each.end + 1] == "-")
        after = each.start == bearing.end and any(one.start == behind for one in read.counted)
        is_a_slip = len(each.text) == 1 and behind == each.end and GROUP_NAME.fullmatch(bearing.meant[0].name)
        after = after and not is_a_slip
        if (before or after) and each.text not in _HARMLESS:
            return each
    return None


class Slip(NamedTuple):
    """A number behind a village or street, and the word between it and the plate that nobody knows: 7琴 of 上坪村7琴8号."""

    number: Counted
    word: Leftover


def _slip_behind(read: Read, bearing: Named) -> Slip | None:
    for number in read.counted:
        if number.start == bearing.end and number.kind in (BARE, GROUP):
            for word in read.leftovers:
                if word.start == number.end and any(each.start == word.end for each in read.counted):
                    return Slip(number, word) if HAN.fullmatch(word.text) else None
    return None


def _in_a_group(read: Read, slip: Slip, places: Sequence[Meant], names: Toponyms) -> Iterator[Meaning]:
    """The plates of the group whose number was said, where one character was amiss; of another group none is meant."""
    if len(slip.word.text.rstrip(GROUP_WORDS)) > 1:
        return
    order = [each for each in read.counted if each.start >= slip.word.end]
    for meant in places:
        for inner in names.inner.get(meant.called.toponym.path, ()):
            if plain(inner.name) in {f"{slip.number.parts[0]}{word}" for word in GROUP_WORDS}:
                for numbers in placed(read.text, order, "hamlet"):
                    yield from _at(meant, inner.path, numbers._replace(doubt=numbers.doubt + ASIDE))


GROUP_WORDS = "邻组队"
_HARMLESS = frozenset(
    ("的", "在", "于", "位于", "第", "门牌", "门牌号", "号", "靠近", "近", "原", "旧", "地址", "中国", "与", "和")
)


def _plates(
    read: Read, bearing: Named, places: Sequence[Meant], names: Toponyms, doubt: float
) -> Iterator[Meaning]:
    best = min(RANKS[meant.called.toponym.level] for meant in places)
    for meant in places:
        level = meant.called.toponym.level
        more = doubt + (ASIDE if RANKS[level] > best else 0.0)
        for numbers in _numbers(read, bearing, level):
            usual = numbers._replace(doubt=numbers.doubt + more)
            if level == "estate":
                yield from _of_estate(meant, usual.without_its_part())
            elif level == "hamlet":
                yield from _at(meant, meant.called.toponym.path, usual.without_its_part())
            else:
                yield from _of_whole(meant, usual, names)
    if best == 0 and not any(each.kind == PLATE for each in read.counted):
        yield from _behind_gates(read, bearing)


def _behind_gates(read: Read, street: Named) -> Iterator[Meaning]:
    """An estate beside a street whose number was left out."""
    for named in read.bearers():
        for meant in named.meant if named is not street else ():
            if meant.called.toponym.level == "estate":
                for numbers in _numbers(read, named, "estate"):
                    yield from _of_estate(meant, numbers.without_its_part()._replace(doubt=numbers.doubt + ASIDE))


def _at(meant: Meant, path: str, numbers: Numbers) -> Iterator[Meaning]:
    for lanes in ways_filed(numbers.lanes) if numbers.plate else ():
        filed = PATH.join((path, *lanes))
        yield Meaning(meant, filed, numbers.plate, numbers.inside, numbers.doubt, instead=numbers.instead)


def _of_estate(meant: Meant, numbers: Numbers) -> Iterator[Meaning]:
    """Behind the gates of an estate, or at its own number."""
    toponym = meant.called.toponym
    for bearer, plate in toponym.gates:
        is_another = numbers.plate not in ("", plate)
        there = numbers.but(left_out(in_full(numbers.plate))) if is_another else numbers
        doubt = OTHER_GATE if is_another or not lead_there(numbers.lanes, bearer) else 0.0
        yield Meaning(meant, bearer, plate, there.inside, there.doubt + doubt, gate=True, instead=there.instead)
    own = numbers.doubt + (0.4 if toponym.gates else 0.0)
    yield from _at(meant, toponym.path, numbers._replace(doubt=own))
    elsewhere = own + OTHER_GATE if numbers.lanes else own
    if numbers.lanes or not numbers.plate:
        yield Meaning(meant, toponym.path, numbers.plate, numbers.inside, elsewhere)


def _of_whole(meant: Meant, numbers: Numbers, names: Toponyms) -> Iterator[Meaning]:
    """In a village's group or hamlet, in a section of a street; where none was said, in any of them."""
    path, part = meant.called.toponym.path, numbers.part
    if part:
        yield from _at(meant, PATH.join((path, part)), numbers)
    if part and (part.endswith("段") or meant.called.toponym.level == "section"):
        return  # another section, or none, is another place
    usual = numbers.without_its_part()
    yield from _at(meant, path, usual)
    for inner in names.inner.get(path, ()):
        if not (part and GROUP_NAME.fullmatch(inner.name)):  # another group is another place
            yield from _at(meant, inner.path, usual._replace(doubt=numbers.doubt + (0.8 if part else 0.4)))


def _numbers(read: Read, bearing: Named, level: str) -> Iterator[Numbers]:
    """The ways in which the numbers around a name may belong to it, the usual one first."""
    after = [each for each in read.counted if each.start >= bearing.end]
    before = [each for each in read.counted if each.end <= bearing.start]
    backwards = not after or _is_backwards(before, after)
    order = [*before[::-1], *after] if backwards else [*after, *before]
    yield from placed(read.text, order, level)


def _is_backwards(before: Sequence[Counted], after: Sequence[Counted]) -> bool:
    """Whether the number stands before the name: 12号文三路3幢 is not, 3幢12号文三路 is."""
    return any(each.kind == PLATE for each in before) and not any(each.kind in (PLATE, BARE) for each in after)
