"""Numbers placed: which number of an address is that of the plate, and which lie behind it.

Most numbers say what they count; what does not takes the place that is free. Where the plate may not be there as it is
written, other ways to read it follow: the first of several numbers, 12 for 012, plate 32 for 32-77号, plate 12 for 12幢.
What such a reading assumes is told, and it is never worth as much as what was written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from gis.text import Text
from placenames.addresses.address_keys import PATH, grouped
from placenames.addresses.finding.counted_parts import (
    BARE,
    CELL,
    FLOOR,
    GROUP,
    HOUSE,
    LANE,
    PLATE,
    ROOM,
    SECTION,
    SEVERAL,
    Counted,
)

FEW_DIGITS = 2
"""Rooms tell their floor: 101; a shorter number is a building."""
WIDEST_RUN, LIKELY_A_RUN = 60, 0.7
"""So far one plate may reach along its side of the street, and what its first number is worth where a run was written."""
Inside = tuple[str, str, str, str]
"""Building, staircase, floor, room; empty where nothing is said."""
NOTHING_INSIDE: Inside = ("", "", "", "")
PARTS = (GROUP, SECTION)
ZEROS = re.compile("(?<![0-9])0+(?=[1-9])")
A_PART = re.compile("[0-9A-Z]+")
ROOM_BEHIND = re.compile("号-[0-9A-Z]+$")
"""12号-301: most who write so mean room 301, and no sub-number."""


class Instead(NamedTuple):
    """What was read otherwise than it is written, in words, and what an answer by that is worth at most."""

    most: float
    told: Text
    unless_inside: bool = False
    """It is right after all where the answer lies inside a plate: 188-12号 is building 12 of plate 188."""


SECOND, ONE_LEFT_OUT = 0.99, 0.8
"""The most that an answer has where a second number was taken for a building or room, or one of several was left out."""
_LEFT = Text("未采用“{said}”", "“{said}” was left out of account")
_INSIDE = Text("第二个号“{said}”按幢、室号认", "the second number “{said}” is taken for that of a building or room")
_RUN = Text(
    "“{said}”未登记,无论是连号还是附号,给出“{taken}”",
    "“{said}” is not registered; be it a run of numbers or a sub-number, “{taken}” is given",
)
_NO_SUBNUMBER = Text("附号 {sub} 未登记", "sub-number {sub} is not registered")
_SEVERAL = Text(
    "写了多个门牌号“{said}”,只取“{taken}”,其余未采用",
    "several numbers were written, “{said}”: “{taken}” is taken, the others are ignored",
)
_ZEROS = Text("“{said}”按“{taken}”认", "“{said}” is taken for “{taken}”")
_BUILDING = Text("幢号“{said}”按门牌号认", "building number “{said}” is taken for the number of a plate")


class Numbers(NamedTuple):
    """The numbers of an address in their places, and what was assumed to put them there."""

    lanes: tuple[str, ...] = ()
    part: str = ""
    """The group of a village, the section of a street."""
    plate: str = ""
    inside: Inside = NOTHING_INSIDE
    doubt: float = 0.0
    instead: tuple[Instead, ...] = ()

    def without_its_part(self) -> Numbers:
        """The same, where the group or section that was said is not that of the answer."""
        return self.but(left_out(self.part), part="") if self.part else self

    def but(self, instead: Instead, doubt: float = 0.0, **changed: str | Inside) -> Numbers:
        """The same numbers, one of them read otherwise."""
        read = self._replace(doubt=self.doubt + doubt, instead=(*self.instead, instead))
        return read._replace(**changed)  # type: ignore[arg-type]


def agrees(inside: str, asked: Inside) -> bool:
    """Whether what lies inside a plate, by its key, is what was asked for, as far as it was said."""
    if asked == NOTHING_INSIDE or not inside:
        return False
    return all(not one or one == other for one, other in _beside_each_other(inside, asked))


def lies_around(inside: str, asked: Inside) -> bool:
    """Whether what lies inside a plate, by its key, holds what was asked for: the building of a room."""
    return bool(inside) and all(not other or one == other for one, other in _beside_each_other(inside, asked))


def _beside_each_other(inside: str, asked: Inside) -> Iterator[tuple[str, str]]:
    """Each part that was asked for, and what the key has there: building, staircase, room or floor."""
    floor = f"F{asked[2]}" if asked[2] else ""
    return zip((asked[0], asked[1], asked[3] or floor), inside.split(PATH), strict=True)


def placed(text: str, order: Sequence[Counted], level: str) -> Iterator[Numbers]:
    """The ways in which the numbers of an address may stand in their places, the usual one first."""
    places: dict[int, str] = {}
    bare: list[Counted] = []
    said: dict[int, str] = {}
    left: list[Instead] = []
    ways = sorted(order, key=lambda one: one.start) if _lanes_before(order) else order
    lanes = [_said(text, each) for each in ways if each.kind == LANE]
    for each in order:
        said.setdefault(each.kind, _said(text, each))
        key = _said(text, each) if each.kind in PARTS else each.key
        if each.kind == BARE:
            bare.append(each)
        elif each.kind == PLATE and PLATE in places:
            left += _place_another_plate(each.key, places, said_so=_said(text, each))
        elif each.kind not in places and each.kind != LANE:
            places[each.kind] = key
        elif each.kind != LANE and places[each.kind] != key:
            left.append(left_out(_said(text, each)))
    doubt, found_none = _place_bare(text, bare, places, level)
    left += found_none
    if _is_on_another_floor(places):
        left.append(left_out(said[FLOOR]))
    for numbers in _one_plate(_numbers_of(lanes, places, doubt)._replace(instead=tuple(left))):
        yield numbers
        yield from _otherwise(numbers, said, level)


def _place_another_plate(key: str, places: dict[int, str], *, said_so: str) -> Iterator[Instead]:
    """12号3号: the second is a building or a room, if there is none yet."""
    if key == places[PLATE]:
        return
    kind = HOUSE if HOUSE not in places else ROOM
    if kind in places and places[kind] != key:
        yield left_out(said_so)
    else:
        places[kind] = key
        yield Instead(SECOND, _INSIDE.fill(said=said_so))


def left_out(said: str) -> Instead:
    """A number that was said and has no part in the answer."""
    return Instead(ONE_LEFT_OUT, _LEFT.fill(said=said))


def _is_on_another_floor(places: Mapping[int, str]) -> bool:
    """Whether a floor was said that is not that of the room: 9楼 or 地下室 of 301室."""
    floor, room = places.get(FLOOR, ""), places.get(ROOM, "")
    return bool(floor) and room.isdigit() and len(room) > FEW_DIGITS and room[:-FEW_DIGITS] != floor


def _said(text: str, counted: Counted) -> str:
    return text[counted.start : counted.end].replace(" ", "")


def _lanes_before(order: Sequence[Counted]) -> bool:
    """Whether lanes stand before the number they lead to, as usual: 12弄3号."""
    plates = [each.start for each in order if each.kind in (PLATE, BARE)]
    lanes = [each.start for each in order if each.kind == LANE]
    return bool(lanes) and (not plates or lanes[0] < max(plates))


def _place_bare(text: str, bare: Sequence[Counted], places: dict[int, str], level: str) -> tuple[float, list[Instead]]:
    """Gives numbers without a word of their own the places that are free; how doubtful that is, and what found none."""
    doubt, left = 0.0, []
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
        placed_so = [places.setdefault(kind, part) for kind, part in zip(free, parts, strict=False)]
        if placed_so != parts:
            left.append(left_out(_said(text, each)))
    return doubt, left


def _numbers_of(lanes: Sequence[str], places: dict[int, str], doubt: float) -> Numbers:
    inside = tuple(places.get(kind, "") for kind in (HOUSE, CELL, FLOOR, ROOM))
    part = grouped(places.get(GROUP) or places.get(SECTION) or "")
    return Numbers(tuple(lanes), part, places.get(PLATE, ""), inside, doubt)  # type: ignore[arg-type]


def _one_plate(usual: Numbers) -> Iterator[Numbers]:
    """The plate as it is written, the first where several are, and either without zeros that say nothing."""
    yield usual
    if several := SEVERAL.fullmatch(usual.plate):
        taken = several["first"] or several["bare"]
        usual = usual.but(Instead(0.8, _SEVERAL.fill(said=usual.plate, taken=f"{taken}号")), 0.05, plate=taken)
        yield usual
    plain = ZEROS.sub("", usual.plate)
    if plain != usual.plate and not usual.plate.endswith("号"):
        yield usual.but(Instead(1.0, _ZEROS.fill(said=usual.plate, taken=plain)), 0.05, plate=plain)


def _otherwise(usual: Numbers, said: dict[int, str], level: str) -> Iterator[Numbers]:
    """188-12号 may be building 12 behind plate 188; 阳光花园12号 may be its building 12."""
    first, dash, second = usual.plate.partition("-")
    house, cell, floor, room = usual.inside
    if dash and A_PART.fullmatch(second) and not house:
        before = usual._replace(plate=first, instead=(*usual.instead, *_without_a_subnumber(first, second, said)))
        likely, less_so = (0.7, 0.9) if len(second) <= FEW_DIGITS else (0.9, 0.7)
        yield before._replace(inside=(second, cell, floor, room), doubt=usual.doubt + likely)
        if not room:
            yield before._replace(inside=("", cell, floor, second), doubt=usual.doubt + less_so)
    if level == "estate" and usual.plate and not house:
        yield usual._replace(plate="", inside=(usual.plate, cell, floor, room), doubt=usual.doubt + 0.2)
    if house and not usual.plate and level != "estate" and house.isdigit():
        taken = Instead(0.7, _BUILDING.fill(said=said.get(HOUSE, house)))
        yield usual.but(taken, 0.8, plate=ZEROS.sub("", house), inside=("", cell, floor, room))
    if house and not cell and not room and len(house) <= FEW_DIGITS and usual.plate:
        yield usual._replace(inside=("", "", floor, house), doubt=usual.doubt + 0.8)


def _without_a_subnumber(first: str, second: str, said: dict[int, str]) -> Iterator[Instead]:
    """32-77号 says a sub-number, 12-14号 a run as well; 32-77 may be a building or room as well, and 12号-301 is a room."""
    if PLATE not in said or ROOM_BEHIND.search(said[PLATE]):
        return
    if "附" not in said[PLATE] and _is_a_run(first, second):
        told = _RUN.fill(said=said[PLATE], taken=f"{first}号")
        yield Instead(LIKELY_A_RUN, told, unless_inside=True)
    else:
        yield Instead(0.6, _NO_SUBNUMBER.fill(sub=second), unless_inside=True)


def _is_a_run(first: str, second: str) -> bool:
    """Whether two numbers may be the ends of a run on one side of a street, as at a wide shop."""
    if not (first.isdigit() and second.isdigit()):
        return False
    beyond = int(second) - int(first)
    return 0 < beyond <= WIDEST_RUN and beyond % 2 == 0
