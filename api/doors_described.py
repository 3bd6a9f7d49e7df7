"""Every door described as OpenAPI 3.1, as it truly answers: what is wrong with a question is a problem document."""

from __future__ import annotations

import warnings
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
REFUSALS = {
    "400": "a parameter is unknown or has no valid value, or what was sent cannot be read",
    "401": "the door opens to whoever is signed in, or the key has ended",
    "403": "it is not within the roles or areas of whoever asks",
    "404": "there is no such thing, or not for whoever asks",
    "429": "more was asked than is allowed; Retry-After says when to ask again",
}
WORDS = {"type": "object", "properties": {"zh": {"type": "string"}, "en": {"type": "string"}}}
SCHEMA = {
    "type": "object",
    "description": "what went wrong (RFC 9457), in both languages",
    "required": ["title", "status", "detail", "message"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "message": WORDS,
        "instance": {"type": "string"},
    },
}
WAYS_IN = {
    "key": {"type": "apiKey", "in": "header", "name": "X-API-Key", "description": "the key of another system"},
    "token": {"type": "http", "scheme": "bearer", "description": "what POST /sessions answered"},
}


def described(app: FastAPI) -> dict[str, Any]:
    """The description, made once."""
    if app.openapi_schema is None:
        with warnings.catch_warnings():  # HEAD answers at every address of GET, under its name
            warnings.simplefilter("ignore", UserWarning)
            found = get_openapi(title=app.title, version=app.version, routes=app.routes)
        parts = found.setdefault("components", {})
        parts["schemas"] = {
            name: schema for name, schema in parts.get("schemas", {}).items() if "ValidationError" not in name
        } | {"Problem": SCHEMA}
        parts["securitySchemes"] = WAYS_IN
        found["security"] = [{}, *({way: []} for way in WAYS_IN)]
        for doors in found["paths"].values():
            doors.pop("head", None)
            for door in doors.values():
                _answers_as_it_does(door["responses"])
        app.openapi_schema = found
    return app.openapi_schema


def _answers_as_it_does(answers: dict[str, Any]) -> None:
    answers.pop("422", None)
    for status, words in REFUSALS.items():
        answers.setdefault(status, {"description": words, "content": PROBLEM})
