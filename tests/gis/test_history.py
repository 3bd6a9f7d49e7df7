"""Versions in the database: who may write them, when they were recorded, and in which order."""

from __future__ import annotations

import threading
import time
from datetime import date, timedelta
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import func, insert, select, text, update
from sqlalchemy.exc import ProgrammingError

from boundaries.units import UNITS
from gis import history
from gis.db import Database, Role, alone
from gis.refusals import explained
from tests.conftest import TEMPLATE, copied

V = UNITS.table.c
NEW_YEAR, MARCH, JUNE = date(2026, 1, 1), date(2026, 3, 1), date(2026, 6, 1)


def begin(database: Database, day: date, each=None, **values):
    each = each or uuid4()
    row = {"id": each, "code": str(each), "name": "样桥镇", **values}
    with database.writing() as tx:
        history.begin(tx, UNITS.table, [row], day)
    return each


def versions(database: Database, each):
    with database.writing() as tx:
        return tx.execute(
            select(V.name, V.valid_from, V.valid_to)
            .where(V.id == each, V.superseded_at.is_(None))
            .order_by(V.valid_from)
        ).all()


def test_a_version_begun_before_a_later_one_lasts_until_it(database):
    each = begin(database, JUNE, name="后")
    begin(database, NEW_YEAR, each, name="先")
    assert versions(database, each) == [("先", NEW_YEAR, JUNE), ("后", JUNE, None)]


def test_ending_leaves_later_versions(database):
    each = begin(database, JUNE, name="后")
    begin(database, NEW_YEAR, each, name="先")
    with database.writing() as tx:
        history.end(tx, UNITS.table, [each], MARCH)
    assert versions(database, each) == [("先", NEW_YEAR, MARCH), ("后", JUNE, None)]


def test_rewriting_for_good_reaches_later_versions_and_keeps_what_it_does_not_name(database):
    each = begin(database, NEW_YEAR, name="先", level="township")
    begin(database, JUNE, each, name="后", level="township")
    with database.writing() as tx:
        history.rewrite(tx, UNITS.table, [(each, MARCH, None, {"seat": "桥头"})], submission=7)
    with database.writing() as tx:
        rows = tx.execute(
            select(V.name, V.seat, V.submission)
            .where(V.id == each, V.superseded_at.is_(None))
            .order_by(V.valid_from)
        ).all()
    assert rows == [("先", None, None), ("先", "桥头", 7), ("后", "桥头", 7)]


def test_two_intervals_of_one_record_in_one_call_are_refused(database):
    each = begin(database, NEW_YEAR)
    twice = [(each, MARCH, JUNE, {"seat": "a"}), (each, JUNE, None, {"seat": "b"})]
    with database.writing() as tx, pytest.raises(AssertionError):
        history.rewrite(tx, UNITS.table, twice, submission=1)


def test_no_two_records_of_one_code_share_a_day(database):
    begin(database, NEW_YEAR, code="990101001")
    with pytest.raises(psycopg.IntegrityError) as refused:
        begin(database, JUNE, code="990101001")
    assert explained(refused.value).status == 409


@pytest.mark.parametrize("role", [Role.WRITER, Role.OWNER])
@pytest.mark.parametrize(
    "deed",
    [
        "UPDATE units SET name = 'another'",
        "UPDATE units SET superseded_at = now(), name = 'another'",
        "UPDATE units SET superseded_at = now(), submission = 7",
        "UPDATE units SET superseded_at = now(), geom = 'SRID=4490;MULTIPOLYGON(((0 0,1 0,0 1,0 0)))'",
        "UPDATE units SET superseded_at = now() - interval '1 year'",
        "UPDATE units SET superseded_at = now() + interval '1 year'",
        "UPDATE units SET superseded_at = NULL",
        "DELETE FROM units",
        "TRUNCATE units CASCADE",
    ],
)
def test_versions_are_only_superseded_and_only_now(shelf, role, deed):
    with pytest.raises(ProgrammingError) as refused, shelf.engine(role).begin() as tx:
        tx.execute(text(deed))
    assert refused.value.orig.sqlstate == "42501"


def test_a_superseded_version_stays_superseded(shelf):
    supersede = update(UNITS.table).values(superseded_at=history.moment())
    with shelf.engine(Role.WRITER).connect() as tx:
        tx.execute(supersede)
        with pytest.raises(ProgrammingError):
            tx.execute(supersede)


@pytest.mark.parametrize("column", ["recorded_at", "superseded_at", "version"])
def test_nobody_chooses_when_something_was_recorded(shelf, column):
    forged = {"version": 1} if column == "version" else {column: func.now() - timedelta(days=365)}
    row = {"code": "forged", "name": "forged", "valid_from": NEW_YEAR}
    with pytest.raises(ProgrammingError) as refused, shelf.writing() as tx:
        tx.execute(insert(UNITS.table).values(**row, **forged))
    assert refused.value.orig.sqlstate == "42501"


def test_a_moment_cannot_be_moved_into_the_past(shelf):
    with shelf.writing() as tx:
        tx.execute(text("SELECT set_config('jiezhi.moment', '2000-01-01', true)"))
        assert tx.scalar(select(history.moment() == func.now()))


@pytest.fixture(scope="module")
def shelf(server):
    """A database with one unit, which nothing here changes."""
    with copied(server, TEMPLATE) as database:
        begin(database, NEW_YEAR)
        yield database


def test_who_began_first_but_came_through_second_records_second(database):
    """Otherwise the second would supersede, in the past, what the first has only just recorded."""
    each = begin(database, NEW_YEAR, name="原")
    first_has_begun, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with database.writing() as tx:
            tx.execute(select(func.now()))
            first_has_begun.set()
            go_on.wait()
            change(tx, "迟")

    def change(tx, name: str) -> None:
        alone(tx, "the county")
        history.record_from_now_on(tx)
        history.begin(tx, UNITS.table, [{"id": each, "code": str(each), "name": name}], MARCH)

    waiting = threading.Thread(target=slow)
    waiting.start()
    first_has_begun.wait()
    moments = [now(database)]
    with database.writing() as tx:
        change(tx, "早")
    moments.append(now(database))
    go_on.set()
    waiting.join()
    moments.append(now(database))

    def known(at) -> list[str]:
        with database.reading() as tx:
            return list(
                tx.scalars(select(V.name).where(V.id == each, history.in_force(UNITS.table, JUNE, at)))
            )

    assert [known(at) for at in moments] == [["原"], ["早"], ["迟"]]
    with database.reading() as tx:
        for at in tx.scalars(select(V.recorded_at).where(V.id == each)):
            assert len(known(at)) == 1
        assert tx.scalar(select(func.bool_and(V.superseded_at > V.recorded_at)).where(V.id == each))


def now(database: Database):
    with database.writing() as tx:
        at = tx.scalar(select(func.clock_timestamp()))
    time.sleep(0.001)
    return at
