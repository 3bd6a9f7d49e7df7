"""Long work: one queue in the database, any number of workers, and progress that people can watch.

A job enters the queue in the transaction that makes it necessary. A worker that dies leaves its job to be taken up
again; a job that kills its worker three times is given up and says so. Jobs themselves see to it that a second run
finds nothing left to do.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import procrastinate
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

from gis.db import SCHEMA, Database, Role, metadata
from gis.text import Text as Words

ATTEMPTS = 3
HEARTBEAT_S = 2.0
STALLED_S = 8.0

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
    "SELECT procrastinate_defer_jobs_v1(ARRAY[ROW('default', :task, 0, NULL, NULL, :arguments, NULL)"
    "::procrastinate_job_to_defer_v1])"
).bindparams(bindparam("arguments", type_=JSONB))

Task = Callable[[Database, int], None]


def enqueue(tx: Connection, task: str, subject: int) -> None:
    """Puts a job into the queue, in the caller's transaction."""
    tx.execute(_ENQUEUE, {"task": task, "arguments": {"subject": subject}})


def tell(database: Database, subject: str, done: float, words: Words) -> None:
    """Says how far a job is (0 to 1); seen at once, whatever becomes of the job's own transaction."""
    row = upsert(PROGRESS).values(subject=subject, done=done, words=words.as_dict(), at=func.now())
    with database.writing() as tx:
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
    database: Database,
    tasks: Mapping[str, Task],
    give_up: Callable[[Database, str, int], None],
    *,
    until_empty: bool = False,
) -> None:
    """Works on the queue until stopped, or until it is empty."""
    asyncio.run(_work(database, tasks, give_up, until_empty))


async def _work(
    database: Database,
    tasks: Mapping[str, Task],
    give_up: Callable[[Database, str, int], None],
    until_empty: bool,
) -> None:
    app = procrastinate.App(connector=_connector(database))
    for name, task in tasks.items():
        app.task(name=name)(_bound(database, task))
    async with app.open_async():
        await _take_up_again(app, database, give_up)
        watch = None if until_empty else asyncio.create_task(_watch(app, database, give_up))
        try:
            await app.run_worker_async(
                wait=not until_empty,
                fetch_job_polling_interval=2.0,
                update_heartbeat_interval=HEARTBEAT_S,
                stalled_worker_timeout=STALLED_S,
                delete_jobs="successful",
            )
        finally:
            if watch:
                watch.cancel()


def _bound(database: Database, task: Task) -> Callable[..., None]:
    def run(subject: int) -> None:
        task(database, subject)

    return run


async def _watch(
    app: procrastinate.App, database: Database, give_up: Callable[[Database, str, int], None]
) -> None:
    while True:
        await asyncio.sleep(STALLED_S / 2)
        await _take_up_again(app, database, give_up)


async def _take_up_again(
    app: procrastinate.App, database: Database, give_up: Callable[[Database, str, int], None]
) -> None:
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_S):
        if job.attempts + 1 < ATTEMPTS:
            await app.job_manager.retry_job(job)
        else:
            await app.job_manager.finish_job(job, procrastinate.jobs.Status.FAILED, delete_job=False)
            await asyncio.to_thread(give_up, database, job.task_name, int(str(job.task_kwargs["subject"])))


def _connector(database: Database) -> procrastinate.PsycopgConnector:
    url = make_url(database.url).set(drivername="postgresql")
    options = f"-c role={Role.WRITER.value} -c search_path={SCHEMA},public"
    return procrastinate.PsycopgConnector(
        conninfo=url.render_as_string(hide_password=False),
        kwargs={"options": options},
        min_size=1,
        max_size=4,
    )
