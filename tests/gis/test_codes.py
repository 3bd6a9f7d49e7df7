"""Levels and codes as a deployment sets them."""

from dataclasses import replace

import pytest

from gis.codes import level_of, levels, parent_of
from gis.errors import BadInput
from gis.settings import Settings

NATIONAL = Settings()
TAIWAN = replace(NATIONAL, unit_codes=r"county:\d{5},township:\d{8},village:\d{8}-?\d{3}")
LETTERS = replace(NATIONAL, unit_codes=r"county:[A-Z]{1,2},township:[A-Z]{1,2}\d{2,3}")


@pytest.mark.parametrize(
    ("code", "settings", "level", "parent"),
    [
        ("11", NATIONAL, "province", None),
        ("1101", NATIONAL, "prefecture", "11"),
        ("110101", NATIONAL, "county", "1101"),
        ("110101001", NATIONAL, "township", "110101"),
        ("110101001001", NATIONAL, "village", "110101001"),
        ("1101010", NATIONAL, None, None),
        ("", NATIONAL, None, None),
        ("10017010", TAIWAN, "township", "10017"),
        ("10017010-001", TAIWAN, "village", "10017010"),
        ("AB", LETTERS, "county", None),
        ("AB123", LETTERS, "township", "AB"),
    ],
)
def test_a_code_tells_its_level_and_the_unit_above(
    code: str, settings: Settings, level: str | None, parent: str | None
) -> None:
    assert level_of(code, settings) == level
    assert parent_of(code, settings) == parent


def test_levels_stand_from_the_top_down() -> None:
    assert list(levels(TAIWAN.unit_codes)) == ["county", "township", "village"]


@pytest.mark.parametrize("words", ["county", "county:", r"county:\d{5},township:(", "county:[0-9"])
def test_a_setting_that_makes_no_sense_is_named(words: str) -> None:
    with pytest.raises(BadInput, match="JIEZHI_UNIT_CODES"):
        levels(words)
