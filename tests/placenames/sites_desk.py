"""Sites of the little county, for tests of their rules: what is in force, what is sent, what a rule finds in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Any

import geopandas as gpd
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import insert

from gis.history import stored
from gis.intake.beside import Staged
from gis.intake.rules import RULES, Finding, Survey, as_finding, within
from gis.intake.staging import stage
from gis.registers import REGISTERS, Register
from gis.settings import Settings
from placenames.sites.cemeteries import CEMETERIES, CEMETERY_AREAS
from placenames.sites.facilities import FACILITIES
from placenames.sites.graves import GRAVES
from placenames.sites.prohibited_zones import PROHIBITED_ZONES
from placenames.sites.zone_parts import cut_zones_into_parts
from tests.naming import CENTRE, TODAY, WEST, LittleCounty


@dataclass
class Sites:
    """A desk at which sites are sent and looked at."""

    county: LittleCounty
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    settings: Settings = field(default_factory=Settings)

    def cemetery(self, at: BaseGeometry | None = CENTRE, **more: Any) -> dict[str, Any]:
        given = {"name": "样山公墓", "category": "rural_public", "profit": "no", "state": "open", "serves": "样村",
                 "opened_on": date(2020, 1, 1)}  # fmt: skip
        return self._row(CEMETERIES, at, given | more)

    def area(self, kind: str, ground: BaseGeometry, **more: Any) -> dict[str, Any]:
        """An area of the cemetery C1."""
        return self._row(CEMETERY_AREAS, ground, {"cemetery": "C1", "kind": kind} | more)

    def facility(self, at: BaseGeometry | None = CENTRE, **more: Any) -> dict[str, Any]:
        return self._row(FACILITIES, at, {"name": "样桥站", "type": "service_station", "state": "open"} | more)

    def grave(self, **more: Any) -> dict[str, Any]:
        given = {"category": "hardened", "area_m2": 9.0, "occupied": "yes", "found_on": date(2026, 5, 1), "photo": "a.jpg"}
        return self._row(GRAVES, CENTRE, given | more)

    def zone(self, kind: str, ground: BaseGeometry, **more: Any) -> None:
        """Loads a prohibited zone."""
        self.has(PROHIBITED_ZONES, self._row(PROHIBITED_ZONES, ground, {"kind": kind, "name": f"样{kind}"} | more))
        cut_zones_into_parts(self.county.tx, 0, TODAY, set())

    def has(self, register: Register, *rows: dict[str, Any]) -> None:
        """Brings sites into force."""
        for row in rows:
            values = {each.name: row[each.name] for each in register.fields}
            shape = None if row["geometry"] is None else stored(_as_kept(register, row["geometry"]))
            self.county.tx.execute(insert(register.table).values(**values, geom=shape, valid_from=date(2020, 1, 1)))

    def finds(self, rule: str, *rows: dict[str, Any]) -> list[Finding]:
        """What a rule finds in sites that are sent together; each is said in both languages to its end."""
        found = self._findings(rule, *rows)
        assert not [each for each in found if "{" in f"{each.message}{each.fix}" or "None" in each.message.en]
        return found

    def _findings(self, rule: str, *rows: dict[str, Any]) -> list[Finding]:
        register: Register = REGISTERS[rows[0]["register"]]
        delivery, checked = next(self.numbers), RULES[rule]
        frame = gpd.GeoDataFrame([_sent(register, row) for row in rows], crs="EPSG:4490").astype({"code": object})
        for each in register.fields:
            frame[each.name] = frame[each.name].astype(object)
        numbers: Any = range(1, len(frame) + 1)
        extra: Any = [{}] * len(frame)
        frame = frame.assign(row=numbers, source_row=numbers, file="sites.csv", layer="sites", extra=extra)
        stage(self.county.tx, delivery, register, frame)
        survey = Survey({register.name: frame}, self.settings)
        looked_at: Any = within(checked, survey)
        if checked.of_tables:
            looked_at = Staged(self.county.tx, delivery, TODAY, self.settings, register)
        return [as_finding(checked, offence, survey) for offence in checked.check(looked_at)]

    def _row(self, register: Register, at: BaseGeometry | None, given: dict[str, Any]) -> dict[str, Any]:
        blank = dict.fromkeys(each.name for each in register.fields)
        known = {"code": f"S{next(self.numbers):04d}", "unit": WEST}
        return {**blank, **known, **given, "geometry": at, "register": register.name}


def _sent(register: Register, row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "register": None, "geometry": _as_kept(register, row["geometry"])}


def _as_kept(register: Register, shape: BaseGeometry | None) -> BaseGeometry | None:
    """The shape of the kind that the register keeps."""
    return shapely.multipolygons([shape]) if register.geometry == "MULTIPOLYGON" and shape is not None else shape
