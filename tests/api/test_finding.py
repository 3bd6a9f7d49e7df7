"""Place names over HTTP: search, help while typing, the page of one place; for everybody and for colleagues."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from functools import partial
from typing import Any

import pytest
from fastapi.testclient import TestClient

from gis.cluster import Cluster
from gis.db import Database
from tests.api.conftest import Run
from tests.conftest import TEMPLATE, Office, clone, drop, is_problem, settled_in
from tests.naming import EAST, settle
from tests.sorts_of_names import RENAMED, SOON, many_names, renamed

HTML = {"Accept": "text/html"}
ALWAYS = {"id", "code", "name", "label", "valid_from", "valid_to"}


@pytest.fixture(scope="module")
def office(server: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    name = TEMPLATE + "_finding"
    drop(server, name)
    clone(server, TEMPLATE, name)
    with closing(Database(server.url(name))) as database, settled_in(tmp_path_factory.mktemp("finding")) as config:
        with database.writing() as tx:
            many_names(settle(tx))
        with database.writing() as tx:
            renamed(tx)
        office = Office(database, config)
        office.has("staff", "staff", area="330901")
        yield office
    drop(server, name)


@pytest.fixture
def anyone(office: Office) -> TestClient:
    return office.client()


@pytest.fixture(scope="module")
def colleague(office: Office) -> TestClient:
    return office.client("staff")


def found(client: TestClient, **asked: str | int) -> list[dict[str, Any]]:
    answer = client.get("/names/search", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("application/geo+json")
    document = answer.json()
    assert document["type"] == "FeatureCollection"
    assert document["numberReturned"] == len(document["features"])
    return list(document["features"])


def names(client: TestClient, **asked: str | int) -> list[str]:
    return [each["properties"]["name"] for each in found(client, **asked)]


def the(client: TestClient, name: str, **asked: str | int) -> dict[str, Any]:
    return next(each for each in found(client, **asked) if each["properties"]["name"] == name)


def test_an_answer_is_geojson_with_all_that_tells_places_apart(anyone: TestClient) -> None:
    feature = the(anyone, "石门街", q="石門街")
    about = feature["properties"]
    assert set(about) >= ALWAYS
    assert feature["id"] == about["id"]
    assert about["label"] == "样例县石桥镇石门街"
    assert about["unit_names"] == ["样例省", "示范市", "样例县", "石桥镇"]
    assert (about["category"], about["class_code"], about["roman"]) == ("ROD", "23513", "Shímén Jiē")
    assert about["matched"] == {
        "text": "石门街", "kind": "standard", "how": "exact", "since": "1981-01-01", "until": None,
        "words": {"zh": "标准名称", "en": "standard name"}, "note": {"zh": "", "en": ""},
    }  # fmt: skip
    assert feature["geometry"] == {"type": "Point", "coordinates": [120.05, 30.05]}


def test_a_former_name_is_said_to_be_one(anyone: TestClient) -> None:
    matched = the(anyone, "望江街", q="石桥街")["properties"]["matched"]
    assert (matched["kind"], matched["until"]) == ("former", str(RENAMED))
    assert matched["note"]["zh"] == "曾用名,用至 2024-05-01,现名望江街"


@pytest.mark.parametrize("q", ["shimenjie", "shi men jie", "Shímén Jiē", "smj", "石门街"])
def test_sound_tones_spaces_and_initials(anyone: TestClient, q: str) -> None:
    assert "石门街" in names(anyone, q=q)


def test_filters_may_be_joined(anyone: TestClient) -> None:
    assert set(names(anyone, q="石门", kind="NAT")) == {"北石门山"}
    assert names(anyone, q="绿水", kind="12200") == names(anyone, q="绿水", class_code="12200") == ["绿水湖"]
    assert set(names(anyone, q="石门", unit=EAST)) == {"大石门村", "北石门山"}
    assert set(names(anyone, q="石门", bbox="120.14,30,120.2,30.1", category="vil")) == {"大石门村"}
    assert names(anyone, q="石桥街", on="2022-06-01")[0] == "石桥街"
    assert found(anyone, q="新村", near="120.05,30.05", limit=1)[0]["properties"]["metres"] == 0
    assert len(found(anyone, q="石", limit=2)) == 2
    assert len(found(anyone, q="石", limit=10_000)) > 2
    assert len(found(anyone, q="石", limit="9" * 30)) > 2


def test_asking_for_nothing_finds_nothing(anyone: TestClient) -> None:
    for asked in ({}, {"q": ""}, {"q": "  "}, {"on": "2022-01-01"}, {"near": "120,30"}):
        assert found(anyone, **asked) == []


REFUSED = [
    *({"q": text} for text in ("x" * 10_000, "石" * 101, "石\0")),
    *({"q": "石", "on": text} for text in ("yesterday", "2026-13-01")),
    *({"q": "石", "kind": text} for text in ("STREET", "１２")),
    *({"q": "石", "class_code": text} for text in ("12x", "123456")),
    *({"q": "石", "unit": text} for text in ("33%", "3" * 99, "\0")),
    *({"q": "石", "bbox": text} for text in ("1,2,3", "a,b,c,d", "1,2,3,nan")),
    *({"q": "石", "near": text} for text in ("1", "1,2,3", "nan,1", "200,1", "1e2,3")),
    *({"q": "石", "limit": text} for text in ("0", "-1", "x")),
    {"q": "石", "category": "'"},
    {"q": "石", "foo": "1"},
]


@pytest.mark.parametrize("asked", REFUSED)
@pytest.mark.parametrize("path", ["/names/search", "/names/suggest", "/names", "/names/map"])
def test_what_cannot_be_asked_is_refused(anyone: TestClient, path: str, asked: dict[str, Any]) -> None:
    assert is_problem(anyone.get(path, params=asked), 400)
    page = anyone.get(path, params=asked, headers=HTML)
    assert page.status_code in (400, 303)


ODD = ["%", "_", "\\", "'", '"', "';--", "😀", "{{7*7}}", "<script>", "\u202e", "()", "NULL", "-", "，"]


@pytest.mark.parametrize("q", ODD)
def test_odd_text_is_answered(anyone: TestClient, q: str) -> None:
    for path in ("/names/search", "/names/suggest"):
        assert anyone.get(path, params={"q": q}).status_code == 200
    page = anyone.get("/names", params={"q": q}, headers=HTML)
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert ">49<" not in page.text


def test_what_is_typed_is_shown_as_it_was_typed(anyone: TestClient) -> None:
    page = anyone.get("/names", params={"q": '"><script>alert(1)</script>'}, headers=HTML).text
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


def test_help_while_typing(anyone: TestClient) -> None:
    answer = anyone.get("/names/suggest", params={"q": "石门"}).json()
    assert [each["text"] for each in answer["suggestions"]][:2] == ["石门街村", "石门街"]
    assert set(answer["suggestions"][0]) == {"id", "text", "name", "label", "kind", "how", "note"}
    assert len(anyone.get("/names/suggest", params={"q": "s"}).json()["suggestions"]) <= 10
    assert anyone.get("/names/suggest").json()["suggestions"] == []
    part = anyone.get("/names/suggest", params={"q": "石桥街"}, headers={**HTML, "HX-Request": "true"})
    assert "<html" not in part.text
    assert "石桥街" in part.text
    assert "望江街" in part.text
    whole = anyone.get("/names/suggest", params={"q": "石桥街"}, headers=HTML)
    assert (whole.status_code, whole.headers["location"][:9]) == (303, "/names?q=")


def test_internal_places_are_not_for_the_public(anyone: TestClient, colleague: TestClient) -> None:
    for asked in ({"q": "样哨所"}, {"q": "样岗楼"}, {"kind": "FAC"}, {"unit": "330901", "limit": 100}):
        assert not {"样哨所", "石门库"} & set(names(anyone, **asked))
    assert {"样哨所", "石门库"} == set(names(colleague, kind="FAC"))
    hidden = the(colleague, "样哨所", q="样哨所")["id"]
    for path in (f"/names/{hidden}", f"/collections/names/items/{hidden}", f"/collections/names/items/{hidden}/versions"):
        assert is_problem(anyone.get(path), 404), path
        assert colleague.get(path).status_code == 200
    listed = anyone.get("/collections/names/items", params={"limit": 1000}).json()
    assert listed["numberMatched"] == len(listed["features"])
    assert not {"样哨所", "石门库"} & {each["properties"]["name"] for each in listed["features"]}


def test_internal_places_are_for_colleagues_of_their_area(office: Office, anyone: TestClient, colleague: TestClient) -> None:
    office.has("neighbour", "staff", area=EAST)
    neighbour = office.client("neighbour")
    hidden = the(colleague, "样哨所", q="样哨所")
    for asked in ({"q": "样哨所"}, {"q": hidden["properties"]["code"]}, {"kind": "FAC"}, {"unit": "330901", "limit": 100}):
        assert "样哨所" not in names(neighbour, **asked), asked
    identity = hidden["id"]
    item = f"/collections/names/items/{identity}"
    for path in (f"/names/{identity}", item, f"{item}/versions"):
        assert is_problem(neighbour.get(path), 404), path
    readers = (neighbour, anyone, colleague)
    shown = [each.get("/collections/names/items", params={"limit": 1000}).json() for each in readers]
    assert [each["numberMatched"] for each in shown] == [len(each["features"]) for each in shown]
    assert shown[0]["numberMatched"] == shown[1]["numberMatched"] < shown[2]["numberMatched"]
    assert "样哨所" not in neighbour.get("/names/suggest", params={"q": "样哨"}).text
    assert "样哨所" not in neighbour.get("/collections/names/export", params={"f": "csv"}).text


def test_a_code_is_looked_up_too(anyone: TestClient) -> None:
    street = the(anyone, "石门街", q="石门街")["properties"]
    answer = found(anyone, q=street["code"])
    assert [(each["properties"]["name"], each["properties"]["matched"]["how"]) for each in answer] == [("石门街", "code")]
    page = anyone.get("/names", params={"q": street["code"]}, headers=HTML).text
    assert "石门街" in page
    assert f'<span class="code">{street["code"]}</span>' in page
    assert anyone.get("/names/suggest", params={"q": street["code"]}).json()["suggestions"][0]["how"] == "code"


def test_one_place_with_all_that_is_recorded_of_it(anyone: TestClient) -> None:
    identity = the(anyone, "石门街", q="石门街")["id"]
    answer = anyone.get(f"/names/{identity}")
    place = answer.json()
    assert place["properties"]["name"] == "石门街"
    assert [(each["text"], each["kind"], each["since"], each["until"]) for each in place["called"]] == [
        ("石门街", "standard", "1981-01-01", None),
        ("石门老街", "alias", "2020-01-01", None),
        ("门街", "short", "2020-01-01", None),
        ("石桥公社路", "former", "1958-01-01", "1981-01-01"),
        ("菜市街", "former", None, "1981-01-01"),
    ]
    assert place["called"][3]["authority"] == "样例县革命委员会"
    assert place["in_force"] is True
    assert place["cases"] == []
    by_code = anyone.get(f"/names/{place['properties']['code']}").json()
    assert by_code["id"] == identity
    page = anyone.get(f"/names/{identity}", headers=HTML)
    told = ["石门街", "石桥公社路", "样例县革命委员会", "街口有石门", "1958-01-01", "Shímén Jiē", "曾用名", "街路巷"]
    assert [words for words in told if words not in page.text] == []
    english = anyone.get(f"/names/{identity}?lang=en", headers=HTML)
    assert "former name" in english.text


def test_a_place_on_a_past_day(anyone: TestClient) -> None:
    identity = the(anyone, "望江街", q="望江街")["id"]
    then = anyone.get(f"/names/{identity}?on=2022-01-01").json()
    assert (then["properties"]["name"], then["present_name"], then["properties"]["valid_to"]) == (
        "石桥街", "望江街", str(RENAMED),
    )  # fmt: skip
    assert [each["kind"] for each in then["called"]] == ["later", "standard"]
    page = anyone.get(f"/names/{identity}?on=2022-01-01", headers=HTML).text
    assert "石桥街" in page
    assert "现名" in page
    assert len(then["versions"]) == 3
    assert "起由后来的登记取代" in page
    assert "&lt;time" not in page
    before = anyone.get(f"/names/{identity}?on=1999-01-01").json()
    assert (before["in_force"], before["properties"]["name"]) == (False, "石桥街")


@pytest.mark.parametrize(("name", "on"), [("望江街", "1999-01-01"), ("望海路", "")])
def test_a_place_before_its_first_day_is_not_said_to_have_ended(
    anyone: TestClient, colleague: TestClient, name: str, on: str
) -> None:
    path = f"/names/{the(anyone, name, q=name)['id']}?on={on}"
    began, day = anyone.get(path).json()["properties"]["valid_from"], on or str(date.today())
    page, english = (anyone.get(f"{path}&lang={lang}", headers=HTML).text for lang in ("zh", "en"))
    assert f"{day} 时尚未登记:自 {began} 起生效" in page
    assert f"On {day} it was not registered yet: it is in force from {began} on" in english
    assert "不再生效" not in page
    assert "No longer" not in english
    assert "action=restore" not in colleague.get(path, headers=HTML).text, "what has not begun cannot be restored"


def test_a_place_that_ended_keeps_its_page(anyone: TestClient, colleague: TestClient) -> None:
    identity = the(anyone, "龙泉巷", q="龙泉巷")["id"]
    place = anyone.get(f"/names/{identity}").json()
    assert (place["in_force"], place["properties"]["valid_to"]) == (False, "2023-01-01")
    assert "不再生效" in anyone.get(f"/names/{identity}", headers=HTML).text
    assert "action=restore" in colleague.get(f"/names/{identity}", headers=HTML).text
    coming = the(anyone, "望海路", q="望海路")["id"]
    assert str(SOON) in anyone.get(f"/names/{coming}", headers=HTML).text


@pytest.mark.parametrize("identity", ["no-such", "00000000-0000-0000-0000-000000000000", "'", "%00", "石门街"])
def test_what_is_not_there_is_not_found(anyone: TestClient, identity: str) -> None:
    assert is_problem(anyone.get(f"/names/{identity}"), 404)
    assert anyone.get(f"/names/{identity}", headers=HTML).status_code == 404


def test_the_search_page_shows_what_was_found_and_where(anyone: TestClient) -> None:
    page = anyone.get("/names", params={"q": "石桥街"}, headers=HTML).text
    for words in ("望江街", "石桥街", "曾用名,用至 2024-05-01,现名望江街", "样例县", 'src="/names/map?q='):
        assert words in page, words
    assert 'aria-current="page"' in page
    drawn = anyone.get("/names/map", params={"q": "石桥街"}, headers=HTML)
    assert drawn.status_code == 200
    assert "望江街" in drawn.text
    assert "没有查到" in anyone.get("/names", params={"q": "查无此名"}, headers=HTML).text
    empty = anyone.get("/names", headers=HTML).text
    assert "没有查到" not in empty
    assert "Place names" in anyone.get("/names?lang=en", headers=HTML).text


def test_the_public_sees_rounded_points(anyone: TestClient, colleague: TestClient) -> None:
    seen, exact = (the(each, "石门街村", q="石门街村")["geometry"]["coordinates"] for each in (anyone, colleague))
    assert seen == [round(number, 4) for number in exact]
    assert seen != exact


def test_other_sites_may_ask_too(anyone: TestClient) -> None:
    answer = anyone.get("/names/search", params={"q": "石门街"})
    assert answer.headers["access-control-allow-origin"] == "*"
    again = anyone.get("/names/search", params={"q": "石门街"}, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304


def test_the_collection_holds_the_names_in_force(anyone: TestClient) -> None:
    items = anyone.get("/collections/names/items", params={"datetime": "2022-01-01", "limit": 100}).json()
    said = {each["properties"]["name"] for each in items["features"]}
    assert {"石桥街", "龙泉巷"} <= said
    assert "望江街" not in said
    assert set(items["features"][0]["properties"]) >= ALWAYS
    assert not {"key", "sound", "disclosure"} & set(items["features"][0]["properties"])


def test_days_are_legal_days(anyone: TestClient) -> None:
    assert names(anyone, q="望海路") == names(anyone, q="望海路", on=str(SOON)) == ["望海路"]
    assert names(anyone, q="望海路", on=str(date.today())) == []


def test_the_command_finds_too(office: Office, terminal: Callable[[Office], Run]) -> None:
    jiezhi = partial(terminal(office), "names", "search")
    code, out, _ = jiezhi("石桥街", "--json")
    document = json.loads(out)
    assert (code, document["type"], document["features"][0]["properties"]["name"]) == (0, "FeatureCollection", "望江街")
    code, out, _ = jiezhi("石桥街")
    assert code == 0
    assert "望江街" in out
    assert "曾用名" in out
    code, out, _ = jiezhi("样哨所", "--category", "fac", "--json")
    assert [each["properties"]["name"] for each in json.loads(out)["features"]] == ["样哨所"]
    for wrong in (("--on", "yesterday"), ("--category", "STREET"), ("--unit", "%")):
        code, out, err = jiezhi("石", *wrong)
        assert (code, out, err.count("\n")) == (2, "", 1)
