"""Real polygons: 368 towns and 7,701 villages become lines and come back as they were."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely

from boundaries.faces import areas
from boundaries.parcels import take_polygons
from boundaries.topology import derive

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "boundaries" / "taiwan"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared data sets are not here")


@pytest.fixture(scope="module")
def towns() -> gpd.GeoDataFrame:
    return gpd.read_file(FOLDER / "towns.geojson")


def come_back(polygons: gpd.GeoDataFrame, code: str, lines: gpd.GeoDataFrame) -> tuple[np.ndarray, list[str]]:
    """Whether each unit's area is its polygon again, to the last bit; and the codes of the units."""
    parcels = take_polygons(polygons, code, None)
    made = areas(lines).units.set_index("code").geometry.reindex(parcels.codes)
    parts, row = shapely.get_parts(parcels.shapes, return_index=True)
    sent = shapely.multipolygons(parts, indices=row)
    same = shapely.equals_identical(shapely.normalize(sent), shapely.normalize(made.to_numpy()))
    return same, parcels.codes


def test_all_towns_come_back_exactly(towns):
    made = derive(towns, "TOWNCODE", "TOWNNAME")
    same, codes = come_back(towns, "TOWNCODE", made.lines)
    assert (len(codes), same.sum()) == (368, 368)
    assert (len(made.lines), len(made.junctions)) == (1130, 714)
    assert set(made.mismatches["kind"]) == {"gap"}  # rivers and an airfield that belong to no town
    assert areas(made.lines).lines_at_fault() == []


def test_one_county_comes_back_exactly(towns):
    county = towns[towns["COUNTYCODE"] == "10017"]
    made = derive(county, "TOWNCODE", "TOWNNAME")
    same, codes = come_back(county, "TOWNCODE", made.lines)
    assert (len(codes), same.sum()) == (7, 7)
    assert made.notes == ()
    assert "10017020-10017030" in set(made.lines["code"])
    assert "七堵-暖暖线" in set(made.lines["name"])


def test_villages_come_back_exactly_but_for_three_that_overlap():
    villages = gpd.read_file(FOLDER / "villages.geojson")
    made = derive(villages, "VILLCODE", "VILLNAME")
    same, codes = come_back(villages, "VILLCODE", made.lines)
    assert (len(codes), same.sum()) == (7701, 7698)
    overlap = made.mismatches[made.mismatches["kind"] == "overlap"]
    assert list(overlap["units"]) == [",".join(sorted(codes[~same]))]
    assert sum("made valid" in note.en for note in made.notes) == 7
    assert (made.junctions["degree"] >= 3).all()


def test_towns_shaken_by_millimetres_are_matched_again(towns):
    random = np.random.default_rng(1)
    shaken = towns.set_geometry([shake(each, random) for each in towns.geometry])
    made = derive(shaken, "TOWNCODE", "TOWNNAME", 0.02)
    assert list(made.lines["code"]) == list(derive(towns, "TOWNCODE", "TOWNNAME").lines["code"])
    assert len(areas(made.lines).units) == 368


def shake(unit: shapely.Geometry, random: np.random.Generator) -> shapely.Geometry:
    corners, corner = np.unique(shapely.get_coordinates(unit), axis=0, return_inverse=True)
    moved = corners + random.uniform(-2e-8, 2e-8, corners.shape)
    return shapely.set_coordinates(shapely.from_wkb(shapely.to_wkb(unit)), moved[corner.ravel()])
