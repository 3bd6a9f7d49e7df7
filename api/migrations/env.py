"""How Alembic sees the database: every table of the street, in the schema of the project."""

from __future__ import annotations

from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import Connection

from api import street  # noqa: F401 - the tables of every package
from gis.db import SCHEMA, metadata


def _is_ours(name: str | None, kind: str, _parent: Any) -> bool:
    if kind == "schema":
        return name == SCHEMA
    return not (kind == "table" and (name or "").startswith("procrastinate_"))


def _include(obj: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    wanted = alembic_helpers.include_object(obj, name, kind, reflected, compare_to)  # type: ignore[no-untyped-call]
    return _is_ours(name, kind, None) and bool(wanted)


def _migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=metadata,
        version_table_schema=SCHEMA,
        include_schemas=True,
        include_name=_is_ours,
        include_object=_include,
        process_revision_directives=alembic_helpers.writer,
        render_item=alembic_helpers.render_item,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()


_migrate(context.config.attributes["connection"])
