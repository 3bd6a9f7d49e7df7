"""Cases: what is asked for a place name, from draft to announced, and what is reported of a cemetery before it is built.

A case has one row; every step it takes is an event that is never changed. Who applies for it stands apart in a table
that only the office reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from geoalchemy2 import Geometry
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Select,
    Table,
    case,
    false,
    func,
    literal,
    null,
    or_,
    select,
    text,
    true,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import JSONB, UUID

from gis import history
from gis.codes import level_of, levels, parent_of
from gis.db import SCHEMA, metadata
from gis.errors import NotAllowed, NotFound
from gis.people import PERSONS, Person
from gis.record_tables import SRID
from gis.settings import settings
from gis.text import Text
from placenames.casework.case_dates import Light, last_amber_day
from placenames.names import NAMES

CASES = Table(
    "name_case",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("number", SqlText, nullable=False, unique=True),
    Column("action", SqlText, nullable=False),
    Column("track", SqlText, nullable=False),
    Column("category", SqlText),
    Column("class_code", SqlText),
    Column("unit", SqlText, nullable=False),
    Column("place", UUID(as_uuid=True)),
    Column("version", BigInteger),
    Column("candidates", JSONB, nullable=False, server_default="[]"),
    Column("chosen", Integer),
    Column("rename_reason", SqlText),
    Column("reason", SqlText),
    Column("origin", SqlText),
    Column("meaning", SqlText),
    Column("position", SqlText),
    Column("attributes", JSONB, nullable=False, server_default="{}"),
    Column("geom", Geometry("GEOMETRY", srid=SRID, spatial_index=False), nullable=True),
    Column("state", SqlText, nullable=False),
    Column("round", Integer, nullable=False, server_default=text("0")),
    Column("sender", BigInteger, ForeignKey(f"{SCHEMA}.person.id"), nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("accepted_on", Date),
    Column("consult_until", Date),
    Column("approved_on", Date),
    Column("filed_on", Date),
    Column("announced_on", Date),
    Column("effective", Date),
    Column("approved_by", SqlText),
    Column("document", SqlText),
    Column("filing_document", SqlText),
    Column("due_internal", Date),
    Column("due_legal", Date),
    Column("checks", JSONB, nullable=False, server_default="[]"),
    Column("submission", BigInteger),
    Column("open_to_public", Boolean, nullable=False, server_default=true()),
    Column("cemetery", SqlText),
    Column("report", JSONB, nullable=False, server_default="{}"),
    Column("built_on", Date),
    Column("inspected_on", Date),
    Index("ix_name_case_state", "state", "changed_at"),
    Index("ix_name_case_unit", "unit", postgresql_ops={"unit": "text_pattern_ops"}),
    Index("ix_name_case_place", "place"),
    Index("ix_name_case_cemetery", "cemetery"),
    schema=SCHEMA,
)
"""`place` and `version`: the place it is about, and its version that was looked at; `candidates`: up to three of
{name, specific, generic, roman, roman_plain, roman_confirmed_by, reason}; `chosen`: the one that is recommended;
`open_to_public`: false where the place is not disclosed: then nobody but the office learns of the case.
A prior report has no place and no category but a `cemetery` (its code) and a `report`: what is to be built
(`report_contents.FIELDS`), with the cemetery's name as it was when it was looked at."""

APPLICANTS = Table(
    "case_applicant",
    metadata,
    Column("case", BigInteger, ForeignKey(f"{SCHEMA}.name_case.id"), primary_key=True),
    Column("name", SqlText, nullable=False),
    Column("contact", SqlText),
    Column("certificate", SqlText),
    Column("address", SqlText),
    schema=SCHEMA,
)
"""Who applies: personal data, never in a list, an event, a log or an answer to the public."""

STATES = {
    "draft": Text("草稿", "draft"),
    "submitted": Text("待受理", "waits for acceptance"),
    "supplement": Text("待补正", "waits for supplements"),
    "refused": Text("不予受理", "not taken up"),
    "accepted": Text("审查中", "under review"),
    "consulting": Text("征求意见中", "out for consultation"),
    "recommended": Text("报请批准", "waits for the decision"),
    "returned": Text("退回修改", "returned to its sender"),
    "opinion_issued": Text("已出具意见", "opinion issued"),
    "approved": Text("待备案", "approved, to be filed"),
    "rejected": Text("不予批准", "rejected"),
    "filed": Text("待公告", "filed, to be announced"),
    "announced": Text("已公告", "announced"),
    "withdrawn": Text("已撤销", "withdrawn"),
    "acknowledged": Text("已接受报备,可以建设", "report accepted, may be built"),
    "built": Text("已建成,待验收", "built, to be inspected"),
    "inspected": Text("验收合格,待办结", "passed inspection, to be closed"),
    "closed": Text("已办结", "closed"),
}
CLOSED = ("refused", "rejected", "announced", "withdrawn", "closed")
OF_REPORTS = ("acknowledged", "built", "inspected", "closed")
"""States to which only reports on cemeteries come."""
OPEN_TO_SENDER = ("draft", "supplement", "returned")
"""In these states whoever sent the case may change what it says."""
WITH_SENDER = (*OPEN_TO_SENDER, "acknowledged")
"""In these states a case waits for whoever sent it."""
OPEN_TO_PUBLIC = ("consulting", "announced")
ACTIONS = {
    "naming": Text("命名", "naming"),
    "rename": Text("更名", "renaming"),
    "delete": Text("销名", "deletion"),
    "restore": Text("恢复", "restoring"),
}
REPORTS = {
    "report_extension": Text("墓地扩建事前报备", "prior report of an extension"),
    "report_plots": Text("新增墓区、墓穴事前报备", "prior report of new plots"),
}
"""What is reported of a cemetery before it is built."""
SORTS = {"names": tuple(ACTIONS), "reports": tuple(REPORTS)}
"""Sorts of cases -> what they ask for."""
WHATS = {**ACTIONS, **REPORTS}
"""Everything that a case may ask for or report."""
TRACKS = {
    "decide": Text("本级审批", "decided here"),
    "draft": Text("上报审批", "drafted for a higher authority"),
    "opinion": Text("出具意见", "opinion for another department"),
}
REPORT = "report"
WAYS = {**TRACKS, REPORT: Text("事前报备", "prior report")}
"""On which way a case is led: those of names by who decides, and that of reports on cemeteries."""
RENAME_REASONS = {
    "division_change": Text("行政区划变更", "divisions were changed"),
    "construction": Text("城乡建设", "construction"),
    "natural_change": Text("自然变化", "natural change"),
    "law": Text("名称不符合规定", "the name is against the law"),
    "other": Text("其他", "other"),
}
"""Why a name may be changed (Regulations on Place Names 2022, Article 10)."""
OFFICE = ("staff", "reviewer", "approver", "administrator")
"""Roles whose holders see the cases of their area."""


def subject(number: int) -> str:
    """How events name a case."""
    return f"case/{number}"


def locked(tx: Connection, number: int) -> dict[str, Any]:
    """A case, held until the transaction ends. Raises NotFound."""
    return _the(number, tx.execute(_of(number).with_for_update(of=CASES)).mappings().first())


def find(tx: Connection, number: int) -> dict[str, Any]:
    """A case with its sender's name and the name that the place bore when it was looked at. Raises NotFound."""
    return _the(number, tx.execute(_of(number)).mappings().first())


def find_public(tx: Connection, number: int) -> dict[str, Any]:
    """What everybody may know of a case: one that is out for consultation, or announced. Raises NotFound."""
    statement = _public().where(CASES.c.id == number)
    return _the(number, tx.execute(statement).mappings().first())


def public_cases(
    tx: Connection, state: str = "", before: int | None = None, limit: int = 50
) -> list[dict[str, Any]]:
    """Consultations that are open and names that were announced, newest first."""
    c = CASES.c
    statement = _public().order_by(c.id.desc()).limit(limit)
    statement = statement.where(c.state == state) if state else statement
    statement = statement if before is None else statement.where(c.id < before)
    return [dict(row) for row in tx.execute(statement).mappings()]


def applicant(tx: Connection, person: Person, found: Mapping[str, Any]) -> dict[str, Any] | None:
    """Who applies for a case; for those only who may see it. Raises NotFound, NotAllowed."""
    must_see(person, found)
    columns = [column for column in APPLICANTS.c if column.name != "case"]
    row = tx.execute(select(*columns).where(APPLICANTS.c.case == found["id"])).mappings().first()
    return dict(row) if row else None


def may_see(person: Person, found: Mapping[str, Any]) -> bool:
    """Whether somebody sees a case: its sender, and the office of its area."""
    return found["sender"] == person.id or any(in_area(person, role, found["unit"]) for role in OFFICE)


def must_see(person: Person, found: Mapping[str, Any]) -> None:
    """Raises NotFound unless the case is the person's own or lies in an area they work for, as if it were not there.

    NotAllowed where everybody knows of it: then there is nothing to hide.
    """
    if may_see(person, found):
        return
    if found["open_to_public"] and found["state"] in OPEN_TO_PUBLIC:
        raise NotAllowed("该事项不在您的办理范围内", "this case is not yours to see")
    raise _no_case(found["id"])


def in_area(person: Person, role: str, unit: str) -> bool:
    """Whether somebody holds a role for a unit."""
    return role in person.areas and unit.startswith(person.areas[role])


def seen_by(person: Person) -> ColumnElement[bool]:
    """The cases that somebody sees."""
    areas = {area for role in OFFICE for area in person.areas.get(role, ())}
    return or_(CASES.c.sender == person.id, units_in(areas))


def county_of(unit: str) -> str:
    """The county in which a unit lies: the level above the towns; the unit itself where there is none."""
    config = settings()
    order = list(levels(config.unit_codes))
    higher = order[: order.index(config.parts_level)] if config.parts_level in order else order
    code: str | None = unit
    while code and level_of(code, config) not in higher:
        code = parent_of(code, config)
    return code or unit


def units_in(areas: set[str] | tuple[str, ...]) -> ColumnElement[bool]:
    """The cases of some areas."""
    return (
        or_(*(CASES.c.unit.startswith(area, autoescape=True) for area in sorted(areas))) if areas else false()
    )


def due() -> ColumnElement[date]:
    """The day on which the next step is due: what the law says or what the office set, whichever comes first."""
    return func.least(CASES.c.due_internal, CASES.c.due_legal)


def shining(today: date) -> ColumnElement[Any]:
    """Its light today, as `case_dates.light` has it."""
    return case(
        (due().is_(None), null()),
        (due() < today, literal(Light.RED.value)),
        (due() <= last_amber_day(today), literal(Light.AMBER.value)),
        else_=literal(Light.GREEN.value),
    )


def headline(found: Mapping[str, Any]) -> str:
    """What a case is about in one line: `旧名→新名`, or the one name there is; of a report the cemetery."""
    if found["action"] in REPORTS:
        return str(found["report"]["name"])
    names = [each["name"] for each in found["candidates"]]
    at = found["chosen"] if found["chosen"] is not None else 0
    new = names[at] if at < len(names) else ""
    old = found.get("old_name") or ""
    return f"{old}→{new}" if found["action"] == "rename" and old and new else new or old


def with_names() -> Select[Any]:
    """Cases, each with its sender's name and the name that the place bore when it was looked at."""
    v = NAMES.table.c
    who = (PERSONS.c.name.label("sender_name"), PERSONS.c.display.label("sender_display"))
    return (
        select(
            *(column for column in CASES.c if column.name != "geom"), *who, v.name.label("old_name"), v.code
        )
        .join_from(CASES, PERSONS, PERSONS.c.id == CASES.c.sender)
        .outerjoin(NAMES.table, v.version == CASES.c.version)
    )


def _of(number: int) -> Select[Any]:
    shape = func.ST_AsGeoJSON(CASES.c.geom, 9, 0).cast(JSONB).label("geometry")
    return (
        with_names().add_columns(shape, history.raw(CASES.c.geom).label("geom")).where(CASES.c.id == number)
    )


PUBLIC = ("id", "number", "action", "category", "class_code", "unit", "place", "candidates", "chosen", "origin", "meaning",
          "position", "state", "consult_until", "announced_on", "effective", "approved_by", "approved_on", "document",
          "version", "rename_reason")  # fmt: skip
"""What everybody may know of a case, once it is out for consultation or announced (the reader's rights say the same)."""


def _public() -> Select[Any]:
    v = NAMES.table.c
    return (
        select(*(CASES.c[name] for name in PUBLIC), v.name.label("old_name"), v.code)
        .outerjoin_from(CASES, NAMES.table, v.version == CASES.c.version)
        .where(CASES.c.state.in_(OPEN_TO_PUBLIC), CASES.c.open_to_public)
    )


def _the(number: int, row: Any) -> dict[str, Any]:
    if row is None:
        raise _no_case(number)
    return dict(row)


def _no_case(number: int) -> NotFound:
    return NotFound("没有第 {number} 号事项", "there is no case {number}", number=number)
