"""Rules of sites: for each something that breaks it and something that passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from gis.errors import BadInput
from gis.intake.rules import Severity
from placenames.sites.cemeteries import CEMETERIES, CEMETERY_AREAS
from placenames.sites.facilities import FACILITIES
from tests.naming import CENTRE, EASTERN, LittleCounty, east
from tests.placenames.sites_desk import Sites

NEW = date(2026, 3, 30)
SOON = date.today() + timedelta(days=30)


@pytest.fixture
def sites(little_county: LittleCounty) -> Sites:
    return Sites(little_county)


def test_cm01_breaks_on_plots_that_are_too_large(sites):
    (found,) = sites.finds("CM01", sites.cemetery(ash_single_m2=1.2), sites.cemetery(body_double_m2=6.0))
    assert (found.severity, "1.2" in found.message.zh, "骨灰单穴" in found.message.zh) == (Severity.WARNING, True, True)
    (planned,) = sites.finds("CM01", sites.cemetery(ash_double_m2=1.5, state="approved"))
    assert planned.severity is Severity.ERROR


def test_cm01_passes_plots_as_large_as_they_may_be(sites):
    row = sites.cemetery(ash_single_m2=1.0, ash_double_m2=1.0, body_single_m2=4.0, body_double_m2=6.0)
    assert sites.finds("CM01", row) == []
    sites.settings = replace(sites.settings, plot_m2="ash_single:2")
    assert sites.finds("CM01", sites.cemetery(ash_single_m2=1.9)) == []
    sites.settings = replace(sites.settings, plot_m2="ash_single=2")
    with pytest.raises(BadInput):
        sites.finds("CM01", sites.cemetery(ash_single_m2=1.9))


def test_cm02_breaks_in_zhejiang(sites):
    (found,) = sites.finds("CM02", sites.cemetery(ash_single_m2=0.8))
    assert "0.7" in found.message.en


def test_cm02_passes_elsewhere(sites):
    assert sites.finds("CM02", sites.cemetery(ash_single_m2=0.8, unit="430101001")) == []
    assert sites.finds("CM02", sites.cemetery(ash_single_m2=0.7)) == []


@pytest.mark.parametrize(("years", "green"), [(0, 490), (8, 499), (9, 790), (20, 500)])
def test_cm03_breaks_with_too_little_green_for_its_age(sites, years, green):
    day = date(2026, 1, 1)
    row = sites.cemetery(tomb_m2=1000, green_m2=green, completed_on=day.replace(year=2026 - years), green_on=day)
    assert len(sites.finds("CM03", row)) == 1


@pytest.mark.parametrize(("years", "green"), [(0, 500), (8, 600), (9, 800)])
def test_cm03_passes_with_enough(sites, years, green):
    day = date(2026, 1, 1)
    row = sites.cemetery(tomb_m2=1000, green_m2=green, completed_on=day.replace(year=2026 - years), green_on=day)
    assert sites.finds("CM03", row, sites.cemetery(tomb_m2=1000, green_m2=0)) == []


@pytest.mark.parametrize(
    "wrong", [{"plots_used": 11, "plots_built": 10}, {"niches_used": 5, "niches": 4}, {"plots_planned": -1},
              {"ecological": 9, "burials": 8}]
)  # fmt: skip
def test_cm04_breaks_where_figures_do_not_add_up(sites, wrong):
    assert len(sites.finds("CM04", sites.cemetery(**wrong))) == 1


def test_cm04_passes_figures_that_do(sites):
    assert sites.finds("CM04", sites.cemetery(plots_planned=10, plots_built=10, plots_sold=8, plots_used=8)) == []


def test_cm05_breaks_on_new_cemeteries_for_profit(sites):
    rows = [sites.cemetery(category="commercial", approved_on=NEW, opened_on=None),
            sites.cemetery(profit="yes", opened_on=NEW),
            sites.cemetery(category="commercial", state="site_chosen", opened_on=None)]  # fmt: skip
    assert [each.row for each in sites.finds("CM05", *rows)] == [1, 2, 3]


def test_cm05_passes_old_ones_and_public_ones(sites):
    old = sites.cemetery(category="commercial", approved_on=NEW - timedelta(days=1), opened_on=NEW)
    assert sites.finds("CM05", old, sites.cemetery(opened_on=NEW)) == []
    gone = sites.cemetery(profit="yes", state="closed", opened_on=None, closed_on=NEW - timedelta(days=1))
    assert sites.finds("CM05", gone) == []


@pytest.mark.parametrize("state", ["open", "full", "closed", None])
def test_cm16_breaks_on_one_that_is_not_registered_and_has_no_day(sites, state):
    (found,) = sites.finds("CM16", sites.cemetery(category="commercial", state=state, opened_on=None))
    assert (found.severity, "不在册" in found.message.zh) == (Severity.ERROR, True)


def test_cm16_passes_one_without_a_day_whose_code_is_in_force(sites):
    sites.has(CEMETERIES, sites.cemetery(code="C1", category="commercial", profit="yes"))
    assert sites.finds("CM16", sites.cemetery(code="C1", category="commercial", opened_on=None)) == []


def test_cm16_passes_public_ones_and_those_that_were_closed_before(sites):
    gone = sites.cemetery(profit="yes", state="closed", opened_on=None, closed_on=NEW - timedelta(days=1))
    assert sites.finds("CM16", gone, sites.cemetery(opened_on=None)) == []


def test_cm15_breaks_where_a_cemetery_for_profit_is_said_to_be_none(sites):
    (found,) = sites.finds("CM15", sites.cemetery(category="commercial"))
    assert found.severity is Severity.WARNING


def test_cm15_passes_where_both_agree(sites):
    assert sites.finds("CM15", sites.cemetery(category="commercial", profit="yes"), sites.cemetery()) == []


def test_cm06_breaks_where_days_are_out_of_order_or_missing(sites):
    rows = [sites.cemetery(completed_on=date(2021, 1, 1)), sites.cemetery(state="accepted"), sites.cemetery(opened_on=None)]
    assert [each.row for each in sites.finds("CM06", *rows)] == [1, 2, 3]


def test_cm06_passes_days_in_order(sites):
    assert sites.finds("CM06", sites.cemetery(approved_on=date(2018, 1, 1), completed_on=date(2019, 1, 1))) == []


def test_cm07_breaks_into_a_note_for_rural_ones(sites):
    (found,) = sites.finds("CM07", sites.cemetery(serves=None))
    assert found.severity is Severity.NOTE


def test_cm07_passes_others(sites):
    assert sites.finds("CM07", sites.cemetery(category="urban_public")) == []


def test_cm09_breaks_for_areas_of_nobody(sites):
    area = sites._row(CEMETERY_AREAS, CENTRE.buffer(0.001), {"cemetery": "C-NONE", "kind": "built"})
    (found,) = sites.finds("CM09", area)
    assert "C-NONE" in found.message.zh


def test_cm09_passes_areas_of_cemeteries_in_force(sites):
    sites.has(CEMETERIES, sites.cemetery(code="C1"))
    area = sites._row(CEMETERY_AREAS, CENTRE.buffer(0.001), {"cemetery": "C1", "kind": "built"})
    assert sites.finds("CM09", area) == []


def test_fa01_breaks_where_figures_do_not_add_up(sites):
    rows = [sites.facility(inside_area_m2=200.0, floor_area_m2=100.0), sites.facility(beds=-1)]
    assert [each.row for each in sites.finds("FA01", *rows)] == [1, 2]


def test_fa01_passes_figures_that_do(sites):
    assert sites.finds("FA01", sites.facility(inside_area_m2=90.0, floor_area_m2=100.0, beds=0)) == []


def test_fa02_breaks_where_it_is_smaller_than_here_is_asked_for(sites):
    (found,) = sites.finds("FA02", sites.facility(type="home_care_station", floor_area_m2=12.0, unit="330602001"))
    assert (found.severity, "绍兴" in found.message.zh) == (Severity.WARNING, True)
    (recalled,) = sites.finds("FA02", sites.facility(floor_area_m2=500.0))
    assert recalled.severity is Severity.NOTE


def test_fa02_passes_what_is_large_enough_or_not_known(sites):
    rows = [sites.facility(floor_area_m2=600.0), sites.facility(), sites.facility(type="canteen", floor_area_m2=5.0)]
    assert sites.finds("FA02", *rows) == []


def test_fa03_breaks_where_offices_take_it(sites):
    (found,) = sites.finds("FA03", sites.facility(activity_area_m2=50.0, floor_area_m2=100.0))
    assert "50.0%" in found.message.zh


def test_fa03_passes_where_residents_have_it(sites):
    rows = [sites.facility(activity_area_m2=60.0, floor_area_m2=100.0), sites.facility(floor_area_m2=100.0)]
    assert sites.finds("FA03", *rows) == []


def test_fa04_breaks_where_state_and_days_disagree(sites):
    soon = date.today() + timedelta(days=30)
    rows = [sites.facility(opened_on=date(2020, 1, 1), closed_on=date(2019, 1, 1)), sites.facility(state="closed"),
            sites.facility(state="planned", opened_on=date(2020, 1, 1)), sites.facility(opened_on=soon)]  # fmt: skip
    assert [each.row for each in sites.finds("FA04", *rows)] == [1, 2, 3, 4]


def test_fa04_passes_where_they_agree(sites):
    assert sites.finds("FA04", sites.facility(built_on=date(2020, 1, 1), opened_on=date(2020, 5, 1))) == []


def test_gr01_breaks_where_the_category_does_not_fit(sites):
    rows = [sites.grave(area_m2=4.0), sites.grave(category="for_the_living"), sites.grave(occupied="no")]
    assert [each.row for each in sites.finds("GR01", *rows)] == [1, 2, 3]


def test_gr01_passes_where_it_does(sites):
    assert sites.finds("GR01", sites.grave(), sites.grave(area_m2=7.0, places=2)) == []


def test_gr02_breaks_before_the_rule_was_there(sites):
    assert len(sites.finds("GR02", sites.grave(category="ash_home", found_on=NEW - timedelta(days=1)))) == 1


def test_gr02_passes_since(sites):
    assert sites.finds("GR02", sites.grave(category="ash_home", found_on=NEW)) == []


def test_gr03_breaks_where_days_are_missed_or_missing(sites):
    past = date.today() - timedelta(days=1)
    rows = [sites.grave(deadline=past, found_on=past), sites.grave(deadline=date(2026, 4, 1), result="relapsed"),
            sites.grave(result="done"), sites.grave(rechecked_on=past, deadline=SOON)]  # fmt: skip
    assert [each.row for each in sites.finds("GR03", *rows)] == [1, 2, 3, 4]


def test_gr03_passes_what_is_in_time(sites):
    days = {"done_on": date(2026, 6, 1), "rechecked_on": date(2026, 7, 1), "deadline": date(2026, 8, 1)}
    done = sites.grave(result="confirmed", **days)
    assert sites.finds("GR03", done, sites.grave(deadline=date.today())) == []
    assert sites.finds("GR03", sites.grave(result="done", done_on=date(2026, 5, 1), found_on=date(2026, 5, 1))) == []


def test_gr03_breaks_without_a_deadline_or_the_day_of_the_re_check(sites):
    days = {"deadline": SOON, "found_on": date(2026, 5, 2)}
    rows = [sites.grave(), sites.grave(result="confirmed", done_on=date(2026, 6, 1)),
            sites.grave(result="done", done_on=date(2026, 5, 1), **days)]  # fmt: skip
    found = [(each.row, each.severity) for each in sites.finds("GR03", *rows)]
    assert found == [(1, Severity.NOTE), (2, Severity.WARNING), (3, Severity.ERROR)]


def test_gr04_breaks_into_a_note_without_a_photo(sites):
    (found,) = sites.finds("GR04", sites.grave(photo=None))
    assert found.severity is Severity.NOTE


def test_gr04_passes_with_one(sites):
    assert sites.finds("GR04", sites.grave()) == []


def test_si01_breaks_in_units_nobody_knows(sites):
    assert len(sites.finds("SI01", sites.facility(unit="999999999"))) == 1


def test_si01_passes_in_units_in_force(sites):
    assert sites.finds("SI01", sites.facility()) == []


def test_si02_breaks_off_the_ground_of_the_unit(sites):
    (found,) = sites.finds("SI02", sites.facility(at=EASTERN))
    assert found.severity is Severity.ERROR


def test_si02_passes_on_it_and_without_a_place(sites):
    assert sites.finds("SI02", sites.facility(), sites.facility(at=None), sites.facility(at=CENTRE.buffer(0.001))) == []


def test_si03_breaks_where_a_site_is_there_twice(sites):
    sites.has(FACILITIES, sites.facility(code="F1"))
    rows = [sites.facility(code="F2", at=east(500)), sites.facility(code="F3", name="另名", at=east(10)),
            sites.facility(code="F4", name="又名", at=east(2000)),
            sites.facility(code="F5", name="又名", at=east(3000))]  # fmt: skip
    found = {(each.row, each.message.en.split("“")[0]) for each in sites.finds("SI03", *rows)}
    assert found == {(1, "has the name and the type of "), (2, "is of the type and at the place of "),
                     (4, "has the name and the type of ")}  # fmt: skip


def test_si03_breaks_on_one_without_a_name_and_says_its_code(sites):
    (found,) = sites.finds("SI03", sites.facility(code="F1", name=None), sites.facility(code="F2"))
    assert found.message.zh == "与“F1”(F1):同类且位置相同"


def test_si03_passes_sites_apart_and_the_same_record(sites):
    sites.has(FACILITIES, sites.facility(code="F1"))
    rows = [sites.facility(code="F1"), sites.facility(code="F2", type="canteen"),
            sites.facility(code="F3", name="东站", at=east(99))]  # fmt: skip
    assert sites.finds("SI03", *rows) == []


def test_si05_breaks_without_a_place(sites):
    rows = [sites.cemetery(at=None), sites.cemetery(at=None, state="closed")]
    zones, closed = sites.finds("SI05", *rows)
    assert (zones.severity, closed.severity) == (Severity.WARNING, Severity.NOTE)
    assert ("没有核对是否在禁葬区域" in zones.message.zh, "not checked" in zones.message.en) == (True, True)
    (facility,) = sites.finds("SI05", sites.facility(at=None))
    (grave,) = sites.finds("SI05", {**sites.grave(), "geometry": None})
    assert {facility.severity, grave.severity} == {Severity.NOTE}


def test_si05_passes_with_one(sites):
    for row in (sites.cemetery(), sites.facility(), sites.grave()):
        assert sites.finds("SI05", row) == []


def test_si05_passes_a_cemetery_whose_areas_are_drawn(sites):
    sites.has(CEMETERY_AREAS, sites.area("planned", CENTRE.buffer(0.001)))
    assert sites.finds("SI05", sites.cemetery(at=None, code="C1")) == []
    assert len(sites.finds("SI05", sites.cemetery(at=None, code="C2"))) == 1
