"""Questions that are put to the driver itself, and glances, answer and fail like any other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import bindparam, func, literal, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from gis import db
from gis.asked_often import AskedOften
from gis.db import Database, Role
from gis.refusals import explained, is_passing
from tests.conftest import TEMPLATE, copied

DOUBLED = AskedOften(select((bindparam("n") * 2).label("twice"), literal("样").label("word")))
WAITING = AskedOften(select(func.pg_sleep(bindparam("seconds"))))


@pytest.fixture
def shelf(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        yield database


def ends_all_connections(shelf: Database) -> None:
    others = "datname = current_database() AND usename IS NOT NULL AND pid <> pg_backend_pid()"
    with shelf.engine(Role.OWNER).begin() as tx:
        tx.execute(text("RESET ROLE"))
        tx.execute(text(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {others}"))


@pytest.mark.parametrize("door", ["reading", "glancing", "writing"])
def test_the_columns_of_an_answer_are_its_attributes(shelf: Database, door: str) -> None:
    with getattr(shelf, door)() as look:
        (row,) = DOUBLED.rows(look, n=21)
    assert (row.twice, row.word) == (42, "样")


def test_a_glance_may_no_more_than_any_look_of_the_public(shelf: Database) -> None:
    for deed, state in (("DELETE FROM units", "25006"), ("SELECT * FROM person", "42501")):
        with shelf.glancing() as look, pytest.raises(DBAPIError) as refused:
            look.execute(text(deed))
        assert refused.value.orig.sqlstate == state


@pytest.mark.parametrize("door", ["reading", "glancing"])
def test_what_takes_too_long_is_told_as_such(shelf: Database, door: str) -> None:
    quick = Database(shelf.url, read_timeout_s=0.2)
    with pytest.raises(OperationalError) as refused, getattr(quick, door)() as look:
        WAITING.rows(look, seconds=10)
    quick.close()
    assert explained(refused.value).text.en.startswith("the question took too long")
    assert "10" not in str(refused.value)


def test_each_question_of_a_glance_stands_by_itself(shelf: Database) -> None:
    with shelf.glancing() as look:
        with pytest.raises(DBAPIError):
            look.execute(text("SELECT 1 / 0"))
        assert DOUBLED.rows(look, n=1)[0].twice == 2


def test_a_rested_connection_that_was_ended_is_replaced(shelf: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "RESTED_S", 0.0)
    for _ in range(2):
        with shelf.glancing() as look:
            assert DOUBLED.rows(look, n=1)[0].twice == 2
        ends_all_connections(shelf)


def test_what_was_ended_at_once_is_asked_once_more(shelf: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "RESTED_S", 60.0)
    with shelf.glancing() as look, shelf.glancing() as other:  # two connections, both ended
        for each in (look, other):
            DOUBLED.rows(each, n=1)
    ends_all_connections(shelf)
    for _ in range(3):
        with shelf.glancing() as look:
            assert DOUBLED.rows(look, n=1)[0].twice == 2


def test_in_a_transaction_nothing_is_asked_once_more(shelf: Database) -> None:
    def asked_across_the_end() -> None:
        with shelf.reading() as look:
            DOUBLED.rows(look, n=1)
            ends_all_connections(shelf)
            DOUBLED.rows(look, n=1)

    with pytest.raises(OperationalError) as gone:
        asked_across_the_end()
    assert is_passing(gone.value)
    with shelf.reading() as look:
        assert DOUBLED.rows(look, n=1)[0].twice == 2
