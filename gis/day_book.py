"""The day book: what each key has used today, counted in memory and entered in the database every few seconds.

The quota of a day so survives a restart; a server that is killed forgets what it counted since the last entry. Servers
beside each other learn of each other's use when they enter their own.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from threading import Lock

from gis import system_keys
from gis.db import Database
from gis.errors import TooMany
from gis.system_keys import Key

ENTERED_EVERY_S = 5.0
OnDay = tuple[int, date]


class DayBook:
    """Counts of this process, by key and day."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock, self._at_it = clock, Lock(), Lock()
        self._entered: dict[OnDay, int] = {}
        self._counted: Counter[OnDay] = Counter()
        self._due_at = float("-inf")

    def take(self, key: Key, units: int) -> None:
        """Counts what a key uses. Raises TooMany, with the seconds until midnight, when so much is not left today."""
        with self._lock:
            entered = self._entered.setdefault((key.id, key.day), key.used)
            left = key.a_day - entered - self._counted[key.id, key.day]
            if key.a_day and units > left:
                raise TooMany(
                    "今日用量不足:每日 {quota},剩余 {left},本次需要 {units};次日零时重新计算",
                    "the quota of the day does not suffice: {quota} a day, {left} left, {units} asked for;"
                    " it begins anew at midnight",
                    quota=key.a_day, left=max(left, 0), units=units,
                ).after(until_midnight_s())  # fmt: skip
            self._counted[key.id, key.day] += units

    def left(self, key: Key) -> int:
        """What is left of a key's quota today; nothing of none."""
        with self._lock:
            at = (key.id, key.day)
            return max(key.a_day - self._entered.get(at, key.used) - self._counted[at], 0)

    def is_due(self) -> bool:
        """Whether it is time to enter what was counted."""
        return self._clock() >= self._due_at

    def enter(self, database: Database) -> None:
        """Enters what was counted; who comes while somebody else is at it has nothing to do."""
        if not self._at_it.acquire(blocking=False):
            return
        try:
            self._due_at = self._clock() + ENTERED_EVERY_S
            with self._lock:
                counted = {at: units for at, units in self._counted.items() if units}
            if not counted:
                return
            with database.writing() as tx:
                totals = system_keys.enter_uses(tx, counted)
            with self._lock:
                self._turn_the_page(counted, totals)
        finally:
            self._at_it.release()

    def _turn_the_page(self, counted: dict[OnDay, int], totals: dict[OnDay, int]) -> None:
        self._counted.subtract(counted)
        self._entered |= totals
        today = date.today()
        for at in [at for at in self._entered if at[1] < today and not self._counted[at]]:
            del self._entered[at]
        self._counted = Counter({at: units for at, units in self._counted.items() if units})


def until_midnight_s() -> float:
    """Seconds until the day of the office's calendar ends."""
    now = datetime.now().astimezone()
    tomorrow = datetime.combine(now.date() + timedelta(days=1), datetime.min.time()).astimezone()
    return (tomorrow - now).total_seconds()
