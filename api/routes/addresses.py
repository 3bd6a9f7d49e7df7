"""Addresses: what people write is looked up, completed, taken apart; points are answered by the nearest plate."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api import address_answers, asking
from api.address_questions import ASKED, Wanted
from api.answers import json_answer
from api.asking import only
from api.deps import Config, Db, Look, Lookup, OnDay, Visitor
from api.known_names import names_known, toponyms_known
from api.name_search import unit_of
from api.routes.ogc import GEOJSON
from boundaries import areas
from gis import features
from gis.errors import BadInput
from placenames.addresses.address_lookup import answers
from placenames.addresses.address_parse import parse
from placenames.addresses.address_suggesting import suggestions
from placenames.addresses.explanations import steps
from placenames.addresses.nearest_plates import nearest

router = APIRouter(prefix="/addresses")
PARSING = ("q", "on", "explain")
REVERSING = ("lon", "lat", "on", "unit", "limit")
MOST_NEAREST = 20


@router.get("/search", dependencies=[Lookup, Depends(only(*ASKED))])
def search(
    request: Request,
    database: Db,
    look: Look,
    config: Config,
    visitor: Visitor,
    asked: Wanted,
    on: OnDay,
    explain: Annotated[bool, Query(description="tell every step")] = False,
) -> Response:
    """The addresses that are meant, the best first, with what was corrected or left out of account."""
    names = toponyms_known(database, look, on)
    found = answers(look, names, [asked])[0] if asked.q.strip() else []
    told = {"steps": address_answers.words(steps(asked.q, names, found))} if explain else {}
    decimals = features.FULL if visitor else config.public_decimals
    return json_answer(request, address_answers.collection(asked.q, found, config, decimals, **told), GEOJSON)


@router.get("/suggest", dependencies=[Lookup, Depends(only(*ASKED))])
def suggest(
    request: Request, database: Db, look: Look, config: Config, visitor: Visitor, asked: Wanted, on: OnDay
) -> Response:
    """A few streets, villages or plates that begin with what was typed so far, or whose pinyin or initials do."""
    found = suggestions(look, toponyms_known(database, look, on), asked)
    decimals = features.FULL if visitor else config.public_decimals
    return json_answer(request, address_answers.collection(asked.q, found, config, decimals), GEOJSON)


@router.get("/reverse", dependencies=[Lookup, Depends(only(*REVERSING))])
def reverse(
    request: Request,
    database: Db,
    look: Look,
    config: Config,
    visitor: Visitor,
    on: OnDay,
    lon: Annotated[float, Query(description="longitude in degrees")],
    lat: Annotated[float, Query(description="latitude in degrees")],
    unit: Annotated[str, Query(description="the beginning of unit codes")] = "",
    limit: int = 1,
) -> Response:
    """The plates nearest to a point with their distance in metres, and the units that govern the point."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadInput("lon、lat 应为经度、纬度(度)", "lon and lat are degrees of longitude and latitude")
    decimals = features.FULL if visitor else config.public_decimals
    lon, lat = round(lon, decimals), round(lat, decimals)
    names = toponyms_known(database, look, on)
    found = nearest(look, names, lon, lat, on, min(asking.capped(limit), MOST_NEAREST), unit_of(unit))
    answer = address_answers.collection(f"{lon},{lat}", [], config, decimals) | {
        "features": [address_answers.as_feature(each.match, decimals, distance_m=each.distance_m) for each in found],
        "units": areas.units_at(look, lon, lat, on, None),
    }
    return json_answer(request, answer, GEOJSON)


@router.get("/parse", dependencies=[Lookup, Depends(only(*PARSING))])
def parse_address(
    request: Request,
    database: Db,
    look: Look,
    on: OnDay,
    q: Annotated[str, Query(description="an address as people write it, at most 300 characters")] = "",
    explain: Annotated[bool, Query(description="tell every step")] = False,
) -> Response:
    """The parts of an address by level, each with where it stands; what says nothing of the place is told as well."""
    found = parse(q, names_known(database, look, on))
    told = {"steps": [each.as_dict() for each in found.steps()]} if explain else {}
    return json_answer(request, found.as_dict() | told)
