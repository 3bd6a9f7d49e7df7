"""Graves outside cemeteries that the sample county's survey found: two of every legal category, each with its deadline.

Some were put right and re-checked, some are under way, some are overdue. All of it is made by seeded code; whoever answers
for one is nobody, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.county import CRS, TOWN_NAMES, County
from api.county_addresses import common_ground
from api.county_names import VILLAGE, moved
from api.county_shapes import place_in, shrunk
from placenames.sites.graves import GRAVES

CONTACT = "样某(样例,电话00000000000)"
ASH_HOMES_SINCE = date(2026, 3, 30)
"""From then on homes that store ashes are a category."""
LATER = ("result", "done_on", "rechecked_on")
"""What only the second list tells."""


@dataclass(frozen=True)
class Found:
    """One grave: what it is, on which land, and on which days of the plan it was found, due, put right, looked at again."""

    category: str
    area_m2: float
    places: int
    material: str
    occupied: str
    action: str
    land: str | None
    found: int
    due: int
    result: str = "open"
    done: int | None = None
    again: int | None = None


FOUND = (
    Found("house_tomb", 18.5, 2, "砖混", "yes", "demolish", None, 6, 95, "confirmed", 80, 120),
    Found("house_tomb", 12.0, 1, "砖混", "no", "demolish", "forest", 24, 140),
    Found("hardened", 9.6, 1, "水泥、花岗岩", "yes", "screen", None, 8, 110, "confirmed", 101, 128),
    Found("hardened", 14.2, 2, "花岗岩", "yes", "correct", None, 31, 250, "under_way"),
    Found("for_the_living", 5.5, 2, "水泥", "no", "demolish", "farmland", 12, 100, "relapsed", 90, 130),
    Found("for_the_living", 3.8, 1, "瓷砖", "no", "demolish", None, 36, 200),
    Found("clan", 160.0, 14, "石块", "yes", "move", None, 15, 260, "under_way"),
    Found("clan", 96.0, 8, "石块、水泥", "yes", "screen", "forest", 20, 150, "done", 146),
    Found("in_zone", 4.6, 1, "水泥", "yes", "move", "forest", 28, 135),
    Found("in_zone", 3.2, 1, "土", "yes", "move", "railway", 33, 280),
    Found("ash_home", 88.0, 1, "商品房", "yes", "move", None, 38, 130, "done", 118),
    Found("ash_home", 64.0, 1, "自建房", "yes", "correct", None, 39, 240, "under_way"),
)


def make_graves(
    county: County, names: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, since: date, seed: int = 2026
) -> gpd.GeoDataFrame:
    """All findings as they stand today: the register's columns, points (EPSG:4490)."""
    random = np.random.default_rng([seed, 10])
    grounds = {town: shrunk(ground, 200.0) for town, ground in common_ground(county).items()}
    villages = names[names["class_code"] == VILLAGE.code]
    rows = []
    for number, found in enumerate(FOUND):
        town = [*TOWN_NAMES][1 + number % (len(TOWN_NAMES) - 1)]
        place, town = _place(found, town, grounds, zones, random)
        near = villages[villages["unit"] == town]
        village = near.iloc[int(np.argmin(shapely.distance(near.geometry.to_numpy(), place)))]["name"]
        told = {
            "code": f"{town}G{number + 1:04}", "unit": town, "place": f"{TOWN_NAMES[town]}{village}(样例)",
            "built_year": int(random.integers(1996, 2024)), "photo": f"样例墓-{number + 1:02}.png",
        }  # fmt: skip
        rows.append({**told, **_what_was_found(found, since), "geometry": place})
    columns = [*(each.name for each in (*GRAVES.fields, *GRAVES.personal)), "geometry"]
    return gpd.GeoDataFrame(
        pd.DataFrame(rows).reindex(columns=columns).astype(object), geometry="geometry", crs=CRS
    )


def as_first_found(graves: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """The findings as the survey listed them, before anything was done."""
    return graves.assign(**dict.fromkeys(LATER)).assign(result="open")


def acted_on(graves: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Those of which the second list tells something new."""
    return graves[graves["result"] != "open"].reset_index(drop=True)


def _what_was_found(found: Found, since: date) -> dict[str, Any]:
    day = since + timedelta(days=found.found)
    if found.category == "ash_home":
        day = max(day, ASH_HOMES_SINCE)
    days = {"deadline": found.due, "done_on": found.done, "rechecked_on": found.again}
    told = {name: None if days[name] is None else since + timedelta(days=days[name] or 0) for name in days}
    return {
        "category": found.category, "area_m2": found.area_m2, "places": found.places, "material": found.material,
        "occupied": found.occupied, "land": found.land, "found_on": day, "action": found.action, "result": found.result,
        "contact": CONTACT, **told,
    }  # fmt: skip


def _place(
    found: Found, town: str, grounds: Mapping[str, Any], zones: gpd.GeoDataFrame, random: np.random.Generator
) -> tuple[Any, str]:
    """On the land that it takes; beside the railway where that is what it spoils."""
    if found.land is None:
        return place_in(random, grounds[town]), town
    own = zones[zones["kind"] == found.land]
    if found.land == "railway":
        middle = own.geometry.iloc[0].interpolate(0.5, normalized=True)
        beside = shapely.Point(moved(middle.coords[0], np.array([[0.0, 65.0]]))[0])
        return beside, next(each for each, ground in grounds.items() if ground.contains(beside))
    field = own.iloc[int(random.integers(len(own)))]
    return shapely.Point(np.round(field.geometry.representative_point().coords[0], 7)), str(field["unit"])
