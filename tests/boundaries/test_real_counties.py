"""Real polygons, derived to lines and checked: nothing in them is called an error."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

import boundaries  # noqa: F401 - enters the rules
from boundaries.topology import derive
from gis.intake.rules import Severity, Survey, blocking, check
from gis.settings import Settings

TOWNS = Path(__file__).parents[3] / "shared/data/boundaries/taiwan/towns.geojson"
CODES = r"county:\d{5},township:\d{8}"

pytestmark = pytest.mark.skipif(not TOWNS.exists(), reason="the real towns are not on this machine")


@pytest.fixture(scope="module")
def towns() -> gpd.GeoDataFrame:
    return gpd.read_file(TOWNS).set_crs("EPSG:4490", allow_override=True)


def survey(towns: gpd.GeoDataFrame) -> Survey:
    """What `jiezhi derive` makes of some towns, and the towns themselves, each with a seat."""
    derived = derive(towns, "TOWNCODE", "TOWNNAME")
    seats = shapely.point_on_surface(towns.geometry.to_numpy())
    units = gpd.GeoDataFrame(
        {
            "code": towns["TOWNCODE"],
            "name": towns["TOWNNAME"],
            "level": "township",
            "parent": towns["COUNTYCODE"],
            "seat_lon": shapely.get_x(seats),
            "seat_lat": shapely.get_y(seats),
        },
        geometry=[None] * len(towns),
    )
    sheets = {
        "lines": derived.lines.assign(stated_km=derived.lines["length_m"] / 1000),
        "tri_junctions": derived.junctions.rename(columns={"id": "code"}),
        "units": units.drop_duplicates("code").reset_index(drop=True),
    }
    numbered = {name: sheet.assign(row=np.arange(1, len(sheet) + 1)) for name, sheet in sheets.items()}
    return Survey(numbered, Settings(unit_codes=CODES))


def test_a_county_of_seven_towns_has_no_fault(towns):
    findings, not_checked = check(survey(towns[towns["COUNTYCODE"] == "10017"]))
    assert not findings
    assert not not_checked


def test_all_towns_have_no_fault_but_four_meetings_of_four_are_noted(towns):
    findings, _ = check(survey(towns))
    assert blocking(findings) == 0
    assert {(finding.rule, finding.severity) for finding in findings} == {("G07", Severity.NOTE)}
    assert len(findings) == 4


def test_a_fault_among_all_towns_is_found_at_its_place(towns):
    whole = survey(towns)
    lines = whole.sheets["lines"].copy()
    inner = lines.index[(lines["role"] == "inner") & (lines["start"] != "")][100]
    vertices = shapely.get_coordinates(lines.geometry[inner])
    lines.loc[inner, "geometry"] = shapely.LineString(vertices[:-1])
    (found,) = [
        each
        for each in check(Survey({**whole.sheets, "lines": lines}, whole.settings))[0]
        if each.severity is Severity.ERROR
    ]
    assert found.rule == "G05"
    assert found.key == lines["code"][inner]
    assert found.geometry.distance(shapely.Point(vertices[-2])) < 1e-9
