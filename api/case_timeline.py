"""The timeline of a case: every step it has taken, the one it waits for, and those that lie ahead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from gis.people import ROLE_WORDS
from gis.settings import settings
from gis.text import Text
from placenames.casework import case_dates
from placenames.casework.case_moves import MOVES, SENDER
from placenames.casework.cases import CLOSED, REPORT
from placenames.casework.opinions import STANCES
from placenames.kinds import APPROVALS, Category

WAYS = {
    "decide": ("submit", "accept", "recommend", "approve", "file", "announce"),
    "draft": ("submit", "accept", "recommend", "record_outcome", "file", "announce"),
    "opinion": ("submit", "accept", "issue_opinion", "record_outcome", "file", "announce"),
    REPORT: ("submit", "acknowledge", "report_built", "inspect", "close"),
}
"""The steps of a case that meets with no obstacle."""
WAITS_FOR = {"draft": "submit", "submitted": "accept", "supplement": "supplement", "returned": "supplement",
             "consulting": "close_consultation", "opinion_issued": "record_outcome", "approved": "file",
             "filed": "announce"}  # fmt: skip
"""The step that a state waits for, where it does not depend on who approves."""
OF_REPORTS = {"submitted": "acknowledge", "acknowledged": "report_built", "built": "inspect", "inspected": "close"}
"""The same of reports on cemeteries, where it is another one."""
LEADS_TO = {"submitted": "accept", "supplement": "accept", "returned": "accept", "draft": "submit"}
"""From which step of the way on everything lies ahead; of other states it is the step that they wait for."""
AHEAD = {
    "submit": Text("提交申请", "To be submitted"),
    "supplement": Text("补正后重新提交", "To be supplemented and submitted again"),
    "accept": Text("受理", "Acceptance"),
    "close_consultation": Text("征求意见", "Consultation"),
    "recommend": Text("民政部门审查", "Review by civil affairs"),
    "issue_opinion": Text("民政部门出具意见", "Opinion of civil affairs"),
    "file": Text("备案", "Filing"),
    "announce": Text("公告", "Announcement"),
    "acknowledge": Text("民政部门接受报备", "Civil affairs accept the report"),
    "report_built": Text("建设,建成后报告", "Building, and the report that it is done"),
    "inspect": Text("验收", "Inspection"),
    "close": Text("办结", "Closing"),
}
DECIDES = Text("{organ}批准", "Decision: {organ}")
FILED_TO = Text("报:{organ}", "filed to: {organ}")
SIX = Text(
    "标准名称、罗马字母拼写、所属政区、位置描述、批准机关、批准时间",
    "standard name, romanization, unit, position, approving organ, day of approval",
)
SMALL = ("change", "attach", "opinion", "settle")
"""Steps that lead nowhere: they are shown small."""
BACK = ("return", "ask_supplement", "ask_rectify", "refuse", "reject", "record_refusal", "withdraw", "revoke")


@dataclass(frozen=True, slots=True)
class Step:
    """One step, taken or ahead."""

    words: Text
    look: str
    """done, back, small, now or ahead."""
    who: str = ""
    at: datetime | None = None
    notes: tuple[Text, ...] = ()
    said: str = ""
    """What was written down with it."""


def timeline(
    case: Mapping[str, Any], events: Sequence[Mapping[str, Any]], counts: Mapping[str, int], today: date
) -> list[Step]:
    """All steps of a case in their order."""
    return [*(_taken(each, case, counts) for each in events), *ahead(case, today)]


def ahead(case: Mapping[str, Any], today: date) -> list[Step]:
    """The step that a case waits for, and what lies ahead when all goes well."""
    if case["state"] in CLOSED:
        return []
    way = WAYS[case["track"]]
    now = _waits_for(case)
    first = LEADS_TO.get(case["state"], now if now in way else way[2])
    first = first if first in way else way[1]
    rest = [verb for verb in way[way.index(first) :] if verb != now]
    return [_now(case, now, today), *(Step(_words(case, verb), "ahead", notes=_what(case, verb)) for verb in rest)]


def days_told(case: Mapping[str, Any], today: date) -> Text | None:
    """How much of the time that the office set itself is used: 6 of 10 days; None where nothing runs, or it is over."""
    limit = _limit(case)
    due = case["due_internal"]
    if not limit or due is None or due < today:
        return None
    used = max(limit - case_dates.working_days_between(today, due), 0)
    return Text("已用 {n} / {limit} 个工作日", "{n} of {limit} working days used").fill(n=used, limit=limit)


def _limit(case: Mapping[str, Any]) -> int | None:
    if case["track"] == REPORT:
        return case_dates.report_limits(settings().report_days).get(case_dates.REPORT_WAITS_FOR.get(case["state"], ""))
    return case_dates.limits(settings().case_days).get(case_dates.WAITS_FOR.get(case["state"], ""))


def _waits_for(case: Mapping[str, Any]) -> str:
    if case["track"] == REPORT and case["state"] in OF_REPORTS:
        return OF_REPORTS[case["state"]]
    if found := WAITS_FOR.get(case["state"]):
        return found
    return WAYS[case["track"]][2 if case["state"] == "accepted" else 3]


def _now(case: Mapping[str, Any], verb: str, today: date) -> Step:
    notes = [each for each in (days_told(case, today), *_what(case, verb)) if each]
    if case["state"] == "consulting":
        notes.insert(0, Text("截止 {day}", "open until {day}").fill(day=case["consult_until"]))
    waits = Text("待办", "to be done")
    return Step(_words(case, verb), "now", _who(case, verb), notes=(waits, *notes))


def _who(case: Mapping[str, Any], verb: str) -> str:
    """Whose turn it is: the sender by name; of roles the template says the words."""
    move = MOVES.get((case["state"], verb))
    if move and SENDER in move.roles:
        return str(case["sender_display"])
    return ""


def turn(case: Mapping[str, Any]) -> Text | None:
    """Whose turn it is, in words; None when a case is closed."""
    if case["state"] in CLOSED:
        return None
    move = MOVES.get((case["state"], _waits_for(case)))
    if move is None or SENDER in move.roles:
        return Text("登记人 {name}", "its sender, {name}").fill(name=case["sender_display"])
    words = [ROLE_WORDS[role] for role in move.roles]
    return Text("本区域的" + "、".join(each.zh for each in words), "of the area: " + ", ".join(each.en for each in words))


def _words(case: Mapping[str, Any], verb: str) -> Text:
    if verb in ("approve", "record_outcome"):
        organ = APPROVALS[Category(case["category"])].organ
        return DECIDES.fill(organ=Text(_before_bracket(organ.zh), _before_bracket(organ.en)))
    return AHEAD[verb]


def _before_bracket(words: str) -> str:
    return words.partition("(")[0].strip()


def _what(case: Mapping[str, Any], verb: str) -> tuple[Text, ...]:
    if verb == "file":
        return (FILED_TO.fill(organ=APPROVALS[Category(case["category"])].filed_to),)
    return (SIX,) if verb == "announce" else ()


def _taken(event: Mapping[str, Any], case: Mapping[str, Any], counts: Mapping[str, int]) -> Step:
    verb = event["verb"]
    look = "small" if verb in SMALL else "back" if verb in BACK else "done"
    return Step(
        event["words"], look, event["display"] or "", event["at"], tuple(_facts(event, case, counts)), event["reason"] or ""
    )


def _facts(event: Mapping[str, Any], case: Mapping[str, Any], counts: Mapping[str, int]) -> list[Text]:
    """What was noted with a step, line by line."""
    about: Mapping[str, Any] = {**event["detail"], "document": event["document"], "effective": event["effective"]}
    said = [words.fill(**about) for name, words in NOTED.items() if about.get(name) not in (None, "")]
    if event["verb"] == "close_consultation" and sum(counts.values()):
        said.insert(0, opinions_told(counts))
    if event["verb"] == "recommend" and case["candidates"] and about.get("chosen") not in (None, ""):
        name = case["candidates"][min(int(about["chosen"]), len(case["candidates"]) - 1)]["name"]
        said.append(Text(name, name))
    return said


def opinions_told(counts: Mapping[str, int]) -> Text:
    """How many opinions came, and of what kind."""
    parts = [(STANCES[stance], number) for stance, number in counts.items() if number]
    zh = ",".join(f"{words.zh} {number}" for words, number in parts)
    en = ", ".join(f"{words.en} {number}" for words, number in parts)
    total = sum(counts.values())
    return Text(f"收到 {total} 条" + (f",{zh}" if zh else ""), f"{total} received" + (f": {en}" if en else ""))


NOTED = {
    "consult_until": Text("截止 {consult_until}", "open until {consult_until}"),
    "roman": Text("拼写 {roman}", "spelt {roman}"),
    "approved_by": Text("批准机关 {approved_by}", "by {approved_by}"),
    "document": Text("文号 {document}", "document {document}"),
    "approved_on": Text("批准日期 {approved_on}", "approved on {approved_on}"),
    "filing_document": Text("备案文号 {filing_document}", "filed as {filing_document}"),
    "filed_on": Text("备案日期 {filed_on}", "filed on {filed_on}"),
    "effective": Text("生效日期 {effective}", "effective {effective}"),
    "built_on": Text("建成日期 {built_on}", "built on {built_on}"),
    "inspected_on": Text("验收日期 {inspected_on}", "inspected on {inspected_on}"),
    "name": Text("{name}", "{name}"),
}
"""Facts kept with a step -> how they are said."""
