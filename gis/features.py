"""Records as GeoJSON features, made inside the database: one question, one SQL, bytes out.

Pages follow each other by key (code and id of the last record), so a deep page costs what the first one costs.
"""

from __future__ import annotations

import base64
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Double,
    Numeric,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    tuple_,
)

from gis.db import SCHEMA
from gis.errors import BadInput
from gis.history import as_known, in_force
from gis.intake.publishing import PUBLICATIONS
from gis.record_tables import SRID
from gis.registers import Field, Register, sql_type_name

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
Box = tuple[float, float, float, float]
FULL = 30
"""Decimals enough for the shortest text that gives back the stored double exactly, however small it is."""
ALWAYS = ("id", "code", "name", "label", "valid_from", "valid_to")
"""What the properties of every feature hold."""


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
    """Decimals of a degree that are shown; a box is asked of what is shown, so it cannot tell more."""
    public: bool = True
    equal: Mapping[str, str] | None = None
    """field -> value that it must have."""


@dataclass(frozen=True)
class Answer:
    """Features as JSON texts, how many there are in all, the key of the next page, and when this was so."""

    features: list[str]
    matched: int
    next: str | None
    moment: datetime


def ask(tx: Connection, register: Register, question: Question) -> Answer:
    """One page of records, in the order of their codes."""
    c = register.table.c
    chosen = _chosen(register, question)
    page = (
        select(c.code, c.id, _feature(register, question).label("feature"))
        .where(chosen, tuple_(c.code, c.id) > tuple_(*decoded(question.after)) if question.after else true())
        .order_by(c.code, c.id)
        .limit(question.limit + 1)
        .cte("page")
    )
    all_of_them = select(func.count().label("matched"), func.now().label("moment"))
    counted = all_of_them.select_from(register.table).where(chosen).cte("counted")
    both = select(counted, page).select_from(counted.outerjoin(page, true()))
    rows = tx.execute(both.order_by(page.c.code, page.c.id)).all()
    found = [row for row in rows if row.feature is not None]
    shown = found[: question.limit]
    following = encoded(shown[-1].code, shown[-1].id) if len(found) > question.limit else None
    return Answer(
        [row.feature for row in shown], rows[0].matched, following, question.known or rows[0].moment
    )


def one(tx: Connection, register: Register, identity: str, question: Question) -> str | None:
    """One record by its permanent id or its code, as JSON text; None when it is not in force then."""
    statement = (
        select(_feature(register, question))
        .where(_is(register, identity), _chosen(register, question))
        .order_by(register.table.c.valid_from.desc())
        .limit(1)
    )
    return tx.scalar(statement)


def versions(
    tx: Connection, register: Register, identity: str, public: bool, decimals: int = FULL
) -> list[dict[str, Any]]:
    """Every version of a record that was ever recorded, in legal time and then in the order of recording.

    `document` is the number of the document that brought it; who sent it is not for the public.
    """
    c = register.table.c
    ids = select(c.id).where(_is(register, identity))
    fields = [_shown(register, field, decimals) for field in register.fields if field.public or not public]
    times = [c.valid_from, c.valid_to, c.recorded_at, c.superseded_at]
    statement = (
        select(c.version, c.id, *fields, *times, PUBLICATIONS.c.document, c.submission)
        .select_from(
            register.table.outerjoin(PUBLICATIONS, PUBLICATIONS.c.submission == register.table.c.submission)
        )
        .where(c.id.in_(ids))
        .order_by(c.valid_from, c.recorded_at, c.version)
    )
    found = [dict(row) for row in tx.execute(statement).mappings()]
    return [{name: row[name] for name in row if name != "submission" or not public} for row in found]


def extent(tx: Connection, register: Register, decimals: int) -> Box | None:
    """A box around all records of all times (west, south, east, north), rounded outwards; read off the index."""
    table = register.table
    box = select(func.ST_EstimatedExtent(SCHEMA, table.name, "geom").label("box")).subquery()
    edges = (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)
    west, south, east, north = tx.execute(select(*(edge(box.c.box) for edge in edges))).one()
    if west is None:
        return None
    fine = 10.0**decimals
    low, high = (
        [math.floor(each * fine) / fine for each in (west, south)],
        [math.ceil(each * fine) / fine for each in (east, north)],
    )
    return low[0], low[1], high[0], high[1]


def visible(register: Register, public: bool) -> list[str]:
    """The fields that the public, or a colleague, may see."""
    return [field.name for field in register.fields if field.public or not public]


def encoded(code: str, identity: UUID) -> str:
    """The key of a page: opaque, and safe in an address."""
    return base64.urlsafe_b64encode(f"{identity}{code}".encode()).decode().rstrip("=")


def decoded(key: str) -> tuple[str, UUID]:
    """The code and the id a page key stands for. Raises BadInput."""
    try:
        words = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True).decode()
        code, identity = words[36:], UUID(words[:36])
    except ValueError as problem:
        raise BadInput("翻页标记无效", "the page key is not valid") from problem
    if not code or "\0" in code:
        raise BadInput("翻页标记无效", "the page key is not valid")
    return code, identity


def properties_schema(register: Register, public: bool) -> dict[str, dict[str, Any]]:
    """What the properties of a feature are, as JSON Schema."""
    plain: dict[str, dict[str, Any]] = {name: {"type": "string"} for name in ALWAYS}
    described = {
        field.name: {"type": sql_type_name(field.type), "title": str(field.title)}
        | ({"x-unit": field.unit} if field.unit else {})
        | ({} if field.required else {"nullable": True})
        for field in register.fields
        if field.public or not public
    }
    return plain | described | {"valid_to": {"type": "string", "nullable": True}}


def _feature(register: Register, question: Question) -> ColumnElement[str]:
    """The feature as text; put together as text, because to check what was just written costs twice the time."""
    c = register.table.c
    shape = func.coalesce(func.ST_AsGeoJSON(c.geom, question.decimals, 0), "null")
    properties = func.json_build_object(*_properties(register, question))
    return func.concat(
        '{"type":"Feature","id":"', c.id, '","geometry":', shape, ',"properties":', properties, "}"
    )


def _properties(register: Register, question: Question) -> list[Any]:
    c = register.table.c
    label = func.coalesce(c[_label_field(register)], c.code)
    named: dict[str, Any] = {name: c.get(name, label) for name in ALWAYS}
    for field in register.fields:
        if field.public or not question.public:
            named[field.name] = _shown(register, field, question.decimals)
    return [part for pair in named.items() for part in pair]


def _shown(register: Register, field: Field, decimals: int) -> ColumnElement[Any]:
    """A field as its readers see it: degrees as fine as the shapes."""
    column = register.table.c[field.name]
    if field.unit == "°" and decimals < FULL:
        return cast(func.round(cast(column, Numeric), decimals), Double).label(field.name)
    return column


def _label_field(register: Register) -> str:
    return next((name for name in ("name", "number") if name in register.table.c), "code")


def _is(register: Register, identity: str) -> ColumnElement[bool]:
    c = register.table.c
    written_as_id = _ID.fullmatch(identity)  # four codes of eight digits have as many digits as an id
    return c.id == UUID(identity) if written_as_id else c.code == identity.replace("\0", "")


def _chosen(register: Register, question: Question) -> ColumnElement[bool]:
    table = register.table
    tests = [_in_span(table, question) if question.until else in_force(table, question.on, question.known)]
    if question.box:
        tests.append(_in_box(table.c.geom, question.box, question.decimals))
    tests += [table.c[name] == value for name, value in (question.equal or {}).items()]
    return and_(*tests)


def _in_span(table: Any, question: Question) -> ColumnElement[bool]:
    """Of each record the newest version that shares a day with the span."""
    later = table.alias()
    span = func.daterange(question.on, question.until, "[]")
    here, there = (
        and_(
            as_known(each, question.known),
            func.daterange(each.c.valid_from, each.c.valid_to).op("&&")(span),
        )
        for each in (table, later)
    )
    newer = select(literal(1)).where(later.c.id == table.c.id, later.c.valid_from > table.c.valid_from, there)
    return and_(here, ~newer.exists())


def _in_box(geom: Any, box: Box, decimals: int) -> ColumnElement[bool]:
    """What meets the box, in the precision that is shown: asking again and again tells no more than looking."""
    west, south, east, north = box
    halves = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    envelopes = [func.ST_MakeEnvelope(w, south, e, north, SRID) for w, e in halves]
    if decimals >= FULL:
        return or_(*(func.ST_Intersects(geom, envelope) for envelope in envelopes))
    cell = 10.0**-decimals
    rounded = _rounded(geom, cell)
    near = [geom.op("&&")(func.ST_Expand(envelope, cell)) for envelope in envelopes]
    meets = [func.ST_Intersects(rounded, func.ST_Expand(envelope, cell / 1000)) for envelope in envelopes]
    return or_(*map(and_, near, meets))


def _rounded(geom: Any, cell: float) -> ColumnElement[Any]:
    """A shape on the grid of what is shown; one that is smaller than a cell becomes a point."""
    snapped = func.ST_SnapToGrid(geom, cell)
    return case(
        (func.ST_IsEmpty(snapped), func.ST_SnapToGrid(func.ST_PointOnSurface(geom), cell)), else_=snapped
    )
