"""The key ring: keys that were shown a moment ago, so that not every request asks the database whose they are.

A key that is ended on this server is off the ring at once. One that is ended elsewhere, by a command or on another
server, is let in here for at most `KEPT_S` longer.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock

from gis import system_keys
from gis.db import Database
from gis.system_keys import Key

KEPT_S = 1.0


class KeyRing:
    """Valid keys by their hashes, each with the moment from which it is looked up again."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._kept: dict[str, tuple[Key, float]] = {}
        self._rounds = 0

    def kept(self, secret: str) -> Key | None:
        """The key that somebody shows, when it was looked up a moment ago."""
        found = self._kept.get(system_keys.hashed(secret))
        return found[0] if found and self._clock() < found[1] else None

    def look_up(self, database: Database, secret: str) -> Key:
        """The key that somebody shows, from the database. Raises NotSignedIn."""
        since, rounds = self._clock(), self._rounds
        with database.writing() as tx:
            key = system_keys.shown(tx, secret)
        with self._lock:
            if rounds == self._rounds:  # else one was ended meanwhile, and it may be this
                self._kept[system_keys.hashed(secret)] = key, since + KEPT_S
        return key

    def take_off(self, number: int) -> None:
        """A key that has just ended is looked up again by whoever shows it."""
        with self._lock:
            self._rounds += 1
            self._kept = {shown: (key, until) for shown, (key, until) in self._kept.items() if key.id != number}
