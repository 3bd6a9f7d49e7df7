"""Records as GeoJSON features, made inside the database: one question, one SQL, bytes out."""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, func, select

from gis import feature_sql
from gis.db import SCHEMA
from gis.feature_sql import ALWAYS, EVERYWHERE, Form
from gis.intake.publishing import PUBLICATIONS
from gis.page_keys import Mark, decoded, encoded
from gis.registers import Register, sql_type_name

Box = tuple[float, float, float, float]
Areas = tuple[str, ...]
FULL = 30
"""Decimals enough for the shortest text that gives back the stored double exactly, however small it is."""

FINEST = 7
"""Decimals of a degree that a drawing needs: a centimetre."""
FEW = 10_000
"""So many records of a box are put in order for every page anew; beyond that pages follow the index of codes."""

_PRINTED_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Question:
    """Which records: a box (west, south, east, north in °), a day or a span of days, what was known when."""

    on: date
    until: date | None = None
    """With it, `on` to `until` is a span: of each record the newest version in it."""
    known: datetime | None = None
    box: Box | None = None
    """West beyond east crosses the antimeridian."""
    limit: int = 100
    after: str = ""
    decimals: int = FULL
    """Decimals of a degree that are shown; a box is asked of what is shown, so it cannot tell more."""
    public: bool = True
    areas: tuple[str, ...] = EVERYWHERE
    """Beginnings of the unit codes among which a reader who is no public reads internal records and fields."""
    equal: Mapping[str, str] = field(default_factory=dict)
    """field -> value that it must have."""


@dataclass(frozen=True)
class Answer:
    """Features as JSON texts, how many there are in all, the key of the next page, and when this was so."""

    features: list[str]
    matched: int
    next: str | None
    moment: datetime


def ask(tx: Connection, register: Register, question: Question) -> Answer:
    """One page of records, in the order of their codes; all of them are counted for the first page only."""
    mark = _mark(register, question)
    form, values = _form(register, question, mark), _values(question)
    values |= {"limit": question.limit + 1} | ({"code": mark.code, "id": mark.id} if mark else {})
    if mark and mark.matched is not None and question.known:
        rows = tx.execute(feature_sql.page(form), values).all()
        matched, moment = mark.matched, question.known
    else:
        rows = tx.execute(feature_sql.counted_page(form), values).all()
        matched, moment = rows[0].matched, question.known or rows[0].moment
    found = [row for row in rows if row.feature is not None]
    shown, following = found[: question.limit], None
    if len(found) > question.limit:
        of = _fingerprint(register, replace(question, known=moment))
        following = encoded(Mark(matched, of, shown[-1].id, shown[-1].code))
    return Answer([row.feature for row in shown], matched, following, moment)


def one(tx: Connection, register: Register, identity: str, question: Question) -> str | None:
    """One record by its permanent id or its code, as JSON text; None when it is not in force then."""
    by = _identity(identity)
    statement = feature_sql.one(_form(register, question), by_id="id" in by)
    found: str | None = tx.scalar(statement, _values(question) | by)
    return found


def heaps(tx: Connection, register: Register, question: Question, box: Box, size: float) -> list[dict[str, Any]]:
    """Records of a box, counted by the cells of a grid of `size` (°): number and middle, of a single one id and label."""
    edges = dict(zip(("west", "south", "east", "north"), box, strict=True))
    rows = tx.execute(feature_sql.heaps(_form(register, question)), _values(question) | edges | {"size": size})
    fine = min(question.decimals, FINEST)
    return [
        {"number": row.number, "lon": round(row.lon, fine), "lat": round(row.lat, fine)}
        | ({"id": row.id, "label": row.label} if row.number == 1 else {})
        for row in rows
    ]


def versions(
    tx: Connection, register: Register, identity: str, public: bool, decimals: int = FULL, areas: Areas = EVERYWHERE
) -> list[dict[str, Any]]:
    """Every version of a record that was ever recorded, in legal time and then in the order of recording.

    `publication` is the number of the document that brought it, `document` of the one that it names itself or else of
    that; who sent it is not for the public. Of what lies in none of the areas, internal versions and fields are left out.
    """
    t, c = register.table, register.table.c
    fields = [
        feature_sql.shown(register, register.field(name), rounded=decimals < FULL)
        for name in visible(register, public)
        if name != "document"
    ]
    own = [c.document] if "document" in c else []
    document = func.coalesce(*own, PUBLICATIONS.c.document).label("document")
    times = [c.valid_from, c.valid_to, c.recorded_at, c.superseded_at]
    ids = [c[name] == value for name, value in _identity(identity).items()]
    here = feature_sql.lies_within(register, areas, date.today()).label("here")
    statement = (
        select(c.version, c.id, *fields, *times, document, PUBLICATIONS.c.document.label("publication"), c.submission, here)
        .select_from(t.outerjoin(PUBLICATIONS, PUBLICATIONS.c.submission == c.submission))
        .where(
            c.id.in_(select(c.id).where(*ids)),
            feature_sql.is_open(register, public=public, areas=areas, on=date.today()),
        )
        .order_by(c.valid_from, c.recorded_at, c.version)
    )
    if register.kept_to_areas:
        statement = statement.where(here)
    found = [dict(row) for row in tx.execute(statement, {"decimals": decimals}).mappings()]
    hidden = {"here"} | ({"submission"} if public else set())
    internal = {"submission", *visible(register, public=False)} - {"document", *visible(register, public=True)}
    return [
        {name: row[name] for name in row if name not in hidden and (row["here"] or name not in internal)} for row in found
    ]


def extent(tx: Connection, register: Register, decimals: int) -> Box | None:
    """A box around all records of all times (west, south, east, north), rounded outwards; read off the index."""
    box = select(func.ST_EstimatedExtent(SCHEMA, register.table.name, "geom").label("box")).subquery()
    edges = (func.ST_XMin, func.ST_YMin, func.ST_XMax, func.ST_YMax)
    west, south, east, north = tx.execute(select(*(edge(box.c.box) for edge in edges))).one()
    if west is None:
        return None
    fine = 10.0**decimals
    low, high = (
        (math.floor(west * fine), math.floor(south * fine)),
        (math.ceil(east * fine), math.ceil(north * fine)),
    )
    return low[0] / fine, low[1] / fine, high[0] / fine, high[1] / fine


def visible(register: Register, public: bool) -> list[str]:
    """The names of the fields that the public, or a colleague, may see."""
    return [each.name for each in register.shown(public=public)]


def properties_schema(register: Register, public: bool) -> dict[str, dict[str, Any]]:
    """What the properties of a feature are, as JSON Schema."""
    plain: dict[str, dict[str, Any]] = {name: {"type": "string"} for name in ALWAYS}
    described = {
        each.name: {"type": sql_type_name(each.type), "title": str(each.title)}
        | ({"x-unit": each.unit} if each.unit else {})
        | ({} if each.required else {"nullable": True})
        for each in register.shown(public=public)
    }
    return plain | described | {"valid_to": {"type": "string", "nullable": True}}


def _mark(register: Register, question: Question) -> Mark | None:
    """Where the page before ended; its count holds only for the same question of the same moment."""
    if not question.after:
        return None
    mark = decoded(question.after)
    holds = question.known is not None and mark.of == _fingerprint(register, question)
    return mark if holds else replace(mark, matched=None)


def _form(register: Register, question: Question, mark: Mark | None = None) -> Form:
    known_to_be_many = mark is not None and mark.matched is not None and mark.matched > FEW
    return Form(
        register.name,
        public=question.public,
        areas=question.areas,
        rounded=question.decimals < FULL,
        spans_days=question.until is not None,
        of_a_moment=question.known is not None,
        halves=len(_halves(question.box)),
        equal=tuple(sorted(question.equal)),
        follows=mark is not None,
        box_first=question.box is not None and not known_to_be_many,
    )


def _values(question: Question) -> dict[str, Any]:
    found: dict[str, Any] = {
        "on": question.on, "until": question.until, "known": question.known,
        "decimals": question.decimals, "cell": 10.0**-question.decimals,
    }  # fmt: skip
    for number, half in enumerate(_halves(question.box)):
        found |= {
            f"{edge}_{number}": at for edge, at in zip(("west", "south", "east", "north"), half, strict=True)
        }
    return found | {f"equal_{name}": value for name, value in question.equal.items()}


def _halves(box: Box | None) -> list[Box]:
    if box is None:
        return []
    west, south, east, north = box
    return [box] if west <= east else [(west, south, 180.0, north), (-180.0, south, east, north)]


def _identity(given: str) -> dict[str, Any]:
    """What a record is asked by: its id in its one printed form, or its code, which may look much like one."""
    return {"id": UUID(given)} if _PRINTED_ID.fullmatch(given) else {"code": given.replace("\0", "")}


def _fingerprint(register: Register, question: Question) -> str:
    """What a count belongs to: everything that decides which records are meant."""
    known = question.known.timestamp() if question.known else None
    equal = sorted(question.equal.items())
    reader = (question.public, question.areas)
    meant = (register.name, question.on, question.until, known, question.box, question.decimals, equal, reader)
    return hashlib.sha1(repr(meant).encode(), usedforsecurity=False).hexdigest()[:10]
