"""The desk for batches: people hand a spreadsheet in, see how far it is, and take it back with its answers."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook

from gis.cluster import Cluster
from tests.conftest import Office, is_problem, office_of_its_own
from tests.plates_sent import FIRST, publish
from tests.steps import text_of

HTML = {"Accept": "text/html"}
LIST = "编号,详细地址\n=1,样柳路2号\n2,样流路4号\n3,样柳路8号\n4,查无此路1号\n"


@pytest.fixture(scope="module")
def office(server: Cluster, county_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("desk")
    with office_of_its_own(server, county_template, folder) as office:
        office.has("staff", "staff")
        publish(office, folder, FIRST, "2026-01-01")
        yield office


@pytest.fixture
def anyone(office: Office) -> TestClient:
    return office.client()


def handed_in(client: TestClient, name: str, content: bytes, **fields: str) -> str:
    """Hands a list in; answers the address of its progress."""
    answer = client.post("/addresses/batch/upload", files={"file": (name, content)}, data=fields, headers=HTML)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def answers(office: Office, client: TestClient, place: str) -> list[dict[str, str]]:
    office.work()
    got = client.get(f"{place}/answers")
    assert got.status_code == 200, got.text
    return list(csv.DictReader(io.StringIO(got.content.decode("utf-8-sig"))))


def test_the_desk_says_what_it_takes(anyone: TestClient) -> None:
    page = anyone.get("/addresses/batch", headers=HTML).text
    assert 'enctype="multipart/form-data"' in page
    assert "match_level" in page
    assert "Choose a list" in anyone.get("/addresses/batch?lang=en", headers=HTML).text
    told = anyone.get("/addresses/batch").json()
    assert (told["takes"], told["at_once"]) == (["text/csv", "application/json"], 1000)


def test_who_is_not_signed_in_is_told_what_a_list_costs(office: Office, anyone: TestClient) -> None:
    limit = office.settings.anonymous_per_s
    object.__setattr__(office.settings, "anonymous_per_s", 50)
    try:
        asked, known = (each.get("/addresses/batch", headers=HTML).text for each in (anyone, office.client("staff")))
    finally:
        object.__setattr__(office.settings, "anonymous_per_s", limit)
    assert "每秒 50 行" in asked
    assert "约 4 分钟" in asked
    assert "每秒 50 行" not in known


def test_a_spreadsheet_comes_back_with_its_answers(office: Office, anyone: TestClient) -> None:
    place = handed_in(anyone, "客户.csv", LIST.encode("gbk"))
    waiting = anyone.get(place, headers=HTML).text
    assert "排队" in text_of(waiting)
    assert "hx-trigger" in waiting
    rows = answers(office, anyone, place)
    assert [row["编号"] for row in rows] == ["'=1", "2", "3", "4"]
    assert [row["code"] for row in rows] == ["DZ0002", "DZ0004", "", ""]
    assert [row["match_level"] for row in rows] == ["plate", "plate", "interpolated", ""]
    assert rows[1]["changed"] == "“样流路”按同音认作“样柳路”"
    finished = anyone.get(place, headers=HTML).text
    assert f'href="{place}/answers"' in finished
    assert "hx-trigger" not in finished
    assert "4 / 4 行" in text_of(finished)


def test_excel_is_taken_too(office: Office, anyone: TestClient) -> None:
    out = io.BytesIO()
    pd.DataFrame({"在哪里": ["样柳路2号", "样柳路6号"]}).to_excel(out, index=False)
    rows = answers(office, anyone, handed_in(anyone, "表.XLSX", out.getvalue(), column="在哪里", on="2026-02-01"))
    assert [row["code"] for row in rows] == ["DZ0002", "DZ0006"]


def test_words_of_the_answers_are_in_the_language_of_the_page(office: Office) -> None:
    english = office.client()
    english.cookies.set("lang", "en")
    rows = answers(office, english, handed_in(english, "a.csv", LIST.encode()))
    assert rows[1]["changed"] == "“样流路” is taken for “样柳路”, which sounds the same"


def test_whoever_is_signed_in_sees_the_exact_place(office: Office, anyone: TestClient) -> None:
    staff = office.client("staff")
    content = "地址\n样柳路3号\n".encode()
    exact, public = (answers(office, each, handed_in(each, "a.csv", content))[0]["lon"] for each in (staff, anyone))
    assert float(public) == round(float(exact), 4)


@pytest.mark.parametrize(
    ("name", "content", "fields", "told"),
    [
        ("a.pdf", b"%PDF", {}, "CSV"),
        ("a.csv", "甲,乙\n1,2\n".encode(), {}, "没有地址列"),
        ("a.csv", b"", {}, "没有数据"),
        ("a.xlsx", b"no workbook", {}, ""),
        ("a.csv", "地址\n样柳路2号\n".encode(), {"on": "tomorrow"}, "tomorrow"),
        ("a.csv", "地址\n样柳路2号\n".encode(), {"column": "乙"}, "没有“乙”列"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_refused_with_the_reason(
    anyone: TestClient, name: str, content: bytes, fields: dict[str, str], told: str
) -> None:
    answer = anyone.post("/addresses/batch/upload", files={"file": (name, content)}, data=fields)
    assert 400 <= answer.status_code < 423, answer.text
    assert told in answer.json()["message"]["zh"] or told in answer.json()["detail"]
    page = anyone.post("/addresses/batch/upload", files={"file": (name, content)}, data=fields, headers=HTML)
    assert re.search("<h1>", page.text)


def test_a_workbook_of_several_filled_sheets_is_refused_by_their_names(anyone: TestClient) -> None:
    book, out = Workbook(), io.BytesIO()
    for title, filled in (("东片", True), ("空", False), ("西片", True)):
        sheet = book.create_sheet(title)
        for line in ("地址", "样柳路2号") if filled else ():
            sheet.append([line])
    book.save(out)
    answer = anyone.post("/addresses/batch/upload", files={"file": ("a.xlsx", out.getvalue())})
    assert is_problem(answer, 400)
    assert "工作簿有 2 张有数据的工作表:东片、西片;请只留要读取的一张" in answer.json()["message"]["zh"]


def test_a_form_of_another_site_hands_nothing_in(office: Office) -> None:
    client = office.client("staff")
    token = client.headers.pop("Authorization").removeprefix("Bearer ")
    client.cookies.set("jiezhi", token)
    forged = client.post("/addresses/batch/upload", files={"file": ("a.csv", LIST.encode())})
    assert is_problem(forged, 403)
    csrf = re.search('name="csrf" value="([^"]+)"', client.get("/addresses/batch", headers=HTML).text)
    assert csrf is not None
    handed_in(client, "a.csv", LIST.encode(), csrf=csrf[1])


def test_a_batch_that_there_is_not_is_not_found(anyone: TestClient) -> None:
    assert anyone.get("/addresses/batch/no-such", headers=HTML).status_code == 404
