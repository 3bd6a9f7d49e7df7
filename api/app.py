"""The application: every door, one answer to everything that goes wrong, and the files that pages need."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from api import limits, problems
from api.deps import EveryDoor
from api.doors_described import described
from api.gate import Gate
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
from gis.settings import Settings

STATIC = Path(__file__).parent / "static"


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
    errands = (  # lookups first: every door is tried until the right one is found
        locating, health, dashboards, ogc, exporting, places, naming, readings_desk, finding, sending, signing_in,
        keyholding, drafting, prior_reports, name_cases, casework, consulting, rulebook, batch_desk, batching, changes_feed,
        defects, one_address, site_maps, photographing, candidates, capacities, covering, grave_desk,
    )  # fmt: skip
    for errand in errands:
        _answer_head_too(errand.router)
        app.include_router(errand.router)
    app.openapi = partial(described, app)  # type: ignore[method-assign]
    app.mount("/static", StaticFiles(directory=STATIC), name="static")

    app.middleware_stack = Gate(app.build_middleware_stack(), settings)
    return app


@asynccontextmanager
async def _until_all_is_entered(app: FastAPI) -> AsyncIterator[None]:
    """When the server stops, what keys have used is in the database."""
    yield
    await run_in_threadpool(limits.enter, app.state.limits, app.state.database)


def _answer_head_too(router: APIRouter) -> None:
    """Whoever may GET may ask for the headers alone."""
    for route in router.routes:
        if isinstance(route, APIRoute) and route.methods and "GET" in route.methods:
            route.methods.add("HEAD")
