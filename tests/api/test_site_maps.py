"""Sites for everybody: filters, numbers, the map to embed and to take along, and nothing that is not public."""

from __future__ import annotations

import re

import pytest
from shapely.geometry import MultiPolygon, Point, box
from sqlalchemy import insert

from gis.history import stored
from placenames.sites.cemeteries import CEMETERIES, CEMETERY_AREAS
from placenames.sites.facilities import FACILITIES, TYPES
from tests.conftest import Office, is_problem
from tests.sites_made import OTHER_TOWN, SINCE, TOWN, has_cemetery, has_facility

HTML = {"Accept": "text/html"}
WICKED = "<script>alert(1)</script>{{ 7*7 }}"


@pytest.fixture
def office(county_office: Office) -> Office:
    with county_office.database.writing() as tx:
        at = Point(110.301234567, 30.701234567)
        has_facility(tx, "S1", at, name="样桥社区服务站", address="样桥路8号", property_right="国有")
        has_facility(tx, "S2", Point(110.31, 30.71), name=WICKED, type="canteen")
        there = {"type": "day_care", "state": "building", "unit": OTHER_TOWN}
        has_facility(tx, "S3", Point(110.32, 30.72), name="样东日间照料中心", **there)
        has_facility(tx, "S4", None, name="无位置站")
        has_cemetery(tx, "C1", Point(110.33, 30.73), name="样山公墓")
    return county_office


def page(office: Office, query: str = "", reader: str | None = None) -> str:
    answer = office.client(reader).get(f"/sites{query}", headers=HTML)
    assert answer.status_code == 200, answer.text
    return answer.text


def names(text: str) -> set[str]:
    return set(re.findall(r'items/[0-9a-f-]{36}">([^<]+)</a>', text))


def test_everybody_sees_sites_with_their_numbers(office):
    said = page(office)
    assert names(said) >= {"样桥社区服务站", "样东日间照料中心", "样山公墓", "无位置站"}
    assert "5 处" in said
    assert "5 sites" in page(office, "?lang=en")
    assert "国有" not in said


def test_what_lies_in_a_village_counts_for_its_town(office):
    with office.database.writing() as tx:
        has_facility(tx, "S5", Point(110.32, 30.72), name="样村食堂", type="canteen", unit=f"{OTHER_TOWN}001")
        has_facility(tx, "S6", Point(110.32, 30.72), name="样县食堂", type="canteen", unit=OTHER_TOWN[:6])

    told = page(office, "?types=canteen&lang=zh")
    (line,) = re.findall(rf"<tr><td>{re.escape(TYPES['canteen'].zh)}</td>(.*?)</tr>", told)
    total, *by_town = map(int, re.findall(r"\d+", re.sub(r"<[^>]*>", " ", line)))
    assert (total, by_town) == (3, [1, 1, 1])
    assert "不属乡镇" in told
    assert "不属乡镇" not in page(office, "?types=day_care&lang=zh")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?types=day_care", {"样东日间照料中心"}),
        ("?types=rural_public,day_care", {"样东日间照料中心", "样山公墓"}),
        (f"?towns={OTHER_TOWN}", {"样东日间照料中心"}),
        ("?state=building", {"样东日间照料中心"}),
        ("?q=样桥路", {"样桥社区服务站"}),
        ("?on=2025-12-31", set()),
    ],
)
def test_filters_stay_in_the_address(office, query, expected):
    said = page(office, query)
    assert names(said) == expected
    assert re.search(r'src="/sites/map\?([^"]*)"', said)


@pytest.mark.parametrize("wrong", ["types=castle", "state=lost", "reach=7", "towns=abc", "foo=1", "on=2026-13-01"])
def test_what_is_not_understood_is_refused(office, wrong):
    assert is_problem(office.client().get(f"/sites?{wrong}"), 400)
    assert is_problem(office.client().get(f"/sites/map?{wrong}"), 400)


def test_the_map_is_rounded_for_the_public_and_exact_for_colleagues(office):
    assert "110.3012," in office.client().get("/sites/map").text
    assert "110.301234567" not in office.client().get("/sites/map").text
    assert "110.301234567" in office.client("surveyor").get("/sites/map").text


def test_the_map_may_stand_in_any_page_and_the_others_may_not(office):
    answer = office.client().get("/sites/map")
    assert "frame-ancestors *" in answer.headers["content-security-policy"]
    assert "x-frame-options" not in answer.headers
    assert office.client().get("/sites", headers=HTML).headers["x-frame-options"] == "SAMEORIGIN"


def test_names_stay_names(office):
    for said in (page(office), office.client().get("/sites/map").text, office.client().get("/sites/map?download=true").text):
        assert "<script>alert(1)" not in said
        assert "7*7" in said


def test_one_file_needs_no_server(office):
    answer = office.client().get("/sites/map?download=true&types=canteen&reach=500&lines=true")
    assert "attachment" in answer.headers["content-disposition"]
    assert not re.search(r'(?:src|href)="/', answer.text)
    assert "/collections/" not in answer.text
    assert "/collections/facilities/items/" in office.client().get("/sites/map?types=canteen").text
    assert "url(data" in answer.text.replace('url("data', "url(data")
    assert "500 米内(直线距离)" in answer.text
    assert "审图号" in answer.text or "示例或内部使用" in answer.text


def test_a_day_before_has_other_sites(office):
    assert "样桥社区服务站" in office.client().get("/sites/map?on=2026-01-01").text
    assert "样桥社区服务站" not in office.client().get("/sites/map?on=2025-12-31").text


def test_words_of_types_stand_in_the_registers_too(office):
    said = office.client().get(f"/collections/{FACILITIES.name}/items", headers=HTML).text
    assert "日间照料中心" in said
    assert "在建" in said


def test_what_is_taken_away_is_as_the_public_sees_it_whoever_takes_it(office):
    colleague = office.client("surveyor")
    assert "110.301234567" in colleague.get("/sites/map").text
    taken = colleague.get("/sites/map?download=true").text
    assert "110.301234567" not in taken
    assert "110.3012" in taken
    sheets = [office.client(who).get("/sites/sheet?form=png").content for who in ("surveyor", None)]
    assert sheets[0] == sheets[1]


def test_only_what_has_a_place_is_led_to_and_a_cemetery_stands_on_its_ground(county_office: Office) -> None:
    with county_office.database.writing() as tx:
        for code in ("DRAWN", "NOWHERE"):
            row = {"code": code, "name": code, "category": "rural_public", "unit": TOWN, "state": "open"}
            tx.execute(insert(CEMETERIES.table).values(**row, valid_from=SINCE))
        ground = stored(MultiPolygon([box(110.3, 30.7, 110.301, 30.701)]))
        area = {"code": "A1", "cemetery": "DRAWN", "kind": "planned", "unit": TOWN, "valid_from": SINCE}
        tx.execute(insert(CEMETERY_AREAS.table).values(**area, geom=ground))
    page = county_office.client().get("/sites?types=rural_public&lang=en", headers=HTML).text
    rows = {code: next(row for row in page.split("<tr>") if f">{code}<" in row) for code in ("DRAWN", "NOWHERE")}
    assert {code: "#item-" in row for code, row in rows.items()} == {"DRAWN": True, "NOWHERE": False}
    drawn = county_office.client().get("/sites/map?types=rural_public").text
    assert ("DRAWN" in drawn, "NOWHERE" in drawn) == (True, False)
    listed = county_office.client().get("/collections/cemeteries/items", headers=HTML).text
    assert listed.count("#item-") == 0
