"""Defects: how many of the five defects of addresses there are in what is in force, for the staff of the office."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.answers import json_answer
from api.asking import only
from api.deps import Config, OnDay, Signed, Tx
from api.routes.naming import UNIT, must_be_of_the_office
from gis.errors import BadInput
from gis.text import Text
from placenames.addresses.checks.defect_counts import defects_in_force

router = APIRouter(prefix="/addresses")
DEFECT_LISTS = Text("地址问题清单", "lists of defects of addresses")


@router.get("/defects", dependencies=[Depends(only("unit", "on"))])
def defects(
    request: Request,
    person: Signed,
    tx: Tx,
    config: Config,
    on: OnDay,
    unit: Annotated[str, Query(description="code of a unit, or its beginning; empty: everywhere")] = "",
) -> Response:
    """How often each of the five defects is found among the addresses in force on a day, by unit, with its definition.

    For the office only.
    """
    must_be_of_the_office(person, DEFECT_LISTS)
    if not UNIT.fullmatch(unit):
        raise BadInput("unit 为政区代码", "unit is the code of a unit")
    return json_answer(request, defects_in_force(tx, on, config, unit).as_dict())
