"""The map API to the letter of OGC API Features part 1: what the standard's own test suite asks, and what trips servers."""

from __future__ import annotations

import json
import re
from datetime import date, datetime

import pytest
import shapely
from openapi_spec_validator import OpenAPIV30SpecValidator

from boundaries.markers import MARKERS
from gis.registers import REGISTERS
from tests.api.ogc_desk import lines, rels
from tests.conftest import is_problem

COLLECTIONS = {"units", "lines", "tri_junctions", "markers"}
ALL = COLLECTIONS | {"addresses", "built_up_areas", "names", "facilities", "cemeteries", "cemetery_areas"}
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"


def test_the_first_page_leads_everywhere(public):
    found = rels(public.get("/").json())
    assert {"self", "alternate", "service-desc", "conformance", "data"} == set(found)
    assert found["service-desc"][0]["type"] == OPENAPI
    for each in (link for links in found.values() for link in links if link["type"] != "text/html"):
        answer = public.get(each["href"])
        assert answer.status_code == 200
        assert answer.headers["content-type"] == each["type"]


def test_a_browser_is_led_to_the_dashboard_or_the_registers(public):
    answer = public.get("/", headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/collections")
    shown = public.get("/collections/lines", headers={"Accept": "text/html"})
    assert (shown.status_code, shown.headers["location"]) == (303, "/collections/lines/items")


def test_it_says_which_parts_of_the_standard_it_keeps(public):
    kept = public.get("/conformance").json()["conformsTo"]
    for part in ("core", "geojson", "oas30"):
        assert f"http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/{part}" in kept


def test_collections_are_described_the_same_in_both_places(public):
    listed = public.get("/collections").json()["collections"]
    assert {each["id"] for each in listed} == ALL
    for each in listed:
        assert public.get(f"/collections/{each['id']}").json() == each
        assert each["crs"] == ["http://www.opengis.net/def/crs/OGC/1.3/CRS84"]
        assert {"self", "items"} <= set(rels(each))
        assert is_problem(public.get("/collections/nothing"), 404)


def test_an_extent_holds_every_public_shape(public, county):
    west, south, east, north = public.get("/collections/lines").json()["extent"]["spatial"]["bbox"][0]
    for feature in lines(public, limit=1000)["features"]:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert shapely.box(west, south, east, north).covers(shape)
    assert east - west < 1


def test_an_empty_collection_still_has_a_description(office):
    for name in sorted(ALL):
        bbox = office.client().get(f"/collections/{name}").json()["extent"]["spatial"]["bbox"]
        assert bbox == [[-180, -90, 180, 90]]
        page = office.client().get(f"/collections/{name}/items").json()
        assert (page["features"], page["numberMatched"], page["numberReturned"]) == ([], 0, 0)


def test_the_description_is_openapi_3_0(public):
    described = public.get(rels(public.get("/").json())["service-desc"][0]["href"]).json()
    assert described["openapi"] == "3.0.3"
    errors = [error.message for error in OpenAPIV30SpecValidator(described).iter_errors()]
    assert errors == []
    ids = [way["operationId"] for path in described["paths"].values() for way in path.values()]
    assert len(ids) == len(set(ids))


def test_parameters_are_described_as_the_standard_says(public):
    described = public.get("/openapi").json()["paths"]["/collections/lines/items"]["get"]["parameters"]
    asked = {each["name"]: each for each in described}
    limit, bbox, when = (asked[name] for name in ("limit", "bbox", "datetime"))
    assert limit["schema"] == {"type": "integer", "minimum": 1, "maximum": 10000, "default": 100}
    assert bbox["schema"] == {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    assert when["schema"]["type"] == "string"
    for each in (limit, bbox, when):
        assert (each["in"], each["required"], each["style"], each["explode"]) == (
            "query",
            False,
            "form",
            False,
        )


def test_what_is_described_is_what_is_answered(public):
    """Every described path answers in its described encodings, and links say so."""
    described = public.get("/openapi").json()["paths"]
    code = lines(public)["features"][0]["id"]
    for path, ways in described.items():
        if "{featureId}" in path and "/lines/" not in path:
            continue
        here = path.replace("{featureId}", code)
        here += "?lon=110.3&lat=30.7" if path in ("/units/at", "/addresses/reverse") else ""
        for form in ways["get"]["responses"]["200"]["content"]:
            answer = public.get(here, headers={"Accept": form})
            if answer.status_code == 303:
                continue
            assert answer.headers["content-type"].split(";")[0] == form, path
            if form != "text/html" and "links" in answer.json() and "/units/at" not in path:
                others = {each["type"] for each in rels(answer.json()).get("alternate", [])}
                described_others = set(ways["get"]["responses"]["200"]["content"]) - {form}
                if not re.fullmatch(r"/collections/\w+|/conformance", path):
                    assert others == described_others, path


@pytest.mark.parametrize("name", sorted(COLLECTIONS))
def test_every_feature_has_the_same_six_words(public, name):
    features = public.get(f"/collections/{name}/items", params={"limit": 1000}).json()["features"]
    assert features
    for feature in features:
        about = feature["properties"]
        assert {"id", "code", "name", "label", "valid_from", "valid_to"} <= set(about)
        assert about["id"] == feature["id"]
        assert all((about["label"], about["code"], about["name"]))
        assert date.fromisoformat(about["valid_from"]) <= date.today()
        assert feature["geometry"] is None or set(feature["geometry"]) == {"type", "coordinates"}


def test_a_page_says_what_it_is(public):
    answer = public.get("/collections/lines/items", params={"limit": 7})
    page = answer.json()
    assert answer.headers["content-type"] == "application/geo+json"
    assert page["type"] == "FeatureCollection"
    assert page["numberReturned"] == len(page["features"]) == 7
    assert page["numberMatched"] == 30
    assert datetime.fromisoformat(page["timeStamp"]).tzinfo is not None
    found = rels(page)
    assert set(found) == {"self", "alternate", "next"}
    assert found["alternate"][0]["type"] == "text/html"


@pytest.mark.parametrize("limit", ["unlimited", "0", "-1", "1.5", "1e3", "", "0x10", "NaN"])
def test_a_limit_that_is_no_number_is_refused(public, limit):
    assert is_problem(public.get("/collections/lines/items", params={"limit": limit}), 400)


@pytest.mark.parametrize("limit", ["10000", "10001", "99999999999999999999"])
def test_a_limit_that_is_too_high_is_lowered(public, limit):
    assert lines(public, limit=limit)["numberReturned"] == 30


BOXES = {
    "0,0,1,1": 0,
    "-180,-90,180,90": 30,
    "177,65,-177,70": 0,
    "177,-90,-177,90": 0,
    "110.4,-90,110.3,90": None,
    "-180,85,180,90": 0,
    "-180,-90,180,-85": 0,
    "-5,-5,5,5": 0,
    "100,20,-1000,120,40,9000": 30,
    "460,20,480,40": 0,
    "-260,20,-240,40": 30,
    "-360,-90,360,90": 30,
    " 100 ,2e1,120.,+40": 30,
    "110.3,30.7,110.3,30.7": 0,
}


@pytest.mark.parametrize("box", BOXES)
def test_a_box_on_earth_is_answered(public, box):
    expected = BOXES[box]
    if box.startswith("460"):
        assert is_problem(public.get("/collections/lines/items", params={"bbox": box}), 400)
    elif expected is None:
        assert 0 < lines(public, bbox=box)["numberMatched"] < 30
    else:
        assert lines(public, bbox=box)["numberMatched"] == expected


@pytest.mark.parametrize(
    "box",
    ["1,2,x,4", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "", "1,,3,4", "nan,0,1,1", "inf,0,1,1", "1e999,0,1,1",
     "0,1,1,0", "0,-91,1,0", "0,0,1,90.1", "0,0,9,1,1,8", "0,0,1,1;DROP", "1_0,0,20,1", "١,0,2,1"],
)  # fmt: skip
def test_a_box_that_is_none_is_refused(public, box):
    assert is_problem(public.get("/collections/lines/items", params={"bbox": box}), 400)


def test_a_box_finds_what_shapely_finds(colleague, county):
    everything = lines(colleague, limit=1000)["features"]
    shapes = {each["id"]: shapely.from_geojson(json.dumps(each["geometry"])) for each in everything}
    for west, south, east, north in [
        (110.2, 30.6, 110.3, 30.75),
        (110.25, 30.7, 110.2501, 30.7001),
        (110, 30.7, 110.2, 31),
    ]:
        expected = {
            name for name, shape in shapes.items() if shape.intersects(shapely.box(west, south, east, north))
        }
        found = lines(colleague, bbox=f"{west},{south},{east},{north}", limit=1000)
        assert {each["id"] for each in found["features"]} == expected
        assert found["numberMatched"] == len(expected)


def test_a_box_over_the_antimeridian_takes_both_sides(office):
    with office.database.writing() as tx:
        for code, lon in (("a", 179.5), ("b", -179.5), ("c", 0.0)):
            row = {
                "code": code,
                "number": code,
                "line": "x",
                "valid_from": date(2026, 1, 1),
                "geom": f"SRID=4490;POINT({lon} 10)",
            }
            tx.execute(MARKERS.table.insert().values(**row))

    def found(box: str) -> str:
        features = office.client().get("/collections/markers/items", params={"bbox": box}).json()["features"]
        return "".join(each["properties"]["code"] for each in features)

    assert found("177,0,-177,20") == "ab"
    assert found("177,0,183,20") == "ab", "a map that was dragged beyond the edge"
    assert found("-183,0,-177,20") == "ab"
    assert found("-180,0,180,20") == "abc"
    assert found("170,0,179.9,20") == "a"


WHEN = {
    "2026-01-01": 30, "2025-12-31": 0, "2026-05-01T12:00:00Z": 30, "2026-05-01t12:00:00.123z": 30,
    "2025-01-01/2025-12-31": 0, "2025-01-01/2026-01-01": 30, "2025-01-01T00:00:00Z/2026-06-01T00:00:00+08:00": 30,
    "../2025-12-31": 0, "../2026-01-01": 30, "2026-01-01/..": 30, "/2026-01-01": 30, "2026-02-01/": 30, "../..": 30,
    "1000-01-01": 0, "9999-12-31": 30,
}  # fmt: skip


@pytest.mark.parametrize("when", WHEN)
def test_a_day_or_an_interval_is_answered(public, when):
    assert lines(public, datetime=when)["numberMatched"] == WHEN[when]


@pytest.mark.parametrize(
    "when",
    ["nonsense", "2026", "2026-13-01", "2026-02-30", "20260501", "2026-W18-5", "2026-05-01T25:00:00Z", "2026-5-1",
     "2026-06-01/2026-05-01", "2026-01-01/2026-02-01/2026-03-01", "2026-01-01/nonsense", "now", "२०२६-०१-०१",
     "2026-05-01T12:00", "0000-01-01", "2026-01-01;--", "...", "0001-01-01T00:00:00+14:00/x"],
)  # fmt: skip
def test_a_time_that_is_none_is_refused(public, when):
    assert is_problem(public.get("/collections/lines/items", params={"datetime": when}), 400)


@pytest.mark.parametrize("name", ["on", "known"])
def test_so_are_other_days(public, name):
    assert is_problem(public.get("/collections/lines/items", params={name: "yesterday"}), 400)


@pytest.mark.parametrize(
    "path",
    ["/", "/conformance", "/openapi", "/collections", "/collections/lines", "/collections/lines/items",
     "/collections/lines/items/x", "/units/at"],
)  # fmt: skip
def test_a_word_that_is_not_known_is_refused(public, path):
    asked = {"unbekannt": "1"} | ({"lon": "1", "lat": "1"} if path == "/units/at" else {})
    answer = public.get(path, params=asked)
    assert is_problem(answer, 400)
    assert "unbekannt" in answer.json()["detail"]


def test_other_encodings_and_systems_are_refused_and_not_ignored(public):
    for asked in (
        {"f": "gml"},
        {"crs": "http://www.opengis.net/def/crs/EPSG/0/3857"},
        {"bbox-crs": "x"},
        {"filter": "1=1"},
        {"offset": "3"},
    ):
        assert is_problem(public.get("/collections/lines/items", params=asked), 400), asked


def test_a_field_is_a_filter_for_those_who_may_see_it(public, colleague):
    assert lines(public, status="agreed")["numberMatched"] == 6
    assert lines(public, status="agreed", role="inner")["numberMatched"] == 1
    assert lines(public, code="'; DROP TABLE lines; --")["numberMatched"] == 0
    town = public.get("/collections/markers/items").json()["features"][0]
    assert "place" not in town["properties"]
    assert is_problem(public.get("/collections/markers/items", params={"place": "样溪镇"}), 400)
    assert colleague.get("/collections/markers/items", params={"place": "样溪镇"}).status_code == 200
    assert is_problem(public.get("/collections/lines/items", params={"code": "\0"}), 400)


def test_one_record_has_its_links(public):
    feature = lines(public, limit=1)["features"][0]
    for name in (feature["id"], feature["properties"]["code"]):
        answer = public.get(f"/collections/lines/items/{name}")
        assert answer.headers["content-type"] == "application/geo+json"
        one = answer.json()
        assert {**one, "links": None} == {**feature, "links": None}
        found = rels(one)
        assert set(found) == {"self", "alternate", "collection"}
        assert public.get(found["collection"][0]["href"]).json()["id"] == "lines"


@pytest.mark.parametrize(
    "name", ["nothing", "00000000-0000-0000-0000-000000000000", "%00", "..%2F..", "' OR 1=1", "{}"]
)
def test_a_record_that_is_not_there_is_not_found(public, name):
    assert is_problem(public.get(f"/collections/lines/items/{name}"), 404)


def test_an_internal_register_is_there_for_colleagues_only(public, colleague, monkeypatch):
    monkeypatch.setitem(REGISTERS["markers"].__dict__, "public", False)
    assert colleague.get("/collections/markers/items").json()["numberMatched"] > 0
    assert "markers" in {each["id"] for each in colleague.get("/collections").json()["collections"]}
    assert "markers" not in {each["id"] for each in public.get("/collections").json()["collections"]}
    assert "/collections/markers" not in public.get("/openapi").json()["paths"]
    for path in ("", "/items", "/items/x", "/items/x/versions", "/map"):
        assert is_problem(public.get(f"/collections/markers{path}"), 404)
