"""Names that are asked about: the rows of a delivery, or one candidate, in the same columns: one question serves both."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

from geoalchemy2 import Geometry
from shapely.geometry.base import BaseGeometry
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    Subquery,
    Uuid,
    bindparam,
    cast,
    func,
    literal,
    null,
    select,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY, array

from boundaries.units import UNITS
from gis.codes import level_of, levels, parent_of
from gis.feature_sql import EVERYWHERE
from gis.features import Areas
from gis.history import in_force, stored
from gis.intake.beside import Staged
from gis.intake.submissions import sender_of
from gis.record_tables import COLUMN_TYPES, SRID
from gis.settings import Settings
from placenames.checks.scoping import at_level
from placenames.disclosing import is_kept_from
from placenames.language import romanise, wording
from placenames.language.keys import keys_of
from placenames.names import NAMES

Action = Literal["naming", "rename", "delete", "restore"]


@dataclass(frozen=True)
class Candidate:
    """A name that somebody thinks of, for a place: as much of both as is known while typing.

    `geom` is where the place is (EPSG:4490); `place` and `code` tell the place that bears another name until now.
    """

    name: str
    category: str = ""
    unit: str = ""
    class_code: str = ""
    geom: BaseGeometry | None = None
    specific: str = ""
    generic: str = ""
    roman: str = ""
    roman_plain: str = ""
    roman_confirmed: bool = False
    place: UUID | None = None
    code: str | None = None
    action: Action = "naming"
    rename_reason: str | None = None
    document: str | None = None
    named_on: date | None = None
    protected: str | None = None
    protection_plan: str | None = None
    """Number of the county government's plan that protects a name of historic value (Article 25)."""
    land_m2: float | None = None
    floor_area_m2: float | None = None
    floors: int | None = None
    height_m: float | None = None
    green_ratio: float | None = None
    open_ratio: float | None = None
    disclosure: str | None = None

    @property
    def parts(self) -> wording.Parts:
        """The specific and the generic part: as given where they make up the name, otherwise as it is read."""
        if self.specific and self.specific + self.generic == self.name:
            return wording.Parts(self.specific, self.generic)
        return wording.split(self.name, self.category)


MOST_COUNTIES = 20
DAY = "on"
"""The parameter of every question that says for which day it is asked."""


@dataclass(frozen=True)
class Asked:
    """What a check of places looks at: rows that the database can join, beside all there is on a day.

    `rows` has `row`, `source_row`, `place`, `geom`, `rename_reason`, `protection_plan` and what the register compares
    names by; `cores` and `core_sounds` also with the names of the county and city in front, which tell no names apart.
    """

    tx: Connection
    rows: Subquery
    day: date
    settings: Settings
    values: Mapping[str, Any] = field(default_factory=dict)
    """What a candidate's row is filled with."""
    candidate: Candidate | None = None
    staged: Staged | None = None
    areas: Areas = EVERYWHERE
    """Where whoever asks reads of places that are not open to the public."""

    def hides(self, unit: str, public_since: date | None) -> bool:
        """Whether another place is kept from whoever asks: they are told that it is there, and no more."""
        return is_kept_from(self.areas, unit, public_since)

    def answers(self, statement: Select[Any]) -> Iterator[Row[Any]]:
        """The rows of a question, however many, a thousand at a time in memory."""
        values = {**self.values, DAY: self.day}
        if self.staged is not None:
            yield from self.staged.rows(statement.params(values))
        else:
            yield from self.tx.execute(statement, values)

    def ask(self, write: Callable[[Asked], Select[Any]]) -> Iterator[Row[Any]]:
        """The rows of a question that is written from `rows`, `day` and `settings` alone; for candidates only once."""
        if self.candidate is None:
            return self.answers(write(self))
        return self.answers(_written(write, self.day, self.settings))


@lru_cache(maxsize=256)
def _written(write: Callable[[Asked], Select[Any]], day: date, settings: Settings) -> Select[Any]:
    """A question about a candidate: to write one costs more than to answer it."""
    nobody: Any = None
    return write(Asked(nobody, CANDIDATE_ROW, day, settings))


_OWN: dict[str, Any] = {"rename_reason": SqlText(), "protection_plan": SqlText()}
_MANY: dict[str, Any] = {"cores": ARRAY(SqlText), "core_sounds": ARRAY(SqlText)}
_OF_THE_REGISTER = ("code", "name", "category", "class_code", "unit", "named_on", "document", "use", "protected",
                    "key", "sound")  # fmt: skip
_COLUMNS: dict[str, Any] = {
    **{each.name: COLUMN_TYPES[each.type]() for each in NAMES.fields if each.name in _OF_THE_REGISTER},
    **dict.fromkeys(("core", "core_sound"), SqlText()),
    **_OWN,
    **_MANY,
}
_GEOMETRY = Geometry("GEOMETRY", srid=SRID)


def _candidate_row() -> Subquery:
    place = bindparam("asked_place", type_=Uuid())
    columns = [
        cast(bindparam(f"asked_{name}", type_=kind), kind).label(name) for name, kind in _COLUMNS.items()
    ]
    shape = cast(bindparam("asked_geom", type_=SqlText()), _GEOMETRY).label("geom")
    rows = [cast(literal(0), Integer).label(name) for name in ("row", "source_row")]
    return select(*rows, cast(place, Uuid()).label("place"), *columns, shape).subquery("asked")


CANDIDATE_ROW = _candidate_row()
"""One row whose values come with the question, so that questions about candidates are written once."""


def of_candidate(
    tx: Connection, candidate: Candidate, day: date, settings: Settings, areas: Areas = EVERYWHERE
) -> Asked:
    """One candidate as something to ask about, with the keys by which names are compared, by a colleague of some areas."""
    around = names_around(tx, candidate.unit, day, settings)
    keys = keys_of(candidate.name, candidate.category, around=around)
    given = {each.name: getattr(candidate, each.name) for each in fields(candidate)} | keys._asdict()
    stems = _stems(around)
    given["cores"] = [keys.core, *(stem + keys.core for stem in stems)]
    given["core_sounds"] = [keys.core_sound, *(f"{_sound(stem)} {keys.core_sound}" for stem in stems)]
    values = {f"asked_{name}": given.get(name) for name in ("place", *_COLUMNS)}
    shape = None if candidate.geom is None or candidate.geom.is_empty else stored(candidate.geom)
    return Asked(tx, CANDIDATE_ROW, day, settings, {**values, "asked_geom": shape}, candidate, areas=areas)


def of_staged(staged: Staged) -> Asked:
    """The staged rows of the register of names as something to ask about, by whoever sent them."""
    stems = _stems(names_around(staged.tx, _counties_of(staged), staged.day, staged.settings))
    s = staged.register.staging.c
    core = _without(s.core, stems)
    dropped = func.char_length(s.core) - func.char_length(core)
    syllables = func.string_to_array(s.core_sound, " ", type_=ARRAY(SqlText))
    core_sound = func.array_to_string(syllables[dropped + 1 : func.cardinality(syllables)], " ")
    rows = select(
        s.row, s.source_row, cast(null(), Uuid()).label("place"), *(s[name] for name in _OF_THE_REGISTER),
        core.label("core"), core_sound.label("core_sound"),
        *(cast(null(), kind).label(name) for name, kind in _OWN.items()),
        array([core, *(literal(stem).concat(core) for stem in stems)]).label("cores"),
        array([core_sound, *(literal(f"{_sound(stem)} ").concat(core_sound) for stem in stems)]).label("core_sounds"),
        s.geom,
    ).where(staged.sent)  # fmt: skip
    sender = sender_of(staged.tx, staged.delivery)
    areas = EVERYWHERE if sender is None else sender.reads_in
    return Asked(staged.tx, rows.subquery("asked"), staged.day, staged.settings, staged=staged, areas=areas)


def _counties_of(staged: Staged) -> list[str]:
    """The counties of a delivery; none when they are many: nobody writes all their names in front of others."""
    county = at_level(staged.register.staging.c.unit, "county", staged.settings)
    found = list(staged.tx.scalars(select(county).where(staged.sent).distinct().limit(MOST_COUNTIES + 1)))
    return [code for code in found if code] if len(found) <= MOST_COUNTIES else []


def names_around(tx: Connection, units: str | Iterable[str], day: date, settings: Settings) -> list[str]:
    """The names of the counties and of the units above them in which units lie: within them they tell no names apart."""
    units = [units] if isinstance(units, str) else units
    order = list(levels(settings.unit_codes))
    high = order[: order.index(settings.parts_level)] if settings.parts_level in order else order
    codes: set[str] = set()
    for unit in units:
        above: str | None = unit
        while above and above not in codes:
            codes |= {above} if level_of(above, settings) in high else set()
            above = parent_of(above, settings)
    u = UNITS.table
    named = select(u.c.name).where(u.c.code.in_(sorted(codes)), in_force(u, day)).order_by(u.c.code)
    return list(tx.scalars(named)) if codes else []


def _stems(names: Iterable[str]) -> list[str]:
    """The names of units as they may stand in front of another name: 铜陵市 and 铜陵."""
    folded = [wording.folded(name) for name in names]
    spoken = dict.fromkeys(each for name in folded for each in (name, wording.split(name, "ADM").specific))
    return sorted((each for each in spoken if len(each) >= wording.TELLING), key=len, reverse=True)


def _sound(stem: str) -> str:
    return romanise.sound_of(stem)


def _without(core: ColumnElement[str], stems: list[str]) -> ColumnElement[str]:
    """A folded specific part without the name of the county or city in front, where two characters remain."""
    if not stems:
        return core
    beginnings = "|".join(re.escape(stem) for stem in stems)
    return func.regexp_replace(core, f"^(?:{beginnings})(?=..)", "")


__all__ = [
    "CANDIDATE_ROW",
    "DAY",
    "Action",
    "Asked",
    "Candidate",
    "names_around",
    "of_candidate",
    "of_staged",
]
