"""Every map: in its language, from our own files only, and with nobody's words taken for HTML or script."""

import json
import re

import folium
import pytest

from gis.settings import Settings
from gis.text import Text
from maps.layers import Layer, counted, map_note, map_page
from maps.offline import ForeignHostError, OfflineMap, foreign_addresses, page_of
from maps.progress_map import progress_map
from maps.register_map import register_map
from maps.report_map import report_map
from maps.review_map import review_map
from maps.style import UNIT
from tests.maps.maps_drawn import (
    CHANGES,
    EVIL,
    FINDINGS,
    ITEMS,
    LINE,
    NOTE,
    RECORDS,
    SENT,
    UNITS,
    collection,
    feature,
)

FIELDS = {"code": Text("编号", "Code")}
MAPS = {
    "progress": lambda lang: progress_map(ITEMS, UNITS, lang, NOTE),
    "report": lambda lang: report_map(FINDINGS, SENT, UNITS, lang, NOTE),
    "review": lambda lang: review_map(CHANGES, UNITS, lang, NOTE),
    "register": lambda lang: register_map(
        RECORDS, Text(EVIL, EVIL), FIELDS, lang, units=UNITS, note=EVIL, place="/collections/lines/items/"
    ),
}
PAGES = [(name, lang) for name in MAPS for lang in ("zh", "en")]


@pytest.fixture(params=PAGES, ids="-".join)
def drawn(request):
    name, lang = request.param
    return name, lang, MAPS[name](lang)


def data_of(page):
    """The features that a page carries, as a browser would parse them."""
    decoder = json.JSONDecoder()
    parts = [decoder.raw_decode(page, found.end())[0] for found in re.finditer(r"_add\((?=\{)", page)]
    return [feature for part in parts for feature in part["features"]]


def test_a_map_says_its_language(drawn):
    _, lang, page = drawn
    assert page.startswith("<!DOCTYPE html>\n<html lang=" + ('"zh-CN">' if lang == "zh" else '"en">'))


def test_a_map_asks_no_other_host(drawn):
    _, _, page = drawn
    assert foreign_addresses(page) == []
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert loaded
    assert all(each.startswith("/static/") for each in loaded)
    assert not re.search(r"(cdn|unpkg|jsdelivr|googleapis)", page)


def test_names_stay_text(drawn):
    _, _, page = drawn
    assert "<script>alert" not in page
    assert "49'" not in page  # {{ 7*7 }} was not computed
    assert "7*7" in page


def test_popups_and_labels_carry_the_name_unchanged():
    features = data_of(MAPS["progress"]("zh"))
    titles = {each["properties"].get("title") for each in features}
    labels = {each["properties"].get("label") for each in features}
    assert EVIL in titles
    assert {"云台镇", EVIL} <= labels


def test_what_has_no_place_is_left_out():
    assert "L9" not in MAPS["progress"]("zh")


def test_milestones_are_counted_and_worded():
    zh, en = MAPS["progress"]("zh"), MAPS["progress"]("en")
    assert "已定界 1 条" in zh
    assert "Agreed 1 line" in en
    assert "列入计划 1 点" in zh
    assert "Planned 1 point" in en
    assert re.search(r"已退回 0\b", zh)


def test_lines_points_and_areas_are_counted_apart():
    forms = ("Point", "LineString", "MultiLineString", "Polygon", "MultiPoint", "MultiPolygon", "Polygon")
    mixed = [feature(form, []) for form in forms]
    assert counted(mixed) == Text("2 条、2 点、3 面", "2 lines, 2 points, 3 areas")
    assert counted(mixed[:2]) == Text("1 条、1 点", "1 line, 1 point")
    assert counted([]) == Text("0", "0")
    here = collection(*(feature("LineString", LINE, code=f"L{n}", name="", milestone="agreed") for n in range(3)),
                      feature("Point", LINE[0], code="T", name="", milestone="agreed"))  # fmt: skip
    assert "已定界 3 条、1 点" in progress_map(here, UNITS, "zh")
    assert "Agreed 3 lines, 1 point" in progress_map(here, UNITS, "en")


def test_findings_are_counted_whatever_their_form():
    legend = MAPS["report"]("zh")
    assert "错误 1" in legend
    assert "报送的界线 1" in legend
    assert not re.search(r"(报送的界线|报送的点|错误|警告|提示) \d+ [条点面]", legend)


def test_a_register_says_what_it_counts_by_its_own_word():
    legend = MAPS["register"]("en")
    assert "Points 160" in legend
    assert "160 points" not in legend


def test_a_row_of_the_list_can_zoom_to_its_finding_and_to_its_line():
    keys = {each.get("id") for each in data_of(MAPS["report"]("zh"))}
    assert {"finding-1", "finding-2", "item-L1", "item-M1"} <= keys


def test_messages_are_in_the_language_of_the_map():
    assert "snap it" in MAPS["report"]("en")
    assert "snap it" not in MAPS["report"]("zh")


def test_both_sides_of_a_change_answer_to_one_address():
    sides = [each for each in data_of(MAPS["review"]("zh")) if each.get("id") == "change-lines-L1"]
    colours = {each["properties"]["style"]["color"] for each in sides}
    assert len(sides) == len(colours) == 2


def test_an_ended_record_keeps_its_own_look():
    ended = next(each for each in data_of(MAPS["review"]("zh")) if each.get("id") == "change-markers-M2")
    assert ["变更", "终止"] in ended["properties"]["rows"]


def test_many_points_are_clustered_and_few_are_not():
    few = {"type": "FeatureCollection", "features": RECORDS["features"][:10]}
    assert "leaflet.markercluster.js" in MAPS["register"]("zh")
    assert "leaflet.markercluster.js" not in register_map(few, Text("", ""), FIELDS, "zh")


def test_an_empty_map_is_still_a_map():
    page = progress_map({"type": "FeatureCollection", "features": []}, None, "zh")
    assert "L.map(" in page


def test_lines_are_never_filled():
    page = MAPS["review"]("zh")
    assert all(
        each["properties"]["style"]["fill"] is False
        for each in data_of(page)
        if each["geometry"]["type"] == "LineString"
    )


def test_rendering_leaves_the_data_as_they_were():
    before = json.dumps(ITEMS)
    MAPS["progress"]("zh")
    assert json.dumps(ITEMS) == before


def test_the_corner_names_the_approval_or_the_reason():
    assert map_note(Settings(map_approval="样S(2026)001号"), "zh").startswith("审图号:样S(2026)001号")
    assert map_note(Settings(map_approval_reason="内部使用"), "zh") == "内部使用 · CGCS2000"


def test_the_reason_is_in_the_language_of_the_map():
    both = Settings(map_approval_reason="仅供内部使用 / for internal use")
    assert [map_note(both, lang) for lang in ("zh", "en")] == [
        "仅供内部使用 · CGCS2000",
        "for internal use · CGCS2000",
    ]
    for words in ("内部 / ", "1/2000 内部图", "/"):
        assert map_note(Settings(map_approval_reason=words), "en").startswith(words)
    assert "未公开出版" not in map_note(Settings(), "en")
    assert "not published" not in map_note(Settings(), "zh")


@pytest.mark.parametrize(
    "part",
    [
        lambda: folium.TileLayer("//tiles.example.org/{z}/{x}/{y}.png", attr="x"),
        lambda: folium.Marker([30, 110], icon=folium.CustomIcon("https://pictures.example.org/pin.png")),
        lambda: folium.plugins.HeatMap([[30, 110, 1]]),
        folium.plugins.Draw,
    ],
    ids=["tiles", "picture", "plugin", "another plugin"],
)
def test_a_part_that_asks_another_host_is_refused(part):
    drawing = OfflineMap()
    part().add_to(drawing)
    with pytest.raises(ForeignHostError):
        page_of(drawing, "zh", "图")


def test_an_address_in_somebodys_data_is_no_reason_to_refuse():
    about = {"style": {}, "title": 'url("//evil.example.org") src="https://evil.example.org"', "rows": []}
    place = {
        "type": "Feature",
        "id": "x",
        "geometry": {"type": "Point", "coordinates": [1, 2]},
        "properties": about,
    }
    assert "evil" in map_page(
        [Layer(UNIT, [place])], "zh", Text("https://evil.example.org", ""), "//evil.example.org"
    )


def test_a_map_survives_what_has_parts_of_several_kinds():
    mixed = {"type": "GeometryCollection", "geometries": [
        {"type": "Point", "coordinates": [110.0, 30.0]}, {"type": "LineString", "coordinates": LINE}]}  # fmt: skip
    items = collection({"type": "Feature", "geometry": mixed, "properties": {"id": "1", "code": "N1", "name": "样"}})
    titles = {"name": Text("名称", "Name")}
    drawn = register_map(items, Text("地名", "Place names"), titles, "zh", units=UNITS, note=NOTE, place="/x/")
    assert "fitBounds" in drawn


def test_a_street_is_no_boundary_line():
    street = feature("LineString", LINE, id="1", code="R1", name="样街")
    drawn = register_map(collection(street), Text("地名", "Place names"), {}, "en", units=UNITS, note=NOTE)
    assert "Working line" not in drawn
    assert "Lines 1" in drawn
