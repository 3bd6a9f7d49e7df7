"""Offices for the pages of cases: with a street in force, and with a case in every state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from gis.cluster import Cluster
from tests.api.case_pages_desk import in_every_state, staffed
from tests.conftest import Office, office_of_its_own


@pytest.fixture(scope="module")
def whole(
    server: Cluster, county_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """An office with a street in force and a case in every state; nobody writes in it."""
    with office_of_its_own(server, county_template, tmp_path_factory.mktemp("case-pages")) as office:
        staffed(office)
        in_every_state(office)
        yield office


@pytest.fixture
def named(server: Cluster, county_template: str, tmp_path: Any) -> Iterator[Office]:
    """An office with a street in force."""
    with office_of_its_own(server, county_template, tmp_path) as office:
        yield staffed(office)
