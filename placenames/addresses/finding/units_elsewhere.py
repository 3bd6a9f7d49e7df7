"""Units elsewhere: whether an address names a county, city or town that is not one of ours."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from placenames.addresses.finding.address_reading import Read
from placenames.addresses.finding.names_met import Leftover, Named
from placenames.addresses.finding.toponym_names import Toponyms, Way
from placenames.addresses.parsing.address_names import OF_A_COUNTY, shipped_names

WIDER = ("province", "prefecture", "county")
LEVELS = {
    "省": "province", "自治区": "province", "自治州": "prefecture", "地区": "prefecture", "市": "prefecture",
    "县": "county", "区": "county", "旗": "county", "镇": "township", "乡": "township", "街道": "township",
}  # fmt: skip
ENDING = re.compile("[\u3400-\u9fff]{1,8}?(?P<ending>自治区|自治州|地区|街道|[省市县区旗镇乡])")
NO_UNIT = re.compile(
    "(?:小|社|校|园|矿|景|开发|工业|保税|高新|生活|厂|[东西南北中A-Z0-9])区$|(?:超|城|夜|门|菜|集|股|早)市$"
)
"""Endings that are none: 小区, 超市."""


def named_elsewhere(read: Read, names: Toponyms) -> Leftover | None:
    """The first stretch that reads as a unit and is none of those registered; a level without any unit says nothing.

    What stands behind a number is the name of a shop, or of who is to be found there.
    """
    numbered = min((each.start for each in read.counted), default=len(read.text))
    for each in read.leftovers:
        if each.start > numbered:
            return None
        for found in ENDING.finditer(each.text):
            if _is_elsewhere(found.group(), found["ending"], names):
                return Leftover(each.start + found.start(), each.start + found.end(), found.group())
    return None


def within_the_units_named(named: Iterable[Named]) -> list[tuple[str, ...]]:
    """The codes of the provinces, cities and counties that are named in full, level by level."""
    found = []
    for level in WIDER:
        codes = {
            one.called.toponym.unit
            for each in named
            for one in each.meant
            if one.called.toponym.level == level and one.called.way is Way.NAME
        }
        if codes:
            found.append(tuple(sorted(codes)))
    return found


def _is_elsewhere(said: str, ending: str, names: Toponyms) -> bool:
    if NO_UNIT.search(said):
        return False
    if LEVELS[ending] in names.levels:
        return not _is_above(said, names)
    return said in _shipped() and not _is_above(said, names)


def _is_above(said: str, names: Toponyms) -> bool:
    """Whether it is one of the country's units above our counties."""
    codes = _shipped().get(said, ())
    return any(county.startswith(code) for county in names.counties for code in codes)


@cache
def _shipped() -> dict[str, tuple[str, ...]]:
    """The country's provinces, prefectures and counties: name -> codes."""
    return {
        name: tuple(each.code.removesuffix(OF_A_COUNTY) if each.code.endswith(OF_A_COUNTY) else each.code for each in known)
        for name, known in shipped_names().meanings.items()
    }
