"""What was found: each place as it was on the day, by which of its names, and what else there is to say of that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, Double, Select, Table, any_, bindparam, case, func, select
from sqlalchemy.dialects.postgresql import ARRAY, distinct_on

from boundaries.units import UNITS
from gis.codes import parent_of
from gis.feature_sql import EVERYWHERE, is_open
from gis.features import Areas
from gis.settings import settings
from gis.text import Text
from placenames.appellations import Kind
from placenames.finding.called import LATER, WORDS, Called, names_of
from placenames.names import NAMES

ON: Any = bindparam("on", type_=Date)


@dataclass(frozen=True, slots=True)
class Match:
    """The name by which a place was found."""

    text: str
    kind: str
    """standard, alias, short, former or later, seen from the day that was asked for."""
    how: str
    """code, exact, prefix, contains, sound, initials, similar or listed."""
    since: date | None
    until: date | None

    @property
    def words(self) -> Text:
        """Its kind in words."""
        return WORDS[self.kind]


@dataclass(frozen=True, slots=True)
class Found:
    """One place, as it was on the day that was asked for."""

    id: UUID
    code: str
    name: str
    """What it was called by law on the day, or else in its version nearest to that day."""
    present: str
    """What it is called by law today, or was at last."""
    roman: str | None
    category: str | None
    class_code: str | None
    unit: str
    unit_names: tuple[str, ...]
    """From the top down, as far as they are registered."""
    valid_from: date
    valid_to: date | None
    historical: bool
    lon: float | None
    lat: float | None
    match: Match
    note: Text
    """What is to be said of the match: 曾用名, until when, what it is called now."""
    metres: float | None = None

    @property
    def label(self) -> str:
        """The name with the two units that tell it from its namesakes: 样例县石桥镇石门街."""
        above = [each for each in self.unit_names if each != self.name]
        return "".join((*above[-2:], self.name))

    def as_properties(self) -> dict[str, Any]:
        """What the properties of its feature hold."""
        match = self.match
        found = {
            "text": match.text, "kind": match.kind, "how": match.how, "since": match.since, "until": match.until,
            "words": match.words.as_dict(), "note": self.note.as_dict(),
        }  # fmt: skip
        far = {} if self.metres is None else {"metres": round(self.metres)}
        return {
            "id": self.id, "code": self.code, "name": self.name, "label": self.label, "present_name": self.present,
            "roman": self.roman, "category": self.category, "class_code": self.class_code, "unit": self.unit,
            "unit_names": self.unit_names, "valid_from": self.valid_from, "valid_to": self.valid_to,
            "historical": self.historical, "matched": found, **far,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hit:
    """A place that was found, before anybody asked what it is: by which name and how."""

    place: UUID
    text: str
    kind: str
    how: str
    since: date | None
    until: date | None
    metres: float | None


def told(
    look: Connection, hits: Sequence[Hit], on: date, *, public: bool, areas: Areas = EVERYWHERE, decimals: int
) -> list[Found]:
    """The places of some hits, in their order; those that the reader may not see on that day are left out."""
    if not hits:
        return []
    ids = [hit.place for hit in hits]
    asked = {"ids": ids, "on": on, "cell": 10.0**-decimals}
    versions = {row.id: row for row in look.execute(_versions(public, areas), asked)}
    called = names_of(look, ids, public=public, areas=areas)
    units = unit_names(look, {row.unit for row in versions.values()}, on)
    return [
        _found(hit, versions[hit.place], called[hit.place], units, on, decimals)
        for hit in hits
        if hit.place in versions and hit.place in called
    ]


def unit_names(look: Connection, codes: Iterable[str], on: date) -> dict[str, tuple[str, ...]]:
    """The names of units and of those above them, from the top down, as they were on the day or nearest to it."""
    chains = {code: _chain(code) for code in codes}
    wanted = {code for chain in chains.values() for code in chain}
    rows = look.execute(_units(), {"codes": sorted(wanted), "on": on}) if wanted else ()
    names = {row.code: row.name for row in rows}
    return {code: tuple(names[each] for each in chain if each in names) for code, chain in chains.items()}


def _chain(code: str) -> list[str]:
    """A unit code and those it begins with, from the top down."""
    chain: list[str] = []
    at: str | None = code
    while at:
        chain.insert(0, at)
        at = parent_of(at, settings())
    return chain


def _found(
    hit: Hit,
    version: Any,
    called: Sequence[Called],
    units: Mapping[str, tuple[str, ...]],
    on: date,
    decimals: int,
) -> Found:
    match = _match(hit, called, on)
    name, present = _name_on(version, called, on), _present(called) or version.name
    return Found(
        version.id, version.code, name, present, version.roman, version.category, version.class_code, version.unit,
        units.get(version.unit, ()), version.valid_from, version.valid_to, version.use == "historical",
        _rounded(version.lon, decimals), _rounded(version.lat, decimals), match,
        _note(match, name, present, version, on), hit.metres,
    )  # fmt: skip


def _match(hit: Hit, called: Sequence[Called], on: date) -> Match:
    """The name of the hit with all the days it was borne, as far as versions followed each other."""
    alike = [each for each in called if each.text == hit.text]
    spans = [each for each in alike if each.kind == hit.kind] or alike
    span = next((each for each in spans if each.on(on)), spans[0] if spans else None)
    if span is None:
        span = Called(hit.place, hit.text, hit.kind, hit.since, hit.until)
    return Match(span.text, span.kind_on(on), hit.how, span.since, span.until)


def _name_on(version: Any, called: Sequence[Called], on: date) -> str:
    if version.in_force:
        return str(version.name)
    then = (each.text for each in called if each.kind in (Kind.STANDARD, Kind.FORMER) and each.on(on))
    return next(then, str(version.name))


def _present(called: Sequence[Called]) -> str | None:
    today = date.today()
    standard = [each for each in called if each.kind == Kind.STANDARD]
    now = (each.text for each in standard if each.on(today))
    return next(now, standard[0].text if standard else None)


_FORMER = Text("曾用名,用至 {until},现名{present}", "a former name, until {until}; now {present}")
_FORMER_THEN = Text("曾用名,用至 {until},当时称{name}", "a former name, until {until}; called {name} then")
_LATER = Text("自 {since} 起的名称,当时称{name}", "its name from {since} on; called {name} then")
_OTHER = Text("{kind},标准名称{name}", "{kind}; its standard name is {name}")
_ENDED = Text("已于 {day} 终止", "ended on {day}")
_FUTURE = Text("自 {day} 起生效", "in force from {day} on")
_HISTORICAL = Text("历史地名", "a historical place")


def _note(match: Match, name: str, present: str, version: Any, on: date) -> Text:
    parts = []
    if match.kind == Kind.FORMER and match.text != present:
        form = _FORMER if on == date.today() or name == present else _FORMER_THEN
        parts.append(form.fill(until=match.until, present=present, name=name))
    elif match.kind == LATER and match.text != name:
        parts.append(_LATER.fill(since=match.since, name=name))
    elif match.kind in (Kind.ALIAS, Kind.SHORT):
        parts.append(_OTHER.fill(kind=match.words, name=name))
    if version.valid_to is not None and version.valid_to <= on:
        parts.append(_ENDED.fill(day=version.valid_to))
    elif version.valid_from > on:
        parts.append(_FUTURE.fill(day=version.valid_from))
    if version.use == "historical":
        parts.append(_HISTORICAL)
    return Text(";".join(each.zh for each in parts), "; ".join(each.en for each in parts))


def _rounded(degrees: float | None, decimals: int) -> float | None:
    return None if degrees is None else round(degrees, decimals)


@lru_cache(256)
def _versions(public: bool, areas: Areas) -> Select[Any]:
    """Of each place the version in force on the day, or else the nearest."""
    c = NAMES.table.c
    point = func.ST_PointOnSurface(c.geom)
    if public:  # rounded as boxes and distances are asked of it
        point = func.ST_SnapToGrid(point, bindparam("cell", type_=Double))
    columns = (c.name, c.code, c.roman, c.category, c.class_code, c.unit, c.use, c.valid_from, c.valid_to)
    shape = (func.ST_X(point).label("lon"), func.ST_Y(point).label("lat"))
    ids: Any = bindparam("ids", type_=ARRAY(c.id.type))
    return _nearest(NAMES.table, "id", *columns, *shape).where(
        c.id == any_(ids), is_open(NAMES, public=public, areas=areas, on=ON)
    )


@cache
def _units() -> Select[Any]:
    c = UNITS.table.c
    codes: Any = bindparam("codes", type_=ARRAY(c.code.type))
    return _nearest(UNITS.table, "code", c.name).where(c.code == any_(codes))


def _nearest(table: Table, by: str, *columns: Any) -> Select[Any]:
    """Of each record what is known now of the day, or of the nearest day before, or else after."""
    c = table.c
    begun = c.valid_from <= ON
    in_force = begun & (c.valid_to.is_(None) | (c.valid_to > ON))
    far = func.abs(c.valid_from - ON)
    order = (c[by], case((in_force, 0), (begun, 1), else_=2), far)
    rest = [column for column in columns if column.name != by]
    chosen = select(c[by], *rest, in_force.label("in_force")).ext(distinct_on(c[by])).order_by(*order)
    return chosen.where(c.superseded_at.is_(None))
