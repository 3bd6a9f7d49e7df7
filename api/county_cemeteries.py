"""The cemeteries of the sample county and their areas: of every category, in every state, off what keeps graves out.

Each has its life from the choice of its site to its end; some came a step further since the plan began. Two burial places
are of old, one of them on farmland. All of it is made by seeded code and says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.county import CRS, TOWN_NAMES, County
from api.county_addresses import common_ground
from api.county_names import CITY, CITY_RADIUS_M, COMMUNITY, TOWN_RADIUS_M, VILLAGE, moved
from api.county_shapes import area_m2, blob, grown, largest, place_in, shrunk
from placenames.sites.cemeteries import CEMETERIES

MANAGER, SAID = "样例公墓管理单位(虚构)", "样例数据,虚构"
LIFE = ("approved_on", "begun_on", "completed_on", "accepted_on", "opened_on", "closed_on")
REACHED = ("approved", "building", "building", "accepted", "open", "closed")
"""The state that begins with each day of a life."""
FIRST_DAY, LAST_DAY = 15, 155
"""Between which days of the plan a site came a step further."""
APART_M, OFF_ZONES_M, RIM_M = 700.0, 90.0, 450.0
BUILT = 0.86
"""How far the built area reaches towards the rim of the planned one."""
PLOT_WITH_PATH_M2 = 3.4
OF_OLD = ("scattered", "martyrs")
TOO_LARGE_M2 = 1.4
"""What a double plot of the cemetery for profit has: it was built so before anybody looked."""


@dataclass(frozen=True)
class Kind:
    """Sites of one category that came equally far: `since` says whether they did so after the plan began."""

    category: str
    many: int
    state: str
    since: bool = False
    holds: str = "ash"
    level: str = "village"
    forms: str = "墓葬"


SITES = (
    Kind("rural_public", 4, "open"),
    Kind("rural_public", 1, "full"),
    Kind("rural_public", 1, "accepted"),
    Kind("rural_public", 2, "accepted", since=True),
    Kind("rural_public", 1, "open", since=True),
    Kind("rural_public", 2, "building"),
    Kind("rural_public", 1, "approved"),
    Kind("rural_public", 1, "site_chosen"),
    Kind("urban_public", 1, "open", level="county", forms="墓葬、树葬、花坛葬"),
    Kind("urban_public", 1, "building", level="county", forms="墓葬、树葬"),
    Kind("commercial", 1, "open", level="county"),
    Kind("ash_hall", 1, "open", level="township", forms="格位存放"),
    Kind("ash_hall", 1, "accepted", since=True, level="township", forms="格位存放"),
    Kind("ash_hall", 1, "building", level="village", forms="格位存放"),
    Kind("ash_hall", 1, "approved", level="village", forms="格位存放"),
    Kind("rural_ground", 1, "open"),
    Kind("rural_ground", 1, "full"),
    Kind("rural_ground", 1, "closed", since=True),
    Kind("ecological", 1, "open", level="township", forms="树葬、草坪葬"),
    Kind("ecological", 1, "accepted", since=True, level="township", forms="树葬、花坛葬"),
    Kind("ecological", 1, "site_chosen", level="township", forms="树葬"),
    Kind("scattered", 2, "open", holds="both", forms="土葬、墓葬"),
    Kind("martyrs", 1, "open", holds="both", level="county", forms="墓葬"),
    Kind("hui", 1, "open", holds="body", level="township", forms="土葬"),
)
NAMED = {
    "rural_public": "公益性公墓", "urban_public": "生态公墓", "commercial": "陵园", "ash_hall": "骨灰堂",
    "rural_ground": "公益性墓地", "ecological": "生态安葬园", "scattered": "历史埋葬点", "martyrs": "烈士陵园",
    "hui": "回民公墓",
}  # fmt: skip
RADIUS_M = {"urban_public": (95, 130), "commercial": (110, 150), "ash_hall": (28, 45), "scattered": (25, 40)}
OTHER_RADIUS_M = (42, 78)


@dataclass(frozen=True)
class Burial:
    """The cemeteries with their whole lives (points), and the areas of all of them (EPSG:4490)."""

    sites: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame

    def on(self, day: date) -> dict[str, gpd.GeoDataFrame]:
        """The layers of their file on a day: what was yet to come is not told, what was not yet there is not drawn."""
        told = cemeteries_on(self.sites, day)
        states = dict(zip(told["code"], told["state"], strict=True))
        drawn = [
            kind == "planned" or states[site] not in ("site_chosen", "approved", "building")
            for kind, site in zip(self.areas["kind"], self.areas["cemetery"], strict=True)
        ]
        return {"公墓": told, "公墓范围": self.areas[drawn].reset_index(drop=True)}


def make_cemeteries(
    county: County, names: gpd.GeoDataFrame, zones: gpd.GeoDataFrame, since: date, seed: int = 2026
) -> Burial:
    """All sites and areas; the first historic burial place lies on the first farmland of its town."""
    random = np.random.default_rng([seed, 9])
    free = free_ground(county, names, zones)
    villages = names[names["class_code"] == VILLAGE.code]
    towns = [*TOWN_NAMES][1:]
    rows: list[dict[str, Any]] = []
    areas: list[dict[str, Any]] = []
    for kind in SITES:
        for _ in range(kind.many):
            town = towns[len(rows) % len(towns)]
            place = place_in(random, free[town])
            if kind.category == "scattered" and not any(row["category"] == "scattered" for row in rows):
                place, town = _on_farmland(zones)
            free[town] = free[town].difference(grown(place, APART_M))
            row = {"code": f"{town}C{len(rows) + 1:04}", "unit": town, **_life(kind, since, random)}
            own = list(_drawn(kind, place, random))
            rows.append({**row, **_site(kind, row, place, villages, own, random), "geometry": place})
            areas += [
                {"code": f"{row['code']}-{name}", "cemetery": row["code"], "kind": name, "unit": town, "section": None,
                 "measured_on": _measured(name, row, since), "geometry": shape}
                for name, shape in own
            ]  # fmt: skip
    columns = [*(each.name for each in (*CEMETERIES.fields, *CEMETERIES.personal)), "begun_on", "full", "geometry"]
    sites = pd.DataFrame(rows).reindex(columns=columns).astype(object)
    return Burial(
        gpd.GeoDataFrame(sites, geometry="geometry", crs=CRS),
        gpd.GeoDataFrame(areas, geometry="geometry", crs=CRS),
    )


def cemeteries_on(sites: gpd.GeoDataFrame, day: date) -> gpd.GeoDataFrame:
    """The sites as their list says on a day."""
    rows = []
    for row in sites.to_dict("records"):
        told = {each: row[each] if _came(row[each], day) else None for each in LIFE}
        state = next((to for to, each in zip(REACHED[::-1], LIFE[::-1], strict=True) if told[each]), "site_chosen")
        built = told["accepted_on"] is not None or row["category"] in OF_OLD
        hidden = () if built else ("plots_built", "plots_sold", "plots_used", "niches", "niches_used", "ecological",
                                   "burials", "tomb_m2", "green_m2", "green_on", "inspected")  # fmt: skip
        unused = () if told["opened_on"] else ("plots_sold", "plots_used", "niches_used", "burials", "ecological")
        rows.append({**row, **told, "state": "full" if row["full"] and state == "open" else state,
                     **dict.fromkeys((*hidden, *unused))})  # fmt: skip
    frame = pd.DataFrame(rows, columns=sites.columns).astype(object).drop(columns=["begun_on", "full"])
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=CRS)


def free_ground(county: County, names: gpd.GeoDataFrame, zones: gpd.GeoDataFrame) -> dict[str, Any]:
    """Where a cemetery may be, by town: off the rim, off towns and villages, off every zone (EPSG:4490)."""
    seats = zip(county.units["code"], county.units["seat_lon"], county.units["seat_lat"], strict=True)
    settled = [
        grown(shapely.Point(lon, lat), (CITY_RADIUS_M if code == CITY else TOWN_RADIUS_M) * 1.3)
        for code, lon, lat in seats
        if code in TOWN_NAMES
    ]
    villages = names[names["class_code"].isin((VILLAGE.code, COMMUNITY.code))]
    settled += [grown(each, 320.0) for each in villages.geometry]
    taken = shapely.union_all([*settled, *(grown(each, OFF_ZONES_M + 160.0) for each in zones.geometry)])
    return {town: shrunk(ground, RIM_M).difference(taken) for town, ground in common_ground(county).items()}


def _measured(kind: str, row: Mapping[str, Any], since: date) -> date:
    drawn = row["approved_on"] if kind == "planned" else row["completed_on"]
    return min(drawn or since, since) if kind == "planned" else drawn or since


def _came(day: date | None, by: date) -> bool:
    return day is not None and day <= by


def _on_farmland(zones: gpd.GeoDataFrame) -> tuple[Any, str]:
    field = next(each for each in zones.itertuples() if each.kind == "farmland")
    inside = field.geometry.representative_point()
    return shapely.Point(np.round(inside.coords[0], 7)), str(field.unit)


def _life(kind: Kind, since: date, random: np.random.Generator) -> dict[str, Any]:
    """The days of a site: the last step was taken since the plan began, or long before."""
    steps = {"site_chosen": 0, "approved": 1, "building": 2, "accepted": 4, "open": 5, "full": 5, "closed": 6}[kind.state]
    last = since + timedelta(days=int(random.integers(FIRST_DAY, LAST_DAY)))
    days: list[date | None] = [None] * len(LIFE)
    if kind.category in OF_OLD:
        opened = date(int(random.integers(1952, 1964)), 4, 5)
        return dict(zip(LIFE, days, strict=True)) | {"opened_on": opened, "full": False}
    if not kind.since:
        last = since - timedelta(days=int(random.integers(700, 5200) if steps > 4 else random.integers(40, 300)))
    for step in range(steps - 1, -1, -1):
        days[step] = last
        last -= timedelta(days=int(random.integers(25, 120)) if step < 5 else 4000)
    return dict(zip(LIFE, days, strict=True)) | {"full": kind.state == "full"}


def _drawn(kind: Kind, place: Any, random: np.random.Generator) -> Iterator[tuple[str, Any]]:
    """The areas of a site: what was planned, what was built in it, and in that the tombs and the green land."""
    radius = random.uniform(*RADIUS_M.get(kind.category, OTHER_RADIUS_M))
    planned = blob(random, place.coords[0], radius, int(random.integers(24, 70)), 0.16)
    yield "planned", planned
    if kind.state in ("site_chosen", "approved", "building"):
        return
    built = shapely.affinity.scale(planned, BUILT, BUILT, origin=place)
    yield "built", built
    if kind.category == "ash_hall":
        return
    yield from _halved(built)


def _halved(built: Any) -> Iterator[tuple[str, Any]]:
    """Tombs in the west, green land in the east, of nearly the same size, with a path between them."""
    west, south, east, north = built.bounds
    low, high = west, east
    for _ in range(24):
        middle = (low + high) / 2
        tombs = built.intersection(shapely.box(west, south, middle, north))
        low, high = (middle, high) if tombs.area < built.area / 2 else (low, middle)
    path = (moved((middle, south), np.array([[2.0, 0.0]]))[0])[0]
    yield "tomb", largest(tombs)
    yield "green", largest(built.intersection(shapely.box(path, south, east, north)))


def _site(
    kind: Kind,
    row: Mapping[str, Any],
    place: Any,
    villages: gpd.GeoDataFrame,
    areas: list[tuple[str, Any]],
    random: np.random.Generator,
) -> dict[str, Any]:
    """What the register knows of a site besides its days."""
    size = {name: round(area_m2(shape)) for name, shape in areas}
    near = villages[villages["unit"] == row["unit"]]
    around = near.iloc[np.argsort(shapely.distance(near.geometry.to_numpy(), place), kind="stable")]["name"].tolist()
    rural = kind.level == "village"
    called = around[0].removesuffix("村") if rural else TOWN_NAMES[row["unit"]].rstrip("镇乡")
    approved, completed = row["approved_on"], row["completed_on"]
    profit = kind.category == "commercial"
    return {
        "name": f"样{called}{NAMED[kind.category]}" if rural else f"{called}{NAMED[kind.category]}",
        "category": kind.category, "profit": "yes" if profit else "no", "holds": kind.holds, "level": kind.level,
        "community": around[0], "address": f"{TOWN_NAMES[row['unit']]}{around[0]}", "manager": MANAGER,
        "legal_person": "样某", "authority": "样例县民政局", "land_document": "样例用地手续(虚构)",
        "approval": f"样民批〔{approved.year}〕{random.integers(1, 90)}号" if approved else None,
        "serves": "、".join(around[: int(random.integers(1, 4))]), "forms": kind.forms, "land_m2": size["planned"],
        "tomb_m2": size.get("tomb"), "green_m2": size.get("green"), "green_on": completed if "green" in size else None,
        "telephone": f"0000-{random.integers(0, 10**7):07}", "prices": "样价费〔2025〕3号(虚构)" if profit else None,
        "inspected": "合格(2025年度)" if row["opened_on"] else None, "photo": f"样例公墓-{row['code']}.jpg",
        "document": SAID,
        **_capacity(kind, size, random),
    }  # fmt: skip


def _capacity(kind: Kind, size: Mapping[str, int], random: np.random.Generator) -> dict[str, Any]:
    """How many it holds, and how large its plots are."""
    if kind.category == "ash_hall":
        niches = int(random.integers(40, 160)) * 10
        return {"niches": niches, "niches_used": int(niches * random.uniform(0.1, 0.5))}
    body = kind.holds == "body"
    plots = {"body_single_m2": 3.6, "body_double_m2": 5.6} if body else {"ash_single_m2": 0.64, "ash_double_m2": 0.92}
    if kind.category == "commercial":
        plots |= {"ash_double_m2": TOO_LARGE_M2}
    planned = max(8, int(size.get("tomb", size["planned"] * 0.36) / (8.0 if body else PLOT_WITH_PATH_M2)))
    built = planned if kind.state == "full" else int(planned * random.uniform(0.6, 0.95))
    sold = built if kind.state in ("full", "closed") else int(built * random.uniform(0.3, 0.8))
    used = sold if kind.state in ("full", "closed") else int(sold * random.uniform(0.6, 0.95))
    ecological = used if kind.category == "ecological" else int(used * random.uniform(0.1, 0.4))
    if kind.category == "scattered":
        return {"plots_used": used, "burials": used}
    return {**plots, "plots_planned": planned, "plots_built": built, "plots_sold": sold, "plots_used": used,
            "ecological": ecological, "burials": used}  # fmt: skip


