"""The impact of a case: what its proposed name would touch, with the place itself and the ground it lies on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, cast, func, or_, select
from sqlalchemy.dialects.postgresql import JSONB

from boundaries.units import UNITS
from gis.errors import BadInput
from gis.features import Areas
from gis.history import in_force
from gis.settings import settings
from placenames.casework import impact, renamings
from placenames.casework.impact import Effects
from placenames.names import NAMES

Collection = dict[str, Any]


@dataclass(frozen=True, slots=True)
class CaseImpact:
    """What a case would touch on a day: the name as it is and as it would be, and everything found."""

    before: str | None
    after: str | None
    day: date
    effects: Effects
    place: Collection | None
    """The place itself, as a feature."""

    def as_geojson(self) -> Collection:
        """Everything as one feature collection, with the exact counts beside the records that are listed."""
        listed = len(self.effects.items)
        said = {"before": self.before, "after": self.after, "day": self.day, "counts": self.effects.counts}
        return {**said, "total": self.effects.total, "listed": listed, **impact.as_geojson(self.effects)}


def of_case(tx: Connection, case: Mapping[str, Any], areas: Areas, candidate: int | None = None) -> CaseImpact:
    """What a case would touch with one of its candidates: the one asked for, the chosen one, or the first.

    Told to a colleague of some areas: what is not open to the public is named in those alone.
    A naming touches nothing: nobody mentions a name that is not there yet. Raises BadInput for a candidate there is not.
    """
    after = _proposed(case, candidate)
    day = max(case["effective"] or date.today(), date.today())
    before = _looked_at(tx, case)
    if before is None:
        return CaseImpact(None, after, day, Effects({}, ()), _drawn(case, after))
    found = impact.effects(tx, renamings.renaming(before, after), day, areas=areas)
    words = {"before": before["name"], "proposed": after, "code": before["code"]}
    place = {"type": "Feature", "geometry": before["geometry"], "properties": words}
    return CaseImpact(before["name"], after, day, found, place)


def ground(tx: Connection, case: Mapping[str, Any]) -> Collection:
    """The units in force around a case, as the ground of its map: its county and the towns in it."""
    area = renamings.area_of(case["unit"], "", "", settings())
    c = UNITS.table.c
    shape = cast(func.ST_AsGeoJSON(impact.outline(c.geom), 6), JSONB).label("geometry")
    which = or_(c.code == area, c.parent == area)
    rows = tx.execute(select(c.code, c.name, shape).where(in_force(UNITS.table, date.today()), which))
    features = [
        {"type": "Feature", "geometry": row.geometry, "properties": {"code": row.code, "name": row.name}} for row in rows
    ]
    return {"type": "FeatureCollection", "features": features}


def _proposed(case: Mapping[str, Any], candidate: int | None) -> str | None:
    """The name that would stand; None for a deletion, or before anybody proposed one."""
    names = [each["name"] for each in case["candidates"]]
    if case["action"] == "delete" or (candidate is None and not names):
        return None
    at = candidate if candidate is not None else case["chosen"] or 0
    if not 0 <= at < len(names):
        raise BadInput("没有第 {n} 个候选名称", "there is no candidate {n}", n=at)
    return str(names[at])


def _drawn(case: Mapping[str, Any], after: str | None) -> Collection | None:
    """A place that is to be named, where the case says it lies."""
    if not case.get("geometry"):
        return None
    words = {"before": None, "proposed": after, "code": None}
    return {"type": "Feature", "geometry": case["geometry"], "properties": words}


def _looked_at(tx: Connection, case: Mapping[str, Any]) -> dict[str, Any] | None:
    """The place as it was looked at, with its shape as GeoJSON."""
    c = NAMES.table.c
    names = ("id", "code", "unit", "category", "class_code", "name", "specific")
    shape = cast(func.ST_AsGeoJSON(impact.outline(c.geom), 6), JSONB).label("geometry")
    statement = select(*(c[name] for name in names), shape).where(c.version == case["version"])
    row = tx.execute(statement).mappings().first()
    return dict(row) if row else None
