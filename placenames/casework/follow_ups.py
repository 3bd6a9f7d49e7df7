"""Follow-ups: what still mentions an old name after its change was announced, as a list of work to be done.

The list is written in the transaction that announces, so that nothing is forgotten between the two. Each entry is
settled once: done, when the register no longer reads as it did, or kept, with the reason why it stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    UUID,
    BigInteger,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Table,
    func,
    insert,
    literal,
    select,
    text,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import distinct_on

from gis.db import SCHEMA, metadata
from gis.feature_sql import is_open
from gis.features import Areas
from gis.people import PERSONS, Person
from gis.registers import REGISTERS
from gis.text import Text
from placenames.casework import cases, mentioning, renamings

FOLLOW_UPS = Table(
    "case_follow_up",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case", BigInteger, ForeignKey(f"{SCHEMA}.name_case.id"), nullable=False),
    Column("register", SqlText, nullable=False),
    Column("record", UUID(as_uuid=True), nullable=False),
    Column("code", SqlText),
    Column("label", SqlText, nullable=False),
    Column("field", SqlText, nullable=False),
    Column("before", SqlText, nullable=False),
    Column("proposed", SqlText),
    Column("state", SqlText, nullable=False, server_default="open"),
    Column("person", BigInteger, ForeignKey(f"{SCHEMA}.person.id")),
    Column("at", DateTime(timezone=True)),
    Column("reason", SqlText),
    Index("ix_case_follow_up_case", "case", "id"),
    Index("ix_case_follow_up_open", "case", postgresql_where=text("state = 'open'")),
    schema=SCHEMA,
)
STATES = {
    "open": Text("待处理", "to be done"),
    "done": Text("已更改", "done"),
    "kept": Text("保留原样", "kept as it is"),
}
WORKERS = ("staff", "reviewer")


def open_for(tx: Connection, case: Mapping[str, Any], before: Mapping[str, Any], after: Mapping[str, Any] | None) -> int:
    """Lists what still mentions the old name of a case that is being announced; answers how much that is.

    `before` and `after` are the place's records (id, code, unit, category, class_code, name, specific); there is no
    `after` when the name ends. What follows by itself is not listed.
    """
    change = renamings.renaming(before, after["name"] if after else None)
    if change.new == change.old:
        return 0
    day = max(case["effective"] or date.today(), date.today())
    names = ("case", "register", "record", "code", "label", "field", "before", "proposed")
    listed = 0
    for register in mentioning.concerned():
        c = mentioning.touched(register, change, day).subquery("touched").c
        about = (literal(case["id"]), literal(register.name), c.id, c.code, c.label, c.field, c.before, c.proposed)
        rows = select(*about).where(~c.follows).order_by(c.how, c.code, c.field)
        listed += tx.execute(insert(FOLLOW_UPS).from_select(names, rows)).rowcount
    return listed


def of_case(tx: Connection, case: int, areas: Areas) -> list[dict[str, Any]]:
    """The whole list of a case, what is open first, each entry with who settled it, for a colleague of some areas.

    What is not open to the public is named in those areas alone (`hidden`).
    """
    c = FOLLOW_UPS.c
    statement = select(FOLLOW_UPS, PERSONS.c.display).outerjoin(PERSONS, PERSONS.c.id == c.person)
    statement = statement.where(c.case == case).order_by((c.state != "open"), c.id)
    rows = tx.execute(statement).mappings()
    found = [{**{name: row[name] for name in row if name != "display"}, "person": row["display"]} for row in rows]
    return _as_told(tx, found, areas)


def waiting(tx: Connection, person: Person, limit: int = 50) -> tuple[list[dict[str, Any]], int]:
    """What is open in the areas somebody works for: the first of it, oldest first, and how much in all."""
    areas = {area for role in WORKERS for area in person.areas.get(role, ())}
    which = (FOLLOW_UPS.c.state == "open", cases.units_in(areas))
    columns = (*(column for column in FOLLOW_UPS.c if column.name not in ("person", "at", "reason")), cases.CASES.c.number)
    statement = select(*columns).join(cases.CASES, cases.CASES.c.id == FOLLOW_UPS.c.case).where(*which)
    rows = tx.execute(statement.order_by(FOLLOW_UPS.c.id).limit(limit)).mappings()
    found = _as_told(tx, [dict(row) for row in rows], person.reads_in)
    return found, tx.scalar(select(func.count()).select_from(statement.subquery())) or 0


def is_kept_from(tx: Connection, entry: Mapping[str, Any], areas: Areas) -> bool:
    """Whether the record of an entry is not open to the public, and lies outside some areas."""
    return (entry["register"], entry["record"]) in _kept_back(tx, [entry], areas)


def _as_told(tx: Connection, entries: Sequence[Mapping[str, Any]], areas: Areas) -> list[dict[str, Any]]:
    kept_back = _kept_back(tx, entries, areas)
    blank = {"record": None, "code": None, "label": "", "before": "", "proposed": None}
    found = ((each, (each["register"], each["record"]) in kept_back) for each in entries)
    return [{**each, **(blank if hidden else {}), "hidden": hidden} for each, hidden in found]


def _kept_back(tx: Connection, entries: Sequence[Mapping[str, Any]], areas: Areas) -> set[tuple[str, Any]]:
    """The records of some entries, by their register, that a colleague of some areas does not read."""
    found: set[tuple[str, Any]] = set()
    for name in {each["register"] for each in entries if REGISTERS[each["register"]].disclosed_by}:
        register, today = REGISTERS[name], date.today()
        c = register.table.c
        may_read = is_open(register, public=False, areas=areas, on=today).label("may_read")
        latest = select(c.id, may_read).ext(distinct_on(c.id)).order_by(c.id, c.valid_from.desc())
        records = [each["record"] for each in entries if each["register"] == name]
        rows = tx.execute(latest.where(c.id.in_(records), c.superseded_at.is_(None)))
        found |= {(name, row.id) for row in rows if not row.may_read}
    return found


def counts(tx: Connection, case: int) -> dict[str, int]:
    """How many entries of a case stand how: every state with its number."""
    c = FOLLOW_UPS.c
    found = tx.execute(select(c.state, func.count()).where(c.case == case).group_by(c.state))
    return dict.fromkeys(STATES, 0) | {row[0]: row[1] for row in found}
