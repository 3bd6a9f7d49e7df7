"""The addresses of the sample county: on its streets and in its villages, published and found wrong by its own people."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from sqlalchemy import func, select

from api.address_lists import write_list
from api.county import TOWN_NAMES, County
from api.county_address_flaws import flawed_addresses, unfit_addresses
from api.county_addresses import NEW_NAME, common_ground, make_addresses, renumbered, streets_of
from api.county_names import CITY, make_names, metres_from
from api.demo_addresses import POOR, TO_MEND, bring_in_addresses, follow_with_addresses
from api.demo_names import Office as NamesOffice
from api.demo_names import bring_in_cases, bring_in_names
from gis.history import as_known
from gis.intake.rules import RULES
from placenames.addresses.address_keys import numbered
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.plates import PLATES, STATUSES
from tests.api.test_county_names import WorkedDesk
from tests.conftest import Office, office_of_its_own

OF_ADDRESSES = {each for each in RULES if each.startswith("AD")} - {"AD21", "AD22"}
"""Those that the poor list of the sample breaks; days and old numbers it gives none."""
FIVE_DEFECTS = {"AD16", "AD17", "AD18", "AD19", "AD20"}


@pytest.fixture(scope="module")
def names(county: County) -> gpd.GeoDataFrame:
    return make_names(county)


@pytest.fixture(scope="module")
def addresses(county: County, names: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return make_addresses(county, names)


@pytest.fixture(scope="module")
def addressed_office(
    server, county: County, county_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Office]:
    """The sample county with its names, its cases and its addresses."""
    folder: Path = tmp_path_factory.mktemp("addressed")
    with office_of_its_own(server, county_template, folder) as office:
        for role in ("staff", "reviewer", "approver"):
            office.has(role, role)
        desks = NamesOffice(*(WorkedDesk(office, role) for role in ("staff", "reviewer", "approver")))
        names = bring_in_names(county, date(2026, 1, 1), desks, folder, print)
        addresses = bring_in_addresses(county, names, date(2026, 1, 1), desks, print)
        bring_in_cases(names, desks, print)
        follow_with_addresses(county, names, addresses, desks, folder, print)
        office.folder = folder  # type: ignore[attr-defined]
        yield office


def submission(office: Office, title: str) -> dict:
    listed = office.client("reviewer").get("/submissions").json()["submissions"]
    number = next(each["id"] for each in listed if each["title"] == title)
    return office.state(number, "reviewer")


def test_there_are_some_twenty_thousand_of_every_kind(addresses: gpd.GeoDataFrame) -> None:
    assert 19_000 < len(addresses) < 22_000
    assert addresses["code"].is_unique
    assert set(addresses["unit"]) == set(TOWN_NAMES)
    assert set(addresses["plate"]) == set(PLATES)
    assert set(addresses["status"]) == set(STATUSES)
    assert set(addresses["built"]) == {"standing", "planned"}
    assert 0.5 < (addresses["certified"] == "yes").mean() < 0.8
    told = addresses[["hamlet", "lane", "alley", "estate", "room", "former", "certificate"]].notna().sum()
    assert (told > 50).all(), told
    assert addresses["number"].str.contains("-").any()
    assert addresses["number"].str.contains("附").any()


def test_the_seed_makes_them(county: County, names: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame) -> None:
    assert make_addresses(county, names).equals(addresses)
    assert not make_addresses(county, names, 7).equals(addresses)


def test_all_lie_in_their_unit_whichever_lines_are_agreed(county: County, addresses: gpd.GeoDataFrame) -> None:
    grounds = common_ground(county)
    for unit, own in addresses.groupby("unit"):
        assert shapely.contains(grounds[unit], own.geometry.values).all()


def test_they_hang_on_the_names_of_the_county(names: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame) -> None:
    called = set(zip(names["unit"], names["name"], strict=True))
    for part in ("street", "estate", "community"):
        own = addresses[addresses[part].notna()]
        assert set(zip(own["unit"], own[part], strict=True)) <= called
    streets = names.set_index("code")["name"]
    own = addresses[addresses["street"].notna()]
    assert (own["street_code"].map(streets) == own["street"]).all()


def test_numbers_rise_along_the_street_on_their_sides(names: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame) -> None:
    doors = addresses[addresses["lane"].isna() & addresses["building"].isna() & addresses["estate"].isna()]
    for street in streets_of(names, "990101101").itertuples():
        own = doors[(doors["street_code"] == street.code) & doors["number"].str.fullmatch("[0-9]+号")]
        start = street.geometry.coords[0]
        course = shapely.LineString(metres_from(start, street.geometry.coords))
        at = shapely.points(metres_from(start, shapely.get_coordinates(own.geometry)))
        assert shapely.distance(course, at).max() < 15
        along = shapely.line_locate_point(course, at)
        ordinals = np.array([numbered(number).ordinal for number in own["number"]])
        for parity in (0, 1):
            side = ordinals % 2 == parity
            assert len(ordinals[side]) > 10
            assert (np.diff(along[side][ordinals[side].argsort()]) > 0).all()
        assert len(np.unique(np.diff(np.sort(ordinals[ordinals % 2 == 1])))) > 1, "some numbers are kept free"


def test_persons_say_that_they_are_samples(addresses: gpd.GeoDataFrame) -> None:
    for who in ("owner", "applicant"):
        assert addresses[who].notna().sum() > 1000
        assert addresses[who].dropna().str.startswith("样").all()
        assert addresses[f"{who}_phone"].dropna().str.fullmatch("0000000[0-9]{4}").all()


def test_the_lists_are_published_without_a_complaint(addressed_office: Office, addresses: gpd.GeoDataFrame) -> None:
    for title in ("样例县门牌清查成果", "样例县门牌重编"):
        seen = submission(addressed_office, title)
        assert seen["state"] == "published"
        assert [each for each in seen["findings"] if each["severity"] != "note"] == []
    t = ADDRESSES.table
    with addressed_office.database.reading() as look:
        known = select(func.count(t.c.id.distinct())).where(as_known(t, None))
        assert look.scalar(known) == len(addresses)


def test_old_numbers_and_new_ones_are_versions_of_one_address(
    addressed_office: Office, names: gpd.GeoDataFrame, addresses: gpd.GeoDataFrame
) -> None:
    changed = renumbered(addresses, names, "2026-06-01")
    assert set(changed["street"]) == {NEW_NAME, streets_of(names, CITY)["name"][4]}
    code = changed["code"].iat[0]
    t = ADDRESSES.table
    with addressed_office.database.reading() as look:
        numbers = look.scalars(
            select(t.c.number).where(as_known(t, None), t.c.code == code).order_by(t.c.valid_from)
        ).all()
    old = addresses.set_index("code")["number"][code]
    assert numbers == [old, changed["number"].iat[0]]
    assert numbered(numbers[1]).ordinal == numbered(old).ordinal + 100


def test_the_poor_list_waits_with_every_defect(addressed_office: Office, county: County, names) -> None:
    seen = submission(addressed_office, POOR)
    assert seen["state"] == "ready"
    found = {each["rule"] for each in seen["findings"]}
    assert found >= FIVE_DEFECTS
    assert len(flawed_addresses(county, names)) == 300
    number = addressed_office.send("staff", addressed_office.folder / TO_MEND)  # type: ignore[attr-defined]
    unfit = addressed_office.state(number, "staff")
    assert unfit["state"] == "blocked"
    errors = {each["rule"] for each in unfit["findings"] if each["severity"] == "error"}
    assert found | errors >= OF_ADDRESSES


def test_sound_plates_of_the_poor_lists_are_not_complained_of(addressed_office: Office) -> None:
    seen = submission(addressed_office, POOR)
    rows = {each["row"] for each in seen["findings"] if each["rule"].startswith("AD")}
    assert len(rows) < 120


def test_nobody_is_shown_the_persons(addressed_office: Office) -> None:
    answer = addressed_office.client().get("/collections/addresses/items", params={"limit": 500})
    assert answer.status_code == 200
    assert "0000000" not in answer.text
    assert "applicant" not in answer.text


def test_lists_read_as_offices_write_them(county: County, names: gpd.GeoDataFrame, tmp_path: Path) -> None:
    first = write_list(unfit_addresses(county, names), tmp_path / "地址.csv").read_text("utf-8-sig").splitlines()[0]
    assert first.startswith("地址代码,所在政区代码,村、社区")
    assert first.endswith("经度,纬度")
