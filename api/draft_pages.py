"""Drafts of cases as pages: what is asked for, about which place, then the form, with its checks while one types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Request
from shapely import from_wkb
from shapely.geometry import mapping
from sqlalchemy import Connection, func, or_, select
from starlette.responses import Response

from api import case_forms, inboxes, pages
from api.case_forms import Form, Tried
from boundaries.units import UNITS
from gis.codes import levels
from gis.errors import BadInput, JiezhiError
from gis.history import in_force
from gis.people import Person
from gis.settings import Settings, settings
from gis.text import Text
from maps import layers, pick_map
from placenames.casework import attachment_types, case_contents, case_drafts, case_impact, cases
from placenames.casework.case_contents import MOST_CANDIDATES, PLAN, SIZES
from placenames.checks.name_checks import NOTHING
from placenames.finding import gazetteer
from placenames.finding.found import Found
from placenames.finding.gazetteer import Search
from placenames.kinds import APPROVALS, Category, classes
from placenames.names import NAMES

UNITS_SHOWN = 1000
SUGGESTIONS = 10
GRADES = {
    "A": Text("依据:已读法规原文", "from the full text of the law"),
    "B": Text("依据:已读部分条文", "from a part of the text"),
    "C": Text("依据:二手资料,请核对", "from a secondary source; please verify"),
    "I": Text("依据:推定,请核对", "our own inference; please verify"),
    "R": Text("依据:未经核实,请核对", "not verified; please verify"),
}
"""How sure it is who decides, in words (see `gis.sources`)."""
PLAN_TITLE = Text("保护方案文号(历史地名)", "Protection plan (names of historic value)")


def first(request: Request, problem: Text | None = None) -> Response:
    """The first screen: what is asked for, and for what kind of place; that decides who approves."""
    return pages.page(
        request,
        "case_new.html",
        status=400 if problem else 200,
        actions=cases.ACTIONS,
        categories=Category,
        approvals=APPROVALS,
        tracks=cases.TRACKS,
        grades=GRADES,
        chosen={name: request.query_params.get(name, "") for name in ("action", "category")},
        problem=problem,
    )


def choose_place(request: Request, look: Connection, person: Person, action: str, query: str) -> Response:
    """The second screen of a case about a place: which one."""
    return pages.page(
        request,
        "case_place.html",
        action=action,
        what=cases.ACTIONS[action],
        query=query,
        category=request.query_params.get("category", ""),
        found=places(look, person, action, query, quick=False),
        category_titles={each.value: each.text for each in Category},
    )


def places(look: Connection, person: Person, action: str, query: str, *, quick: bool) -> list[Found]:
    """Places of the person's area with such a name: those in use, or those that ended where one is to be restored."""
    if not query.strip():
        return []
    found = gazetteer.search(look, Search(query, public=False, areas=person.reads_in, quick=quick, limit=3 * SUGGESTIONS))
    today = date.today()
    return [
        each
        for each in found
        if person.may("staff", [each.unit])
        and (each.valid_to is not None and each.valid_to <= today) is (action == "restore")
    ][:SUGGESTIONS]


def about(tx: Connection, person: Person, which: str, action: str) -> dict[str, str]:
    """The form of a new case about a place. Raises BadInput, NotFound, NotAllowed."""
    place = case_drafts.standing_place(tx, person, _identity(which), action)
    person.must("staff", [place["unit"]])
    return case_forms.form_about(place, action)


def form(
    request: Request,
    tx: Connection,
    person: Person,
    values: Form,
    *,
    case: Mapping[str, Any] | None = None,
    tried: Sequence[Tried | None] = (),
    problem: JiezhiError | None = None,
) -> Response:
    """The form of a draft, with what was written into it and, where they were asked for, its checks."""
    inboxes.note(request, tx, person)
    place = _place(tx, person, values)
    category = category_of(place["category"] if place and place["category"] else values.get("category", ""))
    return pages.page(
        request,
        "case_form.html",
        status=problem.status if problem else 200,
        values=values,
        case=case,
        what=cases.ACTIONS[values["action"]],
        action=values["action"],
        category=category,
        approval=APPROVALS[category],
        track=cases.TRACKS[APPROVALS[category].track],
        grades=GRADES,
        place=place,
        announced=case_drafts.announced_already(tx, place["id"], values["action"], place["name"]) if place else None,
        place_fields={name: NAMES.field(name).title for name in ("origin", "meaning")},
        units=units(tx, person, values.get("unit", "")),
        classes=[each for each in classes().values() if each.category == category],
        rename_reasons=cases.RENAME_REASONS,
        sizes=_sizes(),
        candidates=range(MOST_CANDIDATES),
        tried=[*tried, *[None] * (MOST_CANDIDATES - len(tried))],
        kinds=attachment_types.KINDS,
        types=",".join(attachment_types.TYPES),
        problem=problem.text if problem else None,
        nothing=NOTHING,
        map_address="/cases/ground?" + urlencode({name: values.get(name, "") for name in ("unit", "place")}),
    )


def map_to_pick_from(
    request: Request, tx: Connection, person: Person, config: Settings, *, unit: str, place: str
) -> Response:
    """The map of the county of a unit, or of the person's own, with the place as it is registered."""
    lang = pages.language(request)
    near = unit or next((code for code, _ in units(tx, person)), "")
    stands = _place(tx, person, {"place": place})
    drawn: dict[str, Any] | None = None
    if stands and stands["geom"]:
        drawn = {"type": "Feature", "geometry": mapping(from_wkb(stands["geom"])), "properties": {}}
    ground = case_impact.ground(tx, {"unit": near})
    return pages.map_page(pick_map.pick_map(drawn, ground, near, lang, layers.map_note(config, lang)))


def units(tx: Connection, person: Person, chosen: str = "") -> list[tuple[str, str]]:
    """(code, name) of the units in force in which this person may ask for names, the towns first."""
    u = UNITS.table.c
    areas = person.areas.get("staff", ())
    order = list(levels(settings().unit_codes))
    mine = or_(u.code == chosen, *(u.code.startswith(area, autoescape=True) for area in areas))
    statement = select(u.code, u.name).where(mine, in_force(UNITS.table, date.today()), u.level.in_(order))
    rows = tx.execute(statement.order_by(func.length(u.code), u.code).limit(UNITS_SHOWN))
    return [(row.code, row.name) for row in rows]


def category_of(given: str) -> Category:
    """A category as an address names it. Raises BadInput."""
    if given not in list(Category):
        raise BadInput("没有类别“{given}”", "there is no category “{given}”", given=given[:40])
    return Category(given)


def _place(tx: Connection, person: Person, values: Form) -> dict[str, Any] | None:
    """The place a form is about, as it stands or last stood, where the person reads of it."""
    which = _identity(values.get("place", ""))
    return case_drafts.read_by(tx, person, which) if which else None


def _identity(given: str) -> UUID | str | None:
    """A place as an address names it: by its permanent id or its code. Raises BadInput."""
    found: UUID | str | None = case_contents.read({"place": given})["place"]
    return found


def _sizes() -> dict[str, tuple[Text, str]]:
    """What is asked about the size of a place: column -> its words and its unit."""
    asked = {name: (NAMES.field(name).title, NAMES.field(name).unit) for name in SIZES}
    return asked | {PLAN: (PLAN_TITLE, "")}
