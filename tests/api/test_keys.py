"""Keys of other systems over HTTP: made, shown once, used within limits, ended; and the limits of whoever has none."""

from __future__ import annotations

import html
import itertools
import logging
import re
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Any

import httpx
import pytest
from alembic import command
from fastapi import Request
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import insert, select, text

from api import limits, schema, serving
from api.deps import Lookup
from gis import cluster, people, system_keys
from gis.day_book import until_midnight_s
from gis.db import Database, Role, prepare
from gis.people import GRANTS, PERSONS
from gis.settings import Settings
from gis.system_keys import USES, Terms
from tests.api.test_serving import Served, until
from tests.conftest import COUNTY, PASSWORD, TEMPLATE, Office, copied, drop, is_problem, with_people
from tests.conftest import serving as served_by

SEARCH, PARSE, CHEAP = "/names/search?q=", "/addresses/parse?q=样例路1号", "/health/live"
HTML = {"Accept": "text/html"}


_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def shelf(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        with_people(Office(database, Settings()))
        yield database


@pytest.fixture
def house(shelf, tmp_path) -> Office:
    """A server of this test's own, with the limits as they are shipped, for the tests that leave the office as it is."""
    return Office(shelf, Settings(var=tmp_path))


@pytest.fixture
def empty_house(server, tmp_path) -> Iterator[Office]:
    """The same with an office of its own."""
    with copied(server, TEMPLATE) as database:
        yield with_people(Office(database, Settings(var=tmp_path)))


def made(office: Office, **terms: Any) -> dict[str, Any]:
    """A key as an administrator makes it over HTTP, for a system of its own."""
    sent = {"name": f"system {next(_numbers)}", "areas": [COUNTY], **terms}
    answer = office.client("administrator").post("/keys", json=sent)
    assert answer.status_code == 201, answer.text
    assert answer.headers["cache-control"] == "no-store"
    return answer.json()  # type: ignore[no-any-return]


def system(office: Office, **terms: Any) -> TestClient:
    """A system with a key."""
    client = office.client()
    client.headers["X-Api-Key"] = made(office, **terms)["key"]
    return client


def statuses(ask: Callable[[], Response], tries: int) -> list[int]:
    return [ask().status_code for _ in range(tries)]


def test_a_key_is_shown_once_and_opens_the_door_in_both_headers(empty_house):
    key = made(empty_house, name="tax", limit=20, quota=1000, until="2999-12-31")
    secret = key.pop("key")
    assert (key["name"], key["limit"], key["quota"], key["until"], key["state"]) == (
        "tax", 20, 1000, "2999-12-31", "valid",
    )  # fmt: skip
    assert (key["made_by"], key["areas"], key["last_used"]) == ("administrator", [COUNTY], None)
    listed = empty_house.client("administrator").get("/keys")
    assert secret not in listed.text
    assert listed.json()["keys"] == [key]
    anyone = empty_house.client()
    assert anyone.get("/submissions").status_code == 401
    for shown in ({"X-Api-Key": secret}, {"x-api-key": secret}, {"Authorization": f"Bearer {secret}"}):
        assert anyone.get("/submissions", headers=shown).status_code == 200
        assert anyone.post("/submissions", headers=shown, files={"files": b"{}"}).status_code == 403
    assert empty_house.client("administrator").get("/keys").json()["keys"][0]["last_used"] == str(date.today())


@pytest.mark.parametrize("path", [CHEAP, "/", PARSE, "/submissions", "/collections/lines/items"])
def test_a_wrong_key_is_refused_at_every_address(house, path):
    for shown in ({"X-Api-Key": "jz_" + "x" * 43}, {"X-Api-Key": "?"}, {"Authorization": "Bearer jz_wrong"}):
        answer = house.client().get(path, headers=shown)
        assert is_problem(answer, 401), answer.text
        assert answer.headers["www-authenticate"] == "Bearer"
        assert "密钥" in answer.json()["message"]["zh"]
        assert "key" in answer.json()["message"]["en"]


def test_an_ended_key_is_refused_at_once(house):
    key = made(house)
    client = house.client()
    client.headers["X-Api-Key"] = key["key"]
    assert client.get(PARSE).status_code == 200
    boss = house.client("administrator")
    answer = boss.post(f"/keys/{key['id']}/end")
    assert (answer.status_code, answer.json()["state"], answer.json()["ended_by"]) == (200, "ended", "administrator")
    assert is_problem(client.get(PARSE), 401)
    assert is_problem(boss.post(f"/keys/{key['id']}/end"), 409)
    assert is_problem(boss.post("/keys/999/end"), 404)


def test_a_key_that_ends_while_many_use_it_lets_nobody_in_afterwards(house):
    key = made(house, limit=0)
    asked = {"headers": {"X-Api-Key": key["key"]}, "timeout": 30}
    seen: list[tuple[float, int]] = []
    with served_by(house) as address, ThreadPoolExecutor(3) as crowd:
        ends: list[float] = []

        def use(_: int) -> None:
            after = 0
            while after < 5:  # each asks five times more when the key has ended
                begun = time.monotonic()
                after += bool(ends)
                seen.append((begun, httpx.get(address + CHEAP, **asked).status_code))

        users = [crowd.submit(use, n) for n in range(3)]
        until(lambda: len(seen) > 20)
        assert house.client("administrator").post(f"/keys/{key['id']}/end").status_code == 200
        ends.append(time.monotonic())
        for user in users:
            user.result()
    assert {status for _, status in seen[:20]} == {200}
    assert {status for begun, status in seen if begun > ends[0]} == {401}


def test_over_the_limit_whoever_has_a_key_waits_as_long_as_they_are_told(house):
    client = system(house, limit=5)
    begun = time.monotonic()
    answers = [client.get(CHEAP) for _ in range(12)]
    let_in = [each for each in answers if each.status_code == 200]
    assert 5 <= len(let_in) <= 5 * (2 + time.monotonic() - begun)
    assert let_in[0].headers["ratelimit-policy"] == '"second";q=5;w=1'
    assert let_in[0].headers["ratelimit"] == '"second";r=4;t=1'
    assert [let_in[0].headers[f"ratelimit-{each}"] for each in ("limit", "remaining", "reset")] == ["5", "4", "1"]
    refused = answers[-1]
    assert is_problem(refused, 429)
    assert (refused.headers["retry-after"], refused.headers["ratelimit"]) == ("1", '"second";r=0;t=1')
    assert "每秒不超过 5 次" in refused.json()["message"]["zh"]
    assert "at most 5 a second" in refused.json()["message"]["en"]
    time.sleep(int(refused.headers["retry-after"]))
    assert client.get(CHEAP).status_code == 200


def test_the_quota_of_a_day_is_counted_to_the_last_by_threads_together(house):
    key = made(house, limit=0, quota=40)["key"]
    with served_by(house) as address, ThreadPoolExecutor(4) as crowd:
        asked = crowd.map(lambda _: httpx.get(address + CHEAP, headers={"X-Api-Key": key}, timeout=30), range(60))
        answers = list(asked)
    seen = [each.status_code for each in answers]
    assert (seen.count(200), seen.count(429)) == (40, 20)
    refused = next(each for each in answers if each.status_code == 429)
    assert abs(int(refused.headers["retry-after"]) - until_midnight_s()) < 60
    assert refused.headers["ratelimit-policy"] == '"day";q=40;w=86400'
    assert refused.headers["ratelimit"].startswith('"day";r=0;t=')
    assert "每日 40" in refused.json()["message"]["zh"]


def test_the_quota_survives_a_restart(house, tmp_path):
    key = made(house, limit=0, quota=30)
    secret, used = key["key"], 0
    for _ in range(2):
        with_var = {"database_url": house.database.url, "var": tmp_path / "var"}
        running = Served(tmp_path / "serve.log", "--no-worker", **with_var)
        try:
            for _ in range(10):
                answer = httpx.get(running.address + CHEAP, headers={"X-Api-Key": secret}, timeout=30)
                used += 1
                assert answer.headers["ratelimit"].split(";")[1] == f"r={30 - used}"
        finally:
            assert running.end() == 0
        with house.database.writing() as tx:
            entered = tx.scalar(select(USES.c.used).where(USES.c.key == key["id"]))
        assert entered == used, "what was used is entered when the server ends"
    assert secret not in running.said()


def test_a_database_that_takes_nothing_keeps_nobody_from_asking(empty_house, caplog):
    client = system(empty_house)
    with empty_house.database.engine(Role.OWNER).begin() as tx:
        tx.execute(text("ALTER TABLE jiezhi.system_key_use RENAME COLUMN used TO other"))
        tx.execute(text("ALTER TABLE jiezhi.system_key_use ADD COLUMN used bigint, ALTER COLUMN other SET DEFAULT 0"))
        tx.execute(text("ALTER TABLE jiezhi.system_key_use ADD CONSTRAINT full_disk CHECK (used < 0)"))
        tx.execute(text("GRANT ALL ON jiezhi.system_key_use TO jiezhi_writer"))
    assert client.get(CHEAP).status_code == 200
    assert "could not be entered" in caplog.text


@pytest.mark.parametrize("path", [SEARCH, "/names?q=", "/names/suggest?q=", PARSE])
def test_without_a_key_lookups_are_limited_for_each_client_address(house, path):
    object.__setattr__(house.settings, "anonymous_per_s", 3)
    client = house.client()
    answers = [client.get(path) for _ in range(12)]
    assert {each.status_code for each in answers} == {200, 429}
    refused = next(each for each in answers if each.status_code == 429)
    assert is_problem(refused, 429)
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["ratelimit-policy"] == '"second";q=3;w=1'
    page = next(each for each in (client.get(path, headers=HTML) for _ in range(9)) if each.status_code == 429)
    assert "请求过于频繁" in page.text
    assert "Too many requests" in client.get(path + "&lang=en", headers=HTML).text
    assert client.get("/collections").status_code == 200, "other addresses know no such limit"


def test_one_request_is_one_unit_wherever_it_goes(house):
    client = system(house, limit=0, quota=100)
    for units, path in enumerate((SEARCH, "/names/suggest?q=", PARSE, CHEAP, "/submissions", "/keys"), start=1):
        assert client.get(path).headers["ratelimit-remaining"] == str(100 - units), path


def test_signed_in_or_with_a_key_another_limit_holds(house):
    object.__setattr__(house.settings, "anonymous_per_s", 1)
    house.client().get(PARSE)
    assert set(statuses(lambda: house.client("surveyor").get(PARSE), 5)) == {200}
    client = system(house, limit=0)
    assert set(statuses(lambda: client.get(PARSE), 5)) == {200}
    assert 429 in statuses(lambda: house.client().get(PARSE), 5)
    stale = house.client()
    stale.cookies.set("jiezhi", "ended long ago")
    assert 429 in statuses(lambda: stale.get(PARSE), 5), "a cookie that is worth nothing opens nothing"


def test_no_limit_where_the_setting_says_none(house):
    object.__setattr__(house.settings, "anonymous_per_s", 0)
    answers = [house.client().get(PARSE) for _ in range(80)]
    assert {each.status_code for each in answers} == {200}
    assert "ratelimit" not in answers[0].headers


@pytest.mark.parametrize("proxies", ["", "127.0.0.1"])
def test_only_a_proxy_of_the_settings_says_which_client_asks(house, proxies):
    config = replace(house.settings, proxies=proxies, port=0, anonymous_per_s=2)
    listening = serving._listening(config)
    with serving._served(house.database, config, listening):
        address = serving._address(listening) + PARSE

        def seen(client: str) -> set[int]:
            said = {"X-Forwarded-For": f"203.0.113.200, {client}"}
            return {httpx.get(address, headers=said, timeout=30).status_code for _ in range(8)}

        assert seen("203.0.113.1") == {200, 429}
        first = httpx.get(address, headers={"X-Forwarded-For": "203.0.113.2"}, timeout=30)
        assert first.status_code == 200 if proxies else seen("203.0.113.2") >= {429}
        if proxies:
            assert 429 in seen("2001:db8::1")
            assert 429 in {
                httpx.get(address, headers={"X-Forwarded-For": f"2001:db8::{n}"}, timeout=30).status_code for n in (2, 3, 4)
            }, "a site has one limit, however many addresses it has"


def with_batches(office: Office) -> None:
    """A door that is worth as many units as it is told, as the door of batches is."""

    @office.app.post("/addresses/worth", dependencies=[Lookup])
    def worth(request: Request, rows: int) -> dict[str, int]:
        limits.spend(request, rows)
        return {"rows": rows}


def test_a_batch_is_worth_its_rows(house):
    with_batches(house)
    client = system(house, limit=50, quota=400)

    def batch(rows: int) -> Response:
        return client.post(f"/addresses/worth?rows={rows}", json=[{"q": "样"}] * rows)

    whole = batch(200)
    assert whole.status_code == 200
    assert re.fullmatch(r'"second";r=(49|50);t=1, "batch";r=0;t=[34], "day";r=200;t=\d+', whole.headers["ratelimit"])
    assert '"batch";q=50;w=1' in whole.headers["ratelimit-policy"]
    owing = batch(1)
    assert (owing.status_code, int(owing.headers["retry-after"])) == (429, int(owing.headers["ratelimit-reset"]))
    assert "逐条查询照常" in owing.json()["message"]["zh"]
    assert "Single lookups go on" in owing.json()["message"]["en"]
    assert "r=200" in owing.headers["ratelimit"], "what is refused is not counted"
    assert client.get(PARSE).status_code == 200, "single questions do not wait for a batch"
    time.sleep(int(owing.headers["retry-after"]))
    assert batch(1).status_code == 200
    beyond = batch(5000)
    assert is_problem(beyond, 429)
    assert '"day";r=198;' in beyond.headers["ratelimit"]
    assert "剩余" in beyond.json()["message"]["zh"]


def test_a_batch_of_whoever_has_no_key_is_worth_its_rows_too(house):
    with_batches(house)
    object.__setattr__(house.settings, "anonymous_per_s", 10)
    assert house.client().post("/addresses/worth?rows=100").status_code == 200
    owing = house.client().post("/addresses/worth?rows=2")
    assert (owing.status_code, owing.headers["retry-after"] in ("9", "10")) == (429, True)
    assert house.client().get(PARSE).status_code == 200, "single questions do not wait for a batch"
    assert house.client("surveyor").post("/addresses/worth?rows=100000").status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"name": "x"},
        {"name": "", "areas": [COUNTY]},
        {"name": ["x"], "areas": [COUNTY]},
        {"name": "x", "areas": []},
        {"name": "x", "areas": [990101]},
        {"name": "x", "areas": ["九九"]},
        {"name": "x", "areas": [COUNTY], "limit": -1},
        {"name": "x", "areas": [COUNTY], "limit": "many"},
        {"name": "x", "areas": [COUNTY], "quota": 1.5},
        {"name": "x", "areas": [COUNTY], "until": "tomorrow"},
        {"name": "x", "areas": [COUNTY], "until": "2020-01-01"},
        {"name": "x", "areas": [COUNTY], "limits": 5},
        {"name": "a\x00b", "areas": [COUNTY]},
    ],
)
def test_nonsense_about_keys_is_bad_input(house, wrong):
    boss = house.client("administrator")
    before = boss.get("/keys").json()
    assert is_problem(boss.post("/keys", json=wrong), 400)
    assert boss.get("/keys").json() == before


def test_an_administrator_hands_out_no_more_than_they_have(house):
    boss = house.client("administrator")
    for areas in ("", [""], ["99"], ["990202"]):
        assert is_problem(boss.post("/keys", json={"name": "wide", "areas": areas}), 403)
    assert is_problem(boss.post("/keys", json={"name": "surveyor", "areas": [COUNTY]}), 409)
    assert is_problem(boss.post("/users", json={"name": made(house)["name"], "password": PASSWORD,
                                                "roles": [["staff", COUNTY]]}), 409)  # fmt: skip


def browser(office: Office, name: str) -> TestClient:
    client = TestClient(office.app, follow_redirects=False, raise_server_exceptions=False, headers=HTML)
    assert client.post("/sign-in", data={"name": name, "password": PASSWORD}).status_code == 303
    return client


def token_in(page: str) -> str:
    return re.search(r'name="csrf" value="([^"]+)"', page)[1]  # type: ignore[index]


def test_an_administrator_makes_and_ends_keys_on_a_page(empty_house):
    boss = browser(empty_house, "administrator")
    assert 'href="/keys"' in boss.get("/collections").text
    assert 'href="/keys"' not in browser(empty_house, "surveyor").get("/collections").text
    page = boss.get("/keys").text
    assert "还没有密钥" in page
    assert f'value="{COUNTY}"' in page
    form = {"csrf": token_in(page), "name": "税务<样>", "areas": COUNTY, "limit": "7", "quota": "70", "until": ""}
    assert boss.post("/keys", data={**form, "csrf": ""}).status_code == 403
    answer = boss.post("/keys", data=form)
    secret = re.search(r'id="key">([^<]+)<', answer.text)[1]
    assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")
    assert html.escape("税务<样>") in answer.text
    assert empty_house.client().get("/submissions", headers={"X-Api-Key": secret}).status_code == 200
    again = boss.get("/keys").text
    assert secret not in again
    assert "有效" in again
    refused = boss.post("/keys", data=form)
    assert (refused.status_code, "已有密钥" in refused.text, 'value="7"' in refused.text) == (409, True, True)
    wrong = boss.post("/keys", data={**form, "name": "x", "until": "2020-01-01"})
    assert (wrong.status_code, "已过" in wrong.text) == (400, True)
    english = boss.get("/keys?lang=en").text
    assert "Keys of other systems" in english
    main = re.sub(r"(?s)<[^>]+>", "", english.split("<main")[1].split("</main")[0])
    assert not re.search(r"[\u4e00-\u9fff]", main.replace(html.escape("税务<样>"), ""))
    number = re.search(r'action="/keys/(\d+)/end"', again)[1]
    assert boss.post(f"/keys/{number}/end", data={}).status_code == 403
    ended = boss.post(f"/keys/{number}/end", data={"csrf": form["csrf"]})
    assert (ended.status_code, ended.headers["location"]) == (303, "/keys")
    assert "Ended" in boss.get("/keys").text or "ended" in boss.get("/keys").text
    assert empty_house.client().get("/submissions", headers={"X-Api-Key": secret}).status_code == 401


def test_no_key_reaches_the_log(empty_house, caplog):
    caplog.set_level(logging.DEBUG)
    secret = made(empty_house)["key"]
    client = empty_house.client()
    client.headers["X-Api-Key"] = secret
    assert client.get(PARSE).status_code == 200
    with empty_house.database.engine(Role.OWNER).begin() as tx:
        tx.execute(text("ALTER TABLE jiezhi.system_key RENAME COLUMN areas TO other"))
    empty_house.app.state.limits.ring.take_off(1)
    assert client.get(PARSE).status_code == 500
    assert "system_key" in caplog.text
    for word in (secret, system_keys.hashed(secret), secret.removeprefix("jz_")):
        assert word not in caplog.text


def test_keys_of_former_days_go_on(server):
    """They were sign-ins without an end."""
    name, secret = f"{TEMPLATE}_former", "k" * 43
    drop(server, name)
    url = cluster.create_database(server, name)
    prepare(url)
    with closing(Database(url)) as database:
        with database.engine(Role.OWNER).begin() as tx:
            command.upgrade(schema._config(tx), "0007")
            values = {"name": "grid", "display": "grid", "password_hash": "$argon2id$"}
            person = tx.execute(insert(PERSONS).values(values).returning(PERSONS.c.id)).scalar_one()
            tx.execute(insert(GRANTS), [{"person": person, "role": "system", "area": area} for area in ("9901", "9902")])
            signed = {"hash": system_keys.hashed(secret), "person": person}
            tx.execute(text("INSERT INTO jiezhi.sign_in VALUES (:hash, :person, 'x')"), signed)
        schema.migrate(database)
        with database.engine(Role.OWNER).begin() as tx:
            schema.check(tx)
        office = with_people(Office(database, Settings()))
        answer = office.client().get("/submissions", headers={"X-Api-Key": secret})
        assert (answer.status_code, "ratelimit" in answer.headers) == (200, False)
        with database.writing() as tx:
            assert system_keys.shown(tx, secret).person.areas == {"system": ("9901", "9902")}
            assert people.as_system(tx, "grid") == person
            system_keys.end(tx, system_keys.number_of(tx, "grid"))
            system_keys.add(tx, "grid", Terms(("99",)))
    drop(server, name)
