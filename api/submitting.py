"""`jiezhi submit` and `jiezhi decide`: the same doors as the web, from the command line."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Connection

from api.deps import day
from api.waiting import at_work, bar
from gis import jobs, uploads
from gis.db import Database
from gis.errors import BadInput, Conflict
from gis.intake import queued_work, reports, reviews, submissions
from gis.intake.checking import Tell
from gis.intake.publishing import about
from gis.intake.reviews import Decision
from gis.people import Person
from gis.settings import settings
from gis.text import Text

TAKEN = ("accept", "accept_with_warning")
LOOK_S = 0.5
SignedIn = Callable[[], AbstractContextManager[tuple[Connection, Person]]]


def submit(
    database: Database,
    signed_in: SignedIn,
    files: Sequence[Path],
    title: str,
    whole: bool,
    to: int,
    *,
    as_json: bool,
    set_aside: bool = False,
    then: Callable[[int, str], None] | None = None,
) -> int:
    """Sends files, has them checked here and now, and prints what came of it; 0 ready, 1 blocked, 2 not readable.

    With `set_aside`, records with errors are set aside, where their register lets single records stand aside, and the
    rest is checked again. `then` is told the number of the submission and its state.
    """
    config = settings()
    _must_be_there(files)
    with signed_in() as (tx, person):
        kept = [_kept(file, config.var, config.upload_mb) for file in files]
        number = to or submissions.submit(tx, person, kept, title, whole)
        if to:
            submissions.deliver(tx, person, to, kept, {})
        delivery = submissions.latest_delivery(tx, number)
    assert delivery is not None
    _check(database, int(delivery["id"]), quiet=as_json)
    if set_aside:
        _set_faulty_aside(database, person, number, quiet=as_json)
    with database.writing() as tx:
        submission = reports.find(tx, number)
        report = reports.of_submission(tx, submission)
    blocking = submission["blocking"]
    if as_json:
        print(json.dumps({"id": number, "state": submission["state"], "blocking": blocking}))
    else:
        words = submission["words"]
        print(f"第 {number} 号报送:{words.zh},{blocking} 个错误")
        print(f"submission {number}: {words.en}, {blocking} errors")
        for file in (report.delivery or {}).get("reading", {}).get("files", ()):
            if file["reason"] and file["verdict"] in TAKEN:
                print(f"  {file['file']}: {file['reason']['zh']} / {file['reason']['en']}")
        for group in report.groups:
            print(f"  {group.severity} {group.rule.id} {group.rule.title} × {group.total}")
        if then:
            then(number, submission["state"])
    _tell_what_ends(report)
    _tell_why_not(report)
    return {"ready": 0, "blocked": 1}.get(submission["state"], 2)


_NEXT = {
    "ready": Text(
        "下一步:审核 jiezhi decide {n} accept --as 审核人,"
        "再公布 jiezhi decide {n} publish --as 批准人 --document 文号 --effective 日期",
        "next: jiezhi decide {n} accept --as REVIEWER, then"
        " jiezhi decide {n} publish --as APPROVER --document NUMBER --effective DAY",
    ),
    "blocked": Text(
        "下一步:改正后用 --to {n} 再次报送,或用 --set-aside、或在页面 /submissions/{n} 搁置有错的记录",
        "next: mend it and send it again with --to {n}, or set the faulty records aside with --set-aside"
        " or on the page /submissions/{n}",
    ),
    "asking": Text(
        "下一步:在页面 /submissions/{n} 作出选择", "next: make the choices on the page /submissions/{n}"
    ),
}


def say_what_comes_next(number: int, state: str) -> None:
    """Prints who does what now with a submission."""
    words = _NEXT.get(state, _NEXT["blocked"]).fill(n=number)
    print(words.zh, words.en, sep="\n")


def _set_faulty_aside(database: Database, person: Person, number: int, *, quiet: bool) -> None:
    """Sets records with errors aside until none is left, or nothing more can be."""
    aside: set[tuple[str, int]] = set()
    while True:
        with database.writing() as tx:
            delivery = submissions.latest_delivery(tx, number)
            assert delivery is not None
            faulty = reports.faulty_records(tx, delivery["id"])
            if faulty <= aside:
                return
            aside |= faulty
            submissions.deliver(tx, person, number, [], {}, sorted(aside))
            following = submissions.latest_delivery(tx, number)
        assert following is not None
        _check(database, int(following["id"]), quiet=quiet)
        if not quiet:
            print(f"搁置 {len(aside)} 条有错的记录 / {len(aside)} records with errors were set aside")


_ENDS = Text(
    "注意:按全量报送,公布后将终止现行的 {n} 条记录,因为文件中没有列入",
    "take care: sent as everything there is; publication ends {n} records in force, which the files leave out",
)


def _tell_what_ends(report: reports.Report) -> None:
    """Records that end because a whole list leaves them out are told where nobody overlooks it."""
    if report.ending:
        words = _ENDS.fill(n=f"{report.ending:,}")
        print(words.zh, words.en, sep="\n", file=sys.stderr)


def _tell_why_not(report: reports.Report) -> None:
    """Files that could not be taken as they are say why, each in one line."""
    for file in ((report.delivery or {}).get("reading") or {}).get("files", ()):
        if file["verdict"] not in TAKEN and file["reason"]:
            print(f"{file['file']}: {file['reason']['zh']} / {file['reason']['en']}", file=sys.stderr)


def decide(
    database: Database,
    signed_in: SignedIn,
    number: int,
    verb: str,
    reason: str,
    document: str,
    effective: str,
    *,
    as_json: bool,
) -> None:
    """Takes one step, waits until it is done, and prints the new state. Raises Conflict when it is refused later."""
    decision = Decision(verb, reason, document, day(effective, "--effective"))
    with signed_in() as (tx, person), at_work("办理 / deciding"):
        state = reviews.decide(tx, person, number, decision)
    if state == submissions.PUBLISHING:
        state = _published(database, number, quiet=as_json)
    words = submissions.STATES[state]
    print(
        json.dumps({"id": number, "state": state})
        if as_json
        else f"第 {number} 号报送:{words.zh} / submission {number}: {words.en}"
    )


def _must_be_there(files: Sequence[Path]) -> None:
    """Asked before anybody types a password. Raises BadInput."""
    for file in files:
        if not file.is_file():
            raise BadInput("没有文件 {file}", "there is no file {file}", file=file)


def _kept(file: Path, var: Path, limit_mb: int) -> uploads.Kept:
    with file.open("rb") as stream:
        return uploads.keep(var, file.name, stream, limit_mb)


def _check(database: Database, delivery: int, *, quiet: bool) -> None:
    """Does the queued check at once; a worker that finds it done does nothing."""
    with bar("检查 / checking", quiet=quiet) as tell:
        submissions.check_delivery(database, delivery, tell)


def _published(database: Database, number: int, *, quiet: bool) -> str:
    """Does the queued publication at once, or waits for the worker that is at it already; answers the new state.

    Raises Conflict with what stands against it.
    """
    with bar("公布 / publishing", quiet=quiet) as tell, _told_by_others(database, about(number), tell):
        queued_work.publish_submission(database, number)
    with database.writing() as tx:
        report = reports.of_submission(tx, found := reports.find(tx, number))
    if report.refused:
        raise Conflict(report.refused["zh"], report.refused["en"])
    return str(found["state"])


@contextmanager
def _told_by_others(database: Database, subject: str, tell: Tell) -> Iterator[None]:
    """Passes on, twice a second, how far a job is, whoever does it."""
    done = threading.Event()

    def look() -> None:
        while not done.wait(LOOK_S):
            with database.writing() as tx:
                found = jobs.progress(tx, subject)
            if found:
                tell(found["done"], Text(**found["words"]))

    looking = threading.Thread(target=look, daemon=True)
    looking.start()
    try:
        yield
    finally:
        done.set()
        looking.join()
