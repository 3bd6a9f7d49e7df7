"""Coverage over HTTP: figures, GeoJSON, Excel, page and map, for everybody."""

from __future__ import annotations

import io
import re
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


@pytest.fixture
def office(county_office: Office) -> Office:
    with county_office.database.writing() as tx:
        for number, lon in enumerate((110.30, 110.32, None), start=1):
            seat = {} if lon is None else {"seat_lon": lon, "seat_lat": 30.70}
            row = {"code": f"{TOWN}{number:03}", "name": f"样{number}村", "level": "village", "parent": TOWN, **seat}
            tx.execute(insert(UNITS.table).values(**row, valid_from=date(2026, 1, 1)))
        has_facility(tx, "S1", Point(110.3012345, 30.70), name="=样站")
    return county_office


def test_each_town_has_its_share(office):
    told = office.client().get("/coverage?reach=300").json()
    (town,) = (each for each in told["towns"] if each["code"] == TOWN)
    assert (town["covered"], town["uncovered"], town["unplaced"], town["percent"]) == (1, 1, 1, 50.0)
    near = {each["code"]: each for each in told["communities"]}[f"{TOWN}001"]
    assert (near["facility"], near["distance_m"], told["measured"]) == ("S1", 120, "straight line")
    assert office.client().get("/coverage?service=canteen").json()["communities"][0]["covered"] is False


def test_distances_for_everybody_do_not_undo_their_rounding(office):
    def told(reader: str | None) -> tuple[int, int, int, bool]:
        client, code = office.client(reader), f"{TOWN}001"
        (figure,) = (each for each in client.get("/coverage").json()["communities"] if each["code"] == code)
        (shape,) = (each for each in client.get("/coverage?form=geojson").json()["features"] if each["id"] == code)
        sheet = openpyxl.load_workbook(io.BytesIO(client.get("/coverage?form=xlsx").content)).active
        (row,) = (each for each in sheet.iter_rows(values_only=True) if each[0] == code)
        page = client.get("/coverage?lang=zh", headers=HTML).text
        return figure["distance_m"], shape["properties"]["distance_m"], row[5], '<td class="number">118</td>' in page

    assert told("surveyor") == (118, 118, 118, True)
    assert told(None) == (120, 120, 120, False)
    assert '"distance_m": 118' not in office.client().get("/coverage/map").text


@pytest.mark.parametrize("unit", [TOWN, f"{TOWN}001"])
@pytest.mark.parametrize("path", ["/coverage", "/coverage/capacity"])
def test_the_form_says_which_unit_was_asked_for(office, path, unit):
    page = office.client().get(f"{path}?unit={unit}", headers=HTML).text
    assert re.findall(r'<option value="(\d{9,})" selected>', page) == [unit]


def test_it_comes_as_geojson_and_excel(office):
    shapes = office.client().get("/coverage?form=geojson&only_uncovered=true&reach=300").json()["features"]
    assert [each["properties"]["code"] for each in shapes] == [f"{TOWN}002"]
    sheet = openpyxl.load_workbook(io.BytesIO(office.client().get("/coverage?form=xlsx").content)).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0][5] == "直线距离(米)"
    assert rows[1][4] == "'=样站"


def test_the_page_says_what_was_measured(office):
    said = office.client().get("/coverage?lang=zh&reach=300", headers=HTML).text
    for words in ("300 米(直线距离)", "样1村", "位置不详", "50.0%"):
        assert words in said
    assert "straight line" in office.client().get("/coverage?lang=en", headers=HTML).text
    drawn = office.client().get("/coverage/map?reach=300").text
    assert "样2村" in drawn
    assert "范围内没有" in drawn


@pytest.mark.parametrize("wrong", ["service=moon", "form=pdf", "form=GEOJSON", "reach=7", "foo=1", "on=x"])
def test_what_is_not_understood_is_refused(office, wrong):
    assert is_problem(office.client().get(f"/coverage?{wrong}"), 400)


@pytest.mark.parametrize(("types", "covered"), [("village_hall", True), ("service_centre", False)])
def test_what_counts_as_a_centre_is_a_setting(office, types, covered):
    with office.database.writing() as tx:
        has_facility(tx, "H1", Point(110.32, 30.70), type="village_hall")
    said = replace(office.settings, service_types=f"centre:{types},elderly:day_care,canteen:canteen")
    client = Office(office.database, said).client()
    told = {each["code"]: each["covered"] for each in client.get("/coverage").json()["communities"]}
    assert told[f"{TOWN}002"] is covered


def test_a_setting_that_cannot_be_read_is_said(office):
    wrong = Office(office.database, replace(office.settings, service_types="centre:castle"))
    assert "JIEZHI_SERVICE_TYPES" in wrong.client().get("/coverage").text
