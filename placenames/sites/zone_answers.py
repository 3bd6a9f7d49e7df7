"""What each rule says of a place where a cemetery stands or is to stand, with the nearest zone and how far it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Select, Text, any_, bindparam, cast, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from gis.codes import levels
from gis.settings import Settings
from placenames.checks.asked import DAY
from placenames.checks.ground import stands
from placenames.sites.nearest_zones import nearest_of_a_kind
from placenames.sites.prohibited_zones import PROHIBITED_ZONES
from placenames.sites.zone_distances import INTERSECTS, ZoneRule, zone_rules

NEAR_M = 2000.0
"""Where no distance is set, nobody needs to decide whether what is farther off is near."""
_NEAREST = nearest_of_a_kind()


class Verdict(StrEnum):
    """What a rule says of a place."""

    HIT = "hit"
    CLEAR = "clear"
    PERSON = "person"
    """No distance is set: a person decides."""
    NOT_LOADED = "not_loaded"
    """No zone of this kind is registered in this county: nothing can be said."""


@dataclass(frozen=True, slots=True)
class ZoneAnswer:
    """What one rule says, with the nearest zone of its kind, wherever it is; `distance_m` is 0 where they touch."""

    rule: ZoneRule
    verdict: Verdict
    code: str = ""
    name: str = ""
    distance_m: float | None = None
    version: int | None = None
    """The zone's version in the register."""
    line: str = ""
    """The shortest line from the zone to the place, as GeoJSON (EPSG:4490)."""


def zone_answers(tx: Connection, wkt: str, unit: str, on: date, settings: Settings) -> list[ZoneAnswer]:
    """What every rule in force says of a point or area (WKT, degrees of EPSG:4490) in a unit; "" is no known unit."""
    rules, county = zone_rules(unit, on, settings), county_of(unit, settings)
    kinds = list(dict.fromkeys(each.kind for each in rules))
    asked = {
        kind: tx.execute(_NEAREST, {"kind": kind, "shape": wkt, DAY: on}).one_or_none() for kind in kinds
    }
    found = {kind: zone for kind, zone in asked.items() if zone is not None}
    loaded = _loaded(tx, found, county, on)
    return [
        _answer(each, found[each.kind], each.kind in loaded)
        if each.kind in found
        else ZoneAnswer(each, Verdict.NOT_LOADED)
        for each in rules
    ]


def county_of(unit: str, settings: Settings) -> str:
    """The code of the county of a unit: of the level above that which boundary lines bound; empty where there is none."""
    patterns = levels(settings.unit_codes)
    names = list(patterns)
    below = names.index(settings.parts_level) if settings.parts_level in names else 1
    begins = patterns[names[max(below - 1, 0)]].match(unit)
    return begins.group() if begins else ""


def _loaded(tx: Connection, found: Mapping[str, Any], county: str, on: date) -> set[str]:
    """The kinds of which zones are registered in a county; the nearest one is asked before all others."""
    here = {kind for kind, zone in found.items() if county and _is_of(zone.unit, county)}
    others = sorted(found.keys() - here)
    return here | registered_kinds(tx, others, county, on) if others else here


def registered_kinds(tx: Connection, kinds: Collection[str], county: str, on: date) -> set[str]:
    """Those of some kinds of which zones in a county are in force on a day; none where the county is not known."""
    asked = {"kinds": list(kinds), "county": county, DAY: on}
    return set(tx.scalars(_REGISTERED, asked)) if county else set()


def _is_of(unit: str, county: str) -> bool:
    """Whether ground of a unit is, at least in part, that of a county."""
    return unit.startswith(county) or county.startswith(unit)


def _registered() -> Select[Any]:
    z, county = PROHIBITED_ZONES.table, cast(bindparam("county"), Text)
    here = or_(func.starts_with(z.c.unit, county), func.starts_with(county, z.c.unit))
    kinds = any_(cast(bindparam("kinds"), ARRAY(Text)))
    return select(z.c.kind).where(z.c.kind == kinds, here, stands(z)).group_by(z.c.kind)


_REGISTERED = _registered()


def _answer(rule: ZoneRule, zone: Any, is_loaded: bool) -> ZoneAnswer:
    verdict = verdict_of(rule, zone.metres)
    is_told = verdict is Verdict.HIT or (verdict is Verdict.PERSON and zone.metres <= NEAR_M)
    if not is_loaded and not is_told:
        verdict = Verdict.NOT_LOADED
    return ZoneAnswer(rule, verdict, zone.code, zone.name or "", zone.metres, zone.version, zone.line)


def verdict_of(rule: ZoneRule, distance_m: float) -> Verdict:
    """What a rule says of a place so far from the nearest zone of its kind."""
    if distance_m == 0:
        return Verdict.HIT
    if rule.relation == INTERSECTS:
        return Verdict.CLEAR
    if rule.distance_m is None:
        return Verdict.PERSON
    return Verdict.HIT if distance_m < rule.distance_m else Verdict.CLEAR


def outlines(tx: Connection, answers: Iterable[ZoneAnswer]) -> dict[int, str]:
    """The ground of the zones that speak against a place, by version, as GeoJSON to be drawn (2 m of detail)."""
    z = PROHIBITED_ZONES.table.c
    hit = {each.version for each in answers if each.verdict is Verdict.HIT and each.version is not None}
    drawn = func.ST_AsGeoJSON(func.ST_SimplifyPreserveTopology(z.geom, DETAIL), 6)
    rows = tx.execute(select(z.version, drawn).where(z.version.in_(hit))) if hit else ()
    return {version: outline for version, outline in rows}  # noqa: C416 - rows are no pairs to the type checker


DETAIL = 2e-5
"""Of an outline on a map (°)."""
