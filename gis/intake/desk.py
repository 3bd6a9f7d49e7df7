"""The desk over which long lists pass: what the database keeps, knows and answers while they do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import geopandas as gpd
from sqlalchemy import ColumnElement, Connection, any_, cast
from sqlalchemy.dialects.postgresql import ARRAY

from gis.intake import personal, standing
from gis.intake.beside import Staged, counties, measure
from gis.intake.rules import NATION, Offence, Rule
from gis.intake.staging import stage
from gis.registers import Register, split
from gis.settings import Settings

MANY = 1000
"""So many new rows are worth being counted before anything is asked of them."""


@dataclass
class DatabaseDesk:
    """One transaction in which the lists of a delivery pass, beside what is in force on a day."""

    tx: Connection
    delivery: int
    day: date
    settings: Settings
    whole: bool = False
    _laid: dict[str, int] = field(default_factory=dict)
    """How many rows lie there uncounted, by register."""
    _frames: dict[frozenset[str], Mapping[str, gpd.GeoDataFrame]] = field(default_factory=dict)

    @contextmanager
    def all_or_nothing(self) -> Iterator[None]:
        """What was laid down is taken back when the list breaks off."""
        with self.tx.begin_nested():
            yield

    def known(self, register: Register, codes: Sequence[str]) -> gpd.GeoDataFrame:
        """The records in force that bear these codes."""
        return standing.frame(self.tx, register, self.day, _one_of(register.table.c.code, codes))

    def around(self, register: Register, sheet: gpd.GeoDataFrame) -> Mapping[str, gpd.GeoDataFrame]:
        """The frames in force in the counties of a chunk, of registers that are no long lists."""
        texts = {text for name in register.area_fields for text in sheet[name].dropna().unique()}
        units = {code for text in texts for code in split(str(text))}
        within = frozenset(counties(units, self.settings) - {""})
        if within not in self._frames:
            self._frames = {within: standing.around_units(self.tx, within, self.day)}  # the last one is kept
        return self._frames[within]

    def lay_down(self, register: Register, sheet: gpd.GeoDataFrame, *, set_aside: bool) -> None:
        """Stages a chunk."""
        stage(self.tx, self.delivery, register, sheet, set_aside=set_aside)
        self._laid[register.name] = self._laid.get(register.name, 0) + len(sheet)

    def lay_down_persons(self, register: Register, rows: Sequence[int], values: Sequence[dict[str, Any]]) -> None:
        """Stages what the rows of a chunk say of persons, apart."""
        personal.stage(self.tx, self.delivery, register, rows, values)

    def known_again(self, register: Register, made: Sequence[str]) -> Mapping[str, str]:
        """Made codes of rows without one -> those under which the same records are in force."""
        return {} if register.known_again is None else register.known_again(self.staged(register), made)

    def link(self, register: Register) -> None:
        """Gives the staged rows of a register what only the rows in force can tell."""
        if register.links is not None:
            measure(self.tx, register.staging)
            register.links(self.staged(register))

    def staged(self, register: Register) -> Staged:
        """The staged rows of a register beside what is in force."""
        return Staged(self.tx, self.delivery, self.day, self.settings, register, self.whole)

    def offences(self, register: Register, rule: Rule) -> Iterator[Offence]:
        """What a rule of tables finds in the staged rows, where the rule holds."""
        if self._laid.pop(register.name, 0) >= MANY:
            measure(self.tx, register.staging)
        within = "" if rule.jurisdiction == NATION else rule.jurisdiction
        yield from rule.check(
            Staged(self.tx, self.delivery, self.day, self.settings, register, self.whole, within)
        )

    def rows(self, register: Register, numbers: Sequence[int]) -> gpd.GeoDataFrame:
        """Some staged rows as a sheet."""
        chosen = _one_of(register.staging.c.row, sorted(set(numbers)))
        return standing.staged_frame(self.tx, register, self.delivery, chosen)


def _one_of(column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """However many the values, they are one parameter."""
    return column == any_(cast(values, ARRAY(column.type)))
