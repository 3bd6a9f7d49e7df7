"""`jiezhi addresses …`: addresses from the command line.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from api import lookup_commands
from api.command_words import Json

if TYPE_CHECKING:
    from api.lookup_commands import Opened, SignedIn
    from placenames.addresses.parsing.address_parts import Address


def commands(opened: Opened, signed_in: SignedIn) -> typer.Typer:
    """The commands about addresses, on the database of the other commands."""
    app = typer.Typer(no_args_is_help=True, help="Addresses.")

    @app.callback()
    def addresses() -> None:
        """Addresses."""

    @app.command("parse")
    def parse_address(
        text: Annotated[str, typer.Argument(help="An address as people write it.")],
        registers: Annotated[
            bool, typer.Option("--registers", help="Also know the names in the registers; needs the database.")
        ] = False,
        explain: Annotated[bool, typer.Option("--explain", help="Tell every step.")] = False,
        as_json: Json = False,
    ) -> None:
        """Take an address apart: its parts by level, and what is left over. Needs no database."""
        from placenames.addresses.parsing.address_parse import parse

        if registers:
            from placenames.addresses.parsing.address_lexicon import lexicon_on

            with opened() as database, database.reading() as look:
                found = parse(text, lexicon_on(look, date.today()))
        else:
            found = parse(text)
        if as_json:
            steps = {"steps": [each.as_dict() for each in found.steps()]} if explain else {}
            typer.echo(json.dumps(found.as_dict() | steps, ensure_ascii=False))
        else:
            _show(found, explain=explain)

    @app.command("defects")
    def count_defects(
        unit: Annotated[str, typer.Option(help="Code of a unit, or its beginning; empty: everywhere.")] = "",
        on: Annotated[str, typer.Option(help="Legal day, 2026-05-01; today by default.")] = "",
        as_json: Json = False,
    ) -> None:
        """Count the five defects among the addresses in force, by unit."""
        from api.deps import day
        from gis.settings import settings
        from placenames.addresses.checks.defect_counts import defects_in_force

        with opened() as database, database.writing() as tx:
            found = defects_in_force(tx, day(on, "--on") or date.today(), settings(), unit)
        if as_json:
            typer.echo(json.dumps(found.as_dict(), ensure_ascii=False, default=str))
            return
        for each in found.counted:
            typer.echo(f"{each.defect.name.zh}  {each.number:>8,}  {each.defect.name.en}: {each.defect.meaning.en}")
            for code, number in sorted(each.units.items()):
                typer.echo(f"          {number:>8,}  {code} {found.names.get(code, '')}")

    lookup_commands.enter(app, opened, signed_in)
    return app


def _show(found: Address, *, explain: bool) -> None:
    for each in found.components:
        line = f"{each.level.words.zh:　<11}{each.level.value:<14}{each.value}"
        typer.echo(line if each.value == each.text else f"{line}  ({each.text})")
    if explain:
        for step in found.steps():
            typer.echo(f"{step.zh} / {step.en}")
