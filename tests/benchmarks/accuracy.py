"""How often a lookup is right: answers beside what should have been answered, in a table by kind of question."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from tests.benchmarks.query_kinds import FORM, ORDER, SLIP, TYPING, Asked

PRECISE = frozenset({"flat", "plate"})
"""Levels at which an answer claims to be the very address."""
NOWHERE = "nowhere"
FIRST = 5
SHOWN = 4
"""Misses of a kind that are printed."""


class Answer(Protocol):
    """What is looked at of an answer."""

    @property
    def code(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def match_level(self) -> str: ...


@dataclass
class Line:
    """The outcome for one kind of question."""

    kind: str
    group: str
    asked: int = 0
    first: int = 0
    """The address meant stood first."""
    among: int = 0
    """It stood among the first five."""
    plates: int = 0
    """The first answer was the address meant, or the plate that it is behind."""
    false_plates: int = 0
    """The first answer, or any where no such address exists, was another plate or flat."""
    at_best: float = 0.0
    """How many could stand first for somebody who guesses among all that may be meant."""
    at_best_among: float = 0.0
    """How many could stand among the first five for the same."""
    misses: list[str] = field(default_factory=list)

    def take(self, asked: Asked, answers: Sequence[Answer]) -> None:
        """Counts one question and its answers."""
        self.asked += 1
        self.at_best += 1 / (1 + asked.twins)
        self.at_best_among += min(1, FIRST / (1 + asked.twins))
        codes = [each.code if each.match_level in PRECISE else "" for each in answers[:FIRST]]
        first = codes[0] if codes else ""
        if not asked.exists:
            self._take_nowhere(asked, answers, wrong=any(codes))
            return
        self.first += first == asked.expected_code
        self.among += asked.expected_code in codes
        self.plates += bool(first) and first in (asked.expected_code, asked.plate_code)
        self.false_plates += bool(first) and first not in (asked.expected_code, asked.plate_code)
        if first != asked.expected_code:
            self._miss(asked, answers)

    def _take_nowhere(self, asked: Asked, answers: Sequence[Answer], *, wrong: bool) -> None:
        self.false_plates += wrong
        if wrong:
            self._miss(asked, answers)

    def _miss(self, asked: Asked, answers: Sequence[Answer]) -> None:
        told = f"{answers[0].label} [{answers[0].match_level}]" if answers else "nothing"
        near = f" near {asked.near[0]:.4f} {asked.near[1]:.4f}" if asked.near else ""
        several = f" ({asked.twins} others fit)" if asked.twins else ""
        self.misses.append(
            f"{asked.q}{near} | meant {asked.plain if asked.exists else 'nothing'}{several} | {told}"
        )


@dataclass
class Table:
    """The outcome by kind."""

    lines: dict[str, Line] = field(default_factory=dict)

    def of_group(self, group: str) -> Line:
        """All kinds of a group together."""
        whole = Line(f"all: {group}", group)
        for line in self.lines.values():
            if line.group == group:
                for name in ("asked", "first", "among", "plates", "false_plates", "at_best", "at_best_among"):
                    setattr(whole, name, getattr(whole, name) + getattr(line, name))
                whole.misses += line.misses
        return whole

    def share(self, group: str, what: str) -> float:
        """What share of a group's questions came out so: first, among, plates, false_plates."""
        whole = self.of_group(group)
        return float(getattr(whole, what)) / whole.asked

    def __str__(self) -> str:
        groups = dict.fromkeys(line.group for line in self.lines.values())
        rows = [
            f"{'kind':44}{'n':>6}{'first':>8}{'in 5':>8}{'plate':>8}{'false':>8}{'at best':>9}{'in 5':>8}"
        ]
        for group in groups:
            lines = [line for line in self.lines.values() if line.group == group]
            rows += [_row(line) for line in (*lines, self.of_group(group))]
        for line in self.lines.values():
            rows += [f"\n{line.kind}, {len(line.misses)} of {line.asked} missed:"] if line.misses else []
            rows += [f"  {miss}" for miss in line.misses[:SHOWN]]
        return "\n".join(rows)


def _row(line: Line) -> str:
    counts = (line.first, line.among, line.plates, line.false_plates, line.at_best, line.at_best_among)
    shares = [f"{100 * count / line.asked:.2f}" if line.asked else "-" for count in counts]
    if line.group == NOWHERE:
        shares = ["", "", "", shares[3], "", ""]
    widths = (8, 8, 8, 8, 9, 8)
    return f"{line.kind:44}{line.asked:6}" + "".join(
        f"{each:>{width}}" for each, width in zip(shares, widths, strict=True)
    )


def measure(asked: Sequence[Asked], answered: Sequence[Sequence[Answer]], groups: Mapping[str, str]) -> Table:
    """The table for questions and their answers in the same order; `groups`: kind -> group, what does not exist apart."""
    table = Table()
    for question, answers in zip(asked, answered, strict=True):
        group = groups[question.kind] if question.exists else NOWHERE
        table.lines.setdefault(question.kind, Line(question.kind, group)).take(question, answers)
    return table


THRESHOLDS = (
    (FORM, "first", 0.997), (SLIP, "first", 0.975), (SLIP, "among", 0.99), (ORDER, "first", 0.97), (TYPING, "among", 0.90),
)  # fmt: skip
"""(group, what, the least share) of what is asked of the lookup."""
FALSE_PLATES = 0.005
"""The largest share of addresses that do not exist for which a plate may be answered."""


def shortcomings(table: Table) -> list[str]:
    """Which thresholds were missed, and by how much."""
    found = [
        f"{group} {what}: {table.share(group, what):.4f} < {least}"
        for group, what, least in THRESHOLDS
        if table.share(group, what) < least
    ]
    false = table.share(NOWHERE, "false_plates")
    return found + ([f"false plates: {false:.4f} > {FALSE_PLATES}"] if false > FALSE_PLATES else [])
