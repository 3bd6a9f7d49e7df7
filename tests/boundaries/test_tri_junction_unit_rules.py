"""The units of a tri-junction: a map that breaks the rule and one that passes."""

import boundaries  # noqa: F401 - enters the rules
from tests.boundaries.test_tri_junction_rules import FOUR, INNER
from tests.drawing import county, draw, findings, says


def test_g08_breaks():
    (found,) = findings("G08", county("T1 甲乙丙: t", "T1 甲乙丁: t"))
    assert found.key == "T1"
    assert says(found, "990101004", "把三交点的单位改为990101001、990101002、990101003")


def test_g08_passes():
    assert not findings("G08", county())
    assert not findings("G08", draw(INNER))
    assert not findings("G08", draw(FOUR.replace("T1 甲乙丙丁: t", "T1 甲乙丙丁: t degree=4")))
    assert not findings("G08", county("L4 外|乙", "L4 邻|乙"))


def test_g08_names_the_one_line_that_does_not_fit():
    (found,) = findings("G08", county("L1 乙|甲", "L1 甲|丁"))
    assert found.key == "L1"
    assert says(found, "T1、T2", "改为990101001、990101002")
    assert len(found.geometry.geoms) == 2


def test_g08_finds_the_guilty_line_by_its_other_end():
    (found,) = findings("G08", county("L2 乙|丙", "L2 甲|乙"))
    assert found.key == "L2"
    assert says(found, "T1、T3", "改为990101002、990101003")


def test_g08_accuses_nobody_where_two_lines_part_the_same_units():
    (found,) = findings("G08", draw(INNER.replace("L2 乙|丙", "L2 甲|乙").replace("T3 乙丙外", "T3 甲乙外")))
    assert found.key == "T1"
    assert says(found, "恰好出现在两条界线上")
