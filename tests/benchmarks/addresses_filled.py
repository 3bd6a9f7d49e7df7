"""A made county in a real database: its units, names and addresses by COPY, and everything that follows a publication.

Keys and texts are made by the register, lists of toponyms and former numbers by its followers; what is left out are the
upload, the comparison and the guards of writing.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import geopandas as gpd
import pandas as pd
import shapely
from sqlalchemy import Connection, insert

from boundaries.units import UNITS
from gis import history
from gis.db import Database, Role, copy_rows
from gis.intake.publishing import FOLLOWERS
from placenames.addresses.addresses import ADDRESSES
from placenames.names import NAMES, complete_names
from tests.benchmarks.county_names import BETWEEN
from tests.benchmarks.made import PLATES, Made
from tests.benchmarks.many_names import with_indexes_after

SINCE = date(2024, 1, 1)
AT_A_TIME = 50_000
CATEGORIES = {
    "road": ("ROD", "23513"),
    "hamlet": ("VIL", "22200"),
    "community": ("VIL", "21610"),
    "estate": ("RES", "22100"),
}
SENT = [name for name in PLATES if name not in ("lon", "lat")]


def fill(database: Database, made: Made) -> None:
    """Brings a county into a database that has none."""
    with database.engine(Role.OWNER).begin() as owner:
        for name in ("ex_addresses_id", "ex_addresses_code"):
            owner.exec_driver_sql(f"ALTER TABLE jiezhi.addresses DROP CONSTRAINT {name}")
        owner.execute(insert(UNITS.table), list(_units(made)))
        history.begin(owner, NAMES.table, list(_names(made)), SINCE)
        with_indexes_after(owner, ADDRESSES.table, lambda: _copy_addresses(owner, made))
        for register in (NAMES, ADDRESSES):
            for follower in FOLLOWERS[register.name]:
                follower(owner, 1, SINCE, set())
    with database.engine(Role.OWNER).connect() as owner:
        owner.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


def _units(made: Made) -> Iterator[dict[str, Any]]:
    seats = made.plates.groupby("unit")[["lon", "lat"]].mean().round(6)
    for unit in made.units.itertuples(index=False):
        lon, lat = seats.loc[unit.code] if unit.code in seats.index else (None, None)
        yield {"code": unit.code, "name": unit.name, "level": unit.level, "parent": unit.parent or None,
               "seat_lon": lon, "seat_lat": lat, "valid_from": SINCE}  # fmt: skip


def _names(made: Made) -> Iterator[dict[str, Any]]:
    """The places that are called by more than one name, as the register of names holds them."""
    listed = made.toponyms[(made.toponyms[["former", "aliases", "short"]] != "").any(axis=1)]
    if listed.empty:
        return
    sheet = pd.DataFrame({field.name: None for field in NAMES.fields}, index=listed.index, dtype=object)
    sheet["name"], sheet["unit"] = listed["name"], listed["unit"]
    sheet["category"], sheet["class_code"] = zip(*listed["level"].map(CATEGORIES), strict=True)
    sheet["code"] = [
        f"{unit:0<9}{kind}{number:06d}"
        for number, (unit, kind) in enumerate(zip(sheet["unit"], sheet["class_code"], strict=True), start=1)
    ]
    for field, column in (("former_names", "former"), ("aliases", "aliases"), ("short_names", "short")):
        sheet[field] = [text.replace(BETWEEN, ",") or None for text in listed[column]]
    sheet["use"], sheet["disclosure"], sheet["roman_confirmed"] = "current", "public", "yes"
    whole = complete_names(gpd.GeoDataFrame(sheet))
    for row in whole[[field.name for field in NAMES.fields]].to_dict("records"):
        yield {name: None if pd.isna(value) else value for name, value in row.items()}


def _copy_addresses(owner: Connection, made: Made) -> None:
    fields = [field.name for field in ADDRESSES.fields if field.name in ADDRESSES.table.c]
    copy_rows(owner, ADDRESSES.table, [*fields, "geom", "valid_from"], _addresses(made, fields))


def _addresses(made: Made, fields: list[str]) -> Iterator[tuple[Any, ...]]:
    for begin in range(0, len(made.plates), AT_A_TIME):
        plates = made.plates.iloc[begin : begin + AT_A_TIME]
        sheet = plates[SENT].astype(object).where(plates[SENT] != "", None)
        others = {name: None for name in fields if name not in SENT} | {"built": "standing"}
        whole = ADDRESSES.completes(gpd.GeoDataFrame(sheet.assign(**others)))  # type: ignore[misc]
        points = shapely.set_srid(
            shapely.points(plates["lon"].to_numpy(float), plates["lat"].to_numpy(float)), 4490
        )
        columns = [whole[name].astype(object).where(whole[name].notna(), None) for name in fields]
        for row, shape in zip(
            zip(*columns, strict=True), shapely.to_wkb(points, hex=True, include_srid=True), strict=True
        ):
            yield (*row, shape, SINCE)
