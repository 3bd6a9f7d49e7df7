"""Addresses over HTTP and from the terminal."""

from __future__ import annotations

import json
import sys
from typing import Any
from urllib.parse import quote

import pytest

from api import cli
from gis import events
from gis.settings import settings
from placenames.addresses.checks.address_rules import RESERVED
from tests.conftest import Office, is_problem
from tests.naming import settle

WRITTEN = "浙江杭州餘杭樣柳路十二號3棟二单元501 电联"


def parsed(office: Office, address: str, **more: str) -> dict[str, Any]:
    answer = office.client().get("/addresses/parse", params={"q": address, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_address_is_taken_apart_for_everybody(office):
    found = parsed(office, WRITTEN)
    assert found["text"] == WRITTEN
    assert found["normalised"] == "浙江杭州余杭样柳路12号3栋2单元501 电联"
    assert found["parts"] == {
        "prov": "浙江省", "city": "杭州市", "district": "余杭区", "road": "样柳路", "roadno": "12号", "houseno": "3幢",
        "cellno": "2单元", "roomno": "501室",
    }  # fmt: skip
    assert found["plate"] == "12号"
    assert found["components"][0] == {
        "level": "prov", "name": {"zh": "省级", "en": "province"}, "text": "浙江", "value": "浙江省", "start": 0, "end": 2,
        "code": "33",
    }  # fmt: skip
    assert all(WRITTEN[each["start"] : each["end"]] == each["text"] for each in found["components"])
    assert found["leftovers"] == [{"text": "电联", "start": len(WRITTEN) - 2, "end": len(WRITTEN)}]
    assert "steps" not in found


def test_every_step_is_told_to_whoever_asks(office):
    steps = parsed(office, WRITTEN, explain="1")["steps"]
    assert len(steps) == 10
    assert steps[4] == {"zh": "“樣柳路”:街路巷,以“路”结尾", "en": "“樣柳路”: street; ends in 路"}


def test_names_of_the_registers_are_known_as_soon_as_they_are_recorded(office):
    before = parsed(office, "石桥九里长堤8号")
    with office.database.writing() as tx:
        settle(tx).has("九里长堤", "ROD")
        events.record(tx, "submission/1", "publish", None)
    assert "road" not in before["parts"]
    found = parsed(office, "石桥九里长堤8号")
    assert found["parts"] == {"town": "石桥镇", "road": "九里长堤", "roadno": "8号"}
    assert found["components"][0]["code"] == "330901001"


@pytest.mark.parametrize(
    "asked", [f"q={quote('样' * 301)}", "q=%E6%A0%B7%00", "q=1&no=1", "q=1&on=x", "q=1&explain=maybe"]
)
def test_what_cannot_be_answered_is_explained(office, asked):
    assert is_problem(office.client().get(f"/addresses/parse?{asked}"), 400)


@pytest.mark.parametrize("asked", ["limit=-1", "limit=", "limit=1e3", "explain=maybe", "on=2026-13-01"])
def test_what_no_lookup_understands_is_explained_with_what_came(office, asked):
    answer = office.client().get(f"/addresses/search?q=1&{asked}")
    assert is_problem(answer, 400)
    words = answer.json()["message"]
    assert asked.partition("=")[2] in words["zh"]
    assert asked.partition("=")[2] in words["en"]


def test_a_day_that_the_calendar_lacks_is_told_so(office):
    answer = office.client().get("/addresses/search?q=1&on=2026-02-30")
    assert is_problem(answer, 400)
    assert answer.json()["message"]["zh"] == "on:历法上没有“2026-02-30”这一天"


def test_half_a_point_is_none(office):
    assert is_problem(office.client().get("/addresses/map?lon=110"), 400)


def test_no_door_describes_a_parameter_twice(office):
    for path, doors in office.client().get("/openapi.json").json()["paths"].items():
        for door in doors.values():
            named = [(each["in"], each["name"]) for each in door.get("parameters", [])]
            assert len(named) == len(set(named)), path


def test_nothing_asked_is_nothing_found(office):
    assert parsed(office, "")["components"] == []
    assert office.client().get("/addresses/parse").json()["parts"] == {}


@pytest.fixture
def jiezhi(monkeypatch, capsys):
    """Runs a command in this process; answers its code, what it said and what it complained of."""

    def run(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["jiezhi", *words])
        settings.cache_clear()
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_the_terminal_needs_no_database(jiezhi, monkeypatch):
    monkeypatch.setenv("JIEZHI_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nowhere")
    code, said, _ = jiezhi("addresses", "parse", WRITTEN, "--json", "--explain")
    assert code == 0
    assert json.loads(said)["parts"]["road"] == "样柳路"
    assert len(json.loads(said)["steps"]) == 10
    code, said, _ = jiezhi("addresses", "parse", "样柳路十二号 电联", "--explain")
    lines = [line.split() for line in said.splitlines()]
    assert lines[:3] == [
        ["街路巷", "road", "样柳路"], ["门牌号", "roadno", "12号", "(十二号)"], ["多余文字", "redundant", "电联"]
    ]  # fmt: skip
    assert "“十二号”:门牌号,数字与“号” / “十二号”: number; a number with 号" in said


def test_what_is_too_long_ends_in_one_line(jiezhi):
    code, said, complaint = jiezhi("addresses", "parse", "样" * 301)
    assert (code, said, complaint) == (2, "", "地址至多 300 个字 / an address has at most 300 characters\n")


def test_the_terminal_knows_the_registers_when_it_is_told_to(jiezhi, database, tmp_path, monkeypatch):
    with database.writing() as tx:
        settle(tx).has("九里长堤", "ROD")
    monkeypatch.setenv("JIEZHI_DATABASE_URL", database.url)
    monkeypatch.setenv("JIEZHI_VAR", str(tmp_path / "var"))
    _, said, _ = jiezhi("addresses", "parse", "石桥九里长堤8号", "--registers", "--json")
    monkeypatch.undo()
    settings.cache_clear()
    assert json.loads(said)["parts"] == {"town": "石桥镇", "road": "九里长堤", "roadno": "8号"}


def test_no_address_takes_the_words_of_other_pages_for_its_code(office: Office) -> None:
    paths = office.client().get("/openapi.json").json()["paths"]
    words = {path.split("/")[2] for path in paths if path.startswith("/addresses/")}
    assert {each for each in words if not each.startswith("{")} <= RESERVED


def test_the_description_of_the_doors_promises_what_they_answer(office: Office) -> None:
    said = office.client().get("/openapi.json").json()
    search, batch = said["paths"]["/addresses/search"]["get"], said["paths"]["/addresses/batch"]["post"]
    for door in (search, batch):
        assert {"400", "401", "403", "404", "429"} <= set(door["responses"])
        assert "422" not in door["responses"]
    assert "ValidationError" not in json.dumps(said)
    assert said["components"]["securitySchemes"]["key"]["name"] == "X-API-Key"


@pytest.mark.parametrize("door", ["search", "suggest"])
def test_a_text_too_long_for_an_address_is_refused_everywhere(office: Office, door: str) -> None:
    assert office.client().get(f"/addresses/{door}", params={"q": "样" * 300}).status_code == 200
    assert is_problem(office.client().get(f"/addresses/{door}", params={"q": "样" * 301}), 400)
