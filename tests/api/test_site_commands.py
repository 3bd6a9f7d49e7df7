"""Sites from the terminal: the map as one file, and what the rules say of a candidate."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import pytest
from shapely.geometry import MultiPolygon, Point, box
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert

from boundaries.units import UNITS
from gis.history import stored
from placenames.sites.prohibited_zones import PROHIBITED_ZONES
from placenames.sites.zone_parts import cut_zones_into_parts
from tests.api.conftest import Run
from tests.conftest import Office
from tests.gis.sent import parts, shapefile, zipped
from tests.sites_made import SINCE, TOWN, has_facility

HERE = Point(110.30, 30.70)


@pytest.fixture
def jiezhi(county_office: Office, terminal: Callable[[Office], Run]) -> Run:
    """The terminal of an office with a facility, and a field around it."""
    with county_office.database.writing() as tx:
        has_facility(tx, "S1", HERE, name="样桥社区服务站")
        row = {"code": "Z1", "name": "样田", "kind": "farmland", "unit": TOWN, "valid_from": SINCE}
        tx.execute(insert(PROHIBITED_ZONES.table).values(**row, geom=stored(HERE.buffer(0.003))))
        cut_zones_into_parts(tx, 0, SINCE, set())
    return terminal(county_office)


def test_the_map_comes_as_one_file(jiezhi: Run, tmp_path: Path) -> None:
    out = tmp_path / "sites.html"
    code, said, _ = jiezhi("sites", "map", str(out), "--reach", "500", "--lang", "en")
    assert (code, "1 sites" in said) == (0, True)
    assert "样桥社区服务站" in out.read_text("utf-8")
    code, _, complaint = jiezhi("sites", "map", str(out), "--types", "castle")
    assert (code != 0, "castle" in complaint) == (True, True)


def test_the_sheet_is_drawn_as_a_picture_or_a_pdf(jiezhi: Run, tmp_path: Path) -> None:
    for name, beginning in (("sites.png", b"\x89PNG"), ("sites.PDF", b"%PDF")):
        code, said, _ = jiezhi("sites", "sheet", str(tmp_path / name), "--paper", "A3", "--lang", "en")
        assert (code, "1 sites" in said) == (0, True)
        assert (tmp_path / name).read_bytes().startswith(beginning)
    code, _, complaint = jiezhi("sites", "sheet", str(tmp_path / "sites.svg"))
    assert (code != 0, "png, pdf" in complaint) == (True, True)


def test_a_candidate_is_told_what_stands_against_it(jiezhi: Run) -> None:
    here = ("sites", "candidate", "--lon", "110.3", "--lat", "30.7")
    code, said, _ = jiezhi(*here, who="surveyor")
    assert (code, "样田" in said, "不可建" in said) == (1, True, True)
    code, said, _ = jiezhi(*here, "--json", who="surveyor")
    assert json.loads(said)["blocked"]
    code, said, _ = jiezhi("sites", "candidate", "--lon", "110.295", "--lat", "30.705", who="surveyor")
    assert code == 0
    code, said, _ = jiezhi("sites", "candidate", "--lon", "130", "--lat", "20", who="surveyor")
    assert (code, "不能判断:不在本县范围内" in said) == (2, True)


CLEAR, HIT = box(110.305, 30.70, 110.306, 30.701), box(110.2995, 30.70, 110.3, 30.701)


def areas_of(folder: Path, name: str, shapes: list[BaseGeometry]) -> str:
    """A file of shapes, its form told by its name; a `.zip` is a shapefile with what belongs to it."""
    path = folder / name
    if path.suffix == ".zip":
        return str(zipped(path, parts(shapefile(folder / "loose", shapes=shapes))))
    gpd.GeoDataFrame({"name": ["<script>"] * len(shapes)}, geometry=shapes, crs=4490).to_file(path)
    return str(path)


@pytest.mark.parametrize("name", ["area.geojson", "area.gpkg", "area.zip"])
@pytest.mark.parametrize(
    ("shapes", "ends"), [([CLEAR], 0), ([HIT], 1), ([CLEAR, HIT], 1), ([MultiPolygon([CLEAR, HIT])], 1)]
)
def test_a_candidate_may_be_the_areas_of_a_file(
    jiezhi: Run, tmp_path: Path, name: str, shapes: list[BaseGeometry], ends: int
):
    file = areas_of(tmp_path, name, shapes)
    code, said, _ = jiezhi("sites", "candidate", "--area", file, who="surveyor")
    assert (code, "耕地" in said, "inside or touching" in said) == (ends, True, ends == 1)
    code, said, _ = jiezhi("sites", "candidate", "--area", file, "--json", who="surveyor")
    told = json.loads(said)
    assert (code, told["blocked"]) == (ends, ends == 1)
    assert told["area_m2"] == pytest.approx(sum(each.area for each in shapes) * 1.06e10, rel=0.02)


def test_a_file_that_does_not_say_its_system_asks_for_it(jiezhi: Run, tmp_path: Path):
    sent = parts(shapefile(tmp_path / "loose", shapes=[box(433_000, 3_397_000, 433_100, 3_397_100)], crs=4546))
    file = zipped(tmp_path / "area.zip", {name: each for name, each in sent.items() if not name.endswith(".prj")})
    ask = ("sites", "candidate", "--area", str(file))
    code, _, complaint = jiezhi(*ask, who="surveyor")
    assert (code, "area.zip" in complaint) == (2, True)
    code, _, complaint = jiezhi(*ask, "--crs", "EPSG:4546", who="surveyor")
    assert code == 0, complaint


@pytest.mark.parametrize(
    ("words", "complaint"),
    [((), "--area"), (("--lon", "110.3"), "--area"), (("--lon", "110.3", "--lat", "30.7", "--area", "{clear}"), "--area"),
     (("--area", "{mixed}"), "areas alone"), (("--area", "{fine}"), "5,000"), (("--area", "{nothing}"), "nothing.geojson"),
     (("--area", "{list}"), "list.csv"), (("--area", "{gone}"), "gone.gpkg"), (("--lon", "abc", "--lat", "1"), "degrees")],
)  # fmt: skip
def test_what_is_no_place_of_a_candidate_is_refused_in_one_line(
    jiezhi: Run, tmp_path: Path, words: tuple[str, ...], complaint: str
):
    areas_of(tmp_path, "clear.gpkg", [CLEAR])
    areas_of(tmp_path, "mixed.gpkg", [CLEAR, HERE])
    areas_of(tmp_path, "fine.gpkg", [HERE.buffer(0.001, quad_segs=2000)])
    (tmp_path / "nothing.geojson").write_text('{"type":"FeatureCollection","features":[]}')
    (tmp_path / "list.csv").write_text("经度,纬度\n110.3,30.7\n", "utf-8")
    files = {name: tmp_path / f"{name}.gpkg" for name in ("clear", "mixed", "fine", "gone")}
    files |= {"nothing": tmp_path / "nothing.geojson", "list": tmp_path / "list.csv"}
    code, said, told = jiezhi("sites", "candidate", *(word.format(**files) for word in words), who="surveyor")
    assert (code, said, complaint in told, "Traceback" in told) == (2, "", True, False), told


def test_coverage_and_capacity_are_told_by_town(jiezhi: Run, county_office: Office) -> None:
    with county_office.database.writing() as tx:
        row = {"code": f"{TOWN}001", "name": "样1村", "level": "village", "parent": TOWN, "valid_from": SINCE}
        tx.execute(insert(UNITS.table).values(**row, seat_lon=110.31, seat_lat=30.70, households=200, population=500))
    code, said, _ = jiezhi("sites", "coverage", "--reach", "1000")
    assert (code, "样1村  958 m 样桥社区服务站" in said) == (0, False)
    code, said, _ = jiezhi("sites", "coverage", "--reach", "500")
    assert (code, "样1村  958 m 样桥社区服务站" in said) == (0, True)
    for words in ("直线距离 500 米以内", "within 500 m in a straight line", "到最近一处的直线距离(米)",
                  "metres in a straight line to the nearest"):  # fmt: skip
        assert words in said.replace("\n", "")
    code, said, _ = jiezhi("sites", "coverage", "--json")
    assert [each["covered"] for each in json.loads(said)["communities"] if each["code"] == f"{TOWN}001"] == [False]
    code, said, _ = jiezhi("sites", "capacity")
    assert (code, "200" in said) == (0, True)
    code, said, _ = jiezhi("sites", "capacity", "--json", "--unit", TOWN)
    assert [each["area_per_100_m2"] for each in json.loads(said)["communities"]] == [0.0]
    code, _, complaint = jiezhi("sites", "coverage", "--reach", "7")
    assert (code != 0, "300, 500, 1000" in complaint) == (True, True)
