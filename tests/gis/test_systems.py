"""Coordinate systems are recognised by their numbers; nothing is claimed that the numbers do not say."""

import json
from pathlib import Path

import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj.database import query_crs_info
from pyproj.enums import PJType

from gis import wkt, zones
from gis.systems import Kind, by_code, identify

SAMPLES = Path(__file__).parents[3] / "shared/data/boundaries/prj-samples.json"
GARBLED = "Spherical Mercator"
"""PROJ's guess at 25 % (EPSG:3388, the Caspian Sea) stands in the samples for this sphere; we claim nothing."""

ESRI = (
    'PROJCS["{name}",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["{ellipsoid}",6378137.0,{flattening}]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",{easting}],PARAMETER["False_Northing",{northing}],'
    'PARAMETER["Central_Meridian",{meridian}],PARAMETER["Scale_Factor",{scale}],'
    'PARAMETER["Latitude_Of_Origin",{latitude}],UNIT["{unit}",{metres}]]'
)
SOUND = {
    "name": "CGCS2000_3_Degree_GK_Zone_38", "ellipsoid": "CGCS2000", "flattening": 298.257222101, "easting": 38500000.0,
    "northing": 0.0, "meridian": 114.0, "scale": 1.0, "latitude": 0.0, "unit": "Meter", "metres": 1.0,
}  # fmt: skip


def prj(**changes: object) -> str:
    """A .prj as Esri writes it, with changes."""
    return ESRI.format(**{**SOUND, **changes})


def test_every_grid_of_the_table_is_what_proj_knows() -> None:
    names = tuple(each.title.en for each in zones.SYSTEMS)
    known = {
        int(each.code): pyproj.CRS.from_epsg(int(each.code))
        for each in query_crs_info("EPSG", [PJType.PROJECTED_CRS], allow_deprecated=True)
        if each.name.startswith(names)
    }
    ours = {grid.epsg: grid for grid in zones.grids()}
    assert len(ours) == len(zones.grids())
    gauss = {code: crs for code, crs in known.items() if "Gauss-Kruger" in crs.name}
    assert ours.keys() == gauss.keys()
    for code, crs in gauss.items():
        numbers = {each.name: each.value for each in crs.coordinate_operation.params}
        assert numbers["Longitude of natural origin"] == ours[code].meridian
        assert numbers["False easting"] == ours[code].easting
        assert (numbers["Scale factor at natural origin"], numbers["False northing"]) == (1, 0)
        assert crs.geodetic_crs.to_epsg() == ours[code].system.code
        assert ("3-degree" in crs.name) == (ours[code].width == 3)


@pytest.mark.parametrize("version", ["WKT1_GDAL", "WKT1_ESRI", "WKT2_2019"])
def test_every_grid_is_found_again_in_what_software_writes(version: str) -> None:
    for grid in zones.grids():
        text = pyproj.CRS.from_epsg(grid.epsg).to_wkt(version)
        found = identify(text).epsg
        assert found is not None
        assert grid.epsg in zones.aliases(found), text


@pytest.mark.skipif(not SAMPLES.exists(), reason="the sample texts of ../shared are not here")
def test_all_sample_texts_get_their_code_and_no_other() -> None:
    samples = json.loads(SAMPLES.read_text(encoding="utf-8"))["samples"]
    wrong = []
    for sample in samples:
        found, wanted = identify(sample["wkt"]).epsg, sample["expected_epsg"]
        if found != wanted and GARBLED not in sample["wkt"]:
            wrong.append((wanted, found, sample["wkt"][:80]))
    assert len(samples) > 250
    assert wrong == []


@pytest.mark.parametrize(
    "changes",
    [
        {"meridian": 113.0}, {"meridian": 114.0001}, {"easting": 38500010.0}, {"northing": 10.0}, {"scale": 0.9996},
        {"latitude": 30.0}, {"flattening": 298.257223563}, {"metres": 0.3048}, {"easting": 37500000.0},
    ],
)  # fmt: skip
def test_a_grid_with_other_numbers_is_local_however_it_is_called(changes: dict[str, float]) -> None:
    found = identify(prj(**changes))
    assert (found.epsg, found.kind) == (None, Kind.LOCAL)
    assert "CGCS2000_3_Degree_GK_Zone_38" in found.words.zh


def test_the_name_does_not_matter_when_the_numbers_are_a_grid_s() -> None:
    assert identify(prj(name="长沙坐标")).epsg == 4526
    assert identify(prj().upper()).epsg == 4526
    assert identify("\ufeff " + prj() + "\n").epsg == 4526
    assert identify(prj(name="CGCS2000_GK_CM_117E", meridian=117, easting=500000)).epsg == 4509
    assert identify(prj(name="CGCS2000_3_Degree_GK_CM_117E", meridian=117, easting=500000)).epsg == 4548
    assert zones.aliases(4509) == zones.aliases(4548) == {4509, 4548}


def test_old_systems_are_known_and_refused() -> None:
    for code in (4610, 4214, 4555, 2362, 2414, 21413):
        found = identify(pyproj.CRS.from_epsg(code).to_wkt("WKT1_ESRI"))
        assert (found.epsg, found.kind) == (code, Kind.REFUSED)


def test_foreign_systems_count_only_when_proved_identical() -> None:
    assert identify(pyproj.CRS.from_epsg(32649).to_wkt()).kind is Kind.WGS84
    assert identify(pyproj.CRS.from_epsg(3826).to_wkt("WKT1_ESRI")).epsg == 3826
    moved = pyproj.CRS.from_epsg(3826).to_wkt("WKT1_GDAL").replace("250000", "250001")
    assert (identify(moved).epsg, identify(moved).kind) == (None, Kind.FOREIGN)


@pytest.mark.parametrize("code", ["EPSG:4547", "4547", " epsg:4547\n"])
def test_codes_are_understood(code: str) -> None:
    assert identify(code).epsg == 4547


@pytest.mark.parametrize(
    "text", ["", "EPSG:1", "EPSG:5737", "EPSG:4978", "<html>", "GEOGCS", "GEOGCS[", "{}", "[" * 99999]
)
def test_what_is_no_system_is_unknown(text: str) -> None:
    assert (identify(text).epsg, identify(text).kind) == (None, Kind.UNKNOWN)


@given(
    st.text(max_size=200)
    | st.builds(lambda place, new: prj()[:place] + new, st.integers(0, 500), st.text(max_size=9))
)
@settings(max_examples=150, deadline=None)
def test_no_text_makes_it_stumble(text: str) -> None:
    found = identify(text)
    assert found.epsg in (None, 4526) or by_code(found.epsg).epsg == found.epsg


def test_brackets_too_deep_or_not_closed_are_no_text() -> None:
    assert wkt.parse("A[" * 50 + "]" * 50) is None
    assert wkt.parse('A["b"') is None
    assert wkt.parse('A["b"]]') is None
