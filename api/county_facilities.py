"""The community facilities of the sample county: of every type, in every state, at doors of its communities.

Each has its life: since when it was built, opened or closed. Half-way through the plan's first year some have opened
since it began, some are being built, some are only planned. All of it is made by seeded code and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import zip_longest
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.county import CRS, TOWN_NAMES
from api.county_addresses import RENAMED, RENUMBERED, streets_of
from api.county_names import CITY, COMMUNITY, VILLAGE, metres_from
from placenames.sites.facilities import FACILITIES

OPERATOR = "样例服务机构(虚构)"
DAYS = ("built_on", "opened_on", "closed_on")
FIRST_DAY, LAST_DAY = 12, 160
"""Between which days of the plan those opened that opened since it began."""
NEAREST = 8
"""Of so many doors that are nearest to the middle of their community facilities take one."""
AROUND_M = 2500.0
"""Up to how far off other communities are served, too."""


@dataclass(frozen=True)
class Sort:
    """A type of facility: how many of it are how far, and what they are like."""

    type: str
    name: str
    tier: str
    of_old: int
    since: int
    building: int
    planned: int
    closed: int
    area_m2: tuple[int, int]
    near: tuple[str, ...] = (COMMUNITY.code, VILLAGE.code)
    """Beside which classes of places they are."""
    serves: int = 2
    """How many communities beside their own they serve at most."""
    services: str = ""
    more: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Figures that only they have, from and to."""


_URBAN, _RURAL = (COMMUNITY.code,), (VILLAGE.code,)
SORTS = (
    Sort("service_centre", "综合服务中心", "township", 0, 1, 1, 0, 0, (1300, 2400), _URBAN, 4,
         "政务代办、养老服务、文体活动、托幼"),
    Sort("service_station", "综合服务站", "community", 2, 1, 1, 1, 0, (620, 980), _URBAN, 1, "政务代办、文体活动、老年助餐"),
    Sort("community_office", "办公用房", "community", 1, 4, 3, 2, 0, (320, 760), _URBAN, 0, "居民议事、政务代办"),
    Sort("village_hall", "便民服务大厅", "community", 18, 8, 4, 2, 0, (120, 420), _RURAL, 1, "政务代办、议事、邮政"),
    Sort("party_service", "党群服务中心", "township", 3, 0, 0, 0, 0, (420, 900), serves=3, services="党群活动、志愿服务"),
    Sort("home_care_centre", "居家养老服务中心", "township", 1, 1, 1, 0, 0, (520, 1100), serves=4,
         services="全托、日托、上门服务", more={"beds": (12, 21), "day_places": (10, 25), "meal_seats": (30, 60)}),
    Sort("home_care_station", "居家养老服务站", "community", 10, 5, 3, 2, 1, (180, 420),
         services="日托、助餐、上门服务", more={"day_places": (6, 16), "meal_seats": (16, 40)}),
    Sort("canteen", "老年食堂", "community", 5, 2, 1, 1, 1, (90, 260), services="助餐、送餐", more={"meal_seats": (24, 80)}),
    Sort("day_care", "日间照料中心", "community", 3, 2, 1, 1, 0, (360, 620), services="日托、康复、助餐",
         more={"day_places": (12, 30), "meal_seats": (20, 40)}),
    Sort("care_home", "养老院", "township", 4, 1, 1, 0, 1, (1800, 4200), serves=5, services="全托、护理、康复",
         more={"beds": (92, 118), "meal_seats": (80, 140)}),
    Sort("mutual_help", "睦邻互助点", "community", 4, 1, 0, 1, 0, (40, 110), serves=0, services="互助、聊天"),
    Sort("disabled_home", "残疾人之家", "township", 2, 0, 0, 0, 1, (260, 520), serves=3, services="托养、辅助性就业"),
    Sort("children_home", "儿童之家", "community", 2, 1, 0, 1, 0, (60, 160), services="课后托管、阅读"),
    Sort("marriage_registry", "婚姻登记处", "county", 1, 0, 0, 0, 0, (300, 520), _URBAN, 0, "婚姻登记、调解"),
    Sort("relief_station", "救助站", "county", 1, 0, 0, 0, 0, (600, 900), _URBAN, 0, "临时救助", {"beds": (10, 18)}),
    Sort("funeral_home", "殡仪馆", "county", 1, 0, 0, 0, 0, (3200, 5200), serves=0, services="遗体接运、火化、告别"),
    Sort("ash_hall", "骨灰堂", "county", 1, 0, 1, 0, 0, (700, 1500), serves=0, services="骨灰寄存"),
    Sort("name_archive", "地名档案馆", "county", 0, 0, 0, 1, 0, (300, 600), _URBAN, 0, "地名档案查阅"),
)  # fmt: skip
STAGES = ("of_old", "since", "building", "planned", "closed")


def make_facilities(
    names: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame, since: date, seed: int = 2026
) -> gpd.GeoDataFrame:
    """All facilities with their whole lives: the register's columns, points (EPSG:4490), and `begun_on`."""
    random = np.random.default_rng([seed, 7])
    homes = _Homes(names, _doors(names, addresses), random)
    rows: list[dict[str, Any]] = []
    for sort in SORTS:
        stages = [stage for stage in STAGES for _ in range(getattr(sort, stage))]
        for stage, home in zip(stages, homes.for_sort(sort, len(stages)), strict=True):
            number = f"{home.unit}F{len(rows) + 1:04}"
            life = _life(stage, since, random)
            rows.append({"code": number, **_what_it_is(sort, home, random), **life, **homes.at(sort, home)})
    columns = [*(each.name for each in FACILITIES.fields), "begun_on", "geometry"]
    return gpd.GeoDataFrame(pd.DataFrame(rows).reindex(columns=columns).astype(object), geometry="geometry", crs=CRS)


def facilities_on(facilities: gpd.GeoDataFrame, day: date) -> gpd.GeoDataFrame:
    """The facilities as their list says on a day: what was yet to come is not told."""
    told = facilities.copy()
    for each in DAYS:
        told[each] = [came if came is not None and came <= day else None for came in facilities[each]]
    told["state"] = [
        _state(row, day) for row in facilities[["begun_on", "opened_on", "closed_on"]].to_dict("records")
    ]
    return told.drop(columns="begun_on")


def _state(life: Mapping[Any, Any], day: date) -> str:
    for state, name in (("closed", "closed_on"), ("open", "opened_on"), ("building", "begun_on")):
        if life[name] is not None and life[name] <= day:
            return state
    return "planned"


def _life(stage: str, since: date, random: np.random.Generator) -> dict[str, date | None]:
    """When it was begun, built, opened and closed, as far as it came."""
    if stage == "planned":
        return dict.fromkeys(("begun_on", *DAYS))
    if stage == "building":
        begun = since + timedelta(days=int(random.integers(-150, LAST_DAY)))
        return {**dict.fromkeys(DAYS), "begun_on": begun}
    if stage == "since":
        opened = since + timedelta(days=int(random.integers(FIRST_DAY, LAST_DAY)))
    else:
        opened = since - timedelta(days=int(random.integers(200, 4500)))
    built = opened - timedelta(days=int(random.integers(10, 90)))
    closed = since + timedelta(days=int(random.integers(FIRST_DAY, LAST_DAY))) if stage == "closed" else None
    begun = built - timedelta(days=int(random.integers(200, 420)))
    return {"begun_on": begun, "built_on": built, "opened_on": opened, "closed_on": closed}


def _what_it_is(sort: Sort, home: Any, random: np.random.Generator) -> dict[str, Any]:
    floor = float(random.integers(*sort.area_m2) // 10 * 10)
    mode = str(random.choice(["public", "entrusted"])) if sort.tier != "county" else "public"
    said: dict[str, Any] = {
        "name": f"{_called(sort, home)}{sort.name}",
        "type": sort.type, "tier": sort.tier, "unit": home.unit, "community": home.name, "floor_area_m2": floor,
        "inside_area_m2": round(floor * random.uniform(0.78, 0.9)), "floors": int(random.integers(1, 4)),
        "activity_area_m2": round(floor * random.uniform(0.62, 0.75)), "services": sort.services, "mode": mode,
        "hours": "24小时" if "beds" in sort.more else "08:30—17:00", "operator": OPERATOR,
        "telephone": f"0000-{random.integers(0, 10**7):07}", "accessible": "yes" if random.random() < 0.8 else "no",
        "fire_accepted": "yes", "property_right": "国有" if sort.tier != "community" else "集体",
        "document": "样例数据,虚构",
    }  # fmt: skip
    return said | {name: int(random.integers(*span)) for name, span in sort.more.items()}


def _called(sort: Sort, home: Any) -> str:
    """Those of a town bear its name, those of the county the county's, with that of their place where there are two."""
    if sort.tier != "county":
        return TOWN_NAMES[home.unit] if sort.tier == "township" else str(home.name)
    several = sum(getattr(sort, stage) for stage in STAGES) > 1
    return f"样例县{home.name[:2] if several else ''}"


def _doors(names: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Plates at which a facility may be: of whole houses, on streets that keep their names and numbers."""
    city = streets_of(names, CITY)["code"]
    hung = addresses[["building", "room", "lane", "estate"]].isna().all(axis=1) & addresses["number"].notna()
    kept = ~addresses["street_code"].isin([city[RENAMED], city[RENUMBERED]])
    return addresses[hung & kept & (addresses["status"] == "installed") & addresses["former"].isna()]


@dataclass
class _Homes:
    """Where facilities can be: communities with their doors, each door given once."""

    names: gpd.GeoDataFrame
    doors: gpd.GeoDataFrame
    random: np.random.Generator
    given: set[str] = field(default_factory=set)

    def for_sort(self, sort: Sort, many: int) -> list[Any]:
        """So many communities, of every town in turn: those of the county are in the county town."""
        places = self.names[self.names["class_code"].isin(sort.near)]
        free = places[places["name"].isin(self.doors["community"])]
        if sort.tier == "county" and sort.near == _URBAN:
            free = free[free["unit"] == CITY]
        if sort.type == "service_centre":  # that of the county town is the first to open
            free = free.iloc[np.argsort(free["unit"] != CITY, kind="stable")]
            return [*free.drop_duplicates("unit").itertuples()][:many]
        return self._in_turn(free, once=sort.tier == "township")[:many]

    def at(self, sort: Sort, home: Any) -> dict[str, Any]:
        """The door of a facility of a community, and whom it serves."""
        own = self.doors[(self.doors["unit"] == home.unit) & (self.doors["community"] == home.name)]
        left = own[~own["code"].isin(self.given)]
        off = np.hypot(*metres_from(home.geometry.coords[0], shapely.get_coordinates(left.geometry.to_numpy())).T)
        nearest = np.argsort(off, kind="stable")[:NEAREST]
        door = left.iloc[int(self.random.choice(nearest))]
        self.given.add(door["code"])
        street = door["street"] or f"{home.name}{'' if door['hamlet'] == home.name else door['hamlet']}"
        address = f"{TOWN_NAMES[home.unit]}{street}{door['number']}"
        served = "、".join([home.name, *self._around(sort, home)])
        return {"address": address, "address_code": door["code"], "served": served, "geometry": door.geometry}

    def _around(self, sort: Sort, home: Any) -> Iterator[str]:
        """The nearest other communities of the town, some of them."""
        others = self.names[
            (self.names["unit"] == home.unit)
            & self.names["class_code"].isin((COMMUNITY.code, VILLAGE.code))
            & (self.names["name"] != home.name)
        ]
        off = [float(np.hypot(*metres_from(home.geometry.coords[0], place.coords[0]))) for place in others.geometry]
        many = int(self.random.integers(0, sort.serves + 1))
        for place in np.argsort(off, kind="stable")[:many]:
            if off[place] < AROUND_M or sort.tier == "township":
                yield str(others["name"].iloc[place])

    def _in_turn(self, places: gpd.GeoDataFrame, *, once: bool) -> list[Any]:
        """Places of every town in turn, in an order of chance; `once`: one of each town."""
        by_town = []
        for town in self.random.permutation(list(TOWN_NAMES)):
            own = list(places[places["unit"] == town].itertuples())
            order = self.random.permutation(len(own))
            by_town.append([own[place] for place in order][: 1 if once else None])
        return [each for row in zip_longest(*by_town) for each in row if each is not None]
