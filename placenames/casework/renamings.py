"""Renamings: a name that changes or ends, its parts, and the area in which its words can mean this place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import CompoundSelect, Connection

from gis.codes import level_of, levels, parent_of
from gis.settings import Settings, settings
from placenames.kinds import NATURAL_VILLAGE_CLASS
from placenames.language import wording


@dataclass(frozen=True, slots=True)
class Renaming:
    """A name that changes, or ends when there is no new one, and where it can be meant."""

    place: UUID
    code: str
    unit: str
    category: str
    old: str
    specific: str
    new: str | None
    new_specific: str | None
    area: str
    """The beginning of the unit codes among which the words can mean this place; empty: everywhere."""


@dataclass(frozen=True, slots=True)
class Bearer:
    """A register whose records bear names of places in fields of their own, so that they follow by themselves."""

    touched: Callable[[Renaming, date], CompoundSelect[Any]]
    """What would follow on a day, in the columns of `mentioning.touched`."""
    rename: Callable[[Connection, Renaming, date, int], int]
    """Lets them follow: (transaction, change, day, submission) -> how many did."""


BEARERS: dict[str, Bearer] = {}
"""Register -> how its records follow; registers enter themselves."""


def renaming(before: Mapping[str, Any], new_name: str | None) -> Renaming:
    """A change of name, from the record as it was (id, code, unit, category, class_code, name, specific)."""
    category = before["category"] or ""
    return Renaming(
        before["id"],
        before["code"],
        before["unit"],
        category,
        before["name"],
        before["specific"] or wording.split(before["name"], category).specific,
        new_name,
        wording.split(new_name, category).specific if new_name else None,
        area_of(before["unit"], category, before["class_code"] or "", settings()),
    )


def area_of(unit: str, category: str, class_code: str, config: Settings) -> str:
    """Where the words can mean this place: its town for a natural village, else its county; a county's, what it is in."""
    order = list(levels(config.unit_codes))
    town = order.index(config.parts_level)
    at = unit
    while (level := level_of(at, config)) is None or order.index(level) > town:
        if (above := parent_of(at, config)) is None:
            return at
        at = above
    natural_village = class_code == NATURAL_VILLAGE_CLASS
    if (order.index(level) == town and not natural_village) or (order.index(level) < town and category == "ADM"):
        return parent_of(at, config) or at
    return at
