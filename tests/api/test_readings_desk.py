"""Readings of the office's own: seen by the office, settled and ended by its staff, by whom and why."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from gis import jobs
from placenames import hearing
from placenames.language import romanise
from placenames.language.sounds import readings_list
from tests.conftest import Office, is_problem

HTML = {"Accept": "text/html"}
BAI = {"text": "样柏", "reading": "Yàng  bó", "reason": "县志读音,样地名办〔2026〕3号"}


@pytest.fixture
def clerk(office: Office) -> Iterator[TestClient]:
    office.has("clerk", "staff")
    office.has("chief", "approver")
    yield office.client("clerk")
    readings_list().unlink(missing_ok=True)


def spelt(name: str) -> str:
    return romanise.spell(name, specific=name[:-1], generic=name[-1]).toned


def test_a_reading_is_settled_counts_and_is_ended_each_with_who_and_why(clerk: TestClient) -> None:
    before = spelt("样柏路")
    said = clerk.post("/names/readings", json=BAI).json()["readings"]
    assert [(each["text"], each["reading"], each["by"]) for each in said] == [("样柏", "yàng bó", "clerk")]
    assert spelt("样柏路") == "Yàngbó Lù" != before
    assert clerk.get("/names/readings", params={"name": "样柏路"}).json()["read"]["roman"] == "Yàngbó Lù"
    again = clerk.post("/names/readings", json=BAI | {"reading": "yàng bǎi", "reason": "更正"}).json()["readings"]
    assert [each["reading"] for each in again] == ["yàng bǎi"]
    assert is_problem(clerk.post("/names/readings/end", json={"text": "样柏"}), 400)
    assert clerk.post("/names/readings/end", json={"text": "样柏", "reason": "不再使用"}).json() == {"readings": []}
    assert is_problem(clerk.post("/names/readings/end", json={"text": "样柏", "reason": "不再使用"}), 404)
    assert spelt("样柏路") == before
    history = clerk.get("/names/readings").json()["history"]
    assert [(each["verb"], each["by"], each["reason"], each["reading"]) for each in history] == [
        ("end_reading", "clerk", "不再使用", "yàng bǎi"),
        ("settle_reading", "clerk", "更正", "yàng bǎi"),
        ("settle_reading", "clerk", BAI["reason"], "yàng bó"),
    ]


@pytest.mark.parametrize(
    "wrong",
    [{"text": ""}, {"text": "Bai"}, {"text": "样" * 21}, {"reading": "bo"}, {"reading": "yàng"}, {"reading": "yàng b0"},
     {"reading": "yang bo"}, {"reason": " "}, {"reason": "长" * 1001}, {"text": ["样"]}],
)  # fmt: skip
def test_what_is_no_reading_is_refused_and_nothing_is_written(clerk: TestClient, wrong: dict[str, object]) -> None:
    assert is_problem(clerk.post("/names/readings", json=BAI | wrong), 400)
    assert clerk.get("/names/readings").json() == {"readings": [], "history": [], "read": None, "under_way": None}
    assert not readings_list().exists()


def test_a_list_written_by_hand_is_shown_and_keeps_what_else_it_says(clerk: TestClient) -> None:
    place: Path = readings_list()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("text,reading,来源\n样垌,yàng tóng,方志\n", "utf-8-sig")
    clerk.post("/names/readings", json=BAI)
    with place.open(encoding="utf-8", newline="") as lines:
        rows = {row["text"]: row for row in csv.DictReader(lines)}
    assert (rows["样垌"]["来源"], rows["样垌"]["by"], rows["样柏"]["来源"]) == ("方志", "", "")
    page = clerk.get("/names/readings", headers=HTML).text
    assert "样垌" in page
    assert "手工写入" in page


def test_the_page_shows_a_mistake_with_what_was_written(office: Office, clerk: TestClient) -> None:
    csrf = {"csrf": clerk.get("/names/readings", headers=HTML).text.split('name="csrf" value="')[1].split('"')[0]}
    answer = clerk.post("/names/readings", data=BAI | csrf | {"reading": "bo"}, headers=HTML)
    assert answer.status_code == 400
    assert "读音应带声调" in answer.text
    assert BAI["reason"] in answer.text
    done = clerk.post("/names/readings", data=BAI | csrf, headers=HTML, follow_redirects=False)
    assert (done.status_code, done.headers["location"]) == (303, "/names/readings")
    shown = clerk.get("/names/readings", headers=HTML).text
    assert "检索和同音比较也按这些读音" in shown
    with office.database.writing() as tx:
        jobs.note(tx, hearing.SUBJECT, 0.25, hearing.HEARING)
    assert "正在按新的读音更新检索和同音比较 25 %" in clerk.get("/names/readings", headers=HTML).text
    hearing.give_up(office.database, hearing.HEAR, 0, None)
    assert "jiezhi names rekey" in clerk.get("/names/readings", headers=HTML).text
    english = clerk.get("/names/readings", params={"lang": "en", "name": "样柏路"}, headers=HTML).text
    assert "Readings of the office" in english
    assert "Yàngbó Lù" in english
    chief = office.client("chief")
    assert "样柏" in chief.get("/names/readings", headers=HTML).text
    assert is_problem(chief.post("/names/readings", json=BAI), 403)
    assert is_problem(office.client().get("/names/readings"), 401)
