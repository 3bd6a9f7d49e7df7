"""What is exported can be sent in again and changes nothing; the public gets what the public may read."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import openpyxl
import pyogrio
import pytest
import shapely

from gis import export_lists
from gis.errors import BadInput
from gis.export_lists import Extract
from gis.registers import REGISTERS
from tests.conftest import COUNTY, Office, office_of_its_own
from tests.lists_made import TOWN, Ground, ground_of, hills, write_list

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def desk(server, county_template, tmp_path_factory) -> Iterator[Office]:
    """An office with thirty names in force: points, a line, an area, and one without a place."""
    folder = tmp_path_factory.mktemp("exports")
    with office_of_its_own(server, county_template, folder) as office:
        office.has("staff", "staff")
        office.has("elsewhere", "staff", area="990202")
        with office.database.writing() as tx:
            ground = ground_of(tx)
        office.publish(office.send("staff", write_list(folder / "names.csv", _names(ground))), "2026-11-01")
        yield office


def _names(ground: Ground) -> list[dict[str, str]]:
    rows = [{**row, "WKT": "", "别名": "", "密级": "公开", "层数": "", "绿地率": ""} for row in hills(30, ground)]
    lon, lat = ground.place(0)
    rows[0] |= {"WKT": f"LINESTRING({lon} {lat}, {lon + 1 / 3e3} {lat + 1 / 7e3})", "经度": "", "纬度": ""}
    area = shapely.box(lon + 0.004, lat + 0.004, lon + 0.0041, lat + 0.0041)
    rows[1] |= {"WKT": shapely.to_wkt(area, rounding_precision=-1), "经度": "", "纬度": "", "别名": "老山、大山"}
    rows[2] |= {"经度": "", "纬度": "", "来历": '样例:含,逗号"引号"\n和换行', "层数": "3", "绿地率": "35.5"}
    rows[3] |= {"密级": "内部", "来历": "=1+1"}
    return rows


def written(office: Office, extract: Extract, place: Path) -> Path:
    with office.database.reading() as look:
        export_lists.write(look, extract, place)
    return place


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".gpkg"])
def test_an_export_of_names_comes_in_again_unchanged(desk, tmp_path, suffix):
    place = written(desk, Extract(REGISTERS["names"], TODAY), tmp_path / f"names{suffix}")
    seen = desk.state(desk.send("staff", place, whole="1"), "staff")
    assert (seen["records"], seen["changes"]) == ({"names": 30}, {}), seen["findings"][:3]
    assert seen["state"] == "ready"


@pytest.mark.parametrize("register", ["lines", "tri_junctions"])
def test_an_export_of_boundaries_comes_in_again_unchanged(desk, tmp_path, register):
    place = written(desk, Extract(REGISTERS[register], TODAY), tmp_path / f"{register}.gpkg")
    seen = desk.state(desk.send("surveyor", place), "surveyor")
    assert seen["records"][register] > 10
    assert register not in seen["changes"], seen["findings"][:3]


def test_a_csv_is_for_excel_and_for_people(desk, tmp_path):
    place = written(desk, Extract(REGISTERS["names"], TODAY), tmp_path / "names.csv")
    content = place.read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert [row["地名代码"] for row in rows] == sorted(row["地名代码"] for row in rows)
    assert (rows[0]["地名类别"], rows[0]["命名时间"], rows[3]["密级"]) == ("自然地理实体", "1985-05-01", "内部")
    assert not [title for title in rows[0] if "比较" in title]
    sent = {row["地名代码"]: row for row in hills(30)}
    assert {row["地名代码"]: row["标准名称"] for row in rows} == {code: row["标准名称"] for code, row in sent.items()}


def test_a_formula_stays_a_text_in_excel(desk, tmp_path):
    place = written(desk, Extract(REGISTERS["names"], TODAY), tmp_path / "names.xlsx")
    book = openpyxl.load_workbook(place)
    titles, *rows = book.active.iter_rows()  # type: ignore[union-attr]
    at = [cell.value for cell in titles].index("来历")
    cells = {row[0].value: row[at] for row in rows}
    told = [(cell.value, cell.data_type) for cell in cells.values() if str(cell.value).startswith("=")]
    book.close()
    assert told == [("=1+1", "s")]


def test_a_geopackage_has_types_and_shapes(desk, tmp_path):
    place = written(desk, Extract(REGISTERS["names"], TODAY), tmp_path / "names.gpkg")
    frame = pyogrio.read_dataframe(place, layer="names")
    assert frame.crs.to_epsg() == 4490
    assert set(frame.geom_type.dropna()) == {"Point", "LineString", "Polygon"}
    assert frame["层数"].dropna().tolist() == [3]
    assert frame["绿地率"].dropna().tolist() == [35.5]


def test_only_the_records_of_a_day_and_of_an_area(desk, tmp_path):
    names = REGISTERS["names"]
    for number, (day, area) in enumerate([(TODAY, TOWN), (date(2026, 10, 1), ""), (TODAY, "990202")]):
        place = written(desk, Extract(names, day, (area,)), tmp_path / f"{number}.csv")
        assert len(place.read_text("utf-8-sig").splitlines()) - 1 == (31 if not number else 0)  # one cell has two lines


def test_records_lie_in_an_area_through_those_they_belong_to(desk, tmp_path):
    with desk.database.reading() as look:
        for area, some in ((COUNTY, True), ("990202", False)):
            for register in ("lines", "tri_junctions", "units"):
                number = export_lists.write(look, Extract(REGISTERS[register], TODAY, (area,)), tmp_path / "x.csv")
                assert (number > 0) == some, (area, register)
            assert export_lists.write(look, Extract(REGISTERS["markers"], TODAY, (area,)), tmp_path / "x.csv") == 0


def test_what_cannot_be_written_is_said(desk, tmp_path):
    with desk.database.reading() as look:
        with pytest.raises(BadInput, match="csv"):
            export_lists.write(look, Extract(REGISTERS["names"], TODAY), tmp_path / "names.pdf")
        with pytest.raises(BadInput, match="nowhere"):
            export_lists.write(look, Extract(REGISTERS["names"], TODAY), tmp_path / "nowhere" / "names.csv")
    assert list(tmp_path.iterdir()) == []


# over HTTP


def rows_of(answer) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.text
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_the_public_gets_what_the_public_may_read(desk):
    address = f"/collections/names/export?f=csv&on={TODAY}"
    public, colleague = rows_of(desk.client().get(address)), rows_of(desk.client("staff").get(address))
    assert (len(public), len(colleague)) == (29, 30)
    assert "密级" not in public[0]
    assert all(len(row["经度"].partition(".")[2]) <= 4 for row in public)
    assert any(len(row["经度"].partition(".")[2]) > 4 for row in colleague)
    assert desk.client("elsewhere").get(address).content.decode("utf-8-sig").count("\n") == 1
    assert len(rows_of(desk.client("staff").get(address + "&area=990202"))) == 0


@pytest.mark.parametrize(("form", "begins"), [("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("gpkg", b"SQLite format 3")])
def test_every_form_is_handed_out_as_a_file(desk, form, begins):
    answer = desk.client().get(f"/collections/lines/export?f={form}&on={TODAY}")
    assert answer.status_code == 200
    assert answer.content.startswith(begins)
    assert f"lines-{TODAY}.{form}" in answer.headers["content-disposition"]
    assert "no-store" in answer.headers["cache-control"]


@pytest.mark.parametrize(
    ("address", "status"), [("nothing/export", 404), ("names/export?f=pdf", 400), ("names/export?on=x", 400)]
)
def test_questions_that_make_no_sense_are_refused(desk, address, status):
    assert desk.client().get(f"/collections/{address}").status_code == status
