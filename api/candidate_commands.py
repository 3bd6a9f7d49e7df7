"""`jiezhi sites candidate`: what every rule says of a place where a cemetery might be, from a terminal.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.command_words import As, Json

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

    from api.lookup_commands import Opened, SignedIn
    from placenames.sites.candidate_sites import Report

On = Annotated[str, typer.Option(help="Legal day, 2026-05-01; today when not given.")]


def enter(app: typer.Typer, opened: Opened, signed_in: SignedIn) -> None:
    """Enters the command among the others about sites."""

    @app.command("candidate")
    def candidate(
        name: As,
        lon: Annotated[str, typer.Option(help="Longitude in degrees (EPSG:4490).")] = "",
        lat: Annotated[str, typer.Option(help="Latitude in degrees (EPSG:4490).")] = "",
        area: Annotated[
            Path | None, typer.Option(help="Instead of a point: a file with its areas, as for `check` (zip, gpkg, geojson).")
        ] = None,
        crs: Annotated[str, typer.Option(help="EPSG:n, when the file does not say.")] = "",
        category: Annotated[str, typer.Option(help="What kind of cemetery is meant.")] = "rural_public",
        profit: Annotated[str, typer.Option(help="For profit: yes or no.")] = "no",
        on: On = "",
        as_json: Json = False,
    ) -> None:
        """Say what every rule says of a place where a cemetery might be, before anything is filed.

        Exit code 0: no rule forbids it; 1: a rule does; 2: nothing can be said.
        """
        from datetime import date

        from api.deps import day
        from api.routes.candidates import as_dict, wish_for
        from gis.settings import settings
        from placenames.sites.candidate_sites import report_on

        place = _place(lon, lat, area, crs)
        with opened() as database, signed_in(database, name) as (tx, person):
            person.must_be_a_colleague()
            report = report_on(tx, place, wish_for(category, profit), day(on, "--on") or date.today(), settings())
        if as_json:
            typer.echo(json.dumps(as_dict(report, place), ensure_ascii=False, default=str))
        else:
            _tell(report)
        raise typer.Exit(1 if report.blocked else 0 if report.judged else 2)


def _place(lon: str, lat: str, area: Path | None, crs: str) -> BaseGeometry:
    """The one place that was given; what is to be said of its file goes to stderr."""
    from api.candidate_places import place_in, place_of
    from gis.errors import BadInput
    from gis.settings import settings

    point = place_of(lon, lat, "")
    if area is not None and not lon and not lat:
        place, said = place_in(area, crs, settings())
        for each in said:
            typer.echo(f"{area.name}: {each}", err=True)
        return place
    if area is not None or point is None:
        raise BadInput("请给出 --lon 和 --lat,或只给出 --area", "give --lon and --lat, or --area alone")
    return point


def _tell(report: Report) -> None:
    from placenames.sites.candidate_sites import VERDICTS, told

    if report.ground.crosses:
        typer.echo(f"{report.ground.told()}")
    for each in report.zones:
        typer.echo(f"{VERDICTS[each.verdict]}  {told(each)}")
    for finding in report.findings:
        typer.echo(f"{finding.rule}  {finding.message}")
    for site in report.nearby.sites:
        typer.echo(f"{site.told()}")
    if not report.judged:
        typer.echo(f"{report.unknown}")
