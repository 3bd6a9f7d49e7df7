"""The names an address may hold, read once from the registers and kept until anything is recorded."""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy import Connection

from gis import events, history
from gis.db import Database
from placenames.addresses.finding.toponyms_known import days_of_other_units, toponyms_on
from placenames.addresses.parsing.address_lexicon import days_of_other_names, lexicon_on

ROOM = 8
"""Lists in one process: of today and of other days on which the units were others."""
T = TypeVar("T")
Key = tuple[str, str, date]


class Kept(Generic[T]):
    """Lists of names that are read when first asked for, and anew when something was recorded since.

    Between two days on which anything changed they are the same, so no two questions read the same list. One is read at a
    time; whoever asks for another that is kept does not wait.
    """

    def __init__(self, read: Callable[[Connection, date], T], changes: Callable[[Connection], list[date]]) -> None:
        self._read, self._changes = read, changes
        self._lists: OrderedDict[tuple[Key, date], T] = OrderedDict()
        self._days: tuple[Key | None, list[date]] = None, []
        self._turn, self._reading = Lock(), Lock()

    def __call__(self, database: Database, look: Connection, on: date) -> T:
        """The names that the public may know, seen from a legal day."""
        today = date.today()
        state = database.url, events.state_of_everything(look), today
        key = state, history.day_alike(self._days_of(state, look), on, today)
        kept = self._kept(key)
        if kept is not None:
            return kept
        with self._reading:
            kept = self._kept(key)
            return self._keep(key, for_long(self._read)(look, key[1])) if kept is None else kept

    def _days_of(self, state: Key, look: Connection) -> list[date]:
        known, days = self._days
        if known != state:
            days = self._changes(look)
            self._days = state, days
        return days

    def _kept(self, key: tuple[Key, date]) -> T | None:
        with self._turn:
            if key in self._lists:
                self._lists.move_to_end(key)
            return self._lists.get(key)

    def _keep(self, key: tuple[Key, date], found: T) -> T:
        with self._turn:
            self._lists[key] = found
            while len(self._lists) > ROOM:
                self._lists.popitem(last=False)
        return found


def for_long(read: Callable[[Connection, date], T]) -> Callable[[Connection, date], T]:
    """Reads what stays for long: the collector of garbage does not walk through hundreds of thousands of names again."""

    def read_and_set_aside(look: Connection, on: date) -> T:
        found = read(look, on)
        gc.collect()
        gc.freeze()
        return found

    return read_and_set_aside


names_known = Kept(lexicon_on, days_of_other_names)
"""What the parser knows by name."""
toponyms_known = Kept(toponyms_on, days_of_other_units)
"""What lookups know by name."""
