"""The commands as people and programs use them: words, JSON, exit codes; never a traceback."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

from api.county import County
from api.demo import PLAN, as_toml, plan_of
from gis import people, system_keys
from gis.db import Database
from gis.errors import NotSignedIn
from gis.intake.rules import RULES
from tests.api.commands_said import Jiezhi, one_line
from tests.conftest import COUNTY_SINCE, PASSWORD


def test_a_county_goes_its_whole_way_by_commands(
    jiezhi: Jiezhi, deployment: Database, county: County, good: Path, tmp_path: Path
) -> None:
    county.units.to_csv(tmp_path / "units.csv", index=False)
    (tmp_path / "plan.toml").write_text(as_toml(plan_of(county, date.fromisoformat(COUNTY_SINCE))), "utf-8")
    says = {"says": PASSWORD + "\n"}
    for name in ("surveyor", "reviewer", "approver", "administrator"):
        area = "99" if name == "administrator" else "990101"
        assert jiezhi("users", "add", name, "--role", name, "--area", area, **says).code == 0
    assert jiezhi("units", "import", tmp_path / "units.csv", "--as", "administrator", **says).out.startswith(
        "新增 15"
    )
    again = jiezhi("units", "import", tmp_path / "units.csv", "--as", "administrator", "--json", **says).json
    assert (again["added"], again["changed"], again["unchanged"]) == (0, 0, 15)
    assert jiezhi("plans", "load", tmp_path / "plan.toml", "--as", "administrator", **says).code == 0
    sent = jiezhi("submit", good, "--as", "surveyor", "--title", "全县", "--json", **says)
    assert (sent.code, sent.json) == (0, {"id": 1, "state": "ready", "blocking": 0})
    assert jiezhi("decide", 1, "accept", "--as", "reviewer", "--json", **says).json == {
        "id": 1,
        "state": "accepted",
    }
    published = ("decide", 1, "publish", "--as", "approver", "--document", "样政函〔2026〕1号")
    assert one_line(jiezhi(*published, **says).err, "必须填写生效日期")
    assert "已公布" in jiezhi(*published, "--effective", "2026-06-01", **says).out
    before, after = (
        jiezhi("progress", PLAN, "--on", day, "--json").json for day in ("2026-05-31", "2026-06-01")
    )
    assert set(after) >= {"plan", "on", "milestone", "goals", "items"}
    assert set(after["goals"][0]) >= {
        "goal",
        "metric",
        "scope",
        "unit",
        "period",
        "target",
        "done",
        "percent",
        "due",
    }
    done = [{goal["goal"]: goal["done"] for goal in each["goals"]} for each in (before, after)]
    assert (done[0]["lines-3"], done[1]["lines-3"], done[1]["towns-3"]) == (0, 25, 11)
    assert "界线勘定" in jiezhi("progress", PLAN).out
    assert [each["plan"] for each in jiezhi("progress", "--json").json["plans"]] == [PLAN]


def test_a_survey_that_cannot_be_taken_says_why(
    jiezhi: Jiezhi, deployment: Database, samples: list[Path]
) -> None:
    says = {"says": PASSWORD + "\n"}
    jiezhi("users", "add", "surveyor", "--role", "surveyor", "--area", "990101", **says)
    blocked = jiezhi("submit", samples[0], "--as", "surveyor", "--json", **says)
    assert (blocked.code, blocked.json["state"]) == (1, "blocked")
    assert blocked.json["blocking"] > 0
    again = jiezhi("submit", samples[1], "--to", blocked.json["id"], "--as", "surveyor", "--json", **says)
    assert (again.code, again.json) == (2, {"id": 1, "state": "unreadable", "blocking": 0})
    assert one_line(again.err, "西安", "Xian")
    assert "G05" in jiezhi("submit", samples[0], "--as", "surveyor", **says).out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("submit", "nothing.zip", "--as", "surveyor"), 2, "nothing.zip"),
        (("submit", "/", "--as", "surveyor"), 2, "/"),
        (("decide", "1", "accept", "--as", "surveyor"), 1, "没有第 1 号报送"),
        (("decide", "1", "frobnicate", "--as", "surveyor"), 2, "frobnicate"),
        (("decide", "1", "publish", "--as", "surveyor", "--effective", "morgen"), 2, "2026-05-01"),
        (("units", "import", "nothing.csv", "--as", "surveyor"), 1, "管理员"),
        (("plans", "load", "nothing.toml", "--as", "surveyor"), 2, "nothing.toml"),
        (("progress", "no-such-plan"), 1, "no-such-plan"),
        (("progress", "--on", "gestern"), 2, "2026-05-01"),
        (("users", "add", "x", "--role", "king"), 2, "king"),
        (("users", "add", "x", "--role", "surveyor", "--area", "north"), 2, "north"),
        (("derive", "nothing.geojson", "--out", "x.gpkg"), 2, "nothing.geojson"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    jiezhi: Jiezhi, deployment: Database, words: tuple[str, ...], code: int, told: str
) -> None:
    says = {"says": PASSWORD + "\n"}
    jiezhi("users", "add", "surveyor", "--role", "surveyor", "--area", "990101", **says)
    said = jiezhi(*words, **says)
    assert said.code == code, said.err
    assert one_line(said.err, told)


def test_nobody_gets_in_with_a_wrong_password_or_anothers_token(
    jiezhi: Jiezhi, deployment: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    jiezhi("users", "add", "surveyor", "--role", "surveyor", says=PASSWORD + "\n")
    assert one_line(jiezhi("users", "add", "x", "--role", "surveyor", says="short\n").err, "8")
    tries = [jiezhi("decide", "1", "accept", "--as", name, says="wrong\n") for name in ("surveyor", "nobody")]
    assert [(said.code, said.out) for said in tries] == [(1, ""), (1, "")]
    assert tries[0].err == tries[1].err
    assert one_line(tries[0].err, "用户名或密码不对")
    key = jiezhi("users", "add", "system", "--role", "system").out.removeprefix("X-API-Key: ").strip()
    for nobodys in (key, "nonsense"):
        monkeypatch.setenv("JIEZHI_TOKEN", nobodys)
        assert one_line(jiezhi("decide", "1", "accept", "--as", "surveyor").err, "登录已失效")
    _, token = people.sign_in(deployment, "surveyor", PASSWORD, 1)
    jiezhi("users", "add", "colleague", "--role", "surveyor", says=PASSWORD + "\n")
    monkeypatch.setenv("JIEZHI_TOKEN", token)
    assert one_line(jiezhi("decide", "1", "accept", "--as", "colleague").err, "JIEZHI_TOKEN")


def test_a_missing_file_is_told_before_a_password_is_asked(jiezhi: Jiezhi, deployment: Database) -> None:
    for command in (("submit",), ("addresses", "import")):
        said = jiezhi(*command, "nothing.csv", "--as", "nobody")
        assert (said.code, one_line(said.err, "没有文件 nothing.csv")) == (2, True), said.err


def test_keys_are_made_listed_and_ended(jiezhi: Jiezhi, deployment: Database) -> None:
    said = jiezhi("keys", "add", "household", "--limit", "20", "--quota", "500", "--area", "990101", "--area", "990102")
    key = said.out.removeprefix("X-API-Key: ").strip()
    assert (said.code, key.startswith("jz_")) == (0, True), said.err
    with deployment.writing() as tx:
        found = system_keys.shown(tx, key)
    assert (found.per_s, found.a_day, found.person.areas) == (20, 500, {"system": ("990101", "990102")})
    assert one_line(jiezhi("keys", "add", "household").err, "household")
    jiezhi("users", "add", "boss", "--role", "administrator", "--area", "9901", says=PASSWORD + "\n")
    by_boss = ("keys", "add", "tax", "--as", "boss", "--json")
    assert one_line(jiezhi(*by_boss, says=PASSWORD + "\n").err, "管辖区域")
    assert jiezhi(*by_boss, "--area", "990101", says=PASSWORD + "\n").json["key"].startswith("jz_")
    told = jiezhi("keys").out
    assert key not in told
    assert re.search(r"household .*有效 / valid  990101 990102  20/s 500/d", told)
    rows = jiezhi("keys", "--json").json["keys"]
    assert [(row["name"], row["made_by"], row["per_s"]) for row in rows] == [("tax", "boss", 50), ("household", None, 20)]
    assert jiezhi("keys", "end", "household").code == 0
    with deployment.writing() as tx, pytest.raises(NotSignedIn):
        system_keys.shown(tx, key)
    assert one_line(jiezhi("keys", "end", "household").err, "没有在用的密钥")


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("--area", "north"), "north"),
        (("--limit", "-1"), "100000"),
        (("--until", "2020-01-01"), "2020-01-01"),
        (("--quota", "9999999999"), "1000000000"),
    ],
)
def test_a_key_without_sense_is_not_made(jiezhi: Jiezhi, deployment: Database, wrong: tuple[str, ...], told: str) -> None:
    said = jiezhi("keys", "add", "x", *wrong)
    assert (said.code, one_line(said.err, told)) == (2, True), said.err


def test_polygons_become_lines(jiezhi: Jiezhi, tmp_path: Path) -> None:
    left, right = shapely.box(110, 30, 110.1, 30.1), shapely.box(110.1, 30, 110.2, 30.1)
    both = gpd.GeoDataFrame(
        {"code": ["990101001", "990101002"], "name": ["甲", "乙"]}, geometry=[left, right], crs=4490
    )
    both.to_file(tmp_path / "towns.geojson")
    said = jiezhi("derive", tmp_path / "towns.geojson", "--out", tmp_path / "lines.gpkg", "--json")
    assert (said.code, said.json["polygons"], said.json["lines"], said.json["junctions"]) == (0, 2, 3, 2)
    lines = pyogrio.read_dataframe(tmp_path / "lines.gpkg", layer="lines")
    assert set(lines.columns) >= {"left", "right", "start", "end", "length_m"}
    assert len(pyogrio.read_dataframe(tmp_path / "lines.gpkg", layer="junctions")) == 2
    folder = tmp_path / "folder"
    assert jiezhi("derive", tmp_path / "towns.geojson", "--out", folder, "--shp").code == 0
    assert {each.name for each in folder.glob("*.shp")} == {"lines.shp", "junctions.shp"}
    for *wrong, told in (("--code", "x", "x"), ("--where", "x", "--where"), ("--where", "code=x", "code=x")):
        said = jiezhi("derive", tmp_path / "towns.geojson", "--out", folder, *wrong)
        assert (said.code, one_line(said.err, told)) == (2, True), said.err


def test_every_rule_is_listed_with_its_law(jiezhi: Jiezhi) -> None:
    listed = jiezhi("rules", "--json").json["rules"]
    assert {each["rule"] for each in listed} == set(RULES)
    assert all(each["source"]["citation"] and each["title"]["zh"] and each["title"]["en"] for each in listed)
    table = jiezhi("rules").out
    assert all(rule in table for rule in RULES)


@pytest.mark.parametrize("words", [(), ("users",), ("units",), ("plans",)])
def test_every_command_explains_itself(jiezhi: Jiezhi, words: tuple[str, ...]) -> None:
    overview = jiezhi(*words, "--help")
    assert overview.code == 0
    listed = overview.out.split("Commands:")[1].split("\n")[1:]
    commands = [line.split()[0] for line in listed if line.startswith("  ") and not line.startswith("   ")]
    assert commands
    for command in commands:
        said = jiezhi(*words, command, "--help")
        assert said.code == 0, command
        assert "Usage" in said.out
