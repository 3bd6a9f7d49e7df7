"""The sites of the sample county: of every type and state, lawful where they should be, brought in by its own people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from api import demo_sites
from api.county import TOWN_NAMES, County
from api.county_addresses import common_ground, make_addresses
from api.county_cemeteries import free_ground
from api.county_facilities import facilities_on
from api.county_names import make_names
from api.county_pictures import lay_pictures
from api.county_shapes import area_m2
from api.county_sites import REPORTED, Sites, make_sites
from api.county_story import TODAY
from api.county_targets import plan_of_sites
from api.demo_names import Office as NamesOffice
from api.demo_names import bring_in_names
from api.grave_photos import photo_called
from gis.settings import Settings
from placenames.sites import cemeteries, facilities, graves
from placenames.sites.cemeteries import AREA_KINDS, CEMETERIES
from placenames.sites.facilities import FACILITIES
from placenames.sites.grave_deadlines import LIGHTS, light_of
from tests.api.test_county_names import WorkedDesk
from tests.conftest import Office, office_of_its_own

SINCE = date.today() - timedelta(days=TODAY)
PUBLISHED = ("样例县禁葬区域图层", "样例县社区服务设施底册", "样例县公墓底册", "样例县违法墓葬排查", *demo_sites.CHANGES,
             "样例县违法墓葬整改复查")  # fmt: skip


@pytest.fixture(scope="module")
def names(county: County) -> gpd.GeoDataFrame:
    return make_names(county)


@pytest.fixture(scope="module")
def addresses(county: County, names: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return make_addresses(county, names)


@pytest.fixture(scope="module")
def sites(county: County, names: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame) -> Sites:
    return make_sites(county, names, addresses, SINCE)


@pytest.fixture(scope="module")
def now(sites: Sites) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Facilities and cemeteries as they are at the end of the story."""
    day = sites.day(TODAY)
    return facilities_on(sites.facilities, day), sites.burial.on(day)["公墓"]


@pytest.fixture(scope="module")
def sited_office(
    server, county: County, county_template: str, addresses, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """The sample county with its names and its sites."""
    folder: Path = tmp_path_factory.mktemp("sited")
    with office_of_its_own(server, county_template, folder) as office:
        for role in ("staff", "reviewer", "approver"):
            office.has(role, role)
        desks = NamesOffice(*(WorkedDesk(office, role) for role in ("staff", "reviewer", "approver")))
        names = bring_in_names(county, SINCE, desks, folder, print)
        administrator = WorkedDesk(office, "administrator")
        demo_sites.bring_in_sites(county, names, addresses, SINCE, desks, administrator, folder, print)
        office.folder = folder  # type: ignore[attr-defined]
        yield office


def submission(office: Office, title: str) -> dict[str, Any]:
    listed = office.client("reviewer").get("/submissions").json()["submissions"]
    number = next(each["id"] for each in listed if each["title"] == title)
    return office.state(number, "reviewer")


def broken(seen: dict[str, Any]) -> set[tuple[str, str]]:
    """The rules that are broken, notes apart, with their severity."""
    return {(each["rule"], each["severity"]) for each in seen["findings"] if each["severity"] != "note"}


def in_force(office: Office, collection: str, reader: str | None = None, **asked: Any) -> list[dict[str, Any]]:
    found = office.client(reader).get(f"/collections/{collection}/items", params={"limit": 500, **asked})
    return [each["properties"] for each in found.json()["features"]]


def test_there_are_some_120_facilities_of_every_type_in_every_state(sites: Sites, now) -> None:
    told, _ = now
    assert 110 <= len(told) <= 130
    assert told["code"].is_unique
    assert set(told["type"]) == set(facilities.TYPES)
    assert set(told["state"]) == set(facilities.STATES)
    assert set(told["tier"]) == set(facilities.TIERS)
    assert set(told["unit"]) == set(TOWN_NAMES)
    assert not told.duplicated(["type", "name"]).any()
    assert told[["floor_area_m2", "served", "address", "address_code"]].notna().all().all()
    assert set(told["community"]) <= set(sites.communities["name"])


def test_there_are_some_30_cemeteries_of_every_category_in_every_state(sites: Sites, now) -> None:
    _, told = now
    assert len(told) == 30
    assert set(told["category"]) == set(cemeteries.CATEGORIES)
    assert set(told["state"]) == set(cemeteries.STATES)
    assert set(told["level"]) == set(cemeteries.LEVELS)
    assert set(told["holds"]) == set(cemeteries.HOLDS)
    assert set(sites.burial.areas["kind"]) == set(AREA_KINDS)


def test_there_are_some_hundred_zones_with_irregular_outlines(sites: Sites) -> None:
    kinds = Counter(sites.zones["kind"])
    assert 90 < len(sites.zones) < 120
    assert kinds["farmland"] == 44
    assert {"forest", "reservoir", "water_source", "scenic", "city_park", "dike", "railway", "trunk_road"} <= set(kinds)
    areas = sites.zones[sites.zones.geom_type == "Polygon"]
    assert areas.geometry.is_valid.all()
    assert shapely.get_num_coordinates(areas.geometry.to_numpy()).max() > 250
    assert set(sites.zones[sites.zones["kind"].isin(("railway", "trunk_road"))].geom_type) == {"LineString"}


def test_there_are_graves_of_every_category_some_overdue_some_re_checked(sites: Sites) -> None:
    found = sites.graves
    assert set(found["category"]) == set(graves.CATEGORIES)
    assert set(found["result"]) == set(graves.RESULTS)
    assert set(found["action"]) == set(graves.ACTIONS)
    overdue = found[(found["result"] == "open") & (found["deadline"] < date.today())]
    assert 2 <= len(overdue) < len(found)
    assert found["rechecked_on"].notna().sum() == 3
    assert found["deadline"].notna().all()
    columns = found[["deadline", "result", "rechecked_on"]].itertuples(index=False)
    lights = Counter(light_of(*each, date.today(), Settings().grave_soon_days) for each in columns)
    assert set(lights) == set(LIGHTS)


def test_every_sample_grave_has_a_picture(sites: Sites, tmp_path: Path) -> None:
    lay_pictures(sites.graves["photo"], tmp_path)
    assert {photo_called(name, tmp_path).type for name in sites.graves["photo"]} == {"image/png"}  # type: ignore[union-attr]


def test_communities_have_a_place_households_and_people(sites: Sites) -> None:
    told = sites.communities
    assert len(told) == 154
    assert told["code"].is_unique
    assert set(told["parent"]) == set(TOWN_NAMES)
    assert told["code"].str.fullmatch("[0-9]{12}").all()
    assert told["seat_lon"].between(109, 111).all()
    assert (told["population"] > told["households"]).all()


def test_everything_says_that_it_is_a_sample(sites: Sites) -> None:
    for rows in (sites.facilities, sites.burial.sites, sites.zones, sites.graves):
        for row in rows.drop(columns="geometry").to_dict("records"):
            said = " ".join(str(each) for each in row.values())
            assert "样例" in said
            assert not re.search(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])", said), "a telephone that could be called"


def test_the_seed_makes_them(county: County, names, addresses, sites: Sites) -> None:
    again, other = (make_sites(county, names, addresses, SINCE, seed) for seed in (2026, 7))
    for of in (lambda s: s.communities, lambda s: s.zones, lambda s: s.facilities, lambda s: s.burial.sites,
               lambda s: s.burial.areas, lambda s: s.graves):  # fmt: skip
        pd.testing.assert_frame_equal(of(again), of(sites))
        assert not of(other).equals(of(sites))


def test_sites_lie_in_their_town_and_cemeteries_off_what_keeps_them_out(county: County, names, sites: Sites) -> None:
    grounds = common_ground(county)
    for rows in (sites.facilities, sites.burial.sites, sites.graves):
        inside = [grounds[unit].contains(place) for unit, place in zip(rows["unit"], rows.geometry, strict=True)]
        assert all(inside)
    free = free_ground(county, names, sites.zones)
    placed = sites.burial.sites
    off = [free[unit].contains(place) for unit, place in zip(placed["unit"], placed.geometry, strict=True)]
    (on_farmland,) = placed["code"][[not each for each in off]]
    fields = sites.zones[sites.zones["kind"] == "farmland"]
    place = sites.burial.sites.set_index("code").geometry[on_farmland]
    assert fields.geometry.contains(place).any()


def test_figures_of_cemeteries_are_those_of_their_areas(sites: Sites, now) -> None:
    _, told = now
    drawn = {(row["cemetery"], row["kind"]): row["geometry"] for row in sites.burial.areas.to_dict("records")}
    for row in told[told["tomb_m2"].notna()].to_dict("records"):
        for name, kind in (("land_m2", "planned"), ("tomb_m2", "tomb"), ("green_m2", "green")):
            assert row[name] == pytest.approx(area_m2(drawn[row["code"], kind]), abs=1)
        assert drawn[row["code"], "planned"].contains(drawn[row["code"], "built"])
        assert row["green_m2"] / row["tomb_m2"] > 0.8


def test_a_list_tells_nothing_of_days_to_come(sites: Sites) -> None:
    for day in map(sites.day, REPORTED):
        for told in (facilities_on(sites.facilities, day), sites.burial.on(day)["公墓"]):
            for each in [name for name in told.columns if name.endswith("_on")]:
                assert all(came is None or came <= day for came in told[each]), (day, each)


def test_the_lists_are_published_and_complain_only_of_what_is_meant(sited_office: Office) -> None:
    found = {title: submission(sited_office, title) for title in PUBLISHED}
    assert {seen["state"] for seen in found.values()} == {"published"}
    assert {title: broken(seen) for title, seen in found.items() if broken(seen)} == {
        "样例县公墓底册": {("CM01", "warning"), ("CM08", "warning")},
        "样例县违法墓葬排查": {("GR03", "warning")},
    }


def test_anybody_sees_facilities_and_cemeteries_as_they_are_now(sited_office: Office, sites: Sites, now) -> None:
    for collection, told in zip(("facilities", "cemeteries"), now, strict=True):
        shown = in_force(sited_office, collection)
        expected = dict(zip(told["code"], told["state"], strict=True))
        assert {each["code"]: each["state"] for each in shown} == expected
    first = in_force(sited_office, "facilities", on=sites.since.isoformat())
    assert Counter(each["state"] for each in first)["open"] < Counter(now[0]["state"])["open"]
    areas = in_force(sited_office, "cemetery_areas")
    assert {each["cemetery"] for each in areas} == set(now[1]["code"])


def test_colleagues_alone_see_zones_and_graves(sited_office: Office, sites: Sites) -> None:
    assert len(in_force(sited_office, "prohibited_zones", "staff")) == len(sites.zones)
    shown = in_force(sited_office, "graves", "staff")
    assert {each["code"]: each["result"] for each in shown} == dict(
        zip(sites.graves["code"], sites.graves["result"], strict=True)
    )
    assert sited_office.client().get("/collections/graves/items").status_code == 404
    assert "样某" not in str(shown)


def test_communities_are_units_below_their_towns(sited_office: Office, sites: Sites) -> None:
    units = in_force(sited_office, "units")
    below = {each["code"]: each for each in units if each["level"] == "village"}
    assert set(below) == set(sites.communities["code"])
    assert {each["parent"] for each in below.values()} == set(TOWN_NAMES)
    told = sites.communities.set_index("code")
    for counted in ("households", "population"):
        assert {code: each[counted] for code, each in below.items()} == told[counted].to_dict()


def test_targets_are_half_way(sited_office: Office) -> None:
    boss = sited_office.client("administrator")
    assert boss.post("/plans", json=plan_of_sites(SINCE)).status_code == 201
    goals = sited_office.client().get("/progress/sample-sites").json()["goals"]
    done = {each["goal"]: each["done"] / each["target"] for each in goals}
    assert done["service_centres-1"] == 1
    first_years = [share for goal, share in done.items() if goal not in ("service_centres-1", "community_offices-3")]
    assert all(0.3 <= share < 0.9 for share in first_years), done
    assert 0.45 < sum(first_years) / len(first_years) < 0.75


def test_what_is_not_lawful_waits_in_the_queue_with_the_reason(sited_office: Office) -> None:
    back = submission(sited_office, demo_sites.ASKED_FOR)
    assert back["state"] == "returned"
    assert [each["reason"] for each in back["events"] if each["verb"] == "return"] == [demo_sites.RETURNED_BECAUSE]
    assert back["changes"] == {CEMETERIES.name: {"added": 2}}
    refused = submission(sited_office, demo_sites.REFUSED)
    assert refused["state"] == "blocked"
    assert broken(refused) == {("CM01", "error"), ("CM05", "error"), ("CM08", "error")}


def test_the_flawed_list_is_refused_with_everything_that_is_wrong(sited_office: Office) -> None:
    path = sited_office.folder / demo_sites.TO_MEND  # type: ignore[attr-defined]
    assert path.read_text("utf-8-sig").startswith("设施代码,设施名称,设施类型")
    number = sited_office.send("staff", path)
    seen = sited_office.state(number, "staff")
    assert seen["state"] == "blocked"
    errors = {rule for rule, severity in broken(seen) if severity == "error"}
    warnings = {rule for rule, severity in broken(seen) if severity == "warning"}
    assert errors == {"A05", "FA01", "FA08", "SI01", "SI02"}
    assert {"F02", "FA03", "FA04", "FA05", "SI03"} <= warnings
    spoilt = {(each["register"], each["record"]) for each in seen["findings"] if each["severity"] != "note"}
    assert len(spoilt) == 15
    assert {register for register, _ in spoilt} == {FACILITIES.name}


def test_prior_reports_stand_in_every_state_in_which_somebody_waits(sited_office: Office) -> None:
    listed = sited_office.client("reviewer").get("/cases", params={"kind": "reports"}).json()["cases"]
    assert sorted(each["state"] for each in listed) == ["acknowledged", "built", "draft", "submitted", "supplement"]
