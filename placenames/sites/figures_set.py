"""Figures that a deployment has set for its sites: `name:number,name:number`."""

from __future__ import annotations

import re
from functools import cache
from math import inf

from gis.errors import BadInput


@cache
def figures(setting: str, said: str, names: str) -> dict[str, float]:
    """The figures of a setting, `name:number,name:number`; `names` is the pattern of names it may hold. Raises BadInput."""
    try:
        pairs = [each.split(":") for each in said.split(",") if each.strip()]
        found = {name.strip(): float(number) for name, number in pairs}
    except ValueError as problem:
        raise _unreadable(setting) from problem
    if not all(re.fullmatch(names, name) and 0 <= number < inf for name, number in found.items()):
        raise _unreadable(setting)
    return found


def _unreadable(setting: str) -> BadInput:
    return BadInput(
        "设置 {name} 应写作 名称:数字,名称:数字,名称如说明书所列",
        "the setting {name} should read name:number,name:number, with the names that the README gives",
        name=setting,
    )
