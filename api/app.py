"""The application: every door, one answer to everything that goes wrong, and the files that pages need."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from api import limits, neighbours, problems
from api.deps import EveryDoor
from api.doors_described import described
from api.kept_maps import Shelf
from api.routes import (
    batch_desk,
    batching,
    candidates,
    capacities,
    casework,
    changes_feed,
    consulting,
    covering,
    dashboards,
    defects,
    drafting,
    exporting,
    finding,
    grave_desk,
    health,
    keyholding,
    locating,
    name_cases,
    naming,
    ogc,
    one_address,
    photographing,
    places,
    prior_reports,
    readings_desk,
    rulebook,
    sending,
    signing_in,
    site_maps,
)
from api.street import REGISTERS
from gis.db import Database
from gis.errors import TooLarge
from gis.settings import Settings

STATIC = Path(__file__).parent / "static"
SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "SAMEORIGIN",
}


def create_app(database: Database, settings: Settings) -> FastAPI:
    """The application on one database. Needs the registers of the whole street."""
    assert REGISTERS
    app = FastAPI(
        title=settings.title, docs_url=None, redoc_url=None, openapi_url="/openapi.json",
        dependencies=[EveryDoor], lifespan=_until_all_is_entered,
    )  # fmt: skip
    app.state.database, app.state.settings, app.state.counted = database, settings, {}
    app.state.shelf, app.state.limits = Shelf(), limits.Limits()
    problems.install(app)
    errands = (
        dashboards, ogc, exporting, places, naming, readings_desk, finding, sending, signing_in, keyholding, drafting,
        prior_reports, name_cases, casework, consulting, rulebook, batch_desk, batching, changes_feed,
        defects, locating, one_address, site_maps, photographing, candidates, capacities, covering, grave_desk, health,
    )  # fmt: skip
    for errand in errands:
        _answer_head_too(errand.router)
        app.include_router(errand.router)
    app.openapi = partial(described, app)  # type: ignore[method-assign]
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    @app.middleware("http")
    async def see_in_and_out(request: Request, go_on: Callable[[Request], Awaitable[Response]]) -> Response:
        """Refuses bodies that are too large unread, adds the safe headers, counts the answer."""
        begun, status = time.perf_counter(), 500
        try:
            answer = _answered_unread(request, settings) or await go_on(request)
            status = answer.status_code
        finally:
            health.count(request, status, time.perf_counter() - begun)
        neighbours.welcome(request, answer)
        limits.tell(request, answer)
        for name, value in SAFE_HEADERS.items():
            answer.headers.setdefault(name, value)
        if "frame-ancestors *" in answer.headers.get("Content-Security-Policy", ""):
            del answer.headers["X-Frame-Options"]  # a map that may stand in any page
        return answer

    return app


@asynccontextmanager
async def _until_all_is_entered(app: FastAPI) -> AsyncIterator[None]:
    """When the server stops, what keys have used is in the database."""
    yield
    await run_in_threadpool(limits.enter, app.state.limits, app.state.database)


def _answered_unread(request: Request, settings: Settings) -> Response | None:
    """The answer to a body that is too large, or to a browser that asks first; None for anything else."""
    length = request.headers.get("content-length", "0")
    if length.isdigit() and int(length) > (settings.upload_mb + 1) << 20:
        return problems.answer(
            request,
            TooLarge("一次上传不能超过 {mb} MB", "one upload takes at most {mb} MB", mb=settings.upload_mb),
        )
    if neighbours.asks_first(request) and neighbours.is_open(request):
        return neighbours.terms()
    return None


def _answer_head_too(router: APIRouter) -> None:
    """Whoever may GET may ask for the headers alone."""
    for route in router.routes:
        if isinstance(route, APIRoute) and route.methods and "GET" in route.methods:
            route.methods.add("HEAD")
