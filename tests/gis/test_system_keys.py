"""Keys of systems: random, kept as hashes, within areas and days; the ring and the book beside them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text

from gis import people, system_keys
from gis.day_book import DayBook, until_midnight_s
from gis.db import Database, Role
from gis.errors import BadInput, Conflict, NotAllowed, NotFound, NotSignedIn, TooMany
from gis.key_ring import KEPT_S, KeyRing
from gis.people import PERSONS, Person
from gis.system_keys import KEYS, USES, Key, Terms
from tests.conftest import PASSWORD, TEMPLATE, copied
from tests.gis.test_pacing import Clock, taken

TODAY = date.today()
ANYWHERE = Terms(("",))


@pytest.fixture(scope="module")
def shelf(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        yield database


def made(database: Database, name: str, terms: Terms = ANYWHERE, by: Person | None = None) -> tuple[int, str]:
    with database.writing() as tx:
        return system_keys.add(tx, name, terms, by)


def shown(database: Database, secret: str) -> Key:
    with database.writing() as tx:
        return system_keys.shown(tx, secret)


def ended(database: Database, number: int, by: Person | None = None) -> None:
    with database.writing() as tx:
        system_keys.end(tx, number, by)


def administrator(database: Database, name: str, area: str) -> Person:
    with database.writing() as tx:
        people.add(tx, name, PASSWORD, [("administrator", area)])
    return people.sign_in(database, name, PASSWORD, 1)[0]


def test_a_key_gives_the_role_of_a_system_in_its_areas_and_nothing_else(shelf):
    number, secret = made(shelf, "household", Terms(("990101", "990102"), 20, 1000))
    key = shown(shelf, secret)
    assert (key.id, key.per_s, key.a_day, key.day, key.used) == (number, 20, 1000, TODAY, 0)
    assert (key.person.name, key.person.areas) == ("household", {"system": ("990101", "990102")})
    assert not key.person.may("system", ["990103"])
    assert not any(key.person.may(role) for role in people.ROLE_WORDS if role != "system")


def test_only_the_hash_of_a_long_random_secret_is_kept(shelf):
    number, secret = made(shelf, "hashed")
    assert len(secret.removeprefix(system_keys.PREFIX)) == 43, "256 bits in base64"
    assert made(shelf, "hashed too")[1] != secret
    with shelf.engine(Role.OWNER).connect() as connection:
        for table in ("system_key", "person", "event", "sign_in"):
            assert secret not in str(connection.execute(text(f"SELECT t::text FROM jiezhi.{table} t")).all())
    with shelf.writing() as tx:
        assert secret not in str(system_keys.listed(tx))
        assert secret not in str(people.deeds(tx, f"key/{number}"))
        assert system_keys.hashed(secret) not in str(system_keys.listed(tx))


def test_neither_the_public_nor_the_writer_gets_at_hashes_to_change_them(shelf):
    _, secret = made(shelf, "kept")
    with shelf.reading() as look, pytest.raises(Exception, match="permission denied"):
        look.execute(select(KEYS.c.secret_hash))
    with shelf.writing() as tx, pytest.raises(Exception, match="permission denied"):
        tx.execute(text("UPDATE jiezhi.system_key SET areas = ARRAY['']"))
    assert shown(shelf, secret)


@pytest.mark.parametrize("wrong", ["", "x", "jz_", "jz_" + "x" * 43, "x" * 43, "jz_" + "钥" * 43, "' OR 1=1 --"])
def test_what_is_no_key_is_refused(shelf, wrong):
    with pytest.raises(NotSignedIn):
        shown(shelf, wrong)


def test_an_ended_key_is_refused_for_good_and_its_name_is_free_again(shelf):
    number, secret = made(shelf, "again", Terms(("9901",)))
    with pytest.raises(Conflict):
        made(shelf, "again")
    ended(shelf, number)
    with pytest.raises(NotSignedIn):
        shown(shelf, secret)
    with pytest.raises(Conflict):
        ended(shelf, number)
    _, another = made(shelf, "again", Terms(("9902",)))
    assert shown(shelf, another).person.areas == {"system": ("9902",)}, "the rights of the old key do not live on"
    with shelf.writing() as tx, pytest.raises(NotFound):
        system_keys.end(tx, 10**9)


def test_a_key_is_good_until_its_last_day_has_passed(shelf):
    number, secret = made(shelf, "until", Terms(("",), until=TODAY))
    assert shown(shelf, secret)
    with shelf.engine(Role.OWNER).begin() as tx:
        tx.execute(KEYS.update().where(KEYS.c.id == number).values(until=TODAY - timedelta(days=1)))
    with pytest.raises(NotSignedIn):
        shown(shelf, secret)
    with shelf.writing() as tx:
        assert {row["id"]: row["state"] for row in system_keys.listed(tx)}[number] == "expired"


def test_making_and_ending_are_events_of_whoever_did_it(shelf):
    boss = administrator(shelf, "boss", "99")
    number, secret = made(shelf, "witnessed", Terms(("9901",), 5, 6), boss)
    ended(shelf, number, boss)
    with shelf.writing() as tx:
        deeds = people.deeds(tx, f"key/{number}")
        row = next(row for row in system_keys.listed(tx) if row["id"] == number)
    assert [(each["verb"], each["who"]) for each in deeds] == [("add_key", "boss"), ("end_key", "boss")]
    assert deeds[0]["detail"] == {"name": "witnessed", "areas": ["9901"], "per_s": 5, "a_day": 6, "until": ""}
    assert (row["made_by"], row["ended_by"], row["state"]) == ("boss", "boss", "ended")
    assert secret not in str(deeds)


def test_an_administrator_reaches_no_further_than_their_area(shelf):
    local, world = administrator(shelf, "local", "9901"), administrator(shelf, "world", "")
    for areas in (("",), ("99",), ("9902",), ("9901", "9902")):
        with pytest.raises(NotAllowed):
            made(shelf, "reaching", Terms(areas), local)
    number, _ = made(shelf, "of another area", Terms(("9902",)), world)
    with pytest.raises(NotAllowed):
        ended(shelf, number, local)
    with shelf.writing() as tx:
        assert number not in {row["id"] for row in system_keys.listed(tx, local)}
        assert number in {row["id"] for row in system_keys.listed(tx, world)}
    ended(shelf, number, world)
    with pytest.raises(NotAllowed):
        made(shelf, "of another area", Terms(("9901",)), local)


def test_a_refused_key_leaves_no_system_behind(shelf):
    local = administrator(shelf, "tidy", "9901")
    with pytest.raises(NotAllowed):
        made(shelf, "never", ANYWHERE, local)
    with shelf.writing() as tx:
        assert not tx.scalar(select(func.count()).where(PERSONS.c.name == "never"))


def test_a_person_lends_a_system_no_name(shelf):
    administrator(shelf, "human", "9901")
    with pytest.raises(Conflict):
        made(shelf, "human")
    for nonsense in ("", " ", "x" * 101):
        with pytest.raises(BadInput):
            made(shelf, nonsense)


@pytest.mark.parametrize(
    "wrong",
    [
        {"areas": ()},
        {"areas": ("99%",)},
        {"areas": ("九九",)},
        {"areas": ("9" * 25,)},
        {"areas": ("",) * 101},
        {"per_s": -1},
        {"per_s": 100_001},
        {"a_day": -1},
        {"a_day": 2**31},
        {"until": TODAY - timedelta(days=1)},
    ],
)
def test_nonsense_is_bad_input(wrong):
    with pytest.raises(BadInput):
        Terms(**{"areas": ("",), **wrong})


def test_the_ring_asks_the_database_once_a_moment_and_again_after_an_end(shelf):
    clock = Clock()
    ring = KeyRing(clock)
    number, secret = made(shelf, "ringed")
    other_number, other = made(shelf, "ringed too")
    assert ring.kept(secret) is None
    ring.look_up(shelf, secret)
    ring.look_up(shelf, other)
    assert ring.kept(secret).id == number
    ended(shelf, number)
    clock.now += KEPT_S - 0.01
    assert ring.kept(secret).id == number, "elsewhere it is known a moment later"
    ring.take_off(number)
    assert ring.kept(secret) is None
    assert ring.kept(other).id == other_number
    clock.now += 0.02
    assert ring.kept(other) is None
    with pytest.raises(NotSignedIn):
        ring.look_up(shelf, secret)
    assert secret not in str(vars(ring))


def test_a_key_that_ends_while_it_is_looked_up_is_not_kept(shelf):
    class Slow(Database):
        """A database on which a key ends after it was read."""

        def writing(self):
            ring.take_off(number)
            return super().writing()

    number, secret = made(shelf, "overtaken")
    ring = KeyRing()
    with closing(Slow(shelf.url)) as slow:
        ring.look_up(slow, secret)
    assert ring.kept(secret) is None


def test_a_quota_is_counted_to_the_last_and_survives_a_restart(shelf):
    number, secret = made(shelf, "counted", Terms(("",), 0, 10))
    book = DayBook()
    key = shown(shelf, secret)
    assert taken(lambda: book.take(key, 1), 7) == 7
    assert (book.left(key), book.is_due()) == (3, True)
    book.enter(shelf)
    assert (book.left(key), book.is_due()) == (3, False)
    book.take(key, 2)
    book.enter(shelf)
    again = DayBook()
    key = shown(shelf, secret)
    assert (key.used, again.left(key)) == (9, 1)
    with pytest.raises(TooMany) as refused:
        again.take(key, 2)
    assert abs(refused.value.wait_s - until_midnight_s()) < 2
    again.take(key, 1)
    assert taken(lambda: again.take(key, 1), 3) == 0
    again.enter(shelf)
    with shelf.writing() as tx:
        row = next(row for row in system_keys.listed(tx) if row["id"] == number)
    assert (row["used_today"], row["last_used"]) == (10, TODAY)


def test_two_servers_add_up(shelf):
    _, secret = made(shelf, "shared", Terms(("",), 0, 10))
    one, other = DayBook(), DayBook()
    key = shown(shelf, secret)
    for book in (one, other):
        book.take(key, 4)
        book.enter(shelf)
    other.take(key, 1)
    other.enter(shelf)
    assert other.left(key) == 1


def test_every_day_has_a_page_of_its_own(shelf):
    number, secret = made(shelf, "daily", Terms(("",), 0, 3))
    book, today = DayBook(), shown(shelf, secret)
    yesterday = replace(today, day=TODAY - timedelta(days=1))
    book.take(yesterday, 3)
    assert taken(lambda: book.take(yesterday, 1), 2) == 0
    assert taken(lambda: book.take(today, 1), 5) == 3
    book.enter(shelf)
    assert list(book._entered) == [(number, TODAY)], "past pages are put away"
    with shelf.writing() as tx:
        used = dict(tx.execute(select(USES.c.day, USES.c.used).where(USES.c.key == number)).all())
    assert used == {TODAY: 3, yesterday.day: 3}


def test_what_could_not_be_entered_is_not_lost(shelf):
    number, secret = made(shelf, "unlucky")
    book, key = DayBook(), shown(shelf, secret)
    book.take(key, 5)
    with shelf.engine(Role.OWNER).begin() as tx:
        tx.execute(text("REVOKE INSERT ON jiezhi.system_key_use FROM jiezhi_writer"))
    with pytest.raises(Exception, match="permission denied"):
        book.enter(shelf)
    with shelf.engine(Role.OWNER).begin() as tx:
        tx.execute(text("GRANT INSERT ON jiezhi.system_key_use TO jiezhi_writer"))
    book.take(key, 1)
    book.enter(shelf)
    assert shown(shelf, secret).used == 6
    assert number == key.id
