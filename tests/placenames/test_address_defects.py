"""The five defects of addresses, in what is sent: 号址不一, 一号多址, 多号一址, 有址无号, 有号无址."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gis.intake.rules import RULES, Severity
from placenames.addresses.checks.number_as_sent import contradiction
from tests.naming import EAST, LittleCounty
from tests.placenames.plates import Plates, point, rows_of, said


@pytest.fixture
def plates(little_county: LittleCounty) -> Plates:
    return Plates(little_county)


def test_ad16_breaks_where_the_text_says_another_number(plates):
    rows = [plates.address("2号", sent_text="样例县石桥镇样柳路20号"), plates.address("4号", sent_text="样柳路4号")]
    findings = plates.finds("AD16", *rows)
    assert rows_of(findings) == [1]
    assert said(findings) == "来文地址“样例县石桥镇样柳路20号”写的是“20号”,各字段是“样柳路2号”"


@pytest.mark.parametrize(
    ("number", "sent", "says"),
    [
        ("12号", "样柳路12-3号", "12-3号"),
        ("12-3号", "样柳路12号", "12号"),
        ("12", "样柳路123号", "123号"),
        ("12号", "样柳路5弄12号", "5弄12号"),
        ("12号", "样例县樣柳路一百二十號", "120号"),
        ("12号", "石桥镇样河路12号", "石桥镇样河路"),
        (None, "石桥镇样河路12号", "石桥镇样河路"),
    ],
)
def test_ad16_breaks_at_other_numbers_and_streets(plates, number, sent, says):
    findings = plates.finds("AD16", plates.address(number, sent_text=sent, building="1幢"))
    assert f"写的是“{says}”" in said(findings)


@pytest.mark.parametrize(
    ("number", "sent"),
    [
        ("12号", "样柳路12号"),
        ("12号", "样例省示范市样例县石桥镇樣柳路12號3幢"),
        ("12-3号", "样柳路12号附3号"),
        ("12之3號二樓", "样柳路12之3號二樓"),
        ("12号", "样柳路十二号"),
        ("12号", "样柳路12号-301"),
        ("12", "样柳路12号"),
        ("12号", "样柳路"),
        ("12号", "样柳路3号楼"),
        ("12号", "石桥镇12号"),
        (None, "样柳路12号"),
        ("12号", None),
    ],
)
def test_ad16_passes_other_ways_of_writing_and_what_is_left_out(plates, number, sent):
    assert plates.finds("AD16", plates.address(number, sent_text=sent, building="1幢")) == []


def test_ad16_passes_villages_and_lanes(plates):
    village = {"street": None, "community": "样坪村", "hamlet": "里样自然村"}
    rows = [
        plates.address("7号", sent_text="石桥镇样坪村里样自然村7号", **village),
        plates.address("45号", lane="123弄", sent_text="样柳路123弄45号"),
        plates.address("8号", sent_text="石桥镇样坪村8号", **village),
    ]
    assert plates.finds("AD16", *rows) == []


def test_what_is_sent_beside_a_village_is_read_too():
    assert contradiction("", "", "", "", "里样", "样坪村", "", "7号", "样坪村里样9号") == ("9号", "里样7号")


def test_ad17_breaks_where_one_plate_is_at_two_places(plates):
    rows = [plates.address("2号", point(0), room="101室"), plates.address("2号", point(80), room="201室")]
    findings = plates.finds("AD17", *rows)
    assert rows_of(findings) == [1]
    assert said(findings) == "“样柳路2号101室”的 2 条地址相距达 80 米"


def test_ad17_breaks_beside_what_is_in_force(plates):
    plates.has(plates.address("2号", point(0), room="101室"))
    assert rows_of(plates.finds("AD17", plates.address("4号"), plates.address("2号", point(80), room="201室"))) == [2]


def test_ad17_passes_buildings_apart_and_plates_nearby(plates):
    rows = [
        plates.address("2号", point(0), building="1幢"),
        plates.address("2号", point(150), building="2幢"),
        plates.address("4号", point(0), room="101室"),
        plates.address("4号", point(40), room="201室"),
        plates.address("6号", point(0)),
        plates.address("6号", point(500), unit=EAST),
        plates.address("8号", point(0), room="101室"),
        plates.address("8号", point(500), room="201室", status="cancelled"),
    ]
    assert plates.finds("AD17", *rows) == []


def test_ad17_passes_what_is_one_place_by_the_setting(plates):
    plates.settings = replace(plates.settings, same_place_m=100.0)
    rows = [plates.address("2号", point(0), room="101室"), plates.address("2号", point(80), room="201室")]
    assert plates.finds("AD17", *rows) == []


def test_ad18_breaks_where_several_numbers_are_at_one_place(plates):
    rows = [plates.address(f"{number}号", point(0)) for number in (8, 2, 4)]
    findings = plates.finds("AD18", *rows, plates.address("10号", point(10)))
    assert rows_of(findings) == [1]
    assert "有 3 个门牌号:2、4、8" in said(findings)


def test_ad18_breaks_beside_what_is_in_force(plates):
    plates.has(plates.address("2号", point(0)), plates.address("4号", point(100)), plates.address("6号", point(100)))
    assert rows_of(plates.finds("AD18", plates.address("8号", point(0)))) == [1]


def test_ad18_passes_sub_numbers_flats_promises_and_other_streets(plates):
    rows = [
        plates.address("2号", point(0)),
        plates.address("2-1号", point(0)),
        plates.address("4号", point(0), street="样河路"),
        plates.address("6号", point(0), room="101室"),
        plates.address("8号", point(0), status="reserved"),
        plates.address("10号", point(0), built="planned"),
        plates.address("12号", point(0), status="changed"),
    ]
    assert plates.finds("AD18", *rows) == []


def test_ad19_breaks_where_an_estate_has_no_number(plates):
    flats = [plates.address(None, street=None, estate="样福小区", building="3幢", room=f"{n}01室") for n in (1, 2)]
    findings = plates.finds("AD19", *flats)
    assert [(each.row, each.severity) for each in findings] == [(1, Severity.NOTE)]
    assert said(findings) == "“样福小区3幢101室”等 2 条地址所在的小区或街路巷没有门牌号"


def test_ad19_passes_estates_with_a_gate_sent_or_in_force(plates):
    flat = plates.address(None, street=None, estate="样福小区", building="3幢")
    assert plates.finds("AD19", flat, plates.address("30号", estate="样福小区")) == []
    plates.has(plates.address("30号", estate="样福小区"))
    assert plates.finds("AD19", flat, plates.address("2号", building="1幢")) == []


def test_ad20_breaks_where_a_plate_hangs_nowhere(plates):
    planned = plates.address("4号", built="planned", status="made")
    findings = plates.finds("AD20", plates.address("2号", geometry=None), planned, plates.address("6号"))
    assert rows_of(findings) == [1, 2]
    assert ["没有位置" in findings[0].message.zh, "尚未建成" in findings[1].message.zh] == [True, True]


def test_ad20_passes_promises_flats_and_what_was_given_up(plates):
    rows = [
        plates.address("2号", geometry=None, status="assigned"),
        plates.address("4号", geometry=None, status="cancelled"),
        plates.address("6号", geometry=None, room="101室"),
        plates.address("8号", built="planned", status="reserved"),
    ]
    assert plates.finds("AD20", *rows) == []


def test_the_five_defects_say_where_they_come_from():
    named = {RULES[f"AD{number}"].source.article for number in range(16, 21)}
    assert named == {"号址不一", "一号多址", "多号一址", "有址无号", "有号无址"}
    assert {RULES[f"AD{number}"].source.grade for number in range(16, 21)} == {"C"}
