"""Inboxes: what waits for the person at the door, as the badges in the head of every page of theirs count it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from fastapi import Request
from sqlalchemy import Connection

from gis.intake import reports, reviews
from gis.people import Person
from placenames.casework import case_inbox

TO_MEND = ("asking", "unreadable", "blocked", "returned", "failed")
"""States in which a submission waits for its sender."""


def note(request: Request, tx: Connection, person: Person) -> None:
    """Counts what waits for the person, by the part of the site where it waits."""
    _, waiting = case_inbox.inbox(tx, person, date.today(), 1)
    request.state.inbox = {"/submissions": len(submissions_for(tx, person)), "/cases": waiting}


def submissions_for(tx: Connection, person: Person) -> list[dict[str, Any]]:
    """The submissions on which this person can take a step now, other than withdrawing."""
    return [row for row in reports.listed(tx, None, None, open_only=True) if _waits_for(person, row)]


def plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A submission as the table of moves reads it: `sender` is the person's number."""
    return {**row, "sender": row.get("sender_id", row["sender"])}


def _waits_for(person: Person, row: Mapping[str, Any]) -> bool:
    if row["sender_id"] == person.id:
        return row["state"] in TO_MEND
    return any(verb in ("accept", "publish") for verb in reviews.open_moves(person, plain(row)))
