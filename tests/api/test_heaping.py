"""Maps of large registers: numbers where records stand close, single ones by name, and never finer than what is shown."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import pyogrio
import pytest
from fastapi.testclient import TestClient

from api import heaping
from gis.cluster import Cluster
from tests.conftest import Office, is_problem, office_of_its_own, serving
from tests.plates_sent import FIRST, NORTH, WEST, publish

HEAPS = "/collections/addresses/heaps"
AROUND = {"bbox": "110.2,30.6,110.4,30.8"}


@pytest.fixture(scope="module")
def office(server: Cluster, county_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder: Path = tmp_path_factory.mktemp("heaps")
    with office_of_its_own(server, county_template, folder) as office:
        office.has("staff", "staff")
        publish(office, folder, FIRST, "2026-01-01")
        yield office


@pytest.fixture
def anyone(office: Office) -> TestClient:
    return office.client()


def heaps(client: TestClient, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(HEAPS, params=AROUND | asked)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["heaps"]
    return found


@pytest.mark.parametrize("zoom", range(20))
def test_every_record_is_counted_once_however_near_one_looks(anyone: TestClient, zoom: int) -> None:
    assert sum(each["number"] for each in heaps(anyone, zoom=zoom)) == len(FIRST)


def test_who_looks_nearer_sees_them_one_by_one(anyone: TestClient) -> None:
    assert [each["number"] for each in heaps(anyone, zoom=5)] == [len(FIRST)]
    near = f"{WEST},{NORTH - 1e-4},{WEST + 3e-3},{NORTH + 3e-4}"
    alone = [each for each in heaps(anyone, zoom=19, bbox=near) if each["number"] == 1]
    assert {each["label"] for each in alone} >= {"样柳路1号", "样柳路2号", "样柳路12号"}
    one = next(each for each in alone if each["label"] == "样柳路12号")
    assert anyone.get(f"/addresses/{one['id']}").json()["properties"]["code"] == "DZ0012"


def test_a_box_in_which_nothing_is_has_no_heaps(anyone: TestClient) -> None:
    assert heaps(anyone, zoom=10, bbox="0,0,1,1") == []
    assert heaps(anyone, zoom=10, datetime="2020-01-01") == []


def test_the_public_is_told_no_finer_than_what_it_sees(anyone: TestClient, office: Office) -> None:
    public = heaps(anyone, zoom=19)
    assert all(each[edge] == round(each[edge], 4) for each in public for edge in ("lon", "lat"))
    exact = {each["id"]: each for each in heaps(office.client("staff"), zoom=19) if each["number"] == 1}
    assert all(round(exact[each["id"]]["lon"], 4) == each["lon"] for each in public if each.get("id") in exact)


def test_a_box_far_too_fine_is_answered_more_coarsely(anyone: TestClient) -> None:
    answer = anyone.get(HEAPS, params={"bbox": "-180,-90,180,90", "zoom": 19}).json()
    assert 360 / answer["cell"] <= heaping.MOST_CELLS


@pytest.mark.parametrize(
    "asked",
    [{"zoom": 1}, {"bbox": "1,2,3"} | {"zoom": 1}, AROUND, AROUND | {"zoom": -1}, AROUND | {"zoom": 9, "street": "样柳路"}],
)
def test_what_cannot_be_asked_is_refused(anyone: TestClient, asked: dict[str, Any]) -> None:
    assert is_problem(anyone.get(HEAPS, params=asked), 400)


def test_the_answer_is_known_again_until_something_is_recorded(anyone: TestClient, office: Office) -> None:
    first = anyone.get(HEAPS, params=AROUND | {"zoom": 9})
    again = anyone.get(HEAPS, params=AROUND | {"zoom": 9}, headers={"If-None-Match": first.headers["etag"]})
    assert again.status_code == 304
    staff = office.client("staff").get(HEAPS, params=AROUND | {"zoom": 9})
    assert staff.headers["etag"] != first.headers["etag"]


def test_the_map_of_many_asks_and_that_of_a_few_holds_them(anyone: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    held = anyone.get("/collections/addresses/map").text
    assert "样柳路12号" in held
    assert "jiezhi.heaps" not in held
    monkeypatch.setattr(heaping, "MANY", 5)
    asking = anyone.get("/collections/addresses/map?datetime=2026-02-01").text
    assert "样柳路12号" not in asking
    assert '"heaps":"/collections/addresses/heaps"' in asking
    assert '"query":"datetime=2026-02-01"' in asking
    assert f"{len(FIRST)} 条" in asking


def test_gdal_reads_the_addresses(office: Office) -> None:
    with (
        serving(office) as address,
        ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as elsewhere,
    ):
        read = elsewhere.submit(pyogrio.read_dataframe, f"OAPIF:{address}", layer="addresses", PAGE_SIZE="4").result(60)
    assert sorted(read["code"]) == sorted(each["地址代码"] for each in FIRST)
    assert set(read["label"]) >= {"样柳路2号", "样柳路10号样福小区3幢2单元501室"}
    assert not {"owner", "applicant", "certificate", "bearer_key"} & set(read)
