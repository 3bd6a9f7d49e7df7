"""The map API: registers as collections of features, as OGC API Features part 1 (core) asks."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from api import asking, heaping, openapi, pages, register_pages
from api.answers import (
    HTML,
    JSON,
    Link,
    address,
    bytes_answer,
    features_document,
    json_answer,
    link,
    now,
    self_and_others,
    stamp,
    with_links,
)
from api.asking import MOST, TIMES, only
from api.deps import Config, Known, Look, OnDay, Visitor, areas_read_by, decimals_for, reads_as_public
from gis import features
from gis.errors import NotFound
from gis.features import Answer, Question
from gis.registers import REGISTERS, Register
from gis.settings import Settings

router = APIRouter()
GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
WORLD = (-180.0, -90.0, 180.0, 90.0)
PARTS = ["ogcapi-common-1/1.0/conf/core", "ogcapi-common-2/1.0/conf/collections"] + [
    f"ogcapi-features-1/1.0/conf/{part}" for part in ("core", "geojson", "oas30")
]
Bare, Timed = Depends(only()), Depends(only(*TIMES))


async def _asked(
    config: Config, visitor: Visitor, on: OnDay, known: Known, datetime: Annotated[str | None, Query()] = None
) -> Question:
    """The days of a question, as finely answered as the person at the door may see."""
    start, until = asking.span(datetime, on)
    decimals = decimals_for(config, visitor)
    public, areas = reads_as_public(visitor), areas_read_by(visitor)
    return Question(start, until, known, decimals=decimals, public=public, areas=areas)


Asked = Annotated[Question, Depends(_asked)]


def landing_links(request: Request) -> list[Link]:
    """Where to go from the first page."""
    return [
        *self_and_others(request),
        link(address(request, "/openapi"), "service-desc", OPENAPI, "the map API"),
        link(address(request, "/conformance"), "conformance", JSON, "what it conforms to"),
        link(address(request, "/collections"), "data", JSON, "the collections"),
    ]


@router.get("/conformance", dependencies=[Bare])
def conformance(request: Request) -> Response:
    """The parts of the standard that are kept."""
    return json_answer(request, {"conformsTo": [f"http://www.opengis.net/spec/{part}" for part in PARTS]})


@router.get("/openapi", dependencies=[Bare])
def api_description(request: Request, config: Config) -> Response:
    """The map API as an OpenAPI 3.0 document."""
    described = openapi.document(config.title, address(request, ""), visible_registers(public=True), MOST)
    return json_answer(request, described, OPENAPI)


@router.get("/collections", dependencies=[Bare])
def collections(request: Request, look: Look, config: Config, question: Asked) -> Response:
    """Every register as a collection."""
    registers = visible_registers(public=question.public)
    if pages.wants_page(request):
        return register_pages.all_registers(request, look, registers, question.on)
    described = [describe(request, look, register, config) for register in registers]
    return json_answer(request, {"collections": described, "links": self_and_others(request)})


@router.get("/collections/{collection}", dependencies=[Bare])
def collection(request: Request, collection: str, look: Look, config: Config, question: Asked) -> Response:
    """One register: its title, its extent and where its items are."""
    register = find_register(collection, public=question.public)
    if pages.wants_page(request):
        return RedirectResponse(f"/collections/{register.name}/items", 303)
    return json_answer(request, describe(request, look, register, config))


@router.get("/collections/{collection}/items")
def items(
    request: Request,
    collection: str,
    look: Look,
    question: Asked,
    bbox: str | None = None,
    limit: int = 100,
    next: Annotated[str, Query(max_length=400)] = "",  # noqa: A002 - the word that the standard's links use
) -> Response:
    """Records in force on a day, as GeoJSON, page by page."""
    register = find_register(collection, public=question.public)
    words = {each.name for each in register.shown(public=question.public) if each.type is str}
    equal = asking.filters(request, words)
    wanted = replace(question, box=asking.box(bbox), limit=asking.capped(limit), after=next, equal=equal)
    answer = features.ask(look, register, wanted)
    following = _following(request, wanted, answer)
    if pages.wants_page(request):
        return register_pages.table(request, register, wanted, answer, following)
    links = self_and_others(request, GEOJSON)
    links += [link(following, "next", GEOJSON, "next page")] if following else []
    counts = {"numberMatched": answer.matched, "numberReturned": len(answer.features), "timeStamp": now()}
    body = features_document({"links": links, **counts}, answer.features)
    content = f"{request.url}{answer.matched}{''.join(answer.features)}"
    return bytes_answer(request, body, GEOJSON, same_as_long_as=content)


def _following(request: Request, question: Question, answer: Answer) -> str | None:
    """The next page of the same answer: its days and what was known stay what they were on the first page."""
    if answer.next is None:
        return None
    fixed = {"next": answer.next, "known": stamp(answer.moment)}
    if question.until is None:
        fixed["datetime"] = question.on.isoformat()
    return str(request.url.include_query_params(**fixed))


@router.get("/collections/{collection}/items/{fid}", dependencies=[Timed])
def item(request: Request, collection: str, fid: str, look: Look, question: Asked) -> Response:
    """One record by its permanent id or its code, as it was on a day."""
    register = find_register(collection, public=question.public)
    found = features.one(look, register, fid, question)
    if pages.wants_page(request):
        return register_pages.record(request, look, register, fid, question, found)
    if found is None:
        raise NotFound("{on} 没有生效的“{fid}”", "no “{fid}” was in force on {on}", fid=fid, on=question.on)
    home = link(address(request, f"/collections/{register.name}"), "collection", JSON, str(register.title))
    return bytes_answer(request, with_links(found, [*self_and_others(request, GEOJSON), home]), GEOJSON)


@router.get("/collections/{collection}/items/{fid}/versions", dependencies=[Bare])
def item_versions(request: Request, collection: str, fid: str, look: Look, question: Asked) -> Response:
    """Every version of one record that was ever recorded."""
    register = find_register(collection, public=question.public)
    found = features.versions(look, register, fid, question.public, question.decimals, question.areas)
    if not found:
        raise NotFound("没有“{fid}”", "there is no “{fid}”", fid=fid)
    return json_answer(request, {"versions": found, "links": self_and_others(request, page=False)})


@router.get("/collections/{collection}/map", dependencies=[Depends(only(*TIMES, "fid"))])
def collection_map(
    request: Request, collection: str, look: Look, config: Config, question: Asked, fid: str = ""
) -> Response:
    """The map of one register on a day, or of one record."""
    register = find_register(collection, public=question.public)
    return register_pages.map_of(request, look, register, fid, replace(question, limit=MOST), config)


@router.get("/collections/{collection}/heaps", dependencies=[Depends(only(*TIMES, "bbox", "zoom"))])
def collection_heaps(
    request: Request, collection: str, look: Look, question: Asked, bbox: str, zoom: Annotated[int, Query(ge=0, le=22)]
) -> Response:
    """The records of a box for a map: numbers where they stand close, single ones with id and label."""
    register = find_register(collection, public=question.public)
    west, south, east, north = asking.box(bbox) or WORLD
    box = (west, south, east, north) if west <= east else WORLD
    return heaping.heaps(request, look, register, question, box, zoom)


def visible_registers(*, public: bool) -> list[Register]:
    """The registers that are collections for the public, or for a colleague."""
    return [register for register in REGISTERS.values() if register.public or not public]


def find_register(name: str, *, public: bool) -> Register:
    """A register by its name, if this reader may see it. Raises NotFound."""
    register = REGISTERS.get(name)
    if register is None or (public and not register.public):
        raise NotFound("没有名录“{name}”", "there is no collection “{name}”", name=name)
    return register


def describe(request: Request, look: Connection, register: Register, config: Settings) -> dict[str, Any]:
    """What the standard wants to know of a collection."""
    base = address(request, f"/collections/{register.name}")
    around = features.extent(look, register, config.public_decimals)
    return {
        "id": register.name,
        "title": str(register.title),
        "description": "CGCS2000 (EPSG:4490), lon lat; within a metre of WGS 84. "
        f"Without signing in, coordinates are rounded to {config.public_decimals} decimals of a degree.",
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {
            "spatial": {"bbox": [around or (-180, -90, 180, 90)], "crs": CRS84},
            "temporal": {"interval": [[None, None]]},
        },
        "links": [
            link(base, "self", JSON, str(register.title)),
            link(base + "/items", "items", GEOJSON, str(register.title)),
            link(base + "/items?f=html", "items", HTML, str(register.title)),
        ],
    }
