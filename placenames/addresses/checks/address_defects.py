"""Address defects: 一号多址, 多号一址, 有址无号, 有号无址, as questions about many addresses at once.

The five defects of addresses, these four and 号址不一 (`number_as_sent`), were named in one city's press (Yichang); no
law and no standard defines them. The definitions are ours, and each is written out beside its question. A question is put
to a delivery (rules AD17 to AD20) and to what is in force (`defect_counts`); it answers `row`, `unit`, `text` and what
fills the rule's sentence, one row for each defect.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    CTE,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    and_,
    cast,
    distinct,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY

from gis.settings import Settings
from gis.text import Text
from placenames.addresses.checks.address_rules import HANGING
from placenames.addresses.checks.addresses_together import about_metres, building_in, standing
from placenames.addresses.toponyms import TOPONYMS


@dataclass(frozen=True)
class Defect:
    """One of the five: the rule that finds it, what it is called, and what we take it to mean."""

    rule: str
    name: Text
    meaning: Text


DEFECTS = (
    Defect("AD16", Text("号址不一", "number unlike address"), Text(
        "来文地址写的门牌号或街路巷与各字段不同;省略和另一种写法不算",
        "the address as it was sent says another number or street than its parts; what it leaves out, and another way of"
        " writing, do not count",
    )),
    Defect("AD17", Text("一号多址", "one number, many places"), Text(
        "同一门牌(或其中同一楼幢)的位置相距超过 JIEZHI_SAME_PLACE_M",
        "the points of one plate, or of one building behind it, are farther apart than JIEZHI_SAME_PLACE_M",
    )),
    Defect("AD18", Text("多号一址", "many numbers, one place"), Text(
        "同一街路巷或村的几个主号在同一点,且门牌后没有户室;附号和预留号不算",
        "several numbers of one street or village are at the very same point, with nothing behind any of them; sub-numbers"
        " and numbers kept for later do not count",
    )),
    Defect("AD19", Text("有址无号", "address without number"), Text(
        "小区、街路巷或村内有楼幢、户室,而当地没有任何门牌号;按小区、街路巷或村计数",
        "buildings or rooms stand in an estate, street or village that bears no number at all; counted by estate, street or"
        " village",
    )),
    Defect("AD20", Text("有号无址", "number without address"), Text(
        "门牌已制作或安装,而没有位置,或建筑尚未建成",
        "a plate was made or hangs, but it has no point, or its building does not stand yet",
    )),
)  # fmt: skip
"""The five defects, in the order of their rules; the definitions are ours."""
GRID = 10.0**6
"""Places are one and the same where their coordinates agree to so much of a degree (0.1 m)."""
SHOWN = 6
"""So many numbers are shown of a place that bears more."""


def one_number_many_places(addresses: CTE, settings: Settings) -> Select[Any]:
    """一号多址: the points of one plate, or of one building behind it, are spread over more than JIEZHI_SAME_PLACE_M.

    A plate with several buildings may be wide; its buildings are looked at one by one. Answers how many `points` there
    are and how far it is across the box around them (`metres`).
    """
    a = addresses.c
    building = building_in(a.inside_key)
    points: Any = func.count()
    across: Any = about_metres(func.min(a.lon), func.max(a.lon), func.min(a.lat), func.max(a.lat))
    return (
        select(func.min(a.row).label("row"), func.min(a.unit).label("unit"), func.min(a.text).label("text"),
               points.label("points"), across.label("metres"))
        .where(a.plate_key != "", a.lon.is_not(None))
        .group_by(a.bearer_key, a.plate_key, building)
        .having(func.min(a.row).is_not(None), across > settings.same_place_m)
        .order_by(func.min(a.row))
    )  # fmt: skip


def many_numbers_one_place(addresses: CTE, _settings: Settings) -> Select[Any]:
    """多号一址: several numbers of one street or village are at one and the same point, with nothing behind any of them.

    Sub-numbers of one number may share a door; where flats or floors lie behind, the doors are those of one building.
    Numbers kept for later are not meant. Answers `points` (how many numbers) and `numbers`, the first of them.
    """
    a = addresses.c
    plates = (
        select(a.bearer_key, func.min(a.ordinal).label("ordinal"), func.min(a.row).label("row"),
               func.min(a.unit).label("unit"), func.min(a.text).label("text"),
               _grid(func.min(a.lon)).label("x"), _grid(func.min(a.lat)).label("y"))
        .where(a.ordinal > 0, a.lon.is_not(None), standing(a))
        .group_by(a.bearer_key, a.plate_key)
        .having(func.max(a.inside_key) == "")
        .subquery("plates")
    )  # fmt: skip
    p = plates.c
    several = func.count(distinct(p.ordinal))
    first = func.min(p.row)
    numbers = func.array_to_string(func.array_agg(distinct(p.ordinal), type_=ARRAY(Integer))[1:SHOWN], "、")
    return (
        select(first.label("row"), func.min(p.unit).label("unit"), func.min(p.text).label("text"),
               several.label("points"), numbers.label("numbers"))
        .group_by(p.bearer_key, p.x, p.y)
        .having(func.min(p.ordinal) < func.max(p.ordinal), first.is_not(None))
        .order_by(first)
    )  # fmt: skip


def address_without_number(addresses: CTE, _settings: Settings) -> Select[Any]:
    """有址无号: buildings, staircases or rooms stand in an estate, street or village under no number at all.

    An estate that bears a number anywhere in its unit (at its gate on a street, say) has one. One row for each estate,
    street or village, with how many addresses it is about (`points`).
    """
    a, t, numbered = addresses.c, TOPONYMS.c, addresses.alias("numbered")
    bare = (
        select(a.bearer_key, func.min(a.row).label("row"), func.min(a.unit).label("unit"), func.min(a.text).label("text"),
               func.min(a.estate).label("estate"), func.count(a.row).label("points"))
        .where(a.plate_key == "", a.inside_key != "", standing(a))
        .group_by(a.bearer_key)
        .having(func.min(a.row).is_not(None))
        .subquery("bare")
    )  # fmt: skip
    b = bare.c
    known = exists().where(t.path == b.bearer_key, func.coalesce(t.gate_plate, "") != "")
    beside = exists().where(numbered.c.plate_key != "", numbered.c.unit == b.unit, numbered.c.estate == b.estate)
    return select(b.row, b.unit, b.text, b.points).where(~known, ~beside).order_by(b.row)


def number_without_address(addresses: CTE, _settings: Settings) -> Select[Any]:
    """有号无址: a plate was made or hangs, but it has no point, or its building does not stand yet (`is_planned`).

    What lies behind a plate is found through it; numbers only assigned or kept are not meant.
    """
    a = addresses.c
    hangs = and_(a.plate_key != "", a.inside_key == "", a.status.in_(HANGING))
    planned = func.coalesce(a.built, "") == "planned"
    return (
        select(a.row, a.unit, a.text, planned.label("is_planned"))
        .where(hangs, or_(a.lon.is_(None), planned), a.row.is_not(None))
        .order_by(a.row)
    )


def _grid(degrees: ColumnElement[Any]) -> ColumnElement[int]:
    return cast(func.round(degrees * GRID), BigInteger)
