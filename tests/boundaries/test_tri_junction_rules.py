"""Tri-junctions: each rule with a map that breaks it and one that passes."""

import boundaries.tri_junction_rules  # noqa: F401 - enters the rules
from gis.intake.rules import Severity
from tests.drawing import COUNTY, county, draw, findings, says

INNER = COUNTY.replace("L4 外|乙: b-c\nL5 外|丙: c-d-a\nL6 外|甲: a-b\n", "")
FOUR = """
图 100米
. . b . .
a . t . c
. . d . .
界线
L1 乙|甲: b-t
L2 乙|丙: c-t
L3 丙|丁: d-t
L4 丁|甲: a-t
三交点
T1 甲乙丙丁: t
B 甲乙外: b
C 乙丙外: c
D 丙丁外: d
A 丁甲外: a
"""


def test_g07_breaks():
    (found,) = findings("G07", draw(FOUR))
    assert says(found, "T1", "4 条界线端点", "L1", "L4", "DEGREE")
    assert found.severity is Severity.ERROR
    assert found.register == "tri_junctions"


def test_g07_passes():
    assert not findings("G07", county())
    assert not findings("G07", draw(INNER))


def test_g07_notes_a_declared_meeting_of_four():
    (found,) = findings("G07", draw(FOUR.replace("T1 甲乙丙丁: t", "T1 甲乙丙丁: t degree=4")))
    assert found.severity is Severity.NOTE
    (found,) = findings("G07", draw(FOUR.replace("T1 甲乙丙丁: t", "T1 甲乙丙丁: t degree=5")))
    assert found.severity is Severity.ERROR


def test_g07_breaks_where_a_line_is_missing():
    (found,) = [f for f in findings("G07", county("L2 乙|丙: t-c\n", "")) if f.key == "T1"]
    assert found.severity is Severity.ERROR
    assert says(found, "2 条界线端点", "990101002与990101003之间")


def test_g07_warns_only_where_the_rest_of_the_county_is_unknown():
    (found,) = findings("G07", draw(INNER.replace("L2 乙|丙: t-c\n", "").replace("T3 乙丙外: c\n", "")))
    assert found.severity is Severity.WARNING


def test_g07_warns_of_a_point_in_the_middle_of_a_boundary():
    pieces = county(
        "L1 乙|甲: b-t", "L1 乙|甲: b-t北500\nL9 甲|乙: t北500-t", also="三交点\nT9 甲乙外: t北500\n"
    )
    (found,) = findings("G07", pieces)
    assert found.severity is Severity.WARNING
    assert says(found, "合并")


def test_g07_warns_where_the_outline_breaks_off():
    found = findings("G07", county("L5 外|丙: c-d-a\n", ""))
    assert {each.key for each in found} == {"T3", "T4"}
    assert {each.severity for each in found} == {Severity.WARNING}


def test_g07_leaves_a_loose_end_to_g05():
    cut = county("L1 乙|甲: b-t", "L1 乙|甲: b-t北2.31")
    assert not findings("G07", cut)
    assert len(findings("G05", cut)) == 1


def test_g07_breaks_where_a_sent_line_joins_a_point_in_force():
    (found,) = findings(
        "G07",
        draw(
            COUNTY.replace("界线\n", "生效界线\n", 1).replace("三交点", "生效三交点")
            + "界线\nL9 甲|丁: t-t南500西300-d\n"
        ),
    )
    assert found.key == "L9"
    assert says(found, "生效的T1", "4 条")


def test_g07_breaks_where_a_point_is_sent_twice():
    (found,) = findings("G07", county(also="三交点\nT9 甲乙丙: t东0.005\n"))
    assert found.key == "T9"
    assert says(found, "同一位置", "T1")
