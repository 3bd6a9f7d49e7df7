"""Coverage on small maps: the nearest on the ellipsoid, only what is open, and communities without a place told apart."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import Point
from sqlalchemy import insert

from boundaries.units import UNITS
from placenames.sites.coverage import by_town, communities_beside, uncovered
from placenames.sites.facilities import FACILITIES
from tests.naming import CENTRE, TODAY, WEST, LittleCounty, east
from tests.placenames.sites_desk import Sites

SINCE = date(2020, 1, 1)


@pytest.fixture
def sites(little_county: LittleCounty) -> Sites:
    return Sites(little_county)


def community(sites: Sites, number: int, at: Point | None) -> str:
    code = f"{WEST}{number:03}"
    seat = {} if at is None else {"seat_lon": at.x, "seat_lat": at.y}
    row = {"code": code, "name": f"样{number}村", "level": "village", "parent": WEST, "valid_from": SINCE, **seat}
    sites.county.tx.execute(insert(UNITS.table).values(**row))
    return code


def told(sites: Sites, service: str = "canteen", on: date = TODAY) -> dict[str, tuple[str, float | None]]:
    found = communities_beside(sites.county.tx, service, on, sites.settings, WEST)
    return {each.code: (each.facility, None if each.distance_m is None else round(each.distance_m)) for each in found}


def test_each_community_is_told_what_is_nearest(sites):
    one, other, nowhere = community(sites, 301, CENTRE), community(sites, 302, east(2000)), community(sites, 303, None)
    sites.has(FACILITIES, sites.facility(code="F1", type="canteen", at=east(200)))
    sites.has(FACILITIES, sites.facility(code="F2", type="canteen", at=east(100), state="building"))
    sites.has(FACILITIES, sites.facility(code="F3", type="day_care", at=east(50)))
    answers = told(sites)
    assert answers[one] == ("F1", pytest.approx(200, abs=1))
    assert answers[other] == ("F1", pytest.approx(1800, abs=3))
    assert answers[nowhere] == ("", None)
    found = communities_beside(sites.county.tx, "canteen", TODAY, sites.settings, WEST)
    assert {each.code for each in uncovered(found, 300)} >= {other}
    (town,) = by_town(found, {WEST: "石桥镇"}, 300)
    assert (town.covered, town.uncovered >= 1, town.unplaced >= 1) == (1, True, True)


def test_without_a_facility_nothing_is_within_reach(sites):
    code = community(sites, 301, CENTRE)
    assert told(sites)[code] == ("", None)
    found = communities_beside(sites.county.tx, "canteen", TODAY, sites.settings, code)
    assert [each.is_within(1000) for each in found] == [False]


def test_a_day_before_has_other_facilities(sites):
    code = community(sites, 301, CENTRE)
    sites.has(FACILITIES, sites.facility(code="F1", type="canteen", at=east(200)))
    assert told(sites, on=date(2021, 1, 1))[code][0] == "F1"
    assert code not in told(sites, on=date(2019, 1, 1))


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05)), min_size=1, max_size=12, unique=True))
def test_nearest_is_nearest_on_the_ellipsoid(sites, places):
    tx, geod = sites.county.tx, Geod(ellps="GRS80")
    with tx.begin_nested() as part:
        code = community(sites, 900, CENTRE)
        rows = [
            sites.facility(code=f"P{number}", type="canteen", at=Point(CENTRE.x + dx, CENTRE.y + dy))
            for number, (dx, dy) in enumerate(places)
        ]
        sites.has(FACILITIES, *rows)
        (found,) = communities_beside(tx, "canteen", TODAY, sites.settings, code)
        wanted = min(geod.inv(CENTRE.x, CENTRE.y, CENTRE.x + dx, CENTRE.y + dy)[2] for dx, dy in places)
        part.rollback()
    assert found.distance_m == pytest.approx(wanted, abs=0.01)


