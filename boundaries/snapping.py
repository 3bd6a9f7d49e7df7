"""Polygons whose edges nearly match, brought together where they do not.

Only vertices of edges that no neighbour shares are touched. Such a vertex moves onto a neighbour's vertex
within the tolerance; what is left is put into the neighbour's edge beside it. Nothing moves further than the
tolerance, and the largest shift is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from boundaries.arcs import Flags, Floats, Ints, number_vertices
from boundaries.measures import in_metres
from boundaries.parcels import Parcels, Shapes, list_some, mend_shapes
from gis.text import Text

Nesting = list[NDArray[np.signedinteger[Any]]]


@dataclass(frozen=True)
class Outline:
    """Multipolygons as arrays, every ring closed; and which of their edges only one ring uses."""

    xy: Floats
    metres: Floats
    """The same vertices on a flat grid (m)."""
    rings: Ints
    """Where each ring begins, and the number of vertices at the end."""
    owner: Ints
    """For each vertex, the row of its multipolygon."""

    @cached_property
    def number(self) -> Ints:
        """For each vertex the number it shares with those at exactly the same place."""
        return number_vertices(self.xy + 0.0)

    @cached_property
    def place(self) -> Ints:
        """For each number, a place where such a vertex stands."""
        place = np.empty(self.number.max(initial=-1) + 1, dtype=np.int64)
        place[self.number] = np.arange(len(self.number))
        return place

    @cached_property
    def loose(self) -> Ints:
        """Places where an edge begins that only one ring uses; it ends at the next place."""
        inside = np.ones(len(self.xy), dtype=bool)
        inside[self.rings[1:] - 1] = False
        begin = np.flatnonzero(inside[:-1] & (self.number[:-1] != self.number[1:]))
        one, other = self.number[begin], self.number[begin + 1]
        key = np.minimum(one, other) * len(self.place) + np.maximum(one, other)
        _, edge, uses = np.unique(key, return_inverse=True, return_counts=True)
        loose: Ints = begin[uses[edge] == 1]
        return loose

    @cached_property
    def vertices(self) -> Ints:
        """Numbers of the vertices on loose edges."""
        return np.unique(self.number[np.concatenate([self.loose, self.loose + 1])])

    @cached_property
    def uses(self) -> Ints:
        """Who passes which vertex: number * owners + owner, sorted."""
        return np.unique(self.number * self.owners + self.owner)

    @property
    def owners(self) -> int:
        """How many multipolygons there are."""
        return int(self.owner.max(initial=-1)) + 1

    def passed_by(self, vertex: Ints, owner: Ints) -> Flags:
        """Tells whether a multipolygon has a vertex."""
        return np.isin(vertex * self.owners + owner, self.uses)

    def count_owners(self, vertex: Ints) -> tuple[Ints, Ints]:
        """Where the owners of each vertex begin in `uses`, and how many there are."""
        low = np.searchsorted(self.uses, vertex * self.owners)
        return low, np.searchsorted(self.uses, (vertex + 1) * self.owners) - low

    def have_common_owner(self, one: Ints, other: Ints) -> Flags:
        """Tells which pairs of vertices some multipolygon has both of."""
        low, many = self.count_owners(one)
        pair = np.repeat(np.arange(len(one)), many)
        step = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many)
        common = self.passed_by(other[pair], self.uses[low[pair] + step] % self.owners)
        return np.bincount(pair[common], minlength=len(one)) > 0


def snap_parcels(parcels: Parcels, tolerance_m: float, crs: CRS) -> Parcels:
    """Brings edges that nearly match together, and mends what breaks by it."""
    kind, was, nesting = _outline(parcels.shapes, crs)
    joined = _move_to_vertices(was, tolerance_m)
    bent = _put_into_edges(joined, tolerance_m)
    shift = np.hypot(*(joined.metres - was.metres).T)
    shapes, broken = mend_shapes(shapely.from_ragged_array(kind, bent.xy, (bent.rings, *nesting)))
    notes = [
        _note_shifts(
            len(np.unique(was.number[shift > 0])),
            shift.max(initial=0.0),
            len(bent.xy) - len(was.xy),
            tolerance_m,
        )
    ]
    if broken:
        notes.append(_note_mended(parcels.codes[list(broken)]))
    return replace(parcels, shapes=shapes, notes=(*parcels.notes, *notes))


def _outline(shapes: Shapes, crs: CRS) -> tuple[shapely.GeometryType, Outline, Nesting]:
    parts, row = shapely.get_parts(shapes, return_index=True)
    kind, xy, (rings, *nesting) = shapely.to_ragged_array(
        np.asarray(shapely.multipolygons(parts, indices=row), dtype=object)
    )
    first = rings[nesting[0][nesting[1]]]
    owner = np.repeat(np.arange(len(shapes)), np.diff(first))
    return kind, Outline(xy, in_metres(xy, crs), rings.astype(np.int64), owner), nesting


def _move_to_vertices(outline: Outline, tolerance_m: float) -> Outline:
    """Moves loose vertices onto those of another owner, the nearest pairs first."""
    vertex = outline.vertices
    points = np.asarray(shapely.points(outline.metres[outline.place[vertex]]), dtype=object)
    one, other = shapely.STRtree(points).query(points, predicate="dwithin", distance=tolerance_m)
    apart = (one < other) & ~outline.have_common_owner(vertex[one], vertex[other])
    one, other = one[apart], other[apart]
    nearest = np.argsort(shapely.distance(points[one], points[other]), kind="stable")
    goes = _choose_moves(vertex[one][nearest], vertex[other][nearest], outline, tolerance_m)
    stays = goes[outline.number] == outline.number
    source = np.where(stays, np.arange(len(outline.xy)), outline.place[goes[outline.number]])
    return Outline(outline.xy[source], outline.metres[source], outline.rings, outline.owner)


def _choose_moves(one: Ints, other: Ints, outline: Outline, tolerance_m: float) -> Ints:
    """Which vertex each vertex goes to, itself mostly.

    Pairs, nearest first, join groups that meet in one of their vertices; a vertex that two owners share
    already never moves, and nobody joins a group whose meeting point is beyond the tolerance.
    """
    goes = np.arange(len(outline.place))
    fixed = np.zeros(len(goes), dtype=bool)
    fixed[outline.vertices] = outline.count_owners(outline.vertices)[1] > 1
    group: dict[int, list[int]] = {}
    for pair in zip(one.tolist(), other.tolist(), strict=True):
        here, there = sorted((int(goes[each]) for each in pair), key=lambda each: (not fixed[each], each))
        comers = group.get(there, [there])
        way = outline.metres[outline.place[comers]] - outline.metres[outline.place[here]]
        if here == there or fixed[there] or np.hypot(*way.T).max() > tolerance_m:
            continue
        goes[comers] = here
        group[here] = group.get(here, [here]) + comers
    return goes


def _put_into_edges(outline: Outline, tolerance_m: float) -> Outline:
    """Puts loose vertices into the nearest loose edge of each other owner beside them."""
    vertex, begin = outline.vertices, outline.loose
    points = np.asarray(shapely.points(outline.metres[outline.place[vertex]]), dtype=object)
    edges = np.asarray(
        shapely.linestrings(np.stack([outline.metres[begin], outline.metres[begin + 1]], axis=1)),
        dtype=object,
    )
    point, edge = shapely.STRtree(edges).query(points, predicate="dwithin", distance=tolerance_m)
    strange = ~outline.passed_by(vertex[point], outline.owner[begin[edge]])
    point, edge = point[strange], edge[strange]
    order = np.lexsort((shapely.distance(points[point], edges[edge]), outline.owner[begin[edge]], point))
    point, edge = point[order], edge[order]
    nearest = np.ones(len(point), dtype=bool)
    nearest[1:] = (np.diff(point) != 0) | (np.diff(outline.owner[begin[edge]]) != 0)
    point, edge = point[nearest], edge[nearest]
    along = np.lexsort((shapely.line_locate_point(edges[edge], points[point]), begin[edge]))
    before, source = begin[edge[along]] + 1, outline.place[vertex[point[along]]]
    added = np.searchsorted(before, outline.rings, side="left")
    return Outline(
        np.insert(outline.xy, before, outline.xy[source], axis=0),
        np.insert(outline.metres, before, outline.metres[source], axis=0),
        outline.rings + added,
        np.insert(outline.owner, before, outline.owner[before - 1]),
    )


def _note_shifts(moved: int, shift_m: float, bent: int, tolerance_m: float) -> Text:
    return Text(
        "按容差 {tolerance} m 衔接相邻边：移动顶点 {moved} 个（最大 {shift:.3f} m），"
        "在相邻边上插入顶点 {bent} 个。",
        "Edges were matched within {tolerance} m: {moved} vertices moved (at most {shift:.3f} m), "
        "{bent} vertices put into a neighbour's edge.",
    ).fill(tolerance=tolerance_m, moved=moved, shift=shift_m, bent=bent)


def _note_mended(codes: Shapes) -> Text:
    return Text(
        "衔接后 {n} 个单位的面须重新修复：{codes}。",
        "After matching, the polygons of {n} units had to be made valid: {codes}.",
    ).fill(n=len(codes), codes=list_some(codes))
