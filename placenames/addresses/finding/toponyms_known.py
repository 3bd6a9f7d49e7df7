"""The toponyms of a deployment: its units, what bears its plates, and every other name they are or were called by."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, any_, cast, or_, select, true
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY

from boundaries.units import UNITS
from gis import history
from placenames.addresses.address_keys import PATH, plain
from placenames.addresses.finding.toponym_names import (
    UNIT_LEVELS,
    Called,
    Toponym,
    Toponyms,
    Way,
    toponyms_of,
)
from placenames.addresses.former_addresses import FORMER
from placenames.addresses.parsing.address_lexicon import without_committee
from placenames.addresses.parsing.address_names import short_of
from placenames.addresses.toponyms import TOPONYMS
from placenames.appellations import APPELLATIONS, Kind
from placenames.language.romanise import sound_of

WAYS = {Kind.STANDARD: Way.FORMER, Kind.ALIAS: Way.ALIAS, Kind.SHORT: Way.SHORT, Kind.FORMER: Way.FORMER}
"""A standard name that is not the one the addresses bear was so at another time."""
TOWN_ENDINGS = ("街道", "镇", "乡", "区")
Entry = tuple[str, str, Called]


def toponyms_on(look: Connection, on: date) -> Toponyms:
    """The names that the public may know, with the units as they are on a legal day."""
    units = {row["code"]: dict(row) for row in look.execute(_units(on)).mappings()}
    places = _places(look)
    known = {toponym.path for toponym, _, _ in places}
    found = [*_unit_names(units), *_names(places), *_other_names(look, places, units), *_former(look, known)]
    chains = {code: "".join(units[each]["name"] for each in _above(code, units)) for code in units}
    parents = {code: row["parent"] for code, row in units.items() if row["parent"]}
    return toponyms_of(found, chains, parents)


def days_of_other_units(look: Connection) -> list[date]:
    """The days from which on `toponyms_on` differs, ascending: of two days between them the names are the same."""
    return history.change_days(look, UNITS.table, date.min, true())


def _units(on: date) -> Any:
    c = UNITS.table.c
    return select(c.code, c.name, c.level, c.parent, c.seat_lon, c.seat_lat).where(history.in_force(UNITS.table, on))


def _above(code: str, units: Mapping[str, Any]) -> list[str]:
    """A unit and those above it that are known, the widest first."""
    chain: list[str] = []
    while code in units and code not in chain:
        chain.append(code)
        code = units[code]["parent"] or ""
    return chain[::-1]


def _unit_names(units: Mapping[str, Any]) -> Iterator[Entry]:
    for code, row in units.items():
        if row["level"] not in UNIT_LEVELS or not row["name"]:
            continue
        unit = Toponym(row["level"], row["name"], code, code, row["seat_lon"], row["seat_lat"])
        name = without_committee(row["name"]) if row["level"] == "village" else row["name"]
        yield name, sound_of(plain(name)), Called(unit, Way.NAME)
        if (short := _short(row["level"], plain(name))) != plain(name):
            yield short, sound_of(plain(short)), Called(unit, Way.SHORT)


def _short(level: str, name: str) -> str:
    if level != "township":
        return name if level == "village" else short_of(name)
    for ending in TOWN_ENDINGS:
        if name.endswith(ending) and len(name) - len(ending) > 1:
            return name.removesuffix(ending)
    return name


def _places(look: Connection) -> list[tuple[Toponym, str, str | None]]:
    """What bears plates, each with its sound and its place-name code."""
    gates: dict[tuple[str, str], list[tuple[str, str]]] = {}
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    for row in look.execute(select(TOPONYMS).order_by(TOPONYMS.c.id)).mappings():
        key = row["level"], row["path"]
        if row["gate_bearer"]:
            gates.setdefault(key, []).append((row["gate_bearer"], row["gate_plate"] or ""))
        known = rows.setdefault(key, dict(row))
        if known["plates"] < row["plates"]:
            rows[key] = dict(row)
    return [(_toponym(row, tuple(gates.get(key, ()))), row["sound"], row["street_code"]) for key, row in rows.items()]


def _toponym(row: Mapping[str, Any], gates: tuple[tuple[str, str], ...]) -> Toponym:
    return Toponym(row["level"], row["name"], row["unit"], row["path"], row["lon"], row["lat"], row["plates"],
                   row["lowest"], row["highest"], gates)  # fmt: skip


def _names(places: Iterable[tuple[Toponym, str, str | None]]) -> Iterator[Entry]:
    for toponym, sound, _code in places:
        yield toponym.name, sound, Called(toponym, Way.NAME)
        if toponym.level == "community" and (short := without_committee(toponym.name)) != toponym.name:
            yield short, sound_of(plain(short)), Called(toponym, Way.ALIAS)


def _other_names(
    look: Connection, places: Iterable[tuple[Toponym, str, str | None]], units: Mapping[str, Any]
) -> Iterator[Entry]:
    """Aliases, short and former names out of the register of names: of the place of that code, or of that name there."""
    by_code: dict[str, list[Toponym]] = {}
    by_name: dict[tuple[str, str], list[Toponym]] = {}
    for toponym, _sound, code in places:
        if code:
            by_code.setdefault(code, []).append(toponym)
        by_name.setdefault((toponym.unit, plain(toponym.name)), []).append(toponym)
    around = {unit for unit, _ in by_name} | {units[unit]["parent"] for unit, _ in by_name if unit in units}
    for called in _called_in(look, {each for each in around if each}).values():
        for toponym in _meant(called, by_code, by_name):
            name = plain(toponym.name)
            for row in called:
                if plain(row["text"]) != name:
                    yield row["text"], row["sound"], Called(toponym, WAYS[Kind(row["kind"])])


def _called_in(look: Connection, units: set[str]) -> dict[Any, list[Any]]:
    """Everything that places of some units, or of the villages in them, are called; by place."""
    c = APPELLATIONS.c
    inside = or_(_one_of(c.unit, units), *(c.unit.startswith(unit, autoescape=True) for unit in _innermost(units)))
    columns = (c.place, c.code, c.text, c.kind, c.since, c.unit, c.sound)
    statement = select(*columns).where(inside, c.public_since <= date.today())
    found: dict[Any, list[Any]] = {}
    for row in look.execute(statement).mappings():
        found.setdefault(row["place"], []).append(row)
    return {place: rows for place, rows in found.items() if len(rows) > 1}


def _innermost(units: set[str]) -> list[str]:
    """Of some units those that reach widest: asking for what is below them asks for all."""
    return [unit for unit in units if not any(unit != other and unit.startswith(other) for other in units)]


def _meant(
    called: list[Any], by_code: Mapping[str, list[Toponym]], by_name: Mapping[tuple[str, str], list[Toponym]]
) -> list[Toponym]:
    """What of the plates is meant: what is called so now. What was called otherwise keeps only plates of earlier days."""
    standard = sorted((row for row in called if row["kind"] == Kind.STANDARD), key=_not_yet_or_long_ago)
    if of_it := by_code.get(called[0]["code"]):
        present = (plain(row["text"]) for row in standard)
        bearing = ([each for each in of_it if plain(each.name) == name] for name in present)
        return next((each for each in bearing if each), of_it[:1])
    for row in standard:
        for length in range(len(row["unit"]), 0, -1):
            if found := by_name.get((row["unit"][:length], plain(row["text"]))):
                return found
    return []


def _not_yet_or_long_ago(row: Any) -> tuple[bool, int]:
    """The standard name of today first, then those before it, the latest first; names of days to come stand last."""
    since = row["since"] or date.min
    return since > date.today(), -since.toordinal()


def _former(look: Connection, known: set[str]) -> Iterator[Entry]:
    """What bore numbers before the register, where nothing is called so any more."""
    c = FORMER.c
    for unit, street in look.execute(select(c.unit, c.street).where(c.street != "").distinct()):
        toponym = Toponym("road", street, unit, PATH.join((unit, plain(street))))
        if toponym.path not in known:
            yield street, sound_of(plain(street)), Called(toponym, Way.FORMER)


def _one_of(column: Any, values: Iterable[str]) -> Any:
    return column == any_(cast(list(values), ARRAY(SqlText)))
