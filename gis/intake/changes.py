"""Changes: what would be different: added, changed, removed, and records that replace others under a new code."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Select,
    Table,
    Text,
    and_,
    case,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, array

from gis.db import SCHEMA, metadata
from gis.history import in_force
from gis.intake import standing
from gis.intake.beside import Staged, left_out, lists_of
from gis.intake.rules import Survey
from gis.registers import REGISTERS, Field, Register
from gis.text import Text as Words

CHANGES = Table(
    "change",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("delivery", BigInteger, ForeignKey(f"{SCHEMA}.delivery.id"), nullable=False),
    Column("register", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("row", Integer),
    Column("version", BigInteger),
    Column("old_code", Text),
    Column("fields", ARRAY(Text), nullable=False, server_default="{}"),
    Index("ix_change_delivery", "delivery", "register"),
    schema=SCHEMA,
)
KINDS = {
    "added": Words("新增", "added"),
    "changed": Words("变更", "changed"),
    "removed": Words("终止", "removed"),
    "related": Words("替代", "replaces"),
}
SAME_PLACE = 1e-9
"""Degrees (a tenth of a millimetre): what re-projection alone may move."""


COLUMNS = ["delivery", "register", "kind", "code", "row", "version", "old_code", "fields"]


def compare(tx: Connection, delivery: int, survey: Survey, whole: bool, on: date | None = None) -> None:
    """Writes down how the staged records of a delivery differ from what is in force on a day (today)."""
    day = on or date.today()
    tx.execute(delete(CHANGES).where(CHANGES.c.delivery == delivery))
    for register in lists_of(tx, delivery):
        _compare_list(Staged(tx, delivery, day, survey.settings, register, whole))
    missing = standing.left_out(tx, survey.sheets, day, survey.settings) if whole else {}
    for name, sheet in survey.sheets.items():
        register = REGISTERS[name]
        for difference in (_added(register, delivery, day), _changed(register, delivery, day)):
            tx.execute(insert(CHANGES).from_select(COLUMNS, difference))
        pairs = _related(register, sheet, survey)
        if pairs:
            tx.execute(
                insert(CHANGES),
                [{"delivery": delivery, "register": name, "kind": "related", **pair} for pair in pairs],
            )
        if name in missing:
            gone = _unmentioned(register, delivery, missing[name])
            tx.execute(insert(CHANGES).from_select(COLUMNS, _missing(register, delivery, gone)))
    _drop_missing_that_are_replaced(tx, delivery)


def _compare_list(staged: Staged) -> None:
    """The same for a long list: every kind of change is one statement."""
    register, tx = staged.register, staged.tx
    differences = [_added(register, staged.delivery, staged.day), _changed(register, staged.delivery, staged.day)]
    if register.replaces is not None:
        differences.append(_replaced(staged, register.replaces(staged).subquery()))
    if staged.whole:
        differences.append(_missing(register, staged.delivery, left_out(staged)))
    for difference in differences:
        tx.execute(insert(CHANGES).from_select(COLUMNS, difference))


def counts(tx: Connection, delivery: int) -> dict[str, dict[str, int]]:
    """How many changes of each kind, by register."""
    c = CHANGES.c
    found: dict[str, dict[str, int]] = {}
    rows = tx.execute(
        select(c.register, c.kind, func.count()).where(c.delivery == delivery).group_by(c.register, c.kind)
    )
    for register, kind, number in rows:
        found.setdefault(register, {})[kind] = number
    return found


def of_delivery(
    tx: Connection, delivery: int, register: Register, most: int | None = None, skip: int = 0
) -> list[dict[str, Any]]:
    """The changes of one register with the fields before and after and both geometries as GeoJSON text.

    With `most`, only so many of them, after the first `skip`.
    """
    before, after = register.table, register.staging
    mine = (CHANGES.c.delivery == delivery, CHANGES.c.register == register.name)
    order = (CHANGES.c.kind, CHANGES.c.code, CHANGES.c.id)
    # chosen first: of a long list a page is laid out, not the whole
    chosen = select(CHANGES).where(*mine).order_by(*order).limit(most).offset(skip).subquery("chosen")
    c = chosen.c
    fields = [field.name for field in register.fields if not field.inner]
    statement = (
        select(
            c.kind,
            c.code,
            c.old_code,
            c.fields,
            func.json_build_object(*_pairs(before, fields)).label("before"),
            func.json_build_object(*_pairs(after, fields)).label("after"),
            func.ST_AsGeoJSON(before.c.geom, 7).label("before_geom"),
            func.ST_AsGeoJSON(after.c.geom, 7).label("after_geom"),
            _length_m(before).label("before_m"),
            _length_m(after).label("after_m"),
        )
        .select_from(
            chosen.outerjoin(before, before.c.version == c.version).outerjoin(
                after, and_(after.c.delivery == c.delivery, after.c.row == c.row)
            )
        )
        .order_by(c.kind, c.code, c.id)
    )
    return [dict(row) for row in tx.execute(statement).mappings()]


def staged(register: Register, delivery: int) -> ColumnElement[bool]:
    """The records of a delivery that are to be taken in."""
    s = register.staging.c
    return and_(s.delivery == delivery, ~s.set_aside, s.code.is_not(None))


def _pairs(table: Table, fields: list[str]) -> list[Any]:
    return [part for name in fields for part in (literal(name), table.c[name])]


def _length_m(table: Table) -> ColumnElement[float]:
    return func.ST_Length(func.geography(func.ST_Transform(table.c.geom, 4326)))


def _added(register: Register, delivery: int, day: date) -> Select[Any]:
    s, v = register.staging, register.table
    return (
        select(
            literal(delivery),
            literal(register.name),
            literal("added"),
            s.c.code,
            s.c.row,
            null(),
            null(),
            _no_fields(),
        )
        .select_from(s.outerjoin(v, and_(v.c.code == s.c.code, in_force(v, day))))
        .where(staged(register, delivery), v.c.version.is_(None))
    )


def _changed(register: Register, delivery: int, day: date) -> Select[Any]:
    s, v = register.staging, register.table
    differing = func.array_remove(
        array(
            [case((s.c[f.name].is_distinct_from(v.c[f.name]), literal(f.name))) for f in _compared(register)]
            + [case((_elsewhere(s, v), literal("geom")))]
        ),
        None,
    )
    return (
        select(
            literal(delivery),
            literal(register.name),
            literal("changed"),
            s.c.code,
            s.c.row,
            v.c.version,
            null(),
            differing,
        )
        .join_from(s, v, and_(v.c.code == s.c.code, in_force(v, day)))
        .where(staged(register, delivery), func.cardinality(differing) > 0)
    )


def _compared(register: Register) -> list[Field]:
    """What a register makes for its own comparisons is no change of a record."""
    return [field for field in register.fields if not field.inner]


def _elsewhere(s: Table, v: Table) -> ColumnElement[bool]:
    """Whether a place was sent that is not the one in force; the costly distance only where nothing cheaper tells."""
    points = and_(*(func.ST_GeometryType(each.c.geom) == "ST_Point" for each in (s, v)))
    same = case(
        (func.ST_OrderingEquals(s.c.geom, v.c.geom), true()),
        (points, func.ST_Distance(s.c.geom, v.c.geom) < SAME_PLACE),
        else_=func.ST_HausdorffDistance(s.c.geom, v.c.geom) < SAME_PLACE,
    )
    return and_(s.c.geom.is_not(None), func.coalesce(~same, true()))


def _replaced(staged: Staged, pairs: Any) -> Select[Any]:
    s, v = staged.register.staging, staged.register.table
    return (
        select(
            literal(staged.delivery),
            literal(staged.register.name),
            literal("related"),
            s.c.code,
            s.c.row,
            v.c.version,
            v.c.code,
            _no_fields(),
        )
        .join_from(s, pairs, s.c.row == pairs.c.row)
        .join(v, v.c.version == pairs.c.version)
        .where(staged.sent, s.c.code != v.c.code)
    )


def _missing(register: Register, delivery: int, versions: ColumnElement[bool]) -> Select[Any]:
    v = register.table
    return select(
        literal(delivery),
        literal(register.name),
        literal("removed"),
        v.c.code,
        null(),
        v.c.version,
        null(),
        _no_fields(),
    ).where(versions)


def _unmentioned(register: Register, delivery: int, versions: list[int]) -> ColumnElement[bool]:
    """These versions, but for those of records that were sent and set aside."""
    s, v = register.staging, register.table
    mentioned = select(s.c.code).where(s.c.delivery == delivery, s.c.code.is_not(None))
    return and_(v.c.version.in_(versions), v.c.code.not_in(mentioned))


def _related(register: Register, sheet: Any, survey: Survey) -> list[dict[str, Any]]:
    around = survey.in_force.get(register.name)
    if register.related is None or around is None or around.empty:
        return []
    version = dict(zip(around["code"], around["version"], strict=True))
    row = dict(zip(sheet["code"], sheet["row"], strict=True))
    pairs = register.related(sheet, around, survey.settings)
    return [
        {
            "code": pair.code,
            "old_code": pair.old,
            "row": int(row[pair.code]),
            "version": int(version[pair.old]),
        }
        for pair in pairs.itertuples()
    ]


def _drop_missing_that_are_replaced(tx: Connection, delivery: int) -> None:
    c = CHANGES.c
    replaced = select(c.old_code).where(c.delivery == delivery, c.kind == "related")
    tx.execute(delete(CHANGES).where(c.delivery == delivery, c.kind == "removed", c.code.in_(replaced)))


def _no_fields() -> ColumnElement[Any]:
    return literal([], ARRAY(Text))
