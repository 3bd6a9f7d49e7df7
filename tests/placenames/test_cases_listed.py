"""Cases as they are listed: whose they are, what presses most, how many there are, page after page."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select, text, update

from gis.errors import BadInput, NotFound
from gis.people import PERSONS
from placenames.casework import case_inbox, cases
from placenames.casework.case_dates import Light, last_amber_day, light
from placenames.casework.case_inbox import Wanted
from placenames.casework.cases import CASES
from tests.conftest import Office
from tests.placenames.case_desk import (
    HOUSING,
    OTHER,
    TODAY,
    TOWN,
    opened,
    somebody,
    step,
)


def listed(office: Office, who: str, today: date = TODAY, **wanted: Any) -> list[dict[str, Any]]:
    with office.database.writing() as tx:
        return case_inbox.listed(tx, somebody(tx, who), Wanted(**wanted), today)


def counts(office: Office, who: str, today: date = TODAY, **wanted: Any) -> dict[str, Any]:
    with office.database.writing() as tx:
        return case_inbox.counts(tx, somebody(tx, who), Wanted(**wanted), today)


def inbox(office: Office, who: str) -> list[int]:
    with office.database.writing() as tx:
        found, number = case_inbox.inbox(tx, somebody(tx, who), TODAY)
    assert number == len(found)
    return [each["id"] for each in found]


def test_everybody_sees_their_own_cases_and_the_office_those_of_its_area(names_office):
    names_office.has("town reviewer", "reviewer", area=TOWN)
    names_office.has("reviewer elsewhere", "reviewer", area="990202")
    here = opened(names_office, OTHER)
    there = opened(names_office, OTHER | {"unit": "990101100"})
    assert [each["id"] for each in listed(names_office, "reviewer")] == [there, here, 1]
    assert [each["id"] for each in listed(names_office, "town reviewer")] == [here, 1]
    assert listed(names_office, "reviewer elsewhere") == listed(names_office, "surveyor") == []
    with names_office.database.writing() as tx:
        assert not cases.may_see(somebody(tx, "reviewer elsewhere"), cases.find(tx, here))
        with pytest.raises(NotFound):
            cases.applicant(tx, somebody(tx, "surveyor"), cases.find(tx, here))


def test_an_area_is_the_beginning_of_a_code_and_nothing_else(names_office):
    with names_office.database.writing() as tx:
        known = tx.scalar(select(PERSONS.c.id).where(PERSONS.c.name == "surveyor"))
        tx.execute(text("INSERT INTO jiezhi.role_grant VALUES (:person, 'reviewer', '9901_1')"), {"person": known})
    assert listed(names_office, "surveyor") == []


def test_lights_of_the_list_are_those_of_the_calendar(names_office):
    for away in range(-4, 9):
        number = opened(names_office, OTHER)
        with names_office.database.writing() as tx:
            due = {"due_internal": TODAY + timedelta(days=away), "due_legal": TODAY + timedelta(days=away + 3)}
            tx.execute(update(CASES).where(CASES.c.id == number).values(state="accepted", **due))
    shown = listed(names_office, "reviewer")
    for each in shown:
        assert each["light"] == light(each["due"], TODAY)
        assert each["due"] == each["due_internal"]
    lights = [each["light"] for each in shown if each["light"]]
    assert set(lights) == set(Light)
    by_light = counts(names_office, "reviewer")["light"]
    assert by_light == {each.value: lights.count(each) for each in Light}
    for each in Light:
        found = listed(names_office, "reviewer", light=each.value)
        assert len(found) == by_light[each.value] == counts(names_office, "reviewer", light=each.value)["total"]
        assert {one["light"] for one in found} == {each.value}


def test_the_county_is_found_from_whatever_lies_in_it():
    assert [cases.county_of(code) for code in ("990101", TOWN, TOWN + "001", "9901", "x")] == [
        *["990101"] * 3,
        "9901",
        "x",
    ]


def test_the_amber_border_lies_where_the_working_days_end():
    assert light(last_amber_day(TODAY), TODAY) is Light.AMBER
    assert light(last_amber_day(TODAY) + timedelta(days=1), TODAY) is Light.GREEN


def test_counts_are_exact_beyond_a_page_and_pages_follow_each_other(names_office):
    for _ in range(7):
        opened(names_office, OTHER)
    opened(names_office, HOUSING)
    found = counts(names_office, "staff", category="ROD")
    assert (found["total"], found["state"], found["category"]) == (8, {"draft": 7, "announced": 1}, {"ROD": 8})
    with names_office.database.writing() as tx:
        staff, pages, before = somebody(tx, "staff"), [], None
        while page := case_inbox.listed(tx, staff, Wanted(before=before), TODAY, 4):
            pages, before = [*pages, [each["id"] for each in page]], page[-1]["id"]
    assert [len(page) for page in pages] == [4, 4, 1]
    assert all(a > b for a, b in pairwise(number for page in pages for number in page))
    assert counts(names_office, "staff", before=3)["total"] == 9


@pytest.mark.parametrize("wanted", [{"state": "x"}, {"light": "blue"}, {"category": "x"}, {"mine": "yours"}])
def test_lists_of_what_there_is_not_are_refused(wanted):
    with pytest.raises(BadInput, match="之一"):
        Wanted(**wanted)


def test_a_case_waits_for_whoever_takes_the_next_step(names_office):
    number = opened(names_office, OTHER)
    everybody = ("staff", "colleague", "reviewer", "approver", "administrator", "surveyor")

    def waits_for() -> set[str]:
        return {who for who in everybody if number in inbox(names_office, who)}

    seen = [waits_for()]
    for who, verb, more in (
        ("staff", "submit", {}),
        ("reviewer", "ask_supplement", {"reason": "缺图"}),
        ("staff", "supplement", {}),
        ("reviewer", "accept", {}),
        ("colleague", "confirm_romanization", {}),
        ("reviewer", "recommend", {}),
        ("approver", "approve", {"document": "样政函1号", "approved_on": TODAY}),
        ("reviewer", "file", {"filing_document": "样民备1号", "filed_on": TODAY}),
        ("approver", "announce", {"effective": TODAY}),
    ):
        step(names_office, number, who, verb, **more)
        seen.append(waits_for())
    office, clerk, chief = {"reviewer"}, {"staff"}, {"approver"}
    assert seen == [clerk, office, clerk, office, office, office, chief, office, chief, set()]
    assert counts(names_office, "staff")["waiting"] == 0


def test_what_is_most_pressing_comes_first(names_office):
    numbers = [opened(names_office, OTHER) for _ in range(3)]
    for number, away in zip(numbers, (5, -1, 2), strict=True):
        with names_office.database.writing() as tx:
            due = {"state": "submitted", "due_internal": TODAY + timedelta(days=away)}
            tx.execute(update(CASES).where(CASES.c.id == number).values(**due))
    assert inbox(names_office, "reviewer") == [numbers[1], numbers[2], numbers[0]]
    assert [each["id"] for each in listed(names_office, "reviewer", mine="todo")] == numbers[::-1]
    assert {each["id"] for each in listed(names_office, "staff", mine="sent")} == {1, *numbers}


# -- personal data
