"""Lists of sites as offices send them: known by their words, given codes, published, and found in their collections."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from gis.registers import REGISTERS
from tests.conftest import Office
from tests.lists_made import TOWN, ground_of

FACILITIES = """设施编号,名称,类型,状态,乡镇代码,所在社区,建筑面积,床位,服务社区,产权,经度,纬度
S1,样桥社区服务站,社区服务站,运营,{town},样桥社区,820,,样桥社区、样南社区,国有,{lon},{lat}
,样南居家养老站,居家养老服务照料中心,在建,{town},样南社区,400,20,,,{lon},{lat}
"""
CEMETERIES = """编号,公墓名称,类别,状态,乡镇代码,建成墓穴数,法定代表人,经度,纬度
C1,样山公墓,农村公墓,启用,{town},200,样三,{lon},{lat}
"""
GRAVES = """编号,违法类别,乡镇代码,位置,占地面积,发现日期,责任人,经度,纬度
G1,硬化大墓,{town},样山北坡,9.5,2026-05-01,样四,{lon},{lat}
"""


def sent(office: Office, path: Path, text: str) -> int:
    office.has("staff", "staff")
    with office.database.writing() as tx:
        lon, lat = ground_of(tx).place(1000)
    path.write_text(text.format(town=TOWN, lon=f"{lon:.6f}", lat=f"{lat:.6f}"), "utf-8")
    return office.send("staff", path)


def published(office: Office, path: Path, text: str) -> int:
    number = sent(office, path, text)
    assert office.state(number, "staff")["state"] == "ready", office.state(number, "staff")["findings"]
    office.publish(number, "2026-03-01")
    return number


def properties(office: Office, collection: str, reader: str | None = None) -> list[dict[str, object]]:
    found = office.client(reader).get(f"/collections/{collection}/items?on=2026-03-02").json()
    return [each["properties"] for each in found["features"]]


def test_facilities_are_known_by_the_words_of_offices(county_office: Office, tmp_path: Path):
    published(county_office, tmp_path / "社区设施.csv", FACILITIES)
    found = {each["name"]: each for each in properties(county_office, "facilities")}
    station, care = found["样桥社区服务站"], found["样南居家养老站"]
    assert (station["code"], station["type"], station["state"]) == ("S1", "service_station", "open")
    assert (station["floor_area_m2"], station["served"]) == (820, "样桥社区、样南社区")
    assert "property_right" not in station
    assert (care["type"], care["state"], care["beds"]) == ("home_care_station", "building", 20)


def test_what_was_sent_without_a_code_gets_the_same_one_every_time(county_office: Office, tmp_path: Path):
    published(county_office, tmp_path / "first.csv", FACILITIES)
    before = {each["name"]: each["code"] for each in properties(county_office, "facilities")}
    (tmp_path / "second.csv").write_text((tmp_path / "first.csv").read_text("utf-8").replace(",20,", ",24,"), "utf-8")
    number = county_office.send("staff", tmp_path / "second.csv")
    counts = county_office.state(number, "staff")["changes"]
    assert counts == {"facilities": {"changed": 1}}
    assert before["样南居家养老站"].startswith("F")


def test_what_was_sent_without_a_code_keeps_what_a_later_list_leaves_out(county_office: Office, tmp_path: Path):
    published(county_office, tmp_path / "first.csv", FACILITIES)
    shorter = "\n".join(",".join(line.split(",")[:6]) for line in FACILITIES.splitlines()).replace(",状态,", ",备注一,")
    number = sent(county_office, tmp_path / "社区设施.csv", shorter)
    assert county_office.state(number, "staff")["changes"] == {}


@pytest.mark.parametrize("text", [FACILITIES.replace(",在建,", ",,"), CEMETERIES.replace(",启用,", ",,")])
def test_an_empty_cell_for_the_state_reopens_nothing(county_office: Office, tmp_path: Path, text: str):
    name, closed = ("社区设施", ",停用,") if "设施" in text else ("公墓", ",关闭,")
    published(county_office, tmp_path / f"{name}.csv", text.replace(",,", closed, 1))
    number = sent(county_office, tmp_path / f"{name}二.csv", text)
    assert county_office.state(number, "staff")["changes"] == {}


def test_who_answers_for_a_site_is_in_no_answer(county_office: Office, tmp_path: Path):
    published(county_office, tmp_path / "公墓.csv", CEMETERIES)
    published(county_office, tmp_path / "违法墓葬.csv", GRAVES)
    (cemetery,) = properties(county_office, "cemeteries", "staff")
    assert (cemetery["category"], cemetery["plots_built"]) == ("rural_public", 200)
    (grave,) = properties(county_office, "graves", "staff")
    assert grave["category"] == "hardened"
    told = county_office.client("staff").get("/collections/cemeteries/items?on=2026-03-02").text
    assert "样三" not in told
    assert "样四" not in county_office.client("staff").get("/collections/graves/items?on=2026-03-02").text


NAMED = FACILITIES.replace("产权,", "产权,照片,").replace("国有,", "国有,样三家门口.jpg,").replace("20,,,", "20,,,,")
PHOTOS = {
    "facilities": ("社区设施.csv", NAMED),
    "cemeteries": ("公墓.csv", CEMETERIES.replace("法定代表人,经度", "照片,经度").replace("样三,", "样三家门口.jpg,")),
}
"""Lists that name a photo, as cameras and people call their files."""


@pytest.mark.parametrize("collection", PHOTOS)
def test_the_name_of_a_photo_in_a_list_is_for_colleagues_alone(county_office: Office, tmp_path: Path, collection: str):
    name, text = PHOTOS[collection]
    published(county_office, tmp_path / name, text)
    code = "S1" if collection == "facilities" else "C1"
    home = f"/collections/{collection}"
    item, day = f"{home}/items/{code}", "on=2026-03-02"
    doors = [f"{home}/items?{day}", f"{item}?{day}", f"{item}?{day}&f=html", f"{item}/versions", f"{home}/map?{day}",
             f"{home}/export?f=csv&{day}", f"/sites?{day}", f"/sites/map?{day}"]  # fmt: skip
    for door in doors:
        answer = county_office.client().get(door)
        assert (answer.status_code, "样三家" in answer.text) == (200, False), door
    assert county_office.client().get(f"{home}/items?photo=样三家门口.jpg").status_code == 400
    told = {each["code"]: each for each in properties(county_office, collection, "staff")}
    assert told[code]["photo"] == "样三家门口.jpg"


@pytest.mark.parametrize("collection", PHOTOS)
@pytest.mark.parametrize("by", ["staff", None])
def test_what_was_exported_comes_in_again_without_loss_of_a_photo(
    county_office: Office, tmp_path: Path, collection: str, by: str | None
):
    name, text = PHOTOS[collection]
    published(county_office, tmp_path / name, text)
    again = tmp_path / f"又{name}"
    again.write_bytes(county_office.client(by).get(f"/collections/{collection}/export?f=csv&on=2026-03-02").content)
    assert ("样三家门口.jpg" in again.read_text("utf-8-sig")) == (by is not None)
    number = county_office.send("staff", again)
    assert by is None or county_office.state(number, "staff")["changes"] == {}
    if by is None:
        county_office.publish(number, "2026-03-02")
    assert "样三家门口.jpg" in {each["photo"] for each in properties(county_office, collection, "staff")}


def test_graves_and_zones_are_no_collections_of_the_public(county_office: Office, tmp_path: Path):
    published(county_office, tmp_path / "违法墓葬.csv", GRAVES)
    public = county_office.client()
    for collection in ("graves", "prohibited_zones"):
        assert public.get(f"/collections/{collection}/items").status_code == 404
        assert county_office.client("staff").get(f"/collections/{collection}/items").status_code == 200


@pytest.mark.parametrize(
    ("name", "text", "field", "said", "meant"),
    [("社区设施.csv", FACILITIES, "建设状态", ",运营,", ",暂停营业,"),
     ("社区设施.csv", FACILITIES, "建设状态", ",在建,", ",筹建,"),
     ("公墓.csv", CEMETERIES, "建设状态", ",启用,", ",暂停营业,"),
     ("违法墓葬.csv", GRAVES, "处置结果", ",样四,", ",样四,待定,")],
)  # fmt: skip
def test_a_word_of_state_that_is_not_known_is_no_default(
    county_office: Office, tmp_path: Path, name: str, text: str, field: str, said: str, meant: str
):
    text = text.replace("责任人,经度", "责任人,处理结果,经度").replace(said, meant)
    number = sent(county_office, tmp_path / name, text)
    seen = county_office.state(number, "staff")
    assert seen["state"] == "blocked"
    (found,) = [each for each in seen["findings"] if each["severity"] == "error"]
    word = meant.strip(",").split(",")[-1]
    assert (found["rule"], f"{field}的值“{word}”不能识别,可以填:" in found["message"]["zh"]) == ("F02", True)
    assert ("开放" if "设施" in name else "启用" if "公墓" in name else "已处理") in found["message"]["zh"]
    with county_office.database.writing() as tx:
        staging = REGISTERS[found["register"]].staging.c
        state = staging["result" if found["register"] == "graves" else "state"]
        assert tx.scalar(select(func.count()).where(staging.delivery.is_not(None), state.is_(None))) == 1


@pytest.mark.parametrize("text", [FACILITIES.replace(",运营,", ",,"), FACILITIES.replace(",状态,", ",备注一,")])
def test_where_no_state_is_said_the_default_stands(county_office: Office, tmp_path: Path, text: str):
    published(county_office, tmp_path / "社区设施.csv", text)
    found = {each["name"]: each["state"] for each in properties(county_office, "facilities")}
    assert found["样桥社区服务站"] == "open"


@pytest.mark.parametrize("first", ["公墓.csv", "公墓范围.csv"])
def test_areas_sent_along_are_the_place_of_a_cemetery_whichever_list_comes_first(
    county_office: Office, tmp_path: Path, first: str
):
    county_office.has("staff", "staff")
    with county_office.database.writing() as tx:
        lon, lat = ground_of(tx).place(1000)
    rest = f"农村公益性公墓,启用,{TOWN},2020-05-01\n"
    sites = f"公墓代码,公墓名称,公墓类别,状态,乡镇代码,启用日期\nC1,样山公墓,{rest}C2,样岭公墓,{rest}"
    square = f"POLYGON(({lon} {lat},{lon + 0.001} {lat},{lon + 0.001} {lat + 0.001},{lon} {lat}))"
    areas = f'范围编号,公墓代码,范围类别,乡镇代码,WKT\nA1,C1,规划范围,{TOWN},"{square}"\n'
    files = [tmp_path / name for name in ("公墓.csv", "公墓范围.csv")]
    for path, text in zip(files, (sites, areas), strict=True):
        path.write_text(text, "utf-8")
    number = county_office.send("staff", *sorted(files, key=lambda path: path.name != first))
    seen = county_office.state(number, "staff")
    assert seen["state"] == "ready", seen["findings"]
    placeless = [(each["row"], each["key"]) for each in seen["findings"] if each["rule"] == "SI05"]
    assert placeless == [(3, "C2")]


def test_graves_of_one_place_have_codes_of_their_own_with_and_without_coordinates(county_office: Office, tmp_path: Path):
    county_office.has("staff", "staff")
    with county_office.database.writing() as tx:
        lon, lat = ground_of(tx).place(1000)
    rows = [f"硬化大墓,{TOWN},样山北坡,{size},2026-05-01,{where}" for size, where in (
        (9.5, ","), (8, ","), (9.5, f"{lon:.6f},{lat:.6f}"), (9.5, f"{lon:.6f},{lat + 0.0001:.6f}"))]  # fmt: skip
    text = "\n".join(("违法类别,乡镇代码,位置,占地面积,发现日期,经度,纬度", *rows))
    published(county_office, tmp_path / "违法墓葬.csv", text)
    found = properties(county_office, "graves", "staff")
    assert len({each["code"] for each in found}) == len(rows)
    (tmp_path / "违法墓葬二.csv").write_text(text, "utf-8")
    again = county_office.send("staff", tmp_path / "违法墓葬二.csv")
    assert county_office.state(again, "staff")["changes"] == {}
    (tmp_path / "违法墓葬三.csv").write_text(f"{text}\n{rows[1]}", "utf-8")
    twice = county_office.state(county_office.send("staff", tmp_path / "违法墓葬三.csv"), "staff")
    assert [each["rule"] for each in twice["findings"] if each["severity"] == "error"] == ["F04"]
