"""Attachments of a case: the papers it rests on, kept by the hash of their content and handed out as files only.

Nothing that was attached is ever unpacked, shown in a page or run here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    Table,
    UniqueConstraint,
    func,
    insert,
    select,
)
from sqlalchemy import Text as SqlText

from gis import events, uploads
from gis.db import SCHEMA, alone, metadata
from gis.errors import BadInput, Conflict, NotFound
from gis.people import PERSONS, Person
from gis.settings import Settings
from placenames.casework import attachment_types

ATTACHMENTS = Table(
    "case_attachment",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case", BigInteger, ForeignKey(f"{SCHEMA}.name_case.id"), nullable=False),
    Column("kind", SqlText, nullable=False),
    Column("name", SqlText, nullable=False),
    Column("sha256", SqlText, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("type", SqlText, nullable=False),
    Column("person", BigInteger, ForeignKey(f"{SCHEMA}.person.id"), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    UniqueConstraint("case", "sha256"),
    schema=SCHEMA,
)

MOST = 100
"""So many attachments one case takes."""


@dataclass(frozen=True, slots=True)
class Opened:
    """An attachment to be handed out: where it lies, the name it came under, its media type."""

    path: Path
    name: str
    type: str


def keep(
    tx: Connection, person: Person, case: int, kind: str, name: str, stream: BinaryIO, settings: Settings
) -> int:
    """Attaches a file to a case and answers its number; the same content again answers the one that is there.

    Raises BadInput for a kind that is not taken or does not fit its ending, TooLarge, and Conflict beyond a hundred.
    """
    if kind not in attachment_types.KINDS and kind not in attachment_types.REPORT_KINDS:
        raise BadInput("没有材料种类“{kind}”", "there is no kind of paper “{kind}”", kind=kind[:40])
    name = attachment_types.plain(name)
    media_type = attachment_types.type_of(name, stream)
    alone(tx, f"case/{case}/attachments")
    _refuse_too_many(tx, case)
    kept = uploads.keep(settings.var, name, stream, settings.attachment_mb)
    known: int | None = tx.scalar(_ids(case).where(ATTACHMENTS.c.sha256 == kept.sha256))
    if known is not None:
        return known
    row = {"case": case, "kind": kind, "name": kept.name, "sha256": kept.sha256, "size": kept.size}
    statement = insert(ATTACHMENTS).values(**row, type=media_type, person=person.id)
    added: int = tx.execute(statement.returning(ATTACHMENTS.c.id)).scalar_one()
    events.record(tx, f"case/{case}", "attach", person.id, attachment=added, kind=kind, name=kept.name)
    return added


def of_case(tx: Connection, case: int) -> list[dict[str, Any]]:
    """The attachments of a case in the order in which they came, each with who brought it."""
    c = ATTACHMENTS.c
    columns = (c.id, c.kind, c.name, c.size, c.type, c.at, PERSONS.c.display.label("person"))
    statement = select(*columns).join_from(ATTACHMENTS, PERSONS, PERSONS.c.id == c.person)
    return [dict(row) for row in tx.execute(statement.where(c.case == case).order_by(c.id)).mappings()]


def kinds_of(tx: Connection, case: int) -> Sequence[str]:
    """Which kinds of paper a case has."""
    return tx.scalars(select(ATTACHMENTS.c.kind).where(ATTACHMENTS.c.case == case).distinct()).all()


def opened(tx: Connection, case: int, number: int, settings: Settings) -> Opened:
    """One attachment of a case, to be handed out. Raises NotFound."""
    c = ATTACHMENTS.c
    row = tx.execute(select(ATTACHMENTS).where(c.case == case, c.id == number)).mappings().first()
    if row is None:
        raise NotFound("该事项没有第 {n} 号材料", "the case has no attachment {n}", n=number)
    kept = uploads.Kept(row["name"], row["sha256"], row["size"])
    return Opened(uploads.path_of(settings.var, kept), row["name"], row["type"])


def _refuse_too_many(tx: Connection, case: int) -> None:
    number = tx.scalar(select(func.count()).where(ATTACHMENTS.c.case == case)) or 0
    if number >= MOST:
        raise Conflict("一个事项最多 {n} 份材料", "one case takes at most {n} attachments", n=MOST)


def _ids(case: int) -> Any:
    return select(ATTACHMENTS.c.id).where(ATTACHMENTS.c.case == case)
