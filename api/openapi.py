"""The map API described as OpenAPI 3.0, for programs that read nothing newer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.answers import HTML, JSON
from gis.features import properties_schema
from gis.registers import Register
from placenames.addresses.finding.matches import LEVELS

Schema = dict[str, Any]
GEOJSON, PROBLEM = "application/geo+json", "application/problem+json"


def document(title: str, server: str, registers: Sequence[Register], most: int) -> Schema:
    """The whole description."""
    paths = {
        "/": _get("landing", "The first page", {JSON: "landing", HTML: None}),
        "/conformance": _get("conformance", "What the map API conforms to", {JSON: "conformance"}),
        "/collections": _get("collections", "All registers", {JSON: "collections", HTML: None}),
        "/units/at": _get("unitsAt", "The units that govern a point", {JSON: "unitsAt"}, _POINT + _ON),
    }
    paths |= _address_paths()
    for register in registers:
        paths |= _paths_of(register, most)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": title,
            "version": "1",
            "description": "Registers with their history. Coordinates are CGCS2000, lon lat in degrees.",
            "license": {"name": "MIT"},
        },
        "servers": [{"url": server}],
        "paths": paths,
        "components": {"schemas": _SCHEMAS | _schemas_of(registers)},
    }


def _paths_of(register: Register, most: int) -> Schema:
    base, title = f"/collections/{register.name}", register.title.en
    page = {GEOJSON: f"{register.name}Page", HTML: None}
    one = {GEOJSON: register.name, HTML: None}
    return {
        base: _get(f"{register.name}Collection", title, {JSON: "collection", HTML: None}),
        f"{base}/items": _get(f"{register.name}Items", title, page, _items_parameters(register, most)),
        f"{base}/items/{{featureId}}": _get(
            f"{register.name}Item", title, one, [_FEATURE, _DATETIME, *_ON], absent=True
        ),
    }


def _address_paths() -> Schema:
    """What is asked of addresses beside their collection."""
    found = {GEOJSON: "addressesFound", HTML: None}
    base = "/addresses"
    return {
        f"{base}/search": _get("addressSearch", "The addresses meant, the best first", found, [_Q, *_WHERE, _EXPLAIN]),
        f"{base}/suggest": _get("addressSuggest", "What begins with what was typed so far", found, [_Q, *_WHERE]),
        f"{base}/reverse": _get("addressReverse", "The plates nearest to a point", found, [*_POINT, *_WHERE[:2], _LIMIT]),
        f"{base}/parse": _get(
            "addressParse", "The parts of an address", {JSON: "addressParts", HTML: None}, [_Q, _WHERE[0], _EXPLAIN]
        ),
        f"{base}/{{featureId}}": _get(
            "address", "One address, its history", {GEOJSON: "oneAddress", HTML: None}, [_FEATURE, _WHERE[0]], absent=True
        ),
    }  # fmt: skip


def _get(
    name: str,
    summary: str,
    forms: Mapping[str, str | None],
    parameters: Sequence[Schema] = (),
    *,
    absent: bool = False,
) -> Schema:
    """One GET operation; `forms` says which schema each encoding follows (None: a page)."""
    content = {
        form: {"schema": _ref(schema) if schema else {"type": "string"}} for form, schema in forms.items()
    }
    problem = {"content": {PROBLEM: {"schema": _ref("problem")}}}
    answers = {"200": {"description": "the document", "content": content}}
    answers["400"] = {"description": "a parameter is unknown or has no valid value", **problem}
    if absent:
        answers["404"] = {"description": "nothing of this id was in force then", **problem}
    answers["429"] = {"description": "more was asked than is allowed; Retry-After says when to ask again", **problem}
    answers["503"] = {"description": "the question took too long, or the database is away", **problem}
    frame = [_query("f", {"type": "string", "enum": ["json", "html"]}), _query("lang", {"type": "string"})]
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "parameters": [*parameters, *frame],
            "responses": answers,
        }
    }


def _items_parameters(register: Register, most: int) -> list[Schema]:
    numbers = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    limit = {"type": "integer", "minimum": 1, "maximum": most, "default": 100}
    fields = [
        _query(each.name, {"type": "string"}, each.title.en)
        for each in register.fields
        if each.public and each.type is str
    ]
    return [
        _query("bbox", numbers, "west, south, east, north in degrees; west > east crosses the antimeridian"),
        _query("limit", limit, "how many at most"),
        _DATETIME,
        *_ON,
        _query("next", {"type": "string"}, "the key of a page, as the next link has it"),
        *fields,
    ]


def _query(name: str, schema: Schema, words: str = "") -> Schema:
    described = {"description": words} if words else {}
    return {
        "name": name,
        "in": "query",
        "required": False,
        "style": "form",
        "explode": False,
        "schema": schema,
    } | described


def _ref(schema: str) -> Schema:
    return {"$ref": f"#/components/schemas/{schema}"}


def _schemas_of(registers: Sequence[Register]) -> dict[str, Schema]:
    made: dict[str, Schema] = {}
    for register in registers:
        made[register.name] = _feature_schema(properties_schema(register, public=True))
        made[f"{register.name}Page"] = _page_schema(register.name)
    return made


def _feature_schema(properties: Schema) -> Schema:
    return {
        "type": "object",
        "required": ["type", "id", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string", "format": "uuid"},
            "geometry": {"type": "object", "nullable": True},
            "properties": {"type": "object", "properties": properties},
            "links": _LINKS,
        },
    }


def _page_schema(name: str) -> Schema:
    return {
        "type": "object",
        "required": ["type", "features", "links", "numberMatched", "numberReturned", "timeStamp"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": _ref(name)},
            "links": _LINKS,
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
            "timeStamp": {"type": "string", "format": "date-time"},
        },
    }


def _object(*required: str, **properties: Schema) -> Schema:
    return {"type": "object", "required": list(required), "properties": properties}


_TEXT: Schema = {"type": "string"}
_LINKS: Schema = {"type": "array", "items": _ref("link")}
_DATETIME = _query("datetime", _TEXT, "a day, a moment, or start/end with .. for open")
_ON = [
    _query("on", {"type": "string", "format": "date"}, "legal day; today when not given"),
    _query("known", _TEXT, "as it was known here at this moment"),
]
_FEATURE = {"name": "featureId", "in": "path", "required": True, "schema": _TEXT, "description": "id or code"}
_POINT = [
    _query(name, {"type": "number", "minimum": -most, "maximum": most}, "degrees") | {"required": True}
    for name, most in (("lon", 180), ("lat", 90))
]
_PLACE: Schema = {"type": "object", "nullable": True}
_Q = _query("q", _TEXT | {"maxLength": 300}, "an address as people write it")
_WHERE = [
    _ON[0],
    _query("unit", _TEXT, "the beginning of unit codes"),
    _query("bbox", _TEXT, "west,south,east,north in degrees"),
    _query("status", _TEXT, "states of the plate, with commas"),
    _query("near", _TEXT, "lon,lat in degrees: of several the nearer comes first"),
    _query("limit", {"type": "integer", "minimum": 1}, "how many at most"),
]
_LIMIT, _EXPLAIN = _WHERE[-1], _query("explain", {"type": "boolean"}, "tell every step")
_WORDS: Schema = {"type": "object", "required": ["zh", "en"], "properties": {"zh": _TEXT, "en": _TEXT}}
_SAID: Schema = {"type": "array", "items": _WORDS}
_OBJECTS: Schema = {"type": "array", "items": {"type": "object"}}
_MAYBE: Schema = {"type": "string", "nullable": True}
_SCHEMAS: dict[str, Schema] = {
    "link": _object("href", "rel", href=_TEXT, rel=_TEXT, type=_TEXT, title=_TEXT),
    "problem": _object("title", "status", type=_TEXT, title=_TEXT, status={"type": "integer"}, detail=_TEXT),
    "landing": _object("links", title=_TEXT, description=_TEXT, links=_LINKS),
    "conformance": _object("conformsTo", conformsTo={"type": "array", "items": _TEXT}),
    "collections": _object("collections", "links", links=_LINKS, collections={"type": "array", "items": _ref("collection")}),
    "collection": _object("id", "links", id=_TEXT, title=_TEXT, description=_TEXT, links=_LINKS,
                          extent={"type": "object"}, crs={"type": "array", "items": _TEXT}, itemType=_TEXT),
    "unitsAt": _object("units", units=_OBJECTS,
                       on_line={"type": "boolean"}, lon={"type": "number"}, lat={"type": "number"}),
    "addressesFound": _object("type", "features", "geocoding", type=_TEXT, geocoding={"type": "object"},
                              features={"type": "array", "items": _ref("addressFound")},
                              steps=_SAID, units=_OBJECTS),
    "addressFound": _object("type", "geometry", "properties", type=_TEXT, id=_TEXT, geometry=_PLACE, properties=_object(
        "label", "score", "match_level", id=_MAYBE, code=_MAYBE, label=_TEXT, unit=_TEXT, status=_MAYBE,
        score={"type": "number", "minimum": 0, "maximum": 1}, match_level={"type": "string", "enum": list(LEVELS)},
        changed=_SAID, distance_m={"type": "number"}, level_words=_WORDS,
        alternatives=_OBJECTS)),
    "addressParts": _object("text", "normalised", "parts", "components", "leftovers", text=_TEXT, normalised=_TEXT,
                            plate=_TEXT, parts={"type": "object"}, components=_OBJECTS,
                            leftovers=_OBJECTS),
    "oneAddress": _object("type", "id", "properties", "numbers", type=_TEXT, id=_TEXT, geometry=_PLACE, links=_LINKS,
                          properties={"type": "object"}, in_force={"type": "boolean"}, present=_TEXT,
                          numbers={"type": "array", "items": _object("text", "since", text=_TEXT, since=_TEXT, until=_MAYBE,
                                                                     unit=_TEXT, document=_MAYBE)},
                          before={"type": "array", "items": _TEXT}, places=_OBJECTS,
                          versions=_OBJECTS,
                          unit_names={"type": "array", "items": _TEXT}),
}  # fmt: skip
