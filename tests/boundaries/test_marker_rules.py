"""Markers: each rule with a map that breaks it and one that passes."""

import pytest

import boundaries.marker_rules  # noqa: F401 - enters the rules
from boundaries.marker_numbers import MarkerNumber, read_number
from boundaries.markers import complete_markers
from gis.intake.rules import Severity
from tests.drawing import draw, findings, says

ALONG = """
图 500米
. . . . .
a b c d e
. . . . .
界线
L1 甲|乙: a-e
界桩
001 L1: a东100
002A L1: b北20
002B L1: b南20
003 L1: c
004Q L1: d
"""


def along(old: str = "", new: str = "", also: str = ""):
    assert old in ALONG
    return draw(ALONG.replace(old, new) + also)


@pytest.mark.parametrize(
    ("sent", "stand", "read"),
    [
        ("001", "", MarkerNumber(1)),
        ("02号界桩", "", MarkerNumber(2)),
        ("第3号", "Q", MarkerNumber(3, 0, "Q")),
        ("012-1B", "B", MarkerNumber(12, 1, "B")),
        ("12531 65Q", "", MarkerNumber(165, 0, "Q")),
        ("L7-015A", "", MarkerNumber(15, 0, "A")),
        ("003", "", MarkerNumber(3)),
        ("000", "", None),
        ("1234", "", None),
        ("003S", "", None),
        ("003A", "B", None),
        ("甲", "", None),
    ],
)
def test_numbers_are_understood_as_they_are_sent(sent, stand, read):
    assert read_number(sent, "L7", stand) == read


def test_m02_breaks():
    (found,) = findings("M02", along("004Q L1: d", "4号桩S L1: d"))
    assert says(found, "4号桩S", "001 起")


def test_m02_passes():
    assert not findings("M02", along())
    assert not findings("M02", draw("图 100米\na\n界桩\n001 L1: a\n"))


def test_m02_breaks_on_a_number_that_was_sent_twice():
    (found,) = findings("M02", along("004Q L1: d", "003 L1: d"))
    assert found.row == 5
    assert says(found, "003 重复", "第 4 行")


def test_m02_breaks_on_half_a_pair():
    (found,) = findings("M02", along("002B L1: b南20\n", ""))
    assert says(found, "002 号", "由 A 组成", "A、B")


def test_m02_passes_where_the_other_stone_is_in_force():
    assert not findings("M02", along("002B L1: b南20\n", "", also="生效界桩\n002B L1: b南20\n"))


def test_m02_breaks_on_a_line_that_nobody_knows():
    (found,) = findings("M02", along("003 L1: c", "003 L8: c南3"))
    assert says(found, "L8", "最近的界线是 甲乙线(L1)(3.00 米)")


def test_m01_breaks():
    (found,) = findings("M01", along("003 L1: c", "003 L1: c北5.2"))
    assert says(found, "003", "5.20 米", "允许 1 米")


def test_m01_passes():
    assert not findings("M01", along())
    old = ALONG.replace("L1 甲|乙: a-e", "L1 甲|乙: a-e status=working").replace("界线", "生效界线")
    assert not findings("M01", draw(old.replace("003 L1: c", "003 L1: c北5.2")))


def test_m01_warns_where_a_pair_does_not_face_across_the_line():
    (found,) = findings("M01", along("002B L1: b南20", "002B L1: b北30"))
    assert found.severity is Severity.WARNING
    assert says(found, "002 号", "同一侧")


def test_stones_of_one_number_get_codes_of_their_own():
    pair = along().sheets["markers"].assign(code=None)
    assert list(complete_markers(pair)["code"]) == ["L1-001", "L1-002A", "L1-002B", "L1-003", "L1-004Q"]
    apart = pair.assign(number="2号", type=["A", "B", "Q", None, "C"])
    assert list(complete_markers(apart)["code"]) == ["L1-002A", "L1-002B", "L1-002Q", "L1-002", "L1-002C"]
