"""A candidate site for a cemetery: click or draw it, and see what every rule says before anything is filed."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from shapely.geometry import MultiPolygon, Polygon, mapping
from shapely.geometry.base import BaseGeometry
from starlette.responses import Response

from api import pages
from api.answers import json_answer
from api.asking import only
from api.candidate_places import place_of
from api.deps import Body, Colleague, Config, OnDay, Tx, day
from gis.errors import BadInput
from gis.text import Lang
from placenames.sites.candidate_sites import VERDICTS, Report, report_on, told
from placenames.sites.cemeteries import CATEGORIES
from placenames.sites.prohibited_zones import KINDS
from placenames.sites.zone_answers import Verdict, ZoneAnswer, outlines

router = APIRouter(prefix="/cemeteries/candidate")
ASKED = ("lon", "lat", "geometry", "drawn", "category", "profit", "on", "lang")


@router.get("", dependencies=[Depends(only(*ASKED))])
def candidate(
    request: Request,
    _colleague: Colleague,
    tx: Tx,
    config: Config,
    on: OnDay,
    lon: Annotated[str, Query(description="longitude in degrees (EPSG:4490)")] = "",
    lat: Annotated[str, Query(description="latitude in degrees (EPSG:4490)")] = "",
    geometry: Annotated[str, Query(description="GeoJSON of an area, or of its outline as a line")] = "",
    category: Annotated[str, Query(description="what kind of cemetery is meant")] = "rural_public",
    profit: Annotated[str, Query(description="yes or no")] = "no",
) -> Response:
    """What every rule says of a place where a cemetery might be: zones with distances, profit, and where it lies."""
    place = place_of(lon, lat, geometry)
    report = None if place is None else report_on(tx, place, wish_for(category, profit), on, config)
    if pages.wants_page(request):
        drawn = [] if report is None else drawn_report(report, outlines(tx, report.zones), pages.language(request))
        return _page(request, place, report, drawn, on, {"category": category, "profit": profit})
    if report is None:
        raise BadInput("请给出 lon 和 lat,或 geometry", "give lon and lat, or geometry")
    return json_answer(request, as_dict(report, place))


@router.post("")
def drawn_candidate(request: Request, _colleague: Colleague, tx: Tx, config: Config, body: Body, on: OnDay) -> Response:
    """The same for an area that was drawn: `geometry` as GeoJSON, `category`, `profit`, and `on`, the legal day."""
    place = place_of("", "", body.get("geometry"))
    if place is None:
        raise BadInput("缺少 geometry", "geometry is missing")
    wish = wish_for(str(body.get("category") or "rural_public"), str(body.get("profit") or "no"))
    asked = day(str(body["on"]), "on") if body.get("on") else None
    return json_answer(request, as_dict(report_on(tx, place, wish, asked or on, config), place))


def drawn_report(report: Report, grounds: Mapping[int, str], lang: Lang) -> list[dict[str, Any]]:
    """What the map draws of a report: the zones, and the sites that are there already with lines to them."""
    near = [each for each in report.nearby.sites if each.ground or each.distance_m]
    shapes = [(each.ground, each, False) for each in near if each.ground]
    shapes += [(each.line, each, True) for each in near if each.distance_m]
    return drawn_answers(report.zones, grounds, lang) + [
        {"type": "Feature", "geometry": json.loads(geometry),
         "properties": {"verdict": Verdict.PERSON, "label": each.told().in_(lang), "is_line": is_line}}
        for geometry, each, is_line in shapes
    ]  # fmt: skip


def drawn_answers(answers: Sequence[ZoneAnswer], grounds: Mapping[int, str], lang: Lang) -> list[dict[str, Any]]:
    """What the map draws: the zones that speak against a place, and lines to these and to what a person decides on.

    GeoJSON features; `verdict` gives their colour, `label` what they say.
    """
    shown = [each for each in answers if each.verdict in (Verdict.HIT, Verdict.PERSON) and each.line]
    zones = {each.version: each for each in shown if each.version in grounds}
    features = [(grounds[version], each, False) for version, each in zones.items() if version is not None]
    features += [(each.line, each, True) for each in shown if each.distance_m]
    return [
        {"type": "Feature", "geometry": json.loads(geometry),
         "properties": {"verdict": each.verdict, "label": told(each).in_(lang), "is_line": is_line}}
        for geometry, each, is_line in features
    ]  # fmt: skip


def as_dict(report: Report, place: BaseGeometry | None) -> dict[str, Any]:
    """A report as JSON, distances in metres."""
    return {
        "unit": {"code": report.unit, "name": report.unit_name} if report.unit else None,
        "blocked": report.blocked,
        "judged": report.judged,
        "unknown": report.unknown.as_dict() if report.unknown and not report.judged else None,
        "geometry": None if place is None else mapping(place),
        "area_m2": round(report.ground.m2, 1) or None,
        "units": [
            {"code": each.code, "name": each.name, "area_m2": round(each.m2, 1) or None, "share": round(each.share, 4)}
            for each in report.ground.shares
        ],
        "outside_m2": round(report.ground.nowhere_m2, 1),
        "crosses": report.ground.told().as_dict() if report.ground.crosses else None,
        "nearby": [
            {"register": each.register, "id": each.id, "code": each.code, "name": each.name, "kind": each.kind,
             "distance_m": round(each.distance_m, 1), "overlap_m2": round(each.overlap_m2, 1),
             "message": each.told().as_dict()}
            for each in report.nearby.sites
        ],
        "more_nearby": report.nearby.more,
        "zones": [
            {
                "kind": each.rule.kind, "title": KINDS[each.rule.kind].as_dict(), "relation": each.rule.relation,
                "limit_m": each.rule.distance_m, "verdict": each.verdict, "words": VERDICTS[each.verdict].as_dict(),
                "zone": each.code or None, "name": each.name or None,
                "distance_m": None if each.distance_m is None else round(each.distance_m, 1),
                "line": json.loads(each.line) if each.line else None,
                "nearest": _first_point(each.line),
                "message": told(each).as_dict(), "source": each.rule.source.citation, "grade": each.rule.source.grade,
            }
            for each in report.zones
        ],
        "findings": [
            {"rule": each.rule, "severity": each.severity, "message": each.message.as_dict(), "fix": each.fix.as_dict(),
             "source": each.source}
            for each in report.findings
        ],
    }  # fmt: skip


def _first_point(line: str) -> dict[str, Any] | None:
    """The point of a zone that is nearest to the place."""
    return {"type": "Point", "coordinates": json.loads(line)["coordinates"][0]} if line else None


def _page(
    request: Request, place: BaseGeometry | None, report: Report | None, drawn: list[dict[str, Any]], on: date,
    wish: dict[str, str],
) -> Response:  # fmt: skip
    values = {name: request.query_params.get(name, "") for name in ("lon", "lat", "geometry")}
    answers = report.zones if report is not None else ()
    zones = [{"answer": each, "told": told(each), "words": VERDICTS[each.verdict]} for each in answers]
    is_area = isinstance(place, Polygon | MultiPolygon)
    return pages.page(
        request, "candidate.html", report=report, zones=zones, drawn=drawn, values=values | wish, on=on,
        categories=CATEGORIES, area=is_area, map_address="/collections/prohibited_zones/map",
        near_m=request.app.state.settings.near_site_m,
    )  # fmt: skip


def wish_for(category: str, profit: str) -> dict[str, Any]:
    """What is known of a candidate. Raises BadInput."""
    if category not in CATEGORIES or profit not in ("yes", "no"):
        raise BadInput(
            "category 应为 {known} 之一,profit 为 yes 或 no", "category is one of {known}, profit is yes or no",
            known=", ".join(CATEGORIES),
        )  # fmt: skip
    return {"category": category, "profit": profit}
