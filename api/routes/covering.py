"""Coverage for everybody: communities without a service within reach, as table, chart, map and Excel."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api import pages
from api.answers import json_answer
from api.asking import only
from api.deps import Config, Look, OnDay, Visitor, decimals_for
from api.kept_maps import map_answer
from api.name_search import unit_of
from api.site_lists import as_collection, grounds, must_be_one_of, named_towns
from api.workbooks import XLSX, workbook
from gis import features
from gis.errors import BadInput
from gis.text import Lang, Text
from maps.charts import Bar, row_chart
from maps.coverage_map import coverage_map
from placenames.sites.coverage import (
    REACHES,
    SERVICES,
    Community,
    TownCount,
    by_town,
    communities_beside,
    types_that_count,
)
from placenames.sites.facilities import FACILITIES

router = APIRouter(prefix="/coverage")
ASKED = ("service", "reach", "unit", "on", "only_uncovered", "lang", "form")
CHART = Text("各乡镇街道服务覆盖", "Communities with the service by town")
WITHIN, KNOWN = Text("范围内有", "within reach"), Text("位置已知的村社区", "communities whose place is known")
FORMS = ("xlsx", "geojson")
PUBLIC_STEP_M = 10
"""Distances for everybody are told in steps of so many metres: whoever knew them better would know exact places."""
HEADINGS = ("代码", "社区(村)", "乡镇街道", "结论", "最近设施", "直线距离(米)")


class Wanted:
    """What is asked: a service, a distance in a straight line, a unit."""

    def __init__(
        self,
        service: Annotated[str, Query(description="centre, elderly or canteen")] = "centre",
        reach: Annotated[int, Query(description="metres in a straight line: 300, 500, 1000")] = 500,
        unit: Annotated[str, Query(description="the beginning of unit codes")] = "",
        only_uncovered: Annotated[bool, Query(description="list only those without")] = False,
    ) -> None:
        if service not in SERVICES or reach not in REACHES:
            raise BadInput(
                "service 应为 {services} 之一,reach 为 {reaches} 之一",
                "service is one of {services}, reach one of {reaches}",
                services=", ".join(SERVICES), reaches=", ".join(map(str, REACHES)),
            )  # fmt: skip
        self.service, self.reach, self.unit, self.only_uncovered = service, reach, unit_of(unit), only_uncovered


@router.get("", dependencies=[Depends(only(*ASKED))])
def coverage(
    request: Request, look: Look, config: Config, visitor: Visitor, on: OnDay, asked: Annotated[Wanted, Depends()]
) -> Response:
    """Communities with and without a service within reach, by town; straight lines, measured on the ellipsoid."""
    found = communities_beside(look, asked.service, on, config, asked.unit)
    towns = named_towns(look, config, on)
    shown = [each for each in found if not asked.only_uncovered or each.is_within(asked.reach) is False]
    decimals = decimals_for(config, visitor)
    form = request.query_params.get("form", "")
    must_be_one_of("form", (form,) if form else (), FORMS)
    if form == "xlsx":
        named = {"Content-Disposition": f'attachment; filename="coverage-{asked.service}-{asked.reach}-{on}.xlsx"'}
        return Response(workbook({"覆盖情况": _rows(shown, towns, asked.reach, decimals)}), 200, named, XLSX)
    if form == "geojson":
        return json_answer(request, _collection(shown, asked.reach, decimals), "application/geo+json")
    counted = by_town(found, towns, asked.reach)
    if pages.wants_page(request):
        return pages.page(
            request, "coverage.html", asked=asked, on=on, services=SERVICES,
            reaches=REACHES, towns=towns, counted=counted, rows=shown, metres=lambda each: metres(each, decimals),
            chart=counted and row_chart("covered", CHART, _bars(counted), (WITHIN, KNOWN), lang=pages.language(request)),
            totals=[sum(getattr(each, name) for each in counted) for name in ("covered", "uncovered", "unplaced")],
        )  # fmt: skip
    return json_answer(request, as_dict(asked.service, asked.reach, on, counted, shown, decimals))


@router.get("/map", dependencies=[Depends(only(*ASKED))])
def map_of_coverage(
    request: Request, look: Look, config: Config, visitor: Visitor, on: OnDay, asked: Annotated[Wanted, Depends()]
) -> Response:
    """The same on a map."""
    decimals = decimals_for(config, visitor)

    def draw(lang: Lang, note: str) -> str:
        found = communities_beside(look, asked.service, on, config, asked.unit)
        question = features.Question(on, limit=10_000, decimals=decimals, public=True)
        every = (json.loads(each) for each in features.ask(look, FACILITIES, question).features)
        types = types_that_count(asked.service, config)
        serving = [
            each for each in every if each["properties"]["type"] in types and each["properties"]["state"] == "open"
        ]
        return coverage_map(
            _collection(found, asked.reach, decimals), as_collection(serving), lang,
            units=grounds(look, config, on, decimals), note=f"{on} · {note}",
        )  # fmt: skip

    return map_answer(request, look, config, ("coverage", asked.service, asked.reach, asked.unit, on, decimals), draw)


def as_dict(
    service: str, reach: int, on: date, counted: Sequence[TownCount], shown: Sequence[Community],
    decimals: int = features.FULL,
) -> dict[str, Any]:  # fmt: skip
    """The figures as JSON; distances as finely as places (`decimals`) may be seen."""
    return {
        "service": service, "reach_m": reach, "measured": "straight line", "on": on,
        "towns": [
            {"code": each.code, "name": each.name, "covered": each.covered, "uncovered": each.uncovered,
             "unplaced": each.unplaced, "percent": each.percent} for each in counted
        ],
        "communities": [_as_dict(each, reach, decimals) for each in shown],
    }  # fmt: skip


def _bars(counted: Sequence[TownCount]) -> list[Bar]:
    return [(each.name, each.covered, each.covered + each.uncovered) for each in counted]


def metres(each: Community, decimals: int) -> int | None:
    """How far the nearest facility is: to the metre for whoever sees exact places, else rounded to ten metres."""
    step = 1 if decimals == features.FULL else PUBLIC_STEP_M
    return None if each.distance_m is None else step * round(each.distance_m / step)


def _as_dict(each: Community, reach: int, decimals: int) -> dict[str, Any]:
    return {
        "code": each.code, "name": each.name, "town": each.town, "covered": each.is_within(reach),
        "facility": each.facility or None, "facility_name": each.facility_name or None,
        "distance_m": metres(each, decimals),
    }  # fmt: skip


def _collection(found: list[Community], reach: int, decimals: int) -> dict[str, Any]:
    return as_collection(
        [
            {
                "type": "Feature",
                "id": each.code,
                "geometry": None if each.lon is None or each.lat is None else {
                    "type": "Point", "coordinates": [round(each.lon, decimals), round(each.lat, decimals)],
                },
                "properties": _as_dict(each, reach, decimals),
            }
            for each in found
        ]
    )  # fmt: skip


def _rows(found: list[Community], towns: dict[str, str], reach: int, decimals: int) -> list[list[Any]]:
    """The rows of a sheet, titles first."""
    words = {True: f"{reach} 米内有", False: f"{reach} 米内没有", None: "位置不详"}
    rows = [
        [each.code, each.name, towns.get(each.town, each.town), words[each.is_within(reach)], each.facility_name,
         metres(each, decimals)]
        for each in found
    ]  # fmt: skip
    return [list(HEADINGS), *rows]
