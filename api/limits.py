"""Limits: how much whoever asks may ask, a second and a day, and what the answer says of it.

Over a limit the answer is 429 with Retry-After in seconds. `RateLimit-Policy` and `RateLimit` are those of
draft-ietf-httpapi-ratelimit-headers-11 (May 2026), with the policies "second" and "day" and, where lists come in, "batch".
Most programs of today read the three headers of its sixth version, so `RateLimit-Limit`, `-Remaining` and `-Reset` say the
same of the policy that is nearest to its end. People who are signed in have no limit: an administrator knows who they are.

A batch is worth its rows, on an account of its own: its door calls `spend(request, rows)`. One that the pace lets in goes
in whole and is paid off afterwards, a thousand rows at fifty a second in twenty seconds, during which no other batch is let
in and single questions are. What a worker answers later has a third account (`spend_on_a_job`), so that short lists need
not wait for a long one. A batch that is more than is left of a day is refused whole.
"""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from math import ceil

from fastapi import Request
from starlette.datastructures import MutableHeaders

from gis.day_book import DayBook, until_midnight_s
from gis.db import Database
from gis.errors import TooMany
from gis.guessing import site_of
from gis.key_ring import KeyRing
from gis.pacing import Pace
from gis.refusals import REFUSED, explained
from gis.system_keys import Key

A_DAY_S = 24 * 3600
BATCHES, JOBS = "batches", "jobs"
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


def spend(request: Request, rows: int) -> None:
    """Counts a batch that is answered at once; one unit of the day was paid at the door. Raises TooMany."""
    allowance = _allowance(request)
    if allowance is not None:
        _spend(request, allowance, BATCHES, rows)


def admit_job(request: Request) -> None:
    """Whether another long list may come in, before it is laid down. Raises TooMany."""
    allowance = _allowance(request)
    if allowance is not None and allowance.key is None:
        _of_account(request, allowance, JOBS, 0)


def spend_on_a_job(request: Request, rows: int) -> None:
    """The same for what a job answers later: of a key it counts for the day alone, for the queue sets its pace.

    Without a key it is paid off like other batches, on an account of its own. Raises TooMany.
    """
    allowance = _allowance(request)
    if allowance is not None:
        _spend(request, allowance, JOBS if allowance.key is None else "", rows)


def _allowance(request: Request) -> Allowance | None:
    found: Allowance | None = getattr(request.state, "allowance", None)
    return found


def _spend(request: Request, allowance: Allowance, account: str, rows: int) -> None:
    taken = 1
    try:
        _of_the_day(request, allowance, rows - 1)
        taken = rows
        if account:
            _of_account(request, allowance, account, rows)
    except TooMany:
        _of_the_day(request, allowance, -taken)  # what is refused is not counted, nor is the unit of the door
        raise


def _of_the_day(request: Request, allowance: Allowance, units: int) -> None:
    if allowance.key is not None and units:
        of_server(request).book.take(allowance.key, units)


def _of_account(request: Request, allowance: Allowance, account: str, units: int) -> None:
    if not allowance.per_s:
        return
    request.state.account = account  # first, so that a refusal tells of it too
    try:
        of_server(request).pace.take((account, allowance.subject), allowance.per_s, units, needed=1)
    except TooMany as problem:
        raise TooMany(
            "上一批地址还在计数(每秒 {limit} 行),请 {wait} 秒后再送下一批;逐条查询照常",
            "the list before is still being counted, {limit} rows a second; send the next one in {wait} s."
            " Single lookups go on as usual",
            limit=allowance.per_s, wait=problem.wait_s,
        ).after(problem.wait_s) from problem  # fmt: skip


def tell(request: Request, headers: MutableHeaders) -> None:
    """Writes on an answer what is left to whoever asked."""
    allowance = _allowance(request)
    account: str = getattr(request.state, "account", "")
    policies = list(_policies(of_server(request), allowance, account)) if allowance else []
    if not policies:
        return
    nearest = min(policies, key=lambda each: each.left)
    headers["RateLimit-Policy"] = ", ".join(f'"{each.name}";q={each.quota};w={each.window_s}' for each in policies)
    headers["RateLimit"] = ", ".join(f'"{each.name}";r={each.left};t={each.more_in_s}' for each in policies)
    headers["RateLimit-Limit"] = str(nearest.quota)
    headers["RateLimit-Remaining"] = str(nearest.left)
    headers["RateLimit-Reset"] = str(nearest.more_in_s)


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


def _policies(limits: Limits, allowance: Allowance, account: str) -> Iterator[_Policy]:
    if allowance.per_s:
        yield _Policy("second", allowance.per_s, 1, *limits.pace.left(allowance.subject, allowance.per_s))
    if account:
        yield _Policy("batch", allowance.per_s, 1, *limits.pace.left((account, allowance.subject), allowance.per_s))
    key = allowance.key
    if key is not None and key.a_day:
        yield _Policy("day", key.a_day, A_DAY_S, limits.book.left(key), ceil(until_midnight_s()))


def _admit(request: Request, allowance: Allowance) -> None:
    request.state.allowance = allowance  # first, so that a refusal tells of it too
    _of_the_day(request, allowance, 1)  # first: what is refused there must not be owed to the pace
    if not allowance.per_s:
        return
    try:
        of_server(request).pace.take(allowance.subject, allowance.per_s)
    except TooMany:
        _of_the_day(request, allowance, -1)
        raise
