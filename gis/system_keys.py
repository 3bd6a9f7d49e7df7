"""Keys of other systems: household registration, emergency, delivery, tax. Made and ended by administrators.

A key is 256 random bits, shown once and kept as its SHA-256. That is enough for what nobody can guess: a slow hash makes
it dear to try the words that people choose, of which there are few; here there are too many to try at any price, and every
request would pay for the slowness. A key gives the role `system` in its areas and nothing else, so much a second and a day.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Connection,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Select,
    Table,
    Text,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from gis import events, people
from gis.db import SCHEMA, metadata
from gis.errors import BadInput, Conflict, NotFound, NotSignedIn
from gis.people import PERSONS, Person
from gis.text import Text as Words
from gis.text import series

KEYS = Table(
    "system_key",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("person", BigInteger, ForeignKey(f"{SCHEMA}.person.id"), nullable=False),
    Column("secret_hash", Text, nullable=False, unique=True),
    Column("areas", ARRAY(Text), nullable=False),
    Column("per_s", Integer, nullable=False),
    Column("a_day", Integer, nullable=False),
    Column("until", Date),
    Column("made_by", BigInteger, ForeignKey(f"{SCHEMA}.person.id")),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("ended_by", BigInteger, ForeignKey(f"{SCHEMA}.person.id")),
    Column("ended_at", DateTime(timezone=True)),
    Index("ix_system_key_one", "person", unique=True, postgresql_where=text("ended_at IS NULL")),
    schema=SCHEMA,
)
USES = Table(
    "system_key_use",
    metadata,
    Column("key", BigInteger, ForeignKey(f"{SCHEMA}.system_key.id"), nullable=False),
    Column("day", Date, nullable=False),
    Column("used", BigInteger, nullable=False),
    PrimaryKeyConstraint("key", "day"),
    schema=SCHEMA,
)

PREFIX = "jz_"
"""So that a key that lies about is known for one, also by programs that look for secrets in files."""
_SHAPE = re.compile(rf"(?:{PREFIX})?[\w-]{{43}}", re.ASCII)  # those of former days have no prefix
_ASKED_FOR = (
    select(
        *(KEYS.c[name] for name in ("id", "person", "areas", "per_s", "a_day", "until", "ended_at")),
        PERSONS.c.name, PERSONS.c.display, func.coalesce(USES.c.used, 0).label("used"),
    )
    .join(PERSONS, KEYS.c.person == PERSONS.c.id)
    .join(USES, (USES.c.key == KEYS.c.id) & (USES.c.day == bindparam("today")), isouter=True)
    .where(KEYS.c.secret_hash == bindparam("secret_hash"))
)  # fmt: skip
MOST_PER_S, MOST_A_DAY, MOST_AREAS = 100_000, 1_000_000_000, 100
STATES = {
    "valid": Words("有效", "valid"),
    "expired": Words("已到期", "expired"),
    "ended": Words("已停用", "ended"),
}


@dataclass(frozen=True)
class Terms:
    """What a key is given for: areas (beginnings of unit codes), so much a second and a day (0: no limit), a last day."""

    areas: tuple[str, ...]
    per_s: int = 50
    a_day: int = 0
    until: date | None = None

    def __post_init__(self) -> None:
        if not 0 < len(self.areas) <= MOST_AREAS or not all(_is_an_area(area) for area in self.areas):
            raise BadInput(
                "区域应为区划代码前缀:{areas}", "an area is the beginning of a unit code: {areas}",
                areas=series(self.areas[:5]),
            )  # fmt: skip
        if not (0 <= self.per_s <= MOST_PER_S and 0 <= self.a_day <= MOST_A_DAY):
            raise BadInput(
                "每秒次数应为 0 至 {per_s},每日用量应为 0 至 {a_day}(0 表示不限)",
                "a limit is 0 to {per_s} a second and 0 to {a_day} a day (0: none)",
                per_s=MOST_PER_S, a_day=MOST_A_DAY,
            )  # fmt: skip
        if self.until is not None and self.until < date.today():
            raise BadInput("截止日期 {day} 已过", "the last day {day} has passed", day=self.until)


@dataclass(frozen=True)
class Key:
    """A valid key that was shown on a day: whose it is, its limits, and what was entered as used that day."""

    id: int
    person: Person
    per_s: int
    a_day: int
    day: date
    used: int = field(compare=False)


def add(tx: Connection, name: str, terms: Terms, by: Person | None = None) -> tuple[int, str]:
    """Makes a key for a system; answers its number and the key itself, which nobody sees again.

    Raises NotAllowed beyond the areas of whoever makes it, Conflict when the system has a key or a person has that name.
    """
    name = name.strip()
    person = people.as_system(tx, name)
    if by is not None:
        by.must("administrator", [*terms.areas, *_areas_held_before(tx, person)])
    if tx.scalar(select(KEYS.c.id).where(KEYS.c.person == person, KEYS.c.ended_at.is_(None))):
        raise Conflict(
            "“{name}”已有密钥,请先停用", "“{name}” has a key already; end that one first", name=name
        )
    secret = PREFIX + secrets.token_urlsafe(32)
    row = insert(KEYS).values(
        person=person, secret_hash=hashed(secret), areas=list(terms.areas), per_s=terms.per_s, a_day=terms.a_day,
        until=terms.until, made_by=by.id if by else None,
    )  # fmt: skip
    number: int = tx.execute(row.returning(KEYS.c.id)).scalar_one()
    events.record(tx, f"key/{number}", "add_key", by.id if by else None, name=name, areas=terms.areas,
                  per_s=terms.per_s, a_day=terms.a_day, until=str(terms.until or ""))  # fmt: skip
    return number, secret


def end(tx: Connection, number: int, by: Person | None = None) -> None:
    """Ends a key at once and for good. Raises NotFound, NotAllowed, Conflict."""
    row = tx.execute(select(KEYS).where(KEYS.c.id == number).with_for_update()).mappings().first()
    if row is None:
        raise NotFound("没有密钥 {number}", "there is no key {number}", number=number)
    if by is not None:
        by.must("administrator", row["areas"])
    if row["ended_at"] is not None:
        raise Conflict("该密钥已经停用", "this key has ended already")
    who = by.id if by else None
    tx.execute(update(KEYS).where(KEYS.c.id == number).values(ended_at=func.now(), ended_by=who))
    events.record(tx, f"key/{number}", "end_key", who)


def number_of(tx: Connection, name: str) -> int:
    """The key that a system has now. Raises NotFound."""
    wanted = select(KEYS.c.id).join(PERSONS, KEYS.c.person == PERSONS.c.id)
    number = tx.scalar(wanted.where(PERSONS.c.name == name.strip(), KEYS.c.ended_at.is_(None)))
    if number is None:
        raise NotFound("“{name}”没有在用的密钥", "“{name}” has no key in use", name=name)
    return int(number)


def listed(tx: Connection, sees: Person | None = None) -> list[dict[str, Any]]:
    """Every key, or those in the areas of an administrator: the ones in use first, then the newest; never the key itself."""
    rows = [dict(row) for row in tx.execute(_listing(date.today())).mappings()]
    for row in rows:
        row["state"] = "ended" if row["ended_at"] else "expired" if _is_over(row["until"]) else "valid"
    return [row for row in rows if sees is None or sees.may("administrator", row["areas"])]


def shown(tx: Connection, secret: str) -> Key:
    """The key that somebody shows. Raises NotSignedIn when it is none, has ended, or its last day has passed."""
    row = None
    today = date.today()
    if _SHAPE.fullmatch(secret):
        row = tx.execute(_ASKED_FOR, {"secret_hash": hashed(secret), "today": today}).mappings().first()
    if row is None or row["ended_at"] is not None or _is_over(row["until"]):
        raise NotSignedIn(
            "密钥无效或已停用,请向管理员申请", "the key is not valid or has ended; ask an administrator for one"
        )
    system = Person(row["person"], row["name"], row["display"], {"system": tuple(row["areas"])})
    return Key(row["id"], system, row["per_s"], row["a_day"], today, row["used"])


def enter_uses(tx: Connection, counted: Mapping[tuple[int, date], int]) -> dict[tuple[int, date], int]:
    """Adds what keys have used on days to what is entered; answers what is entered now."""
    rows = [{"key": key, "day": day, "used": used} for (key, day), used in sorted(counted.items())]
    added = upsert(USES).values(rows)
    added = added.on_conflict_do_update(index_elements=["key", "day"], set_={"used": USES.c.used + added.excluded.used})
    return {(row.key, row.day): row.used for row in tx.execute(added.returning(USES))}


def hashed(secret: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _areas_held_before(tx: Connection, person: int) -> Sequence[str]:
    """A name that another area's system had is not to be taken over."""
    return tx.scalars(select(func.unnest(KEYS.c.areas)).where(KEYS.c.person == person)).all()


def _listing(today: date) -> Select[Any]:
    c, makers, enders = KEYS.c, PERSONS.alias("maker"), PERSONS.alias("ender")
    of_it = select(USES.c.used).where(USES.c.key == c.id)
    last = select(func.max(USES.c.day)).where(USES.c.key == c.id).scalar_subquery()
    return (
        select(
            c.id, PERSONS.c.name, c.areas, c.per_s, c.a_day, c.until, c.made_at, c.ended_at,
            makers.c.display.label("made_by"), enders.c.display.label("ended_by"), last.label("last_used"),
            func.coalesce(of_it.where(USES.c.day == today).scalar_subquery(), 0).label("used_today"),
        )
        .join(PERSONS, c.person == PERSONS.c.id)
        .join(makers, c.made_by == makers.c.id, isouter=True)
        .join(enders, c.ended_by == enders.c.id, isouter=True)
        .order_by(c.ended_at.is_not(None), c.id.desc())
    )  # fmt: skip


def _is_an_area(area: str) -> bool:
    return area == "" or (area.isascii() and area.isdigit() and len(area) <= 24)


def _is_over(until: date | None) -> bool:
    return until is not None and until < date.today()
