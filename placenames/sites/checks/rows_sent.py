"""Rows of sites as rules of single rows read them, and the figures that a deployment has set for them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from gis.errors import BadInput
from gis.intake.rules import Offence, Severity, Survey
from gis.registers import Register
from gis.text import Text


def rows_sent(survey: Survey, register: Register) -> Iterator[dict[str, Any]]:
    """Each row that was sent for a register; what is not said is None."""
    sheet = survey.sheet(register.name)
    if sheet is not None:
        yield from sheet.astype(object).where(sheet.notna(), None).to_dict("records")


def broken(
    register: Register, row: Mapping[str, Any], severity: Severity | None = None, text: Text | None = None, **values: Any
) -> Offence:
    """A rule broken by a row, at its place."""
    return Offence(register.name, int(row["row"]), row["geometry"], values, severity, text=text)


@cache
def figures(setting: str, said: str, names: str) -> dict[str, float]:
    """The figures of a setting, `name:number,name:number`; `names` is the pattern of names it may hold. Raises BadInput."""
    try:
        pairs = [each.split(":") for each in said.split(",") if each.strip()]
        found = {name.strip(): float(number) for name, number in pairs}
    except ValueError as problem:
        raise _unreadable(setting) from problem
    if not all(re.fullmatch(names, name) and number >= 0 for name, number in found.items()):
        raise _unreadable(setting)
    return found


def _unreadable(setting: str) -> BadInput:
    return BadInput(
        "设置 {name} 应写作 名称:数字,名称:数字,名称如说明书所列",
        "the setting {name} should read name:number,name:number, with the names that the README gives",
        name=setting,
    )
