"""The way through an address: the least unusual division of it into parts (Viterbi's algorithm on the lattice)."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from placenames.addresses.parsing import address_grammar
from placenames.addresses.parsing.address_grammar import KEEP, ROAD, START, STATES, SUBROAD
from placenames.addresses.parsing.address_lattice import LONGEST_NAME, Lattice
from placenames.addresses.parsing.address_numbers import Split

_COSTS = address_grammar.costs()
_INTO = [list(column) for column in zip(*_COSTS, strict=True)]
_SLACK = 6.0
"""What costs so much more than the best at a cut cannot become the best any more."""
_BEST_STEP = 1.0
"""No step gains more than that."""
_DESPERATE = 30.0

_Step = tuple[float, int, int, int, Split, str]
"""The cheapest way to have read up to a cut in a state: what it costs, where the last part begins, in which state that
was reached, the state by which it was entered, how it divides, and by which rule. A plain tuple: there are many."""


class Stretch(NamedTuple):
    """One part of the way: from where to where, what it was read as, and by which rule."""

    start: int
    end: int
    state: int
    rule: str


class _Walk:
    """What is known while the lattice is walked from its beginning to its end."""

    def __init__(self, lattice: Lattice) -> None:
        self.lattice = lattice
        self.best: dict[int, dict[int, _Step]] = {0: {START: (0.0, 0, START, START, (), "")}}
        self.lowest: dict[int, float] = {0: 0.0}
        self.entries: dict[int, list[tuple[float, int] | None]] = {0: [None] * STATES}
        self.here: dict[int, _Step] = {}
        self.limit = inf
        """What is not cheaper need not be looked at."""

    def reach(self, index: int) -> None:
        """Finds the cheapest ways to a cut from all before it."""
        cuts, end = self.lattice.cuts, self.lattice.cuts[index]
        self.here, self.limit = {}, inf
        for piece in self.lattice.pieces.get(end, ()):
            for enters, leaves, cost, split in piece.readings:
                self._offer(piece.start, enters, leaves, cost, split, piece.rule)
        for at in range(index - 1, -1, -1):
            start = cuts[at]
            if end - start > LONGEST_NAME:
                break
            if self.lowest[start] - _BEST_STEP < self.limit:
                self._offer_names(start, end)
        if not self.here:
            self._offer(cuts[index - 1], KEEP, KEEP, _DESPERATE, (), "unknown")
        self._settle(end)

    def _offer_names(self, start: int, end: int) -> None:
        entries = self.entries[start]
        for state, cost, rule in self.lattice.names_between(start, end, self.limit - self.lowest[start] + _BEST_STEP):
            if state == KEEP:
                self._offer(start, KEEP, KEEP, cost, (), rule)
                continue
            before_cost, before = entries[state] or self._entry(start, state)
            if before_cost + cost < self.limit:
                self._take(before_cost + cost, start, before, state, state, (), rule)
            if state == ROAD:
                self._offer(start, SUBROAD, SUBROAD, cost, (), rule)

    def _offer(self, start: int, enters: int, leaves: int, cost: float, split: Split, rule: str) -> None:
        """Takes a reading of what lies between a cut and here, where it is the cheapest into its state."""
        if enters == KEEP:
            for state, step in self.best[start].items():
                self._take(step[0] + cost, start, state, KEEP, state, (), rule)
        else:
            before_cost, before = self.entries[start][enters] or self._entry(start, enters)
            self._take(before_cost + cost, start, before, enters, leaves, split, rule)

    def _take(self, total: float, start: int, before: int, enters: int, leaves: int, split: Split, rule: str) -> None:
        if total < self.limit:
            known = self.here.get(leaves)
            if known is None or total < known[0]:
                self.here[leaves] = (total, start, before, enters, split, rule)
                if total + _SLACK < self.limit:  # noqa: PLR1730  # min() would cost more than all the rest here
                    self.limit = total + _SLACK

    def _entry(self, start: int, state: int) -> tuple[float, int]:
        """The cheapest way into a state at a cut, and from which state."""
        into = _INTO[state]
        found = min([(step[0] + into[before], before) for before, step in self.best[start].items()])
        self.entries[start][state] = found
        return found

    def _settle(self, end: int) -> None:
        self.best[end] = {state: step for state, step in self.here.items() if step[0] < self.limit}
        self.lowest[end] = self.limit - _SLACK
        self.entries[end] = [None] * STATES


def best_path(lattice: Lattice) -> list[Stretch]:
    """The least unusual division of an address into parts; together they are all of it."""
    walk = _Walk(lattice)
    for index in range(1, len(lattice.cuts)):
        walk.reach(index)
    at = lattice.cuts[-1]
    state = min(walk.best[at], key=lambda each: walk.best[at][each][0])
    way: list[Stretch] = []
    while at > 0:
        _, start, before, enters, split, rule = walk.best[at][state]
        if split:
            way += [Stretch(first, last, part, rule) for part, first, last in reversed(split)]
        else:
            way.append(Stretch(start, at, KEEP if enters == KEEP else state, rule))
        at, state = start, before
    return way[::-1]
