"""Ten thousand communities and five thousand facilities, beside a bare indexed nearest-neighbour join of the same points."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date
from statistics import median
from time import perf_counter

import pytest
from shapely.geometry import Point
from sqlalchemy import Connection, insert, text

from boundaries.units import UNITS
from gis.history import stored
from gis.settings import Settings
from placenames.sites.coverage import communities_beside
from placenames.sites.facilities import FACILITIES
from tests.conftest import TEMPLATE, copied

pytestmark = pytest.mark.benchmark
COMMUNITIES, SITES, SEED, TIMES = 10_000, 5_000, 20261127, 5
DAY, SINCE = date(2026, 6, 1), date(2020, 1, 1)
BARE = text("""
    SELECT c.code, n.code, ST_Distance(c.place::geography, n.geom::geography)
    FROM bare_communities AS c
    CROSS JOIN LATERAL (SELECT f.code, f.geom FROM bare_facilities AS f ORDER BY f.geom <-> c.place LIMIT 1) AS n
""")


PREPARED = (
    """CREATE TEMPORARY TABLE bare_communities AS
       SELECT code, ST_SetSRID(ST_MakePoint(seat_lon, seat_lat), 4490) AS place FROM units""",
    "CREATE TEMPORARY TABLE bare_facilities AS SELECT code, geom FROM facilities",
    "CREATE INDEX ON bare_facilities USING gist (geom)",
    "ANALYZE bare_communities",
    "ANALYZE bare_facilities",
    "SELECT jiezhi.measure('units'), jiezhi.measure('facilities')",
)


@pytest.fixture(scope="module")
def county(server) -> Iterator[Connection]:
    draw = random.Random(SEED)

    def place() -> Point:
        return Point(110 + draw.random(), 30 + draw.random())

    with copied(server, TEMPLATE) as database, database.writing() as tx:
        for begin in range(0, COMMUNITIES, 1000):
            places = [(f"99{number:010d}", place()) for number in range(begin, begin + 1000)]
            rows = [
                {"code": code, "name": code, "level": "village", "parent": code[:9], "seat_lon": at.x, "seat_lat": at.y}
                for code, at in places
            ]
            tx.execute(insert(UNITS.table).values(valid_from=SINCE), rows)
        for begin in range(0, SITES, 1000):
            rows = [
                {"code": f"F{number}", "name": f"样{number}", "unit": "990101001", "geom": stored(place())}
                for number in range(begin, begin + 1000)
            ]
            tx.execute(insert(FACILITIES.table).values(type="canteen", state="open", valid_from=SINCE), rows)
        for statement in PREPARED:
            tx.execute(text(statement))
        yield tx


def test_coverage_costs_little_more_than_the_bare_join(county, capsys: pytest.CaptureFixture[str]) -> None:
    ours, bare, far = [], [], 0
    for _ in range(TIMES):
        begin = perf_counter()
        found = communities_beside(county, "canteen", DAY, Settings())
        ours.append(perf_counter() - begin)
        begin = perf_counter()
        nearest = {row[0]: row[2] for row in county.execute(BARE).all()}
        bare.append(perf_counter() - begin)
    assert len(found) == len(nearest) == COMMUNITIES
    for each in found:
        assert each.distance_m is not None
        assert each.distance_m <= nearest[each.code] + 1e-6
        far += each.distance_m < nearest[each.code] - 0.01
    ratio = median(ours) / median(bare)
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{COMMUNITIES:,} communities by {SITES:,} facilities: {median(ours):.2f} s, bare join {median(bare):.2f} s,"
            f" {ratio:.2f} times; {far} nearer on the ellipsoid than what is nearest in degrees"
        )
    assert far
    assert ratio <= 2
