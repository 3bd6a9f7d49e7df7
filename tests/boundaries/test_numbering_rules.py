"""The order of markers: each rule with a map that breaks it and one that passes."""

import boundaries  # noqa: F401 - enters the rules
from gis.intake.rules import Severity
from tests.boundaries.test_marker_rules import along
from tests.drawing import draw, findings, says


def test_m03_breaks():
    (found,) = findings("M03", along("001 L1: a东100", "007 L1: a东100"))
    assert says(found, "007", "100 米", "004 之后")
    assert found.row == 1


def test_m03_passes():
    assert not findings("M03", along())


def test_m03_breaks_where_the_numbers_run_the_wrong_way():
    wrong = "图 500米\na b c d e\n界线\nL1 甲|乙: a-e\n界桩\n003 L1: b\n002 L1: c\n001 L1: d\n"
    (found,) = findings("M03", draw(wrong))
    assert found.severity is Severity.ERROR
    assert found.register == "markers"


def test_m03_warns_where_the_line_is_drawn_against_its_numbers():
    drawn = draw(
        "图 500米\na . .\n. c .\n. . e\n界线\nL1 甲|乙: e-a\n界桩\n001 L1: a东3\n002 L1: c\n003 L1: e\n"
    )
    (found,) = findings("M03", drawn)
    assert found.severity is Severity.WARNING
    assert found.register == "lines"
    assert not findings("G18", drawn)


def test_m03_passes_on_a_closed_line_and_far_from_it():
    assert not findings("M03", along("003 L1: c", "009 L1: c南900"))
    ring = "图 500米\na b\nd c\n界线\nL1 甲|乙: a-b-c-d-a\n界桩\n002 L1: b\n001 L1: c\n003 L1: d\n"
    assert not findings("M03", draw(ring))


def test_g18_breaks():
    drawn = "图 500米\na . .\n. c .\n. . e\n界线\nL1 甲|乙: e-a\n界桩\n002 L1: a东3\n001 L1: c\n"
    (found,) = findings("G18", draw(drawn))
    assert says(found, "L1", "反转")


def test_g18_passes():
    assert not findings("G18", along())
    assert not findings("G18", draw("图 500米\na . .\n. c .\n. . e\n界线\nL1 甲|乙: e-a\n"))
