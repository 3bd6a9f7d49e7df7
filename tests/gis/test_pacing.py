"""Pace: exactly so many at once, then so many a second, also for many threads; what is owed is paid off."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gis import pacing
from gis.errors import TooMany
from gis.pacing import Pace


class Clock:
    """A clock that stands until it is told."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def taken(take: Callable[[], None], tries: int) -> int:
    """How many of so many tries are let in."""
    let_in = 0
    for _ in range(tries):
        try:
            take()
            let_in += 1
        except TooMany:
            pass
    return let_in


@given(per_s=some.integers(1, 500), begun=some.floats(0, 1e7), pauses=some.lists(some.floats(0, 3), max_size=8))
def test_so_many_at_once_and_never_more_than_so_many_a_second(per_s, begun, pauses):
    clock = Clock(begun)
    pace = Pace(clock)
    let_in = taken(lambda: pace.take("a", per_s), 2 * per_s)
    assert let_in == per_s
    for pause in pauses:
        clock.now += pause
        left, _ = pace.left("a", per_s)
        now = taken(lambda: pace.take("a", per_s), 2 * per_s)
        assert now == left, "what is said to be left is there, and no more"
        let_in += now
        assert let_in <= per_s * (1 + clock.now - begun) + 1e-3 * per_s


@pytest.mark.parametrize(("per_s", "up_for"), [(500, 8.4e6), (1000, 7.1e6), (3000, 4.8e6)])
def test_what_is_said_to_be_left_is_there_also_after_months_and_for_large_limits(per_s, up_for):
    clock = Clock(up_for + 1 / 3)
    pace = Pace(clock)
    for _ in range(100):
        clock.now += 0.1 / per_s
        pace.take("a", per_s)
        left, _ = pace.left("a", per_s)
        then = Pace(clock)
        then._even_at = dict(pace._even_at)
        assert taken(lambda then=then: then.take("a", per_s), left + 2) == left


def test_whoever_waits_as_long_as_they_are_told_is_let_in():
    clock = Clock()
    pace = Pace(clock)
    pace.take("a", 50, units=200)  # a batch that the pace lets in goes in whole
    with pytest.raises(TooMany) as refused:
        pace.take("a", 50)
    assert refused.value.wait_s == 4
    assert "50" in refused.value.text.zh
    assert "4 s" in refused.value.text.en
    assert pace.left("a", 50) == (0, 4)
    clock.now += refused.value.wait_s
    pace.take("a", 50)


def test_what_was_paid_at_the_door_may_be_owed_by_one_only():
    pace = Pace(Clock())
    for _ in range(2):
        pace.take("a", 50)
    pace.take("a", 50, units=999, needed=0)
    with pytest.raises(TooMany):
        pace.take("a", 50, units=999, needed=0)


def test_one_does_not_wait_for_another():
    pace = Pace(Clock())
    assert taken(lambda: pace.take("a", 2), 5) == 2
    assert taken(lambda: pace.take("b", 2), 5) == 2


def test_who_owes_nothing_is_forgotten(monkeypatch):
    monkeypatch.setattr(pacing, "FEW", 10)
    clock = Clock()
    pace = Pace(clock)
    for each in range(1000):
        pace.take(each, 1)
        clock.now += 0.5
    assert len(pace._even_at) < 30
    assert pace.left(999, 1)[0] == 0, "whoever still owes is remembered"


def test_many_threads_together_take_no_more_than_one():
    pace, begun = Pace(), time.monotonic()
    with ThreadPoolExecutor(8) as crowd:
        let_in = sum(crowd.map(lambda _: taken(lambda: pace.take("a", 200), 500), range(8)))
    assert 200 <= let_in <= 200 * (1 + time.monotonic() - begun) + 1
