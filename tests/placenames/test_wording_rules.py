"""The words of a name: characters, persons, foreign places, firms; lists screen, and a hit says by which criterion."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from gis.intake.rules import Severity
from placenames.checks.name_checks import State
from tests.naming import LittleCounty


def test_pn01_breaks(little_county: LittleCounty):
    (found,) = little_county.finds("PN01", "黄泉路", "ROD")
    assert found.severity is Severity.NOTE
    assert "黄泉" in found.message.zh


def test_pn01_passes(little_county: LittleCounty):
    assert not little_county.finds("PN01", "石桥路", "ROD")


def test_pn01_is_always_for_a_person_to_judge(little_county: LittleCounty):
    verdict = little_county.typed("石桥路", "ROD").verdict("PN01")
    assert verdict
    assert (verdict.state, verdict.mark) == (State.CHECKLIST, "?")


def test_pn03_breaks(little_county: LittleCounty):
    (found,) = little_county.finds("PN03", "㘵头村")
    assert found.severity is Severity.ERROR
    assert "“㘵”" in found.message.zh
    (rare,) = little_county.finds("PN03", "垟头村")
    assert rare.severity is Severity.WARNING


def test_pn03_passes(little_county: LittleCounty):
    assert not little_county.finds("PN03", "石桥村")
    little_county.settings = replace(little_county.settings, name_characters="㘵")
    assert not little_county.finds("PN03", "㘵头村")


def test_pn03_names_older_than_the_law_are_warned_of(little_county: LittleCounty):
    (found,) = little_county.finds("PN03", "㘵头村", named_on=date(1983, 1, 1))
    assert found.severity is Severity.WARNING


@pytest.mark.parametrize(("name", "weight"), [("岳飞路", "warning"), ("毛泽东路", "error")])
def test_pn04_breaks(little_county: LittleCounty, name: str, weight: str):
    (found,) = little_county.finds("PN04", name, "ROD")
    assert found.severity.value == weight
    assert "例外" in found.message.zh
    assert "Exempt" in found.message.en


def test_pn04_passes(little_county: LittleCounty):
    assert not little_county.finds("PN04", "飞岳路", "ROD")


def test_pn05_breaks(little_county: LittleCounty):
    (found,) = little_county.finds("PN05", "曼哈顿广场", "RES")
    assert found.severity is Severity.ERROR


def test_pn05_passes(little_county: LittleCounty):
    assert not little_county.finds("PN05", "石桥村")
    (note,) = little_county.finds("PN05", "柏林村")
    assert note.severity is Severity.NOTE


def test_pn06_breaks(little_county: LittleCounty):
    (found,) = little_county.finds("PN06", "沃尔玛路", "ROD")
    assert found.severity is Severity.WARNING


def test_pn06_passes(little_county: LittleCounty):
    assert not little_county.finds("PN06", "石桥路", "ROD")
