"""Defect counts: how many of each of the five defects there are among the addresses in force, by unit."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CTE, Connection, Select, func, select

from boundaries.units import UNITS
from gis.history import in_force
from gis.intake.rules import RULES
from gis.settings import Settings
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.checks.address_defects import (
    DEFECTS,
    Defect,
    address_without_number,
    many_numbers_one_place,
    number_without_address,
    one_number_many_places,
)
from placenames.addresses.checks.addresses_together import in_force_on, in_use
from placenames.addresses.checks.number_as_sent import READ, contradiction, may_contradict

QUESTIONS: Mapping[str, Callable[[CTE, Settings], Select[Any]]] = {
    "AD17": one_number_many_places,
    "AD18": many_numbers_one_place,
    "AD19": address_without_number,
    "AD20": number_without_address,
}
"""Rule -> what it asks of many addresses; AD16 reads them one by one."""


@dataclass(frozen=True)
class Counted:
    """How often a defect was found, by unit code."""

    defect: Defect
    units: Mapping[str, int]

    @property
    def number(self) -> int:
        """How often in all units together."""
        return sum(self.units.values())


@dataclass(frozen=True)
class DefectCounts:
    """The five defects among the addresses in force on a day, of a unit (beginning of the unit codes; empty: all)."""

    on: date
    unit: str
    counted: tuple[Counted, ...]
    names: Mapping[str, str]
    """Unit code -> name, of the units with defects."""

    def as_dict(self) -> dict[str, Any]:
        """For programs: each defect with its meaning, where that comes from, and how often it is in each unit."""
        return {"on": self.on, "unit": self.unit, "defects": [self._told(each) for each in self.counted]}

    def _told(self, each: Counted) -> dict[str, Any]:
        source = RULES[each.defect.rule].source
        return {
            "rule": each.defect.rule,
            "defect": each.defect.name.as_dict(),
            "meaning": each.defect.meaning.as_dict(),
            "source": {"citation": source.citation, "grade": source.grade},
            "count": each.number,
            "units": [
                {"unit": unit, "name": self.names.get(unit, ""), "count": number}
                for unit, number in sorted(each.units.items())
            ],
        }


def defects_in_force(look: Connection, on: date, settings: Settings, unit: str = "") -> DefectCounts:
    """Counts the five defects among the addresses in force on a day, of a unit and those below it."""
    counted = []
    for each in DEFECTS:
        question = QUESTIONS.get(each.rule)
        found = _numbers_unlike(look, on, unit) if question is None else _asked(look, question, on, unit, settings)
        counted.append(Counted(each, found))
    codes = {code for each in counted for code in each.units}
    u = UNITS.table
    named = select(u.c.code, u.c.name).where(in_force(u, on), u.c.code.in_(sorted(codes)))
    return DefectCounts(on, unit, tuple(counted), {row.code: row.name for row in look.execute(named)})


def _asked(
    look: Connection, question: Callable[[CTE, Settings], Select[Any]], on: date, unit: str, settings: Settings
) -> dict[str, int]:
    found = question(in_force_on(on, unit), settings).order_by(None).subquery("found")
    return {row[0]: row[1] for row in look.execute(select(found.c.unit, func.count()).group_by(found.c.unit))}


def _numbers_unlike(look: Connection, on: date, unit: str) -> dict[str, int]:
    return dict(Counter(code for code, words in _to_be_read(look, on, unit) if contradiction(*words) is not None))


def _to_be_read(look: Connection, on: date, unit: str) -> Iterator[tuple[str, list[str]]]:
    v = ADDRESSES.table
    of_it = (in_force(v, on), in_use(v.c), func.starts_with(v.c.unit, unit), may_contradict(v.c))
    asked = select(v.c.unit, *(func.coalesce(v.c[name], "") for name in READ)).where(*of_it)
    for code, *words in look.execute(asked.execution_options(yield_per=1000)):
        yield code, words
