"""Lists of cases as pages: what waits for whom and how pressing it is, follow-ups, and what everybody may know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from sqlalchemy import Connection, func, select
from starlette.responses import RedirectResponse, Response

from api import inboxes, pages
from gis.errors import NotFound, NotSignedIn
from gis.people import Person
from gis.registers import REGISTERS
from gis.text import Text
from placenames.casework import case_inbox, cases, consultations, follow_ups
from placenames.casework.case_dates import LIGHTS
from placenames.casework.case_inbox import PAGE, Wanted
from placenames.casework.opinions import OPINIONS
from placenames.finding.found import unit_names
from placenames.kinds import Category

FOLLOW_UPS = "follow-ups"
TABS = {
    "todo": Text("待我办理", "Waiting for me"),
    "sent": Text("我登记的", "Registered by me"),
    "": Text("全部", "All"),
    FOLLOW_UPS: Text("关联更新", "Follow-ups"),
}
FOLLOW_UPS_SHOWN = 200
SORTS = {
    "names": (Text("地名事项", "Place names"), cases.SORTS["names"]),
    "reports": (Text("公墓事前报备", "Prior reports of cemeteries"), cases.SORTS["reports"]),
}
"""Sorts of cases, as the filter calls them, with what they ask for."""


def mine(request: Request, tx: Connection, person: Person, asked: Wanted) -> Response:
    """The cases somebody sees: those that wait for them first; or what announced changes left to do."""
    today = date.today()
    inboxes.note(request, tx, person)
    tab = asked.mine if "mine" in request.query_params else "todo"
    tab = FOLLOW_UPS if request.query_params.get("tab") == FOLLOW_UPS else tab
    entries, waiting = follow_ups.waiting(tx, person, FOLLOW_UPS_SHOWN)
    context: dict[str, Any] = {
        "tab": tab,
        "tabs": _tabs(request, tx, person, waiting, today),
        "may_register": "staff" in person.areas,
        "today": today,
    }
    if tab == FOLLOW_UPS:
        return pages.page(request, "case_follow_ups.html", entries=entries, waiting=waiting, registers=REGISTERS, **context)
    wanted = replace(asked, mine=tab)
    rows, following = _rows(request, tx, person, wanted, today)
    return pages.page(
        request,
        "cases.html",
        rows=rows,
        following=following,
        wanted=wanted,
        filters=_filters(tx, person, wanted, today),
        categories={each.value: each.text for each in Category},
        states=cases.STATES,
        lights=LIGHTS,
        actions=cases.WHATS,
        sorts=SORTS,
        unit_names=unit_names(tx, {each["unit"] for each in rows}, today),
        opinions=_opinions(tx, [each["id"] for each in rows if each["state"] == "consulting"]),
        address=lambda **more: _address(wanted, **more),
        **context,
    )


def announced(request: Request, look: Connection, before: int | None) -> Response:
    """What everybody may know: the consultations that are open, and the names that were announced."""
    today = date.today()
    open_ones = [] if before else cases.public_cases(look, "consulting", None, PAGE)
    rows = cases.public_cases(look, "announced", before, PAGE)
    units = unit_names(look, {each["unit"] for each in [*open_ones, *rows]}, today)
    return pages.page(
        request,
        "cases_public.html",
        consultations=[consultations.as_public(look, each, today) for each in open_ones],
        rows=[{**each, "headline": cases.headline(each)} for each in rows],
        following=f"/cases?before={rows[-1]['id']}" if len(rows) == PAGE else None,
        categories={each.value: each.text for each in Category},
        actions=cases.ACTIONS,
        unit_names=units,
        today=today,
    )


def announced_case(request: Request, look: Connection, number: int) -> Response:
    """One announced name; a case that is out for consultation leads there, any other to the door for the office."""
    try:
        found = cases.find_public(look, number)
    except NotFound:
        if getattr(request.state, "person", None) is None:
            raise NotSignedIn("请先登录", "please sign in first") from None
        raise
    if found["state"] == "consulting":
        return RedirectResponse(f"/consultations/{found['id']}", 303)
    chosen = found["candidates"][found["chosen"] or 0] if found["candidates"] else {}
    return pages.page(
        request,
        "case_public.html",
        case=found,
        chosen=chosen,
        headline=cases.headline(found),
        what=cases.ACTIONS[found["action"]],
        category=Category(found["category"]).text,
        units=unit_names(look, [found["unit"]], date.today()).get(found["unit"], ()),
    )


def _rows(
    request: Request, tx: Connection, person: Person, wanted: Wanted, today: date
) -> tuple[list[dict[str, Any]], str | None]:
    """One page of the list and the address of the next; what waits for somebody comes with the most pressing first."""
    if wanted == Wanted(mine="todo"):
        rows, total = case_inbox.inbox(tx, person, today, PAGE)
        if total <= PAGE:
            return rows, None
    shown = case_inbox.listed(tx, person, wanted, today, PAGE + 1)
    following = str(request.url.include_query_params(before=shown[PAGE - 1]["id"])) if len(shown) > PAGE else None
    if wanted.mine == "todo" and not following:
        shown.sort(key=lambda each: (each["due"] or date.max, each["id"]))
    return shown[:PAGE], following


def _tabs(request: Request, tx: Connection, person: Person, waiting: int, today: date) -> list[dict[str, Any]]:
    """The tabs with how much each holds."""
    numbers = {
        "todo": request.state.inbox["/cases"],
        "sent": case_inbox.counts(tx, person, Wanted(mine="sent"), today)["total"],
        "": case_inbox.counts(tx, person, Wanted(), today)["total"],
        FOLLOW_UPS: waiting,
    }
    return [
        {"name": name, "words": words, "number": numbers[name],
         "address": "/cases?" + urlencode({"tab": name} if name == FOLLOW_UPS else {"mine": name})}
        for name, words in TABS.items()
    ]  # fmt: skip


def _filters(tx: Connection, person: Person, wanted: Wanted, today: date) -> dict[str, dict[str, int]]:
    """For each filter what it would leave, with all the others as they are."""
    return {
        name: case_inbox.counts(tx, person, replace(wanted, before=None, **{name: ""}), today)[name]
        for name in ("light", "state", "category", "kind")
    }


def _address(wanted: Wanted, **more: str) -> str:
    """The list with another filter, from its first page on."""
    asked = {"mine": wanted.mine, "state": wanted.state, "light": wanted.light, "category": wanted.category,
             "kind": wanted.kind, **more}  # fmt: skip
    return "/cases?" + urlencode({name: value for name, value in asked.items() if value or name == "mine"})


def _opinions(tx: Connection, numbers: Sequence[int]) -> dict[int, int]:
    """How many opinions came to each of these cases."""
    c = OPINIONS.c
    rows = tx.execute(select(c.case, func.count()).where(c.case.in_(numbers)).group_by(c.case)) if numbers else ()
    return {row[0]: row[1] for row in rows}
