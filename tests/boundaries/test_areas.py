"""Areas in force follow from the lines in force, on every day, or nothing is published at all."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import geopandas as gpd
import pytest
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, select

from api import street
from boundaries import topology
from boundaries.areas import make_areas_anew, units_at
from boundaries.lines import LINES
from boundaries.units import UNITS
from gis import history
from gis.errors import Conflict
from gis.history import in_force

assert street.REGISTERS
COUNTY, NEIGHBOUR = "990101", "990102"
FIRST, LATER, BETWEEN = date(2026, 1, 1), date(2026, 3, 1), date(2026, 2, 1)
A, B, C = (f"{COUNTY}{number:03}" for number in (1, 2, 3))
X, Y = (f"{NEIGHBOUR}{number:03}" for number in (1, 2))
EAST, WEST = shapely.box(1, 0, 2, 1), shapely.box(0, 0, 1, 1)


def register(tx: Connection, *codes: str) -> None:
    """Enters units that are in force for good."""
    rows = [
        {"code": code, "name": code, "level": "township" if len(code) == 9 else "county", "parent": code[:6]}
        for code in codes
    ]
    history.begin(tx, UNITS.table, rows, date(1949, 10, 1))


def draw(tx: Connection, day: date, grounds: Mapping[str, BaseGeometry], **values: str) -> None:
    """Brings the lines around some grounds into force on a day, under the codes that derive gives them."""
    polygons = gpd.GeoDataFrame({"code": list(grounds)}, geometry=list(grounds.values()), crs="EPSG:4490")
    lines = topology.derive(polygons, "code", None).lines
    known = dict(tx.execute(select(LINES.table.c.code, LINES.table.c.id)).all())
    rows = [
        {
            "id": known.get(line.code),
            **{name: getattr(line, name) or None for name in ("code", "name", "left", "right", "role")},
            "geom": history.stored(line.geometry),
            "status": "working",
            **values,
        }
        for line in lines.itertuples()
    ]
    history.begin(tx, LINES.table, rows, day)
    tx.execute(select(1))


def areas(tx: Connection, on: date) -> dict[str, BaseGeometry]:
    c = UNITS.table.c
    rows = tx.execute(select(c.code, history.raw(c.geom)).where(in_force(UNITS.table, on)))
    return {code: shapely.from_wkb(ground) for code, ground in rows if ground}


@pytest.mark.parametrize(
    "grounds",
    [
        {A: WEST, B: EAST},
        {A: WEST - shapely.box(0.4, 0.4, 0.6, 0.6), B: shapely.box(0.4, 0.4, 0.6, 0.6)},
        {A: shapely.union(WEST, shapely.box(1.4, 0.4, 1.6, 0.6)), B: EAST - shapely.box(1.4, 0.4, 1.6, 0.6)},
        {A: shapely.union(WEST, shapely.box(5, 5, 6, 6)), B: EAST},
        {A: WEST - shapely.box(0.2, 0.2, 0.3, 0.3), B: EAST},
        {A: WEST, B: EAST, C: shapely.union(shapely.box(1, 1, 2, 2), shapely.box(0, -1, 1, 0))},
        {A: WEST},
    ],
    ids=["side by side", "enclave", "exclave", "island", "nobody's lake", "four at one point", "one town"],
)
def test_the_ground_of_units_is_what_their_lines_bound(
    tx: Connection, grounds: dict[str, BaseGeometry]
) -> None:
    register(tx, COUNTY, *grounds)
    draw(tx, FIRST, grounds)
    make_areas_anew(tx, 1, FIRST, {COUNTY})
    found = areas(tx, FIRST)
    assert shapely.equals(found.pop(COUNTY), shapely.union_all(list(grounds.values())))
    assert found.keys() == grounds.keys()
    for code, ground in grounds.items():
        assert found[code].geom_type == "MultiPolygon"
        assert shapely.equals(found[code], ground)
        inside = ground.representative_point()
        assert [unit["code"] for unit in units_at(tx, inside.x, inside.y, FIRST)] == [COUNTY, code]
    assert areas(tx, date(2025, 12, 31)) == {}


def test_what_later_lines_bound_stays_when_earlier_ones_are_published(tx: Connection) -> None:
    register(tx, A, B)
    draw(tx, FIRST, {A: WEST, B: EAST})
    make_areas_anew(tx, 1, FIRST, {COUNTY})
    draw(tx, LATER, {A: shapely.box(0, 0, 1.5, 1), B: shapely.box(1.5, 0, 2, 1)})
    make_areas_anew(tx, 2, LATER, {COUNTY})
    draw(tx, BETWEEN, {A: shapely.box(0, 0, 1.25, 1), B: shapely.box(1.25, 0, 2, 1)})
    make_areas_anew(tx, 3, BETWEEN, {COUNTY})
    east_of_a = [areas(tx, day)[A].bounds[2] for day in (FIRST, BETWEEN, LATER)]
    assert east_of_a == [1, 1.25, 1.5]
    for day, code in ((FIRST, B), (BETWEEN, A), (LATER, A)):
        assert [unit["code"] for unit in units_at(tx, 1.1, 0.5, day)] == [code]


def test_lines_that_would_not_hold_later_are_refused_now(tx: Connection) -> None:
    register(tx, A, B)
    draw(tx, FIRST, {A: WEST, B: EAST})
    draw(tx, LATER, {A: WEST, B: EAST})
    (shared,) = tx.execute(select(LINES.table.c.id).where(LINES.table.c.code == f"{A}-{B}").distinct())
    history.end(tx, LINES.table, [shared.id], LATER)
    with pytest.raises(Conflict, match=r"from 2026-03-01 on the lines do not close.*-0"):
        make_areas_anew(tx, 1, FIRST, {COUNTY})


def test_an_open_ring_is_refused_with_its_lines(tx: Connection) -> None:
    register(tx, A)
    line = {"code": "open", "name": "open", "left": A, "role": "outer"}
    history.begin(
        tx, LINES.table, [{**line, "geom": history.stored(shapely.LineString([(0, 0), (1, 1)]))}], FIRST
    )
    with pytest.raises(Conflict, match="open"):
        make_areas_anew(tx, 1, FIRST, {COUNTY})


def test_no_unit_appears_from_nowhere_and_none_loses_all_its_ground(tx: Connection) -> None:
    register(tx, A)
    draw(tx, FIRST, {A: WEST, B: EAST})
    with pytest.raises(Conflict, match=f"not registered: {B}"), tx.begin_nested():
        make_areas_anew(tx, 1, FIRST, {COUNTY})
    register(tx, B)
    make_areas_anew(tx, 1, FIRST, {COUNTY})
    gone = select(LINES.table.c.id).where(LINES.table.c.code.contains(A), in_force(LINES.table, FIRST))
    history.end(tx, LINES.table, list(tx.scalars(gone)), LATER)
    draw(tx, LATER, {B: EAST})
    with pytest.raises(Conflict, match=f"no ground: {A}"):
        make_areas_anew(tx, 2, LATER, {COUNTY})


@pytest.mark.parametrize("towns", [{A: WEST, B: shapely.box(0, 1, 1, 2)}, {A: WEST}])
def test_neighbours_are_only_named(tx: Connection, towns: dict[str, BaseGeometry]) -> None:
    """Outer lines may name towns of the next county, whose ground is not theirs to close."""
    register(tx, COUNTY, NEIGHBOUR, *towns, X, Y)
    both = {**towns, X: EAST, Y: shapely.box(1, 1, 2, 2)}
    draw(tx, FIRST, both)
    c = LINES.table.c
    foreign = select(c.id).where(c.code.startswith(NEIGHBOUR))
    history.end(tx, LINES.table, list(tx.scalars(foreign)), FIRST)
    across = select(LINES.table).where(c.code.contains(NEIGHBOUR), in_force(LINES.table, FIRST))
    rows = [
        {**{name: row[name] for name in ("id", "code", "name", "left", "right")}, "role": "outer"}
        for row in tx.execute(across).mappings()
    ]
    shapes = dict(tx.execute(select(c.id, history.raw(c.geom))).all())
    history.begin(tx, LINES.table, [{**row, "geom": shapes[row["id"]]} for row in rows], FIRST)
    make_areas_anew(tx, 1, FIRST, {COUNTY, NEIGHBOUR})
    assert areas(tx, FIRST).keys() == {COUNTY, *towns}


def test_the_agreed_share_of_a_ring_counts_its_lines_by_length(tx: Connection) -> None:
    register(tx, A, B)
    draw(tx, FIRST, {A: WEST, B: EAST})
    c = UNITS.table.c
    make_areas_anew(tx, 1, FIRST, {COUNTY})
    assert set(tx.scalars(select(c.agreed_share).where(in_force(UNITS.table, FIRST)))) == {0}
    draw(tx, LATER, {A: WEST, B: EAST}, status="agreed")
    make_areas_anew(tx, 2, LATER, {COUNTY})
    assert set(tx.scalars(select(c.agreed_share).where(in_force(UNITS.table, LATER)))) == {1}
    assert set(tx.scalars(select(c.agreed_share).where(in_force(UNITS.table, FIRST)))) == {0}
