"""Poor lists of sites: facilities for a newcomer to mend, and new cemeteries of which some may not be built.

Each row has one thing wrong, so that whoever looks at one finding sees one thing. The rest is sound.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from api.county import County
from api.county_cemeteries import free_ground
from api.county_names import VILLAGE, moved
from api.county_shapes import place_in

NO_TOWN, ASIDE_M, AWAY_M = "990101999", (-40.0, 20.0), 9_000.0
"""A town that is none; how far from those in force new facilities are, and how far off one was put astray (m)."""
NO_NEW_PROFIT_SINCE = date(2026, 3, 30)
UNLAWFUL = slice(1, 4)
"""Which of the new cemeteries may not be built."""
SPOILT_TYPES = ("service_station", "home_care_station", "village_hall")
SENT = 18
"""Facilities in the list that is to be mended."""


def flawed_facilities(told: gpd.GeoDataFrame, today: date) -> gpd.GeoDataFrame:
    """A list of new facilities, made like those in force, with what lists of them have wrong (EPSG:4490)."""
    alike = told[told["type"].isin(SPOILT_TYPES) & (told["state"] == "open")].head(SENT)
    listed = alike.reset_index(drop=True).astype({"floor_area_m2": object, "day_places": object})
    places = np.array([moved(at.coords[0], np.array([ASIDE_M]))[0] for at in listed.geometry])
    places[12] = moved(places[12], np.array([[0.0, AWAY_M]]))[0]
    listed = listed.assign(
        code=[f"{unit}F9{number:03}" for number, unit in enumerate(listed["unit"], 1)],
        name=[f"样例新增{name}" for name in listed["name"]],
        address_code=None,
        geometry=shapely.points(np.round(places, 7)),
    )
    for name in ("unit", "community", "served", "type", "name", "geometry"):  # the same place, written down again
        listed.loc[4, name] = listed.loc[5, name]
    for row, name, value in _spoilt(listed, today):
        listed.loc[row, name] = value
    return listed


def _spoilt(listed: gpd.GeoDataFrame, today: date) -> list[tuple[int, str, Any]]:
    """Row, the field that is wrong, and what stands there."""
    later = today + timedelta(days=45)
    return [
        (0, "activity_area_m2", round(listed["floor_area_m2"][0] * 0.3)),
        (1, "inside_area_m2", listed["floor_area_m2"][1] + 200),
        (2, "type", "社区图书角"),
        (3, "unit", NO_TOWN),
        (6, "name", None),
        (7, "floor_area_m2", "约两百"),
        (8, "served", "样无社区"),
        (9, "opened_on", later),
        (10, "opened_on", "去年五月"),
        (11, "state", "closed"),
        (13, "day_places", -6),
        (14, "built_on", today - timedelta(days=1)),
        (15, "type", "ash_hall"), (15, "mode", "private"), (15, "built_on", today - timedelta(days=30)),
        (15, "opened_on", today - timedelta(days=3)),
        (16, "opened_on", None),
    ]  # fmt: skip


def new_cemeteries(
    county: County, names: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, since: date, seed: int = 2026
) -> gpd.GeoDataFrame:
    """Sites that are asked for: two sound ones, one on farmland, one for profit, one with plots too large (EPSG:4490)."""
    random = np.random.default_rng([seed, 11])
    free = free_ground(county, names, zones)
    field = zones[zones["kind"] == "farmland"].iloc[7]
    on_field = shapely.Point(np.round(field.geometry.representative_point().coords[0], 7))
    towns = ("990101200", "990101203", "990101202", "990101105")
    places = [(town, place_in(random, free[town])) for town in towns]
    asked = [
        _asked(1, "新增一号公益性公墓", *places[0]),
        _asked(2, "新增二号公益性公墓", str(field["unit"]), on_field),
        _asked(3, "新增三号公益性公墓", *places[1], ash_double_m2=1.6),
        _for_profit(4, *places[2], since),
        _asked(5, "新增五号公益性公墓", *places[3]),
    ]
    villages = names[names["class_code"] == VILLAGE.code]
    for row in asked:
        near = villages[villages["unit"] == row["unit"]]
        nearest = near.iloc[int(np.argmin(shapely.distance(near.geometry.to_numpy(), row["geometry"])))]
        row |= {"community": nearest["name"], "serves": nearest["name"]}
    return gpd.GeoDataFrame(asked, geometry="geometry", crs=zones.crs)


def _for_profit(number: int, unit: str, place: Any, since: date) -> dict[str, Any]:
    """A cemetery for profit that was approved when none might be set up any more."""
    approved = max(since + timedelta(days=20), NO_NEW_PROFIT_SINCE + timedelta(days=20))
    row = _asked(number, "新增四号陵园", unit, place, category="commercial", profit="yes", level="county")
    return row | {"state": "approved", "approved_on": approved, "approval": f"样民批〔{approved.year}〕99号"}


def _asked(number: int, name: str, unit: str, place: Any, **more: Any) -> dict[str, Any]:
    return {
        "code": f"{unit}C9{number:03}", "name": f"样例{name}", "category": "rural_public", "profit": "no", "holds": "ash",
        "level": "village", "state": "site_chosen", "approved_on": None, "approval": None, "unit": unit,
        "manager": "样例公墓管理单位(虚构)", "land_m2": 6000.0, "plots_planned": 700, "ash_single_m2": 0.64,
        "ash_double_m2": 0.92, "forms": "墓葬、树葬", "document": "样例数据,虚构", **more, "geometry": place,
    }  # fmt: skip
