"""Coverage for everybody: communities without a service within reach, as table, chart, map and Excel."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from openpyxl import Workbook
from sqlalchemy import Connection
from starlette.responses import Response

from api import pages
from api.answers import json_answer
from api.asking import only
from api.batch_forms import harmless
from api.deps import Config, Look, OnDay, Visitor
from api.kept_maps import map_answer
from api.name_search import unit_of
from api.site_lists import as_collection
from gis import features
from gis.errors import BadInput
from gis.registers import REGISTERS
from gis.settings import Settings
from gis.text import Lang
from maps.coverage_map import coverage_map
from placenames.sites.coverage import REACHES, SERVICES, Community, by_town, communities_beside
from placenames.sites.facilities import FACILITIES

router = APIRouter(prefix="/coverage")
ASKED = ("service", "reach", "unit", "on", "only_uncovered", "lang", "form")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
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
    towns = {each["code"]: each["name"] for each in _towns(look, config, on)}
    shown = [each for each in found if not asked.only_uncovered or each.is_within(asked.reach) is False]
    decimals = config.public_decimals if visitor is None else features.FULL
    form = request.query_params.get("form", "")
    if form == "xlsx":
        named = {"Content-Disposition": f'attachment; filename="coverage-{asked.service}-{asked.reach}-{on}.xlsx"'}
        return Response(_as_workbook(shown, towns, asked.reach), 200, named, XLSX)
    if form == "geojson":
        return json_answer(request, _collection(shown, asked.reach, decimals), "application/geo+json")
    counted = by_town(found, towns, asked.reach)
    if pages.wants_page(request):
        return pages.page(
            request, "coverage.html", asked=asked, on=on, services={name: words for name, (words, _) in SERVICES.items()},
            reaches=REACHES, towns=towns, counted=counted, rows=shown,
            totals=[sum(getattr(each, name) for each in counted) for name in ("covered", "uncovered", "unplaced")],
        )  # fmt: skip
    return json_answer(
        request,
        {
            "service": asked.service, "reach_m": asked.reach, "measured": "straight line", "on": on,
            "towns": [
                {"code": each.code, "name": each.name, "covered": each.covered, "uncovered": each.uncovered,
                 "unplaced": each.unplaced, "percent": each.percent} for each in counted
            ],
            "communities": [_as_dict(each, asked.reach) for each in shown],
        },
    )  # fmt: skip


@router.get("/map", dependencies=[Depends(only(*ASKED))])
def map_of_coverage(
    request: Request, look: Look, config: Config, visitor: Visitor, on: OnDay, asked: Annotated[Wanted, Depends()]
) -> Response:
    """The same on a map."""
    decimals = config.public_decimals if visitor is None else features.FULL

    def draw(lang: Lang, note: str) -> str:
        found = communities_beside(look, asked.service, on, config, asked.unit)
        question = features.Question(on, limit=10_000, decimals=decimals, public=True)
        every = (json.loads(each) for each in features.ask(look, FACILITIES, question).features)
        types = SERVICES[asked.service][1]
        serving = [
            each for each in every if each["properties"]["type"] in types and each["properties"]["state"] == "open"
        ]
        ground = replace(question, equal={"level": config.parts_level})
        units = [json.loads(each) for each in features.ask(look, REGISTERS["units"], ground).features]
        return coverage_map(
            _collection(found, asked.reach, decimals), as_collection(serving), lang, units=as_collection(units),
            note=f"{on} · {note}",
        )  # fmt: skip

    return map_answer(request, look, config, ("coverage", asked.service, asked.reach, asked.unit, on, decimals), draw)


def _towns(look: Connection, config: Settings, on: Any) -> list[dict[str, Any]]:
    question = features.Question(on, limit=10_000, equal={"level": config.parts_level})
    return [json.loads(each)["properties"] for each in features.ask(look, REGISTERS["units"], question).features]


def _as_dict(each: Community, reach: int) -> dict[str, Any]:
    far = None if each.distance_m is None else round(each.distance_m)
    return {
        "code": each.code, "name": each.name, "town": each.town, "covered": each.is_within(reach),
        "facility": each.facility or None, "facility_name": each.facility_name or None, "distance_m": far,
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
                "properties": _as_dict(each, reach),
            }
            for each in found
        ]
    )  # fmt: skip


def _as_workbook(found: list[Community], towns: dict[str, str], reach: int) -> bytes:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("覆盖情况")
    sheet.append([f"{heading}" for heading in HEADINGS])
    words = {True: f"{reach} 米内有", False: f"{reach} 米内没有", None: "位置不详"}
    for each in found:
        far = None if each.distance_m is None else round(each.distance_m)
        row = (each.code, each.name, towns.get(each.town, each.town), words[each.is_within(reach)], each.facility_name)
        sheet.append([*map(harmless, row), far])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
