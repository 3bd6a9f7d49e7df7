"""How large a sheet and its ground are: paper, the frame that fits its room, the metres of a millimetre, round lengths."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry.base import BaseGeometry

PAPERS = {"A4": (297.0, 210.0), "A3": (420.0, 297.0)}
"""Width and height of the paper, landscape (mm)."""
CGCS2000 = Geod(a=6378137, rf=298.257222101)
EVERYWHERE = (110.0, 30.0, 110.5, 30.5)
"""What an empty sheet shows (°)."""
SMALLEST_M = 500.0
"""A single site is shown with so much ground around it, to each side."""
ROOM_AROUND = 1.08


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of ground (°, EPSG:4490) and how large a degree and a millimetre of paper are in its middle (m)."""

    west: float
    south: float
    east: float
    north: float
    east_m: float
    north_m: float
    metres_per_mm: float

    @property
    def box(self) -> BaseGeometry:
        """The frame as an area."""
        return shapely.box(self.west, self.south, self.east, self.north)

    def mm(self, millimetres: float) -> float:
        """So many millimetres of paper as degrees of latitude."""
        return millimetres * self.metres_per_mm / self.north_m


def frame_around(places: Sequence[BaseGeometry], width_mm: float, height_mm: float) -> Frame:
    """The frame around some places (°) that fills a room on the paper, true to length in its middle."""
    bounds = shapely.total_bounds(list(places)) if places else np.array([np.nan])
    west, south, east, north = map(float, bounds) if np.isfinite(bounds).all() else EVERYWHERE
    x, y = (west + east) / 2, (south + north) / 2
    east_m, north_m = metres_of_a_degree(x, y)
    wide = max((east - west) * east_m * ROOM_AROUND, 2 * SMALLEST_M)
    high = max((north - south) * north_m * ROOM_AROUND, 2 * SMALLEST_M)
    per_mm = max(wide / width_mm, high / height_mm)
    half_x, half_y = width_mm * per_mm / east_m / 2, height_mm * per_mm / north_m / 2
    return Frame(x - half_x, y - half_y, x + half_x, y + half_y, east_m, north_m, per_mm)


def metres_of_a_degree(lon: float, lat: float) -> tuple[float, float]:
    """How long a degree eastwards and one northwards are at a place (m)."""
    step = 0.001
    east = CGCS2000.line_length([lon - step, lon + step], [lat, lat])
    north = CGCS2000.line_length([lon, lon], [lat - step, lat + step])
    return east / (2 * step), north / (2 * step)


def round_length(at_most: float) -> float:
    """The largest of 1, 2 and 5 with zeros that is no longer (m)."""
    power = 10.0 ** math.floor(math.log10(at_most))
    return max(each * power for each in (1, 2, 5) if each * power <= at_most)


def told_length(metres: float, of: float) -> str:
    """A length in words, in km where the whole is one or more."""
    return f"{metres:g} m" if of < 1000 else f"{metres / 1000:g} km"
