"""People and systems: who signs in, in which roles, and for which area.

Passwords are kept as argon2 hashes, sign-in tokens as SHA-256; the words themselves are nowhere stored. A system has no
password: it shows a key (gis/system_keys.py).
"""

from __future__ import annotations

import hashlib
import secrets
from base64 import b64encode
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.low_level import ARGON2_VERSION
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    PrimaryKeyConstraint,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import insert as upsert

from gis import events, guessing
from gis.db import SCHEMA, Database, alone, metadata
from gis.errors import BadInput, Conflict, NotAllowed, NotSignedIn
from gis.text import Text as Words
from gis.text import series

PERSONS = Table(
    "person",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("display", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema=SCHEMA,
)
GRANTS = Table(
    "role_grant",
    metadata,
    Column("person", BigInteger, ForeignKey(f"{SCHEMA}.person.id"), nullable=False),
    Column("role", Text, nullable=False),
    Column("area", Text, nullable=False),
    PrimaryKeyConstraint("person", "role", "area"),
    schema=SCHEMA,
)
SIGN_INS = Table(
    "sign_in",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("person", BigInteger, ForeignKey(f"{SCHEMA}.person.id"), nullable=False),
    Column("csrf", Text, nullable=False),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    schema=SCHEMA,
)

SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 1000
LONGEST_NAME = 100
SHOWS_KEYS = "-"
"""In place of the hash, of a system that shows keys: nothing that is typed in comes to this."""
_HASHER = PasswordHasher()


def _hash_of_nobody(hasher: PasswordHasher) -> str:
    """A hash that no password comes to, by the rules of a hasher: an unknown name takes as long as a wrong password.

    It is drawn, not worked out, which every command would wait for.
    """
    salt, drawn = (b64encode(secrets.token_bytes(size)).decode().rstrip("=") for size in (hasher.salt_len, hasher.hash_len))
    costs = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${costs}${salt}${drawn}"


_NOBODYS_HASH = _hash_of_nobody(_HASHER)


ROLE_WORDS = {
    "surveyor": Words("测绘员", "surveyor"),
    "reviewer": Words("审核员", "reviewer"),
    "approver": Words("审批人", "approver"),
    "staff": Words("地名工作人员", "staff"),
    "system": Words("外部系统", "system"),
    "administrator": Words("管理员", "administrator"),
}


@dataclass(frozen=True)
class Person:
    """Somebody signed in: name, and the areas (unit-code prefixes) of each role."""

    id: int
    name: str
    display: str
    areas: dict[str, tuple[str, ...]]
    csrf: str = field(default="", repr=False)

    @property
    def roles(self) -> tuple[str, ...]:
        """The roles held anywhere."""
        return tuple(self.areas)

    @property
    def is_colleague(self) -> bool:
        """Whether somebody works here: other systems read what the public reads, only exactly where it is."""
        return any(role != "system" for role in self.areas)

    @property
    def reads_in(self) -> tuple[str, ...]:
        """Beginnings of the unit codes of the records of which somebody reads the internal fields; empty: everywhere."""
        held = {area for role, areas in self.areas.items() if role != "system" for area in areas}
        return ("",) if "" in held else tuple(sorted(held))

    def must_be_a_colleague(self) -> None:
        """Raises NotAllowed for other systems."""
        if not self.is_colleague:
            raise NotAllowed("仅供本单位人员使用", "this is for colleagues alone")

    def may(self, role: str, codes: Iterable[str] = ()) -> bool:
        """Whether the role is held for every one of these unit codes; an empty code means everywhere."""
        areas = self.areas.get(role, ())
        return bool(areas) and all(any(code.startswith(area) for area in areas) for code in codes)

    def must(self, role: str, codes: Iterable[str] = ()) -> None:
        """Raises NotAllowed unless the role is held for every one of these unit codes; an empty code means everywhere."""
        if role not in self.areas:
            words = ROLE_WORDS[role]
            raise NotAllowed(
                f"此操作需要“{words.zh}”角色,{self.display}没有该角色",
                f"this needs the role “{words.en}”, which {self.display} does not hold",
            )
        outside = sorted({code or "*" for code in codes if not self.may(role, [code])})
        if outside:
            raise NotAllowed(
                "超出您的管辖区域:{codes}", "outside your area: {codes}", codes=series(outside[:5])
            )


def add(
    tx: Connection,
    name: str,
    password: str,
    roles: Sequence[tuple[str, str]],
    display: str = "",
    by: Person | None = None,
) -> int:
    """Adds a person with (role, area) pairs; an existing name gets the new password and the further roles.

    Sign-ins under the old password end. Raises NotAllowed when an administrator reaches beyond their area, be it with
    the new roles or with those that the person already holds; Conflict when the name is that of a system with keys.
    """
    name = name.strip()
    _refuse_nonsense(name, roles)
    known = _known(tx, name, with_password=True)
    if by is not None:
        held = [area for areas in areas_of(tx, known).values() for area in areas] if known else []
        by.must("administrator", [*held, *(area for _, area in roles)])
    hashed = _HASHER.hash(password)
    row = upsert(PERSONS).values(name=name, display=display or name, password_hash=hashed)
    row = row.on_conflict_do_update(index_elements=["name"], set_={"password_hash": hashed, "active": True})
    person: int = tx.execute(row.returning(PERSONS.c.id)).scalar_one()
    tx.execute(delete(SIGN_INS).where(SIGN_INS.c.person == person))
    for role, area in roles:
        tx.execute(upsert(GRANTS).values(person=person, role=role, area=area).on_conflict_do_nothing())
    events.record(tx, f"person/{person}", "add_user", by.id if by else None,
                  name=name, roles=[list(pair) for pair in roles])  # fmt: skip
    return person


def as_system(tx: Connection, name: str) -> int:
    """The person that a system with keys is: known by name, never signed in. Raises BadInput, Conflict.

    Its rights come with each key.
    """
    name = name.strip()
    _refuse_nonsense(name, [])
    known = _known(tx, name, with_password=False)
    if known is not None:
        return known
    row = insert(PERSONS).values(name=name, display=name, password_hash=SHOWS_KEYS, active=False)
    added: int = tx.execute(row.returning(PERSONS.c.id)).scalar_one()
    return added


def _known(tx: Connection, name: str, *, with_password: bool) -> int | None:
    """Who has a name already. Raises Conflict when a person's is asked for a system, or a system's for a person."""
    alone(tx, f"person/{name}")
    row = tx.execute(select(PERSONS.c.id, PERSONS.c.password_hash).where(PERSONS.c.name == name)).first()
    if row is None:
        return None
    if (row.password_hash != SHOWS_KEYS) != with_password:
        raise Conflict(
            "名称“{name}”已被占用:人员与外部系统不能同名",
            "the name “{name}” is taken: a person and a system cannot share one",
            name=name,
        )
    return int(row.id)


def _refuse_nonsense(name: str, roles: Sequence[tuple[str, str]]) -> None:
    if not name or len(name) > LONGEST_NAME:
        raise BadInput("用户名应为 1 至 {n} 个字", "a name has 1 to {n} letters", n=LONGEST_NAME)
    for role, area in roles:
        if role not in ROLE_WORDS:
            raise BadInput("没有角色“{role}”", "there is no role “{role}”", role=role)
        if area and not (area.isascii() and area.isdigit()):
            raise BadInput(
                "区域应为区划代码前缀:{area}", "an area is the beginning of a unit code: {area}", area=area
            )


def sign_in(database: Database, name: str, password: str, hours: int, place: str = "") -> tuple[Person, str]:
    """Checks name and password, tried from a place; answers the person and a fresh token.

    Raises NotSignedIn or TooMany. A try is counted before it is looked at (gis/guessing.py).
    """
    name = name.strip()
    if len(name) > LONGEST_NAME or len(password) > LONGEST_PASSWORD:
        raise _wrong()
    with database.writing() as tx:
        entered = guessing.count_try(tx, name, place)
    with database.writing() as tx:
        row = tx.execute(select(PERSONS).where(PERSONS.c.name == name, PERSONS.c.active)).mappings().first()
        if not _matches(row["password_hash"] if row else _NOBODYS_HASH, password) or row is None:
            raise _wrong()
        guessing.forgive(tx, name, place, entered)
        tx.execute(delete(SIGN_INS).where(SIGN_INS.c.expires_at < func.now()))
        return _issued(tx, row["id"], timedelta(hours=hours))


def _wrong() -> NotSignedIn:
    return NotSignedIn("用户名或密码不对", "wrong name or password")


def deeds(tx: Connection, subject: str) -> list[dict[str, Any]]:
    """All events of one subject, oldest first, each with the name of who did it."""
    happened = events.EVENTS
    statement = (
        select(happened, PERSONS.c.name.label("who"), PERSONS.c.display)
        .join_from(happened, PERSONS, happened.c.person == PERSONS.c.id, isouter=True)
        .where(happened.c.subject == subject)
        .order_by(happened.c.id)
    )
    return [dict(row) for row in tx.execute(statement).mappings()]


def refused_step(
    done: Sequence[Mapping[str, Any]], state: Words, step: Words, moves: Container[tuple[str, str]], verb: str
) -> Conflict:
    """Why a step cannot be taken as things stand: somebody took another one before, or it never was open.

    `done` is what happened so far (`deeds`), `moves` has (state, verb) for every step there is.
    """
    by = next((each for each in reversed(done) if each["who"]), None)
    took = "" if by is None else f"{by['display']} {by['at']:%Y-%m-%d %H:%M}"
    who = Words(f"({took} 已办理)", f" (by {took})") if took else Words("", "")
    stood = {each["detail"].get(name) or "" for each in done for name in ("was", "state")}
    if any((each, verb) in moves for each in stood):
        no = Words("不能再“{step}”", "“{step}” is no longer possible")
    else:
        no = Words("不能“{step}”", "“{step}” is not possible then")
    values = {"state": state, "who": who, "no": no.fill(step=step)}
    return Conflict("现在的状态是“{state}”{who},{no}", "the state is now “{state}”{who}; {no}", **values)


def by_token(tx: Connection, token: str) -> Person:
    """The person a token belongs to. Raises NotSignedIn."""
    c = SIGN_INS.c
    row = (
        tx.execute(
            select(PERSONS.c.id, PERSONS.c.name, PERSONS.c.display, c.csrf)
            .join_from(SIGN_INS, PERSONS)
            .where(c.token_hash == _hashed(token), PERSONS.c.active, c.expires_at > func.now())
        )
        .mappings()
        .first()
    )
    if row is None:
        raise NotSignedIn("登录已失效,请重新登录", "the sign-in has ended; please sign in again")
    return Person(row["id"], row["name"], row["display"], areas_of(tx, row["id"]), row["csrf"])


def sign_out(tx: Connection, token: str) -> None:
    """Ends a sign-in."""
    tx.execute(delete(SIGN_INS).where(SIGN_INS.c.token_hash == _hashed(token)))


def _issued(tx: Connection, person: int, lasting: timedelta) -> tuple[Person, str]:
    token = secrets.token_urlsafe(32)
    csrf, expires = secrets.token_urlsafe(16), func.now() + lasting
    tx.execute(
        insert(SIGN_INS).values(token_hash=_hashed(token), person=person, csrf=csrf, expires_at=expires)
    )
    return by_token(tx, token), token


def areas_of(tx: Connection, person: int) -> dict[str, tuple[str, ...]]:
    """Role -> the areas (unit-code prefixes) for which a person holds it."""
    areas: dict[str, tuple[str, ...]] = {}
    for role, area in tx.execute(select(GRANTS.c.role, GRANTS.c.area).where(GRANTS.c.person == person)):
        areas[role] = (*areas.get(role, ()), area)
    return areas


def _matches(hashed: str, password: str) -> bool:
    try:
        return _HASHER.verify(hashed, password)
    except (VerifyMismatchError, InvalidHashError):
        return False


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
