"""Deriving lines and making areas, beside what GEOS takes for less, in the same run."""

from collections.abc import Callable
from pathlib import Path
from time import process_time
from typing import Any

import geopandas as gpd
import numpy as np
import pytest
import shapely

from boundaries.arcs import cut_rings, rings_of
from boundaries.faces import areas
from boundaries.parcels import take_polygons
from boundaries.topology import derive

FOLDER = Path(__file__).parents[3] / "shared" / "data" / "boundaries" / "taiwan"
pytestmark = [
    pytest.mark.benchmark,
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the shared data sets are not here"),
]


@pytest.fixture(scope="module")
def villages() -> gpd.GeoDataFrame:
    return gpd.read_file(FOLDER / "villages.geojson")


@pytest.fixture(scope="module")
def towns() -> gpd.GeoDataFrame:
    return gpd.read_file(FOLDER / "towns.geojson")


def seconds(work: Callable[[], Any], times: int = 3) -> float:
    """The processor time of the best of some runs."""
    best = float("inf")
    for _ in range(times):
        begin = process_time()
        work()
        best = min(best, process_time() - begin)
    return best


def test_deriving_beats_the_union_of_all_boundaries(villages, capsys):
    shapes = take_polygons(villages, "VILLCODE", None).shapes
    union = seconds(lambda: shapely.line_merge(shapely.union_all(shapely.boundary(shapes))))
    bare = seconds(lambda: cut_rings(rings_of(shapes)))
    whole = seconds(lambda: derive(villages, "VILLCODE", "VILLNAME"))
    with capsys.disabled():
        print(  # noqa: T201
            f"\n7,701 villages: union and merge {union:.2f} s (lines only); bare arcs {bare:.2f} s, "
            f"{union / bare:.0f} times faster; all of derive {whole:.2f} s, {union / whole:.1f} times faster"
        )
    assert union / bare > 8
    assert union / whole > 1.5  # with validity, names, lengths, junctions and mismatches


def test_areas_cost_little_more_than_bare_polygons(towns, villages, capsys):
    for count, units, code in ((368, towns, "TOWNCODE"), (7701, villages, "VILLCODE")):
        lines = derive(units, code, None).lines
        shapes = np.asarray(lines.geometry.array, dtype=object)
        bare = seconds(lambda shapes=shapes: shapely.polygonize(shapes))
        whole = seconds(lambda lines=lines: areas(lines))
        with capsys.disabled():
            print(  # noqa: T201
                f"\n{count} units: bare polygonize {bare:.3f} s, areas {whole:.3f} s, {whole / bare:.1f} times"
            )
        assert whole / bare < 6
