"""What each rule says of a place where a cemetery stands or is to stand, with the nearest zone and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, bindparam, case, cast, exists, func, literal_column, select, true
from sqlalchemy import Text as SqlText

from gis.record_tables import SRID
from gis.settings import Settings
from placenames.checks.asked import DAY
from placenames.checks.ground import metres, stands, within_m
from placenames.sites.prohibited_zones import PROHIBITED_ZONES
from placenames.sites.zone_distances import INTERSECTS, ZoneRule, zone_rules
from placenames.sites.zone_parts import ZONE_PARTS

HAIR = 1.001
"""A little more than the distance found in degrees, so that what is nearer on the ellipsoid is found too."""


class Verdict(StrEnum):
    """What a rule says of a place."""

    HIT = "hit"
    CLEAR = "clear"
    PERSON = "person"
    """No distance is set: a person decides."""
    NOT_LOADED = "not_loaded"
    """No zone of this kind is registered here: nothing can be said."""


@dataclass(frozen=True, slots=True)
class ZoneAnswer:
    """What one rule says, with the nearest zone of its kind; `distance_m` is 0 inside it."""

    rule: ZoneRule
    verdict: Verdict
    code: str = ""
    name: str = ""
    distance_m: float | None = None
    nearest: str = ""
    """The point of the zone that is nearest, as GeoJSON (EPSG:4490)."""


def zone_answers(tx: Connection, wkt: str, unit: str, on: date, settings: Settings) -> list[ZoneAnswer]:
    """What every rule in force says of a point or area (WKT, degrees of EPSG:4490) in a unit."""
    rules = zone_rules(unit, on, settings)
    found = {kind: _nearest(tx, kind, wkt, on) for kind in dict.fromkeys(each.kind for each in rules)}
    return [_answer(each, found[each.kind]) for each in rules]


def _nearest(tx: Connection, kind: str, wkt: str, on: date) -> Any:
    return tx.execute(_NEAREST, {"kind": kind, "shape": wkt, DAY: on}).one_or_none()


def _answer(rule: ZoneRule, zone: Any) -> ZoneAnswer:
    if zone is None:
        return ZoneAnswer(rule, Verdict.NOT_LOADED)
    return ZoneAnswer(rule, verdict_of(rule, zone.metres), zone.code, zone.name or "", zone.metres, zone.nearest)


def verdict_of(rule: ZoneRule, distance_m: float) -> Verdict:
    """What a rule says of a place so far from the nearest zone of its kind."""
    if distance_m == 0:
        return Verdict.HIT
    if rule.relation == INTERSECTS:
        return Verdict.CLEAR
    if rule.distance_m is None:
        return Verdict.PERSON
    return Verdict.HIT if distance_m < rule.distance_m else Verdict.CLEAR


def _question() -> Select[Any]:
    """The nearest piece in degrees first; then, of all within its distance, the nearest on the ellipsoid."""
    z, p = PROHIBITED_ZONES.table, ZONE_PARTS.c
    shape = func.ST_GeomFromText(cast(bindparam("shape"), SqlText), literal_column(str(SRID)))
    asked = select(shape.label("geom")).cte("asked")
    standing = exists().where(z.c.version == p.version, stands(z))
    of_kind = p.kind == bindparam("kind")
    first = (
        select(metres(p.geom, asked.c.geom).label("reach"))
        .where(of_kind, standing)
        .order_by(p.geom.op("<->")(asked.c.geom))
        .limit(1)
        .lateral("first")
    )
    near = ZONE_PARTS.alias("near")
    reach: Any = first.c.reach * HAIR + 1e-3
    far = metres(near.c.geom, asked.c.geom)
    distance = case((func.ST_Intersects(near.c.geom, asked.c.geom), 0.0), else_=far)
    nearest = func.ST_AsGeoJSON(func.ST_ClosestPoint(near.c.geom, asked.c.geom), 8)
    return (
        select(z.c.code, z.c.name, distance.label("metres"), nearest.label("nearest"))
        .select_from(asked)
        .join(first, true())
        .join(near, within_m(near.c.geom, asked.c.geom, reach))
        .join(z, z.c.version == near.c.version)
        .where(near.c.kind == bindparam("kind"), stands(z))
        .order_by(distance, z.c.code)
        .limit(1)
    )


_NEAREST = _question()


def hits(answers: Sequence[ZoneAnswer]) -> list[ZoneAnswer]:
    """The answers that speak against a place."""
    return [each for each in answers if each.verdict is Verdict.HIT]
