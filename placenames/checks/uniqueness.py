"""Uniqueness: where two places of a kind must not bear the same name, and by which part they are compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from gis.sources import Source
from gis.text import Text
from placenames import shipped
from placenames.kinds import Category

NATURAL_VILLAGE = "natural_village"
"""The level of a natural village (`kinds.NATURAL_VILLAGE_CLASS`)."""


class Area(StrEnum):
    """The ground within which a name must be alone (Regulations on Place Names, Article 9 (7) and (8))."""

    NATION = "nation"
    PROVINCE = "province"
    COUNTY = "county"
    BUILT_UP = "built_up"
    TOWNSHIP = "township"

    @property
    def text(self) -> Text:
        """The ground in words."""
        return AREAS[self]


AREAS = {
    Area.NATION: Text("全国", "the whole country"),
    Area.PROVINCE: Text("同一省级行政区域", "the same province"),
    Area.COUNTY: Text("同一县级行政区域", "the same county"),
    Area.BUILT_UP: Text("同一建成区", "the same built-up area"),
    Area.TOWNSHIP: Text("同一乡级行政区域", "the same township"),
}


class Compared(StrEnum):
    """Which part of two names is laid side by side. The law does not say; without a local rule it is our setting."""

    FULL = "full"
    SPECIFIC = "specific"


@dataclass(frozen=True, slots=True)
class Scope:
    """One rule on where names must be alone."""

    category: Category
    level: str
    """province, prefecture, county, township, subdistrict, famous, natural_village; empty: the category as such."""
    area: Area
    compare: Compared
    binding: bool
    """False: no ground in force; a duplicate is only warned of."""
    rule: str
    source: Source
    jurisdiction: str
    """CN, or the beginning of the unit codes where it holds."""
    row: Mapping[str, str]


def scope_of(category: str, level: str = "", jurisdiction: str = "", on: date | None = None) -> Scope | None:
    """Where a name of this kind must be alone: the closest rule in force on a day (today); None where no rule says.

    `level` tells divisions apart (county, township, subdistrict), famous natural features and natural villages (class
    22200); `jurisdiction` is the unit code of the place.
    """
    day = on or date.today()
    found = [
        each for each in scopes() if each.category == category and _holds(each, level, jurisdiction, day)
    ]
    return max(found, key=_closeness, default=None)


@cache
def scopes() -> tuple[Scope, ...]:
    """Every rule on where names must be alone."""
    return tuple(_scope(row) for row in shipped.rows("uniqueness_scopes.csv"))


def _holds(scope: Scope, level: str, jurisdiction: str, on: date) -> bool:
    here = shipped.applies(scope.jurisdiction, jurisdiction)
    return here and scope.level in {level, ""} and shipped.in_force(scope.row, on)


def _closeness(scope: Scope) -> tuple[bool, int]:
    return scope.level != "", 0 if scope.jurisdiction == shipped.NATIONAL else len(scope.jurisdiction)


def _scope(row: Mapping[str, str]) -> Scope:
    return Scope(
        Category(row["category"]),
        row["level"],
        Area(row["area"]),
        Compared(row["compare"]),
        row["binding"] == "true",
        row["rule"],
        shipped.source_of(row),
        row["jurisdiction"],
        row,
    )
