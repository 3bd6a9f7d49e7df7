"""The commands. Each is a few lines around the same functions that the web uses.

Nothing heavy is imported before a command needs it: `jiezhi --help` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api import address_commands, case_commands, key_commands, name_commands, personal_commands, site_commands
from api.command_words import As, Json, Reason, Title
from gis.errors import BadInput, JiezhiError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gis.db import Database
    from gis.people import Person

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None
)
users = typer.Typer(no_args_is_help=True, help="People and systems that may sign in.")
units = typer.Typer(no_args_is_help=True, help="The list of administrative units.")
plans = typer.Typer(no_args_is_help=True, help="Plans and their goals.")
app.add_typer(users, name="users")
app.add_typer(units, name="units")
app.add_typer(plans, name="plans")

Sheets = Annotated[
    list[Path], typer.Argument(help="Zipped shapefile, GeoPackage, GeoJSON; several files are one survey.")
]


def main() -> None:
    """Runs a command; what can be explained ends in one clear line, never in a traceback."""
    for stream in (sys.stdout, sys.stderr):
        _can_speak_chinese(stream)
    try:
        _run_and_say_all()
    except JiezhiError as problem:
        fail(problem)
    except BrokenPipeError:  # whoever read has seen enough; what is left unsaid must not be tried again at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as problem:
        if not problem.filename:
            raise
        fail(BadInput("{file}:{why}", "{file}: {why}", file=problem.filename, why=problem.strerror))


def _run_and_say_all() -> None:
    try:
        app()
    finally:
        sys.stdout.flush()


def _can_speak_chinese(stream: Any) -> None:
    """A locale without Chinese (LC_ALL=C) gets UTF-8; what even that cannot say is spelt out."""
    try:
        "界址".encode(stream.encoding)
    except UnicodeEncodeError:
        stream.reconfigure(encoding="utf-8")
    stream.reconfigure(errors="backslashreplace")


def fail(problem: JiezhiError) -> None:
    """Says in one line what is wrong and leaves with a code: 2 for bad input, 1 for the rest."""
    print(problem.text.zh, "/", problem.text.en, file=sys.stderr)
    sys.exit(2 if problem.status == 400 else 1)


@app.command()
def serve(
    demo: Annotated[
        bool, typer.Option("--demo", help="Load the sample county when the database is empty.")
    ] = False,
    worker: Annotated[bool, typer.Option(help="Also run a worker for checks and long publications.")] = True,
) -> None:
    """Start the database, bring its schema up to date, and serve pages and API."""
    from api import serving

    serving.serve(with_demo=demo, with_worker=worker)


@app.command()
def worker(
    attached: Annotated[
        bool, typer.Option("--attached", help="End when standard input closes: who started it has ended.")
    ] = False,
) -> None:
    """Work on queued checks and publications until stopped; any number of workers may run."""
    from api import serving

    serving.work_on_queue(attached=attached)


@app.command()
def migrate() -> None:
    """Bring the database schema up to date."""
    with _database():
        typer.echo("数据库结构已是最新 / the database schema is up to date")


@app.command()
def demo(
    url: Annotated[str, typer.Option(help="A running server; by default one is started.")] = "",
    name: Annotated[str, typer.Option("--as", help="An administrator of that server.")] = "",
) -> None:
    """Load the sample county through the ordinary doors, over HTTP."""
    from api import serving

    serving.load_demo(url, name, _password(name) if url else "")


@users.command("add")
def add_user(
    name: str,
    role: Annotated[
        list[str], typer.Option("--role", help="surveyor, reviewer, approver, staff, system, administrator")
    ],
    area: Annotated[
        str, typer.Option("--area", help="Beginning of the unit codes; empty means everywhere.")
    ] = "",
    display: Annotated[str, typer.Option("--display", help="The name that others see.")] = "",
) -> None:
    """Add a person; asks for the password. A system gets a key instead, as by `keys add`."""
    from gis import people, system_keys

    if role == ["system"]:
        with _database() as database, database.writing() as tx:
            _, key = system_keys.add(tx, name, system_keys.Terms((area,)))
        typer.echo(f"X-API-Key: {key}")
        return
    with _database() as database:
        password = _new_password()
        with database.writing() as tx:
            people.add(tx, name, password, [(each, area) for each in role], display)
    typer.echo(f"已添加 / added: {name}")


@units.command("import")
def import_units(
    file: Path,
    name: As,
    effective: Annotated[
        str, typer.Option(help="From which day, 2026-05-01; new units otherwise count from the beginning.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Bring a list of units in: CSV, Excel or a layer with code, name, parent, level, seat."""
    from api import importing

    with _database() as database, _signed_in(database, name) as (tx, person):
        importing.import_units(tx, file, person, effective, as_json=as_json)


@plans.command("load")
def load_plan(file: Path, name: As) -> None:
    """Load a plan from a TOML file; it takes the place of an earlier one of its name."""
    from api import street
    from gis import plans as planning

    assert street.REGISTERS
    plan = planning.read_plan(file)
    with _database() as database, _signed_in(database, name) as (tx, person):
        person.must("administrator", planning.areas_touched(tx, plan))
        planning.load(tx, plan, person.id)
    typer.echo(f"已载入 / loaded: {plan.name} ({len(plan.goals)})")


@app.command()
def check(
    files: Sheets,
    crs: Annotated[str, typer.Option(help="EPSG:n, when the files do not say.")] = "",
    encoding: Annotated[str, typer.Option(help="GBK, UTF-8, …")] = "",
    layer: Annotated[list[str], typer.Option(help="layer=register, or layer=- to leave it out")] = [],
    column: Annotated[list[str], typer.Option(help="column=field, when a column is not recognised")] = [],
    report: Annotated[Path | None, typer.Option(help="Write the findings to this GeoPackage.")] = None,
    as_json: Json = False,
) -> None:
    """Check a survey without a database: what is wrong, where, and how to mend it."""
    from api import checking_files

    sys.exit(checking_files.check(files, crs, encoding, layer, column, report, as_json=as_json))


@app.command()
def derive(
    polygons: Path,
    out: Annotated[Path, typer.Option("--out", help="A GeoPackage, or a folder.")],
    code: Annotated[str, typer.Option(help="The column with the unit codes.")] = "",
    name: Annotated[str, typer.Option(help="The column with the unit names.")] = "",
    tolerance: Annotated[
        float, typer.Option(help="Metres within which vertices are taken for the same.")
    ] = 0.0,
    where: Annotated[list[str], typer.Option(help="column=value: only these polygons.")] = [],
    shapefiles: Annotated[
        bool, typer.Option("--shp", help="Shapefiles instead of FlatGeobuf in a folder.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Turn polygons into boundary lines with the units on each side, and junctions."""
    from api import deriving

    deriving.derive(polygons, out, code, name, tolerance, where, shapefiles=shapefiles, as_json=as_json)


@app.command()
def submit(
    files: Sheets,
    name: As,
    title: Title = "",
    whole: Annotated[
        bool, typer.Option("--whole", help="The files hold all there is in their area.")
    ] = False,
    to: Annotated[int, typer.Option(help="Deliver again to this submission.")] = 0,
    set_aside: Annotated[
        bool, typer.Option("--set-aside", help="Set records with errors aside where single records may be.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Send a survey in, have it checked, and say what came of it."""
    from api import submitting

    with _database() as database:
        sys.exit(
            submitting.submit(
                database, lambda: _signed_in(database, name), files, title, whole, to, as_json=as_json,
                set_aside=set_aside,
            )
        )


@app.command()
def decide(
    number: Annotated[int, typer.Argument(metavar="ID")],
    verb: Annotated[str, typer.Argument(help="return, accept, publish or withdraw")],
    name: As,
    reason: Reason = "",
    document: Annotated[str, typer.Option(help="Number of the approving document.")] = "",
    effective: Annotated[str, typer.Option(help="Day on which it takes effect, 2026-05-01.")] = "",
    as_json: Json = False,
) -> None:
    """Decide on a submission."""
    from api import submitting

    with _database() as database:
        submitting.decide(
            database, lambda: _signed_in(database, name), number, verb, reason, document, effective, as_json=as_json
        )


@app.command()
def rules(as_json: Json = False) -> None:
    """List the rules with their law."""
    from api import listing

    listing.rules(as_json=as_json)


@app.command()
def progress(
    plan: Annotated[str, typer.Argument(help="The plan; without it, all of them.")] = "",
    on: Annotated[str, typer.Option(help="The day, 2026-05-01; today otherwise.")] = "",
    milestone: Annotated[str, typer.Option(help="Count from this milestone on.")] = "",
    as_json: Json = False,
) -> None:
    """Show how far a plan is."""
    from api import listing

    with _database() as database:
        listing.progress(database, plan, on, milestone, as_json=as_json)


@app.command()
def export(
    register: Annotated[str, typer.Argument(help="names, lines, units, …")],
    out: Annotated[Path, typer.Option("--out", help="The file to write: .csv, .xlsx or .gpkg.")],
    on: Annotated[str, typer.Option(help="The day, 2026-05-01; today otherwise.")] = "",
    area: Annotated[str, typer.Option(help="Beginning of the unit codes; empty means everywhere.")] = "",
) -> None:
    """Write a register to a file that can be sent in again."""
    from api import extracting

    with _database() as database:
        number = extracting.export(database, register, out, on, area)
    typer.echo(f"已导出 {number} 条 / exported {number}: {out}")


@app.command()
def backup(out: Annotated[Path, typer.Argument(help="The file to write; it must not exist yet.")]) -> None:
    """Write the whole office, database and uploads, to one file."""
    from api import keeping
    from gis.settings import settings

    with _database() as database:
        size = keeping.backup(database, settings().var, out)
    typer.echo(f"已备份 / backed up: {out} ({size / 1e6:.1f} MB)")


@app.command()
def restore(file: Path) -> None:
    """Bring a backup into an empty database."""
    from api import keeping
    from gis.settings import settings

    with _database() as database:
        number = keeping.restore(database, settings().var, file)
    typer.echo(f"已恢复,共 {number} 个事件 / restored, {number} events")


@contextmanager
def _database() -> Iterator[Database]:
    """The database of this deployment, brought up to date."""
    from api import schema, street
    from gis.db import opened
    from gis.settings import settings

    assert street.REGISTERS
    with opened(settings()) as database:
        schema.migrate(database)
        yield database


@contextmanager
def _signed_in(database: Database, name: str) -> Iterator[tuple[Connection, Person]]:
    """One transaction of a user who proves who they are."""
    from gis import people
    from gis.errors import NotSignedIn
    from gis.settings import settings

    token = settings().token
    if not token:
        _, token = people.sign_in(database, name, _password(name), hours=1)
    with database.writing() as tx:
        person = people.by_token(tx, token)
        if person.name != name:
            raise NotSignedIn(
                "JIEZHI_TOKEN 不属于 {name}", "JIEZHI_TOKEN does not belong to {name}", name=name
            )
        yield tx, person


def _password(name: str) -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    return str(typer.prompt(f"{name} 的密码 / password of {name}", hide_input=True, err=True))


def _new_password() -> str:
    from gis import people

    if sys.stdin.isatty():
        password = str(
            typer.prompt("新密码 / new password", hide_input=True, confirmation_prompt=True, err=True)
        )
    else:
        password = sys.stdin.readline().rstrip("\n")
    if len(password) < people.SHORTEST_PASSWORD:
        raise BadInput(
            "密码至少 {n} 位", "a password has at least {n} characters", n=people.SHORTEST_PASSWORD
        )
    return password


personal_commands.enter(app, _database, _signed_in)
app.add_typer(case_commands.commands(_database, _signed_in), name="cases")
app.add_typer(name_commands.commands(_database), name="names")
app.add_typer(address_commands.commands(_database, _signed_in), name="addresses")
app.add_typer(site_commands.commands(_database, _signed_in), name="sites")
app.add_typer(key_commands.commands(_database, _signed_in), name="keys")
