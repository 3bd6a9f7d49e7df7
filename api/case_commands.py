"""`jiezhi cases …`: the same doors for cases of names and prior reports of cemeteries as the web, from the command line.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.command_words import As, Json, Reason
from gis.errors import BadInput

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gis.db import Database
    from gis.people import Person

    Opened = Callable[[], AbstractContextManager[Database]]
    SignedIn = Callable[[Database, str], AbstractContextManager[tuple[Connection, Person]]]

Number = Annotated[int, typer.Argument(metavar="ID")]


def commands(opened: Opened, signed_in: SignedIn) -> typer.Typer:
    """The commands about cases, on the database and with the sign-in of the other commands."""
    app = typer.Typer(no_args_is_help=True, help="Cases of place names, and prior reports of cemeteries.")
    _enter_reading(app, opened, signed_in)
    _enter_acting(app, opened, signed_in)
    return app


def _enter_reading(app: typer.Typer, opened: Opened, signed_in: SignedIn) -> None:
    @app.command("list")
    def list_cases(
        name: As,
        state: Annotated[str, typer.Option(help="submitted, accepted, recommended, …")] = "",
        light: Annotated[str, typer.Option(help="green, amber, red")] = "",
        category: Annotated[str, typer.Option(help="NAT, ADM, VIL, PRK, ROD, RES, FAC, OTH")] = "",
        mine: Annotated[str, typer.Option(help="todo: waits for me; sent: sent by me")] = "",
        kind: Annotated[str, typer.Option(help="names, reports, or rename, report_plots, report_extension, …")] = "",
        as_json: Json = False,
    ) -> None:
        """List the cases one sees, the newest first, and count them all."""
        from placenames.casework import case_inbox

        wanted = case_inbox.Wanted(state, light, category, mine, kind=kind)
        with opened() as database, signed_in(database, name) as (tx, person):
            found = case_inbox.listed(tx, person, wanted, date.today())
            counts = case_inbox.counts(tx, person, wanted, date.today())
        if as_json:
            _print({"cases": found, "counts": counts})
            return
        for each in found:
            due = f"{each['due']} {each['light']}" if each["due"] else "-"
            typer.echo(f"{each['id']:>6}  {each['number']}  {each['words']['zh']}  {due}  {each['name']}")
        typer.echo(f"共 {counts['total']} 件 / {counts['total']} in all")

    @app.command()
    def show(number: Number, name: As) -> None:
        """Print one case with its steps, as JSON."""
        from api.routes.name_cases import as_seen
        from placenames.casework import cases

        with opened() as database, signed_in(database, name) as (tx, person):
            found = cases.find(tx, number)
            cases.must_see(person, found)
            _print(as_seen(tx, person, found))


def _enter_acting(app: typer.Typer, opened: Opened, signed_in: SignedIn) -> None:
    @app.command("open")
    def open_case(file: Path, name: As, as_json: Json = False) -> None:
        """Open a draft from a JSON file: action, category, unit, place, candidates, … or cemetery, plots, …"""
        from placenames.casework import cases, report_drafts

        given = _read(file)
        with opened() as database, signed_in(database, name) as (tx, person):
            found = cases.find(tx, report_drafts.open_either(tx, person, given))
        _tell(found, as_json=as_json)

    @app.command()
    def decide(
        number: Number,
        verb: Annotated[str, typer.Argument(help="submit, accept, approve, announce, acknowledge, inspect, …")],
        name: As,
        reason: Reason = "",
        document: Annotated[str, typer.Option(help="Number of the approving document.")] = "",
        effective: Annotated[str, typer.Option(help="Day on which it takes effect, 2026-05-01.")] = "",
        more: Annotated[
            list[str], typer.Option("--set", help="chosen=0, approved_on=2026-05-01, filing_document=…")
        ] = [],
        as_json: Json = False,
    ) -> None:
        """Take one step of the table of moves."""
        from api.routes.name_cases import decision_of
        from placenames.casework import case_moves, cases

        given = dict(each.partition("=")[::2] for each in more)
        given |= {"verb": verb, "reason": reason, "document": document, "effective": effective}
        with opened() as database, signed_in(database, name) as (tx, person):
            cases.must_see(person, cases.find(tx, number))
            case_moves.decide(tx, person, number, decision_of(given))
            found = cases.find(tx, number)
        _tell(found, as_json=as_json)


def _read(file: Path) -> dict[str, Any]:
    try:
        given = json.loads(file.read_text("utf-8-sig"))
    except ValueError as problem:
        raise BadInput("{file} 不是有效的 JSON", "{file} is not valid JSON", file=file.name) from problem
    if not isinstance(given, dict):
        raise BadInput("{file} 应为一个 JSON 对象", "{file} should be one JSON object", file=file.name)
    return given


def _tell(found: Mapping[str, Any], *, as_json: bool) -> None:
    from placenames.casework.cases import STATES

    words = STATES[found["state"]]
    if as_json:
        _print({name: found[name] for name in ("id", "number", "state")})
    else:
        typer.echo(f"{found['number']}:{words.zh} / case {found['id']}: {words.en}")


def _print(content: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, default=str))
