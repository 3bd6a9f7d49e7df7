"""Areas made out of lines, and lines that do not say clearly whose ground it is."""

import geopandas as gpd
import pytest
import shapely

from boundaries.faces import areas, faces
from boundaries.topology import derive
from tests.mosaics import box, mosaic

DRAWINGS = {
    "two": "A B",
    "tri-junction": "A A B\nC C B",
    "enclave": "A A A\nA B A\nA A A",
    "enclave in an enclave": "A A A A A\nA B B B A\nA B A B A\nA B B B A\nA A A A A",
    "islands and exclaves": "A . B B .\n. . A B .\nC C . . A",
    "lake": "A A A\nA . A\nA A A",
    "lake of two": "A A A\nA . B\nA B B",
    "corners": "A B A\nB A B\nA B A",
    "hole that touches the rim": ". A A\nA . A\nA A A",
    "holes that touch each other": "A A A A\nA . A A\nA A . A\nA A A A",
}


def lines_of(drawing: str) -> gpd.GeoDataFrame:
    return derive(mosaic(drawing), "code", "name").lines


@pytest.mark.parametrize("drawing", DRAWINGS.values(), ids=DRAWINGS)
def test_areas_are_the_polygons_the_lines_came_from(drawing):
    cells, made = mosaic(drawing).sort_values("code"), areas(lines_of(drawing))
    assert list(made.units["code"]) == sorted(cells["code"])
    assert set(made.units.geom_type) == {"MultiPolygon"}
    assert shapely.is_valid(made.units.geometry.array).all()
    assert shapely.equals(made.units.geometry.array, cells.geometry.array).all()
    assert made.disagreements.empty
    assert made.open_sides.empty
    assert made.lines_at_fault() == []


def test_faces_name_their_unit_and_nobodys_ground_has_none():
    made = faces(lines_of("A A A\nA . A\nB B B"))
    assert sorted(made["unit"]) == ["", "A", "B"]
    assert made["agreed"].all()
    assert shapely.equals(made.geometry[made["unit"] == ""].item(), box(1, 1, 2, 2))


def test_parts_are_counted():
    assert list(areas(lines_of("A . A\n. B .")).units["faces"]) == [2, 1]


def test_lines_that_disagree_about_a_face_are_named_with_their_sides():
    lines = lines_of("A A B\nC C B")
    wrong = lines["code"] == "A-B"
    lines.loc[wrong, ["left", "right"]] = lines.loc[wrong, ["right", "left"]].to_numpy()
    made = areas(lines)
    assert list(made.units["code"]) == ["C"]
    assert made.disagreements["face"].nunique() == 2
    claims = made.disagreements.set_index("line").loc["A-B"]
    assert dict(zip(claims["side"], claims["unit"], strict=True)) == {"left": "A", "right": "B"}
    assert made.lines_at_fault() == ["A-0", "A-B", "A-C", "B-0", "B-C"]
    assert made.lines_at_fault(("C",)) == []


def test_a_missing_line_leaves_the_sides_of_the_others_open():
    lines = lines_of("A A B\nC C B")
    made = areas(lines[lines["code"] != "A-0"])
    assert list(made.units["code"]) == ["B", "C"]
    assert set(zip(made.open_sides["line"], made.open_sides["unit"], strict=True)) == {
        ("A-B", "A"),
        ("A-C", "A"),
    }


def test_a_loose_end_inside_a_unit_is_an_open_side():
    lines = lines_of("A B")
    spur = gpd.GeoDataFrame(
        {"code": ["spur"], "left": ["A"], "right": ["A"]},
        geometry=[shapely.LineString([lines.geometry[0].coords[0], box(0, 0, 1, 1).centroid])],
        crs=lines.crs,
    )
    made = areas(gpd.pd.concat([lines, spur], ignore_index=True))
    assert list(made.units["code"]) == ["A", "B"]
    assert list(made.open_sides["line"]) == ["spur", "spur"]


def test_an_island_turned_inside_out_is_unclaimed_and_open():
    lines = lines_of("A . B")
    lines.loc[lines["code"] == "A-0", ["left", "right"]] = ["", "A"]
    made = areas(lines)
    assert list(made.units["code"]) == ["B"]
    assert shapely.equals(made.unclaimed.geometry[0], box(0, 0, 1, 1))
    assert list(made.open_sides["unit"]) == ["A"]


def test_the_next_countys_units_are_no_fault_of_ours():
    lines = lines_of("A B")
    lines.loc[lines["code"] == "A-0", ["left", "right"]] = lines.loc[
        lines["code"] == "A-0", ["left", "right"]
    ].replace("", "X")
    made = areas(lines)
    assert list(made.units["code"]) == ["A", "B"]
    assert made.lines_at_fault() == ["A-0"]
    assert made.lines_at_fault(("A", "B")) == []


def test_a_line_that_is_there_twice_changes_nothing():
    lines = lines_of("A B")
    twice = gpd.pd.concat([lines, lines.iloc[[1]]], ignore_index=True)
    twice.geometry = [*lines.geometry, lines.geometry[1].reverse()]
    twice.loc[3, ["left", "right"]] = [lines.loc[1, "right"], lines.loc[1, "left"]]
    assert areas(twice).units.equals(areas(lines).units)


def test_a_line_inside_one_unit_is_dissolved():
    lines = lines_of("A B").replace({"left": {"B": "A"}, "right": {"B": "A"}})
    made = areas(lines)
    assert list(made.units["code"]) == ["A"]
    assert shapely.equals(made.units.geometry[0], box(0, 0, 2, 1))
    assert len(made.units.geometry[0].geoms) == 1


def test_missing_sides_count_as_outside_and_missing_shapes_as_nothing():
    lines = lines_of("A B").replace({"left": {"": None}, "right": {"": None}})
    lines.loc[len(lines)] = {**lines.iloc[0], "geometry": None}
    made = areas(lines)
    assert list(made.units["code"]) == ["A", "B"]
    assert made.open_sides.empty


def test_no_lines_make_no_areas():
    made = areas(lines_of("A B").iloc[:0])
    assert (len(made.units), len(made.unclaimed), made.lines_at_fault()) == (0, 0, [])
