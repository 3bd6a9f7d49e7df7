"""Rules of cemeteries that look beyond one figure: areas among each other, clans, inspections, and days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from shapely.geometry import box

from gis.errors import BadInput
from gis.intake.rules import Severity, rules_of_tables
from placenames.sites.cemeteries import CEMETERIES, CEMETERY_AREAS
from tests.naming import CENTRE, LittleCounty, east
from tests.placenames.sites_desk import Sites


@pytest.fixture
def sites(little_county: LittleCounty) -> Sites:
    return Sites(little_county)


def ground(west: float, south: float, wide: float, high: float):
    """A field by metres from the centre of the town."""
    low, top = east(west, south), east(west + wide, south + high)
    return box(low.x, low.y, top.x, top.y)


PLANNED, BUILT = ground(0, 0, 200, 100), ground(10, 10, 100, 50)


def test_cm10_breaks_where_more_is_built_than_was_planned(sites):
    (found,) = sites.finds("CM10", sites.area("planned", PLANNED), sites.area("built", ground(100, 0, 150, 100)))
    assert (found.row, found.severity) == (2, Severity.WARNING)
    assert found.message.zh == "公墓“C1”的建成范围有 4,996 平方米在规划范围以外"  # 50 m by 100 m
    assert "outside its “Planned area”" in found.message.en


def test_cm10_breaks_where_the_plan_in_force_is_left(sites):
    sites.has(CEMETERY_AREAS, sites.area("planned", PLANNED, code="P"), sites.area("built", BUILT))
    tombs = sites.finds("CM10", sites.area("tomb", ground(10, 10, 120, 50)), sites.area("green", ground(15, 15, 10, 10)))
    assert [(each.row, "墓区" in each.message.zh) for each in tombs] == [(1, True)]
    elsewhere = sites.area("planned", PLANNED, cemetery="C2")
    (shrunk,) = sites.finds("CM10", elsewhere, sites.area("planned", ground(0, 0, 50, 50), code="P"))
    assert (shrunk.row, "建成范围" in shrunk.message.zh) == (2, True)


def test_cm10_passes_areas_in_their_place_and_what_was_never_drawn(sites):
    sites.has(CEMETERY_AREAS, sites.area("planned", PLANNED))
    a_little_out = sites.area("green", ground(70, 10, 40, 50.3))
    not_drawn = sites.area("tomb", ground(500, 0, 90, 90), cemetery="C9")
    rows = [sites.area("built", BUILT), sites.area("tomb", ground(10, 10, 60, 50)), a_little_out, not_drawn]
    assert sites.finds("CM10", *rows) == []


def test_cm10_passes_a_plan_in_two_parts(sites):
    parts = [sites.area("planned", ground(0, 0, 60, 100)), sites.area("planned", ground(60, 0, 140, 100))]
    assert sites.finds("CM10", *parts, sites.area("built", BUILT)) == []


@pytest.mark.parametrize("name", ["陈氏墓园", "样家族墓地", "欧阳氏公墓", "李家祖坟山"])
@pytest.mark.parametrize("rule", ["CM11", "CM12"])
def test_cm11_breaks_on_names_of_clans_and_cm12_after_it(sites, rule, name):
    (found,) = sites.finds(rule, sites.cemetery(name=name))
    assert (found.severity, name in found.message.zh) == (Severity.NOTE, True)


def test_cm12_breaks_from_its_day_on_and_cm11_until_then(sites):
    last, first = date(2026, 3, 29), date(2026, 3, 30)
    asked = {day: {each.id for each in rules_of_tables(CEMETERIES, day)} & {"CM11", "CM12"} for day in (last, first)}
    assert asked == {last: {"CM11"}, first: {"CM12"}}


@pytest.mark.parametrize("rule", ["CM11", "CM12"])
def test_cm11_passes_others_and_those_of_old_and_cm12_too(sites, rule):
    rows = [sites.cemetery(), sites.cemetery(name="样氏墓园", category="scattered"), sites.cemetery(name="样家山公墓")]
    assert sites.finds(rule, *rows) == []


def test_cm12_passes_before_its_day():
    assert "CM12" not in {each.id for each in rules_of_tables(CEMETERIES, date(2026, 3, 29))}


@pytest.mark.parametrize(
    ("result", "said"), [(None, "没有年检结果"), ("2025年不合格", "不合格"), ("限期整改", "是否已整改")]
)
def test_cm13_breaks_into_a_note_where_inspections_lack_or_failed(sites, result, said):
    (found,) = sites.finds("CM13", sites.cemetery(inspected=result))
    assert (found.severity, said in found.message.zh, "墓穴面积" in found.fix.zh) == (Severity.NOTE, True, True)


def test_cm13_passes_what_was_inspected_and_what_is_not_open(sites):
    rows = [sites.cemetery(inspected="2025年合格"), sites.cemetery(state="building"), sites.cemetery(category="scattered")]
    assert sites.finds("CM13", *rows) == []


def test_cm03_breaks_into_a_note_where_the_law_of_zhejiang_is_an_example_only(sites):
    row = {"tomb_m2": 1000.0, "green_m2": 100.0, "completed_on": date(2020, 1, 1)}
    here, elsewhere = sites.finds("CM03", sites.cemetery(**row), sites.cemetery(**row, unit="430101001"))
    assert (here.severity, elsewhere.severity) == (Severity.WARNING, Severity.NOTE)


def test_cm03_breaks_into_a_note_where_green_was_measured_before_more_was_asked_for(sites):
    row = {"tomb_m2": 1000.0, "green_m2": 550.0, "completed_on": date(2010, 1, 1), "green_on": date(2015, 1, 1)}
    (found,) = sites.finds("CM03", sites.cemetery(**row), sites.cemetery(**row | {"green_m2": 800.0}))
    assert (found.severity, "请重新测量" in found.message.zh, "80%" in found.message.en) == (Severity.NOTE, True, True)


@pytest.mark.parametrize(
    ("name", "said"), [("green_share", "soon:0.5"), ("plot_m2", "tomb:3"), ("plot_m2", "ash_single:-1")]
)
def test_cm03_breaks_and_cm01_too_where_their_settings_cannot_be_read(sites, name, said):
    sites.settings = replace(sites.settings, **{name: said})
    with pytest.raises(BadInput):
        sites.finds({"green_share": "CM03", "plot_m2": "CM01"}[name], sites.cemetery())


def test_cm05_breaks_on_what_was_only_accepted_since(sites):
    (found,) = sites.finds("CM05", sites.cemetery(profit="yes", opened_on=None, accepted_on=date(2026, 4, 1)))
    assert "2026-04-01" in found.message.zh


def test_cm06_breaks_where_the_day_of_a_state_is_yet_to_come(sites):
    soon = date.today() + timedelta(days=9)
    (found,) = sites.finds("CM06", sites.cemetery(state="closed", closed_on=soon), sites.cemetery(state="building"))
    assert f"关闭日期 {soon} 未到" in found.message.zh


def test_si03_breaks_where_two_cemeteries_of_a_unit_have_one_name(sites):
    sites.has(CEMETERIES, sites.cemetery(code="C1"))
    (found,) = sites.finds("SI03", sites.cemetery(category="ash_hall", at=east(800)))
    assert found.message.zh == "与“样山公墓”(C1):在同一政区同名"


def test_si03_passes_an_ash_hall_beside_a_cemetery_of_another_name(sites):
    sites.has(CEMETERIES, sites.cemetery(code="C1"))
    assert sites.finds("SI03", sites.cemetery(name="样山骨灰堂", category="ash_hall", at=CENTRE)) == []


def test_si03_passes_a_new_site_where_the_old_one_was_given_up(sites):
    sites.has(CEMETERIES, sites.cemetery(code="C1", state="closed"))
    assert sites.finds("SI03", sites.cemetery(), sites.cemetery(name="又名", state="closed")) == []


@pytest.mark.parametrize(("metres", "found"), [(29, 1), (31, 0)])
def test_si03_breaks_within_thirty_metres_to_the_east_and_passes_beyond(sites, metres, found):
    row = sites.cemetery(name="又名", at=east(metres, 0))
    assert len(sites.finds("SI03", sites.cemetery(), row, sites.cemetery(name="另名", at=None))) == found


def test_si03_breaks_where_a_point_lies_on_the_ground_of_another(sites):
    rows = [sites.cemetery(at=ground(0, 0, 300, 300)), sites.cemetery(name="又名", at=east(150, 150))]
    assert [each.row for each in sites.finds("SI03", *rows)] == [2]
