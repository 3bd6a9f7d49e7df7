"""The door: passwords, cookies, forms that are ours, keys of systems, and patience with guessing."""

from __future__ import annotations

import logging
import re
import statistics
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, func, select, text, update

from api import serving
from gis import people
from gis.db import Role
from gis.errors import NotSignedIn, TooMany
from gis.guessing import FAILURES, TRIES, TRIES_AT_A_NAME, TRIES_OF_A_PLACE, TRIES_WITHIN
from gis.people import PERSONS, SIGN_INS
from gis.settings import Settings
from tests.conftest import PASSWORD, TEMPLATE, Office, copied, with_people

FORM = {"accept": "text/html"}


def browser(office: Office) -> TestClient:
    return TestClient(office.app, follow_redirects=False, raise_server_exceptions=False, headers=FORM)


def signed_in(office: Office, name: str = "surveyor") -> TestClient:
    client = browser(office)
    answer = client.post("/sign-in", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


@pytest.fixture(scope="module")
def house(server, tmp_path_factory) -> Iterator[Office]:
    """An office for the many tests that leave it as it was."""
    with copied(server, TEMPLATE) as database:
        yield with_people(Office(database, Settings(var=tmp_path_factory.mktemp("var"))))


def form_token(client: TestClient) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', client.get("/submissions").text)[1]


def rows(office: Office, statement):
    with office.database.writing() as tx:
        return tx.execute(statement).all()


def test_only_hashes_are_stored(office):
    client = signed_in(office)
    stored = [row.password_hash for row in rows(office, select(PERSONS))]
    assert all(each.startswith("$argon2id$") for each in stored)
    token = client.cookies["jiezhi"]
    tables = rows(
        office, text("SELECT table_name FROM information_schema.tables WHERE table_schema = 'jiezhi'")
    )
    with office.database.engine(Role.OWNER).connect() as connection:
        for (table,) in tables:
            everything = str(connection.execute(text(f"SELECT t::text FROM jiezhi.{table} t")).all())
            assert token not in everything, table
            assert PASSWORD not in everything, table


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(house):
    for answer in (
        browser(house).post("/sign-in", data={"name": "surveyor", "password": PASSWORD}),
        house.client().post("/sessions", json={"name": "surveyor", "password": PASSWORD}),
    ):
        said = answer.headers["set-cookie"].lower()
        assert "httponly" in said
        assert "samesite=lax" in said
        assert "secure" not in said


def test_the_cookie_goes_over_https_only_where_the_setting_says_so(office):
    object.__setattr__(office.settings, "secure_cookie", True)
    answer = office.client().post("/sessions", json={"name": "surveyor", "password": PASSWORD})
    assert "secure" in answer.headers["set-cookie"].lower()


@pytest.mark.parametrize("shown", [None, "", "wrong"])
def test_a_form_without_its_token_is_refused(house, shown):
    client = signed_in(house)
    data = {} if shown is None else {"csrf": shown}
    answer = client.post("/sign-out", data=data)
    assert answer.status_code == 403
    assert client.get("/submissions").status_code == 200


def test_a_form_with_the_token_of_another_sign_in_is_refused(house):
    assert (
        signed_in(house)
        .post("/sign-out", data={"csrf": form_token(signed_in(house, "reviewer"))})
        .status_code
        == 403
    )


def test_a_form_with_its_token_is_taken(house):
    client = signed_in(house)
    assert client.post("/sign-out", data={"csrf": form_token(client)}).status_code == 303
    assert client.get("/submissions").status_code == 303


def test_an_upload_form_carries_the_token_too(house):
    client = signed_in(house)
    files = {"files": ("a.geojson", b"{}")}
    assert client.post("/submissions", files=files).status_code == 403
    assert client.post("/submissions", files=files, data={"csrf": form_token(client)}).status_code == 303


def test_a_program_shows_the_token_in_a_header(house):
    client = signed_in(house)
    assert client.post("/sign-out", headers={"X-CSRF-Token": form_token(client)}).status_code == 303


def test_a_bearer_needs_no_form_token(house):
    assert house.client("surveyor").post("/sign-out").status_code == 303


def test_every_form_of_a_page_carries_the_token(house):
    client = signed_in(house)
    seen = 0
    for page in ("/", "/submissions", "/sign-in"):
        for form in re.findall(r"<form\b.*?</form>", client.get(page).text, re.DOTALL):
            if re.search(r'method="?post', form, re.IGNORECASE) and "/sign-in" not in form[: form.index(">")]:
                seen += 1
                assert re.search(r'name="csrf" value="[^"]+"', form), form[:200]
    assert seen


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "null", "http://testserver.elsewhere.example"]
)
@pytest.mark.parametrize("path", ["/sign-in", "/sessions"])
def test_another_site_signs_nobody_in(house, origin, path):
    answer = house.client().post(
        path, data={"name": "surveyor", "password": PASSWORD}, headers={"Origin": origin}
    )
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


def test_our_own_site_does(house):
    answer = browser(house).post(
        "/sign-in",
        data={"name": "surveyor", "password": PASSWORD},
        headers={"Origin": "http://testserver"},
    )
    assert answer.status_code == 303


@pytest.mark.parametrize("name", ["surveyor", "nobody", "", "x" * 5000])
def test_a_wrong_password_and_an_unknown_name_hear_the_same(house, name):
    answer = house.client().post("/sessions", json={"name": name, "password": "wrong wrong"})
    assert answer.status_code == 401
    assert answer.json()["message"]["en"] == "wrong name or password"
    assert "set-cookie" not in answer.headers


def test_letters_that_nobody_can_type_are_bad_input(house):
    answer = house.client().post("/sessions", json={"name": "a\x00b", "password": "wrong wrong"})
    assert answer.status_code == 400


def test_an_unknown_name_takes_as_long_as_a_wrong_password(house, earnest_hasher, monkeypatch):
    monkeypatch.setattr(people, "_HASHER", earnest_hasher)
    monkeypatch.setattr(people, "_NOBODYS_HASH", people._hash_of_nobody(earnest_hasher))
    house.has("slow", "staff")

    def took(name: str) -> float:
        begun = time.process_time()
        with pytest.raises(NotSignedIn):
            people.sign_in(house.database, name, "wrong wrong", 1)
        return time.process_time() - begun

    known = statistics.median(took("slow") for _ in range(5))
    unknown = statistics.median(took("nobody") for _ in range(5))
    assert 0.5 < unknown / known < 2


def test_too_many_tries_have_to_wait_also_with_the_right_password(office):
    client = office.client()
    answers = [client.post("/sessions", json={"name": "surveyor", "password": "no"}) for _ in range(TRIES)]
    assert {answer.status_code for answer in answers} == {401}
    for password in ("no", PASSWORD):
        waits = client.post("/sessions", json={"name": "surveyor", "password": password})
        assert waits.status_code == 429
        assert int(waits.headers["Retry-After"]) > 0
    form = browser(office).post("/sign-in", data={"name": "surveyor", "password": PASSWORD})
    assert (form.status_code, int(form.headers["Retry-After"]) > 0) == (429, True)
    assert office.client("reviewer").get("/submissions").status_code == 200

    with office.database.engine(Role.OWNER).begin() as tx:
        tx.execute(update(FAILURES).values(at=func.now() - TRIES_WITHIN))
    assert client.post("/sessions", json={"name": "surveyor", "password": PASSWORD}).status_code == 201
    assert not rows(office, select(FAILURES).where(FAILURES.c.at > func.now() - TRIES_WITHIN))


def tried(office: Office, name: str, place: str, password: str = "no") -> int:
    """How a sign-in from a place ends, as a status."""
    try:
        people.sign_in(office.database, name, password, 1, place)
    except (NotSignedIn, TooMany) as problem:
        return problem.status
    return 201


def test_nobody_shuts_another_out_from_elsewhere(office):
    seen = [tried(office, "surveyor", "192.0.2.1") for _ in range(TRIES + 4)]
    assert (seen.count(401), seen[TRIES:]) == (TRIES, [429] * 4)
    assert tried(office, "surveyor", "192.0.2.1", PASSWORD) == 429
    assert tried(office, "surveyor", "198.51.100.7", PASSWORD) == 201
    assert tried(office, "reviewer", "192.0.2.1", PASSWORD) == 201
    assert tried(office, "surveyor", "192.0.2.1", PASSWORD) == 429, (
        "that its bearer signed in is no help there"
    )


def test_who_goes_from_name_to_name_is_stopped_too(office):
    seen = [tried(office, f"guess {n}", "192.0.2.1") for n in range(TRIES_OF_A_PLACE + 3)]
    assert seen == [401] * TRIES_OF_A_PLACE + [429] * 3
    assert tried(office, "surveyor", "192.0.2.1", PASSWORD) == 429
    assert tried(office, "surveyor", "192.0.2.2", PASSWORD) == 201


def test_signing_in_well_wins_no_further_guesses_at_others(office):
    seen = []
    for number in range(TRIES_OF_A_PLACE + 3):
        seen.append(tried(office, f"guess {number}", "192.0.2.1"))
        if number % 5 == 0:
            tried(office, "reviewer", "192.0.2.1", PASSWORD)
    assert seen == [401] * TRIES_OF_A_PLACE + [429] * 3


def test_an_office_behind_one_address_signs_in_as_often_as_it_likes(office):
    assert {tried(office, "surveyor", "192.0.2.1", PASSWORD) for _ in range(TRIES_OF_A_PLACE + 5)} == {201}
    assert rows(office, select(FAILURES)) == []


def test_many_places_together_are_stopped_at_one_name(office):
    seen = [tried(office, "surveyor", f"192.0.2.{n}") for n in range(TRIES_AT_A_NAME + 2)]
    assert seen == [401] * TRIES_AT_A_NAME + [429] * 2
    assert tried(office, "reviewer", "192.0.2.200", PASSWORD) == 201


def test_addresses_of_one_site_are_one_place(office):
    seen = [tried(office, "surveyor", f"2001:db8::{n:x}") for n in range(TRIES)]
    assert seen == [401] * TRIES
    assert tried(office, "surveyor", "2001:db8::ffff", PASSWORD) == 429
    assert tried(office, "surveyor", "2001:db8:0:1::1", PASSWORD) == 201
    for _ in range(TRIES):
        tried(office, "approver", "192.0.2.9")
    assert tried(office, "approver", "::ffff:192.0.2.9", PASSWORD) == 429


@pytest.mark.parametrize("proxies", ["", "127.0.0.1", "127.0.0.0/8"])
def test_only_a_proxy_of_the_settings_says_who_asks(office, proxies):
    config = replace(office.settings, proxies=proxies, port=0)
    wrong = {"name": "surveyor", "password": "no"}

    def status(address: str, client: str) -> int:
        said = {"X-Forwarded-For": f"203.0.113.200, {client}"}  # what the client itself says comes first
        return httpx.post(f"{address}/sessions", json=wrong, headers=said).status_code

    listening = serving._listening(config)
    with serving._served(office.database, config, listening):
        address = serving._address(listening)
        assert [status(address, "203.0.113.1") for _ in range(TRIES + 1)] == [401] * TRIES + [429]
        assert status(address, "203.0.113.2") == (401 if proxies else 429)


def test_who_tried_from_where_is_written_nowhere(office, caplog):
    caplog.set_level(logging.DEBUG)
    for _ in range(TRIES + 1):
        tried(office, "surveyor", "192.0.2.77")
    kept = str(rows(office, text("SELECT t::text FROM jiezhi.sign_in_failure t")))
    for word in ("192.0.2.77", "surveyor"):
        assert word not in kept
    assert "192.0.2.77" not in caplog.text


def test_many_guesses_at_once_are_not_more_than_many_in_a_row(office):
    with ThreadPoolExecutor(12) as crowd:
        seen = list(crowd.map(lambda _: tried(office, "surveyor", ""), range(24)))
    assert seen.count(401) == TRIES
    assert seen.count(429) == 24 - TRIES


def test_a_sign_in_ends_by_itself(office):
    client, page = office.client("surveyor"), signed_in(office)
    with office.database.engine(Role.OWNER).begin() as tx:
        tx.execute(update(SIGN_INS).values(expires_at=func.now()))
    assert client.get("/submissions").status_code == 401
    assert page.get("/submissions").headers["location"] == "/sign-in?next=%2Fsubmissions"
    assert page.get("/collections").status_code == 200
    office.client("surveyor")
    assert len(rows(office, select(SIGN_INS))) == 1, "what has ended is cleared away"


def test_signing_out_ends_the_sign_in_everywhere(house):
    client = house.client("surveyor")
    assert client.post("/sign-out").status_code == 303
    assert client.get("/submissions").status_code == 401


def test_somebody_who_left_is_out_at_once(office):
    client = office.client("surveyor")
    with office.database.engine(Role.OWNER).begin() as tx:
        tx.execute(update(PERSONS).where(PERSONS.c.name == "surveyor").values(active=False))
    assert client.get("/submissions").status_code == 401
    assert (
        office.client().post("/sessions", json={"name": "surveyor", "password": PASSWORD}).status_code == 401
    )


def test_a_new_password_ends_the_sign_ins_under_the_old_one(office):
    client = office.client("surveyor")
    office.has("surveyor", "surveyor")
    assert client.get("/submissions").status_code == 401


@pytest.mark.parametrize(
    ("next_", "leads_to"),
    [
        ("/submissions?state=ready", "/submissions?state=ready"),
        ("https://elsewhere.example/", "/"),
        ("//elsewhere.example", "/"),
        ("/\\elsewhere.example", "/"),
        ("\\\\elsewhere.example", "/"),
        ("/\t/elsewhere.example", "/"),
        ("\t//elsewhere.example", "/"),
        ("javascript:alert(1)", "/"),
        ("///elsewhere.example", "/"),
        ("", "/"),
        ("/a\r\nSet-Cookie: b=c", "/"),
    ],
)
def test_next_cannot_lead_away(house, next_, leads_to):
    answer = browser(house).post("/sign-in", data={"name": "surveyor", "password": PASSWORD, "next": next_})
    assert (answer.status_code, answer.headers["location"]) == (303, leads_to)
    assert "b" not in answer.cookies
    page = browser(house).get("/sign-in", params={"next": next_}).text
    assert f'name="next" value="{leads_to}"' in page


def test_an_administrator_reaches_no_further_than_their_area(office):
    office.has("everywhere", "administrator", area="")
    office.has("neighbour", "surveyor", area="990202")
    local, world = office.client("administrator"), office.client("everywhere")

    def add(client: TestClient, name: str, *roles: list[str]) -> int:
        body = {"name": name, "password": PASSWORD, "roles": list(roles)}
        return client.post("/users", json=body).status_code

    assert add(local, "new", ["surveyor", "990101"]) == 201
    assert add(local, "new", ["surveyor", "990101003"]) == 201
    assert add(local, "new2", ["surveyor", ""]) == 403
    assert add(local, "new2", ["surveyor", "99"]) == 403
    assert add(local, "new2", ["administrator", "990202"]) == 403
    assert add(local, "neighbour", ["surveyor", "990101"]) == 403, (
        "would change the password of another area's"
    )
    assert add(local, "everywhere", ["surveyor", "990101"]) == 403
    assert add(world, "neighbour", ["surveyor", "990101"]) == 201
    assert add(world, "new2", ["surveyor", ""]) == 201


@pytest.mark.parametrize(
    "body",
    [
        {"name": "", "password": PASSWORD},
        {"name": " ", "password": PASSWORD},
        {"name": "x" * 200, "password": PASSWORD},
        {"name": "new", "password": "short"},
        {"name": "new"},
        {"name": "new", "password": PASSWORD, "roles": "surveyor"},
        {"name": "new", "password": PASSWORD, "roles": [["surveyor"]]},
        {"name": "new", "password": PASSWORD, "roles": [["king", "990101"]]},
        {"name": "new", "password": PASSWORD, "roles": [["surveyor", "990101%"]]},
        {"name": "new", "password": PASSWORD, "roles": [["surveyor", "九九"]]},
        {"name": "a\x00b", "password": PASSWORD},
    ],
)
def test_nonsense_about_users_is_bad_input(house, body):
    assert house.client("administrator").post("/users", json=body).status_code == 400


def test_no_secret_reaches_the_log(office, caplog):
    caplog.set_level(logging.DEBUG)
    client = office.client("surveyor")
    token = client.headers["Authorization"].split()[1]
    office.client().post("/sessions", json={"name": "surveyor", "password": "a wrong secret"})
    with office.database.engine(Role.OWNER).begin() as tx:
        tx.execute(text("ALTER TABLE jiezhi.sign_in RENAME COLUMN csrf TO other"))
    assert (
        office.client().post("/sessions", json={"name": "surveyor", "password": PASSWORD}).status_code == 500
    )
    assert client.get("/submissions").status_code == 500
    assert "sign_in" in caplog.text
    for secret in (PASSWORD, "a wrong secret", token, people._hashed(token), "$argon2"):
        assert secret not in caplog.text


def test_failures_are_cleared_away(office):
    with office.database.writing() as tx:
        tx.execute(delete(FAILURES))
    client = office.client()
    for number in range(3):
        client.post("/sessions", json={"name": f"guess {number}", "password": "no"})
    with office.database.engine(Role.OWNER).begin() as tx:
        tx.execute(update(FAILURES).values(at=func.now() - 2 * TRIES_WITHIN))
    client.post("/sessions", json={"name": "another", "password": "no"})
    assert len(rows(office, select(FAILURES))) == 3, "one try, counted against name, place and both"


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_sign_in_page_speaks_the_language_of_the_address_that_led_there(house, lang):
    anyone = browser(house)
    led_to = anyone.get("/cemeteries/candidate", params={"lang": lang, "lon": "110.3"}).headers["location"]
    said = browser(house).get(led_to).text
    assert ("Sign in" in said, "/cemeteries/candidate?lon=110.3" in said) == (lang == "en", True)
