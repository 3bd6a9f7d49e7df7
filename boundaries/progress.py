"""Progress: how far lines, tri-junctions and towns have come, as SELECTs that plans count.

A line is *planned* from the day it has geometry; a survey that would make it agreed moves it to *submitted*,
*returned* or *accepted*; publication makes it *agreed*. A town has come as far as the least of its ring: all its
lines and all its tri-junctions. Asked as known at an earlier moment, all this is counted from what was recorded then.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Double,
    Integer,
    Select,
    Table,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import distinct_on

from boundaries.lines import LINES
from boundaries.tri_junctions import TRI_JUNCTIONS
from boundaries.units import UNITS
from gis.events import EVENTS
from gis.history import as_known, in_force
from gis.intake.standing import mentions
from gis.intake.submissions import DELIVERIES, SUBMISSIONS
from gis.registers import Metric, Register
from gis.settings import settings
from gis.text import Text

STEP_OF_STATE = {"returned": "returned", "ready": "submitted", "accepted": "accepted", "publishing": "accepted"}
UNITS_OF_COUNT = {
    "lines": Text("条", "lines"),
    "km": Text("千米", "km"),
    "points": Text("个", "points"),
    "towns": Text("个", "towns"),
}


def lines(scope: str, on: date, known: datetime | None = None) -> Select[Any]:
    """Every inner line of an area counts one, on either side of a shared stretch only once."""
    return _of_lines(scope, on, known, literal(1.0))


def kilometres(scope: str, on: date, known: datetime | None = None) -> Select[Any]:
    """Every inner line counts its length on the ellipsoid, in km."""
    return _of_lines(scope, on, known, cast(LINES.table.c.length_m / 1000, Double))


def tri_junctions(scope: str, on: date, known: datetime | None = None) -> Select[Any]:
    """Every tri-junction of an area counts one, those on its outline too."""
    return _states(TRI_JUNCTIONS, on, known, literal(1.0)).where(mentions(TRI_JUNCTIONS, [scope]))


def towns(scope: str, on: date, known: datetime | None = None) -> Select[Any]:
    """A town has come as far as the least of the lines and tri-junctions on its ring."""
    ring = _ring(on, known)
    u = UNITS.table.c
    rank = func.min(ring.c.rank)
    step = case(*((rank == number, name) for number, name in enumerate(LINES.milestones)), else_="planned")
    return (
        select(
            u.code,
            u.name,
            literal(1.0).label("amount"),
            step.label("milestone"),
            func.max(ring.c.reached).label("reached"),
        )
        .join_from(UNITS.table, ring, ring.c.unit == u.code)
        .where(in_force(UNITS.table, on, known), u.level == settings().parts_level, u.code.like(scope + "%"))
        .group_by(u.code, u.name)
        .order_by(u.code)
    )


def _of_lines(scope: str, on: date, known: datetime | None, amount: ColumnElement[float]) -> Select[Any]:
    v = LINES.table.c
    here = or_(v.left.like(scope + "%"), v.right.like(scope + "%"))
    return _states(LINES, on, known, amount).where(here, v.role == "inner")


def _states(
    register: Register, on: date, known: datetime | None, amount: ColumnElement[float]
) -> Select[Any]:
    """Records in force on a day with their milestone and the day they reached it."""
    v = register.table
    pending = _pending(register, on, known)
    agreed = v.c.status == "agreed"
    step = case((agreed, "agreed"), else_=func.coalesce(pending.c.step, "planned"))
    reached = case((agreed, _agreed_since(v, known)), else_=pending.c.day)
    return (
        select(v.c.code, v.c.name, amount.label("amount"), step.label("milestone"), reached.label("reached"))
        .select_from(v.outerjoin(pending, pending.c.code == v.c.code))
        .where(in_force(v, on, known))
        .order_by(v.c.code)
    )


def _agreed_since(v: Table, known: datetime | None) -> ColumnElement[date]:
    earlier: Any = v.alias()  # as good as the table: only its columns are asked
    return (
        select(func.min(earlier.c.valid_from))
        .where(earlier.c.id == v.c.id, earlier.c.status == "agreed", as_known(earlier, known))
        .scalar_subquery()
    )


def _pending(register: Register, on: date, known: datetime | None) -> CTE:
    """Codes that a survey under way would make agreed, with the furthest step of any such survey on that day."""
    step = EVENTS.c.detail["state"].astext
    told = true() if known is None else EVENTS.c.at <= known
    last = (
        select(
            EVENTS.c.subject,
            step.label("state"),
            cast(EVENTS.c.detail["round"].astext, Integer).label("round"),
            func.date(EVENTS.c.at).label("day"),
        )
        .ext(distinct_on(EVENTS.c.subject))
        .where(EVENTS.c.detail.has_key("state"), func.date(EVENTS.c.at) <= on, told)
        .order_by(EVENTS.c.subject, EVENTS.c.id.desc())
        .subquery()
    )
    s = register.staging.c
    rank = case({name: number for number, name in enumerate(STEP_OF_STATE)}, value=last.c.state)
    found = (
        select(s.code, case(STEP_OF_STATE, value=last.c.state).label("step"), last.c.day)
        .ext(distinct_on(s.code))
        .select_from(last)
        .join(SUBMISSIONS, last.c.subject == func.concat("submission/", SUBMISSIONS.c.id))
        .join(
            DELIVERIES, and_(DELIVERIES.c.submission == SUBMISSIONS.c.id, DELIVERIES.c.round == last.c.round)
        )
        .join(register.staging, s.delivery == DELIVERIES.c.id)
        .where(last.c.state.in_(STEP_OF_STATE), s.status == "agreed", ~s.set_aside)
        .order_by(s.code, rank.desc())
    )
    return found.cte(f"pending_{register.name}")


def _ring(on: date, known: datetime | None) -> CTE:
    """(unit, rank, reached) for every line and tri-junction on a unit's ring."""
    parts = []
    for register in (LINES, TRI_JUNCTIONS):
        states = _states(register, on, known, literal(1.0)).order_by(None)
        states = states.add_columns(*(register.table.c[side] for side in register.area_fields))
        rows = states.cte(f"ring_of_{register.name}")
        rank = case({name: number for number, name in enumerate(LINES.milestones)}, value=rows.c.milestone)
        parts += [
            select(
                func.unnest(func.string_to_array(rows.c[side], ",")).label("unit"),
                rank.label("rank"),
                rows.c.reached,
            )
            for side in register.area_fields
        ]
    return union_all(*parts).cte("ring")


LINES.metrics.extend(
    [
        Metric("lines", Text("界线", "Lines"), UNITS_OF_COUNT["lines"], lines),
        Metric("km", Text("界线长度", "Length"), UNITS_OF_COUNT["km"], kilometres),
    ]
)
TRI_JUNCTIONS.metrics.append(
    Metric("tri_junctions", Text("三交点", "Tri-junctions"), UNITS_OF_COUNT["points"], tri_junctions)
)
UNITS.metrics.append(Metric("towns", Text("乡镇(街道)", "Towns"), UNITS_OF_COUNT["towns"], towns))
