"""Appellations: everything a place is or was called, each with its days, so that any of them finds it.

Standard names follow from the versions of the register; aliases, short and former names from what was recorded with
them. The list is made anew for every place that a publication touched, in the same transaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Computed,
    Connection,
    Date,
    FromClause,
    Identity,
    Index,
    Select,
    SmallInteger,
    Table,
    case,
    delete,
    func,
    insert,
    literal,
    literal_column,
    null,
    or_,
    select,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import UUID

from gis import history
from gis.db import SCHEMA, copy_rows, metadata
from gis.intake.publishing import follows
from gis.record_tables import SRID
from gis.text import Text
from placenames.hearing import HEARD, Heard, hear_what_was_recorded
from placenames.language.keys import Keys, keys_of, sounds_of
from placenames.name_order import STRATUM
from placenames.names import NAMES


class Kind(StrEnum):
    """In which way a place is called so."""

    STANDARD = "standard"
    ALIAS = "alias"
    SHORT = "short"
    FORMER = "former"


KINDS = {
    Kind.STANDARD: Text("标准名称", "standard name"),
    Kind.ALIAS: Text("别名", "alias"),
    Kind.SHORT: Text("简称", "short name"),
    Kind.FORMER: Text("曾用名", "former name"),
}
FIELDS = {Kind.ALIAS: "aliases", Kind.SHORT: "short_names", Kind.FORMER: "former_names"}

APPELLATIONS = Table(
    "appellation",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("place", UUID(as_uuid=True), nullable=False),
    Column("code", SqlText, nullable=False),
    Column("text", SqlText, nullable=False),
    Column("kind", SqlText, nullable=False),
    Column("since", Date),
    Column("until", Date),
    Column("authority", SqlText),
    Column("document", SqlText),
    Column("category", SqlText),
    Column("class_code", SqlText),
    Column("unit", SqlText, nullable=False),
    Column("key", SqlText, nullable=False),
    Column("core", SqlText, nullable=False),
    Column("sound", SqlText, nullable=False),
    Column("core_sound", SqlText, nullable=False),
    Column("initials", SqlText, nullable=False),
    Column("geom", Geometry("POINT", srid=SRID, spatial_index=False), nullable=True),
    Column("historical", Boolean, nullable=False),
    Column("public_since", Date),
    Column("lives_from", Date, nullable=False),
    Column("lives_to", Date),
    Column("stratum", SmallInteger, Computed(STRATUM, persisted=True), nullable=False),
    Index("ix_appellation_place", "place"),
    Index("ix_appellation_geom", "geom", postgresql_using="gist"),
    Index("ix_appellation_unit", "unit", postgresql_ops={"unit": "text_pattern_ops"}),
    Index("ix_appellation_kind", "category", "class_code", postgresql_ops={"class_code": "text_pattern_ops"}),
    Index("ix_appellation_lives_from", "lives_from"),
    schema=SCHEMA,
)  # fmt: skip
"""`since` and `until` bound the days on which the place was called so, where they are known; `lives_from` and `lives_to`
those on which it is known to have been there. The public may see a row from `public_since` on; never where that is NULL.
`stratum` says how early it comes in lists (`name_order`)."""


def _in_order(name: str, compared: ColumnElement[Any]) -> Index:
    """An index along which names are read stratum by stratum; those of another unit are passed over inside it."""
    ops = "text_pattern_ops"
    columns = (APPELLATIONS.c.stratum, compared.label("compared"), in_strata("unit").label("area"))
    return Index(name, *columns, postgresql_ops={"compared": ops, "area": ops})


def in_strata(column: str) -> ColumnElement[str]:
    """A column as only the indexes of strata hold it: no other index can tempt the planner away from them."""
    return APPELLATIONS.c[column].op("||")(literal_column("''"))


def _alike_in_a_unit(name: str, compared: str, **ops: str) -> Index:
    """An index by which the names that are equal in one respect are found below one unit, however many there are."""
    columns = (APPELLATIONS.c[compared], in_strata("unit").label("area"))
    return Index(name, *columns, postgresql_ops={**ops, "area": "text_pattern_ops"})


_alike_in_a_unit("ix_appellation_key", "key", key="text_pattern_ops")
_alike_in_a_unit("ix_appellation_core", "core")
_alike_in_a_unit("ix_appellation_sound", "sound", sound="text_pattern_ops")
_alike_in_a_unit("ix_appellation_core_sound", "core_sound")
_joined = func.replace(APPELLATIONS.c.sound, literal_column("' '"), literal_column("''"))
_in_order("ix_appellation_by_key", in_strata("key"))
_in_order("ix_appellation_by_end", func.reverse(APPELLATIONS.c.key))
_in_order("ix_appellation_by_sound", _joined)
_in_order("ix_appellation_by_initials", APPELLATIONS.c.initials)
Index("ix_appellation_inside", func.jiezhi.pieces(APPELLATIONS.c.key), postgresql_using="gin")
Index("ix_appellation_slips", func.jiezhi.slips(APPELLATIONS.c.key), postgresql_using="gin")


@dataclass(frozen=True, slots=True)
class Earlier:
    """A former name as it is written down: the name, its years or days, and who decided it."""

    name: str
    since: date | None = None
    until: date | None = None
    authority: str | None = None


_ONE_NAME = re.compile(r"[^,,;;、()()]+(?:[((][^))]*[))])?")
_EARLIER = re.compile(
    r"(?P<name>[^((]+)(?:[((](?:(?P<since>\d{4}(?:-\d\d-\d\d)?)?\s*[-—–~至]+\s*(?P<until>\d{4}(?:-\d\d-\d\d)?)?)?"
    r"[;:;:,,\s]*(?P<authority>[^))]*)[))])?"
)


def earlier_names(text: str | None) -> Iterator[Earlier]:
    """Reads former names: `旧街、石桥公社(1958—1981;样例县革命委员会)`; a year alone counts from its first day."""
    for part in (each.strip() for each in _ONE_NAME.findall(text or "")):
        found = _EARLIER.fullmatch(part)
        if found is None:
            yield Earlier(part)
            continue
        yield Earlier(found["name"], _day(found["since"]), _day(found["until"]), found["authority"] or None)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text if len(text) > 4 else f"{text}-01-01") if text else None
    except ValueError:
        return None


MADE_BY_THE_DATABASE = ("id", "stratum")
HEARD_ONES = Heard(
    APPELLATIONS,
    "key",
    MADE_BY_THE_DATABASE,
    lambda row, readings: sounds_of(row["key"], row["core"], readings),
    ("key", "core", "sound", "core_sound", "initials"),
)
HEARD.append(HEARD_ONES)
SINCE_EVER = date.min


@follows(NAMES.name)
def call_places_by_their_names(tx: Connection, _submission: int, _day: date, _parents: set[str]) -> None:
    """Makes the appellations of every place anew whose versions this transaction recorded or superseded."""
    c = NAMES.table.c
    touched = select(c.id).where(or_(c.recorded_at == history.moment(), c.superseded_at == history.moment()))
    tx.execute(delete(APPELLATIONS).where(APPELLATIONS.c.place.in_(touched)))
    names = [column.name for column in APPELLATIONS.c if column.name not in MADE_BY_THE_DATABASE]
    others = list(
        _other_names(tx, touched)
    )  # read before the copying begins: one connection cannot do both at once
    copy_rows(tx, APPELLATIONS, names, others)
    tx.execute(insert(APPELLATIONS).from_select(names, _standard_names(touched)))
    hear_what_was_recorded(tx, HEARD_ONES, APPELLATIONS.c.place.in_(touched))


def _standard_names(touched: Select[Any]) -> Select[Any]:
    """What the places are called by law: each version's standard name during its days, the first since it was given."""
    c, a = NAMES.table.c, APPELLATIONS.c
    life = _lives(touched).subquery("life")
    others = (
        select(a.place, func.min(a.lives_from).label("day")).where(a.place.in_(touched)).group_by(a.place)
    )
    earlier = others.subquery("earlier")
    since = case((c.valid_from == life.c.first_from, _given()), else_=c.valid_from)
    return (
        select(
            c.id, c.code, c.name, literal(Kind.STANDARD.value), since, c.valid_to, c.authority, c.document,
            *_about(), c.key, c.core, c.sound, c.core_sound, c.initials, _point(),
            _historical(), _public_since(life), func.least(life.c.lives_from, earlier.c.day), life.c.lives_to,
        )
        .select_from(NAMES.table.join(life, life.c.id == c.id).outerjoin(earlier, earlier.c.place == c.id))
        .where(c.superseded_at.is_(None))
    )  # fmt: skip


def _other_names(tx: Connection, touched: Select[Any]) -> Iterator[tuple[Any, ...]]:
    """Aliases, short and former names, each with the days of its version or those written down with it."""
    c = NAMES.table.c
    life = _lives(touched).subquery("life")
    fields = [c[name] for name in FIELDS.values()]
    life_columns = (_public_since(life).label("public_since"), life.c.lives_from, life.c.lives_to)
    statement = (
        select(c.id, c.code, c.valid_from, c.valid_to, _given().label("given"), *_about(), *fields,
               history.raw(_point()).label("geom"), _historical().label("historical"), *life_columns)
        .select_from(NAMES.table.join(life, life.c.id == c.id))
        .where(c.superseded_at.is_(None), or_(*(field.is_not(None) for field in fields)))
    )  # fmt: skip
    rows = [dict(row) for row in tx.execute(statement).mappings()]
    known_since = _first_days(rows)
    for row in rows:
        lives_from = min(row["lives_from"], known_since.get(row["id"], date.max))
        for kind, each in _names_in(row):
            keys: Keys = keys_of(each.name, row["category"] or "")
            since = each.since if kind is Kind.FORMER else row["valid_from"]
            until = (each.until or row["given"]) if kind is Kind.FORMER else row["valid_to"]
            yield (row["id"], row["code"], each.name, kind.value, since, until, each.authority, None, row["category"],
                   row["class_code"], row["unit"], *keys, row["geom"], row["historical"], row["public_since"],
                   lives_from, row["lives_to"])  # fmt: skip


def _names_in(row: Mapping[str, Any]) -> Iterator[tuple[Kind, Earlier]]:
    for kind, field in FIELDS.items():
        for each in earlier_names(row[field]):
            yield kind, each


def _first_days(rows: Iterable[Mapping[str, Any]]) -> dict[Any, date]:
    """The first day on which a former name tells of each place."""
    found: dict[Any, date] = {}
    for row in rows:
        for kind, each in _names_in(row):
            if kind is Kind.FORMER and each.since is not None:
                found[row["id"]] = min(each.since, found.get(row["id"], date.max))
    return found


def _lives(touched: Select[Any]) -> Select[Any]:
    """Of each place: when it is known to have been there, and since when nothing of it is kept from the public."""
    c = NAMES.table.c
    ends = case((func.bool_or(c.valid_to.is_(None)), null()), else_=func.max(c.valid_to))
    kept_back = func.bool_or(_hidden() & c.valid_to.is_(None))
    open_since = func.coalesce(func.max(c.valid_to).filter(_hidden()), SINCE_EVER)
    return (
        select(
            c.id,
            func.min(c.valid_from).label("first_from"),
            func.min(_given()).label("lives_from"),
            ends.label("lives_to"),
            case((kept_back, null()), else_=open_since).label("public_since"),
        )
        .where(c.id.in_(touched), c.superseded_at.is_(None))
        .group_by(c.id)
    )


def _hidden() -> ColumnElement[bool]:
    return NAMES.table.c.disclosure.is_distinct_from("public")


def _public_since(life: FromClause) -> ColumnElement[Any]:
    """What a version says is never for the public when the version is not, nor while another one of its place is not."""
    return case((_hidden(), null()), else_=life.c.public_since)


def _given() -> ColumnElement[Any]:
    """When a version's name was given, as far as is known."""
    c = NAMES.table.c
    return func.least(c.valid_from, c.named_on)


def _historical() -> ColumnElement[bool]:
    return func.coalesce(NAMES.table.c.use == "historical", literal_column("false"))


def _about() -> tuple[ColumnElement[Any], ...]:
    c = NAMES.table.c
    return c.category, c.class_code, c.unit


def _point() -> ColumnElement[Any]:
    """Where a place is, as one point: a line's and an area's lies on it."""
    return func.ST_PointOnSurface(NAMES.table.c.geom)


_OF_THE_SEARCH = ("historical", "public_since", "lives_from", "lives_to", "stratum")


def all_of(tx: Connection, place: Any) -> list[dict[str, Any]]:
    """Everything one place is or was called, newest first."""
    c = APPELLATIONS.c
    columns = [
        column
        for column in c
        if column.name not in ("geom", "key", "core", "sound", "core_sound", "initials", *_OF_THE_SEARCH)
    ]
    statement = (
        select(*columns).where(c.place == place).order_by(c.until.desc().nulls_first(), c.since.desc(), c.id)
    )
    return [dict(row) for row in tx.execute(statement).mappings()]


__all__ = ["APPELLATIONS", "KINDS", "Earlier", "Kind", "all_of", "earlier_names"]
