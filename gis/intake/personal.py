"""Personal information: what a register knows of owners and applicants, in tables that answer nobody.

Two tables stand apart from every version, finding and comparison. `personal_sent` holds what a delivery said, for as
long as it may still be published: the database itself lets go of it when the delivery is superseded, returned,
withdrawn or published. `personal` holds, for each record in force or yet to come, what was published last, and
nothing of what it said before. Whoever reads or erases gives a reason, and that they did is an event; what they saw is not.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Integer,
    PrimaryKeyConstraint,
    Table,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import JSONB, UUID, distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert

from gis import events, history
from gis.db import SCHEMA, copy_rows, metadata
from gis.errors import BadInput, NotAllowed, NotFound
from gis.intake.beside import measure
from gis.intake.personal_columns import values_of
from gis.intake.recognition import Recognised
from gis.people import ROLE_WORDS, Person
from gis.registers import REGISTERS, Register

SENT = Table(
    "personal_sent",
    metadata,
    Column("delivery", BigInteger, nullable=False),
    Column("register", SqlText, nullable=False),
    Column("row", Integer, nullable=False),
    Column("fields", JSONB, nullable=False),
    PrimaryKeyConstraint("delivery", "register", "row"),
    schema=SCHEMA,
)
KEPT = Table(
    "personal",
    metadata,
    Column("register", SqlText, nullable=False),
    Column("id", UUID(as_uuid=True), nullable=False),
    Column("fields", JSONB, nullable=False),
    Column("submission", BigInteger, nullable=False),
    Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    PrimaryKeyConstraint("register", "id"),
    schema=SCHEMA,
)
"""`id` is that of the record, whatever its code is or was."""

READERS = ("administrator", "staff")
"""The roles that may read and erase, in their areas."""
LONGEST_REASON = 1000
NOTHING = cast({}, JSONB)


@dataclass(frozen=True)
class Known:
    """What is known of the persons behind one record, and the submission that said so."""

    id: Any
    fields: dict[str, Any]
    submission: int
    recorded_at: datetime


def stage(
    tx: Connection, delivery: int, register: Register, rows: Iterable[int], values: Iterable[dict[str, Any]]
) -> None:
    """Lays down what the rows of a delivery say of persons."""
    laid = ((delivery, register.name, int(row), json.dumps(said)) for row, said in zip(rows, values, strict=True))
    copy_rows(tx, SENT, ["delivery", "register", "row", "fields"], laid)


def stage_sheets(tx: Connection, delivery: int, recognised: Sequence[Recognised]) -> None:
    """The same for all sheets of a delivery, whose rows are numbered through by register."""
    counted: dict[str, int] = {}
    for each in recognised:
        if each.register is None or each.is_list:
            continue
        before = counted.get(each.register.name, 0)
        counted[each.register.name] = before + len(each.layer.frame)
        if each.personal:
            rows = range(before + 1, counted[each.register.name] + 1)
            stage(tx, delivery, each.register, rows, values_of(each.register, each.personal, each.layer.frame))


def bring_into_force(tx: Connection, register: Register, delivery: int, submission: int, day: date) -> None:
    """Keeps what a delivery said of persons beside the records that are in force on its effective day.

    A column that was not sent keeps what is known; an empty cell takes it back. What was known of records that are
    over goes. Nothing of it is a change of a record.
    """
    if not register.personal:
        return
    if register.listed:
        measure(tx, SENT)
    said = _said(register, delivery, submission, day)
    entered = upsert(KEPT).from_select(["register", "id", "fields", "submission"], said)
    now = {name: entered.excluded[name] for name in ("fields", "submission")} | {"recorded_at": func.now()}
    tx.execute(entered.on_conflict_do_update(index_elements=["register", "id"], set_=now))
    k = KEPT.c
    tx.execute(delete(KEPT).where(k.register == register.name, or_(k.fields == NOTHING, ~_is_to_be(register))))


def _said(register: Register, delivery: int, submission: int, day: date) -> Any:
    """register, id, fields, submission: what is known once this delivery is published."""
    k, s, v, t = KEPT.c, register.staging.c, register.table.c, SENT.c
    fields = func.jsonb_strip_nulls(func.coalesce(k.fields, NOTHING).op("||")(t.fields))
    return (
        select(literal(register.name), v.id, fields, literal(submission))
        .select_from(SENT)
        .join(register.staging, (s.delivery == t.delivery) & (s.row == t.row) & ~s.set_aside)
        .join(register.table, (v.code == s.code) & history.in_force(register.table, day))
        .outerjoin(KEPT, (k.register == register.name) & (k.id == v.id))
        .where(t.delivery == delivery, t.register == register.name)
        .where(or_(k.id.is_not(None), func.jsonb_strip_nulls(t.fields) != NOTHING))
        .ext(distinct_on(v.id))
        .order_by(v.id, t.row.desc())
    )


def _is_to_be(register: Register) -> Any:
    """The record is in force today or will be."""
    v = register.table.c
    lasting = or_(v.valid_to.is_(None), v.valid_to > date.today())
    return exists().where(v.id == KEPT.c.id, v.superseded_at.is_(None), lasting)


def read(tx: Connection, person: Person, name: str, code: str, reason: str) -> tuple[Register, list[Known]]:
    """What is known of the persons behind the records that bear or bore a code; an event, whatever is found.

    Raises BadInput, NotFound, NotAllowed.
    """
    register, ids = _asked(tx, person, name, code, reason)
    k = KEPT.c
    found = select(k.id, k.fields, k.submission, k.recorded_at).where(k.register == register.name, k.id.in_(ids))
    known = [Known(*row) for row in tx.execute(found.order_by(k.recorded_at))]
    events.record(tx, _subject(register, code), "read_personal", person.id, reason=reason.strip(), records=len(known))
    return register, known


def erase(tx: Connection, person: Person, name: str, code: str, reason: str) -> tuple[int, list[int]]:
    """Erases what is known, and what is sent and not yet published, of the persons behind a code.

    Answers of how many records it was erased, and the submissions whose files may still say it.
    Raises BadInput, NotFound, NotAllowed.
    """
    register, ids = _asked(tx, person, name, code, reason)
    gone = delete(KEPT).where(KEPT.c.register == register.name, KEPT.c.id.in_(ids)).returning(KEPT.c.submission)
    said_by = list(tx.scalars(gone))
    s, t = register.staging.c, SENT.c
    rows = exists().where(s.delivery == t.delivery, s.row == t.row, s.code == code)
    tx.execute(delete(SENT).where(t.register == register.name, rows))
    events.record(tx, _subject(register, code), "erase_personal", person.id, reason=reason.strip(), records=len(said_by))
    return len(said_by), sorted(set(said_by))


def _asked(
    tx: Connection, person: Person, name: str, code: str, reason: str
) -> tuple[Register, list[Any]]:
    """The register and the records that a code means, if somebody may ask for them."""
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise BadInput(
            "查阅、删除个人信息必须写明理由(不超过 {most} 字)",
            "a reason is compulsory to read or erase personal information (at most {most} characters)",
            most=LONGEST_REASON,
        )
    register = REGISTERS.get(name)
    if register is None or not register.personal:
        raise BadInput("名录“{name}”不保存个人信息", "the register “{name}” keeps no personal information", name=name[:40])
    v = register.table.c
    areas = [v[each] for each in register.area_fields]
    rows = tx.execute(select(v.id, *areas).where(v.code == code, v.superseded_at.is_(None))).mappings().all()
    if not rows:
        raise NotFound("没有代码为 {code} 的记录", "no record bears the code {code}", code=code[:80])
    units = {unit for row in rows for unit in register.unit_codes(dict(row))}
    if not any(person.may(role, units) for role in READERS):
        raise NotAllowed(
            f"此操作需要本区域的“{'”或“'.join(ROLE_WORDS[each].zh for each in READERS)}”角色",
            f"this needs, in the area, one of the roles “{'”, “'.join(ROLE_WORDS[each].en for each in READERS)}”",
        )
    return register, list({row["id"] for row in rows})


def _subject(register: Register, code: str) -> str:
    return f"personal/{register.name}/{code}"
