"""`jiezhi derive` takes what polygon files there are, finds the columns, and says in one line what is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import geopandas as gpd
import pytest
import shapely
from typer.testing import CliRunner

from api.cli import app
from gis.errors import BadInput, JiezhiError
from gis.files import Answers
from gis.intake.checking import examine
from gis.intake.recognition import Choices
from gis.settings import Settings

EAST, WEST = shapely.box(114, 30, 115, 31), shapely.box(113, 30, 114, 31)
NORTH = shapely.Polygon([(113, 31), (114, 31), (115, 31), (115, 32), (113, 32)])


@pytest.fixture
def towns(tmp_path: Path) -> Path:
    columns = {
        "XZQDM": ["990101001", "990101002", "990102001"],
        "XZQMC": ["样甲镇", "样乙镇", "样丙镇"],
        "county": [990101, 990101, 990102],
        "kind": ["镇", "乡", "镇"],
    }
    file = tmp_path / "towns.gpkg"
    gpd.GeoDataFrame(columns, geometry=[WEST, EAST, NORTH], crs="EPSG:4490").to_file(file, layer="towns")
    return file


def derive(*given: object) -> dict[str, int]:
    done = CliRunner().invoke(app, ["derive", *map(str, given), "--json"])
    if isinstance(done.exception, JiezhiError):
        raise done.exception
    assert done.exit_code == 0, done.output
    told: dict[str, int] = json.loads(done.stdout)
    return told


def test_columns_are_found_by_their_usual_names(towns: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gpkg"
    assert derive(towns, "--out", out) == {"polygons": 3, "lines": 6, "outer": 3, "junctions": 4, "notes": []}
    lines = gpd.read_file(out, layer="lines").set_index("code")
    assert lines.loc["990101001-990101002", "name"] == "样甲-样乙线"
    assert set(gpd.read_file(out, layer="junctions").columns) == {"id", "units", "degree", "geometry"}


def test_conditions_narrow_the_choice(towns: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.gpkg"
    assert derive(towns, "--where", "county=990101", "--out", out)["polygons"] == 2
    assert derive(towns, "--where", "county=990101", "--where", "kind=镇", "--out", out)["polygons"] == 1


def test_without_codes_the_rows_are_numbered(towns: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare.geojson"
    gpd.read_file(towns)[["kind", "geometry"]].to_file(bare)
    derive(bare, "--out", tmp_path / "out.gpkg")
    assert "1-2" in set(gpd.read_file(tmp_path / "out.gpkg", layer="lines")["code"])


@pytest.mark.parametrize("kind", ["geopackage", "flatgeobuf", "shapefiles"])
def test_what_is_written_is_recognised_as_lines_and_tri_junctions(
    towns: Path, tmp_path: Path, kind: str
) -> None:
    out = tmp_path / ("out.gpkg" if kind == "geopackage" else "out")
    derive(towns, "--out", out, *(["--shp"] if kind == "shapefiles" else []))
    files = [out] if kind == "geopackage" else sorted(out.iterdir())
    seen = examine(files, Answers(), Choices(), Settings())
    assert {each.layer.name: each.register and each.register.name for each in seen.recognised} == {
        "lines": "lines",
        "junctions": "tri_junctions",
    }
    assert not any(
        each.unmapped for each in seen.recognised if each.register and each.register.name != "lines"
    )
    assert seen.blocking == 0, [str(finding.message) for finding in seen.findings]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["nothing.gpkg"], "there is no file nothing.gpkg"),
        (["towns.gpkg", "--where", "county"], "--where should read column=value; columns: XZQDM, "),
        (["towns.gpkg", "--where", "county=1"], "no polygon has county=1"),
        (["towns.gpkg", "--code", "code"], "there is no column “code”; columns: XZQDM, "),
        (["lines.gpkg"], "there are no polygons in lines.gpkg"),
        (["note.txt"], "note.txt is no vector data that can be read"),
    ],
)
def test_what_cannot_be_derived_is_said_in_one_line(
    towns: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])], crs="EPSG:4490").to_file("lines.gpkg")
    Path("note.txt").write_text("no map")
    with pytest.raises(BadInput) as told:
        derive(*given, "--out", "out.gpkg")
    assert words in told.value.text.en
    assert "\n" not in told.value.text.en
