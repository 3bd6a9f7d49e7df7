"""Places that are not open to the public stand in the way of others, who are told so without their names."""

from __future__ import annotations

import json
from typing import Any

import pytest
from shapely.geometry import Point

from placenames.checks.likeness import Likeness
from tests.naming import CENTRE, EAST, EASTERN, VILLAGE, WEST, LittleCounty, east, road

HERE = (WEST,)
INTERNAL = {"disclosure": "internal"}


def told(report: Any) -> str:
    """All that a report says, for programs and in words."""
    return json.dumps(report.as_dict(), default=str, ensure_ascii=False)


@pytest.mark.parametrize(
    ("name", "other", "category", "rule", "why"),
    [
        ("秘泉路", "秘泉路", "ROD", "PN08c", "文字相同"),
        ("密泉路", "秘泉路", "ROD", "PN08c", "不计声调读音相同"),
        ("秘泉街", "秘泉路", "ROD", "PN18", "专名相同或只差“小”“老”"),
        ("秘泉村", "大秘泉村", "VIL", "PN08b", "除“新”“大”或所在市县名外相同"),
        ("石秘泉路", "石秘水路", "ROD", "PN18", "只差一个字"),
    ],
)
def test_a_clash_with_a_place_of_another_area_is_told_without_its_name(
    little_county: LittleCounty, name: str, other: str, category: str, rule: str, why: str
):
    place = little_county.has(other, category, EAST, EASTERN, **INTERNAL)
    report = little_county.typed(name, category, areas=HERE)
    verdict = report.verdict(rule)
    assert verdict
    (finding,), (hit,) = verdict.findings, verdict.hits
    assert hit.hidden
    assert "不公开的地名" in finding.message.zh
    assert "龙泉镇" in finding.message.zh
    assert why in finding.message.zh
    assert finding.geometry is None
    assert (hit.lon, hit.lat, hit.metres, hit.code, hit.text, hit.unit) == (None, None, None, "", "", EAST)
    said = told(report)
    assert str(place) not in said
    assert str(EASTERN.x) not in said
    assert other == name or other not in said.replace(name, "")
    everything = little_county.typed(name, category, areas=(WEST, EAST))
    assert str(place) in told(everything)
    assert [each.severity for each in everything] == [each.severity for each in report]


def test_a_place_of_a_village_is_told_by_its_town(little_county: LittleCounty):
    little_county.has("秘泉路", "ROD", VILLAGE, east(900), **INTERNAL)
    report = little_county.typed("秘泉路", "ROD", EAST, areas=(EAST,))
    (hit,) = report.hits(*Likeness)
    assert (hit.unit, hit.where.zh) == (WEST, "石桥镇")


def test_whoever_is_open_to_the_public_is_named_to_everybody_and_comes_first(little_county: LittleCounty):
    little_county.has("秘泉路", "ROD", EAST, east(200), **INTERNAL)
    little_county.has("秘泉路", "ROD", EAST, EASTERN)
    same = little_county.typed("秘泉路", "ROD", areas=HERE).as_dict()["same"]
    assert [(each["hidden"], each["name"]) for each in same] == [(False, "秘泉路"), (True, None)]


def test_a_second_record_of_one_place_is_told_without_its_name_and_code(little_county: LittleCounty):
    little_county.has("秘泉路", "ROD", EAST, EASTERN, **INTERNAL)
    little_county.has("暗泉路", "ROD", EAST, east(3000), **INTERNAL)
    for name, at in (("秘泉路", EASTERN), ("样路", east(3000))):
        report = little_county.typed(name, "ROD", at=at, areas=HERE)
        verdict = report.verdict("PN12")
        assert verdict
        (finding,) = verdict.findings
        assert "不公开的地名" in finding.message.zh
        assert "龙泉镇" in finding.fix.zh
        assert "暗泉路" not in told(report)
        assert EAST + "23513" not in told(report)


def test_what_a_division_or_a_facility_is_named_after_is_told_without_how_far_it_is(little_county: LittleCounty):
    little_county.has("秘泉山", "NAT", EAST, EASTERN, **INTERNAL)
    named = little_county.typed("秘泉镇", "ADM", WEST, class_code="21500", areas=HERE).verdict("PN09")
    assert named
    (finding,) = named.findings
    assert "秘泉山" not in finding.message.zh
    assert "龙泉镇" in finding.message.zh
    little_county.has("幽泉路", "ROD", EAST, road(EASTERN, Point(EASTERN.x + 0.01, EASTERN.y)), **INTERNAL)
    along = little_county.typed("幽泉路小学", "FAC", at=CENTRE, areas=HERE).verdict("PN11")
    assert along
    (finding,) = along.findings
    assert finding.message.zh == "“幽泉路小学”含路名“幽泉路”,而不在该路沿线"
