"""Capacity over HTTP: figures, Excel, page with its chart, and map, for everybody; what is not known stays unknown."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from shapely.geometry import Point
from sqlalchemy import insert

from boundaries.units import UNITS
from tests.conftest import Office, is_problem
from tests.sites_made import TOWN, has_facility

HTML = {"Accept": "text/html"}
LIVE_THERE = ((200, 500), (100, 250), (None, None))


@pytest.fixture
def office(county_office: Office) -> Office:
    with county_office.database.writing() as tx:
        for number, (households, population) in enumerate(LIVE_THERE, start=1):
            row = {"code": f"{TOWN}{number:03}", "name": f"=样{number}村", "level": "village", "parent": TOWN,
                   "seat_lon": 110.3, "seat_lat": 30.7, "households": households, "population": population}  # fmt: skip
            tx.execute(insert(UNITS.table).values(**row, valid_from=date(2026, 1, 1)))
        has_facility(tx, "S1", Point(110.3012345, 30.70), community="=样1村", floor_area_m2=64.0, beds=20)
    return county_office


def test_each_community_has_its_share(office):
    told = office.client().get("/coverage/capacity").json()
    first, second, third = (each for each in told["communities"] if each["town"] == TOWN)
    assert (first["area_per_100_m2"], first["enough"], first["beds"]["per_1000"]) == (32.0, True, 40.0)
    assert (second["area_per_100_m2"], second["enough"]) == (0.0, False)
    assert (third["area_per_100_m2"], third["enough"], third["beds"]["per_1000"]) == (None, None, None)
    assert first["beds"]["missing"] is None
    assert told["wanted"] == {"area_per_100_m2": 30.0, "per_1000": {}}
    (town,) = (each for each in told["towns"] if each["code"] == TOWN)
    assert (town["beds"]["has"], town["households"], town["enough"]) == (20, None, None)


def test_what_is_missing_is_told_where_a_demand_is_set(demanding):
    told = demanding.client().get("/coverage/capacity").json()
    assert {each["code"][-3:]: each["beds"]["missing"] for each in told["communities"] if each["town"] == TOWN} == {
        "001": 0.0, "002": 10.0, "003": None,
    }  # fmt: skip
    assert "缺 10" in demanding.client().get("/coverage/capacity?lang=zh", headers=HTML).text


@pytest.fixture
def demanding(office: Office) -> Office:
    return Office(office.database, replace(office.settings, demand_per_1000="beds:40"))


def test_it_comes_as_excel_in_which_nothing_is_a_formula(office):
    book = openpyxl.load_workbook(io.BytesIO(office.client().get("/coverage/capacity?form=xlsx").content))
    assert book.sheetnames == ["乡镇街道", "村(社区)"]
    titles, *rows = book["村(社区)"].iter_rows(values_only=True)
    (first,) = (dict(zip(titles, row, strict=True)) for row in rows if row[0] == f"{TOWN}001")
    assert (first["名称"], first["每百户面积(m²)"], first["达到 30 m²"]) == ("'=样1村", 32, "是")


def test_the_page_shows_a_chart_and_what_is_not_known(office):
    said = office.client().get("/coverage/capacity?lang=zh", headers=HTML).text
    for words in ("户数未知", "32.0", "每百户不少于 30 m²", "没有设置每千人需求"):
        assert words in said
    assert "at least 30 m² per 100 households" in office.client().get("/coverage/capacity?lang=en", headers=HTML).text
    drawn = office.client().get("/coverage/capacity/map").text
    for words in ("低于标准", "达到标准", "户数未知"):
        assert words in drawn


@pytest.mark.parametrize("wrong", ["foo=1", "on=x", "unit=%00", "form=geojson", "form=pdf"])
def test_what_is_not_understood_is_refused(office, wrong):
    assert is_problem(office.client().get(f"/coverage/capacity?{wrong}"), 400)
    if not wrong.startswith("form"):
        assert is_problem(office.client().get(f"/coverage/capacity/map?{wrong}"), 400)
