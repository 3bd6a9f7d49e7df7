"""The feed of addresses: every change in the order in which it was published, for systems that follow the register.

A publication writes its changes down last, alone, and holds that until it is committed: whoever reads the feed up to a
number has missed nothing below it, whichever of two publications began first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on

from gis import history
from gis.db import SCHEMA, alone, metadata
from gis.intake.publishing import follows
from gis.text import Text as Words
from placenames.addresses.addresses import ADDRESSES

ADDED, CHANGED, ENDED = "added", "changed", "ended"
WHAT = {
    ADDED: Words("新增", "added"), CHANGED: Words("变更", "changed"), ENDED: Words("终止", "ended"),
}  # fmt: skip
FEED = Table(
    "address_feed",
    metadata,
    Column("number", BigInteger, Identity(), primary_key=True),
    Column("submission", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("former", BigInteger),
    Column("at", DateTime(timezone=True), nullable=False),
    schema=SCHEMA,
)
"""`version` is what an address reads now; of one that ended, how it read last. `former` is what it read before."""


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one address; `former` is its text before. `lon` and `lat` in degrees (EPSG:4490)."""

    number: int
    what: str
    id: str
    code: str
    unit: str
    text: str
    status: str | None
    lon: float | None
    lat: float | None
    valid_from: date
    valid_to: date | None
    at: datetime
    former: str | None


@follows(ADDRESSES.name)
def write_down(tx: Connection, submission: int, _day: date, _parents: set[str]) -> None:
    """Enters what this transaction published, when nobody else is at it."""
    alone(tx, "address feed")
    columns = ["submission", "what", "version", "former", "at"]
    tx.execute(insert(FEED).from_select(columns, _published(submission)))


def changes_after(look: Connection, number: int, limit: int) -> Sequence[Change]:
    """The changes behind a number of the feed, in its order."""
    now, before = ADDRESSES.table.alias("now"), ADDRESSES.table.alias("before")
    page = select(FEED).where(FEED.c.number > number).order_by(FEED.c.number).limit(limit).subquery("page")
    columns = (page.c.number, page.c.what, now.c.id, now.c.code, now.c.unit, now.c.text, now.c.status,
               func.ST_X(now.c.geom).label("lon"), func.ST_Y(now.c.geom).label("lat"), now.c.valid_from,
               _end_of(page, now), page.c.at, case((page.c.what == CHANGED, before.c.text)).label("former"))  # fmt: skip
    joined = page.join(now, now.c.version == page.c.version).outerjoin(before, before.c.version == page.c.former)
    rows: Any = look.execute(select(*columns).select_from(joined).order_by(page.c.number))
    return [Change(**{**row, "id": str(row["id"]), "text": row["text"] or ""}) for row in rows.mappings()]


def _end_of(page: Subquery, now: Any) -> Any:
    """Its last day but one; an address that ended on the day on which it would have begun was never in force."""
    never = and_(page.c.what == ENDED, page.c.version == page.c.former)
    return case((never, now.c.valid_from), else_=now.c.valid_to).label("valid_to")


def _published(submission: int) -> Select[Any]:
    """What this transaction recorded and superseded, as one change for each address."""
    c = ADDRESSES.table.c
    columns = (c.id, c.version, c.submission, c.valid_from)
    now = history.moment()
    recorded = select(*columns).where(c.recorded_at == now, c.superseded_at.is_(None)).cte("recorded")
    superseded = select(*columns).where(c.superseded_at == now, c.recorded_at < now).cte("superseded")
    # what remains of a version whose days were cut keeps the submission that it came with
    same = and_(superseded.c.id == recorded.c.id, superseded.c.submission.is_not_distinct_from(recorded.c.submission))
    new = select(recorded).where(~exists().where(same)).cte("new")
    remains = select(recorded).where(exists().where(same)).cte("remains")
    entries = _begun(new, superseded).union_all(_ended(new, remains, superseded)).subquery("entries")
    changes = (entries.c.what, entries.c.version, entries.c.former)
    return select(literal(submission, BigInteger), *changes, now).order_by(entries.c.version)


def _begun(new: CTE, superseded: CTE) -> Select[Any]:
    """Every version that was sent, with the one in its place before, if there was any."""
    was, now = superseded.c, new.c
    what = case((was.version.is_(None), ADDED), else_=CHANGED).label("what")
    found = select(what, now.version, was.version.label("former")).select_from(new.outerjoin(superseded, was.id == now.id))
    before_it = (was.valid_from <= now.valid_from).desc().nulls_last()
    return found.ext(distinct_on(now.version)).order_by(now.version, before_it, was.valid_from.desc())


def _ended(new: CTE, remains: CTE, superseded: CTE) -> Select[Any]:
    """Every address that nothing new was sent for: what remains of it, or what it would have been."""
    was, left = superseded.c, remains.c
    joined = superseded.outerjoin(new, new.c.id == was.id).outerjoin(remains, left.id == was.id)
    version = func.coalesce(left.version, was.version).label("version")
    found = select(literal(ENDED, Text), version, was.version).select_from(joined).where(new.c.id.is_(None))
    return found.ext(distinct_on(was.id)).order_by(was.id, was.valid_from.desc(), left.valid_from.desc().nulls_last())
