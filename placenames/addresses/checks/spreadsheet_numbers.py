"""Numbers that a spreadsheet changed by itself: 3-1 into the first of March, a long number into 1.2E+03.

Whoever sends them did not write them, and which number it was is not to be told from what is left.
"""

from __future__ import annotations

import re

MONTHS = "Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec"
_MONTH, _DAY = "(?:0?[1-9]|1[0-2])", "(?:0?[1-9]|[12][0-9]|3[01])"
_YEAR = "(?:19|20)[0-9]{2}"
_DAYS = re.compile(
    f"{_YEAR}([-/.]){_MONTH}\\1{_DAY}(?:[ T]0?0:00(?::00)?)?"
    f"|(?:{_YEAR}年)?{_MONTH}月(?:{_DAY}[日号])?"
    f"|[0-9]{{1,4}}-(?:{MONTHS})(?:-[0-9]{{2,4}})?|(?:{MONTHS})-[0-9]{{1,4}}",
    re.IGNORECASE,
)
"""Days as spreadsheets write them. 2026-3-1号 is none: who writes 号 means a number."""
_POWERS = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]+", re.IGNORECASE)


def is_a_day(number: str) -> bool:
    """Whether what stands for a number is a day."""
    return _DAYS.fullmatch(number) is not None


def is_a_power(number: str) -> bool:
    """Whether it is a number in powers of ten, of which only the first digits are left."""
    return _POWERS.fullmatch(number) is not None


def was_changed(number: str) -> bool:
    """Whether a spreadsheet wrote it, and nobody."""
    return is_a_day(number) or is_a_power(number)
