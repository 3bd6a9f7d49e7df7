"""What if a cemetery were here: each rule's answer with its distance, for colleagues, as JSON and as a page."""

from __future__ import annotations

import json

import pytest
from shapely.geometry import MultiPolygon, Point, Polygon, box, mapping, shape
from sqlalchemy import insert

from gis.history import stored
from placenames.sites.prohibited_zones import PROHIBITED_ZONES
from placenames.sites.zone_parts import cut_zones_into_parts
from tests.conftest import Office, is_problem
from tests.sites_made import SINCE, TOWN, has_cemetery

HERE = Point(110.30, 30.70)
HTML = {"Accept": "text/html"}


@pytest.fixture
def office(county_office: Office) -> Office:
    with county_office.database.writing() as tx:
        lake = box(110.32, 30.70, 110.33, 30.71)
        for code, kind, ground in (("Z1", "farmland", HERE.buffer(0.003)), ("Z2", "reservoir", lake)):
            row = {"code": code, "name": f"样{code}", "kind": kind, "unit": TOWN, "valid_from": SINCE}
            tx.execute(insert(PROHIBITED_ZONES.table).values(**row, geom=stored(ground)))
        cut_zones_into_parts(tx, 0, SINCE, set())
    return county_office


def asked(office: Office, lon: float, lat: float, **more: str) -> dict:
    answer = office.client("surveyor").get("/cemeteries/candidate", params={"lon": lon, "lat": lat, **more})
    assert answer.status_code == 200, answer.text
    return answer.json()


def verdicts(report: dict) -> dict[str, str]:
    return {each["kind"]: each["verdict"] for each in report["zones"]}


def test_each_rule_answers_with_its_distance(office):
    inside = asked(office, HERE.x, HERE.y)
    assert inside["blocked"]
    told = {each["kind"]: each for each in inside["zones"]}
    assert (told["farmland"]["verdict"], told["farmland"]["distance_m"]) == ("hit", 0)
    assert (told["reservoir"]["verdict"], told["railway"]["verdict"]) == ("person", "not_loaded")
    assert told["reservoir"]["distance_m"] == pytest.approx(1916, abs=5)
    assert told["reservoir"]["nearest"]["coordinates"] == pytest.approx([110.32, 30.70])
    aside = asked(office, 110.295, 30.705)
    assert not aside["blocked"]
    assert verdicts(aside)["farmland"] == "clear"


def test_an_outline_is_asked_as_an_area(office):
    client = office.client("surveyor")
    area = client.post("/cemeteries/candidate", json={"geometry": mapping(box(110.303, 30.70, 110.306, 30.703))}).json()
    assert verdicts(area)["farmland"] == "hit"
    line = {"type": "LineString", "coordinates": [[110.29, 30.71], [110.292, 30.71], [110.292, 30.712]]}
    drawn = client.post("/cemeteries/candidate", json={"geometry": line}).json()
    assert drawn["geometry"]["type"] == "Polygon"


BOW = mapping(Polygon([(110.303, 30.70), (110.306, 30.703), (110.306, 30.70), (110.303, 30.703)]))
FLAT = mapping(Polygon([(110.303, 30.70), (110.306, 30.70), (110.304, 30.70)]))


def test_an_outline_that_crosses_itself_and_one_without_an_inside_are_understood(office):
    client = office.client("surveyor")
    bow = client.post("/cemeteries/candidate", json={"geometry": BOW}).json()
    assert (bow["geometry"]["type"], bow["units"][0]["code"]) == ("MultiPolygon", bow["unit"]["code"])
    assert bow["area_m2"] == pytest.approx(bow["units"][0]["area_m2"], rel=1e-4)
    flat = client.post("/cemeteries/candidate", json={"geometry": FLAT}).json()
    assert (flat["area_m2"], len(flat["units"])) == (None, 1)
    page = client.get("/cemeteries/candidate", params={"geometry": json.dumps(BOW)}, headers=HTML).text
    assert 'value="line" checked' in page


def test_parts_that_lie_over_each_other_count_once_and_no_site_is_as_large_as_the_globe(office):
    client = office.client("surveyor")
    parts = MultiPolygon([HERE.buffer(0.001), HERE.buffer(0.002)])
    once, twice = (client.post("/cemeteries/candidate", json={"geometry": mapping(each)}).json()
                   for each in (HERE.buffer(0.002), parts))  # fmt: skip
    assert twice["area_m2"] == pytest.approx(once["area_m2"], rel=1e-6)
    for wide in (box(-180, -90, 180, 90), box(0, 30, 179, 31), box(110, 30, 111, 36)):
        answer = client.post("/cemeteries/candidate", json={"geometry": mapping(wide)})
        assert is_problem(answer, 400)
        assert "过大" in answer.text


def test_what_is_there_already_is_told_and_stays_a_name(office):
    with office.database.writing() as tx:
        has_cemetery(tx, "C1", Point(110.296, 30.705), name="<script>alert(1)</script>")
    told = asked(office, 110.295, 30.705)["nearby"][0]
    assert (told["code"], told["overlap_m2"], told["distance_m"]) == ("C1", 0, pytest.approx(95.7, abs=1))
    client = office.client("surveyor")
    for lang, words in (("zh", "“&lt;script&gt;alert(1)&lt;/script&gt;”(C1)95 米"), ("en", "95 m from &lt;script&gt;")):
        query = {"lon": 110.295, "lat": 30.705, "lang": lang}
        page = client.get("/cemeteries/candidate", params=query, headers=HTML).text
        assert words in page
        assert "<script>alert" not in page


def test_other_rules_are_asked_too(office):
    report = asked(office, 110.295, 30.705, profit="yes", category="commercial", on="2026-06-01")
    assert "CM05" in {each["rule"] for each in report["findings"]}
    assert report["blocked"]
    before = asked(office, 110.295, 30.705, profit="yes", category="commercial", on="2026-03-01")
    assert "CM05" not in {each["rule"] for each in before["findings"]}


@pytest.mark.parametrize(
    "wrong", ["lon=abc&lat=1", "lon=200&lat=1", "geometry={}", "geometry=[", "category=castle&lon=1&lat=1", ""]
)
def test_what_is_not_understood_is_refused(office, wrong):
    assert is_problem(office.client("surveyor").get(f"/cemeteries/candidate?{wrong}"), 400)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"lon": 130, "lat": 20}, "不能判断:不在本县范围内"),
        ({"lon": 110.295, "lat": 30.705, "on": "1900-01-01"}, "不能判断:"),
        ({"lon": 110.295, "lat": 30.705}, ""),
        ({"lon": 110.30, "lat": 30.70}, ""),
    ],
)
def test_where_nothing_is_known_nothing_is_green(office, query, words):
    client = office.client("surveyor")
    told = client.get("/cemeteries/candidate", params=query).json()
    assert told["judged"] is (words == "")
    assert words in (told["unknown"] or {"zh": ""})["zh"]
    page = client.get("/cemeteries/candidate", params={**query, "lang": "zh"}, headers=HTML).text
    assert ("notice amber" in page, words in page) == (words != "", True)
    assert ("notice green" in page) is (words == "" and not told["blocked"])


def test_a_county_without_zones_says_so(county_office):
    told = county_office.client("surveyor").get("/cemeteries/candidate?lon=110.295&lat=30.705").json()
    assert (told["judged"], told["unknown"]["zh"]) == (False, "不能判断:图层没有载入")
    assert told["unknown"]["en"].startswith("Nothing can be said")


def collections(depth: int) -> str:
    return '{"type":"GeometryCollection","geometries":[' * depth + "]}" * depth


@pytest.mark.parametrize(
    "wrong",
    ["[" * 3000, collections(300), collections(900), '{"type":"Polygon","coordinates":' + "[" * 900 + "]" * 900 + "}",
     '{"type":["Point"],"coordinates":[110,30]}', '{"type":"Polygon","coordinates":[]}', "[1]", "7"],
    ids=range(8),
)  # fmt: skip
def test_a_geometry_that_goes_on_and_on_is_refused(office, wrong):
    client = office.client("surveyor")
    assert is_problem(client.get("/cemeteries/candidate", params={"geometry": wrong}), 400)
    assert is_problem(client.post("/cemeteries/candidate", json={"geometry": wrong}), 400)
    nested = client.post(
        "/cemeteries/candidate", content=f'{{"geometry":{wrong}}}', headers={"Content-Type": "application/json"}
    )
    assert is_problem(nested, 400)


@pytest.mark.parametrize(
    "given",
    [
        {"type": "Point", "coordinates": [110.30, 30.70, 61.5]},
        {"type": "LineString", "coordinates": [[110.303, 30.70, 1], [110.306, 30.70, 2], [110.306, 30.703, 3]]},
        {"type": "Polygon", "coordinates": [[[110.30, 30.70, 1], [110.31, 30.70, 1], [110.31, 30.71, 1], [110.3, 30.7, 1]]]},
    ],
    ids=lambda given: given["type"],
)
def test_heights_are_left_out(office, given):
    client = office.client("surveyor")
    for answer in (
        client.get("/cemeteries/candidate", params={"geometry": json.dumps(given)}),
        client.post("/cemeteries/candidate", json={"geometry": given}),
    ):
        assert answer.status_code == 200, answer.text
        assert verdicts(answer.json())["farmland"] in ("hit", "clear")
        assert not shape(answer.json()["geometry"]).has_z


def test_zones_are_for_colleagues(office):
    assert is_problem(office.client().get("/cemeteries/candidate?lon=110&lat=30"), 401)


def test_the_page_says_it_in_words(office):
    client = office.client("surveyor")
    assert "点选后" in client.get("/cemeteries/candidate", headers=HTML).text
    here = f"/cemeteries/candidate?lon={HERE.x}&lat={HERE.y}"
    said = client.get(f"{here}&lang=zh", headers=HTML).text
    for words in ("有规则不允许", "位于耕地“样Z1”内或与之相接", "须人工判断", "没有载入铁路"):
        assert words in said
    assert "inside or touching Cultivated land" in client.get(f"{here}&lang=en", headers=HTML).text
