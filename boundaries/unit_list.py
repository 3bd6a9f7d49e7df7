"""The list of units: from a table or a layer into the register, with codes, levels, parents and seats."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, select

from boundaries.units import UNITS
from gis import events, history
from gis.codes import level_of, levels, parent_of
from gis.errors import BadInput
from gis.files import read_table
from gis.history import in_force
from gis.people import Person
from gis.settings import Settings
from gis.text import Text

BEGINNING = date(1949, 10, 1)
"""From when a unit counts as in force when the list does not say."""
FIELDS = ("code", "name", "level", "parent", "seat_lon", "seat_lat", "seat")
LEVEL_WORDS = {
    "省": "province", "省级": "province", "市": "prefecture", "市级": "prefecture", "地级": "prefecture",
    "县": "county", "县级": "county", "乡": "township", "乡级": "township", "乡镇": "township", "镇": "township",
    "街道": "township", "村": "village", "村级": "village", "社区": "village",
}  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What bringing a list in came to."""

    added: int
    changed: int
    unchanged: int

    def as_dict(self) -> dict[str, int]:
        """For programs."""
        return {"added": self.added, "changed": self.changed, "unchanged": self.unchanged}

    def text(self) -> Text:
        """For people."""
        return Text(
            "新增 {added},变更 {changed},未变 {unchanged}",
            "{added} added, {changed} changed, {unchanged} unchanged",
        ).fill(**self.as_dict())


def read(path: Path, settings: Settings) -> pd.DataFrame:
    """A list of units from CSV, Excel or a layer: one row per unit with the register's own columns.

    Columns are recognised by their aliases; level and parent follow from the code when they are not given; the seat of
    a layer is its point, or a point inside its area. Raises BadInput naming the first rows that cannot be taken.
    """
    table = read_table(path, settings)
    columns = _columns(table)
    for needed in ("code", "name"):
        if needed not in columns:
            raise BadInput(
                "{file} 中没有找到“{field}”列,已有的列:{columns}",
                "no column for “{field}” in {file}; its columns are {columns}",
                file=path.name,
                field=UNITS.field(needed).title.zh,
                columns="、".join(map(str, table.columns)),
            )
    listed = pd.DataFrame({name: _cells(table, columns.get(name)) for name in FIELDS})
    listed["level"] = [
        _level(given, code, settings) for given, code in zip(listed["level"], listed["code"], strict=True)
    ]
    listed["parent"] = [
        parent_of(code, settings) or given if isinstance(code, str) else None
        for given, code in zip(listed["parent"], listed["code"], strict=True)
    ]
    _take_seats(listed, table)
    _refuse_bad_rows(listed, path.name, settings)
    return listed


def bring_in(tx: Connection, listed: pd.DataFrame, person: Person, since: date | None = None) -> Outcome:
    """Records the units of a list: new ones from `since` (or the beginning), changed ones from `since` (or today)."""
    person.must("administrator", listed["code"])
    known = _known(tx, date.today())
    new, changed = [], []
    for row in listed.replace({np.nan: None}).to_dict("records"):
        record = {str(name): value for name, value in row.items()}
        before = known.get(record["code"])
        if before is None:
            new.append(record)
        elif kept := _kept(record, before):
            changed.append(kept)
    history.begin(tx, UNITS.table, new, since or BEGINNING)
    history.begin(tx, UNITS.table, changed, since or date.today())
    outcome = Outcome(len(new), len(changed), len(listed) - len(new) - len(changed))
    events.record(tx, "units", "import", person.id, effective=since, came_to=outcome.as_dict())
    return outcome


def _columns(table: pd.DataFrame) -> dict[str, str]:
    folded = {str(column).replace("_", "").lower(): str(column) for column in table.columns}
    found: dict[str, str] = {}
    for name in FIELDS:
        field = UNITS.field(name)
        for alias in (*field.aliases, field.name, field.title.zh, field.title.en):
            column = folded.get(alias.replace("_", "").lower())
            if column is not None and column not in found.values():
                found[name] = column
                break
    return found


def _cells(table: pd.DataFrame, column: str | None) -> list[str | None]:
    if column is None:
        return [None] * len(table)
    return [
        None if not isinstance(value, str) or not str(value).strip() else str(value).strip()
        for value in table[column]
    ]


def _level(given: str | None, code: str | None, settings: Settings) -> str | None:
    return LEVEL_WORDS.get(given or "", given) or (level_of(code, settings) if code else None)


def _take_seats(listed: pd.DataFrame, table: pd.DataFrame) -> None:
    for name in ("seat_lon", "seat_lat"):
        listed[name] = pd.to_numeric(listed[name], errors="coerce")
    if "geometry" in table.columns and listed["seat_lon"].isna().all():
        points = table["geometry"].representative_point()
        listed["seat_lon"], listed["seat_lat"] = points.x.to_numpy(), points.y.to_numpy()


def _refuse_bad_rows(listed: pd.DataFrame, file: str, settings: Settings) -> None:
    problems: list[tuple[int, str, str]] = []
    allowed = levels(settings.unit_codes)
    doubled = listed["code"].duplicated(keep=False)
    for row, (code, name, level, twice) in enumerate(
        zip(listed["code"], listed["name"], listed["level"], doubled, strict=True), start=1
    ):
        if code is None or name is None:
            problems.append((row, "缺少代码或名称", "code or name is missing"))
        elif level not in allowed or not allowed[level].fullmatch(code):
            problems.append((row, f"代码 {code} 不符合级别规定", f"code {code} fits no level"))
        elif twice:
            problems.append((row, f"代码 {code} 重复", f"code {code} occurs twice"))
    if problems:
        shown = problems[:5]
        raise BadInput(
            "{file} 有 {number} 行不能读入:{zh}(级别和代码模式见设置 JIEZHI_UNIT_CODES)",
            "{number} rows of {file} cannot be taken: {en} (levels and codes: setting JIEZHI_UNIT_CODES)",
            file=file,
            number=len(problems),
            zh=";".join(f"第 {row} 行{zh}" for row, zh, _ in shown),
            en="; ".join(f"row {row}: {en}" for row, _, en in shown),
        )


def _known(tx: Connection, on: date) -> dict[str, Mapping[str, Any]]:
    c = UNITS.table.c
    rows = (
        tx.execute(
            select(
                c.id, *(c[name] for name in FIELDS), c.agreed_share, history.raw(c.geom).label("geom")
            ).where(in_force(UNITS.table, on))
        )
        .mappings()
        .all()
    )
    return {row["code"]: dict(row) for row in rows}


def _kept(record: dict[str, Any], before: Mapping[str, Any]) -> dict[str, Any] | None:
    """The record with what the list does not say kept from before; None when nothing differs."""
    merged = {name: before[name] if record[name] is None else record[name] for name in FIELDS}
    if all(merged[name] == before[name] for name in FIELDS):
        return None
    return {**merged, "id": before["id"], "agreed_share": before["agreed_share"], "geom": before["geom"]}
