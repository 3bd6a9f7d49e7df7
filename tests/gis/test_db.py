"""One address, three roles: what starts, what does not start and says why, and who may do what."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from api import schema
from gis import jobs, people
from gis.db import Database, Role, alone, copy_rows, opened, prepare
from gis.errors import BadInput, JiezhiError, Unavailable
from gis.jobs import PROGRESS
from gis.people import PERSONS, SIGN_INS
from gis.refusals import explained, in_one_line, is_passing
from gis.settings import Settings
from tests.conftest import ROOT, TEMPLATE, copied
from tests.elsewhere import BOSS, SECRET, Elsewhere, server_elsewhere, that_says_it_is_old

EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[Elsewhere]:
    with server_elsewhere() as server:
        yield server


def refusal(url: str) -> JiezhiError:
    """What a command hears that is to use this address."""
    with pytest.raises(JiezhiError) as refused, opened(Settings(database_url=url)):
        pass
    words = refused.value.text
    assert "\n" not in words.zh + words.en
    assert SECRET not in words.zh + words.en
    assert words.zh != words.en
    return refused.value


def test_a_database_elsewhere_works_for_a_user_who_is_no_superuser(elsewhere):
    url = elsewhere.has_database("fine", *EXTENSIONS)
    done: list[int] = []
    for _ in range(2):
        with opened(Settings(database_url=url)) as database:
            schema.migrate(database)
            with database.engine(Role.OWNER).begin() as connection:
                schema.check(connection)
            with database.writing() as tx:
                people.add(tx, "surveyor", "only-for-tests-1", [("surveyor", "99")])
                jobs.enqueue(tx, "nothing", 1)
            jobs.work(database, {"nothing": lambda _d, n: done.append(n)}, lambda *_: None, until_empty=True)
            with database.reading() as tx:
                assert tx.scalar(text("SELECT count(*) FROM units")) == 0
    assert done == [1, 1]


def test_roles_and_schema_that_the_administrator_made_do_as_well(elsewhere):
    elsewhere.forgets_everything()
    url = elsewhere.has_database("prepared", *EXTENSIONS)
    with elsewhere.boss("prepared") as boss:
        boss.execute("CREATE ROLE modest LOGIN PASSWORD 'words-that-nobody-may-read'")
        for role in Role:
            boss.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role.value)))
            boss.execute(sql.SQL("GRANT {} TO modest").format(sql.Identifier(role.value)))
        boss.execute("CREATE SCHEMA jiezhi AUTHORIZATION jiezhi_owner")
    with opened(Settings(database_url=url.replace("clerk:", "modest:"))) as database:
        schema.migrate(database)


def test_a_user_who_may_not_make_the_roles_hears_who_can(elsewhere):
    url = elsewhere.has_database("stranger", *EXTENSIONS)
    with elsewhere.boss("stranger") as boss:
        boss.execute("CREATE ROLE stranger LOGIN PASSWORD 'words-that-nobody-may-read'")
    problem = refusal(url.replace("clerk:", "stranger:"))
    assert "ask the administrator" in problem.text.en


def test_a_missing_extension_is_named_with_its_package(elsewhere):
    url = elsewhere.has_database("bare")
    with elsewhere.without("postgis"):
        problem = refusal(url)
    assert isinstance(problem, Unavailable)
    assert "lacks the extension postgis" in problem.text.en
    assert "postgresql-<version>-postgis-3" in problem.text.en


def test_an_extension_that_only_a_superuser_may_enable_is_named_with_the_command(elsewhere):
    problem = refusal(elsewhere.has_database("plain"))
    assert "CREATE EXTENSION postgis" in problem.text.en
    assert "CREATE EXTENSION postgis" in problem.text.zh
    prepare(elsewhere.url("plain", BOSS).replace("postgresql:", "postgresql+psycopg:"))


def test_a_wrong_password_an_unknown_user_and_a_missing_database_are_told_apart(elsewhere):
    elsewhere.has_database("fine2")
    assert "wrong user or password" in refusal(elsewhere.url("fine2", password="wrong")).text.en
    assert "wrong user or password" in refusal(elsewhere.url("fine2", user="nobody")).text.en
    assert 'database "nowhere" does not exist' in refusal(elsewhere.url("nowhere")).text.en


def test_an_old_server_is_refused(elsewhere):
    elsewhere.has_database("old")
    with that_says_it_is_old(elsewhere) as port:
        problem = refusal(elsewhere.url("old").replace(f":{elsewhere.port}/", f":{port}/"))
    assert problem.text.en == "the database server is too old (12); PostgreSQL 13 or newer is needed"


def test_a_server_that_is_not_there_is_named(elsewhere):
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    url = elsewhere.url("any")
    assert "refused" in refusal(url.replace(f":{elsewhere.port}/", f":{port}/")).text.en
    assert "no-such-host.invalid" in refusal(url.replace("127.0.0.1", "no-such-host.invalid")).text.en


@pytest.mark.parametrize(
    "url",
    [
        "words",
        "mysql://a:b@c/d",
        "postgresql://a:b@c:port/d",
        "postgresql+asyncpg://a@c/d",
        "postgresql://a@c",
    ],
)
def test_what_is_no_address_is_told_so(url):
    assert "postgresql://user:password@host:port/database" in refusal(url).text.en


def test_commands_that_start_together_prepare_one_after_the_other(elsewhere):
    elsewhere.forgets_everything()
    urls = [elsewhere.has_database(f"together{number}").replace("clerk:", "boss:") for number in (0, 0, 1)]
    commands = [
        subprocess.Popen(
            [sys.executable, "-m", "api", "migrate"],
            cwd=ROOT,
            env=os.environ | {"JIEZHI_DATABASE_URL": url},
            stderr=subprocess.PIPE,
            text=True,
        )
        for url in urls
    ]
    said = [command.communicate()[1] for command in commands]
    assert [command.returncode for command in commands] == [0, 0, 0], said
    with (
        opened(Settings(database_url=urls[0])) as database,
        database.engine(Role.OWNER).connect() as connection,
    ):
        assert schema.is_current(connection)


def test_the_public_reads_only_what_is_published(shelf):
    with shelf.reading() as tx:
        assert tx.scalar(text("SELECT count(*) FROM units")) == 0
        assert tx.scalar(text("SHOW default_transaction_read_only")) == "on"
    for table in (
        "person",
        "sign_in",
        "role_grant",
        "sign_in_failure",
        "finding",
        "staged_markers",
        "progress",
        "change",
    ):
        with pytest.raises(ProgrammingError) as refused, shelf.reading() as tx:
            tx.execute(text(f"SELECT * FROM {table}"))
        assert refused.value.orig.sqlstate == "42501", table
    for column in ("geom", "extra"):
        with pytest.raises(ProgrammingError), shelf.reading() as tx:
            tx.execute(text(f"SELECT {column} FROM staged_lines"))


@pytest.fixture(scope="module")
def shelf(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        yield database


@pytest.mark.parametrize(
    "deed", ["INSERT INTO units DEFAULT VALUES", "CREATE TABLE t ()", "DELETE FROM units"]
)
def test_the_public_writes_nothing_even_when_it_says_it_may(shelf, deed):
    for says_it_may, state in ((False, "25006"), (True, "42501")):
        with shelf.engine(Role.READER).connect() as tx:
            if says_it_may:
                tx.execute(text("SET TRANSACTION READ WRITE"))
            with pytest.raises(DBAPIError) as refused:
                tx.execute(text(deed))
        assert refused.value.orig.sqlstate == state


def test_the_public_asks_no_longer_than_it_may(shelf):
    quick = Database(shelf.url, read_timeout_s=0.2)
    with pytest.raises(OperationalError) as refused, quick.reading() as tx:
        tx.execute(text("SELECT pg_sleep(10)"))
    quick.close()
    assert explained(refused.value).text.en.startswith("the question took too long")


def test_parameters_stay_out_of_errors(shelf):
    with pytest.raises(ProgrammingError) as refused, shelf.writing() as tx:
        tx.execute(text("SELECT :secret FROM nowhere"), {"secret": SECRET})
    assert SECRET not in str(refused.value)
    assert SECRET not in repr(Database(f"postgresql+psycopg://clerk:{SECRET}@x/y"))


def test_a_broken_transaction_leaves_nothing(shelf):
    def break_off() -> None:
        with shelf.writing() as tx:
            tx.execute(insert(PERSONS).values(name="half", display="half", password_hash="x"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        break_off()
    with shelf.writing() as tx:
        assert tx.scalar(select(func.count()).select_from(PERSONS)) == 0


def test_who_is_alone_keeps_others_waiting_until_the_end(shelf):
    order: list[str] = []
    inside, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with shelf.writing() as tx:
            alone(tx, "a subject")
            inside.set()
            go_on.wait()
            order.append("first")

    def second() -> None:
        with shelf.writing() as tx:
            alone(tx, "another subject")
            alone(tx, "a subject")
            order.append("second")

    with ThreadPoolExecutor(2) as pair:
        pair.submit(first)
        inside.wait()
        waiting = pair.submit(second)
        with shelf.writing() as tx:
            for _ in range(100):
                if tx.scalar(
                    text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                ):
                    break
        go_on.set()
        waiting.result(30)
    assert order == ["first", "second"]


def test_those_who_share_do_not_keep_each_other(shelf):
    with shelf.writing() as one, shelf.writing() as other:
        alone(one, "counties", shared=True)
        alone(other, "counties", shared=True)


def test_a_letter_no_column_can_hold_is_bad_input(shelf):
    with pytest.raises(BadInput), in_one_line(), shelf.writing() as tx:
        tx.execute(select(func.length("a\x00b")))
    with pytest.raises(psycopg.DataError) as refused, shelf.writing() as tx:
        copy_rows(tx, PROGRESS, ["subject", "done", "words"], [("a\x00b", 0.5, "{}")])
    assert isinstance(explained(refused.value), BadInput)


@pytest.mark.parametrize(
    ("state", "status", "passing"),
    [("53100", 503, False), ("57014", 503, False), ("40P01", 409, True), ("40001", 409, True), ("57P01", 503, True),
     ("08006", 503, True), ("55P03", 409, False), ("23P01", 409, False), ("22003", 400, False), ("53300", 503, False)],
)  # fmt: skip
def test_refusals_of_the_server_in_words(shelf, state, status, passing):
    """Raised by a real server, as itself."""
    raising = f"DO $$ BEGIN RAISE EXCEPTION 'because' USING ERRCODE = '{state}'; END $$"
    with pytest.raises(Exception, match="because") as refused, shelf.writing() as tx:
        tx.execute(text(raising))
    assert explained(refused.value).status == status
    assert is_passing(refused.value) is passing


def test_our_own_mistakes_are_not_explained_away(shelf):
    with pytest.raises(ProgrammingError) as refused, in_one_line(), shelf.writing() as tx:
        tx.execute(text("SELECT nonsense"))
    assert explained(refused.value) is None
    assert explained(ValueError()) is None
    assert not is_passing(ValueError())


def test_sign_ins_of_a_closed_database_are_possible_again(shelf):
    shelf.close()
    with shelf.writing() as tx:
        assert tx.scalar(select(func.count()).select_from(SIGN_INS)) == 0
