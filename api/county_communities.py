"""The villages and communities of the sample county as units below its towns, with households and population.

They are the places of `county_names` that bear their names; all of it is made by seeded code.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from api.county import TOWN_NAMES
from api.county_names import COMMUNITY, VILLAGE

FIRST_NUMBERS = {COMMUNITY.code: 1, VILLAGE.code: 200}
"""Where the last three figures of unit codes begin: those of communities, and those of villages."""
HOUSEHOLDS = {COMMUNITY.code: (700, 2400), VILLAGE.code: (160, 720)}
PERSONS = (2.1, 3.2)
"""To a household."""
COLUMNS = ("code", "name", "level", "parent", "seat", "seat_lon", "seat_lat", "households", "population")


def communities(names: gpd.GeoDataFrame, seed: int = 2026) -> pd.DataFrame:
    """Villages and communities by code: a list of units with seats in degrees of EPSG:4490."""
    random = np.random.default_rng([seed, 6])
    rows: list[dict[str, Any]] = []
    for town in TOWN_NAMES:
        for kind, first in FIRST_NUMBERS.items():
            own = names[(names["unit"] == town) & (names["class_code"] == kind)]
            for number, place in enumerate(own.itertuples(), first):
                households = int(random.integers(*HOUSEHOLDS[kind]))
                rows.append(
                    {"code": f"{town}{number:03}", "name": place.name, "level": "village", "parent": town,
                     "seat": place.name, "seat_lon": place.geometry.x, "seat_lat": place.geometry.y,
                     "households": households, "population": round(households * random.uniform(*PERSONS))}
                )  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))
