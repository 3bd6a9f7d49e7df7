"""Exact addresses: those written as the register writes them are found by one key, without being read.

A standard address begins with the names of its units, from whichever of them; what follows the town's name is the
standard text, whose key is indexed. Thousands are joined to the register at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Date, Select, and_, bindparam, cast, func, or_, select
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY

from placenames.addresses.address_keys import exact_key_of, plain
from placenames.addresses.address_writing import LONGEST
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.finding.address_lookup import Question
from placenames.addresses.finding.matches import Match
from placenames.addresses.finding.toponym_names import BEARING, Toponyms
from placenames.addresses.plates import GIVEN_UP

CERTAIN = 1.0
"""The score of what was written as it stands in the register."""
FIRST = 2
"""Beginnings are kept by so many of their first characters."""


@dataclass(frozen=True)
class Beginnings:
    """How standard addresses begin: the town's name, with or without those of each unit above it, in our writing."""

    units: Mapping[str, str]
    """Beginning -> unit; one that several units share is none."""
    lengths: Mapping[str, tuple[int, ...]]
    """First two characters -> how long beginnings are that begin so."""

    def keys_of(self, written: str) -> Iterator[str]:
        """The keys under which an address stands if it is written as in the register."""
        text = plain(written)
        for length in self.lengths.get(text[:FIRST], ()):
            unit = self.units.get(text[:length])
            if unit is not None and length < len(text):
                yield exact_key_of(unit, text[length:])


def beginnings_of(names: Toponyms) -> Beginnings:
    """The beginnings of the addresses of all units in which something bears numbers."""
    bearing = {each.toponym.unit for called in names.meanings.values() for each in called if each.toponym.level in BEARING}
    found: dict[str, str | None] = {}
    for unit in bearing:
        for beginning in _ways_to_begin(unit, names):
            found[beginning] = unit if found.get(beginning, unit) == unit else None
    units = {beginning: unit for beginning, unit in found.items() if unit is not None}
    lengths: dict[str, set[int]] = {}
    for beginning in units:
        lengths.setdefault(beginning[:FIRST], set()).add(len(beginning))
    return Beginnings(units, {first: tuple(sorted(each, reverse=True)) for first, each in lengths.items()})


def _ways_to_begin(unit: str, names: Toponyms) -> set[str]:
    """The unit's name, with every choice of those above it before it."""
    ways, at = {plain(names.own_name(unit))}, names.parents.get(unit)
    seen = {unit}
    while at is not None and at not in seen:
        seen.add(at)
        above = plain(names.own_name(at))
        ways |= {above + way for way in ways}
        at = names.parents.get(at)
    return {way for way in ways if len(way) >= FIRST}


def exact_matches(
    look: Connection, names: Toponyms, beginnings: Beginnings, asked: Sequence[Question]
) -> list[Match | None]:
    """For each question the one address in force that is written so, or None where it has to be read."""
    keys, rows, days = [], [], []
    for at, question in enumerate(asked):
        if len(question.q) <= LONGEST and not question.box and not question.statuses and question.limit == 1:
            for key in beginnings.keys_of(question.q):
                keys.append(key)
                rows.append(at)
                days.append(question.on)
    own_days = days if any(days) else []
    found: list[Match | None] = [None] * len(asked)
    several: set[int] = set()
    chains, known = names.chains, {"keys": keys, "days": own_days, "today": date.today()}
    for n, identity, code, unit, text, status, inside, lon, lat in look.execute(_EXACT, known).all() if keys else ():
        at = rows[n - 1]
        if found[at] is not None or status in GIVEN_UP or not unit.startswith(asked[at].unit):
            several.add(at)
        label, level = f"{chains.get(unit, '')}{text or ''}", "flat" if inside else "plate"
        found[at] = Match(identity, code, label, CERTAIN, level, lon, lat, unit, (), status or "")
    for at in several:
        found[at] = None
    return found


def _exact() -> Select[Any]:
    c = ADDRESSES.table.c
    asked = (
        func.unnest(bindparam("keys", type_=ARRAY(SqlText)), bindparam("days", type_=ARRAY(Date)))
        .table_valued("key", "day", with_ordinality="n", name="asked")
        .render_derived()
    )
    day = func.coalesce(asked.c.day, bindparam("today", type_=Date))
    not_ended = or_(c.valid_to.is_(None), c.valid_to > day)
    in_force = and_(c.superseded_at.is_(None), c.valid_from <= day, not_ended)
    point = (func.ST_X(c.geom).label("lon"), func.ST_Y(c.geom).label("lat"))
    columns = (cast(c.id, SqlText).label("id"), c.code, c.unit, c.text, c.status, c.inside_key, *point)
    return select(asked.c.n, *columns).where(c.exact_key == asked.c.key, in_force)


_EXACT = _exact()
