"""The romanization of a name: proposed by the rules, confirmed by a person."""

from __future__ import annotations

from gis.intake.rules import Severity
from tests.naming import LittleCounty


def test_pn13_breaks(little_county: LittleCounty):
    (found,) = little_county.finds("PN13", "南京路", "ROD", roman="Nanjing Road", roman_confirmed=False)
    assert found.severity is Severity.ERROR
    assert "Nánjīng Lù" in found.message.zh


def test_pn13_passes(little_county: LittleCounty):
    assert not little_county.finds("PN13", "南京路", "ROD", roman="Nánjīng Lù", roman_plain="NANJING LU")


def test_pn13_a_missing_spelling_is_proposed_and_a_person_must_confirm_it(little_county: LittleCounty):
    verdict = little_county.typed("南京路", "ROD", roman_confirmed=False).verdict("PN13")
    assert verdict
    (found,) = verdict.findings
    assert found.severity is Severity.NOTE
    assert "Nánjīng Lù" in found.message.en


def test_pn13_what_a_person_confirmed_is_only_shown(little_county: LittleCounty):
    (found,) = little_county.finds("PN13", "十里堡", roman="Shílǐbǎo", roman_confirmed=True)
    assert found.severity is Severity.NOTE


def test_pn13_doubtful_readings_are_named(little_county: LittleCounty):
    (found,) = little_county.finds("PN13", "大堡村", roman="Dàbǎocūn", roman_confirmed=False)
    assert found.severity is Severity.NOTE
    assert "堡" in found.message.zh
