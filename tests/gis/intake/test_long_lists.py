"""Long lists: from a file of names to names in force, chunk by chunk, with everything wrong told and counted."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pytest
import shapely
from sqlalchemy import func, select

from api.checking_files import check
from api.county import County, survey
from api.county_files import write_survey
from api.county_story import pilot_line
from gis import opening
from gis.files import Answers
from gis.history import in_force
from gis.intake import tallies
from gis.intake.checking import examine
from gis.intake.recognition import Choices
from gis.settings import Settings
from placenames.names import NAMES
from tests.conftest import COUNTY, Office, office_of_its_own
from tests.lists_made import TOWN, Ground, ground_of, hills, write_list

DAY = "2026-11-01"
GROUND = Ground(110.29, 30.69, 0.01)
V = NAMES.table.c


@pytest.fixture(scope="module")
def desk(server, county_template, tmp_path_factory) -> Iterator[Office]:
    """A county office with a clerk for names, shared by the tests that publish nothing."""
    with office_of_its_own(server, county_template, tmp_path_factory.mktemp("names")) as office:
        office.has("staff", "staff")
        yield office


@pytest.fixture
def names_desk(county_office: Office) -> Office:
    county_office.has("staff", "staff")
    return county_office


@pytest.fixture(scope="module")
def ground(desk: Office) -> Ground:
    with desk.database.writing() as tx:
        return ground_of(tx)


@pytest.fixture
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Chunks of ten rows, so that a short list passes in many."""
    monkeypatch.setattr(opening.Lists, "rows", 10)
    monkeypatch.setattr(opening.Lists.__init__, "__defaults__", ((), (), 10))


def told(seen: dict[str, Any], *rules: str) -> Counter[tuple[str, str]]:
    return Counter((each["rule"], each["severity"]) for each in seen["findings"] if not rules or each["rule"] in rules)


def standing(office: Office, day: date = date(2026, 11, 1)) -> dict[str, str]:
    with office.database.writing() as tx:
        return {row.code: row.name for row in tx.execute(select(V.code, V.name).where(in_force(NAMES.table, day)))}


def publish(office: Office, number: int, day: str = DAY) -> None:
    office.publish(number, day)


# how a list may come


def as_excel(path: Path, rows: list[dict[str, Any]]) -> Path:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in (list(rows[0]), *(list(row.values()) for row in rows)):
        sheet.append(row)
    book.save(path)
    book.close()
    return path


def as_layer(path: Path, rows: list[dict[str, Any]], **more: Any) -> Path:
    table = gpd.GeoDataFrame(rows).drop(columns=["经度", "纬度"])
    places = [shapely.Point(float(row["经度"]), float(row["纬度"])) for row in rows]
    table = table.set_geometry(places, crs="EPSG:4490")
    table.to_file(path, engine="pyogrio", **more)
    return path


@pytest.mark.parametrize("kind", ["csv", "gbk.csv", "csv.gz", "xlsx", "gpkg", "fgb", "geojson", "shp"])
def test_a_list_is_recognised_however_it_comes(desk, ground, tmp_path, small_chunks, kind):
    rows = list(hills(25, ground))
    path = tmp_path / f"names.{kind}"
    if kind == "xlsx":
        as_excel(path, rows)
    elif kind.endswith("csv"):
        write_list(path, rows, "gbk" if "gbk" in kind else "utf-8")
    elif kind == "csv.gz":
        path.write_bytes(gzip.compress(write_list(tmp_path / "plain.csv", rows).read_bytes()))
    elif kind != "shp":
        as_layer(path, rows)
    sent = [path]
    if kind == "shp":
        short = dict(zip(rows[0], ("DMDM", "DMMC", "LBDM", "DMLB", "SZZQ", "HYPY", "LL", "MMSJ"), strict=False))
        cut = [{short.get(title, title): value for title, value in row.items()} for row in rows]
        as_layer(path, cut, encoding="gbk")
        sent = sorted(tmp_path.glob("names.*"))
    number = desk.send("staff", *sent)
    seen = desk.state(number, "staff")
    assert (seen["state"], seen["records"], seen["changes"]) == ("ready", {"names": 25}, {"names": {"added": 25}}), seen
    assert seen["reading"]["files"][0]["layers"][0]["features"] == 25
    s = NAMES.staging.c
    with desk.database.writing() as tx:
        staged = tx.execute(
            select(s.row, s.name, s.named_on, func.ST_X(s.geom).label("lon")).where(s.delivery == seen["delivery"])
            .order_by(s.row)
        ).all()  # fmt: skip
    assert [row.row for row in staged] == list(range(1, 26))
    by_name = {row.name: row for row in staged}
    assert {row["标准名称"] for row in rows} == set(by_name)
    first = by_name[rows[0]["标准名称"]]
    assert (first.named_on, round(first.lon, 7)) == (date(1985, 5, 1), float(rows[0]["经度"]))


def test_sheets_that_are_not_read_are_named(desk, ground, tmp_path, small_chunks, capsys):
    path = as_excel(tmp_path / "names.xlsx", list(hills(25, ground)))
    book = openpyxl.load_workbook(path)
    for title in ("西片", "空表", "补遗"):
        sheet = book.create_sheet(title)
        if title != "空表":
            sheet.append(["地名代码"])
            sheet.append(["D1"])
    book.save(path)
    number = desk.send("staff", path)
    seen = desk.state(number, "staff")
    assert (seen["state"], seen["records"], told(seen, "F02")) == ("ready", {"names": 25}, {("F02", "warning"): 1})
    (message,) = [each["message"]["zh"] for each in seen["findings"] if each["rule"] == "F02"]
    assert message == "工作簿中另有填了内容的工作表,没有读入:西片、补遗"
    page = desk.client("staff").get(f"/submissions/{number}", headers={"accept": "text/html"}).text
    assert message in page
    check([path], "", "", (), (), None, as_json=False)
    assert message in capsys.readouterr().out


def test_rows_are_counted_as_the_sheet_counts_them(tmp_path, small_chunks):
    rows = list(hills(15, GROUND))
    rows[12]["标准名称"] = ""
    seen = examine([write_list(tmp_path / "names.csv", rows)], Answers(), Choices(), Settings())
    missing = next(each for each in seen.findings if each.rule == "A05")
    assert (missing.row, missing.source_row, missing.key) == (13, 14, rows[12]["地名代码"])


def test_a_list_without_places_is_fine(desk, tmp_path):
    seen = desk.state(desk.send("staff", write_list(tmp_path / "names.csv", hills(5))), "staff")
    assert seen["state"] == "ready"
    assert not told(seen, "F01")


@pytest.mark.parametrize(
    ("lon", "lat", "found"),
    [
        ("110.29", "30.69", 0),
        ("东经110°17′24″", "北纬30°41′24″", 0),
        ("110度17分24秒", "30度41分24秒", 0),
        ("约110", "30.69", 1),
        ("110.29", "", 1),
        ("nan", "30.69", 1),
    ],
)
def test_f01_breaks_for_a_place_that_cannot_be_understood(tmp_path, lon, lat, found):
    rows = [{**row, "经度": lon, "纬度": lat} if n == 3 else row for n, row in enumerate(hills(5, GROUND))]
    seen = examine([write_list(tmp_path / "names.csv", rows)], Answers(), Choices(), Settings())
    assert [each.source_row for each in seen.findings if each.rule == "F01"] == [5] * found


def test_shapes_may_come_as_wkt(desk, ground, tmp_path):
    lon, lat = ground.place(0)
    rows = [{**row, "WKT": f"LINESTRING({lon} {lat}, {lon + 0.001} {lat})"} for row in hills(2)]
    seen = desk.state(desk.send("staff", write_list(tmp_path / "names.csv", rows)), "staff")
    s = NAMES.staging.c
    with desk.database.writing() as tx:
        kinds = tx.scalars(select(func.ST_GeometryType(s.geom)).where(s.delivery == seen["delivery"])).all()
    assert kinds == ["ST_LineString"] * 2


def test_coordinates_in_metres_ask_for_their_system_and_are_transformed(desk, ground, tmp_path):
    rows = list(hills(12, ground))
    places = gpd.GeoSeries([shapely.Point(float(r["经度"]), float(r["纬度"])) for r in rows], crs=4490).to_crs(4547)
    metres = [{**r, "经度": f"{p.x:.3f}", "纬度": f"{p.y:.3f}"} for r, p in zip(rows, places, strict=True)]
    number = desk.send("staff", write_list(tmp_path / "names.csv", metres))
    seen = desk.state(number, "staff")
    assert (seen["state"], seen["verdict"]) == ("asking", "ask")
    assert "EPSG:4547" in seen["reading"]["files"][0]["layers"][0]["crs_choices"]
    desk.client("staff").post(f"/submissions/{number}/deliveries", json={"crs": "EPSG:4547"})
    desk.work()
    seen = desk.state(number, "staff")
    assert seen["state"] == "ready", seen["findings"][:3]
    s = NAMES.staging.c
    with desk.database.writing() as tx:
        lon = tx.scalar(select(func.ST_X(s.geom)).where(s.delivery == seen["delivery"], s.row == 1))
    assert lon == pytest.approx(float(rows[0]["经度"]), abs=1e-7)


def test_a_list_that_is_not_recognised_asks_and_the_answer_counts(desk, ground, tmp_path):
    rows = [{"甲": r["地名代码"], "乙": r["标准名称"], "丙": r["所在政区代码"], "丁": "NAT"} for r in hills(3)]
    number = desk.send("staff", write_list(tmp_path / "x.csv", rows))
    seen = desk.state(number, "staff")
    assert seen["state"] == "asking"
    layer = seen["reading"]["files"][0]["layers"][0]["path"]
    columns = {layer: {"code": "甲", "name": "乙", "unit": "丙", "category": "丁"}}
    answer = {"layers": {layer: "names"}, "columns": columns}
    desk.client("staff").post(f"/submissions/{number}/deliveries", json=answer)
    desk.work()
    seen = desk.state(number, "staff")
    assert (seen["state"], seen["records"]) == ("ready", {"names": 3}), seen["findings"]


def test_a_layer_left_out_is_left_out(desk, tmp_path):
    number = desk.send("staff", write_list(tmp_path / "x.csv", [{"甲": "1"}]))
    desk.client("staff").post(f"/submissions/{number}/deliveries", json={"layers": {"x.csv/x": "-"}})
    desk.work()
    seen = desk.state(number, "staff")
    assert (seen["records"], told(seen)) == ({}, {("F02", "note"): 1})


def test_a_file_that_breaks_off_half_way_is_refused_and_leaves_nothing(desk, ground, tmp_path, small_chunks):
    whole = as_excel(tmp_path / "whole.xlsx", list(hills(30, ground)))
    import zipfile

    with zipfile.ZipFile(whole) as book, zipfile.ZipFile(tmp_path / "names.xlsx", "w") as cut:
        for part in book.namelist():
            content = book.read(part)
            if part.endswith("sheet1.xml"):
                content = content[: content.index(b'<row r="25"')] if b'<row r="25"' in content else content[:-3000]
            cut.writestr(part, content)
    seen = desk.state(desk.send("staff", tmp_path / "names.xlsx"), "staff")
    assert (seen["state"], seen["verdict"], seen["records"], seen["findings"]) == ("unreadable", "reject", {}, [])


# what is wrong with it


def test_f04_breaks_for_a_code_sent_twice_and_passes_otherwise(desk, ground, tmp_path, small_chunks):
    rows = list(hills(25, ground))
    rows[22]["地名代码"] = rows[3]["地名代码"]
    seen = desk.state(desk.send("staff", write_list(tmp_path / "names.csv", rows)), "staff")
    copies = [each for each in seen["findings"] if each["rule"] == "F04"]
    assert [(each["record"], each["row"], each["severity"]) for each in copies] == [(23, 24, "error")]
    assert "第 5 行" in copies[0]["message"]["zh"]
    assert copies[0]["geometry"]["type"] == "Point"
    assert (seen["state"], seen["passing"]) == ("blocked", 24)


def test_f04_passes(desk, tmp_path):
    seen = desk.state(desk.send("staff", write_list(tmp_path / "names.csv", hills(5))), "staff")
    assert not told(seen, "F04")


def test_findings_beyond_measure_are_counted_and_not_kept(desk, tmp_path, monkeypatch, small_chunks):
    monkeypatch.setattr(tallies, "KEPT", 7)
    rows = [{**row, "所在政区代码": ""} for row in hills(40)]
    number = desk.send("staff", write_list(tmp_path / "names.csv", rows))
    seen = desk.state(number, "staff")
    blocked = {each["rule"]: each["more"] for each in seen["more"] if each["severity"] == "error"}
    assert told(seen, "A05") == {("A05", "error"): 7}
    assert blocked["A05"] == 33
    assert seen["blocking"] == sum(blocked.values()) + sum(
        1 for each in seen["findings"] if each["severity"] == "error"
    )
    assert seen["passing"] == 0
    page = desk.client("staff").get(f"/submissions/{number}", headers={"accept": "text/html"}).text
    assert "此外还有 33 个同类问题" in page
    files = {"files": ("names.csv", write_list(tmp_path / "names.csv", [*rows[:30], *list(hills(40))[30:]]).read_bytes())}
    desk.client("staff").post(f"/submissions/{number}/deliveries", files=files)
    desk.work()
    again = desk.state(number, "staff")
    assert again["gone"] >= 10
    assert again["came"] == 0
    assert again["passing"] == 10


def test_rows_lie_in_the_area_in_which_the_sender_holds_the_registers_role(desk, ground, tmp_path):
    desk.has("neighbour", "staff", area="990202")
    seen = desk.state(desk.send("neighbour", write_list(tmp_path / "names.csv", hills(3))), "neighbour")
    assert told(seen, "F03") == {("F03", "error"): 3}
    seen = desk.state(desk.send("surveyor", write_list(tmp_path / "names.csv", hills(30))), "surveyor")
    assert told(seen, "F03")["F03", "error"] == 31
    assert "地名工作人员" in next(e["message"]["zh"] for e in seen["findings"] if e["rule"] == "F03" and e["row"] is None)


def test_only_people_with_a_senders_role_may_send(desk, tmp_path):
    path = write_list(tmp_path / "names.csv", hills(1))
    for name, status in (("reviewer", 403), ("staff", 202)):
        answer = desk.client(name).post("/submissions", files=[("files", (path.name, path.read_bytes()))])
        assert answer.status_code == status
    page = desk.client("staff").get("/submissions", headers={"accept": "text/html"}).text
    assert 'action="/submissions"' in page
    assert 'action="/submissions"' not in desk.client("reviewer").get("/submissions", headers={"accept": "text/html"}).text


def test_without_a_database_rules_of_tables_are_said_not_to_be_asked(tmp_path):
    seen = examine([write_list(tmp_path / "names.csv", hills(5))], Answers(), Choices(), Settings())
    assert "F04" in {each.rule for each in seen.not_checked}
    assert not {"G05", "M01"} & {each.rule for each in seen.not_checked}
    assert seen.readable
    assert not seen.blocking


# from the list to names in force


def test_a_list_is_published_changed_and_ended_by_a_whole_one(names_desk, ground, tmp_path, small_chunks):
    rows = list(hills(40, ground))
    number = names_desk.send("staff", write_list(tmp_path / "names.csv", rows))
    assert names_desk.state(number, "staff")["findings"] == []
    publish(names_desk, number)
    assert standing(names_desk) == {row["地名代码"]: row["标准名称"] for row in rows}
    with names_desk.database.writing() as tx:
        ids = {row.code: row.id for row in tx.execute(select(V.code, V.id))}
    moved = [{**row, "来历": "样例:改述"} if n < 3 else row for n, row in enumerate(rows[:30])]
    whole = names_desk.send("staff", write_list(tmp_path / "names.csv", moved), whole="1")
    seen = names_desk.state(whole, "staff")
    assert seen["changes"] == {"names": {"changed": 3, "removed": 10}}, seen["findings"]
    publish(names_desk, whole, "2026-11-15")
    assert len(standing(names_desk, date(2026, 11, 20))) == 30
    assert len(standing(names_desk, date(2026, 11, 5))) == 40
    with names_desk.database.writing() as tx:
        now = select(V.code, V.id, V.origin).where(in_force(NAMES.table, date(2026, 11, 20)))
        found = tx.execute(now).all()
    assert {row.code: row.id for row in found}.items() <= ids.items()
    assert sum(row.origin == "样例:改述" for row in found) == 3


def test_a_whole_list_ends_nothing_outside_the_units_it_is_about(names_desk, ground, tmp_path):
    names_desk.publish(names_desk.send("staff", write_list(tmp_path / "names.csv", hills(4, ground))), DAY)
    elsewhere = [{**row, "所在政区代码": COUNTY + "002", "地名代码": row["地名代码"].replace(TOWN, COUNTY + "002")}
                 for row in hills(3, start=100)]  # fmt: skip
    number = names_desk.send("staff", write_list(tmp_path / "others.csv", elsewhere), whole="1")
    assert names_desk.state(number, "staff")["changes"] == {"names": {"added": 3}}


def test_columns_that_were_not_sent_keep_what_is_in_force(names_desk, ground, tmp_path, small_chunks):
    rows = list(hills(15, ground))
    names_desk.publish(names_desk.send("staff", write_list(tmp_path / "names.csv", rows)), "2026-11-01")
    fewer = [{k: v for k, v in row.items() if k not in ("来历", "命名时间", "经度", "纬度")} for row in rows]
    seen = names_desk.state(names_desk.send("staff", write_list(tmp_path / "names.csv", fewer)), "staff")
    assert (seen["state"], seen["changes"]) == ("ready", {}), seen["findings"]


def test_rows_set_aside_are_kept_and_the_rest_goes_on(names_desk, ground, tmp_path, small_chunks):
    rows = list(hills(25, ground))
    rows[17]["所在政区代码"] = ""
    number = names_desk.send("staff", write_list(tmp_path / "names.csv", rows))
    assert names_desk.state(number, "staff")["state"] == "blocked"
    answer = names_desk.client("staff").post(f"/submissions/{number}/deliveries", json={"set_aside": [["names", 18]]})
    assert answer.status_code == 202
    names_desk.work()
    seen = names_desk.state(number, "staff")
    assert (seen["state"], seen["records"]) == ("ready", {"names": 24}), seen["findings"]
    assert [(each["register"], each["row"]) for each in seen["set_aside"]] == [("names", 18)]
    publish(names_desk, number)
    assert len(standing(names_desk)) == 24


def test_what_was_published_meanwhile_is_named(names_desk, ground, tmp_path):
    numbers = [names_desk.send("staff", write_list(tmp_path / "names.csv", hills(3, ground))) for _ in range(2)]
    names_desk.publish(numbers[0], "2026-11-01")
    names_desk.decide("reviewer", numbers[1], "accept")
    answer = names_desk.decide("approver", numbers[1], "publish", document="样1号", effective=DAY)
    assert answer.status_code == 409
    assert next(hills(1))["地名代码"] in answer.json()["message"]["zh"]


def test_rules_of_tables_are_asked_again_before_publication(names_desk, ground, tmp_path):
    """Two lists give one code on different days: neither knew of the other when it was checked."""
    rows = list(hills(2, ground))
    first = names_desk.send("staff", write_list(tmp_path / "a.csv", rows))
    other = [{**row, "地名代码": row["地名代码"][:-6] + f"{n:06d}"} for n, row in enumerate(rows, start=900)]
    second = names_desk.send("staff", write_list(tmp_path / "b.csv", other))
    names_desk.publish(first, "2026-12-01")
    names_desk.decide("reviewer", second, "accept")
    answer = names_desk.decide("approver", second, "publish", document="样1号", effective="2026-12-02")
    assert answer.status_code == 409, "the same places are in force under other codes"
    assert "PN12" in answer.json()["message"]["zh"]


def test_boundary_layers_and_a_list_may_come_together(names_desk, county: County, ground, tmp_path):
    names_desk.has("both", "surveyor", "staff")
    lines = write_survey(survey(county, [pilot_line(county)], "agreed"), tmp_path / "pilot.gpkg", "geopackage")
    as_layer(lines, list(hills(12, ground)), layer="地名", mode="a")
    number = names_desk.send("both", lines)
    seen = names_desk.state(number, "both")
    assert seen["state"] == "ready", seen["findings"]
    assert set(seen["records"]) >= {"lines", "names"}
    names_desk.publish(number, DAY)
    assert len(standing(names_desk)) == 12


# pages stay light


def test_maps_and_lists_of_changes_show_the_first_and_say_how_many_more(desk, ground, tmp_path, monkeypatch):
    from gis.intake import report_shapes, reports

    monkeypatch.setattr(report_shapes, "DRAWN", 5)
    monkeypatch.setattr(reports, "SHOWN", 3)
    number = desk.send("staff", write_list(tmp_path / "names.csv", hills(12, ground)))
    client = desk.client("staff")
    shapes = client.get(f"/submissions/{number}/changes").json()
    assert (len(shapes["features"]), shapes["more"]) == (5 * 2, 7)
    pages, address = [], f"/submissions/{number}/changes?register=names"
    while address:
        page = client.get(address).json()
        pages.append({each["properties"]["code"] for each in page["features"]})
        address = next((link["href"] for link in page.get("links", ())), "")
    assert [len(page) for page in pages] == [5, 5, 2]
    assert len(set.union(*pages)) == 12
    assert "另有 7 条没有画出" in client.get(f"/submissions/{number}/map").text
    assert client.get(f"/submissions/{number}/changes?register=nothing").status_code == 404
