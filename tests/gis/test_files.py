"""What surveyors send is read as it is, and every oddity is told."""

import json
import sqlite3
import warnings
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import shapely

from gis.errors import UnreadableFile
from gis.files import Answers, Verdict, read_many, read_table
from tests.gis.sent import (
    CODES,
    HOME,
    NAMES,
    SETTINGS,
    layer,
    only,
    parts,
    patched,
    reading,
    record,
    said,
    shapefile,
    squares,
    zipped,
)  # fmt: skip

ACCEPT, WARN, ASK, REJECT = Verdict


def test_a_sound_shapefile_comes_through_unchanged(tmp_path: Path) -> None:
    found = only(shapefile(tmp_path))
    assert (found.verdict, found.reason, found.notes, found.row_problems) == (ACCEPT, None, (), ())
    assert list(found.frame["DM"]) == CODES
    assert list(found.frame["MC"]) == NAMES
    assert list(found.frame["row"]) == [1, 2, 3]
    assert list(found.frame.index) == [0, 1, 2]
    assert found.frame.crs.to_epsg() == 4490
    assert (found.crs, found.encoding, found.geometry_type, found.accuracy_m) == (
        "EPSG:4490",
        "UTF-8",
        "Polygon",
        0,
    )
    assert shapely.equals(found.frame.geometry.to_numpy(), np.array(squares())).all()


@pytest.mark.parametrize("epsg", [4490, 4547, 4526, 4508, 4497, 4546])
def test_every_chinese_grid_leads_to_the_same_place(tmp_path: Path, epsg: int) -> None:
    found = only(shapefile(tmp_path, crs=epsg))
    assert (found.verdict, found.crs) == (ACCEPT, f"EPSG:{epsg}")
    apart = shapely.hausdorff_distance(found.frame.geometry.to_numpy(), np.array(squares()))
    assert apart.max() < 1e-9


@pytest.mark.parametrize("suffix", [".gpkg", ".geojson", ".fgb"])
def test_other_formats_say_the_same(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"单位{suffix}"
    pyogrio.write_dataframe(layer(squares()), path)
    found = only(path)
    assert found.verdict in (ACCEPT, WARN)
    assert found.frame.crs.to_epsg() == 4490
    assert found.geometry_type == "Polygon"
    place = dict(zip(found.frame["MC"], found.frame.geometry, strict=True))  # FlatGeobuf sorts by place
    assert all(place[name].equals_exact(shape, 1e-9) for name, shape in zip(NAMES, squares(), strict=True))


def test_a_geopackage_that_is_still_open_may_lack_changes(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(layer(squares()), path)
    package = sqlite3.connect(path)
    package.execute("PRAGMA journal_mode = wal")
    found = only(path)
    package.close()
    assert (found.verdict, len(found.frame)) == (WARN, 3)
    assert "still be open" in said(found)


def test_a_geopackage_without_a_system_asks(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pyogrio.write_dataframe(layer(squares(), None), path)
    assert (only(path).verdict, only(path).crs_choices[0]) == (ASK, "EPSG:4490")


def test_geojson_is_wgs84_and_says_so(tmp_path: Path) -> None:
    shape = shapely.geometry.mapping(squares()[0])
    feature = {"type": "Feature", "properties": {"名称": "甲"}, "geometry": shape}
    path = tmp_path / "a.json"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}), encoding="utf-8")
    found = only(path)
    assert (found.verdict, found.crs, found.accuracy_m) == (ACCEPT, "EPSG:4326", 1.0)
    assert "WGS 84" in said(found)
    assert found.geometry_type == "Polygon"


@pytest.mark.parametrize(
    ("crs", "verdict", "code"),
    [
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4490"}}, ACCEPT, "EPSG:4490"),
        ({"type": "name", "properties": {"name": "EPSG:4490"}}, ACCEPT, "EPSG:4490"),
        ({"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}, ACCEPT, "EPSG:4326"),
        ({"type": "name", "properties": {"name": "EPSG:4610"}}, REJECT, "EPSG:4610"),
        ({"type": "name", "properties": {"name": "地方坐标系"}}, ASK, None),
        ({"type": "name", "properties": None}, ASK, None),
        ("EPSG:4490", ASK, None),
        (None, ASK, None),
    ],
)
def test_geojson_may_name_its_system(tmp_path: Path, crs: object, verdict: Verdict, code: str | None) -> None:
    feature = {"type": "Feature", "properties": None, "geometry": {"type": "Point", "coordinates": [112, 28]}}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
    assert (only(path).verdict, only(path).crs) == (verdict, code)


def test_geojson_values_keep_their_kinds_and_odd_rows_their_place(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [112.5, 28.5, 3]}
    open_ring = {"type": "Polygon", "coordinates": [[[112, 28], [113, 28], [113, 29]]]}
    rows: list[tuple[object, dict[str, object]]] = [
        (point, {"n": 1, "f": 1.5, "t": "甲", "row": 7, "nested": {"a": [1]}, "mixed": 1, "big": 10**400}),
        (None, {"n": 2, "f": None, "t": None, "mixed": "乙"}),
        (open_ring, {"n": 3}),
        ({"type": "Point", "coordinates": ["x", 1]}, {"n": 4}),
        ("nonsense", {"n": 5}),
    ]
    features = [
        {"type": "Feature", "id": f"w{n}", "properties": p, "geometry": g} for n, (g, p) in enumerate(rows)
    ]
    path = tmp_path / "a.geojson"
    path.write_bytes(
        json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode("gbk")
    )
    found = only(path)
    assert found.frame["n"].tolist() == [1, 2, 3, 4, 5]
    assert found.frame["n"].dtype == np.int64
    assert found.frame["t"].iloc[0] == "甲"
    assert found.frame["nested"].iloc[0] == '{"a": [1]}'
    assert (found.frame["row_2"].iloc[0], found.frame["id"].iloc[1]) == (7, "w1")
    assert [(each.row, each.blocking) for each in found.row_problems] == [
        (2, True),
        (3, True),
        (4, True),
        (5, True),
    ]
    assert found.frame.geometry.notna().tolist() == [True, False, False, False, False]


def test_a_single_feature_or_shape_is_geojson_too(tmp_path: Path) -> None:
    shape = {"type": "LineString", "coordinates": [[112, 28], [113, 28]]}
    path = tmp_path / "a.geojson"
    for document in (shape, {"type": "Feature", "properties": {"a": 1}, "geometry": shape}):
        path.write_text(json.dumps(document))
        assert only(path).geometry_type == "LineString"


def test_a_geopackage_gives_each_layer_and_names_plain_tables(tmp_path: Path) -> None:
    path = tmp_path / "survey.gpkg"
    pyogrio.write_dataframe(layer(squares()), path, layer="XZQ")
    pyogrio.write_dataframe(layer([shapely.Point(HOME)]), path, layer="JZ", append=True)
    pyogrio.write_dataframe(layer(squares()).drop(columns="geometry"), path, layer="notes", append=True)
    result = reading(path)
    assert [(each.name, each.geometry_type) for each in result.layers] == [
        ("XZQ", "Polygon"),
        ("JZ", "Point"),
    ]
    assert "“notes” is no layer" in said(result.layers[0])


def test_a_zip_holds_several_shapefiles_in_folders(tmp_path: Path) -> None:
    first, second = shapefile(tmp_path / "1", "JX"), shapefile(tmp_path / "2", "JZ")
    members = (
        parts(first, "成果/界线/")
        | parts(second, "成果/")
        | {"成果/说明.docx": b"x", "__MACOSX/._JX.shp": b"y"}
    )
    result = reading(zipped(tmp_path / "a.zip", members))
    assert (result.verdict, [each.name for each in result.layers]) == (ACCEPT, ["JX", "JZ"])
    assert [each.en for each in result.notes] == ["not used: 成果/说明.docx"]


def test_two_shapefiles_of_one_name_keep_their_folders(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "x")
    result = reading(zipped(tmp_path / "a.zip", parts(shp, "甲/") | parts(shp, "乙/")))
    assert [each.name for each in result.layers] == ["甲/units", "乙/units"]


def test_json_that_is_no_geojson_is_left_in_the_zip(tmp_path: Path) -> None:
    members = parts(shapefile(tmp_path / "x")) | {"style.json": b'{"version": 8}'}
    result = reading(zipped(tmp_path / "a.zip", members))
    assert (result.verdict, len(result.layers)) == (ACCEPT, 1)
    assert "style.json" in result.notes[0].en


def test_suffixes_may_be_upper_case_or_marked_by_a_mail_gateway(tmp_path: Path) -> None:
    shp = shapefile(tmp_path / "x")
    upper = {name[:-4] + name[-4:].upper(): content for name, content in parts(shp).items()}
    marked = {name + "_": content for name, content in parts(shp).items()}
    assert reading(zipped(tmp_path / "a.zip", upper)).verdict is ACCEPT
    assert reading(zipped(tmp_path / "b.zip", marked)).verdict is ACCEPT


def test_complaints_name_the_file_as_it_was_sent(tmp_path: Path) -> None:
    members = parts(shapefile(tmp_path / "x", "界线"))
    members["界线.shp"] = bytes(200)
    assert "界线.shp" in str(reading(zipped(tmp_path / "a.zip", members)).reason)


def test_a_missing_table_is_refused_by_name(tmp_path: Path) -> None:
    shp = shapefile(tmp_path)
    shp.with_suffix(".dbf").rename(tmp_path / "units(1).dbf")
    found = reading(shp)
    assert found.verdict is REJECT
    assert found.reason is not None
    assert "units.dbf" in found.reason.zh


def test_a_missing_or_wrong_index_is_made_anew(tmp_path: Path) -> None:
    shp = shapefile(tmp_path)
    patched(shp.with_suffix(".shx"), 108, b"\x7f\xff\xff\xff")
    wrong = only(shp)
    shp.with_suffix(".shx").unlink()
    missing = only(shp)
    assert wrong.verdict is missing.verdict is WARN
    assert "rebuilt" in said(wrong)
    assert "missing" in said(missing)
    assert list(wrong.frame["MC"]) == list(missing.frame["MC"]) == NAMES
    assert not shp.with_suffix(".shx").exists()


def test_records_superseded_in_the_file_stay_superseded(tmp_path: Path) -> None:
    shp = shapefile(tmp_path, shapes=[shapely.Point(112, 28), shapely.Point(113, 28), shapely.Point(114, 28)])
    index = bytearray(shp.with_suffix(".shx").read_bytes())
    del index[108:116]  # record 2 was deleted: the index no longer lists it
    shp.with_suffix(".shx").write_bytes(bytes(index))
    assert list(only(shp).frame.geometry.x) == [112, 114]


def test_damage_after_a_record_leaves_the_good_ones(tmp_path: Path) -> None:
    shp = shapefile(tmp_path)
    shp.write_bytes(shp.read_bytes()[: record(shp, 3) + 20])
    found = only(shp)
    assert (found.verdict, list(found.frame["DM"])) == (WARN, CODES[:2])
    assert "damaged after record 2" in said(found)
    assert "3 rows of attributes, but 2 features" in said(found)


def test_record_numbers_may_start_anywhere(tmp_path: Path) -> None:
    shp = shapefile(tmp_path)
    patched(shp, record(shp, 1) - 8, b"\x00\x00\x00\x05")
    found = only(shp)
    assert (found.verdict, len(found.frame)) == (WARN, 3)
    assert "start at 5" in said(found)


def test_a_cut_table_leaves_rows_without_attributes(tmp_path: Path) -> None:
    shp = shapefile(tmp_path)
    dbf = shp.with_suffix(".dbf")
    dbf.write_bytes(dbf.read_bytes()[:-170])
    found = only(shp)
    assert found.verdict is WARN
    assert "of 3 rows" in said(found)
    assert len(found.frame) == 3
    assert found.frame["MC"].iloc[0] == NAMES[0]
    assert found.frame["MC"].isna().iloc[2]


def test_rows_marked_as_deleted_are_told_and_numbers_kept(tmp_path: Path) -> None:
    shp = shapefile(tmp_path)
    dbf = shp.with_suffix(".dbf")
    head, width = (int.from_bytes(dbf.read_bytes()[place : place + 2], "little") for place in (8, 10))
    patched(dbf, head + width, b"*")
    found = only(shp)
    assert list(found.frame["row"]) == [1, 3]
    assert "1 rows marked as deleted" in said(found)


def test_a_row_without_geometry_is_a_problem_of_that_row(tmp_path: Path) -> None:
    shapes = squares()
    found = only(shapefile(tmp_path, shapes=[shapes[0], None, shapes[2]]))  # type: ignore[list-item]
    assert (found.verdict, len(found.frame)) == (WARN, 3)
    (problem,) = found.row_problems
    assert (problem.row, problem.blocking, problem.geometry) == (2, True, None)


def test_an_unclosed_ring_does_not_take_the_file_with_it(tmp_path: Path) -> None:
    shp = shapefile(tmp_path)
    end = record(shp, 2) + 44 + 4 + 4 * 16  # type, box, counts, one part; then the fifth point
    patched(shp, end, np.array([113.5, 28.7]).tobytes())
    found = only(shp)
    (problem,) = found.row_problems
    assert (found.verdict, problem.row, problem.blocking) == (WARN, 2, True)
    assert problem.geometry is not None
    assert found.frame.geometry.notna().tolist() == [True, False, True]


@pytest.mark.parametrize("number", [np.nan, np.inf, -1.7e308, 1e12])
def test_numbers_that_are_no_coordinates_are_problems_of_their_row(tmp_path: Path, number: float) -> None:
    shp = shapefile(tmp_path, shapes=[shapely.Point(112.9, 28), shapely.Point(113, 28)])
    patched(shp, record(shp, 2) + 4, np.array([number]).tobytes())
    found = only(shp)
    (problem,) = found.row_problems
    assert (found.verdict, problem.row, problem.blocking) == (WARN, 2, True)
    assert found.frame.geometry.isna().tolist() == [False, True]


def test_a_coordinate_out_of_reach_is_a_problem_of_its_row(tmp_path: Path) -> None:
    shapes = [
        shapely.Point(500000, 3120000),
        shapely.Point(500100, 3120000),
        shapely.Point(38500000, 3120000),
    ]
    found = only(shapefile(tmp_path, shapes=shapes, crs=4547))  # type: ignore[arg-type]
    (problem,) = found.row_problems
    assert (problem.row, problem.blocking) == (3, True)


def test_a_crossing_polygon_is_read_and_shown(tmp_path: Path) -> None:
    bow = shapely.Polygon([(112, 28), (112.1, 28.1), (112.1, 28), (112, 28.1)])
    found = only(shapefile(tmp_path, shapes=[*squares(), bow]))
    (problem,) = found.row_problems
    assert (found.verdict, problem.row, problem.blocking) == (WARN, 4, False)
    assert problem.geometry == shapely.Point(112.05, 28.05)
    assert found.frame.geometry.notna().all()


def test_heights_are_dropped_and_told(tmp_path: Path) -> None:
    point = only(shapefile(tmp_path / "p", shapes=[shapely.Point(112.9, 28, 31.5)]))
    flat = only(shapefile(tmp_path / "z", shapes=[shapely.LineString([(112, 28, 0), (113, 28, 0)])]))
    high = only(shapefile(tmp_path / "h", shapes=[shapely.LineString([(112, 28, 0), (113, 28, 7)])]))
    assert (point.verdict, flat.verdict, high.verdict) == (WARN, ACCEPT, WARN)
    assert not any(each.frame.has_z.any() for each in (point, flat, high))
    assert flat.geometry_type == "LineString"


def test_an_empty_file_has_nothing_to_take(tmp_path: Path) -> None:
    result = reading(shapefile(tmp_path, shapes=[]))
    assert result.verdict is REJECT
    assert result.reason is not None
    assert "no features" in result.reason.en


def test_an_empty_layer_does_no_harm_to_its_neighbours(tmp_path: Path) -> None:
    path = tmp_path / "survey.gpkg"
    pyogrio.write_dataframe(layer([]), path, layer="JZ", geometry_type="Point")
    pyogrio.write_dataframe(layer(squares()), path, layer="XZQ", append=True)
    result = reading(path)
    assert (result.verdict, [each.name for each in result.layers]) == (WARN, ["XZQ"])
    assert "JZ has no features" in str(result.reason)


def test_a_bad_layer_does_not_hide_the_good_one(tmp_path: Path) -> None:
    good, bad = parts(shapefile(tmp_path / "x")), parts(shapefile(tmp_path / "y", "other"))
    bad["other.dbf"] = b"x"
    result = reading(zipped(tmp_path / "a.zip", good | bad))
    assert result.verdict is REJECT
    assert {each.name: each.verdict for each in result.layers} == {"units": ACCEPT, "other": REJECT}
    assert "other.dbf" in str(result.reason)


def test_columns_called_like_ours_are_renamed(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(layer(squares()).assign(row=[7, 8, 9]), path, geometry_name="geom")
    found = only(path)
    assert list(found.frame["row_2"]) == [7, 8, 9]
    assert list(found.frame["row"]) == [1, 2, 3]


def test_loose_parts_are_one_reading(tmp_path: Path) -> None:
    shp = shapefile(tmp_path)
    lonely = tmp_path / "other.dbf"
    lonely.write_bytes(shp.with_suffix(".dbf").read_bytes())
    results = read_many([*sorted(tmp_path.glob("units.*")), lonely], Answers(), SETTINGS)
    assert [(each.file, each.verdict) for each in results] == [("units.shp", ACCEPT), ("other.dbf", REJECT)]


def test_geodatabases_are_asked_for_in_another_form(tmp_path: Path) -> None:
    archive = zipped(tmp_path / "a.gdb.zip", {"a.gdb/a00000001.gdbtable": b"x", "a.gdb/gdb": b"y"})
    folder = tmp_path / "b.gdb"
    folder.mkdir()
    for path in (archive, folder):
        result = reading(path)
        assert (result.verdict, result.layers) == (ASK, ())
        assert result.reason is not None
        assert "GeoPackage" in result.reason.zh


@pytest.mark.parametrize(
    "name", ["a.docx", "a.dwg", "a.kml", "a.csv", "a.shp", "a.zip", "a.gpkg", "a.geojson", "a.fgb"]
)
def test_what_is_nothing_is_refused_in_words(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for content in (b"", b"nothing of use", b"{}", bytes(200)):
        path.write_bytes(content)
        result = reading(path)
        assert result.verdict is REJECT
        assert result.reason is not None
        assert "None" not in result.reason.en


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    assert reading(tmp_path / "无.zip").verdict is REJECT
    assert reading(tmp_path / "no/folder/a.shp").verdict is REJECT


def test_a_list_may_be_a_layer(tmp_path: Path) -> None:
    path = tmp_path / "units.gpkg"
    pyogrio.write_dataframe(layer(squares()).assign(code=[430181001.0, 430181002.0, np.nan]), path)
    table = read_table(path, SETTINGS)
    assert list(table["code"]) == ["430181001", "430181002", ""]
    assert table["geometry"].iloc[0].centroid.distance(squares()[0].centroid) < 1e-9
    with pytest.raises(UnreadableFile):
        read_table(tmp_path / "none.gpkg", SETTINGS)
