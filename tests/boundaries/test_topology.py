"""Lines and junctions out of polygons, and what is said about polygons that do not fit."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import Geod

from boundaries import arcs
from boundaries.faces import areas
from boundaries.topology import Derived, derive, short_name
from tests.mosaics import CELL, ORIGIN, box, is_left_of, mosaic, units_of

M = 1 / 111_000
"""About a metre in degrees."""


def derived(drawing: str) -> Derived:
    return derive(mosaic(drawing), "code", "name")


def three_with_a_vertex_missing() -> gpd.GeoDataFrame:
    """A tall unit whose edge lacks the vertex where its two neighbours meet."""
    return units_of({"A": box(0, 0, 1, 2), "B": box(1, 0, 2, 1), "C": box(1, 1, 2, 2)})


def kinds(made: Derived) -> list[tuple[str, str]]:
    return list(zip(made.mismatches["kind"], made.mismatches["units"], strict=True))


def test_two_neighbours_have_one_inner_line_and_two_outer_ones():
    made = derived("A B")
    lines = made.lines.set_index("code")
    assert list(lines.index) == ["A-0", "A-B", "B-0"]
    assert list(lines["role"]) == ["outer", "inner", "outer"]
    assert list(lines["name"]) == ["A山外界线", "A山-B山线", "B山外界线"]
    assert list(made.junctions["degree"]) == [3, 3]
    assert set(made.junctions["units"]) == {"A,B"}
    assert made.notes == ()


def test_every_line_has_its_units_on_the_sides_it_says():
    cells = mosaic("A A B B\nA C C B\nD C E E\nD D . E")
    shape = dict(zip(cells["code"], cells.geometry, strict=True))
    whole = shapely.union_all(cells.geometry.array)
    outside = shapely.difference(shapely.buffer(whole, CELL), whole)
    for line in derive(cells, "code", None).lines.itertuples():
        assert is_left_of(line.geometry, shape.get(line.left, outside)), line.code
        assert is_left_of(line.geometry.reverse(), shape.get(line.right, outside)), line.code


def test_lines_run_west_to_east_or_north_to_south():
    made = derived("A A\nB B")
    across = shapely.get_coordinates(made.lines.geometry[made.lines["code"] == "A-B"].item())
    assert across[0, 0] < across[-1, 0]
    down = shapely.get_coordinates(derived("A B").lines.geometry[1])
    assert down[0, 1] > down[-1, 1]


def test_start_and_end_name_the_junctions_at_the_ends():
    made = derived("A A B\nC C B")
    at = dict(zip(made.junctions["id"], made.junctions.geometry, strict=True))
    for line in made.lines.itertuples():
        assert shapely.equals(at[line.start], shapely.get_point(line.geometry, 0))
        assert shapely.equals(at[line.end], shapely.get_point(line.geometry, -1))
    assert "A-B-C" in at
    assert {"A-B-0", "A-C-0", "B-C-0"} < set(at)


def test_a_point_of_four_units_is_reported_not_refused():
    made = derived("A B\nC D")
    four = made.junctions[made.junctions["degree"] == 4]
    assert list(four["units"]) == ["A,B,C,D"]
    assert len(made.notes) == 1
    assert "A-B-C-D" in made.notes[0].zh
    assert "A-B-C-D" in made.notes[0].en


def test_an_enclave_is_a_closed_line_with_its_inside_on_the_left():
    made = derived("A A A\nA B A\nA A A")
    line = made.lines.set_index("code").loc["A-B"]
    assert (line["left"], line["right"], line["start"], line["end"]) == ("B", "A", "", "")
    assert shapely.is_ccw(shapely.LinearRing(line.geometry))
    assert made.junctions.empty
    assert made.notes == ()


def test_islands_and_exclaves_are_ordinary():
    made = derived("A . B B\n. . A B")
    assert sorted(made.lines["code"]) == ["A-0-01", "A-0-02", "A-B", "B-0"]
    island = made.lines[made.lines["code"] == "A-0-01"].iloc[0]
    assert (island["left"], island["start"]) == ("A", "")
    assert made.notes == ()


def test_polygons_with_one_code_are_parts_of_one_unit():
    parts = gpd.GeoDataFrame(
        {"code": ["A", "A", "B"]}, geometry=[box(0, 0, 1, 1), box(0, 1, 1, 2), box(3, 0, 4, 1)], crs=4490
    )
    made = derive(parts, "code", None)
    assert list(made.lines["code"]) == ["A-0", "B-0"]
    assert made.junctions.empty


def test_a_unit_that_touches_itself_in_a_corner_has_a_junction_there():
    made = derived("A .\n. A")
    assert list(made.junctions["degree"]) == [4]
    assert list(made.junctions["units"]) == ["A"]
    assert list(made.lines["code"]) == ["A-0-01", "A-0-02"]


def test_a_lake_inside_one_unit_is_a_hole_and_between_two_a_gap():
    assert derived("A A A\nA . A\nA A A").notes == ()
    made = derived("A A A\nA . B\nA B B")
    assert kinds(made) == [("gap", "A,B")]
    cell = shapely.transform(box(1, 1, 2, 2), lambda xy: xy)
    assert shapely.equals(made.mismatches.geometry[0], cell)
    assert "A, B" in made.notes[-1].en


def test_an_overlap_is_told_with_its_units_size_and_place():
    made = derived("A A . .\nA AB B B\nA A B B")
    assert kinds(made) == [("overlap", "A,B")]
    found = made.mismatches.iloc[0]
    area, way = Geod(ellps="GRS80").geometry_area_perimeter(box(1, 1, 2, 2))
    assert found["area_m2"] == pytest.approx(area)
    assert found["length_m"] == pytest.approx(way / 2)
    assert shapely.covers(box(1, 1, 2, 2), found.geometry)


def test_one_polygon_under_two_codes_is_told():
    twice = units_of({"A": box(0, 0, 1, 1), "B": box(0, 0, 1, 1), "C": box(1, 0, 2, 1)})
    made = derive(twice, "code", "name")
    assert kinds(made) == [("overlap", "A,B")]
    assert any("no line of their own: B" in note.en for note in made.notes)


def test_a_unit_drawn_over_a_matched_line_is_told():
    made = derive(
        units_of({"A": box(0, 0, 2, 4), "B": box(2, 0, 4, 4), "C": box(1, 1, 3, 2)}), "code", "name"
    )
    assert kinds(made) == [("overlap", "A,B,C")]


def test_a_vertex_on_one_side_only_is_an_unmatched_edge():
    made = derive(three_with_a_vertex_missing(), "code", "name")
    assert kinds(made) == [("unmatched", "A,B,C")]
    assert made.mismatches["length_m"][0] == pytest.approx(
        Geod(ellps="GRS80").geometry_length(box(0, 0, 0, 2)) / 2, rel=1e-6
    )


def test_a_tolerance_puts_such_vertices_in_and_says_how_many():
    made = derive(three_with_a_vertex_missing(), "code", "name", 0.01)
    assert sorted(made.lines["code"]) == ["A-0", "A-B", "A-C", "B-0", "B-C", "C-0"]
    assert made.mismatches.empty
    assert "0 vertices moved" in made.notes[0].en
    assert "1 vertices put" in made.notes[0].en


@pytest.mark.parametrize("crs", ["EPSG:4490", "EPSG:4547"])
def test_a_tolerance_brings_edges_together_and_says_how_far(crs):
    apart = mosaic("A A B B\nC C B B\nC C D D")
    moved = [
        shapely.transform(each, lambda xy, i=i: xy + i * 0.3 * M) for i, each in enumerate(apart.geometry)
    ]
    apart = apart.set_geometry(moved, crs="EPSG:4490").to_crs(crs)
    assert len(derive(apart, "code", None).junctions) == 0
    made = derive(apart, "code", None, 3)
    assert sorted(made.lines["code"]) == sorted(derived("A A B B\nC C B B\nC C D D").lines["code"])
    assert made.mismatches.empty
    shift = float(made.notes[0].en.split("at most ")[1].split(" m")[0])
    assert 0.3 <= shift <= 3


def test_a_tolerance_leaves_what_matches_and_what_is_too_far():
    apart = units_of(
        {
            "A": box(0, 0, 1, 1),
            "B": box(1, 0, 2, 1),
            "C": shapely.transform(box(2, 0, 3, 1), lambda xy: xy + 5 * M),
        }
    )
    made = derive(apart, "code", None, 1)
    assert shapely.equals(areas(made.lines).units.geometry[0], apart.geometry[0])
    assert shapely.equals_exact(
        areas(made.lines).units.geometry[2].geoms[0], apart.geometry[2], normalize=True
    )
    assert "C-0" in set(made.lines["code"])


def test_a_broken_ring_is_mended_with_a_note():
    x, y = ORIGIN
    bow = shapely.Polygon([(x, y), (x + CELL, y + CELL), (x + CELL, y), (x, y + CELL)])
    made = derive(units_of({"A": bow}), "code", "name")
    assert "Self-intersection" in made.notes[0].en
    assert shapely.is_valid(areas(made.lines).units.geometry[0])


def test_rows_without_ground_are_left_out_with_a_note():
    flat = shapely.Polygon([(0, 0), (1, 1), (2, 2), (0, 0)])
    odd = units_of(
        {
            "A": box(0, 0, 1, 1),
            "B": None,
            "C": shapely.Polygon(),
            "D": shapely.Point(1, 1),
            "E": flat,
            "F": shapely.box(0, 0, np.nan, 1),
        }
    )
    made = derive(odd, "code", "name")
    assert set(made.lines["left"]) == {"A"}
    assert "B, C, D, E, F" in made.notes[-1].en


def test_nothing_at_all_gives_empty_layers():
    made = derive(units_of({"A": None}), "code", "name")
    assert (len(made.lines), len(made.junctions), len(made.mismatches)) == (0, 0, 0)
    assert {"code", "left", "right", "start", "end", "length_m"} <= set(made.lines.columns)
    assert {"id", "units", "degree"} <= set(made.junctions.columns)


def test_codes_may_be_numbers_and_missing_ones_are_row_numbers():
    cells = mosaic("A B C").assign(code=[10017010.0, 10017020.0, None], name=["仁愛區", None, " "])
    made = derive(cells, "code", "name")
    assert {"10017010-10017020", "10017020-row3"} < set(made.lines["code"])
    assert "仁愛-10017020线" in set(made.lines["name"])


def test_codes_do_not_depend_on_the_order_of_the_polygons():
    cells = mosaic("A B A B\nB A B A\nC C A D")
    one, other = derive(cells, "code", "name"), derive(cells.iloc[::-1], "code", "name")
    assert one.lines.drop(columns="geometry").equals(other.lines.drop(columns="geometry"))
    assert shapely.equals_identical(one.lines.geometry.array, other.lines.geometry.array).all()
    assert one.junctions.equals(other.junctions)


def test_lengths_are_ellipsoidal_in_any_system_and_coordinates_stay():
    cells = mosaic("A B")
    flat = cells.to_crs("EPSG:4547")
    here, there = derive(cells, "code", "name"), derive(flat, "code", "name")
    assert there.lines.crs.to_epsg() == 4547
    assert there.lines["length_m"].to_numpy() == pytest.approx(here.lines["length_m"].to_numpy(), rel=1e-6)
    geod = Geod(ellps="GRS80")
    assert list(here.lines["length_m"]) == pytest.approx(
        [geod.geometry_length(each) for each in here.lines.geometry]
    )
    assert shapely.covers(
        shapely.boundary(shapely.MultiPolygon(list(flat.geometry))), there.lines.geometry[1]
    )


def test_polygons_without_a_system_are_taken_as_they_are():
    made = derive(mosaic("A B").set_crs(None, allow_override=True), "code", "name")
    assert made.lines.crs is None
    assert len(made.lines) == 3


def test_vertices_are_told_apart_even_when_their_hashes_meet(monkeypatch):
    cells = mosaic("A A B B\nA C C B\nD C E E")
    usual = derive(cells, "code", "name")
    monkeypatch.setattr(arcs, "_hash", lambda xy: np.zeros(len(xy), dtype=np.uint64))
    assert derive(cells, "code", "name").lines.equals(usual.lines)


def test_minus_zero_is_zero():
    made = derive(
        units_of({"A": shapely.box(-1, 0.0, 0.0, 1), "B": shapely.box(-0.0, -0.0, 1, 1)}), "code", "name"
    )
    assert "A-B" in set(made.lines["code"])


def test_short_names_lose_the_kind_of_unit_only():
    given = ["柘皋镇", "中和區", "東區", "城关街道办事处", "五里乡", "镇"]
    assert [*map(short_name, given)] == ["柘皋", "中和", "東區", "城关", "五里", "镇"]
