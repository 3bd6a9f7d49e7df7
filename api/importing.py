"""`jiezhi units import`: a list of units, with a count of its rows while it comes in."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from sqlalchemy import Connection

from api.deps import day
from boundaries import unit_list
from gis.people import Person
from gis.settings import settings


def import_units(tx: Connection, file: Path, person: Person, effective: str, *, as_json: bool) -> None:
    """Brings a list in and prints what it came to."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    quiet = as_json or not sys.stderr.isatty()
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as shown:
        bar = shown.add_task("读取 / reading", total=None)

        def told(rows: int) -> None:
            shown.update(bar, description=f"读取 / reading: {rows:,}")

        outcome = unit_list.bring_in(tx, file, settings(), person, day(effective, "--effective"), told)
    typer.echo(json.dumps(outcome.as_dict()) if as_json else str(outcome.text()))
