"""Areas of one part, as desktop programs write them, come in like those of several."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import shapely

from gis.exports import write_geopackage
from tests.conftest import Office
from tests.lists_made import TOWN, ground_of

PUBLISHED_ON = "2026-03-01"


def areas_file(office: Office, folder: Path, multi: bool) -> Path:
    with office.database.writing() as tx:
        lon, lat = ground_of(tx).place(1000)
    one = shapely.box(lon, lat, lon + 0.001, lat + 0.001)
    frame = gpd.GeoDataFrame(
        {"code": ["JCQ1"], "name": ["样例建成区"], "unit": [TOWN]},
        geometry=[shapely.MultiPolygon([one]) if multi else one],
        crs="EPSG:4490",
    )
    path = folder / f"{'multi' if multi else 'single'}.gpkg"
    write_geopackage(path, {"建成区": frame})
    return path


def test_an_area_of_one_part_is_published(county_office: Office, tmp_path: Path):
    county_office.has("staff", "staff")
    number = county_office.send("staff", areas_file(county_office, tmp_path, multi=False))
    assert county_office.state(number, "staff")["state"] == "ready"
    county_office.publish(number, PUBLISHED_ON)
    (area,) = county_office.client("staff").get("/collections/built_up_areas/items").json()["features"]
    assert area["geometry"]["type"] == "MultiPolygon"
    again = county_office.send("staff", areas_file(county_office, tmp_path, multi=True))
    assert county_office.state(again, "staff")["changes"] == {}


def test_what_is_as_wide_as_half_the_globe_is_a_finding_of_its_row(county_office: Office, tmp_path: Path):
    county_office.has("staff", "staff")
    grounds = [shapely.box(-180, -90, 180, 90), shapely.box(0, -90, 111, 90), shapely.Point(110.3, 30.7)]
    rows = {"code": ["F1", "F2", "F3"], "name": ["样一", "样二", "样三"], "type": "社区服务站", "unit": TOWN}
    frame = gpd.GeoDataFrame(rows, geometry=grounds, crs="EPSG:4490")
    path = tmp_path / "wide.gpkg"
    frame.to_file(path, layer="设施", driver="GPKG")
    told = county_office.state(county_office.send("staff", path), "staff")
    assert told["state"] == "blocked"
    wide = [each["message"]["zh"] for each in told["findings"] if each["rule"] == "F01" and each["severity"] == "error"]
    assert wide == ["图形宽于 90 度,坐标有误"] * 2
