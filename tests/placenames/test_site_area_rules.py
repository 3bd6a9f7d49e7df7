"""Drawn areas of sites are held to their unit: what reaches out is told in square metres and as a share."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely
from shapely.geometry import MultiPolygon, Polygon, box

from gis.intake.rules import Severity
from tests.naming import CENTRE, EAST, LittleCounty
from tests.placenames.sites_desk import Sites

LINE = 120.1
"""The meridian between the two towns."""
SOUTH, NORTH = 30.05, 30.051
M2 = 96.5e3 * 110.86e3
"""Of a square degree there, roughly."""


@pytest.fixture
def sites(little_county: LittleCounty) -> Sites:
    return Sites(little_county)


def across(west: float, east: float) -> Polygon:
    """A strip from so far west of the line to so far east of it (°)."""
    return box(LINE - west, SOUTH, LINE + east, NORTH)


@pytest.mark.parametrize("kind", ["facility", "cemetery", "area"])
def test_si06_breaks_on_an_area_that_reaches_into_the_next_unit(sites, kind):
    ground = across(0.003, 0.001)
    row = sites.area("planned", ground) if kind == "area" else getattr(sites, kind)(ground)
    (found,) = sites.finds("SI06", row)
    assert found.severity is Severity.WARNING
    assert "(25.0%)" in found.message.zh
    assert "石桥镇" in found.message.zh
    said = float(found.message.zh.split()[1].replace(",", ""))
    assert said == pytest.approx(0.001 * 0.001 * M2, rel=0.01)
    assert shapely.from_wkb(found.geometry.wkb).symmetric_difference(across(0, 0.001)).area < 1e-12


def test_si06_passes_areas_that_lie_in_their_unit_and_those_that_end_on_its_line(sites):
    inside, touching = across(0.003, -0.001), across(0.003, 0)
    several = MultiPolygon([across(0.003, -0.002), across(0.001, 0)])
    assert sites.finds("SI06", *(sites.facility(each) for each in (inside, touching, several, CENTRE))) == []
    assert sites.finds("SI06", sites.area("planned", touching), sites.area("built", across(0, 0.001), unit=EAST)) == []


def test_si06_passes_what_a_setting_calls_nothing(sites):
    sites.settings = replace(sites.settings, site_beyond_m2=20_000)
    assert sites.finds("SI06", sites.facility(across(0.003, 0.001))) == []


def test_si06_breaks_on_one_part_of_several(sites):
    (found,) = sites.finds("SI06", sites.cemetery(MultiPolygon([across(0.003, -0.002), across(-0.001, 0.002)])))
    assert "(50.0%)" in found.message.en


def test_si06_breaks_on_an_outline_that_crosses_itself(sites):
    bow = Polygon([(LINE - 0.001, SOUTH), (LINE + 0.001, NORTH), (LINE + 0.001, SOUTH), (LINE - 0.001, NORTH)])
    (found,) = sites.finds("SI06", sites.facility(bow))
    assert "(50.0%)" in found.message.en


def test_si06_breaks_wholly_outside_for_areas_of_cemeteries_alone(sites):
    """Sites off their unit are told by SI02."""
    near, far = across(0, 0.001), across(-0.02, 0.021)
    found = sites.finds("SI06", sites.area("planned", near), sites.area("tomb", far))
    assert [each.severity for each in found] == [Severity.WARNING, Severity.ERROR]
    assert sites.finds("SI06", sites.facility(far)) == []
    assert len(sites.finds("SI02", sites.facility(far))) == 1


@pytest.mark.parametrize("wide", [box(-180, -90, 180, 90), box(0, -90, 120.09, 90), box(-60, 30, 120.09, 31)])
def test_si06_breaks_on_an_area_around_half_the_globe(sites, wide):
    (found,) = sites.finds("SI06", sites.facility(wide))
    assert (found.severity, "5 度" in found.message.zh) == (Severity.ERROR, True)
