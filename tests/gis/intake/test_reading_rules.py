"""What could not be read, recognised or found in the files, and whose area it is."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

import boundaries
from gis.files import Answers
from gis.intake.checking import Examination, examine
from gis.intake.recognition import Choices
from gis.settings import Settings

assert boundaries.lines
NONE = Choices()


def line_sheet(**columns: list[object]) -> gpd.GeoDataFrame:
    rows = {
        "JXDM": ["990101001990101002"],
        "JXMC": ["甲乙线"],
        "ZCDM": ["990101001"],
        "YCDM": ["990101002"],
        **columns,
    }
    lines = [shapely.LineString([(110, 30), (110.01, 30.01)]) for _ in rows["JXDM"]]
    return gpd.GeoDataFrame(rows, geometry=lines, crs="EPSG:4490")


def examined(
    folder: Path, sheet: gpd.GeoDataFrame, layer: str = "JX", choices: Choices = NONE, **rest: object
) -> Examination:
    path = folder / "survey.gpkg"
    path.unlink(missing_ok=True)
    sheet.to_file(path, layer=layer, driver="GPKG", engine="pyogrio")
    return examine([path], Answers(), choices, Settings(), **rest)  # type: ignore[arg-type]


def found(seen: Examination, rule: str) -> list[str]:
    return [finding.message.zh for finding in seen.findings if finding.rule == rule]


def test_f01_breaks_for_a_row_without_a_place(tmp_path):
    sheet = line_sheet(JXDM=["1", "2"], JXMC=["甲乙线", "乙丙线"], ZCDM=["a", "b"], YCDM=["b", "c"])
    sheet.loc[1, "geometry"] = None
    seen = examined(tmp_path, sheet)
    assert len(found(seen, "F01")) == 1
    assert seen.blocking
    assert [finding.source_row for finding in seen.findings if finding.rule == "F01"] == [2]


def test_f01_passes(tmp_path):
    assert not found(examined(tmp_path, line_sheet()), "F01")


def test_f02_breaks_for_columns_nobody_knows_and_keeps_them(tmp_path):
    seen = examined(tmp_path, line_sheet(心情=["晴"]))
    assert "心情" in found(seen, "F02")[0]
    assert seen.survey.sheets["lines"]["extra"].iloc[0]["心情"] == "晴"
    assert not [f for f in seen.findings if f.rule == "F02" and f.severity == "error"]


def test_f02_breaks_for_a_layer_nobody_knows(tmp_path):
    sheet = line_sheet().drop(columns=["JXDM", "JXMC", "ZCDM", "YCDM"])
    seen = examined(tmp_path, sheet, layer="rivers")
    assert "rivers" in found(seen, "F02")[0]
    assert seen.blocking == 1


def test_f02_breaks_for_parcel_points_that_look_like_markers(tmp_path):
    sheet = line_sheet()
    sheet["geometry"] = [shapely.Point(110, 30)]
    assert "宗地" in found(examined(tmp_path, sheet, layer="JZD"), "F02")[0]


def test_f02_breaks_for_a_value_that_is_no_word_of_its_list(tmp_path):
    assert "999" in found(examined(tmp_path, line_sheet(JXXZ=["999"])), "F02")[0]


def test_f02_passes_when_the_sender_says_what_is_what(tmp_path):
    sheet = line_sheet().rename(columns={"JXDM": "甲", "JXMC": "乙"})
    seen = examined(
        tmp_path, sheet, layer="x", choices=Choices({"*": "lines"}, {"*": {"code": "甲", "name": "乙"}})
    )
    assert seen.survey.sheets["lines"]["code"].tolist() == ["990101001990101002"]
    assert not found(seen, "F02")


def test_f03_breaks_outside_the_senders_area(tmp_path):
    seen = examined(tmp_path, line_sheet(), area=("990102",))
    assert "990101001" in found(seen, "F03")[0]


@pytest.mark.parametrize("area", [("990101",), ("99",), ("",), None])
def test_f03_passes_within_the_area_or_without_one(tmp_path, area):
    assert not found(examined(tmp_path, line_sheet(), area=area), "F03")


def test_a05_breaks_without_a_name(tmp_path):
    assert found(examined(tmp_path, line_sheet(JXMC=[None])), "A05") == ["缺少界线名称"]


def test_a05_passes(tmp_path):
    assert not found(examined(tmp_path, line_sheet()), "A05")


def test_a_record_set_aside_is_kept_and_looked_at_by_no_rule(tmp_path):
    seen = examined(tmp_path, line_sheet(JXMC=[None]), aside={("lines", 1)})
    assert not found(seen, "A05")
    assert len(seen.aside["lines"]) == 1


def test_ten_byte_columns_are_recognised(tmp_path):
    path = tmp_path / "JX.shp"
    sheet = line_sheet().rename(columns={"JXDM": "BOUNDARYLI", "ZCDM": "左侧单"})
    sheet.to_file(path, engine="pyogrio", encoding="utf-8")
    seen = examine([path], Answers(), NONE, Settings())
    assert seen.survey.sheets["lines"]["code"].tolist() == ["990101001990101002"]
