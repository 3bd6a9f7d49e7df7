"""Naming: what is known against a name while it is typed."""

import re
from typing import Annotated
from uuid import UUID

import shapely
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.answers import json_answer
from api.asking import only
from api.deps import Config, OnDay, Signed, Tx
from gis.errors import BadInput, NotAllowed
from gis.people import Person
from gis.text import Text
from placenames.casework.cases import OFFICE
from placenames.checks.asked import Candidate
from placenames.checks.name_checks import check_candidate
from placenames.kinds import CODE, Category

router = APIRouter(prefix="/names")
ASKED = ("name", "category", "class_code", "unit", "lon", "lat", "exclude", "roman", "on")
NAME_CHECKS = Text("名称检查", "checks of names")
UNIT, CLASS = re.compile(r"[0-9A-Za-z_-]{0,24}", re.ASCII), re.compile(r"[0-9]{0,5}", re.ASCII)


@router.get("/check", dependencies=[Depends(only(*ASKED))])
def check(
    request: Request,
    person: Signed,
    tx: Tx,
    config: Config,
    on: OnDay,
    name: Annotated[str, Query(description="the name somebody thinks of")] = "",
    category: Annotated[str, Query(description="NAT, ADM, VIL, PRK, ROD, RES, FAC, OTH")] = "",
    class_code: Annotated[str, Query(description="five digits")] = "",
    unit: Annotated[str, Query(description="code of the unit in which the place lies")] = "",
    lon: Annotated[float | None, Query(ge=-180, le=180, description="°")] = None,
    lat: Annotated[float | None, Query(ge=-90, le=90, description="°")] = None,
    exclude: Annotated[str, Query(description="id or code of the place that is to be named anew")] = "",
    roman: Annotated[str, Query(description="its romanization, if somebody wrote one")] = "",
) -> Response:
    """Every check of a candidate name: passes, found, for a person to judge, or not checked and why.

    `same`, `homophones` and `near` list the other places, the nearest first: where (unit, lon, lat), how far (metres),
    why. For the office only; a place that is not open to the public is named in one's own areas alone, elsewhere only its
    town is told (`hidden`).
    """
    must_be_of_the_office(person)
    if category and category not in set(Category):
        raise BadInput("没有地名类别“{given}”", "there is no category “{given}”", given=category)
    if not (CLASS.fullmatch(class_code) and UNIT.fullmatch(unit)):
        raise BadInput(
            "class_code 为 5 位数字,unit 为政区代码",
            "class_code has five digits, and unit is the code of a unit",
        )
    if (lon is None) is not (lat is None):
        raise BadInput("lon 和 lat 要么都给,要么都不给", "give both lon and lat, or neither")
    place, code = excluded(exclude)
    here = None if lon is None or lat is None else shapely.Point(lon, lat)
    candidate = Candidate(name, category, unit, class_code, here, roman=roman, place=place, code=code)
    return json_answer(request, check_candidate(tx, candidate, on, config, person.reads_in).as_dict())


def must_be_of_the_office(person: Person, what: Text = NAME_CHECKS) -> None:
    """Raises NotAllowed unless somebody works for the office."""
    if not any(role in person.areas for role in OFFICE):
        raise NotAllowed("{what}供地名工作人员使用", "{what} are for the staff of the office", what=what)


def excluded(given: str) -> tuple[UUID | None, str | None]:
    """The place that is to be named anew, by its id or its code. Raises BadInput."""
    if not given:
        return None, None
    if CODE.fullmatch(given):
        return None, given
    try:
        return UUID(given), None
    except ValueError as problem:
        raise BadInput(
            "exclude 应为地名的 id 或 20 位代码", "exclude is the id of a place, or its code of 20 digits"
        ) from problem
