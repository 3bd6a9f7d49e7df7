"""Laws of lines and areas, on random mosaics with islands, exclaves, enclaves and lakes."""

import geopandas as gpd
import numpy as np
import shapely
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as some

from boundaries.faces import areas, faces
from boundaries.line_ends import line_ends, snap_ends
from boundaries.topology import derive
from tests.mosaics import units_of

UNITS = "ABCDEF"
GRID = 0.01
quickly = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@some.composite
def mosaics(draw) -> gpd.GeoDataFrame:
    """Units made of the cells of a bent grid, some of them nobody's; all corners are shared exactly."""
    width, height = draw(some.integers(1, 6)), draw(some.integers(1, 6))
    count = draw(some.integers(1, len(UNITS)))
    owner = draw(some.lists(some.integers(0, count), min_size=width * height, max_size=width * height))
    random = np.random.default_rng(draw(some.integers(0, 2**32 - 1)))
    corner = np.stack(np.meshgrid(np.arange(width + 1.0), np.arange(height + 1.0)), axis=-1)
    corner = (corner + random.uniform(-0.3, 0.3, corner.shape)) * GRID + (110.3, 30.7)
    cells: dict[str, list[shapely.Polygon]] = {}
    for place, unit in enumerate(owner):
        y, x = divmod(place, width)
        if unit:
            ring = [corner[y, x], corner[y, x + 1], corner[y + 1, x + 1], corner[y + 1, x]]
            cells.setdefault(UNITS[unit - 1], []).append(shapely.Polygon(ring))
    return units_of({unit: shapely.union_all(parts) for unit, parts in sorted(cells.items())})


@quickly
@given(mosaics())
def test_areas_of_derived_lines_are_the_polygons(cells):
    made = areas(derive(cells, "code", "name").lines)
    assert list(made.units["code"]) == list(cells["code"])
    assert shapely.is_valid(made.units.geometry.array).all()
    assert shapely.equals(made.units.geometry.array, cells.geometry.array).all()
    assert made.lines_at_fault() == []


@quickly
@given(mosaics())
def test_inner_lines_have_two_units_and_outer_lines_one(cells):
    lines = derive(cells, "code", "name").lines
    inner = lines["role"] == "inner"
    assert (lines["left"] != lines["right"]).all()
    assert (inner == (lines["left"] != "") & (lines["right"] != "")).all()
    assert lines["code"].is_unique


@quickly
@given(mosaics())
def test_every_edge_of_every_unit_is_on_one_line_once(cells):
    lines = derive(cells, "code", "name").lines
    whole = shapely.union_all(shapely.boundary(np.asarray(cells.geometry.array, dtype=object)))
    assert np.isclose(shapely.length(whole), shapely.length(lines.geometry.array).sum(), rtol=1e-12)


@quickly
@given(mosaics())
def test_degrees_add_up_to_two_ends_per_open_line(cells):
    made = derive(cells, "code", "name")
    met = made.lines["start"] != ""
    assert made.junctions["degree"].sum() == 2 * met.sum()
    assert (made.junctions["degree"] >= 3).all()
    assert made.junctions["id"].is_unique
    assert set(made.lines["start"][met]) | set(made.lines["end"][met]) == set(made.junctions["id"])


@quickly
@given(mosaics())
def test_euler_counts_vertices_edges_and_faces(cells):
    made = derive(cells, "code", "name")
    free = int((made.lines["start"] == "").sum())
    vertices, edges = len(made.junctions) + free, len(made.lines)
    net = shapely.buffer(np.asarray(made.lines.geometry.array, dtype=object), GRID * 1e-6)
    pieces = len(shapely.get_parts(shapely.union_all(net)))
    assert vertices - edges + len(faces(made.lines)) == pieces


@quickly
@given(mosaics(), some.randoms(use_true_random=False))
def test_neither_the_order_of_units_nor_the_start_of_rings_matters(cells, random):
    order = list(range(len(cells)))
    random.shuffle(order)
    other = cells.iloc[order].set_geometry(shapely.reverse(shapely.normalize(cells.geometry.array))[order])
    one, two = derive(cells, "code", "name"), derive(other, "code", "name")
    same = ["code", "left", "right", "role", "start", "end"]
    assert one.lines[same].equals(two.lines[same])
    assert shapely.equals(one.lines.geometry.array, two.lines.geometry.array).all()
    assert one.junctions.equals(two.junctions)


@quickly
@given(mosaics(), some.integers(0, 2**32 - 1))
def test_a_tolerance_undoes_what_shook_every_polygon_by_itself(cells, seed):
    random = np.random.default_rng(seed)
    shaken = cells.set_geometry([_shake(each, random) for each in cells.geometry])
    one, two = derive(cells, "code", "name"), derive(shaken, "code", "name", 0.05)
    assert list(one.lines["code"]) == list(two.lines["code"])
    assert sorted(one.junctions["degree"]) == sorted(two.junctions["degree"])
    assert areas(two.lines).lines_at_fault() == []


def _shake(unit: shapely.Geometry, random: np.random.Generator) -> shapely.Geometry:
    """Moves every corner of a polygon by some millimetres, wherever its rings pass it."""
    xy = shapely.get_coordinates(unit)
    corners, corner = np.unique(xy, axis=0, return_inverse=True)
    moved = corners + random.uniform(-1e-7, 1e-7, corners.shape)
    return shapely.set_coordinates(shapely.from_wkb(shapely.to_wkb(unit)), moved[corner.ravel()])


@quickly
@given(mosaics(), some.integers(0, 2**32 - 1))
def test_ends_that_nearly_meet_are_snapped_to_the_same_areas(cells, seed):
    made = derive(cells, "code", "name")
    random = np.random.default_rng(seed)
    shaken = made.lines.copy()
    xy, line = shapely.get_coordinates(shaken.geometry.array, return_index=True)
    ends = np.flatnonzero(np.diff(line, prepend=-1) | np.diff(line, append=-1))
    xy[ends] += random.uniform(-1e-8, 1e-8, (len(ends), 2))
    shaken = shaken.set_geometry(shapely.set_coordinates(np.array(shaken.geometry.array), xy))
    snapped = snap_ends(shaken, made.junctions, 0.01)
    assert areas(snapped.lines).lines_at_fault() == []
    assert line_ends(snapped.lines, 0)["node"].nunique() == line_ends(made.lines, 0)["node"].nunique()


@quickly
@given(mosaics())
def test_polygons_that_fit_have_no_mismatch_but_ground_left_out(cells):
    made = derive(cells, "code", "name")
    assert set(made.mismatches["kind"]) <= {"gap"}
    left_out = areas(made.lines).unclaimed
    assert shapely.covers(shapely.union_all(left_out.geometry.array), made.mismatches.geometry.array).all()


@quickly
@given(mosaics(), some.integers(0, 10**6), some.sampled_from([0.0, 0.05, -0.05]))
def test_a_vertex_on_one_side_is_always_told_with_its_unit_and_place(cells, pick, aside):
    inner = derive(cells, "code", "name").lines.query("role == 'inner'")
    assume(len(inner))
    line = inner.iloc[pick % len(inner)]
    one, other = shapely.get_coordinates(line.geometry)[:2]
    along = other - one
    put = (one + other) / 2 + aside * np.array([-along[1], along[0]])
    wrong = cells.set_geometry(
        [
            _put_between(shape, one, other, put) if code == line.left else shape
            for code, shape in zip(cells["code"], cells.geometry, strict=True)
        ]
    )
    assume(wrong.geometry.is_valid.all())
    found = derive(wrong, "code", "name").mismatches
    near = found[shapely.dwithin(found.geometry.array, shapely.Point(put), GRID * 1e-3)]
    assert any({line.left, line.right} <= set(units.split(",")) for units in near["units"])


def _put_between(unit: shapely.Geometry, one, other, put) -> shapely.Geometry:
    """Puts a vertex between two neighbouring vertices of a unit."""
    rings = {}
    parts, part = shapely.get_rings(shapely.get_parts(unit), return_index=True)
    for ring, of in zip(parts, part, strict=True):
        xy = shapely.get_coordinates(ring)
        for place in range(len(xy) - 1):
            if {tuple(xy[place]), tuple(xy[place + 1])} == {tuple(one), tuple(other)}:
                xy = np.insert(xy, place + 1, put, axis=0)
        rings.setdefault(int(of), []).append(xy)
    return shapely.MultiPolygon([(shell, holes) for shell, *holes in rings.values()])
