"""Asking about one candidate site among fifty thousand irregular zones, beside one row by its primary key."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from statistics import median, quantiles
from time import perf_counter

import pytest
import shapely
from sqlalchemy import func, insert, select, text

from gis.db import Database
from gis.history import stored
from gis.settings import Settings
from placenames.sites.prohibited_zones import KINDS, PROHIBITED_ZONES
from placenames.sites.zone_answers import Verdict, zone_answers
from placenames.sites.zone_parts import ZONE_PARTS, cut_zones_into_parts
from tests.conftest import TEMPLATE, copied

pytestmark = pytest.mark.benchmark
ZONES, ASKED, SEED = 50_000, 200, 20261126
WEST, SOUTH, WIDE = 110.0, 30.0, 1.0
VERTICES, HUGE = 200, 12_000
LIMIT_MS = 100.0
DAY, UNIT = date(2026, 6, 1), "990101001"


def irregular(draw: random.Random, vertices: int, radius: float) -> shapely.Polygon:
    """A star-shaped area with a ragged outline (degrees)."""
    x, y = WEST + WIDE * draw.random(), SOUTH + WIDE * draw.random()
    around = (2 * math.pi * at / vertices for at in range(vertices))
    reach = [(angle, radius * draw.uniform(0.6, 1.0)) for angle in around]
    return shapely.Polygon([(x + far * math.cos(angle), y + far * math.sin(angle)) for angle, far in reach])


@pytest.fixture(scope="module")
def zones(server) -> Iterator[Database]:
    draw = random.Random(SEED)
    with copied(server, TEMPLATE) as database, database.writing() as tx:
        for begin in range(0, ZONES, 1000):
            rows = []
            for at in range(begin, begin + 1000):
                vertices = HUGE if at % 2000 == 0 else int(VERTICES * draw.uniform(0.5, 1.5))
                area = irregular(draw, vertices, 0.02 if vertices == HUGE else 0.002)
                rows.append({"code": f"Z{at}", "kind": draw.choice(list(KINDS)), "unit": UNIT, "geom": stored(area),
                             "valid_from": date(2020, 1, 1)})  # fmt: skip
            tx.execute(insert(PROHIBITED_ZONES.table), rows)
        cut_zones_into_parts(tx, 0, DAY, set())
        tx.execute(text("ANALYZE jiezhi.zone_part"))
        tx.execute(text("ANALYZE jiezhi.prohibited_zones"))
        tx.commit()
        yield database


def test_a_candidate_site_is_answered_at_once(zones: Database, capsys: pytest.CaptureFixture[str]) -> None:
    draw = random.Random(SEED + 1)
    settings = replace(Settings(), zone_distances="reservoir:500,railway:300")
    places = [shapely.Point(WEST + WIDE * draw.random(), SOUTH + WIDE * draw.random()) for _ in range(ASKED)]
    areas = [place.buffer(0.001) for place in places[: ASKED // 4]]
    with zones.writing() as tx:
        vertices = func.ST_NPoints(PROHIBITED_ZONES.table.c.geom)
        middle = tx.scalar(select(func.percentile_cont(0.5).within_group(vertices)))
        pieces = tx.scalar(select(func.count()).select_from(ZONE_PARTS))
        keys = []
        for at in range(ASKED):
            begin = perf_counter()
            tx.execute(select(PROHIBITED_ZONES.table.c.name).where(PROHIBITED_ZONES.table.c.version == at + 1)).all()
            keys.append(perf_counter() - begin)
        took, hits = [], 0
        for place in [*places, *areas]:
            begin = perf_counter()
            answers = zone_answers(tx, place.wkt, UNIT, DAY, settings)
            took.append(perf_counter() - begin)
            hits += sum(each.verdict is Verdict.HIT for each in answers)
            assert all(each.verdict is not Verdict.NOT_LOADED for each in answers)
    p95 = 1000 * quantiles(took, n=20)[-1]
    with capsys.disabled():
        print(  # noqa: T201
            f"\n{ZONES:,} zones, median {middle:.0f} vertices, {pieces:,} pieces: {len(answers)} rules of one site"
            f" p50 {1000 * median(took):.1f} ms, p95 {p95:.1f} ms, {median(took) / median(keys):.0f} times a row by its key;"
            f" {hits} hits"
        )
    assert hits
    assert p95 <= LIMIT_MS
