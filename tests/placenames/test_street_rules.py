"""Rules about addresses and their streets: code and name in the register, how far, on which side, in which order."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from shapely.geometry import LineString, MultiLineString, Point

from gis.errors import BadInput
from gis.intake.rules import Severity
from gis.settings import from_environment
from tests.naming import EAST, LittleCounty, east
from tests.placenames.plates import Plates, point, rows_of, said


@pytest.fixture
def plates(little_county: LittleCounty) -> Plates:
    return Plates(little_county)


@pytest.fixture
def on_a_street(plates: Plates) -> Plates:
    """样柳路 is registered as a line to the east."""
    plates.street()
    return plates


def moved(rows: list[dict[str, Any]], which: int, at: Point) -> list[dict[str, Any]]:
    """The same addresses, one of them elsewhere."""
    return [{**row, "geometry": at} if number == which else row for number, row in enumerate(rows)]


def test_ad08_breaks_at_a_code_that_nobody_has(on_a_street):
    findings = on_a_street.finds("AD08", *(on_a_street.address(street_code="33090100123514999999") for _ in range(2)))
    assert rows_of(findings) == [1]
    assert said(findings) == "街路巷代码“33090100123514999999”不在地名名录(2 条地址)"


def test_ad08_breaks_at_the_code_of_another_street_or_of_no_street(on_a_street):
    other = on_a_street.street("样河路")
    on_a_street.county.has("样坪村", "VIL", code="33090100121610999999")
    rows = [on_a_street.address(street_code=other), on_a_street.address("4号", street_code="33090100121610999999")]
    findings = on_a_street.finds("AD08", *rows)
    assert ["是“样河路”,地址写的是“样柳路”" in each.message.zh for each in findings] == [True, False]
    assert "不是本县的街路巷" in findings[1].message.zh


def test_ad08_passes_the_street_s_own_code(on_a_street):
    code = on_a_street.street("样河路")
    assert on_a_street.finds("AD08", on_a_street.address(street="樣河路", street_code=code), on_a_street.address()) == []


def test_ad08_passes_where_no_streets_are_registered(plates):
    assert plates.finds("AD08", plates.address(street_code="33090100123514999999")) == []


def test_ad09_breaks_at_a_street_that_nobody_registered(on_a_street):
    rows = [on_a_street.address(street="样无路"), on_a_street.address("4号", street="样无路"), on_a_street.address("6号")]
    findings = on_a_street.finds("AD09", *rows)
    assert rows_of(findings) == [1]
    assert said(findings) == "地名名录中没有街路巷“样无路”(2 条地址)"


def test_ad09_breaks_at_a_former_name(plates):
    plates.street(former_names="样旧街")
    findings = plates.finds("AD09", plates.address(street="样旧街"))
    assert "是“样柳路”的别名或曾用名" in said(findings)


def test_ad09_breaks_gently_where_the_street_lies_in_another_town(plates):
    plates.street(unit=EAST, at=LineString([(120.15, 30.05), (120.16, 30.05)]))
    findings = plates.finds("AD09", plates.address())
    assert [each.severity for each in findings] == [Severity.NOTE]
    assert EAST in said(findings)


def test_ad09_passes_standard_names_with_and_without_a_section(on_a_street):
    rows = [on_a_street.address(), on_a_street.address(section="一段"), on_a_street.address(street=None, hamlet="样坪")]
    assert on_a_street.finds("AD09", *rows) == []


def test_ad09_passes_where_no_streets_are_registered(plates):
    plates.county.has("样坪村", "VIL")
    assert plates.finds("AD09", plates.address(street="样无路")) == []


def test_ad13_breaks_far_from_the_street(on_a_street):
    rows = [on_a_street.address("2号", point(200, 150)), on_a_street.address("4号", point(200, 80))]
    findings = on_a_street.finds("AD13", *rows)
    assert rows_of(findings) == [1]
    assert said(findings) == "“样柳路2号”距街路巷“样柳路”150 米"


def test_ad13_passes_lanes_estates_and_streets_without_a_line(on_a_street):
    on_a_street.street("样河路", at=Point(120.05, 30.05))
    away = point(200, 400)
    rows = [
        on_a_street.address("2号", away, lane="12弄"),
        on_a_street.address("4号", away, estate="样福小区"),
        on_a_street.address("6号", away, building="3幢"),
        on_a_street.address("8号", away, street="样河路"),
        on_a_street.address("10号", away, street="样无路"),
        on_a_street.address("12号", geometry=None),
    ]
    assert on_a_street.finds("AD13", *rows) == []


def test_ad14_breaks_at_a_number_on_the_other_side(on_a_street):
    rows = on_a_street.along(list(range(1, 21)))
    findings = on_a_street.finds("AD14", *moved(rows, 6, point(80, -8)))  # 7号
    assert rows_of(findings) == [7]
    assert said(findings).startswith("“样柳路7号”在街路巷右侧;该路 19 个门牌")


def test_ad14_breaks_beside_plates_in_force(on_a_street):
    on_a_street.has(*on_a_street.along(list(range(1, 21))))
    new = [on_a_street.address(number, point(220, -8)) for number in ("21号", "22号")]
    assert rows_of(on_a_street.finds("AD14", *new)) == [1]


def test_ad14_breaks_where_a_street_is_not_as_is_set_here(on_a_street):
    rows = on_a_street.along(list(range(1, 21)))  # odd numbers in the north: on the left of who walks to the east
    on_a_street.settings = replace(on_a_street.settings, number_sides="right")
    assert "沿号增方向单号在右" in said(on_a_street.finds("AD14", *rows))


def test_ad14_passes_numbers_on_their_sides(on_a_street):
    rows = on_a_street.along(list(range(1, 21)))
    assert on_a_street.finds("AD14", *rows) == []
    on_a_street.settings = replace(on_a_street.settings, number_sides="left")
    assert on_a_street.finds("AD14", *rows) == []


def test_ad14_passes_whichever_way_the_line_was_drawn(plates):
    plates.street(at=LineString([east(400), east(0)]))
    plates.settings = replace(plates.settings, number_sides="left")
    assert plates.finds("AD14", *plates.along(list(range(1, 21)))) == []


def test_ad14_passes_where_nothing_can_be_told(plates):
    one_sided = [plates.address(f"{number}号", point(20 + number * 10, 8)) for number in range(1, 21)]
    assert plates.finds("AD14", *one_sided) == []  # no line
    plates.street(at=MultiLineString([[east(0, 5), east(400, 5)], [east(0, -5), east(400, -5)]]))
    assert plates.finds("AD14", *moved(plates.along(list(range(1, 21))), 6, point(80, -8))) == []  # two carriageways


def test_ad14_passes_streets_numbered_on_one_side(on_a_street):
    one_sided = [on_a_street.address(f"{number}号", point(20 + number * 10, 8)) for number in range(1, 21)]
    assert on_a_street.finds("AD14", *one_sided) == []


def test_ad14_passes_where_it_is_not_asked(on_a_street):
    on_a_street.settings = replace(on_a_street.settings, number_sides="none")
    assert on_a_street.finds("AD14", *moved(on_a_street.along(list(range(1, 21))), 6, point(80, -8))) == []


def test_the_sides_are_one_of_three_words():
    assert from_environment({"JIEZHI_NUMBER_SIDES": "left"}).number_sides == "left"
    with pytest.raises(BadInput):
        from_environment({"JIEZHI_NUMBER_SIDES": "up"})


def test_ad15_breaks_where_a_number_stands_among_others(on_a_street):
    rows = on_a_street.along(list(range(1, 31)))
    findings = on_a_street.finds("AD15", *moved(rows, 25, point(75, -8)))  # 26号 between 6 and 8
    assert rows_of(findings) == [26]
    assert "样柳路26号" in said(findings)
    assert "24 与 28" in said(findings)


def test_ad15_breaks_at_the_last_number_too(on_a_street):
    rows = on_a_street.along(list(range(1, 21)))
    assert rows_of(on_a_street.finds("AD15", *moved(rows, 19, point(110, -8)))) == [20]


def test_ad15_breaks_without_a_line_where_a_plate_is_far_from_its_neighbours(plates):
    rows = plates.along(list(range(1, 21)))
    findings = plates.finds("AD15", *moved(rows, 9, point(900, 300)))
    assert rows_of(findings) == [10]
    assert "8 与 12" in said(findings)


def test_ad15_breaks_beside_plates_in_force(plates):
    plates.has(*plates.along([1, 2, 3, 4, 5, 6, 8, 10]))
    assert rows_of(plates.finds("AD15", plates.address("7号", point(800)), plates.address("9号", point(100, 8)))) == [1]


def test_ad15_passes_numbers_that_rise_with_gaps_and_a_little_askew(on_a_street):
    rows = on_a_street.along([1, 2, 3, 4, 5, 7, 8, 9, 12, 13, 14, 15, 17, 18, 20, 21])
    askew = moved(moved(rows, 2, point(47, 30)), 5, point(73, 8))
    assert on_a_street.finds("AD15", *askew) == []


def test_ad15_passes_falling_numbers_corners_and_villages(plates):
    falling = [plates.address(f"{42 - 2 * number}号", point(20 * number, 8)) for number in range(1, 21)]
    corner = [plates.address(f"{n}号", point(min(20 * n, 200), max(20 * n - 200, 0)), street="样河路") for n in range(1, 21)]
    village = [plates.address(f"{n}号", point(n * 370 % 900), street=None, hamlet="样坪") for n in range(1, 21)]
    assert plates.finds("AD15", *falling, *corner, *village) == []
