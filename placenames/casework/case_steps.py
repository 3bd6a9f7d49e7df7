"""What the steps of a case do beside leading on: each answers the columns of the case that it fills."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from boundaries.units import UNITS
from gis.errors import BadInput
from gis.history import in_force
from gis.people import Person
from placenames.casework import case_drafts, case_screening, cases, consultations
from placenames.casework.case_contents import LONGEST_LINE, plain, text
from placenames.casework.case_decisions import Decision
from placenames.kinds import APPROVALS, Category

GOVERNMENT = "人民政府"


def submit(tx: Connection, case: Mapping[str, Any], _person: Person, decision: Decision) -> dict[str, Any]:
    """Sends a case in, for the first time or again: it must be complete, and is checked once more.

    Raises BadInput with what is missing; or when every name is blocked and no reason is given why one should be considered
    all the same.
    """
    looked_at = {}
    if case["place"] is not None:
        looked_at["version"] = case_drafts.standing_place(tx, case["place"], case["action"])["version"]
    case_drafts.must_be_complete(tx, case)
    found = case_screening.screen(tx, case)
    blocked = [case_screening.blocking(found, at) for at in range(len(case["candidates"]))]
    if blocked and all(blocked) and not decision.reason:
        raise _blocked(blocked[0], "仍要提交", "to submit it all the same")
    return {"round": case["round"] + 1, "checks": found, "chosen": None, **looked_at}


def accept(_tx: Connection, _case: Mapping[str, Any], _person: Person, _decision: Decision) -> dict[str, Any]:
    """Takes a case up."""
    return {"accepted_on": date.today()}


def consult(_tx: Connection, _case: Mapping[str, Any], _person: Person, decision: Decision) -> dict[str, Any]:
    """Asks the public and the departments, until a closing day."""
    return {"consult_until": decision.consult_until}


def close_consultation(
    tx: Connection, case: Mapping[str, Any], _person: Person, decision: Decision
) -> dict[str, Any]:
    """Closes a consultation after its closing day; the reason is the summary. Raises Conflict while it runs."""
    consultations.close(tx, case, decision.reason, date.today())
    return {}


def confirm_romanization(
    _tx: Connection, case: Mapping[str, Any], person: Person, decision: Decision
) -> dict[str, Any]:
    """A person confirms how a name is spelt, as it stands or as they write it."""
    at = _which(case, decision)
    candidates = [dict(each) for each in case["candidates"]]
    roman = text(decision.roman, LONGEST_LINE) or candidates[at]["roman"]
    candidates[at] |= {
        "roman": roman,
        "roman_plain": plain(roman),
        "roman_confirmed_by": person.id,
    }
    return {"candidates": candidates}


def recommend(tx: Connection, case: Mapping[str, Any], _person: Person, decision: Decision) -> dict[str, Any]:
    """Puts one name forward: its romanization is confirmed, and nothing blocks it or a reason says why it may be used.

    Raises BadInput.
    """
    found = case_screening.screen(tx, case)
    if case["action"] == "delete":
        return {"checks": found}
    at = _which(case, decision)
    _is_confirmed(case, at)
    blocking = case_screening.blocking(found, at)
    if blocking and not decision.reason:
        raise _blocked(blocking, "仍要报请批准", "to put it forward all the same")
    return {"checks": found, "chosen": at}


def approve(tx: Connection, case: Mapping[str, Any], _person: Person, decision: Decision) -> dict[str, Any]:
    """Notes who approved, when and under which number; for what is decided here, that is the county government."""
    organ = text(decision.approved_by, LONGEST_LINE) or _government(tx, case)
    document = text(decision.document, LONGEST_LINE)
    return {"approved_on": decision.approved_on, "approved_by": organ, "document": document}


def record_outcome(
    tx: Connection, case: Mapping[str, Any], person: Person, decision: Decision
) -> dict[str, Any]:
    """Notes which name another department approved, when and under which number."""
    chosen = None if case["action"] == "delete" else _which(case, decision)
    return approve(tx, case, person, decision) | {"chosen": chosen}


def file(_tx: Connection, _case: Mapping[str, Any], _person: Person, decision: Decision) -> dict[str, Any]:
    """Notes that the approval was filed."""
    return {"filing_document": text(decision.filing_document, LONGEST_LINE), "filed_on": decision.filed_on}


def _which(case: Mapping[str, Any], decision: Decision) -> int:
    """The candidate that a step is about: as said, as chosen before, or the only one. Raises BadInput."""
    number = len(case["candidates"])
    if not number:
        raise BadInput("该事项没有拟用名称", "no name is proposed in this case")
    at = decision.chosen if decision.chosen is not None else case["chosen"]
    at = 0 if at is None and number == 1 else at
    if at is None or not 0 <= at < number:
        raise BadInput(
            "请指明是哪一个名称(chosen:0 至 {last})",
            "say which name it is about (chosen: 0 to {last})",
            last=number - 1,
        )
    return at


def _is_confirmed(case: Mapping[str, Any], at: int) -> None:
    each = case["candidates"][at]
    if not each.get("roman_confirmed_by"):
        raise BadInput(
            "“{name}”的罗马字母拼写({roman})须先由人核定",
            "the romanization of “{name}” ({roman}) must first be confirmed by a person",
            name=each["name"], roman=each["roman"],
        )  # fmt: skip


def _blocked(findings: list[dict[str, Any]], zh: str, en: str) -> BadInput:
    first = findings[0]
    return BadInput(
        "检查不通过({rule}:{said_zh});{zh}须写明理由",
        "a check does not pass ({rule}: {said_en}); {en}, give a reason",
        rule=first["rule"], said_zh=first["message"]["zh"], said_en=first["message"]["en"], zh=zh, en=en,
    )  # fmt: skip


def _government(tx: Connection, case: Mapping[str, Any]) -> str:
    """The county government in whose name it is decided; by what the law says when the county is not listed."""
    u = UNITS.table.c
    county = u.code == cases.county_of(case["unit"])
    name = tx.scalar(select(u.name).where(county, in_force(UNITS.table, date.today())))
    return f"{name}{GOVERNMENT}" if name else APPROVALS[Category(case["category"])].organ.zh
