"""A second person: whoever put a case forward, or wrote down what others decided, does not take the step that settles it.

No law that was read asks for it within one bureau; that nobody decides on their own case does not keep one person with
two roles from deciding every step of a case that others sent. Offices with a single person for both can switch it off.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, cast, literal, select

from gis.events import EVENTS
from gis.people import Person
from gis.settings import settings


def took(case: Any, steps: Sequence[str]) -> ColumnElement[int | None]:
    """Who took the last of some steps on a case (its number, or the column of it)."""
    e = EVENTS.c
    subject = literal("case/").concat(cast(case, String))
    last = select(e.person).where(e.subject == subject, e.verb.in_(steps)).order_by(e.id.desc()).limit(1)
    return last.scalar_subquery()


def is_wanted(tx: Connection, person: Person, case: Mapping[str, Any], steps: Sequence[str]) -> bool:
    """Whether another person is to take the next step, because this one took the last of `steps`."""
    if not steps or not settings().second_person:
        return False
    return tx.scalar(select(took(literal(case["id"]), steps))) == person.id
