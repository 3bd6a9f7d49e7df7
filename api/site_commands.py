"""`jiezhi sites …`: maps, sheets, candidates, coverage, graves and photos of sites, from a terminal.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api import candidate_commands, coverage_commands, photo_commands
from api.command_words import As, Json

if TYPE_CHECKING:
    from api.lookup_commands import Opened, SignedIn

On = Annotated[str, typer.Option(help="Legal day, 2026-05-01; today when not given.")]
Types = Annotated[str, typer.Option(help="Types of facilities and categories of cemeteries, with commas.")]
Towns = Annotated[str, typer.Option(help="The beginnings of unit codes, with commas.")]
State = Annotated[str, typer.Option(help="planned, building, open, closed, …")]
Reach = Annotated[int, typer.Option(help="Circles of so many metres: 300, 500 or 1000.")]
Lines = Annotated[bool, typer.Option("--lines", help="Boundary lines underneath.")]
Language = Annotated[str, typer.Option(help="zh or en")]


def commands(opened: Opened, signed_in: SignedIn) -> typer.Typer:
    """The commands about sites, on the database of the other commands."""
    app = typer.Typer(no_args_is_help=True, help="Community facilities and cemeteries.")
    _enter_map(app, opened)
    _enter_sheet(app, opened)
    candidate_commands.enter(app, opened, signed_in)
    coverage_commands.enter(app, opened)
    _enter_graves(app, opened, signed_in)
    photo_commands.enter(app, opened, signed_in)
    return app


def _enter_map(app: typer.Typer, opened: Opened) -> None:
    @app.command("map")
    def draw_map(
        out: Annotated[Path, typer.Argument(help="The file to write; it needs neither server nor network.")],
        types: Types = "",
        towns: Towns = "",
        state: State = "",
        reach: Reach = 0,
        lines: Lines = False,
        lang: Language = "zh",
        on: On = "",
    ) -> None:
        """Write the map of sites, as everybody may see it, as one file."""
        from api import site_lists
        from api.deps import day
        from gis.settings import settings

        asked = site_lists.asked_for(
            [types], [towns], state, day(on, "--on"), "", reach, lines, settings().public_decimals, public=True
        )
        with opened() as database, database.reading() as look:
            page, count = site_lists.one_file(look, asked, "en" if lang == "en" else "zh", settings())
        out.write_text(page, "utf-8")
        typer.echo(f"{out}: {count} 处 / {count} sites")


def _enter_sheet(app: typer.Typer, opened: Opened) -> None:
    @app.command("sheet")
    def draw_sheet(
        out: Annotated[Path, typer.Argument(help="The file to write, .png or .pdf.")],
        paper: Annotated[str, typer.Option(help="A4 or A3, landscape.")] = "A4",
        types: Types = "",
        towns: Towns = "",
        state: State = "",
        reach: Reach = 0,
        lines: Lines = False,
        lang: Language = "zh",
        on: On = "",
    ) -> None:
        """Draw the map of sites on paper, as everybody may see it, with legend, scale bar and north arrow."""
        from api import site_lists, site_sheets
        from api.deps import day
        from gis.settings import settings

        form = out.suffix.lstrip(".").lower()
        site_sheets.must_be_a_sheet(form, paper)
        asked = site_lists.asked_for(
            [types], [towns], state, day(on, "--on"), "", reach, lines, settings().public_decimals, public=True
        )
        with opened() as database, database.reading() as look:
            made, count = site_sheets.drawn_sheet(
                look, asked, "en" if lang == "en" else "zh", settings(), form=form, paper=paper
            )
        out.write_bytes(made)
        typer.echo(f"{out}: {count} 处 / {count} sites")


def _enter_graves(app: typer.Typer, opened: Opened, signed_in: SignedIn) -> None:
    @app.command("graves")
    def list_graves(
        name: As,
        category: Annotated[str, typer.Option(help="hardened, for_the_living, …")] = "",
        town: Annotated[str, typer.Option(help="The beginning of unit codes.")] = "",
        action: Annotated[str, typer.Option(help="demolish, correct, screen or move")] = "",
        state: Annotated[str, typer.Option(help="open, under_way, done, confirmed or relapsed")] = "",
        light: Annotated[str, typer.Option(help="red, amber, green or closed")] = "",
        on: On = "",
        as_json: Json = False,
    ) -> None:
        """List the graves outside cemeteries in one's area, the most pressing first, and count them by light."""
        from datetime import date

        from api.deps import day
        from api.grave_lists import as_answer, as_lines, sought_by
        from gis.settings import settings
        from placenames.sites.grave_deadlines import graves_on

        soon = settings().grave_soon_days
        with opened() as database, signed_in(database, name) as (tx, person):
            person.must_be_a_colleague()
            sought, then = sought_by(person, category, town, action, state, light), day(on, "--on") or date.today()
            every = graves_on(tx, then, soon, sought)
        if as_json:
            typer.echo(json.dumps(as_answer(sought, then, soon, every), ensure_ascii=False, default=str))
        else:
            for line in as_lines(sought, every):
                typer.echo(line)
