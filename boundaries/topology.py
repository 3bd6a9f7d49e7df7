"""Lines and junctions out of polygons that people already have.

Polygons that share their vertices exactly become directed lines with a unit on either side, and the junctions
where three or more line ends meet. Parts, holes, islands, exclaves and enclaves are ordinary. What does not
fit (gaps, overlaps, broken rings) is said, never mended in silence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS, Geod, Transformer

from boundaries.arcs import NOBODY, Arcs, Floats, Ints, cut_rings, rings_of, sort_arcs, turn_arcs
from boundaries.parcels import Parcels, list_some, take_polygons
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
    notes: tuple[Text, ...]


def derive(polygons: gpd.GeoDataFrame, code: str, name: str | None) -> Derived:
    """Turns polygons that share their edges into lines with a unit on each side, and junctions.

    `code` and `name` are columns; polygons with the same code are parts of one unit. Lines run west to east
    or north to south, as markers are numbered along them; closed lines have their inside on the left. Lengths
    are measured on the ellipsoid of the polygons' system (m).
    """
    crs = CRS(polygons.crs or "EPSG:4490")
    parcels = take_polygons(polygons, code, name)
    arcs = _put_in_order(_run_as_numbered(cut_rings(rings_of(parcels.shapes)), crs))
    junctions, label = _describe_junctions(arcs, parcels)
    lines = _describe_lines(arcs, parcels, label, crs)
    notes = (*parcels.notes, *_note_crowded(junctions), *_note_doubled(arcs, parcels, lines))
    return Derived(lines.set_crs(polygons.crs), junctions.set_crs(polygons.crs), notes)


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


def _lengths_m(arcs: Arcs, crs: CRS) -> Floats:
    """Lengths on the ellipsoid of the system itself (m)."""
    lon, lat = arcs.xy.T
    if not crs.is_geographic:
        lon, lat = Transformer.from_crs(crs, crs.geodetic_crs, always_xy=True).transform(lon, lat)
    geod: Geod = crs.get_geod() or Geod(ellps="GRS80")
    return _sum_per_arc(np.asarray(geod.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2]), arcs)


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
    return gpd.GeoDataFrame(
        {
            "code": number_repeats(pd.Series(codes[one] + "-" + np.where(outer, OUTSIDE, codes[other]))),
            "name": short[one] + np.where(outer, "外界线", "-" + short[other] + "线"),
            "left": codes[arcs.left],
            "right": codes[arcs.right],
            "role": np.where(outer, "outer", "inner"),
            "start": np.where(arcs.free, "", label[arcs.start]),
            "end": np.where(arcs.free, "", label[arcs.end]),
            "length_m": _lengths_m(arcs, crs),
        },
        geometry=shapely.linestrings(arcs.xy, indices=np.repeat(np.arange(len(one)), np.diff(arcs.first))),
    )


def _describe_junctions(arcs: Arcs, parcels: Parcels) -> tuple[gpd.GeoDataFrame, Words]:
    """The points where lines end, and for each vertex number the id of the junction there."""
    met = ~arcs.free
    ends = np.concatenate([arcs.start[met], arcs.end[met]])
    places = np.concatenate([arcs.first[:-1][met], arcs.first[1:][met] - 1])
    vertex, first, node, degree = np.unique(ends, return_index=True, return_inverse=True, return_counts=True)
    beside = np.concatenate([np.tile(arcs.left[met], 2), np.tile(arcs.right[met], 2)])
    junctions = gpd.GeoDataFrame(
        {"vertex": vertex, "degree": degree, "units": _units_around(np.tile(node, 2), beside, parcels.codes)},
        geometry=shapely.points(arcs.xy[places[first]]),
    )
    order = np.lexsort((junctions.geometry.x, -junctions.geometry.y))
    junctions = junctions.iloc[order].reset_index(drop=True)
    junctions["id"] = number_repeats(junctions["units"].str.replace(",", "-", regex=False))
    junctions["units"] = junctions["units"].str.removesuffix(f",{OUTSIDE}")
    label = np.full(ends.max(initial=-1) + 1, "", dtype=object)
    label[junctions["vertex"]] = junctions["id"]
    return junctions[["id", "units", "degree", "geometry"]], label


def _units_around(node: Ints, unit: Ints, codes: Words) -> list[str]:
    """The codes of the units at each node, joined by commas, with OUTSIDE at the end where there is one."""
    words = np.append(codes, OUTSIDE)
    unit = np.where(unit == NOBODY, len(codes), unit)
    pairs = np.unique(node * len(words) + unit)
    cuts = np.flatnonzero(np.diff(pairs // len(words))) + 1
    return [",".join(each) for each in np.split(words[pairs % len(words)], cuts)] if len(pairs) else []


def number_repeats(words: pd.Series[str]) -> Words:
    """Adds -01, -02, … to words that occur several times, in their order."""
    series = words.astype(object)
    groups = series.groupby(series, sort=False)
    turn, size = groups.cumcount() + 1, groups.transform("size")
    numbered = series + "-" + turn.astype(str).str.zfill(2)
    return series.where(size == 1, numbered).to_numpy(dtype=object)


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


def _note_doubled(arcs: Arcs, parcels: Parcels, lines: gpd.GeoDataFrame) -> list[Text]:
    """Two units on the same side of a line: one lies over the other, or they are the same polygon twice."""
    notes = []
    for unit in np.unique(arcs.doubled[:, 1]):
        shared = arcs.doubled[arcs.doubled[:, 1] == unit, 0]
        notes.append(
            Text(
                "{code} 与相邻单位重叠或重复：{n} 段界线（{metres:.1f} m）的同一侧已属其他单位：{lines}。",
                "{code} lies over another unit or is there twice: {n} lines ({metres:.1f} m) already have "
                "another unit on that side: {lines}.",
            ).fill(
                code=parcels.codes[unit],
                n=len(shared),
                metres=lines["length_m"].to_numpy()[shared].sum(),
                lines=list_some(lines["code"].to_numpy()[shared]),
            )
        )
    return notes
