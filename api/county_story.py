"""The story of the sample county's first half-year: which lines were surveyed when, and how far each got.

Seven of eleven towns (60 %) are to be complete by the end of the first year. Of all sets of seven the one
with the fewest lines is chosen: 20 of the 25. Half a year in, there is work in every state.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, islice
from typing import Literal

import geopandas as gpd

from api.county import TOWN_NAMES, County, Generation
from api.county_files import Flavour

State = Literal["agreed", "accepted", "submitted", "returned"]

TODAY = 182
"""Days since the plan's first day on which the story stops."""
FIRST_YEAR_TOWNS = 7
PILOT_LINES = 1


@dataclass(frozen=True)
class Step:
    """One submission: on which day of the plan, which lines, in which form, and what has become of it.

    `day` is the effective day of what is agreed, else the day on which it came in.
    """

    day: int
    lines: tuple[str, ...]
    generation: Generation
    state: State
    flavour: Flavour
    reason: str = ""
    """Why it was returned."""


_STEPS: tuple[tuple[int, int, State, Flavour], ...] = (
    (58, PILOT_LINES, "agreed", "geopackage"),
    (96, 3, "agreed", "shapefile"),
    (131, 3, "agreed", "shapefile"),
    (163, 2, "agreed", "geojson"),
    (170, 1, "returned", "shapefile"),
    (175, 2, "accepted", "geopackage"),
    (179, 2, "submitted", "shapefile"),
)
"""Day, how many of the next lines, how far, in which form."""
RETURNED_BECAUSE = "002号界桩的登记表缺少一方签字,请补齐后重新报送(样例)"


def timeline(county: County) -> tuple[Step, ...]:
    """The submissions of the story in their order: all working lines on the first day, then surveys of some.

    Agreed: 9 lines, two towns complete; returned 1, accepted 2, submitted 2; 11 lines are only planned.
    """
    everything = tuple(county.lines["working"]["code"])
    first = Step(0, everything, "working", "agreed", "shapefile")
    following = iter(working_order(county))
    steps = [
        Step(
            day,
            tuple(islice(following, many)),
            "agreed",
            state,
            flavour,
            RETURNED_BECAUSE * (state == "returned"),
        )
        for day, many, state, flavour in _STEPS
    ]
    return first, *steps


def untouched_lines(county: County) -> tuple[str, ...]:
    """Inner lines that no survey of the story delivers, the last of the order last."""
    return working_order(county)[sum(many for _, many, _, _ in _STEPS) :]


def pilot_line(county: County) -> str:
    """The first line to be surveyed."""
    return working_order(county)[0]


def working_order(county: County) -> tuple[str, ...]:
    """All inner lines in the order of work: town after town, the seven of the first year first."""
    lines = county.lines["agreed"]
    inner = lines[lines["role"] == "inner"]
    rings = {town: _ring(inner, town) for town in TOWN_NAMES}
    chosen = min(combinations(rings, FIRST_YEAR_TOWNS), key=lambda towns: len(_all_of(rings, towns)))
    order: list[str] = []
    for towns in (set(chosen), set(rings) - set(chosen)):
        while towns:
            nearest = min(towns, key=lambda town: (len(rings[town] - set(order)), town))
            order += sorted(rings[nearest] - set(order))
            towns.remove(nearest)
    return tuple(order)


def _ring(inner: gpd.GeoDataFrame, town: str) -> set[str]:
    return set(inner["code"][(inner["left"] == town) | (inner["right"] == town)])


def _all_of(rings: dict[str, set[str]], towns: tuple[str, ...]) -> set[str]:
    return set().union(*(rings[town] for town in towns))
