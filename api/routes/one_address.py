"""One address: its permanent page by its permanent id or its code, with its old and new numbers and its map.

Its own room because it must stand behind every other address below `/addresses`: any word may be a code.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api import address_pages, pages
from api.address_pages import Sketch
from api.answers import JSON, address, json_answer, link, self_and_others
from api.asking import only
from api.deps import Config, Db, Look, Lookup, Visitor, areas_read_by, day, decimals_for, reads_as_public
from api.known_names import toponyms_known
from api.routes.ogc import GEOJSON
from gis import features
from placenames.addresses.address_histories import AddressHistory, address_history, behind_the_same_plate
from placenames.addresses.addresses import ADDRESSES

router = APIRouter(prefix="/addresses")


async def _question(
    config: Config,
    visitor: Visitor,
    on: Annotated[str | None, Query(description="legal day, 2026-05-01")] = None,
) -> features.Question:
    public, areas = reads_as_public(visitor), areas_read_by(visitor)
    decimals = decimals_for(config, visitor)
    return features.Question(day(on, "on") or date.today(), decimals=decimals, public=public, areas=areas)


Asked = Annotated[features.Question, Depends(_question)]


@router.get("/{identity}", dependencies=[Lookup, Depends(only("on"))])
def one_address(request: Request, identity: str, look: Look, asked: Asked) -> Response:
    """One address: the feature of the day, what it reads and read since when, and the places its parts are."""
    found = _history(look, identity, asked)
    if pages.wants_page(request):
        return address_pages.one(request, found, behind_the_same_plate(look, found), asked)
    return json_answer(request, _document(request, look, found, asked), GEOJSON)


@router.get("/{identity}/map", dependencies=[Lookup, Depends(only("on"))])
def one_address_map(
    request: Request, identity: str, look: Look, database: Db, config: Config, asked: Asked
) -> Response:
    """The address on the map, with the plates around it."""
    found = _history(look, identity, asked)
    feature = _feature(look, found, asked)
    about = {"id": None, "label": found.label, "code": found.version["code"], "match_level": found.level}
    names = toponyms_known(database, look, found.on)
    around = address_pages.plates_around(look, names, [feature], found.on, asked.decimals)
    sketch = Sketch(found.on, asked.decimals, asked.public, [{**feature, "properties": about}], around)
    return address_pages.map_of(request, look, config, (found.id,), sketch)


def _history(look: Look, identity: str, asked: features.Question) -> AddressHistory:
    return address_history(
        look, identity, asked.on, public=asked.public, decimals=asked.decimals, areas=asked.areas
    )


def _feature(look: Look, found: AddressHistory, asked: features.Question) -> dict[str, Any]:
    """The version that is shown as a GeoJSON feature."""
    question = replace(asked, on=found.on)
    text = features.one(look, ADDRESSES, str(found.id), question)
    feature: dict[str, Any] = json.loads(text) if text else {"type": "Feature", "id": str(found.id), "geometry": None}
    return feature


def _document(request: Request, look: Look, found: AddressHistory, asked: features.Question) -> dict[str, Any]:
    feature = _feature(look, found, asked)
    properties = {**feature.get("properties", {}), "label": found.label}
    numbers = [each._asdict() for each in found.numbers]
    places = [{**each._asdict(), "href": address(request, f"/names/{each.id}")} for each in found.places]
    home = link(address(request, "/collections/addresses"), "collection", JSON, str(ADDRESSES.title))
    return {
        **feature, "properties": properties, "in_force": found.in_force, "present": found.present,
        "unit_names": found.unit_names, "numbers": numbers, "before": found.before, "places": places,
        "versions": found.versions, "links": [*self_and_others(request, GEOJSON), home],
    }  # fmt: skip
