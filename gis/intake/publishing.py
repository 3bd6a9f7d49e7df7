"""Publishing: old versions end, new ones begin, and whatever follows from them is made anew; all or nothing.

The county stays locked until the transaction ends. The survey is checked once more against what is in force on the
effective day, because something else may have been published since; followers then rebuild what is derived (unit
areas) for the effective day and every later one, and refuse what would not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Date,
    DateTime,
    Identity,
    Index,
    Table,
    func,
    insert,
    select,
    text,
)
from sqlalchemy import Text as SqlText

from gis import history
from gis.db import SCHEMA, alone, metadata
from gis.errors import Conflict
from gis.intake import changes, rules, standing
from gis.intake.changes import CHANGES
from gis.registers import REGISTERS, Register
from gis.settings import settings

PUBLICATIONS = Table(
    "publication",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("submission", BigInteger, nullable=False, unique=True),
    Column("document", SqlText, nullable=False),
    Column("effective", Date, nullable=False),
    Column("published_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_publication_effective", "effective"),
    schema=SCHEMA,
)


Follower = Callable[[Connection, int, date, set[str]], None]
"""Makes anew what is derived: (transaction, submission, effective day, parents touched)."""
FOLLOWERS: dict[str, list[Follower]] = {}


def follows(*registers: str) -> Callable[[Follower], Follower]:
    """Enters a function that is called, once, after any of these registers was published."""

    def enter(follower: Follower) -> Follower:
        for name in registers:
            FOLLOWERS.setdefault(name, []).append(follower)
        return follower

    return enter


def publish(tx: Connection, submission: Mapping[str, Any], document: str, day: date) -> None:
    """Brings the accepted set of a submission into force. Raises Conflict when the county has moved on meanwhile."""
    from gis.intake.submissions import latest_delivery  # noqa: PLC0415 - submissions stand above

    delivery = latest_delivery(tx, submission["id"])
    assert delivery is not None
    parents = standing.parents(set(submission["units"]), settings())
    lock(tx, parents)
    survey = _staged_survey(tx, delivery["id"], day, submission["whole"])
    _nothing_was_published_meanwhile(tx, delivery["id"], survey)
    _still_passes(survey)
    changes.compare(tx, delivery["id"], survey, submission["whole"], day)
    statement = insert(PUBLICATIONS).values(
        submission=submission["id"], document=document, effective=day, published_at=history.moment()
    )
    tx.execute(statement)
    for name in survey.sheets:
        _bring_into_force(tx, REGISTERS[name], delivery["id"], submission["id"], day)
    for follower in _called_followers(survey.sheets):
        follower(tx, submission["id"], day, parents)


def lock(tx: Connection, parents: set[str]) -> None:
    """Holds the counties until the transaction ends, always in the same order, and records from then on."""
    alone(tx, "counties", shared=True)
    for parent in sorted(parents):
        alone(tx, f"county/{parent}")
    history.record_from_now_on(tx)


def lock_everything(tx: Connection) -> None:
    """Holds all counties until the transaction ends: for lists that reach across them."""
    alone(tx, "counties")
    history.record_from_now_on(tx)


def version_of_everything(tx: Connection) -> str:
    """Changes with every publication: the key under which answers may be kept."""
    return str(tx.scalar(select(func.coalesce(func.max(PUBLICATIONS.c.id), text("0")))))


def _called_followers(registers: Mapping[str, Any]) -> list[Follower]:
    called: dict[Follower, None] = {}
    for name in registers:
        called |= dict.fromkeys(FOLLOWERS.get(name, []))
    return list(called)


def _staged_survey(tx: Connection, delivery: int, day: date, whole: bool) -> rules.Survey:
    sheets = {
        register.name: sheet
        for register in REGISTERS.values()
        if register.sent and not (sheet := standing.staged_frame(tx, register, delivery)).empty
    }
    return rules.Survey(sheets, settings(), standing.around(tx, sheets, day, settings(), whole=whole))


def _nothing_was_published_meanwhile(tx: Connection, delivery: int, survey: rules.Survey) -> None:
    """What the reviewer compared with must still be what is known. Raises Conflict."""
    c = CHANGES.c
    moved: list[str] = []
    for name in survey.sheets:
        v = REGISTERS[name].table
        mine = (c.delivery == delivery, c.register == name)
        gone = select(c.code).join(v, v.c.version == c.version).where(*mine, v.c.superseded_at.is_not(None))
        new = select(c.code).where(
            *mine, c.kind == "added", c.code.in_(select(v.c.code).where(history.in_force(v, date.today())))
        )
        moved += [*tx.scalars(gone), *tx.scalars(new)]
    if moved:
        raise Conflict(
            "检查以后,这些记录又有了新的公布:{codes}。请退回,由报送人重新上传检查",
            "since the check, something else was published for {codes}; return it to be delivered and checked again",
            codes="、".join(sorted(set(moved))[:6]),
        )


def _still_passes(survey: rules.Survey) -> None:
    findings, _ = rules.check(survey)
    blocking = [finding for finding in findings if finding.severity is rules.Severity.ERROR]
    if blocking:
        first = blocking[0]
        raise Conflict(
            "按生效日的现行数据复查发现 {number} 个问题,不能公布。例如 {rule}:{zh}",
            "checked against what is in force on the effective day, {number} findings block; for example {rule}: {en}",
            number=len(blocking),
            rule=first.rule,
            zh=first.message.zh,
            en=first.message.en,
        )


def _bring_into_force(tx: Connection, register: Register, delivery: int, submission: int, day: date) -> None:
    c, s, v = CHANGES.c, register.staging, register.table
    mine = (c.delivery == delivery, c.register == register.name)
    ended = (
        select(v.c.id)
        .join(CHANGES, c.version == v.c.version)
        .where(*mine, c.kind.in_(["removed", "related"]))
    )
    history.end(tx, v, list(tx.scalars(ended)), day)
    names = [field.name for field in register.fields]
    beginning = (
        select(
            func.coalesce(v.c.id, _known_before(register)).label("id"),
            *(s.c[name] for name in names),
            history.raw(s.c.geom).label("geom"),
        )
        .select_from(CHANGES)
        .join(s, (s.c.delivery == c.delivery) & (s.c.row == c.row))
        .outerjoin(v, v.c.version == c.version)
        .where(*mine, c.kind.in_(["added", "changed"]))
    )
    rows = [{**row, "submission": submission} for row in tx.execute(beginning).mappings()]
    history.begin(tx, v, rows, day)


def _known_before(register: Register) -> Any:
    """The record that bore the code at another time, so that it keeps its identity."""
    s, v = register.staging.c, register.table.alias()
    return (
        select(v.c.id)
        .where(v.c.code == s.code, v.c.superseded_at.is_(None))
        .order_by(v.c.valid_from.desc())
        .limit(1)
        .correlate(register.staging)
        .scalar_subquery()
    )
