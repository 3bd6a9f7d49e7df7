"""368 real towns from polygons to areas in force, beside bare deriving and copying, and a long list of units."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import date
from pathlib import Path
from time import perf_counter
from typing import Any

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import Column, Connection, MetaData, Table, Text, text

from api.deriving import derive as derive_file
from boundaries import unit_list
from boundaries.topology import derive
from gis import people, uploads
from gis.db import Role, copy_rows
from gis.files import Answers
from gis.intake import reviews, submissions
from gis.intake.checking import examine
from gis.intake.recognition import Choices
from gis.intake.reviews import Decision
from gis.people import Person
from gis.settings import Settings, settings
from tests.conftest import PASSWORD, SHARED, Office, needs_shared

pytestmark = [pytest.mark.benchmark, needs_shared]
TOWNS = SHARED / "boundaries" / "taiwan" / "towns.geojson"
STREETS = SHARED / "divisions" / "streets.csv.gz"
BARE = Table("bare", MetaData(), Column("what", Text), Column("geom", Text), prefixes=["TEMPORARY"])


def seconds(work: Callable[[], Any], times: int = 3) -> float:
    """The shortest of some runs, by the clock: the database works in another process."""
    best = float("inf")
    for _ in range(times):
        begin = perf_counter()
        work()
        best = min(best, perf_counter() - begin)
    return best


def as_person(office: Office, name: str) -> Person:
    return people.sign_in(office.database, name, PASSWORD, 1)[0]


def submit(office: Office, survey: Path) -> int:
    """Delivers a survey; answers its number. Nothing of it is checked yet."""
    with office.database.writing() as tx, survey.open("rb") as stream:
        kept = uploads.keep(office.settings.var, survey.name, stream, 100)
        return submissions.submit(tx, as_person(office, "surveyor"), [kept])


def decide(office: Office, name: str, number: int, verb: str, *, for_good: bool = True) -> None:
    person = as_person(office, name)
    with office.database.engine(Role.WRITER).connect() as tx, tx.begin() as step:
        reviews.decide(tx, person, number, Decision(verb, "", "benchmark", date(2026, 1, 1)))
        if not for_good:
            step.rollback()


def test_a_country_is_published_in_a_few_times_of_bare_deriving_and_copying(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JIEZHI_UNIT_CODES", r"county:\d{5},township:\d{8}")
    settings.cache_clear()
    for role in ("surveyor", "reviewer", "approver", "administrator"):
        office.has(role, role, area="")
    with office.database.writing() as tx:
        unit_list.bring_in(tx, TOWNS, settings(), as_person(office, "administrator"))
        towns = gpd.read_file(TOWNS)
        bare = seconds(lambda: _derive_and_copy(tx, towns))
    survey = tmp_path / "survey.gpkg"
    derive_file(TOWNS, survey, "", "", 0.0, [], shapefiles=False, as_json=True)
    check = seconds(lambda: examine([survey], Answers(), Choices(), settings()))
    number = submit(office, survey)
    with office.database.writing() as tx:
        delivery = submissions.latest_delivery(tx, number)
    assert delivery is not None
    intake = seconds(lambda: submissions.check_delivery(office.database, int(delivery["id"])), 1)
    decide(office, "reviewer", number, "accept")
    publish = seconds(lambda: decide(office, "approver", number, "publish", for_good=False))
    with capsys.disabled():
        print(  # noqa: T201
            f"\n368 towns: derive and copy {bare:.2f} s; check {check / bare:.1f} times that, "
            f"intake {intake / bare:.1f} times, publish {publish / bare:.1f} times"
        )
    assert check / bare < 10
    assert intake / bare < 25
    assert publish / bare < 20


def _derive_and_copy(tx: Connection, towns: gpd.GeoDataFrame) -> None:
    made = derive(towns, "TOWNCODE", "TOWNNAME")
    BARE.create(tx)
    for what, layer in (("line", made.lines), ("junction", made.junctions)):
        shapes = shapely.to_wkb(layer.geometry.to_numpy(), hex=True)
        copy_rows(tx, BARE, ["what", "geom"], ((what, shape) for shape in shapes))
    BARE.drop(tx)


def test_all_streets_come_in_at_the_pace_of_the_indexes(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    """Beside a bare INSERT of the same rows into a copy of the table with its indexes and constraints."""
    office.has("administrator", "administrator", area="")
    with office.database.writing() as tx:
        person = as_person(office, "administrator")
        with gzip.open(STREETS) as packed:
            parse = seconds(lambda: sum(1 for _ in packed), 1)
        first = seconds(lambda: unit_list.bring_in(tx, STREETS, Settings(), person), 1)
        again = seconds(lambda: unit_list.bring_in(tx, STREETS, Settings(), person), 1)
        tx.execute(text("CREATE TEMPORARY TABLE bare (LIKE jiezhi.units INCLUDING ALL)"))
        for name, value in (("id", "id"), ("code", "hashtextextended(code, 0)")):
            constraint = f"EXCLUDE USING gist ({value} WITH =, daterange(valid_from, valid_to) WITH &&)"
            tx.execute(
                text(f"ALTER TABLE bare ADD CONSTRAINT {name} {constraint} WHERE (superseded_at IS NULL)")
            )
        columns = "code, name, level, parent, valid_from"
        copied = text(f"INSERT INTO bare ({columns}) SELECT {columns} FROM jiezhi.units")
        bare = seconds(lambda: tx.execute(copied), 1)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n41,352 streets: unpacking {parse:.1f} s, bare insert {bare:.1f} s; "
            f"first import {first / bare:.1f} times the insert, a second one {again / bare:.1f} times"
        )
    assert first / bare < 4
    assert again / bare < 2
