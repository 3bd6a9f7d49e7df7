"""Progress: the figures of a plan as JSON, as GeoJSON, as a page with charts and as a map."""

import json
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from api import pages
from api.answers import bytes_answer, features_document, json_answer, self_and_others, stamp
from api.asking import MOST
from api.deps import Administrator, Body, Config, Known, Look, OnDay, Tx, Visitor, decimals_for
from api.kept_maps import map_answer
from api.routes.ogc import GEOJSON, Bare, landing_links
from gis import features, plans
from gis.errors import BadInput
from gis.features import Question
from gis.plans import Item, Plan, Progress
from gis.registers import REGISTERS
from gis.settings import Settings
from gis.text import Lang
from maps import charts, progress_map
from maps.style import SITE_MILESTONES, milestones_of

router = APIRouter()
PARAMETERS = {"on", "known", "milestone", "f", "lang", "q", "state"}
KEPT = {"on", "known", "milestone"}
"""Parameters that stay as they are while the table is filtered."""
Milestone = Annotated[str | None, Query()]


@router.get("/", dependencies=[Bare])
def first_page(request: Request, look: Look, config: Config) -> Response:
    """A browser comes to the progress of the first plan; a program gets the landing document."""
    if not pages.wants_page(request):
        return json_answer(request, _landing(request, config))
    known = plans.all_plans(look)
    return RedirectResponse(f"/progress/{known[0].name}" if known else "/collections", 303)


@router.get("/progress")
def list_plans(request: Request, look: Look) -> Response:
    """Every plan that counts."""
    known = plans.all_plans(look)
    if pages.wants_page(request):
        return RedirectResponse(f"/progress/{known[0].name}" if known else "/collections", 303)
    return json_answer(request, {"plans": [_plan(each) for each in known]})


@router.post("/plans")
def load_plan(request: Request, body: Body, person: Administrator, tx: Tx) -> Response:
    """Loads a plan; it takes the place of an earlier one of its name, which is kept."""
    plan = plans.from_content(body)
    person.must("administrator", plans.areas_touched(tx, plan))
    plans.load(tx, plan, person.id)
    return json_answer(request, _plan(plan), status=201)


@router.get("/progress/{name}")
def progress(
    request: Request,
    name: str,
    look: Look,
    config: Config,
    visitor: Visitor,
    on: OnDay,
    known: Known,
    milestone: Milestone = None,
) -> Response:
    """How far a plan is on a day, counted at its milestone or another one; with `known`, as it was known then."""
    _no_other_words(request)
    found = plans.progress(look, plans.find(look, name, known), on, milestone, known)
    if request.query_params.get("f") == "geojson":
        shapes = _shapes(look, found, decimals_for(config, visitor))
        frame = {**figures(found), "links": self_and_others(request, GEOJSON)}
        return bytes_answer(request, features_document(frame, shapes), GEOJSON)
    if pages.wants_page(request):
        return _dashboard(request, found, plans.all_plans(look, known))
    return json_answer(request, {**figures(found), "items": [item_json(each) for each in _items(found)]})


@router.get("/progress/{name}/map")
def map_of_progress(
    request: Request, name: str, look: Look, config: Config, visitor: Visitor, on: OnDay, known: Known
) -> Response:
    """The lines and tri-junctions of a plan in the look of their milestone."""
    _no_other_words(request)
    decimals = decimals_for(config, visitor)

    def draw(lang: Lang, note: str) -> str:
        found = plans.progress(look, plans.find(look, name, known), on, known=known)
        shapes = [json.loads(each) for each in _shapes(look, found, decimals)]
        items = {"type": "FeatureCollection", "features": shapes}
        ground, steps = _ground(look, found, decimals), milestones_of(found.plan.milestone)
        return progress_map.progress_map(items, ground, lang, note, steps)

    return map_answer(request, look, config, ("progress", name, on, known, decimals), draw)


def _dashboard(request: Request, found: Progress, known: list[Plan]) -> Response:
    lang = pages.language(request)
    lines = [_line(each) for each in _main_items(found)]
    chosen = {"q": request.query_params.get("q", "").strip(), "state": request.query_params.get("state", "")}
    counts: dict[str, int] = {}
    for line in lines:
        counts[line["milestone"]] = counts.get(line["milestone"], 0) + 1
    return pages.page(
        request,
        "dashboard.html",
        plans=[_plan(each) for each in known],
        plan={
            "plan": found.plan.name,
            "title": found.plan.title,
            "scope": found.plan.scope,
            "on": found.on,
            "known": request.query_params.get("known", ""),
            "milestone": found.milestone,
            "rows": _rows(found),
        },
        charts=_charts(found, lang),
        milestones=milestones_of(found.plan.milestone),
        of_sites=found.plan.milestone in SITE_MILESTONES,
        counts=counts,
        lines=[line for line in lines if _fits(line, chosen)],
        total=len(lines),
        filters=chosen,
        kept={name: value for name, value in request.query_params.items() if name in KEPT},
        map_address=f"/progress/{found.plan.name}/map?{_days(found)}",
        json_address=f"/progress/{found.plan.name}?{_days(found)}&f=json",
    )


def _days(found: Progress) -> str:
    """The same day, as known at the same moment, for an address."""
    known = {"known": stamp(found.known)} if found.known else {}
    return urlencode({"on": found.on.isoformat(), **known})


def _no_other_words(request: Request) -> None:
    """What is not understood is refused, or an answer would pass for another."""
    for name in request.query_params:
        if name not in PARAMETERS:
            raise BadInput("没有参数“{name}”", "there is no parameter “{name}”", name=name)


def _rows(found: Progress) -> list[list[dict[str, Any]]]:
    """Goals of one kind side by side, in the order of the plan."""
    rows: dict[tuple[str, tuple[str, ...]], list[dict[str, Any]]] = {}
    for each in found.goals:
        shown = _goal(each) | {"title": each.goal.title, "unit": each.unit}
        rows.setdefault((each.goal.metric, each.goal.only), []).append(shown)
    return list(rows.values())


def _charts(found: Progress, lang: Any) -> list[dict[str, Any]]:
    """One chart over time against the plan for every metric with goals."""
    drawn = []
    for metric, items in found.items.items():
        goals = sorted(
            (g.goal for g in found.goals if g.goal.metric == metric and not g.goal.only), key=lambda g: g.due
        )
        if not goals:
            continue
        title = plans.metrics()[metric].title
        done = [(found.plan.starts, 0.0), *plans.course(items, found.milestone)]
        planned = [(found.plan.starts, 0.0), *((goal.due, goal.target) for goal in goals)]
        drawn.append(
            {"title": title, "svg": charts.line_chart(metric, title, done, planned, on=found.on, lang=lang)}
        )
    return drawn


def _main_items(found: Progress) -> tuple[Item, ...]:
    """The items of the table: lengths where the plan counts them, else each record once, whatever it counts for."""
    every = {item.code: item for items in found.items.values() for item in reversed(items)}
    return found.items.get("km") or tuple(every[code] for code in sorted(every))


def _line(item: Item) -> dict[str, Any]:
    return {
        "code": item.code, "name": item.name, "km": item.amount if item.metric == "km" else None,
        "milestone": item.milestone, "since": item.reached, "submission": None,
    }  # fmt: skip


def _fits(line: dict[str, Any], chosen: dict[str, str]) -> bool:
    words = f"{line['code']} {line['name']}".lower()
    return chosen["q"].lower() in words and chosen["state"] in ("", line["milestone"])


def _shapes(look: Any, found: Progress, decimals: int) -> list[str]:
    """The records that a plan counts as features, each with its milestone."""
    by_code: dict[str, Item] = {}
    for items in found.items.values():
        by_code |= {item.code: item for item in items if item.code not in by_code or item.metric == "km"}
    shapes = []
    for register in REGISTERS.values():
        if not any(metric.name in found.items for metric in register.metrics) or register.ground:
            continue
        for feature in features.ask(
            look, register, Question(found.on, known=found.known, limit=MOST, decimals=decimals)
        ).features:
            content = json.loads(feature)
            item = by_code.get(content["properties"]["code"])
            if item is not None:
                km = item.amount if item.metric == "km" else None
                content["properties"] = {
                    "code": item.code,
                    "name": item.name,
                    "milestone": item.milestone,
                    "reached": item.reached,
                    "km": km,
                }
                shapes.append(json.dumps(content, ensure_ascii=False, default=str))
    return shapes


def _ground(look: Any, found: Progress, decimals: int) -> dict[str, Any]:
    register = next(each for each in REGISTERS.values() if each.ground)
    asked = Question(found.on, known=found.known, limit=MOST, decimals=decimals)
    units = [json.loads(each) for each in features.ask(look, register, asked).features]
    scope = found.plan.scope
    inside = [
        u for u in units if u["properties"]["code"].startswith(scope) and u["properties"]["code"] != scope
    ]
    return {"type": "FeatureCollection", "features": inside}


def _plan(plan: Plan) -> dict[str, Any]:
    return {"plan": plan.name, "title": plan.title.as_dict(), "scope": plan.scope}


def figures(found: Progress) -> dict[str, Any]:
    """The figures of a plan for programs."""
    words = plans.milestones()[found.milestone]
    return {
        "plan": found.plan.name,
        "title": found.plan.title.as_dict(),
        "on": found.on,
        **({"known": found.known} if found.known else {}),
        "milestone": found.milestone,
        "milestone_words": words.as_dict(),
        "goals": [_goal(each) for each in found.goals],
    }


def _goal(each: plans.Reached) -> dict[str, Any]:
    goal = each.goal
    return {
        "goal": goal.goal, "title": goal.title.as_dict(), "metric": goal.metric, "scope": list(goal.only) or "all",
        "unit": each.unit.as_dict(), "period": goal.period, "target": _tidy(goal.target), "done": _tidy(each.done),
        "percent": each.percent, "due": goal.due,
    }  # fmt: skip


def _tidy(number: float) -> float | int:
    return int(number) if float(number).is_integer() else round(number, 2)


def _items(found: Progress) -> list[Item]:
    return [item for items in found.items.values() for item in items]


def item_json(item: Item) -> dict[str, Any]:
    """One counted record for programs."""
    return {
        "metric": item.metric, "code": item.code, "name": item.name, "amount": round(item.amount, 3),
        "milestone": item.milestone, "reached": item.reached,
    }  # fmt: skip


def _landing(request: Request, config: Settings) -> dict[str, Any]:
    return {
        "title": config.title,
        "description": "Administrative boundaries, tri-junctions and markers, with their history",
        "links": landing_links(request),
    }
