"""Disclosing: who reads of a place that is not open to the public, and what others are told of it all the same.

Such a place is read by colleagues in whose areas it lies. Where it stands in somebody else's way, they are told that it
does, why, and in which town its office is to be asked; never its name, its code, its point or how far away it is.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, or_, select

from boundaries.units import UNITS
from gis.codes import level_of, levels, parent_of
from gis.feature_sql import EVERYWHERE
from gis.features import Areas
from gis.history import in_force
from gis.settings import settings
from gis.text import Text
from placenames.appellations import APPELLATIONS

UNIT_UNKNOWN = Text("未登记的政区", "a unit that is not registered")
HIDDEN = Text("不公开的地名", "a place that is not disclosed")
"""What is said in place of its name."""


def may_be_read(today: Any, public: bool, areas: Areas) -> list[ColumnElement[bool]]:
    """What holds of names that somebody may read: open to the public today, or of a unit in the areas of a colleague."""
    a = APPELLATIONS.c
    if not public and areas == EVERYWHERE:
        return []
    in_areas = [] if public else [a.unit.startswith(area, autoescape=True) for area in areas]
    return [or_(a.public_since <= today, *in_areas)]


def is_kept_from(areas: Areas, unit: str, public_since: date | None) -> bool:
    """Whether a name is kept from a colleague: neither open to the public today, nor of a unit in their areas."""
    is_open = public_since is not None and public_since <= date.today()
    return not is_open and not any(unit.startswith(area) for area in areas)


def town_of(tx: Connection, unit: str, day: date) -> tuple[str, str | None]:
    """The town in which a unit lies: its code, and its name where it is registered; of a higher unit, that unit."""
    config = settings()
    order = list(levels(config.unit_codes))
    lower = order[order.index(config.parts_level) + 1 :]
    code: str | None = unit
    while code and level_of(code, config) in {*lower, None}:
        code = parent_of(code, config)
    code = code or unit
    named = select(UNITS.table.c.name).where(UNITS.table.c.code == code, in_force(UNITS.table, day))
    return code, tx.scalar(named.limit(1))


def unit_in_words(name: str | None) -> Text:
    """A unit by its name, as sentences have it."""
    return Text(name, name) if name else UNIT_UNKNOWN
