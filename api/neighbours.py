"""What pages of other sites may read here: the public's answers, without anybody's sign-in (CORS)."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response

OPEN = ("/addresses", "/collections", "/conformance", "/names", "/openapi", "/progress", "/units/at")
READING = ("GET", "HEAD")
EXPOSED = "ETag, Link, Retry-After, RateLimit, RateLimit-Policy, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset"
WELCOME = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": EXPOSED}
TERMS = {
    "Access-Control-Allow-Methods": ", ".join(READING),
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def is_open(request: Request) -> bool:
    """Whether everybody may read this address, from wherever; nobody's sign-in travels along."""
    path = request.scope["path"]
    return path == "/" or any(path == each or path.startswith(each + "/") for each in OPEN)


def asks_first(request: Request) -> bool:
    """Whether a browser asks on behalf of another site what it may do."""
    return request.method == "OPTIONS" and "access-control-request-method" in request.headers


def terms() -> Response:
    """The answer to a browser that asks first."""
    return Response(status_code=204, headers=TERMS | WELCOME)


def welcome(request: Request, headers: MutableHeaders) -> None:
    """Says on an open answer that other sites may read it."""
    if request.method in READING and is_open(request):
        headers.update(WELCOME)
