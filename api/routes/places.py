"""Units: which govern a point, and bringing the list of units in."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Query, Request, UploadFile
from starlette.responses import Response

from api.answers import json_answer
from api.asking import only
from api.deps import Administrator, Body, Config, Known, Look, OnDay, Tx, Visitor, day
from boundaries import areas, unit_list
from gis import uploads
from gis.errors import BadInput
from gis.text import Text

router = APIRouter(prefix="/units")
ON_A_LINE = Text(
    "该点位于界线上,列出界线各侧的单位", "the point lies on a line; the units on every side are listed"
)


@router.get("/at", dependencies=[Depends(only("lon", "lat", "on", "known"))])
def units_at(
    request: Request,
    look: Look,
    config: Config,
    visitor: Visitor,
    on: OnDay,
    known: Known,
    lon: Annotated[float, Query()],
    lat: Annotated[float, Query()],
) -> Response:
    """The units that govern a point (°) on a day, from the highest level down.

    On a shared line that is the units on both sides (`on_line`). For the public the point is rounded as public shapes
    are: by asking often enough, nobody learns a surveyed line more finely than it is shown.
    """
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise BadInput("lon、lat 应为经度、纬度(度)", "lon and lat are degrees of longitude and latitude")
    if visitor is None:
        lon, lat = round(lon, config.public_decimals), round(lat, config.public_decimals)
    found = areas.units_at(look, lon, lat, on, known)
    on_line = len({unit["level"] for unit in found}) < len(found)
    answer = {"on": on, "lon": lon, "lat": lat, "on_line": on_line, "units": found}
    return json_answer(request, answer | ({"note": ON_A_LINE.as_dict()} if on_line else {}))


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
    since = day(str(body.get("effective") or ""), "effective")
    with uploads.laid_out(config.var, [kept]) as paths:
        outcome = unit_list.bring_in(tx, paths[0], config, person, since)
    return json_answer(request, outcome.as_dict(), status=201)
