"""`jiezhi keys …`: keys of other systems from the command line, where whoever may enter administers.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.command_words import Json

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gis.db import Database
    from gis.people import Person

    Opened = Callable[[], AbstractContextManager[Database]]
    SignedIn = Callable[[Database, str], AbstractContextManager[tuple[Connection, Person]]]

As = Annotated[str, typer.Option("--as", help="The administrator who does it; noted with the key.")]


def commands(opened: Opened, signed_in: SignedIn) -> typer.Typer:
    """The commands about keys, on the database and with the sign-in of the other commands."""
    app = typer.Typer(help="Keys of other systems: what they may ask, and how much.")

    @app.callback(invoke_without_command=True)
    def list_keys(context: typer.Context, as_json: Json = False) -> None:
        """List the keys: whose, for which area, the limits, when last used; never the keys themselves."""
        if context.invoked_subcommand is None:
            from gis import system_keys

            with opened() as database, database.writing() as tx:
                _tell(system_keys.listed(tx), as_json=as_json)

    @app.command("add")
    def add_key(
        system: Annotated[str, typer.Argument(metavar="NAME", help="The system that gets the key.")],
        limit: Annotated[int, typer.Option(help="At most so many requests a second; 0: no limit.")] = 50,
        quota: Annotated[int, typer.Option(help="At most so many a day; 0: no limit.")] = 0,
        area: Annotated[
            list[str], typer.Option("--area", help="Beginning of the unit codes; without it, everywhere.")
        ] = [],
        until: Annotated[
            datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The last day, 2027-12-31.")
        ] = None,
        name: As = "",
        as_json: Json = False,
    ) -> None:
        """Make a key for a system and print it; it is shown this once."""
        from gis import system_keys

        terms = system_keys.Terms(tuple(area) or ("",), limit, quota, until.date() if until else None)
        with _entered(opened, signed_in, name) as (tx, person):
            number, key = system_keys.add(tx, system, terms, by=person)
        typer.echo(json.dumps({"id": number, "name": system, "key": key}) if as_json else f"X-API-Key: {key}")

    @app.command("end")
    def end_key(system: Annotated[str, typer.Argument(metavar="NAME")], name: As = "") -> None:
        """End the key of a system for good; when this command is done, no server lets it in."""
        from gis import key_ring, system_keys

        with _entered(opened, signed_in, name) as (tx, person):
            system_keys.end(tx, system_keys.number_of(tx, system), by=person)
        time.sleep(key_ring.KEPT_S)
        typer.echo(f"已停用 / ended: {system}")

    return app


@contextmanager
def _entered(opened: Opened, signed_in: SignedIn, name: str) -> Iterator[tuple[Connection, Person | None]]:
    """One transaction: of an administrator who proves who they are, or of whoever may use this command."""
    with opened() as database:
        if name:
            with signed_in(database, name) as (tx, person):
                person.must("administrator")
                yield tx, person
        else:
            with database.writing() as tx:
                yield tx, None


def _tell(rows: list[dict[str, Any]], *, as_json: bool) -> None:
    from gis.system_keys import STATES

    if as_json:
        typer.echo(json.dumps({"keys": rows}, ensure_ascii=False, default=str))
        return
    for row in rows:
        state, areas = STATES[row["state"]], " ".join(area or "*" for area in row["areas"])
        limits = f"{row['per_s'] or '∞'}/s {row['a_day'] or '∞'}/d"
        typer.echo(
            f"{row['name']}  {state}  {areas}  {limits}  {row['until'] or '-'}"
            f"  最近使用 / last used: {row['last_used'] or '-'}"
        )
    typer.echo(f"共 {len(rows)} 个 / {len(rows)} in all")
