"""A database that the tests of this folder share: each works in one transaction, which is taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection

from gis.cluster import Cluster
from gis.db import Database, Role
from tests.conftest import TEMPLATE, copied


@pytest.fixture(scope="session")
def shared_database(server: Cluster) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        yield database


@pytest.fixture
def tx(shared_database: Database) -> Iterator[Connection]:
    """A transaction of the recording role, taken back at the end."""
    with shared_database.engine(Role.WRITER).connect() as connection:
        started = connection.begin()
        yield connection
        started.rollback()
