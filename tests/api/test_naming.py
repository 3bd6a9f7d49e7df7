"""Names while they are typed: for the office, over HTTP and from the command line."""

from __future__ import annotations

import json
from datetime import date
from itertools import count

import pytest
from typer.testing import CliRunner

from api import name_commands
from gis.db import Role
from tests.conftest import Office, is_problem
from tests.naming import EAST, EASTERN, WEST, LittleCounty, settle


@pytest.fixture
def naming_office(office: Office) -> Office:
    """An office with one street."""
    with office.database.engine(Role.OWNER).begin() as tx:
        settle(tx).has("中山路", "ROD", EAST, EASTERN)
    office.has("clerk", "staff", area="330901")
    return office


def test_a_clerk_sees_where_how_far_and_why(naming_office: Office):
    asked = {"name": "新中山路", "category": "ROD", "unit": "330901001", "lon": 120.05, "lat": 30.05}
    answer = naming_office.client("clerk").get("/names/check", params=asked)
    assert answer.status_code == 200
    said = answer.json()
    (same,) = said["same"]
    assert (same["name"], same["unit_name"], same["likeness"]) == ("中山路", "龙泉镇", "folded")
    assert same["metres"] == pytest.approx(9640, abs=20)
    assert set(same["why"]) == {"zh", "en"}
    assert said["blocking"] == 1
    by_rule = {each["rule"]: each for each in said["checks"]}
    assert by_rule["PN08c"]["mark"] == "✕"
    assert by_rule["PN03"]["mark"] == "✓"


def test_the_place_itself_is_left_out(naming_office: Office):
    client = naming_office.client("clerk")
    asked = {"name": "中山路", "category": "ROD", "unit": "330901002"}
    (same,) = client.get("/names/check", params=asked).json()["same"]
    for exclude in (same["place"], same["code"]):
        assert client.get("/names/check", params={**asked, "exclude": exclude}).json()["same"] == []


def test_a_place_that_is_not_disclosed_is_named_in_its_own_area_alone(naming_office: Office):
    with naming_office.database.engine(Role.OWNER).begin() as tx:
        LittleCounty(tx, naming_office.settings, count(7)).has("秘泉路", "ROD", EAST, EASTERN, disclosure="internal")
    naming_office.has("clerk of a town", "staff", area=WEST)
    asked = {"name": "密泉路", "category": "ROD", "unit": WEST, "lon": 120.05, "lat": 30.05}
    (known,) = naming_office.client("clerk").get("/names/check", params=asked).json()["homophones"]
    assert (known["hidden"], known["name"]) == (False, "秘泉路")
    told = naming_office.client("clerk of a town").get("/names/check", params=asked)
    (hit,) = told.json()["homophones"]
    assert (hit["hidden"], hit["name"], hit["place"], hit["unit_name"]) == (True, None, None, "龙泉镇")
    assert "秘泉" not in told.text
    assert known["place"] not in told.text
    form = {"action": "naming", "category": "ROD", "unit": WEST, "name-0": "密泉路", "at": "0"}
    part = naming_office.client("clerk of a town").get("/cases/check", params=form, headers={"Accept": "text/html"})
    assert "不公开的地名" in part.text
    assert "秘泉" not in part.text
    assert known["place"] not in part.text


def test_the_public_does_not_use_it(naming_office: Office):
    assert is_problem(naming_office.client().get("/names/check", params={"name": "路"}), 401)
    assert is_problem(naming_office.client("surveyor").get("/names/check", params={"name": "路"}), 403)


@pytest.mark.parametrize(
    "asked",
    [{"category": "XXX"}, {"class_code": "x"}, {"unit": "'"}, {"lon": "1"}, {"exclude": "x"}, {"q": "x"}, {"on": "x"},
     {"lon": "181", "lat": "1"}],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(naming_office: Office, asked: dict[str, str]):
    answer = naming_office.client("clerk").get("/names/check", params={"name": "路", **asked})
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["", "'", '"', "%", "\\", "\x00", "石桥" * 2500, "<script>"])
def test_whatever_is_typed_is_answered(naming_office: Office, name: str):
    asked = {"name": name, "category": "ROD", "unit": "330901001"}
    answer = naming_office.client("clerk").get("/names/check", params=asked)
    assert answer.status_code == 200
    assert answer.json()["same"] == []


def test_the_command_says_the_same(naming_office: Office):
    from contextlib import nullcontext

    app = name_commands.commands(lambda: nullcontext(naming_office.database))
    given = ["check", "中山路", "--category", "ROD", "--unit", "330901001", "--at", "120.05,30.05"]
    told = CliRunner().invoke(app, [*given, "--json"])
    assert told.exit_code == 1
    said = json.loads(told.stdout)
    assert [each["name"] for each in said["same"]] == ["中山路"]
    assert said["on"] == date.today().isoformat()
    shown = CliRunner().invoke(app, given)
    assert "PN08c" in shown.stdout
    assert "✕" in shown.stdout
    assert (
        CliRunner().invoke(app, ["check", "清泉路", "--category", "ROD", "--unit", "330901001"]).exit_code
        == 0
    )
