"""Capacity on small maps: what is shared is shared by households, what is not known is not divided by."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert

from boundaries.units import UNITS
from gis.errors import BadInput
from gis.settings import Settings
from placenames.sites.capacity import Capacities, Capacity, capacities
from placenames.sites.cemeteries import CEMETERIES
from placenames.sites.communities_served import Directory, Place, shares
from placenames.sites.facilities import FACILITIES
from tests.naming import EAST, TODAY, WEST, LittleCounty
from tests.placenames.sites_desk import Sites

SINCE = date(2020, 1, 1)
BRIDGE, HILL, FIELD = (f"{WEST}{number}" for number in (301, 302, 303))


@pytest.fixture
def sites(little_county: LittleCounty) -> Sites:
    made = Sites(little_county)
    lives_in(made, BRIDGE, "样桥社区", 200, 500)
    lives_in(made, HILL, "样山村", 100, 250)
    lives_in(made, FIELD, "样田村", None, None)
    return made


def lives_in(sites: Sites, code: str, name: str, households: int | None, population: int | None) -> None:
    row = {"code": code, "name": name, "level": "village", "parent": code[:9], "valid_from": SINCE}
    sites.county.tx.execute(insert(UNITS.table).values(**row, households=households, population=population))


def told(sites: Sites, on: date = TODAY, unit: str = WEST, **settings: str) -> Capacities:
    return capacities(sites.county.tx, on, Settings(**settings), unit)  # type: ignore[arg-type]


def of(found: list[Capacity], code: str) -> Capacity:
    return next(each for each in found if each.code == code)


def test_what_serves_several_is_shared_by_households(sites):
    sites.has(FACILITIES, sites.facility(floor_area_m2=90.0, served="样桥、样山村委会", community="样桥社区", beds=30))
    found = told(sites)
    bridge, hill = of(found.communities, BRIDGE), of(found.communities, HILL)
    assert (bridge.has["area_m2"], hill.has["area_m2"]) == (60, 30)
    assert (bridge.area_per_100, hill.area_per_100) == (30, 30)
    assert (bridge.per_1000("beds"), hill.per_1000("beds")) == (40, 40)


def test_where_households_are_not_known_it_is_shared_equally_and_divided_by_nothing(sites):
    sites.has(FACILITIES, sites.facility(floor_area_m2=90.0, served="样桥社区、样田村"))
    found = told(sites)
    bridge, field = of(found.communities, BRIDGE), of(found.communities, FIELD)
    assert (bridge.has["area_m2"], field.has["area_m2"]) == (45, 45)
    assert (bridge.area_per_100, field.area_per_100, field.per_1000("beds")) == (22.5, None, None)
    town = of(found.towns, WEST)
    assert (town.has["area_m2"], town.households, town.area_per_100) == (90, None, None)


def test_a_town_has_what_stands_in_it_once(sites):
    one, other = f"{EAST}301", f"{EAST}302"
    lives_in(sites, one, "样泉社区", 300, 900)
    lives_in(sites, other, "样井村", 100, 300)
    sites.has(
        FACILITIES,
        sites.facility(unit=EAST, floor_area_m2=80.0, served="全镇"),
        sites.facility(unit=EAST, type="service_centre", floor_area_m2=120.0),  # it says of nobody that it serves them
        sites.facility(unit=other, floor_area_m2=10.0),
    )
    found = told(sites, unit=EAST)
    town = of(found.towns, EAST)
    assert (town.has["area_m2"], town.households, town.population, town.area_per_100) == (210, 400, 1200, 52.5)
    assert [of(found.communities, code).has["area_m2"] for code in (one, other)] == [60, 30]


def test_only_what_is_open_and_of_the_right_type_counts(sites):
    sites.has(
        FACILITIES,
        sites.facility(community="样桥", floor_area_m2=60.0, state="building", beds=10),
        sites.facility(community="样桥", floor_area_m2=60.0, state="closed", beds=10),
        sites.facility(community="样桥", type="care_home", floor_area_m2=900.0, beds=10, meal_seats=25, day_places=5),
    )
    bridge = of(told(sites).communities, BRIDGE)
    assert [bridge.has[kind] for kind in ("area_m2", "beds", "meal_seats", "day_places")] == [0, 10, 25, 5]
    assert bridge.area_per_100 == 0
    assert told(sites, on=date(2019, 1, 1)).communities == []


def test_graves_that_are_free_are_counted_where_residents_are_given_them(sites):
    sites.has(
        CEMETERIES,
        sites.cemetery(serves="样桥社区", plots_built=300, plots_used=250),
        sites.cemetery(serves="样桥社区", category="ash_hall", niches=100, niches_used=40),
        sites.cemetery(serves="样桥社区", category="martyrs", plots_built=300),
        sites.cemetery(serves="样桥社区", state="accepted", plots_built=300),
        sites.cemetery(serves="样桥社区", plots_built=10, plots_used=12),
    )
    bridge = of(told(sites).communities, BRIDGE)
    assert (bridge.has["graves"], bridge.per_1000("graves")) == (110, 220)


def test_nothing_is_called_too_little_until_somebody_says_how_much_is_wanted(sites):
    sites.has(FACILITIES, sites.facility(community="样桥", type="care_home", beds=2))
    bridge = of(told(sites).communities, BRIDGE)
    assert bridge.missing("beds", told(sites).demand) is None
    wanted = told(sites, demand_per_1000="beds:9,meal_seats:0").demand
    assert (bridge.missing("beds", wanted), bridge.missing("meal_seats", wanted)) == (2.5, 0)
    assert bridge.missing("graves", wanted) is None
    assert of(told(sites).communities, FIELD).missing("beds", wanted) is None


@pytest.mark.parametrize("wrong", ["beds", "beds:many", "chairs:4", "beds:-1", "beds:inf"])
def test_a_demand_that_cannot_be_read_says_so(sites, wrong):
    with pytest.raises(BadInput, match="JIEZHI_DEMAND_PER_1000"):
        told(sites, demand_per_1000=wrong)


def test_one_of_several_units_is_asked_for(sites):
    found = told(sites, unit=HILL)
    assert [each.code for each in found.communities] == [HILL]
    assert found.towns == []


@pytest.mark.parametrize(
    ("community", "served", "whom"),
    [
        (None, "样桥居委会,样山", [BRIDGE, HILL]),
        ("样山村", None, [HILL]),
        ("样山村", "本社区", [HILL]),
        ("样山村", "没有这个村", [HILL]),
        (None, f"{FIELD}", [FIELD]),
        (None, "全镇", [BRIDGE, HILL, FIELD]),
        ("样山村", "全县", [HILL]),
        (None, "样江村", ["990101999301"]),  # of another town, and the only one called so
        (None, "样同村", []),  # two other towns have one
        (None, None, []),
    ],
)
def test_communities_are_known_by_the_names_in_use(community, served, whom):
    others = [("990101999301", "样江村"), ("990101999302", "样同村"), ("990101998302", "样同村")]
    here = [(BRIDGE, "样桥社区"), (HILL, "样山村"), (FIELD, "样田村")]
    directory = Directory.of(Place(code, name, code[:9]) for code, name in [*here, *others])
    assert directory.whom_it_serves(WEST, community, served) == whom


@given(st.dictionaries(st.text(min_size=1), st.none() | st.integers(0, 10_000), min_size=1, max_size=9))
def test_shares_are_one_whole(households):
    parts = shares(households, households)
    assert parts.keys() == households.keys()
    assert sum(parts.values()) == pytest.approx(1)
    if all(households.values()):
        assert sorted(parts, key=lambda each: (parts[each], each)) == sorted(
            parts, key=lambda each: (households[each], each)
        )
