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
