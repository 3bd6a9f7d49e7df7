"""`jiezhi export`: a register written to a file that can be sent in again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from api.deps import day
from api.waiting import at_work
from gis import export_lists
from gis.db import Database
from gis.errors import BadInput
from gis.export_lists import Extract
from gis.registers import REGISTERS
from gis.text import series


def export(database: Database, register: str, out: Path, on: str, area: str) -> int:
    """Writes the records in force on a day (today) to .csv, .xlsx or .gpkg; answers how many."""
    if register not in REGISTERS:
        raise BadInput(
            "没有名录“{name}”,可选:{known}", "there is no register “{name}”; choose from {known}",
            name=register, known=series(REGISTERS),
        )  # fmt: skip
    extract = Extract(REGISTERS[register], day(on, "--on") or date.today(), (area,))
    with at_work("导出 / exporting"), database.writing() as tx:
        return export_lists.write(tx, extract, out)
