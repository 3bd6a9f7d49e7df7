"""A flat metre grid laid over one survey, so that tolerances given in metres can be asked of its shapes.

The grid only stretches longitudes and latitudes, each by one number: what is straight, shared or crossing on
the map is so on the grid too. Distances on it are good to some per mille over a county; printed ones are
measured on the ellipsoid (`distance_m`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Geod

GRS80 = Geod(a=6378137.0, rf=298.257222101)
"""The ellipsoid of CGCS2000."""

Floats = npt.NDArray[np.float64]
Shapes = npt.NDArray[Any]


@dataclass(frozen=True)
class Plane:
    """The grid: its origin (lon, lat in degrees) and the metres of one degree east and north there."""

    lon: float
    lat: float

    @property
    def _scale(self) -> Floats:
        sine = np.sin(np.radians(self.lat))
        bend = 1 - GRS80.es * sine**2
        east = GRS80.a / np.sqrt(bend) * np.cos(np.radians(self.lat))
        north = GRS80.a * (1 - GRS80.es) / bend**1.5
        scale: Floats = np.radians(1.0) * np.array([east, north])
        return scale

    def to_metres(self, shapes: Shapes) -> Shapes:
        """Shapes in degrees (lon, lat), laid on the grid (east, north in metres)."""
        origin, scale = np.array([self.lon, self.lat]), self._scale
        moved: Shapes = shapely.transform(shapes, lambda xy: (xy - origin) * scale)
        return moved

    def to_degrees(self, shapes: Any) -> Any:
        """One shape, or many, of the grid back in degrees (lon, lat)."""
        origin, scale = np.array([self.lon, self.lat]), self._scale
        return shapely.transform(shapes, lambda xy: xy / scale + origin)

    def distance_m(self, one: npt.ArrayLike, other: npt.ArrayLike) -> Floats:
        """Metres on the ellipsoid between points of the grid, given as (n, 2) arrays or single pairs."""
        here = np.atleast_2d(one) / self._scale + (self.lon, self.lat)
        there = np.atleast_2d(other) / self._scale + (self.lon, self.lat)
        return np.asarray(GRS80.inv(here[:, 0], here[:, 1], there[:, 0], there[:, 1])[2], dtype=float)


def plane_over(shapes: Shapes) -> Plane:
    """The grid that suits these shapes best: its origin is the middle of them."""
    if not len(shapes):
        return Plane(0.0, 0.0)
    west, south, east, north = shapely.total_bounds(shapes)
    if not np.isfinite([west, south, east, north]).all():
        return Plane(0.0, 0.0)
    return Plane((west + east) / 2, (south + north) / 2)
