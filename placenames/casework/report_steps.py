"""What the steps of a prior report do beside leading on: each answers the columns of the case that it fills."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from gis.errors import BadInput
from gis.people import Person
from placenames.casework import case_steps, report_drafts, report_screening
from placenames.casework.case_contents import LONGEST_LINE, text
from placenames.casework.case_decisions import Decision
from placenames.casework.cases import REPORT


def submit_either(tx: Connection, case: Mapping[str, Any], person: Person, decision: Decision) -> dict[str, Any]:
    """Sends a case in, of either sort: it must be complete, and is checked once more. Raises BadInput, Conflict."""
    if case["track"] != REPORT:
        return case_steps.submit(tx, case, person, decision)
    about = report_drafts.open_cemetery(tx, case["cemetery"])
    report_drafts.must_be_complete(tx, case)
    found = report_screening.screen(tx, case, date.today())
    _says_why(found, decision, "仍要提交", "to submit it all the same")
    report = {**case["report"], **{name: about[name] for name in report_drafts.TAKEN_OVER}}
    return {"round": case["round"] + 1, "checks": found, "report": report, "unit": about["unit"]}


def acknowledge(tx: Connection, case: Mapping[str, Any], _person: Person, decision: Decision) -> dict[str, Any]:
    """Accepts a report under a document: from now on it may be built.

    Raises BadInput while errors stand unanswered, Conflict for a cemetery that was closed meanwhile.
    """
    report_drafts.open_cemetery(tx, case["cemetery"])
    found = report_screening.screen(tx, case, date.today())
    _says_why(found, decision, "仍要接受", "to accept it all the same")
    return {"accepted_on": date.today(), "document": text(decision.document, LONGEST_LINE), "checks": found}


def report_built(_tx: Connection, _case: Mapping[str, Any], _person: Person, decision: Decision) -> dict[str, Any]:
    """Notes the day on which it was built, as its sender says."""
    return {"built_on": decision.built_on}


def inspect(_tx: Connection, _case: Mapping[str, Any], _person: Person, decision: Decision) -> dict[str, Any]:
    """Notes the day on which it passed inspection; the document stands with the step."""
    return {"inspected_on": decision.inspected_on}


def _says_why(found: Sequence[Mapping[str, Any]], decision: Decision, zh: str, en: str) -> None:
    against = report_screening.blocking(found)
    if against and not decision.reason.strip():
        first = against[0]
        raise BadInput(
            "检查不通过({said_zh});{zh}须写明理由", "a check does not pass ({said_en}); {en}, give a reason",
            said_zh=first["message"]["zh"], said_en=first["message"]["en"], zh=zh, en=en,
        )  # fmt: skip
