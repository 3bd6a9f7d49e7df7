"""Codes: a map that breaks the rule and one that passes."""

import json

import pytest

import boundaries  # noqa: F401 - enters the rules
from gis.errors import BadInput
from gis.settings import from_environment
from tests.conftest import Office
from tests.drawing import COUNTY, county, draw, findings, rules_broken, says


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


def renamed(*codes: str):
    """The county without a fault, its first lines under these codes."""
    survey = county()
    lines = survey.sheets["lines"]
    lines.loc[: len(codes) - 1, "code"] = list(codes)
    return survey


def test_a10_breaks():
    (found,) = findings("A10", renamed("L" * 65))
    assert (found.register, found.row, found.severity) == ("lines", 1, "error")
    assert says(found, "65 个字符", "最多 64 个", "65 characters")
    assert len(found.message.zh) < 100
    (found,) = findings("A10", renamed("L1\u200b\tx"))
    assert "\u200b" not in found.message.zh
    survey = county()
    survey.sheets["tri_junctions"].loc[0, "code"] = "T" * 5000
    assert {found.register for found in findings("A10", survey)} == {"tri_junctions"}


def test_a10_passes():
    assert not findings("A10", renamed("L" * 64, "990101001990101002", "甲—乙 线", "1253"))
    survey = renamed("L1")
    survey.sheets["lines"].loc[0, "code"] = None
    assert not findings("A10", survey)


TWO_TOWNS = r"\d{18}|\d{12}"


def test_a11_breaks():
    survey = draw(COUNTY, line_codes=TWO_TOWNS)
    found = findings("A11", survey)
    assert [each.row for each in found] == [1, 2, 3, 4, 5, 6]
    assert says(found[0], "L1", TWO_TOWNS, "JIEZHI_LINE_CODES")
    assert {each.severity for each in found} == {"error"}
    survey.sheets["lines"].loc[0, "code"] = "9901010019901010021"
    assert "A11" in rules_broken(survey), "a code that only begins as it should"


def test_a11_passes():
    assert not findings("A11", county())
    survey = draw(COUNTY, line_codes=TWO_TOWNS)
    survey.sheets["lines"]["code"] = [f"9901010019901010{n:02}" for n in range(5)] + ["990101990102"]
    assert not findings("A11", survey)


def test_a_pattern_that_is_none_is_refused_at_the_start():
    for wrong in ("(", "[9", "*"):
        with pytest.raises(BadInput, match="JIEZHI_LINE_CODES"):
            from_environment({"JIEZHI_LINE_CODES": wrong})


def test_a_code_that_no_index_takes_is_a_finding_and_not_a_fault(county_office: Office, tmp_path):
    place = tmp_path / "a.geojson"
    line = {"type": "LineString", "coordinates": [[110.2, 30.6], [110.3, 30.7]]}
    about = {"JXDM": "界" * 9000, "JXMC": "x", "ZCDM": "990101001", "YCDM": "990101002"}
    content = {
        "type": "FeatureCollection",
        "features": [{"type": "Feature", "geometry": line, "properties": about}],
    }
    place.write_text(json.dumps(content))
    report = county_office.state(county_office.send("surveyor", place), "surveyor")
    assert report["state"] == "blocked"
    assert "A10" in {each["rule"] for each in report["findings"]}
