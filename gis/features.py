"""Records as GeoJSON features, made inside the database: one question, one SQL, bytes out.

Pages follow each other by key (the code of the last record), so a deep page costs what the first one costs.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, ColumnElement, Connection, Text, and_, cast, func, literal, or_, select

from gis.errors import BadInput
from gis.history import in_force
from gis.intake.publishing import PUBLICATIONS
from gis.record_tables import SRID
from gis.registers import Register

Box = tuple[float, float, float, float]
FULL = 15
"""Decimals that give back the stored double exactly."""
FIXED = ("id", "label", "valid_from", "valid_to")


@dataclass(frozen=True)
class Question:
    """Which records: a box (west, south, east, north in °), a day or a span of days, what was known when."""

    on: date
    until: date | None = None
    """With it, `on` to `until` is a span: of each record the newest version in it."""
    known: datetime | None = None
    box: Box | None = None
    limit: int = 100
    after: str = ""
    decimals: int = FULL
    public: bool = True
    equal: Mapping[str, str] | None = None
    """field -> value that it must have."""


@dataclass(frozen=True)
class Answer:
    """Features as JSON texts, how many there are in all, and the key of the next page."""

    features: list[str]
    matched: int
    next: str | None


def ask(tx: Connection, register: Register, question: Question) -> Answer:
    """One page of records, in the order of their codes."""
    c = register.table.c
    chosen = _chosen(register, question)
    rows = tx.execute(
        select(c.code, _feature(register, question).label("feature"))
        .where(chosen, c.code > decoded(question.after) if question.after else literal(True))
        .order_by(c.code)
        .limit(question.limit + 1)
    ).all()
    matched: int = tx.execute(select(func.count()).select_from(register.table).where(chosen)).scalar_one()
    more = len(rows) > question.limit
    rows = rows[: question.limit]
    return Answer([row.feature for row in rows], matched, encoded(rows[-1].code) if more else None)


def one(tx: Connection, register: Register, identity: str, question: Question) -> str | None:
    """One record by its permanent id or its code, as JSON text; None when it is not in force then."""
    statement = (
        select(_feature(register, question))
        .where(_is(register, identity), _chosen(register, question))
        .limit(1)
    )
    found = tx.scalar(statement)
    return None if found is None else str(found)


def versions(tx: Connection, register: Register, identity: str, public: bool) -> list[dict[str, Any]]:
    """Every version of a record that was ever recorded, in legal time and then in the order of recording."""
    c = register.table.c
    ids = select(c.id).where(_is(register, identity))
    names = [
        "version",
        "id",
        *visible(register, public),
        "valid_from",
        "valid_to",
        "recorded_at",
        "superseded_at",
        "submission",
    ]
    statement = (
        select(*(c[name] for name in names)).where(c.id.in_(ids)).order_by(c.valid_from, c.recorded_at)
    )
    return [dict(row) for row in tx.execute(statement).mappings()]


def document_of(tx: Connection, submission: int | None) -> str | None:
    """The number of the document by which a submission was published."""
    return tx.scalar(select(PUBLICATIONS.c.document).where(PUBLICATIONS.c.submission == submission))


def extent(tx: Connection, register: Register, on: date) -> Box | None:
    """The box around all records in force (west, south, east, north)."""
    geom = register.table.c.geom
    box = select(func.ST_Extent(geom).label("box")).where(in_force(register.table, on)).subquery()
    row = tx.execute(
        select(*(edge(box.c.box) for edge in (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)))
    ).one()
    return None if row[0] is None else (row[0], row[1], row[2], row[3])


def visible(register: Register, public: bool) -> list[str]:
    """The fields that the public, or a colleague, may see."""
    return [field.name for field in register.fields if field.public or not public]


def encoded(code: str) -> str:
    """The key of a page: opaque, and safe in an address."""
    return base64.urlsafe_b64encode(code.encode()).decode().rstrip("=")


def decoded(key: str) -> str:
    """The code a page key stands for. Raises BadInput."""
    try:
        return base64.urlsafe_b64decode(key + "=" * (-len(key) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError) as problem:
        raise BadInput("翻页标记无效", "the page key is not valid") from problem


def _feature(register: Register, question: Question) -> ColumnElement[str]:
    c = register.table.c
    label = func.coalesce(c[_label_field(register)], c.code)
    properties: list[Any] = ["id", c.id, "label", label, "valid_from", c.valid_from, "valid_to", c.valid_to]
    properties += [part for name in visible(register, question.public) for part in (name, c[name])]
    if "name" not in c:
        properties += ["name", label]
    whole = func.json_build_object(
        "type", "Feature",
        "id", c.id,
        "geometry", cast(func.ST_AsGeoJSON(c.geom, question.decimals), JSON),
        "properties", func.json_build_object(*properties),
    )  # fmt: skip
    return cast(whole, Text)


def _label_field(register: Register) -> str:
    return next((name for name in ("name", "number") if name in register.table.c), "code")


def _is(register: Register, identity: str) -> ColumnElement[bool]:
    c = register.table.c
    return or_(c.id == _uuid(identity), c.code == identity)


def _uuid(identity: str) -> UUID | None:
    try:
        return UUID(identity)
    except ValueError:
        return None


def _chosen(register: Register, question: Question) -> ColumnElement[bool]:
    table = register.table
    tests = [_in_span(table, question) if question.until else in_force(table, question.on, question.known)]
    if question.box:
        tests.append(_in_box(table.c.geom, question.box))
    tests += [table.c[name] == value for name, value in (question.equal or {}).items()]
    return and_(*tests)


def _in_span(table: Any, question: Question) -> ColumnElement[bool]:
    later = table.alias()
    within = [
        and_(
            each.c.superseded_at.is_(None),
            func.daterange(each.c.valid_from, each.c.valid_to).op("&&")(
                func.daterange(question.on, question.until, "[]")
            ),
        )
        for each in (table, later)
    ]
    newer = select(literal(1)).where(
        later.c.id == table.c.id, later.c.valid_from > table.c.valid_from, within[1]
    )
    return and_(within[0], ~newer.exists())


def _in_box(geom: Any, box: Box) -> ColumnElement[bool]:
    west, south, east, north = box
    halves = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    return or_(*(func.ST_Intersects(geom, func.ST_MakeEnvelope(w, south, e, north, SRID)) for w, e in halves))


def properties_schema(register: Register, public: bool) -> dict[str, Any]:
    """What the properties of a feature are, as JSON Schema."""
    kinds = {str: "string", int: "integer", float: "number", bool: "boolean", date: "string"}
    found: dict[str, Any] = {
        field.name: {"type": kinds[field.type], "title": str(field.title)}
        | ({"x-unit": field.unit} if field.unit else {})
        for field in register.fields
        if field.public or not public
    }
    return found | {name: {"type": "string"} for name in FIXED}
