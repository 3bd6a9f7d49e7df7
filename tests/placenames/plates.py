"""Addresses of the little county, for tests of their rules: what is in force, what is sent, what a rule finds in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

import geopandas as gpd
from shapely.geometry import LineString, Point
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert, select

from gis.history import stored
from gis.intake.beside import Staged
from gis.intake.rules import RULES, Finding, Survey, as_finding
from gis.intake.staging import stage
from gis.settings import Settings
from placenames.addresses.addresses import ADDRESSES, complete_addresses
from placenames.addresses.toponyms import gather
from placenames.names import NAMES
from tests.naming import TODAY, WEST, LittleCounty, east

STREET = "样柳路"


@dataclass
class Plates:
    """Addresses of 石桥镇 in the little county."""

    county: LittleCounty
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    settings: Settings = field(default_factory=Settings)

    def street(self, name: str = STREET, metres: float = 400.0, **more: Any) -> str:
        """Registers a street as a line from the centre of the town to the east; answers its code."""
        line = LineString([east(0), east(metres / 2), east(metres)])
        more = {"unit": WEST, "at": line, **more}
        identity = self.county.has(name, "ROD", **more)
        n = NAMES.table.c
        return self.county.tx.execute(select(n.code).where(n.id == identity)).scalar_one()

    def address(self, number: str | None = "2号", at: BaseGeometry | None = None, **more: Any) -> dict[str, Any]:
        """An address as it is sent: on 样柳路, at the centre of the town."""
        blank = dict.fromkeys(each.name for each in ADDRESSES.fields)
        given = {"code": f"D{next(self.numbers):04d}", "unit": WEST, "street": STREET, "number": number,
                 "status": "installed", "built": "standing", "certified": "yes"}  # fmt: skip
        place = more.pop("geometry", east(10) if at is None else at)
        return {**blank, **given, **more, "geometry": place}

    def has(self, *rows: dict[str, Any], since: date = date(2020, 1, 1), until: date | None = None) -> None:
        """Brings addresses into force."""
        a = ADDRESSES.table
        for row in _frame(rows).to_dict("records"):
            values = {each.name: _kept(row[each.name]) for each in ADDRESSES.fields}
            shape = None if row["geometry"] is None else stored(row["geometry"])
            self.county.tx.execute(insert(a).values(**values, geom=shape, valid_from=since, valid_to=until))
        gather(self.county.tx, [WEST])

    def finds(self, rule: str, *rows: dict[str, Any], whole: bool = False) -> list[Finding]:
        """What a rule finds in addresses that are sent together."""
        delivery, frame, checked = next(self.numbers), _frame(rows), RULES[rule]
        stage(self.county.tx, delivery, ADDRESSES, frame)
        survey = Survey({"addresses": frame}, self.settings)
        looked_at: Any = survey
        if checked.of_tables:
            looked_at = Staged(self.county.tx, delivery, TODAY, self.settings, ADDRESSES, whole)
        return [as_finding(checked, offence, survey) for offence in checked.check(looked_at)]

    def along(self, numbers: list[int], step: float = 20.0, side: float = 8.0, start: float = 20.0) -> list[dict[str, Any]]:
        """Plates along the street, so far apart: odd ones in the north, even ones in the south."""
        rows = []
        for number in numbers:
            place = start + (number - 1) // 2 * step
            rows.append(self.address(f"{number}号", east(place, side if number % 2 else -side)))
        return rows


def rows_of(findings: list[Finding]) -> list[int | None]:
    return [each.row for each in findings]


def said(findings: list[Finding]) -> str:
    """The one finding in Chinese."""
    (only,) = findings
    assert "{" not in only.message.zh + only.message.en + only.fix.zh + only.fix.en
    return only.message.zh


def point(metres: float, north: float = 0.0) -> Point:
    return east(metres, north)


def _frame(rows: Any) -> gpd.GeoDataFrame:
    frame = gpd.GeoDataFrame(list(rows), geometry=[row["geometry"] for row in rows], crs="EPSG:4490")
    for each in ADDRESSES.fields:
        frame[each.name] = frame[each.name].astype(object)
    numbers = range(1, len(frame) + 1)
    extra: Any = [{}] * len(frame)
    return complete_addresses(
        frame.assign(row=numbers, source_row=numbers, file="addresses.csv", layer="addresses", extra=extra)
    )


def _kept(value: Any) -> Any:
    return None if value is None or value != value else value  # noqa: PLR0124
