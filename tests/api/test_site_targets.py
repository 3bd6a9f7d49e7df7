"""Targets for sites are counted from live records and shown like those for boundaries."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from shapely.geometry import Point

from api.county_targets import PLAN, plan_of_sites
from gis.plans import Item, reaches
from tests.conftest import Office, is_problem
from tests.sites_made import OTHER_TOWN, has_cemetery, has_facility

HTML = {"Accept": "text/html"}
AT = Point(110.30, 30.70)


@pytest.fixture
def office(county_office: Office) -> Office:
    boss = county_office.client("administrator")
    assert boss.post("/plans", json=plan_of_sites(date(2026, 1, 1))).status_code == 201
    with county_office.database.writing() as tx:
        has_facility(tx, "H1", AT, type="home_care_station", opened_on=date(2026, 3, 1), beds=20)
        has_facility(tx, "H2", AT, type="home_care_station", state="building", unit=OTHER_TOWN, beds=30)
        has_facility(tx, "H3", AT, type="home_care_station", state="closed")
        has_facility(tx, "H4", AT, type="home_care_station", unit="990199001")  # of a neighbour's county
        has_facility(tx, "O1", None, type="community_office")
        has_cemetery(tx, "C1", AT, state="accepted", accepted_on=date(2026, 5, 1))
        has_cemetery(tx, "C2", AT, state="site_chosen")
    return county_office


def figures(office: Office, query: str = "") -> dict[str, float]:
    told = office.client().get(f"/progress/{PLAN}{query}").json()
    return {each["goal"]: each["done"] for each in told["goals"]}


def test_targets_are_counted_and_never_typed_in(office):
    done = figures(office)
    assert done["home_care_stations-1"] == 1
    assert (done["community_offices-1"], done["community_offices-3"]) == (1, 1)
    assert (done["beds-2"], done["rural_cemeteries-1"], done["day_care_centres-2"]) == (20, 1, 0)
    assert figures(office, "?milestone=site_planned")["rural_cemeteries-1"] == 2
    assert figures(office, "?on=2025-12-31")["home_care_stations-1"] == 0


def test_nothing_counts_as_built_before_its_day(office):
    with office.database.writing() as tx:
        has_facility(tx, "H5", AT, type="home_care_station", opened_on=date(2099, 1, 1), beds=50)
        has_cemetery(tx, "C3", AT, state="open", accepted_on=date(2099, 1, 1))
        has_cemetery(tx, "C4", AT, state="full")
        has_cemetery(tx, "C5", AT, state="open", opened_on=date(2026, 5, 1))
    done = figures(office)
    assert (done["home_care_stations-1"], done["beds-2"], done["rural_cemeteries-1"]) == (1, 20, 2)
    assert figures(office, "?on=2026-04-30")["rural_cemeteries-1"] == 0
    assert figures(office, "?on=2099-01-01")["beds-2"] == 70
    assert figures(office, "?milestone=site_building")["rural_cemeteries-1"] == 4
    items = office.client().get(f"/progress/{PLAN}").json()["items"]
    assert {each["milestone"] for each in items if each["code"] in ("H5", "C3", "C4")} == {"site_building"}


def test_items_tell_how_far_each_is_and_since_when(office):
    items = office.client().get(f"/progress/{PLAN}").json()["items"]
    told = {(each["metric"], each["code"]): (each["milestone"], each["reached"]) for each in items}
    assert told["home_care_stations", "H1"] == ("site_open", "2026-03-01")
    assert told["home_care_stations", "H2"][0] == "site_building"
    assert told["rural_cemeteries", "C1"] == ("site_open", "2026-05-01")
    assert ("home_care_stations", "H3") not in told


def test_the_dashboard_shows_them_like_boundary_goals(office):
    said = office.client().get(f"/progress/{PLAN}?lang=zh", headers=HTML).text
    for words in ("居家养老服务照料中心(站)", "<b>1</b> / 26", "建成(启用或验收)", "样C1公墓", "处"):
        assert words in said, words
    assert "条界线" not in said
    drawn = office.client().get(f"/progress/{PLAN}/map").text
    assert "样H1" in drawn
    shapes = office.client().get(f"/progress/{PLAN}?f=geojson").json()["features"]
    assert {each["properties"]["code"] for each in shapes} >= {"H1", "H2", "C1", "C2"}


def test_steps_of_boundaries_are_none_of_sites(office):
    """Every site would have come further than “agreed” if all steps stood in one row."""
    assert is_problem(office.client().get(f"/progress/{PLAN}?milestone=agreed"), 400)
    boss, plan = office.client("administrator"), plan_of_sites(date(2026, 1, 1))
    lines = {**plan["goals"][0], "goal": "lines", "metric": "lines"}
    for wrong in ({"milestone": "agreed"}, {"goals": [*plan["goals"], lines]}):
        assert is_problem(boss.post("/plans", json=plan | {"plan": "mixed"} | wrong), 400)
    assert [each["plan"] for each in office.client().get("/progress").json()["plans"]] == [PLAN]


def test_records_come_no_further_by_steps_of_another_work():
    item = Item("beds", "H1", "样H1", 20.0, "site_open", None)
    assert reaches(item, "site_building")
    assert not reaches(item, "agreed")
    assert not reaches(replace(item, milestone="agreed"), "site_planned")
