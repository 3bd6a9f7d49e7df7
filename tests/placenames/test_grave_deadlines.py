"""The light of graves outside cemeteries: it only worsens as days pass, until a re-check found the thing done."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from placenames.sites.grave_deadlines import (
    LIGHTS,
    Light,
    Sought,
    counts_of,
    grave_on,
    graves_on,
    light_of,
)
from placenames.sites.graves import GRAVES, RESULTS
from tests.naming import CENTRE, EAST, TODAY, WEST, LittleCounty
from tests.placenames.sites_desk import Sites

DAYS = st.dates(date(2020, 1, 1), date(2040, 1, 1))
ANY_RESULT = st.sampled_from(list(RESULTS))
SOON = st.integers(0, 400)
PRESSING = list(LIGHTS)


@pytest.mark.parametrize(
    ("away", "result", "rechecked", "expected"),
    [
        (-1, "open", False, Light.RED),
        (0, "open", False, Light.AMBER),
        (30, "under_way", False, Light.AMBER),
        (31, "under_way", False, Light.GREEN),
        (-1, "done", False, Light.RED),  # done, they say: nobody looked yet
        (-1, "done", True, Light.CLOSED),
        (31, "done", False, Light.GREEN),
        (-1, "confirmed", True, Light.CLOSED),
        (31, "confirmed", False, Light.CLOSED),
        (-1, "relapsed", True, Light.RED),  # somebody looked, and it was not done
        (-1, "open", True, Light.RED),
        (None, "open", False, Light.GREEN),
        (None, "confirmed", True, Light.CLOSED),
    ],
)
def test_the_light_follows_from_deadline_and_re_check(away, result, rechecked, expected):
    deadline = None if away is None else TODAY + timedelta(days=away)
    assert light_of(deadline, result, TODAY if rechecked else None, TODAY, 30) is expected


@given(DAYS, ANY_RESULT, st.none() | DAYS, DAYS, SOON, st.integers(0, 4000))
def test_as_days_pass_it_only_worsens_and_what_is_closed_stays_closed(deadline, result, again, on, soon, later):
    now, then = (light_of(deadline, result, again, day, soon) for day in (on, on + timedelta(days=later)))
    assert PRESSING.index(then) <= PRESSING.index(now)
    assert (now is Light.CLOSED) == (then is Light.CLOSED)


@given(DAYS, ANY_RESULT, st.none() | DAYS, DAYS, SOON, SOON)
def test_to_be_warned_earlier_hides_nothing(deadline, result, again, on, soon, more):
    one, other = (light_of(deadline, result, again, on, days) for days in (soon, soon + more))
    assert (one is Light.RED) == (other is Light.RED)
    assert one is not Light.AMBER or other is Light.AMBER


@given(DAYS, DAYS, SOON)
def test_a_failed_re_check_weighs_as_if_there_were_none(deadline, on, soon):
    assert light_of(deadline, "relapsed", on, on, soon) is light_of(deadline, "open", None, on, soon)


@pytest.fixture
def sites(little_county: LittleCounty) -> Sites:
    return Sites(little_county)


def test_they_are_counted_by_category_in_the_order_of_the_law(sites):
    late, later = TODAY - timedelta(days=1), TODAY + timedelta(days=100)
    sites.has(
        GRAVES,
        sites.grave(category="clan", deadline=later, result="open"),
        sites.grave(deadline=late, result="open"),
        sites.grave(deadline=late, result="confirmed", rechecked_on=TODAY),
        sites.grave(category="in_zone", deadline=late, result="open", unit=EAST),
    )
    look = sites.county.tx
    found = graves_on(look, TODAY, 30, Sought(areas=(WEST,)))
    assert [(each.category, each.light) for each in found] == [
        ("hardened", "red"), ("clan", "green"), ("hardened", "closed"),
    ]  # fmt: skip
    counted = counts_of(found)
    assert list(counted) == ["hardened", "clan"]
    assert counted["hardened"] == {"red": 1, "amber": 0, "green": 0, "closed": 1}
    assert len(graves_on(look, TODAY, 30, Sought(areas=(EAST, WEST)))) == 4
    assert graves_on(look, TODAY, 30, Sought(areas=())) == []
    first = found[0]
    for identity in (first.code, str(first.id)):
        assert grave_on(look, identity, TODAY, 30) == first
    assert '"Point"' in str(first.geometry)
    assert f"{CENTRE.x:g}" in str(first.geometry)
    assert grave_on(look, "no\0such", TODAY, 30) is None
