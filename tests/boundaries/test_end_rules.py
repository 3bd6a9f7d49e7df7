"""Where lines end: each rule with a map that breaks it and one that passes."""

import boundaries.end_rules  # noqa: F401 - enters the rules
from tests.drawing import COUNTY, county, draw, findings, place, says


def test_g05_breaks():
    (found,) = findings("G05", county("L1 乙|甲: b-t", "L1 乙|甲: b-t北2.31"))
    assert says(found, "悬空", "移动 2.31 米到T1", "by 2.31 m to T1")
    assert found.key == "L1"
    assert found.geometry.distance(place("t", COUNTY)) < 1e-4


def test_g05_passes():
    assert not findings("G05", county())


def test_g05_tells_an_overshoot():
    too_long = county("L1 乙|甲: b-t", "L1 乙|甲: b-t-t南3.2")
    (found,) = findings("G05", too_long)
    assert not findings("G04", too_long)
    assert says(found, "越过", "3.20 米", "overshoots")


def test_g05_tells_an_end_beyond_its_neighbour():
    (found,) = findings("G05", county("L1 乙|甲: b-t", "L1 乙|甲: b-t东6南4"))
    assert says(found, "越过界线 乙丙线(L2)", "距T1 7.21 米")


def test_g05_passes_at_tri_junctions_whose_outline_is_unknown():
    inner = COUNTY.replace("L4 外|乙: b-c\nL5 外|丙: c-d-a\nL6 外|甲: a-b\n", "")
    assert not findings("G05", draw(inner))
    assert not findings("G06", draw(inner))


def test_g05_passes_on_an_island():
    assert not findings("G05", draw("图 100米\na . b\nc . d\n界线\nL1 甲|外: a-c-d-b-a\n三交点\n"))


def test_g05_breaks_when_a_survey_moves_away_from_a_line_in_force():
    moved = (
        COUNTY.replace("界线", "生效界线").replace("三交点", "生效三交点")
        + "界线\nL1 乙|甲: b-t北30\n三交点\nT1 甲乙丙: t北30\n"
    )
    (found,) = findings("G05", draw(moved))
    assert found.key == "L1"
    assert says(found, "30.00 米", "L2", "L3")


def test_g06_breaks():
    (found,) = findings("G06", county("T1 甲乙丙: t\n", ""))
    assert says(found, "3 条", "登记三交点")
    assert found.geometry.distance(place("t", COUNTY)) < 1e-9


def test_g06_breaks_where_the_tri_junction_stands_aside():
    (found,) = findings("G06", county("T1 甲乙丙: t", "T1 甲乙丙: t东5"))
    assert says(found, "T1", "5.00 米")


def test_g06_passes():
    assert not findings("G06", county())


def test_g06_passes_on_the_outline_and_is_not_asked_without_tri_junctions():
    pieces = county("L5 外|丙: c-d-a", "L5 外|丙: c-d\nL7 外|丙: d-a")
    assert not findings("G06", pieces)


def test_g09_breaks():
    near = COUNTY.replace("L3 甲|丙: a-t", "L3 甲|丙: a-t西0.3\nL8 丙|甲: t西0.3-a南300")
    (found,) = findings("G09", draw(near))
    assert says(found, "0.30 米")


def test_g09_passes():
    assert not findings("G09", county())
