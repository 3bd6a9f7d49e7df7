"""Questions asked often: written out once and put to the driver itself.

What lies around a question between the program and the driver takes longer than the database needs for a row by its key.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row
from sqlalchemy import Connection, Executable
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.exc import DBAPIError, OperationalError

DIALECT = PGDialect_psycopg(paramstyle="pyformat")  # type: ignore[no-untyped-call]


class AskedOften:
    """A question whose text never changes, only its values."""

    def __init__(self, question: Executable) -> None:
        self._question = question

    @cached_property
    def _written(self) -> tuple[str, dict[str, Any]]:
        """Its text, and the values that it brings along."""
        compiled = self._question.compile(dialect=DIALECT)  # type: ignore[attr-defined]
        return str(compiled), {name: value for name, value in compiled.params.items() if value is not None}

    def rows(self, look: Connection, **values: Any) -> list[Any]:
        """The rows, their columns as attributes. Raises what the same question would raise elsewhere.

        What a server that was started anew has ended is opened anew: in a glance the question is then asked once more.
        """
        try:
            return self._answered(look, values)
        except OperationalError as problem:
            if not problem.connection_invalidated or look.in_transaction():
                raise
        return self._answered(look, values)

    def _answered(self, look: Connection, values: dict[str, Any]) -> list[Any]:
        text, own = self._written
        driver: Any = look.connection.dbapi_connection
        try:
            with driver.cursor(row_factory=namedtuple_row) as cursor:
                return cursor.execute(text, own | values).fetchall()  # type: ignore[no-any-return]
        except psycopg.Error as problem:
            is_gone = driver.closed or driver.broken
            if is_gone:
                look.invalidate(problem)
                look.engine.dispose()  # the others were ended with it
            raise DBAPIError.instance(
                text, None, problem, psycopg.Error, hide_parameters=True, connection_invalidated=is_gone
            ) from problem
