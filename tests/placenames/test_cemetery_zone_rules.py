"""Zones where no cemetery may be: each rule broken and kept, how far the nearest is, and what nobody has loaded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from gis.errors import BadInput
from gis.intake.rules import Severity
from placenames.sites.candidate_sites import told
from placenames.sites.cemeteries import CEMETERIES
from placenames.sites.prohibited_zones import KINDS
from placenames.sites.zone_answers import Verdict, ZoneAnswer, zone_answers
from placenames.sites.zone_distances import zone_rules
from tests.naming import CENTRE, EASTERN, TODAY, WEST, LittleCounty, east
from tests.placenames.sites_desk import Sites

NEIGHBOUR = "330999001"


@pytest.fixture
def sites(little_county: LittleCounty) -> Sites:
    return Sites(little_county)


def answered(sites: Sites, kind: str, at: BaseGeometry = CENTRE, unit: str = WEST) -> ZoneAnswer:
    """The last answer about a kind: that about its distance, where there is one."""
    return [
        each
        for each in zone_answers(sites.county.tx, at.wkt, unit, TODAY, sites.settings)
        if each.rule.kind == kind
    ][-1]


def test_cm08_breaks_inside_a_zone_and_too_near_one(sites):
    sites.zone("farmland", CENTRE.buffer(0.002))
    sites.settings = replace(sites.settings, zone_distances="railway:300")
    sites.zone("railway", LineString([east(200.5, -500), east(200.5, 500)]))
    inside, near = sites.finds("CM08", sites.cemetery())
    assert ("其中" in inside.message.zh, inside.severity) == (True, Severity.ERROR)
    assert "200 米" in near.message.zh
    assert "300 m" in near.message.en
    (kept,) = sites.finds("CM08", sites.cemetery(category="scattered", at=east(-100)))[:1]
    assert kept.severity is Severity.WARNING


def test_cm08_passes_far_from_zones_and_leaves_the_rest_to_people(sites):
    sites.zone("farmland", EASTERN.buffer(0.002))
    sites.zone("reservoir", east(1500).buffer(0.001))
    (note,) = sites.finds("CM08", sites.cemetery())
    assert ("须人工判断" in note.message.zh, note.severity) == (True, Severity.NOTE)
    assert sites.finds("CM08", sites.cemetery(state="closed"), sites.cemetery(at=None)) == []


def test_cm08_looks_at_the_areas_of_cemeteries_too(sites):
    sites.has(CEMETERIES, sites.cemetery(code="C1", at=east(-2000)))
    sites.zone("farmland", CENTRE.buffer(0.002))
    (found,) = sites.finds("CM08", sites.area("built", east(150).buffer(0.001)))
    assert (found.severity, "样farmland" in found.message.zh) == (Severity.ERROR, True)
    assert sites.finds("CM08", sites.area("built", east(2000).buffer(0.001))) == []


def test_cm08_cites_what_asks_for_the_distance(sites):
    sites.settings = replace(sites.settings, zone_distances="railway:300")
    sites.zone("railway", LineString([east(299.6, -500), east(299.6, 500)]))
    (near,) = sites.finds("CM08", sites.cemetery())
    assert "仅 299 米" in near.message.zh
    assert "JIEZHI_ZONE_DISTANCES" in near.message.zh


def test_cm14_breaks_where_layers_are_missing(sites):
    sites.zone("farmland", EASTERN.buffer(0.002))
    sites.zone("forest", EASTERN.buffer(0.002), unit=NEIGHBOUR)
    (note,) = sites.finds("CM14", sites.cemetery(), sites.cemetery())
    assert note.severity is Severity.NOTE
    assert "耕地" not in note.message.zh
    assert "林地、" in note.message.zh


def test_cm14_passes_where_all_are_loaded(sites):
    for kind in KINDS:
        sites.zone(kind, EASTERN.buffer(0.002))
    assert sites.finds("CM14", sites.cemetery()) == []


def test_the_nearest_zone_is_measured_on_the_ellipsoid(sites):
    sites.zone(
        "forest", Point(CENTRE.x + 0.0100, CENTRE.y).buffer(0.0001)
    )  # nearer in metres, not in degrees
    sites.zone("forest", Point(CENTRE.x, CENTRE.y + 0.0095).buffer(0.0001), code="N")
    (forest,) = (
        each
        for each in zone_answers(sites.county.tx, CENTRE.wkt, WEST, TODAY, sites.settings)
        if each.rule.kind == "forest"
    )
    assert forest.verdict is Verdict.CLEAR
    assert forest.code != "N"
    assert forest.distance_m == pytest.approx(955, abs=8)


def test_local_distances_come_before_none(sites):
    assert {each.kind for each in zone_rules("430101001", TODAY, sites.settings) if each.is_for_a_person} == {
        "reservoir", "dike", "railway", "trunk_road",
    }  # fmt: skip
    shandong = {
        each.kind: each.distance_m
        for each in zone_rules("370101001", TODAY, sites.settings)
        if each.distance_m
    }
    assert shandong["reservoir"] == 2000
    here = replace(sites.settings, zone_distances="reservoir:500")
    assert {each.distance_m for each in zone_rules("370101001", TODAY, here) if each.kind == "reservoir"} == {
        500
    }
    with pytest.raises(BadInput):
        zone_rules(WEST, TODAY, replace(sites.settings, zone_distances="moon:3"))


def test_a_zone_is_measured_to_its_nearest_point_and_not_its_middle(sites):
    sites.zone("farmland", LineString([east(100, -3000), east(100, 3000)]).buffer(1e-6))
    found = answered(sites, "farmland")
    assert found.distance_m == pytest.approx(100, abs=0.5)
    assert str(round(CENTRE.y, 3)) in found.line


def test_an_area_that_reaches_into_a_zone_is_hit_however_far_its_middle(sites):
    sites.zone("farmland", east(300).buffer(0.0005))
    assert answered(sites, "farmland").verdict is Verdict.CLEAR
    assert answered(sites, "farmland", CENTRE.buffer(0.003)).verdict is Verdict.HIT
    assert answered(sites, "farmland", east(300)).distance_m == 0


def test_long_outlines_are_found_by_the_nearest_of_their_pieces(sites):
    ragged = [(CENTRE.x + 0.01 + 0.001 * (at % 2), CENTRE.y - 0.1 + at * 1e-4) for at in range(2000)]
    sites.zone("forest", LineString(ragged).buffer(1e-5))
    found = answered(sites, "forest")
    assert found.distance_m == pytest.approx(963, abs=2)


def test_a_zone_that_has_ended_is_none(sites):
    sites.zone("forest", CENTRE.buffer(0.001))
    before = zone_answers(sites.county.tx, CENTRE.wkt, WEST, date(2019, 1, 1), sites.settings)
    assert {each.verdict for each in before} == {Verdict.NOT_LOADED}


def test_zones_of_another_county_clear_nothing(sites):
    sites.zone("farmland", east(5000).buffer(0.001), unit=NEIGHBOUR)
    far = answered(sites, "farmland")
    assert far.verdict is Verdict.NOT_LOADED
    assert "本县没有载入耕地" in told(far).zh
    sites.zone("farmland", CENTRE.buffer(0.001), unit=NEIGHBOUR)
    assert answered(sites, "farmland").verdict is Verdict.HIT
    sites.zone("farmland", box(121, 31, 121.1, 31.1), unit=WEST[:6])
    assert answered(sites, "farmland", east(3000)).verdict is Verdict.CLEAR


def test_where_no_distance_is_set_a_person_decides(sites):
    sites.zone("reservoir", Point(CENTRE.x + 0.01, CENTRE.y).buffer(0.001))
    found = answered(sites, "reservoir")
    assert found.verdict is Verdict.PERSON
    assert "须人工判断" in told(found).zh
    sites.settings = replace(sites.settings, zone_distances="reservoir:500")
    assert answered(sites, "reservoir").verdict is Verdict.CLEAR
    sites.settings = replace(sites.settings, zone_distances="reservoir:900")
    assert answered(sites, "reservoir").verdict is Verdict.HIT


@pytest.mark.parametrize("said", ["railway:-1", "railway:nan", "railway", "railway:far", ":3"])
def test_distances_that_are_none_are_refused(sites, said):
    with pytest.raises(BadInput, match="JIEZHI_ZONE_DISTANCES"):
        zone_rules(WEST, TODAY, replace(sites.settings, zone_distances=said))
