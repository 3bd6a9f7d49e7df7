"""Where lines end, and ends that are brought together."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from boundaries.faces import areas
from boundaries.line_ends import cluster_points, line_ends, snap_ends
from boundaries.topology import derive
from tests.mosaics import ORIGIN, mosaic

MM = 0.001 / 111_000
"""About a millimetre in degrees."""
DRAWING = "A A B\nC C B\nC D D"


def shaken(by_mm: float) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Lines whose ends have been moved a little, each by itself, and the junctions where they should meet."""
    made = derive(mosaic(DRAWING), "code", "name")
    random = np.random.default_rng(7)
    move = lambda xy: xy + random.uniform(-by_mm * MM, by_mm * MM, xy.shape)  # noqa: E731
    return made.lines.set_geometry(shapely.transform(made.lines.geometry.array, move)), made.junctions


def test_ends_that_meet_have_one_node():
    made = derive(mosaic(DRAWING), "code", "name")
    ends = line_ends(made.lines)
    assert len(ends) == 2 * len(made.lines)
    degrees = ends.groupby("node").size()
    assert sorted(degrees) == sorted(made.junctions["degree"])
    assert list(ends.columns) == ["line_index", "which", "lon", "lat", "node", "closed"]
    assert list(ends["which"][:2]) == ["start", "end"]


def test_nodes_hold_ends_within_the_tolerance_and_no_others():
    shaken_lines, junctions = shaken(4)
    assert line_ends(shaken_lines, 0.02)["node"].nunique() == len(junctions)
    assert line_ends(shaken_lines, 0.0)["node"].nunique() == 2 * len(shaken_lines)


def test_closed_lines_say_so_and_lines_without_shape_are_left_out():
    lines = derive(mosaic("A . B"), "code", "name").lines
    lines.loc[0, "geometry"] = None
    ends = line_ends(lines)
    assert list(ends["line_index"]) == [1, 1]
    assert ends["closed"].all()
    assert ends["node"].nunique() == 1


def test_labels_of_the_lines_are_kept():
    lines = derive(mosaic("A B"), "code", "name").lines.set_index("code")
    assert set(line_ends(lines)["line_index"]) == {"A-0", "A-B", "B-0"}


@pytest.mark.parametrize("known", [True, False], ids=["onto junctions", "onto each other"])
def test_snapped_lines_close_to_areas(known):
    lines, junctions = shaken(3)
    assert areas(lines).units.empty
    snapped = snap_ends(lines, junctions if known else None, 0.02)
    made = areas(snapped.lines)
    assert list(made.units["code"]) == ["A", "B", "C", "D"]
    assert made.lines_at_fault() == []
    assert 0 < snapped.moved["shift_m"].max() < 0.02
    if known:
        assert line_ends(snapped.lines, 0)["node"].nunique() == len(junctions)
        assert len(snapped.moved) == 2 * len(lines)


def test_only_the_ends_move_and_the_given_lines_stay():
    lines, junctions = shaken(3)
    before = lines.copy()
    snapped = snap_ends(lines, junctions).lines
    assert lines.equals(before)
    for was, now in zip(lines.geometry, snapped.geometry, strict=True):
        assert was.coords[1:-1] == now.coords[1:-1]


def test_ends_further_off_stay():
    lines, junctions = shaken(3)
    assert snap_ends(lines, junctions, 0.0001).moved.empty


def test_a_nearly_closed_ring_is_closed_and_a_tiny_line_is_left_alone():
    x, y = ORIGIN
    ring = shapely.LineString([(x, y), (x + 0.01, y), (x, y + 0.01), (x, y + 5 * MM)])
    tiny = shapely.LineString([(x + 1, y), (x + 1, y + 5 * MM)])
    lines = gpd.GeoDataFrame({"left": ["A", ""], "right": ["", ""]}, geometry=[ring, tiny], crs=4490)
    snapped = snap_ends(lines, None, 0.01)
    assert list(snapped.moved["which"]) == ["end"]
    assert snapped.lines.geometry[0].is_closed
    assert snapped.lines.geometry[1] == tiny
    assert list(areas(snapped.lines).units["code"]) == ["A"]


def test_groups_are_chained_and_named_after_their_first():
    x, y = ORIGIN
    points = shapely.points([(x, y), (x + 1, y), (x, y + 8 * MM), (x, y + 16 * MM)])
    assert list(cluster_points(points, 0.01)) == [0, 1, 0, 0]


def test_no_lines_have_no_ends():
    lines = derive(mosaic("A B"), "code", "name").lines.iloc[:0]
    assert line_ends(lines).empty
    assert snap_ends(lines, None).moved.empty
