"""`jiezhi personal REGISTER CODE`: the one door to what a register knows of persons; whoever uses it says why.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Annotated

import typer

from api.command_words import As

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from gis.db import Database
    from gis.intake.personal import Known
    from gis.people import Person
    from gis.registers import Register

    Opened = Callable[[], AbstractContextManager[Database]]
    SignedIn = Callable[[Database, str], AbstractContextManager[tuple[Connection, Person]]]


def enter(app: typer.Typer, opened: Opened, signed_in: SignedIn) -> None:
    """Adds the command, on the database and with the sign-in of the other commands."""

    @app.command()
    def personal(
        register: Annotated[str, typer.Argument(help="addresses, …")],
        code: Annotated[str, typer.Argument(help="The code of the record.")],
        name: As,
        reason: Annotated[str, typer.Option(help="Why; it is recorded with who and when.")],
        erase: Annotated[bool, typer.Option("--erase", help="Erase it for good instead of showing it.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
    ) -> None:
        """Show, or erase, what is known of the owner and applicant of a record; recorded with the reason."""
        from gis.intake import personal as persons

        with opened() as database:
            if erase:
                with signed_in(database, name) as (tx, person):
                    number, submissions = persons.erase(tx, person, register, code, reason)
                _tell_erased(number, submissions, as_json=as_json)
                return
            with signed_in(database, name) as (tx, person):
                described, known = persons.read(tx, person, register, code, reason)
            _tell(described, known, as_json=as_json)  # only when it is recorded that somebody looked


def _tell(register: Register, known: Sequence[Known], *, as_json: bool) -> None:
    if as_json:
        records = [
            {"id": str(each.id), "fields": each.fields, "submission": each.submission,
             "recorded_at": each.recorded_at.isoformat()}
            for each in known
        ]  # fmt: skip
        typer.echo(json.dumps({"records": records}, ensure_ascii=False))
        return
    for each in known:
        typer.echo(f"第 {each.submission} 号报送 / submission {each.submission} · {each.recorded_at:%Y-%m-%d}")
        for field in register.personal:
            if field.name in each.fields:
                typer.echo(f"  {field.title}: {each.fields[field.name]}")
    if not known:
        typer.echo("没有个人信息 / nothing is known of persons")


def _tell_erased(number: int, submissions: Sequence[int], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"erased": number, "submissions": submissions}))
        return
    typer.echo(f"已删除 {number} 条记录的个人信息 / erased, records: {number}")
    if submissions:
        said = "、".join(str(each) for each in submissions)
        typer.echo(
            f"第 {said} 号报送的原始文件和以往备份中可能仍有记载,请一并处理 / "
            f"the files of submission {said} and earlier backups may still hold it; see to them too"
        )
