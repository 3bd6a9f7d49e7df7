"""The map API: registers as collections of features, in the shape of OGC API Features (part 1, core)."""

import json
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import openapi, pages
from api.answers import (
    JSON,
    Link,
    address,
    bytes_answer,
    features_document,
    json_answer,
    link,
    self_and_others,
    with_links,
)
from api.deps import Config, Known, Look, OnDay, Visitor, day
from gis import features
from gis.errors import BadInput, NotFound
from gis.features import Box, Question
from gis.registers import REGISTERS, Register
from maps import layers, register_map

router = APIRouter()
GEOJSON = "application/geo+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
MOST = 10_000
CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
PARTS = ["ogcapi-common-1/1.0/conf/core", "ogcapi-common-2/1.0/conf/collections"] + [
    f"ogcapi-features-1/1.0/conf/{part}" for part in ("core", "geojson", "html", "oas30")
]
FRAME = {"bbox", "datetime", "limit", "next", "on", "known", "f", "lang"}


def landing_links(request: Request) -> list[Link]:
    """Where to go from the first page."""
    return [
        *self_and_others(request),
        link(address(request, "/openapi"), "service-desc", OPENAPI, "the map API"),
        link(address(request, "/conformance"), "conformance", JSON, "what it conforms to"),
        link(address(request, "/collections"), "data", JSON, "the collections"),
    ]


@router.get("/conformance")
def conformance(request: Request) -> Response:
    """The parts of the standard that are kept."""
    return json_answer(request, {"conformsTo": [f"http://www.opengis.net/spec/{part}" for part in PARTS]})


@router.get("/openapi")
def api_description(request: Request) -> Response:
    """The map API as an OpenAPI 3.0 document."""
    described = openapi.document(
        request.app.state.settings.title, address(request, ""), public_registers(), MOST
    )
    return json_answer(request, described, OPENAPI)


@router.get("/collections")
def collections(request: Request, look: Look, _visitor: Visitor) -> Response:
    """Every public register as a collection."""
    described = [describe(request, look, register) for register in public_registers()]
    if pages.wants_page(request):
        rows = [
            {
                "id": r.name,
                "title": r.title,
                "count": features.ask(look, r, Question(date.today(), limit=1)).matched,
            }
            for r in public_registers()
        ]
        return pages.page(request, "collections.html", collections=rows)
    return json_answer(request, {"collections": described, "links": self_and_others(request)})


@router.get("/collections/{collection}")
def collection(request: Request, collection: str, look: Look) -> Response:
    """One register: its title, its extent and where its items are."""
    return json_answer(request, describe(request, look, find_register(collection)))


@router.get("/collections/{collection}/items")
def items(
    request: Request,
    collection: str,
    look: Look,
    config: Config,
    visitor: Visitor,
    on: OnDay,
    known: Known,
    bbox: str | None = None,
    datetime: str | None = None,
    limit: int = 100,
    next: Annotated[str, Query(max_length=200)] = "",  # noqa: A002 - the word that the standard's links use
) -> Response:
    """Records in force on a day, as GeoJSON, page by page."""
    register, public = find_register(collection), visitor is None
    start, until = span(datetime, on)
    decimals = config.public_decimals if public else features.FULL
    equal = _filters(request, register, public)
    question = Question(start, until, known, box(bbox), capped(limit), next, decimals, public, equal)
    answer = features.ask(look, register, question)
    following = str(request.url.include_query_params(next=answer.next)) if answer.next else None
    if pages.wants_page(request):
        return _items_page(request, register, question, answer, following)
    links = self_and_others(request, GEOJSON)
    links += [link(following, "next", GEOJSON, "next page")] if following else []
    counts = {"numberMatched": answer.matched, "numberReturned": len(answer.features)}
    return bytes_answer(request, features_document({"links": links, **counts}, answer.features), GEOJSON)


@router.get("/collections/{collection}/items/{fid}")
def item(
    request: Request,
    collection: str,
    fid: str,
    look: Look,
    config: Config,
    visitor: Visitor,
    on: OnDay,
    known: Known,
    datetime: str | None = None,
) -> Response:
    """One record by its permanent id or its code, as it was on a day."""
    register, public = find_register(collection), visitor is None
    start, until = span(datetime, on)
    decimals = config.public_decimals if public else features.FULL
    found = features.one(look, register, fid, Question(start, until, known, decimals=decimals, public=public))
    if pages.wants_page(request):
        return _item_page(request, look, register, fid, found, public)
    if found is None:
        raise NotFound("{on} 没有生效的“{fid}”", "no “{fid}” was in force on {on}", fid=fid, on=start)
    home = link(address(request, f"/collections/{register.name}"), "collection", JSON, register.title.en)
    return bytes_answer(request, with_links(found, [*self_and_others(request, GEOJSON), home]), GEOJSON)


@router.get("/collections/{collection}/items/{fid}/versions")
def item_versions(request: Request, collection: str, fid: str, look: Look, visitor: Visitor) -> Response:
    """Every version of one record that was ever recorded."""
    found = features.versions(look, find_register(collection), fid, visitor is None)
    if not found:
        raise NotFound("没有“{fid}”", "there is no “{fid}”", fid=fid)
    return json_answer(request, {"versions": found, "links": self_and_others(request)})


def public_registers() -> list[Register]:
    """The registers that are collections."""
    return [register for register in REGISTERS.values() if register.public]


def find_register(name: str) -> Register:
    """A public register by its name. Raises NotFound."""
    register = REGISTERS.get(name)
    if register is None or not register.public:
        raise NotFound("没有名录“{name}”", "there is no collection “{name}”", name=name)
    return register


def describe(request: Request, look: Any, register: Register) -> dict[str, Any]:
    """What the standard wants to know of a collection."""
    base = address(request, f"/collections/{register.name}")
    around = features.extent(look, register, date.today())
    return {
        "id": register.name,
        "title": str(register.title),
        "itemType": "feature",
        "crs": [CRS84],
        "extent": {"spatial": {"bbox": [around or (-180, -90, 180, 90)], "crs": CRS84}},
        "links": [
            link(base, "self", JSON, register.title.en),
            link(base + "/items", "items", GEOJSON, register.title.en),
            link(base + "/items?f=html", "items", "text/html", register.title.en),
        ],
    }


def box(given: str | None) -> Box | None:
    """west,south,east,north in degrees (heights are left out). Raises BadInput."""
    if given is None:
        return None
    try:
        numbers = [float(part) for part in given.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    good = len(numbers) == 4 and all(abs(each) <= 360 for each in numbers) and numbers[1] <= numbers[3]
    if not good:
        raise BadInput(
            "bbox 应为 西,南,东,北 四个度数,收到“{given}”",
            "bbox should be west,south,east,north in degrees, not “{given}”",
            given=given,
        )
    return numbers[0], numbers[1], numbers[2], numbers[3]


def capped(limit: int) -> int:
    """As many as asked for, at most `MOST`. Raises BadInput below one."""
    if limit < 1:
        raise BadInput("limit 至少为 1", "limit is at least 1")
    return min(limit, MOST)


def span(given: str | None, on: date) -> tuple[date, date | None]:
    """A day, or the first and last day of an interval such as 2026-01-01/.. . Raises BadInput."""
    if not given:
        return on, None
    start, slash, end = given.partition("/")
    if not slash:
        return _day_of(start) or on, None
    first = _day_of(start) or date.min
    last = _day_of(end) or date.max
    if last < first:
        raise BadInput("datetime 的结束早于开始", "datetime ends before it starts")
    return first, last


def _day_of(given: str) -> date | None:
    if given in ("", ".."):
        return None
    if len(given) > 10:
        try:
            return datetime.fromisoformat(given.replace(" ", "+")).astimezone(UTC).date()
        except ValueError:
            given = given[:40]
    return day(given, "datetime")


def _filters(request: Request, register: Register, public: bool) -> dict[str, str]:
    """Parameters that name a field of the register. Raises BadInput for any other word."""
    given = {name: value for name, value in request.query_params.items() if name not in FRAME}
    words = {field.name for field in register.fields if field.type is str and (field.public or not public)}
    for name in given:
        if name not in words:
            raise BadInput("没有参数“{name}”", "there is no parameter “{name}”", name=name)
    return given


def _items_page(
    request: Request, register: Register, question: Question, answer: features.Answer, following: str | None
) -> Response:
    shown = [field for field in register.fields if field.public or not question.public]
    return pages.page(
        request,
        "collection.html",
        collection={"id": register.name, "title": register.title},
        fields=shown,
        rows=[json.loads(feature)["properties"] for feature in answer.features],
        matched=answer.matched,
        on=question.on,
        first=str(request.url.remove_query_params("next")) if question.after else None,
        following=following,
        map_address=f"/collections/{register.name}/map?on={question.on}",
        json_address=str(request.url.include_query_params(f="json")),
    )


def _item_page(
    request: Request, look: Any, register: Register, fid: str, found: str | None, public: bool
) -> Response:
    chain = features.versions(look, register, fid, public)
    if not chain:
        raise NotFound("没有“{fid}”", "there is no “{fid}”", fid=fid)
    properties = json.loads(found)["properties"] if found else chain[-1]
    fields = [register.field(name) for name in features.visible(register, public)]
    today = date.today()
    for version in chain:
        in_force = version["valid_from"] <= today and (
            version["valid_to"] is None or version["valid_to"] > today
        )
        version["current"] = in_force and version["superseded_at"] is None
        version["document"] = features.document_of(look, version["submission"])
    return pages.page(
        request,
        "item.html",
        collection={"id": register.name, "title": register.title},
        item={"id": fid, "label": properties.get("label") or properties.get("name") or properties["code"]},
        rows=[{"title": f.title, "value": properties.get(f.name), "unit": f.unit} for f in fields],
        versions=chain,
        map_address=f"/collections/{register.name}/map?fid={fid}" if found else None,
    )


@router.get("/collections/{collection}/map")
def collection_map(
    request: Request, collection: str, look: Look, config: Config, visitor: Visitor, on: OnDay, fid: str = ""
) -> Response:
    """The map of one register on a day, or of one record."""
    register, public = find_register(collection), visitor is None
    decimals = config.public_decimals if public else features.FULL
    question = Question(on, limit=MOST, decimals=decimals, public=public)
    one = features.one(look, register, fid, question) if fid else None
    shown = ([one] if one else []) if fid else features.ask(look, register, question).features
    items = {"type": "FeatureCollection", "features": [json.loads(feature) for feature in shown]}
    fields = {name: register.field(name).title for name in features.visible(register, public)}
    lang = pages.language(request)
    drawn = register_map.register_map(
        {} if register.ground and not fid else items,
        register.title,
        fields,
        lang,
        units=items if register.ground and not fid else None,
        note=layers.map_note(config, lang),
        place=f"/collections/{register.name}/items/",
    )
    return pages.map_page(drawn)
