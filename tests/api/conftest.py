"""Offices for the pages of cases, with a street in force and with a case in every state; terminals; surveys to check."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from api import cli
from api.county import County, survey
from api.county_files import write_survey
from api.county_flaws import flawed_samples
from gis.cluster import Cluster
from gis.db import Database
from gis.settings import settings
from tests.api.case_pages_desk import in_every_state, staffed
from tests.api.commands_said import Jiezhi, Said
from tests.conftest import PASSWORD, Office, office_of_its_own

Run = Callable[..., tuple[int, str, str]]


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


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Callable[[Office], Run]]:
    """Runs commands on the database of an office, in this process: answers the code, what was said, what was complained of.

    Who is given as `who`, signs in and asks (`--as`).
    """

    def at(office: Office) -> Run:
        monkeypatch.setenv("JIEZHI_DATABASE_URL", office.database.url)
        monkeypatch.setenv("JIEZHI_VAR", str(office.settings.var))

        def run(*words: str, who: str = "") -> tuple[int, str, str]:
            if who:
                token = office.client().post("/sessions", json={"name": who, "password": PASSWORD}).json()["token"]
                monkeypatch.setenv("JIEZHI_TOKEN", token)
            monkeypatch.setattr(sys, "argv", ["jiezhi", *words, *(("--as", who) if who else ())])
            settings.cache_clear()
            try:
                cli.main()
                code = 0
            except SystemExit as end:
                code = int(end.code or 0)
            said = capfd.readouterr()
            return code, said.out, said.err

        return run

    yield at
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def jiezhi(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Jiezhi:
    """Runs a command in this process, through the same door as the console script."""

    def run(*words: object, says: str = "") -> Said:
        monkeypatch.setattr(sys, "argv", ["jiezhi", *map(str, words)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(says))
        capsys.readouterr()
        settings.cache_clear()
        try:
            cli.main()
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else int(end.code is not None)
        said = capsys.readouterr()
        assert "Traceback" not in said.err
        return Said(code, said.out, said.err)

    return run


@pytest.fixture(scope="module")
def samples(county: County, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return flawed_samples(county, tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def good(county: County, tmp_path_factory: pytest.TempPathFactory) -> Path:
    whole = survey(county, list(county.lines["agreed"]["code"]), "agreed")
    return write_survey(whole, tmp_path_factory.mktemp("good") / "good.gpkg", "geopackage")


@pytest.fixture
def public(reading_office):
    return reading_office.client()


@pytest.fixture
def colleague(reading_office):
    return reading_office.client("surveyor")


@pytest.fixture
def deployment(database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    """The settings of a deployment with a database of its own."""
    monkeypatch.setenv("JIEZHI_DATABASE_URL", database.url)
    monkeypatch.setenv("JIEZHI_VAR", str(tmp_path / "var"))
    yield database
    monkeypatch.undo()
    settings.cache_clear()
