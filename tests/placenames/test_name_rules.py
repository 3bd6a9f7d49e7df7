"""Names that must be alone: who else is called so, where, how far, why; each rule is asked of a delivery and a candidate."""

from __future__ import annotations

from datetime import date

import pytest
from shapely.geometry import box

from gis.intake.rules import Severity
from tests.naming import CENTRE, COUNTY, EAST, EASTERN, VILLAGE, WEST, LittleCounty, east


def weights(found: list) -> list[str]:  # type: ignore[type-arg]
    return [each.severity.value for each in found]


def test_pn07_breaks(little_county: LittleCounty):
    little_county.has("清溪县", "ADM", "420101", at=None, class_code="21400")
    (found,) = little_county.finds("PN07", "清溪县", "ADM", COUNTY, class_code="21400")
    assert found.severity is Severity.ERROR
    assert "全国" in found.message.zh
    (found,) = little_county.finds("PN07", "青溪县", "ADM", COUNTY, class_code="21400")
    assert found.severity is Severity.WARNING
    assert "读音相同" in found.message.zh


def test_pn07_passes(little_county: LittleCounty):
    little_county.has("清溪镇", "ADM", "420101001", at=None)
    assert not little_county.finds("PN07", "清溪县", "ADM", COUNTY, class_code="21400")


def test_pn08a_breaks(little_county: LittleCounty):
    little_county.has("清溪镇", "ADM", "331101001", at=None)
    (found,) = little_county.finds("PN08a", "清溪乡", "ADM", COUNTY)
    assert found.severity is Severity.ERROR
    assert "专名相同" in found.message.zh


def test_pn08a_passes(little_county: LittleCounty):
    little_county.has("清溪镇", "ADM", "420101001", at=None)
    assert not little_county.finds("PN08a", "清溪镇", "ADM", COUNTY)


def test_pn08b_breaks(little_county: LittleCounty):
    little_county.has("青山村", "VIL", EAST, EASTERN)
    (found,) = little_county.finds("PN08b", "青山村", "VIL", WEST)
    assert found.severity is Severity.ERROR
    assert "龙泉镇" in found.message.zh
    assert "相距 9.6 千米" in found.message.zh
    assert "9.6 km away" in found.message.en
    (found,) = little_county.finds("PN08b", "清山村", "VIL", WEST)
    assert found.severity is Severity.WARNING


def test_pn08b_passes(little_county: LittleCounty):
    little_county.has("青山村", "VIL", "330902001", EASTERN)
    little_county.has("青山路", "ROD", EAST, EASTERN)
    little_county.has("青山", "VIL", EAST, EASTERN, class_code="22200")
    assert not little_county.finds("PN08b", "青山村", "VIL", WEST)


def test_pn08b_a_village_and_its_committee_are_two_records_of_one_place(little_county: LittleCounty):
    little_county.has("青山村", "VIL", VILLAGE, class_code="21610")
    assert not little_county.finds("PN08b", "青山村", "VIL", VILLAGE, class_code="27610")
    assert little_county.finds("PN08b", "青山村", "VIL", EAST, EASTERN, class_code="27610")
    assert little_county.finds("PN08b", "青山村", "VIL", EAST, EASTERN, class_code="21610")


def test_pn08c_breaks(little_county: LittleCounty):
    little_county.built_up("城关建成区", box(120.0, 30.0, 120.12, 30.1))
    little_county.has("中山路", "ROD", EAST, east(6000))
    (found,) = little_county.finds("PN08c", "中山路", "ROD", WEST)
    assert found.severity is Severity.ERROR
    assert "城关建成区" in found.message.zh
    assert "城关建成区" in found.message.en


def test_pn08c_passes(little_county: LittleCounty):
    little_county.built_up("城关建成区", box(120.0, 30.0, 120.08, 30.1))
    little_county.has("中山路", "ROD", EAST, EASTERN)
    assert not little_county.finds("PN08c", "中山路", "ROD", WEST)


def test_pn08c_without_built_up_areas_the_county_counts_and_the_finding_says_so(little_county: LittleCounty):
    little_county.has("中山路", "ROD", EAST, EASTERN)
    (found,) = little_county.finds("PN08c", "中山路", "ROD", WEST)
    assert "没有建成区范围" in found.message.zh
    assert "no built-up area" in found.message.en


def test_pn08d_breaks(little_county: LittleCounty):
    little_county.has("锦绣花园", "RES", EAST, EASTERN)
    (found,) = little_county.finds("PN08d", "锦绣苑", "RES", WEST)
    assert found.severity is Severity.ERROR


def test_pn08d_passes(little_county: LittleCounty):
    little_county.has("锦绣花园", "RES", "330902001", EASTERN)
    little_county.has("锦绣路", "ROD", WEST)
    assert not little_county.finds("PN08d", "锦绣花园", "RES", WEST)


def test_pn08e_breaks(little_county: LittleCounty):
    little_county.has("竹林", "VIL", VILLAGE, east(900), class_code="22200")
    (found,) = little_county.finds("PN08e", "竹林", "VIL", WEST, class_code="22200")
    assert found.severity is Severity.ERROR
    assert "相距 899 米" in found.message.zh


def test_pn08e_passes(little_county: LittleCounty):
    little_county.has("竹林", "VIL", EAST, EASTERN, class_code="22200")
    assert not little_county.finds("PN08e", "竹林", "VIL", WEST, class_code="22200")


def test_pn08e_holds_in_its_province_and_from_its_day(little_county: LittleCounty):
    little_county.has("竹林", "VIL", "420101001", at=None, class_code="22200")
    assert not little_county.finds("PN08e", "竹林", "VIL", "420101001", class_code="22200")
    assert (
        little_county.typed("竹林", "VIL", WEST, class_code="22200", day=date(2025, 5, 31)).verdict("PN08e")
        is None
    )


def test_pn08f_breaks(little_county: LittleCounty):
    little_county.has("竹林", "VIL", "420101001", at=None, class_code="22200")
    (found,) = little_county.finds("PN08f", "竹林", "VIL", "420101001", class_code="22200")
    assert found.severity is Severity.WARNING


def test_pn08f_passes(little_county: LittleCounty):
    little_county.has("竹林", "VIL", WEST, class_code="22200")
    assert not little_county.finds("PN08f", "竹林", "VIL", WEST, at=EASTERN, class_code="22200")


def test_pn18_breaks(little_county: LittleCounty):
    little_county.has("石门古道", "ROD", EAST, east(8400))
    (found,) = little_county.finds("PN18", "石门古街", "ROD", WEST)
    assert found.severity is Severity.NOTE
    assert "相距 8.4 千米" in found.message.zh


def test_pn18_passes(little_county: LittleCounty):
    little_county.has("石门古道", "ROD", "330902001", at=None)
    assert not little_county.finds("PN18", "石门古街", "ROD", WEST)


def test_pn18_shows_a_candidate_what_is_one_character_apart(little_county: LittleCounty):
    little_county.has("金沙湾路", "ROD", EAST, EASTERN)
    little_county.has("银沙湾路", "ROD", WEST, east(500))
    little_county.has("银沙湾街", "ROD", EAST, EASTERN)
    found = little_county.typed("金沙滩路", "ROD").verdict("PN18")
    assert found
    assert [hit.text for hit in found.hits] == ["金沙湾路"]
    found = little_county.typed("铜沙湾路", "ROD").verdict("PN18")
    assert found
    assert [hit.text for hit in found.hits] == ["银沙湾路"]


@pytest.mark.parametrize(
    "name", ["新中山路", "大中山路", "样例中山路", "样例县中山路", "示范中山路", "中 山 路"]
)
def test_new_great_and_the_citys_name_tell_no_names_apart(little_county: LittleCounty, name: str):
    little_county.has("中山路", "ROD", EAST, EASTERN)
    (found,) = little_county.finds("PN08c", name, "ROD", WEST)
    assert found.severity is Severity.ERROR


def test_the_citys_name_of_a_registered_name_counts_as_little(little_county: LittleCounty):
    little_county.has("样例中山路", "ROD", EAST, EASTERN)
    assert weights(little_county.finds("PN08c", "中山路", "ROD", WEST)) == ["error"]


@pytest.mark.parametrize(
    ("name", "weight"), [("小龙山村", "note"), ("老龙山村", "note"), ("新龙山村", "error")]
)
def test_small_and_old_only_make_names_alike(little_county: LittleCounty, name: str, weight: str):
    little_county.has("龙山村", "VIL", EAST, EASTERN)
    assert weights(little_county.finds("PN08b", name, "VIL", WEST)) == [weight]


def test_a_place_is_never_its_own_double(little_county: LittleCounty):
    place = little_county.has("青山村", "VIL", EAST, EASTERN)
    assert not little_county.typed("青山村", "VIL", place=place).verdict("PN08b").findings  # type: ignore[union-attr]
    again = little_county.row("青山村", "VIL", EAST, EASTERN) | {"code": f"{EAST}21610000001"}
    first = little_county.tx.execute(county_codes()).scalars().first()
    assert not little_county.sent("PN08b", again | {"code": first})


def county_codes():  # type: ignore[no-untyped-def]
    from sqlalchemy import select

    from placenames.names import NAMES

    return select(NAMES.table.c.code)


def test_former_names_of_other_places_are_notes(little_county: LittleCounty):
    little_county.has("红旗村", "VIL", EAST, EASTERN, former_names="青山村(1958—1981)")
    (found,) = little_county.finds("PN08b", "青山村", "VIL", WEST)
    assert found.severity is Severity.NOTE
    assert "用至 1981-01-01" in found.message.zh
    assert "until 1981-01-01" in found.message.en


def test_a_name_that_ended_is_a_former_name_and_one_to_come_counts_already(little_county: LittleCounty):
    little_county.has("青山村", "VIL", EAST, EASTERN, valid_to=date(2025, 1, 1))
    assert weights(little_county.finds("PN08b", "青山村", "VIL", WEST)) == ["note"]
    little_county.has("绿水村", "VIL", EAST, EASTERN, valid_from=date(2099, 1, 1))
    (found,) = little_county.finds("PN08b", "绿水村", "VIL", WEST)
    assert found.severity is Severity.ERROR
    assert "自 2099-01-01 起" in found.message.zh


def test_aliases_are_warned_of_and_historical_places_are_notes(little_county: LittleCounty):
    little_county.has("红旗村", "VIL", EAST, EASTERN, aliases="青山村")
    assert weights(little_county.finds("PN08b", "青山村", "VIL", WEST)) == ["warning"]
    little_county.has("绿水村", "VIL", EAST, EASTERN, use="historical")
    assert weights(little_county.finds("PN08b", "绿水村", "VIL", WEST)) == ["note"]


def test_names_that_stand_already_are_warned_of_only(little_county: LittleCounty):
    little_county.has("青山村", "VIL", EAST, EASTERN)
    assert weights(little_county.finds("PN08b", "青山村", "VIL", WEST, named_on=date(1985, 1, 1))) == [
        "warning"
    ]
    assert weights(little_county.finds("PN08b", "青山村", "VIL", WEST, named_on=date(2023, 1, 1))) == [
        "error"
    ]


def test_names_of_one_delivery_are_compared_with_each_other(little_county: LittleCounty):
    rows = [little_county.row("青山村", "VIL", WEST, CENTRE), little_county.row("绿水村", "VIL", WEST, CENTRE),
            little_county.row("青山村", "VIL", EAST, EASTERN), little_county.row("新青山村", "VIL", EAST, EASTERN),
            little_county.row("清山村", "VIL", EAST, EASTERN)]  # fmt: skip
    found = little_county.sent("PN08b", *rows)
    assert [(each.row, each.severity.value) for each in found] == [(3, "error"), (4, "error"), (5, "warning")]
    assert "第 1 行" in found[0].message.zh
    assert "row 1" in found[0].message.en


def test_what_a_delivery_names_anew_is_not_held_against_it(little_county: LittleCounty):
    little_county.has("青山村", "VIL", EAST, EASTERN)
    code = little_county.tx.execute(county_codes()).scalars().one()
    renamed = little_county.row("绿水村", "VIL", EAST, EASTERN) | {"code": code}
    assert not little_county.sent("PN08b", renamed, little_county.row("青山村", "VIL", WEST, CENTRE))
    assert little_county.sent("PN08b", little_county.row("青山村", "VIL", WEST, CENTRE))


def test_a_deployment_may_compare_another_part(little_county: LittleCounty):
    from dataclasses import replace

    little_county.has("中山街", "ROD", EAST, EASTERN)
    assert not little_county.finds("PN08c", "中山路", "ROD", WEST)
    little_county.settings = replace(little_county.settings, name_compare="ROD:specific")
    assert weights(little_county.finds("PN08c", "中山路", "ROD", WEST)) == ["error"]


def test_units_that_are_not_among_the_names_count_as_divisions(little_county: LittleCounty):
    (found,) = little_county.finds("PN08a", "龙泉镇", "ADM", COUNTY)
    assert found.severity is Severity.ERROR
    assert EAST in found.message.zh
    assert not little_county.finds("PN08a", "龙泉镇", "ADM", EAST)
    little_county.has("龙泉镇", "ADM", EAST, EASTERN)
    (once,) = little_county.finds("PN08a", "龙泉镇", "ADM", COUNTY)
    assert "龙泉镇" in once.message.zh
