"""Single values as they are sent, and what is stored of them: texts, numbers, days, answers, words of a list."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from gis.registers import Field
from gis.text import keepable

LARGEST = 2**31 - 1
"""Whole numbers are kept in four bytes."""
_DAYS = re.compile(
    r"(\d{4})(?:[-/.年]?(\d{1,2})(?:[-/.月]?(\d{1,2})日?)?月?)?年?(?:[T ]0?0:00(?::00(?:\.0*)?)?(?:Z|[+]00:00)?)?"
)


def stored_value(raw: Any, each: Field) -> Any:
    """The stored form of one sent value; None when it is missing or does not fit."""
    sent = text_of(raw)
    if sent is None:
        return None
    if each.choices is not None:
        return each.choices.get(sent.lower())
    return _READERS[each.type](sent) if each.type in _READERS else _number(sent, each)


def _number(sent: str, each: Field) -> float | int | None:
    try:
        number = float(sent)
    except ValueError:
        return None
    if not np.isfinite(number) or (each.type is int and abs(number) > LARGEST):
        return None
    return int(number) if each.type is int else number


def _day(sent: str) -> date | None:
    """A day as people write it: 2026-05-01, 2026/5/1, 2026.5.1, 20260501, 2026年5月1日; a year alone is its first day."""
    found = _DAYS.fullmatch(sent)
    try:
        return date(*(int(part or 1) for part in found.groups())) if found else None
    except ValueError:
        return None


def _yes_or_no(sent: str) -> bool | None:
    return _ANSWERS.get(sent.lower())


_ANSWERS = {**dict.fromkeys(("1", "是", "有", "y", "yes", "true", "t"), True),
            **dict.fromkeys(("0", "否", "无", "n", "no", "false", "f"), False)}  # fmt: skip
_READERS: Mapping[type, Callable[[str], Any]] = {str: str, date: _day, bool: _yes_or_no}


def text_of(raw: Any) -> str | None:
    """One sent value as text, None when it is missing."""
    if raw is None or raw is pd.NaT or (isinstance(raw, float) and np.isnan(raw)):
        return None
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)  # codes that travelled as numbers
    return keepable(str(raw)).strip() or None


def plain(value: Any) -> Any:
    """A value as JSON takes it."""
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value if isinstance(value, int | float | bool) or value is None else keepable(str(value))
