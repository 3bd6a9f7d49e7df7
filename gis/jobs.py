"""Long work: one queue in the database, any number of workers, and progress that people can watch.

A job enters the queue in the transaction that makes it necessary. A worker that dies leaves its job to be taken up
again; a job that kills its worker three times, or that meets a fault of ours, is given up and says so. Whoever works
at a subject works at it `alone`, so that a job delivered twice finds nothing left to do the second time.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import procrastinate
from procrastinate.exceptions import ConnectorException
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Double,
    Table,
    Text,
    bindparam,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from gis.db import SCHEMA, Database, Role, metadata
from gis.errors import JiezhiError, Unavailable
from gis.refusals import LOST, explained, in_one_line, is_passing
from gis.text import Text as Words

log = logging.getLogger("jiezhi")
ATTEMPTS = 3
HEARTBEAT_S = 2.0
STALLED_S = 8.0
"""A worker that was not heard of for so long is dead."""
LOOK_S = 2.0
"""How often a worker looks for jobs that others left behind."""
OF_THE_QUEUE = ("procrastinate", "asyncio")
"""Whose log tells what the queue's tasks ended by."""
AWAY_S = 5.0
"""How long a worker waits for a database that went away, before it ends."""

PROGRESS = Table(
    "progress",
    metadata,
    Column("subject", Text, primary_key=True),
    Column("done", Double, nullable=False),
    Column("words", JSONB, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema=SCHEMA,
)

_ENQUEUE = text(
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', :task, 0, NULL, NULL, :arguments, :at)"
    "::procrastinate_job_to_defer_v1])"
).bindparams(bindparam("arguments", type_=JSONB), bindparam("at", type_=DateTime(timezone=True)))
# In one statement, so that two workers who look at once do not both take up the same job.
_TAKE_UP_AGAIN = text("""
    UPDATE procrastinate_jobs AS job
    SET status = CASE WHEN job.attempts + 1 < :attempts THEN 'todo' ELSE 'failed' END::procrastinate_job_status,
        attempts = job.attempts + 1
    FROM (
        SELECT doing.id
        FROM procrastinate_jobs AS doing LEFT JOIN procrastinate_workers AS worker ON worker.id = doing.worker_id
        WHERE doing.status = 'doing'
          AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => :stalled))
        FOR UPDATE OF doing SKIP LOCKED
    ) AS left_behind
    WHERE job.id = left_behind.id
""")
_FAILED = text("""
    SELECT id, task_name, CAST(args ->> 'subject' AS bigint) AS subject FROM procrastinate_jobs
    WHERE status = 'failed' ORDER BY id FOR UPDATE SKIP LOCKED
""")
_FORGET_JOB = text("DELETE FROM procrastinate_jobs WHERE id = :id")

Task = Callable[[Database, int], None]
GiveUp = Callable[[Database, str, int, Words | None], None]
"""(database, task, subject, why): says that a job broke off for good; why is None when nobody knows."""


class TryAgain(Exception):
    """The database was away for a moment."""


def enqueue(tx: Connection, task: str, subject: int, at: datetime | None = None) -> None:
    """Puts a job into the queue, in the caller's transaction; `at` is the moment before which it is left alone."""
    tx.execute(_ENQUEUE, {"task": task, "arguments": {"subject": subject}, "at": at})


def tell(database: Database, subject: str, done: float, words: Words) -> None:
    """Says how far a job is (0 to 1); seen at once, whatever becomes of the job's own transaction."""
    with database.writing() as tx:
        note(tx, subject, done, words)


def note(tx: Connection, subject: str, done: float, words: Words) -> None:
    """Says how far a job is, in the caller's transaction: of one that has just been put into the queue."""
    row = upsert(PROGRESS).values(subject=subject, done=done, words=words.as_dict(), at=func.now())
    tx.execute(
        row.on_conflict_do_update(
            index_elements=["subject"],
            set_={"done": row.excluded.done, "words": row.excluded.words, "at": row.excluded["at"]},
        )
    )


def progress(tx: Connection, subject: str) -> dict[str, Any] | None:
    """How far a job is, or None when nothing was told."""
    row = tx.execute(select(PROGRESS).where(PROGRESS.c.subject == subject)).mappings().first()
    return dict(row) if row else None


def forget(tx: Connection, subject: str) -> None:
    """Clears the progress of a finished job."""
    tx.execute(delete(PROGRESS).where(PROGRESS.c.subject == subject))


def work(
    database: Database, tasks: Mapping[str, Task], give_up: GiveUp, *, until_empty: bool = False
) -> None:
    """Works on the queue until stopped, or until it is empty. Raises Unavailable when the database goes away."""
    try:
        with in_one_line():
            look_after(database, give_up)
            asyncio.run(_work(database, tasks, give_up, until_empty))
    except ConnectorException as problem:
        raise Unavailable(
            "与数据库的连接中断,任务进程结束", "the connection to the database broke off; the worker ends"
        ) from problem


def is_worth_telling(record: logging.LogRecord) -> bool:
    """Whether the log should hold it: that the queue lost the database we tell ourselves, in one line without a trace."""
    problem = record.exc_info[1] if record.exc_info else None
    return not (isinstance(problem, (ConnectorException, *LOST)) and record.name.startswith(OF_THE_QUEUE))


async def _work(database: Database, tasks: Mapping[str, Task], give_up: GiveUp, until_empty: bool) -> None:
    app = procrastinate.App(connector=_connector(database))
    again = procrastinate.RetryStrategy(max_attempts=ATTEMPTS, wait=1, retry_exceptions={TryAgain})
    for name, task in tasks.items():
        app.task(name=name, pass_context=True, retry=again)(_bound(database, name, task, give_up))
    async with app.open_async():
        watch = asyncio.create_task(_keep_looking(database, give_up))
        try:
            await app.run_worker_async(
                wait=not until_empty,
                fetch_job_polling_interval=2.0,
                update_heartbeat_interval=HEARTBEAT_S,
                stalled_worker_timeout=STALLED_S,
                delete_jobs="successful",
            )
        finally:
            watch.cancel()
        await asyncio.to_thread(look_after, database, give_up)


def _bound(database: Database, name: str, task: Task, give_up: GiveUp) -> Callable[..., None]:
    """The task as the queue calls it; a fault of ours ends the job for good, with its cause in the log."""

    def run(context: procrastinate.JobContext, subject: int) -> None:
        try:
            task(database, subject)
        except Exception as problem:
            if is_passing(problem) and context.job.attempts + 1 < ATTEMPTS:
                raise TryAgain from problem
            log.exception("%s %s broke off", name, subject)
            known = problem if isinstance(problem, JiezhiError) else explained(problem)
            give_up(database, name, subject, known.text if known else None)

    return run


async def _keep_looking(database: Database, give_up: GiveUp) -> None:
    while True:
        await asyncio.sleep(LOOK_S)
        try:
            await asyncio.to_thread(look_after, database, give_up)
        except SQLAlchemyError as problem:  # the next look, or the next worker, will see to it
            log.warning("could not look for jobs that were left behind: %s", explained(problem) or problem)


def look_after(database: Database, give_up: GiveUp) -> None:
    """Puts the jobs of dead workers back into the queue, and gives up those that failed for good."""
    with database.writing() as tx:
        tx.execute(_TAKE_UP_AGAIN, {"attempts": ATTEMPTS, "stalled": STALLED_S})
    with database.writing() as tx:
        for job in tx.execute(_FAILED):
            give_up(database, job.task_name, job.subject, None)
            tx.execute(_FORGET_JOB, {"id": job.id})


def _connector(database: Database) -> procrastinate.PsycopgConnector:
    url = make_url(database.url).set(drivername="postgresql")
    options = f"-c role={Role.WRITER.value} -c search_path={SCHEMA},public"
    return procrastinate.PsycopgConnector(
        conninfo=url.render_as_string(hide_password=False),
        kwargs={"options": options},
        min_size=1,
        max_size=4,
        timeout=AWAY_S,
    )
