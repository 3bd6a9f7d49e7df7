"""Numbers in addresses: the forms in which plates, buildings, staircases, floors and rooms are written.

Each form is found with every way to read it and how unusual that would be; the way through the whole address decides.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from placenames.addresses.address_keys import no_numbers_in
from placenames.addresses.parsing.address_grammar import (
    CELL,
    FLOOR,
    HAMLET,
    HOUSE,
    KEEP,
    LANE,
    NUMBER,
    PART,
    PERSON,
    ROOM,
    SUBNUMBER,
)
from placenames.addresses.postcodes import postcodes_in
from placenames.addresses.telephones import telephones_in

Split = tuple[tuple[int, int, int], ...]
"""(state, start, end) of each of several numbers written as one: 12-3-1001."""


class Reading(NamedTuple):
    """One way to read a piece: the state it is entered by, the one it leaves, its cost, and how it divides."""

    enters: int
    leaves: int
    cost: float
    split: Split = ()


class Piece(NamedTuple):
    """A stretch of an address with the ways in which it may be read, and by which rule it was found."""

    start: int
    end: int
    readings: tuple[Reading, ...]
    rule: str


UNITS = {
    "house": "号楼 号幢 号栋 幢楼 栋楼 幢 栋 座 撞 # #楼 号馆 排",
    "cell": "单元 门 单",
    "floor": "楼层 楼 层 F",
    "room": "室 房间 房 户 档口 档 铺 号房 号铺 号室 号档 办公室",
    "lane": "巷 衖",
    "close": "弄",
    "group": "村民小组 生产队 小组 组 小队 队 社 邻",
    "part": "号门 组团 期 区 号库 号厂房",
    "plate": "号大院 号院 号",
    "stall": "街",
    "way": "公里 千米 米",
}
"""What follows a number and tells what it counts; 街 is a row of stalls in a market hall."""
_KINDS = {unit: kind for kind, units in UNITS.items() for unit in units.split()}
_UNIT = "|".join(map(re.escape, sorted(_KINDS, key=len, reverse=True)))
_AFTER = "(?:(?![Ff](?![A-Za-z0-9]))[A-Za-z]){0,2}"
"""Letters after the digits; F alone means floor."""
_ONE = f"[A-Za-z]{{0,3}}[0-9]+{_AFTER}(?![0-9])"
_MORE = f"(?: ?-{{1,4}} ?(?:[A-Za-z]{{0,3}}[0-9]+{_AFTER}|[A-Za-z](?![A-Za-z])))"
_SIDE = "[A-Za-z](?= ?-{1,4} ?[0-9])"
NUMBERED = re.compile(
    rf"(?P<lead>第|负|地下|(?<![0-9A-Za-z])-(?=[0-9]+[楼层])|[Nn][Oo]\.?|#)?"
    rf"(?P<body>(?:{_ONE}|{_SIDE}){_MORE}{{0,4}}(?:[、,/][0-9]{{1,5}}(?=[号、,/]))*)"
    rf"(?: ?(?P<unit>{_UNIT})(?P<sub>附[0-9]{{1,4}}号?|之[0-9]{{1,4}}号?(?![0-9-]))?)?"
)
LETTERED = re.compile(
    "(?<![A-Za-z])(?P<body>[A-Za-z]{1,2}|[甲乙丙丁戊己庚辛]|[东西南北中]) ?(?P<unit>座|幢|栋|号楼|单元|区|馆)"
    "|(?<![A-Za-z0-9])(?P<lone>[A-Za-z])(?![A-Za-z0-9])"
    "|(?P<ground>底层|底楼|顶层|顶楼|地下室)"
)
BEFORE_A_NUMBER = re.compile("[东西南北]?[甲乙丙丁]$|[临特副]$")
"""甲1号, 临12号: the plate has more than its number."""
_PARTS = re.compile("[A-Za-z]*[0-9]+[A-Za-z]*|[A-Za-z]+")
LARGEST_SUBNUMBER, WIDEST_RANGE = 5, 60
"""Our inference: 10-2号 is a plate with a sub-number and 239-243号 a range; 188-12号 is building 12 of plate 188."""
ROOM_DIGITS = 3
"""Rooms tell their floor: 101, 2304."""


def _alone(*costs: tuple[int, float]) -> tuple[Reading, ...]:
    return tuple(Reading(state, state, cost) for state, cost in costs)


_SINGLE = {
    "plate": _alone((NUMBER, 0.0), (SUBNUMBER, 0.0), (HOUSE, 0.7), (ROOM, 0.9), (CELL, 1.1)),
    "house": _alone((HOUSE, 0.0)),
    "cell": _alone((CELL, 0.0)),
    "floor": _alone((FLOOR, 0.0), (HOUSE, 1.3)),
    "room": _alone((ROOM, 0.0)),
    "lane": _alone((LANE, 0.0)),
    "close": _alone((NUMBER, 0.0), (LANE, 2.0)),
    "group": _alone((HAMLET, 0.0)),
    "stall": _alone((CELL, 0.2)),
    "part": _alone((PART, 0.0), (PERSON, 1.5)),
    "way": _alone((KEEP, 0.5)),
}
_SINGLE_OF = {"号": _alone((NUMBER, 0.0)), "弄": _alone((NUMBER, 0.0), (LANE, 0.5)), "巷": _SINGLE["lane"]}
_FEW_DIGITS = _alone((NUMBER, 0.9), (SUBNUMBER, 0.9), (HOUSE, 0.8), (CELL, 1.5), (ROOM, 1.4))
_MANY_DIGITS = _alone((NUMBER, 0.9), (SUBNUMBER, 0.9), (ROOM, 0.6), (HOUSE, 1.6))
_LETTER_FEW = _alone((HOUSE, 0.8), (ROOM, 1.0), (NUMBER, 3.0))
_LETTER_MANY = _alone((ROOM, 0.6), (HOUSE, 1.8), (NUMBER, 3.0))
_INSIDE: dict[int, tuple[tuple[tuple[int, ...], float], ...]] = {
    2: (((HOUSE, ROOM), 0.2), ((CELL, ROOM), 0.4), ((FLOOR, ROOM), 1.0)),
    3: (((HOUSE, CELL, ROOM), 0.0), ((CELL, FLOOR, ROOM), 0.8)),
    4: (((HOUSE, CELL, FLOOR, ROOM), 0.0),),
}
"""12-1001, 12-3-1001, 12-3-10-1001."""


class _Number(NamedTuple):
    """A number with its unit, as found."""

    text: str
    kind: str
    parts: list[tuple[int, int]]
    end: int
    is_joined: bool
    """Written with 之 or 、: all of it is one."""

    @property
    def digits(self) -> list[int]:
        """What its parts say; -1 where letters stand among them."""
        words = [self.text[start:stop] for start, stop in self.parts]
        return [int(each) if each.isdigit() else -1 for each in words]

    def is_one_plate(self) -> bool:
        """Whether two numbers are a plate and its sub-number, or the first and last of a range."""
        if self.is_joined or len(self.parts) != 2:
            return self.is_joined
        first, second = self.digits
        return 0 <= second <= LARGEST_SUBNUMBER or 0 <= first < second <= first + WIDEST_RANGE

    def as_parts(self, states: tuple[int, ...], cost: float) -> Reading:
        """Each of its parts in a state of its own."""
        ends = [stop for _, stop in self.parts[:-1]] + [self.end]
        spans = tuple((state, start, stop) for state, (start, _), stop in zip(states, self.parts, ends, strict=True))
        return Reading(states[0], states[-1], cost, spans)

    def inside(self, more: float = 0.0) -> Iterator[Reading]:
        """As building, staircase, floor and room."""
        for states, cost in _INSIDE.get(len(self.parts), ()):
            yield self.as_parts(states, cost + more)


def numbers_in(text: str, joined: Collection[int] = ()) -> list[Piece]:
    """Every number in an address, with the ways in which each may be read; `joined` are dashes written as 之."""
    found = [Piece(*each.span(), (Reading(KEEP, KEEP, 0.3),), "unknown") for each in telephones_in(text)]
    found += [Piece(*each.span(), (Reading(KEEP, KEEP, 0.3),), "postcode") for each in postcodes_in(text)]
    none = tuple(found)
    for each in NUMBERED.finditer(text):
        if not any(one.start <= each.start() < one.end for one in none):
            found += _pieces_of(text, each, joined)
    found += [_lettered(each) for each in LETTERED.finditer(text)]
    found += [_as_it_stands(each) for each in no_numbers_in(text) if each["unit"] in _SINGLE_OF]
    return found


def _pieces_of(text: str, found: re.Match[str], joined: Collection[int]) -> list[Piece]:
    unit, stop = found["unit"] or "", found.end("body")
    kind = "plate" if (found["lead"] or "#")[0] in "#Nn" and found["lead"] else _KINDS.get(unit, "bare")
    start, end = found.span()
    pieces = []
    if unit or kind == "plate":
        pieces.append(Piece(start, end, _readings(found, kind, end, joined), f"number:{unit or found['lead']}"))
    if kind == "bare" or unit in {"公里", "米", "期", "区", "街", "门", "单", "组", "队", "社"}:
        pieces.append(Piece(start, stop, _readings(found, "bare", stop, joined), "number"))
    if unit in {"号库", "号厂房", "号门", "号铺", "号档"}:
        dearer = (each._replace(cost=each.cost + 0.5) for each in _readings(found, "plate", stop + 1, joined))
        pieces.append(Piece(start, stop + 1, tuple(dearer), "number:号"))
    if kind == "plate" and (before := BEFORE_A_NUMBER.search(text, max(0, start - 2), start)):
        pieces += [each._replace(start=before.start()) for each in pieces]
    return pieces


def _readings(found: re.Match[str], kind: str, end: int, joined: Collection[int]) -> tuple[Reading, ...]:
    if kind == "plate" and found["sub"]:
        return _alone((NUMBER, 0.0), (SUBNUMBER, 0.0))
    if kind == "floor" and found["sub"]:
        spans = ((FLOOR, found.start(), found.start("sub")), (ROOM, found.start("sub"), end))
        return (Reading(FLOOR, ROOM, 0.0, spans),)
    first, last = found.span("body")
    parts = [each.span() for each in _PARTS.finditer(found.string, first, last)]
    is_joined = any(mark in found["body"] for mark in "、,/") or any(first < at < last for at in joined)
    number = _Number(found.string, kind, parts, end, is_joined)
    if len(parts) == 1:
        return _bare(found["body"]) if kind == "bare" else _SINGLE[kind]
    return tuple(_of_several(number))


def _of_several(number: _Number) -> Iterator[Reading]:
    match number.kind:
        case "plate" | "bare":
            yield from _plates_or_rooms(number, 0.0 if number.kind == "plate" else 0.6)
        case "room" if all(stop - start >= ROOM_DIGITS for start, stop in number.parts):
            yield from _alone((ROOM, 0.0))
        case "room":
            yield from (*_alone((ROOM, 0.7)), *number.inside())
        case "cell" if len(number.parts) == 2:
            yield from (number.as_parts((HOUSE, CELL), 0.3), *_alone((CELL, 0.5)))
        case kind:
            yield from _SINGLE[kind]


def _plates_or_rooms(number: _Number, unmarked: float) -> Iterator[Reading]:
    """1-3号 is one plate or a range of plates, 188-12号 a plate and a building; in an estate building and room."""
    if number.is_one_plate():
        yield from _alone((NUMBER, unmarked), (SUBNUMBER, unmarked), (ROOM, 0.8 + unmarked), (HOUSE, 2.0))
    elif len(number.parts) == 2:
        yield from (number.as_parts((state, HOUSE), unmarked) for state in (NUMBER, SUBNUMBER))
        yield from _alone((NUMBER, 1.0 + unmarked), (SUBNUMBER, 1.0 + unmarked), (ROOM, 0.8 + unmarked))
    else:
        yield from _alone((NUMBER, 3.0), (ROOM, 2.5))
    if not number.is_joined:
        yield from number.inside(0.6 - unmarked)


def _bare(body: str) -> tuple[Reading, ...]:
    digits = sum(each.isdigit() for each in body)
    if digits == len(body):
        return _FEW_DIGITS if digits < ROOM_DIGITS else _MANY_DIGITS
    return _LETTER_FEW if digits < ROOM_DIGITS else _LETTER_MANY


def _as_it_stands(found: re.Match[str]) -> Piece:
    """12.5号 is one piece: neither number 12 nor building 5 was written."""
    return Piece(*found.span(), _SINGLE_OF[found["unit"]], f"number:{found['unit']}")


def _lettered(found: re.Match[str]) -> Piece:
    unit = found["unit"]
    if unit is None:
        readings = _alone((FLOOR, 0.3)) if found["ground"] else _alone((HOUSE, 1.3), (PART, 2.0), (ROOM, 2.5))
    elif unit == "单元":
        readings = _alone((CELL, 0.0))
    elif unit == "区":
        readings = _alone((PART, 0.0), (PERSON, 2.0))
    else:
        readings = _alone((HOUSE, 0.0))
    return Piece(*found.span(), readings, f"letter:{unit or ''}")
