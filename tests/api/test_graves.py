"""Graves outside cemeteries over HTTP and from the terminal: lights, filters, forms, photo, history, and who sees them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import openpyxl
import pytest
from shapely.geometry import Point, box
from sqlalchemy import insert

from api.grave_photos import FOLDER, photo_called
from gis import system_keys
from gis.history import stored
from gis.system_keys import Terms
from placenames.sites.graves import GRAVES
from tests.api.conftest import Run
from tests.conftest import COUNTY, Office, is_problem
from tests.sites_made import OTHER_TOWN, SINCE, TOWN

HTML = {"Accept": "text/html"}
TODAY = date.today()
WICKED = "<script>alert(1)</script>{{ 7*7 }}"
JPEG = b"\xff\xd8\xff\xe0 sample"


def days(number: int) -> date:
    return TODAY + timedelta(days=number)


@pytest.fixture
def office(county_office: Office) -> Office:
    county_office.has("of the town", "staff", area=TOWN)
    rows: list[dict[str, Any]] = [
        {"code": "G1", "category": "hardened", "place": "样山北坡", "deadline": days(-5), "action": "correct",
         "area_m2": 9.5, "built_year": 2011, "photo": "张样墓.jpg", "geom": Point(110.3012345, 30.70)},
        {"code": "G2", "category": "hardened", "place": WICKED, "deadline": days(10), "action": "screen",
         "result": "under_way", "geom": box(110.31, 30.71, 110.32, 30.72)},
        {"code": "G3", "category": "clan", "place": "=样岭", "deadline": days(90), "action": "move", "unit": OTHER_TOWN},
        {"code": "G4", "category": "clan", "deadline": days(-50), "action": "move", "result": "confirmed",
         "done_on": days(-60), "rechecked_on": days(-40), "unit": OTHER_TOWN, "photo": "../../accounts.jpg"},
        {"code": "G5", "category": "in_zone", "deadline": None, "unit": OTHER_TOWN, "photo": "c.jpg"},
    ]  # fmt: skip
    with county_office.database.writing() as tx:
        for row in rows:
            told = {"unit": TOWN, "result": "open", "found_on": SINCE, "valid_from": SINCE, "geom": None} | row
            shape = None if told["geom"] is None else stored(told["geom"])
            tx.execute(insert(GRAVES.table).values(**told | {"geom": shape}))
    folder = county_office.settings.var / FOLDER
    folder.mkdir(parents=True)
    (folder / "张样墓.jpg").write_bytes(JPEG)
    (folder / "c.jpg").write_bytes(b"<script>alert(1)</script>")
    (county_office.settings.var / "accounts.jpg").write_bytes(JPEG)
    return county_office


def told(office: Office, query: str = "", reader: str = "surveyor") -> dict[str, Any]:
    answer = office.client(reader).get(f"/graves{query}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def codes(office: Office, query: str = "", reader: str = "surveyor") -> list[str]:
    return [each["code"] for each in told(office, query, reader)["graves"]]


def test_the_most_pressing_come_first_and_all_are_counted(office):
    found = told(office)
    assert [(each["code"], each["light"], each["days_left"]) for each in found["graves"]] == [
        ("G1", "red", -5), ("G2", "amber", 10), ("G3", "green", 90), ("G5", "green", None), ("G4", "closed", None),
    ]  # fmt: skip
    assert found["counts"] == {
        "hardened": {"red": 1, "amber": 1, "green": 0, "closed": 0},
        "clan": {"red": 0, "amber": 0, "green": 1, "closed": 1},
        "in_zone": {"red": 0, "amber": 0, "green": 1, "closed": 0},
    }
    assert (found["soon_days"], found["total"]) == (30, 5)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?category=clan", ["G3", "G4"]),
        (f"?town={TOWN}", ["G1", "G2"]),
        ("?action=move", ["G3", "G4"]),
        ("?state=under_way", ["G2"]),
        ("?light=green", ["G3", "G5"]),
        ("?light=closed&category=clan", ["G4"]),
        ("?on=2025-12-31", []),
        (f"?light=red&on={days(11)}", ["G1", "G2"]),
    ],
)
def test_filters_pick(office, query, expected):
    assert codes(office, query) == expected


@pytest.mark.parametrize(
    "wrong", ["category=x", "town=abc", "action=burn", "state=lost", "light=blue", "foo=1", "on=x", "form=pdf"]
)
def test_what_is_not_understood_is_refused(office, wrong):
    assert is_problem(office.client("surveyor").get(f"/graves?{wrong}"), 400)


def test_neither_the_public_nor_another_system_gets_in(office):
    with office.database.writing() as tx:
        _, key = system_keys.add(tx, "tax", Terms((COUNTY,)))
    system = office.client()
    system.headers["X-API-Key"] = key
    for path in ("/graves", "/graves/map", "/graves?form=xlsx", "/graves/G1", "/graves/G1/map", "/graves/G1/photo"):
        assert is_problem(office.client().get(path), 401), path
        assert is_problem(system.get(path), 403), path
    assert office.client().get("/graves", headers=HTML).headers["location"].startswith("/sign-in")
    assert "/graves" not in office.client().get("/sites", headers=HTML).text


def test_who_works_in_a_town_sees_the_graves_of_that_town(office):
    assert codes(office, "", "of the town") == ["G1", "G2"]
    assert codes(office, f"?town={OTHER_TOWN}", "of the town") == []
    clerk = office.client("of the town")
    assert clerk.get("/graves/G1").status_code == 200
    for path in ("/graves/G3", "/graves/G3/map", "/graves/G4/photo"):
        assert is_problem(clerk.get(path), 403), path
    said = clerk.get("/graves", headers=HTML).text
    assert OTHER_TOWN not in said
    assert "=样岭" not in clerk.get("/graves/map").text + clerk.get("/graves?form=geojson").text


def test_a_map_that_was_kept_for_one_reader_is_not_shown_to_another(office):
    assert "=样岭" not in office.client("of the town").get("/graves/map").text
    with office.database.writing() as tx:
        row = {"code": "G6", "category": "clan", "place": "样山南坡", "unit": OTHER_TOWN, "found_on": SINCE}
        tx.execute(insert(GRAVES.table).values(**row, geom=stored(Point(110.3, 30.6)), valid_from=SINCE))
    assert "样山南坡" in office.client("surveyor").get("/graves/map").text
    assert "样山南坡" not in office.client("of the town").get("/graves/map").text


def test_they_come_as_geojson_and_excel(office):
    shapes = office.client("surveyor").get(f"/graves?form=geojson&town={TOWN}").json()["features"]
    assert [each["geometry"]["type"] for each in shapes] == ["Point", "Polygon"]
    assert shapes[0]["geometry"]["coordinates"] == [110.3012345, 30.70]
    sheet = openpyxl.load_workbook(io.BytesIO(office.client("surveyor").get("/graves?form=xlsx&category=clan").content))
    title, first, *_ = sheet.active.iter_rows(values_only=True)
    row = dict(zip(title, first, strict=True))
    assert (row["问题编号"], row["位置"], row["违法类别"], row["时限"]) == ("G3", "'=样岭", "宗族墓地", "尚有余时")
    assert row["整改期限"].date() == days(90)


def test_the_excel_list_can_be_filled_in_and_sent_again(office, tmp_path):
    office.has("staff", "staff")
    book = openpyxl.load_workbook(io.BytesIO(office.client("staff").get(f"/graves?form=xlsx&town={TOWN}").content))
    rows = list(book.active.iter_rows())
    titles = [cell.value for cell in rows[0]]
    rows[1][titles.index("处置结果")].value = "处理中"
    book.save(tmp_path / "违法墓葬.xlsx")
    seen = office.state(office.send("staff", tmp_path / "违法墓葬.xlsx"), "staff")
    assert seen["blocking"] == 0, seen["findings"]
    assert seen["changes"] == {"graves": {"changed": 1}}


def test_the_page_says_it_in_both_languages(office):
    client = office.client("surveyor")
    said = client.get("/graves?lang=zh", headers=HTML).text
    for words in ("违法墓葬", "5 处", "逾期 5 天", "还剩 10 天", "未定期限", "已销号", "硬化大墓", "内部资料"):
        assert words in said, words
    assert WICKED not in said
    assert "其中 1 处未定期限" in said
    said = client.get("/graves?lang=en", headers=HTML).text
    for words in ("Graves outside cemeteries", "5 graves", "overdue by 5 d", "10 days left", "no deadline"):
        assert words in said, words
    assert "No grave fits" in client.get("/graves?category=ash_home", headers=HTML).text
    drawn = client.get("/graves/map?lang=zh").text
    assert "样山北坡" in drawn
    assert WICKED not in drawn


def test_a_graves_page_tells_what_is_to_be_done_and_what_was(office):
    client = office.client("surveyor")
    one = client.get("/graves/G1").json()
    assert (one["grave"]["light"], one["history"][0]["deadline"]) == ("red", str(days(-5)))
    said = client.get(f"/graves/{one['grave']['id']}?lang=zh", headers=HTML).text
    for words in ("样山北坡", "整改期限", "2011", "9.5 m²", "处置经过", "现场照片", "逾期 5 天"):
        assert words in said, words
    assert "Photo of the place" in client.get("/graves/G1?lang=en", headers=HTML).text
    assert "样山北坡" in client.get("/graves/G1/map").text
    assert is_problem(client.get("/graves/no-such"), 404)
    assert is_problem(client.get("/graves/G1?on=2025-12-31"), 404)


def test_nothing_names_anybody(office):
    client = office.client("surveyor")
    for path in ("/graves", "/graves?form=geojson", "/graves/G1", "/graves/map", "/graves/G1/map"):
        for kind in ("text/html", "application/json"):
            said = client.get(path, headers={"Accept": kind}).text
            assert "张样" not in said, path
            assert "contact" not in said, path
    photo = client.get("/graves/G1/photo")
    assert (photo.content, photo.headers["content-type"]) == (JPEG, "image/jpeg")
    assert "content-disposition" not in photo.headers
    assert photo.headers["content-security-policy"].startswith("sandbox")


def test_what_a_photo_is_called_is_told_by_no_answer_of_the_register(office):
    client = office.client("surveyor")
    for path in ("items", "items/G1", "items?f=html", "items/G1?f=html", "map", "map?fid=G1", "items?datetime=../.."):
        answer = client.get(f"/collections/graves/{path}")
        assert (answer.status_code, "张样" in answer.text, "&#34;photo" in answer.text) == (200, False, False), path
    assert is_problem(client.get("/collections/graves/items?photo=c.jpg"), 400)
    for reader, names in {"surveyor": ["张样墓.jpg", "c.jpg"], "of the town": ["张样墓.jpg"]}.items():
        listed = office.client(reader).get("/collections/graves/export?f=csv").text
        assert [name for name in ("张样墓.jpg", "c.jpg") if name in listed] == names


@pytest.mark.parametrize("code", ["G2", "G4", "G5"])
def test_a_photo_that_is_none_or_lies_elsewhere_is_not_handed_out(office, code):
    assert is_problem(office.client("surveyor").get(f"/graves/{code}/photo"), 404)
    assert "<img" not in office.client("surveyor").get(f"/graves/{code}", headers=HTML).text


@pytest.mark.parametrize(
    "name",
    ["", None, "../a.jpg", "/etc/a.jpg", "..\\a.jpg", ".a.jpg", "a.jpg\0", "C:a.jpg", "a.svg", "a.html", "样" * 300 + ".jpg",
     "folder.jpg", "link.jpg", "empty.jpg"],
)  # fmt: skip
def test_only_plain_pictures_of_the_folder_are_known(tmp_path, name):
    folder = tmp_path / FOLDER
    folder.mkdir(parents=True)
    for each in ("a.jpg", ".a.jpg", "a.svg", "a.html"):
        (folder / each).write_bytes(JPEG)
    (folder / "empty.jpg").touch()
    (folder / "folder.jpg").mkdir()
    (tmp_path / "a.jpg").write_bytes(JPEG)
    (folder / "link.jpg").symlink_to(tmp_path / "a.jpg")
    assert photo_called("a.jpg", tmp_path) is not None
    assert photo_called(name, tmp_path) is None


def test_the_command_lists_and_counts(
    office: Office, terminal: Callable[[Office], Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    jiezhi = partial(terminal(office), "sites", "graves")
    code, said, _ = jiezhi(who="surveyor")
    assert (code, re.findall(r"^(G\d)", said, re.MULTILINE)) == (0, ["G1", "G2", "G3", "G5", "G4"])
    assert "共 5 处:已逾期 1、即将到期 1、尚有余时 2、已销号 1" in said
    code, said, _ = jiezhi("--light", "amber", "--json", who="of the town")
    assert [each["code"] for each in json.loads(said)["graves"]] == ["G2"]
    monkeypatch.setenv("JIEZHI_GRAVE_SOON_DAYS", "5")
    code, said, _ = jiezhi("--light", "amber", who="surveyor")
    assert (code, "共 0 处" in said) == (0, True)
    code, _, complaint = jiezhi("--category", "castle", who="surveyor")
    assert (code != 0, "castle" in complaint) == (True, True)
