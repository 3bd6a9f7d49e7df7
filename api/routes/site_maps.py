"""Sites for everybody: community facilities and cemeteries on a map, to look at, to embed, and to take along as one file."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api import pages
from api.asking import only
from api.deps import Config, Look
from api.kept_maps import map_answer
from api.single_maps import as_one_file
from api.site_lists import (
    ASKED,
    KIND,
    REACHES,
    Sites,
    Wanted,
    areas_of,
    as_collection,
    boundary_lines,
    counts_by_type,
    sites_asked_for,
)
from gis.features import ask
from gis.registers import REGISTERS
from gis.settings import settings
from gis.text import Lang
from maps.layers import map_note
from maps.site_map import site_map
from placenames.sites.cemeteries import CATEGORIES
from placenames.sites.cemeteries import STATES as CEMETERY_STATES
from placenames.sites.facilities import STATES as FACILITY_STATES
from placenames.sites.facilities import TYPES

router = APIRouter(prefix="/sites")
LISTED = 500
"""So many sites stand in the list beneath the map; the map has them all."""
TO_EMBED = pages.MAP_POLICY.replace("frame-ancestors 'self'", "frame-ancestors *")


@router.get("", dependencies=[Depends(only(*ASKED, "lang"))])
def sites(request: Request, look: Look, asked: Wanted) -> Response:
    """Facilities and cemeteries on a map with their numbers, as everybody may see them; filters stay in the address."""
    found = sites_asked_for(look, asked)
    towns = _towns(look, asked)
    counted = counts_by_type(found)
    rows = [
        {**each["properties"], "register": register, "kind": each["properties"][KIND[register]]}
        for register, of_it in found.items()
        for each in of_it
    ]
    return pages.page(
        request,
        "sites.html",
        asked=asked,
        towns=towns,
        kinds=[("facilities", TYPES), ("cemeteries", CATEGORIES)],
        words={**TYPES, **CATEGORIES},
        states={**FACILITY_STATES, **CEMETERY_STATES},
        state_words={"facilities": FACILITY_STATES, "cemeteries": CEMETERY_STATES},
        reaches=REACHES,
        rows=rows[:LISTED],
        total=len(rows),
        counted=[(kind, counted[kind]) for kind in (*TYPES, *CATEGORIES) if kind in counted],
        in_towns=[(code, name) for code, name in towns.items() if any(code in each for each in counted.values())],
        map_address=f"/sites/map?{_query(request)}",
    )


@router.get("/map", dependencies=[Depends(only(*ASKED, "lang", "download"))])
def map_of_sites(
    request: Request,
    look: Look,
    config: Config,
    asked: Wanted,
    download: Annotated[bool, Query(description="one file that needs no server")] = False,
) -> Response:
    """The map alone: a permanent address, to stand in a frame of any page, or one file to take along."""
    if download:
        lang = pages.language(request)
        page = as_one_file(_drawn(look, asked, lang, map_note(config, lang)))
        named = {"Content-Disposition": f'attachment; filename="sites-{asked.on}.html"', "Cache-Control": "no-store"}
        return Response(page, 200, named, "text/html; charset=utf-8")
    answer = map_answer(request, look, config, ("sites", asked), lambda lang, note: _drawn(look, asked, lang, note))
    answer.headers["Content-Security-Policy"] = TO_EMBED
    return answer


def _drawn(look: Connection, asked: Sites, lang: Lang, note: str) -> str:
    found = sites_asked_for(look, asked)
    return site_map(
        as_collection(found["facilities"]),
        as_collection(found["cemeteries"]),
        lang,
        areas=areas_of(look, asked, found["cemeteries"]),
        units=as_collection(_ground(look, asked)),
        lines=boundary_lines(look, asked) if asked.lines else None,
        reach_m=asked.reach,
        note=f"{asked.on} · {note}",
    )


def _ground(look: Connection, asked: Sites) -> list[dict[str, Any]]:
    """The units of the lowest level that has areas."""
    question = replace(asked.question(), equal={"level": settings().parts_level})
    return [json.loads(each) for each in ask(look, REGISTERS["units"], question).features]


def _towns(look: Connection, asked: Sites) -> dict[str, str]:
    """The towns by their codes."""
    return {each["properties"]["code"]: each["properties"]["name"] for each in _ground(look, asked)}


def _query(request: Request) -> str:
    return urlencode([(name, value) for name, value in request.query_params.multi_items() if name in ASKED and value])
