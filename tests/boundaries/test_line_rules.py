"""What a line says of itself: each rule with a map that breaks it and one that passes."""

import boundaries.line_rules  # noqa: F401 - enters the rules
from gis.intake.rules import Severity
from tests.drawing import county, draw, findings, says

UNITS = "单位\n甲: t西500北500\n乙: t东500北500\n丙: t南500\n"


def test_a01_breaks():
    (found,) = findings("A01", county("L1 乙|甲", "L1 甲|99010102"))
    assert found.key == "L1"
    assert says(found, "右侧", "99010102")


def test_a01_passes():
    assert not findings("A01", county())
    assert not findings("A01", county(also=UNITS))


def test_a01_breaks_on_a_unit_that_does_not_exist_and_names_the_likely_one():
    (found,) = findings("A01", county("L1 乙|甲", "L1 甲|990101092", also=UNITS))
    assert says(found, "990101092", "不存在", "是否应为 乙镇")


def test_a01_breaks_where_a_side_is_missing_or_both_are_one():
    (empty,) = findings("A01", county("L1 乙|甲: b-t", "L1 甲|外: b-t role=inner"))
    assert says(empty, "右侧", "为空")
    (same,) = findings("A01", county("L1 乙|甲", "L1 甲|甲"))
    assert says(same, "两侧都是")


def test_a01_breaks_once_for_a_layer_without_units():
    (found,) = findings("A01", draw("图 100米\na . b\n. c .\n界线\nL1 外|外: a-c\nL2 外|外: c-b\n"))
    assert says(found, "ZCDM")


def test_a01_breaks_where_an_inner_line_leaves_the_county():
    (found,) = findings("A01", county("L4 外|乙: b-c", "L4 邻|乙: b-c role=inner"))
    assert says(found, "不属同一县级单位", "outer")


def test_a01_passes_on_outer_lines_that_name_the_neighbour():
    assert not findings("A01", county("L4 外|乙: b-c", "L4 990102|乙: b-c role=outer", also=UNITS))
    assert not findings("A01", county("L4 外|乙", "L4 邻|乙", also=UNITS))


def test_a01_warns_once_when_codes_are_of_another_country():
    (found,) = findings("A01", draw("图 100米\na . b\n界线\nL1 10017010|10017020: a-b\n"))
    assert found.severity is Severity.WARNING
    assert says(found, "JIEZHI_UNIT_CODES")
    taiwan = r"county:\d{5},township:\d{8}"
    assert not findings("A01", draw("图 100米\na . b\n界线\nL1 10017010|10017020: a-b\n", unit_codes=taiwan))


def test_a02_breaks():
    (found,) = findings("A02", county("L1 乙|甲: b-t", "L1 乙|甲: b-t name=丙线", also=UNITS))
    assert says(found, "没有提到", "甲镇", "乙镇")
    (found,) = findings("A02", county("L1 乙|甲: b-t", "L1 乙|甲: b-t name=乙甲线", also=UNITS))
    assert says(found, "代码大的一方")


def test_a02_passes():
    assert not findings("A02", county("L3 甲|丙: a-t", "L3 甲|丙: a-t name=甲丙线", also=UNITS))


def test_a03_breaks():
    (found,) = findings("A03", county("L1 乙|甲: b-t", "L1 乙|甲: b-t stated_km=2.24"))
    assert says(found, "2.240", "2.000", "240 米", "允许 50 米")


def test_a03_passes():
    assert not findings("A03", county("L1 乙|甲: b-t", "L1 乙|甲: b-t stated_km=2.04"))


def test_a03_recognises_metres():
    (found,) = findings("A03", county("L1 乙|甲: b-t", "L1 乙|甲: b-t stated_km=2001"))
    assert says(found, "以米为单位", "looks like metres")
