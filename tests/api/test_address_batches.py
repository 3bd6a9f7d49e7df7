"""Batches of addresses: lists that come back with their answers, at once or from a job that nothing breaks."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, text, update

from api import serving
from api.batch_work import answer_batch
from api.county import County
from gis import system_keys
from gis.errors import TooMany
from gis.system_keys import Terms
from placenames.addresses import address_batches
from placenames.addresses.address_batches import BATCHES, PARTS
from tests.conftest import COUNTY, Office, is_problem, office_of_its_own
from tests.gis.test_jobs import until, worker
from tests.placenames.test_addresses import TOWN, published, written

ANSWERED = ["id", "code", "label", "score", "match_level", "status", "lon", "lat", "changed", "error"]
LATER = datetime.now(UTC) + timedelta(days=1)


@pytest.fixture(scope="module")
def addressed(
    server, county: County, county_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """The county with a street, an estate and a village that bear numbers."""
    folder: Path = tmp_path_factory.mktemp("addressed")
    with office_of_its_own(server, county_template, folder) as office:
        office.has("clerk", "staff")
        published(office, written(folder, county))
        yield office


@pytest.fixture(scope="module")
def town(county: County) -> str:
    return str(county.units.set_index("code").loc[TOWN, "name"])


def send(client: TestClient, body: bytes | str, kind: str = "text/csv", asked: str = "") -> Any:
    content = body if isinstance(body, bytes) else body.encode()
    return client.post(f"/addresses/batch{asked}", content=content, headers={"Content-Type": kind})


def rows_of(body: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"), newline="")))


def asked(office: Office, body: bytes | str, query: str = "") -> list[dict[str, str]]:
    answer = send(office.client(), body, asked=query)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["cache-control"] == "no-store"
    return rows_of(answer.content)


def asked_in_json(office: Office, rows: Sequence[Any], query: str = "") -> list[dict[str, Any]]:
    answer = send(office.client(), json.dumps(rows), "application/json", query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def long_list(town: str, rows: int) -> str:
    """A list too long to be answered at once: every third row cannot be read, each row has a number of its own."""
    said = ("样柳路2号", f"{town}样柳路30号样福小区3幢2单元501室", "样" * 301)
    return "n,地址\n" + "".join(f"{n},{said[n % 3]}\n" for n in range(rows))


def queued(office: Office, body: str, kind: str = "text/csv") -> dict[str, Any]:
    answer = send(office.client("clerk"), body, kind)
    assert answer.status_code == 202, answer.text
    assert answer.headers["location"].endswith(answer.json()["token"])
    return answer.json()


def stands(office: Office, token: str) -> dict[str, Any]:
    answer = office.client().get(f"/addresses/batch/{token}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def count(office: Office, table: Any) -> int:
    with office.database.writing() as tx:
        return int(tx.scalar(select(func.count()).select_from(table)) or 0)


@contextmanager
def other_settings(office: Office, **values: Any) -> Iterator[None]:
    before = office.app.state.settings
    office.app.state.settings = replace(before, **values)
    try:
        yield
    finally:
        office.app.state.settings = before


def test_a_csv_comes_back_with_the_answers_behind_its_columns(addressed, town):
    sent = f'编号,地址,备注\r\n1,{town}样柳路2号,"甲, 乙"\r\n2,样柳路12-3号,\r\n3,无此街99号,丙\r\n'
    found = asked(addressed, sent)
    assert [*found[0]] == ["编号", "地址", "备注", *ANSWERED]
    assert [(each["编号"], each["备注"]) for each in found] == [("1", "甲, 乙"), ("2", ""), ("3", "丙")]
    assert [each["match_level"] for each in found] == ["plate", "plate", ""]
    assert found[0]["label"].endswith(f"{town}样柳路2号")
    assert (found[0]["score"], found[0]["changed"], found[0]["error"]) == ("1.0", "", "")
    assert len(found[0]["lon"].partition(".")[2]) <= 4
    with addressed.database.reading() as look:
        known = look.execute(text("SELECT id::text, code FROM addresses WHERE text = '样柳路2号'")).one()
    assert (found[0]["id"], found[0]["code"]) == tuple(known)
    assert not found[2]["id"]


def test_the_answers_are_those_of_the_search(addressed, town):
    said = [f"{town}样柳路2号", "樣柳路十二之三號", "样北社区样柳路30号样福小区3栋2单元502室", "样坪村三组8号", "样街8号"]
    found = asked_in_json(addressed, said)
    client = addressed.client()
    for each, q in zip(found, said, strict=True):
        best = client.get("/addresses/search", params={"q": q}).json()["features"][0]
        shown = {name: best["properties"][name] for name in ("id", "code", "label", "match_level", "changed")}
        assert {name: each[name] for name in shown} == shown, q
        assert [each["lon"], each["lat"]] == best["geometry"]["coordinates"]
        assert each["q"] == q


@pytest.mark.parametrize(
    ("encode", "mark"),
    [(lambda said: said.encode(), b"q"), (lambda said: said.encode("utf-8-sig"), b"\xef\xbb\xbfq"),
     (lambda said: said.encode("gbk"), b"\xef\xbb\xbfq")],
)  # fmt: skip
def test_a_csv_may_be_in_any_usual_encoding(addressed, encode, mark):
    answer = send(addressed.client(), encode("q;x\n样柳路2号;一\n"))
    assert answer.content.startswith(mark)
    assert [tuple(each.values())[:2] for each in rows_of(answer.content)] == [("样柳路2号", "一")]
    assert rows_of(answer.content)[0]["match_level"] == "plate"


def test_the_only_column_may_be_called_anything_or_nothing(addressed, town):
    assert asked(addressed, "客户\n样柳路2号\n")[0]["客户"] == "样柳路2号"
    found = asked(addressed, f"样柳路2号\n{town},样柳路,12-3号\n")
    assert [(each["address"], each["match_level"]) for each in found] == [
        ("样柳路2号", "plate"), (f"{town},样柳路,12-3号", "plate")
    ]  # fmt: skip


def test_a_column_is_named_where_none_is_known(addressed):
    sent = "甲,乙\n1,样柳路2号\n"
    assert is_problem(send(addressed.client(), sent), 400)
    assert asked(addressed, sent, "?column=乙")[0]["match_level"] == "plate"
    refused = send(addressed.client(), sent, asked="?column=丙")
    assert is_problem(refused, 400)
    assert refused.json()["message"] == {"zh": "没有“丙”列;现有 甲、乙", "en": "there is no column “丙”; there are 甲, 乙"}


def test_columns_that_are_called_as_ours_keep_their_values(addressed):
    found = asked(addressed, "id,label,address\n7,样,样柳路2号\n")
    assert (found[0]["id"], found[0]["label"]) == ("7", "样")
    assert found[0]["result_label"].endswith("样柳路2号")
    assert len(found[0]["result_id"]) == 36


def test_rows_that_cannot_be_read_say_so_and_the_rest_goes_on(addressed):
    found = asked(addressed, f"n,q\n1,样柳路2号\n2,{'样' * 301}\n3,\n\n5,样柳路2号,多余\n6,样柳路30号\n")
    assert [each["n"] for each in found] == ["1", "2", "3", "", "5", "6"]
    nothing, too_long, too_wide = "没有地址", "地址至多 300 个字", "该行比标题行多出 1 格"
    assert [each["error"] for each in found] == ["", too_long, nothing, nothing, too_wide, ""]
    assert [bool(each["id"]) for each in found] == [True, False, False, False, False, True]
    refused = asked(addressed, "q,x\n样\0柳路2号,\n", "?lang=en")[0]["error"]
    assert refused == "the address has characters that cannot be kept"


def test_what_a_spreadsheet_would_take_for_a_formula_is_made_harmless(addressed):
    found = asked(addressed, "=t,q\n=1+1,样柳路2号\n+1+1,@x\n-A1,-样柳路2号\n'=1,样柳路2号\n")
    assert [each["'=t"] for each in found] == ["'=1+1", "'+1+1", "'-A1", "'=1"]
    assert [each["q"] for each in found] == ["样柳路2号", "'@x", "'-样柳路2号", "样柳路2号"]


def test_plain_numbers_come_back_as_they_were(addressed):
    numbers = ["-5", "+3.2", "-0.50", "+007"]
    found = asked(addressed, "t,q\n" + "".join(f"{each},样柳路2号\n" for each in numbers))
    assert [each["t"] for each in found] == numbers


def test_no_column_of_the_answer_bears_a_title_of_the_list(addressed):
    found = asked(addressed, "id,result_id,q,result_label\n1,2,样柳路2号,3\n")[0]
    assert (found["id"], found["result_id"], found["result_label"], found["label"][-5:]) == ("1", "2", "3", "样柳路2号")
    assert len(found["result_result_id"]) == 36


def test_json_takes_texts_and_objects_and_gives_the_rest_back(addressed, town):
    rows = [
        "样柳路2号", {"q": "样柳路2号", "on": "2020-01-01"}, {"q": "样柳路2号", "unit": "990101002"},
        {"q": "样柳路30号", "limit": 3, "ref": {"a": 1}}, {"q": "样柳路2号", "on": "yesterday"}, {"no": 1}, 5, None,
        {"q": "样柳路2号", "near": [110.3, 30.7], "bbox": "0,0,1,1"}, {"q": "样柳路2号", "status": "cancelled"},
        {"q": "样柳路2号", "limit": "x"}, {"q": "样\ud800"},
    ]  # fmt: skip
    found = asked_in_json(addressed, rows)
    assert len(found) == len(rows)
    assert [bool(each["id"]) for each in found] == [True, False, False, True, *[False] * 8]
    assert [index for index, each in enumerate(found) if "error" in each] == [4, 5, 6, 7, 10, 11]
    assert set(found[5]["error"]) == {"zh", "en"}
    assert found[3]["given"] == {"ref": {"a": 1}}
    assert {name: found[0][name] for name in ("q", "score", "match_level", "changed")} == {
        "q": "样柳路2号", "score": found[0]["score"], "match_level": "plate", "changed": []
    }  # fmt: skip


def test_the_day_holds_for_all_rows(addressed):
    assert not asked(addressed, "q\n样柳路2号\n", "?on=2020-01-01")[0]["id"]
    assert asked(addressed, "q\n样柳路2号\n", "?on=2026-06-01")[0]["id"]
    assert not asked_in_json(addressed, ["样柳路2号"], "?unit=990101002")[0]["id"]


@pytest.mark.parametrize(
    ("body", "kind", "query"),
    [
        ("", "text/csv", ""), ("\n\n", "text/csv", ""), ("q\n1\n", "text/plain", ""), ("q\n1\n", "", ""),
        ("{}", "application/json", ""), ("[1,", "application/json", ""), ("[1]]", "application/json", ""),
        ("[" * 5000, "application/json", ""), ('["' + "x" * (1 << 17) + '"]', "application/json", ""),
        ("q\n1\n", "text/csv", "?on=x"), ("q\n1\n", "text/csv", "?near=9"), ("q\n1\n", "text/csv", "?no=1"),
        ('["\xff"]'.encode("latin-1"), "application/json", ""), (b"PK\x03\x04" + bytes(60), "text/csv", ""),
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused(addressed, body, kind, query):
    assert is_problem(send(addressed.client(), body, kind, query), 400)


def test_an_empty_list_is_answered_by_one(addressed):
    assert asked_in_json(addressed, []) == []
    assert asked(addressed, "q\n") == []


def test_a_long_list_is_answered_by_a_job(addressed, town):
    batch = queued(addressed, long_list(town, 1500))
    assert (batch["state"], batch["done"], batch["of"], batch["download"]) == ("queued", 0, 1500, None)
    assert len(batch["token"]) >= 43
    assert is_problem(addressed.client().get(f"/addresses/batch/{batch['token']}/answers"), 409)
    addressed.work()
    after = stands(addressed, batch["token"])
    assert (after["state"], after["done"], after["percent"]) == ("finished", 1500, 100.0)
    answer = addressed.client().get(after["download"])
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert "attachment" in answer.headers["content-disposition"]
    found = rows_of(answer.content)
    assert [each["n"] for each in found] == [str(n) for n in range(1500)]
    assert [each["match_level"] for each in found[:3]] == ["plate", "flat", ""]
    assert {each["error"] for each in found[2::3]} == {"地址至多 300 个字"}
    with addressed.database.writing() as tx:
        assert tx.scalar(select(func.count()).where(PARTS.c.asked.is_not(None))) == 0


def test_a_long_json_list_comes_back_as_one(addressed, monkeypatch):
    monkeypatch.setattr(address_batches, "PART", 400)
    batch = queued(addressed, json.dumps([{"q": "样柳路2号", "n": n} for n in range(1001)]), "application/json")
    addressed.work()
    answer = addressed.client().get(stands(addressed, batch["token"])["download"])
    assert int(answer.headers["content-length"]) == len(answer.content)
    assert [each["given"]["n"] for each in answer.json()] == [*range(1001)]


def test_a_batch_that_takes_long_lets_others_go_first(addressed, town, monkeypatch):
    monkeypatch.setattr(address_batches, "PART", 400)
    batch = queued(addressed, long_list(town, 1100))
    with addressed.database.writing() as tx:
        number = tx.scalar(select(func.max(BATCHES.c.id)))
    monkeypatch.setattr(address_batches, "SLICE_S", 0)
    answer_batch(addressed.database, number)
    after = stands(addressed, batch["token"])
    assert (after["state"], after["done"]) == ("working", 400)
    addressed.work()
    assert stands(addressed, batch["token"])["state"] == "finished"


KILLER = """
import os, signal, sys
from api import batch_work, serving
from gis import jobs
from gis.db import Database
answer_rows, seen = batch_work.answer_rows, []
def dies(*asked):
    seen.append(answer_rows(*asked))
    if len(seen) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return seen[-1]
batch_work.answer_rows = dies
jobs.work(Database(sys.argv[1]), serving.TASKS, serving.give_up, until_empty=True)
"""


def test_a_killed_worker_answers_nothing_half_and_nothing_twice(addressed, town, tmp_path, monkeypatch):
    monkeypatch.setattr(address_batches, "PART", 400)
    batch = queued(addressed, long_list(town, 1500))
    words = [sys.executable, "-c", KILLER, addressed.database.url]
    killed = subprocess.run(words, env=os.environ, stderr=subprocess.PIPE, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    half = stands(addressed, batch["token"])
    assert (half["state"], half["done"]) == ("working", 400)
    with worker(addressed, tmp_path):
        until(lambda: stands(addressed, batch["token"])["state"] == "finished")
    answer = addressed.client().get(f"/addresses/batch/{batch['token']}/answers")
    assert [each["n"] for each in rows_of(answer.content)] == [str(n) for n in range(1500)]


def test_a_batch_that_breaks_off_says_so(addressed, town):
    batch = queued(addressed, long_list(town, 1100))
    with addressed.database.writing() as tx:
        number = tx.scalar(select(func.max(BATCHES.c.id)))
    serving.give_up(addressed.database, address_batches.ANSWER, number)
    addressed.work()
    after = stands(addressed, batch["token"])
    assert (after["state"], after["done"], set(after["why"])) == ("failed", 0, {"zh", "en"})


def test_a_batch_is_erased_when_its_time_is_over(addressed, town):
    batch = queued(addressed, long_list(town, 1100))
    addressed.work()
    with addressed.database.writing() as tx:
        number = tx.scalar(select(func.max(BATCHES.c.id)))
        waits = text("SELECT scheduled_at FROM procrastinate_jobs WHERE task_name = 'erase_batch' AND args->>'subject' = :n")
        due = tx.scalar(waits, {"n": str(number)})
    assert timedelta(hours=23) < due - datetime.now(UTC) < timedelta(hours=25)
    with addressed.database.engine(serving.Role.OWNER).begin() as owner:
        owner.execute(update(BATCHES).where(BATCHES.c.id == number).values(until=func.now()))
        owner.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE task_name = 'erase_batch'"))
    assert is_problem(addressed.client().get(f"/addresses/batch/{batch['token']}"), 404)
    addressed.work()
    assert count(addressed, BATCHES) == 0
    assert count(addressed, PARTS) == 0


def test_nobody_guesses_a_batch(addressed, town):
    queued(addressed, long_list(town, 1100))
    for token in ("1", "x" * 43, "%00"):
        assert is_problem(addressed.client().get(f"/addresses/batch/{token}"), 404)
    with addressed.database.writing() as tx:
        kept = str(tx.execute(select(BATCHES)).mappings().all())
    assert "样柳路" not in kept


def test_more_rows_than_a_batch_takes_are_refused_whole(addressed, town):
    before = count(addressed, BATCHES)
    for settled in ({"batch_rows": 1050}, {"upload_mb": 0}):
        with other_settings(addressed, **settled):
            assert is_problem(send(addressed.client("clerk"), long_list(town, 1100)), 413)
    assert count(addressed, BATCHES) == before


def test_the_queue_of_batches_has_an_end(addressed, town, monkeypatch):
    monkeypatch.setattr(address_batches, "MOST_WAITING", 0)
    answer = send(addressed.client("clerk"), long_list(town, 1100))
    assert is_problem(answer, TooMany.status)
    assert answer.headers["retry-after"] == "60"


@pytest.mark.parametrize("more", [0, 2000])
def test_a_quote_left_open_is_refused_with_its_line(addressed, town, more):
    sent = f'n,地址,备注\n1,{town}样柳路2号,\n2,"样柳路4号,\n3,样柳路2号,\n' + "4,样柳路2号,\n" * more
    answer = send(addressed.client("clerk"), sent)
    assert is_problem(answer, 400)
    assert "第 3 行" in answer.json()["message"]["zh"]
    assert "line 3 " in answer.json()["message"]["en"]
    found = asked(addressed, f'n,地址,备注\n1,{town}样柳路2号,"一, 二, 三\n四, 五, 六"\n2,样柳路2号,\n')
    assert [each["match_level"] for each in found] == ["plate", "plate"]


def test_unicode_text_of_a_spreadsheet_is_read(addressed, town):
    found = asked(addressed, f"编号\t地址\r\n1\t{town}样柳路2号\r\n".encode("utf-16"))
    assert [(each["编号"], each["match_level"]) for each in found] == [("1", "plate")]


def test_a_batch_counts_its_rows(addressed, town):
    house = Office(addressed.database, replace(addressed.settings, anonymous_per_s=50))  # where nobody owes anything
    client, key = house.client(), house.client()
    with addressed.database.writing() as tx:
        _, key.headers["X-Api-Key"] = system_keys.add(tx, "tax", Terms((COUNTY,), per_s=50, a_day=2000))
    short = "q\n" + "样柳路2号\n" * 500
    for asker in (client, key):
        assert send(asker, short).status_code == 200
        refused = send(asker, short)
        assert is_problem(refused, 429)
        assert 5 <= int(refused.headers["retry-after"]) <= 10
        assert asker.get("/addresses/search?q=样柳路2号").status_code == 200
    batch = send(key, long_list(town, 1100))
    assert '"day";r=399;' in batch.headers["ratelimit"]  # 500 and 1100 rows, and one question
    for asker in (client, key):
        assert asker.get(f"/addresses/batch/{batch.json()['token']}").status_code == 200
    assert is_problem(send(key, long_list(town, 1100)), 429)


def test_a_long_batch_keeps_nobody_from_anything_but_long_batches(addressed, town, monkeypatch):
    house = Office(addressed.database, replace(addressed.settings, anonymous_per_s=50))  # where nobody owes anything
    client = house.client()
    assert send(client, long_list(town, 30_000)).status_code == 202
    for _ in range(3):
        assert client.get("/addresses/search?q=样柳路2号").status_code == 200
    assert send(client, "q\n样柳路2号\n").status_code == 200, "a short list does not wait for a long one"
    monkeypatch.setattr(address_batches, "make", None)  # what is refused is not laid down first
    refused = send(client, long_list(town, 1100))
    assert is_problem(refused, 429)
    assert 590 <= int(refused.headers["retry-after"]) <= 600
    assert '"batch";r=0;' in refused.headers["ratelimit"]


def test_the_description_tells_what_is_sent_and_answered(addressed):
    paths = addressed.client().get("/openapi.json").json()["paths"]
    door = paths["/addresses/batch"]["post"]
    assert set(door["requestBody"]["content"]) == {"text/csv", "application/json"}
    assert {"200", "202"} <= set(door["responses"])
    assert {each["name"] for each in paths["/addresses/changes"]["get"]["parameters"]} == {"after", "limit"}


def test_a_box_tells_the_public_of_a_batch_no_more_than_a_search(addressed, town):
    asked = {"q": f"{town}样柳路2号", "limit": 1}
    exact = addressed.client("surveyor").get("/addresses/search", params={"q": asked["q"]}).json()["features"][0]
    lon, lat = exact["geometry"]["coordinates"]
    shown = round(lon, 4), round(lat, 4)
    assert (lon, lat) != shown
    for (x, y), at_the_desk, in_public in (((lon, lat), True, False), (shown, False, True)):
        box = [x - 1e-6, y - 1e-6, x + 1e-6, y + 1e-6]
        rows = json.dumps([asked | {"bbox": box}])
        for client, found in ((addressed.client("surveyor"), at_the_desk), (addressed.client(), in_public)):
            (answer,) = send(client, rows, "application/json").json()
            assert (answer["match_level"] == "plate") is found
