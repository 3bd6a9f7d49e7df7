"""Decisions on a case: what somebody decides, and what has to be written down with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gis.errors import BadInput
from gis.text import Text

FIRST_DAY, FURTHEST = date(1949, 10, 1), timedelta(days=3660)
"""Effective days lie between the founding of the state and ten years ahead."""
LONGEST = 4000
LONGEST_CONSULTATION = timedelta(days=366)
NEEDS = {
    "reason": Text("必须写明理由", "a reason is compulsory"),
    "document": Text("必须填写批准文号", "the number of the approving document is compulsory"),
    "effective": Text("必须填写生效日期", "the effective day is compulsory"),
    "consult_until": Text("必须填写征求意见截止日期", "the closing day of the consultation is compulsory"),
    "approved_on": Text("必须填写批准日期", "the day of the approval is compulsory"),
    "approved_by": Text("必须填写批准机关", "the approving organ is compulsory"),
    "filed_on": Text("必须填写备案日期", "the day of the filing is compulsory"),
    "filing_document": Text("必须填写备案文号", "the number of the filing is compulsory"),
    "built_on": Text("必须填写建成日期", "the day on which it was built is compulsory"),
    "inspected_on": Text("必须填写验收日期", "the day of the inspection is compulsory"),
}
OF_REPORTS = {"document": Text("必须填写文号", "the number of the document is compulsory")}
"""How the same is said of reports on cemeteries: nothing is approved there."""


@dataclass(frozen=True)
class Decision:
    """One step, with what the table of moves or the law asks to be written down."""

    verb: str
    reason: str = ""
    document: str = ""
    effective: date | None = None
    chosen: int | None = None
    """Which candidate it is about, from 0."""
    roman: str = ""
    """The romanization as a person confirms it, with tones; empty: as it stands."""
    consult_until: date | None = None
    approved_on: date | None = None
    approved_by: str = ""
    filed_on: date | None = None
    filing_document: str = ""
    built_on: date | None = None
    inspected_on: date | None = None
    state: str = ""
    """The state that was looked at; somebody else may have taken a step since."""
    round: int | None = None
    """The round that was looked at; the sender may have changed the case since."""


def must_be_whole(decision: Decision, needs: tuple[str, ...], case: Mapping[str, Any]) -> None:
    """Raises BadInput unless everything that the step needs is there and its days can be true."""
    for need in needs:
        if not str(getattr(decision, need) or "").strip():
            words = (OF_REPORTS if case["track"] == "report" else {}).get(need, NEEDS[need])
            raise BadInput(words.zh, words.en)
    for name in ("reason", "document", "roman", "approved_by", "filing_document"):
        if len(getattr(decision, name)) > LONGEST:
            raise BadInput("{name} 最多 {n} 个字", "{name} has at most {n} letters", name=name, n=LONGEST)
    today = date.today()
    _lies_between(decision.approved_on, FIRST_DAY, today, Text("批准日期", "the day of the approval"))
    _is_not_backdated(decision, case)
    approved = decision.approved_on or case["approved_on"] or FIRST_DAY
    _lies_between(decision.filed_on, approved, today, Text("备案日期", "the day of the filing"))
    _lies_between(decision.effective, approved, today + FURTHEST, Text("生效日期", "the effective day"))
    taken_up, built = case["accepted_on"] or FIRST_DAY, case["built_on"] or FIRST_DAY
    _lies_between(decision.built_on, taken_up, today, Text("建成日期", "the day on which it was built"))
    _lies_between(decision.inspected_on, built, today, Text("验收日期", "the day of the inspection"))
    closing = Text("征求意见截止日期", "the closing day of the consultation")
    _lies_between(decision.consult_until, today, today + LONGEST_CONSULTATION, closing)


def _is_not_backdated(decision: Decision, case: Mapping[str, Any]) -> None:
    """Nothing is approved here before it was taken up; what others approved before it was known here needs a reason."""
    day = decision.approved_on
    if day is None:
        return
    if case["track"] == "decide":
        if case["accepted_on"] is not None and day < case["accepted_on"]:
            raise BadInput(
                "批准日期 {day} 早于受理日期 {first}", "the approval of {day} is earlier than the acceptance of {first}",
                day=day, first=case["accepted_on"],
            )  # fmt: skip
        return
    opened = case["created_at"].astimezone().date()
    if day < opened and not decision.reason.strip():
        raise BadInput(
            "批准日期 {day} 早于登记日期 {first},须写明理由",
            "the approval of {day} is earlier than the case, which was opened on {first}; give a reason",
            day=day, first=opened,
        )  # fmt: skip


def _lies_between(day: date | None, first: date, last: date, what: Text) -> None:
    if day is not None and not first <= day <= last:
        raise BadInput(
            "{what_zh}应在 {first} 至 {last} 之间,收到 {day}",
            "{what_en} should lie between {first} and {last}, not {day}",
            what_zh=what.zh, what_en=what.en, first=first, last=last, day=day,
        )  # fmt: skip
