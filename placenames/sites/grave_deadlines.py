"""Graves outside cemeteries beside their deadlines: which light each shows on a day, and how many show which.

Days are calendar days: a deadline is set as a day, and holidays do not move it. Whose grave it is, is nowhere read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, RowMapping, Select, false, func, or_, select

from gis.text import Text
from placenames.checks.asked import DAY
from placenames.checks.ground import stands
from placenames.sites.graves import CATEGORIES, GRAVES

ANYWHERE = ("",)
"""The areas (beginnings of unit codes) of somebody who sees all of them."""


class Light(StrEnum):
    """How pressing a grave is; the most pressing first."""

    RED = "red"
    AMBER = "amber"
    GREEN = "green"
    CLOSED = "closed"


LIGHTS = {
    Light.RED: Text("已逾期", "overdue"),
    Light.AMBER: Text("即将到期", "due soon"),
    Light.GREEN: Text("尚有余时", "in time"),
    Light.CLOSED: Text("已销号", "closed"),
}
_ORDER = list(LIGHTS)
_PRINTED_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Grave:
    """One grave as it stands on a day: what it is in law, what is to be done about it, by when, and its light.

    `geometry` is GeoJSON, lon/lat in degrees (EPSG:4490); `days_left` is empty without a deadline or when it is closed.
    """

    id: UUID
    code: str
    category: str
    unit: str
    place: str | None
    area_m2: float | None
    places: int | None
    material: str | None
    occupied: str | None
    built_year: int | None
    land: str | None
    found_on: date
    action: str | None
    deadline: date | None
    result: str
    done_on: date | None
    rechecked_on: date | None
    photo: str | None
    geometry: str | None
    light: Light
    days_left: int | None


@dataclass(frozen=True, slots=True)
class Sought:
    """Which graves are asked for; what is empty asks for all. `town` and `areas` are beginnings of unit codes."""

    category: str = ""
    town: str = ""
    action: str = ""
    state: str = ""
    light: str = ""
    areas: tuple[str, ...] = ANYWHERE

    def takes_in(self, grave: Grave) -> bool:
        """Whether a grave is asked for, whatever its category and light."""
        return (not self.action or grave.action == self.action) and (not self.state or grave.result == self.state)

    def is_of_this_kind(self, grave: Grave) -> bool:
        """Whether its category and its light are asked for."""
        return (not self.category or grave.category == self.category) and (not self.light or grave.light == self.light)


def is_closed(result: str | None, rechecked_on: date | None) -> bool:
    """Whether nothing is left to do: a re-check found it done. One that found it not done closes nothing."""
    return result == "confirmed" or (result == "done" and rechecked_on is not None)


def light_of(
    deadline: date | None, result: str | None, rechecked_on: date | None, on: date, soon_days: int
) -> Light:
    """Red: the deadline is past and no re-check found it done; amber: it is at most so many days away; else green."""
    if is_closed(result, rechecked_on):
        return Light.CLOSED
    if deadline is None:
        return Light.GREEN
    if deadline < on:
        return Light.RED
    return Light.AMBER if (deadline - on).days <= soon_days else Light.GREEN


def graves_on(look: Connection, on: date, soon_days: int, sought: Sought) -> list[Grave]:
    """The graves in force on a day that are asked for, whatever their category and light; the most pressing first."""
    rows = look.execute(_graves(sought.areas, sought.town), {DAY: on}).mappings()
    every = (_grave(row, on, soon_days) for row in rows)
    return sorted((each for each in every if sought.takes_in(each)), key=_how_pressing)


def grave_on(look: Connection, identity: str, on: date, soon_days: int) -> Grave | None:
    """One grave by its permanent id or its code as it stands on a day; whether somebody may see it is asked elsewhere."""
    c = GRAVES.table.c
    is_it = c.id == identity if _PRINTED_ID.fullmatch(identity) else c.code == identity.replace("\0", "")
    row = look.execute(_graves(ANYWHERE, "").where(is_it), {DAY: on}).mappings().first()
    return None if row is None else _grave(row, on, soon_days)


def counts_of(graves: Iterable[Grave]) -> dict[str, dict[Light, int]]:
    """How many graves of each legal category show which light; categories in the order of the law, those there are."""
    counted: dict[str, dict[Light, int]] = {}
    for each in graves:
        counted.setdefault(each.category, dict.fromkeys(LIGHTS, 0))[each.light] += 1
    return {category: counted[category] for category in CATEGORIES if category in counted}


def lies_in(unit: str | None, areas: Sequence[str]) -> bool:
    """Whether a unit belongs to one of these areas."""
    return str(unit or "").startswith(tuple(areas))


def _how_pressing(grave: Grave) -> tuple[int, date, str]:
    return _ORDER.index(grave.light), grave.deadline or date.max, grave.code


def _graves(areas: Sequence[str], town: str) -> Select[Any]:
    c = GRAVES.table.c
    told = [column for column in Grave.__dataclass_fields__ if column in c]
    inside = or_(false(), *(func.starts_with(c.unit, area) for area in areas))
    return select(*(c[name] for name in told), func.ST_AsGeoJSON(c.geom, 15).label("geometry")).where(
        stands(GRAVES.table), inside, func.starts_with(c.unit, town)
    )


def _grave(row: RowMapping, on: date, soon_days: int) -> Grave:
    deadline = row["deadline"]
    light = light_of(deadline, row["result"], row["rechecked_on"], on, soon_days)
    left = None if deadline is None or light is Light.CLOSED else (deadline - on).days
    return Grave(**dict(row), light=light, days_left=left)
