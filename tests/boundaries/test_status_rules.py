"""What is agreed stands: roles that fit, agreements that are not undone, markers that come along."""

from __future__ import annotations

from tests.drawing import draw, findings

MAP = """
    图 100米
    a . b . c
    . . . . .
    d . e . f
"""
IN_FORCE = """
    生效界线
    L1 甲|乙: a-b  status=agreed
    L2 乙|邻: d-e  role=outer status=working
    生效界桩
    001 L1: a
    生效单位
    甲: a
    乙: c
"""


def test_a08_breaks_for_an_inner_line_that_passes_for_the_outline():
    found = findings("A08", draw(MAP + IN_FORCE + "    界线\n    L3 甲|乙: b-c  role=outer\n"))
    assert len(found) == 1


def test_a08_passes_for_a_line_with_another_county_or_nobody_beyond():
    assert not findings(
        "A08",
        draw(MAP + IN_FORCE + "    界线\n    L3 甲|邻: b-c  role=outer\n    L4 甲|外: e-f  role=outer\n"),
    )


def test_a09_breaks_when_an_agreed_line_would_become_working():
    found = findings("A09", draw(MAP + IN_FORCE + "    界线\n    L1 甲|乙: a-b  status=working\n"))
    assert [each.key for each in found] == ["L1"]


def test_a09_passes_for_what_stays_agreed_and_for_what_was_working():
    assert not findings(
        "A09",
        draw(
            MAP
            + IN_FORCE
            + "    界线\n    L1 甲|乙: a-b  status=agreed\n    L2 乙|邻: d-e  role=outer status=working\n"
        ),
    )


def test_m09_breaks_when_a_re_coded_line_leaves_its_markers_behind():
    found = findings("M09", draw(MAP + IN_FORCE + "    界线\n    N1 甲|乙: a-b  status=agreed\n"))
    assert len(found) == 1
    assert "L1" in found[0].message.zh


def test_m09_passes_when_the_line_keeps_its_code():
    assert not findings("M09", draw(MAP + IN_FORCE + "    界线\n    L1 甲|乙: a-b  status=agreed\n"))
