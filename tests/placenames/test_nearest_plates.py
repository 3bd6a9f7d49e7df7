"""What is nearest to a point is nearest in metres, also where a degree east is much shorter than a degree north."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from random import Random

import pytest
from pyproj import Geod

from gis.db import Database
from placenames.addresses.finding.nearest_plates import FARTHEST_M, nearest
from placenames.addresses.finding.toponyms_known import toponyms_on
from tests.benchmarks.addresses_filled import fill
from tests.conftest import TEMPLATE, copied
from tests.placenames.two_towns import EAST, county_of

ELLIPSOID = Geod(a=6378137.0, rf=298.257222101)
HERE = (119.0, 52.0)
ROW_NORTH = [(119.0 + step * 1e-6, 52.001) for step in range(40)]
ONE_EAST = (119.0014, 52.0)
"""Farther in degrees than forty plates in the north, yet nearer in metres."""
CHANCE = Random(52)
SCATTERED = [(119.1 + CHANCE.gauss(0, 0.01), 52.1 + CHANCE.gauss(0, 0.01)) for _ in range(160)]
PLACES = [*ROW_NORTH, ONE_EAST, *SCATTERED]
QUESTIONS = [(119.1 + CHANCE.gauss(0, 0.02), 52.1 + CHANCE.gauss(0, 0.02)) for _ in range(60)]


@pytest.fixture(scope="module")
def northern(server) -> Iterator[Database]:
    numbers = [f"{at + 1}号" for at in range(len(PLACES))]
    made = county_of([(EAST, "北社区", "", "样文三路", "", "", number, "", "", "", "", "") for number in numbers])
    lon, lat = zip(*PLACES, strict=True)
    with copied(server, TEMPLATE) as database:
        fill(database, replace(made, plates=made.plates.assign(lon=lon, lat=lat)))
        yield database


def metres(one: tuple[float, float], other: tuple[float, float]) -> float:
    return float(ELLIPSOID.inv(*one, *other)[2])


def found(database: Database, lon: float, lat: float, limit: int = 1) -> list[float]:
    with database.reading() as look:
        return [each.distance_m for each in nearest(look, toponyms_on(look, date.today()), lon, lat, date.today(), limit)]


def test_the_nearest_in_metres_is_answered_though_many_are_nearer_in_degrees(northern: Database) -> None:
    assert metres(HERE, ONE_EAST) < metres(HERE, ROW_NORTH[0])
    assert found(northern, *HERE) == [pytest.approx(metres(HERE, ONE_EAST), abs=0.1)]


@pytest.mark.parametrize("limit", [1, 3, 20])
def test_the_answer_is_that_of_measuring_every_plate(northern: Database, limit: int) -> None:
    for place in QUESTIONS:
        all_of_them = sorted(metres(place, each) for each in PLACES)
        near = [each for each in all_of_them if each <= FARTHEST_M]
        assert found(northern, *place, limit) == pytest.approx(near[:limit], abs=0.06)


@pytest.mark.parametrize("place", [(0.0, 0.0), (119.0, 89.9), (-61.0, -52.0)])
def test_far_away_nothing_is_answered(northern: Database, place: tuple[float, float]) -> None:
    assert found(northern, *place) == []
