"""`jiezhi names …`: finding names, and what is known against one, from the command line.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated

import typer

from api.command_words import Json
from gis.errors import BadInput

if TYPE_CHECKING:
    from shapely import Point

    from gis.db import Database
    from placenames.checks.name_checks import CandidateReport

    Opened = Callable[[], AbstractContextManager[Database]]


def commands(opened: Opened) -> typer.Typer:
    """The commands about place names, on the database of the other commands."""
    app = typer.Typer(no_args_is_help=True, help="Place names.")

    @app.callback()
    def place_names() -> None:
        """Place names."""

    @app.command()
    def check(
        name: str,
        category: Annotated[str, typer.Option(help="NAT, ADM, VIL, PRK, ROD, RES, FAC, OTH")] = "",
        unit: Annotated[str, typer.Option(help="Code of the unit in which the place lies.")] = "",
        class_code: Annotated[str, typer.Option("--class", help="Five digits.")] = "",
        at: Annotated[str, typer.Option(help="lon,lat in degrees")] = "",
        exclude: Annotated[str, typer.Option(help="Id or code of the place that is to be named anew.")] = "",
        as_json: Json = False,
    ) -> None:
        """Check a name somebody thinks of: the same, sounding alike, near, and every rule. Exit 1 when something blocks."""
        from datetime import date

        from api.routes.naming import excluded
        from gis.settings import settings
        from placenames.checks.asked import Candidate
        from placenames.checks.name_checks import check_candidate
        from placenames.kinds import Category

        if category and category not in set(Category):
            raise BadInput("没有地名类别“{given}”", "there is no category “{given}”", given=category)
        place, code = excluded(exclude)
        candidate = Candidate(name, category, unit, class_code, _point(at), place=place, code=code)
        with opened() as database, database.writing() as tx:
            report = check_candidate(tx, candidate, date.today(), settings())
        if as_json:
            print(json.dumps(report.as_dict(), ensure_ascii=False, default=str))
        else:
            _show(report)
        sys.exit(1 if report.blocking else 0)

    @app.command()
    def search(
        text: Annotated[str, typer.Argument(help="A name, old or new, its pinyin or its initials.")],
        on: Annotated[str, typer.Option(help="Legal day, 2026-05-01; names of that day come first.")] = "",
        category: Annotated[str, typer.Option(help="NAT, ADM, VIL, PRK, ROD, RES, FAC, OTH")] = "",
        class_code: Annotated[str, typer.Option("--class", help="The beginning of class codes.")] = "",
        unit: Annotated[str, typer.Option(help="The beginning of unit codes.")] = "",
        limit: Annotated[int, typer.Option(help="At most so many places.")] = 20,
        as_json: Json = False,
    ) -> None:
        """Find places by anything they are or were called."""
        from api import searching

        with opened() as database:
            searching.names(
                database, text, on=on, category=category, class_code=class_code, unit=unit, limit=limit, as_json=as_json
            )

    _enter_rekey(app, opened)
    return app


def _enter_rekey(app: typer.Typer, opened: Opened) -> None:
    @app.command()
    def rekey(as_json: Json = False) -> None:
        """Hear all names anew: after tables/readings.csv was written by hand. Names and their history stay as they are."""
        from api import street
        from api.waiting import bar
        from placenames import hearing

        assert street.REGISTERS
        with opened() as database, bar("更新检索 / hearing anew", quiet=as_json) as tell:
            number = hearing.hear_all(database, tell)
        said = f"{number:,} 条名称的检索读音已更新 / {number:,} names are found by other sounds now"
        typer.echo(json.dumps({"names": number}) if as_json else said)


def _point(at: str) -> Point | None:
    import shapely

    if not at:
        return None
    try:
        lon, lat = (float(part) for part in at.split(","))
    except ValueError as problem:
        raise BadInput("--at 应写作 经度,纬度", "--at should read lon,lat", given=at) from problem
    return shapely.Point(lon, lat)


def _show(report: CandidateReport) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table("", "检查 check", "结果 result", title=report.candidate.name)
    for each in report.verdicts:
        said = [text for finding in each.findings for text in (finding.message.zh, finding.message.en)]
        table.add_row(each.mark, f"{each.rule.id}\n{each.rule.title.zh}", "\n".join(said) or str(each.why))
    Console().print(table)
