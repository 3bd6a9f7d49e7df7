"""Units: which govern a point, and bringing the list of units in."""

from typing import Annotated

from fastapi import APIRouter, File, Query, Request, UploadFile
from starlette.responses import Response

from api.answers import json_answer
from api.deps import Administrator, Body, Config, Known, Look, OnDay, Tx, day
from boundaries import areas, unit_list
from gis import uploads
from gis.errors import BadInput

router = APIRouter(prefix="/units")


@router.get("/at")
def units_at(
    request: Request,
    look: Look,
    on: OnDay,
    known: Known,
    lon: Annotated[float, Query()],
    lat: Annotated[float, Query()],
) -> Response:
    """The units that govern a point (°) on a day, from the highest level down."""
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadInput("lon、lat 应为经度、纬度(度)", "lon and lat are degrees of longitude and latitude")
    found = areas.units_at(look, lon, lat, on, known)
    return json_answer(request, {"on": on, "lon": lon, "lat": lat, "units": found})


@router.post("")
def import_units(
    request: Request,
    person: Administrator,
    tx: Tx,
    config: Config,
    body: Body,
    file: Annotated[UploadFile, File()],
) -> Response:
    """Brings a list of units in: CSV, Excel or a layer with code, name, parent, level, seat."""
    kept = uploads.keep(config.var, file.filename or "units.csv", file.file, config.upload_mb)
    with uploads.laid_out(config.var, [kept]) as paths:
        listed = unit_list.read(paths[0], config)
    since = day(str(body.get("effective") or ""), "effective")
    outcome = unit_list.bring_in(tx, listed, person, since)
    return json_answer(request, outcome.as_dict(), status=201)
