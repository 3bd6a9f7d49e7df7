"""Opinions on a case: who is for it, who against and why, counted for everybody; who said what is for the office alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    ScalarSelect,
    Table,
    func,
    insert,
    select,
)
from sqlalchemy import Text as SqlText

from gis.db import SCHEMA, metadata
from gis.errors import BadInput
from gis.people import Person
from gis.text import Text, keepable
from placenames.casework import cases

OPINIONS = Table(
    "case_opinion",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("case", BigInteger, ForeignKey(f"{SCHEMA}.name_case.id"), nullable=False),
    Column("stance", SqlText, nullable=False),
    Column("reason", SqlText),
    Column("source", SqlText, nullable=False),
    Column("round", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_case_opinion_case", "case", "stance"),
    schema=SCHEMA,
)
OPINION_PERSONS = Table(
    "case_opinion_person",
    metadata,
    Column("opinion", BigInteger, ForeignKey(f"{SCHEMA}.case_opinion.id"), primary_key=True),
    Column("name", SqlText, nullable=False),
    Column("contact", SqlText),
    schema=SCHEMA,
)
"""Who said it: personal data, never in a count, an event, a log or an answer to the public."""
STANCES = {
    "support": Text("赞成", "support"),
    "object": Text("反对", "objection"),
    "comment": Text("建议", "comment"),
}
SOURCES = {
    "public": Text("公众在线", "the public, online"),
    "department": Text("部门", "a department"),
    "letter": Text("来信", "a letter"),
    "hearing": Text("听证、座谈", "a hearing"),
}
PUBLIC = "public"
LONGEST_REASON, LONGEST_NAME, LONGEST_CONTACT = 2000, 60, 120


@dataclass(frozen=True, slots=True)
class Opinion:
    """What somebody says about a case, and who it is."""

    stance: str
    reason: str
    name: str
    contact: str = ""


def counts(tx: Connection, case: int) -> dict[str, int]:
    """How many said what in the present round of a case: every stance with its number."""
    c = OPINIONS.c
    found = tx.execute(select(c.stance, func.count()).where(c.case == case, c.round == _round_of(case)).group_by(c.stance))
    return dict.fromkeys(STANCES, 0) | {row[0]: row[1] for row in found}


def of_case(tx: Connection, person: Person, found: Mapping[str, Any]) -> list[dict[str, Any]]:
    """All opinions on a case, oldest first; with who said them for the office of the area only.

    Raises NotFound, NotAllowed.
    """
    cases.must_see(person, found)
    c, who = OPINIONS.c, OPINION_PERSONS.c
    statement = select(c.id, c.stance, c.reason, c.source, c.at).where(c.case == found["id"]).order_by(c.id)
    if any(cases.in_area(person, role, found["unit"]) for role in cases.OFFICE):
        statement = statement.add_columns(who.name, who.contact).outerjoin(OPINION_PERSONS, who.opinion == c.id)
    return [dict(row) for row in tx.execute(statement).mappings()]


def checked(opinion: Opinion, source: Text) -> Opinion:
    """The opinion, trimmed and bounded. Raises BadInput."""
    if opinion.stance not in STANCES:
        raise BadInput("态度应为 {stances}", "the stance is one of {stances}", stances=", ".join(STANCES))
    reason = _within(opinion.reason, LONGEST_REASON, Text("理由", "the reason"))
    name = _within(opinion.name, LONGEST_NAME, Text("姓名或单位", "the name"))
    contact = _within(opinion.contact, LONGEST_CONTACT, Text("联系方式", "the contact"))
    if not name:
        raise BadInput(f"请写明意见人({source.zh})", f"say whose opinion it is ({source.en})")
    if not reason and opinion.stance != "support":
        raise BadInput("反对或建议请写明理由", "an objection or a comment needs its reason")
    return Opinion(opinion.stance, reason, name, contact)


def _within(words: str, longest: int, what: Text) -> str:
    words = keepable(words).strip()
    if len(words) > longest:
        raise BadInput("{zh}最多 {n} 个字", "{en} has at most {n} letters", zh=what.zh, en=what.en, n=longest)
    return words


def enter(tx: Connection, case: int, opinion: Opinion, source: str) -> None:
    """Enters an opinion for the present round of a case, and who said it in the table of its own."""
    row: dict[str, Any] = {"case": case, "stance": opinion.stance, "reason": opinion.reason or None, "source": source}
    row["round"] = _round_of(case)
    entered = tx.execute(insert(OPINIONS).values(row).returning(OPINIONS.c.id)).scalar_one()
    who = {"opinion": entered, "name": opinion.name, "contact": opinion.contact or None}
    tx.execute(insert(OPINION_PERSONS).values(who))


def _round_of(case: int) -> ScalarSelect[int]:
    """The round in which a case is: what was said of an earlier draft is not said of this one."""
    return select(cases.CASES.c.round).where(cases.CASES.c.id == case).scalar_subquery()
