"""Reviews: the one table of moves, and decisions on submissions.

Every step has a person, a time and, where the table asks for it, a reason, a document and an effective day. Nobody
decides on their own submission; of two people who decide at once, one wins and the other is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, func, select, update

from gis import events, jobs
from gis.errors import BadInput, Conflict, NotAllowed
from gis.intake import publishing
from gis.intake.changes import CHANGES
from gis.intake.chunks import Tell
from gis.intake.publishing import silent
from gis.intake.submissions import PUBLISHING, STATES, SUBMISSIONS, latest_delivery, locked, subject
from gis.people import ROLE_WORDS, Person, deeds, refused_step
from gis.registers import REGISTERS
from gis.text import Text, series


@dataclass(frozen=True)
class Decision:
    """What somebody decides, with what the law asks to be written down."""

    verb: str
    reason: str = ""
    document: str = ""
    effective: date | None = None
    delivery: int | None = None
    """The delivery that was looked at; deciding on another one is refused."""
    state: str = ""
    """The state that was looked at; somebody else may have taken a step since."""


@dataclass(frozen=True)
class Move:
    """One permitted step: where it leads, who may take it, what must be given, and what happens then."""

    to: str
    roles: tuple[str, ...]
    needs: tuple[str, ...] = ()
    then: Callable[..., None] | None = None
    """Done with (transaction, submission, document, effective day)."""
    long: str = ""
    """The state in which a long one waits for its job to do what then happens."""


SENDER, WORKER = "sender", "worker"
"""Whoever sent it; the job that does what was decided."""
MOVES: dict[tuple[str, str], Move] = {
    ("ready", "accept"): Move("accepted", ("reviewer",)),
    ("ready", "return"): Move("returned", ("reviewer",), needs=("reason",)),
    ("accepted", "return"): Move("returned", ("approver",), needs=("reason",)),
    ("accepted", "publish"): Move(
        "published", ("approver",), ("document", "effective"), publishing.publish, long=PUBLISHING
    ),
    (PUBLISHING, "complete"): Move("published", (WORKER,), then=publishing.publish),
    (PUBLISHING, "refuse"): Move("accepted", (WORKER,)),
    ("asking", "withdraw"): Move("withdrawn", (SENDER,)),
    ("unreadable", "withdraw"): Move("withdrawn", (SENDER,)),
    ("blocked", "withdraw"): Move("withdrawn", (SENDER,)),
    ("failed", "withdraw"): Move("withdrawn", (SENDER,)),
    ("returned", "withdraw"): Move("withdrawn", (SENDER,)),
    ("ready", "withdraw"): Move("withdrawn", (SENDER,), needs=("reason",)),
}
FIRST_DAY, FURTHEST = date(1949, 10, 1), timedelta(days=3660)
"""Effective days lie between the founding of the state and ten years ahead."""
NEEDS = {
    "reason": Text("必须写明理由", "a reason is compulsory"),
    "document": Text("必须填写批准文号", "the document number is compulsory"),
    "effective": Text("必须填写生效日期", "the effective day is compulsory"),
}


def decide(tx: Connection, person: Person, number: int, decision: Decision) -> str:
    """Takes one step on a submission and answers its new state; what takes long is left to a job.

    Raises NotAllowed, Conflict (somebody else was quicker, or the step is not in the table) or BadInput.
    """
    if decision.verb not in {verb for (_, verb), move in MOVES.items() if WORKER not in move.roles}:
        raise BadInput("没有“{verb}”这个步骤", "there is no step “{verb}”", verb=decision.verb[:40])
    submission = locked(tx, number)
    move = MOVES.get((submission["state"], decision.verb))
    if move is None or (decision.state and decision.state != submission["state"]):
        raise _refused(tx, submission, decision.verb)
    _may_take(tx, person, submission, move)
    _is_about_the_latest(tx, submission, decision)
    if decision.effective and not FIRST_DAY <= decision.effective <= date.today() + FURTHEST:
        raise BadInput("生效日期不合理:{day}", "the effective day is out of reach: {day}", day=decision.effective)
    for need in move.needs:
        if not str(getattr(decision, need) or "").strip():
            raise BadInput(NEEDS[need].zh, NEEDS[need].en)
    long = bool(move.long) and publishing.is_long(tx, submission)
    state = move.long if long else move.to
    _stands_at(tx, number, state)
    if long:
        jobs.enqueue(tx, publishing.PUBLISH, number)
    elif move.then:
        move.then(tx, submission, decision.document, decision.effective)
        _every_record_is_theirs(tx, person, submission, move)  # the county may have gained some that now end
    events.record(
        tx,
        subject(number),
        decision.verb,
        person.id,
        reason=decision.reason or None,
        document=decision.document or None,
        effective=decision.effective,
        round=submission["round"],
        state=state,
    )
    return state


def awaited(tx: Connection, number: int) -> dict[str, Any] | None:
    """The decision that waits for its job, as it was recorded; None when nothing of the kind is under way."""
    waiting = select(SUBMISSIONS.c.state).where(SUBMISSIONS.c.id == number)
    if tx.scalar(waiting) not in {move.long for move in MOVES.values() if move.long}:
        return None
    decided = [each for each in deeds(tx, subject(number)) if each["verb"] == "publish"]
    return decided[-1]


def complete(
    tx: Connection, person: Person, number: int, decided: Mapping[str, Any], tell: Tell = silent
) -> None:
    """Does what was decided, for the person who decided it.

    Nobody else is held up meanwhile: the state alone says that no other step is possible. Raises Conflict, BadInput or
    NotAllowed when something stands against it by now.
    """
    submission = dict(tx.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == number)).mappings().one())
    move = MOVES[submission["state"], "complete"]
    assert move.then is not None
    move.then(tx, submission, decided["document"], decided["effective"], tell)
    _may_take(tx, person, submission, MOVES["accepted", "publish"])
    _stands_at(tx, number, move.to)
    events.record(tx, subject(number), "complete", None, round=submission["round"], state=move.to)


def refuse(tx: Connection, number: int, why: Text) -> None:
    """Gives a submission whose publication was refused back to those who decide, with the reason."""
    submission = locked(tx, number)
    move = MOVES[submission["state"], "refuse"]
    _stands_at(tx, number, move.to)
    said = {"round": submission["round"], "state": move.to, "message": why.as_dict()}
    events.record(tx, subject(number), "refuse", None, **said)


def _stands_at(tx: Connection, number: int, state: str) -> None:
    values = {"state": state, "changed_at": func.now()}
    tx.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.id == number).values(**values))


def open_moves(person: Person, submission: Mapping[str, Any]) -> list[str]:
    """The verbs a person may use on a submission as it stands."""
    return [
        verb
        for (state, verb), move in MOVES.items()
        if state == submission["state"] and _takes(person, submission, move)
    ]


def must_see(person: Person, submission: Mapping[str, Any]) -> None:
    """Raises NotAllowed unless the submission is the person's own or in an area they review, approve or administer."""
    if not may_see(person, submission):
        raise NotAllowed("该报送不在您的办理范围内", "this submission is not yours to see")


def may_see(person: Person, submission: Mapping[str, Any]) -> bool:
    """Whether somebody may look at a submission."""
    if submission["sender"] == person.id:
        return True
    return any(
        _in_area(person, role, submission["units"])
        for role in ("reviewer", "approver", "administrator")
        if role in person.areas
    )


def _takes(person: Person, submission: Mapping[str, Any], move: Move) -> bool:
    own: bool = submission["sender"] == person.id
    if SENDER in move.roles:
        return own
    return not own and any(_in_area(person, role, submission["units"]) for role in move.roles)


def _in_area(person: Person, role: str, codes: Sequence[str]) -> bool:
    """Whether a role reaches into the submission: any of its units lies in the area (others may be neighbours)."""
    areas = person.areas.get(role, ())
    return any(code.startswith(area) for area in areas for code in (codes or [""]))


def _may_take(tx: Connection, person: Person, submission: Mapping[str, Any], move: Move) -> None:
    if _takes(person, submission, move):
        if SENDER not in move.roles:
            _every_record_is_theirs(tx, person, submission, move)
        return
    if submission["sender"] == person.id:
        raise NotAllowed("不能办理自己的报送", "nobody decides on their own submission")
    if SENDER in move.roles:
        raise NotAllowed("只有报送人可以撤回", "only the sender may withdraw it")
    raise NotAllowed(
        f"此步骤需要本区域的“{'”或“'.join(ROLE_WORDS[each].zh for each in move.roles)}”角色",
        f"this step needs one of these roles in the area: “{'”, “'.join(ROLE_WORDS[each].en for each in move.roles)}”",
    )


def _every_record_is_theirs(
    tx: Connection, person: Person, submission: Mapping[str, Any], move: Move
) -> None:
    """Every record that would begin, change or end lies, with one of its units, where the person holds the role."""
    records = list(_records(tx, submission))
    for role in move.roles:
        areas = person.areas.get(role, ())
        foreign = [codes for codes in records if codes and not any(code.startswith(areas) for code in codes)]
        if areas and not foreign:
            return
    raise NotAllowed(
        "报送中有记录不在您的管辖区域内:{codes}",
        "there are records outside your area: {codes}",
        codes=series(foreign[0]),
    )


def _records(tx: Connection, submission: Mapping[str, Any]) -> Iterator[list[str]]:
    """The unit codes of every record that a submission touches, as it would be and as it was."""
    delivery = latest_delivery(tx, submission["id"]) or {"id": None}
    for register in REGISTERS.values():
        if register.sent and register.area_fields:
            s, v = register.staging.c, register.table.c
            sent = select(*(s[name] for name in register.area_fields)).where(
                s.delivery == delivery["id"], ~s.set_aside
            )
            was = (
                select(*(v[name] for name in register.area_fields))
                .join(CHANGES, CHANGES.c.version == v.version)
                .where(CHANGES.c.delivery == delivery["id"], CHANGES.c.register == register.name)
            )
            for record in tx.execute(sent.union(was)).mappings():
                yield register.unit_codes(dict(record))


def _is_about_the_latest(tx: Connection, submission: Mapping[str, Any], decision: Decision) -> None:
    latest = latest_delivery(tx, submission["id"])
    if decision.delivery is not None and latest is not None and latest["id"] != decision.delivery:
        raise Conflict(
            "报送人已重新上传,请先查看新的检查报告",
            "the sender has delivered again; look at the new report first",
        )


def _refused(tx: Connection, submission: Mapping[str, Any], verb: str) -> Conflict:
    words = events.VERBS.get(verb, Text(verb, verb))
    return refused_step(deeds(tx, subject(submission["id"])), STATES[submission["state"]], words, MOVES, verb)
