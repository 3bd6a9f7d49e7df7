"""Cases over HTTP: what programs of the office see and do, and what the public may know."""

from __future__ import annotations

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from placenames.casework.cases import CASES
from tests.conftest import COUNTY, Office, is_problem
from tests.placenames.case_desk import (
    FIRST,
    NOBODY,
    RENAME,
    SECOND,
    STREET,
    TODAY,
    lead,
    taken_up,
    takes,
    way,
)
from tests.placenames.offices import named_template, names_office

__all__ = ["named_template", "names_office"]
OTHER = STREET | {"candidates": ["样听涛街"], "applicant": NOBODY}


@pytest.fixture
def desks(names_office: Office) -> dict[str, TestClient]:
    return {who: names_office.client(who) for who in ("staff", "colleague", "reviewer", "approver", "surveyor")}


def opened(desks: dict[str, TestClient], given: dict[str, Any], who: str = "staff") -> int:
    answer = desks[who].post("/cases", json=given)
    assert answer.status_code == 201, answer.text
    assert answer.json()["state"] == "draft"
    return int(answer.json()["id"])


def decide(desks: dict[str, TestClient], number: int, who: str, verb: str, **more: Any) -> Any:
    days = {name: str(value) for name, value in more.items()}
    return desks[who].post(f"/cases/{number}/decisions", json={"verb": verb, **days})


def test_a_case_goes_its_way_over_http(names_office, desks):
    number = opened(desks, OTHER)
    for verb, given in way("decide"):
        answer = decide(desks, number, takes(verb), verb, **given)
        assert answer.status_code == 200, answer.text
        if verb == "accept":
            taken_up(names_office, number, FIRST)
    assert answer.json() == {"id": number, "state": "announced"}
    case = desks["reviewer"].get(f"/cases/{number}").json()
    assert (case["number"], case["name"], case["words"]["zh"]) == (f"DM-{TODAY.year}-0002", "样听涛街", "已公告")
    assert [each["verb"] for each in case["events"]] == ["open", *(verb for verb, _ in way("decide"))]
    assert [each["who"] for each in case["events"]] == ["staff", *(takes(verb) for verb, _ in way("decide"))]
    (approval,) = [each for each in case["events"] if each["verb"] == "approve"]
    assert (approval["document"], approval["approved_on"]) == ("样政函〔2026〕1号", str(FIRST))
    assert approval["words"] == {"zh": "批准", "en": "approved"}
    assert (case["moves"], case["light"], case["due_legal"]) == ([], None, None)
    found = names_office.client().get("/collections/names/items", params={"name": "样听涛街"}).json()["features"]
    assert [each["properties"]["code"] for each in found] == ["99010100123514000002"]


def test_what_may_be_done_is_told_to_each(desks):
    number = opened(desks, OTHER)
    moves = {who: desks[who].get(f"/cases/{number}").json()["moves"] for who in ("staff", "reviewer")}
    assert moves == {"staff": ["submit", "withdraw"], "reviewer": []}
    decide(desks, number, "staff", "submit")
    shown = desks["reviewer"].get(f"/cases/{number}").json()
    assert shown["moves"] == ["accept", "ask_supplement", "refuse"]
    assert (shown["may_change"], shown["round"], shown["light"]) == (False, 1, "green")
    assert desks["staff"].get(f"/cases/{number}").json()["moves"] == ["withdraw"]


def test_a_returned_case_opens_on_its_reason_and_goes_on(desks):
    number = opened(desks, OTHER)
    decide(desks, number, "staff", "submit")
    decide(desks, number, "reviewer", "accept")
    assert is_problem(decide(desks, number, "reviewer", "return"), 400)
    decide(desks, number, "reviewer", "return", reason="位置描述不清")
    case = desks["staff"].get(f"/cases/{number}").json()
    assert (case["came_back"]["reason"], case["came_back"]["who"], case["may_change"]) == ("位置描述不清", "reviewer", True)
    answer = desks["staff"].patch(f"/cases/{number}", json={"position": "东起样河路,西至样湖"})
    assert (answer.status_code, answer.json()["state"]) == (200, "returned")
    assert decide(desks, number, "staff", "submit").json()["state"] == "submitted"
    case = desks["staff"].get(f"/cases/{number}").json()
    assert (case["came_back"], case["position"], case["round"]) == (None, "东起样河路,西至样湖", 2)


def test_only_a_draft_is_patched(desks):
    number = opened(desks, OTHER)
    assert desks["staff"].patch(f"/cases/{number}", json={"reason": "更充分的理由"}).status_code == 200
    assert is_problem(desks["colleague"].patch(f"/cases/{number}", json={"reason": "x"}), 403)
    assert is_problem(desks["surveyor"].patch(f"/cases/{number}", json={"reason": "x"}), 404)
    decide(desks, number, "staff", "submit")
    assert is_problem(desks["staff"].patch(f"/cases/{number}", json={"reason": "x"}), 409)


def test_two_programs_at_once_one_wins_and_the_other_is_told(desks):
    number = opened(desks, OTHER)
    decide(desks, number, "staff", "submit")
    ready, came = threading.Barrier(2), []

    def go(verb: str, **more: Any) -> None:
        ready.wait()
        came.append(decide(desks, number, "reviewer", verb, state="submitted", round=1, **more))

    steps: dict[str, dict[str, Any]] = {"accept": {}, "refuse": {"reason": "样"}}
    threads = [threading.Thread(target=go, args=(verb,), kwargs=more) for verb, more in steps.items()]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    won, lost = sorted(came, key=lambda answer: answer.status_code)
    assert won.status_code == 200
    assert is_problem(lost, 409)
    assert "reviewer" in lost.json()["detail"]
    assert f"{TODAY:%Y-%m-%d}" in lost.json()["detail"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"verb": "nap"}, "没有“nap”"),
        ({"verb": "submit", "chosen": "x"}, "chosen"),
        ({"verb": "submit", "round": "-1"}, "round"),
        ({"verb": "submit", "effective": "soon"}, "2026-05-01"),
        ({"verb": "withdraw", "reason": "理" * 4001}, "最多 4000"),
        ({}, "没有“”"),
    ],
)
def test_steps_that_cannot_be_read_are_refused(desks, given, words):
    number = opened(desks, OTHER)
    answer = desks["staff"].post(f"/cases/{number}/decisions", json=given)
    assert is_problem(answer, 400)
    assert words in answer.json()["message"]["zh"]


def test_lists_are_filtered_and_counted(names_office, desks):
    numbers = [opened(desks, OTHER) for _ in range(3)]
    decide(desks, numbers[0], "staff", "submit")
    with names_office.database.writing() as tx:
        tx.execute(update(CASES).where(CASES.c.id == numbers[0]).values(due_internal=TODAY - timedelta(days=1)))
    desk = desks["reviewer"]
    everything = desk.get("/cases").json()
    assert [each["id"] for each in everything["cases"]] == [*numbers[::-1], 1]
    assert everything["counts"]["total"] == 4
    assert everything["counts"]["light"] == {"green": 0, "amber": 0, "red": 1}
    assert everything["counts"]["waiting"] == 1
    (late,) = desk.get("/cases?light=red").json()["cases"]
    assert (late["id"], late["words"]["zh"]) == (numbers[0], "待受理")
    assert late["days_left"] < 0
    assert [each["id"] for each in desk.get("/cases?mine=1").json()["cases"]] == [numbers[0]]
    assert [each["id"] for each in desk.get("/cases?state=draft").json()["cases"]] == [numbers[2], numbers[1]]
    assert desk.get("/cases?category=RES").json()["cases"] == []
    assert is_problem(desk.get("/cases?state=lost"), 400)
    assert desks["surveyor"].get("/cases").json()["counts"]["total"] == 0


def test_who_is_not_of_the_office_opens_nothing(names_office, desks):
    for who in ("reviewer", "approver", "surveyor"):
        assert is_problem(desks[who].post("/cases", json=OTHER), 403)
    assert is_problem(names_office.client().post("/cases", json=OTHER), 401)
    number = opened(desks, OTHER)
    assert is_problem(names_office.client().post(f"/cases/{number}/decisions", json={"verb": "withdraw"}), 401)
    assert is_problem(desks["surveyor"].post(f"/cases/{number}/decisions", json={"verb": "withdraw"}), 404)
    assert is_problem(desks["staff"].post("/cases/999/decisions", json={"verb": "withdraw"}), 404)


# -- what everybody may know


def test_an_open_consultation_says_what_is_proposed_and_until_when(names_office, desks):
    number = opened(desks, OTHER | {"candidates": ["样听涛街", "样枫林街"]})
    public = names_office.client()
    assert is_problem(public.get(f"/cases/{number}"), 404)
    decide(desks, number, "staff", "submit")
    decide(desks, number, "reviewer", "accept")
    decide(desks, number, "reviewer", "consult", consult_until=TODAY)
    seen = public.get(f"/cases/{number}").json()
    assert (seen["number"], seen["consult_until"], seen["open"]) == (f"DM-{TODAY.year}-0002", str(TODAY), True)
    assert [each["name"] for each in seen["candidates"]] == ["样听涛街", "样枫林街"]
    assert set(seen["counts"].values()) == {0}
    assert not {"applicant", "reason", "events", "checks", "sender"} & set(seen)
    assert [each["id"] for each in public.get("/cases").json()["cases"]] == [number, 1]
    assert [each["id"] for each in public.get("/cases?state=announced").json()["cases"]] == [1]


def test_an_announced_name_says_what_the_law_wants_announced(names_office):
    seen = names_office.client().get("/cases/1").json()
    assert {name: seen[name] for name in ("name", "roman_plain", "unit", "position", "approved_by", "approved_on")} == {
        "name": "样石桥街",
        "roman_plain": "YANGSHIQIAO JIE",
        "unit": STREET["unit"],
        "position": STREET["position"],
        "approved_by": "样例县人民政府",
        "approved_on": str(FIRST),
    }
    assert seen["words"]["zh"] == "已公告"


@pytest.mark.parametrize("until", ["submit", "accept", "recommend", "file", "announce"])
def test_who_applies_is_in_no_answer_to_the_public_nor_in_any_list(names_office, desks, until):
    number = opened(desks, OTHER)
    lead(names_office, number, until)
    names_office.has("neighbour", "reviewer", "staff", area="990202")
    strangers = [names_office.client(), names_office.client("neighbour"), desks["surveyor"]]
    addresses = [f"/cases/{number}", "/cases", "/cases/1", "/collections/names/items", "/openapi.json"]
    told = [desk.get(address).text for desk in strangers for address in addresses]
    told += [desks["reviewer"].get("/cases").text, desks["staff"].get("/cases?mine=sent").text]
    told += [desks["approver"].get(f"/submissions{rest}").text for rest in ("", "/1", "/2", "/3")]
    assert not [value for value in NOBODY.values() for each in told if value in each]
    case = desks["reviewer"].get(f"/cases/{number}").json()
    assert case["applicant"] == NOBODY
    assert not [value for value in NOBODY.values() if value in json.dumps(case["events"], ensure_ascii=False)]


def test_a_neighbour_sees_of_a_case_what_the_public_sees(names_office, desks):
    names_office.has("neighbour", "reviewer", area="990202")
    number = opened(desks, OTHER)
    neighbour = names_office.client("neighbour")
    assert is_problem(neighbour.get(f"/cases/{number}"), 404)
    assert neighbour.get("/cases/1").json() == names_office.client().get("/cases/1").json()


def test_the_old_name_still_finds_the_place(names_office, desks):
    code = "99010100123514000001"
    number = opened(desks, RENAME | {"place": code})
    lead(names_office, number, on=SECOND, document="样政函〔2026〕2号")
    item = f"/collections/names/items/{code}"
    before = names_office.client().get(item, params={"datetime": str(SECOND - timedelta(days=1))}).json()
    after = names_office.client().get(item).json()
    assert (before["properties"]["name"], after["properties"]["name"]) == ("样石桥街", "样望江街")
    assert before["properties"]["code"] == after["properties"]["code"] == code
    assert after["properties"]["former_names"] == "样石桥街"
    found = names_office.client().get("/names/search", params={"q": "样石桥街"}).json()
    assert code in json.dumps(found)
    case = desks["staff"].get(f"/cases/{number}").json()
    assert (case["name"], case["old_name"]) == ("样石桥街→样望江街", "样石桥街")


def test_cases_from_the_command_line(names_office, tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from api.cli import app
    from gis.settings import settings

    monkeypatch.setenv("JIEZHI_DATABASE_URL", names_office.database.url.replace("postgresql+psycopg", "postgresql"))
    file = tmp_path / "case.json"
    file.write_text(json.dumps(OTHER, ensure_ascii=False), "utf-8")

    def run(who: str, *words: str) -> str:
        token = names_office.client(who).headers["Authorization"].removeprefix("Bearer ")
        monkeypatch.setenv("JIEZHI_TOKEN", token)
        settings.cache_clear()
        done = CliRunner().invoke(app, ["cases", *words, "--as", who], catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    opened_ = json.loads(run("staff", "open", str(file), "--json"))
    assert opened_ == {"id": 2, "number": f"DM-{TODAY.year}-0002", "state": "draft"}
    assert "待受理" in run("staff", "decide", "2", "submit")
    run("reviewer", "decide", "2", "accept")
    run("reviewer", "decide", "2", "confirm_romanization", "--set", "chosen=0", "--set", "roman=Yàngtīngtāo Jiē")
    assert json.loads(run("reviewer", "decide", "2", "recommend", "--json"))["state"] == "recommended"
    taken_up(names_office, 2, FIRST)
    run("approver", "decide", "2", "approve", "--document", "样政函1号", "--set", f"approved_on={FIRST}")
    shown = json.loads(run("reviewer", "show", "2"))
    assert (shown["approved_by"], shown["due_legal"]) == ("样例县人民政府", str(FIRST + timedelta(days=15)))
    assert "样听涛街" in run("reviewer", "list")
    assert json.loads(run("reviewer", "list", "--light", "red", "--json"))["counts"]["total"] == 1
    assert COUNTY in STREET["unit"]
