"""The names of the sample county and its cases: brought in by its own people through the ordinary doors."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from api import demo_names
from api.county import TOWN_NAMES, County
from api.county_names import CITY, built_up_areas, flawed_names, make_names
from api.desks import Desk
from placenames.casework.cases import OF_REPORTS, STATES
from placenames.kinds import class_of, parts_of_code
from tests.conftest import Office, office_of_its_own

STREETS = "23510"


class WorkedDesk(Desk):
    """A desk whose files are checked as soon as they are sent."""

    def __init__(self, office: Office, name: str) -> None:
        super().__init__(name, office.client(name))  # type: ignore[arg-type]
        object.__setattr__(self, "office", office)

    def post(self, path: str, **what: Any) -> dict[str, Any]:
        answer = super().post(path, **what)
        self.office.work()  # type: ignore[attr-defined]
        return answer


@pytest.fixture(scope="module")
def told() -> list[str]:
    return []


@pytest.fixture(scope="module")
def named_office(
    server, county: County, county_template: str, tmp_path_factory: pytest.TempPathFactory, told: list[str]
) -> Iterator[Office]:
    """The sample county with its names and cases."""
    folder: Path = tmp_path_factory.mktemp("named")
    with office_of_its_own(server, county_template, folder) as office:
        for role in ("staff", "reviewer", "approver"):
            office.has(role, role)
        desks = demo_names.Office(*(WorkedDesk(office, role) for role in ("staff", "reviewer", "approver")))
        names = demo_names.bring_in_names(county, date(2026, 1, 1), desks, folder, told.append)
        demo_names.bring_in_cases(names, desks, told.append)
        yield office


def test_the_county_has_some_thousand_names_of_every_kind(county: County) -> None:
    names = make_names(county)
    assert 2000 < len(names) < 5000
    assert names["code"].is_unique
    assert set(names["unit"]) == set(TOWN_NAMES)
    assert set(names.geom_type) == {"Point", "LineString", "Polygon"}
    assert all(parts_of_code(code) and class_of(parts_of_code(code).class_code) for code in names["code"])
    assert set(names["origin"]) == {"样例数据,虚构"}
    assert make_names(county).equals(names)
    assert not make_names(county, 7).equals(names)


def test_streets_lie_in_their_built_up_area(county: County) -> None:
    names, areas = make_names(county), built_up_areas(county).set_index("unit").geometry
    streets = names[names["class_code"] == STREETS]
    assert len(streets[streets["unit"] == CITY]) == 18
    assert all(areas[unit].covers(shape) for unit, shape in zip(streets["unit"], streets.geometry, strict=True))


def test_every_state_of_a_case_has_its_case(named_office: Office, told: list[str]) -> None:
    listed = named_office.client("reviewer").get("/cases").json()
    states = Counter(each["state"] for each in listed["cases"])
    assert set(states) | {"draft"} == set(STATES) - set(OF_REPORTS)  # whether others see drafts is for the office
    assert sum("地名事项" in line for line in told) == 16


def test_what_was_announced_is_in_force_and_the_old_name_finds_it(named_office: Office) -> None:
    visitor = named_office.client()
    found = visitor.get("/names/search", params={"q": "溪畔路"}).json()["features"]
    assert [each["properties"]["name"] for each in found][:1] == ["溪畔路"]
    by_old = visitor.get("/names/search", params={"q": "沿江路"}).json()["features"]
    assert found[0]["properties"]["id"] in {each["properties"]["id"] for each in by_old}
    assert visitor.get("/names/search", params={"q": "采薇巷"}).json()["features"]


def test_the_flawed_list_is_refused_with_what_is_wrong(named_office: Office, county: County, tmp_path: Path) -> None:
    listed = tmp_path / "flawed.csv"
    flawed_names(make_names(county)).to_csv(listed, index=False, encoding="utf-8-sig")
    assert len(pd.read_csv(listed)) == 12
    number = named_office.send("staff", listed)
    seen = named_office.state(number, "staff")
    assert seen["state"] == "blocked"
    rules = {each["rule"] for each in seen["findings"] if each["severity"] == "error"}
    assert {"PN15", "PC03", "PC04"} <= rules
