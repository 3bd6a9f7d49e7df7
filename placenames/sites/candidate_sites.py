"""Candidate sites: what every rule says of a cemetery before anything is filed, with distances measured on the ellipsoid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import floor
from typing import Any

import geopandas as gpd
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, select

from boundaries.units import UNITS
from gis.history import in_force
from gis.intake.rules import Finding, Severity, Survey, as_finding, rules_of_rows, within
from gis.settings import Settings
from gis.text import Text
from placenames.sites.candidate_ground import Ground, ground_of
from placenames.sites.cemeteries import CEMETERIES
from placenames.sites.nearby_sites import Neighbourhood, neighbourhood_of
from placenames.sites.prohibited_zones import KINDS
from placenames.sites.zone_answers import Verdict, ZoneAnswer, zone_answers

VERDICTS = {
    Verdict.HIT: Text("不可建", "Not here"),
    Verdict.CLEAR: Text("符合", "Clear"),
    Verdict.PERSON: Text("须人工判断", "A person decides"),
    Verdict.NOT_LOADED: Text("未载入该类区域,不能判断", "No such zones are loaded: nothing can be said"),
}

OUTSIDE = Text("不能判断:不在本县范围内", "Nothing can be said: it lies outside this county")
NOT_LOADED = Text("不能判断:图层没有载入", "Nothing can be said: no layers are loaded")
NO_RULES = Text("不能判断:当日没有规则可用", "Nothing can be said: no rules were in force on that day")


@dataclass(frozen=True, slots=True)
class Report:
    """What is said of a candidate: the unit with most of it (empty where none is known), each zone rule, the other rules.

    `unknown` says why nothing can be said of it, where neither unit nor zones are known.
    """

    unit: str
    unit_name: str
    zones: Sequence[ZoneAnswer]
    findings: Sequence[Finding]
    ground: Ground
    """Every unit it lies in."""
    nearby: Neighbourhood
    """The sites that are there already, on its ground or near it."""
    unknown: Text | None = None

    @property
    def blocked(self) -> bool:
        """Whether something speaks against it."""
        hit = any(each.verdict is Verdict.HIT for each in self.zones)
        return hit or any(each.severity is Severity.ERROR for each in self.findings)

    @property
    def judged(self) -> bool:
        """Whether anything can be said: what speaks against it always can, that nothing does only where zones are known."""
        return self.blocked or self.unknown is None


def report_on(tx: Connection, place: BaseGeometry, wish: dict[str, Any], on: date, settings: Settings) -> Report:
    """What is said of a point or area (EPSG:4490) on a day; `wish` holds what is known of it by the register's fields."""
    ground = ground_of(tx, place, on, settings)
    unit, name = (ground.shares[0].code, ground.shares[0].name) if ground.shares else ("", "")
    zones = zone_answers(tx, place.wkt, unit, on, settings)
    found_too = _findings(place, {"unit": unit or None, "state": "site_chosen", **wish}, on, settings)
    nearby = neighbourhood_of(tx, place, on, settings)
    return Report(unit, name, zones, found_too, ground, nearby, _unknown(tx, unit, zones, on, settings))


def _unknown(tx: Connection, unit: str, zones: Sequence[ZoneAnswer], on: date, settings: Settings) -> Text | None:
    """Why nothing can be said of a place; None where something can."""
    if not unit and _has_units(tx, on, settings):
        return OUTSIDE
    if not zones:
        return NO_RULES
    return NOT_LOADED if not unit or all(each.verdict is Verdict.NOT_LOADED for each in zones) else None


def _has_units(tx: Connection, on: date, settings: Settings) -> bool:
    u = UNITS.table
    one = select(u.c.id).where(u.c.level == settings.parts_level, in_force(u, on)).limit(1)
    return tx.scalar(one) is not None


def _findings(place: BaseGeometry, wish: dict[str, Any], on: date, settings: Settings) -> list[Finding]:
    """The rules of single rows, asked of a register with this one site."""
    blank = dict.fromkeys(each.name for each in CEMETERIES.fields)
    row = {**blank, "name": "拟建公墓", "category": "rural_public", "profit": "no", "approved_on": on, **wish}
    frame = gpd.GeoDataFrame([row], geometry=[place], crs="EPSG:4490").astype(dict.fromkeys(blank, object))
    survey = Survey({CEMETERIES.name: frame.assign(row=1, source_row=1, file="", layer="")}, settings)
    asked = [each for each in rules_of_rows(CEMETERIES, on) if each.registers]
    return [as_finding(each, offence, survey) for each in asked for offence in each.check(within(each, survey))]


def told(answer: ZoneAnswer) -> Text:
    """A zone answer in words; metres are rounded down, so that 499.7 m are never 500."""
    kind, least = KINDS[answer.rule.kind], answer.rule.distance_m
    if answer.distance_m is None:
        return _NOTHING.fill(kind=kind)
    values: dict[str, Any] = {"kind": kind, "zone": answer.name or answer.code, "far": f"{floor(answer.distance_m):,}"}
    if answer.verdict is Verdict.NOT_LOADED:
        return _NOTHING_NEAR.fill(**values)
    if answer.distance_m == 0:
        return _INSIDE.fill(**values)
    if answer.rule.is_for_a_person:
        return _NO_DISTANCE.fill(**values)
    return _AWAY.fill(**values) if least is None else _ASKED_FOR.fill(**values, least=f"{least:,.0f}")


_NOTHING = Text("没有载入{kind}", "no zones of this kind ({kind}) are loaded")
_NOTHING_NEAR = Text(
    "本县没有载入{kind};别处最近的“{zone}”距此 {far} 米",
    "no zones of this kind ({kind}) are loaded for this county; the nearest elsewhere, “{zone}”, is {far} m away",
)
_INSIDE = Text("位于{kind}“{zone}”内或与之相接", "inside or touching {kind} “{zone}”")
_AWAY = Text("不在{kind}内,距最近的“{zone}”{far} 米", "not inside; {far} m from the nearest: {kind} “{zone}”")
_NO_DISTANCE = Text(
    "距最近的{kind}“{zone}”{far} 米;法规未定距离,须人工判断",
    "{far} m from the nearest: {kind} “{zone}”; no distance is set, a person decides",
)
_ASKED_FOR = Text(
    "距最近的{kind}“{zone}”{far} 米,要求不少于 {least} 米",
    "{far} m from the nearest: {kind} “{zone}”; at least {least} m are asked for",
)
