"""The one table of moves of a case, and decisions on cases.

Nothing happens to a case but by a step of this table, and every step has a person, a time and, where the table asks for
it, a reason, a document and days. Nobody decides on a case that they sent, nor settles one that they put forward; of two
people who decide at once, one wins and the other is told by whom and when. A step taken back stays on record, and so does
that it was taken back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, update

from gis import events
from gis.errors import BadInput, Conflict, NotAllowed
from gis.people import ROLE_WORDS, Person, deeds, refused_step
from gis.settings import settings
from gis.text import Text
from placenames.casework import case_dates, case_publishing, case_steps, cases, report_steps, second_person
from placenames.casework.case_decisions import Decision, must_be_whole
from placenames.casework.cases import CASES, REPORT, STATES, TRACKS, WAYS
from placenames.kinds import APPROVALS, Category

Then = Callable[[Connection, Mapping[str, Any], Person, Decision], dict[str, Any]]
"""What a step does; answers the columns of the case that it fills."""
SENDER = "sender"
LAST = "last"
"""Whoever holds the role that the last step asked for."""
BACK = "back"
"""To where the case stood before the last step."""
HERE, UP, ASKED, REPORTED, EVERY = ("decide",), ("draft",), ("opinion",), (REPORT,), tuple(WAYS)


@dataclass(frozen=True)
class CaseMove:
    """One permitted step: where it leads, who may take it, what must be given, and what happens then."""

    to: str
    roles: tuple[str, ...]
    needs: tuple[str, ...] = ()
    then: Then | None = None
    tracks: tuple[str, ...] = tuple(TRACKS)
    fills: tuple[str, ...] = ()
    """The columns that it fills, and that are empty again when it is taken back."""
    apart_from: tuple[str, ...] = ()
    """Steps whose last taker does not take this one too (`second_person`)."""
    unless: Callable[[Connection, Mapping[str, Any]], Conflict | None] | None = None
    """Why the step is not open although the case stands in its state, if anything is in its way."""


OFFICE, CHIEF, DESK = ("reviewer",), ("approver",), ("reviewer", "staff")
SUBMIT = CaseMove("submitted", (SENDER,), then=report_steps.submit_either, tracks=EVERY)
REFUSE = CaseMove("refused", OFFICE, ("reason",), tracks=EVERY)
RETURN_IT = CaseMove("returned", ("reviewer", "approver"), ("reason",))
PUT_FORWARD = ("recommend",)
OUTCOME = ("document", "approved_by", "approved_on")
APPROVED = ("approved_on", "approved_by", "document", "chosen")
MOVES: dict[tuple[str, str], CaseMove] = {
    ("draft", "submit"): SUBMIT,
    ("submitted", "accept"): CaseMove("accepted", OFFICE, then=case_steps.accept, fills=("accepted_on",)),
    ("submitted", "ask_supplement"): CaseMove("supplement", OFFICE, ("reason",), tracks=EVERY),
    ("submitted", "refuse"): REFUSE,
    ("supplement", "supplement"): SUBMIT,
    ("supplement", "refuse"): REFUSE,
    ("returned", "submit"): SUBMIT,
    ("returned", "supplement"): SUBMIT,
    ("accepted", "consult"): CaseMove(
        "consulting", OFFICE, ("consult_until",), case_steps.consult, fills=("consult_until",)
    ),
    ("consulting", "close_consultation"): CaseMove("accepted", OFFICE, ("reason",), case_steps.close_consultation),
    ("accepted", "expert_review"): CaseMove("accepted", OFFICE, ("reason",)),
    ("consulting", "expert_review"): CaseMove("consulting", OFFICE, ("reason",)),
    **{
        (state, "confirm_romanization"): CaseMove(state, DESK, then=case_steps.confirm_romanization)
        for state in ("accepted", "consulting", "opinion_issued")
    },
    **{
        (state, "confirm_romanization"): CaseMove(
            state, OFFICE, then=case_steps.confirm_romanization, tracks=ASKED, unless=case_steps.is_confirmed_already
        )
        for state in case_steps.AFTER_APPROVAL
    },
    ("accepted", "return"): CaseMove("returned", OFFICE, ("reason",)),
    ("accepted", "recommend"): CaseMove(
        "recommended", OFFICE, then=case_steps.recommend, tracks=HERE + UP, fills=("chosen",)
    ),
    ("accepted", "issue_opinion"): CaseMove("opinion_issued", OFFICE, ("reason",), tracks=ASKED),
    ("recommended", "return"): RETURN_IT,
    ("recommended", "approve"): CaseMove(
        "approved", CHIEF, ("document", "approved_on"), case_steps.approve, HERE, APPROVED[:3], PUT_FORWARD
    ),
    ("recommended", "reject"): CaseMove("rejected", CHIEF, ("reason",), tracks=HERE, apart_from=PUT_FORWARD),
    ("recommended", "record_outcome"): CaseMove("approved", OFFICE, OUTCOME, case_steps.approve, UP, APPROVED[:3]),
    ("recommended", "record_refusal"): CaseMove("rejected", OFFICE, ("reason",), tracks=UP),
    ("opinion_issued", "record_outcome"): CaseMove("approved", OFFICE, OUTCOME, case_steps.record_outcome, ASKED, APPROVED),
    ("opinion_issued", "record_refusal"): CaseMove("rejected", OFFICE, ("reason",), tracks=ASKED),
    ("approved", "file"): CaseMove(
        "filed", OFFICE, ("filing_document", "filed_on"), case_steps.file, fills=("filing_document", "filed_on")
    ),
    ("filed", "announce"): CaseMove(
        "announced", CHIEF, ("effective",), case_publishing.announce, apart_from=("record_outcome",)
    ),
    **{
        (state, "withdraw"): CaseMove("withdrawn", (SENDER,), tracks=EVERY)
        for state in ("draft", "submitted", "supplement")
    },
    ("returned", "withdraw"): CaseMove("withdrawn", (SENDER,), ("reason",), tracks=EVERY),
    **{
        (state, "withdraw"): CaseMove("withdrawn", (SENDER,), ("reason",))
        for state in ("accepted", "consulting", "recommended", "opinion_issued")
    },
    **{
        (state, "revoke"): CaseMove(BACK, (LAST,), ("reason",), tracks=EVERY)
        for state in ("supplement", "refused", "returned")
    },
    **{
        (state, "revoke"): CaseMove(BACK, (LAST,), ("reason",)) for state in ("accepted", "approved", "rejected", "filed")
    },
    ("consulting", "revoke"): CaseMove(BACK, (LAST,), ("reason",), unless=case_steps.is_answered),
    ("recommended", "revoke"): CaseMove(BACK, (LAST,), ("reason",), tracks=HERE + UP),
    ("opinion_issued", "revoke"): CaseMove(BACK, (LAST,), ("reason",), tracks=ASKED),
    ("submitted", "return"): CaseMove("returned", OFFICE, ("reason",), tracks=REPORTED),
    ("submitted", "acknowledge"): CaseMove(
        "acknowledged", OFFICE, ("document",), report_steps.acknowledge, REPORTED, ("accepted_on", "document")
    ),
    ("acknowledged", "report_built"): CaseMove("built", (SENDER,), ("built_on",), report_steps.report_built, REPORTED),
    ("acknowledged", "withdraw"): CaseMove("withdrawn", (SENDER,), ("reason",), tracks=REPORTED),
    ("acknowledged", "revoke"): CaseMove(BACK, (LAST,), ("reason",), tracks=REPORTED),
    ("built", "ask_rectify"): CaseMove("acknowledged", OFFICE, ("reason",), tracks=REPORTED),
    ("built", "inspect"): CaseMove(
        "inspected", OFFICE, ("document", "inspected_on"), report_steps.inspect, REPORTED, ("inspected_on",)
    ),
    ("inspected", "revoke"): CaseMove(BACK, (LAST,), ("reason",), tracks=REPORTED),
    ("inspected", "close"): CaseMove("closed", CHIEF, tracks=REPORTED),
}  # fmt: skip
"""Whether a case is decided here, sent upward, only given an opinion on, or reports what is to be built at a cemetery:
`tracks` says on which way a step lies."""
VERBS = {
    "open": Text("登记", "registered"),
    "change": Text("修改", "changed"),
    "submit": Text("提交", "submitted"),
    "accept": Text("受理", "accepted"),
    "ask_supplement": Text("要求补正", "supplements asked for"),
    "refuse": Text("不予受理", "not taken up"),
    "supplement": Text("补正", "supplemented"),
    "consult": Text("征求意见", "consultation opened"),
    "close_consultation": Text("结束征求意见", "consultation closed"),
    "expert_review": Text("专家论证", "reviewed by experts"),
    "confirm_romanization": Text("核定拼写", "romanization confirmed"),
    "recommend": Text("报请批准", "put forward"),
    "return": Text("退回", "returned"),
    "issue_opinion": Text("出具意见", "opinion issued"),
    "record_outcome": Text("登记批准结果", "approval recorded"),
    "record_refusal": Text("登记不批准结果", "refusal recorded"),
    "approve": Text("批准", "approved"),
    "reject": Text("不予批准", "rejected"),
    "file": Text("备案", "filed"),
    "announce": Text("公告", "announced"),
    "acknowledge": Text("接受报备", "report accepted"),
    "report_built": Text("报告建成", "reported as built"),
    "ask_rectify": Text("要求整改", "to be put right"),
    "inspect": Text("验收合格", "passed inspection"),
    "close": Text("办结", "closed"),
    "withdraw": Text("撤销申请", "withdrawn"),
    "revoke": Text("撤回办理意见", "step taken back"),
    "attach": Text("添加材料", "paper attached"),
    "opinion": Text("登记意见", "opinion recorded"),
    "settle": Text("办理后续更改", "follow-up settled"),
}
"""What events of a case are called."""
KEPT = ("chosen", "roman", "consult_until", "approved_on", "approved_by", "filed_on", "filing_document", "built_on",
        "inspected_on")  # fmt: skip
"""What of a decision is kept with its event, beside the reason, the document and the effective day."""


@dataclass(frozen=True)
class _Step:
    """A step that was taken and can be taken back."""

    event: int
    was: str
    verb: str
    move: CaseMove = field(repr=False)


def decide(tx: Connection, person: Person, number: int, decision: Decision) -> str:
    """Takes one step on a case and answers its new state.

    Raises NotAllowed, Conflict (somebody else was quicker, or the step is not in the table) or BadInput.
    """
    if decision.verb not in {verb for _, verb in MOVES}:
        raise BadInput("没有“{verb}”这个步骤", "there is no step “{verb}”", verb=decision.verb[:40])
    case = cases.locked(tx, number)
    move = MOVES.get((case["state"], decision.verb))
    if move is None or not _looked_at(case, decision):
        raise _refused(tx, case, decision.verb)
    if case["track"] not in move.tracks:
        raise _other_way(case, decision.verb)
    if move.unless and (in_the_way := move.unless(tx, case)):
        raise in_the_way
    back = _last_step(tx, number) if move.to == BACK else None
    _may_take(person, case, move, back)
    if second_person.is_wanted(tx, person, case, move.apart_from):
        raise _by_another(move)
    must_be_whole(decision, move.needs, case)
    values = move.then(tx, case, person, decision) if move.then else {}
    if back:
        values |= dict.fromkeys(back.move.fills)
    return _taken(tx, person, case, decision, back.was if back else move.to, values, back)


def open_moves(tx: Connection, person: Person, case: Mapping[str, Any]) -> list[str]:
    """The verbs that a person may use on a case as it stands."""
    back = _last_step(tx, case["id"])
    return [
        verb
        for (state, verb), move in MOVES.items()
        if state == case["state"] and case["track"] in move.tracks and _takes(person, case, move, back)
        and not (move.unless and move.unless(tx, case)) and not second_person.is_wanted(tx, person, case, move.apart_from)
    ]


def waits_for_another(tx: Connection, person: Person, case: Mapping[str, Any]) -> bool:
    """Whether a person could take a step but for having put the case forward themselves."""
    return any(
        second_person.is_wanted(tx, person, case, move.apart_from)
        for (state, _), move in MOVES.items()
        if state == case["state"] and case["track"] in move.tracks and _takes(person, case, move, None)
    )


def history(tx: Connection, number: int) -> list[dict[str, Any]]:
    """Every step of a case, oldest first, each with its words and who took it."""
    return [
        each | {"words": VERBS.get(each["verb"], Text(each["verb"], each["verb"]))}
        for each in deeds(tx, cases.subject(number))
    ]


def why_it_came_back(steps: list[dict[str, Any]], state: str) -> dict[str, Any] | None:
    """The step by which a case came back to its sender: what they read first. None when it did not."""
    verb = {"returned": "return", "supplement": "ask_supplement"}.get(state)
    return next((each for each in reversed(steps) if each["verb"] == verb), None)


def _looked_at(case: Mapping[str, Any], decision: Decision) -> bool:
    """Whether the case still stands as it was looked at."""
    return decision.state in ("", case["state"]) and decision.round in (None, case["round"])


def _taken(
    tx: Connection,
    person: Person,
    case: Mapping[str, Any],
    decision: Decision,
    to: str,
    values: dict[str, Any],
    back: _Step | None,
) -> str:
    """Writes a step down: the case as it is now, by when it is due, and the event."""
    after = {**case, **values}
    if to != case["state"]:
        due = _due(after, to)
        values |= {"due_internal": due.internal, "due_legal": due.legal}
    changed = {**values, "state": to, "changed_at": func.now()}
    tx.execute(update(CASES).where(CASES.c.id == case["id"]).values(**changed))
    said: dict[str, Any] = {
        name: str(values.get(name, value))
        for name in KEPT
        if (value := getattr(decision, name)) not in (None, "")
    }
    said |= {"revoked": back.event} if back else {}
    events.record(
        tx, cases.subject(case["id"]), decision.verb, person.id,
        reason=decision.reason or None, document=decision.document or None, effective=decision.effective,
        was=case["state"], state=to, round=after["round"], **said,
    )  # fmt: skip
    return to


def _due(case: Mapping[str, Any], state: str) -> case_dates.Due:
    """By when a case that comes to a state today is to move on."""
    today = date.today()
    if case["track"] == REPORT:
        return case_dates.report_due(state, today, settings().report_days)
    clock = APPROVALS[Category(case["category"])].clock
    return case_dates.due_days(case, state, today, settings().case_days, clock=clock)


def _last_step(tx: Connection, number: int) -> _Step | None:
    """The last step that moved the case and was not taken back; None when that was for its sender to take."""
    standing: list[dict[str, Any]] = []
    for each in deeds(tx, cases.subject(number)):
        if each["verb"] == "revoke":
            standing.pop()
        elif each["detail"].get("state") != each["detail"].get("was"):
            standing.append(each)
    if not standing:
        return None
    last = standing[-1]
    move = MOVES.get((last["detail"].get("was", ""), last["verb"]))
    if move is None or SENDER in move.roles:
        return None
    return _Step(last["id"], last["detail"]["was"], last["verb"], move)


def _roles(move: CaseMove, back: _Step | None) -> tuple[str, ...]:
    if LAST in move.roles:
        return back.move.roles if back else ()
    return move.roles


def _takes(person: Person, case: Mapping[str, Any], move: CaseMove, back: _Step | None) -> bool:
    own: bool = case["sender"] == person.id
    if SENDER in move.roles:
        return own
    return not own and any(cases.in_area(person, role, case["unit"]) for role in _roles(move, back))


def _may_take(person: Person, case: Mapping[str, Any], move: CaseMove, back: _Step | None) -> None:
    if _takes(person, case, move, back):
        return
    if SENDER in move.roles:
        raise NotAllowed("只有登记人可以办理此步骤", "only whoever sent the case may take this step")
    if case["sender"] == person.id:
        raise NotAllowed("不能办理自己登记的事项", "nobody decides on a case of their own")
    if LAST in move.roles and back is None:
        raise Conflict("没有可以撤回的办理意见", "there is no step of the office to take back")
    words = [ROLE_WORDS[role] for role in _roles(move, back)]
    raise NotAllowed(
        "此步骤需要本区域的“{zh}”角色",
        "this step needs the role “{en}” in the area",
        zh="”或“".join(each.zh for each in words),
        en="” or “".join(each.en for each in words),
    )


def _by_another(move: CaseMove) -> NotAllowed:
    words = VERBS[move.apart_from[0]]
    return NotAllowed(
        f"“{words.zh}”和此步骤应由两人办理;须由另一人办理",
        f"whoever took the step “{words.en}” does not take this one too; somebody else must",
    )


def _other_way(case: Mapping[str, Any], verb: str) -> Conflict:
    return Conflict(
        "该事项是“{track_zh}”,没有“{verb_zh}”这一步",
        "this case is “{track_en}”; “{verb_en}” is not a step on that way",
        track_zh=WAYS[case["track"]].zh, track_en=WAYS[case["track"]].en,
        verb_zh=VERBS[verb].zh, verb_en=VERBS[verb].en,
    )  # fmt: skip


def _refused(tx: Connection, case: Mapping[str, Any], verb: str) -> Conflict:
    return refused_step(deeds(tx, cases.subject(case["id"])), STATES[case["state"]], VERBS[verb], MOVES, verb)
