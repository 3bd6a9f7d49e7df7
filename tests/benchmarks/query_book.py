"""What a made county holds, to look it up: every address by its parts, every name by its town."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import NamedTuple

from tests.benchmarks.county_names import BETWEEN
from tests.benchmarks.made import PLATES, Made


class Part(NamedTuple):
    """One part of an address as somebody writes it."""

    level: str
    text: str


Parts = tuple[Part, ...]
ABOVE = ("province", "prefecture", "county")
NAMED = ("town", "community", "hamlet", "street", "estate")
NUMBERED = ("section", "lane", "alley", "number", "building", "cell", "floor", "room")
INSIDE = ("building", "cell", "floor", "room")


class Row(NamedTuple):
    """An address of the county."""

    code: str
    unit: str
    community: str
    hamlet: str
    street: str
    section: str
    lane: str
    alley: str
    number: str
    estate: str
    building: str
    cell: str
    floor: str
    room: str
    plate: str
    status: str
    certified: str
    former: str
    lon: float
    lat: float

    @property
    def is_inside(self) -> bool:
        """Whether it is a building, or a flat in one, behind a plate."""
        return bool(self.building or self.room)

    @property
    def is_rural(self) -> bool:
        return not self.street and not self.is_inside


assert Row._fields == PLATES


@dataclass(frozen=True)
class Name:
    """A named place with everything it is or was called."""

    name: str
    level: str
    community: str
    former: tuple[str, ...]
    aliases: tuple[str, ...]
    short: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (self.name, *self.former, *self.aliases, *self.short)


class Book:
    """A made county to look things up in."""

    def __init__(self, made: Made) -> None:
        self.made = made
        self._columns = [made.plates[name].to_numpy() for name in PLATES]
        self.units = dict(zip(made.units["code"], made.units["name"], strict=True))
        self.level = dict(zip(made.units["code"], made.units["level"], strict=True))
        self.parent = dict(zip(made.units["code"], made.units["parent"], strict=True))
        self.towns = [code for code in self.units if self.level[code] == "township"]

    def __len__(self) -> int:
        return len(self.made.plates)

    def row(self, at: int) -> Row:
        return Row(*(column[at] for column in self._columns))

    def any_row(self, chance: random.Random) -> Row:
        return self.row(chance.randrange(len(self)))

    def above(self, unit: str) -> Iterator[Part]:
        """Province, city and county of a town, from above."""
        chain = []
        while unit := self.parent[unit]:
            chain.append(Part(self.level[unit], self.units[unit]))
        yield from reversed(chain)

    @cached_property
    def names(self) -> dict[str, list[Name]]:
        """Town -> the named places in it."""
        found: dict[str, list[Name]] = {code: [] for code in self.towns}
        for each in self.made.toponyms.itertuples(index=False):
            others = (
                tuple(filter(None, str(text).split(BETWEEN)))
                for text in (each.former, each.aliases, each.short)
            )
            found[each.unit].append(Name(each.name, each.level, each.community, *others))
        return found

    @cached_property
    def said(self) -> dict[str, set[str]]:
        """Town -> everything that something in it is or was called."""
        return {unit: {text for name in names for text in name.all} for unit, names in self.names.items()}

    def named(self, row: Row, level: str) -> Name | None:
        """The place that a part of an address names."""
        text, kind = getattr(row, level), "road" if level == "street" else level
        same = [
            each
            for each in self._by_name.get((row.unit, kind, text), ())
            if level != "hamlet" or each.community == row.community
        ]
        return same[0] if same else None

    @cached_property
    def _by_name(self) -> dict[tuple[str, str, str], list[Name]]:
        found: dict[tuple[str, str, str], list[Name]] = {}
        for unit, names in self.names.items():
            for each in names:
                found.setdefault((unit, each.level, each.name), []).append(each)
        return found

    @cached_property
    def plates(self) -> dict[tuple[str, ...], str]:
        """What tells every plate from all others -> its code."""
        return {key_of(row): row.code for row in self.rows() if not row.is_inside}

    @cached_property
    def insides(self) -> dict[tuple[str, ...], str]:
        """(town, estate, building, cell, room) of every building and flat -> its code."""
        return {inside_key(row): row.code for row in self.rows() if row.is_inside}

    @cached_property
    def rural(self) -> dict[tuple[str, str, str], int]:
        """(town, hamlet, number) -> how many villages have such a plate."""
        found: dict[tuple[str, str, str], int] = {}
        for row in self.rows():
            if row.is_rural:
                key = (row.unit, row.hamlet, row.number)
                found[key] = found.get(key, 0) + 1
        return found

    def rows(self) -> Iterator[Row]:
        """Every address."""
        return map(Row._make, zip(*(column.tolist() for column in self._columns), strict=True))

    def plate_of(self, row: Row) -> str:
        """The code of the plate that an address is at or behind."""
        plate = row._replace(building="", cell="", floor="", room="")
        return self.plates.get(key_of(plate), "") if row.is_inside else row.code

    def exists(self, row: Row) -> bool:
        """Whether there is an address with these parts."""
        return inside_key(row) in self.insides if row.is_inside else key_of(row) in self.plates


def key_of(row: Row) -> tuple[str, ...]:
    """What tells a plate from all others of the county; on a road the village says nothing."""
    village = ("", "") if row.street else (row.community, row.hamlet)
    return (row.unit, *village, row.street, row.section, row.lane, row.alley, row.number)


def inside_key(row: Row) -> tuple[str, ...]:
    """What tells a building or flat from all others; the room tells the floor."""
    at = (row.estate,) if row.estate else (row.street, row.section, row.lane, row.alley, row.number)
    return (row.unit, *at, row.building, row.cell, row.floor if not row.room else "", row.room)


@dataclass(frozen=True)
class Draft:
    """A question on the way: the address it is after, and its parts as they will be written."""

    row: Row
    parts: Parts
    separator: str = ""
    twins: int = 0
    near: tuple[float, float] | None = None
    after_plate: bool = False
    """Whether the plate is asked for, not what is inside."""

    def text(self) -> str:
        return self.separator.join(part.text for part in self.parts)

    def has(self, level: str) -> bool:
        return any(part.level == level for part in self.parts)

    def with_part(self, level: str, text: str) -> Draft:
        """The same with another text in this part."""
        return replace(
            self, parts=tuple(Part(level, text) if part.level == level else part for part in self.parts)
        )

    def without(self, *levels: str) -> Draft:
        return replace(self, parts=tuple(part for part in self.parts if part.level not in levels))
