"""One prior report as a page, and the form in which it is written: what is to be built, and what rules say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from api import inboxes, pages
from api.case_dossiers import dossier
from gis.errors import JiezhiError, NotFound
from gis.people import Person
from gis.text import Text
from placenames.casework import (
    attachment_types,
    case_moves,
    cases,
    report_contents,
    report_drafts,
    report_screening,
)
from placenames.finding.found import unit_names
from placenames.sites.cemeteries import CATEGORIES

CHECKED_ANEW = ("draft", "submitted", "supplement", "returned")
"""While a report stands so, its checks are shown as they come out now; afterwards as they were when it was accepted."""
HOW_SURE = Text(
    "事前报备的法定时限没有查到,时限均为本单位设置。",
    "No law that was read sets days for prior reports; all days here are the office's own.",
)
TEXTS = ("reason", *report_contents.FIELDS)


def report(request: Request, tx: Connection, person: Person, found: Mapping[str, Any]) -> Response:
    """The page of a report for whoever may see it."""
    inboxes.note(request, tx, person)
    events = case_moves.history(tx, found["id"])
    checks = checks_of(tx, found)
    return pages.page(
        request,
        "report.html",
        **dossier(tx, person, found, events, {}, blocked=bool(report_screening.blocking(checks))),
        came_back=_came_back(events, found["state"]),
        facts=_facts(found),
        units=unit_names(tx, [found["unit"]], date.today()).get(found["unit"], ()),
        category=CATEGORIES.get(found["report"].get("category", ""), Text("", "")),
        checks=checks,
        papers={},
        tried=(),
        how_sure=HOW_SURE,
    )


def checks_of(tx: Connection, found: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """What was found about a report: as it comes out now while it is open, else as it was."""
    if found["state"] not in CHECKED_ANEW:
        return list(found["checks"])
    try:
        return report_screening.screen(tx, found, date.today())
    except NotFound:  # the cemetery has ended meanwhile: what was found before still tells
        return list(found["checks"])


def form(
    request: Request,
    tx: Connection,
    person: Person,
    values: Mapping[str, str],
    *,
    case: Mapping[str, Any] | None = None,
    problem: JiezhiError | None = None,
) -> Response:
    """The form of a draft, with what was written into it."""
    inboxes.note(request, tx, person)
    cemetery = report_drafts.standing_cemetery(tx, values.get("cemetery", ""))
    return pages.page(
        request,
        "report_form.html",
        status=problem.status if problem else 200,
        values=values,
        case=case,
        cemetery=cemetery,
        category=CATEGORIES[cemetery["category"]],
        units=unit_names(tx, [cemetery["unit"]], date.today()).get(cemetery["unit"], ()),
        actions=cases.REPORTS,
        fields=report_contents.FIELDS,
        plot_kinds=report_contents.PLOT_KINDS,
        needed=report_contents.NEEDED,
        earlier=[
            {"id": each["id"], "number": each["number"], "what": cases.WHATS[each["action"]], "state": each["state"],
             "words": cases.STATES[each["state"]]}
            for each in report_drafts.of_cemetery(tx, cemetery["code"])
            if not case or each["id"] != case["id"]
        ],
        problem=problem.text if problem else None,
        how_sure=HOW_SURE,
        kinds=attachment_types.REPORT_KINDS,
        types=",".join(attachment_types.TYPES),
        map_address="/prior-reports/ground?" + urlencode({"cemetery": cemetery["code"]}),
    )  # fmt: skip


def values_of(found: Mapping[str, Any]) -> dict[str, str]:
    """The form of a report as it stands."""
    said = {**found["report"], "reason": found["reason"], "cemetery": found["cemetery"], "action": found["action"]}
    return {name: _plain(said.get(name)) for name in ("action", "cemetery", *TEXTS)}


def _plain(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else "" if value is None else str(value)


def _came_back(events: list[dict[str, Any]], state: str) -> dict[str, Any] | None:
    """Why it came back to its sender; also when what was built is to be put right."""
    if state != "acknowledged":
        return case_moves.why_it_came_back(events, state)
    last = next((each for each in reversed(events) if each["detail"].get("was") != each["detail"].get("state")), None)
    return last if last and last["verb"] == "ask_rectify" else None


def _facts(found: Mapping[str, Any]) -> list[tuple[Text, Any]]:
    """What is to be built, line by line, as far as it was said."""
    said, drawn = found["report"], report_contents.area_m2(found)
    words = {"plot_kind": report_contents.PLOT_KINDS.get(said.get("plot_kind") or "")}
    lines: list[tuple[Text, Any]] = [
        (title, words.get(name) or _plain(said.get(name))) for name, title in report_contents.FIELDS.items()
    ]
    area = None if drawn is None else f"{drawn:,.0f}"
    return [
        *lines,
        (Text("图上规划范围(m²,按椭球面)", "Planned area as drawn (m², on the ellipsoid)"), area),
        (Text("接受报备", "Accepted on"), found["accepted_on"] and f"{found['accepted_on']} · {found['document'] or ''}"),
        (Text("建成日期", "Built on"), found["built_on"]),
        (Text("验收日期", "Inspected on"), found["inspected_on"]),
    ]
