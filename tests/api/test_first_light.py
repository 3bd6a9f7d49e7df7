"""The whole way of a survey, over HTTP and on a real PostGIS: sent, checked, reviewed, published, counted."""

from __future__ import annotations

from pathlib import Path

from api.county import County
from tests.conftest import Office


def bring_in_units(office: Office, county: County, folder: Path) -> None:
    office.bring_in_units(county, folder)


def test_a_county_comes_into_force(office, county, working_file, tmp_path):
    bring_in_units(office, county, tmp_path)
    number = office.send("surveyor", working_file)
    seen = office.state(number, "surveyor")
    assert seen["state"] == "ready", [f["message"]["zh"] for f in seen["findings"]][:5]
    office.publish(number, "2026-01-01")

    items = office.client().get("/collections/lines/items", params={"limit": 1000}).json()
    assert items["numberMatched"] == 30
    units = office.client("surveyor").get("/collections/units/items", params={"level": "township"}).json()
    assert sum(1 for u in units["features"] if u["geometry"]) == 11
