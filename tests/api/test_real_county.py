"""A real county comes in by the commands of the guide, on an empty database; what is published is what went in."""

from __future__ import annotations

import gzip
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from typer.core import TyperGroup
from typer.main import get_command

from api.cli import app as cli
from api.deriving import derive
from gis.db import Database
from gis.settings import settings
from tests.conftest import PASSWORD, ROOT, SHARED, Office, needs_shared, serving

GUIDE = ROOT / "docs" / "real-county.md"
COMMUNES = SHARED / "boundaries" / "liechtenstein" / "admin-polygons.geojson"
TOWNS = SHARED / "boundaries" / "taiwan" / "towns.geojson"
PEOPLE = ("surveyor", "reviewer", "approver", "administrator")

pytestmark = needs_shared


def commands(section: str) -> str:
    """The commands of one section of the guide, or of all."""
    text = GUIDE.read_text(encoding="utf-8")
    if section != "all":
        text = text.split(f"\n## {section} · ")[1].split("\n## ")[0]
    return "".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))


@pytest.fixture
def desk(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """Somebody's desk: an empty database, the guide's settings, and the towns in the folder; nobody may sign in yet."""
    monkeypatch.setenv("JIEZHI_VAR", str(tmp_path / "office"))
    monkeypatch.setenv("JIEZHI_UNIT_CODES", r"county:\d{5},township:\d{8}")
    monkeypatch.setenv("JIEZHI_DATABASE_URL", database.url)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "towns.geojson").symlink_to(TOWNS)
    settings.cache_clear()
    yield Office(database, settings())
    settings.cache_clear()


def run(script: str, folder: Path) -> str:
    """Runs commands as a shell does; the guide's password is the one that tests know."""
    script = script.replace("choose-your-own-9", PASSWORD)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def published(office: Office, name: str | None, on: str, level: str = "township") -> gpd.GeoSeries:
    """The areas of the units in force on a day as somebody reads them, by code; empty where there is none."""
    asked = {"on": on, "level": level, "limit": 1000}
    answer = office.client(name).get("/collections/units/items", params=asked).json()
    features = answer["features"]
    assert answer["numberMatched"] == len(features)
    codes = [feature["properties"]["code"] for feature in features]
    shapes = [feature["geometry"] and shapely.geometry.shape(feature["geometry"]) for feature in features]
    return gpd.GeoSeries(shapes, codes).dropna()


def derived(county: str | None, folder: Path) -> Path:
    """What `jiezhi derive` makes of the towns of a county, or of all."""
    made = folder / f"{county}.gpkg"
    where = [f"COUNTYCODE={county}"] if county else []
    derive(TOWNS, made, "", "", 0.0, where, shapefiles=False, as_json=True)
    return made


def count(office: Office, collection: str, **asked: str) -> int:
    answer = office.client("surveyor").get(f"/collections/{collection}/items", params={**asked, "limit": 1})
    return int(answer.json()["numberMatched"])


def sent(where: str | None = None) -> gpd.GeoSeries:
    towns = gpd.read_file(TOWNS)
    return towns[towns["COUNTYCODE"] == where if where else slice(None)].set_index("TOWNCODE").geometry


def assert_are(areas: gpd.GeoSeries, wanted: gpd.GeoSeries) -> None:
    """The same units with the same ground, to the last bit."""
    assert set(areas.index) == set(wanted.index)
    assert shapely.equals(areas.to_numpy(), wanted[areas.index].to_numpy()).all()


def test_the_guide_brings_door_plates_in(desk: Office, tmp_path: Path) -> None:
    listed = gzip.decompress((SHARED / "addresses/doorplates-10017.csv.gz").read_bytes()).decode().splitlines(keepends=True)
    (tmp_path / "doorplates-10017.csv.gz").write_bytes(gzip.compress("".join(listed[:1500]).encode()))
    for role in PEOPLE:
        desk.has(role, role, area="10017" if role != "administrator" else "")
    password = commands("2").splitlines(keepends=True)[0]
    told = run(password + "".join(map(commands, "3459")), tmp_path)
    assert told.count("基隆市七堵區三合街2号  门牌 / plate") == 2
    assert count(desk, "addresses") == 1499


def test_the_guide_brings_a_county_in(desk: Office, tmp_path: Path) -> None:
    password, administrator, *_ = commands("2").splitlines(keepends=True)
    for role in PEOPLE[:3]:  # as the other lines do, without starting a process for each
        desk.has(role, role, area="10017")
    told = run(password + administrator + "".join(map(commands, "345")), tmp_path)
    assert "390 added" in told
    assert "7 polygons -> 19 lines (9 outer), 12 junctions" in told
    county = sent("10017")
    assert_are(published(desk, "surveyor", "2026-01-01"), county)
    assert published(desk, "surveyor", "2025-12-31").empty
    whole = published(desk, "surveyor", "2026-01-01", "county")["10017"]
    assert shapely.equals(whole, shapely.coverage_union_all(county.to_numpy()))
    seen = published(desk, None, "2026-01-01")
    numbers = shapely.get_coordinates(seen.to_numpy())
    assert (numbers.round(4) == numbers).all()
    assert not shapely.equals(seen.to_numpy(), county[seen.index].to_numpy()).any()
    assert count(desk, "lines", status="working") == 19
    assert count(desk, "lines", role="outer") == 9
    assert count(desk, "tri_junctions") == 12
    look(desk, tmp_path)


def look(desk: Office, folder: Path) -> None:
    """The guide's questions to a running server."""
    if shutil.which("curl") is None:
        return
    with serving(desk) as address:
        asked = commands("6").replace("jiezhi serve &", "PASSWORD=choose-your-own-9")
        told = run(asked.replace("http://127.0.0.1:8000", address), folder)
    assert told.count("10017040") >= 3


def test_every_command_of_the_guide_is_one() -> None:
    for line in re.findall(
        r"^ *(?:jiezhi|.*; do jiezhi) (.*?)(?: <<<.*| &)?$", commands("all"), re.MULTILINE
    ):
        words = shlex.split(line.replace("$level", "level"))
        command = get_command(cli)
        while isinstance(command, TyperGroup):
            command = command.commands[words.pop(0)]
        assert command.make_context("jiezhi", words)


def test_all_towns_follow_a_county_in_one_whole_submission(desk: Office, tmp_path: Path) -> None:
    for role in PEOPLE:
        desk.has(role, role, area="")
    with TOWNS.open("rb") as towns:
        answer = desk.client("administrator").post("/units", files={"file": ("towns.geojson", towns)})
    assert answer.json() == {"added": 390, "changed": 0, "unchanged": 0, "without_parent": 0}

    desk.publish(desk.send("surveyor", derived("10017", tmp_path)), "2026-01-01")
    number = desk.send("surveyor", derived(None, tmp_path), whole="true")
    seen = desk.state(number, "reviewer")
    assert seen["state"] == "ready"
    assert {(each["rule"], each["severity"]) for each in seen["findings"]} == {("G07", "note")}  # four units
    assert seen["changes"]["lines"] == {"added": 1116, "changed": 7, "removed": 5}
    desk.publish(number, "2026-02-01")

    assert_are(published(desk, "surveyor", "2026-02-01"), sent())
    assert_are(published(desk, "surveyor", "2026-01-31"), sent("10017"))
    assert count(desk, "lines", on="2026-01-31") == 19
    assert count(desk, "lines", on="2026-02-01") == 1130
    assert len(published(desk, "surveyor", "2026-02-01", "county")) == 22
    four = desk.client().get("/collections/tri_junctions/items/66000010-66000020-66000030-66000040").json()
    assert four["properties"]["units"] == "66000010,66000020,66000030,66000040"


def test_a_land_of_exclaves_comes_in_as_any_other(
    desk: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Eleven communes, most of them in several parts lying in each other."""
    monkeypatch.setenv("JIEZHI_UNIT_CODES", r"county:\d{2},township:\d{5}")
    settings.cache_clear()
    office = Office(desk.database, settings())
    for role in PEOPLE:
        office.has(role, role, area="70")
    mapped = gpd.read_file(COMMUNES).query("`@type` == 'relation' and admin_level == '8'")
    communes = mapped.assign(code=[f"700{number:02}" for number in range(11)])[["code", "name", "geometry"]]
    polygons, listed = tmp_path / "communes.gpkg", tmp_path / "units.xlsx"
    communes.to_file(polygons)
    communes[["code", "name"]].to_excel(listed, index=False)
    answer = office.client("administrator").post("/units", files={"file": (listed.name, listed.read_bytes())})
    assert answer.json() == {"added": 11, "changed": 0, "unchanged": 0, "without_parent": 11}
    made = tmp_path / "survey.gpkg"
    derive(polygons, made, "", "", 0.0, [], shapefiles=False, as_json=False)
    office.publish(office.send("surveyor", made), "2026-01-01")
    wanted = communes.set_index("code").geometry
    assert (shapely.get_num_geometries(wanted.to_numpy()) > 1).sum() >= 5
    assert_are(published(office, "surveyor", "2026-01-01"), wanted)
