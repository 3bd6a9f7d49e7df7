"""The report on a candidate: check by check, with its finds, in both languages, whatever was typed."""

from __future__ import annotations

import json
from datetime import date
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.intake.rules import RULES, Severity
from placenames.checks.likeness import Likeness
from placenames.checks.name_checks import STATES, State
from tests.naming import COUNTY, EAST, EASTERN, WEST, LittleCounty, east

WIDE = str.maketrans({chr(point): chr(point + 0xFEE0) for point in range(0x21, 0x7F)})


def test_the_report_shows_each_check_with_its_mark(little_county: LittleCounty):
    little_county.has("石门古道", "ROD", EAST, east(8400))
    report = little_county.typed("石门古街", "ROD")
    marks = {each.rule.id: each.mark for each in report.verdicts}
    assert marks["PN08c"] == "✓"
    assert marks["PN18"] == "!"
    assert marks["PN03"] == "✓"
    assert marks["PN01"] == "?"
    assert marks["PN02"] == "–"
    assert report.blocking == 0
    near = report.verdict("PN18")
    assert near
    (hit,) = near.hits
    assert (hit.text, hit.likeness, round(hit.metres or 0, -1)) == ("石门古道", Likeness.NEAR, 8390)
    assert hit.where.zh == "龙泉镇"


def test_the_report_for_programs_says_where_how_far_and_why(little_county: LittleCounty):
    place = little_county.has("中山路", "ROD", EAST, EASTERN)
    little_county.has("钟山路", "ROD", EAST, EASTERN)
    said = json.loads(json.dumps(little_county.typed("中山路", "ROD").as_dict(), default=str))
    (same,) = said["same"]
    assert same["place"] == str(place)
    assert same["why"] == {"zh": "文字相同", "en": "the same characters"}
    assert same["unit_name"] == "龙泉镇"
    assert same["metres"] == pytest.approx(9640, abs=20)
    assert [each["name"] for each in said["homophones"]] == ["钟山路"]
    assert said["near"] == []
    assert said["blocking"] == 1
    assert (said["specific"], said["generic"]) == ("中山", "路")


def test_a_typed_name_is_not_too_long_either(little_county: LittleCounty):
    passes = little_county.typed("中山路", "ROD").verdict("PC08")
    assert passes
    assert passes.mark == "✓"
    report = little_county.typed("长" * 101 + "路", "ROD", roman="Cháng " * 900)
    found = report.verdict("PC08")
    assert found
    assert found.mark == "✕"
    said = [each.message.zh for each in found.findings]
    assert said == ["标准名称有 102 个字符,至多 100 个", "汉语拼音有 5,400 个字符,至多 4,000 个"]


def test_a_report_is_the_list_of_its_findings(little_county: LittleCounty):
    little_county.has("中山路", "ROD", EAST, EASTERN)
    report = little_county.typed("中山路", "ROD")
    (worst,) = [each for each in report if each.severity is Severity.ERROR]
    assert worst.rule == "PN08c"
    assert worst.geometry is not None
    assert worst.geometry.equals(EASTERN)


def test_every_sentence_of_a_report_is_in_both_languages(little_county: LittleCounty):
    little_county.has("毛泽东路", "ROD", EAST, EASTERN)
    report = little_county.typed("毛泽东·路", "ROD", roman="Mao Zedong Road", roman_confirmed=False)
    assert {each.rule for each in report if each.severity is Severity.ERROR} >= {
        "PN04",
        "PN08c",
        "PN13",
        "PN15",
    }
    for verdict in report.verdicts:
        texts = [verdict.why, *(text for each in verdict.findings for text in (each.message, each.fix))]
        texts += [text for hit in verdict.hits for text in (hit.why, hit.far, hit.where, hit.within)]
        for text in texts:
            assert "{" not in text.zh + text.en
            assert text.zh != text.en or text.zh == "龙泉镇"


def test_the_checks_that_do_not_concern_a_candidate_are_left_out(little_county: LittleCounty):
    rules = {each.rule.id for each in little_county.typed("石桥路", "ROD").verdicts}
    assert not rules & {
        "PN07",
        "PN08a",
        "PN08b",
        "PN08d",
        "PN08e",
        "PN08f",
        "PN09",
        "PN10",
        "PN16",
        "PN17",
        "PN19",
        "PC01",
        "PC07",
    }
    assert rules <= set(RULES)
    assert {each.rule.id for each in little_county.typed("石桥路", "ROD", action="delete").verdicts} == {"PN16", "PN19"}
    rules = {
        each.rule.id for each in little_county.typed("石桥路", "ROD", action="rename", place=uuid4()).verdicts
    }
    assert {"PN16", "PN17", "PN19"} <= rules


def test_what_is_not_known_makes_checks_not_checked_and_says_why(little_county: LittleCounty):
    report = little_county.typed("石桥路", "", "", at=None, class_code="")
    why = {each.rule.id: each.why.zh for each in report.verdicts if each.state is State.NOT_CHECKED}
    assert "类别" in why["PN08b"]
    assert "政区" in why["PN18"]
    report = little_county.typed("石桥路", "ROD", at=None)
    why = {each.rule.id: each.why.en for each in report.verdicts if each.state is State.NOT_CHECKED}
    assert "position" in why["PN11"]
    early = little_county.typed("石桥路", "ROD", day=date(2022, 4, 30))
    assert early.scope is None
    verdict = early.verdict("PN03")
    assert verdict
    assert verdict.state is State.NOT_CHECKED
    assert set(STATES) == set(State)


def test_an_unknown_unit_is_found_and_the_rest_is_checked(little_county: LittleCounty):
    little_county.has("中山路", "ROD", EAST, EASTERN)
    report = little_county.typed("中山路", "ROD", "330901055")
    assert {each.rule for each in report if each.severity is Severity.ERROR} == {"PC03", "PN08c"}
    nonsense = little_county.typed("中山路", "ROD", "'; DROP TABLE names; --")
    assert [each.rule for each in nonsense if each.severity is Severity.ERROR] == ["PC03"]


@pytest.mark.parametrize(
    "name",
    [
        "O'Brien路",
        '"路"',
        "%",
        "_%_路",
        "\\",
        "\\%路",
        "{name}路",
        "路\x00",
        "",
        "   ",
        "\U0002a6d6村",
        "石桥" * 2500,
    ],
)
def test_whatever_is_typed_is_answered(little_county: LittleCounty, name: str):
    little_county.has("中山路", "ROD", EAST, EASTERN)
    for category in ("ROD", "VIL", "FAC", "ADM", ""):
        report = little_county.typed(name, category)
        assert report.verdicts
        assert not report.hits(*Likeness)
        json.dumps(report.as_dict(), default=str)


def test_signs_of_patterns_are_only_themselves(little_county: LittleCounty):
    little_county.has("金沙湾路", "ROD", EAST, EASTERN)
    for name in ("金沙%路", "金沙_路", "金_湾路", "____", "%"):
        found = little_county.typed(name, "ROD").hits(Likeness.SAME, Likeness.FOLDED, Likeness.SOUND)
        assert not found


def test_a_place_called_the_same_is_not_told_twice(little_county: LittleCounty):
    little_county.has("锦绣花园", "RES", EAST, EASTERN)
    report = little_county.typed("锦绣苑", "RES")
    assert len(report.hits(*Likeness)) == 1
    verdict = report.verdict("PN18")
    assert verdict
    assert verdict.mark == "✓"


@given(
    name=st.text("石桥门龙泉青山绿水東廣場國華路村", min_size=2, max_size=6),
    spaces=st.lists(st.integers(0, 6), max_size=3),
    mark=st.sampled_from(["", "·", "\u200b", "\u3000"]),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_name_is_always_the_same_as_itself_however_it_is_written(
    little_county: LittleCounty, name: str, spaces: list[int], mark: str
):
    with little_county.tx.begin_nested() as once:
        little_county.has(name + "A1路", "ROD", EAST, EASTERN)
        typed = (name + "a1路").translate(WIDE)
        for at in spaces:
            typed = typed[:at] + (mark or " ") + typed[at:]
        found = little_county.typed(typed, "ROD", WEST).hits(Likeness.SAME)
        once.rollback()
    assert [hit.text for hit in found] == [name + "A1路"]


def test_hits_are_nearest_first(little_county: LittleCounty):
    for metres in (7000, 900, 3000):
        little_county.has("青山村", "VIL", COUNTY, east(metres))
    found = little_county.typed("青山村", "VIL").hits(Likeness.SAME)
    assert [round(hit.metres or 0, -2) for hit in found] == [900, 3000, 7000]
