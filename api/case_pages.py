"""One case as a page: what it asks for, what is known against it, what it touches, what was said, and what may be done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from fastapi import Request
from sqlalchemy import Connection, select
from starlette.responses import Response

from api import case_forms, case_timeline, inboxes, pages
from api.case_dossiers import dossier
from api.case_forms import Tried
from api.differences import compared
from gis.people import Person
from gis.registers import REGISTERS
from gis.text import Text
from placenames.casework import (
    case_impact,
    case_moves,
    case_papers,
    case_screening,
    cases,
    consultations,
    follow_ups,
    impact,
    opinions,
    three_reports,
)
from placenames.casework.case_contents import PLAN, SIZES
from placenames.checks.name_checks import NOTHING, CandidateReport
from placenames.finding.found import unit_names
from placenames.kinds import APPROVALS, Category, class_of
from placenames.names import NAMES

CHECKED_ANEW = ("draft", "submitted", "supplement", "returned", "accepted", "consulting", "recommended", "opinion_issued")
"""While a case stands so, its checks are shown as they come out now; afterwards as they were when it was put forward."""
LISTED = 50
"""So many records of one register stand on the page; the map and the list of follow-ups have all of them."""
LEAST = 3
"""Spellings share what has so many letters."""
APPLICANT = {
    "name": Text("申请人", "Applicant"),
    "contact": Text("联系方式", "Contact"),
    "certificate": Text("证件号码", "Certificate"),
    "address": Text("地址", "Address"),
}


def case(request: Request, tx: Connection, person: Person, found: Mapping[str, Any]) -> Response:
    """The page of a case for whoever may see it."""
    inboxes.note(request, tx, person)
    today, number = date.today(), found["id"]
    events = case_moves.history(tx, number)
    counts = consultations.counts(tx, number)
    anew = found["state"] in CHECKED_ANEW
    tried = case_forms.of_case(tx, person, found, checked=anew and found["action"] != "delete")
    reports = _reports(tx, person, found, tried) if anew else []
    due_reports = three_reports.of_case(tx, found) if anew else []
    lacking = found["track"] != "opinion" and not all(each.is_there for each in due_reports)
    blocked = lacking or any(report.blocking for _, report in reports)
    return pages.page(
        request,
        "case.html",
        **dossier(tx, person, found, events, counts, blocked=blocked),
        came_back=case_moves.why_it_came_back(events, found["state"]),
        facts=_facts(tx, found, tried),
        reports=reports,
        recorded=found["checks"],
        impact=_impact(tx, person, found),
        consultation=_consultation(tx, person, found, events, counts, today),
        opinions_told=case_timeline.opinions_told(counts),
        due_reports=due_reports,
        reports_source=three_reports.SOURCE,
        may_be_significant=anew and found["action"] in three_reports.DUE_FOR,
        tried=tried,
        papers={kind: case_papers.PAPERS[kind].title for kind in case_papers.open_papers(found)},
        applicant=_applicant(tx, person, found),
        follow_ups=_follow_ups(tx, person, found),
        registers=REGISTERS,
        nothing=NOTHING,
    )


def _facts(tx: Connection, found: Mapping[str, Any], tried: Sequence[Tried]) -> dict[str, Any]:
    """What the case asks for, with what differs from how the place is called now."""
    v = NAMES.table.c
    roman = tx.scalar(select(v.roman).where(v.version == found["version"])) if found["version"] else None
    approval = APPROVALS[Category(found["category"])]
    named = class_of(found["class_code"] or "")
    sizes = [(NAMES.field(name), found["attributes"].get(name)) for name in SIZES]
    return {
        "roman": roman,
        "names": [
            {"name": compared(found["old_name"], each.name), "roman": compared(roman, each.roman, LEAST), "tried": each,
             "reason": said["reason"]}
            for each, said in zip(tried, found["candidates"], strict=True)
        ],
        "category": Category(found["category"]).text,
        "class": named.name if named else None,
        "units": unit_names(tx, [found["unit"]], date.today()).get(found["unit"], ()),
        "approval": approval,
        "track": cases.TRACKS[found["track"]],
        "rename_reason": cases.RENAME_REASONS.get(found["rename_reason"] or ""),
        "sizes": [(field.title, f"{size:,g} {field.unit}") for field, size in sizes if size is not None],
        "plan": found["attributes"].get(PLAN),
    }  # fmt: skip


def _reports(
    tx: Connection, person: Person, found: Mapping[str, Any], tried: Sequence[Tried]
) -> list[tuple[str, CandidateReport]]:
    """The name of each candidate with its checks; of a deletion the name that ends."""
    if found["action"] == "delete":
        return [(found["old_name"], each) for each in case_screening.reports(tx, found, person.reads_in)]
    return [(each.name, each.report) for each in tried if each.report]


def _impact(tx: Connection, person: Person, found: Mapping[str, Any]) -> dict[str, Any]:
    """What the name touches: exact counts, and the first records of each register."""
    touched = case_impact.of_case(tx, found, person.reads_in)
    listed: dict[str, list[impact.Impact]] = {}
    for each in touched.effects.items:
        listed.setdefault(each.register, []).append(each)
    return {
        "total": touched.effects.total,
        "counts": touched.effects.counts,
        "listed": {name: items[:LISTED] for name, items in listed.items()},
        "hows": impact.HOW,
        "concerns": found["version"] is not None and touched.before != touched.after,
    }


def _consultation(
    tx: Connection,
    person: Person,
    found: Mapping[str, Any],
    events: Sequence[Mapping[str, Any]],
    counts: Mapping[str, int],
    today: date,
) -> dict[str, Any] | None:
    """How a consultation went; None where there was none."""
    if found["consult_until"] is None and not sum(counts.values()):
        return None
    closed = next((each for each in reversed(events) if each["verb"] == "close_consultation"), None)
    runs = consultations.is_open(found, today)
    return {
        "until": found["consult_until"],
        "open": runs,
        "state": found["state"] == "consulting",
        "counts": counts,
        "stances": opinions.STANCES,
        "sources": {name: words for name, words in opinions.SOURCES.items() if name != opinions.PUBLIC},
        "all_sources": opinions.SOURCES,
        "summary": closed["reason"] if closed and found["state"] != "consulting" else None,
        "said": opinions.of_case(tx, person, found),
        "may_record": runs and any(cases.in_area(person, role, found["unit"]) for role in consultations.RECORDERS),
    }


def _applicant(tx: Connection, person: Person, found: Mapping[str, Any]) -> list[tuple[Text, str]]:
    who = cases.applicant(tx, person, found) or {}
    return [(words, who[name]) for name, words in APPLICANT.items() if who.get(name)]


def _follow_ups(tx: Connection, person: Person, found: Mapping[str, Any]) -> dict[str, Any]:
    """What an announced change left to do."""
    return {
        "entries": follow_ups.of_case(tx, found["id"], person.reads_in),
        "counts": follow_ups.counts(tx, found["id"]),
        "states": follow_ups.STATES,
        "may_settle": any(cases.in_area(person, role, found["unit"]) for role in follow_ups.WORKERS),
    }
