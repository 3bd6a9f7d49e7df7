"""The form of a name: its parts, its generic term against the size, its length, its signs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gis.intake.rules import Severity
from placenames.checks.name_checks import State
from tests.naming import COUNTY, LittleCounty


@pytest.fixture
def with_limits(little_county: LittleCounty) -> LittleCounty:
    little_county.settings = replace(little_county.settings, name_jurisdiction="3407")
    return little_county


def test_pn02_breaks(with_limits: LittleCounty):
    (found,) = with_limits.finds("PN02", "石桥大厦", "RES", floors=6)
    assert found.severity is Severity.WARNING
    assert "10" in found.message.zh
    assert "铜陵" in found.message.zh


def test_pn02_passes(with_limits: LittleCounty):
    assert not with_limits.finds("PN02", "石桥大厦", "RES", floors=12)
    assert not with_limits.finds("PN02", "石桥大厦", "RES")


def test_pn02_without_a_jurisdiction_no_size_is_judged(little_county: LittleCounty):
    assert not little_county.finds("PN02", "石桥大厦", "RES", floors=2)
    verdict = little_county.typed("石桥大厦", "RES", floors=2).verdict("PN02")
    assert verdict
    assert verdict.state is State.NOT_CHECKED
    assert "JIEZHI_NAME_JURISDICTION" in verdict.why.zh


def test_pn02_grand_words_are_screened_everywhere(little_county: LittleCounty):
    (found,) = little_county.finds("PN02", "宇宙广场", "RES")
    assert "宇宙" in found.message.zh


@pytest.mark.parametrize(
    ("name", "category", "weight"),
    [
        ("石桥广场花园", "RES", "warning"),
        ("石桥", "ROD", "warning"),
        ("桥路", "ROD", "warning"),
        ("东方石桥锦绣家园路", "ROD", "warning"),
        ("王村", "VIL", "note"),
    ],
)
def test_pn14_breaks(little_county: LittleCounty, name: str, category: str, weight: str):
    assert weight in [each.severity.value for each in little_county.finds("PN14", name, category)]


@pytest.mark.parametrize(
    ("name", "category", "more"),
    [
        ("石桥路", "ROD", {}),
        ("石桥村", "VIL", {}),
        ("石桥镇中心社区居民委员会", "VIL", {"class_code": "27620"}),
        ("样例三江并流国家级自然保护区", "PRK", {}),
    ],
)
def test_pn14_passes(little_county: LittleCounty, name: str, category: str, more: dict):  # type: ignore[type-arg]
    assert not little_county.finds("PN14", name, category, **more)


@pytest.mark.parametrize("name", ["石·桥路", "石-桥路", "EE新城", "24克拉广场"])
def test_pn15_breaks(little_county: LittleCounty, name: str):
    assert Severity.ERROR in [each.severity for each in little_county.finds("PN15", name, "RES")]


def test_pn15_passes(little_county: LittleCounty):
    assert not little_county.finds("PN15", "石桥路", "ROD")
    (note,) = little_county.finds("PN15", "五一路", "ROD", COUNTY)
    assert note.severity is Severity.NOTE
