"""Offices with a clerk for place names, in which a street was named by the ordinary steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from gis.cluster import Cluster
from gis.db import Database, Role
from tests.conftest import TEMPLATE, Office, clone, copied, drop, office_of_its_own, settled_in
from tests.naming import LittleCounty, settle
from tests.placenames.case_desk import STREET, announced

NAMED = TEMPLATE + "_named"


@pytest.fixture(scope="session")
def named_template(server: Cluster, county_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A database to copy from: the sample county with one street that was named and announced."""
    drop(server, NAMED)
    clone(server, county_template, NAMED)
    with closing(Database(server.url(NAMED))) as database, settled_in(tmp_path_factory.mktemp("named")) as config:
        office = Office(database, config)
        office.has("staff", "staff")
        office.has("colleague", "staff")
        office.has("other reviewer", "reviewer")
        announced(office, STREET)
    yield NAMED
    drop(server, NAMED)


@pytest.fixture
def names_office(server: Cluster, named_template: str, tmp_path: Path) -> Iterator[Office]:
    """An office of this test's own, with one street in force."""
    with office_of_its_own(server, named_template, tmp_path) as office:
        yield office


@pytest.fixture(scope="session")
def naming_database(server: Cluster) -> Iterator[Database]:
    """A database in which tests name places and take everything back."""
    with copied(server, TEMPLATE) as database:
        yield database


@pytest.fixture
def little_county(naming_database: Database) -> Iterator[LittleCounty]:
    """Two towns without names, for checks of names."""
    with naming_database.engine(Role.OWNER).connect() as tx:
        yield settle(tx)
        tx.rollback()
