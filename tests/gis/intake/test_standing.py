"""What stands around a survey: its own parents' records, what it leaves out when it is the whole, no neighbours'."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import geopandas as gpd
import pytest
import shapely
from sqlalchemy import Connection, select

from api import street
from boundaries.lines import LINES, units_bounded
from boundaries.tri_junctions import TRI_JUNCTIONS, complete_tri_junctions
from gis import history
from gis.db import Database, Role
from gis.intake import standing
from gis.settings import Settings

assert street.REGISTERS
DAY = date(2026, 1, 1)
A, B, X, Y = "990101001", "990101002", "990102001", "990102002"


@pytest.fixture
def tx(database: Database) -> Iterator[Connection]:
    with database.engine(Role.WRITER).connect() as connection:
        yield connection


def lines(*described: tuple[str, str, str, str]) -> gpd.GeoDataFrame:
    """(code, left, right, role) as a sheet."""
    columns = {
        name: [each[i] or None for each in described]
        for i, name in enumerate(("code", "left", "right", "role"))
    }
    return gpd.GeoDataFrame(columns, geometry=[shapely.LineString([(0, 0), (1, 1)])] * len(described))


def in_force(tx: Connection, sheet: gpd.GeoDataFrame) -> None:
    rows = [
        {**row, "name": row["code"], "geom": history.stored(shape)}
        for row, shape in zip(sheet.drop(columns="geometry").to_dict("records"), sheet.geometry, strict=True)
    ]
    history.begin(tx, LINES.table, rows, DAY)


def test_a_whole_survey_stands_alone_in_its_parents_and_leaves_the_neighbours(tx: Connection) -> None:
    in_force(
        tx,
        lines(
            ("kept", A, B, "inner"),
            ("old", A, B, "inner"),
            ("edge", A, "", "outer"),
            ("theirs", X, Y, "inner"),
        ),
    )
    sent = {"lines": lines(("kept", A, B, "inner"), ("across", A, X, "outer"))}
    around = standing.around(tx, sent, DAY, Settings())
    assert set(around["lines"]["code"]) == {"kept", "old", "edge", "theirs"}
    around = standing.around(tx, sent, DAY, Settings(), whole=True)
    assert set(around["lines"]["code"]) == {"kept", "theirs"}
    versions = standing.left_out(tx, sent, DAY, Settings())["lines"]
    c = LINES.table.c
    assert set(tx.scalars(select(c.code).where(c.version.in_(versions)))) == {"old", "edge"}


@pytest.mark.parametrize(
    ("described", "home"),
    [
        ([("1", A, B, "inner"), ("2", A, X, "outer")], {A, B}),
        ([("1", A, "", "outer"), ("2", "", B, "outer")], {A, B}),
        ([("1", A, "", ""), ("2", A, B, "")], {A, B}),
        ([("1", A, X, "outer")], set()),
    ],
)
def test_lines_know_their_home(described: list[tuple[str, str, str, str]], home: set[str]) -> None:
    assert units_bounded(lines(*described)) == home
    mentioned = {code for _, left, right, _ in described for code in (left, right) if code}
    assert standing.units_at_home({"lines": lines(*described)}) == (home or mentioned)


def test_a_point_of_four_units_belongs_to_each_of_them(tx: Connection) -> None:
    codes = [f"99010{number}001" for number in range(1, 5)]
    history.begin(
        tx,
        TRI_JUNCTIONS.table,
        [
            {
                "code": "four",
                "unit_a": codes[0],
                "unit_b": codes[1],
                "unit_c": codes[2],
                "units": ",".join(codes),
            }
        ],
        DAY,
    )
    c = TRI_JUNCTIONS.table.c
    for code in codes:
        mentioned = standing.mentions(TRI_JUNCTIONS, [code[:6]])
        assert list(tx.scalars(select(c.code).where(mentioned))) == ["four"]
    assert list(tx.scalars(select(c.code).where(standing.mentions(TRI_JUNCTIONS, ["01001"])))) == []


def test_units_of_a_tri_junction_are_one_list_however_they_were_sent() -> None:
    sent = gpd.GeoDataFrame(
        {
            "units": ["a,b,c,d", None, "a、b", None],
            "unit_a": ["old", "a", None, None],
            "unit_b": [None, "b", None, None],
            "unit_c": [None, "c", None, None],
        },
        geometry=[shapely.Point(0, 0)] * 4,
    )
    whole = complete_tri_junctions(sent).astype(object)
    sides = whole[["unit_a", "unit_b", "unit_c"]].where(whole.notna(), "").to_numpy().tolist()
    assert whole["units"].fillna("").tolist() == ["a,b,c,d", "a,b,c", "a,b", ""]
    assert sides == [["a", "b", "c"], ["a", "b", "c"], ["a", "b", ""], ["", "", ""]]


def test_codes_of_several_levels_belong_to_the_parents_of_the_lowest() -> None:
    assert standing.parents({A, "990102"}, Settings()) == {"990101"}
    assert standing.parents({"990101", "990102"}, Settings()) == {"9901"}
    assert standing.parents({"odd"}, Settings()) == {"odd"}
    assert standing.parents(set(), Settings()) == set()
