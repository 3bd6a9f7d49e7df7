"""Addresses together: those of a delivery beside the ones that stay, or all that are in force; one question serves both."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Text,
    and_,
    any_,
    cast,
    exists,
    func,
    null,
    select,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gis.history import in_force
from gis.intake.beside import Staged
from placenames.addresses.address_keys import PATH
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.plates import GIVEN_UP

NAMES = ("code", "unit", "street", "section", "estate", "text", "status", "built", "bearer_key", "plate_key", "inside_key",
         "ordinal")  # fmt: skip
"""What is known of each address, beside `row`, `lon` and `lat`."""
PROMISED = "reserved"
METRES_PER_DEGREE = 111_320.0
"""Of longitude at the equator, and a little more than of latitude anywhere (m)."""


def sent_and_staying(staged: Staged, *, later: bool = False) -> CTE:
    """What is sent and in use, and what stays in force under the same streets, villages and estates; those have no `row`.

    What a delivery does not touch is not looked at: it was when it came in. With `later`, what is published for later days
    of addresses that were not sent stands among them.
    """
    s, v = staged.register.staging.c, staged.register.table.c
    sent = select(cast(s.row, BigInteger).label("row"), s.source_row, *_columns(s)).where(staged.sent, in_use(s))
    # told as one value: beside an anti-join the database expects one row, and would try each against each
    touched = list(staged.tx.scalars(select(s.bearer_key).where(staged.sent).distinct()))
    nowhere = cast(null(), BigInteger).label("row"), cast(null(), Integer).label("source_row")
    here = v.bearer_key == any_(cast(touched, ARRAY(Text)))
    # found first and asked afterwards: what a question looks for, put into the anti-join, would spoil its plan
    staying = (
        select(*nowhere, *_columns(v))
        .where(staged.staying, in_use(v), here)
        .cte("staying")
        .prefix_with("MATERIALIZED")
    )
    if not later:
        return union_all(sent, select(staying)).cte("addresses")
    own = staged.register.staging.alias("own")
    theirs = ~exists().where(own.c.delivery == staged.delivery, own.c.code == v.code)
    planned = and_(v.superseded_at.is_(None), v.valid_from > staged.day)
    to_come = select(*nowhere, *_columns(v)).where(planned, here, in_use(v), theirs)
    return union_all(sent, select(staying), to_come).cte("addresses")


def in_force_on(day: date, unit: str = "") -> CTE:
    """All addresses in force on a day and in use, of a unit (beginning of the unit codes); `row` is their version."""
    v = ADDRESSES.table
    here = func.starts_with(v.c.unit, unit)
    found = select(v.c.version.label("row"), *_columns(v.c)).where(in_force(v, day), in_use(v.c), here)
    return found.cte("addresses")


def in_use(columns: Any) -> ColumnElement[bool]:
    """Addresses that nobody has given up."""
    return func.coalesce(columns.status, "").not_in(GIVEN_UP)


def standing(columns: Any) -> ColumnElement[bool]:
    """Addresses of buildings that stand; numbers kept for later ones are placed where there is room."""
    return and_(func.coalesce(columns.status, "") != PROMISED, func.coalesce(columns.built, "") != "planned")


def building_in(inside_key: ColumnElement[str]) -> ColumnElement[str]:
    """The building behind a plate; empty where the plate is that of the building."""
    return func.split_part(inside_key, PATH, 1)


def about_metres(
    west: ColumnElement[Any], east: ColumnElement[Any], south: ColumnElement[Any], north: ColumnElement[Any]
) -> ColumnElement[float]:
    """How far two places are apart (m), at most 1 % too much: good enough to choose what is to be measured."""
    wide = (east - west) * func.cos(func.radians(south))
    return func.sqrt(wide * wide + (north - south) * (north - south)) * METRES_PER_DEGREE


def _columns(c: Any) -> list[ColumnElement[Any]]:
    place = (func.ST_X(c.geom).label("lon"), func.ST_Y(c.geom).label("lat"))
    return [*(c[name] for name in NAMES), *place]
