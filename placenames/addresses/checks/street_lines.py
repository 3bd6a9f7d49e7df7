"""Street lines: plates along the line of their street: how far along, on which side.

Plates and lines are laid down in tables of this transaction and counted: the database plans badly for what it cannot
estimate, and to try each plate against each street would take minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from geoalchemy2 import Geography, Geometry
from sqlalchemy import (
    CTE,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Double,
    Integer,
    MetaData,
    Select,
    Subquery,
    Table,
    Text,
    and_,
    cast,
    func,
    insert,
    select,
    text,
)

from gis.intake.beside import Staged
from gis.record_tables import SRID
from placenames.addresses.checks.addresses_together import (
    METRES_PER_DEGREE,
    building_in,
    sent_and_staying,
    standing,
)
from placenames.addresses.checks.street_register import drawn_streets
from placenames.names import NAMES

OFF_THE_LINE_M = 2.0
"""Nearer to the middle of the street, a side cannot be told (m)."""
FEWEST = 6
"""A street of fewer plates shows no habit and no order."""
STEP_M = 1.0
"""The direction of a street at a plate is that of so much of it before and behind; doors no farther apart are at one
place (m)."""
PLATES = {"bearer": Text, "ordinal": Integer, "row": BigInteger, "text": Text, "lon": Double, "lat": Double}
LINES = {"bearer": Text, "line": Geometry("LINESTRING", srid=SRID, spatial_index=False), "metres": Double}
"""The columns of what is laid down."""


class Laid(NamedTuple):
    """What was laid down: `plates` (bearer, ordinal, row, text, lon, lat) and `lines` (bearer, line, metres), if any."""

    plates: Table
    lines: Table | None


def lay_down(staged: Staged, *, only_with_lines: bool = False) -> Laid | None:
    """Lays down the plates of the streets that a delivery touches, and those streets' lines.

    `only_with_lines`: nothing, None, where no line is known.
    """
    drawn = drawn_streets(staged, single=True)
    if drawn is None and only_with_lines:
        return None
    plates = _table(staged.tx, "street_plates", PLATES, _plates_of(sent_and_staying(staged)))
    return Laid(plates, None if drawn is None else _table(staged.tx, "street_lines", LINES, _lines_of(drawn)))


def _table(tx: Connection, name: str, columns: Mapping[str, Any], rows: Select[Any]) -> Table:
    """Lays rows down in a table that goes with the transaction, and has it counted."""
    described = (Column(each, kind) for each, kind in columns.items())
    made = Table(name, MetaData(), *described, prefixes=["TEMPORARY"], postgresql_on_commit="DROP")
    made.drop(tx, checkfirst=True)
    made.create(tx)
    tx.execute(insert(made).from_select(list(columns), rows))
    tx.execute(text(f"ANALYZE pg_temp.{name}"))
    return made


def _plates_of(addresses: CTE) -> Select[Any]:
    """The plates of streets and lanes that bear a number and nothing else, each once.

    Several addresses behind one plate (floors, rooms) stand where they are on the average.
    """
    a = addresses.c
    plain = and_(a.street.is_not(None), a.ordinal > 0, a.plate_key == cast(a.ordinal, Text), building_in(a.inside_key) == "")
    return (
        select(a.bearer_key.label("bearer"), a.ordinal, func.min(a.row).label("row"), func.min(a.text).label("text"),
               func.avg(a.lon).label("lon"), func.avg(a.lat).label("lat"))
        .where(plain, standing(a), a.lon.is_not(None))
        .group_by(a.bearer_key, a.ordinal)
    )  # fmt: skip


def _lines_of(drawn: Subquery) -> Select[Any]:
    """The streets that are one unbroken line, and how long each is (m).

    What is broken or has two carriageways has no beginning to number from, and no side that could be told.
    """
    n = NAMES.table.c
    merged = (
        select(drawn.c.bearer, func.ST_LineMerge(n.geom).label("line"))
        .join_from(drawn, NAMES.table, n.version == drawn.c.version)
        .cte("merged")
        .prefix_with("MATERIALIZED")
    )
    metres = func.ST_Length(cast(merged.c.line, Geography(srid=SRID)))
    return select(merged.c.bearer, merged.c.line, metres.label("metres")).where(
        func.ST_GeometryType(merged.c.line) == "ST_LineString", metres > 2 * STEP_M
    )


def along_their_streets(plates: Table, lines: Table) -> CTE:
    """Plates with their place along the street (`along`, m) and across it (`across`, m, positive on the left).

    Those beyond an end of the line are not placed.
    """
    c = _located(plates, lines).c
    step = STEP_M / c.metres
    before = func.ST_LineInterpolatePoint(c.line, func.greatest(c.share - step, 0))
    behind = func.ST_LineInterpolatePoint(c.line, func.least(c.share + step, 1))
    turned = _once(
        select(c.bearer, c.ordinal, c.row, c.text, c.lon, c.lat, (c.share * c.metres).label("along"),
               before.label("before"), behind.label("behind"))
        .where(c.share > 0, c.share < 1)
    )  # fmt: skip
    t = turned.c
    return (
        select(t.bearer, t.ordinal, t.row, t.text, t.along, _across(t).label("across"))
        .cte("placed")
        .prefix_with("MATERIALIZED")
    )


def _located(plates: Table, lines: Table) -> Subquery:
    """Plates with the line of their street and where along it they are (`share`, 0 to 1)."""
    point = func.ST_SetSRID(func.ST_MakePoint(plates.c.lon, plates.c.lat), SRID)
    share = func.ST_LineLocatePoint(lines.c.line, point)
    on_it = lines.c.bearer == plates.c.bearer
    return _once(select(plates, lines.c.line, lines.c.metres, share.label("share")).join_from(plates, lines, on_it))


def _once(rows: Select[Any]) -> Subquery:
    """Rows whose columns are made once, however often they are asked for: OFFSET keeps them from being written out."""
    return rows.offset(0).subquery()


def _across(t: Any) -> ColumnElement[float]:
    """How far left of the way from `before` to `behind` a place is (m); with degrees of longitude as long as there."""
    shrink, x, y = func.cos(func.radians(t.lat)), func.ST_X(t.before), func.ST_Y(t.before)
    way_x, way_y = (func.ST_X(t.behind) - x) * shrink, func.ST_Y(t.behind) - y
    cross = way_x * (t.lat - y) - way_y * (t.lon - x) * shrink
    far: ColumnElement[float] = cross / func.nullif(func.sqrt(way_x * way_x + way_y * way_y), 0) * METRES_PER_DEGREE
    return far
