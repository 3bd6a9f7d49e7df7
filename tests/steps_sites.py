"""Looking at sites: what is there, and what anybody sees of it."""

from __future__ import annotations

import re

import pytest
from pytest_bdd import given, parsers, then, when
from shapely.geometry import Point

from tests.conftest import Office
from tests.sites_made import has_cemetery, has_facility


@pytest.fixture
def seen() -> dict[str, str]:
    """What somebody saw last: the page and the map."""
    return {}


@given(parsers.parse("样例县自2026-01-01起有这些设施和公墓"))
def sites_there(county_office: Office, datatable: list[list[str]]) -> None:
    with county_office.database.writing() as tx:
        for register, code, name, kind, state, unit, lon, lat in datatable[1:]:
            at, more = Point(float(lon), float(lat)), {"name": name, "state": state, "unit": unit}
            if register == "设施":
                has_facility(tx, code, at, type=kind, **more)
            else:
                has_cemetery(tx, code, at, category=kind, **more)


@when("有人打开设施地图")
def opens(county_office: Office, seen: dict[str, str]) -> None:
    look_at(county_office, seen, "")


@when(parsers.parse("有人打开设施地图,状态选“{state}”"))
def opens_a_state(county_office: Office, seen: dict[str, str], state: str) -> None:
    look_at(county_office, seen, f"?state={state}")


@when(parsers.parse("有人打开设施地图,日期选“{day}”"))
def opens_a_day(county_office: Office, seen: dict[str, str], day: str) -> None:
    look_at(county_office, seen, f"?on={day}")


def look_at(office: Office, seen: dict[str, str], query: str) -> None:
    anybody = office.client()
    seen["page"] = anybody.get(f"/sites{query}", headers={"Accept": "text/html"}).text
    (place,) = re.findall(r'<iframe[^>]*src="([^"]+)"', seen["page"])
    seen["map"] = anybody.get(place.replace("&amp;", "&")).text


def listed(seen: dict[str, str]) -> set[str]:
    return set(re.findall(r'items/[0-9a-f-]{36}">([^<]+)</a>', seen["page"]))


@then(parsers.parse("名单上有“{names}”"))
def they_are_listed(seen: dict[str, str], names: str) -> None:
    assert listed(seen) == set(names.split("、"))
    assert all(name in seen["map"] for name in names.split("、"))


@then("名单上没有设施")
def nothing_is_listed(seen: dict[str, str]) -> None:
    assert listed(seen) == set()


@then("地图上注明了不送审的理由")
def the_map_says_why(seen: dict[str, str]) -> None:
    assert "示例或内部使用" in seen["map"]
