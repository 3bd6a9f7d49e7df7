"""Capacity: how much service area, how many beds, seats and graves each community and town has, beside who lives there.

What serves several communities is shared among them by households. Only what is open counts. Where households or people
are not registered, nothing is divided by them; where a deployment has set no demand, nothing is called too little.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, literal, or_, select

from boundaries.units import UNITS
from gis.codes import levels
from gis.settings import Settings
from gis.text import Text
from placenames.checks.asked import DAY
from placenames.checks.ground import stands
from placenames.sites.cemeteries import CEMETERIES
from placenames.sites.communities_served import FOR_HOUSEHOLDS, Directory, Place, shares
from placenames.sites.facilities import FACILITIES
from placenames.sites.figures_set import figures

AREA = "area_m2"
KINDS = {
    "beds": Text("床位", "Beds"),
    "meal_seats": Text("餐位", "Seats at meals"),
    "day_places": Text("日托位", "Day-care places"),
    "graves": Text("剩余墓穴(格位)", "Free plots and niches"),
}
"""What is counted for every thousand people."""
NOT_FOR_RESIDENTS = ("scattered", "martyrs")
"""Cemeteries in which nobody is given a plot."""


@dataclass(frozen=True, slots=True)
class Capacity:
    """What a community or town has, and who lives there; `town` is empty for a town."""

    code: str
    name: str
    town: str
    households: int | None
    population: int | None
    has: Mapping[str, float] = field(default_factory=dict)
    placed: bool = True
    """Whether anybody knows where it is."""

    @property
    def area_per_100(self) -> float | None:
        """Service area for each hundred households (m²)."""
        return 100 * self.has.get(AREA, 0.0) / self.households if self.households else None

    def per_1000(self, kind: str) -> float | None:
        """Beds, seats or graves for each thousand people."""
        return 1000 * self.has.get(kind, 0.0) / self.population if self.population else None

    def missing(self, kind: str, demand: Mapping[str, float]) -> float | None:
        """How many are wanted beyond what there is; None where no demand was set or nobody knows who lives there."""
        if kind not in demand or self.population is None:
            return None
        return max(0.0, demand[kind] * self.population / 1000 - self.has.get(kind, 0.0))


@dataclass(frozen=True, slots=True)
class Capacities:
    """The communities and towns of a unit on a day, and what is wanted for every thousand people."""

    communities: list[Capacity]
    towns: list[Capacity]
    demand: Mapping[str, float]


def capacities(look: Connection, on: date, settings: Settings, unit: str = "") -> Capacities:
    """What every community and town of a unit (beginning of unit codes) has on a day.

    Raises BadInput where JIEZHI_DEMAND_PER_1000 cannot be read.
    """
    demand = figures("JIEZHI_DEMAND_PER_1000", settings.demand_per_1000, "|".join(KINDS))
    lowest = list(levels(settings.unit_codes))[-1]
    units = look.execute(_units(lowest, settings.parts_level), {DAY: on}).all()
    below = [each for each in units if each.level == lowest]
    directory = Directory.of(Place(each.code, each.name, each.town) for each in below)
    households = {each.code: each.households for each in below}
    of_communities: dict[str, Counter[str]] = {}
    of_towns: dict[str, Counter[str]] = {}
    for site in look.execute(_FACILITIES.union_all(_CEMETERIES), {DAY: on}).all():
        has = {AREA: site.area_m2, **{kind: getattr(site, kind) for kind in KINDS}}
        _add(of_towns, directory.town(site.unit), has, 1.0)
        served = directory.whom_it_serves(site.unit, site.community, site.served)
        for code, share in shares(served, households).items():
            _add(of_communities, code, has, share)
    communities = [_capacity(each, of_communities) for each in below]
    named = {each.code: each for each in units if each.level != lowest}
    towns = [_of_town(code, named.get(code), own, of_towns) for code, own in _by_town(communities)]
    inside, towns_inside = ([each for each in some if each.code.startswith(unit)] for some in (communities, towns))
    return Capacities(inside, towns_inside, demand)


def _add(sums: dict[str, Counter[str]], code: str, has: Mapping[str, float], share: float) -> None:
    own = sums.setdefault(code, Counter())
    for kind, amount in has.items():
        own[kind] += amount * share  # type: ignore[assignment]  # a Counter adds what it is given


def _capacity(unit: Any, sums: Mapping[str, Mapping[str, float]]) -> Capacity:
    return Capacity(unit.code, unit.name, unit.town, unit.households, unit.population, sums.get(unit.code, {}), unit.placed)


def _by_town(communities: Iterable[Capacity]) -> list[tuple[str, list[Capacity]]]:
    """The communities of each town, in the order of its code."""
    found: dict[str, list[Capacity]] = {}
    for each in communities:
        if each.town:
            found.setdefault(each.town, []).append(each)
    return sorted(found.items())


def _of_town(
    code: str, unit: Any, own: Sequence[Capacity], sums: Mapping[str, Mapping[str, float]]
) -> Capacity:
    """A town as it is registered; who lives there is what its communities say together when it does not say it itself."""
    households = unit.households if unit is not None else None
    population = unit.population if unit is not None else None
    return Capacity(
        code,
        code if unit is None else unit.name,
        "",
        _all_of_them(each.households for each in own) if households is None else households,
        _all_of_them(each.population for each in own) if population is None else population,
        sums.get(code, {}),
    )


def _all_of_them(numbers: Iterable[int | None]) -> int | None:
    """The sum, where every one is known."""
    total = 0
    for each in numbers:
        if each is None:
            return None
        total += each
    return total


def _units(lowest: str, towns: str) -> Select[Any]:
    u = UNITS.table
    placed = or_(and_(u.c.seat_lon.is_not(None), u.c.seat_lat.is_not(None)), u.c.geom.is_not(None)).label("placed")
    columns = (u.c.code, u.c.name, u.c.level, func.coalesce(u.c.parent, "").label("town"), u.c.households, u.c.population,
               placed)  # fmt: skip
    return select(*columns).where(stands(u), u.c.level.in_((lowest, towns))).order_by(u.c.code)


def _facilities() -> Select[Any]:
    f = FACILITIES.table
    size = func.coalesce(f.c.floor_area_m2, f.c.inside_area_m2, 0.0)
    return select(
        f.c.unit, f.c.community, f.c.served,
        case((f.c.type.in_(FOR_HOUSEHOLDS), size), else_=0.0).label(AREA),
        *(func.coalesce(f.c[kind], 0).label(kind) for kind in ("beds", "meal_seats", "day_places")),
        literal(0).label("graves"),
    ).where(stands(f), f.c.state == "open", or_(size > 0, f.c.beds > 0, f.c.meal_seats > 0, f.c.day_places > 0))  # fmt: skip


def _cemeteries() -> Select[Any]:
    c = CEMETERIES.table
    plots = func.coalesce(c.c.plots_built, 0) - func.coalesce(c.c.plots_used, 0)
    niches = func.coalesce(c.c.niches, 0) - func.coalesce(c.c.niches_used, 0)
    free = func.greatest(plots, 0) + func.greatest(niches, 0)
    return select(
        c.c.unit, c.c.community, c.c.serves, literal(0.0), literal(0), literal(0), literal(0), free,
    ).where(stands(c), c.c.state == "open", c.c.category.not_in(NOT_FOR_RESIDENTS), free > 0)  # fmt: skip


_FACILITIES, _CEMETERIES = _facilities(), _cemeteries()
