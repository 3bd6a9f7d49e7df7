"""Files made to harm: nothing outside is opened, nothing hangs, nothing is raised."""

import json
import random
import sqlite3
import struct
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pyogrio
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.files import Answers, Verdict, read
from tests.gis.sent import SETTINGS, layer, parts, reading, said, shapefile, squares, zipped

SECRET = "机密"
VRT = (
    '<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{}</SrcDataSource></OGRVRTLayer>'
    "</OGRVRTDataSource>"
)


@pytest.fixture
def secret(tmp_path: Path) -> Path:
    """A file that an upload must never reach."""
    path = tmp_path / "secret.geojson"
    pyogrio.write_dataframe(layer(squares()).assign(MC=SECRET), path)
    return path


@pytest.mark.parametrize("suffix", [".geojson", ".json", ".gpkg", ".fgb", ".shp", ".zip", ".gdb.zip"])
def test_files_that_point_elsewhere_are_never_followed(tmp_path: Path, secret: Path, suffix: str) -> None:
    where = secret.as_posix()
    pointing = [
        VRT.format(where),
        json.dumps(
            {
                "type": "gdal_streamed_alg",
                "command_line": f"gdal vector pipeline read {where} ! write streamed",
            }
        ),
        json.dumps(
            {"type": "gdal_streamed_alg", "x": {"type": "FeatureCollection"}, "command_line": f"read {where}"}
        ),
        "<OGRWFSDataSource><URL>http://127.0.0.1:9/wfs</URL></OGRWFSDataSource>",
        json.dumps({"type": "Topology", "x": {"type": "Point"}, "objects": {}, "arcs": []}),
        json.dumps({"links": [{"rel": "data", "href": "http://127.0.0.1:9"}], "type": "FeatureCollection"}),
        where,
        f"GeoJSON:{where}",
        f"/vsicurl/http://127.0.0.1:9/{where}",
    ]
    for number, content in enumerate(pointing):
        path = tmp_path / f"{number}{suffix}"
        path.write_text(content)
        result = reading(path)
        assert result.verdict is Verdict.REJECT, content
        assert not any(SECRET in str(each.frame.to_dict()) for each in result.layers)


@pytest.fixture
def listening() -> Iterator[tuple[str, list[str]]]:
    """A server's address and the requests that reached it."""
    asked: list[str] = []

    class Listener(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Listener) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_no_address_named_in_a_file_is_ever_asked(tmp_path: Path, listening: tuple[str, list[str]]) -> None:
    where, asked = listening
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [112, 28]}}
    for kind in ("link", "url", "URL", "name", "OGC", "l\u0069nk"):
        crs = {"type": kind, "properties": {"href": where, "url": where, "name": where, "urn": where}}
        path = tmp_path / "a.geojson"
        path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": [feature]}))
        assert reading(path).verdict is Verdict.ASK
    packed = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(layer(squares()), packed)
    with sqlite3.connect(packed) as package:
        for column in ("organization", "definition", "srs_name"):
            package.execute(f"UPDATE gpkg_spatial_ref_sys SET {column} = ? WHERE srs_id > 0", (where,))
    package.close()
    reading(packed)
    shp = shapefile(tmp_path)
    for content in (where, f'GEOGCS["{where}"]', f"urn:ogc:def:crs,{where}"):
        shp.with_suffix(".prj").write_text(content)
        assert reading(shp).verdict is Verdict.ASK
    assert asked == []


def test_names_that_look_like_commands_are_only_names(tmp_path: Path) -> None:
    for name in ("GeoJSON:x", "a|layername=b", "zip+http:x", "{x}", "%s;rm", "vsicurl"):
        path = tmp_path / f"{name}.geojson"
        pyogrio.write_dataframe(layer(squares()), tmp_path / "sound.geojson")
        (tmp_path / "sound.geojson").rename(path)
        assert reading(path).verdict is Verdict.ACCEPT_WITH_WARNING or reading(path).verdict is Verdict.ACCEPT


@pytest.mark.parametrize("depth", [1_000, 1_000_000])
def test_deep_nesting_gives_no_shape(tmp_path: Path, depth: int) -> None:
    path = tmp_path / "a.geojson"
    inside = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon"'
    path.write_text(f'{inside},"coordinates":{"[" * depth}{"]" * depth}}}}}]}}')
    (found,) = reading(path).layers
    assert found.frame.empty or found.row_problems[0].blocking


def test_endless_views_and_false_counts_in_a_geopackage_are_taken_out(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(layer(squares()), path, layer="units")
    with sqlite3.connect(path) as package:
        package.execute("UPDATE gpkg_ogr_contents SET feature_count = 1000000000000")
        package.execute(
            "CREATE VIEW endless AS WITH RECURSIVE c(fid) AS (SELECT 1 UNION ALL SELECT fid + 1 FROM c) "
            "SELECT fid, (SELECT geom FROM units) AS geom FROM c"
        )
        package.execute("INSERT INTO gpkg_contents SELECT 'endless', data_type, 'endless', description, last_change,"
                        " min_x, min_y, max_x, max_y, srs_id FROM gpkg_contents")  # fmt: skip
        package.execute("INSERT INTO gpkg_geometry_columns SELECT 'endless', column_name, geometry_type_name, srs_id, z, m"
                        " FROM gpkg_geometry_columns")  # fmt: skip
    package.close()
    (found,) = reading(path).layers
    assert (found.name, len(found.frame), found.verdict) == ("units", 3, Verdict.ACCEPT)
    assert "“endless” is no layer" in said(found)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE VIRTUAL TABLE v USING fts5(x)",
        "CREATE TABLE c (a, b GENERATED ALWAYS AS (zeroblob(1000000000)))",
    ],
)
def test_tables_that_compute_are_refused(tmp_path: Path, statement: str) -> None:
    path = tmp_path / "a.gpkg"
    pyogrio.write_dataframe(layer(squares()), path, layer="units")
    with sqlite3.connect(path) as package:
        package.execute(statement)
    package.close()
    assert "computed columns" in str(reading(path).reason)


def test_more_columns_than_anybody_sends_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    features = [
        {
            "type": "Feature",
            "properties": {f"k{n}": 1},
            "geometry": {"type": "Point", "coordinates": [112, 28]},
        }
        for n in range(11_000)
    ]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert "too many" in str(reading(path).reason)


def spoiled(content: bytes, dice: random.Random) -> bytes:
    """A file cut off, or with some bytes or numbers changed."""
    spoilt = bytearray(content)
    kind = dice.random()
    if kind < 0.3:
        return bytes(spoilt[: dice.randrange(len(spoilt))])
    if kind < 0.8:
        for _ in range(dice.choice([1, 3, 20])):
            spoilt[dice.randrange(len(spoilt))] = dice.randrange(256)
        return bytes(spoilt)
    place = dice.randrange(len(spoilt) - 4)
    spoilt[place : place + 4] = struct.pack(
        dice.choice("<>") + "i", dice.choice([-1, 0, 2**31 - 1, -(2**31), 99999])
    )
    return bytes(spoilt)


@pytest.mark.parametrize("kind", [".zip", ".gpkg", ".geojson", ".fgb", ".shp", ".shx", ".dbf", ".prj"])
def test_spoiled_files_are_told_never_raised(tmp_path: Path, kind: str) -> None:
    dice = random.Random(kind)
    shp = shapefile(tmp_path, crs=4547, encoding="GBK")
    target = tmp_path / f"units{kind}"
    if kind == ".zip":
        zipped(target, parts(shp))
    elif not target.exists():
        pyogrio.write_dataframe(layer(squares()), target)
    sound = target.read_bytes()
    verdicts = set()
    for _ in range(25):
        target.write_bytes(spoiled(sound, dice))
        result = read(target if kind in (".zip", ".gpkg", ".geojson", ".fgb") else shp, Answers(), SETTINGS)
        assert (result.reason is None) == (result.verdict is Verdict.ACCEPT)
        verdicts.add(result.verdict)
    assert Verdict.ACCEPT not in verdicts or len(verdicts) > 1


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["Point", "Polygon"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["type", "coordinates", "properties", "geometry", "id", "x"]), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(crs=ANYTHING, features=ANYTHING, feature=ANYTHING, shape=ANYTHING)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_json_under_the_name_of_geojson_gives_a_verdict(
    tmp_path: Path, crs: object, features: object, feature: object, shape: object
) -> None:
    path = tmp_path / "a.geojson"
    whole = {"type": "Feature", "properties": feature, "geometry": {"type": "Polygon", "coordinates": shape}}
    for content in (
        features,
        [feature, whole],
        [{"geometry": shape}],
        [whole, {"type": "Feature", "geometry": shape}],
    ):
        path.write_text(json.dumps({"type": "FeatureCollection", "crs": crs, "features": content}))
        assert isinstance(reading(path).verdict, Verdict)


def test_characters_that_no_database_takes_are_replaced(tmp_path: Path) -> None:
    shape = {"type": "Point", "coordinates": [110, 30]}
    sent = {"MC\0": "甲\0乙", "half": "\ud800", "deep": {"a": "\0"}, "n": 1}
    path = tmp_path / "a.geojson"
    path.write_text(json.dumps({"type": "Feature", "properties": sent, "geometry": shape}))
    row = reading(path).layers[0].frame.iloc[0].to_dict()
    assert row["MC\ufffd"] == "甲\ufffd乙"
    assert row["half"] == "\ufffd"
    assert row["deep"] == '{"a": "\\u0000"}'
    assert row["n"] == 1
