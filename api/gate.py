"""The gate that every request passes: bodies too large go no further, answers leave with the safe headers and are counted.

Written to the bare interface of the server: what reads whole requests and answers costs as much as many a lookup. It stands
before everything else, so that what is answered to a mistake of our own passes it too.
"""

from __future__ import annotations

import time

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api import limits, neighbours, problems
from api.deps import SAFE
from api.routes import health
from gis.errors import TooLarge
from gis.settings import Settings

SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}


class Gate:
    """Stands before the whole application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app, self._settings = app, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuses unread what is too large; hands everything else on, and its answer out."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, begun, is_answered = Request(scope), time.perf_counter(), False

        async def send_out(message: Message) -> None:
            nonlocal is_answered
            if message["type"] == "http.response.start":
                is_answered = True
                health.count(request, message["status"], time.perf_counter() - begun)
                _complete(request, MutableHeaders(scope=message))
            await send(message)

        if "content-length" not in request.headers and request.method not in SAFE:
            receive = _bounded(receive, _most_bytes(self._settings))
        try:
            await (_answered_unread(request, self._settings) or self._app)(scope, receive, send_out)
        finally:
            if not is_answered:
                health.count(request, 500, time.perf_counter() - begun)


def _answered_unread(request: Request, settings: Settings) -> Response | None:
    """The answer to a body that is too large, or to a browser that asks first; None for anything else."""
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > _most_bytes(settings):
        return problems.answer(
            request,
            TooLarge("一次上传不能超过 {mb} MB", "one upload takes at most {mb} MB", mb=settings.upload_mb),
        )
    if neighbours.asks_first(request) and neighbours.is_open(request):
        return neighbours.terms()
    return None


def _most_bytes(settings: Settings) -> int:
    """What a body may have: an upload and a little around it."""
    return (settings.upload_mb + 1) << 20


def _bounded(receive: Receive, most: int) -> Receive:
    """A body that does not say beforehand how long it is (chunked), until it is too long."""
    size = 0

    async def receive_some() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > most:
            raise HTTPException(413)  # whatever reads the body lets this through
        return message

    return receive_some


def _complete(request: Request, headers: MutableHeaders) -> None:
    """Adds what every answer says: who may read it, what is left to whoever asked, and what browsers must not do."""
    neighbours.welcome(request, headers)
    limits.tell(request, headers)
    for name, value in SAFE_HEADERS.items():
        headers.setdefault(name, value)
    if "frame-ancestors *" in headers.get("Content-Security-Policy", ""):
        del headers["X-Frame-Options"]  # a map that may stand in any page
