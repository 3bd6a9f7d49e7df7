"""The five defects over HTTP and from the command line, for the staff of the office."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.county import County
from tests.conftest import Office, is_problem
from tests.placenames.test_addresses import ROWS, TOWN, published, written

SPREAD = [*ROWS, ("样柳路", "40号", None, None, None, "101室", None, None, None, 0, 0),
          ("样柳路", "40号", None, None, None, "201室", None, None, None, 2e-3, 0)]  # fmt: skip


@pytest.fixture
def office_with_defects(county_office: Office, county: County, tmp_path: Path) -> Office:
    county_office.has("clerk", "staff")
    published(county_office, written(tmp_path, county, SPREAD))
    return county_office


def test_defects_are_counted_for_the_office(office_with_defects: Office) -> None:
    answer = office_with_defects.client("clerk").get("/addresses/defects", params={"unit": TOWN})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["unit"] == TOWN
    by_rule = {each["rule"]: each for each in told["defects"]}
    assert by_rule["AD17"]["count"] == 1
    assert by_rule["AD17"]["defect"] == {"zh": "一号多址", "en": "one number, many places"}
    assert [each["unit"] for each in by_rule["AD17"]["units"]] == [TOWN]
    assert by_rule["AD20"]["count"] == 0


def test_nobody_else_is_told(office_with_defects: Office) -> None:
    assert is_problem(office_with_defects.client().get("/addresses/defects"), 401)
    refused = office_with_defects.client("surveyor").get("/addresses/defects", headers={"accept-language": "zh"})
    assert is_problem(refused, 403)
    assert "地址问题清单供地名工作人员使用" in refused.text


@pytest.mark.parametrize("query", ["unit=样镇", "unit=%25", "town=1", "on=gestern"])
def test_what_cannot_be_asked(office_with_defects: Office, query: str) -> None:
    assert is_problem(office_with_defects.client("clerk").get(f"/addresses/defects?{query}"), 400)


def test_the_command_counts_them(office_with_defects: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIEZHI_DATABASE_URL", office_with_defects.database.url)
    from gis.settings import settings

    settings.cache_clear()
    told = CliRunner().invoke(app, ["addresses", "defects", "--unit", TOWN, "--json"])
    assert told.exit_code == 0, told.output
    assert {each["rule"]: each["count"] for each in json.loads(told.stdout)["defects"]}["AD17"] == 1
    shown = CliRunner().invoke(app, ["addresses", "defects"])
    assert "一号多址" in shown.stdout
    assert TOWN in shown.stdout
