"""Rules about single addresses, their units and codes, and about addresses that are there twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from gis.intake.rules import Severity
from tests.naming import COUNTY, EAST, TODAY, VILLAGE, WEST, LittleCounty
from tests.placenames.plates import Plates, point, rows_of, said


@pytest.fixture
def plates(little_county: LittleCounty) -> Plates:
    return Plates(little_county)


def test_ad01_breaks_where_only_a_street_is_named(plates):
    findings = plates.finds("AD01", plates.address(None), plates.address("2号"))
    assert rows_of(findings) == [1]
    assert findings[0].severity is Severity.ERROR
    assert said(findings) == "没有门牌号,也没有楼幢、单元、楼层或户室号"


def test_ad01_passes_a_number_or_a_building(plates):
    room = plates.address(None, estate="样福小区", room="501室")
    assert plates.finds("AD01", plates.address("2号"), plates.address(None, building="3幢"), room) == []


@pytest.mark.parametrize("lane", [None, "12弄"])
def test_ad02_breaks_where_nothing_bears_the_number(plates, lane):
    findings = plates.finds("AD02", plates.address("7号", street=None, lane=lane))
    assert said(findings) == "门牌号“7号”没有所在的街路巷、村、自然村或小区"


@pytest.mark.parametrize("bearer", [{"hamlet": "样坪"}, {"community": "样坪村"}, {"estate": "样福小区"}, {"lane": "样井巷"}])
def test_ad02_passes_whatever_bears_the_number(plates, bearer):
    assert plates.finds("AD02", plates.address("7号", street=None, **bearer), plates.address("7号")) == []


@pytest.mark.parametrize("number", ["12号东", "旁边", "12.5号", "12.5", "1e3号", "1E3", "1/2号", "1千2百号"])
def test_ad03_breaks_where_a_number_cannot_be_read(plates, number):
    findings = plates.finds("AD03", plates.address(number))
    assert number in said(findings)
    assert findings[0].severity is Severity.WARNING


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("不详", "“不详”不是门牌号"), ("无", "“无”不是门牌号"), ("null", "“null”不是门牌号"), ("号", "“号”不能作门牌号"),
        ("-227号", "“-227号”不能作门牌号"), ("=HYPERLINK(1)", "不能作门牌号"), ("<script>", "不能作门牌号"),
        ("0号", "不能作门牌号"), ("000号", "不能作门牌号"), ("9" * 12_000, "不能作门牌号"), ("12号" * 20, "不能作门牌号"),
    ],
)  # fmt: skip
def test_ad03_breaks_with_an_error_where_nothing_can_be_meant(plates, number, words):
    findings = plates.finds("AD03", plates.address(number), plates.address("4号"))
    assert words in said(findings)
    assert findings[0].severity is Severity.ERROR
    assert len(findings[0].message.zh) < 120


@pytest.mark.parametrize("number", ["12号", "12-3号", "12号附3号", "12之3號二樓", "临7号", "甲12号", "10号", None])
def test_ad03_passes_numbers_however_written(plates, number):
    assert plates.finds("AD03", plates.address(number, building="1幢")) == []


@pytest.mark.parametrize(
    "number",
    ["2026-03-01", "2026/3/1", "2026.3.1", "2026-03-01 00:00:00", "2026年3月1日", "3月1日", "３月1号", "1-Mar", "Mar-01",
     "30-DEC-2026", "2026年3月"],
)  # fmt: skip
def test_ad03_breaks_with_an_error_where_a_spreadsheet_made_a_day_of_a_number(plates, number):
    rows = [plates.address("4号"), plates.address(number)]
    findings = plates.finds("AD03", *rows)
    assert "Excel 把 3-1 一类的号码当成了日期" in said(findings)
    assert (findings[0].row, findings[0].severity) == (2, Severity.ERROR)
    assert "“文本”" in findings[0].fix.zh
    assert plates.finds("AD05", *rows) == plates.finds("AD26", *rows) == []


@pytest.mark.parametrize("number", ["1.2E+03", "1E+05", "4.30181E+08"])
def test_ad03_breaks_with_an_error_where_only_the_first_digits_are_left(plates, number):
    findings = plates.finds("AD03", plates.address(number), plates.address("4号"))
    assert "科学记数" in said(findings)
    assert findings[0].severity is Severity.ERROR


@pytest.mark.parametrize("number", ["2026-3-1号", "2026号", "2026-3", "12-3-1", "1998-31号"])
def test_ad03_passes_numbers_that_only_look_like_days(plates, number):
    assert plates.finds("AD03", plates.address(number)) == []


def test_ad04_breaks_where_a_room_has_no_door(plates):
    rows = [plates.address(None, room="501室"), plates.address(None, street=None, estate="样福大厦", floor="5层")]
    findings = plates.finds("AD04", *rows)
    assert [(each.row, each.severity) for each in findings] == [(1, Severity.ERROR), (2, Severity.WARNING)]


def test_ad04_passes_rooms_behind_a_plate_or_in_a_building(plates):
    rows = [plates.address("2号", room="501室"), plates.address(None, building="3幢", room="501室")]
    assert plates.finds("AD04", *rows) == []


@pytest.mark.parametrize("number", ["12-3-1号", "12-3号附1号", "12之3号之1"])
def test_ad05_breaks_where_a_sub_number_has_one(plates, number):
    assert said(plates.finds("AD05", plates.address(number))).startswith(f"门牌号“{number}”")


def test_ad05_passes_sub_numbers_of_numbers(plates):
    assert plates.finds("AD05", *(plates.address(each) for each in ("12-3号", "12号附3号", "12号", "12之3號十樓之2"))) == []


def test_ad06_breaks_where_codes_are_not_as_set_here(plates):
    plates.settings = replace(plates.settings, address_codes=r"\d+0001")
    findings = plates.finds("AD06", plates.address(code="330901001001"), plates.address(code="330901000001"))
    assert rows_of(findings) == [1]
    assert r"\d+0001" in said(findings)


@pytest.mark.parametrize("code", [
    "D1 2", "1" * 41, "D\u200b1", "a/b?c#d", "<b>x", "=1+1", "任何代码-1", "D_1",
    "search", "BATCH", "defects", "2f1d1d6e-3a59-4a39-9d39-0d0a5d8c7e21",
])  # fmt: skip
def test_ad06_breaks_where_a_code_is_none(plates, code):
    assert rows_of(plates.finds("AD06", plates.address(code=code))) == [1]


def test_ad06_passes_codes_as_set_here_and_those_made_here(plates):
    plates.settings = replace(plates.settings, address_codes=r"\d+0001")
    assert plates.finds("AD06", plates.address(code="330901000001"), plates.address(code=None)) == []
    plates.settings = replace(plates.settings, address_codes="")
    assert plates.finds("AD06", plates.address(code="DZ-" + "1" * 37)) == []


@pytest.mark.parametrize(
    ("unit", "severity", "words"),
    [
        ("330901009", Severity.ERROR, "不在册"),
        ("石桥镇", Severity.ERROR, "“石桥镇”是政区名称,不是代码"),
        ("无此镇", Severity.ERROR, "“无此镇”当日不在册"),
        (COUNTY, Severity.ERROR, "高于乡级"),
        (VILLAGE, Severity.WARNING, "低于乡级"),
    ],
)
def test_ad07_breaks_at_units_unknown_or_of_another_level(plates, unit, severity, words):
    plates.county.unit(VILLAGE, "样坪村", "village")
    findings = plates.finds("AD07", plates.address(unit=unit), plates.address())
    assert rows_of(findings) == [1]
    assert findings[0].severity is severity
    assert words in said(findings)


def test_ad07_breaks_with_the_code_where_the_name_is_one_alone(plates):
    (found,) = plates.finds("AD07", plates.address(unit="石桥镇"))
    assert found.fix.zh == f"填写其代码 {WEST}"
    plates.county.unit(f"{COUNTY}777", "石桥镇", "township")
    (found,) = plates.finds("AD07", plates.address(unit="石桥镇"))
    assert found.fix.zh == f"填写代码;叫这个名称的有 {WEST}、{COUNTY}777"


def test_ad07_passes_towns_in_force(plates):
    assert plates.finds("AD07", plates.address(unit=WEST), plates.address(unit=EAST)) == []


def test_ad10_breaks_where_an_address_is_sent_twice(plates):
    rows = [plates.address("2号"), plates.address("2號", code="D9"), plates.address("2号", room="101室")]
    findings = plates.finds("AD10", *rows)
    assert rows_of(findings) == [2]
    assert "第 1 行" in said(findings)


def test_ad10_breaks_where_an_address_is_in_force_under_another_code(plates):
    plates.has(plates.address("2号", code="OLD"))
    findings = plates.finds("AD10", plates.address("2号", code="NEW"), plates.address("4号"))
    assert rows_of(findings) == [1]
    assert said(findings) == "“样柳路2号”(代码 NEW)与在册地址(代码 OLD)相同"


def test_ad10_breaks_where_an_address_is_to_be_so_from_a_later_day(plates):
    plates.has(plates.address("2号", code="LATER"), since=TODAY + timedelta(days=9))
    assert rows_of(plates.finds("AD10", plates.address("2号", code="NEW"))) == [1]
    assert plates.finds("AD10", plates.address("2号", code="LATER")) == []


def test_ad10_passes_what_was_given_up_and_what_changes(plates):
    plates.has(plates.address("2号", code="OLD"), plates.address("4号", code="GONE", status="cancelled"))
    renumbered, new = plates.address("6号", code="OLD"), plates.address("2号", code="NEW")
    assert plates.finds("AD10", renumbered, new, plates.address("4号")) == []
    assert plates.finds("AD10", plates.address("8号"), plates.address("8号", status="changed")) == []


def test_ad10_passes_streets_of_one_name_in_two_towns(plates):
    assert plates.finds("AD10", plates.address("2号"), plates.address("2号", unit=EAST)) == []


def test_ad10_passes_what_a_whole_list_leaves_out(plates):
    plates.has(plates.address("2号", code="OLD"))
    assert plates.finds("AD10", plates.address("2号", code="NEW"), whole=True) == []


def test_ad11_breaks_without_a_point(plates):
    findings = plates.finds("AD11", plates.address(geometry=None, status="assigned"), plates.address())
    assert rows_of(findings) == [1]


def test_ad11_passes_points_and_what_other_rules_say(plates):
    rows = [plates.address(), plates.address(geometry=None, status="cancelled"), plates.address(geometry=None)]
    assert plates.finds("AD11", *rows) == []


def test_ad12_breaks_outside_the_unit(plates):
    line = 0.05 * 96_500  # metres from the centre of the town to its neighbour in the east
    away = [plates.address("2号", point(line + 60)), plates.address("4号", point(line + 300))]
    findings = plates.finds("AD12", *away, plates.address("6号", point(0)))
    assert [(each.row, each.severity) for each in findings] == [(1, Severity.WARNING), (2, Severity.ERROR)]
    assert "石桥镇" in findings[0].message.zh
    metres = int(findings[1].message.zh.split("以外 ")[1].split()[0])
    assert 280 < metres < 320


def test_ad12_passes_on_the_ground_and_near_the_line(plates):
    line = 0.05 * 96_500
    beside = [plates.address("2号", point(line + 20)), plates.address("4号", point(line - 20))]
    assert plates.finds("AD12", *beside, plates.address("8号", point(10), unit=VILLAGE)) == []
    plates.settings = replace(plates.settings, outside_m=10.0)
    assert rows_of(plates.finds("AD12", plates.address("2号", point(line + 20)))) == [1]
