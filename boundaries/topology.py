"""Lines and junctions out of polygons that people already have.

Polygons that share their vertices exactly become directed lines with a unit on either side, and the junctions
where three or more line ends meet. Parts, holes, islands, exclaves and enclaves are ordinary. What does not
fit (gaps, overlaps, broken rings) is said, never mended in silence.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from boundaries.arcs import NOBODY, Arcs, Floats, Ints, cut_rings, rings_of, sort_arcs, turn_arcs
from boundaries.measures import lengths_m
from boundaries.mismatches import find_mismatches, note_mismatches
from boundaries.parcels import Parcels, join_words, list_some, take_polygons
from boundaries.snapping import snap_parcels
from gis.text import Text

OUTSIDE = "0"
"""Stands for the other side of an outer line in generated codes."""
Words = NDArray[np.object_]
_KIND_OF_UNIT = re.compile(r"(?<=..)(街道办事处|街道|地区|[镇乡村里县市区鎮鄉縣區])$")


@dataclass(frozen=True)
class Derived:
    """What was made of a set of polygons, in their own coordinate system."""

    lines: gpd.GeoDataFrame
    """code, name, left, right (unit codes, empty outside), role, start, end (junction ids), length_m."""
    junctions: gpd.GeoDataFrame
    """id, units (codes joined by commas), degree (how many line ends meet)."""
    mismatches: gpd.GeoDataFrame
    """kind (gap, overlap, unmatched), units, length_m, area_m2."""
    notes: tuple[Text, ...]


def derive(polygons: gpd.GeoDataFrame, code: str, name: str | None, tolerance_m: float = 0) -> Derived:
    """Turns polygons that share their edges into lines with a unit on each side, and junctions.

    `code` and `name` are columns; polygons with the same code are parts of one unit. Lines run west to east
    or north to south, as markers are numbered along them; closed lines have their inside on the left. Lengths
    are measured on the ellipsoid (m). With `tolerance_m`, vertices without a partner move to a neighbour's
    vertex or edge within that distance, and the notes tell how far.
    """
    crs = CRS(polygons.crs or "EPSG:4490")
    parcels = take_polygons(polygons, code, name)
    if tolerance_m > 0 and len(parcels.shapes):
        parcels = snap_parcels(parcels, tolerance_m, crs)
    arcs = _put_in_order(_run_as_numbered(cut_rings(rings_of(parcels.shapes)), crs))
    junctions, label = _describe_junctions(arcs, parcels)
    lines = _describe_lines(arcs, parcels, label, crs)
    mismatches = find_mismatches(arcs, lines, parcels, crs)
    notes = (
        *parcels.notes,
        *_note_crowded(junctions),
        *_note_without_lines(parcels, lines),
        *note_mismatches(mismatches),
    )
    for layer in (lines, junctions, mismatches):
        layer.crs = polygons.crs
    return Derived(lines, junctions, mismatches, notes)


def short_name(name: str) -> str:
    """The name of a unit without the word for its kind, as line names use it."""
    return _KIND_OF_UNIT.sub("", name)


def _run_as_numbered(arcs: Arcs, crs: CRS) -> Arcs:
    """Turns lines to run west to east or north to south, closed ones with their inside on the left."""
    head, tail = arcs.xy[arcs.first[:-1]], arcs.xy[arcs.first[1:] - 1]
    east, north = (tail - head).T
    if crs.is_geographic:
        east = east * np.cos(np.radians(head[:, 1]))
    backwards = np.where(np.abs(east) >= np.abs(north), east < 0, north > 0)
    closed = arcs.start == arcs.end
    return turn_arcs(arcs, np.where(closed, _signed_areas(arcs) < 0, backwards))


def _signed_areas(arcs: Arcs) -> Floats:
    origin = np.repeat(arcs.xy[arcs.first[:-1]], np.diff(arcs.first), axis=0)
    x, y = (arcs.xy - origin).T  # near the origin, or large coordinates would eat the digits
    return _sum_per_arc(x[:-1] * y[1:] - x[1:] * y[:-1], arcs)


def _sum_per_arc(per_step: Floats, arcs: Arcs) -> Floats:
    """Sums what belongs to the steps between vertices, leaving out those from one arc to the next."""
    steps = np.append(per_step, 0.0)
    steps[arcs.first[1:] - 1] = 0.0
    total: Floats = np.add.reduceat(steps, arcs.first[:-1]) if len(arcs.left) else np.empty(0)
    return total


def _put_in_order(arcs: Arcs) -> Arcs:
    """Sorts lines by the codes of their units, several of one pair from west to east, then north to south.

    The order, and with it every generated code, does not depend on the order of the polygons.
    """
    if not len(arcs.left):
        return arcs
    low, high = _sides(arcs)
    west = np.minimum.reduceat(arcs.xy[:, 0], arcs.first[:-1])
    north = np.maximum.reduceat(arcs.xy[:, 1], arcs.first[:-1])
    return sort_arcs(arcs, np.lexsort((-north, west, high, low)))


def _sides(arcs: Arcs) -> tuple[Ints, Ints]:
    """The two units of each line, smaller code first; NOBODY always comes second."""
    swap = (arcs.right != NOBODY) & ((arcs.left == NOBODY) | (arcs.right < arcs.left))
    return np.where(swap, arcs.right, arcs.left), np.where(swap, arcs.left, arcs.right)


def _describe_lines(arcs: Arcs, parcels: Parcels, label: Words, crs: CRS) -> gpd.GeoDataFrame:
    codes = np.append(parcels.codes, "")
    short = np.array([*map(short_name, parcels.names), ""], dtype=object)
    one, other = _sides(arcs)
    outer = other == NOBODY
    shapes = np.asarray(
        shapely.linestrings(arcs.xy, indices=np.repeat(np.arange(len(one)), np.diff(arcs.first))),
        dtype=object,
    )
    return gpd.GeoDataFrame(
        {
            "code": number_repeats((codes[one] + "-" + np.where(outer, OUTSIDE, codes[other])).tolist()),
            "name": short[one] + np.where(outer, "外界线", "-" + short[other] + "线"),
            "left": codes[arcs.left],
            "right": codes[arcs.right],
            "role": np.where(outer, "outer", "inner"),
            "start": np.where(arcs.free, "", label[arcs.start]),
            "end": np.where(arcs.free, "", label[arcs.end]),
            "length_m": lengths_m(shapes, crs),
        },
        geometry=shapes,
    )


def _describe_junctions(arcs: Arcs, parcels: Parcels) -> tuple[gpd.GeoDataFrame, Words]:
    """The points where lines end, and for each vertex number the id of the junction there."""
    met = ~arcs.free
    ends = np.concatenate([arcs.start[met], arcs.end[met]])
    places = np.concatenate([arcs.first[:-1][met], arcs.first[1:][met] - 1])
    vertex, first, node, degree = np.unique(ends, return_index=True, return_inverse=True, return_counts=True)
    beside = np.concatenate([np.tile(arcs.left[met], 2), np.tile(arcs.right[met], 2)])
    beside[beside == NOBODY] = len(parcels.codes)
    units = join_words(np.tile(node, 2), beside, np.append(parcels.codes, OUTSIDE))
    junctions = gpd.GeoDataFrame(
        {"vertex": vertex, "degree": degree, "units": units},
        geometry=shapely.points(arcs.xy[places[first]]),
    )
    order = np.lexsort((junctions.geometry.x, -junctions.geometry.y))
    junctions = junctions.iloc[order].reset_index(drop=True)
    junctions["id"] = number_repeats([each.replace(",", "-") for each in junctions["units"]])
    junctions["units"] = [each.removesuffix(f",{OUTSIDE}") for each in junctions["units"]]
    label = np.full(arcs.vertices, "", dtype=object)
    label[junctions["vertex"]] = junctions["id"]
    return junctions[["id", "units", "degree", "geometry"]], label


def number_repeats(words: list[str]) -> list[str]:
    """Adds -01, -02, … to words that occur several times, in their order."""
    many, turn = Counter(words), Counter[str]()
    numbered = []
    for word in words:
        turn[word] += 1
        numbered.append(f"{word}-{turn[word]:02}" if many[word] > 1 else word)
    return numbered


def _note_crowded(junctions: gpd.GeoDataFrame) -> list[Text]:
    """Four-way points are real (1 to 5 % of all), so they are reported, not refused."""
    crowded = junctions[junctions["degree"] > 3]
    if crowded.empty:
        return []
    return [
        Text(
            "{n} 个交会点有四条以上界线相交（degree ≥ 4），请逐一核对：{ids}。",
            "At {n} junctions four or more lines meet (degree ≥ 4); please look at each: {ids}.",
        ).fill(n=len(crowded), ids=list_some(crowded["id"]))
    ]


def _note_without_lines(parcels: Parcels, lines: gpd.GeoDataFrame) -> list[Text]:
    """A unit without a line of its own is the same polygon as another one, or lies over others entirely."""
    lost = sorted(set(parcels.codes).difference(lines["left"].to_numpy(), lines["right"].to_numpy()))
    if not lost:
        return []
    return [
        Text(
            "{n} 个单位的范围与其他单位完全重复，没有自己的界线：{codes}。",
            "{n} units have the very ground of others and so no line of their own: {codes}.",
        ).fill(n=len(lost), codes=list_some(lost))
    ]
