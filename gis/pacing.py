"""Pace: so many units a second for each of many subjects, kept in the memory of this process.

The generic cell rate algorithm: one moment per subject, that at which nothing would be owed any more; a second's worth may
be taken at once. `jiezhi serve` is one process with threads, so a lock holds the limit; two servers beside each other
would each keep a pace of their own. Kept libraries (limits, throttled-py) refuse whatever costs more than the limit; a batch
of a thousand rows at fifty a second has to go in whole and be owed, which is why this is ours.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable
from math import ceil, floor
from threading import Lock

from gis.errors import TooMany

AT_ONCE_S = 1.0
"""What this long would bring may be taken at once."""
HAIR = 0.01
"""Of a unit; sums of moments are not exact. What is let in and what is said to be left are held against the same."""
FEW = 1000
"""So many subjects are kept before it is worth looking for those that owe nothing."""


class Pace:
    """Who has taken how much lately. Subjects that owe nothing any more are forgotten."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock, self._lock = clock, Lock()
        self._even_at: dict[Hashable, float] = {}
        self._most = FEW

    def take(self, subject: Hashable, per_s: int, units: int = 1, *, needed: int = 1) -> None:
        """Takes units of a subject that has `per_s` a second; `needed` must be there, the rest may be owed.

        Raises TooMany, with the seconds to wait.
        """
        with self._lock:
            now = self._clock()
            even = max(self._even_at.get(subject, now), now)
            missing = even + needed / per_s - now - AT_ONCE_S
            if missing * per_s > HAIR:
                raise TooMany(
                    "请求过于频繁:每秒不超过 {limit} 次,请 {wait} 秒后再试",
                    "too many requests: at most {limit} a second; try again in {wait} s",
                    limit=per_s, wait=ceil(missing),
                ).after(missing)  # fmt: skip
            self._even_at[subject] = even + units / per_s
            if len(self._even_at) > self._most:
                self._forget_who_owes_nothing(now)

    def left(self, subject: Hashable, per_s: int) -> tuple[int, int]:
        """How many units a subject may take now, and after how many whole seconds there is (another) one."""
        with self._lock:
            owed = max(self._even_at.get(subject, 0.0) - self._clock(), 0.0)
        wait = owed + (1 - HAIR) / per_s - AT_ONCE_S
        return max(floor((AT_ONCE_S - owed) * per_s + HAIR), 0), max(ceil(wait), 1)

    def _forget_who_owes_nothing(self, now: float) -> None:
        self._even_at = {subject: even for subject, even in self._even_at.items() if even > now}
        self._most = max(FEW, 2 * len(self._even_at))
