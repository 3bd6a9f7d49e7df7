"""Sites for everybody: community facilities and cemeteries on a map, to look at, to embed, and to take along as one file."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from api import pages
from api.asking import only
from api.deps import Config, Look
from api.kept_maps import kept_answer, map_answer
from api.site_lists import (
    ASKED,
    KIND,
    REACHES,
    Sites,
    Wanted,
    as_for_everybody,
    counts_by_type,
    drawn_map,
    ground_of,
    one_file,
    sites_asked_for,
    town_of,
)
from api.site_sheets import FORMS, drawn_sheet, must_be_a_sheet
from maps.layers import map_note
from placenames.sites.cemeteries import CATEGORIES
from placenames.sites.cemeteries import STATES as CEMETERY_STATES
from placenames.sites.facilities import STATES as FACILITY_STATES
from placenames.sites.facilities import TYPES

router = APIRouter(prefix="/sites")
LISTED = 500
"""So many sites stand in the list beneath the map; the map has them all."""
TO_EMBED = pages.MAP_POLICY.replace("frame-ancestors 'self'", "frame-ancestors *")


@router.get("", dependencies=[Depends(only(*ASKED, "lang"))])
def sites(request: Request, look: Look, config: Config, asked: Wanted) -> Response:
    """Facilities and cemeteries on a map with their numbers, as everybody may see them; filters stay in the address."""
    found = sites_asked_for(look, asked)
    towns = _towns(look, asked)
    counted = counts_by_type(found, config)
    rows = [
        {
            **each["properties"],
            "register": register,
            "placed": bool(each["geometry"]),
            "kind": each["properties"][KIND[register]],
            "town": town_of(each["properties"]["unit"], config),
        }
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
        elsewhere={kind: number.total() - sum(number[code] for code in towns) for kind, number in counted.items()},
        map_address=f"/sites/map?{_query(request)}",
        sheet_address=f"/sites/sheet?{_query(request)}",
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
        page, _ = one_file(look, as_for_everybody(asked, config), pages.language(request), config)
        named = {"Content-Disposition": f'attachment; filename="sites-{asked.on}.html"', "Cache-Control": "no-store"}
        return Response(page, 200, named, "text/html; charset=utf-8")
    answer = map_answer(request, look, config, ("sites", asked), lambda lang, note: drawn_map(look, asked, lang, note))
    answer.headers["Content-Security-Policy"] = TO_EMBED
    return answer


@router.get("/sheet", dependencies=[Depends(only(*ASKED, "lang", "form", "paper"))])
def sheet_of_sites(
    request: Request,
    look: Look,
    config: Config,
    asked: Wanted,
    form: Annotated[str, Query(description="png or pdf")] = "pdf",
    paper: Annotated[str, Query(description="A4 or A3, landscape")] = "A4",
) -> Response:
    """The map on paper: title, day, legend with numbers, scale bar, north arrow and approval number, drawn by the server."""
    must_be_a_sheet(form, paper)
    lang, asked = pages.language(request), as_for_everybody(asked, config)
    question = ("sheet", asked, form, paper, lang, map_note(config, lang))
    answer = kept_answer(
        request, look, question, lambda: drawn_sheet(look, asked, lang, config, form=form, paper=paper)[0], FORMS[form]
    )
    answer.headers["Content-Disposition"] = f'inline; filename="sites-{asked.on}-{paper}.{form}"'
    return answer


def _towns(look: Connection, asked: Sites) -> dict[str, str]:
    """The towns by their codes."""
    return {each["properties"]["code"]: each["properties"]["name"] for each in ground_of(look, asked)}


def _query(request: Request) -> str:
    return urlencode([(name, value) for name, value in request.query_params.multi_items() if name in ASKED and value])
