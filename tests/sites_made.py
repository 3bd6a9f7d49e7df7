"""Sites written straight into the tables, for tests and benchmarks of what is done with them."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from shapely.geometry import Point
from sqlalchemy import Connection, insert

from gis.history import stored
from placenames.sites.cemeteries import CEMETERIES
from placenames.sites.facilities import FACILITIES, TYPES

TOWN, OTHER_TOWN = "990101001", "990101100"
SINCE = date(2026, 1, 1)


def has_facility(tx: Connection, code: str, at: Point | None, **more: Any) -> None:
    """A facility in force since the beginning of the year."""
    row = {"code": code, "name": f"样{code}", "type": "service_station", "state": "open", "unit": TOWN, **more}
    tx.execute(insert(FACILITIES.table).values(**row, geom=None if at is None else stored(at), valid_from=SINCE))


def has_cemetery(tx: Connection, code: str, at: Point | None, **more: Any) -> None:
    """A cemetery in force since the beginning of the year."""
    row = {"code": code, "name": f"样{code}公墓", "category": "rural_public", "state": "open", "unit": TOWN, **more}
    tx.execute(insert(CEMETERIES.table).values(**row, geom=None if at is None else stored(at), valid_from=SINCE))


def has_many_facilities(tx: Connection, number: int, seed: int, box: tuple[float, float, float, float]) -> None:
    """So many facilities of all types, spread over a box (degrees, EPSG:4490)."""
    draw, (west, south, east, north) = random.Random(seed), box
    rows = [
        {"code": f"M{at:06d}", "name": f"样设施{at}", "type": draw.choice(list(TYPES)), "state": "open", "unit": TOWN,
         "geom": stored(Point(draw.uniform(west, east), draw.uniform(south, north))), "valid_from": SINCE}
        for at in range(number)
    ]  # fmt: skip
    for begin in range(0, number, 1000):
        tx.execute(insert(FACILITIES.table), rows[begin : begin + 1000])
