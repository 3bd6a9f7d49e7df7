"""Levels and codes of units, as this deployment has set them."""

from __future__ import annotations

import re
from functools import cache

from gis.errors import BadInput
from gis.settings import Settings


@cache
def levels(unit_codes: str) -> dict[str, re.Pattern[str]]:
    """Level -> pattern of its codes, from the top down: `county:[0-9]{6},township:[0-9]{9}`."""
    found: dict[str, re.Pattern[str]] = {}
    for part in re.split(r",(?=\w+:)", unit_codes):
        level, colon, pattern = part.strip().partition(":")
        if not colon or not _is_pattern(pattern):
            raise BadInput(
                "设置 JIEZHI_UNIT_CODES 中“{part}”应写作 级别:代码模式",
                "in JIEZHI_UNIT_CODES, “{part}” should read level:pattern",
                part=part,
            )
        found[level] = re.compile(pattern)
    return found


def level_of(code: str, settings: Settings) -> str | None:
    """The level whose pattern a code follows, or None."""
    for level, pattern in levels(settings.unit_codes).items():
        if pattern.fullmatch(code):
            return level
    return None


def parent_of(code: str, settings: Settings) -> str | None:
    """The code of the level above that this code begins with, or None at the top."""
    above = None
    for pattern in levels(settings.unit_codes).values():
        if pattern.fullmatch(code):
            return above
        begins = pattern.match(code)
        above = begins.group() if begins else above
    return None


def _is_pattern(words: str) -> bool:
    try:
        re.compile(words)
    except re.error:
        return False
    return bool(words)
