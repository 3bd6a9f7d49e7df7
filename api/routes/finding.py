"""Place names: finding them by anything they are or were called, help while typing, and a permanent page for each."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import RedirectResponse, Response

from api import name_pages, pages
from api.answers import JSON, address, json_answer, link, self_and_others
from api.asking import only
from api.deps import Config, Db, Look, Lookup, Visitor, areas_read_by, day, decimals_for, reads_as_public
from api.name_search import Wanted
from api.routes.ogc import GEOJSON
from gis import features
from gis.text import Text
from placenames.finding import biographies, gazetteer
from placenames.finding.biographies import Biography
from placenames.finding.found import Found
from placenames.finding.gazetteer import Search

router = APIRouter(prefix="/names")
ASKED = ("q", "on", "kind", "category", "class_code", "unit", "bbox", "near", "limit")
SUGGESTIONS = 10


@router.get("", dependencies=[Lookup, Depends(only(*ASKED))])
@router.get("/search", dependencies=[Lookup, Depends(only(*ASKED))])
def find(request: Request, look: Look, asked: Wanted) -> Response:
    """Places by any of their names, by sound, initials, code, kind, unit, box and day; the best first."""
    found = gazetteer.search(look, asked) if is_asked(asked) else []
    if pages.wants_page(request):
        return name_pages.results(request, look, asked, found)
    frame = {
        "type": "FeatureCollection", "query": asked.text, "on": asked.on, "numberReturned": len(found),
        "features": [as_feature(each) for each in found], "links": self_and_others(request, GEOJSON),
    }  # fmt: skip
    return json_answer(request, frame, GEOJSON)


@router.get("/suggest", dependencies=[Lookup, Depends(only(*ASKED))])
def suggest(request: Request, look: Look, asked: Wanted) -> Response:
    """A few places whose names begin with what was typed so far, or sound so."""
    if pages.wants_page(request) and "hx-request" not in request.headers:
        return RedirectResponse("/names?" + str(request.query_params), 303)
    few = replace(asked, quick=True, limit=min(asked.limit, SUGGESTIONS))
    found = gazetteer.search(look, few) if asked.text.strip() else []
    if pages.wants_page(request):
        return pages.page(request, "names_suggested.html", found=found, query=asked.text, on=asked.on)
    return json_answer(request, {"query": asked.text, "suggestions": [_suggestion(each) for each in found]})


@router.get("/map", dependencies=[Lookup, Depends(only(*ASKED))])
def results_map(request: Request, look: Look, config: Config, asked: Wanted) -> Response:
    """What was found, on the map."""
    found = gazetteer.search(look, asked) if is_asked(asked) else []
    return name_pages.map_of(request, look, [as_feature(each) for each in found], asked, config)


@router.get("/{identity}", dependencies=[Depends(only("on"))])
def place(
    request: Request,
    identity: str,
    look: Look,
    database: Db,
    config: Config,
    visitor: Visitor,
    on: Annotated[str | None, Query(description="legal day, 2026-05-01")] = None,
) -> Response:
    """One place by its permanent id or its code: all it is and was, all it is and was called, its cases."""
    public = reads_as_public(visitor)
    decimals = decimals_for(config, visitor)
    asked = Search(on=day(on, "on"), public=public, decimals=decimals)
    found = biographies.biography(look, identity, asked.day, public=public, decimals=decimals, areas=areas_read_by(visitor))
    if visitor is None:
        of_it = biographies.cases_of(look, found.id, None)
    else:
        with database.writing() as tx:
            of_it = biographies.cases_of(tx, found.id, visitor)
    if pages.wants_page(request):
        return name_pages.place(request, found, of_it, asked)
    question = features.Question(found.on, decimals=decimals, public=public, areas=areas_read_by(visitor))
    return json_answer(request, _document(request, look, found, of_it, asked, question), GEOJSON)


def is_asked(asked: Search) -> bool:
    """Whether anything is asked for: who asks for nothing gets nothing."""
    return bool(asked.text.strip() or asked.category or asked.class_code or asked.unit or asked.box)


def as_feature(found: Found) -> dict[str, Any]:
    """A place that was found as a GeoJSON feature; its point is as fine as its reader may see."""
    here = None if found.lon is None else {"type": "Point", "coordinates": [found.lon, found.lat]}
    return {"type": "Feature", "id": found.id, "geometry": here, "properties": found.as_properties()}


def _suggestion(found: Found) -> dict[str, Any]:
    match = found.match
    return {
        "id": found.id, "text": match.text, "name": found.name, "label": found.label, "kind": match.kind,
        "how": match.how, "note": found.note.as_dict(),
    }  # fmt: skip


def _document(
    request: Request, look: Look, found: Biography, of_it: list[dict[str, Any]], asked: Search, question: features.Question
) -> dict[str, Any]:
    """The place as a feature, with its names, versions and cases beside the properties."""
    feature = name_pages.feature_of(look, found, question)
    home = link(address(request, "/collections/names"), "collection", JSON, str(Text("地名", "Place names")))
    names = [
        {"text": each.text, "kind": each.kind_on(asked.day), "since": each.since, "until": each.until,
         "authority": each.authority, "document": each.document}
        for each in found.called
    ]  # fmt: skip
    told = [{**each, "words": each["words"].as_dict(), "what": each["what"].as_dict()} for each in of_it]
    return {
        **feature, "in_force": found.in_force, "present_name": found.present, "unit_names": found.unit_names,
        "called": names, "versions": found.versions, "cases": told, "links": [*self_and_others(request, GEOJSON), home],
    }  # fmt: skip

