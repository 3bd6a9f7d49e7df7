"""Addresses that do not exist: a number beyond the street's last, a road that is not there, a road of another town.

None of them is a slip: the road is two edits or more, and no homophone, away from everything that the town has.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import cached_property

from tests.benchmarks.made import Made
from tests.benchmarks.name_stock import Stock, common_characters, sound
from tests.benchmarks.query_book import Book, Row
from tests.benchmarks.query_desk import Desk
from tests.benchmarks.query_kinds import Asked
from tests.benchmarks.query_slips import one_edit_apart

TRIES = 200
FIRST_NUMBER = re.compile("^[0-9]+")
FURTHEST = 200
"""How far beyond the last number is asked for."""
Bearer = tuple[str, str, str, str, str]


class Nowhere:
    """Somebody who asks for what is not there."""

    def __init__(self, book: Book, seed: int) -> None:
        self.book, self.chance = book, random.Random(f"{seed} nowhere")
        self.desk, self.stock = Desk(book, self.chance), Stock(self.chance)

    def a_number_beyond_the_last(self) -> Row | None:
        row = self._any_plate()
        last = self.last_numbers[_bearer(row)]
        return row._replace(lane="", alley="", number=f"{last + self.chance.randint(1, FURTHEST)}号")

    def a_road_that_is_not_there(self) -> Row | None:
        """A road made up, or one two edits away from a road of the town; the number may well be there on others."""
        row = self._any_plate()
        if not row.street:
            return None
        name = (
            self._twice_changed(row.street)
            if self.chance.random() < 0.5
            else self.stock.stem() + self.stock.generic()
        )
        return row._replace(street=name, lane="", section="") if self.is_foreign(name, row.unit) else None

    def a_road_of_another_town(self) -> Row | None:
        row = self._any_plate()
        town = self.chance.choice(self.book.towns)
        return (
            row._replace(unit=town)
            if row.street and town != row.unit and self.is_foreign(row.street, town)
            else None
        )

    def is_foreign(self, name: str, town: str) -> bool:
        """Whether nothing in a town, nor the town itself, is or was called so, sounds so, or is one edit away."""
        others = {*self.book.said[town], self.book.units[town]}
        heard = sound(name)
        return not any(name == each or one_edit_apart(name, each) or sound(each) == heard for each in others)

    def _any_plate(self) -> Row:
        while True:
            row = self.book.any_row(self.chance)
            if not row.is_inside and row.number:
                return row._replace(estate="", former="")

    def _twice_changed(self, name: str) -> str:
        for _ in range(2):
            at, other = self.chance.randrange(len(name)), self.chance.choice(common_characters())
            changes: tuple[Callable[[], str], ...] = (
                lambda at=at, other=other, name=name: name[:at] + other + name[at + 1 :],
                lambda at=at, other=other, name=name: name[:at] + other + name[at:],
            )
            name = self.chance.choice(changes)() if at < len(name) - 1 else other + name
        return name

    @cached_property
    def last_numbers(self) -> dict[Bearer, int]:
        """The highest number that a road or hamlet has or had, lanes and former numbers among them."""
        last: dict[Bearer, int] = {}
        for row in self.book.rows():
            told = (row.number, row.lane, row.former.removeprefix(row.street))
            numbers = [int(found.group()) for text in told if (found := FIRST_NUMBER.search(text))]
            bearer = _bearer(row)
            last[bearer] = max(last.get(bearer, 0), *numbers, 0)
        return last


def _bearer(row: Row) -> Bearer:
    village = ("", "") if row.street else (row.community, row.hamlet)
    return (row.unit, *village, row.street, row.section)


def nonexistent(made: Made | Book, seed: int, count: int) -> list[Asked]:
    """So many questions of each of three kinds; no plate and no flat is a right answer to any of them."""
    nowhere = Nowhere(made if isinstance(made, Book) else Book(made), seed)
    ways = (
        nowhere.a_number_beyond_the_last,
        nowhere.a_road_that_is_not_there,
        nowhere.a_road_of_another_town,
    )
    return [each for way in ways for each in _of_way(nowhere, way, count)]


def _of_way(nowhere: Nowhere, way: Callable[[], Row | None], count: int) -> list[Asked]:
    found: dict[str, Asked] = {}
    for _ in range(count * TRIES):
        if len(found) == count:
            break
        row = way()
        if row is not None:
            q = nowhere.desk.draft(row).text()
            found[q] = Asked(q, way.__name__.replace("_", " "), "", "", exists=False, plain=q)
    return list(found.values())
