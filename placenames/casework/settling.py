"""Settling what a change of name left to do: each entry once, as done or as kept, by the office of its area."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select, true, update

from gis import events
from gis.errors import BadInput, Conflict, NotAllowed, NotFound
from gis.history import as_known
from gis.people import PERSONS, Person
from gis.registers import REGISTERS
from placenames.casework import case_contents, cases, follow_ups
from placenames.casework.follow_ups import FOLLOW_UPS, STATES, WORKERS


def settle(tx: Connection, person: Person, number: int, outcome: str, reason: str = "", case: int | None = None) -> str:
    """Settles one entry, as done or as kept, and answers its new state.

    Raises NotFound, NotAllowed outside the person's area, BadInput (to keep something needs a reason) and Conflict
    (somebody else was quicker, or the register still reads as before).
    """
    entry = _locked(tx, number, case)
    if not any(cases.in_area(person, role, entry["unit"]) for role in WORKERS):
        raise NotAllowed("只有本区域的工作人员可以办理", "only the office of the area settles this")
    if outcome not in ("done", "kept"):
        raise BadInput("办理结果应为 done 或 kept", "the outcome is done or kept")
    if entry["state"] != "open":
        raise _already(tx, entry)
    reason = case_contents.text(reason, case_contents.LONGEST_TEXT)
    if outcome == "kept" and not reason:
        raise BadInput("保留原样必须写明理由", "to keep it as it is needs a reason")
    if outcome == "done" and _still_reads_so(tx, entry):
        if follow_ups.is_kept_from(tx, entry, person.reads_in):
            raise Conflict(
                "登记内容尚未更改,请先由所在地更改,或写明理由保留原样",
                "the register still reads as before; its own office changes it first, or keep it with a reason",
            )
        raise Conflict(
            "登记内容仍为“{before}”,请先更改,或写明理由保留原样",
            "the register still reads “{before}”; change it first, or keep it with a reason",
            before=entry["before"],
        )
    values = {"state": outcome, "person": person.id, "at": func.now(), "reason": reason or None}
    tx.execute(update(FOLLOW_UPS).where(FOLLOW_UPS.c.id == number).values(values))
    events.record(tx, cases.subject(entry["case"]), "settle", person.id, reason=reason or None,
                  follow_up=number, outcome=outcome)  # fmt: skip
    return outcome


def _locked(tx: Connection, number: int, case: int | None) -> dict[str, Any]:
    c = FOLLOW_UPS.c
    of_that_case = c.case == case if case is not None else true()
    statement = (
        select(FOLLOW_UPS, cases.CASES.c.unit)
        .join(cases.CASES, cases.CASES.c.id == c.case)
        .where(c.id == number, of_that_case)
        .with_for_update(of=FOLLOW_UPS)
    )
    row = tx.execute(statement).mappings().first()
    if row is None:
        raise NotFound("没有第 {n} 号待办", "there is no follow-up {n}", n=number)
    return dict(row)


def _already(tx: Connection, entry: Mapping[str, Any]) -> Conflict:
    who = tx.scalar(select(PERSONS.c.display).where(PERSONS.c.id == entry["person"]))
    state, at = STATES[entry["state"]], f"{entry['at']:%Y-%m-%d %H:%M}"
    return Conflict(
        f"{who} 已于 {at} 办理:{state.zh}", f"{who} has settled this at {at}: {state.en}"
    )  # names may hold braces: they are not filled in


def _still_reads_so(tx: Connection, entry: Mapping[str, Any]) -> bool:
    """Whether the newest version of the record, as known now, reads as it did when the list was written."""
    table = REGISTERS[entry["register"]].table
    c = table.c
    open_ended = select(c[entry["field"]]).where(c.id == entry["record"], as_known(table, None), c.valid_to.is_(None))
    newest: str | None = tx.scalar(open_ended.order_by(c.valid_from.desc()).limit(1))
    return newest is not None and newest == str(entry["before"])
