"""Sending lists of facilities: what the clerk sends, what the report says, and what was decided."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from pytest_bdd import given, parsers, then, when

from placenames.sites.facilities import STATES
from tests.conftest import Office
from tests.lists_made import ground_of

CLERK = "小地"
METRE = 1 / 111_195


@dataclass
class Sent:
    """What was sent last."""

    folder: Path
    number: int = 0

    def seen(self, office: Office) -> dict[str, Any]:
        return office.state(self.number, CLERK)


@pytest.fixture
def sent(tmp_path: Path) -> Sent:
    return Sent(tmp_path)


@given(parsers.parse("样例县的工作界自2026-01-01起生效,设施由“{clerk}”报送"))
def the_county_has_a_clerk(county_office: Office, clerk: str) -> None:
    assert clerk == CLERK
    county_office.has(clerk, "staff")


@given("小地报送设施清单")
@when("小地报送设施清单")
def sends(county_office: Office, sent: Sent, datatable: list[list[str]]) -> None:
    """Rows at so many metres east and north of a place in the county town."""
    with county_office.database.reading() as look:
        lon, lat = ground_of(look).place(1000)
    rows = pd.DataFrame(datatable[1:], columns=datatable[0])
    rows["经度"] = (lon + rows.pop("东").astype(float) * METRE).round(7)
    rows["纬度"] = (lat + rows.pop("北").astype(float) * METRE).round(7)
    listed = sent.folder / "社区设施.csv"
    rows.to_csv(listed, index=False, encoding="gbk")
    sent.number = county_office.send(CLERK, listed)


@when("小地搁置有错的行")
def sets_aside(county_office: Office, sent: Sent) -> None:
    findings = sent.seen(county_office)["findings"]
    wrong = {(each["register"], each["record"]) for each in findings if each["severity"] == "error"}
    path = f"/submissions/{sent.number}/deliveries"
    answer = county_office.client(CLERK).post(path, json={"set_aside": sorted(wrong)})
    assert answer.status_code == 202, answer.text
    county_office.work()


@then(parsers.parse("清单可以入库,将{what}{number:d}处设施"))
def can_be_taken_in(county_office: Office, sent: Sent, what: str, number: int) -> None:
    seen = sent.seen(county_office)
    assert seen["state"] == "ready", seen["findings"]
    assert seen["changes"] == {"facilities": {{"新增": "added", "变更": "changed"}[what]: number}}


@then("清单不能入库")
def cannot_be_taken_in(county_office: Office, sent: Sent) -> None:
    assert sent.seen(county_office)["state"] == "blocked"


@then(parsers.parse("表格第{row:d}行违反规则{rule},说到“{words}”,并写明怎样改"))
def the_row_is_wrong(county_office: Office, sent: Sent, row: int, rule: str, words: str) -> None:
    findings = sent.seen(county_office)["findings"]
    (found,) = [each for each in findings if each["rule"] == rule and each["severity"] == "error"]
    assert found["row"] == row
    assert words in found["message"]["zh"]
    assert found["fix"]["zh"]
    assert found["fix"]["en"]


@given(parsers.parse("审核员通过,审批人以“{document}”公布,自{day}起生效"))
@when(parsers.parse("审核员通过,审批人以“{document}”公布,自{day}起生效"))
def is_published(county_office: Office, sent: Sent, document: str, day: str) -> None:
    county_office.publish(sent.number, day, document)


@then(parsers.parse("{day}设施{code}是“{state}”"))
def was_in_state(county_office: Office, day: str, code: str, state: str) -> None:
    found = county_office.client().get("/collections/facilities/items", params={"on": day}).json()["features"]
    (facility,) = [each["properties"] for each in found if each["properties"]["code"] == code]
    assert STATES[facility["state"]].zh == state
