"""Following graves outside cemeteries: what a survey found, and what a colleague sees of it today."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from httpx2 import Response
from pytest_bdd import given, parsers, then, when
from sqlalchemy import insert

from placenames.sites.grave_deadlines import LIGHTS, Light
from placenames.sites.graves import GRAVES
from tests.conftest import COUNTY, Office
from tests.sites_made import SINCE


@pytest.fixture
def answered() -> dict[str, Any]:
    """What somebody was answered last."""
    return {}


@given("样例县排查到这些违法墓葬")
def graves_there(county_office: Office, datatable: list[list[str]]) -> None:
    with county_office.database.writing() as tx:
        for code, place, category, unit, deadline, result, rechecked in datatable[1:]:
            days = {"deadline": away(deadline), "rechecked_on": away(rechecked), "found_on": SINCE, "valid_from": SINCE}
            row = {"code": code, "place": place, "category": category, "unit": unit, "result": result, **days}
            tx.execute(insert(GRAVES.table).values(row))


def away(said: str) -> date | None:
    """So many days from today; nothing where nothing is said."""
    return date.today() + timedelta(days=int(said.removesuffix("天"))) if said else None


@when("全县的工作人员打开违法墓葬")
def opens_in_the_county(county_office: Office, answered: dict[str, Any]) -> None:
    opens_in(county_office, answered, COUNTY)


@when(parsers.parse("{area:d}的工作人员打开违法墓葬"))
def opens_in_a_town(county_office: Office, answered: dict[str, Any], area: int) -> None:
    opens_in(county_office, answered, str(area))


def opens_in(office: Office, answered: dict[str, Any], area: str) -> None:
    office.has("小墓", "staff", area=area)
    answered["it"] = office.client("小墓").get("/graves")


@when("有人不登录就打开违法墓葬")
def opens_without_a_name(county_office: Office, answered: dict[str, Any]) -> None:
    answered["it"] = county_office.client().get("/graves", headers={"Accept": "text/html"})


@then(parsers.parse("依次看到“{expected}”"))
def they_are_seen(answered: dict[str, Any], expected: str) -> None:
    answer: Response = answered["it"]
    seen = [f"{each['place']} {LIGHTS[Light(each['light'])].zh}" for each in answer.json()["graves"]]
    assert "、".join(seen) == expected


@then("被请去登录")
def is_led_to_the_sign_in(answered: dict[str, Any]) -> None:
    answer: Response = answered["it"]
    assert (answer.status_code, answer.headers["location"].split("?")[0]) == (303, "/sign-in")
