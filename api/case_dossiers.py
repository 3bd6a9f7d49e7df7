"""The dossier of a case: what the pages of all cases show, whether they are about a name or report what is to be built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import UploadFile
from sqlalchemy import Connection

from api import case_timeline, decision_forms
from gis.people import Person
from gis.settings import Settings
from placenames.casework import attachment_types, attachments, case_dates, case_moves, cases


def dossier(
    tx: Connection,
    person: Person,
    found: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]],
    counts: Mapping[str, int],
    *,
    blocked: bool,
) -> dict[str, Any]:
    """Where a case stands, by when it is due, what this person may do, what happened, and its papers.

    `events` are its steps (`case_moves.history`), `counts` the opinions on it; `blocked` says that something stands in the
    way, so that going on needs a reason.
    """
    today = date.today()
    return {
        "case": found,
        "today": today,
        "what": cases.WHATS[found["action"]],
        "headline": cases.headline(found),
        "state": cases.STATES[found["state"]],
        "due": _due(found, today),
        "decisions": decision_forms.forms(found, case_moves.open_moves(tx, person, found), today, blocked=blocked),
        "turn": case_timeline.turn(found),
        "own_case": found["sender"] == person.id,
        "for_another": case_moves.waits_for_another(tx, person, found),
        "may_change": found["sender"] == person.id and found["state"] in cases.OPEN_TO_SENDER,
        "steps": case_timeline.timeline(found, events, counts, today),
        "attachments": attachments.of_case(tx, found["id"]),
        "kinds": attachment_types.kinds_for(found["track"]),
        "types": ",".join(attachment_types.TYPES),
        "may_attach": found["state"] not in cases.CLOSED,
    }


def _due(found: Mapping[str, Any], today: date) -> dict[str, Any]:
    """By when its next step is due."""
    day = case_dates.first_due(found)
    return {
        "due": day,
        "light": case_dates.light(day, today),
        "days_left": None if day is None else case_dates.working_days_between(today, day),
        "calendar_known": day is None or (case_dates.calendar_is_known(today) and case_dates.calendar_is_known(day)),
        "legal": day is not None and day == found["due_legal"],
    }


def attach_all(
    tx: Connection, person: Person, number: int, files: Sequence[UploadFile], kind: str | None, config: Settings
) -> None:
    """Attaches the papers that came with a form. Raises BadInput, TooLarge."""
    for each in files:
        if each.filename:
            attachments.keep(tx, person, number, kind or "other", each.filename, each.file, config)
