"""Stretches of edge that polygons share, found by their exact vertices.

Arrays only. Polygons of one coverage use the same vertices on both sides of an edge, so an edge needs no
geometry to be recognised: each distinct vertex gets a number, rings are cut where their neighbours change,
and a stretch is known by its end and the vertex beside it. Everything is O(n log n) in the number of
vertices, without a loop in Python.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

NOBODY = -1


@dataclass(frozen=True)
class Rings:
    """Rings laid end to end: the owner's ground is on the left, no vertex repeats, none closes its ring."""

    xy: Floats
    """All vertices, shape (n, 2)."""
    first: Ints
    """Where each ring begins, and n at the end: shape (rings + 1,)."""
    owner: Ints
    """Row of the polygon each ring belongs to."""


@dataclass(frozen=True)
class Arcs:
    """Stretches between nodes, each once, whoever uses it."""

    xy: Floats
    first: Ints
    """Where each arc begins in `xy`, and the number of vertices at the end."""
    left: Ints
    """Row of the polygon on the left, NOBODY outside."""
    right: Ints
    start: Ints
    """Number of the vertex it starts from; the same number as `end` on a closed arc."""
    end: Ints
    free: Flags
    """Closed arcs that meet nothing else."""
    doubled: Ints
    """Shape (m, 2): arc and row of each further polygon on a side that was already taken."""

    @property
    def vertices(self) -> int:
        """One more than the highest number of a vertex at an end."""
        return int(np.maximum(self.start, self.end).max(initial=-1)) + 1


def rings_of(polygons: NDArray[np.object_]) -> Rings:
    """Lays the rings of valid polygons and multipolygons end to end, owners on the left."""
    parts, row = shapely.get_parts(polygons, return_index=True)
    rings, part = shapely.get_rings(shapely.orient_polygons(parts), return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    kept = np.zeros(len(xy), dtype=bool)
    # The vertex that closes a ring has no successor in it, a repeated one equals its successor: both go.
    kept[:-1] = (ring[1:] == ring[:-1]) & _differ(xy[1:], xy[:-1])
    sizes = np.bincount(ring[kept], minlength=len(rings))
    return Rings(xy[kept] + 0.0, _offsets(sizes), row[part].astype(np.int64))  # + 0.0 turns -0.0 into 0.0


def number_vertices(xy: Floats) -> Ints:
    """Gives equal numbers, from 0, to vertices with exactly equal coordinates.

    Sorting one 64-bit hash is several times faster than sorting pairs of coordinates; should two different
    vertices ever share a hash, the pairs are sorted after all.
    """
    mixed = _hash(np.ascontiguousarray(xy))
    order = np.argsort(mixed)
    numbers = _number_sorted(order, mixed[order][1:] != mixed[order][:-1])
    one_of = np.empty(len(xy), dtype=np.int64)
    one_of[numbers] = np.arange(len(xy))
    if not _differ(xy[one_of[numbers]], xy).any():
        return numbers
    order = np.lexsort((xy[:, 1], xy[:, 0]))
    return _number_sorted(order, _differ(xy[order][1:], xy[order][:-1]))


def find_nodes(number: Ints, before: Ints, after: Ints) -> Flags:
    """Tells which vertices are nodes: those that rings pass between different neighbours."""
    low, high = np.minimum(before, after), np.maximum(before, after)
    visits = np.arange(len(number))
    one_visit = np.empty(number.max(initial=-1) + 1, dtype=np.int64)
    one_visit[number] = visits
    other = one_visit[number]
    node = np.zeros(len(one_visit), dtype=bool)
    node[number[(low != low[other]) | (high != high[other])]] = True
    return node


def cut_rings(rings: Rings) -> Arcs:
    """Cuts rings at their nodes and joins the two uses of every stretch."""
    number = number_vertices(rings.xy)
    before, after = _neighbours(rings.first)
    node = find_nodes(number, number[before], number[after])
    turned = _turn_rings(rings.first, number, node)
    number = number[turned]
    begin, last, ring = _find_stretches(rings.first, node[number])
    # A stretch is known by its end and the vertex beside it, whichever ring runs along it and in which direction.
    onward = number[begin] * len(node) + number[after[begin]]
    back = number[last] * len(node) + number[before[last]]
    along = onward < back
    _, chosen, arc = np.unique(np.minimum(onward, back), return_index=True, return_inverse=True)
    one, late_one = _take_side(arc[along], rings.owner[ring[along]], len(chosen))
    other, late_other = _take_side(arc[~along], rings.owner[ring[~along]], len(chosen))
    places, first = _pick(begin[chosen], (before[last] - begin)[chosen] + 2)
    places[first[1:] - 1] = last[chosen]
    return Arcs(
        rings.xy[turned][places],
        first,
        np.where(along[chosen], one, other),
        np.where(along[chosen], other, one),
        number[begin[chosen]],
        number[last[chosen]],
        ~node[number[begin[chosen]]],
        np.concatenate([late_one, late_other]),
    )


def turn_arcs(arcs: Arcs, flip: Flags) -> Arcs:
    """Turns some arcs round, their sides and ends with them."""
    sizes = np.diff(arcs.first)
    step = np.arange(len(arcs.xy)) - np.repeat(arcs.first[:-1], sizes)
    backwards = np.repeat(arcs.first[1:] - 1, sizes) - step
    return replace(
        arcs,
        xy=arcs.xy[np.where(np.repeat(flip, sizes), backwards, np.arange(len(arcs.xy)))],
        left=np.where(flip, arcs.right, arcs.left),
        right=np.where(flip, arcs.left, arcs.right),
        start=np.where(flip, arcs.end, arcs.start),
        end=np.where(flip, arcs.start, arcs.end),
    )


def sort_arcs(arcs: Arcs, order: Ints) -> Arcs:
    """Puts arcs in another order."""
    picked, first = _pick(arcs.first[order], np.diff(arcs.first)[order])
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    return Arcs(
        arcs.xy[picked],
        first,
        arcs.left[order],
        arcs.right[order],
        arcs.start[order],
        arcs.end[order],
        arcs.free[order],
        np.column_stack([place[arcs.doubled[:, 0]], arcs.doubled[:, 1]]),
    )


def _hash(xy: Floats) -> NDArray[np.uint64]:
    bits = xy.view(np.uint64)
    mixed = bits[:, 0] * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= mixed >> np.uint64(32)
    mixed = (mixed + bits[:, 1]) * np.uint64(0xD6E8FEB86659FD93)
    return mixed ^ (mixed >> np.uint64(32))


def _differ(one: Floats, other: Floats) -> Flags:
    differ: Flags = (one[:, 0] != other[:, 0]) | (
        one[:, 1] != other[:, 1]
    )  # ten times faster than any(axis=1)
    return differ


def _number_sorted(order: Ints, changes: Flags) -> Ints:
    numbers = np.zeros(len(order), dtype=np.int64)
    numbers[order[1:]] = np.cumsum(changes)
    return numbers


def _offsets(sizes: Ints) -> Ints:
    return np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)


def _neighbours(first: Ints) -> tuple[Ints, Ints]:
    places = np.arange(first[-1])
    before, after = places - 1, places + 1
    before[first[:-1]] = first[1:] - 1
    after[first[1:] - 1] = first[:-1]
    return before, after


def _turn_rings(first: Ints, number: Ints, node: Flags) -> Ints:
    """Orders the vertices so that each ring starts at a node, a free ring at its smallest number.

    Both sides of an island then start at the same vertex, and no stretch runs across the start of a ring.
    """
    if not len(number):
        return np.empty(0, dtype=np.int64)
    sizes = np.diff(first)
    rank = np.where(node[number], number - len(node), number)
    best = np.repeat(np.minimum.reduceat(rank, first[:-1]), sizes)
    found = np.flatnonzero(rank == best)
    ring = np.repeat(np.arange(len(sizes)), sizes)
    shift = np.zeros(len(sizes), dtype=np.int64)
    shift[ring[found]] = found - first[ring[found]]
    place = np.arange(len(number)) - first[ring]
    turned: Ints = first[ring] + (place + shift[ring]) % sizes[ring]
    return turned


def _find_stretches(first: Ints, node: Flags) -> tuple[Ints, Ints, Ints]:
    """Where stretches between nodes begin and end, and their rings; the last one of a ring ends at its start."""
    cut = node.copy()
    cut[first[:-1]] = True
    begin = np.flatnonzero(cut)
    ring = np.searchsorted(first, begin, side="right") - 1
    stop = np.append(begin, first[-1])[1:]
    return begin, np.where(stop == first[ring + 1], first[ring], stop), ring


def _take_side(arc: Ints, owner: Ints, arcs: int) -> tuple[Ints, Ints]:
    """Gives each arc its first user on one side, and lists the users who came too late."""
    side = np.full(arcs, NOBODY, dtype=np.int64)
    side[arc[::-1]] = owner[::-1]
    late = side[arc] != owner
    return side, np.column_stack([arc[late], owner[late]])


def _pick(begin: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Lists the places of stretches that begin here and there."""
    first = _offsets(sizes)
    return np.arange(first[-1]) + np.repeat(begin - first[:-1], sizes), first


def smallest_in_group(one: Ints, other: Ints, members: int) -> Ints:
    """For each of 0 … members - 1 the smallest of its group, where pairs belong together."""
    first = np.arange(members)
    while True:
        lower = first.copy()
        np.minimum.at(lower, one, first[other])
        np.minimum.at(lower, other, first[one])
        if (lower == first).all():
            return first
        first = lower[lower]
