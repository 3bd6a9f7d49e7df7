"""What nobody sends by mistake is answered in words, and never by a fault."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook
from sqlalchemy import text

from gis import export_lists
from gis.export_lists import Extract
from gis.intake.rules import RULES
from gis.intake.sent_values import plain, stored_value
from gis.refusals import explained
from gis.registers import REGISTERS
from gis.settings import Settings
from gis.tables import read_list
from tests.conftest import TEMPLATE, Office, copied, settled_in, with_people
from tests.naming import WEST, settle

TODAY = date(2026, 6, 1)
JSON = {"content-type": "application/json"}
TOO_MANY = "9" * 5_000
BEYOND = 2**63


@pytest.fixture(scope="module")
def house(server, tmp_path_factory) -> Iterator[Office]:
    """An office for all tests of this file: what is refused leaves it as it was."""
    with copied(server, TEMPLATE) as database, settled_in(tmp_path_factory.mktemp("office")) as config:
        yield with_people(Office(database, config))


@pytest.fixture(scope="module")
def surveyor(house: Office) -> TestClient:
    return house.client("surveyor")


@pytest.fixture(scope="module")
def sent(house: Office, tmp_path_factory) -> int:
    place = tmp_path_factory.mktemp("sent") / "markers.csv"
    place.write_text("界桩编号,经度,纬度\n1,120.1,30.1\n", "utf-8")
    return house.send("surveyor", place)


def refused(answer, status: int = 400) -> bool:
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), (
        answer.text
    )
    return bool(answer.json()["message"]["zh"])


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000, '{"name":' + "[" * 60 + "]" * 60 + "}"])
def test_bodies_nested_without_end_are_bad_input(house: Office, body: str):
    assert refused(house.client().post("/sessions", content=body, headers=JSON))


@pytest.mark.parametrize("body", ["", "{", "[" * 100_000])
def test_a_question_has_no_body(house: Office, body: str):
    answer = house.client().request("GET", "/collections", content=body, headers=JSON)
    assert answer.status_code == 200


@pytest.mark.parametrize("letter", ["\\ud800", "\\u0000"])
@pytest.mark.parametrize(
    "body", ['{"name":"%s","password":"x"}', '{"%s":1}', '{"a":[{"b":["%s"]}]}', '{"verb":"%s"}']
)
@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_halves_of_characters_are_bad_input(house: Office, body: str, letter: str, accept: str):
    answer = house.client().post("/sessions", content=body % letter, headers={**JSON, "accept": accept})
    assert answer.status_code == 400
    assert "半个字符" in answer.text or "half of a character" in answer.text


@pytest.mark.parametrize(
    "known",
    ["9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "9999-12-31", "0001-01-01", "2026-W01-1"],
)
def test_moments_beyond_the_calendar_are_bad_input(house: Office, known: str):
    assert refused(house.client().get("/collections/lines/items", params={"known": known}))


@pytest.mark.parametrize("on", ["20260501", "2026-W01-1", "2026-5-1", "2026-05-01"])
def test_days_are_written_one_way(house: Office, on: str):
    answer = house.client().get("/collections/lines/items", params={"on": on})
    assert answer.status_code == 200 if on == "2026-05-01" else refused(answer)


@pytest.mark.parametrize("given", [TOO_MANY, "²", 10**12, "-1"])
def test_numbers_without_end_are_bad_input(surveyor: TestClient, sent: int, given):
    from api.routes.name_cases import decision_of
    from gis.errors import BadInput

    assert refused(
        surveyor.post(f"/submissions/{sent}/decisions", json={"verb": "accept", "delivery": given})
    )
    for name in ("chosen", "round"):
        with pytest.raises(BadInput):
            decision_of({"verb": "approve", name: given})


@pytest.mark.parametrize(
    "choice",
    [{"set_aside": 5}, {"set_aside": "ab"}, {"set_aside": [["markers", TOO_MANY]]}, {"set_aside": [5]}, {"layers": 5},
     {"layers": "abc"}, {"layers": {"a": [1]}}, {"columns": 5}, {"columns": {"a": 5}}, {"columns": {"a": {"b": []}}}],
)  # fmt: skip
def test_choices_of_another_kind_are_bad_input(surveyor: TestClient, sent: int, choice):
    assert refused(surveyor.post(f"/submissions/{sent}/deliveries", json=choice))


@pytest.mark.parametrize("number", [2**31, BEYOND, 10**40])
def test_numbers_no_record_bears_are_answered_in_both_languages(surveyor: TestClient, number: int):
    for address in (f"/submissions/{number}", f"/submissions?before={number}", f"/cases/{number}"):
        answer = surveyor.get(address)
        assert answer.status_code in (200, 400, 404), answer.text
        assert "integer" not in answer.text
        assert "bigint" not in answer.text


def test_a_nul_in_a_cell_is_marked(house: Office, tmp_path: Path):
    place = tmp_path / "markers.csv"
    place.write_text("界桩编号,界线\0编号,经度,纬度\nA\0 1,L\0,1\0,30.1\n", "utf-8")
    assert read_list(place, Settings()).iloc[0].tolist() == ["A\ufffd 1", "L\ufffd", "1\ufffd", "30.1"]
    seen = house.state(house.send("surveyor", place), "surveyor")
    assert seen["state"] not in ("queued", "checking", "failed"), seen


def test_a_nul_in_an_attribute_is_marked(house: Office, tmp_path: Path):
    place = tmp_path / "markers.geojson"
    shape = {"type": "Point", "coordinates": [120.1, 30.1]}
    about = {"界桩编号": "A\0 1", "界线编号": "L", "备注": "\0"}
    features = [{"type": "Feature", "geometry": shape, "properties": about}]
    place.write_text(json.dumps({"type": "FeatureCollection", "features": features}), "utf-8")
    seen = house.state(house.send("surveyor", place), "surveyor")
    assert seen["state"] not in ("queued", "checking", "failed"), seen
    assert (stored_value("A\0 1", REGISTERS["markers"].field("code")), plain("\0")) == ("A\ufffd 1", "\ufffd")


TEXTS = ("=1+1", "+86", "-5", "@home", "'=1+1", "''-5", "'plain", "plain", "5-5")


def test_no_export_holds_live_formulas_and_all_come_back(tmp_path: Path):
    extract = Extract(REGISTERS["names"], TODAY)
    titles, rows = ["名"], [([each], None) for each in TEXTS]
    for suffix in (".csv", ".xlsx"):
        place = tmp_path / f"names{suffix}"
        export_lists.WRITERS[suffix](place, titles, iter(rows), extract)
        assert tuple(read_list(place, Settings())["名"]) == TEXTS
    with (tmp_path / "names.csv").open(encoding="utf-8-sig", newline="") as written:
        assert not [row for row in csv.reader(written) if row[0].startswith(("=", "+", "-", "@"))]


def test_a_marked_cell_saved_from_a_spreadsheet_loses_its_mark(tmp_path: Path):
    book = Workbook()
    for cell in ("名", "'=1+1"):
        book.active.append([cell])
    book.save(tmp_path / "names.xlsx")
    assert read_list(tmp_path / "names.xlsx", Settings())["名"].tolist() == ["=1+1"]


@pytest.mark.parametrize(
    ("field", "given", "found"),
    [("name", "山" * 101, 1), ("aliases", "老山、" + "山" * 101, 1), ("short_names", "山" * 101, 1),
     ("former_names", "山" * 101 + "(1958—1981)", 1), ("origin", "样" * 4001, 1), ("named_after", "1" * 101, 1)],
)  # fmt: skip
def test_pc08_breaks(house: Office, field: str, given: str, found: int):
    assert len(_pc08(house, field, given)) == found


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("name", "山" * 100),
        ("aliases", "、".join(["山" * 100] * 30)),
        ("origin", "样" * 4000),
        ("origin", None),
    ],
)
def test_pc08_passes(house: Office, field: str, given: str | None):
    assert not _pc08(house, field, given)


def _pc08(house: Office, field: str, given: str | None):
    with house.database.writing() as tx:
        county = settle(tx)
        row = county.row("青山村", "VIL", WEST, None) | {"specific": "青山", field: given}
        found = county.sent("PC08", row)
        tx.rollback()
    assert all("PC08" in RULES and each.severity.value == "error" for each in found)
    return found


def test_what_is_beyond_the_limits_of_the_database_is_not_called_away(house: Office):
    raising = "DO $$ BEGIN RAISE EXCEPTION 'index row requires 9999 bytes' USING ERRCODE = '54000'; END $$"
    with pytest.raises(Exception, match="index row") as caught, house.database.writing() as tx:
        tx.execute(text(raising))
    known = explained(caught.value)
    assert known is not None
    assert known.status == 400
    assert isinstance(getattr(caught.value, "orig", None), psycopg.Error)
