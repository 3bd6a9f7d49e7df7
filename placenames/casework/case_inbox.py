"""Inbox: the cases that somebody sees, those that wait for them, and how pressing each is; counted by the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select, true

from gis.errors import not_one_of
from gis.people import Person
from gis.settings import settings
from placenames.casework import second_person
from placenames.casework.case_dates import LIGHTS, calendar_is_known, first_due, working_days_between
from placenames.casework.case_moves import MOVES, SENDER, CaseMove
from placenames.casework.cases import (
    CASES,
    CLOSED,
    REPORTS,
    SORTS,
    STATES,
    WHATS,
    WITH_SENDER,
    headline,
    seen_by,
    shining,
    units_in,
    with_names,
)
from placenames.kinds import Category

PAGE = 50
ASIDE = ("withdraw", "revoke", "confirm_romanization", "expert_review", "return", "refuse")
"""Steps that may be taken while a case waits for another one: they bring nobody a case to do."""
MINE = ("todo", "sent")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases are asked for; empty means all that one sees."""

    state: str = ""
    light: str = ""
    category: str = ""
    mine: str = ""
    """todo: those that wait for me; sent: those I sent."""
    before: int | None = None
    """Only cases with a smaller id: the next page."""
    kind: str = ""
    """names or reports, or one of what is asked for: rename, report_plots, …"""

    def __post_init__(self) -> None:
        for name, known in (
            ("state", STATES),
            ("light", LIGHTS),
            ("category", tuple(Category)),
            ("mine", MINE),
            ("kind", {**dict.fromkeys(SORTS), **WHATS}),
        ):
            given = getattr(self, name)
            if given and given not in known:
                raise not_one_of(name, given, known)


def listed(
    tx: Connection, person: Person, wanted: Wanted, today: date, limit: int = PAGE
) -> list[dict[str, Any]]:
    """The cases that somebody asks for and may see, newest first, each with its light and what it is about."""
    statement = with_names().add_columns(shining(today).label("light")).where(_asked(person, wanted, today))
    rows = tx.execute(statement.order_by(CASES.c.id.desc()).limit(limit)).mappings()
    return [as_line(dict(row), today) for row in rows]


def counts(tx: Connection, person: Person, wanted: Wanted, today: date) -> dict[str, Any]:
    """How many cases there are, by light, by state and by category, and how many wait for this person."""
    which = _asked(person, replace(wanted, before=None), today)
    found = (
        select(CASES.c.state, CASES.c.category, CASES.c.action, shining(today).label("light"))
        .where(which)
        .subquery("found")
    )
    waiting = _number(tx, select(CASES.c.id).where(seen_by(person), waits_for(person)))
    return {
        "total": _number(tx, select(found)),
        "waiting": waiting,
        "light": dict.fromkeys(map(str, LIGHTS), 0) | _by(tx, found.c.light),
        "state": _by(tx, found.c.state),
        "category": _by(tx, found.c.category),
        "kind": _by(tx, found.c.action),
    }


def inbox(tx: Connection, person: Person, today: date, limit: int = PAGE) -> tuple[list[dict[str, Any]], int]:
    """The cases on which somebody is to take the next step, the most pressing first; and how many there are in all."""
    statement = (
        with_names().add_columns(shining(today).label("light")).where(seen_by(person), waits_for(person))
    )
    pressing = func.least(CASES.c.due_internal, CASES.c.due_legal).asc().nulls_last()
    rows = tx.execute(statement.order_by(pressing, CASES.c.id).limit(limit)).mappings()
    return [as_line(dict(row), today) for row in rows], _number(tx, statement)


def waits_for(person: Person) -> ColumnElement[bool]:
    """The cases whose next step this person may take: a draft of one's own, or what one's roles are asked for."""
    c = CASES.c
    steps = [
        and_(c.state == state, c.track.in_(move.tracks), _held(person, move.roles), _not_theirs(person, move))
        for (state, verb), move in MOVES.items()
        if verb not in ASIDE and SENDER not in move.roles
    ]
    own = and_(c.sender == person.id, c.state.in_(WITH_SENDER))
    return or_(own, and_(c.sender != person.id, c.state.not_in(CLOSED), or_(*steps)))


def as_line(row: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A case in one line of a list: what it is about, where it stands, by when it is due and how many days are left."""
    names = ("id", "number", "action", "track", "category", "unit", "state", "round", "due_internal", "due_legal",
             "created_at", "changed_at")  # fmt: skip
    due = first_due(row)
    return {
        **{name: row[name] for name in names},
        "name": headline(row),
        "what": WHATS[row["action"]].as_dict(),
        **({"cemetery": row["cemetery"]} if row["action"] in REPORTS else {}),
        "words": STATES[row["state"]].as_dict(),
        "sender": row["sender_display"],
        "light": row["light"],
        "due": due,
        "days_left": None if due is None else working_days_between(today, due),
        "calendar_known": due is None or (calendar_is_known(today) and calendar_is_known(due)),
    }


def _asked(person: Person, wanted: Wanted, today: date) -> ColumnElement[bool]:
    c = CASES.c
    tests = [seen_by(person)]
    tests += [c.state == wanted.state] if wanted.state else []
    tests += [c.action.in_(SORTS.get(wanted.kind, (wanted.kind,)))] if wanted.kind else []
    tests += [c.category == wanted.category] if wanted.category else []
    tests += [shining(today) == wanted.light] if wanted.light else []
    tests += [c.sender == person.id] if wanted.mine == "sent" else []
    tests += [waits_for(person)] if wanted.mine == "todo" else []
    tests += [c.id < wanted.before] if wanted.before is not None else []
    return and_(*tests)


def _held(person: Person, roles: tuple[str, ...]) -> ColumnElement[bool]:
    areas = {area for role in roles for area in person.areas.get(role, ())}
    return units_in(areas) if areas else false()


def _not_theirs(person: Person, move: CaseMove) -> ColumnElement[bool]:
    """Whether a second person is not wanted for a step, because another one took the step before."""
    if not move.apart_from or not settings().second_person:
        return true()
    return second_person.took(CASES.c.id, move.apart_from).is_distinct_from(person.id)


def _number(tx: Connection, statement: Select[Any]) -> int:
    return tx.scalar(select(func.count()).select_from(statement.subquery("counted"))) or 0


def _by(tx: Connection, column: ColumnElement[Any]) -> dict[str, int]:
    rows = tx.execute(select(column, func.count()).where(column.is_not(None)).group_by(column))
    return {row[0]: row[1] for row in rows}
