"""Submissions: what somebody sends, delivery by delivery, until it is published or withdrawn.

`submit` and `deliver` keep the files and put the check into the queue, in one transaction. `check_delivery` is the job:
it reads, checks, stages and compares in one transaction, so a delivery is either checked or still waiting, never
half-done; a second run finds nothing waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from gis import events, jobs
from gis.db import SCHEMA, Database, alone, metadata
from gis.errors import BadInput, Conflict, NotAllowed, NotFound
from gis.files import Answers, Verdict
from gis.intake import changes, personal, standing
from gis.intake.beside import lists_of, units_of
from gis.intake.checking import Examination, Tell, examine
from gis.intake.desk import DatabaseDesk
from gis.intake.recognition import Choices
from gis.intake.staging import as_read, stage, store_findings
from gis.people import ROLE_WORDS, Person, areas_of
from gis.registers import REGISTERS
from gis.settings import settings
from gis.text import Text as Words
from gis.uploads import Kept, laid_out

CHECK = "check_delivery"

SUBMISSIONS = Table(
    "submission",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("title", Text, nullable=False),
    Column("sender", BigInteger, ForeignKey(f"{SCHEMA}.person.id"), nullable=False),
    Column("state", Text, nullable=False),
    Column("whole", Boolean, nullable=False, server_default=text("false")),
    Column("round", Integer, nullable=False, server_default=text("0")),
    Column("units", ARRAY(Text), nullable=False, server_default="{}"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("changed_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Index("ix_submission_state", "state", "changed_at"),
    schema=SCHEMA,
)
DELIVERIES = Table(
    "delivery",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("submission", BigInteger, ForeignKey(f"{SCHEMA}.submission.id"), nullable=False),
    Column("round", Integer, nullable=False),
    Column("files", JSONB, nullable=False),
    Column("answers", JSONB, nullable=False, server_default="{}"),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("checked_at", DateTime(timezone=True)),
    Column("verdict", Text),
    Column("reading", JSONB),
    Column("not_checked", JSONB),
    Column("blocking", Integer),
    UniqueConstraint("submission", "round"),
    schema=SCHEMA,
)
WAITING, PUBLISHING = "queued", "publishing"
STATES = {
    "queued": Words("排队检查", "waiting for the check"),
    "asking": Words("等待选择", "waits for your choice"),
    "unreadable": Words("文件不可读", "files cannot be taken"),
    "blocked": Words("不能入库", "cannot be taken in"),
    "ready": Words("待审核", "waits for review"),
    "returned": Words("已退回", "returned"),
    "accepted": Words("待批准", "waits for approval"),
    "publishing": Words("正在公布", "being published"),
    "published": Words("已公布", "published"),
    "withdrawn": Words("已撤回", "withdrawn"),
    "failed": Words("检查中断", "the check broke off"),
}
OPEN_TO_DELIVERY = ("asking", "unreadable", "blocked", "returned", "failed", "ready")


def submit(
    tx: Connection, sender: Person, files: Sequence[Kept], title: str = "", whole: bool = False
) -> int:
    """Opens a submission with its first delivery and queues the check; answers the submission's number.

    `whole` says that the files hold all there is in their area, so that what is missing from them ends.
    """
    must_submit(sender)
    statement = insert(SUBMISSIONS).values(
        title=title.strip()[:200] or files[0].name if files else "",
        sender=sender.id,
        state=WAITING,
        whole=whole,
    )
    number: int = tx.execute(statement.returning(SUBMISSIONS.c.id)).scalar_one()
    deliver(tx, sender, number, files, {})
    return number


def deliver(
    tx: Connection,
    sender: Person,
    number: int,
    files: Sequence[Kept],
    answers: dict[str, Any],
    set_aside: Sequence[tuple[str, int]] = (),
) -> int:
    """Adds a delivery to a submission: new files, or the same files with other choices; answers its number."""
    submission = locked(tx, number)
    _may_deliver(sender, submission)
    before = latest_delivery(tx, number)
    kept = [asdict(each) for each in files] or (before["files"] if before else [])
    if not kept:
        raise BadInput("没有收到文件", "no file was received")
    given = {**(before["answers"] if before and not files else {}), **answers}
    given["set_aside"] = _may_be_set_aside(set_aside)
    following = submission["round"] + 1
    statement = insert(DELIVERIES).values(submission=number, round=following, files=kept, answers=given)
    delivery: int = tx.execute(statement.returning(DELIVERIES.c.id)).scalar_one()
    _set_state(tx, number, WAITING, round=following)
    verb = "upload" if files else ("set_aside" if set_aside else "answer")
    events.record(
        tx, subject(number), verb, sender.id, round=following, files=[each["name"] for each in kept]
    )
    jobs.enqueue(tx, CHECK, delivery)
    return delivery


def check_delivery(database: Database, delivery: int, watch: Tell | None = None) -> None:
    """The job: reads, checks, stages and compares one delivery. Running it twice does nothing the second time."""
    about = f"delivery/{delivery}"

    def tell(done: float, words: Words) -> None:
        jobs.tell(database, about, done, words)
        if watch:
            watch(done, words)

    with database.writing() as tx:
        alone(tx, about)
        row = _waiting(tx, delivery)
        if row is None:
            return
        chosen, config = row["answers"], settings()
        with laid_out(config.var, [Kept(**each) for each in row["files"]]) as paths:
            seen = examine(
                paths,
                Answers(chosen.get("crs"), chosen.get("encoding")),
                Choices(chosen.get("layers", {}), chosen.get("columns", {})),
                config,
                lambda sheets: standing.around(tx, sheets, date.today(), config, whole=row["whole"]),
                tell,
                area=areas_of(tx, row["sender"]),
                aside={(register, int(number)) for register, number in chosen.get("set_aside", [])},
                desk=DatabaseDesk(tx, delivery, date.today(), config, row["whole"]),
            )
        tell(0.8, Words("正在与现行数据比较", "comparing with what is in force"))
        _keep_result(tx, row, seen)
        jobs.forget(tx, about)


def give_up(database: Database, task: str, delivery: int, why: Words | None = None) -> None:
    """Says that a check broke off for good, and why where that is known; the sender may deliver again."""
    about = f"delivery/{delivery}"
    with database.writing() as tx:
        alone(tx, about)
        row = _waiting(tx, delivery)
        if row is not None and task == CHECK:
            _set_state(tx, row["submission"], "failed")
            events.record(tx, subject(row["submission"]), "break_off", None,
                          reason=str(why) if why else None, round=row["round"], state="failed")  # fmt: skip
        jobs.forget(tx, about)


def subject(number: int) -> str:
    """How events name a submission."""
    return f"submission/{number}"


def locked(tx: Connection, number: int) -> dict[str, Any]:
    """A submission, held until the transaction ends. Raises NotFound."""
    row = (
        tx.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == number).with_for_update()).mappings().first()
    )
    if row is None:
        raise NotFound("没有第 {number} 号报送", "there is no submission {number}", number=number)
    return dict(row)


def latest_delivery(tx: Connection, number: int) -> dict[str, Any] | None:
    """The newest delivery of a submission."""
    statement = (
        select(DELIVERIES)
        .where(DELIVERIES.c.submission == number)
        .order_by(DELIVERIES.c.round.desc())
        .limit(1)
    )
    row = tx.execute(statement).mappings().first()
    return dict(row) if row else None


def _may_be_set_aside(records: Sequence[tuple[str, int]]) -> list[list[Any]]:
    for register, _ in records:
        if register not in REGISTERS or not REGISTERS[register].setting_aside:
            raise BadInput(
                "该名录的记录不能单独搁置,须整体通过",
                "records of this register cannot be set aside; they stand or fall together",
            )
    return [list(record) for record in records]


def sender_of(tx: Connection, delivery: int) -> Person | None:
    """Whoever sent a delivery, with the roles they hold now."""
    c = SUBMISSIONS.c
    submission = select(DELIVERIES.c.submission).where(DELIVERIES.c.id == delivery).scalar_subquery()
    sender = tx.scalar(select(c.sender).where(c.id == submission))
    return None if sender is None else Person(sender, "", "", areas_of(tx, sender))


def sender_roles() -> list[str]:
    """The roles whose people may send something in."""
    return sorted({register.sender for register in REGISTERS.values() if register.sent})


def may_submit(sender: Person) -> bool:
    """Whether somebody may open a submission: with any role that sends a register; what lies where is checked later."""
    return any(role in sender.areas for role in sender_roles())


def must_submit(sender: Person) -> None:
    """Raises NotAllowed unless somebody may open a submission."""
    if not may_submit(sender):
        words = [ROLE_WORDS[role] for role in sender_roles()]
        raise NotAllowed(
            f"报送需要“{'”或“'.join(word.zh for word in words)}”角色,{sender.display}没有该角色",
            f"sending needs the role “{'” or “'.join(word.en for word in words)}”, which {sender.display} does not hold",
        )


def _may_deliver(sender: Person, submission: dict[str, Any]) -> None:
    if submission["sender"] != sender.id:
        raise NotAllowed("只有报送人可以补充或重新上传", "only the sender may deliver to this submission")
    if submission["round"] and submission["state"] not in OPEN_TO_DELIVERY:
        state = STATES[submission["state"]]
        raise Conflict(
            f"该报送“{state.zh}”,不能再上传",
            f"this submission is “{state.en}”; nothing more can be delivered",
        )


def _waiting(tx: Connection, delivery: int) -> dict[str, Any] | None:
    """The delivery, if it is still the one that waits for its check; None when that is done or overtaken."""
    statement = (
        select(DELIVERIES, SUBMISSIONS.c.sender, SUBMISSIONS.c.whole)
        .join_from(DELIVERIES, SUBMISSIONS)
        .where(DELIVERIES.c.id == delivery, SUBMISSIONS.c.state == WAITING)
        .where(SUBMISSIONS.c.round == DELIVERIES.c.round)
    )
    row = tx.execute(statement).mappings().first()
    return dict(row) if row else None


def _keep_result(tx: Connection, delivery: dict[str, Any], seen: Examination) -> None:
    findings, blocking = seen.findings, seen.blocking
    for register, sheet in seen.survey.sheets.items():
        stage(tx, delivery["id"], REGISTERS[register], sheet)
    for register, sheet in seen.aside.items():
        stage(tx, delivery["id"], REGISTERS[register], sheet, set_aside=True)
    store_findings(tx, delivery["id"], findings)
    if seen.readable:
        personal.stage_sheets(tx, delivery["id"], seen.recognised)
        changes.compare(tx, delivery["id"], seen.survey, delivery["whole"])
    state = _state_after(seen, blocking)
    tx.execute(
        update(DELIVERIES)
        .where(DELIVERIES.c.id == delivery["id"])
        .values(
            checked_at=func.now(),
            verdict=seen.verdict.value,
            reading=as_read(seen),
            not_checked=[{"rule": each.rule, "why": each.why.as_dict()} for each in seen.not_checked],
            blocking=blocking,
        )
    )
    _set_state(tx, delivery["submission"], state, units=_units(tx, delivery["id"], seen) if seen.readable else [])
    found = len(findings) + sum(seen.passed.more.values())
    events.record(tx, subject(delivery["submission"]), "ask" if state == "asking" else "check", None,
                  round=delivery["round"], state=state, blocking=blocking, findings=found)  # fmt: skip


def _units(tx: Connection, delivery: int, seen: Examination) -> list[str]:
    """The unit codes that a delivery mentions, in its sheets and in its long lists."""
    codes = standing.units_touched(tx, seen.survey.sheets, date.today())
    return sorted(codes.union(*(units_of(tx, each, delivery) for each in lists_of(tx, delivery))))


def _state_after(seen: Examination, blocking: int) -> str:
    if seen.verdict is Verdict.REJECT:
        return "unreadable"
    if seen.verdict is Verdict.ASK:
        return "asking"
    return "blocked" if blocking else "ready"


def _set_state(tx: Connection, number: int, state: str, **others: Any) -> None:
    values = {"state": state, "changed_at": func.now(), **others}
    tx.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.id == number).values(**values))
