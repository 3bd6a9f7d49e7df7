"""The plan of the invented county: where its towns lie, who borders whom, which ground each line may use.

Eleven random points of which five lie on the hull have 15 Delaunay triangles and 25 edges, whatever the seed.
A triangle is a tri-junction inside the county, an edge is a line, a hull edge takes its line to the county's.
Each line keeps to its own ground, the quadrilateral between its two towns and its two junctions. Such grounds
tile the county, so lines meet at their junctions only, however they wind. Plane metres, east then north.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, count

import numpy as np
from numpy.typing import NDArray
from shapely import Polygon

Points = NDArray[np.float64]
"""Coordinates, one row each: east, north in metres."""

Triangles = NDArray[np.int64]
"""Numbers of the three seats at the corners, counter-clockwise, one row each."""

TOWNS = 11
BORDER_TOWNS = 5
OUTSIDE = -1
"""Stands for the neighbouring county among the towns' numbers."""
RADIUS_M = 12_600.0
RIM_M = 3_900.0
"""How far the county reaches beyond its border towns' seats."""
STRETCH = np.array([[1.24, 0.2], [-0.06, 0.85]])
"""Counties are seldom round."""


@dataclass(frozen=True)
class Ground:
    """What a line may use: from junction `start` to junction `end`, between the towns `sides`."""

    sides: tuple[int, int]
    start: int
    end: int
    through: Points
    """The line's rough course, start and end included."""
    edge: Polygon

    @property
    def outer(self) -> bool:
        """Whether it carries a piece of the county line."""
        return OUTSIDE in self.sides


@dataclass(frozen=True)
class Plan:
    """Seats, junctions with the three units that meet there, and the ground of every line."""

    seats: Points
    junctions: Points
    meeting: tuple[tuple[int, ...], ...]
    grounds: tuple[Ground, ...]


def chance(seed: int, *place: int) -> np.random.Generator:
    """A stream of random numbers that belongs to one place and does not depend on any other."""
    return np.random.Generator(np.random.PCG64([seed, *place]))


def plan_county(seed: int) -> Plan:
    """The first arrangement of towns of a seed that looks like a county.

    Only uniform numbers are drawn and only comparisons decide, so that every machine draws the same county.
    """
    for attempt in count():
        draw = chance(seed, 1, attempt)
        seats = _spread_out(_scatter_seats(draw))
        triangles = _delaunay(seats)
        if len(triangles) == 2 * TOWNS - 2 - BORDER_TOWNS and _smallest_sine(seats, triangles) > 0.36:
            return _lay_out(seats, triangles, draw)
    raise AssertionError("unreachable")


def _scatter_seats(draw: np.random.Generator) -> Points:
    """Five seats in a ring, six within it, none too close to another."""
    turns = (np.arange(BORDER_TOWNS) + draw.uniform(-0.24, 0.24, BORDER_TOWNS)) / BORDER_TOWNS + draw.random()
    far = draw.uniform(0.86, 1.2, BORDER_TOWNS)
    seats = np.column_stack([np.cos(turns * 2 * np.pi) * far, np.sin(turns * 2 * np.pi) * far])
    for seat in draw.uniform(-0.8, 0.8, (100, 2)):
        if len(seats) < TOWNS and np.hypot(*(seats - seat).T).min() > 0.5:
            seats = np.vstack([seats, seat])
    stretched: Points = seats @ STRETCH.T * RADIUS_M
    return stretched


def _spread_out(seats: Points) -> Points:
    """Moves the inner seats towards the middle of their neighbours, so that no town is a sliver."""
    for _ in range(2):
        triangles = _delaunay(seats)
        near = np.zeros((len(seats), len(seats)), bool)
        near[triangles, np.roll(triangles, 1, axis=1)] = True
        near |= near.T
        middles: Points = near @ seats / np.maximum(near.sum(axis=1), 1)[:, None]
        seats = np.vstack([seats[:BORDER_TOWNS], (seats + middles)[BORDER_TOWNS:] / 2])
    return seats


def _cross(a: Points, b: Points) -> NDArray[np.float64]:
    crossed: NDArray[np.float64] = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    return crossed


def _delaunay(seats: Points) -> Triangles:
    """All triangles, counter-clockwise, whose circle holds no other seat: all are tried, they are few."""
    triples = np.array(list(combinations(range(len(seats)), 3)))
    corners = seats[triples]
    clockwise = _cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]) < 0
    triples[clockwise] = triples[clockwise, ::-1]
    arms = seats[triples][:, :, None] - seats
    within = sum((arms[:, i] ** 2).sum(axis=2) * _cross(arms[:, i - 2], arms[:, i - 1]) for i in range(3))
    np.put_along_axis(within, triples, -1.0, axis=1)  # its own corners lie on the circle
    kept: Triangles = triples[(within < 0).all(axis=1)]
    return kept


def _smallest_sine(seats: Points, triangles: Triangles) -> float:
    corners = seats[triangles]
    arms = [corners[:, (i + 1) % 3] - corners[:, i] for i in range(3)]
    spans = [np.hypot(*arm.T) for arm in arms]
    return float(min((_cross(arms[0], arms[1]) / (spans[i] * spans[i - 1])).min() for i in range(3)))


def _lay_out(seats: Points, triangles: Triangles, draw: np.random.Generator) -> Plan:
    weights = draw.uniform(1.0, 2.6, (len(triangles), 3))
    inside = [row @ seats[three] / row.sum() for row, three in zip(weights, triangles, strict=True)]
    opposite = {(t[i - 1], t[i]): n for n, t in enumerate(triangles.tolist()) for i in range(3)}
    hull = _in_ring_order([edge for edge in opposite if edge[::-1] not in opposite])
    rim = [_beyond(seats[[p, q]], draw) for p, q in hull]
    gates = {edge: len(inside) + n for n, edge in enumerate(hull)}
    junctions = np.array(inside + rim)
    grounds = [
        _inner_ground(seats, junctions, (p, q), n, gates[p, q] if (p, q) in gates else opposite[q, p], draw)
        for (p, q), n in opposite.items()
        if p < q or (p, q) in gates
    ]
    grounds += [
        _outer_ground(seats, junctions, hull[n][0], gates[hull[n - 1]], gates[hull[n]], draw)
        for n in range(BORDER_TOWNS)
    ]
    meeting = (*map(tuple, triangles.tolist()), *((p, q, OUTSIDE) for p, q in hull))
    return Plan(seats, junctions, meeting, tuple(grounds))


def _in_ring_order(edges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    following = dict(edges)
    ring = [edges[0]]
    while len(ring) < len(edges):
        ring.append((ring[-1][1], following[ring[-1][1]]))
    return ring


def _beyond(pair: Points, draw: np.random.Generator) -> Points:
    """The point where the line between two border towns meets the county line."""
    along = pair[1] - pair[0]
    outward = np.array([along[1], -along[0]]) / np.hypot(*along)
    place: Points = pair[0] + along * draw.uniform(0.36, 0.64) + outward * RIM_M * draw.uniform(0.5, 1.3)
    return place


def _inner_ground(
    seats: Points, junctions: Points, towns: tuple[int, int], start: int, end: int, draw: np.random.Generator
) -> Ground:
    p, q = seats[list(towns)]
    middle = p + (q - p) * draw.uniform(0.38, 0.62)
    through = np.array([junctions[start], middle, junctions[end]])
    # Seen from the triangle on the left of p → q, p lies on the right of the way out.
    return _directed(towns, start, end, through, Polygon([junctions[start], p, junctions[end], q]))


def _outer_ground(
    seats: Points, junctions: Points, town: int, start: int, end: int, draw: np.random.Generator
) -> Ground:
    """The county line round one border town, in a wedge that is open to the outside."""
    seat = seats[town]
    first, last = junctions[start], junctions[end]
    corner = seat + seat / np.hypot(*seat) * RIM_M * draw.uniform(0.6, 1.5)
    swell = draw.uniform(0.06, 0.14, 2)
    before, after = _swollen(first, corner, swell[0]), _swollen(corner, last, swell[1])
    through = np.array([first, before, corner, after, last])
    wedge = Polygon([seat, first, first * 2, corner * 2, last * 2, last])
    return _directed((OUTSIDE, town), start, end, through, wedge)


def _swollen(a: Points, b: Points, by: float) -> Points:
    """A point beside the middle of a → b, to its right, which is outside the county (counter-clockwise)."""
    return (a + b) / 2 + np.array([b[1] - a[1], a[0] - b[0]]) * by


def _directed(right_left: tuple[int, int], start: int, end: int, through: Points, edge: Polygon) -> Ground:
    """Turns a line round if need be: it runs from west to east or from north to south, as markers do."""
    east, north = through[-1] - through[0]
    right, left = right_left
    if (east if abs(east) >= abs(north) else -north) > 0:
        return Ground((left, right), start, end, through, edge)
    return Ground((right, left), end, start, through[::-1], edge)
