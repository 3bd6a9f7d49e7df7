"""What a question for place names may say; anything else is refused with 400."""

from __future__ import annotations

import re
from typing import Annotated

from fastapi import Depends, Query

from api import asking
from api.deps import Config, Visitor, areas_read_by, day, decimals_for, reads_as_public
from gis.errors import BadInput
from gis.text import Text
from placenames.finding.gazetteer import MOST, Search
from placenames.kinds import Category

UNIT = re.compile(r"[0-9A-Za-z_-]{1,24}", re.ASCII)
CLASS = re.compile(r"[0-9]{1,5}", re.ASCII)
DEGREES = re.compile(r"[+-]?\d{1,3}(\.\d{1,20})?", re.ASCII)


async def _wanted(
    config: Config,
    visitor: Visitor,
    q: Annotated[str, Query(description="a name, old or new, its pinyin, its initials or its code")] = "",
    on: Annotated[str | None, Query(description="legal day, 2026-05-01")] = None,
    kind: Annotated[str, Query(description="a category (ROD) or a class code (23514)")] = "",
    category: Annotated[str, Query()] = "",
    class_code: Annotated[str, Query(description="the beginning of class codes")] = "",
    unit: Annotated[str, Query(description="the beginning of unit codes")] = "",
    bbox: Annotated[str, Query(description="west,south,east,north in degrees")] = "",
    near: Annotated[str, Query(description="lon,lat in degrees: near places first among equals")] = "",
    limit: int = 20,
) -> Search:
    if CLASS.fullmatch(kind):
        class_code = class_code or kind
    else:
        category = category or kind
    return Search(
        q,
        day(on, "on"),
        unit=unit_of(unit),
        category=category_of(category),
        class_code=class_code_of(class_code),
        box=asking.box(bbox or None),
        near=near_of(near),
        limit=min(asking.capped(limit), MOST),
        public=reads_as_public(visitor),
        areas=areas_read_by(visitor),
        decimals=decimals_for(config, visitor),
    )


Wanted = Annotated[Search, Depends(_wanted)]


def unit_of(given: str) -> str:
    """The beginning of unit codes, or nothing. Raises BadInput."""
    return _matching(UNIT, given, "unit", Text("政区代码的开头", "the beginning of a unit code"))


def class_code_of(given: str) -> str:
    """The beginning of class codes, or nothing. Raises BadInput."""
    return _matching(CLASS, given, "class_code", Text("类别代码的开头", "the beginning of a class code"))


def category_of(given: str) -> str | None:
    """A category, in whatever case. Raises BadInput."""
    if not given:
        return None
    if given.upper() not in list(Category):
        raise BadInput(
            "类别应为 {known} 之一,收到“{given}”", "a category is one of {known}, not “{given}”",
            known=", ".join(Category), given=given[:40],
        )  # fmt: skip
    return given.upper()


def _matching(pattern: re.Pattern[str], given: str, name: str, what: Text) -> str:
    if given and not pattern.fullmatch(given):
        raise BadInput(
            "{name} 应为{what},收到“{given}”", "{name} should be {what}, not “{given}”",
            name=name, what=what, given=given[:40],
        )  # fmt: skip
    return given


def near_of(given: str) -> tuple[float, float] | None:
    """A point, lon and lat in degrees, or nothing. Raises BadInput."""
    if not given:
        return None
    parts = [part.strip() for part in given.split(",")]
    if len(parts) == 2 and all(map(DEGREES.fullmatch, parts)):
        lon, lat = map(float, parts)
        if -180 <= lon <= 180 and -90 <= lat <= 90:
            return lon, lat
    raise BadInput(
        "near 应为 经度,纬度,收到“{given}”", "near should be lon,lat in degrees, not “{given}”", given=given[:40]
    )
