"""Capacity for everybody: service area, beds, seats and graves beside who lives there, as table, chart, map and Excel."""

from __future__ import annotations

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
from gis.settings import Settings
from gis.text import Lang, Text
from maps.charts import row_chart
from maps.coverage_map import capacity_map
from placenames.sites.capacity import AREA, KINDS, Capacities, Capacity, capacities
from placenames.sites.coverage import communities_beside

router = APIRouter(prefix="/coverage/capacity")
ASKED = ("unit", "on", "lang", "form")
HAS, WANTED = Text("每百户面积(m²)", "m² per 100 households"), Text("标准", "wanted")
TITLE = Text("各乡镇街道每百户服务面积", "Service area per hundred households by town")
HEADINGS = ("代码", "名称", "乡镇街道", "户数", "人口", "服务面积(m²)", "每百户面积(m²)")
Unit = Annotated[str, Query(description="the beginning of unit codes")]


@router.get("", dependencies=[Depends(only(*ASKED))])
def capacity(
    request: Request, look: Look, config: Config, _visitor: Visitor, on: OnDay, unit: Unit = ""
) -> Response:
    """What communities and towns have for those who live there; what is missing, where a deployment set a demand."""
    found = capacities(look, on, config, unit_of(unit))
    form = request.query_params.get("form", "")
    must_be_one_of("form", (form,) if form else (), ("xlsx",))
    if form == "xlsx":
        named = {"Content-Disposition": f'attachment; filename="capacity-{on}.xlsx"'}
        return Response(workbook(_sheets(found, config)), 200, named, XLSX)
    if not pages.wants_page(request):
        return json_answer(request, as_dict(found, on, config))
    lang = pages.language(request)
    bars = [(each.name, each.area_per_100, config.households_m2) for each in found.towns if each.area_per_100 is not None]
    return pages.page(
        request, "capacity.html", on=on, unit=unit, towns=named_towns(look, config, on), found=found, kinds=KINDS,
        wanted=config.households_m2, enough=lambda each: is_enough(each, config), area=AREA,
        shown=[kind for kind in KINDS if kind in found.demand or any(each.has.get(kind) for each in found.towns)],
        chart=row_chart("area", TITLE, bars, (HAS, WANTED), lang=lang) if bars else None,
    )  # fmt: skip


@router.get("/map", dependencies=[Depends(only(*ASKED))])
def map_of_capacity(
    request: Request, look: Look, config: Config, visitor: Visitor, on: OnDay, unit: Unit = ""
) -> Response:
    """Communities by whether they have the service area that is wanted for their households."""
    decimals, inside = decimals_for(config, visitor), unit_of(unit)

    def draw(lang: Lang, note: str) -> str:
        places = {each.code: (each.lon, each.lat) for each in communities_beside(look, "centre", on, config, inside)}
        found = capacities(look, on, config, inside).communities
        drawn = [_feature(each, *places.get(each.code, (None, None)), decimals, config) for each in found]
        return capacity_map(
            as_collection(drawn), lang, units=grounds(look, config, on, decimals), note=f"{on} · {note}"
        )

    return map_answer(request, look, config, ("capacity", inside, on, decimals), draw)


def is_enough(each: Capacity, config: Settings) -> bool | None:
    """Whether there is the service area that is wanted; None where nobody knows how many households there are."""
    return None if each.area_per_100 is None else each.area_per_100 >= config.households_m2


def as_dict(found: Capacities, on: date, config: Settings) -> dict[str, Any]:
    """The figures as JSON; what was not registered is null, never nought."""
    return {
        "on": on,
        "wanted": {"area_per_100_m2": config.households_m2, "per_1000": dict(found.demand)},
        "towns": [_figures(each, found, config) for each in found.towns],
        "communities": [_figures(each, found, config) for each in found.communities],
    }


def _figures(each: Capacity, found: Capacities, config: Settings) -> dict[str, Any]:
    return {
        "code": each.code, "name": each.name, **({"town": each.town} if each.town else {}),
        "households": each.households, "population": each.population,
        "area_m2": _rounded(each.has.get(AREA, 0.0)), "area_per_100_m2": _rounded(each.area_per_100),
        "enough": is_enough(each, config),
        **{
            kind: {
                "has": _rounded(each.has.get(kind, 0.0)), "per_1000": _rounded(each.per_1000(kind)),
                "missing": _rounded(each.missing(kind, found.demand)),
            }
            for kind in KINDS
        },
    }  # fmt: skip


def _feature(each: Capacity, lon: float | None, lat: float | None, decimals: int, config: Settings) -> dict[str, Any]:
    at = None if lon is None or lat is None else [round(lon, decimals), round(lat, decimals)]
    about = {
        "code": each.code, "name": each.name, "households": each.households, "area_m2": each.has.get(AREA, 0.0),
        "area_per_100_m2": each.area_per_100, "enough": is_enough(each, config),
    }  # fmt: skip
    return {"type": "Feature", "id": each.code, "geometry": at and {"type": "Point", "coordinates": at}, "properties": about}


def _sheets(found: Capacities, config: Settings) -> dict[str, list[list[Any]]]:
    """Two sheets of rows, titles first."""
    named = {each.code: each.name for each in found.towns}
    titles = [*HEADINGS, f"达到 {config.households_m2:g} m²"]
    for kind, words in KINDS.items():
        titles += [words.zh, f"每千人{words.zh}", *([f"缺{words.zh}"] if kind in found.demand else [])]
    return {
        title: [titles, *(_row(each, named, found, config) for each in some)]
        for title, some in (("乡镇街道", found.towns), ("村(社区)", found.communities))
    }


def _row(each: Capacity, towns: dict[str, str], found: Capacities, config: Settings) -> list[Any]:
    verdict = {True: "是", False: "否", None: ""}[is_enough(each, config)]
    row = [each.code, each.name, towns.get(each.town, each.town), each.households, each.population,
           _rounded(each.has.get(AREA, 0.0)), _rounded(each.area_per_100), verdict]  # fmt: skip
    for kind in KINDS:
        row += [_rounded(each.has.get(kind, 0.0)), _rounded(each.per_1000(kind))]
        row += [_rounded(each.missing(kind, found.demand))] if kind in found.demand else []
    return row


def _rounded(amount: float | None) -> float | None:
    return None if amount is None else round(amount, 1)
