"""Generic terms: how large a place must be to bear one, and which terms buildings must leave to others; all of it local."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache

from gis.sources import Source
from gis.text import Text
from placenames import shipped
from placenames.language.characters import simplified

ATTRIBUTES = {
    "land_m2": Text("占地面积(平方米)", "land (m²)"),
    "floor_area_m2": Text("建筑面积(平方米)", "floor area (m²)"),
    "floors": Text("层数", "storeys"),
    "height_m": Text("高度(米)", "height (m)"),
    "green_ratio": Text("绿地率", "green share"),
    "open_ratio": Text("空地率", "open share"),
    "open_m2": Text("空地面积(平方米)", "open ground (m²)"),
}
"""What thresholds speak of; shares are between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """What a place must have, all of it, to bear a term; several thresholds of one rule are alternatives."""

    term: str
    needs: Mapping[str, float]
    purpose: str
    """housing, trade; empty for any."""
    jurisdiction: str
    source: Source
    row: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One size that is too small for the term."""

    attribute: str
    needed: float
    given: float
    source: Source

    @property
    def text(self) -> Text:
        """The size in words."""
        return ATTRIBUTES[self.attribute]


def falls_short(
    term: str, attributes: Mapping[str, float], jurisdiction: str, on: date, purpose: str = ""
) -> list[Shortfall]:
    """What a place lacks for its generic term, by the rule of the place on a day; empty when it may bear it.

    Sizes that are not given are not held against it. Where a rule leaves a choice (land or floor area), the way that
    comes closest is told. Without a jurisdiction (the beginning of unit codes) no rule applies: all are local.
    """
    known = _with_open_ground(attributes)
    ways = [_lacking(each, known) for each in thresholds_of(term, jurisdiction, on, purpose)]
    return min(ways, key=len, default=[])


def thresholds_of(term: str, jurisdiction: str, on: date, purpose: str = "") -> list[Threshold]:
    """The alternatives by which a place may bear a term: those of the most local rule in force on a day."""
    listed = [
        each for each in _thresholds().get(simplified(term), ()) if _holds(each, jurisdiction, on, purpose)
    ]
    closest = max((len(each.jurisdiction) for each in listed), default=0)
    return [each for each in listed if len(each.jurisdiction) == closest]


def reserved(term: str, category: str, jurisdiction: str, on: date) -> Source | None:
    """The local rule by which places of a category must not bear a term that means something else (山, 镇 for buildings)."""
    for row in shipped.rows("reserved_terms.csv"):
        said = (row["term"], row["category"]) == (simplified(term), category)
        if said and shipped.applies(row["jurisdiction"], jurisdiction) and shipped.in_force(row, on):
            return shipped.source_of(row)
    return None


def _lacking(threshold: Threshold, known: Mapping[str, float]) -> list[Shortfall]:
    return [
        Shortfall(attribute, needed, known[attribute], threshold.source)
        for attribute, needed in threshold.needs.items()
        if attribute in known and known[attribute] < needed
    ]


def _with_open_ground(attributes: Mapping[str, float]) -> dict[str, float]:
    """The sizes that are known, with the open ground that land and open share come to."""
    known = {name: value for name, value in attributes.items() if value is not None}
    if "open_m2" not in known and {"land_m2", "open_ratio"} <= known.keys():
        known["open_m2"] = known["land_m2"] * known["open_ratio"]
    return known


def _holds(threshold: Threshold, jurisdiction: str, on: date, purpose: str) -> bool:
    here = shipped.applies(threshold.jurisdiction, jurisdiction)
    return (
        here and shipped.in_force(threshold.row, on) and (threshold.purpose in {"", purpose} or not purpose)
    )


@cache
def _thresholds() -> dict[str, list[Threshold]]:
    listed: dict[str, list[Threshold]] = {}
    for each in _rows():
        listed.setdefault(each.term, []).append(each)
    return listed


def _rows() -> Iterator[Threshold]:
    for row in shipped.rows("generic_thresholds.csv"):
        needs = {name: float(row[f"min_{name}"]) for name in ATTRIBUTES if row[f"min_{name}"]}
        yield Threshold(row["term"], needs, row["purpose"], row["jurisdiction"], shipped.source_of(row), row)
