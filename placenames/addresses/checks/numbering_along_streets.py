"""Numbering along streets: numbers rise as one walks, odd and even each for themselves.

Where the register of names holds the street as a line, plates are laid along it; where it does not, a plate is compared
with its neighbours in number. Only plates of streets and lanes are looked at: villages are numbered in many ways.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, Subquery, and_, func, or_, select

from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, table_rule
from gis.sources import NUMBERING_PRACTICE
from gis.text import Text
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.checks.addresses_together import about_metres
from placenames.addresses.checks.street_lines import FEWEST, STEP_M, along_their_streets, lay_down

REGISTER = ADDRESSES.name
IN_ORDER = 0.6
"""A side is numbered in order where so many more steps lead one way than the other (a share of all steps)."""
CLEARLY_M = 10.0
"""So far beyond two neighbours, and no less, is out of order (m): plates are measured to some metres."""


@table_rule(
    "AD15",
    REGISTER,
    severity=Severity.WARNING,
    source=NUMBERING_PRACTICE,
    title=Text("门牌号沿街路巷顺序编排", "Numbers follow each other along the street"),
    message=Text(
        "“{text}”不在同侧相邻门牌 {before} 与 {after} 之间,相距约 {metres} 米",
        "“{text}” does not stand between {before} and {after} of its side: about {metres} m away",
    ),
    fix=Text("核对坐标和门牌号", "check coordinates and number"),
)
def numbers_follow_each_other(staged: Staged) -> Iterator[Offence]:
    """Who walks past 8 and 10 expects 12 next. Only single plates that clearly stand elsewhere are said."""
    laid = lay_down(staged)
    assert laid is not None
    alone = select(laid.plates)
    if laid.lines is not None:
        yield from _out_of_order(staged, _beyond_their_neighbours(along_their_streets(laid.plates, laid.lines)))
        alone = alone.where(laid.plates.c.bearer.not_in(select(laid.lines.c.bearer)))
    yield from _out_of_order(staged, _far_from_their_neighbours(alone.subquery("alone"), staged.settings.road_near_m))


def _out_of_order(staged: Staged, statement: Select[Any]) -> Iterator[Offence]:
    for row in staged.rows(statement):
        before, after = (_NO_OTHER if each is None else f"{each}" for each in (row.before, row.after))
        values = {"text": row.text, "before": before, "after": after, "metres": f"{row.metres:,.0f}"}
        yield Offence(REGISTER, row.row, values=values)


_NO_OTHER = Text("(无)", "(none)")


def _beyond_their_neighbours(placed: CTE) -> Select[Any]:
    """Plates that stand before both plates numbered before them, or behind both after them, along the line."""
    o = _ordered(placed).c
    on = func.sign(o.turn) * o.along
    walk: Any = {"partition_by": (o.bearer, o.ordinal % 2), "order_by": o.ordinal}
    walked = (
        select(
            o.row, o.text, on.label("on"), *_beside(o, walk),
            *(func.lag(on, far).over(**walk).label(f"lag{far}") for far in (1, 2)),
            *(func.lead(on, far).over(**walk).label(f"lead{far}") for far in (1, 2)),
        )
        .where(o.steps >= FEWEST - 1, func.abs(o.turn) >= IN_ORDER * o.steps)
        .subquery("walked")
    )  # fmt: skip
    w = walked.c
    too_early = func.least(w.lag1, w.lag2) - w.on
    too_late = w.on - func.greatest(w.lead1, w.lead2)
    others_are = func.coalesce(w.lead1 > w.lag1 - CLEARLY_M, True)
    wrong = or_(and_(w.lag2.is_not(None), too_early > CLEARLY_M), and_(w.lead2.is_not(None), too_late > CLEARLY_M))
    return (
        select(w.row, w.text, w.before, w.after, func.greatest(too_early, too_late).label("metres"))
        .where(others_are, wrong, w.row.is_not(None))
        .order_by(w.row)
    )


def _ordered(placed: CTE) -> Subquery:
    """Plates with what is true of their side.

    `steps`: how many there are from number to number; `turn`: how many more of them lead on along the line than back.
    """
    p = placed.c
    walk: Any = {"partition_by": (p.bearer, p.ordinal % 2), "order_by": p.ordinal}
    step = p.along - func.lag(p.along).over(**walk)
    stepped = select(*p, step.label("step")).subquery("stepped")
    s = stepped.c
    side: Any = {"partition_by": (s.bearer, s.ordinal % 2)}
    told = func.abs(s.step) > STEP_M
    return select(
        s.bearer, s.row, s.text, s.ordinal, s.along, func.count().filter(told).over(**side).label("steps"),
        func.sum(func.sign(s.step)).filter(told).over(**side).label("turn"),
    ).subquery("ordered")  # fmt: skip


def _far_from_their_neighbours(plates: Subquery, reach: float) -> Select[Any]:
    """Plates farther from both neighbours than these are from each other and a plate may stand from its street."""
    p = plates.c
    walk: Any = {"partition_by": (p.bearer, p.ordinal % 2), "order_by": p.ordinal}
    walked = select(
        p.row, p.text, p.lon, p.lat, *_beside(p, walk),
        *(func.lag(p[axis]).over(**walk).label(f"{axis}0") for axis in ("lon", "lat")),
        *(func.lead(p[axis]).over(**walk).label(f"{axis}2") for axis in ("lon", "lat")),
    ).subquery("walked")  # fmt: skip
    w = walked.c
    near = func.least(about_metres(w.lon0, w.lon, w.lat0, w.lat), about_metres(w.lon, w.lon2, w.lat, w.lat2))
    apart = about_metres(w.lon0, w.lon2, w.lat0, w.lat2)
    return (
        select(w.row, w.text, w.before, w.after, near.label("metres"))
        .where(w.row.is_not(None), w.before.is_not(None), w.after.is_not(None), near > apart + reach)
        .order_by(w.row)
    )


def _beside(plates: Any, walk: Any) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """The numbers before and after, on the same side."""
    number = plates.ordinal
    return func.lag(number).over(**walk).label("before"), func.lead(number).over(**walk).label("after")
