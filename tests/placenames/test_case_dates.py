"""Working days by the Chinese calendar, days that are due, and lights. The calendar of 2026 is the State Council's."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from gis.errors import BadInput
from gis.settings import Settings
from placenames.casework import case_dates
from placenames.casework.case_dates import (
    AMBER_DAYS,
    Due,
    Light,
    calendar_is_known,
    due_days,
    first_due,
    is_working_day,
    last_amber_day,
    light,
    limits,
    next_working_day,
    working_days_after,
    working_days_between,
)

DEFAULT = Settings().case_days
DAYS = some.dates(date(2024, 1, 1), date(2028, 12, 31))
NOTHING = dict.fromkeys(("consult_until", "approved_on", "filed_on", "due_internal", "due_legal"))


def day(month: int, number: int, year: int = 2026) -> date:
    return date(year, month, number)


@pytest.mark.parametrize("number", range(1, 8))
def test_national_day_2026_has_seven_days(number):
    assert not is_working_day(day(10, number))


@pytest.mark.parametrize("made_up", [day(9, 20), day(10, 10), day(1, 4), day(2, 14), day(2, 28), day(5, 9)])
def test_make_up_days_of_2026_are_worked_although_they_are_weekend_days(made_up):
    assert made_up.weekday() >= 5
    assert is_working_day(made_up)


@pytest.mark.parametrize("free", [day(2, 16), day(4, 6), day(5, 1), day(6, 19), day(9, 25)])
def test_holidays_of_2026_are_free_although_they_are_weekdays(free):
    assert free.weekday() < 5
    assert not is_working_day(free)


def test_working_days_go_round_the_national_day_and_through_its_make_up_day():
    assert working_days_after(day(9, 30), 1) == day(10, 8)
    assert working_days_after(day(9, 30), 3) == day(10, 10)  # a Saturday on which offices work
    assert working_days_after(day(9, 30), 4) == day(10, 12)
    assert working_days_after(day(9, 30), 0) == day(9, 30)
    assert working_days_between(day(9, 30), day(10, 10)) == 3
    assert working_days_between(day(9, 30), day(10, 7)) == 0


def test_days_do_not_shift_where_other_countries_change_their_clocks(monkeypatch):
    import time

    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    try:
        assert working_days_after(day(3, 27), 1) == day(3, 30)  # 29 March 2026 has 23 hours there
        assert working_days_between(day(10, 23), day(10, 26)) == 1  # 25 October 2026 has 25
    finally:
        monkeypatch.undo()
        time.tzset()


def test_years_whose_calendar_is_not_published_are_counted_by_weekdays_and_say_so():
    last = max(case_dates.KNOWN_YEARS)
    assert calendar_is_known(date(last, 12, 31))
    assert not calendar_is_known(date(last + 1, 1, 1))
    first_of_may = date(last + 1, 5, 1)
    assert is_working_day(first_of_may) == (first_of_may.weekday() < 5)


@given(DAYS, some.integers(1, 40))
def test_after_and_between_agree(since, number):
    due = working_days_after(since, number)
    assert is_working_day(due)
    assert working_days_between(since, due) == number


@given(DAYS, some.integers(-30, 30))
def test_lights_follow_from_the_days_left(today, away):
    due = today + timedelta(days=away)
    left = working_days_between(today, due)
    shown = light(due, today)
    assert shown is (Light.RED if away < 0 else Light.AMBER if left <= AMBER_DAYS else Light.GREEN)
    assert (left < 0) == (shown is Light.RED)
    assert (today <= due <= last_amber_day(today)) == (shown is Light.AMBER)


def test_lights_around_the_national_day():
    assert light(day(10, 9), day(9, 30)) is Light.AMBER  # the 8th and the 9th
    assert light(day(10, 10), day(9, 30)) is Light.GREEN  # and the 10th, a Saturday that is worked
    assert light(day(9, 30), day(9, 30)) is Light.AMBER
    assert light(day(9, 29), day(9, 30)) is Light.RED
    assert light(None, day(9, 30)) is None


def test_whichever_day_comes_first_counts():
    assert first_due({"due_internal": day(3, 2), "due_legal": day(3, 1)}) == day(3, 1)
    assert first_due({"due_internal": day(3, 2), "due_legal": None}) == day(3, 2)
    assert first_due(NOTHING) is None


@pytest.mark.parametrize(
    ("state", "due"),
    [
        ("draft", None),
        ("submitted", day(10, 13)),  # five working days from 30 September: 8, 9, 10, 12, 13 October
        ("supplement", day(10, 20)),
        ("returned", day(10, 20)),
        ("accepted", day(10, 20)),
        ("recommended", day(10, 20)),
        ("refused", None),
        ("rejected", None),
        ("opinion_issued", None),
        ("announced", None),
        ("withdrawn", None),
    ],
)
def test_internal_limits_count_from_the_state(state, due):
    assert due_days(NOTHING, state, day(9, 30), DEFAULT, clock="approval") == Due(internal=due)


def test_a_consultation_is_due_when_it_closes():
    asked = NOTHING | {"consult_until": day(10, 3)}
    assert due_days(asked, "consulting", day(9, 1), DEFAULT, clock="approval") == Due(internal=day(10, 8))


def test_filing_is_due_fifteen_calendar_days_after_approval():
    approved = NOTHING | {"approved_on": day(9, 25)}
    for clock in ("approval", "filing"):
        assert due_days(approved, "approved", day(10, 1), DEFAULT, clock=clock) == Due(legal=day(10, 10))


@pytest.mark.parametrize(("clock", "due"), [("approval", day(10, 10)), ("filing", day(10, 20))])
def test_the_clock_of_the_announcement_depends_on_who_approved(clock, due):
    filed = NOTHING | {"approved_on": day(9, 25), "filed_on": day(10, 5)}
    assert due_days(filed, "filed", day(10, 6), DEFAULT, clock=clock) == Due(legal=due)


def test_limits_are_what_the_office_sets():
    assert limits("accept:3,review:7") == {"accept": 3, "review": 7}
    assert due_days(NOTHING, "recommended", day(3, 2), "accept:3", clock="approval") == Due()
    assert next_working_day(day(10, 10)) == day(10, 10)


@pytest.mark.parametrize("wrong", ["accept", "accept:soon", "nap:3", "accept:-1", "accept:²"])
def test_a_limit_that_says_nothing_is_refused(wrong):
    with pytest.raises(BadInput, match="JIEZHI_CASE_DAYS"):
        limits(wrong)
