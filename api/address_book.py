"""The address book of the sample county: writes its addresses down, with what an office knows of each besides its place.

Statuses, certificates, documents, owners and applicants are drawn by chance from a seed. Every person in it says of
itself that it is a sample (样), and no telephone in it can be called.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from api.county import CRS
from api.county_names import FIRST, moved

PARTS = ("community", "hamlet", "street", "lane", "alley", "number", "estate", "building", "cell", "room")
COLUMNS = (
    "code", "unit", *PARTS, "plate", "status", "certified", "built", "former", "street_code", "numbered_on", "document",
    "certificate", "owner", "owner_phone", "applicant", "applicant_phone",
)  # fmt: skip
STATUSES = {
    "installed": 0.8, "assigned": 0.08, "made": 0.035, "damaged": 0.04, "replaced": 0.03, "cancelled": 0.01,
    "changed": 0.005,
}  # fmt: skip
HANGING = ("installed", "damaged", "replaced")
"""Statuses of plates that hang on a wall, so that somebody may have seen them there."""
FIRST_YEAR, LAST_YEAR = 1998, 2024
CERTIFIED, OWNED, CALLED = 0.75, 0.35, 0.6
"""Shares: of plates that hang, seen there; of addresses, whose owner is known; of owners, with a telephone."""
RURAL, URBAN, FLAT = "3", "2", "1"
BUILDER = "样例建设单位"


@dataclass(frozen=True)
class Spot:
    """A place that addresses lie around, and the parts that all of them share."""

    unit: str
    start: tuple[float, float]
    shared: Mapping[str, str | None]


@dataclass
class Book:
    """The addresses in the order in which they were written down."""

    random: np.random.Generator
    rows: list[dict[str, Any]] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    metres: list[tuple[float, float]] = field(default_factory=list)

    def write(self, spot: Spot, at: tuple[float, float], plate: str, **parts: str | None) -> None:
        """One address, so many metres east and north of its spot."""
        self.rows.append({"unit": spot.unit, "plate": plate, **spot.shared, **parts})
        self.spots.append(spot)
        self.metres.append(at)

    def whole(self, grounds: Mapping[str, Any]) -> gpd.GeoDataFrame:
        """All addresses that lie on the ground of their unit (EPSG:4490), with codes and whatever the office knows."""
        starts = np.array([spot.start for spot in self.spots])
        written = pd.DataFrame(self.rows).reindex(columns=list(COLUMNS)).astype(object)
        written = written.where(written.notna(), None)
        frame = gpd.GeoDataFrame(
            written, geometry=shapely.points(moved(starts, np.array(self.metres))), crs=CRS
        )
        own = np.array([grounds[unit] for unit in frame["unit"]], dtype=object)
        return _known(frame[shapely.contains(own, frame.geometry)].reset_index(drop=True), self.random)


def _known(frame: gpd.GeoDataFrame, random: np.random.Generator) -> gpd.GeoDataFrame:
    many = len(frame)
    drawn = random.choice(list(STATUSES), many, p=list(STATUSES.values()))
    frame["status"] = frame["status"].where(frame["status"].notna(), drawn)
    frame["built"] = frame["built"].where(frame["built"].notna(), "standing")
    hangs = frame["status"].isin(HANGING)
    frame["certified"] = np.where(hangs & (random.random(many) < CERTIFIED), "yes", "no")
    _date(frame, random)
    _number_through(frame, hangs)
    _say_whose(frame, random)
    return frame


def _date(frame: gpd.GeoDataFrame, random: np.random.Generator) -> None:
    """When it was numbered, and by which paper: a paper numbers a whole town's plates of a month."""
    years = random.integers(FIRST_YEAR, LAST_YEAR + 1, len(frame))
    years[frame["built"] == "planned"] = LAST_YEAR
    months = random.integers(1, 13, len(frame))
    frame["numbered_on"] = [f"{year}-{month:02}-15" for year, month in zip(years, months, strict=True)]
    towns = {town: 20 * place for place, town in enumerate(dict.fromkeys(frame["unit"]))}
    frame["document"] = [
        f"样门编〔{year}〕{towns[town] + month}号"
        for year, month, town in zip(years, months, frame["unit"], strict=True)
    ]


def _number_through(frame: gpd.GeoDataFrame, hangs: pd.Series[bool]) -> None:
    """Codes: unit, year of numbering, kind of address, serial number in the unit; and the certificates of plates."""
    kinds = np.where(frame["building"].notna(), FLAT, np.where(frame["hamlet"].notna(), RURAL, URBAN))
    serials = frame.groupby("unit").cumcount() + 1
    frame["code"] = [
        f"{unit}{day[:4]}{kind}{serial:05}"
        for unit, day, kind, serial in zip(frame["unit"], frame["numbered_on"], kinds, serials, strict=True)
    ]
    numbers = pd.Series([f"样证{place:07}" for place in range(1, len(frame) + 1)], dtype=object)
    frame["certificate"] = numbers.where(
        hangs & frame["plate"].isin(["small", "large", "room", "rural"]), None
    )


def _say_whose(frame: gpd.GeoDataFrame, random: np.random.Generator) -> None:
    many = len(frame)
    letters = random.choice(list(FIRST), (many, 2))
    names = pd.Series([f"样{one}{other}" for one, other in letters], dtype=object)
    phones = pd.Series([f"0000000{number:04}" for number in random.integers(0, 10_000, many)], dtype=object)
    standing = frame["built"] == "standing"
    owned = standing & (random.random(many) < OWNED) & ~frame["plate"].isin(["building", "cell"])
    called = owned & (random.random(many) < CALLED)
    asked = owned & (frame["numbered_on"] > "2015")
    frame["owner"], frame["owner_phone"] = names.where(owned, None), phones.where(called, None)
    frame["applicant"] = names.where(asked, None).where(standing, BUILDER)
    frame["applicant_phone"] = phones.where(asked & called, None).where(standing, "00000000000")
