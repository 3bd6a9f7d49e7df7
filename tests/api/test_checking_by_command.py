"""`jiezhi check` as surveyors and programs use it: words in both languages, JSON, exit codes; no database, any locale."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

from gis.files import Verdict
from gis.intake.rules import RULES
from tests.api.commands_said import Jiezhi, one_line
from tests.conftest import ROOT
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
