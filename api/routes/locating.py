"""Addresses: what people write is looked up, completed, taken apart; points are answered by the nearest plate.

What other systems ask all day takes the database and its look itself: each dependency costs a thirtieth of the whole
answer, and a look as one, which is handed to a thread and back twice more, a tenth.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from api import address_answers, address_pages, asking, pages
from api.address_pages import Listing, Sketch
from api.address_questions import ASKED, EXPLAINED, told, wanted, wants_steps
from api.answers import json_answer
from api.asking import only
from api.deps import (
    Config,
    Db,
    Look,
    Lookup,
    OnDay,
    Visitor,
    database_of,
    decimals_for,
    reads_as_public,
    settings_of,
)
from api.known_names import names_known, toponyms_known
from api.name_search import unit_of
from api.routes.ogc import GEOJSON
from boundaries import areas
from gis.errors import BadInput
from placenames.addresses.finding.address_lookup import Question, answers
from placenames.addresses.finding.address_suggesting import suggestions
from placenames.addresses.finding.explanations import steps
from placenames.addresses.finding.matches import Match
from placenames.addresses.finding.names_met import HAN
from placenames.addresses.finding.nearest_plates import nearest
from placenames.addresses.finding.toponym_names import Toponyms
from placenames.addresses.parsing.address_parse import parse

router = APIRouter(prefix="/addresses")
PARSING = ("q", "on", "explain")
REVERSING = ("lon", "lat", "on", "unit", "limit")
ON_A_STREET = ("flat", "plate", "interpolated", "street")
"""The best of what was found is shown among the plates around it."""
DRAWN = tuple(each for each in ASKED if each != "on")
"""Parameters of a map that are described by hand."""
MOST_NEAREST = 20
NEAREST_SHOWN = 5
Lon = Annotated[float, Query(description="longitude in degrees")]
Lat = Annotated[float, Query(description="latitude in degrees")]


@router.get("", dependencies=[Lookup, Depends(only(*EXPLAINED))], openapi_extra=told(*EXPLAINED))
@router.get("/search", dependencies=[Lookup, Depends(only(*EXPLAINED))], openapi_extra=told(*EXPLAINED))
def search(request: Request) -> Response:
    """The addresses that are meant, the best first, with what was corrected or left out of account."""
    asked, explain, wants_page = wanted(request), wants_steps(request), pages.wants_page(request)
    database, is_asked = database_of(request), bool(asked.q.strip())
    with database.glancing() as look:
        names = toponyms_known(database, look, asked.on or date.today())
        found = answers(look, names, [asked])[0] if is_asked else []
        spelt = _spelt(look, names, asked) if wants_page and not found else []
    if wants_page:
        told = steps(asked.q, names, found) if is_asked and not spelt else []
        listing = Listing(asked, address_pages.found_rows(found or spelt, names), told, is_spelt=bool(spelt))
        with database.reading() as look:
            return address_pages.listing(request, look, listing)
    more = {"steps": address_answers.words(steps(asked.q, names, found))} if explain else {}
    return json_answer(request, _collection(request, asked, found, **more), GEOJSON)


def _spelt(look: Connection, names: Toponyms, asked: Question) -> list[Match]:
    """What is spelt so, in pinyin or by its initials: people end what they typed with Enter, systems ask /suggest."""
    return [] if HAN.search(asked.q) else suggestions(look, names, asked)


@router.get("/suggest", dependencies=[Lookup, Depends(only(*ASKED))], openapi_extra=told(*ASKED))
def suggest(request: Request) -> Response:
    """A few streets, villages or plates that begin with what was typed so far, or whose pinyin or initials do."""
    asked, wants_page = wanted(request), pages.wants_page(request)
    if wants_page and "hx-request" not in request.headers:
        return RedirectResponse("/addresses?" + str(request.query_params), 303)
    database = database_of(request)
    with database.glancing() as look:
        names = toponyms_known(database, look, asked.on or date.today())
        found = suggestions(look, names, asked)
    if wants_page:
        return address_pages.suggested(request, found, names, asked)
    return json_answer(request, _collection(request, asked, found), GEOJSON)


def _collection(request: Request, asked: Question, found: Sequence[Match], **more: Any) -> dict[str, Any]:
    return address_answers.collection(asked.q, found, settings_of(request), asked.decimals, **more)


@router.get("/reverse", dependencies=[Lookup, Depends(only(*REVERSING))])
def reverse(
    request: Request,
    database: Db,
    config: Config,
    visitor: Visitor,
    on: OnDay,
    lon: Lon,
    lat: Lat,
    unit: Annotated[str, Query(description="the beginning of unit codes")] = "",
    limit: int | None = None,
) -> Response:
    """The plates nearest to a point with their distance in metres, and the units that govern the point."""
    decimals, wants_page = decimals_for(config, visitor), pages.wants_page(request)
    point = _on_earth(lon, lat, decimals)
    most = asking.capped((NEAREST_SHOWN if wants_page else 1) if limit is None else limit)
    with database.reading() as look:
        names = toponyms_known(database, look, on)
        found = nearest(look, names, *point, on, min(most, MOST_NEAREST), unit_of(unit))
        units = areas.units_at(look, *point, on, None)
        if wants_page:
            asked = Question("", on if "on" in request.query_params else None, unit)
            rows = address_pages.nearest_rows(found, names)
            return address_pages.listing(request, look, Listing(asked, rows, point=point, units_there=units))
    answer = address_answers.collection(f"{point[0]},{point[1]}", [], config, decimals) | {
        "features": [address_answers.as_feature(each.match, decimals, distance_m=each.distance_m) for each in found],
        "units": units,
    }
    return json_answer(request, answer, GEOJSON)


@router.get("/map", dependencies=[Lookup, Depends(only(*ASKED, "lon", "lat"))], openapi_extra=told(*DRAWN))
def results_map(
    request: Request,
    database: Db,
    look: Look,
    config: Config,
    visitor: Visitor,
    on: OnDay,
    lon: Lon | None = None,
    lat: Lat | None = None,
) -> Response:
    """What was found, on the map; with lon and lat the plates nearest to that point."""
    asked = wanted(request)
    names = toponyms_known(database, look, on)
    if (lon is None) != (lat is None):
        raise BadInput("lon 与 lat 应同时给出", "lon and lat come together")
    point = None if lon is None or lat is None else _on_earth(lon, lat, asked.decimals)
    around: list[dict[str, Any]] = []
    if point is not None:
        near = nearest(look, names, *point, on, NEAREST_SHOWN, asked.unit)
        found = [address_answers.as_feature(each.match, asked.decimals, distance_m=each.distance_m) for each in near]
    else:
        matches = answers(look, names, [asked])[0] or _spelt(look, names, asked) if asked.q.strip() else []
        found = [address_answers.as_feature(each, asked.decimals) for each in matches]
        is_framed = bool(matches) and matches[0].match_level in ON_A_STREET and not _is_filtered(asked)
        around = address_pages.plates_around(look, names, found, on, asked.decimals) if is_framed else []
    sketch = Sketch(on, asked.decimals, reads_as_public(visitor), found, around, point)
    return address_pages.map_of(request, look, config, (asked, point), sketch)


def _is_filtered(asked: Question) -> bool:
    """Whether plates of some states, units or a box alone are asked for: those around them may be others."""
    return bool(asked.statuses or asked.unit or asked.box)


def _on_earth(lon: float, lat: float, decimals: int) -> tuple[float, float]:
    """A point as fine as its reader may see, lon and lat in degrees. Raises BadInput."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadInput("lon、lat 应为经度、纬度(度)", "lon and lat are degrees of longitude and latitude")
    return round(lon, decimals), round(lat, decimals)


@router.get("/parse", dependencies=[Lookup, Depends(only(*PARSING))])
def parse_address(
    request: Request,
    database: Db,
    look: Look,
    _visitor: Visitor,
    on: OnDay,
    q: Annotated[str, Query(description="an address as people write it, at most 300 characters")] = "",
    explain: Annotated[bool, Query(description="tell every step")] = False,
) -> Response:
    """The parts of an address by level, each with where it stands; what says nothing of the place is told as well."""
    found = parse(q, names_known(database, look, on))
    if pages.wants_page(request):
        return address_pages.parsed(request, found, on if "on" in request.query_params else None)
    told = {"steps": [each.as_dict() for each in found.steps()]} if explain else {}
    return json_answer(request, found.as_dict() | told)
