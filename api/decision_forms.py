"""Decisions as forms: for every step that is open to somebody, what has to be written down with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from gis.text import Text
from placenames.casework import consultations
from placenames.casework.case_moves import MOVES

BUTTONS = {
    "submit": Text("提交", "Submit"),
    "supplement": Text("补正后重新提交", "Submit again"),
    "accept": Text("受理", "Accept"),
    "ask_supplement": Text("要求补正", "Ask for supplements"),
    "refuse": Text("不予受理", "Do not take it up"),
    "consult": Text("征求意见", "Open a consultation"),
    "close_consultation": Text("结束征求意见", "Close the consultation"),
    "expert_review": Text("登记专家论证", "Record the experts' review"),
    "confirm_romanization": Text("核定拼写", "Confirm the romanization"),
    "recommend": Text("通过,报请批准", "Put forward"),
    "return": Text("退回修改", "Return"),
    "issue_opinion": Text("出具意见", "Issue the opinion"),
    "record_outcome": Text("登记批准结果", "Record the approval"),
    "record_refusal": Text("登记不批准结果", "Record the refusal"),
    "approve": Text("批准", "Approve"),
    "reject": Text("不予批准", "Reject"),
    "file": Text("登记备案", "Record the filing"),
    "announce": Text("公告", "Announce"),
    "acknowledge": Text("接受报备", "Accept the report"),
    "report_built": Text("报告建成", "Report it as built"),
    "ask_rectify": Text("要求整改", "Ask to put it right"),
    "inspect": Text("登记验收合格", "Record that it passed inspection"),
    "close": Text("办结", "Close"),
    "withdraw": Text("撤销申请", "Withdraw"),
    "revoke": Text("撤回办理意见", "Take the last step back"),
}
TONES = {
    **dict.fromkeys(("ask_supplement", "return", "ask_rectify"), "amber"),
    **dict.fromkeys(("refuse", "reject", "record_refusal", "withdraw", "revoke"), "red"),
}
"""How a step looks; all others lead on and are green."""
ASIDE = ("confirm_romanization", "expert_review", "consult")
"""Steps that are taken beside the way: their forms are closed at first."""
REASONS = {
    "ask_supplement": Text("需补正的内容(登记人会看到)", "What is missing (the sender sees it)"),
    "return": Text("退回理由(登记人会看到)", "Why it is returned (the sender sees it)"),
    "ask_rectify": Text("需整改的内容(登记人会看到)", "What is to be put right (the sender sees it)"),
    "expert_review": Text("论证结论", "The experts' conclusion"),
    "close_consultation": Text("意见采纳处理情况", "How the opinions were dealt with"),
    "issue_opinion": Text("意见内容", "The opinion"),
}
REASON = Text("理由", "Reason")
REMARK = Text("意见(可不填)", "Remark (optional)")
HINTS = {
    "return": Text("如:重名或同音;通名与规模不符;理由不充分", "such as: same name or sound; the term does not fit"),
    "ask_supplement": Text("如:缺四至图;缺业主同意书;位置描述不清", "such as: no site plan; no owners' consent"),
}
ALL_THE_SAME = Text("仍要继续的理由(存在阻断问题)", "Why it may go on all the same (something stands in the way)")
RUNS = Text("征求意见到 {day} 截止,届满后才能结束。", "The consultation runs until {day} and is closed after that day.")
LABELS = {
    "document": Text("批准文号", "Number of the approving document"),
    "approved_on": Text("批准日期", "Day of the approval"),
    "approved_by": Text("批准机关", "Approving organ"),
    "filing_document": Text("备案文号", "Number of the filing"),
    "filed_on": Text("备案日期", "Day of the filing"),
    "consult_until": Text("征求意见截止日期", "Closing day of the consultation"),
    "effective": Text("生效日期", "Effective day"),
    "built_on": Text("建成日期", "Day on which it was built"),
    "inspected_on": Text("验收日期", "Day of the inspection"),
}
OF_REPORTS = {
    "acknowledge": Text("报备文号", "Number of the document that accepts it"),
    "inspect": Text("验收文号", "Number of the inspection document"),
}
"""What the document of a step is called where nothing is approved."""
DAYS = ("approved_on", "filed_on", "consult_until", "effective", "built_on", "inspected_on")
OF_A_NAME = ("confirm_romanization", "recommend", "record_outcome")
"""Steps that are about one of the names."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to fill in."""

    name: str
    label: Text
    required: bool
    day: bool = False
    value: str = ""
    first: date | None = None
    last: date | None = None
    hint: Text | None = None


@dataclass(frozen=True, slots=True)
class DecisionForm:
    """One step that is open to somebody, and what has to be written down with it."""

    verb: str
    button: Text
    tone: str
    open: bool
    entries: tuple[Entry, ...]
    chooses: bool
    """Whether one of the names has to be chosen."""
    spells: bool
    not_yet: Text | None = None
    """Why it cannot be taken today."""


def forms(case: Mapping[str, Any], verbs: Sequence[str], today: date, *, blocked: bool) -> list[DecisionForm]:
    """The forms for these steps, those that lead on first; `blocked`: something stands in the way of some name."""
    offered = [verb for verb in verbs if verb != "submit" or "supplement" not in verbs]  # one word for one step
    found = [_form(case, verb, today, blocked=blocked) for verb in offered]
    found.sort(key=lambda each: (each.tone != "green", each.verb in ASIDE))
    return found


def _form(case: Mapping[str, Any], verb: str, today: date, *, blocked: bool) -> DecisionForm:
    needs = MOVES[(case["state"], verb)].needs
    entries = [_entry(case, name, today, verb) for name in needs if name != "reason"]
    chooses = verb in OF_A_NAME and bool(case["candidates"]) and not (verb == "record_outcome" and case["track"] == "draft")
    runs = verb == "close_consultation" and consultations.is_open(case, today)
    return DecisionForm(
        verb,
        BUTTONS[verb],
        TONES.get(verb, "green"),
        verb not in ASIDE and verb not in TONES,
        (*entries, *_reason(verb, required="reason" in needs, blocked=blocked)),
        chooses and (len(case["candidates"]) > 1 or verb == "confirm_romanization"),
        verb == "confirm_romanization",
        RUNS.fill(day=case["consult_until"]) if runs else None,
    )


def _entry(case: Mapping[str, Any], name: str, today: date, verb: str) -> Entry:
    approved = case["approved_on"]
    bounds = {
        "approved_on": (None, today),
        "filed_on": (approved, today),
        "consult_until": (today, None),
        "effective": (approved, None),
        "built_on": (case["accepted_on"], today),
        "inspected_on": (case["built_on"], today),
    }
    first, last = bounds.get(name, (None, None))
    suggested = str(today) if name in ("approved_on", "filed_on", "effective", "built_on", "inspected_on") else ""
    label = OF_REPORTS.get(verb, LABELS[name]) if name == "document" else LABELS[name]
    return Entry(name, label, required=True, day=name in DAYS, value=suggested, first=first, last=last)


def _reason(verb: str, *, required: bool, blocked: bool) -> list[Entry]:
    if required:
        return [Entry("reason", REASONS.get(verb, REASON), required=True, hint=HINTS.get(verb))]
    if blocked and verb in ("submit", "supplement", "recommend", "acknowledge"):
        return [Entry("reason", ALL_THE_SAME, required=False)]
    return [] if verb in ("submit", "confirm_romanization") else [Entry("reason", REMARK, required=False)]
