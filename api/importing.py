"""`jiezhi units import`: a list of units, with a count of its rows while it comes in."""

from __future__ import annotations

import json
from pathlib import Path

import typer
from sqlalchemy import Connection

from api.deps import day
from api.waiting import at_work
from boundaries import unit_list
from gis.people import Person
from gis.settings import settings


def import_units(tx: Connection, file: Path, person: Person, effective: str, *, as_json: bool) -> None:
    """Brings a list in and prints what it came to."""
    with at_work("读取 / reading") as say:
        outcome = unit_list.bring_in(
            tx,
            file,
            settings(),
            person,
            day(effective, "--effective"),
            lambda rows: say(f"读取 / reading: {rows:,}"),
        )
    typer.echo(json.dumps(outcome.as_dict()) if as_json else str(outcome.text()))
