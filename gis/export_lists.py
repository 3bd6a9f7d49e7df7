"""Registers as files that people open and send in again: CSV, Excel and GeoPackage, however many records there are.

A cursor in the database hands the records out a thousand at a time. Columns bear the Chinese titles of the fields, so that
what was exported is recognised when it is imported; values are written as they are sent. A place stands as a geometry,
or in the columns 经度 and 纬度, or, where it is no point, as WKT.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from sqlalchemy import Connection, Select, func, select

from gis.errors import BadInput
from gis.exports import blamed_on
from gis.feature_sql import EVERYWHERE, is_open, lies_within, shown
from gis.history import in_force
from gis.registers import Field, Register
from gis.text import series

CHUNK = 1000
LON, LAT, WKT = "经度", "纬度", "WKT"
FULL = 30
"""Decimals enough to keep a stored coordinate as it is."""

_FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""What a spreadsheet would take for a formula; and a text that begins as one would that was marked."""
_AS_IF_MARKED = re.compile(r"'+[=+\-@\t\r]")

Row = Sequence[Any]


@dataclass(frozen=True)
class Extract:
    """Which records are exported: those in force on a day, in some units, as the public or a colleague may read them."""

    register: Register
    on: date
    units: Collection[str] = EVERYWHERE
    """Beginnings of unit codes; the empty one means everywhere."""
    public: bool = False
    decimals: int = FULL
    """Decimals of a degree that are shown."""

    @property
    def fields(self) -> list[Field]:
        """The fields that are exported."""
        return self.register.exported(public=self.public)

    @property
    def titles(self) -> list[str]:
        """The titles of their columns, in Chinese."""
        return [field.title.zh for field in self.fields]

    def rows(self, tx: Connection) -> Iterator[tuple[list[Any], Any]]:
        """The values of each record, as they are sent, and its shape (EPSG:4490), in the order of the codes."""
        writers = [_writer(field) for field in self.fields]
        statement = self._statement().execution_options(yield_per=CHUNK)
        for chunk in tx.execute(statement, {"decimals": self.decimals}).partitions():
            shapes = self._shown([None if row.wkb is None else bytes(row.wkb) for row in chunk])
            for row, shape in zip(chunk, shapes, strict=True):
                yield [write(value) for write, value in zip(writers, row, strict=False)], shape

    def _shown(self, wkb: list[bytes | None]) -> Any:
        """Shapes as fine as their readers may see them."""
        shapes = shapely.from_wkb(wkb)
        if self.decimals >= FULL:
            return shapes
        return shapely.transform(shapes, lambda places: np.round(places, self.decimals))

    def _statement(self) -> Select[Any]:
        table = self.register.table
        fields = [shown(self.register, field, rounded=self.decimals < FULL) for field in self.fields]
        here = lies_within(self.register, self.units, self.on)
        return (
            select(*fields, func.ST_AsBinary(table.c.geom).label("wkb"))
            .where(in_force(table, self.on), is_open(self.register, public=self.public), here)
            .order_by(table.c.code)
        )


def write(tx: Connection, extract: Extract, place: Path) -> int:
    """Writes an extract to a file whose suffix says how: .csv, .xlsx or .gpkg; answers how many records it holds.

    An older file is replaced only when all is written.

    Raises BadInput for another suffix, or where the file cannot be written.
    """
    writer = WRITERS.get(place.suffix.lower())
    if writer is None:
        raise BadInput(
            "只能导出为 {suffixes}", "exports are written as {suffixes}", suffixes=series(WRITERS)
        )
    with blamed_on(place), tempfile.TemporaryDirectory(prefix=".jiezhi-", dir=place.parent) as folder:
        fresh = Path(folder) / place.name.lower()
        number = writer(fresh, extract.titles, extract.rows(tx), extract)
        fresh.replace(place)
    return number


def _csv(place: Path, titles: list[str], rows: Iterator[tuple[list[Any], Any]], _extract: Extract) -> int:
    """UTF-8 with a mark at its beginning, by which Excel knows it."""
    number = 0
    with place.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([*titles, LON, LAT, WKT])
        for values, shape in rows:
            writer.writerow([*(_marked(value, _FORMULA) for value in values), *_in_columns(shape)])
            number += 1
    return number


def _excel(place: Path, titles: list[str], rows: Iterator[tuple[list[Any], Any]], _extract: Extract) -> int:
    from openpyxl import Workbook  # noqa: PLC0415 - only lists need it
    from openpyxl.cell import WriteOnlyCell  # noqa: PLC0415

    book = Workbook(write_only=True)
    sheet = book.create_sheet()

    def cell(value: Any) -> Any:
        """A text stays a text, even if it begins like a formula."""
        if not isinstance(value, str):
            return value
        made = WriteOnlyCell(sheet, _marked(value, _AS_IF_MARKED))
        made.data_type = "s"
        return made

    number = 0
    sheet.append([*titles, LON, LAT, WKT])
    for values, shape in rows:
        sheet.append([cell(value) for value in (*values, *_in_columns(shape))])
        number += 1
    book.save(place)
    book.close()
    return number


def _geopackage(
    place: Path, titles: list[str], rows: Iterator[tuple[list[Any], Any]], extract: Extract
) -> int:
    """One layer that bears the name of the register."""
    types = [_KINDS.get(field.type, "object") for field in extract.fields]
    number = 0
    for part in chain([list(islice(rows, CHUNK))], iter(lambda: list(islice(rows, CHUNK)), [])):
        columns = {
            title: pd.array([values[at] for values, _ in part], dtype=kind)
            for at, (title, kind) in enumerate(zip(titles, types, strict=True))
        }
        frame = gpd.GeoDataFrame(columns, geometry=[shape for _, shape in part], crs="EPSG:4490")
        pyogrio.write_dataframe(
            frame, place, layer=extract.register.name, driver="GPKG", geometry_type="Unknown", append=number > 0
        )
        number += len(part)
    return number


_KINDS: dict[type, Any] = {int: "Int64", float: "Float64"}
Writer = Callable[[Path, list[str], Iterator[tuple[list[Any], Any]], Extract], int]
WRITERS: dict[str, Writer] = {".csv": _csv, ".xlsx": _excel, ".gpkg": _geopackage}


def _marked(value: Any, looks: re.Pattern[str]) -> Any:
    """A text with a ' in front where it looks like what no spreadsheet may work out; reading a list takes it off."""
    return f"'{value}" if isinstance(value, str) and looks.match(value) else value


def _in_columns(shape: Any) -> tuple[Any, Any, str]:
    if shape is None:
        return None, None, ""
    if shape.geom_type == "Point" and not shape.is_empty:
        return shape.x, shape.y, ""
    return None, None, shapely.to_wkt(shape, rounding_precision=-1)


def _writer(field: Field) -> Callable[[Any], Any]:
    """How a stored value is written so that it is read again as it was."""
    if field.type is bool:
        return lambda value: None if value is None else "是" if value else "否"
    if field.type is date:
        return lambda value: None if value is None else value.isoformat()
    if field.choices is None:
        return lambda value: value
    known = list(field.choices.items())[::-1]  # so that the first word for a value is the last to be entered
    words = {stored: sent for sent, stored in known}
    words |= {stored: sent for sent, stored in known if not sent.isascii()}
    return lambda value: words.get(value, value)
