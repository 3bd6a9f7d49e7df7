"""Marker numbers: an ordinal from 001 along the line, and the letter of the stone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

SINGLE, DOUBLE, TRIPLE = ("Q",), ("A", "B"), ("C", "D", "E")
"""One stone; two stones, one on each side; three stones."""
_NUMBER = re.compile(
    r"(?:\d{4}(?=\d{3}))?"  # the number of a province line: 1253 in 1253165Q
    r"(?P<ordinal>\d{1,3})"
    r"(?:-(?P<added>\d{1,2}))?"  # put in later, between two others
    r"(?P<stone>[QABCDE])?"
)
_AROUND = re.compile(r"[\s号桩界第]")


@dataclass(frozen=True, order=True)
class MarkerNumber:
    """One stone's number; `stone` is its letter, empty when not given. Sorts along the line."""

    ordinal: int
    added: int = 0
    stone: str = ""

    @property
    def printed(self) -> str:
        """As it stands on the stone, without the letter: 003, or 003-1."""
        return f"{self.ordinal:03}" + (f"-{self.added}" if self.added else "")


def read_number(number: str, line: str, stand: str) -> MarkerNumber | None:
    """Understands `001`, `02号`, `003A`, `1253165Q`, or any of them after the code of the line; else None.

    `stand` is the stone's letter from a field of its own; a number with another letter contradicts it.
    """
    plain = _AROUND.sub("", unicodedata.normalize("NFKC", number)).upper()
    own = _AROUND.sub("", line).upper()
    if own and plain.startswith(own) and plain != own:
        plain = plain.removeprefix(own).lstrip("-_/")
    found = _NUMBER.fullmatch(plain)
    if found is None or int(found["ordinal"]) == 0:
        return None
    if found["stone"] and stand and found["stone"] != stand:
        return None
    return MarkerNumber(int(found["ordinal"]), int(found["added"] or 0), found["stone"] or stand)


def complete(stones: set[str]) -> bool:
    """Whether the stones of one number make a whole: Q, A and B, or C, D and E."""
    return stones in ({""}, set(SINGLE), set(DOUBLE), set(TRIPLE))


def in_order(numbers: list[MarkerNumber]) -> list[int]:
    """Positions of the longest run of numbers that never falls; those left out stand in the wrong place.

    Stones of one number count as equal.
    """
    keys = [(each.ordinal, each.added) for each in numbers]
    best = [1] * len(keys)
    before = [-1] * len(keys)
    for here, key in enumerate(keys):
        for earlier in range(here):
            if keys[earlier] <= key and best[earlier] + 1 > best[here]:
                best[here], before[here] = best[earlier] + 1, earlier
    at = max(range(len(keys)), key=best.__getitem__, default=-1)
    run = []
    while at >= 0:
        run.append(at)
        at = before[at]
    return run[::-1]
