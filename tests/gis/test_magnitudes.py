"""Coordinates that contradict their system are noticed, and the system that fits them is proposed."""

from pathlib import Path

import pyproj
import pytest
import shapely

from gis import provinces
from gis.files import Verdict
from gis.magnitudes import Look, look
from tests.gis.sent import only, said, shapefile, squares


@pytest.mark.parametrize(
    ("point", "seen"),
    [
        ((112.9, 28.2), Look.DEGREES), ((28.2, 112.9), Look.DEGREES_SWAPPED), ((38.0, 76.0), Look.DEGREES_SWAPPED),
        ((-0.1, 51.5), Look.DEGREES), ((392000, 3120000), Look.METRES), ((38392000, 3120000), Look.ZONED),
        ((19392000, 3120000), Look.ZONED), ((3120000, 392000), Look.METRES_SWAPPED),
        ((3120000, 38392000), Look.METRES_SWAPPED), ((12392000, 3120000), Look.OTHER), ((5000, 3000), Look.OTHER),
    ],
)  # fmt: skip
def test_numbers_tell_what_they_are(point: tuple[float, float], seen: Look) -> None:
    assert look(point) is seen


def swapped(shapes: list[shapely.Polygon]) -> list[shapely.Polygon]:
    return [shapely.transform(each, lambda xy: xy[:, ::-1]) for each in shapes]


def relabelled(folder: Path, shapes: list[shapely.Polygon], epsg: int | None) -> Path:
    """Coordinates in one system under the .prj of another, or of none."""
    shp = shapefile(folder, shapes=shapes, crs=4490)
    shp.with_suffix(".prj").unlink()
    if epsg is not None:
        shp.with_suffix(".prj").write_text(pyproj.CRS.from_epsg(epsg).to_wkt("WKT1_ESRI"))
    return shp


@pytest.mark.parametrize(
    ("true", "stated", "better"),
    [
        (4547, 4526, "EPSG:4547"),  # zone 38 without its number
        (4526, 4547, "EPSG:4526"),  # zone number under a central meridian
        (4525, 4526, "EPSG:4525"),  # zone 37 under zone 38
        (4497, 4526, "EPSG:4497"),  # 6-degree zone 19 under 3-degree zone 38
        (4490, 4547, "EPSG:4490"),  # degrees under a grid
        (4526, 4490, "EPSG:4526"),  # a grid under degrees
        (4526, 4326, "EPSG:4526"),
        (4490, 3857, "EPSG:4326"),
    ],
)
def test_a_wrong_prj_is_refused_and_the_right_code_named(
    tmp_path: Path, true: int, stated: int, better: str
) -> None:
    shp = relabelled(tmp_path, squares(true), stated)
    found = only(shp)
    assert (found.verdict, found.crs_choices[:1]) == (Verdict.REJECT, (better,))
    assert found.frame.crs is None
    mended = only(shp, crs=f"EPSG:{true}")
    assert mended.verdict is Verdict.ACCEPT_WITH_WARNING
    assert "as you chose" in said(mended)
    assert mended.frame.geometry.iloc[0].centroid.distance(squares()[0].centroid) < 1e-8


@pytest.mark.parametrize("epsg", [4490, 4547, 4526])
def test_swapped_axes_are_named(tmp_path: Path, epsg: int) -> None:
    found = only(relabelled(tmp_path / "prj", swapped(squares(epsg)), epsg))
    asked = only(relabelled(tmp_path / "none", swapped(squares(epsg)), None))
    assert (found.verdict, asked.verdict) == (Verdict.REJECT, Verdict.ASK)
    assert "swapped" in said(found)
    assert "swapped" in said(asked)


@pytest.mark.parametrize(
    ("true", "choices"),
    [
        (4490, ("EPSG:4490", "EPSG:4326")),
        (4526, ("EPSG:4526", "EPSG:2362", "EPSG:2414")),
        (4497, ("EPSG:4497", "EPSG:2333", "EPSG:21419")),
    ],
)
def test_without_a_prj_the_numbers_propose(tmp_path: Path, true: int, choices: tuple[str, ...]) -> None:
    shp = relabelled(tmp_path, squares(true), None)
    found = only(shp)
    assert (found.verdict, found.crs, found.crs_choices) == (Verdict.ASK, None, choices)
    answered = only(shp, crs=choices[0])
    assert (answered.verdict, answered.crs) == (Verdict.ACCEPT, choices[0])


def test_degrees_without_a_prj_may_be_shifted(tmp_path: Path) -> None:
    assert "GCJ-02" in said(only(relabelled(tmp_path, squares(), None)))


def test_six_digits_leave_the_central_meridian_open_but_the_codes_help(tmp_path: Path) -> None:
    found = only(relabelled(tmp_path, squares(4547), None))
    assert found.verdict is Verdict.ASK
    assert len(found.crs_choices) == 21
    assert found.crs_choices[:2] == ("EPSG:4547", "EPSG:4546")  # 114° and 111° put it into Hunan


def test_an_answer_that_does_not_fit_asks_again(tmp_path: Path) -> None:
    shp = relabelled(tmp_path, squares(4526), None)
    assert only(shp, crs="EPSG:4547").verdict is Verdict.ASK
    assert only(shp, crs="EPSG:1").verdict is Verdict.ASK
    assert only(shp, crs="nonsense").verdict is Verdict.ASK
    assert only(shp, crs="EPSG:2362").verdict is Verdict.REJECT


def test_a_wrong_central_meridian_puts_the_data_into_another_province(tmp_path: Path) -> None:
    found = only(relabelled(tmp_path, squares(4546), 4548))
    assert found.verdict is Verdict.ACCEPT_WITH_WARNING
    assert "Hunan" in said(found)
    assert found.crs_choices[0] == "EPSG:4546"


def test_data_far_outside_of_china_are_noticed(tmp_path: Path) -> None:
    found = only(relabelled(tmp_path, [shapely.box(5000, 3000, 5100, 3100)], 4547))
    assert found.verdict is Verdict.ACCEPT_WITH_WARNING
    assert "check the coordinate system" in said(found)


def test_a_local_grid_shows_its_numbers_and_asks(tmp_path: Path) -> None:
    shp = relabelled(tmp_path, squares(4547), 4547)
    text = shp.with_suffix(".prj").read_text().replace("500000.0", "700000.0")
    shp.with_suffix(".prj").write_text(text)
    found = only(shp)
    assert (found.verdict, found.crs) == (Verdict.ASK, None)
    assert "700000" in found.crs_words.zh
    assert found.crs_choices == ()


def test_old_systems_are_refused_in_plain_words(tmp_path: Path) -> None:
    found = only(relabelled(tmp_path, squares(4526), 2362))
    assert (found.verdict, found.crs) == (Verdict.REJECT, "EPSG:2362")
    assert "本省参数" in str(found.reason)


def test_the_boxes_of_the_provinces_are_boxes_in_china() -> None:
    for code, (_, _, west, south, east, north) in provinces.PROVINCES.items():
        assert 73 <= west < east <= 136, code
        assert 3 <= south < north <= 54, code
