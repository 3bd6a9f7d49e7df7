"""Rules about whom facilities serve, since when, and for whose profit."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gis.intake.rules import Severity
from tests.naming import VILLAGE, LittleCounty
from tests.placenames.sites_desk import Sites


@pytest.fixture
def sites(little_county: LittleCounty) -> Sites:
    return Sites(little_county)


def test_fa05_breaks_for_communities_nobody_knows(sites):
    sites.county.unit(VILLAGE, "样桥社区", "village")
    (found,) = sites.finds("FA05", sites.facility(served="样桥社区、样侨社区"))
    assert (found.severity, found.message.zh) == (Severity.WARNING, "服务社区“样侨社区”不是当日在册的村、社区")


def test_fa05_breaks_into_one_note_where_no_village_is_registered(sites):
    found = sites.finds("FA05", sites.facility(served="样桥社区"), sites.facility(served="样南社区"))
    assert [(each.row, each.severity) for each in found] == [(1, Severity.NOTE)]
    assert "无法核对" in found[0].message.zh


@pytest.mark.parametrize(
    "served", [None, "样桥社区", "样桥社区居民委员会;石桥村", VILLAGE, "样桥,石桥村村委会", "石桥镇", "全镇", "全街道居民"]
)
def test_fa05_passes_communities_by_name_code_or_committee(sites, served):
    sites.county.unit(VILLAGE, "样桥社区", "village")
    sites.county.has("石桥村", "VIL")
    assert sites.finds("FA05", sites.facility(served=served)) == []


def test_fa07_breaks_into_a_note_without_the_day_of_opening(sites):
    (found,) = sites.finds("FA07", sites.facility(), sites.facility(state="planned"))
    assert (found.row, found.severity) == (1, Severity.NOTE)


def test_fa07_passes_with_it(sites):
    assert sites.finds("FA07", sites.facility(opened_on=date(2024, 5, 1))) == []


def test_fa08_breaks_on_new_private_halls_of_ashes(sites):
    new = date(2026, 3, 30)
    rows = [sites.facility(type="ash_hall", mode="private", built_on=new),
            sites.facility(type="funeral_home", mode="private", opened_on=new)]  # fmt: skip
    found = sites.finds("FA08", *rows)
    assert [(each.row, each.severity) for each in found] == [(1, Severity.ERROR), (2, Severity.ERROR)]
    assert "民办骨灰堂,建成日期 2026-03-30" in found[0].message.zh


def test_fa08_passes_old_ones_public_ones_and_other_types(sites):
    rows = [sites.facility(type="ash_hall", mode="private", built_on=date(2026, 3, 29), opened_on=date(2026, 5, 1)),
            sites.facility(type="ash_hall", mode="public", built_on=date(2026, 5, 1)),
            sites.facility(type="ash_hall", mode="private"),
            sites.facility(type="care_home", mode="private", built_on=date(2026, 5, 1))]  # fmt: skip
    assert sites.finds("FA08", *rows) == []


def test_fa02_breaks_into_a_note_that_says_its_figure_is_recalled(sites):
    (found,) = sites.finds("FA02", sites.facility(floor_area_m2=500.0))
    assert ("未经核对" in found.message.zh, "not verified" in found.message.en) == (True, True)


def test_fa06_breaks_into_what_a_building_is_enough_for(sites):
    row = {"floor_area_m2": 300.0, "served": "样桥社区"}
    (found,) = sites.finds("FA06", sites.facility(**row), sites.facility(type="canteen", **row))
    assert (found.severity, "单独可供 1,000 户" in found.message.zh) == (Severity.NOTE, True)
    assert "请与服务对象(样桥社区)的户数和同类设施一并核对" in found.message.zh
    assert "all service facilities of a community together" in found.message.en
    assert "没有登记" not in found.message.zh
    assert "not registered" not in found.message.en
    sites.settings = replace(sites.settings, households_m2=20.0)
    (found,) = sites.finds("FA06", sites.facility(**row))
    assert "1,500 households" in found.message.en


def test_fa06_passes_where_size_or_communities_are_not_known(sites):
    assert sites.finds("FA06", sites.facility(floor_area_m2=300.0), sites.facility(served="样桥社区")) == []
