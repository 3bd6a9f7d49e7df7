"""The county as it would stand: what a survey replaces and what stays."""

import gc

from boundaries.outlook import outlook
from boundaries.successors import related_lines, related_points
from gis.settings import Settings
from tests.drawing import draw

GRID = "图 1000米\na b c d\ne f g h\n"


def standing(drawing: str) -> list[str]:
    """Codes of the lines that would be in force, sent ones with a star."""
    lines = outlook(draw(GRID + drawing)).lines
    return sorted(code + "*" * bool(sent) for code, sent in zip(lines["code"], lines["sent"], strict=True))


def test_a_sent_line_replaces_the_one_of_its_code():
    assert standing("界线\nL1 甲|乙: a-f-b\n生效界线\nL1 甲|乙: a-b\nL2 乙|丙: b-c\n") == ["L1*", "L2"]


def test_a_line_sent_under_a_new_code_replaces_the_old_one():
    assert standing("界线\nN1 乙|甲: b-f-a\n生效界线\nL1 甲|乙: a-b\nL2 乙|丙: b-c\n") == ["L2", "N1*"]


def test_two_parts_replace_the_line_that_was_split():
    assert standing("界线\nN1 甲|乙: a-b\nN2 甲|乙: b-c\n生效界线\nL1 甲|乙: a-b-c\n") == ["N1*", "N2*"]
    assert standing("界线\nL1 甲|乙: a-b\nN2 甲|乙: b-c\n生效界线\nL1 甲|乙: a-b-c\n") == ["L1*", "N2*"]


def test_a_merged_line_replaces_both():
    assert standing("界线\nL1 甲|乙: a-b-c\n生效界线\nL1 甲|乙: a-b\nL2 甲|乙: b-c\n") == ["L1*"]
    assert standing("界线\nN1 甲|乙: a-f-c\n生效界线\nL1 甲|乙: a-b\nL2 甲|乙: b-c\n") == ["N1*"]


def test_a_shared_stretch_makes_lines_related():
    assert standing("界线\nN1 甲|乙: a-b-c-d\n生效界线\nL1 甲|乙: e-b-c-h\n") == ["N1*"]


def test_the_next_stretch_between_the_same_units_stays():
    """Two units may touch again right behind a point where four meet."""
    assert standing("界线\nL1 甲|乙: a-f-b\n生效界线\nL1 甲|乙: a-b\nL2 甲|乙: b-c\n") == ["L1*", "L2"]
    assert standing("界线\nN1 甲|乙: a-f-b\n生效界线\nL1 甲|乙: a-b\nL2 甲|乙: b-c\n") == ["L2", "N1*"]


def test_a_line_between_other_units_stays():
    assert standing("界线\nN1 甲|丙: a-b\n生效界线\nL1 甲|乙: a-b\n") == ["L1", "N1*"]


def test_a_recoded_tri_junction_replaces_the_one_of_its_units_nearby():
    def codes(drawing: str) -> set[str]:
        return set(outlook(draw(GRID + drawing)).tri_junctions["code"])

    assert codes("三交点\nN1 丙乙甲: a东150\n生效三交点\nT1 甲乙丙: a\nT2 甲乙丁: b\n") == {"N1", "T2"}
    assert codes("三交点\nN1 甲乙丙: a东250\n生效三交点\nT1 甲乙丙: a\n") == {"N1", "T1"}
    assert codes("三交点\nT1 甲乙丙: a东5\n生效三交点\nT1 甲乙丙: a\nT2 甲乙丙: a东100\n") == {"T1", "T2"}
    assert codes("三交点\nN1 甲乙丙: a东10\n生效三交点\nT1 甲乙丙: a\nT2 甲乙丙: a东100\n") == {"N1", "T2"}


def test_markers_of_other_numbers_stay():
    both = draw(GRID + "界桩\n002 L1: b\n生效界桩\n001 L1: a\n002 L1: b东3\n002 L2: c\n")
    markers = outlook(both).markers
    assert sorted(zip(markers["line"], markers["number"], markers["row"], strict=True)) == [
        ("L1", "001", -1),
        ("L1", "002", 1),
        ("L2", "002", -1),
    ]


def test_relations_are_answered_as_pairs_of_codes():
    survey = draw(GRID + "界线\nN1 甲|乙: a-f-c\n生效界线\nL1 甲|乙: a-b\nL2 甲|乙: b-c\n")
    found = related_lines(survey.sheets["lines"], survey.in_force["lines"], Settings())
    assert found.to_dict("list") == {"code": ["N1", "N1"], "old": ["L1", "L2"]}
    none = related_points(survey.in_force["tri_junctions"], survey.in_force["tri_junctions"], Settings())
    assert list(none.columns) == ["code", "old"]
    assert none.empty


def test_an_outlook_is_made_once_and_goes_with_its_survey():
    survey = draw(GRID + "界线\nL1 甲|乙: a-b\n")
    seen = outlook(survey)
    assert outlook(survey) is seen
    assert outlook(draw(GRID + "界线\nL9 甲|乙: a-b\n")).lines["code"].tolist() == ["L9"]
    del survey
    gc.collect()
    assert outlook(draw(GRID + "界线\nL8 甲|乙: a-b\n")).lines["code"].tolist() == ["L8"]


def test_a_missing_role_follows_from_an_open_side():
    lines = draw(GRID + "界线\nL1 甲|外: a-b role=\nL2 甲|乙: b-c role=\n").sheets["lines"]
    view = outlook(draw(GRID + "界线\nL1 甲|外: a-b role=\nL2 甲|乙: b-c role=\n"))
    assert len(lines) == 2
    assert view.lines["role"].tolist() == ["outer", "inner"]
    assert view.home == {"990101001", "990101002"}
