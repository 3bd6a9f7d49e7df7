"""Coordinates come to EPSG:4490 exactly, lengths and areas are those of the ellipsoid."""

import numpy as np
import pyproj
import pytest
import shapely

from gis import crs
from gis.crs import areas_m2, by_code, identify, lengths_m, metres, to_cgcs2000
from gis.errors import UnreadableFile

GEOD = pyproj.Geod(ellps="GRS80")


def shapes(*given: object) -> crs.Geometries:
    return np.array(given, dtype=object)


def test_lengths_are_geodesic_and_parts_add_up() -> None:
    line = shapely.LineString([(112, 28), (112.5, 28.2), (113, 28)])
    both = shapely.MultiLineString([line, [(114, 28), (114, 29)]])
    square = shapely.box(112, 28, 112.1, 28.1)
    found = lengths_m(shapes(line, None, both, square, shapely.Point(1, 2), shapely.LineString()))
    want = [GEOD.geometry_length(each) for each in (line, both, square.exterior)]
    assert found == pytest.approx([want[0], 0, want[1], want[2], 0, 0], rel=1e-12)


def test_areas_take_holes_off_and_ignore_direction() -> None:
    outer = shapely.box(112, 28, 112.2, 28.2)
    hole = shapely.box(112.05, 28.05, 112.1, 28.1)
    holed = shapely.Polygon(outer.exterior, [hole.exterior])
    two = shapely.MultiPolygon([holed.reverse(), shapely.box(113, 28, 113.1, 28.1)])
    area = {name: abs(GEOD.geometry_area_perimeter(each)[0]) for name, each in (("o", outer), ("h", hole))}
    extra = abs(GEOD.geometry_area_perimeter(shapely.box(113, 28, 113.1, 28.1))[0])
    found = areas_m2(shapes(outer, holed, two, None, shapely.Point(1, 1)))
    assert found == pytest.approx(
        [area["o"], area["o"] - area["h"], area["o"] - area["h"] + extra, 0, 0], rel=1e-12
    )


def test_nothing_has_no_length_and_no_area() -> None:
    assert len(lengths_m(shapes())) == len(areas_m2(shapes())) == 0


def test_plane_metres_are_true_nearby_and_lead_back() -> None:
    line = shapely.LineString([(112.9, 28.2), (112.95, 28.22), (112.99, 28.15)])
    plane = metres(shapes(line), line)
    assert plane[0].length == pytest.approx(lengths_m(shapes(line))[0], rel=1e-6)
    assert crs.degrees(plane, line)[0].equals_exact(line, 1e-12)


def test_grids_are_exact_and_geographic_coordinates_stay_untouched() -> None:
    point = shapely.Point(112.912345678, 28.212345678)
    for code in (4547, 4526, 4497):
        way = pyproj.Transformer.from_crs(4490, code, always_xy=True)
        there = shapes(shapely.Point(way.transform(point.x, point.y)))
        back, accuracy = to_cgcs2000(there, by_code(code))
        assert accuracy == 0
        assert back[0].equals_exact(point, 1e-11)
    for code in (4490, 4480, 4326):
        assert to_cgcs2000(shapes(point), by_code(code))[0][0] is point


def test_foreign_systems_state_their_accuracy() -> None:
    taiwan = shapes(shapely.Point(250000, 2650000))
    found, accuracy = to_cgcs2000(taiwan, by_code(3826))
    assert (found[0].x, found[0].y) == pytest.approx((121.0, 23.955), abs=1e-3)
    assert accuracy == 2
    assert to_cgcs2000(shapes(shapely.Point(500000, 3000000)), by_code(32649))[1] == 1


def test_a_datum_without_a_way_is_refused() -> None:
    sphere = 'GEOGCS["x",DATUM["x",SPHEROID["x",6370000,0]],PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
    with pytest.raises(UnreadableFile, match="dependable"):
        to_cgcs2000(shapes(shapely.Point(112, 28)), identify(sphere))


def test_a_nameless_datum_on_the_wgs84_ellipsoid_is_wgs84() -> None:
    text = (
        'GEOGCS["UNK",DATUM["Unknown datum",SPHEROID["WGS 84",6378137,298.257223563]],'
        'PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]]'
    )
    found, accuracy = to_cgcs2000(shapes(shapely.Point(112, 28)), identify(text))
    assert found[0].equals_exact(shapely.Point(112, 28), 1e-9)
    assert accuracy is None
