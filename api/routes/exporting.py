"""Exports: a register as a file that people open and can send in again, as much of it as they may read."""

import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response

from api.answers import ASKED_BY
from api.deps import Config, Db, OnDay, Visitor, decimals_for, reads_as_public
from api.routes.ogc import find_register
from gis import export_lists
from gis.errors import BadInput
from gis.export_lists import Extract
from gis.feature_sql import EVERYWHERE
from gis.people import Person
from gis.text import series

router = APIRouter()
ASKED = ("on", "f", "area", "lang")


@router.get("/collections/{collection}/export")
def export(
    request: Request,
    collection: str,
    visitor: Visitor,
    database: Db,
    config: Config,
    on: OnDay,
    f: str = "csv",
    area: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """The records in force on a day as CSV, Excel or GeoPackage: everything in one's areas, or what the public may read."""
    for name in request.query_params:
        if name not in ASKED:
            raise BadInput("没有参数“{name}”", "there is no parameter “{name}”", name=name[:40])
    register, suffix = find_register(collection, public=reads_as_public(visitor)), f".{f}"
    if suffix not in export_lists.WRITERS:
        forms = series(each.lstrip(".") for each in export_lists.WRITERS)
        raise BadInput("f 应为 {forms}", "f is one of {forms}", forms=forms)
    decimals = decimals_for(config, visitor)
    extract = Extract(register, on, _units(visitor, area), reads_as_public(visitor), decimals)
    place = Path(tempfile.mkdtemp(prefix="jiezhi-")) / f"{register.name}-{on}{suffix}"
    try:
        with database.reading() as look:
            export_lists.write(look, extract, place)
    except BaseException:
        _remove(place)
        raise
    headers = {"Vary": ASKED_BY, "Cache-Control": "no-store"}
    return FileResponse(place, filename=place.name, headers=headers, background=BackgroundTask(_remove, place))


def _units(visitor: Person | None, area: str) -> tuple[str, ...]:
    """The beginnings of unit codes that are asked for and may be read; whoever is signed in reads their own areas."""
    if visitor is None:
        return (area,)
    held = {each for areas in visitor.areas.values() for each in areas}
    within = {area for each in held if area.startswith(each)} | {each for each in held if each.startswith(area)}
    return EVERYWHERE if "" in within else tuple(sorted(within))


def _remove(place: Path) -> None:
    place.unlink(missing_ok=True)
    place.parent.rmdir()
