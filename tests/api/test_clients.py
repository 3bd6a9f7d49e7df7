"""Programs that others wrote read the map API: GDAL's driver for OGC API Features, and OWSLib.

GDAL reads in a process of its own: it holds the interpreter while it waits, and the server would wait with it.
"""

from __future__ import annotations

import http.client
import json
import multiprocessing
import shutil
import subprocess
from concurrent.futures import ProcessPoolExecutor

import pyogrio
import pytest
import shapely
from owslib.ogcapi.features import Features
from sqlalchemy import func, select

from gis.history import in_force
from gis.registers import REGISTERS
from tests.api.test_disclosure import TODAY, stored
from tests.conftest import PASSWORD, serving

COLLECTIONS = ["lines", "markers", "tri_junctions", "units"]
SITES = ["cemeteries", "cemetery_areas", "facilities"]
ALL = sorted([*COLLECTIONS, *SITES, "addresses", "built_up_areas", "names"])


@pytest.fixture(scope="module")
def address(reading_office):
    with serving(reading_office) as found:
        yield found


@pytest.fixture(scope="module")
def gdal():
    """Calls a function of pyogrio in the other process."""
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as elsewhere:
        yield lambda function, *given, **named: elsewhere.submit(function, *given, **named).result(timeout=60)


@pytest.fixture
def signed_in(reading_office, gdal):
    """GDAL with the token of a colleague."""
    answer = reading_office.client().post("/sessions", json={"name": "surveyor", "password": PASSWORD})
    shown = {"GDAL_HTTP_AUTH": "BEARER", "GDAL_HTTP_BEARER": answer.json()["token"]}
    gdal(pyogrio.set_gdal_config_options, shown)
    yield
    gdal(pyogrio.set_gdal_config_options, dict.fromkeys(shown))


def count(office, name: str) -> int:
    t = REGISTERS[name].table
    with office.database.reading() as look:
        return look.scalar(select(func.count()).select_from(t).where(in_force(t, TODAY)))


def test_gdal_finds_the_collections(address, gdal):
    assert sorted(gdal(pyogrio.list_layers, f"OAPIF:{address}")[:, 0]) == ALL


@pytest.mark.parametrize("name", COLLECTIONS)
@pytest.mark.parametrize("page", ["7", "1000"])
def test_gdal_reads_every_record_and_every_double(reading_office, address, gdal, signed_in, name, page):
    frame = gdal(pyogrio.read_dataframe, f"OAPIF:{address}", layer=name, PAGE_SIZE=page)
    assert len(frame) == count(reading_office, name)
    exact = stored(reading_office, name)
    read = {each: shape for each, shape in zip(frame["id"], frame.geometry, strict=True) if shape is not None}
    assert set(read) == set(exact)
    for each, shape in exact.items():
        assert shapely.equals_identical(read[each].normalize(), shape.normalize())
    assert {"id", "code", "name", "label", "valid_from", "valid_to"} <= set(frame)


def test_gdal_pushes_its_box_down(reading_office, address, gdal, signed_in):
    box = (110.2, 30.6, 110.3, 30.75)
    frame = gdal(pyogrio.read_dataframe, f"OAPIF:{address}", layer="lines", bbox=box)
    exact = stored(reading_office, "lines")
    assert set(frame["id"]) == {each for each, shape in exact.items() if shape.intersects(shapely.box(*box))}
    assert gdal(pyogrio.read_info, f"OAPIF:{address}", layer="lines")["features"] == 30


def test_gdal_reads_what_the_public_may_see(reading_office, address, gdal):
    frame = gdal(pyogrio.read_dataframe, f"OAPIF:{address}", layer="markers")
    assert len(frame) == count(reading_office, "markers") > 0
    points = shapely.get_coordinates(frame.geometry.to_numpy())
    assert (points == points.round(4)).all()
    assert "elevation_m" not in frame


@pytest.mark.skipif(shutil.which("ogrinfo") is None, reason="ogrinfo (gdal-bin) is not installed")
def test_ogrinfo_reads_it_too(address):
    said = subprocess.run(
        ["ogrinfo", "-al", "-so", f"OAPIF:{address}", "lines"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert "Feature Count: 30" in said.stdout
    assert "Geometry: Line String" in said.stdout
    assert "ERROR" not in said.stderr


def test_owslib_reads_it(address):
    service = Features(address)
    assert any(
        part.endswith("ogcapi-features-1/1.0/conf/core") for part in service.conformance()["conformsTo"]
    )
    assert sorted(each["id"] for each in service.collections()["collections"]) == ALL
    assert sorted(service.feature_collections()) == ALL
    assert service.collection("lines")["itemType"] == "feature"
    assert service.api()["openapi"] == "3.0.3"
    page = service.collection_items("lines", limit=4, bbox=[110.2, 30.6, 110.4, 30.8], datetime_="2026-02-01")
    assert page["numberReturned"] == 4 < page["numberMatched"]
    whole = service.collection_items("lines", limit=1000)
    assert len(whole["features"]) == 30
    one = service.collection_item("lines", whole["features"][0]["id"])
    assert one["geometry"] == whole["features"][0]["geometry"]


def test_a_bare_socket_gets_http_1_1(address):
    host, port = address.removeprefix("http://").split(":")
    asking = http.client.HTTPConnection(host, int(port), timeout=10)
    asking.request(
        "GET",
        "/collections/lines/items?limit=2&bbox=100,20,120,40",
        headers={"Accept": "application/geo+json"},
    )
    answer = asking.getresponse()
    assert (answer.version, answer.status) == (11, 200)
    following = [each["href"] for each in json.loads(answer.read())["links"] if each["rel"] == "next"]
    assert following[0].startswith(f"{address}/collections/lines/items?")
    asking.close()
