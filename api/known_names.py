"""The names an address may hold, read once from the registers and kept until anything is recorded."""

from __future__ import annotations

import gc
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from threading import Lock
from typing import Generic, TypeVar

from sqlalchemy import Connection

from gis import events
from gis.db import Database
from placenames.addresses.finding.toponyms_known import toponyms_on
from placenames.addresses.parsing.address_lexicon import lexicon_on

ROOM = 4
"""Lists in one process: of today and of a few other days."""
T = TypeVar("T")


class Kept(Generic[T]):
    """Lists of names that are read when first asked for, and anew when something was recorded since."""

    def __init__(self, read: Callable[[Connection, date], T]) -> None:
        self._read = read
        self._lists: OrderedDict[tuple[str, str, date, date], T] = OrderedDict()
        self._turn = Lock()

    def __call__(self, database: Database, look: Connection, on: date) -> T:
        """The names that the public may know, seen from a legal day."""
        key = (database.url, events.state_of_everything(look), on, date.today())
        with self._turn:
            if key not in self._lists:
                self._lists[key] = for_long(self._read)(look, on)
                while len(self._lists) > ROOM:
                    self._lists.popitem(last=False)
            self._lists.move_to_end(key)
            return self._lists[key]


def for_long(read: Callable[[Connection, date], T]) -> Callable[[Connection, date], T]:
    """Reads what stays for long: the collector of garbage does not walk through hundreds of thousands of names again."""

    def read_and_set_aside(look: Connection, on: date) -> T:
        found = read(look, on)
        gc.collect()
        gc.freeze()
        return found

    return read_and_set_aside


names_known = Kept(lexicon_on)
"""What the parser knows by name."""
toponyms_known = Kept(toponyms_on)
"""What lookups know by name."""
