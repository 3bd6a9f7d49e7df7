"""Polygons as they come, made fit for work: one valid shape per unit, and a note about all that was done."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from boundaries.arcs import Ints
from gis.text import Text

Shapes = NDArray[np.object_]
_SURFACES = [shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON]


@dataclass(frozen=True)
class Parcels:
    """One valid polygon or multipolygon per unit, in the order of their codes."""

    codes: NDArray[np.object_]
    names: NDArray[np.object_]
    shapes: Shapes
    notes: tuple[Text, ...]


def take_polygons(polygons: gpd.GeoDataFrame, code: str, name: str | None) -> Parcels:
    """Takes polygons in: leaves out what has no ground, mends broken rings, joins the parts of a unit."""
    shapes = shapely.force_2d(np.asarray(polygons.geometry.array, dtype=object))
    rows = np.arange(1, len(shapes) + 1)
    codes = _words(polygons[code])
    codes = np.where(codes == "", [f"row{row}" for row in rows], codes)
    names = codes if name is None else _words(polygons[name])
    names = np.where(names == "", codes, names)
    usable = _has_ground(shapes)
    shapes[usable], broken = mend_shapes(shapes[usable])
    notes = [_note_mended(codes[usable][row], why) for row, why in broken.items()]
    usable &= _has_ground(shapes)  # some are mended to nothing
    if not usable.all():
        notes.append(_note_left_out(codes[~usable]))
    return Parcels(*_join_parts(codes[usable], names[usable], shapes[usable]), tuple(notes))


def mend_shapes(shapes: Shapes) -> tuple[Shapes, dict[int, str]]:
    """Makes invalid polygons valid, keeping surfaces only; tells what was wrong with each, and where."""
    broken = np.flatnonzero(~shapely.is_valid(shapes))
    reasons = dict(zip(broken.tolist(), shapely.is_valid_reason(shapes[broken]).tolist(), strict=True))
    mended = shapes.copy()
    # "structure" takes shells as ground and holes as holes; the other method turns overlaps into holes.
    mended[broken] = shapely.make_valid(shapes[broken], method="structure", keep_collapsed=False)
    return mended, reasons


def list_some(words: Iterable[str]) -> str:
    """The first ten of many words, for a note."""
    words = list(words)
    return ", ".join(words[:10]) + (" …" if len(words) > 10 else "")


def join_words(group: Ints, word: Ints, words: Shapes) -> pd.Series[Any]:
    """For each group its words, each once and in their order, joined by commas; indexed by group."""
    pairs = np.unique(group * len(words) + word)
    of_group, first = np.unique(pairs // len(words), return_index=True)
    listed, cuts = words[pairs % len(words)].tolist(), [*first.tolist(), len(pairs)]
    joined = [",".join(listed[begin:end]) for begin, end in pairwise(cuts)]
    return pd.Series(joined, index=of_group, dtype=object)


def _words(column: pd.Series[Any]) -> Shapes:
    """Cells as text, nothing for a missing value."""
    cells = zip(column, column.isna(), strict=True)
    return np.array(["" if missing else _word(cell) for cell, missing in cells], dtype=object)


def _word(cell: Any) -> str:
    """A code that a table took for a number has no decimals."""
    whole = isinstance(cell, float) and cell.is_integer()
    return str(int(cell) if whole else cell).strip()


def _has_ground(shapes: Shapes) -> NDArray[np.bool_]:
    """Polygons that are not empty and have numbers for coordinates."""
    surface = np.isin(shapely.get_type_id(shapes), _SURFACES) & ~shapely.is_empty(shapes)
    xy, row = shapely.get_coordinates(shapes, return_index=True)
    surface[row[~np.isfinite(xy).all(axis=1)]] = False
    return surface


def _join_parts(codes: Shapes, names: Shapes, shapes: Shapes) -> tuple[Shapes, Shapes, Shapes]:
    _, first, unit = np.unique(codes.astype(str), return_index=True, return_inverse=True)
    joined = shapes[first]
    for several in np.flatnonzero(np.bincount(unit) > 1):
        joined[several] = shapely.union_all(shapes[unit == several])
    return codes[first], names[first], joined


def _note_left_out(codes: Shapes) -> Text:
    return Text(
        "有 {n} 个要素没有可用的面，未参加推导：{codes}。",
        "{n} features have no usable polygon and were left out: {codes}.",
    ).fill(n=len(codes), codes=list_some(codes))


def _note_mended(code: str, why: str) -> Text:
    return Text(
        "{code} 的面有误（{why}），已按有效面修复；请核对该处。",
        "The polygon of {code} was broken ({why}) and has been made valid; please look at that place.",
    ).fill(code=code, why=why)
