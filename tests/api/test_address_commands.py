"""Addresses from the terminal: brought in, found, and answered list by list."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from api.county import County
from tests.api.conftest import Run
from tests.conftest import Office
from tests.placenames.test_addresses import ROWS, TOWN, published, written


@pytest.fixture
def jiezhi(county_office: Office, terminal: Callable[[Office], Run]) -> Run:
    return terminal(county_office)


@pytest.fixture
def addressed(county_office: Office, county: County, tmp_path: Path) -> Office:
    county_office.has("clerk", "staff")
    published(county_office, written(tmp_path, county))
    return county_office


def test_a_list_is_brought_in_and_what_comes_next_is_said(jiezhi, county_office, county, tmp_path, monkeypatch):
    county_office.has("clerk", "staff")
    token = county_office.client("clerk").headers["authorization"].split()[1]
    monkeypatch.setenv("JIEZHI_TOKEN", token)
    code, said, _ = jiezhi("addresses", "import", str(written(tmp_path, county)), "--as", "clerk")
    assert code == 0, said
    assert "第 2 号报送:待审核,0 个错误" in said
    assert "jiezhi decide 2 accept --as" in said
    code, said, _ = jiezhi("addresses", "import", str(written(tmp_path, county)), "--as", "clerk", "--json")
    assert json.loads(said) == {"id": 3, "state": "ready", "blocking": 0}


def test_a_list_that_cannot_be_taken_says_what_to_do(jiezhi, county_office, county, tmp_path, monkeypatch):
    county_office.has("clerk", "staff")
    monkeypatch.setenv("JIEZHI_TOKEN", county_office.client("clerk").headers["authorization"].split()[1])
    faulty = [("样柳路", "2号", *[None] * 7, 0, 0)] * 2
    code, said, _ = jiezhi("addresses", "import", str(written(tmp_path, county, faulty)), "--as", "clerk")
    assert code == 1, said
    assert "--to 2" in said
    assert "/submissions/2" in said


def test_a_whole_list_of_one_row_says_what_it_would_end(jiezhi, addressed, county, tmp_path, monkeypatch):
    monkeypatch.setenv("JIEZHI_TOKEN", addressed.client("clerk").headers["authorization"].split()[1])
    one = str(written(tmp_path, county, ROWS[:1]))
    code, said, told = jiezhi("addresses", "import", one, "--as", "clerk", "--whole")
    assert code == 0, said
    assert f"终止现行的 {len(ROWS) - 1} 条记录" in told
    assert f"ends {len(ROWS) - 1} records in force" in told
    assert "warning F05" in said
    number = said.split("第 ")[1].split()[0]
    addressed.has("looker", "reviewer", area="")
    page = addressed.client("looker").get(f"/submissions/{number}", headers={"Accept": "text/html"}).text
    assert f"公布后将终止现行的 {len(ROWS) - 1} 条记录" in page
    assert f"现行 {len(ROWS)} 条中有 {len(ROWS) - 1} 条未列入" in page
    _, _, told = jiezhi("addresses", "import", one, "--as", "clerk")
    assert "终止" not in told


def test_addresses_are_found(jiezhi, addressed):
    code, said, _ = jiezhi("addresses", "search", "樣柳路十二之三號", "--json", "--explain")
    assert code == 0
    found = json.loads(said)
    assert found["features"][0]["properties"]["label"].endswith("样柳路12-3号")
    assert found["steps"]
    _, said, _ = jiezhi("addresses", "search", "样柳路2号", "--limit", "1", "--explain")
    assert "样柳路2号" in said
    assert "查到 1 条 / 1 found" in said
    _, said, _ = jiezhi("addresses", "search", "样柳路2号", "--on", "2020-01-01", "--json")
    assert all(not each["properties"]["id"] for each in json.loads(said)["features"])


def test_beginnings_are_completed(jiezhi, addressed):
    _, said, _ = jiezhi("addresses", "suggest", "yll", "--json")
    assert json.loads(said)["features"][0]["properties"]["label"].endswith("样柳路")
    _, said, _ = jiezhi("addresses", "suggest", "样柳")
    assert "样柳路" in said


def test_points_are_answered_by_the_nearest_plate(jiezhi, addressed, county):
    seat = county.units.set_index("code").loc[TOWN]
    point = (str(seat["seat_lon"]), str(seat["seat_lat"]))
    _, said, _ = jiezhi("addresses", "reverse", *point, "--json")
    found = json.loads(said)
    assert found["features"][0]["properties"]["label"].endswith("样柳路2号")
    assert found["features"][0]["properties"]["distance_m"] < 1
    assert [unit["code"] for unit in found["units"]][-1] == TOWN
    _, said, _ = jiezhi("addresses", "reverse", *point)
    assert "0.0 m" in said
    assert TOWN in said
    code, _, complaint = jiezhi("addresses", "reverse", "200", "30")
    assert (code, complaint.count("\n")) == (2, 1)


def test_a_list_is_answered_in_its_order(jiezhi, addressed, tmp_path):
    file, out = tmp_path / "来文.csv", tmp_path / "答复.csv"
    file.write_text("编号,地址\n1,样柳路2号\n2,\n3,样街8号\n", "gbk")
    code, said, _ = jiezhi("addresses", "batch", str(file), "--out", str(out))
    assert (code, said) == (0, f"已匹配 3 行 / answered 3 rows: {out}\n")
    with out.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [each["编号"] for each in rows] == ["1", "2", "3"]
    assert [each["error"] for each in rows] == ["", "没有地址", ""]
    assert rows[2]["changed"]


def test_a_json_list_is_answered_on_the_terminal(jiezhi, addressed, tmp_path):
    file = tmp_path / "sent.json"
    file.write_text(json.dumps(["样柳路2号", {"q": "样柳路30号", "n": 1}]), "utf-8")
    _, said, _ = jiezhi("addresses", "batch", str(file))
    assert [each["match_level"] for each in json.loads(said)] == ["plate", "flat"]


@pytest.mark.parametrize("name", ["no-such.csv", "list.pdf"])
def test_what_is_no_list_ends_in_one_line(jiezhi, addressed, tmp_path, name):
    (tmp_path / "list.pdf").write_bytes(b"%PDF")
    code, said, complaint = jiezhi("addresses", "batch", str(tmp_path / name))
    assert (code, said, complaint.count("\n")) == (2, "", 1)


def test_help_needs_nothing_heavy():
    from subprocess import run

    asked = "import sys; from api import cli; print({'sqlalchemy', 'pandas', 'fastapi', 'shapely'} & {*sys.modules})"
    assert run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout.strip() == "set()"


