"""Addresses as pages and documents: what a lookup found, one address with its history, an address taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gis.cluster import Cluster
from tests.conftest import Office, is_problem, office_of_its_own
from tests.plates_sent import FIRST, LATER, NORTH, WEST, publish
from tests.steps import text_of

HTML = {"Accept": "text/html"}
NEW_NUMBER, CERTIFICATE, OWNER = "2026-05-01", "样证006", "样某某"


@pytest.fixture(scope="module")
def office(server: Cluster, county_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("plates")
    with office_of_its_own(server, county_template, folder) as office:
        office.has("staff", "staff")
        publish(office, folder, FIRST, "2026-01-01", "样政函〔2026〕8号")
        publish(office, folder, LATER, NEW_NUMBER)
        yield office


@pytest.fixture
def anyone(office: Office) -> TestClient:
    return office.client()


@pytest.fixture(scope="module")
def colleague(office: Office) -> TestClient:
    return office.client("staff")


def answered(client: TestClient, path: str, **asked: str) -> Any:
    answer = client.get(path, params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


def page(client: TestClient, path: str, lang: str = "zh", **asked: str) -> str:
    answer = client.get(path, params=asked, headers={**HTML, "Cookie": f"lang={lang}"})
    assert answer.status_code == 200, answer.text
    return answer.text


def first(client: TestClient, words: str, **asked: str) -> dict[str, Any]:
    found: dict[str, Any] = answered(client, "/addresses/search", q=words, **asked)["features"][0]["properties"]
    return found


def test_a_browser_gets_the_list_and_a_program_the_features(anyone: TestClient) -> None:
    for path in ("/addresses", "/addresses/search"):
        assert answered(anyone, path, q="样柳路2号")["features"][0]["properties"]["code"] == "DZ0002"
        said = text_of(page(anyone, path, q="样柳路2号"))
        assert "样柳路2号" in said
        assert "样例省样例市样例县样城街道" in said
        assert re.search("门牌 +确定", said), said


def test_what_was_corrected_is_said_in_words(anyone: TestClient) -> None:
    assert "“样流路”按同音认作“样柳路”" in text_of(page(anyone, "/addresses", q="样流路2号"))
    said = text_of(page(anyone, "/addresses", "en", q="样流路2号"))
    assert "“样流路” is taken for “样柳路”, which sounds the same" in said


@pytest.mark.parametrize("typed", ["yll", "yangliulu"])
def test_initials_and_pinyin_end_with_enter_too(anyone: TestClient, typed: str) -> None:
    whole = page(anyone, "/addresses", q=typed)
    said = text_of(whole)
    assert "样柳路" in said
    assert "按拼音或首字母" in said
    assert f"/addresses/suggest?q={typed}&amp;f=json" in whole
    assert "样柳路" in page(anyone, "/addresses/map", q=typed)
    assert answered(anyone, "/addresses/search", q=typed)["features"] == []


def test_only_a_search_explains(anyone: TestClient) -> None:
    for path in ("/addresses/suggest", "/addresses/map"):
        assert anyone.get(path, params={"q": "样柳路", "explain": "1"}).status_code == 400


def test_a_place_that_was_worked_out_is_never_shown_as_a_plate(anyone: TestClient) -> None:
    found = first(anyone, "样柳路8号")
    assert (found["id"], found["code"], found["match_level"]) == (None, None, "interpolated")
    whole = page(anyone, "/addresses", q="样柳路8号")
    said = text_of(whole)
    assert "名录中没有这块门牌" in said
    assert 'class="unregistered"' in whole
    assert 'class="name" href' not in whole
    drawn = page(anyone, "/addresses/map", q="样柳路8号")
    assert '"dashArray":"3 4"' in drawn


def test_how_it_was_understood_can_be_unfolded(anyone: TestClient) -> None:
    whole = page(anyone, "/addresses", q="樣柳路二號")
    assert "<details" in whole
    assert "统一写法:样柳路2号" in text_of(whole)


def test_nothing_asked_and_nothing_found_say_what_to_do(anyone: TestClient) -> None:
    assert "照平常的写法输入" in text_of(page(anyone, "/addresses"))
    said = text_of(page(anyone, "/addresses", q="查无此路1号"))
    assert "没有查到" in said
    assert "乡镇街道" in said


def test_states_and_towns_narrow_the_list(anyone: TestClient) -> None:
    assert "注销" in text_of(page(anyone, "/addresses", q="样柳路20号"))
    assert first(anyone, "样柳路20号", status="cancelled")["code"] == "DZ0020"
    assert "DZ0002" not in page(anyone, "/addresses", q="样柳路2号", unit="990101100")
    assert is_problem(anyone.get("/addresses", params={"q": "样", "status": "gone"}), 400)


def test_suggestions_fill_the_field_or_lead_to_the_plate(anyone: TestClient) -> None:
    part = anyone.get("/addresses/suggest", params={"q": "yll"}, headers={**HTML, "HX-Request": "true"}).text
    assert 'data-fill="样例省样例市样例县样城街道样柳路"' in part
    part = anyone.get("/addresses/suggest", params={"q": "样柳路1"}, headers={**HTML, "HX-Request": "true"}).text
    assert "样柳路112号" in part
    assert 'href="/addresses/' in part
    led = anyone.get("/addresses/suggest", params={"q": "样"}, headers=HTML)
    assert (led.status_code, led.headers["location"][:11]) == (303, "/addresses?")


def test_a_point_is_answered_by_the_nearest_plates(anyone: TestClient) -> None:
    there = {"lon": str(WEST + 2e-4), "lat": str(NORTH)}
    found = answered(anyone, "/addresses/reverse", **there)
    assert [each["properties"]["code"] for each in found["features"]] == ["DZ0002"]
    said = text_of(page(anyone, "/addresses/reverse", **there))
    assert "样柳路2号" in said
    assert "0 米" in said
    assert "样例省 › 样例市 › 样例县 › 样城街道" in said
    assert "所查位置" in page(anyone, "/addresses/map", **there)
    assert "5 千米以内没有门牌" in text_of(page(anyone, "/addresses/reverse", lon="100", lat="20"))


def test_nearest_is_in_metres_and_not_in_degrees(anyone: TestClient) -> None:
    found = answered(anyone, "/addresses/reverse", lon=str(WEST + 7e-4), lat=str(NORTH + 1e-4), limit="9")
    far = [each["properties"]["distance_m"] for each in found["features"]]
    assert far == sorted(far)
    assert len(far) == 8  # the ninth is given up


def test_one_address_tells_its_old_and_new_numbers(anyone: TestClient) -> None:
    found = answered(anyone, "/addresses/DZ0012")
    assert found["properties"]["label"] == "样例省样例市样例县样城街道样柳路112号"
    assert found["properties"]["text"] == "样柳路112号"
    assert [(each["text"], each["since"], each["until"], each["document"]) for each in found["numbers"]] == [
        ("样柳路112号", NEW_NUMBER, None, "样政函〔2026〕9号"), ("样柳路12号", "2026-01-01", NEW_NUMBER, "样政函〔2026〕8号")
    ]  # fmt: skip
    assert found["unit_names"] == ["样例省", "样例市", "样例县", "样城街道"]
    assert answered(anyone, f"/addresses/{found['id']}") | {"links": 0} == found | {"links": 0}
    assert answered(anyone, "/addresses/DZ0006")["before"] == ["样公社路3号(1966—1981)"]


def test_one_address_on_a_day(anyone: TestClient) -> None:
    before = answered(anyone, "/addresses/DZ0012", on="2026-02-01")
    assert (before["properties"]["text"], before["present"], before["in_force"]) == ("样柳路12号", "样柳路112号", True)
    assert "现为" in text_of(page(anyone, "/addresses/DZ0012", on="2026-02-01"))
    early = answered(anyone, "/addresses/DZ0012", on="2020-01-01")
    assert (early["in_force"], early["properties"]["text"]) == (False, "样柳路12号")
    assert "起生效" in text_of(page(anyone, "/addresses/DZ0012", on="2020-01-01"))
    assert is_problem(anyone.get("/addresses/DZ0012?on=yesterday"), 400)


def test_an_old_number_leads_to_the_same_page(anyone: TestClient) -> None:
    now = answered(anyone, "/addresses/DZ0012")
    assert first(anyone, "样柳路12号")["id"] == first(anyone, "样柳路112号")["id"] == now["id"]
    assert f'href="/addresses/{now["id"]}"' in page(anyone, "/addresses", q="样柳路12号")


def test_the_page_of_one_address(anyone: TestClient) -> None:
    said = text_of(page(anyone, "/addresses/DZ0012"))
    assert all(words in said for words in ("样柳路112号", "样柳路12号", NEW_NUMBER, "样政函〔2026〕9号", "牌已更换"))
    said = text_of(page(anyone, "/addresses/DZ0012", "en"))
    assert all(words in said for words in ("Old and new numbers", "plate replaced", "样柳路112号"))
    assert "登记以前" in text_of(page(anyone, "/addresses/DZ0006"))
    inside = text_of(page(anyone, "/addresses/DZ0010"))
    assert inside.index("3幢2单元501室") < inside.index("12幢1单元101室")
    assert "邻近门牌" in page(anyone, "/addresses/DZ0010/map")
    assert "邻近门牌" in page(anyone, "/addresses/map", q="样柳路2号")
    assert "邻近门牌" not in page(anyone, "/addresses/map", q="样城街道")


@pytest.mark.parametrize(
    "more", [{"status": "assigned"}, {"unit": "990101001"}, {"bbox": "110,30,111,31"}, {"status": "assigned", "unit": "9"}]
)
def test_the_map_of_a_filtered_search_shows_no_other_plates(anyone: TestClient, more: dict[str, str]) -> None:
    drawn = page(anyone, "/addresses/map", q="样柳路2号", **more)
    assert "样柳路2号" in drawn
    assert "邻近门牌" not in drawn


def test_what_is_not_there_is_not_found(anyone: TestClient) -> None:
    for path in ("/addresses/no-such", "/addresses/00000000-0000-4000-8000-000000000000", "/addresses/no-such/map"):
        assert is_problem(anyone.get(path), 404)
        assert anyone.get(path, headers=HTML).status_code == 404
    assert is_problem(anyone.get("/addresses/DZ0012?known=1"), 400)


def test_nobody_sees_who_owns_it_and_the_public_no_certificate(anyone: TestClient, colleague: TestClient) -> None:
    paths = ("/addresses/DZ0006", "/addresses/DZ0006/map", "/addresses/search?q=样柳路6号", "/collections/addresses/items",
             "/collections/addresses/items/DZ0006/versions", "/collections/addresses/export?f=csv")  # fmt: skip
    for path in paths:
        for client, headers in ((anyone, {}), (anyone, HTML), (colleague, {}), (colleague, HTML)):
            said = client.get(path, headers=headers).text
            assert OWNER not in said, path
            assert client is colleague or CERTIFICATE not in said, path
    assert CERTIFICATE in colleague.get("/addresses/DZ0006").text


def test_the_public_sees_a_rounded_place(anyone: TestClient, colleague: TestClient) -> None:
    public, exact = (answered(each, "/addresses/DZ0003")["geometry"]["coordinates"] for each in (anyone, colleague))
    assert public == [round(at, 4) for at in exact]


def test_an_address_is_taken_apart_on_a_page(anyone: TestClient) -> None:
    whole = page(anyone, "/addresses/parse", q="样城街道样柳路十二號3棟 电联")
    said = text_of(whole)
    assert all(words in said for words in ("乡镇街道", "街路巷", "12号", "3幢", "多余文字未采用:电联"))
    assert "<del>电联</del>" in whole
    assert "Left out of account" in text_of(page(anyone, "/addresses/parse", "en", q="样柳路12号 电联"))
    assert "把一条地址拆成" in text_of(page(anyone, "/addresses/parse"))


def test_every_page_knows_who_is_signed_in(anyone: TestClient, colleague: TestClient) -> None:
    paths = ("", "?q=样柳路2号", "/reverse?lon=110.3&lat=30.7", "/DZ0012", "/parse?q=样柳路2号", "/batch")
    for path in paths:
        assert "退出" in colleague.get(f"/addresses{path}", headers=HTML).text, path
        assert "登录" in anyone.get(f"/addresses{path}", headers=HTML).text, path


def test_words_stay_words(anyone: TestClient) -> None:
    evil = "<script>alert(1)</script>{{7*77}}"
    for path in ("/addresses", "/addresses/parse"):
        whole = page(anyone, path, q=evil)
        assert "<script>alert" not in whole
        assert "539" not in text_of(whole)
