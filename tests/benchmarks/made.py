"""A made county as frames: what other code needs to know of it, whoever made it."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

UNITS = ("code", "name", "level", "parent")
TOPONYMS = ("name", "level", "unit", "community", "former", "aliases", "short")
PLATES = (
    "code", "unit", "community", "hamlet", "street", "section", "lane", "alley", "number", "estate", "building", "cell",
    "floor", "room", "plate", "status", "certified", "former", "lon", "lat",
)  # fmt: skip
"""The fields of the register of addresses that are sent; lon and lat in degrees (EPSG:4490)."""
INSIDE = ("building", "cell", "floor", "room")
LOCATED = ("street", "section", "lane", "alley", "number")


@dataclass(frozen=True)
class Made:
    """A county with its units from the province down, its named places, and its plates and flats.

    `former`, `aliases` and `short` of toponyms hold names between 、; levels are road, hamlet, community and estate.
    """

    units: pd.DataFrame
    toponyms: pd.DataFrame
    plates: pd.DataFrame

    def __post_init__(self) -> None:
        for frame, columns in ((self.units, UNITS), (self.toponyms, TOPONYMS), (self.plates, PLATES)):
            assert tuple(frame.columns) == columns
