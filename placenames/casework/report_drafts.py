"""Drafts of prior reports: what is to be built at which cemetery, before it is built.

The cemetery is looked up as it stands; its name and kind at that time are kept with the report, and its unit says whose
office the report comes to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from gis import events, history
from gis.db import alone
from gis.errors import BadInput, Conflict, NotFound, not_one_of
from gis.history import in_force
from gis.people import Person
from gis.text import Text
from placenames.casework import case_drafts, cases, report_contents
from placenames.casework.case_contents import LONGEST_LINE, text
from placenames.casework.cases import ACTIONS, CASES, CLOSED, REPORT, REPORTS, WHATS
from placenames.sites.cemeteries import CEMETERIES

LETTERS = "BB"
"""The beginning of their numbers: BB-2026-0001 (报备)."""
TAKEN_OVER = ("name", "category", "profit", "holds", "level")
"""What a report keeps of the cemetery as it stood."""
CLOSED_DOWN = "closed"
"""The state of a cemetery at which nothing more is built."""
NOTHING_MORE = Text("“{name}”已关闭,不能扩建或新增墓穴", "“{name}” is closed; nothing more is built there")


def open_either(tx: Connection, person: Person, given: Mapping[str, Any]) -> int:
    """Opens a draft of whatever is asked for: a case of a name, or a prior report. Answers its number in the table."""
    action = given.get("action")
    if isinstance(action, str) and action in REPORTS:
        return open_report(tx, person, given)
    if action is not None and action not in [*ACTIONS]:
        raise not_one_of("action", action, WHATS)
    return case_drafts.open_case(tx, person, given)


def change_either(tx: Connection, person: Person, number: int, given: Mapping[str, Any]) -> None:
    """Changes what a draft says, of either sort."""
    if cases.find(tx, number)["track"] == REPORT:
        change_report(tx, person, number, given)
    else:
        case_drafts.change(tx, person, number, given)


def open_report(tx: Connection, person: Person, given: Mapping[str, Any]) -> int:
    """Opens a draft of a prior report and answers its number in the table.

    `given` holds action, cemetery (its code), reason, geometry (GeoJSON area, EPSG:4490) and `report_contents.FIELDS`.
    Raises BadInput, NotFound, NotAllowed.
    """
    wanted = report_contents.read(given)
    if not wanted.get("action"):
        raise BadInput("请选择报备事项(action)", "say what is reported (action)")
    about = _subject(tx, given.get("cemetery"))
    person.must("staff", [about["unit"]])
    row = {**wanted, **about, "report": {**wanted["report"], **about["report"]}, "track": REPORT, "open_to_public": False}
    row |= {"number": case_drafts.next_number(tx, date.today(), LETTERS), "state": "draft", "sender": person.id}
    number: int = tx.execute(insert(CASES).values(row).returning(CASES.c.id)).scalar_one()
    events.record(tx, cases.subject(number), "open", person.id, was="", state="draft", round=0)
    return number


def change_report(tx: Connection, person: Person, number: int, given: Mapping[str, Any]) -> None:
    """Changes what a report says; for its sender, while it is a draft or has come back to them.

    Raises NotAllowed, Conflict, BadInput.
    """
    found = cases.locked(tx, number)
    case_drafts.must_be_open_to(person, found)
    wanted = report_contents.read(given)
    about = _subject(tx, given.get("cemetery") or found["cemetery"])
    person.must("staff", [about["unit"]])
    report = {**found["report"], **wanted["report"], **about["report"]}
    row = {**wanted, **about, "report": report}
    said = sorted(
        [name for name in ("action", "reason", "cemetery", "unit") if name in row and row[name] != found[name]]
        + [name for name in report if report[name] != found["report"].get(name)]
    )
    tx.execute(update(CASES).where(CASES.c.id == number).values(**row, changed_at=func.now()))
    events.record(tx, cases.subject(number), "change", person.id, round=found["round"], fields=said)


def standing_cemetery(tx: Connection, code: str) -> dict[str, Any]:
    """A cemetery as it stands today, by its code, with `geom` as hexadecimal text or None. Raises NotFound."""
    c = CEMETERIES.table.c
    columns = (c.id, c.code, c.unit, c.state, *(c[name] for name in TAKEN_OVER), history.raw(c.geom).label("geom"))
    statement = select(*columns).where(c.code == code, in_force(CEMETERIES.table, date.today()))
    row = tx.execute(statement).mappings().first()
    if row is None:
        raise NotFound("没有在册公墓 {code}", "there is no cemetery {code} in force", code=code[:40])
    return dict(row)


def open_cemetery(tx: Connection, code: str) -> dict[str, Any]:
    """A cemetery at which something may still be built. Raises NotFound, and Conflict for one that was closed meanwhile."""
    found = standing_cemetery(tx, code)
    if found["state"] == CLOSED_DOWN:
        raise Conflict(NOTHING_MORE.zh, NOTHING_MORE.en, name=found["name"])
    return found


def must_be_complete(tx: Connection, case: Mapping[str, Any]) -> None:
    """Raises BadInput with everything that is missing, Conflict while the same is reported of the cemetery already."""
    missing = report_contents.missing(case)
    if missing:
        raise BadInput(
            "还缺少:{zh}", "still missing: {en}",
            zh="、".join(each.zh for each in missing), en=", ".join(each.en for each in missing),
        )  # fmt: skip
    alone(tx, f"case/cemetery/{case['cemetery']}")
    c = CASES.c
    others = select(c.number).where(
        c.cemetery == case["cemetery"],
        c.action == case["action"],
        c.id != case["id"],
        c.state.not_in((*CLOSED, "draft")),
    )
    if other := tx.scalar(others.limit(1)):
        raise Conflict(
            "该公墓另有同类报备在办:{number}", "the same is reported of this cemetery already: {number}", number=other
        )


def of_cemetery(tx: Connection, code: str) -> list[dict[str, Any]]:
    """The prior reports about a cemetery, newest first."""
    statement = cases.with_names().where(CASES.c.cemetery == code).order_by(CASES.c.id.desc())
    return [dict(row) for row in tx.execute(statement).mappings()]


def _subject(tx: Connection, given: Any) -> dict[str, Any]:
    """The cemetery that a report is about, in the columns of a case. Raises BadInput for one that was closed."""
    code = text(given, LONGEST_LINE)
    if not code:
        raise BadInput("请指明是哪座公墓(cemetery:公墓代码)", "say which cemetery it is about (cemetery: its code)")
    found = standing_cemetery(tx, code)
    if found["state"] == CLOSED_DOWN:
        raise BadInput(NOTHING_MORE.zh, NOTHING_MORE.en, name=found["name"])
    return {"cemetery": code, "unit": found["unit"], "report": {name: found[name] for name in TAKEN_OVER}}
