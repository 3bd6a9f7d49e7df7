"""The whole way of a survey, over HTTP and on a real PostGIS: sent, checked, reviewed, published, counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.county import make_county, survey
from api.county_files import write_survey
from tests.conftest import Office


@pytest.fixture(scope="session")
def county():
    return make_county()


@pytest.fixture(scope="session")
def working_file(county, tmp_path_factory) -> Path:
    return write_survey(
        survey(county, list(county.lines["working"]["code"]), "working"),
        tmp_path_factory.mktemp("w") / "working.gpkg",
        "geopackage",
    )


def bring_in_units(office: Office, county, tmp_path: Path) -> None:
    listed = tmp_path / "units.csv"
    county.units.to_csv(listed, index=False)
    files = {"file": (listed.name, listed.read_bytes())}
    answer = office.client("administrator").post("/units", files=files)
    assert answer.status_code == 201, answer.text


def test_a_county_comes_into_force_and_a_line_becomes_agreed(office, county, working_file, tmp_path):
    office.has("administrator", "administrator", area="99")
    bring_in_units(office, county, tmp_path)
    number = office.send("surveyor", working_file)
    seen = office.state(number, "surveyor")
    assert seen["state"] == "ready", [f["message"]["zh"] for f in seen["findings"]][:5]
    office.publish(number, "2026-01-01")

    items = office.client().get("/collections/lines/items", params={"limit": 1000}).json()
    assert items["numberMatched"] == 30
    units = office.client("surveyor").get("/collections/units/items", params={"level": "township"}).json()
    assert sum(1 for u in units["features"] if u["geometry"]) == 11
