"""Every command of the guide to the collections runs as it stands, and brings what the guide says."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pyogrio
import pytest
from shapely.geometry import Point
from sqlalchemy import insert

from gis import system_keys
from gis.history import stored
from gis.system_keys import Terms
from placenames.sites.graves import GRAVES
from tests.conftest import COUNTY, PASSWORD, ROOT, Office, serving
from tests.sites_made import SINCE, TOWN, has_cemetery, has_facility, has_many_facilities

GUIDE = ROOT / "docs" / "collections.md"
NEEDED = ("curl", "ogr2ogr", "ogrinfo")


@pytest.mark.skipif(not all(map(shutil.which, NEEDED)), reason="curl and the programs of GDAL are not installed")
def test_the_commands_of_the_guide_run(county_office: Office, tmp_path: Path) -> None:
    county_office.has("clerk", "staff")
    with county_office.database.writing() as tx:
        has_many_facilities(tx, 120, 1, (110.25, 30.65, 110.35, 30.75))
        has_facility(tx, "EAT", Point(110.3, 30.7), type="canteen")
        has_cemetery(tx, "C1", Point(110.3, 30.71))
        grave = {"code": "G1", "category": "clan", "unit": TOWN, "found_on": SINCE, "deadline": date(2026, 1, 2)}
        tx.execute(insert(GRAVES.table).values(**grave, valid_from=SINCE, result="open", geom=stored(Point(110.3, 30.7))))
        _, key = system_keys.add(tx, "tax", Terms((COUNTY,)))
    commands = "".join(re.findall(r"```sh\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL))
    with serving(county_office) as address:
        told = {"JIEZHI": address, "NAME": "clerk", "PASSWORD": PASSWORD, "KEY": key}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", commands], cwd=tmp_path, capture_output=True, text=True, check=False,
            env={**os.environ, **told, "PATH": path},
        )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "121 of 121" in done.stdout
    assert '"code" : "G1"' in done.stdout
    assert len(pyogrio.read_dataframe(tmp_path / "facilities.gpkg")) == 121
    assert set(pyogrio.read_dataframe(tmp_path / "canteens.geojson")["type"]) == {"canteen"}
    assert (tmp_path / "facilities.csv").read_text("utf-8-sig").count("\n") == 122
    for name in ("graves.xlsx", "capacity.xlsx", "cemeteries.gpkg", "some.gpkg", "uncovered.geojson"):
        assert (tmp_path / name).stat().st_size, name
