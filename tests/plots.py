"""A register made for tests that knows of persons: sample plots with their owners, as a sheet or as a long list."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import shapely
from sqlalchemy import select, text

from gis.db import Database, Role, metadata
from gis.history import in_force
from gis.intake.personal import KEPT, SENT
from gis.registers import REGISTERS, Field, Register, register
from gis.text import Text
from tests.conftest import COUNTY, Office

TOWN = COUNTY + "001"
DAY = date(2026, 11, 1)
ZHANG, PHONE, LI = "样张三丰", "13900000001", "样李四光"
ID_CARD = "99010119800101001X"
SECRETS = (ZHANG, PHONE, LI, ID_CARD)


@contextmanager
def plots(database: Database, *, listed: bool) -> Iterator[Register]:
    """The register, with its tables in one database, for as long as a test lasts."""
    fields = (
        Field("code", Text("样点编号", "Plot code"), aliases=("YDBH",), required=True),
        Field("name", Text("样点名称", "Plot name"), aliases=("YDMC",)),
        Field("unit", Text("样点政区", "Plot's unit"), aliases=("YDZQ",)),
        Field("owner", Text("产权人", "Owner"), aliases=("CQR", "户主"), personal=True),
        Field("owner_phone", Text("产权人电话", "Owner's telephone"), aliases=("CQRDH",), personal=True),
        Field("owner_since", Text("产权日期", "Owner since"), date, aliases=("CQRQ",), personal=True),
    )
    name = "listed_plots" if listed else "plots"
    made = register(
        Register(
            name, Text("样点", "Sample plots"), "POINT", fields, aliases=("YD",), sender="staff", listed=listed,
            area_fields=("unit",),
        )
    )  # fmt: skip
    tables = [made.table, made.staging]
    try:
        with database.engine(Role.OWNER).begin() as tx:
            for table, kind in zip(tables, ("versions", "rows"), strict=True):
                table.create(tx)
                grant = text("SELECT jiezhi.grant_rights(:kind, :name, CAST(NULL AS text[]))")
                tx.execute(grant, {"kind": kind, "name": f"jiezhi.{table.name}"})
        yield made
    finally:
        del REGISTERS[name]
        for table in tables:
            metadata.remove(table)


def plot(number: int, **rest: Any) -> dict[str, Any]:
    """One plot as it is sent."""
    return {"样点编号": f"P{number:03d}", "样点名称": f"样地{number}", "样点政区": TOWN, **rest}


def sent(folder: Path, kind: str, *rows: dict[str, Any], name: str = "YD") -> Path:
    """Plots as a file: csv, gpkg, geojson or shp (all its parts in one zip)."""
    path = folder / f"{name}.{kind}"
    places = [shapely.Point(110.3 + n / 1000, 30.7) for n in range(len(rows))]
    if kind == "csv":
        lines = [[*rows[0], "经度", "纬度"], *([*row.values(), p.x, p.y] for row, p in zip(rows, places, strict=True))]
        path.write_text("\n".join(",".join("" if v is None else str(v) for v in line) for line in lines), "utf-8")
    else:
        path.unlink(missing_ok=True)
        gpd.GeoDataFrame(list(rows), geometry=places, crs="EPSG:4490").to_file(path, layer=name, engine="pyogrio")
    return path


def known(office: Office, made: Register) -> dict[str, dict[str, Any]]:
    """What is kept of persons, by the code of the record."""
    v, k = made.table.c, KEPT.c
    asked = select(v.code, k.fields).join_from(KEPT, made.table, v.id == k.id).where(v.superseded_at.is_(None))
    with office.database.writing() as tx:
        return {row.code: row.fields for row in tx.execute(asked)}


def waiting(office: Office) -> list[dict[str, Any]]:
    """What was sent of persons and may still be published."""
    with office.database.writing() as tx:
        return list(tx.scalars(select(SENT.c.fields).order_by(SENT.c.delivery, SENT.c.row)))


def names_in_force(office: Office, made: Register) -> dict[str, str]:
    v = made.table
    with office.database.writing() as tx:
        return {row.code: row.name for row in tx.execute(select(v.c.code, v.c.name).where(in_force(v, DAY)))}


def tables_that_hold(database: Database, *secrets: str) -> dict[str, list[str]]:
    """The tables of the schema in whose rows any of these words stands, and the words."""
    found: dict[str, list[str]] = {}
    with database.engine(Role.OWNER).connect() as tx:
        ours = text("SELECT relname FROM pg_class WHERE relnamespace = 'jiezhi'::regnamespace AND relkind = 'r'")
        for table in tx.scalars(ours).all():
            rows = text(f'SELECT CAST(t AS text) FROM jiezhi."{table}" AS t')
            content = json.dumps([tx.scalars(rows).all()], ensure_ascii=False)
            if held := [each for each in secrets if each in content]:
                found[table] = held
    return found
