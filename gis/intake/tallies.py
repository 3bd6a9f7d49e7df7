"""Tallies: of what is found in a hundred thousand rows the first of each rule are kept, and all are counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

import geopandas as gpd
import numpy as np

from gis.intake.rules import Finding, Offence, Rule, Severity, Survey, as_finding, rules_of_tables
from gis.registers import Register
from gis.settings import Settings

KEPT = 1000
"""So many findings of one rule and weight are kept; the rest is told as a number."""
More = Mapping[tuple[str, Severity], int]
"""(rule, weight) -> how many findings there are beyond those kept."""


class Answering(Protocol):
    """Where staged rows lie and rules of tables are answered."""

    def offences(self, register: Register, rule: Rule) -> Iterator[Offence]:
        """What a rule of tables finds in the staged rows."""

    def rows(self, register: Register, numbers: Sequence[int]) -> gpd.GeoDataFrame:
        """Some staged rows as a sheet."""


Heard = Callable[[Rule], None]


def _silent(_rule: Rule) -> None:
    """Tells nobody."""


@dataclass
class Tally:
    """What is found in the rows of one register."""

    findings: list[Finding] = field(default_factory=list)
    counted: Counter[tuple[str, Severity]] = field(default_factory=Counter)
    _failing: bytearray = field(default_factory=bytearray)
    _told: set[str] = field(default_factory=set)
    """What was found of the whole list, which each of its chunks would say again."""

    def take(self, rule: Rule, offences: Iterable[Offence], survey: Survey) -> None:
        """Counts the offences against a rule; the first are kept, in words, with their rows as the survey has them."""
        for offence in self.sift(rule, offences):
            self.findings.append(as_finding(rule, offence, survey))

    def sift(self, rule: Rule, offences: Iterable[Offence]) -> Iterator[Offence]:
        """Counts all of them and lets those pass that are to be kept."""
        for offence in offences:
            if offence.row is None and self._told_already(rule, offence):
                continue
            weight = rule.weighs(offence)
            self.counted[rule.id, weight] += 1
            if weight is Severity.ERROR and offence.row is not None:
                self._fail(offence.row)
            if self.counted[rule.id, weight] <= KEPT:
                yield offence

    def ask_tables(self, desk: Answering, register: Register, on: date | None = None, tell: Heard = _silent) -> None:
        """Asks the rules of tables in force on a day; each finding stands where its row lies."""
        for rule in rules_of_tables(register, on):
            tell(rule)
            kept = list(self.sift(rule, desk.offences(register, rule)))
            sheet = desk.rows(register, [each.row for each in kept if each.row is not None])
            survey = Survey({register.name: sheet}, Settings())
            places = dict(zip(sheet["row"], sheet.geometry, strict=True))
            for each in kept:
                found = each if each.geometry is not None else replace(each, geometry=places.get(each.row))
                self.findings.append(as_finding(rule, found, survey))

    @property
    def blocking(self) -> int:
        """How many findings block."""
        return sum(number for (_, weight), number in self.counted.items() if weight is Severity.ERROR)

    @property
    def failing(self) -> int:
        """How many rows have an error."""
        return int(np.count_nonzero(np.frombuffer(self._failing, dtype=np.uint8)))

    @property
    def more(self) -> dict[tuple[str, Severity], int]:
        """How many findings there are beyond those kept."""
        return {key: number - KEPT for key, number in self.counted.items() if number > KEPT}

    def _told_already(self, rule: Rule, offence: Offence) -> bool:
        said = repr((rule.id, offence))
        if said in self._told:
            return True
        self._told.add(said)
        return False

    def _fail(self, row: int) -> None:
        if row >= len(self._failing):
            self._failing.extend(bytes(max(row + 1 - len(self._failing), 1 << 16)))
        self._failing[row] = 1
