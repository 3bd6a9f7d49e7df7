"""`jiezhi sites coverage|capacity`: what communities have near them and for those who live there, from the command line.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from api.command_words import Json
from gis.text import Text

if TYPE_CHECKING:
    from api.lookup_commands import Opened

WITHIN = Text(
    "{day} · {service}:直线距离 {reach} 米以内", "{day} · {service} within {reach} m in a straight line"
)
OUTSIDE = Text(
    "以外的村(社区):代码、名称、到最近一处的直线距离(米)及其名称",
    "communities outside: code, name, metres in a straight line to the nearest, and its name",
)
On = Annotated[str, typer.Option(help="Legal day, 2026-05-01; today when not given.")]
Unit = Annotated[str, typer.Option(help="The beginning of unit codes.")]


def enter(app: typer.Typer, opened: Opened) -> None:
    """Adds both commands, on the database of the other commands."""
    _enter_coverage(app, opened)
    _enter_capacity(app, opened)


def _enter_coverage(app: typer.Typer, opened: Opened) -> None:
    @app.command("coverage")
    def coverage(
        service: Annotated[str, typer.Option(help="centre, elderly or canteen")] = "centre",
        reach: Annotated[int, typer.Option(help="Metres in a straight line: 300, 500 or 1000.")] = 500,
        unit: Unit = "",
        on: On = "",
        as_json: Json = False,
    ) -> None:
        """Say how many communities of each town have a service within reach, and name those that have not."""
        from datetime import date

        from api.deps import day
        from api.routes.covering import Wanted, as_dict
        from api.site_lists import named_towns
        from gis.settings import settings
        from placenames.sites.coverage import SERVICES, by_town, communities_beside, uncovered

        asked, today = Wanted(service, reach, unit), day(on, "--on") or date.today()
        with opened() as database, database.reading() as look:
            found = communities_beside(look, asked.service, today, settings(), asked.unit)
            counted = by_town(found, named_towns(look, settings(), today), asked.reach)
        if as_json:
            told = as_dict(asked.service, asked.reach, today, counted, found)
            typer.echo(json.dumps(told, ensure_ascii=False, default=str))
            return
        typer.echo(WITHIN.fill(service=SERVICES[asked.service], reach=asked.reach, day=today))
        _print_table(
            ("乡镇街道 / town", "有 / with", "没有 / without", "不详 / unknown", "%"),
            [(each.name, each.covered, each.uncovered, each.unplaced, each.percent) for each in counted],
        )
        lacking = uncovered(found, asked.reach)
        if lacking:
            typer.echo(OUTSIDE)
        for each in lacking:
            far = "—" if each.distance_m is None else f"{each.distance_m:,.0f} m {each.facility_name}"
            typer.echo(f"{each.code}  {each.name}  {far}")


def _enter_capacity(app: typer.Typer, opened: Opened) -> None:
    @app.command("capacity")
    def capacity(unit: Unit = "", on: On = "", as_json: Json = False) -> None:
        """Show service area per hundred households, and beds, seats and graves beside who lives in each town."""
        from datetime import date

        from api.deps import day
        from api.name_search import unit_of
        from api.routes.capacities import as_dict
        from gis.settings import settings
        from placenames.sites.capacity import AREA, KINDS, capacities

        today = day(on, "--on") or date.today()
        with opened() as database, database.reading() as look:
            found = capacities(look, today, settings(), unit_of(unit))
        if as_json:
            typer.echo(json.dumps(as_dict(found, today, settings()), ensure_ascii=False, default=str))
            return
        _print_table(
            ("乡镇街道 / town", "户 / households", "人 / people", "m²", "m²/100户", *map(str, KINDS.values())),
            [
                (each.name, each.households, each.population, each.has.get(AREA, 0.0), each.area_per_100,
                 *(each.has.get(kind, 0.0) for kind in KINDS))
                for each in found.towns
            ],
        )  # fmt: skip


def _print_table(titles: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """What is not known is a dash; long fractions are cut."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(*titles)
    for row in rows:
        cells = ("—" if each is None else f"{each:,.1f}".removesuffix(".0") if isinstance(each, float) else str(each)
                 for each in row)  # fmt: skip
        shown.add_row(*cells)
    Console().print(shown)
