"""The addresses of the sample county: some twenty thousand plates on its streets, in its villages, hamlets and estates.

They hang on the places of `county_names` and lie on the ground of their town; all of it is made by seeded code. A few
years later a street is numbered anew and another has its new name on its plates.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.address_book import Book, Spot
from api.county import TOWN_NAMES, County
from api.county_names import CITY, COMMUNITY, ESTATE, NATURAL_VILLAGE, STREET, VILLAGE, Class, metres_from
from api.county_plates import LEFT, RIGHT, Gate, Street, write_building, write_street
from boundaries.faces import areas

GATE_M = 80.0
"""An estate this close to a street has its gate on it (m)."""
SETTLED, HOMESTEADS, GROUPS, SPLIT = 0.22, (4, 13), (2, 5), 0.04
"""Share of hamlets with numbered homesteads, how many those have, groups of a village, households that were parted."""
ESTATES_FROM, LAST_BUILDING = 20, 4
"""The first number that a hamlet gives an estate; the building of an estate that does not stand yet."""
LATER_STREETS = (3, 16)
"""Streets of the county town whose plates come with a later delivery; the first of them has the name of another."""
RENAMED, NEW_NAME, RENUMBERED = 0, "溪畔路", 4
"""The street of the county town that a case renames, as what, and the one that is numbered anew."""
OLD_STREET, OLD_NAME, BRIGADES, MOVED_ON = 2, "解放街", 0.05, 0.03
"""Which street had numbers under a former name; shares of hamlets and plates with a number from before the register."""
NEW_FROM = 100
"""The renumbered street grew longer at its beginning: its plates start after this number."""


def make_addresses(county: County, names: gpd.GeoDataFrame, seed: int = 2026) -> gpd.GeoDataFrame:
    """All addresses of the first delivery: the register's own columns, points (EPSG:4490)."""
    book = Book(np.random.default_rng([seed, 4]))
    for town in _towns(names):
        for place, street in enumerate(town.streets(book)):
            if town.code != CITY or place not in LATER_STREETS:
                write_street(book, street)
        town.write_estates(book)
        town.write_villages(book)
    return _with_former(book.whole(common_ground(county)), names, book.random)


def later_addresses(county: County, names: gpd.GeoDataFrame, seed: int = 2026) -> gpd.GeoDataFrame:
    """Addresses of the streets that the first delivery leaves out."""
    book = Book(np.random.default_rng([seed, 5]))
    city = next(town for town in _towns(names) if town.code == CITY)
    streets = list(city.streets(book))
    for place in LATER_STREETS:
        write_street(book, streets[place])
    whole = book.whole(common_ground(county))
    return whole.assign(code=[f"{code[:14]}9{code[15:]}" for code in whole["code"]])


def renumbered(addresses: gpd.GeoDataFrame, names: gpd.GeoDataFrame, day: str) -> gpd.GeoDataFrame:
    """The second delivery: one street with its new name, another with new numbers; every address keeps its code."""
    codes = streets_of(names, CITY)["code"]
    moved = addresses[addresses["street_code"] == codes[RENUMBERED]].copy()
    in_lane = moved["lane"].notna()
    moved["number"] = moved["number"].where(in_lane, moved["number"].map(_moved_up))
    moved["lane"] = moved["lane"].map(_moved_up)
    named = addresses[addresses["street_code"] == codes[RENAMED]].assign(street=NEW_NAME)
    both = pd.concat([moved, named], ignore_index=True)
    hung = both["status"] == "installed"
    return both.assign(status=both["status"].mask(hung, "replaced"), numbered_on=day)


def streets_of(names: gpd.GeoDataFrame, town: str) -> gpd.GeoDataFrame:
    """The streets of a town in the order in which they were made."""
    own = (names["class_code"] == STREET.code) & (names["unit"] == town)
    return names[own].reset_index(drop=True)


def common_ground(county: County) -> dict[str, Any]:
    """The ground of every town that stays its own whichever of its lines are agreed (EPSG:4490)."""
    working, agreed = (
        areas(county.lines[each]).units.set_index("code").geometry for each in ("working", "agreed")
    )
    shared = {town: shapely.intersection(working[town], agreed[town]) for town in TOWN_NAMES}
    for ground in shared.values():
        shapely.prepare(ground)
    return shared


def _towns(names: gpd.GeoDataFrame) -> Iterator[_Town]:
    for town in TOWN_NAMES:
        here = names[names["unit"] == town]
        kinds = here.groupby("class_code")
        yield _Town(town, {code: own.reset_index(drop=True) for code, own in kinds}, here.iloc[:0])


@dataclass(frozen=True)
class _Town:
    """A town with its places, from which its addresses are written."""

    code: str
    places: Mapping[str, gpd.GeoDataFrame]
    nothing: gpd.GeoDataFrame

    def of(self, kind: Class) -> gpd.GeoDataFrame:
        return self.places.get(kind.code, self.nothing)

    def nearest(self, kind: Class, to: Any) -> Any:
        """The place of a kind that is nearest."""
        places = self.of(kind)
        around = metres_from(to.coords[0], shapely.get_coordinates(places.geometry.values))
        return places.iloc[int(np.hypot(*around.T).argmin())]

    def streets(self, book: Book) -> Iterator[Street]:
        found = self.of(STREET)
        for row in found.itertuples():
            start = row.geometry.coords[0]
            shared = {"street": row.name, "street_code": row.code,
                      "community": self.nearest(COMMUNITY, row.geometry.centroid)["name"]}  # fmt: skip
            others = [_in_metres(start, other) for other in found.geometry if other is not row.geometry]
            street = Street(
                Spot(self.code, start, shared), _in_metres(start, row.geometry), shapely.union_all(others)
            )
            street.gates.extend(self._gates(street, start, book))
            yield street

    def _gates(self, street: Street, start: tuple[float, float], book: Book) -> Iterator[Gate]:
        for estate in self.of(ESTATE).itertuples():
            place = _in_metres(start, estate.geometry)
            if street.course.distance(place) < GATE_M:
                along = street.course.project(place)
                x, y = street.beside(along, 1.0, LEFT)
                near = math.hypot(place.x - x, place.y - y) < street.course.distance(place)
                yield Gate(along, LEFT if near else RIGHT, estate.name, list(_grid(book, (place.x, place.y))))

    def write_estates(self, book: Book) -> None:
        """Estates away from streets have a number of the hamlet beside which they were built."""
        streets = shapely.union_all(self.of(STREET).geometry.to_numpy())
        for place, estate in enumerate(self.of(ESTATE).itertuples()):
            start = estate.geometry.coords[0]
            if not streets.is_empty and _in_metres(start, streets).distance(shapely.Point(0, 0)) < GATE_M:
                continue
            hamlet = self.nearest(NATURAL_VILLAGE, estate.geometry)
            village = self.nearest(VILLAGE, hamlet.geometry)["name"]
            shared = {"community": village, "hamlet": hamlet["name"], "estate": estate.name}
            numbered = {"number": f"{ESTATES_FROM + 2 * place}号"}
            spot = Spot(self.code, start, shared)
            book.write(spot, (-12.0, -9.0), "large", **numbered)
            for building, at in enumerate(_grid(book, (0.0, 0.0)), 1):
                yet_to_come = {"status": "reserved", "built": "planned"} if building == LAST_BUILDING else {}
                write_building(book, spot, at, building, **numbered, **yet_to_come)

    def write_villages(self, book: Book) -> None:
        """Homesteads of the groups about a village, then those of hamlets, each with numbers of its own."""
        for village in self.of(VILLAGE).itertuples():
            for group in range(1, int(book.random.integers(*GROUPS)) + 1):
                turn, away = book.random.uniform(0, 2 * math.pi), 110.0 * group
                middle = (away * math.cos(turn), away * math.sin(turn))
                self._write_homesteads(book, village, village.name, f"{group}组", middle)
        for hamlet in self.of(NATURAL_VILLAGE).itertuples():
            if book.random.random() < SETTLED:
                village = self.nearest(VILLAGE, hamlet.geometry)["name"]
                self._write_homesteads(book, hamlet, village, hamlet.name, (0.0, 0.0))

    def _write_homesteads(
        self, book: Book, place: Any, village: str, hamlet: str, middle: tuple[float, float]
    ) -> None:
        """Numbers rise outwards from the middle: one homestead, one number; a parted household has a sub-number."""
        spot = Spot(self.code, place.geometry.coords[0], {"community": village, "hamlet": hamlet})
        for number in range(1, int(book.random.integers(*HOMESTEADS)) + 1):
            turn, away = 2.4 * number, 14 * math.sqrt(number)
            x, y = middle[0] + away * math.cos(turn), middle[1] + away * math.sin(turn)
            book.write(spot, (x, y), "rural", number=f"{number}号")
            if book.random.random() < SPLIT:
                book.write(spot, (x + 4, y), "rural", number=f"{number}-1号")


def _grid(book: Book, middle: tuple[float, float]) -> Iterator[tuple[float, float]]:
    """Where the buildings of an estate stand (m)."""
    for building in range(int(book.random.integers(2, 6))):
        yield middle[0] + 30.0 * (building % 2), middle[1] + 18.0 * (building // 2)


def _in_metres(start: tuple[float, float], shape: Any) -> Any:
    return shapely.transform(shape, lambda places: metres_from(start, places))


def _with_former(
    addresses: gpd.GeoDataFrame, names: gpd.GeoDataFrame, random: np.random.Generator
) -> gpd.GeoDataFrame:
    """What was numbered otherwise before the register: under another name of the street, by a brigade, by another number."""
    old = streets_of(names, CITY)["code"][OLD_STREET]
    hamlets = addresses["hamlet"].dropna().unique()
    brigades = set(random.choice(hamlets, int(len(hamlets) * BRIGADES), replace=False))
    moved_on = random.random(len(addresses)) < MOVED_ON
    told = addresses[["street_code", "lane", "hamlet", "number", "room"]].to_dict("records")
    former = [
        _former(row, row["street_code"] == old, row["hamlet"] in brigades, moved)
        for row, moved in zip(told, moved_on, strict=True)
    ]
    return addresses.assign(former=pd.Series(former, dtype=object))


def _former(row: Mapping[Any, Any], on_old_street: bool, was_brigade: bool, moved_on: bool) -> str | None:
    number = re.match("[0-9]+", row["number"] or "")
    if number is None or row["lane"] or row["room"]:
        return None
    if on_old_street:
        return f"{OLD_NAME}{int(number[0]) // 2 + 1}号(1966—1981)"
    if was_brigade:
        return f"{row['hamlet'][0]}家大队{int(number[0]) + 20}号(1958—1984)"
    return f"{int(number[0]) + 6}号(1999—2008)" if moved_on else None


def _moved_up(said: str | None) -> str | None:
    """12号 → 112号, 临12号 → 临112号, 12弄 → 112弄: the first whole number in it."""
    return re.sub("[0-9]+", lambda found: str(int(found[0]) + NEW_FROM), said, count=1) if said else said
