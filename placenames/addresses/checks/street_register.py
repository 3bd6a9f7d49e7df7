"""The street register: the registered streets that bear the numbers of a delivery, found by code or by name.

The streets of a county are some thousands; they are read once for a question, and matched by what they are and were
called in one writing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, Subquery, cast, func, or_, select
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY

from gis.history import in_force
from gis.intake.beside import Staged, counties, lies_in, units_of
from gis.registers import split
from placenames.addresses.address_keys import plain, street_of
from placenames.kinds import Category
from placenames.names import NAMES

ELSE = ("aliases", "short_names", "former_names")


class Street(NamedTuple):
    """A street in force: the version of its record, whether its line is known, and whether nobody calls it so any more."""

    version: int
    code: str
    name: str
    unit: str
    is_line: bool
    is_historical: bool

    def lies_in(self, unit: str) -> bool:
        """Whether it is registered in a unit, in one below or above it."""
        return unit.startswith(self.unit) or self.unit.startswith(unit)


class Said(NamedTuple):
    """What addresses of a delivery say of one street, in how many rows, the first of them `row`."""

    unit: str
    street: str
    section: str
    street_code: str
    row: int
    rows: int
    bearer: str
    """The key under which the plates of the street itself are filed; empty where all are in lanes."""


@dataclass(frozen=True)
class Streets:
    """The streets of some counties by code, by standard name and by what else they are or were called."""

    by_code: dict[str, Street] = field(default_factory=dict)
    standard: dict[str, list[Street]] = field(default_factory=dict)
    otherwise: dict[str, list[Street]] = field(default_factory=dict)
    units: set[str] = field(default_factory=set)

    def take(self, street: Street, others: Iterator[str]) -> None:
        """Enters a street under its code and all its names."""
        self.by_code[street.code] = street
        self.units.add(street.unit)
        names = self.otherwise if street.is_historical else self.standard
        names.setdefault(plain(street.name), []).append(street)
        for each in others:
            self.otherwise.setdefault(plain(each), []).append(street)

    def are_known_around(self, unit: str, in_counties: set[str]) -> bool:
        """Whether any street is registered in the county of a unit."""
        county = next((each for each in in_counties if unit.startswith(each)), unit)
        return any(each.startswith(county) or county.startswith(each) for each in self.units)

    def meant_by(self, said: Said) -> tuple[list[Street], bool]:
        """The streets that addresses may mean, and whether they say a standard name.

        By code; else those of that name in the unit, else those in the county.
        """
        if said.street_code in self.by_code:
            return [self.by_code[said.street_code]], True
        street, section = street_of(said.street, said.section)
        names = (street + section, street)
        for by_name in (self.standard, self.otherwise):
            found = next((by_name[name] for name in names if name in by_name), [])
            if found:
                return [each for each in found if each.lies_in(said.unit)] or found, by_name is self.standard
        return [], False


def counties_of(staged: Staged) -> set[str]:
    """The counties that a delivery is about."""
    return counties(units_of(staged.tx, staged.register, staged.delivery), staged.settings)


def streets_around(staged: Staged, in_counties: set[str]) -> Streets:
    """The streets in force in some counties."""
    n = NAMES.table
    words = [n.c[name] for name in ("version", "code", "name", "unit")]
    is_line = func.coalesce(func.ST_Dimension(n.c.geom) == 1, False)
    told = (*words, is_line, func.coalesce(n.c.use == "historical", False), *(n.c[name] for name in ELSE))
    here = lies_in(NAMES, n, in_counties)
    found = Streets()
    for row in staged.tx.execute(
        select(*told).where(in_force(n, staged.day), n.c.category == Category.ROD, here).order_by(n.c.code)
    ):
        others = (each for text in row[len(Street._fields) :] if text for each in split(text))
        found.take(Street(*row[: len(Street._fields)]), others)
    return found


def said_of_streets(staged: Staged) -> list[Said]:
    """What a delivery says of streets, each once, in the order of the rows."""
    s = staged.register.staging.c
    words = [func.coalesce(s[name], "") for name in ("unit", "street", "section", "street_code")]
    on_it = s.lane.is_(None) & s.alley.is_(None)
    bearer = func.coalesce(func.min(s.bearer_key).filter(on_it), "")
    rows = (
        select(*words, func.min(s.row), func.count(), bearer)
        .where(staged.sent, or_(s.street.is_not(None), s.street_code.is_not(None)))
        .group_by(s.unit, s.street, s.section, s.street_code)
    )
    return sorted((Said(*tuple(row)) for row in staged.tx.execute(rows)), key=lambda each: each.row)


def drawn_streets(staged: Staged, *, single: bool = False) -> Subquery | None:
    """(bearer, version) of the streets whose lines are known, as rows to join; None where there are none.

    `single`: only where no more than one street can be meant.
    """
    streets = streets_around(staged, counties_of(staged))
    if not any(each.is_line for each in streets.by_code.values()):
        return None
    meant: dict[str, set[int]] = {}
    for said in said_of_streets(staged):
        found, _ = streets.meant_by(said)
        if said.bearer and said.street and all(each.is_line for each in found):
            meant.setdefault(said.bearer, set()).update(each.version for each in found)
    pairs = [(bearer, version) for bearer, versions in meant.items() for version in versions
             if not single or len(versions) == 1]  # fmt: skip
    if not pairs:
        return None
    bearers, versions = zip(*pairs, strict=True)
    return _as_rows(list(bearers), list(versions))


def _as_rows(bearers: list[str], versions: list[int]) -> Subquery:
    arrays: list[Any] = [cast(bearers, ARRAY(SqlText)), cast(versions, ARRAY(BigInteger))]
    rows = func.unnest(*arrays).table_valued("bearer", "version", name="pair").render_derived()
    return select(rows.c.bearer, rows.c.version).subquery("drawn")
