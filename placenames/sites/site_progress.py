"""Progress of sites: how many facilities and cemeteries are planned, being built and built, as SELECTs that plans count.

A facility counts as built from the day of its opening, or, where none is given, from the day since which it is known as
open; a cemetery from the day of its acceptance or opening, and never without one. Until that day it is being built. What
has closed counts no more. Asked as known at an earlier moment, all this is counted from what was recorded then.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Double, Select, and_, case, cast, false, func, literal, select

from gis.history import in_force
from gis.registers import Metric, Register
from gis.text import Text
from placenames.sites.cemeteries import CEMETERIES
from placenames.sites.facilities import FACILITIES

STEP = {
    "planned": "site_planned", "site_chosen": "site_planned", "approved": "site_planned", "building": "site_building",
    "open": "site_open", "accepted": "site_open", "full": "site_open",
}  # fmt: skip
"""State of a site -> how far it is; what is closed is nowhere."""
PLACES = Text("个", "sites")
Items = Callable[[str, date, datetime | None], Select[Any]]


def facilities_of(*types: str) -> Items:
    """Facilities of some types count one each."""

    def items(scope: str, on: date, known: datetime | None = None) -> Select[Any]:
        v = FACILITIES.table.c
        return _counted(FACILITIES, literal(1.0), _opening(), scope, on, known).where(v.type.in_(types))

    return items


def beds(scope: str, on: date, known: datetime | None = None) -> Select[Any]:
    """Beds of facilities, whatever their type."""
    v = FACILITIES.table.c
    return _counted(FACILITIES, cast(v.beds, Double), _opening(), scope, on, known).where(v.beds > 0)


def rural_cemeteries(scope: str, on: date, known: datetime | None = None) -> Select[Any]:
    """Public cemeteries in the country count one each, from the day of their acceptance or opening."""
    v = CEMETERIES.table.c
    counted = _counted(CEMETERIES, literal(1.0), func.least(v.accepted_on, v.opened_on), scope, on, known)
    return counted.where(v.category.in_(("rural_public", "rural_ground")))


def _opening() -> ColumnElement[date]:
    v = FACILITIES.table.c
    return func.coalesce(v.opened_on, v.valid_from)


def _counted(
    register: Register, amount: ColumnElement[float], built_on: ColumnElement[date], scope: str, on: date,
    known: datetime | None,
) -> Select[Any]:  # fmt: skip
    v = register.table
    step = case(STEP, value=v.c.state)
    built = and_(step == "site_open", func.coalesce(built_on <= on, false()))
    milestone = case((built, "site_open"), (step == "site_open", "site_building"), else_=step)
    reached = case((built, built_on), else_=v.c.valid_from)
    return (
        select(v.c.code, v.c.name, amount.label("amount"), milestone.label("milestone"), reached.label("reached"))
        .where(in_force(v, on, known), func.starts_with(v.c.unit, scope), v.c.state.in_(STEP))
        .order_by(v.c.code)
    )  # fmt: skip


FACILITIES.metrics.extend(
    [
        Metric("home_care_stations", Text("居家养老服务照料中心(站)", "Home-care stations"), PLACES,
               facilities_of("home_care_station")),
        Metric("service_centres", Text("镇街级社区综合服务中心", "Street-level service centres"), PLACES,
               facilities_of("service_centre")),
        Metric("service_stations", Text("社区综合服务站", "Community service stations"), PLACES,
               facilities_of("service_station")),
        Metric("community_offices", Text("社区办公用房", "Community offices"), PLACES, facilities_of("community_office")),
        Metric("day_care_centres", Text("日间照料中心", "Day-care centres"), PLACES, facilities_of("day_care")),
        Metric("beds", Text("养老床位", "Beds"), Text("张", "beds"), beds),
        Metric("village_halls", Text("村级便民服务大厅", "Village service halls"), PLACES, facilities_of("village_hall")),
    ]
)  # fmt: skip
CEMETERIES.metrics.append(
    Metric("rural_cemeteries", Text("农村公益性公墓", "Rural public cemeteries"), PLACES, rural_cemeteries)
)
