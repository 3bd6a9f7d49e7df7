"""Unit areas made out of lines: polygonized, each face owned by the unit its lines name on that side.

Lines are the truth and areas are made of them, at every publication. A face whose lines do not agree about
its owner gets none and is reported with those lines; a face that nobody claims is a hole.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from boundaries.arcs import Ints, number_vertices
from boundaries.parcels import Shapes

NO_FACE = -1


@dataclass(frozen=True)
class Areas:
    """Unit areas as the lines make them, and every place where the lines do not say whose ground it is."""

    units: gpd.GeoDataFrame
    """code, faces (how many), geometry MultiPolygon; ordered by code."""
    disagreements: gpd.GeoDataFrame
    """face, line, side, unit, geometry LineString: the lines round each face with more than one claimant."""
    unclaimed: gpd.GeoDataFrame
    """geometry Polygon: closed faces that every line round them calls outside."""
    open_sides: gpd.GeoDataFrame
    """line, side, unit, geometry LineString: lines that name a unit on a side where no face closes."""

    def lines_at_fault(self, prefixes: tuple[str, ...] = ("",)) -> list[str]:
        """Codes of the lines at which the areas of these units, named by how their codes start, do not close.

        Lines of a county name units of the next one too, whose areas they cannot close: ask for your own.
        """
        torn = self.disagreements
        mine = torn["unit"].str.startswith(prefixes) & (torn["unit"] != "")
        torn = torn[torn["face"].isin(torn["face"][mine])]
        opened = self.open_sides[self.open_sides["unit"].str.startswith(prefixes)]
        return sorted({*torn["line"], *opened["line"]})


def faces(lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Closes lines to faces and gives each the unit that its lines name on that side.

    unit, agreed, geometry Polygon. `unit` is empty where nobody claims the face (`agreed`) or where its lines
    contradict each other (not `agreed`). Lines must meet at exactly equal ends; loose ends and crossings
    close nothing.
    """
    polygons, sides = _close(lines)
    return _own(polygons, sides, lines)


def areas(lines: gpd.GeoDataFrame) -> Areas:
    """Makes the area of every unit out of lines with `left` and `right` codes; also says what does not close.

    Any coordinate system; the areas keep the exact vertices of the lines. A missing `code` column means row
    numbers.
    """
    polygons, sides = _close(lines)
    owned = _own(polygons, sides, lines)
    torn = np.flatnonzero(~owned["agreed"].to_numpy())
    return Areas(
        _join_faces(owned, lines),
        _list_sides(sides[sides["face"].isin(torn)].sort_values("face"), lines),
        owned.loc[owned["agreed"] & (owned["unit"] == ""), ["geometry"]].reset_index(drop=True),
        _list_sides(sides[(sides["face"] == NO_FACE) & (sides["unit"] != "")], lines).drop(columns="face"),
    )


def _close(lines: gpd.GeoDataFrame) -> tuple[Shapes, pd.DataFrame]:
    """Polygonizes; tells for both sides of each line which face lies there: line (row), side, unit, face."""
    parts, row = shapely.get_parts(np.asarray(lines.geometry.array, dtype=object), return_index=True)
    parts = shapely.remove_repeated_points(parts, 0.0)
    twice = pd.Series(shapely.to_wkb(shapely.normalize(parts))).duplicated().to_numpy()
    polygons = shapely.orient_polygons(shapely.get_parts(shapely.polygonize(parts[~twice])))
    left, right = _find_faces_beside(parts, polygons)
    named = lines[["left", "right"]].astype(object).fillna("").astype(str).to_numpy(dtype=object)[row]
    sides = pd.DataFrame(
        {
            "line": np.tile(row, 2),
            "side": np.repeat(np.array(["left", "right"], dtype=object), len(row)),
            "unit": named.T.ravel(),
            "face": np.concatenate([left, right]),
        }
    )
    return polygons, sides


def _find_faces_beside(lines: Shapes, polygons: Shapes) -> tuple[Ints, Ints]:
    """The face on the left and the face on the right of each line, NO_FACE where none closes.

    Faces have their ground on the left of their rings, so the face left of a line runs along its first step
    and the face right of it runs against it. Lines meet at their ends only: one step speaks for the whole
    line.
    """
    rings, face = shapely.get_rings(polygons, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    heads = shapely.get_coordinates(shapely.get_point(lines, 0))
    nexts = shapely.get_coordinates(shapely.get_point(lines, 1))
    number = number_vertices(np.concatenate([heads, nexts, xy]) + 0.0)
    head, then, rest = np.split(number, [len(heads), 2 * len(heads)])
    vertices = number.max(initial=0) + 1
    wanted = np.zeros(vertices, dtype=bool)
    wanted[head] = wanted[then] = True
    at = np.flatnonzero((ring[1:] == ring[:-1]) & wanted[rest[1:]] & wanted[rest[:-1]])
    steps = pd.Series(face[ring[at]], index=rest[at] * vertices + rest[at + 1])
    steps = steps[~steps.index.duplicated()]
    along = steps.reindex(head * vertices + then, fill_value=NO_FACE)
    against = steps.reindex(then * vertices + head, fill_value=NO_FACE)
    return along.to_numpy(), against.to_numpy()


def _own(polygons: Shapes, sides: pd.DataFrame, lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    claims = sides[sides["face"] != NO_FACE].groupby("face")["unit"].agg(["first", "nunique"])
    claims = claims.reindex(range(len(polygons)))
    agreed = (claims["nunique"] == 1).to_numpy()
    unit = np.where(agreed, claims["first"], "")
    return gpd.GeoDataFrame({"unit": unit, "agreed": agreed}, geometry=polygons, crs=lines.crs)


def _join_faces(owned: gpd.GeoDataFrame, lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """One multipolygon per unit.

    Faces of one unit touch in points at most, as every line has two different sides; only a line that names
    the same unit twice leaves neighbours to be merged.
    """
    claimed = owned[owned["unit"] != ""].sort_values("unit", kind="stable")
    unit, row, count = np.unique(claimed["unit"].to_numpy(dtype=str), return_inverse=True, return_counts=True)
    joined = shapely.multipolygons(claimed.geometry.to_numpy(), indices=row)
    for each in np.flatnonzero(np.isin(unit, lines["left"][lines["left"] == lines["right"]])):
        joined[each] = shapely.multipolygons(
            shapely.get_parts(shapely.union_all(shapely.get_parts(joined[each])))
        )
    return gpd.GeoDataFrame({"code": unit.astype(object), "faces": count}, geometry=joined, crs=owned.crs)


def _list_sides(sides: pd.DataFrame, lines: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Sides as a map layer, lines named by their code."""
    words = lines["code"].to_numpy(dtype=object) if "code" in lines else np.arange(1, len(lines) + 1)
    row = sides["line"].to_numpy()
    return gpd.GeoDataFrame(
        sides.assign(line=words[row])[["face", "line", "side", "unit"]].reset_index(drop=True),
        geometry=np.asarray(lines.geometry.array, dtype=object)[row],
        crs=lines.crs,
    )
