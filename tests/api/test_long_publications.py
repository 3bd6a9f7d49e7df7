"""Long lists are published by a job: seen from the page, the API and the command line, killed, refused, tried again."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import delete, func, make_url, select, text

from gis import jobs
from gis.db import Database, Role
from gis.history import in_force
from gis.intake import publishing, queued_work
from gis.intake.publishing import PUBLICATIONS
from gis.people import GRANTS, PERSONS, deeds
from gis.settings import Settings, settings
from placenames.appellations import APPELLATIONS
from placenames.names import NAMES
from tests.conftest import PASSWORD, ROOT, Office, clone, copied, drop, office_of_its_own, settled_in
from tests.lists_made import ground_of, hills, write_list

DAY = "2026-11-01"
LONG = Settings().long_list
DOCUMENT = "样政函〔2026〕31号"
KILLER = """
import os, signal, sys
from gis import jobs
from gis.db import Database
def kill(database, subject):
    jobs.tell(database, f"publication/{subject}", 0.5, jobs.Words("中", "middle"))
    os.kill(os.getpid(), signal.SIGKILL)
jobs.work(Database(sys.argv[1]), {"publish_submission": kill}, lambda *_: None, until_empty=True)
"""


@pytest.fixture(scope="module")
def template(server, county_template, tmp_path_factory) -> Iterator[tuple[str, int]]:
    """A database to copy from in which a list of LONG names waits for its approval; its name and the list's number."""
    folder = tmp_path_factory.mktemp("long")
    name = county_template + "_long"
    with office_of_its_own(server, county_template, folder) as office:
        office.has("staff", "staff")
        office.has("second", "approver")
        with office.database.writing() as tx:
            path = write_list(folder / "names.csv", hills(LONG, ground_of(tx)))
        number = office.send("staff", path)
        assert office.decide("reviewer", number, "accept").status_code == 200
        made = make_url(office.database.url).database or ""
        office.database.close()
        drop(server, name)
        clone(server, made, name)
    yield name, number
    drop(server, name)


@pytest.fixture
def desk(server, template, tmp_path) -> Iterator[Office]:
    """An office in which a long list waits for its approval."""
    with copied(server, template[0]) as database, settled_in(tmp_path) as config:
        yield Office(database, config)


@pytest.fixture
def number(template) -> int:
    return template[1]


def until(holds: Callable[[], object], seconds: float = 120) -> None:
    begun = time.monotonic()
    while not holds():
        assert time.monotonic() - begun < seconds, "it never came to that"
        time.sleep(0.05)


def publish(office: Office, number: int, by: str = "approver", day: str = DAY):
    return office.decide(by, number, "publish", document=DOCUMENT, effective=day)


def page(office: Office, number: int, by: str = "approver", lang: str = "zh") -> str:
    answer = office.client(by).get(f"/submissions/{number}?lang={lang}", headers={"accept": "text/html"})
    assert answer.status_code == 200
    return answer.text


def verbs(office: Office, number: int) -> list[str]:
    with office.database.writing() as tx:
        return [deed["verb"] for deed in deeds(tx, f"submission/{number}")]


def published(office: Office) -> tuple[int, int, int]:
    """How many names are in force and can be found, and how many publications there were."""
    with office.database.writing() as tx:
        return tuple(  # type: ignore[return-value]
            tx.scalar(select(func.count()).select_from(each))
            for each in (
                select(NAMES.table.c.id).where(in_force(NAMES.table, date.fromisoformat(DAY))).subquery(),
                select(APPELLATIONS.c.id).subquery(),
                PUBLICATIONS,
            )
        )


NOTHING, ALL = (0, 0, 1), (LONG, LONG, 2)  # the county itself was published before


@contextmanager
def worker(office: Office, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker in a process of its own."""
    settled = os.environ | {"JIEZHI_DATABASE_URL": office.database.url, "JIEZHI_VAR": str(office.settings.var)}
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen([sys.executable, "-m", "api", "worker"], cwd=ROOT, env=settled, stderr=log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()


class Gate:
    """Whoever publishes has to wait before a table, in the middle of the transaction."""

    def __init__(self, office: Office, table: str = "publication") -> None:
        url = office.database.url.replace("+psycopg", "")
        self.table = f"jiezhi.{table}"
        self.holder, self.watcher = psycopg.connect(url), psycopg.connect(url, autocommit=True)
        self.holder.execute(f"LOCK TABLE {self.table} IN SHARE MODE")

    def somebody_waits(self) -> bool:
        asked = "SELECT count(*) > 0 FROM pg_locks WHERE relation = %s::regclass AND NOT granted"
        return bool(self.watcher.execute(asked, [self.table]).fetchone()[0])

    def open(self) -> None:
        self.holder.rollback()


@contextmanager
def gate(office: Office, table: str = "publication") -> Iterator[Gate]:
    made = Gate(office, table)
    try:
        yield made
    finally:
        made.holder.close()
        made.watcher.close()


# as it should be


def test_a_long_list_is_decided_at_once_and_published_by_the_job(desk, number):
    answer = publish(desk, number)
    assert (answer.status_code, answer.json()) == (202, {"id": number, "state": "publishing"})
    assert published(desk) == NOTHING
    seen = desk.state(number, "staff")
    assert (seen["state"], seen["words"]["zh"], seen["refused"]) == ("publishing", "正在公布", None)
    desk.work()
    assert published(desk) == ALL
    seen = desk.state(number, "approver")
    assert (seen["state"], seen["progress"], seen["refused"]) == ("published", None, None)
    assert seen["changes"] == {"names": {"added": LONG}}
    assert [each["verb"] for each in seen["events"]] == ["upload", "check", "accept", "publish", "complete"]
    decided, done = seen["events"][-2:]
    assert (decided["who"], decided["document"], decided["effective"]) == ("approver", DOCUMENT, DAY)
    assert (done["who"], done["document"]) == (None, None)
    with desk.database.writing() as tx:
        row = tx.execute(select(PUBLICATIONS).where(PUBLICATIONS.c.submission == number)).one()
    assert (row.document, row.effective.isoformat()) == (DOCUMENT, DAY)


def test_a_form_sent_from_the_page_leads_to_the_progress(desk, number):
    client = desk.client("approver")
    form = {"verb": "publish", "document": DOCUMENT, "effective": DAY, "state": "accepted"}
    answer = client.post(f"/submissions/{number}/decisions", data=form, headers={"accept": "text/html"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/submissions/{number}")
    shown = page(desk, number)
    assert "排队等待公布" in shown
    assert "<progress" in shown
    assert f'hx-get="/submissions/{number}"' in shown
    assert 'name="verb"' not in shown, "no step is offered while it is being published"
    assert "Waiting for the publication" in page(desk, number, lang="en")
    desk.work()
    assert "<progress" not in page(desk, number)
    assert "公布完成" in page(desk, number)


def test_what_is_shorter_is_published_at_once_and_what_ends_much_is_not(county_office, tmp_path, monkeypatch):
    monkeypatch.setenv("JIEZHI_LONG_LIST", "5")
    settings.cache_clear()
    county_office.has("staff", "staff")
    with county_office.database.writing() as tx:
        ground = ground_of(tx)

    def decided(rows: Iterator[dict[str, Any]], day: str, **how: str) -> int:
        sent = county_office.send("staff", write_list(tmp_path / "names.csv", rows), **how)
        assert county_office.decide("reviewer", sent, "accept").status_code == 200, county_office.state(sent, "staff")
        return int(publish(county_office, sent, day=day).status_code)

    assert decided(hills(4, ground), DAY) == 200
    assert decided(hills(5, ground, start=4), DAY) == 202
    county_office.work()
    assert decided(hills(1, ground), "2026-11-20", whole="1") == 202, "it ends eight others"


def test_while_it_goes_on_everybody_sees_how_far_it_is_and_nobody_else_decides(desk, number, tmp_path):
    publish(desk, number)
    with gate(desk, "names") as barred, worker(desk, tmp_path):
        until(barred.somebody_waits)
        seen = desk.state(number, "staff")
        assert (seen["state"], seen["progress"]["words"]["zh"]) == ("publishing", "正在写入地名")
        assert 0.3 <= seen["progress"]["done"] < 1
        shown = page(desk, number, "staff")
        assert "正在写入地名" in shown
        value = int(re.search(r'<progress class="work" max="100" value="(\d+)"', shown)[1])
        assert value == round(100 * seen["progress"]["done"])
        assert "bringing into force: " in page(desk, number, lang="en")
        begun = time.monotonic()
        for verb, more in (("publish", {"document": "样2号", "effective": DAY}), ("return", {"reason": "样"})):
            late = desk.decide("second", number, verb, **more)
            assert late.status_code == 409
            assert "approver" in late.json()["message"]["zh"]
            assert "being published" in late.json()["message"]["en"]
        again = desk.client("staff").post(f"/submissions/{number}/deliveries", json={"crs": "EPSG:4490"})
        assert again.status_code == 409
        assert time.monotonic() - begun < 10, "nobody is kept waiting for the publication"
        assert published(desk) == NOTHING
        barred.open()
        until(lambda: desk.state(number, "staff")["state"] == "published")
    assert published(desk) == ALL
    assert verbs(desk, number).count("publish") == 1


def test_of_two_approvers_at_once_one_wins_and_the_other_hears_who(desk, number):
    with ThreadPoolExecutor(2) as crowd:
        answers = dict(zip(("approver", "second"), crowd.map(lambda by: publish(desk, number, by), ("approver", "second")),
                           strict=True))  # fmt: skip
    assert sorted(answer.status_code for answer in answers.values()) == [202, 409]
    winner, loser = sorted(answers, key=lambda by: answers[by].status_code)
    assert winner in answers[loser].json()["message"]["zh"]
    desk.work()
    (event,) = [each for each in desk.state(number, "staff")["events"] if each["verb"] == "publish"]
    assert event["who"] == winner
    assert published(desk) == ALL


# killed, twice, at fault


def test_killed_in_the_middle_it_is_taken_up_again_and_done_once(desk, number, tmp_path):
    publish(desk, number)
    with gate(desk, "appellation") as barred:
        with worker(desk, tmp_path) as first:
            until(barred.somebody_waits)
            first.send_signal(signal.SIGKILL)
            first.wait()
        barred.open()
        assert published(desk) == NOTHING
        assert desk.state(number, "staff")["state"] == "publishing"
    with worker(desk, tmp_path):
        until(lambda: desk.state(number, "staff")["state"] == "published")
    assert published(desk) == ALL
    assert verbs(desk, number) == ["upload", "check", "accept", "publish", "complete"]


def test_jobs_that_come_twice_publish_once(desk, number, tmp_path):
    publish(desk, number)
    with desk.database.writing() as tx:
        jobs.enqueue(tx, publishing.PUBLISH, number)
    with gate(desk) as barred, worker(desk, tmp_path), worker(desk, tmp_path):
        until(barred.somebody_waits)
        barred.open()
        until(lambda: not queued(desk))
    assert published(desk) == ALL
    assert verbs(desk, number).count("complete") == 1


def queued(office: Office) -> list[str]:
    with office.database.writing() as tx:
        return list(tx.scalars(text("SELECT status::text FROM procrastinate_jobs ORDER BY id")))


def test_what_kills_its_worker_three_times_goes_back_to_the_approver(desk, number):
    publish(desk, number)
    for _ in range(3):
        killed = subprocess.run([sys.executable, "-c", KILLER, desk.database.url], cwd=ROOT, check=False)
        assert killed.returncode == -signal.SIGKILL
        with desk.database.writing() as tx:
            tx.execute(text("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 minute'"))
    desk.work()
    seen = desk.state(number, "approver")
    assert (seen["state"], seen["refused"]) == ("accepted", queued_work.BROKE_OFF.as_dict())
    assert (seen["progress"], queued(desk)) == (None, [])
    assert publish(desk, number).status_code == 202
    desk.work()
    assert published(desk) == ALL


def test_a_fault_of_ours_gives_it_back_and_stands_in_the_log(desk, number, monkeypatch, caplog):
    def fail(*_args: Any, **_kwargs: Any) -> None:
        raise ZeroDivisionError("a fault of ours")

    publish(desk, number)
    with monkeypatch.context() as patch:
        patch.setattr(publishing.changes, "compare", fail)
        desk.work()
    assert "a fault of ours" in caplog.text
    assert desk.state(number, "staff")["refused"] == queued_work.BROKE_OFF.as_dict()
    assert published(desk) == NOTHING


# refused


def with_one_published_meanwhile(office: Office, number: int, tmp_path: Path) -> str:
    """The first name of the list comes into force by another submission; answers its code."""
    with office.database.writing() as tx:
        rows = list(hills(1, ground_of(tx)))
    office.publish(office.send("staff", write_list(tmp_path / "one.csv", rows)), DAY)
    return str(rows[0]["地名代码"])


def test_what_is_refused_goes_back_with_the_reason_and_can_be_returned(desk, number, tmp_path, caplog):
    code = with_one_published_meanwhile(desk, number, tmp_path)
    before = published(desk)
    assert publish(desk, number).status_code == 202
    desk.work()
    assert published(desk) == before
    seen = desk.state(number, "approver")
    assert (seen["state"], seen["progress"]) == ("accepted", None)
    assert "检查以后" in seen["refused"]["zh"]
    assert "since the check" in seen["refused"]["en"]
    assert code in seen["refused"]["zh"]
    assert seen["moves"] == ["return", "publish"]
    last = seen["events"][-1]
    assert (last["verb"], last["who"], last["note"]) == ("refuse", None, seen["refused"])
    assert [each["verb"] for each in seen["events"]].count("publish") == 1
    assert code in page(desk, number)
    assert "检查以后" in page(desk, number)
    english = page(desk, number, lang="en")
    assert "since the check, something else was published" in english
    assert "<b>publication approved</b>" in english, "it was decided, and is not there"
    assert "broke off" not in caplog.text, "a refusal is no fault"
    assert desk.decide("approver", number, "return", reason="请重新上传").json()["state"] == "returned"
    assert desk.state(number, "staff")["refused"] is None


def test_what_does_not_fit_its_effective_day_is_refused(desk, number, tmp_path):
    """From some day on one of the places is in force under another code; until then nobody could know."""
    with desk.database.writing() as tx:
        rows = [{**row, "地名代码": row["地名代码"][:-6] + "900001"} for row in hills(1, ground_of(tx))]
    desk.publish(desk.send("staff", write_list(tmp_path / "other.csv", rows)), "2026-12-10")
    assert publish(desk, number, day="2525-01-01").status_code == 400, "out of reach at once"
    assert publish(desk, number, day="2026-12-20").status_code == 202
    desk.work()
    seen = desk.state(number, "approver")
    assert seen["state"] == "accepted"
    assert "按生效日的现行数据复查" in seen["refused"]["zh"]
    assert "PN12" in seen["refused"]["en"]


def test_who_may_not_approve_any_more_is_refused_and_another_approver_publishes(desk, number):
    publish(desk, number, "second")
    with desk.database.engine(Role.OWNER).begin() as tx:
        who = select(PERSONS.c.id).where(PERSONS.c.name == "second").scalar_subquery()
        tx.execute(delete(GRANTS).where(GRANTS.c.person == who))
    desk.work()
    seen = desk.state(number, "approver")
    assert (seen["state"], published(desk)) == ("accepted", NOTHING)
    assert "approver" in seen["refused"]["en"]
    assert publish(desk, number).status_code == 202
    assert desk.state(number, "approver")["refused"] is None, "decided anew, it is said no more"
    desk.work()
    assert published(desk) == ALL
    decided = [each["who"] for each in desk.state(number, "approver")["events"] if each["verb"] == "publish"]
    assert decided == ["second", "approver"]


# the command line


def command(office: Office, *words: object, by: str = "approver") -> subprocess.CompletedProcess[str]:
    settled = os.environ | {"JIEZHI_DATABASE_URL": office.database.url, "JIEZHI_VAR": str(office.settings.var)}
    asked = [sys.executable, "-m", "api", "decide", *map(str, words), "--as", by]
    return subprocess.run(asked, cwd=ROOT, env=settled, input=PASSWORD + "\n", capture_output=True, text=True, check=False)


HOW = ("publish", "--document", DOCUMENT, "--effective", DAY)


def test_the_command_waits_until_it_is_published(desk, number):
    done = command(desk, number, *HOW, "--json")
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, f'{{"id": {number}, "state": "published"}}', "")
    assert published(desk) == ALL
    desk.work()  # the job that is still in the queue finds it done
    assert verbs(desk, number) == ["upload", "check", "accept", "publish", "complete"]


def test_the_command_ends_with_the_one_line_that_says_why_not(desk, number, tmp_path):
    code = with_one_published_meanwhile(desk, number, tmp_path)
    done = command(desk, number, *HOW)
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert code in line
    assert "检查以后" in line
    assert "since the check" in line
    assert desk.state(number, "approver")["state"] == "accepted"


def test_the_command_waits_for_the_worker_that_is_quicker(desk, number, tmp_path):
    with gate(desk, "names") as barred, worker(desk, tmp_path), ThreadPoolExecutor(1) as other:
        until(lambda: workers(desk.database))
        answer = other.submit(command, desk, number, *HOW)
        until(barred.somebody_waits)
        assert not answer.done()
        barred.open()
        done = answer.result(120)
    assert (done.returncode, "已公布" in done.stdout) == (0, True), done.stderr
    assert published(desk) == ALL
    assert verbs(desk, number).count("complete") == 1


def workers(database: Database) -> int:
    with database.writing() as tx:
        return int(tx.scalar(text("SELECT count(*) FROM procrastinate_workers")) or 0)
