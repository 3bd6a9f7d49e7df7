"""A name and the places around it."""

from __future__ import annotations

import pytest
from shapely.geometry import box

from gis.intake.rules import Severity
from placenames.checks.name_checks import State
from tests.naming import CENTRE, COUNTY, EAST, EASTERN, LittleCounty, east, road

IN_THE_WEST, IN_THE_EAST = box(120.02, 30.02, 120.08, 30.08), box(120.12, 30.02, 120.18, 30.08)


def test_pn09_breaks(little_county: LittleCounty):
    (found,) = little_county.finds("PN09", "泰山镇", "ADM")
    assert found.severity is Severity.WARNING
    little_county.has("泰山", "NAT", "370901", at=None)
    (found,) = little_county.finds("PN09", "泰山镇", "ADM")
    assert found.severity is Severity.ERROR
    assert "370901" in found.message.zh


def test_pn09_passes(little_county: LittleCounty):
    little_county.has("凤凰山", "NAT", "420101", at=None)
    assert not little_county.finds("PN09", "凤凰镇", "ADM")
    little_county.has("雷公山", "NAT", COUNTY, CENTRE)
    assert not little_county.finds("PN09", "雷公镇", "ADM", at=IN_THE_WEST)


def test_pn09_features_of_the_same_city_must_lie_in_the_division(little_county: LittleCounty):
    little_county.has("雷公山", "NAT", EAST, EASTERN)
    (found,) = little_county.finds("PN09", "雷公镇", "ADM", at=IN_THE_WEST)
    assert found.severity is Severity.WARNING


def test_pn10_breaks(little_county: LittleCounty):
    little_county.has("青山村", "VIL", EAST, EASTERN)
    (found,) = little_county.finds("PN10", "青山大桥", "FAC")
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize("name", ["石桥大桥", "样例大桥", "青山大桥"])
def test_pn10_passes(little_county: LittleCounty, name: str):
    little_county.has("青山村", "VIL", at=east(1500))
    assert not little_county.finds("PN10", name, "FAC")


def test_pn10_without_a_position_it_is_not_checked(little_county: LittleCounty):
    verdict = little_county.typed("青山大桥", "FAC", at=None).verdict("PN10")
    assert verdict
    assert (verdict.state, verdict.mark) == (State.NOT_CHECKED, "–")


def test_pn11_breaks(little_county: LittleCounty):
    little_county.has("中山路", "ROD", at=road(CENTRE, east(1000)))
    (found,) = little_county.finds("PN11", "中山路小学", "OTH", at=east(500, north=400))
    assert found.severity is Severity.WARNING
    assert "400 米" in found.message.zh
    (found,) = little_county.finds("PN11", "龙泉镇中心小学", "OTH")
    assert "龙泉镇" in found.message.zh


def test_pn11_passes(little_county: LittleCounty):
    little_county.has("中山路", "ROD", at=road(CENTRE, east(1000)))
    assert not little_county.finds("PN11", "中山路小学", "OTH", at=east(500, north=50))
    assert not little_county.finds("PN11", "龙泉镇中心小学", "OTH", EAST, EASTERN)
    assert not little_county.finds("PN11", "石桥路小学", "OTH")


def test_pn11_holds_in_its_province(little_county: LittleCounty):
    little_county.has("中山路", "ROD", "420101001", at=road(CENTRE, east(1000)))
    assert not little_county.finds("PN11", "中山路小学", "OTH", "420101001", at=east(500, north=400))


def test_texts_that_are_no_names_are_looked_at_all_the_same(little_county: LittleCounty):
    little_county.has("中山路", "ROD", at=road(CENTRE, east(1000)))
    assert little_county.finds("PN11", "中山路" * 40, "OTH", at=east(9000))
