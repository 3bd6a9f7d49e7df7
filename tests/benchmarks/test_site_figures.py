"""Area and capacity of ten thousand communities, and twenty thousand graves with their lights, beside their bare SQL."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from shapely.geometry import Point
from sqlalchemy import Connection, insert, text

from api.grave_lists import as_answer
from api.routes.capacities import as_dict
from boundaries.units import UNITS
from gis.history import stored
from gis.settings import Settings
from placenames.sites.capacity import AREA, capacities
from placenames.sites.cemeteries import CEMETERIES
from placenames.sites.facilities import FACILITIES
from placenames.sites.grave_deadlines import ANYWHERE, Sought, graves_on
from placenames.sites.graves import ACTIONS, CATEGORIES, GRAVES, RESULTS
from tests.conftest import TEMPLATE, copied

pytestmark = pytest.mark.benchmark
COMMUNITIES, TOWNS, SITES, BURIALS, FOUND, SEED, TIMES = 10_000, 100, 5_000, 1_000, 20_000, 20261128, 7
DAY, SINCE, SOON = date(2026, 6, 1), date(2020, 1, 1), 30
MOST_CAPACITY, MOST_GRAVES = 10.0, 4.0
"""So many times the bare question, which knows neither names cut short nor shares nor lights and tells half as much."""
BARE_CAPACITY = text("""
    SELECT u.code, u.name, u.households, u.population, sum(s.area) AS area, sum(s.beds) AS beds, sum(s.free) AS free
    FROM jiezhi.units AS u LEFT JOIN (
        SELECT unit, served, floor_area_m2 AS area, beds, 0 AS free FROM jiezhi.facilities
        WHERE state = 'open' AND superseded_at IS NULL AND valid_from <= :on AND (valid_to IS NULL OR valid_to > :on)
        UNION ALL
        SELECT unit, serves, 0, 0, plots_built - plots_used FROM jiezhi.cemeteries
        WHERE state = 'open' AND superseded_at IS NULL AND valid_from <= :on AND (valid_to IS NULL OR valid_to > :on)
    ) AS s ON s.unit = u.parent AND s.served = u.name
    WHERE u.level = 'village' AND u.superseded_at IS NULL
      AND u.valid_from <= :on AND (u.valid_to IS NULL OR u.valid_to > :on)
    GROUP BY u.version, u.code, u.name, u.households, u.population ORDER BY u.code
""")
BARE_GRAVES = text("""
    SELECT id, code, category, unit, place, area_m2, places, material, occupied, built_year, land, found_on, action,
           deadline, result, done_on, rechecked_on
    FROM jiezhi.graves
    WHERE superseded_at IS NULL AND valid_from <= :on AND (valid_to IS NULL OR valid_to > :on)
    ORDER BY deadline, code
""")


@pytest.fixture(scope="module")
def county(server) -> Iterator[Connection]:
    draw = random.Random(SEED)
    towns = [f"99{number:07d}" for number in range(TOWNS)]
    codes = [(towns[number % TOWNS], f"{towns[number % TOWNS]}{number // TOWNS:03d}") for number in range(COMMUNITIES)]
    with copied(server, TEMPLATE) as database, database.writing() as tx:
        put(tx, UNITS.table, [{"code": code, "name": f"样{code}", "level": "township"} for code in towns])
        villages = [{"code": code, "name": f"样{number}村", "level": "village", "parent": town, "households": 300,
                     "population": 900} for number, (town, code) in enumerate(codes)]  # fmt: skip
        put(tx, UNITS.table, villages)
        served = [(town, f"样{number}村") for number, (town, _) in enumerate(codes)]
        halls = []
        for number in range(SITES):
            town, village = draw.choice(served)
            halls.append({"code": f"F{number}", "name": f"样{number}", "type": "service_station", "state": "open",
                          "unit": town, "served": village, "floor_area_m2": 100.0 + number % 300,
                          "beds": number % 20})  # fmt: skip
        put(tx, FACILITIES.table, halls)
        grounds = []
        for number in range(BURIALS):
            town, village = draw.choice(served)
            grounds.append({"code": f"C{number}", "name": f"样{number}", "category": "rural_public", "state": "open",
                            "unit": town, "serves": village, "plots_built": 200, "plots_used": number % 200})  # fmt: skip
        put(tx, CEMETERIES.table, grounds)
        put(tx, GRAVES.table, [grave(draw, number, towns) for number in range(FOUND)])
        for name in ("units", "facilities", "cemeteries", "graves"):
            tx.execute(text("SELECT jiezhi.measure(:name)"), {"name": name})
        yield tx


def put(tx: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    for begin in range(0, len(rows), 1000):
        tx.execute(insert(table).values(valid_from=SINCE), rows[begin : begin + 1000])


def grave(draw: random.Random, number: int, towns: list[str]) -> dict[str, Any]:
    return {
        "code": f"G{number:06d}", "category": draw.choice(list(CATEGORIES)), "unit": draw.choice(towns),
        "place": f"样山{number}", "area_m2": 9.5, "found_on": date(2026, 3, 30), "action": draw.choice(list(ACTIONS)),
        "deadline": DAY + timedelta(days=draw.randint(-60, 120)), "result": draw.choice(list(RESULTS)),
        "geom": stored(Point(110 + draw.random(), 30 + draw.random())),
    }  # fmt: skip


def as_json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, default=str)


def times(work: Callable[[], str], peer: Callable[[], str]) -> tuple[float, float]:
    """The middle of some runs of both, one after the other (s); a first run of each does not count."""
    taken: tuple[list[float], list[float]] = ([], [])
    for at in range(TIMES + 1):
        for one, into in zip((work, peer), taken, strict=True):
            begin = perf_counter()
            one()
            into.extend([perf_counter() - begin] if at else [])
    return median(taken[0]), median(taken[1])


def test_capacity_costs_little_more_than_the_bare_sums(county, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings()
    bare = {row["code"]: row for row in county.execute(BARE_CAPACITY, {"on": DAY}).mappings()}
    found = capacities(county, DAY, settings)
    assert len(found.communities) == len(bare) == COMMUNITIES
    for each in found.communities:
        assert each.has.get(AREA, 0.0) == pytest.approx(bare[each.code]["area"] or 0.0)
        assert each.has.get("graves", 0.0) == pytest.approx(bare[each.code]["free"] or 0.0)
    ours, theirs = times(
        lambda: as_json(as_dict(capacities(county, DAY, settings), DAY, settings)),
        lambda: as_json([dict(row) for row in county.execute(BARE_CAPACITY, {"on": DAY}).mappings()]),
    )
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{COMMUNITIES:,} communities, {SITES:,} facilities, {BURIALS:,} cemeteries: area and capacity as JSON"
            f" {ours * 1000:.0f} ms, bare sums {theirs * 1000:.0f} ms, {ours / theirs:.2f} times"
        )
    assert ours / theirs <= MOST_CAPACITY


def test_graves_with_their_lights_cost_little_more_than_their_rows(county, capsys: pytest.CaptureFixture[str]) -> None:
    everywhere = Sought(areas=ANYWHERE)
    assert len(graves_on(county, DAY, SOON, everywhere)) == FOUND
    ours, theirs = times(
        lambda: as_json(as_answer(everywhere, DAY, SOON, graves_on(county, DAY, SOON, everywhere))),
        lambda: as_json([dict(row) for row in county.execute(BARE_GRAVES, {"on": DAY}).mappings()]),
    )
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{FOUND:,} graves: the register with lights and counts as JSON {ours * 1000:.0f} ms, its rows alone"
            f" {theirs * 1000:.0f} ms, {ours / theirs:.2f} times"
        )
    assert ours / theirs <= MOST_GRAVES
