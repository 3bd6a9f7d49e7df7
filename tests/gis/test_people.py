"""People: roles and areas, added again, and never further than whoever adds them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from argon2 import Type
from hypothesis import given
from hypothesis import strategies as some
from sqlalchemy import select

from gis import people
from gis.db import Database
from gis.errors import BadInput, Conflict, NotAllowed, NotSignedIn
from gis.people import PERSONS, Person
from tests.conftest import PASSWORD, TEMPLATE, copied

codes = some.text("0123456789", max_size=12)


@pytest.fixture(scope="module")
def shelf(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        yield database


def add(database: Database, name: str, *roles: tuple[str, str], by: Person | None = None) -> int:
    with database.writing() as tx:
        return people.add(tx, name, PASSWORD, roles, by=by)


def signed_in(database: Database, name: str, password: str = PASSWORD) -> Person:
    return people.sign_in(database, name, password, 1)[0]


@given(areas=some.lists(codes, min_size=1, max_size=3), asked=some.lists(codes, min_size=1, max_size=3))
def test_a_role_reaches_what_begins_with_one_of_its_areas(areas, asked):
    person = Person(1, "x", "x", {"reviewer": tuple(areas)})
    expected = all(any(code[: len(area)] == area for area in areas) for code in asked)
    assert person.may("reviewer", asked) is expected
    assert not person.may("approver", asked)
    if expected:
        person.must("reviewer", asked)
    else:
        with pytest.raises(NotAllowed):
            person.must("reviewer", asked)


def test_everywhere_is_not_in_anybodys_area_but_everywhere():
    assert not Person(1, "x", "x", {"administrator": ("99",)}).may("administrator", [""])
    assert Person(1, "x", "x", {"administrator": ("",)}).may("administrator", ["", "99"])


def test_a_person_added_again_keeps_roles_and_gets_the_new_password(shelf):
    first = add(shelf, "again", ("surveyor", "9901"))
    with shelf.writing() as tx:
        assert people.add(tx, " again ", "another password", [("reviewer", "9902")]) == first
    person = signed_in(shelf, "again", "another password")
    assert person.areas == {"surveyor": ("9901",), "reviewer": ("9902",)}
    with pytest.raises(NotSignedIn):
        signed_in(shelf, "again")


def test_adding_is_an_event_with_who_did_it(shelf):
    add(shelf, "boss", ("administrator", "99"))
    boss = signed_in(shelf, "boss")
    added = add(shelf, "new", ("staff", "9901"), by=boss)
    with shelf.writing() as tx:
        (deed,) = people.deeds(tx, f"person/{added}")
    assert (deed["verb"], deed["who"], deed["detail"]["name"]) == ("add_user", "boss", "new")
    assert PASSWORD not in str(deed)


def test_whoever_adds_reaches_no_further_than_their_area(shelf):
    add(shelf, "local", ("administrator", "9901"))
    add(shelf, "foreign", ("surveyor", "9902"))
    local = signed_in(shelf, "local")
    for name, roles in (
        ("n1", [("staff", "")]),
        ("n2", [("staff", "9902")]),
        ("foreign", [("staff", "9901")]),
    ):
        with pytest.raises(NotAllowed):
            add(shelf, name, *roles, by=local)
    with pytest.raises(NotAllowed):
        add(shelf, "n3", ("staff", "9901"), by=signed_in(shelf, "foreign"))
    signed_in(shelf, "foreign")
    with shelf.writing() as tx:
        assert not tx.scalars(select(PERSONS.c.name).where(PERSONS.c.name.in_(["n1", "n2", "n3"]))).all()


@pytest.mark.parametrize(
    ("name", "roles"),
    [
        ("", []),
        ("  ", []),
        ("x" * 101, []),
        ("x", [("king", "99")]),
        ("x", [("staff", "99%")]),
        ("x", [("staff", "٣")]),
    ],
)
def test_nonsense_is_refused(shelf, name, roles):
    with pytest.raises(BadInput):
        add(shelf, name, *roles)


def test_a_system_with_keys_never_signs_in_and_lends_nobody_its_name(shelf):
    with shelf.writing() as tx:
        system = people.as_system(tx, " grid ")
        assert people.as_system(tx, "grid") == system
    for word in (people.SHOWS_KEYS, "", PASSWORD):
        with pytest.raises(NotSignedIn):
            signed_in(shelf, "grid", word)
    with pytest.raises(Conflict):
        add(shelf, "grid", ("staff", "99"))
    add(shelf, "somebody", ("staff", "99"))
    with pytest.raises(Conflict), shelf.writing() as tx:
        people.as_system(tx, "somebody")
    assert signed_in(shelf, "somebody").areas == {"staff": ("99",)}


def test_what_a_person_is_shows_no_token():
    assert "secret" not in repr(Person(1, "x", "x", {}, csrf="secret"))


def test_a_password_costs_whoever_guesses_it(earnest_hasher):
    """The second recommendation of RFC 9106: 64 MiB and three passes."""
    assert earnest_hasher.type is Type.ID
    assert earnest_hasher.memory_cost >= 64 * 1024
    assert earnest_hasher.time_cost >= 3
