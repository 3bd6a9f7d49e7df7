"""Bringing a database to the schema of this release, and asking whether it is there."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from gis.db import SCHEMA, Database, Role
from gis.errors import Unavailable

MIGRATIONS = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('jiezhi/migrate', 0))")


def migrate(database: Database) -> None:
    """Brings the schema up to date, as the owner and in one transaction; does nothing when it is."""
    with database.engine(Role.OWNER).begin() as connection:
        connection.execute(_ONE_AT_A_TIME)
        if not is_current(connection):
            command.upgrade(_config(connection), "head")


def is_current(connection: Connection) -> bool:
    """Whether the schema is the one this release was written for. Raises Unavailable when it is newer."""
    script = ScriptDirectory(str(MIGRATIONS))
    context = MigrationContext.configure(connection, opts={"version_table_schema": SCHEMA})
    found = context.get_current_revision()
    if found is not None and found not in {each.revision for each in script.walk_revisions()}:
        raise Unavailable(
            "数据库结构({found})比本程序新,请升级程序",
            "the database schema ({found}) is newer than this program; upgrade the program",
            found=found,
        )
    return found == script.get_current_head()


def check(connection: Connection) -> None:
    """Raises when tables and migrations do not say the same."""
    _see_our_schema_by_name(connection)
    command.check(_config(connection))


def revise(connection: Connection, words: str) -> None:
    """Writes the next migration from the difference between tables and database."""
    command.revision(_config(connection), message=words, autogenerate=True)


def _see_our_schema_by_name(connection: Connection) -> None:
    """Alembic takes the first schema of the search path for nameless; ours has a name."""
    connection.execute(text("SET LOCAL search_path TO public"))
    connection.dialect.default_schema_name = "public"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config
