"""Consultations: what people, departments and hearings say about a proposed name, until its closing day.

Everybody may see what is proposed and how many are for and against it. Who said what is known to the office alone, in a
table of its own; nothing is taken after the closing day, and the office must write down what it made of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Index,
    Table,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy import Text as SqlText

from gis import events
from gis.db import SCHEMA, alone, metadata
from gis.errors import BadInput, Conflict, NotAllowed, TooMany
from gis.guessing import site_of
from gis.people import Person
from placenames.casework import cases
from placenames.casework.opinions import PUBLIC, SOURCES, Opinion, checked, counts, enter

ANSWERS = Table(
    "case_opinion_count",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("against", SqlText, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_case_opinion_count_against", "against"),
    schema=SCHEMA,
)
"""From where answers came lately, as hashes of case and address; forgotten when the counting is over."""

ANSWERS_OF_A_PLACE, COUNTED_WITHIN = 5, timedelta(hours=1)
"""So many answers to one case are taken from one address within the hour: a household, not a campaign."""
RECORDERS = ("staff", "reviewer")


def answer(tx: Connection, case: int, opinion: Opinion, place: str, today: date) -> dict[str, int]:
    """Takes somebody's answer to an open consultation, sent from a client address; answers the counts.

    Raises NotFound, Conflict after the closing day, BadInput, and TooMany from one address.
    """
    cases.find_public(tx, case)  # of others not even the number is told
    _must_be_open(cases.locked(tx, case), today)
    opinion = checked(opinion, SOURCES[PUBLIC])
    if not opinion.contact:
        raise BadInput("请填写联系方式,以便核实", "a contact is needed so that the answer can be verified")
    _count(tx, case, place)
    enter(tx, case, opinion, PUBLIC)
    return counts(tx, case)


def record(tx: Connection, person: Person, case: int, opinion: Opinion, source: str, today: date) -> dict[str, int]:
    """Records what came by letter, from a department or at a hearing; answers the counts.

    Raises NotAllowed outside the person's area, Conflict after the closing day, BadInput.
    """
    found = cases.locked(tx, case)
    if not any(cases.in_area(person, role, found["unit"]) for role in RECORDERS):
        raise NotAllowed("只有本区域的工作人员可以登记意见", "only the office of the area records opinions")
    if source not in SOURCES or source == PUBLIC:
        raise BadInput("意见来源应为 {sources}", "the source is one of {sources}",
                       sources=", ".join(each for each in SOURCES if each != PUBLIC))  # fmt: skip
    _must_be_open(found, today)
    enter(tx, case, checked(opinion, SOURCES[source]), source)
    events.record(tx, cases.subject(case), "opinion", person.id, stance=opinion.stance, source=source)
    return counts(tx, case)


def close(tx: Connection, found: Mapping[str, Any], summary: str, today: date) -> dict[str, int]:
    """What a consultation came to, once its closing day has passed and the office has written down what it made of it.

    Raises Conflict while it runs, BadInput without the summary.
    """
    until = found["consult_until"]
    if until is not None and today <= until:
        raise Conflict(
            "征求意见到 {day} 截止,届满后才能结束",
            "the consultation runs until {day} and cannot be closed before",
            day=until,
        )
    if not summary.strip():
        raise BadInput("必须写明意见的采纳处理情况", "how the opinions were dealt with must be written down")
    return counts(tx, found["id"])


def is_open(found: Mapping[str, Any], today: date) -> bool:
    """Whether answers are still taken."""
    return found["state"] == "consulting" and (found["consult_until"] is None or today <= found["consult_until"])


def as_public(tx: Connection, found: Mapping[str, Any], today: date) -> dict[str, Any]:
    """What everybody may see of a consultation: what is proposed, why, until when, and the counts."""
    names = ("id", "number", "action", "category", "unit", "place", "old_name", "position", "origin", "meaning",
             "consult_until")  # fmt: skip
    shown = ("name", "roman", "roman_plain", "reason")
    why = cases.RENAME_REASONS.get(found["rename_reason"] or "")
    proposed = [{name: each.get(name) for name in shown} for each in found["candidates"]]
    return {
        **{name: found[name] for name in names},
        "rename_reason": why.as_dict() if why else None,
        "candidates": proposed,
        "open": is_open(found, today),
        "counts": counts(tx, found["id"]),
    }


def _must_be_open(found: Mapping[str, Any], today: date) -> None:
    if not is_open(found, today):
        raise Conflict(
            "该事项现在不征求意见,或截止日已过", "no opinions are taken on this case, or its closing day has passed"
        )


def _count(tx: Connection, case: int, place: str) -> None:
    """Counts an answer from a place to a case. Raises TooMany; many at once are not more than one after the other."""
    c = ANSWERS.c
    against = hashlib.sha256(f"{case}\0{site_of(place)}".encode("utf-8", "replace")).hexdigest()
    alone(tx, f"opinion/{against}")
    tx.execute(delete(ANSWERS).where(c.at < func.now() - COUNTED_WITHIN))
    if (tx.scalar(select(func.count()).where(c.against == against)) or 0) >= ANSWERS_OF_A_PLACE:
        raise TooMany("从此地址提交的意见过多,请一小时后再试", "too many answers from this address; try again in an hour")
    tx.execute(insert(ANSWERS).values(against=against))


__all__ = ["answer", "as_public", "close", "counts", "is_open", "record"]
