"""How large a place must be to bear a generic term, where a local rule says so."""

from datetime import date

import pytest

from placenames.kinds import Category
from placenames.language.generic_terms import ATTRIBUTES, falls_short, reserved, thresholds_of
from placenames.language.wording import fits
from placenames.shipped import rows, source_of

TODAY = date(2026, 6, 1)
TONGLING, TIANJIN, NANCHANG, ELSEWHERE = "340705", "120101", "360102", "330381"


@pytest.mark.parametrize(
    ("term", "sizes", "jurisdiction", "lacking"),
    [
        ("大厦", {"floors": 9}, TONGLING, ["floors"]),
        ("大厦", {"floors": 10}, TONGLING, []),
        ("大廈", {"floors": 9}, TONGLING, ["floors"]),
        ("大楼", {"floors": 7, "height_m": 20}, TONGLING, ["floors"]),
        ("大楼", {"floors": 7, "height_m": 24}, TONGLING, []),
        ("中心", {"land_m2": 14_000, "floor_area_m2": 90_000}, TONGLING, ["land_m2", "floor_area_m2"]),
        ("中心", {"land_m2": 15_000, "floor_area_m2": 90_000}, TONGLING, ["floor_area_m2"]),
        ("中心", {"land_m2": 9_000, "floor_area_m2": 60_000}, "other-city", []),
        ("广场", {"land_m2": 8_000, "floor_area_m2": 120_000, "open_m2": 2_500}, TONGLING, []),
        ("广场", {"land_m2": 12_000, "floor_area_m2": 50_000, "open_m2": 1_500}, TONGLING, ["open_m2"]),
        (
            "广场",
            {"land_m2": 8_000, "floor_area_m2": 50_000, "open_ratio": 0.1},
            TONGLING,
            ["land_m2", "open_m2"],
        ),
        ("广场", {"land_m2": 12_000, "open_ratio": 0.2}, TONGLING, []),  # open ground 2,400 m²
        ("花园", {"green_ratio": 0.39}, TIANJIN, ["green_ratio"]),
        ("花园", {"green_ratio": 0.4}, TIANJIN, []),
        ("别墅", {"green_ratio": 0.47}, TIANJIN, []),
        ("别墅", {"green_ratio": 0.47}, NANCHANG, ["green_ratio"]),
        ("大厦", {"floors": 12}, "model-small", []),
        ("大厦", {"floors": 12}, "model-large", []),  # by land and floor area, which are not told
        ("大厦", {"floors": 12, "land_m2": 900, "floor_area_m2": 11_000}, "model-large", ["floors"]),
        ("小区", {"land_m2": 90_000}, "model-large", ["land_m2"]),
    ],
)
def test_a_place_falls_short_of_its_term(
    term: str, sizes: dict[str, float], jurisdiction: str, lacking: list[str]
):
    assert [each.attribute for each in falls_short(term, sizes, jurisdiction, TODAY)] == lacking


@pytest.mark.parametrize("jurisdiction", ["", "CN", ELSEWHERE])
def test_without_a_local_rule_nothing_applies(jurisdiction: str):
    tiny = dict.fromkeys(ATTRIBUTES, 0.0)
    assert not [
        row["term"]
        for row in rows("generic_thresholds.csv")
        if falls_short(row["term"], tiny, jurisdiction, TODAY)
    ]


def test_what_is_not_told_is_not_held_against_a_place():
    assert falls_short("大厦", {}, TONGLING, TODAY) == []
    assert falls_short("人民", {"floors": 1}, TONGLING, TODAY) == []


def test_a_term_may_ask_more_of_housing_than_of_trade():
    sizes = {"land_m2": 60_000.0}
    assert [each.needed for each in falls_short("城", sizes, TONGLING, TODAY, "housing")] == [150_000]
    assert falls_short("城", sizes, TONGLING, TODAY, "trade") == []
    assert falls_short("城", sizes, TONGLING, TODAY) == []
    assert [each.needed for each in falls_short("城", {"land_m2": 40_000}, TONGLING, TODAY, "trade")] == [
        50_000
    ]


def test_a_shortfall_says_what_is_needed_and_by_which_rule():
    (found,) = falls_short("大厦", {"floors": 9}, TONGLING, TODAY)
    assert (found.needed, found.given, found.text.zh) == (10, 9, "层数")
    assert "铜陵" in found.source.citation
    assert found.source.grade == "C"


def test_buildings_leave_some_terms_to_others():
    assert reserved("山", "RES", NANCHANG, TODAY)
    assert reserved("灣", "RES", NANCHANG, TODAY)
    assert reserved("山", "NAT", NANCHANG, TODAY) is None
    assert reserved("花园", "RES", NANCHANG, TODAY) is None
    assert reserved("山", "RES", ELSEWHERE, TODAY) is None
    assert reserved("山", "RES", "", TODAY) is None


def test_every_threshold_is_complete():
    for row in rows("generic_thresholds.csv"):
        assert row["category"] in set(Category)
        assert fits(row["term"], row["category"]), row
        assert source_of(row).grade == "C"
        assert [each for each in thresholds_of(row["term"], row["jurisdiction"], TODAY) if each.needs], row
        assert all(0 < float(row[name]) <= 1 for name in ("min_green_ratio", "min_open_ratio") if row[name])
