"""The ground of the sample county on or near which no cemetery may stand: fields, woods, water, parks, and two lines.

Layers as other offices would hand them over: irregular areas of some dozens to some hundreds of corners, each on the
ground of its town, a railway from west to east and a trunk road from north to south. All of it is made by seeded code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.county import COUNTY, CRS, County
from api.county_addresses import common_ground
from api.county_names import CITY, PARK, PEAK, RESERVOIR, STREAM, VILLAGE, Class, moved
from api.county_shapes import blob, largest, meander, shrunk

SAID = "样例数据,虚构"
DIKES = 6
BEYOND_CITY_M, SWAY_M = 2900.0, 420.0
"""How far from the middle of the county town railway and trunk road pass it, and how far they sway (m)."""


@dataclass(frozen=True)
class _Layer:
    """A kind of ground: beside which places it lies, how much of it there is, and how large it is."""

    kind: str
    beside: Class
    many: int
    name: str
    radius_m: tuple[float, float]
    corners: tuple[int, int]
    off_m: tuple[float, float] = (0.0, 1.0)
    first: int = 0
    """How many of the places are left out at the beginning."""


LAYERS = (
    _Layer("farmland", VILLAGE, 44, "永久基本农田片", (170, 420), (60, 340), (420, 900)),
    _Layer("forest", PEAK, 24, "公益林", (240, 640), (80, 400)),
    _Layer("reservoir", RESERVOIR, 12, "", (120, 330), (50, 220)),
    _Layer("water_source", RESERVOIR, 4, "饮用水水源保护区", (520, 900), (90, 260)),
    _Layer("scenic", PEAK, 4, "风景名胜区", (420, 760), (70, 240), first=24),
    _Layer("heritage", VILLAGE, 3, "古建筑群保护范围", (60, 130), (20, 50), (150, 300), first=44),
)


def make_zones(county: County, names: gpd.GeoDataFrame, seed: int = 2026) -> gpd.GeoDataFrame:
    """All zones: the register's columns, areas and lines (EPSG:4490)."""
    random = np.random.default_rng([seed, 8])
    grounds = common_ground(county)
    rows = [row for layer in LAYERS for row in _areas(layer, names, grounds, random)]
    rows += _parks(names)
    rows += _dikes(names)
    rows += _ways(county, grounds, random)
    for number, row in enumerate(rows, 1):
        row |= {"code": f"{COUNTY}Z{number:04}", "document": SAID}
    frame = pd.DataFrame(rows)[["code", "name", "kind", "unit", "document", "geometry"]]
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS)


def by_shape(zones: gpd.GeoDataFrame) -> dict[str, gpd.GeoDataFrame]:
    """Zones as the layers of one file: areas and lines apart, as desktop programs want them."""
    layers = {"禁葬区域_面": "Polygon", "禁葬区域_线": "LineString"}
    return {layer: zones[zones.geom_type == kind].reset_index(drop=True) for layer, kind in layers.items()}


def _areas(
    layer: _Layer, names: gpd.GeoDataFrame, grounds: Mapping[str, Any], random: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """Areas beside places of every town in turn, cut off where their town ends."""
    places = _in_turn(names, layer.beside)
    for place in places[layer.first : layer.first + layer.many]:
        turn, off = random.uniform(0, 2 * np.pi), random.uniform(*layer.off_m)
        middle = moved(place.geometry.coords[0], off * np.array([[np.cos(turn), np.sin(turn)]]))[0]
        shape = blob(random, middle, random.uniform(*layer.radius_m), int(random.integers(*layer.corners)))
        inside = shape.intersection(shrunk(grounds[place.unit], 15.0))
        if not inside.is_empty:
            named = {"kind": layer.kind, "name": f"{place.name}{layer.name}", "unit": place.unit}
            yield {**named, "geometry": largest(inside)}


def _in_turn(names: gpd.GeoDataFrame, kind: Class) -> list[Any]:
    own = names[names["class_code"] == kind.code]
    by_turn = own.assign(turn=own.groupby("unit").cumcount()).sort_values("turn", kind="stable")
    return list(by_turn.itertuples())


def _parks(names: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    parks = names[names["class_code"] == PARK.code]
    return [
        {"kind": "city_park", "name": each.name, "unit": each.unit, "geometry": each.geometry}
        for each in parks.itertuples()
    ]


def _dikes(names: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """The longest streams have dikes."""
    streams = names[names["class_code"] == STREAM.code]
    longest = streams.iloc[np.argsort(-shapely.length(streams.geometry.to_numpy()), kind="stable")[:DIKES]]
    return [
        {"kind": "dike", "name": f"{each.name}堤防", "unit": each.unit, "geometry": each.geometry}
        for each in longest.itertuples()
    ]


def _ways(
    county: County, grounds: Mapping[str, Any], random: np.random.Generator
) -> Iterator[dict[str, Any]]:
    """A railway south of the county town, a trunk road west of it, each from one rim of the county to the other."""
    whole = shapely.union_all([*grounds.values()])
    west, south, east, north = whole.bounds
    city = county.units.set_index("code").loc[CITY, ["seat_lon", "seat_lat"]].to_numpy(float)
    below, beside = moved(city, BEYOND_CITY_M * np.array([[0.0, -1.0], [-1.0, 0.0]]))
    courses: Sequence[tuple[str, str, Sequence[Any]]] = (
        ("railway", "样例铁路(虚构)", ((west, below[1]), below, (east, below[1]))),
        ("trunk_road", "样例省道(虚构)", ((beside[0], south), beside, (beside[0], north))),
    )
    for kind, name, stops in courses:
        inside = meander(random, stops, SWAY_M).intersection(whole)
        line = max(getattr(inside, "geoms", [inside]), key=lambda part: part.length)
        yield {"kind": kind, "name": name, "unit": COUNTY, "geometry": line}


