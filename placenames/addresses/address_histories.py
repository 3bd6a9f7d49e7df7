"""Address histories: all that is recorded of one address: what it reads and read, since when, and what bears its number.

The versions of an address in legal time are the table of old and new numbers; what was written down of the time before the
register (`former`) stands behind them as it was sent. Nothing here is about persons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Connection, and_, func, literal, or_, select

from gis import features
from gis.errors import NotFound
from gis.feature_sql import EVERYWHERE, is_open
from gis.history import in_force
from placenames.addresses.addresses import ADDRESSES
from placenames.finding.found import unit_names
from placenames.kinds import Category
from placenames.names import NAMES

NAMED = ("street", "estate", "community", "hamlet")
"""The parts of an address that are places with a name of their own."""
MOST_INSIDE = 200
_ONCE = re.compile(r"[^,,;;、()()]+(?:[((][^))]*[))])?")


class Number(NamedTuple):
    """What an address reads from a day on until before another, and the document that says so."""

    text: str
    unit: str
    since: date
    until: date | None
    document: str | None


class Place(NamedTuple):
    """A registered place that is part of an address: which part, its permanent id and its name."""

    part: str
    id: UUID
    name: str


class Inside(NamedTuple):
    """Another address behind the same plate."""

    id: UUID
    text: str


@dataclass(frozen=True, slots=True)
class AddressHistory:
    """An address with everything that is recorded of it, as its reader may know it."""

    id: UUID
    version: Mapping[str, Any]
    """What it is on the day, or was nearest to it."""
    on: date
    """The day on which that version is in force."""
    in_force: bool
    numbers: Sequence[Number]
    """The old and new numbers in legal time, the newest first."""
    before: Sequence[str]
    """What it was numbered before the register, as it was sent."""
    versions: Sequence[Mapping[str, Any]]
    unit_names: tuple[str, ...]
    places: Sequence[Place]

    @property
    def label(self) -> str:
        """The standard address in full."""
        return "".join(self.unit_names) + (self.version["text"] or "")

    @property
    def level(self) -> str:
        """Whether it is a plate or a flat behind one."""
        return "flat" if any(self.version[part] for part in ("building", "cell", "floor", "room")) else "plate"

    @property
    def present(self) -> str:
        """What it reads by law today, or read at last."""
        today = date.today()
        now = (each.text for each in self.numbers if each.since <= today and (each.until is None or today < each.until))
        return next(now, self.numbers[0].text)


def address_history(
    look: Connection, identity: str, on: date, *, public: bool, decimals: int, areas: features.Areas = EVERYWHERE
) -> AddressHistory:
    """The address with a permanent id or a code, as it was on a day. Raises NotFound."""
    recorded = features.versions(look, ADDRESSES, identity, public, decimals, areas)
    known = [each for each in recorded if each["superseded_at"] is None]
    if not known:
        raise NotFound("没有地址“{identity}”", "there is no address “{identity}”", identity=identity)
    under_it = [each for each in known if identity in (each["code"], str(each["id"]))]
    id_ = min(under_it or known, key=lambda each: _far(each, on))["id"]
    chain = [each for each in known if each["id"] == id_]
    version = min(chain, key=lambda each: _far(each, on))
    is_in_force = _far(version, on) == (0, 0)
    day = on if is_in_force else version["valid_from"]
    units = unit_names(look, [version["unit"]], day).get(version["unit"], ())
    all_of_it = [each for each in recorded if each["id"] == id_]
    return AddressHistory(
        id_, version, day, is_in_force, _numbers(chain), _before(chain), all_of_it, units,
        places_of(look, version, day, public=public, areas=areas),
    )  # fmt: skip


def _far(version: Mapping[str, Any], on: date) -> tuple[int, int]:
    """How far a version is from a day: in force, over before it, or still to come."""
    if version["valid_from"] > on:
        return 2, (version["valid_from"] - on).days
    ended = version["valid_to"] is not None and version["valid_to"] <= on
    return (1, (on - version["valid_to"]).days) if ended else (0, 0)


def _numbers(chain: Sequence[Mapping[str, Any]]) -> list[Number]:
    """Versions that read alike and follow each other are one number.

    Its document is the one with which it was published, or else the one that it names, if it names it for the first time:
    an address keeps the document of its first number through every later one.
    """
    found: list[Number] = []
    named: set[str] = set()
    for each in sorted(chain, key=lambda version: version["valid_from"]):
        document = each["publication"] or (each["document"] if each["document"] not in named else None)
        named.add(each["document"])
        last = found[-1] if found else None
        text, unit = each["text"] or "", each["unit"]
        if last and (last.text, last.unit, last.until) == (text, unit, each["valid_from"]):
            found[-1] = last._replace(until=each["valid_to"])
        else:
            found.append(Number(text, unit, each["valid_from"], each["valid_to"], document))
    return found[::-1]


def _before(chain: Sequence[Mapping[str, Any]]) -> list[str]:
    said = (part.strip() for each in chain for part in _ONCE.findall(each["former"] or ""))
    return list(dict.fromkeys(part for part in said if part))


def places_of(
    look: Connection, version: Mapping[str, Any], on: date, *, public: bool, areas: features.Areas = EVERYWHERE
) -> list[Place]:
    """The registered places that are parts of an address: its street by code, the others by name in the same unit."""
    wanted = {part: _names_of(version, part) for part in NAMED}
    names = [name for each in wanted.values() for name in each]
    if not names:
        return []
    c, unit = NAMES.table.c, version["unit"]
    near = or_(c.unit.startswith(unit, autoescape=True), func.left(literal(unit), func.length(c.unit)) == c.unit)
    by_code = c.code == (version["street_code"] or "")
    statement = select(c.id, c.code, c.name, c.category).where(
        in_force(NAMES.table, on),
        is_open(NAMES, public=public, areas=areas, on=on),
        or_(by_code, and_(c.name.in_(names), near)),
    )
    rows = list(look.execute(statement.order_by(func.length(c.unit).desc(), c.code)))
    return list(_told(wanted, rows, version["street_code"]))


def _names_of(version: Mapping[str, Any], part: str) -> list[str]:
    """What a part may be registered as: a street with its section, or without."""
    name = version[part]
    if not name:
        return []
    return [name + version["section"], name] if part == "street" and version["section"] else [name]


def _told(wanted: Mapping[str, list[str]], rows: Sequence[Any], street_code: str | None) -> Iterator[Place]:
    for part, names in wanted.items():
        is_street = part == "street"
        coded = [row for row in rows if is_street and names and row.code == street_code]
        alike = (row for name in names for row in rows if row.name == name and (row.category == Category.ROD) == is_street)
        row = next(iter(coded), None) or next(alike, None)
        if row is not None:
            yield Place(part, row.id, row.name)


def behind_the_same_plate(look: Connection, history: AddressHistory) -> list[Inside]:
    """The other addresses behind the same plate that day, by building, staircase and room; at most 200."""
    c = ADDRESSES.table.c
    keys = select(c.bearer_key, c.plate_key).where(c.version == history.version["version"]).subquery()
    same = and_(c.bearer_key == keys.c.bearer_key, c.plate_key == keys.c.plate_key, c.plate_key != "")
    statement = (
        select(c.id, c.text, c.inside_key)
        .where(same, c.id != history.id, in_force(ADDRESSES.table, history.on))
        .order_by(c.inside_key)
        .limit(MOST_INSIDE)
    )
    rows = look.execute(statement).all()
    return [Inside(row.id, row.text or "") for row in sorted(rows, key=lambda row: _as_counted(row.text or ""))]


def _as_counted(text: str) -> list[tuple[int, str]]:
    """2幢 before 10幢."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split("([0-9]+)", text)]
