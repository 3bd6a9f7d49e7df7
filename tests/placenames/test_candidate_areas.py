"""A candidate drawn as an area is judged as one: its units with their shares, and what is there already."""

from __future__ import annotations

from dataclasses import replace

import pytest
from shapely.geometry import MultiPolygon, Point, Polygon, box

from placenames.sites.candidate_sites import Report, report_on
from placenames.sites.cemeteries import CEMETERIES, CEMETERY_AREAS
from placenames.sites.facilities import FACILITIES
from tests.naming import CENTRE, EAST, TODAY, WEST, LittleCounty, east
from tests.placenames.sites_desk import Sites

LINE, RIM = 120.1, 120.0
"""The meridian between the two towns, and that on which the county ends."""


@pytest.fixture
def sites(little_county: LittleCounty) -> Sites:
    return Sites(little_county)


def asked(sites: Sites, place) -> Report:
    report = report_on(sites.county.tx, place, {}, TODAY, replace(sites.settings, parts_level="township"))
    for text in (report.ground.told(), *(each.told() for each in report.nearby.sites)):
        assert "{" not in f"{text.zh}{text.en}"
    return report


def strip(west: float, wide: float) -> Polygon:
    return box(west, 30.05, west + wide, 30.051)


def codes(report: Report) -> list[tuple[str, float]]:
    return [(each.code, round(each.share, 3)) for each in report.ground.shares]


def test_the_unit_is_the_one_with_most_of_the_area_and_both_are_told(sites):
    report = asked(sites, strip(LINE - 0.001, 0.004))
    assert report.unit == EAST
    assert codes(report) == [(EAST, 0.75), (WEST, 0.25)]
    assert "75.0%" in report.ground.told().zh
    assert report.ground.shares[1].m2 == pytest.approx(10_690, rel=0.01)


def test_an_area_of_two_parts_lies_in_the_units_of_both(sites):
    report = asked(sites, MultiPolygon([strip(LINE - 0.005, 0.001), strip(LINE + 0.005, 0.001)]))
    assert {code for code, _ in codes(report)} == {WEST, EAST}
    assert report.ground.crosses


@pytest.mark.parametrize("place", [strip(LINE - 0.004, 0.004), CENTRE, Point(120.02, 30.02)])
def test_an_area_that_ends_on_the_line_and_a_point_lie_in_one_unit(sites, place):
    report = asked(sites, place)
    assert codes(report) == [(WEST, 1.0)]
    assert not report.ground.crosses


def test_what_lies_in_no_unit_is_told(sites):
    report = asked(sites, strip(RIM - 0.001, 0.002))
    assert codes(report) == [(WEST, 0.5)]
    assert report.ground.nowhere_m2 == pytest.approx(10_690, rel=0.01)
    assert "以外 50.0%" in report.ground.told().zh
    nowhere = asked(sites, strip(110.0, 0.001))
    assert (nowhere.unit, nowhere.ground.crosses, nowhere.judged) == ("", False, False)


def test_sites_near_it_are_told_with_distance_and_overlap(sites):
    sites.has(CEMETERIES, sites.cemetery(code="C1", name="<script>", at=CENTRE))
    sites.has(CEMETERY_AREAS, sites.area("built", box(120.05, 30.05, 120.051, 30.051)))
    sites.has(FACILITIES, sites.facility(east(300, 50), code="F1"), sites.facility(east(5000), code="F2"),
              sites.facility(east(290), code="F3", state="closed"))  # fmt: skip
    report = asked(sites, box(120.0505, 30.05, 120.0515, 30.051))
    cemetery, facility = report.nearby.sites
    assert (cemetery.code, cemetery.distance_m) == ("C1", 0)
    assert cemetery.overlap_m2 == pytest.approx(5_345, rel=0.01)
    assert "重叠 5,3" in cemetery.told().zh
    assert facility.code == "F1"
    assert facility.distance_m == pytest.approx(155, abs=2)
    assert not report.blocked


def test_a_point_within_the_ground_of_a_cemetery_touches_it(sites):
    sites.has(CEMETERIES, sites.cemetery(code="C1", at=None))
    sites.has(CEMETERY_AREAS, sites.area("planned", box(120.05, 30.05, 120.052, 30.052)))
    (found,) = asked(sites, Point(120.051, 30.051)).nearby.sites
    assert (found.distance_m, "在其中" in found.told().zh) == (0, True)
    (beside,) = asked(sites, box(120.052, 30.05, 120.053, 30.052)).nearby.sites
    assert (beside.distance_m, beside.overlap_m2, "相接" in beside.told().zh) == (0, 0, True)


def test_of_many_the_nearest_are_told_and_the_others_counted(sites):
    sites.has(FACILITIES, *(sites.facility(east(10.0 * n), name=f"样站{n}") for n in range(1, 24)))
    nearby = asked(sites, CENTRE).nearby
    assert (len(nearby.sites), nearby.more) == (20, 3)
    assert nearby.sites[0].distance_m == pytest.approx(10, abs=1)
