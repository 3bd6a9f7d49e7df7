"""How the sample county numbers what it builds: along its streets, in their lanes, and behind one plate.

A street is numbered from its western or southern end, odd numbers on the left, even ones on the right; they rise with
the street, and some are kept free where something may yet be built.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from api.address_book import Book, Spot

LEFT, RIGHT = 1, 2
"""The sides of a street and their first numbers."""
ENDS_M, CROSSING_M, OFF_M = 12.0, 24.0, (6.0, 11.0)
"""Plates keep clear of the ends of a street and of crossings (m), and hang this far off its middle."""
APART_M = (18.0, 40.0)
KEPT_FREE = 0.12
"""After how many plates numbers are kept free."""
SUBS_ATTACHED = "990101103"
"""The town that writes sub-numbers as 12号附3号."""
KINDS = {
    "small": 0.705, "large": 0.14, "sub-numbered": 0.05, "lane": 0.045, "planned": 0.025, "temporary": 0.02,
    "compound": 0.015,
}  # fmt: skip
"""What stands at a place along a street."""
LANES, CLOSES, PARTED_LANE = ("弄", "巷"), "弄", 0.12


@dataclass(frozen=True)
class Gate:
    """An estate whose gate is on a street: how far along (m), on which side, and where its buildings are."""

    along: float
    side: int
    estate: str
    buildings: Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Street:
    """A street as its plates need it: its middle and the other streets, in metres from where it begins."""

    spot: Spot
    course: Any
    others: Any
    gates: list[Gate] = field(default_factory=list)

    def beside(self, along: float, off: float, side: int) -> tuple[float, float]:
        """A place so far along the street and off its middle (m)."""
        stops = (along, along - 1, along + 1)
        (x, y), (x1, y1), (x2, y2) = (self.course.interpolate(each).coords[0] for each in stops)
        span = math.hypot(x2 - x1, y2 - y1) * (1 if side == LEFT else -1)
        return x - (y2 - y1) / span * off, y + (x2 - x1) / span * off

    def is_crossed(self, along: float) -> bool:
        """Whether another street comes in here."""
        return bool(self.others.distance(self.course.interpolate(along)) < CROSSING_M)


def write_street(book: Book, street: Street) -> None:
    """Numbers both sides of a street."""
    for side in (LEFT, RIGHT):
        gates = sorted((gate for gate in street.gates if gate.side == side), key=lambda gate: gate.along)
        number, along = side, ENDS_M + book.random.uniform(0, 10)
        while along < street.course.length - ENDS_M:
            if not street.is_crossed(along):
                if gates and along >= gates[0].along:
                    _write_gate(book, street, gates.pop(0), along, number)
                else:
                    _write_place(book, street, along, side, number)
                number += 2 * int(book.random.integers(2, 5) if book.random.random() < KEPT_FREE else 1)
            along += book.random.uniform(*APART_M)


def write_building(
    book: Book, spot: Spot, at: tuple[float, float], building: int, **parts: str | None
) -> None:
    """A building with its plate, its staircases with theirs, and two rooms on every floor."""
    cells, floors = int(book.random.integers(1, 4)), int(book.random.integers(3, 7))
    named = {**parts, "building": f"{building}幢"}
    book.write(spot, at, "building", **named)
    for cell in range(1, cells + 1):
        door = (at[0] + 8.0 * (cell - 1), at[1])
        book.write(spot, door, "cell", **named, cell=f"{cell}单元")
        for floor in range(1, floors + 1):
            for room in (1, 2):
                book.write(spot, door, "room", **named, cell=f"{cell}单元", room=f"{floor}{room:02}室")


def _write_gate(book: Book, street: Street, gate: Gate, along: float, number: int) -> None:
    book.write(
        street.spot,
        street.beside(along, OFF_M[1], gate.side),
        "large",
        number=f"{number}号",
        estate=gate.estate,
    )
    for building, at in enumerate(gate.buildings, 1):
        write_building(book, street.spot, at, building, number=f"{number}号", estate=gate.estate)


def _write_place(book: Book, street: Street, along: float, side: int, number: int) -> None:
    kind = str(book.random.choice(list(KINDS), p=list(KINDS.values())))
    off = book.random.uniform(*OFF_M)
    at = street.beside(along, off, side)
    if kind == "lane":
        _write_lane(book, street, along, side, number)
    elif kind == "temporary":
        book.write(street.spot, at, "temporary", number=f"临{number}号", status="temporary")
    elif kind == "planned":
        book.write(street.spot, at, "small", number=f"{number}号", status="reserved", built="planned")
    else:
        plate = "small" if kind in ("small", "sub-numbered") else "large"
        book.write(street.spot, at, plate, number=f"{number}号")
        if kind == "sub-numbered":
            for sub in range(1, int(book.random.integers(2, 5))):
                beyond = street.beside(along + 3.5 * sub, off, side)
                book.write(street.spot, beyond, "small", number=_sub_number(street.spot.unit, number, sub))
        if kind == "compound":
            write_building(book, street.spot, street.beside(along, off + 25, side), 1, number=f"{number}号")


def _sub_number(unit: str, number: int, sub: int) -> str:
    return f"{number}号附{sub}号" if unit == SUBS_ATTACHED else f"{number}-{sub}号"


def _write_lane(book: Book, street: Street, along: float, side: int, number: int) -> None:
    """A lane off the street bears numbers of its own; some have another lane off them."""
    lane = f"{number}{LANES[int(book.random.random() < PARTED_LANE)]}"
    for place in range(1, int(book.random.integers(4, 11))):
        at = street.beside(along + (2.5 if place % 2 else -2.5), 12 + 4.5 * place, side)
        book.write(street.spot, at, "small", lane=lane, number=f"{place}号")
    if not lane.endswith(CLOSES):
        for place in (1, 2, 3):
            at = street.beside(along + 2.5 + 4 * place, 40, side)
            book.write(street.spot, at, "small", lane=lane, alley=f"5{CLOSES}", number=f"{place}号")
