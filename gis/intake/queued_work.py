"""The work of the queue: checks, and publications so long that nobody waits at the door for them.

A long publication is decided at once and done afterwards: the decision is the event, and the job brings it into force
in one transaction, as the person who decided. It is either done or still to be done, never half-done: who is killed
leaves it to the next, and a second run finds nothing to do. What stands against it goes back to the approver.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from gis import jobs
from gis.db import Database, alone
from gis.errors import JiezhiError
from gis.intake import reviews, submissions
from gis.intake.checking import Tell
from gis.intake.publishing import PUBLISH, about
from gis.intake.submissions import CHECK, locked
from gis.people import PERSONS, Person, areas_of
from gis.refusals import explained, is_passing
from gis.text import Text

BROKE_OFF = Text(
    "公布时程序出错,没有公布;请再次批准公布,再出错请联系管理员",
    "the publication broke off and nothing was published; publish again, and if it breaks off again ask the administrator",
)


def publish_submission(database: Database, number: int, watch: Tell | None = None) -> None:
    """The job: brings a decided submission into force, or says what stands against it and gives it back.

    Running it twice does nothing the second time.
    """

    def tell(done: float, words: Text) -> None:
        jobs.tell(database, about(number), done, words)
        if watch:
            watch(done, words)

    decision: Mapping[str, Any] | None = None
    try:
        with database.writing() as tx:
            alone(tx, about(number))
            decision = reviews.awaited(tx, number)
            if decision is None:
                return
            reviews.complete(tx, _person(tx, decision["person"]), number, decision, tell)
            jobs.forget(tx, about(number))
    except Exception as problem:
        known = problem if isinstance(problem, JiezhiError) else explained(problem)
        if decision is None or known is None or is_passing(problem):
            raise
        _give_back(database, number, known.text, decision["id"])


def give_up(database: Database, task: str, subject: int, why: Text | None = None) -> None:
    """Says that a job broke off for good, and why where that is known; the sender or the approver may try again."""
    if task == PUBLISH:
        _give_back(database, subject, why or BROKE_OFF)
    else:
        submissions.give_up(database, task, subject, why)


TASKS: Mapping[str, jobs.Task] = {CHECK: submissions.check_delivery, PUBLISH: publish_submission}
"""What a worker works on."""


def _give_back(database: Database, number: int, why: Text, decision: int | None = None) -> None:
    """Returns a submission to the approver, unless another decision has been taken since."""
    with database.writing() as tx:
        alone(tx, about(number))
        locked(tx, number)
        now = reviews.awaited(tx, number)
        if now is not None and decision in (None, now["id"]):
            reviews.refuse(tx, number, why)
        jobs.forget(tx, about(number))


def _person(tx: Connection, number: int) -> Person:
    """The person who decided, with the roles they hold now."""
    c = PERSONS.c
    row = tx.execute(select(c.id, c.name, c.display).where(c.id == number)).one()
    return Person(row.id, row.name, row.display, areas_of(tx, number))
