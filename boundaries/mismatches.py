"""Gaps, overlaps and unmatched edges between polygons, each with its place and size.

Only edges without a partner can lie at one: everywhere else exactly one unit stands on either side. Their
faces are few, and each is asked how many units cover it: none is a gap, two or more an overlap.
"""

from __future__ import annotations

from typing import Any, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS

from boundaries.arcs import NOBODY, Arcs, Floats, Ints, smallest_in_group
from boundaries.measures import areas_m2, lengths_m, units_for
from boundaries.parcels import Parcels, Shapes, join_words, list_some
from gis.text import Text

HAIR_M = 0.001
"""Edges closer than a millimetre are one edge with other vertices on either side, not a gap or an overlap."""
KINDS = {
    "gap": Text("空隙（或水面、飞地等未划入之地）", "Gap (or water or ground left out on purpose)"),
    "overlap": Text("重叠", "Overlap"),
    "unmatched": Text("公共边两侧顶点不一致", "Shared edge with other vertices on either side"),
}
SHOWN = 10


def find_mismatches(arcs: Arcs, lines: gpd.GeoDataFrame, parcels: Parcels, crs: CRS) -> gpd.GeoDataFrame:
    """Lists where polygons do not fit together, the largest first: kind, units, length_m, area_m2, geometry.

    `length_m` is half the way round, so that area / length is the width. Ground that a single unit encloses
    is a hole of that unit, not a gap.
    """
    tree = shapely.STRtree(parcels.shapes)
    faces = _find_faces(arcs, lines, tree, parcels, crs)
    hair = units_for(HAIR_M, crs)
    edges = _find_unmatched_edges(arcs, lines, tree, faces.geometry.to_numpy(), parcels, hair)
    found = pd.concat([each for each in (faces, edges) if len(each)] or [faces], ignore_index=True)
    return found.sort_values(["area_m2", "length_m"], ascending=False, ignore_index=True)


def note_mismatches(found: gpd.GeoDataFrame) -> list[Text]:
    """Says what was found, the largest first, each with its size and its place."""
    notes = [_note(each) for each in found.head(SHOWN).itertuples()]
    if len(found) > SHOWN:
        more = Text(
            "另有 {n} 处边不衔接。公共边相差不大时，可设容差（米）使其衔接。",
            "{n} more mismatches. Where shared edges differ little, a tolerance in metres matches them.",
        )
        notes.append(more.fill(n=len(found) - SHOWN))
    return notes


def _note(found: Any) -> Text:
    kind, place = KINDS[found.kind], shapely.point_on_surface(found.geometry)
    return Text(
        "{kind_zh}：{units}，长 {length:.1f} m，面积 {area:.1f} m²，位于 {x:.6f}, {y:.6f}。",
        "{kind_en}: {units}, {length:.1f} m long, {area:.1f} m², at {x:.6f}, {y:.6f}.",
    ).fill(
        kind_zh=kind.zh,
        kind_en=kind.en,
        units=list_some(found.units.split(",")),
        length=found.length_m,
        area=found.area_m2,
        x=place.x,
        y=place.y,
    )


def _find_faces(
    arcs: Arcs, lines: gpd.GeoDataFrame, tree: shapely.STRtree, parcels: Parcels, crs: CRS
) -> gpd.GeoDataFrame:
    """Faces of the edges without a partner that no unit, or more than one, covers."""
    loose = (arcs.left == NOBODY) | (arcs.right == NOBODY)
    loose[arcs.doubled[:, 0]] = True
    noded = shapely.union_all(lines.geometry.to_numpy()[loose])
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    covers = _count_units_over(faces, tree)
    faces, covers = faces[covers != 1], covers[covers != 1]
    found = gpd.GeoDataFrame(
        {
            "kind": np.where(covers == 0, "gap", "overlap"),
            "units": _name_units(faces, covers, tree, parcels),
            "length_m": lengths_m(faces, crs) / 2,
            "area_m2": areas_m2(faces, crs),
        },
        geometry=faces,
    )
    return found[found["units"].str.contains(",") & (found["area_m2"] > HAIR_M * found["length_m"])]


def _count_units_over(faces: Shapes, tree: shapely.STRtree) -> Ints:
    """How many units cover each face; no unit's edge runs through one without another unit beyond it."""
    points = shapely.point_on_surface(faces)
    inside, touched = _count(tree, points, "within"), _count(tree, points, "intersects")
    for face in np.flatnonzero(inside != touched):  # the point lies on an edge: try others
        points = shapely.centroid(shapely.get_parts(shapely.constrained_delaunay_triangles(faces[face])))
        within, on = _count(tree, points, "within"), _count(tree, points, "intersects")
        inside[face] = within[within == on][0] if (within == on).any() else 1
    return inside


def _count(tree: shapely.STRtree, points: Shapes, predicate: Literal["within", "intersects"]) -> Ints:
    return np.bincount(tree.query(points, predicate=predicate)[0], minlength=len(points))


def _name_units(faces: Shapes, covers: Ints, tree: shapely.STRtree, parcels: Parcels) -> pd.Series[Any]:
    """The units that share ground with an overlap, or an edge with a gap."""
    face, unit = tree.query(faces, predicate="intersects")
    common = shapely.intersection(faces[face], parcels.shapes[unit])
    ground = shapely.area(common) > shapely.area(faces[face]) * 1e-6
    share = np.where(covers[face] > 0, ground, shapely.length(common) > 0)
    return join_words(face[share], unit[share], parcels.codes).reindex(range(len(faces)), fill_value="")


def _find_unmatched_edges(
    arcs: Arcs, lines: gpd.GeoDataFrame, tree: shapely.STRtree, told: Shapes, parcels: Parcels, hair: float
) -> gpd.GeoDataFrame:
    """Edges without a partner that another unit touches all the same, neighbouring ones taken together."""
    loose = np.flatnonzero((arcs.left == NOBODY) | (arcs.right == NOBODY))
    middles = shapely.points(_middles_of_longest_steps(arcs)[loose])
    at, unit = tree.query(middles, predicate="dwithin", distance=hair)
    arc = loose[at]
    known = np.isin(at, shapely.STRtree(told).query(middles, predicate="dwithin", distance=hair)[0])
    owner = np.maximum(arcs.left, arcs.right)[arc]
    strange = (unit != owner) & ~known
    arc, unit, owner = arc[strange], unit[strange], owner[strange]
    linked = smallest_in_group(arcs.start[arc], arcs.end[arc], arcs.vertices)
    _, group = np.unique(linked[arcs.start[arc]], return_inverse=True)
    once = np.flatnonzero(~pd.Series(arc).duplicated().to_numpy())
    once = once[np.argsort(group[once], kind="stable")]
    return gpd.GeoDataFrame(
        {
            "kind": "unmatched",
            "units": join_words(np.tile(group, 2), np.concatenate([unit, owner]), parcels.codes),
            "length_m": np.bincount(group[once], lines["length_m"].to_numpy()[arc[once]]) / 2,
            "area_m2": 0.0,
        },
        geometry=shapely.multilinestrings(lines.geometry.to_numpy()[arc[once]], indices=group[once]),
    )


def _middles_of_longest_steps(arcs: Arcs) -> Floats:
    steps = np.hypot(*np.diff(arcs.xy, axis=0, append=arcs.xy[-1:]).T)
    steps[arcs.first[1:] - 1] = -1.0
    arc = np.repeat(np.arange(len(arcs.left)), np.diff(arcs.first))
    longest = np.flatnonzero(steps == np.maximum.reduceat(steps, arcs.first[:-1])[arc])
    step = np.empty(len(arcs.left), dtype=np.int64)
    step[arc[longest]] = longest
    middles: Floats = (arcs.xy[step] + arcs.xy[step + 1]) / 2
    return middles
