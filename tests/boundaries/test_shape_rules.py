"""The shape of one line: each rule with a map that breaks it and one that passes."""

import boundaries.shape_rules  # noqa: F401 - enters the rules
from gis.intake.rules import Severity
from tests.drawing import county, draw, findings, says

GRID = "图 100米\na b c\nd e f\ng h i\n界线\n"


def one(rule: str, line: str):
    (found,) = findings(rule, draw(GRID + "L1 甲|乙: " + line))
    return found


def test_g01_breaks():
    found = one("G01", "a-e-i-h-b")
    assert says(found, "自相交 1 处", "L1")
    assert found.geometry.geom_type == "Point"


def test_g01_passes():
    assert not findings("G01", county())
    assert not findings("G01", draw(GRID + "L1 甲|外: b-e-i-c-b"))


def test_g01_breaks_where_a_line_runs_back_over_itself():
    found = one("G01", "a-b-c-b-e")
    assert says(found, "100.0 米自身重叠")
    assert found.geometry.geom_type == "LineString"


def test_g02_breaks():
    found = one("G02", "a-c-c-f")
    assert says(found, "1 个重复节点")
    assert found.severity is Severity.WARNING


def test_g02_passes():
    assert not findings("G02", county())


def test_g02_breaks_on_a_spike_and_on_a_line_without_length():
    assert says(one("G02", "a-c-a南1-g"), "1 处尖刺")
    empty = one("G02", "a-a东0.004")
    assert empty.severity is Severity.ERROR
    assert says(empty, "0.004 米")
