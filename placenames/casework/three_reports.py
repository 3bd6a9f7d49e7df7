"""Three reports: what an application for a name of significant social influence is to bring (assessment, experts, opinions).

Implementation Measures of the Regulations on Place Names (实施办法) Article 5, read in part (grade B). Which names have such
an influence is nowhere read: whoever registers the case says so, or a deployment does for whole categories. So nothing is
put forward without the three, unless a reason is written down; where only an opinion is given, they are told.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from gis.errors import BadInput
from gis.people import deeds
from gis.settings import settings
from gis.text import Text
from placenames import shipped
from placenames.casework import attachments, cases
from placenames.casework.attachment_types import KINDS
from placenames.casework.case_contents import SIGNIFICANT
from placenames.kinds import Category

SOURCE = shipped.sourced("L2", "S-part", "第五条")
DUE_FOR = ("naming", "rename")
STEPS = {"assessment": "", "expert": "expert_review", "consultation": "close_consultation"}
"""Each report by the kind of its paper -> the step of a case that says as much."""


@dataclass(frozen=True, slots=True)
class Report:
    """One of the three, and whether it is there: as a paper, or as a step of this round."""

    title: Text
    is_there: bool

    def as_dict(self) -> dict[str, Any]:
        """The report for programs."""
        return {"title": self.title.as_dict(), "is_there": self.is_there}


def is_significant(case: Mapping[str, Any]) -> bool:
    """Whether three reports are due for a case: a name is given or changed, and has significant social influence."""
    if case["action"] not in DUE_FOR:
        return False
    return bool(case["attributes"].get(SIGNIFICANT)) or case["category"] in _always(settings().significant_names)


def of_case(tx: Connection, case: Mapping[str, Any]) -> list[Report]:
    """The three reports of a case for which they are due; else none. What was said in another round is not there."""
    if not is_significant(case):
        return []
    papers, steps = set(attachments.kinds_of(tx, case["id"])), _steps_of_the_round(tx, case)
    return [Report(KINDS[kind], kind in papers or STEPS[kind] in steps) for kind in STEPS]


def missing(tx: Connection, case: Mapping[str, Any]) -> list[Text]:
    """The titles of those that are due and not there."""
    return [each.title for each in of_case(tx, case) if not each.is_there]


def must_be_there(tx: Connection, case: Mapping[str, Any], reason: str) -> None:
    """Raises BadInput with what is missing, unless a reason says why the case may go on all the same."""
    lacking = missing(tx, case)
    if lacking and not reason.strip():
        raise BadInput(
            "该地名社会影响较大,报请批准前应有三项报告,还缺:{zh}({source});仍要报请批准须写明理由",
            "the name has significant social influence; before it is put forward three reports are due, still missing: {en} "
            "({source}); to put it forward all the same, give a reason",
            zh="、".join(each.zh for each in lacking), en=", ".join(each.en for each in lacking), source=SOURCE.citation,
        )  # fmt: skip


def _steps_of_the_round(tx: Connection, case: Mapping[str, Any]) -> set[str]:
    happened = deeds(tx, cases.subject(case["id"]))
    return {each["verb"] for each in happened if each["detail"].get("round") == case["round"]}


def _always(said: str) -> set[str]:
    found = {each.strip().upper() for each in said.split(",") if each.strip()}
    if unknown := sorted(found - set(Category)):
        raise BadInput(
            "设置 {name} 中没有地名类别“{given}”", "the setting {name} names no category “{given}”",
            name="JIEZHI_SIGNIFICANT_NAMES", given=unknown[0],
        )  # fmt: skip
    return found
