"""Answers for programs: JSON with links, known by its hash so that nothing is sent twice, and packed small."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

Link = dict[str, str]
HTML, JSON = "text/html", "application/json"
WORTH_PACKING = 1000
"""Bytes; anything shorter travels as it is."""
ASKED_BY = "Accept, Accept-Encoding, Authorization, Cookie, X-API-Key"


def json_answer(request: Request, content: Any, media_type: str = JSON, status: int = 200) -> Response:
    """A JSON document; days and ids are written as text."""
    body = json.dumps(content, ensure_ascii=False, default=_plain, separators=(",", ":"))
    return bytes_answer(request, body, media_type, status)


def bytes_answer(
    request: Request, body: str, media_type: str, status: int = 200, same_as_long_as: str | None = None
) -> Response:
    """A finished document with its ETag, or 304 when the asker has it already.

    `same_as_long_as` is what decides whether two answers say the same; the body itself when not given. The tag is
    a weak one: packed or not, and at whatever moment it was made, the content is the same.
    """
    same = _hash(body if same_as_long_as is None else same_as_long_as)
    known = known_answer(request, same)
    if known is not None:
        return known
    content, headers = body.encode(), _headers(request, same)
    if len(content) > WORTH_PACKING and _takes_gzip(request):
        content = gzip.compress(
            content, compresslevel=1
        )  # a fifth larger than the best, for a third of the time
        headers["Content-Encoding"] = "gzip"
    return Response(content, status, headers, media_type)


def packed_answer(request: Request, packed: bytes, media_type: str, same: str) -> Response:
    """A finished document that is kept packed; `same` is the hash of what decides what it says."""
    headers = _headers(request, same)
    if not _takes_gzip(request):
        return Response(gzip.decompress(packed), 200, headers, media_type)
    return Response(packed, 200, headers | {"Content-Encoding": "gzip"}, media_type)


def known_answer(request: Request, same: str) -> Response | None:
    """304 when the asker has the document with this hash already, else nothing."""
    if request.method in ("GET", "HEAD") and _has_it(request, _tag(same)):
        return Response(status_code=304, headers=_headers(request, same))
    return None


def _headers(request: Request, same: str) -> dict[str, str]:
    signed_in = getattr(request.state, "person", None) is not None
    return {
        "ETag": _tag(same),
        "Cache-Control": "private, no-cache" if signed_in else "no-cache",
        "Vary": ASKED_BY,
    }


def _tag(same: str) -> str:
    return f'W/"{same}"'


def features_document(frame: Mapping[str, Any], features: Iterable[str]) -> str:
    """A FeatureCollection around features that the database has already written."""
    rest = json.dumps(frame, ensure_ascii=False, default=_plain, separators=(",", ":"))[1:-1]
    return f'{{"type":"FeatureCollection",{rest + "," if rest else ""}"features":[{",".join(features)}]}}'


def with_links(feature: str, links: list[Link]) -> str:
    """A feature that the database has written, with its links."""
    return feature.rstrip().removesuffix("}") + f',"links":{json.dumps(links, ensure_ascii=False)}}}'


def now() -> str:
    """This moment as answers carry it."""
    return stamp(datetime.now(UTC))


def stamp(moment: datetime) -> str:
    """A moment in UTC, 2026-05-01T08:00:00Z, with microseconds where it has them."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def link(href: str, rel: str, media_type: str, title: str) -> Link:
    """A link of an OGC document."""
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def address(request: Request, path: str) -> str:
    """The full address of a path of ours."""
    return str(request.base_url).rstrip("/") + path


def self_and_others(request: Request, media_type: str = JSON, *, page: bool = True) -> list[Link]:
    """This document, and the same as a page where there is one."""
    form = request.query_params.get("f") or "json"
    here, there = (str(request.url.include_query_params(f=each)) for each in (form, "html"))
    links = [link(here, "self", media_type, "this document")]
    return [*links, link(there, "alternate", HTML, "this document as a page")] if page else links


def _has_it(request: Request, tag: str) -> bool:
    shown = request.headers.get("if-none-match", "")
    return shown.strip() == "*" or tag.removeprefix("W/") in [
        each.strip().removeprefix("W/") for each in shown.split(",")
    ]


def _takes_gzip(request: Request) -> bool:
    for part in request.headers.get("accept-encoding", "").lower().split(","):
        name, _, weight = part.replace(" ", "").partition(";q=")
        if name == "gzip":
            return weight.strip("0.") != "" or not weight
    return False


def _hash(words: str) -> str:
    return hashlib.sha1(words.encode(), usedforsecurity=False).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
