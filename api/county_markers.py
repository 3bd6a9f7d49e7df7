"""Markers for the sample county: numbers along a line at its turning points, one stone or two to a number.

Where a line follows a river a number may have two stones, one on either bank (同号双立): A on the side of the
unit with the smaller code, B on the other. Numbers run with the line: west to east or north to south.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from api.county_plan import Points, chance
from api.winding import RIDGE, RIVER, TRACK, Course, distances_along

NEXT_M = (850.0, 1_900.0)
"""The next marker stands at the sharpest turn between these distances."""
END_CLEARANCE_M = 450.0
BANK_M = (22.0, 42.0)
TURN_REACH = 4
"""A turn is judged over so many points to either side."""
PLACES = {RIDGE: "山脊转折处", RIVER: "河道拐弯处", TRACK: "田埂拐角处"}
MATERIALS = ("花岗岩", "钢筋混凝土")


@dataclass(frozen=True)
class Stone:
    """One stone: its number's ordinal, its stand type (Q, A, B), where it stands (m), and what is there."""

    ordinal: int
    stand: str
    point: Points
    along_m: float
    place: str
    material: str
    elevation_m: float


def place_markers(course: Course, smaller_on_the_left: bool, seed: int, number: int) -> list[Stone]:
    """The stones along one line, in order. Points in plane metres."""
    draw = chance(seed, 4, number)
    along = distances_along(course.points)
    stones = []
    for ordinal, at in enumerate(_turning_points(course.points, along), 1):
        points = {"Q": course.points[at]}
        if course.follows[at] == RIVER and draw.random() < 0.7:
            points = _on_both_banks(course.points, at, smaller_on_the_left, draw.uniform(*BANK_M)) or points
        material, place = MATERIALS[int(draw.random() < 0.35)], PLACES[int(course.follows[at])]
        for stand, point in points.items():
            stones.append(
                Stone(ordinal, stand, point, float(along[at]), place, material, _height(point, seed))
            )
    return stones


def _turning_points(points: Points, along: NDArray[np.float64]) -> list[int]:
    """Positions of the markers: sharp turns a fair walk apart, none too near an end."""
    turns = _sharpness(points)
    last = along[-1] - END_CLEARANCE_M
    chosen: list[int] = []
    reached = END_CLEARANCE_M - NEXT_M[0]
    while reached + NEXT_M[0] < last and (not chosen or along[-1] - reached > NEXT_M[1]):
        within = np.flatnonzero((along >= reached + NEXT_M[0]) & (along <= min(reached + NEXT_M[1], last)))
        chosen.append(int(within[np.argmax(turns[within])]))
        reached = along[chosen[-1]]
    return chosen


def _sharpness(points: Points) -> NDArray[np.float64]:
    """How sharply the line turns at each point: 0 straight on, 2 straight back; rounded against last bits."""
    before = points - np.roll(points, TURN_REACH, axis=0)
    after = np.roll(points, -TURN_REACH, axis=0) - points
    cosine = (before * after).sum(axis=1) / (np.hypot(*before.T) * np.hypot(*after.T))
    turns: NDArray[np.float64] = np.round(1 - cosine, 6)
    return turns


def _on_both_banks(
    points: Points, at: int, smaller_on_the_left: bool, off: float
) -> dict[str, Points] | None:
    """A stone on either bank, or None where the line comes back between them."""
    along = points[at + 1] - points[at - 1]
    leftwards = np.array([-along[1], along[0]]) / np.hypot(*along) * off
    left, right = points[at] + leftwards, points[at] - leftwards
    across = shapely.LineString([left, right])
    if shapely.intersection(across, shapely.LineString(points)).geom_type != "Point":
        return None
    return {"A": left, "B": right} if smaller_on_the_left else {"A": right, "B": left}


def _height(point: Points, seed: int) -> float:
    """Metres above the sea of an invented hill country."""
    draw = chance(seed, 5)
    waves, phases = draw.uniform(-1, 1, (6, 2)) / 3_000.0, draw.uniform(0, 2 * np.pi, 6)
    return round(float(430 + 45 * np.sin(waves @ point + phases).sum()), 1)
