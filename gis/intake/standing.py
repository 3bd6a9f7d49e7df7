"""What stands in force around a survey: the records of the parents its unit codes belong to."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import geopandas as gpd
import shapely
from sqlalchemy import ColumnElement, Connection, false, func, or_, select, true

from gis.codes import level_of, levels, parent_of
from gis.history import in_force
from gis.registers import REGISTERS, Register, split
from gis.settings import Settings

CRS = "EPSG:4490"
Sheets = Mapping[str, gpd.GeoDataFrame]


def around(
    tx: Connection, sheets: Sheets, on: date, settings: Settings, *, whole: bool = False
) -> dict[str, gpd.GeoDataFrame]:
    """The frames in force on a day, for every register that lies in the same parents as the sheets.

    Where the sheets hold the `whole` of their area, what they leave out does not stand any more.
    """
    found = _found(tx, sheets, on, settings)
    if whole:
        for name, versions in _left_out(found, sheets, settings).items():
            found[name] = found[name][~found[name]["version"].isin(versions)].reset_index(drop=True)
    return found


def left_out(tx: Connection, sheets: Sheets, on: date, settings: Settings) -> dict[str, list[int]]:
    """Versions in force on a day that the sheets do not mention although they lie in the same parents, by register."""
    return _left_out(_found(tx, sheets, on, settings), sheets, settings)


def _left_out(
    found: Mapping[str, gpd.GeoDataFrame], sheets: Sheets, settings: Settings
) -> dict[str, list[int]]:
    home = tuple(parents(units_at_home(sheets), settings))
    left: dict[str, list[int]] = {}
    for name, sheet in sheets.items():
        if name in found:
            register, missing = REGISTERS[name], found[name][~found[name]["code"].isin(sheet["code"])]
            codes = [register.unit_codes(record) for record in missing.to_dict("records")]
            ours = [not names or any(name.startswith(home) for name in names) for names in codes]
            left[name] = missing["version"][ours].tolist()
    return left


def units_at_home(sheets: Sheets) -> set[str]:
    """The unit codes that sheets are about: no neighbours, as far as that can be told."""
    tellers = {name: tells for name in sheets if (tells := REGISTERS[name].at_home)}
    return {code for name, tells in tellers.items() for code in tells(sheets[name])} or _named_units(sheets)


def _found(tx: Connection, sheets: Sheets, on: date, settings: Settings) -> dict[str, gpd.GeoDataFrame]:
    return _in_parents(tx, parents(units_touched(tx, sheets, on), settings), sheets, on)


def around_units(tx: Connection, units: Iterable[str], on: date) -> dict[str, gpd.GeoDataFrame]:
    """The frames in force on a day that mention a unit below one of these."""
    return _in_parents(tx, set(units), {}, on)


def _in_parents(tx: Connection, prefixes: set[str], sheets: Sheets, on: date) -> dict[str, gpd.GeoDataFrame]:
    """The frames of all registers but those whose records are too many for a frame."""
    registers = [each for each in REGISTERS.values() if not each.listed]
    found = {
        register.name: frame(tx, register, on, mentions(register, prefixes))
        for register in registers
        if register.area_fields
    }
    for register in registers:
        for field, target in register.refers.items():
            if target not in found:
                continue
            codes = {*found[target]["code"], *(sheets[target]["code"].dropna() if target in sheets else ())}
            found[register.name] = frame(tx, register, on, register.table.c[field].in_(sorted(codes)))
    return found


def units_touched(tx: Connection, sheets: Sheets, on: date) -> set[str]:
    """The unit codes that sheets mention, themselves or through the records in force they belong to."""
    codes = _named_units(sheets)
    for name, sheet in sheets.items():
        for field, target in REGISTERS[name].refers.items():
            table = REGISTERS[target].table
            named = sorted(sheet[field].dropna().unique())
            codes |= _named_units({target: frame(tx, REGISTERS[target], on, table.c.code.in_(named))})
    return codes


def _named_units(sheets: Sheets) -> set[str]:
    return {
        code
        for name, sheet in sheets.items()
        for field in REGISTERS[name].area_fields
        for text in sheet[field].dropna().unique()
        for code in split(str(text))
    }


def parents(codes: set[str], settings: Settings) -> set[str]:
    """The parents of the lowest units among some codes; neighbours of a higher level are not what is meant.

    A code without parent stands for itself.
    """
    order = list(levels(settings.unit_codes))
    depth = {code: order.index(level) for code in codes if (level := level_of(code, settings))}
    lowest = {code for code, at in depth.items() if at == max(depth.values())} or codes
    return {parent_of(code, settings) or code for code in lowest if code}


def frame(tx: Connection, register: Register, on: date, which: ColumnElement[bool]) -> gpd.GeoDataFrame:
    """Records of a register in force on a day: its fields, `id`, `version` and geometry (EPSG:4490)."""
    table = register.table
    names = ["id", "version", *(field.name for field in register.fields)]
    statement = (
        select(*(table.c[name] for name in names), func.ST_AsBinary(table.c.geom).label("wkb"))
        .where(in_force(table, on), which)
        .order_by(table.c.code)
    )
    return _frame(tx.execute(statement).all(), names)


def _frame(rows: Sequence[Any], names: Sequence[str]) -> gpd.GeoDataFrame:
    columns = {name: [row[i] for row in rows] for i, name in enumerate(names)}
    shapes = shapely.from_wkb([None if row.wkb is None else bytes(row.wkb) for row in rows])
    return gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)


def mentions(register: Register, prefixes: Iterable[str]) -> ColumnElement[bool]:
    """The record mentions a unit whose code begins with one of the prefixes."""
    tests = [
        register.table.c[name].like(start + prefix + "%")
        for name in register.area_fields
        for start in (("", "%,") if register.field(name).many else ("",))
        for prefix in sorted(prefixes)
    ]
    return or_(*tests) if tests else false()


def staged_frame(
    tx: Connection, register: Register, delivery: int, which: ColumnElement[bool] | None = None
) -> gpd.GeoDataFrame:
    """The records of a delivery that are to be taken in, or some of them, as the rules see a sheet."""
    s = register.staging
    names = ["row", "source_row", "file", "layer", *(field.name for field in register.fields)]
    statement = (
        select(*(s.c[name] for name in names), func.ST_AsBinary(s.c.geom).label("wkb"))
        .where(s.c.delivery == delivery, ~s.c.set_aside, true() if which is None else which)
        .order_by(s.c.row)
    )
    return _frame(tx.execute(statement).all(), names)
