"""The sites of the sample county: its communities, facilities, cemeteries, the zones around them, and graves outside them.

Everything is made by seeded code, says that it is a sample, and is lawful except where it is meant not to be. Each has its
life: what was there on the plan's first day, and what has come of it since.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import geopandas as gpd
import pandas as pd

from api.county import County
from api.county_cemeteries import Burial, make_cemeteries
from api.county_communities import communities
from api.county_facilities import facilities_on, make_facilities
from api.county_graves import make_graves
from api.county_zones import make_zones

REPORTED = (0, 92, 166)
"""The days of the plan of which there is a list of sites: its first day, and twice what changed since."""
SURVEYED, ACTED = 45, 167
"""The days of the plan of which there are lists of graves."""


@dataclass(frozen=True)
class Sites:
    """All of them, with their whole lives; geometry EPSG:4490."""

    since: date
    communities: pd.DataFrame
    zones: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    burial: Burial
    graves: gpd.GeoDataFrame

    def day(self, number: int) -> date:
        """A day of the plan."""
        return self.since + timedelta(days=number)

    def facilities_told(self, place: int) -> gpd.GeoDataFrame:
        """What one list of facilities says: the first all of it, the later ones what changed."""
        return _changed(
            *(facilities_on(self.facilities, self.day(day)) for day in REPORTED[max(0, place - 1) : place + 1])
        )

    def cemeteries_told(self, place: int) -> dict[str, gpd.GeoDataFrame]:
        """The same of cemeteries and their areas: layers of one file."""
        lists = [self.burial.on(self.day(day)) for day in REPORTED[max(0, place - 1) : place + 1]]
        layers = {layer: _changed(*(each[layer] for each in lists)) for layer in lists[0]}
        return {layer: frame for layer, frame in layers.items() if len(frame)}


def make_sites(
    county: County, names: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame, since: date, seed: int = 2026
) -> Sites:
    """The sites of a seed, as they are when the plan began on `since`."""
    zones = make_zones(county, names, seed)
    return Sites(
        since,
        communities(names, seed),
        zones,
        make_facilities(names, addresses, since, seed),
        make_cemeteries(county, names, zones, since, seed),
        make_graves(county, names, zones, since, seed),
    )


def _changed(first: gpd.GeoDataFrame, later: gpd.GeoDataFrame | None = None) -> gpd.GeoDataFrame:
    """The rows of a later list that the first has not, or has otherwise; of one list all."""
    if later is None:
        return first
    before = {row["code"]: row for row in first.astype(object).where(first.notna(), None).to_dict("records")}
    rows = later.astype(object).where(later.notna(), None).to_dict("records")
    differs = [before.get(row["code"]) != row for row in rows]
    return later[differs].reset_index(drop=True)
