"""How lines lie beside each other: each rule with a map that breaks it and one that passes."""

import boundaries.end_rules
import boundaries.network_rules  # noqa: F401 - enters the rules
from tests.drawing import COUNTY, county, draw, findings, place, rules_broken, says


def test_g03_breaks():
    (found,) = findings("G03", county("三交点\n", "L7 甲|乙: t-b\n三交点\n"))
    assert found.row == 7
    assert says(found, "(L7)", "(L1)")
    assert found.geometry.length > 0


def test_g03_passes():
    assert not findings("G03", county())


def test_a_double_is_not_reported_again_by_other_rules():
    doubled = county("三交点\n", "L7 甲|乙: t-b\n三交点\n")
    assert rules_broken(doubled) == {"G03"}


def test_g03_breaks_where_a_line_in_force_is_sent_under_another_pair():
    twice = draw("图 1000米\na . b\n界线\nL2 甲|丙: a-b\n生效界线\nL1 甲|乙: a-b\n")
    (found,) = findings("G03", twice)
    assert says(found, "生效的", "in force")


def test_g04_breaks():
    crossing = county("L2 乙|丙: t-c", "L2 乙|丙: t-t北800东300-t北1000西300-t北1100东300-c")
    (found,) = findings("G04", crossing)
    assert says(found, "(L1)", "(L2)", "2 处")
    assert found.geometry.geoms[0].distance(place("t北900", COUNTY)) < 1e-7


def test_g04_passes():
    assert not findings("G04", county())


def test_g04_breaks_where_lines_run_together():
    (found,) = findings("G04", county("L2 乙|丙: t-c", "L2 乙|丙: t-t北400-c"))
    assert says(found, "400.0 米重叠")
    assert found.geometry.geom_type == "LineString"


def test_g04_breaks_where_an_end_meets_the_middle_of_the_outline():
    (found,) = findings("G04", county("L4 外|乙: b-c\nL5 外|丙: c-d-a\n", "L4 外|乙: b-c-d-a\n"))
    assert says(found, "中间", "断开")
