"""Codes: a map that breaks the rule and one that passes."""

import boundaries  # noqa: F401 - enters the rules
from tests.drawing import county, findings, rules_broken, says


def test_a07_breaks():
    (found,) = findings("A07", county("L2 乙|丙: t-c", "L1 乙|丙: t-c"))
    assert found.row == 2
    assert says(found, "L1", "第 1 行")
    (found,) = findings("A07", county("T2 甲乙外: b", "T1 甲乙外: b"))
    assert found.register == "tri_junctions"


def test_a07_passes():
    assert not findings("A07", county(also="界桩\n001 L1: b南100\n002 L1: b南900\n"))


def test_a07_leaves_copies_to_the_rules_that_name_them():
    assert rules_broken(county("三交点\n", "L1 乙|甲: b-t\n三交点\n")) == {"G03"}
    assert rules_broken(county("T2 甲乙外: b\n", "T2 甲乙外: b\nT2 甲乙外: b\n")) == {"G07"}
