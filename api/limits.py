"""Limits: how much whoever asks may ask, a second and a day, and what the answer says of it.

Over a limit the answer is 429 with Retry-After in seconds. `RateLimit-Policy` and `RateLimit` are those of
draft-ietf-httpapi-ratelimit-headers-11 (May 2026), with the policies "second" and "day". Most programs of today read the
three headers of its sixth version, so `RateLimit-Limit`, `-Remaining` and `-Reset` say the same of the policy that is
nearest to its end. People who are signed in have no limit: an administrator knows who they are.

A batch is worth its rows: its door calls `spend(request, rows)`. One that the pace lets in goes in whole and is paid off
afterwards, a thousand rows at fifty a second in twenty seconds; one that is more than is left of a day is refused whole.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from math import ceil

from fastapi import Request
from starlette.responses import Response

from gis.day_book import DayBook, until_midnight_s
from gis.db import Database
from gis.errors import TooMany
from gis.guessing import site_of
from gis.key_ring import KeyRing
from gis.pacing import Pace
from gis.refusals import REFUSED, explained
from gis.system_keys import Key

A_DAY_S = 24 * 3600
log = logging.getLogger("jiezhi")


@dataclass(frozen=True)
class Limits:
    """What this server keeps of keys and client addresses: one key ring, one pace for all, one day book."""

    ring: KeyRing = field(default_factory=KeyRing)
    pace: Pace = field(default_factory=Pace)
    book: DayBook = field(default_factory=DayBook)


@dataclass(frozen=True)
class Allowance:
    """What whoever asks may ask: so much a second (0: no limit), and with a key so much a day."""

    subject: Hashable
    per_s: int
    key: Key | None = None


def of_server(request: Request) -> Limits:
    """The limits of the server that was asked."""
    found: Limits = request.app.state.limits
    return found


def admit_key(request: Request, key: Key) -> None:
    """Lets one request of a key in. Raises TooMany."""
    _admit(request, Allowance(("key", key.id), key.per_s, key))


def admit_place(request: Request, place: str, per_s: int) -> None:
    """Lets one request in that comes from a client address, without a key. Raises TooMany."""
    _admit(request, Allowance(("place", site_of(place)), per_s))


def spend(request: Request, units: int) -> None:
    """Says what a request is worth in all, the rows of a batch; one unit was paid at the door. Raises TooMany."""
    allowance: Allowance | None = getattr(request.state, "allowance", None)
    if allowance is not None and units > 1:
        _take(of_server(request), allowance, units - 1, needed=0)


def spend_on_a_job(request: Request, units: int) -> None:
    """The same for what a job answers later: of a key it counts for the day alone, for the queue sets its pace.

    Without a key it is paid off like other batches, on an account of its own: until then the next long one waits, and
    single questions do not. Raises TooMany.
    """
    allowance: Allowance | None = getattr(request.state, "allowance", None)
    if allowance is None:
        return
    if allowance.key is not None:
        of_server(request).book.take(allowance.key, units - 1)
    elif allowance.per_s:
        of_server(request).pace.take(("jobs", allowance.subject), allowance.per_s, units, needed=1)


def tell(request: Request, answer: Response) -> None:
    """Writes on an answer what is left to whoever asked."""
    allowance: Allowance | None = getattr(request.state, "allowance", None)
    policies = list(_policies(of_server(request), allowance)) if allowance else []
    if not policies:
        return
    nearest = min(policies, key=lambda each: each.left)
    answer.headers["RateLimit-Policy"] = ", ".join(f'"{each.name}";q={each.quota};w={each.window_s}' for each in policies)
    answer.headers["RateLimit"] = ", ".join(f'"{each.name}";r={each.left};t={each.more_in_s}' for each in policies)
    answer.headers["RateLimit-Limit"] = str(nearest.quota)
    answer.headers["RateLimit-Remaining"] = str(nearest.left)
    answer.headers["RateLimit-Reset"] = str(nearest.more_in_s)


def enter(limits: Limits, database: Database) -> None:
    """Enters in the database what keys have used; a database that takes nothing keeps nobody from asking."""
    try:
        limits.book.enter(database)
    except REFUSED as problem:
        log.warning("what keys have used could not be entered: %s", explained(problem) or type(problem).__name__)


@dataclass(frozen=True)
class _Policy:
    """One limit as the headers tell it: units in a window, those left, and the seconds until there are more."""

    name: str
    quota: int
    window_s: int
    left: int
    more_in_s: int


def _policies(limits: Limits, allowance: Allowance) -> Iterator[_Policy]:
    if allowance.per_s:
        yield _Policy("second", allowance.per_s, 1, *limits.pace.left(allowance.subject, allowance.per_s))
    key = allowance.key
    if key is not None and key.a_day:
        yield _Policy("day", key.a_day, A_DAY_S, limits.book.left(key), ceil(until_midnight_s()))


def _admit(request: Request, allowance: Allowance) -> None:
    request.state.allowance = allowance  # first, so that a refusal tells of it too
    _take(of_server(request), allowance, 1, needed=1)


def _take(limits: Limits, allowance: Allowance, units: int, needed: int) -> None:
    """Of the day first: what is refused there must not be owed to the pace."""
    if allowance.key is not None:
        limits.book.take(allowance.key, units)
    if not allowance.per_s:
        return
    try:
        limits.pace.take(allowance.subject, allowance.per_s, units, needed=needed)
    except TooMany:
        if allowance.key is not None:
            limits.book.take(allowance.key, -units)
        raise
