"""Address batches: long lists of addresses that wait for their answers, and the answers until they are fetched.

A batch is stored in parts, and its job enters the queue in the same transaction. Each part is answered in a transaction of
its own, so that a worker that dies leaves it either answered or waiting, never half; whoever takes the job up again goes on
with the next. A long batch lets others go first after a while. What was sent may be about persons: a part forgets its
questions when it is answered, and a day later (a setting) the whole batch is erased by a job that was queued with it.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB

from gis import jobs
from gis.db import SCHEMA, Database, alone, metadata
from gis.errors import NotFound, TooMany
from gis.text import Text as Words

ANSWER, ERASE = "answer_batch", "erase_batch"
PART = 5000
"""Rows that are answered in one transaction."""
SLICE_S = 30.0
"""After so long a batch goes to the end of the queue."""
MOST_WAITING = 50
"""Batches that may wait at a time."""
STATES = {
    "queued": Words("排队", "queued"),
    "working": Words("正在匹配", "being answered"),
    "finished": Words("已完成", "finished"),
    "failed": Words("中断", "broke off"),
}

BATCHES = Table(
    "address_batch",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("token_hash", Text, nullable=False),
    Column("form", JSONB, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'queued'")),
    Column("why", JSONB),
    Column("made_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("until", DateTime(timezone=True), nullable=False),
    UniqueConstraint("token_hash"),
    schema=SCHEMA,
)
"""`form` is how it was sent and how its answers are written; a token is kept as its SHA-256 alone."""
PARTS = Table(
    "address_batch_part",
    metadata,
    Column("batch", BigInteger, ForeignKey(f"{SCHEMA}.address_batch.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("rows", Integer, nullable=False),
    Column("asked", LargeBinary),
    Column("answered", LargeBinary),
    schema=SCHEMA,
)
AnswerPart = Callable[[Connection, Mapping[str, Any], bytes], bytes]
"""(a look into the registers, the form, what was asked) -> what is answered."""
AnswerParts = Callable[[Connection], AnswerPart]
"""Prepares for a run of parts."""


@dataclass(frozen=True, slots=True)
class Batch:
    """How far a batch is."""

    id: int
    form: Mapping[str, Any]
    state: str
    done: int
    of: int
    until: datetime
    why: Words | None = None

    @property
    def share(self) -> float:
        """What share of it is answered, 0 to 1."""
        return self.done / self.of if self.of else 1.0


def make(tx: Connection, form: Mapping[str, Any], parts: Iterable[tuple[int, bytes]], hours: int) -> tuple[str, int]:
    """Stores a batch of (rows, what was asked) and queues it; answers its token and how many rows it has. Raises TooMany."""
    _must_have_room(tx)
    token, until = secrets.token_urlsafe(32), datetime.now(UTC) + timedelta(hours=hours)
    made = insert(BATCHES).values(token_hash=_hashed(token), form=form, rows=0, until=until)
    number: int = tx.execute(made.returning(BATCHES.c.id)).scalar_one()
    of = 0
    for at, (rows, asked) in enumerate(parts):
        tx.execute(insert(PARTS).values(batch=number, number=at, rows=rows, asked=asked))
        of += rows
    tx.execute(update(BATCHES).where(BATCHES.c.id == number).values(rows=of))
    jobs.enqueue(tx, ANSWER, number)
    jobs.enqueue(tx, ERASE, number, at=until)
    return token, of


def find(tx: Connection, token: str) -> Batch:
    """The batch of a token, and how far it is. Raises NotFound, also when its time is over."""
    c = BATCHES.c
    row = tx.execute(select(BATCHES).where(c.token_hash == _hashed(token), c.until > func.now())).mappings().first()
    if row is None:
        raise NotFound(
            "没有这个批次;结果保留期满后即删除", "there is no such batch; answers are erased when their time is over"
        )
    done = select(func.coalesce(func.sum(PARTS.c.rows), 0)).where(PARTS.c.batch == row["id"], PARTS.c.answered.is_not(None))
    why = Words(**row["why"]) if row["why"] else None
    return Batch(row["id"], row["form"], row["state"], tx.scalar(done) or 0, row["rows"], row["until"], why)


def size_of_answers(tx: Connection, batch: int) -> int:
    """The bytes of all answers."""
    return tx.scalar(select(func.sum(func.octet_length(PARTS.c.answered))).where(PARTS.c.batch == batch)) or 0


def answers_of(database: Database, batch: int) -> Iterator[bytes]:
    """The answers, part by part in the order of the questions; the database is left alone between two of them."""
    at = 0
    while True:
        with database.writing() as tx:
            asked = select(PARTS.c.answered).where(PARTS.c.batch == batch, PARTS.c.number == at)
            found = tx.execute(asked).scalar_one_or_none()
        if found is None:
            return
        yield found
        at += 1


def answer(database: Database, batch: int, prepare: AnswerParts) -> None:
    """The job: answers part after part, for so long. Running it twice answers nothing twice."""
    end = time.monotonic() + SLICE_S
    with database.reading() as look:
        answer_part = prepare(look)
    while _answer_next(database, batch, answer_part):
        if time.monotonic() > end:
            with database.writing() as tx:
                jobs.enqueue(tx, ANSWER, batch)
            return


def erase(database: Database, batch: int) -> None:
    """The job: erases a batch with everything that was asked and answered."""
    with database.writing() as tx:
        alone(tx, _subject(batch))
        tx.execute(delete(BATCHES).where(BATCHES.c.id == batch))


def give_up(database: Database, task: str, batch: int, why: Words | None = None) -> None:
    """Says that a batch broke off for good; one that should have been erased is erased now."""
    if task == ERASE:
        erase(database, batch)
        return
    told = why or Words("程序意外中断", "the program broke off")
    with database.writing() as tx:
        alone(tx, _subject(batch))
        unfinished = (BATCHES.c.id == batch, BATCHES.c.state != "finished")
        tx.execute(update(BATCHES).where(*unfinished).values(state="failed", why=told.as_dict()))


def _answer_next(database: Database, batch: int, answer_part: AnswerPart) -> bool:
    """Answers the first part that waits; False when none does."""
    c = PARTS.c
    with database.writing() as tx:
        alone(tx, _subject(batch))
        waiting = select(PARTS.c.number, c.asked, BATCHES.c.form).join_from(PARTS, BATCHES)
        waiting = waiting.where(c.batch == batch, c.answered.is_(None), BATCHES.c.state.in_(["queued", "working"]))
        part = tx.execute(waiting.order_by(c.number).limit(1)).first()
        if part is None:
            finished = update(BATCHES).where(BATCHES.c.id == batch, BATCHES.c.state.in_(["queued", "working"]))
            tx.execute(finished.values(state="finished"))
            return False
        with database.reading() as look:
            answered = answer_part(look, part.form, part.asked)
        whole = update(PARTS).where(c.batch == batch, c.number == part.number)
        tx.execute(whole.values(answered=answered, asked=None))
        tx.execute(update(BATCHES).where(BATCHES.c.id == batch).values(state="working"))
        return True


def _must_have_room(tx: Connection) -> None:
    waiting = select(func.count()).select_from(BATCHES).where(BATCHES.c.state.in_(["queued", "working"]))
    if (tx.scalar(waiting) or 0) >= MOST_WAITING:
        raise TooMany(
            "排队的批次过多,请稍后再试", "too many batches are waiting; try again in a few minutes"
        ).after(60)


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _subject(batch: int) -> str:
    return f"address_batch/{batch}"
