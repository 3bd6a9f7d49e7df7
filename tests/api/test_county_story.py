"""The story of the sample county shows work in every state and keeps the first year's promise."""

import pytest

from api.county import TOWN_NAMES, County, make_county
from api.county_story import FIRST_YEAR_TOWNS, TODAY, pilot_line, timeline, untouched_lines, working_order


@pytest.fixture(scope="module")
def county() -> County:
    return make_county()


def complete_towns(county: County, agreed: set[str]) -> list[str]:
    lines = county.lines["agreed"]
    inner = lines[lines["role"] == "inner"]
    return [
        town
        for town in TOWN_NAMES
        if set(inner["code"][(inner["left"] == town) | (inner["right"] == town)]) <= agreed
    ]


def test_all_lines_come_in_as_working_ones_first(county: County) -> None:
    first = timeline(county)[0]
    assert (first.day, first.generation, first.state, len(first.lines)) == (0, "working", "agreed", 30)


def test_every_state_is_there_half_a_year_in(county: County) -> None:
    surveys = timeline(county)[1:]
    counted = dict.fromkeys(("agreed", "accepted", "submitted", "returned"), 0)
    for step in surveys:
        counted[step.state] += len(step.lines)
    assert counted == {"agreed": 9, "accepted": 2, "submitted": 2, "returned": 1}
    assert len(untouched_lines(county)) == 25 - sum(counted.values())
    assert [step.day for step in surveys] == sorted(step.day for step in surveys)
    assert surveys[-1].day <= TODAY
    assert [bool(step.reason) for step in surveys] == [step.state == "returned" for step in surveys]


def test_no_line_is_surveyed_twice_and_the_pilot_comes_first(county: County) -> None:
    delivered = [code for step in timeline(county)[1:] for code in step.lines]
    assert delivered + list(untouched_lines(county)) == list(working_order(county))
    assert sorted(working_order(county)) == sorted(
        code for code in timeline(county)[0].lines if len(code) == 18
    )
    assert timeline(county)[1].lines == (pilot_line(county),)


def test_two_towns_are_complete_today_and_seven_after_twenty_lines(county: County) -> None:
    agreed = {code for step in timeline(county)[1:] if step.state == "agreed" for code in step.lines}
    assert len(complete_towns(county, agreed)) == 2
    order = working_order(county)
    assert len(complete_towns(county, set(order[:20]))) == FIRST_YEAR_TOWNS
    assert len(complete_towns(county, set(order[:19]))) < FIRST_YEAR_TOWNS
