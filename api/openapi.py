"""The map API described as OpenAPI 3.0, for programs that read nothing newer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gis.features import properties_schema
from gis.registers import Register

Schema = dict[str, Any]


def document(title: str, server: str, registers: Sequence[Register], most: int) -> Schema:
    """The whole description."""
    paths = {
        "/": _get("landing page"),
        "/conformance": _get("conformance"),
        "/collections": _get("collections"),
    }
    for register in registers:
        base = f"/collections/{register.name}"
        paths[base] = _get(register.title.en)
        paths[f"{base}/items"] = _get(
            register.title.en, _items_parameters(register, most), "application/geo+json"
        )
        paths[f"{base}/items/{{featureId}}"] = _get(
            register.title.en, [_FEATURE, _DATETIME], "application/geo+json"
        )
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "version": "1"},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {
            "schemas": {
                r.name: {"type": "object", "properties": properties_schema(r, public=True)} for r in registers
            }
        },
    }


def _get(summary: str, parameters: Sequence[Schema] = (), media_type: str = "application/json") -> Schema:
    fine = {"description": "the document", "content": {media_type: {"schema": {"type": "object"}}}}
    bad = {
        "description": "a problem document",
        "content": {"application/problem+json": {"schema": {"type": "object"}}},
    }
    return {
        "get": {"summary": summary, "parameters": list(parameters), "responses": {"200": fine, "400": bad}}
    }


def _items_parameters(register: Register, most: int) -> list[Schema]:
    numbers = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    fields = [_query(f.name, {"type": "string"}) for f in register.fields if f.public and f.type is str]
    return [
        _query("bbox", numbers) | {"style": "form", "explode": False},
        _query("limit", {"type": "integer", "minimum": 1, "maximum": most, "default": 100}),
        _DATETIME,
        _query("on", {"type": "string", "format": "date"}),
        _query("known", {"type": "string"}),
        _query("next", {"type": "string"}),
        *fields,
    ]


def _query(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "required": False, "schema": schema}


_DATETIME = _query("datetime", {"type": "string"}) | {"style": "form", "explode": False}
_FEATURE = {"name": "featureId", "in": "path", "required": True, "schema": {"type": "string"}}
