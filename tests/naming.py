"""A little county with names, for tests of name checks: what is registered, what is sent, what is typed.

样例县 (330901 in 示范市 3309, 样例省 33) has the towns 石桥镇 (001) in the west and 龙泉镇 (002) in the east, each about ten
kilometres square; 330901001201 is a village of 石桥镇. Every question is put to a delivery and to a candidate.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import geopandas as gpd
import shapely
from shapely.geometry import LineString, Point, box
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, insert, select

from boundaries.areas import cut_into_parts
from boundaries.units import UNITS
from gis.feature_sql import EVERYWHERE
from gis.history import stored
from gis.intake.beside import Staged
from gis.intake.rules import RULES, Finding, Offence, Survey, as_finding
from gis.settings import Settings
from placenames.appellations import call_places_by_their_names
from placenames.checks.asked import Candidate
from placenames.checks.name_checks import OF_IMPORTS, CandidateReport, check_candidate
from placenames.names import BUILT_UP, NAMES, complete_names

COUNTY, WEST, EAST, VILLAGE = "330901", "330901001", "330901002", "330901001201"
TODAY = date(2026, 6, 1)
CENTRE, EASTERN = Point(120.05, 30.05), Point(120.15, 30.05)
CLASSES = {"NAT": "13450", "ADM": "21500", "VIL": "21610", "PRK": "25200", "ROD": "23513", "RES": "22100", "FAC": "23610",
           "OTH": "26310"}  # fmt: skip


def east(metres: float, north: float = 0.0) -> Point:
    """A point so many metres east (and north) of the centre of 石桥镇."""
    return Point(CENTRE.x + metres / 96_500, CENTRE.y + north / 110_860)


@dataclass
class LittleCounty:
    """The county, its register, and a tray of rows that are sent together."""

    tx: Connection
    settings: Settings
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def unit(self, code: str, name: str, level: str, ground: BaseGeometry | None = None) -> None:
        shape = None if ground is None else stored(shapely.multipolygons([ground]))
        row = {
            "code": code,
            "name": name,
            "level": level,
            "parent": code[:-3] if level == "township" else None,
        }
        self.tx.execute(insert(UNITS.table).values(**row, geom=shape, valid_from=date(2020, 1, 1)))
        cut_into_parts(self.tx)

    def has(
        self,
        name: str,
        category: str = "VIL",
        unit: str = WEST,
        at: BaseGeometry | None = CENTRE,
        **more: Any,
    ) -> UUID:
        """Registers a place in force since 2020; answers its id."""
        row = self.row(name, category, unit, at, **more)
        until = row.pop("valid_to", None)
        since = row.pop("valid_from", date(2020, 1, 1))
        frame = complete_names(frame_of([row]))
        values = {each.name: _plain(frame[each.name].iloc[0]) for each in NAMES.fields}
        shape = None if at is None else stored(at)
        n = NAMES.table
        row_id = self.tx.scalar(
            insert(n).values(**values, geom=shape, valid_from=since, valid_to=until).returning(n.c.id)
        )
        call_places_by_their_names(self.tx, 1, TODAY, set())
        assert row_id is not None
        return row_id

    def row(
        self, name: str, category: str, unit: str, at: BaseGeometry | None, **more: Any
    ) -> dict[str, Any]:
        """A record as it is sent."""
        class_code = more.pop("class_code", CLASSES.get(category))
        code = f"{unit[:9].ljust(9, '0')}{class_code or '21770'}{next(self.numbers):06}"
        blank = dict.fromkeys(each.name for each in NAMES.fields)
        given = {"code": code, "name": name, "category": category, "class_code": class_code, "unit": unit,
                 "use": "current", "roman_confirmed": "yes", "disclosure": "public"}  # fmt: skip
        if "roman_confirmed" in more:
            more["roman_confirmed"] = "yes" if more["roman_confirmed"] else "no"
        return {**blank, **given, **more, "geometry": at}

    def built_up(self, name: str, ground: BaseGeometry) -> None:
        row = {"code": f"B{next(self.numbers)}", "name": name, "unit": COUNTY, "valid_from": date(2020, 1, 1)}
        self.tx.execute(insert(BUILT_UP.table).values(**row, geom=stored(shapely.multipolygons([ground]))))

    def sent(self, rule: str, *rows: dict[str, Any], whole: bool = False, day: date = TODAY) -> list[Finding]:
        """What a rule finds in rows that are sent together."""
        delivery = next(self.numbers)
        frame = complete_names(frame_of(list(rows)))
        stage(self.tx, delivery, frame)
        checked = RULES[rule]
        within = "" if checked.jurisdiction == "CN" else checked.jurisdiction
        looked_at: Any = Survey({"names": frame}, self.settings)
        survey = looked_at
        if checked.of_tables:
            looked_at = Staged(self.tx, delivery, day, self.settings, NAMES, whole, within)
        offences: list[Offence] = list(checked.check(looked_at))
        assert all(offence.register == "names" for offence in offences)
        return [as_finding(checked, offence, survey) for offence in offences]

    def typed(self, name: str, category: str = "VIL", unit: str = WEST, at: BaseGeometry | None = CENTRE,
              day: date = TODAY, areas: tuple[str, ...] = EVERYWHERE, **more: Any) -> CandidateReport:  # fmt: skip
        """The report on a candidate, for a colleague of some areas."""
        more.setdefault("class_code", CLASSES.get(category, ""))
        more.setdefault("roman_confirmed", True)
        candidate = Candidate(name, category, unit, geom=at, **more)
        return check_candidate(self.tx, candidate, day, self.settings, areas)

    def finds(self, rule: str, name: str, category: str = "VIL", unit: str = WEST, at: BaseGeometry | None = CENTRE,
              **more: Any) -> list[Finding]:  # fmt: skip
        """What a rule finds in a name, sent or typed: the two must agree."""
        known = {each.name for each in fields(Candidate)}
        row = self.row(name, category, unit, at, **more)
        report = self.typed(name, category, unit, at, **{key: more[key] for key in more if key in known})
        verdict = report.verdict(rule)
        typed = [] if verdict is None else list(verdict.findings)
        sent = self.sent(rule, row)
        if rule in OF_IMPORTS:
            assert verdict is None
            return sent
        assert [(each.severity, each.message) for each in sent] == [
            (each.severity, each.message) for each in typed
        ]
        return sent


def frame_of(rows: list[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Rows as the intake reads them."""
    frame = gpd.GeoDataFrame(rows, geometry=[row["geometry"] for row in rows], crs="EPSG:4490")
    for each in NAMES.fields:
        frame[each.name] = frame[each.name].astype(object)
    numbers = range(1, len(rows) + 1)
    return frame.assign(
        row=numbers, source_row=numbers, file="names.csv", layer="names", extra=[{}] * len(rows)
    )


def stage(tx: Connection, delivery: int, frame: gpd.GeoDataFrame) -> None:
    """Lays rows down in the staging twin, as the intake does."""
    s = NAMES.staging
    for row in frame.to_dict("records"):
        values = {each.name: _plain(row[each.name]) for each in NAMES.fields}
        shape = None if row["geometry"] is None else stored(row["geometry"])
        named = {"delivery": delivery, "row": row["row"], "source_row": row["source_row"], "set_aside": False}
        tx.execute(insert(s).values(**named, **values, geom=shape))


def road(start: Point, end: Point) -> LineString:
    """A straight road."""
    return LineString([start, end])


def settle(tx: Connection) -> LittleCounty:
    """The county with its units and no names."""
    county = LittleCounty(tx, Settings())
    county.unit("33", "样例省", "province")
    county.unit("3309", "示范市", "prefecture")
    county.unit(COUNTY, "样例县", "county", box(120.0, 30.0, 120.2, 30.1))
    county.unit(WEST, "石桥镇", "township", box(120.0, 30.0, 120.1, 30.1))
    county.unit(EAST, "龙泉镇", "township", box(120.1, 30.0, 120.2, 30.1))
    return county


def names_of(tx: Connection) -> list[str]:
    """All registered names."""
    return list(tx.scalars(select(NAMES.table.c.name)))


def _plain(value: Any) -> Any:
    return None if value is None or value != value else value  # noqa: PLR0124
