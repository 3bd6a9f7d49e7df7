"""Metres and square metres of shapes that may be in any known coordinate system.

Lengths and areas are those on the ellipsoid of CGCS2000. No datum is shifted: the positions are only read in
degrees.
"""

from __future__ import annotations

import numpy as np
import shapely
from pyproj import CRS, Transformer

from boundaries.arcs import Floats
from boundaries.parcels import Shapes
from boundaries.plane import plane_over
from gis import crs as ellipsoid

METRES_PER_DEGREE = 111_320.0


def lengths_m(shapes: Shapes, crs: CRS) -> Floats:
    """Lengths of lines, or of the rings of polygons (m)."""
    return ellipsoid.lengths_m(_in_degrees(shapes, crs))


def areas_m2(shapes: Shapes, crs: CRS) -> Floats:
    """Areas of polygons (m²)."""
    return ellipsoid.areas_m2(_in_degrees(shapes, crs))


def in_metres(xy: Floats, crs: CRS) -> Floats:
    """Vertices on a flat metre grid, good for tolerances; shape (n, 2) in and out."""
    if not crs.is_geographic:
        return xy * crs.axis_info[0].unit_conversion_factor
    points = np.asarray(shapely.points(xy), dtype=object)
    return shapely.get_coordinates(plane_over(points).to_metres(points))


def units_for(metres: float, crs: CRS) -> float:
    """A small distance in the units of a system: metres, feet, or degrees along a meridian."""
    if crs.is_geographic:
        return metres / METRES_PER_DEGREE
    return metres / float(crs.axis_info[0].unit_conversion_factor)


def _in_degrees(shapes: Shapes, crs: CRS) -> Shapes:
    if crs.is_geographic:
        return np.asarray(shapes, dtype=object)
    return ellipsoid.moved(shapes, Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform)
