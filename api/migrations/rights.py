"""Who may do what with which table: the writer adds and never erases, the reader sees what is published."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

from gis.db import SCHEMA


def keep_versions(table: str) -> None:
    """A table of versions: added to, superseded, never changed or erased; read by everybody."""
    _run("versions", table)


def keep_events(table: str) -> None:
    """A table that is only ever added to."""
    _run("events", table)


def keep_rows(table: str, *, changing: tuple[str, ...] = (), erasing: bool = False) -> None:
    """A working table: the writer adds, changes some columns, and erases where said."""
    _run("erasable" if erasing else "rows", table, changing)


def show(table: str, *columns: str) -> None:
    """Lets the public's role read a table, or only some columns of it."""
    _run("public", table, columns)


def _run(kind: str, table: str, columns: tuple[str, ...] = ()) -> None:
    statement = text("SELECT jiezhi.grant_rights(:kind, :table, CAST(:columns AS text[]))")
    op.get_bind().execute(statement, {"kind": kind, "table": f"{SCHEMA}.{table}", "columns": list(columns)})
