"""Lines that wind as rivers, ridges and field tracks do, kept on their own ground.

Nothing here is drawn by hand: a rough course is displaced at random, again on ever smaller scales, until its
points lie as close as a survey's. Plane metres, east then north.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count, pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from api.county_plan import Ground, Points, chance

Floats = NDArray[np.float64]

RIDGE, RIVER, TRACK = 0, 1, 2
STRETCH_M = 1_500.0
"""A line keeps following the same thing for about this long."""
SPACING_M = 26.0
"""How close the points of a surveyed line lie."""
SEAT_CLEARANCE_M = 1_300.0
CUSTOMARY_STEP_M = 200.0
CUSTOMARY_SHIFT_M = 75.0


@dataclass(frozen=True)
class Course:
    """A wound line and what it follows at each of its points."""

    points: Points
    follows: NDArray[np.int64]


def wind(ground: Ground, seats: Points, seed: int, number: int) -> Course:
    """The surveyed line on a ground: the first try that neither crosses itself nor leaves its ground."""
    for attempt in count():
        draw = chance(seed, 2, number, attempt)
        course = _wound(ground.through, draw, 0.95**attempt)
        if _is_fit(course.points, ground, seats):
            return course
    raise AssertionError("unreachable")


def wind_as_custom_has_it(course: Course, ground: Ground, seats: Points, seed: int, number: int) -> Points:
    """The customary line from before the survey: fewer points, as long, up to some 100 m beside it."""
    for attempt in count():
        draw = chance(seed, 3, number, attempt)
        points = _roughly_copied(course.points, draw, 0.9**attempt)
        length = distances_along(course.points)[-1]
        if distances_along(points)[-1] > length:
            continue
        points = _drawn_out(points, length, draw)
        if _is_fit(points, ground, seats):
            return points
    raise AssertionError("unreachable")


def distances_along(points: Points) -> Floats:
    """How far along the line each of its points lies, in the unit of the points."""
    return np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])


def _wound(through: Points, draw: np.random.Generator, liveliness: float) -> Course:
    rough = through
    while np.hypot(*np.diff(rough, axis=0).T).max() > STRETCH_M:
        rough = _displaced(rough, draw, 0.32 * liveliness)
    pieces, follows = [], []
    what = RIDGE
    for n, (a, b) in enumerate(pairwise(rough)):
        if n == 0 or draw.random() < 0.45:
            what = int(np.searchsorted([0.5, 0.85], draw.random()))
        piece = _STRETCHES[what](np.array([a, b]), draw, liveliness)[:-1]
        pieces.append(piece)
        follows.append(np.full(len(piece), what))
    return Course(np.vstack([*pieces, through[-1:]]), np.concatenate([*follows, [what]]))


def _displaced(points: Points, draw: np.random.Generator, roughness: float) -> Points:
    """Puts a point beside the middle of every segment, as far off as roughness times the segment's length."""
    along = np.diff(points, axis=0)
    aside = np.column_stack([-along[:, 1], along[:, 0]])
    by = roughness * (draw.random(len(along)) + draw.random(len(along)) - 1.0)
    middles = points[:-1] + along / 2 + aside * by[:, None]
    return np.vstack([_interleaved(points[:-1], middles), points[-1:]])


def _interleaved(a: Points, b: Points) -> Points:
    return np.stack([a, b], axis=1).reshape(-1, 2)


def _smoothed(points: Points, rounds: int) -> Points:
    """Cuts the corners (Chaikin); the ends stay."""
    for _ in range(rounds):
        cut = _interleaved(points[:-1] * 0.75 + points[1:] * 0.25, points[:-1] * 0.25 + points[1:] * 0.75)
        points = np.vstack([points[:1], cut[1:-1], points[-1:]])
    return points


def _ridge(ends: Points, draw: np.random.Generator, liveliness: float) -> Points:
    points, roughness = ends, 0.5 * liveliness
    while np.hypot(*np.diff(points, axis=0).T).max() > SPACING_M * 2:
        points, roughness = _displaced(points, draw, roughness), roughness * 0.93
    return _smoothed(points, 1)


def _river(ends: Points, draw: np.random.Generator, liveliness: float) -> Points:
    """Bends that swing from side to side, no two alike: the heading sways, the whole fits the ends."""
    length = float(np.hypot(*(ends[1] - ends[0])))
    steps = max(8, round(1.25 * length / SPACING_M))
    at = np.linspace(0.0, length, steps)
    bends = _drifting(at, draw, 300.0, 750.0)
    swaying = np.cumsum(2 * np.pi * length / steps / bends) + draw.uniform(0, 2 * np.pi)
    swing = _drifting(at, draw, 0.35, 1.45) * liveliness
    heading = swing * np.sin(swaying) + _drifting(at, draw, -0.5, 0.5)
    path = np.concatenate([[0.0], np.cumsum(np.exp(1j * heading))])
    fitted = complex(*ends[0]) + path * (complex(*(ends[1] - ends[0])) / path[-1])
    return np.vstack([np.column_stack([fitted.real, fitted.imag])[:-1], ends[1:]])


def _drifting(at: Floats, draw: np.random.Generator, low: float, high: float) -> Floats:
    """A quantity that wanders between two bounds, anew about every 400 m."""
    knots = np.linspace(at[0], at[-1], max(3, round(at[-1] / 400.0)))
    return np.interp(at, knots, draw.uniform(low, high, len(knots)))


def _track(ends: Points, draw: np.random.Generator, liveliness: float) -> Points:
    """Straight pieces between field corners."""
    points = ends
    for roughness in (0.22, 0.12, 0.2, 0.06, 0.1):
        points = _displaced(points, draw, roughness * liveliness)
    return points


_STRETCHES = (_ridge, _river, _track)


def _roughly_copied(points: Points, draw: np.random.Generator, closeness: float) -> Points:
    along = distances_along(points)
    picked = np.searchsorted(along, np.linspace(0, along[-1], max(4, round(along[-1] / CUSTOMARY_STEP_M))))
    nearest_end = np.minimum(along, along[-1] - along)[picked]
    # Near a junction the customary line is as certain as the junction itself.
    shift = CUSTOMARY_SHIFT_M * closeness * np.minimum(1.0, nearest_end / 600.0)
    return _smoothed(points[picked] + draw.uniform(-1, 1, (len(picked), 2)) * shift[:, None], 2)


def _drawn_out(points: Points, length: float, draw: np.random.Generator) -> Points:
    """The same line with a bend in every stretch, so that it is as long as the surveyed one.

    A county's lines then add up to the same length on every day, however many of them are agreed.
    """
    middles, along = (points[1:] + points[:-1]) / 2, np.diff(points, axis=0)
    across = np.column_stack([-along[:, 1], along[:, 0]])
    bends = across * (draw.choice([-1.0, 1.0], len(along)) * draw.uniform(0.5, 1.0, len(along)))[:, None]

    def bent(how_much: float) -> Points:
        whole = np.empty((len(points) + len(middles), 2))
        whole[::2], whole[1::2] = points, middles + how_much * bends
        return whole

    least, most = 0.0, 0.6
    for _ in range(40):
        half = (least + most) / 2
        least, most = (half, most) if distances_along(bent(half))[-1] < length else (least, half)
    return bent(least)


def _is_fit(points: Points, ground: Ground, seats: Points) -> bool:
    """Whether a line may stay: simple, without spikes, on its ground, well away from seats and neighbours."""
    line = shapely.LineString(points)
    towns = shapely.points(seats[[town for town in ground.sides if town >= 0]])
    return (
        bool(line.is_simple)
        and _has_no_spikes(points)
        and bool(shapely.covers(ground.edge, line))
        and bool((shapely.distance(towns, line) > SEAT_CLEARANCE_M).all())
        and _keeps_its_distance(points, ground)
    )


def _has_no_spikes(points: Points) -> bool:
    along = np.diff(points, axis=0)
    spans = np.hypot(*along.T)
    turns = (along[1:] * along[:-1]).sum(axis=1) / (spans[1:] * spans[:-1])
    return bool(spans.min() > 2.0 and turns.min() > -0.9)


def _keeps_its_distance(points: Points, ground: Ground) -> bool:
    """At least 120 m from the ground's edge, less only towards the two junctions."""
    allowed = np.hypot(*(points[:, None] - points[[0, -1]]).transpose(2, 0, 1)).min(axis=1)
    gaps = shapely.distance(shapely.points(points), ground.edge.exterior)
    return bool((gaps >= np.minimum(120.0, allowed * 0.16)).all())
