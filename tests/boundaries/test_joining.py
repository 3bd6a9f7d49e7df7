"""Ends a hair apart are brought together before the rules look, and it is said from a millimetre on."""

from __future__ import annotations

import shapely

from boundaries.joining import ends_meet
from tests.drawing import draw, findings

IN_FORCE = """
    图 100米
    a . b . c
    . . . . .
    . . d . .
    生效界线
    L1 甲|乙: a-b
    L2 乙|丙: b-c
    生效单位
    甲: a
"""


def test_g20_breaks_when_an_end_was_moved_by_millimetres():
    survey = ends_meet(draw(IN_FORCE + "    界线\n    L3 甲|丙: b东0.004-d\n"))
    moved = findings("G20", survey)
    assert len(moved) == 1
    assert "4.0 毫米" in moved[0].message.zh
    assert moved[0].key == "L3"
    standing = survey.in_force["lines"]
    end = shapely.get_point(standing.geometry[standing["code"] == "L1"].iloc[0], -1)
    assert shapely.get_point(survey.sheets["lines"].geometry.iloc[0], 0) == end


def test_g20_passes_when_nothing_had_to_move_further_than_computing_does():
    assert not findings("G20", ends_meet(draw(IN_FORCE + "    界线\n    L3 甲|丙: b东0.00001-d\n")))


def test_an_end_beyond_the_tolerance_stays_where_it_was_measured():
    before = draw(IN_FORCE + "    界线\n    L3 甲|丙: b东0.02-d\n")
    after = ends_meet(before)
    assert after.sheets["lines"].geometry.iloc[0].equals_exact(before.sheets["lines"].geometry.iloc[0], 0)


def test_a_sent_tri_junction_moves_onto_the_ends_that_stay():
    survey = ends_meet(draw(IN_FORCE + "    界线\n    L3 甲|丙: b-d\n    三交点\n    T1 甲乙丙: b北0.003\n"))
    line_end = shapely.get_point(survey.sheets["lines"].geometry.iloc[0], 0)
    assert survey.sheets["tri_junctions"].geometry.iloc[0] == line_end
