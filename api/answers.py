"""Answers for programs: JSON with links, kept by its hash so that asking again costs nothing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

Link = dict[str, str]
HTML, JSON = "text/html", "application/json"


def json_answer(request: Request, content: Any, media_type: str = JSON, status: int = 200) -> Response:
    """A JSON document; days and ids are written as text."""
    body = json.dumps(content, ensure_ascii=False, default=_plain, separators=(",", ":"))
    return bytes_answer(request, body, media_type, status)


def bytes_answer(request: Request, body: str, media_type: str, status: int = 200) -> Response:
    """A finished document with its ETag, or 304 when the asker has it already."""
    encoded = body.encode()
    tag = f'"{hashlib.sha1(encoded, usedforsecurity=False).hexdigest()}"'
    headers = {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept, Authorization, Cookie"}
    if request.method in ("GET", "HEAD") and request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(encoded, status, headers, media_type)


def features_document(frame: Mapping[str, Any], features: Iterable[str]) -> str:
    """A FeatureCollection around features that the database has already written."""
    rest = json.dumps(frame, ensure_ascii=False, default=_plain)[1:-1]
    return f'{{"type":"FeatureCollection",{rest + "," if rest else ""}"features":[{",".join(features)}]}}'


def with_links(feature: str, links: list[Link]) -> str:
    """A feature that the database has written, with its links."""
    return feature.rstrip().removesuffix("}") + f',"links":{json.dumps(links)}}}'


def link(href: str, rel: str, media_type: str, title: str) -> Link:
    """A link of an OGC document."""
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def address(request: Request, path: str) -> str:
    """The full address of a path of ours."""
    return str(request.base_url).rstrip("/") + path


def self_and_others(request: Request, media_type: str = JSON) -> list[Link]:
    """This document, and the same as a page."""
    here = request.url.remove_query_params("f")
    return [
        link(str(here.include_query_params(f="json")), "self", media_type, "this document"),
        link(str(here.include_query_params(f="html")), "alternate", HTML, "this document as a page"),
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
