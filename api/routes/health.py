"""Health and figures: whether the house stands, and how busy it is."""

from fastapi import APIRouter, Request
from sqlalchemy import text
from starlette.responses import PlainTextResponse, Response

from api import schema
from api.answers import json_answer
from api.deps import Db
from gis.errors import JiezhiError, Unavailable

router = APIRouter()
METHODS = ("GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE")


@router.get("/health/live")
def live(request: Request) -> Response:
    """The process answers."""
    return json_answer(request, {"status": "ok"})


@router.get("/health/ready")
def ready(request: Request, database: Db) -> Response:
    """The database answers, has PostGIS and the schema of this release."""
    try:
        with database.reading() as look:
            postgis = look.scalar(text("SELECT PostGIS_Lib_Version()"))
            current = schema.is_current(look)
    except JiezhiError:
        raise
    except Exception as problem:
        raise Unavailable("数据库连不上", "the database cannot be reached") from problem
    if not current:
        raise Unavailable(
            "数据库结构未升级,请运行 jiezhi migrate", "the schema is not up to date; run jiezhi migrate"
        )
    return json_answer(request, {"status": "ok", "postgis": postgis})


def count(request: Request, status: int, seconds: float) -> None:
    """Counts an answer under its method, its kind of address and its status."""
    route = getattr(request.scope.get("route"), "path", "other")
    method = request.method if request.method in METHODS else "other"
    counted = request.app.state.counted.setdefault((method, route, status), [0, 0.0])
    counted[0] += 1
    counted[1] += seconds


@router.get("/metrics")
def figures(request: Request) -> Response:
    """Requests and how long they took since the start, for Prometheus."""
    counted: dict[tuple[str, str, int], list[float]] = request.app.state.counted
    every = [
        (f'{{method="{method}",route="{route}",status="{status}"}}', number, seconds)
        for (method, route, status), (number, seconds) in sorted(counted.items())
    ]
    lines = ["# TYPE jiezhi_requests_total counter"]
    lines += [f"jiezhi_requests_total{labels} {number}" for labels, number, _ in every]
    lines += ["# TYPE jiezhi_request_seconds_total counter"]
    lines += [f"jiezhi_request_seconds_total{labels} {seconds:.6f}" for labels, _, seconds in every]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")
