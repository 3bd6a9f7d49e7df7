"""A country full of names: its villages, repeated with variation, as places with everything they are or were called."""

from __future__ import annotations

import csv
import gzip
import random
import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from sqlalchemy import Connection, Table, case, func, insert, literal, select

from boundaries.units import UNITS
from gis.db import Database, Role, copy_rows
from gis.history import stored
from placenames.appellations import APPELLATIONS
from placenames.language.keys import keys_of
from placenames.names import NAMES
from tests.conftest import SHARED

VILLAGES = SHARED / "divisions/villages.csv.gz"
SINCE, ENDED, RENAMED = date(2020, 1, 1), date(2024, 1, 1), date(2022, 1, 1)
COMMITTEE = re.compile("(村民委员会|村委会|社区居民委员会|居民委员会|社区居委会|居委会|村|社区)$")
VARIED = (("路", "ROD"), ("新村", "RES"), ("水库", "FAC"), ("山", "NAT"), ("巷", "ROD"))
CLASSES = {"VIL": "21610", "ROD": "23513", "RES": "22100", "FAC": "23610", "NAT": "13450"}
LEVELS = {"province": 2, "prefecture": 4, "county": 6, "township": 9}
COLUMNS = [each.name for each in APPELLATIONS.c if each.name not in ("id", "stratum")]


def villages() -> list[tuple[str, str]]:
    """(code, name) of every village and community of the country, in a fixed disorder."""
    with gzip.open(VILLAGES, "rt", encoding="utf-8") as listed:
        rows = [(row["code"], row["name"]) for row in csv.DictReader(listed)]
    random.Random(7).shuffle(rows)
    return rows


def fill(database: Database, count: int) -> None:
    """Fills a database with so many appellations; indexes are made at the end, the guards of writing are left out."""
    with database.engine(Role.OWNER).begin() as owner:
        for name in ("ex_names_id", "ex_names_code"):
            owner.exec_driver_sql(f"ALTER TABLE jiezhi.names DROP CONSTRAINT {name}")
        with_indexes_after(owner, APPELLATIONS, lambda: copy_rows(owner, APPELLATIONS, COLUMNS, appellations(count)))
        with_indexes_after(owner, NAMES.table, lambda: owner.execute(_versions()))
        for level, digits in LEVELS.items():
            owner.execute(_units(level, digits))
    with database.engine(Role.OWNER).connect() as owner:
        owner.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("VACUUM ANALYZE")


def with_indexes_after(owner: Connection, table: Table, work: Any) -> None:
    indexes = sorted(table.indexes, key=lambda each: str(each.name))
    for index in indexes:
        index.drop(owner)
    work()
    for index in indexes:
        index.create(owner)


def appellations(count: int) -> Iterator[tuple[Any, ...]]:
    """Rows of appellations: nine of ten are standard names, the others belong to the place before them."""
    chance, listed = random.Random(8), villages()
    place, hidden, ended = 0, False, False
    for number in range(count):
        code, village = listed[number % len(listed)]
        name, category = _varied(number, village, chance)
        what = chance.random()
        kind = "standard" if place == 0 or what < 0.9 else "alias" if what < 0.95 else "former"
        if kind == "standard":
            place, hidden, ended = place + 1, chance.random() < 0.01, chance.random() < 0.02
        since, until = (None, RENAMED) if kind == "former" else (SINCE, ENDED if ended else None)
        yield (
            UUID(int=place), f"{code[:9]}{place:011d}", name, kind, since, until, None, None, category, CLASSES[category],
            code, *keys_of(name, category), stored(_somewhere(code, chance)), False, None if hidden else date.min, SINCE,
            ENDED if ended else None,
        )  # fmt: skip


def _versions() -> Any:
    a = APPELLATIONS.c
    disclosure = case((a.public_since.is_(None), "internal"), else_="public")
    columns = ["id", "code", "name", "category", "class_code", "unit", "use", "disclosure", "geom", "valid_from", "valid_to"]
    rows = select(a.place, a.code, a.text, a.category, a.class_code, a.unit, literal("current"), disclosure, a.geom, a.since,
                  a.until).where(a.kind == "standard")  # fmt: skip
    return insert(NAMES.table).from_select(columns, rows)


def _units(level: str, digits: int) -> Any:
    """The units of one level, under their codes."""
    code = func.left(APPELLATIONS.c.unit, digits)
    rows = select(code, func.concat("样", code), literal(level), literal(SINCE)).distinct()
    return insert(UNITS.table).from_select(["code", "name", "level", "valid_from"], rows)


def _varied(number: int, village: str, chance: random.Random) -> tuple[str, str]:
    """Six of ten are villages as they are called, the others places that bear the village's name."""
    if number % 10 < 6:
        return village.replace("村委会", "村"), "VIL"
    generic, category = chance.choice(VARIED)
    return (COMMITTEE.sub("", village) or village) + generic, category


def _somewhere(code: str, chance: random.Random) -> shapely.Point:
    """A point near others of the same town, the town near others of its county."""
    x, y = 105.0, 34.0
    for depth, size in ((2, 40.0), (6, 5.0), (9, 0.6)):
        own = random.Random(code[:depth])
        x, y = x + (own.random() - 0.5) * size, y + (own.random() - 0.5) * size
    return shapely.Point(round(x + (chance.random() - 0.5) * 0.08, 6), round(y + (chance.random() - 0.5) * 0.08, 6))
