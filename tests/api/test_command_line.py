"""The commands as people and programs use them: words, JSON, exit codes; never a traceback."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import pyogrio
import pytest
import shapely

from api import cli
from api.county import County, survey
from api.county_files import write_survey
from api.county_flaws import flawed_samples
from api.demo import PLAN, as_toml, plan_of
from gis import people, system_keys
from gis.db import Database
from gis.errors import NotSignedIn
from gis.files import Verdict
from gis.intake.rules import RULES
from gis.settings import settings
from tests.conftest import COUNTY_SINCE, PASSWORD, ROOT
from tests.gis.test_odd_files import FILES, NOT_LOOKED_INTO
from tests.steps import HOMEMADE, sheets_of, write

COUNTY = """
图 1000米
. . b . .
. . . . .
a . t . c
. . . . .
. . d . .
界线
L1 乙|甲: b-t
L2 乙|丙: t-c
L3 甲|丙: a-t
L4 外|乙: b-c
L5 外|丙: c-d-a
L6 外|甲: a-b
三交点
T1 甲乙丙: t
T2 甲乙外: b
T3 乙丙外: c
T4 丙甲外: a
"""
FINDING = {"rule", "severity", "file", "layer", "row", "key", "message", "fix", "source", "geometry"}
needs_odd_files = pytest.mark.skipif(not FILES.exists(), reason="the odd files of ../shared are not here")


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Jiezhi = Callable[..., Said]


@pytest.fixture
def jiezhi(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Jiezhi:
    """Runs a command in this process, through the same door as the console script."""

    def run(*words: object, says: str = "") -> Said:
        monkeypatch.setattr(sys, "argv", ["jiezhi", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(says))
        capsys.readouterr()
        settings.cache_clear()
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    return run


@pytest.fixture
def deployment(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The settings of a deployment with a database of its own."""
    monkeypatch.setenv("JIEZHI_DATABASE_URL", database.url)
    monkeypatch.setenv("JIEZHI_VAR", str(tmp_path / "var"))
    yield database
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture(scope="module")
def samples(county: County, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return flawed_samples(county, tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def good(county: County, tmp_path_factory: pytest.TempPathFactory) -> Path:
    whole = survey(county, list(county.lines["agreed"]["code"]), "agreed")
    return write_survey(whole, tmp_path_factory.mktemp("good") / "good.gpkg", "geopackage")


def one_line(text: str, *words: str) -> bool:
    return text.count("\n") == 1 and all(word in text for word in words)


def test_check_says_in_both_languages_what_is_wrong_and_how_to_mend_it(
    jiezhi: Jiezhi, samples: list[Path]
) -> None:
    said = jiezhi("check", samples[0])
    assert said.code == 1
    assert said.err == ""
    for words in (
        "错误 G05",
        "把起点移动",
        "move the start",
        "不能入库",
        "cannot be taken in",
        "EPSG:4525",
        "未检查",
    ):
        assert words in said.out, words


def test_check_answers_with_the_json_that_was_agreed(jiezhi: Jiezhi, samples: list[Path]) -> None:
    said = jiezhi("check", samples[2], "--json")
    found = said.json
    assert said.code == 1
    assert set(found) == {"files", "verdict", "blocking", "not_checked", "findings"}
    (file,) = found["files"]
    assert set(file) == {"file", "verdict", "reason", "layers"}
    assert (file["file"], file["verdict"], file["reason"], found["verdict"]) == (
        samples[2].name,
        "accept",
        None,
        "accept",
    )
    assert [set(layer) for layer in file["layers"]] == [
        {"name", "register", "features", "crs", "encoding"}
    ] * 3
    assert {layer["register"] for layer in file["layers"]} == {"lines", "tri_junctions", "markers"}
    assert {layer["crs"] for layer in file["layers"]} == {"EPSG:4490"}
    assert found["blocking"] == sum(each["severity"] == "error" for each in found["findings"]) > 0
    for each in found["findings"]:
        assert set(each) == FINDING
        assert each["severity"] in ("error", "warning", "note")
        assert each["rule"] in RULES
        assert set(each["message"]) == set(each["fix"]) == {"zh", "en"}
        if each["geometry"]:
            west, south, east, north = shapely.geometry.shape(each["geometry"]).bounds
            assert 109 < west <= east < 112
            assert 29 < south <= north < 32
    for each in found["not_checked"]:
        assert set(each) == {"rule", "why"}
        assert each["rule"] in RULES
        assert set(each["why"]) == {"zh", "en"}


def test_the_exit_code_tells_whether_a_survey_can_be_taken(
    jiezhi: Jiezhi, samples: list[Path], good: Path
) -> None:
    assert jiezhi("check", good).code == 0
    assert jiezhi("check", samples[0]).code == 1
    refused = jiezhi("check", samples[1], "--json")
    assert refused.code == 2
    assert one_line(refused.err, samples[1].name, "1980西安坐标系", "Xian 1980")
    assert refused.json["verdict"] == "reject"
    assert "西安" in refused.json["files"][0]["reason"]["zh"]
    missing = jiezhi("check", "nothing.zip", "--json")
    assert (missing.code, missing.json["verdict"]) == (2, "reject")
    assert one_line(missing.err, "nothing.zip", "there is no file")


def test_several_files_are_one_survey(jiezhi: Jiezhi, tmp_path: Path) -> None:
    sheets = sheets_of(COUNTY)
    files = [write({name: sheet}, tmp_path, "GeoJSON") for name, sheet in sheets.items()]
    said = jiezhi("check", *files, "--json")
    assert [layer["register"] for file in said.json["files"] for layer in file["layers"]] == list(sheets)
    assert said.code == 0, said.json["findings"]
    alone = jiezhi("check", files[0], "--json")
    assert "G06" in {each["rule"] for each in alone.json["not_checked"]}


def test_a_question_is_answered_by_the_coordinate_system(jiezhi: Jiezhi, tmp_path: Path) -> None:
    file = write(sheets_of(COUNTY), tmp_path, "shapefile,GBK,没有.prj")
    asked = jiezhi("check", file, "--json")
    assert (asked.code, asked.json["verdict"]) == (2, "ask")
    assert one_line(asked.err, "坐标系", "coordinate system")
    assert {each["rule"] for each in asked.json["not_checked"]} == set(RULES)
    answered = jiezhi("check", file, "--crs", "EPSG:4490", "--json")
    assert (answered.code, answered.json["verdict"]) == (0, "accept")
    assert {layer["crs"] for layer in answered.json["files"][0]["layers"]} == {"EPSG:4490"}


def test_an_encoding_is_chosen(jiezhi: Jiezhi, tmp_path: Path) -> None:
    file = write(sheets_of(COUNTY), tmp_path, "shapefile,GBK,没有.cpg")
    guessed = jiezhi("check", file, "--json").json["files"][0]["layers"][0]
    assert guessed["encoding"] == "GBK"
    wrong = jiezhi("check", file, "--encoding", "UTF-8", "--json").json
    assert wrong["verdict"] == "accept_with_warning"
    assert "UTF-8" in wrong["files"][0]["reason"]["zh"]
    assert jiezhi("check", file, "--encoding", "GBK").code == 0


def test_layers_and_columns_of_ones_own_are_named(jiezhi: Jiezhi, tmp_path: Path) -> None:
    file = write(sheets_of(COUNTY), tmp_path, "两个图层")
    unknown = jiezhi("check", file, "--json")
    assert unknown.code == 1
    assert [layer["register"] for layer in unknown.json["files"][0]["layers"]] == [None, None]
    columns = [word for field, column in HOMEMADE.items() for word in ("--column", f"{column}={field}")]
    named = ["--layer", "图一=lines", "--layer", f"{file.name}/图二=tri_junctions", *columns]
    said = jiezhi("check", file, *named, "--json")
    assert [layer["register"] for layer in said.json["files"][0]["layers"]] == ["lines", "tri_junctions"]
    assert said.code == 0, said.json["findings"]
    left_out = jiezhi("check", file, "--layer", "图一=lines", "--layer", "图二=-", *columns, "--json")
    assert [layer["register"] for layer in left_out.json["files"][0]["layers"]] == ["lines", None]


@pytest.mark.parametrize(
    ("choice", "words"),
    [
        (("--column", "JXDM"), "名称=值"),
        (("--column", "JXDM=nonsense"), "nonsense"),
        (("--column", "nonsense=code"), "nonsense"),
        (("--layer", "JX=nonsense"), "tri_junctions"),
        (("--layer", "nonsense=lines"), "JX"),
        (("--crs", "EPSG:1"), "EPSG:1"),
        (("--encoding", "klingon"), "klingon"),
        (("--report", "/proc/report.gpkg"), "/proc/report.gpkg"),
    ],
)
def test_a_choice_that_nothing_fits_is_told_in_one_line(
    jiezhi: Jiezhi, samples: list[Path], choice: tuple[str, str], words: str
) -> None:
    said = jiezhi("check", samples[0], *choice)
    assert said.code == 2
    assert one_line(said.err, words)


def test_the_report_opens_in_a_desktop_gis(jiezhi: Jiezhi, samples: list[Path], tmp_path: Path) -> None:
    place = tmp_path / "new" / "out.gpkg"
    found = jiezhi("check", samples[0], samples[2], "--report", place, "--json").json["findings"]
    layers = {name: pyogrio.read_dataframe(place, layer=name) for name, _ in pyogrio.list_layers(place)}
    assert sum(map(len, layers.values())) == len(found)
    points = layers["findings_points"]
    assert isinstance(points, gpd.GeoDataFrame)
    assert points.crs.to_epsg() == 4490
    assert set(points.geom_type) <= {"Point", "MultiPoint"}
    assert set(points.columns) >= {"rule", "severity", "key", "message_zh", "message_en", "fix_zh", "owner"}


@needs_odd_files
def test_check_gives_every_odd_file_its_verdict(jiezhi: Jiezhi) -> None:
    wrong = []
    for each in json.loads((FILES / "EXPECTED.json").read_text("utf-8")):
        path = FILES / each["file"]
        said = jiezhi("check", next(path.glob("*.shp")) if path.is_dir() else path, "--json")
        wanted = "accept_with_warning" if each["file"] in NOT_LOOKED_INTO else each["expected"]
        readable = wanted in (Verdict.ACCEPT, Verdict.ACCEPT_WITH_WARNING)
        fits = said.json["verdict"] == wanted and (said.code == 2) != readable
        if not fits or said.err.count("\n") != (not readable):
            wrong.append((each["file"], wanted, said.json["verdict"], said.code, said.err))
    assert wrong == []


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


def run(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own."""
    command = [sys.executable, "-m", "api", *map(str, words)]
    asked = os.environ | environment
    return subprocess.run(command, cwd=ROOT, env=asked, capture_output=True, encoding="utf-8", check=False)


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
)
def test_chinese_is_spoken_in_any_locale(samples: list[Path], tmp_path: Path, locale: dict[str, str]) -> None:
    file = tmp_path / "survey.zip"
    file.write_bytes(samples[0].read_bytes())
    said = run("check", file, "--json", **locale)
    assert (said.returncode, said.stderr) == (1, "")
    assert "悬空" in json.dumps(json.loads(said.stdout), ensure_ascii=False)
    assert "不能入库" in run("check", file, **locale).stdout


def test_a_reader_who_has_seen_enough_is_no_fault(samples: list[Path]) -> None:
    command = f'"{sys.executable}" -m api check "{samples[2]}" --json | head -c 1; exit "${{PIPESTATUS[0]}}"'
    said = subprocess.run(["bash", "-c", command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (said.stdout, said.stderr) == ("{", "")
    assert said.returncode == 1


@needs_odd_files
@pytest.mark.parametrize(
    ("file", "code"),
    [
        ("derived-cn/nested_cp936.zip", 1),
        ("derived-cn/mixed_basename.zip", 2),
        ("derived-cn/noprj_lonlat/noprj_lonlat.shp", 2),
    ],
)
def test_odd_files_in_a_process_of_its_own(file: str, code: int) -> None:
    said = run("check", FILES / file)
    assert said.returncode == code
    assert said.stderr == "" if code < 2 else one_line(said.stderr, Path(file).name)
