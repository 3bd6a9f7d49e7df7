"""`jiezhi addresses import|search|suggest|reverse|batch`: bringing addresses in and finding them, from the command line.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.command_words import As, Json, Title

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gis.db import Database
    from gis.people import Person

    Opened = Callable[[], AbstractContextManager[Database]]
    SignedIn = Callable[[Database, str], AbstractContextManager[tuple[Connection, Person]]]

On = Annotated[str, typer.Option(help="Legal day, 2026-05-01; also as things are today when not given.")]
Unit = Annotated[str, typer.Option(help="The beginning of unit codes.")]
Near = Annotated[str, typer.Option(help="lon,lat in degrees: of several the nearer comes first.")]
Limit = Annotated[int, typer.Option(help="At most so many.")]
Written = Annotated[str, typer.Argument(help="An address as people write it.")]


def enter(app: typer.Typer, opened: Opened, signed_in: SignedIn) -> None:
    """Enters the commands among the others about addresses."""
    _enter_import(app, opened, signed_in)
    _enter_lookups(app, opened)
    _enter_batch(app, opened)


def _enter_import(app: typer.Typer, opened: Opened, signed_in: SignedIn) -> None:
    @app.command("import")
    def bring_in(
        files: Annotated[list[Path], typer.Argument(help="CSV, Excel, GeoPackage or zipped shapefile of addresses.")],
        name: As,
        title: Title = "",
        whole: Annotated[bool, typer.Option("--whole", help="The files hold all there is in their area.")] = False,
        to: Annotated[int, typer.Option(help="Deliver again to this submission.")] = 0,
        set_aside: Annotated[bool, typer.Option("--set-aside", help="Set addresses with errors aside.")] = False,
        as_json: Json = False,
    ) -> None:
        """Send lists of addresses in, have them checked, and say what comes next."""
        from api import submitting

        with opened() as database:
            code = submitting.submit(
                database, lambda: signed_in(database, name), files, title, whole, to,
                as_json=as_json, set_aside=set_aside, then=submitting.say_what_comes_next,
            )  # fmt: skip
        sys.exit(code)


def _enter_lookups(app: typer.Typer, opened: Opened) -> None:
    @app.command()
    def search(
        text: Written,
        on: On = "",
        unit: Unit = "",
        near: Near = "",
        limit: Limit = 5,
        explain: Annotated[bool, typer.Option("--explain", help="Tell every step.")] = False,
        as_json: Json = False,
    ) -> None:
        """Find the address that is meant, however it is written."""
        from api import address_searching
        from api.address_searching import Place

        with opened() as database:
            address_searching.search(database, text, Place(on, unit, near, limit), explain=explain, as_json=as_json)

    @app.command()
    def suggest(
        text: Annotated[str, typer.Argument(help="The beginning of an address, its pinyin or its initials.")],
        on: On = "",
        unit: Unit = "",
        near: Near = "",
        limit: Limit = 10,
        as_json: Json = False,
    ) -> None:
        """Complete what was typed so far."""
        from api import address_searching
        from api.address_searching import Place

        with opened() as database:
            address_searching.suggest(database, text, Place(on, unit, near, limit), as_json=as_json)

    @app.command()
    def reverse(
        lon: Annotated[float, typer.Argument(help="Longitude in degrees.")],
        lat: Annotated[float, typer.Argument(help="Latitude in degrees.")],
        on: On = "",
        unit: Unit = "",
        limit: Limit = 1,
        as_json: Json = False,
    ) -> None:
        """Say which plate is nearest to a point, how far it is in metres, and which units govern the point."""
        from api import address_searching
        from api.address_searching import Place

        with opened() as database:
            address_searching.reverse(database, lon, lat, Place(on, unit, "", limit), as_json=as_json)


def _enter_batch(app: typer.Typer, opened: Opened) -> None:
    @app.command()
    def batch(
        file: Annotated[Path, typer.Argument(help="A list with a column address, 地址 or q: CSV, Excel; or a JSON list.")],
        out: Annotated[Path | None, typer.Option("--out", help="The file to write; the terminal otherwise.")] = None,
        on: On = "",
        unit: Unit = "",
        near: Near = "",
        column: Annotated[str, typer.Option(help="Title of the column that holds the addresses.")] = "",
    ) -> None:
        """Answer a whole list of addresses in its order: CSV for CSV and Excel, JSON for JSON."""
        from api import batch_files
        from api.batch_forms import Form

        with opened() as database:
            batch_files.answer_file(database, file, out, Form("", on=on, unit=unit, near=near), column)
