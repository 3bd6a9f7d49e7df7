"""Those who ask: which parts of an address they write down before anything goes wrong."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace

from tests.benchmarks.query_book import INSIDE, Book, Draft, Part, Parts, Row


@dataclass
class Desk:
    """Somebody who asks about addresses of a county, by chance."""

    book: Book
    chance: random.Random

    def draft(self, row: Row, above: int | None = None) -> Draft:
        """An address from its parts; `above` units are written before the town: 0 to 3, or by chance."""
        wanted = self.chance.choices((0, 1, 2, 3), (4, 3, 1, 2))[0] if above is None else above
        over = tuple(self.book.above(row.unit))[-wanted:] if wanted else ()
        return Draft(row, (*over, Part("town", self.book.units[row.unit]), *self._located(row)))

    def _located(self, row: Row) -> Parts:
        levels: tuple[str, ...]
        at_road = ("street", "section", "lane", "alley", "number")
        if row.is_rural:
            levels = ("community", "hamlet", "number")
        elif row.is_inside:
            way = self.chance.choices(
                ((*at_road, "estate"), ("estate",), at_road), (55, 35, 10) if row.estate else (0, 0, 1)
            )
            levels = (*way[0], *INSIDE)
        else:
            levels = (*at_road, "estate") if self.chance.random() < 0.4 else at_road
        return tuple(Part(level, text) for level in levels if (text := getattr(row, level)))

    def in_full(self, row: Row) -> Draft:
        """The standard address with everything that the register knows."""
        levels = ("community", "hamlet", "street", "section", "lane", "alley", "number", "estate", *INSIDE)
        skipped = {"community", "hamlet"} if row.street else set()
        parts = (Part(level, getattr(row, level)) for level in levels if level not in skipped)
        named = tuple(part for part in parts if part.text)
        return Draft(row, (*self.book.above(row.unit), Part("town", self.book.units[row.unit]), *named))

    def only_plate(self, draft: Draft) -> Draft:
        """Without what is inside, so that the plate is asked for."""
        return replace(draft.without(*INSIDE), after_plate=True)
