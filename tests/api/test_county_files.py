"""Surveys of the sample county go through the ordinary reader and rules; the flawed ones are found out."""

import importlib
import pkgutil
import zipfile
from pathlib import Path

import geopandas as gpd
import pyogrio
import pytest
import shapely

import api.street  # noqa: F401 - every register and rule is entered by its import
import boundaries
from api.county import County, make_county, survey
from api.county_files import write_survey
from api.county_flaws import CUT_M, NO_SUCH_TOWN, flawed_samples
from api.county_story import untouched_lines
from gis.files import Answers, Verdict
from gis.intake.checking import Examination, examine
from gis.intake.recognition import Choices
from gis.intake.rules import RULES
from gis.settings import Settings

RULES_THAT_LOOKED = {"A01", "A03", "F01", "G01", "G02", "G03", "G04", "G05", "G06", "G07", "G08", "G09"}
for _module in pkgutil.iter_modules(boundaries.__path__):
    if _module.name.endswith("_rules"):
        importlib.import_module(f"boundaries.{_module.name}")


@pytest.fixture(scope="module")
def county() -> County:
    return make_county()


@pytest.fixture(scope="module")
def samples(county: County, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return flawed_samples(county, tmp_path_factory.mktemp("samples"))


def examined(path: Path) -> Examination:
    return examine([path], Answers(), Choices(), Settings())


@pytest.mark.parametrize("generation", ["working", "agreed"])
@pytest.mark.parametrize("flavour", ["shapefile", "geopackage", "geojson"])
def test_every_flavour_is_read_and_understood(
    county: County, tmp_path: Path, flavour: str, generation: str
) -> None:
    sheets = survey(county, county.lines[generation]["code"], generation)
    suffix = ".gpkg" if flavour == "geopackage" else ".zip"
    seen = examined(write_survey(sheets, tmp_path / f"全县{suffix}", flavour))
    assert (seen.verdict, seen.findings) == (Verdict.ACCEPT, ())
    assert set(RULES) - {each.rule for each in seen.not_checked} >= RULES_THAT_LOOKED
    assert [each.unmapped for each in seen.recognised] == [[]] * len(sheets)
    for name, sheet in sheets.items():
        read = seen.survey.sheets[name].set_index("code")
        for column in set(sheet.columns) - {"geometry", "code", "length_m"}:
            assert read[column].tolist() == sheet[column].tolist(), column
        off = shapely.hausdorff_distance(read.geometry.to_numpy(), sheet.geometry.to_numpy())
        assert off.max() < 2e-9, "a tenth of a millimetre, after Gauss-Kruger and back"


def test_shapefiles_come_as_surveyors_send_them(county: County, tmp_path: Path) -> None:
    path = write_survey(
        survey(county, county.lines["agreed"]["code"], "agreed"), tmp_path / "s.zip", "shapefile"
    )
    with zipfile.ZipFile(path) as archive:
        assert {"JX.shp", "JX.dbf", "JX.cpg", "JX.prj", "SJD.shp", "JZ.shp"} <= set(archive.namelist())
        assert archive.read("JX.cpg") == b"GBK"
        assert "样城".encode("gbk") in archive.read("JX.dbf")
    read = pyogrio.read_dataframe(f"/vsizip/{path}/JX.shp")
    assert {"JXDM", "JXMC", "ZCDM", "YCDM", "JXXZ"} <= set(read.columns)
    assert read["JXMC"].str.endswith("线").all()
    assert set(read["JXXZ"]) == {"600001"}
    assert (read.geometry.bounds["minx"] // 1_000_000 == 37).all(), "the zone stands before the easting"


def test_the_first_sample_has_loose_ends(county: County, samples: list[Path]) -> None:
    sent = _sheets(samples[0], {"lines": "JX", "markers": "JZ", "tri_junctions": "SJD"})
    good = county.lines["agreed"].set_index("code").to_crs(sent["lines"].crs).geometry
    lines = sent["lines"].set_index("JXDM").geometry
    cut = [good[code].length - lines[code].length for code in lines.index]
    assert sum(abs(each - CUT_M) < 0.01 for each in cut) == 1
    crossing = [one for one in lines for other in lines if one is not other and one.crosses(other)]
    assert len(crossing) == 2, "one pair, counted from both"
    along = sent["markers"].groupby("JXDM")["JZBH"].agg(list)
    assert sum(numbers != sorted(numbers) for numbers in along) == 1


def test_the_rules_find_what_is_wrong_with_the_samples(samples: list[Path]) -> None:
    first, _, third = (examined(path) for path in samples)
    assert {each.rule for each in first.findings} >= {"G04", "G05"}
    assert {each.rule for each in third.findings} >= {"A03", "G03", "G08"}
    assert first.blocking
    assert third.blocking


def test_the_second_sample_is_refused_for_its_system(samples: list[Path]) -> None:
    seen = examined(samples[1])
    assert seen.verdict == Verdict.REJECT
    assert "1980西安坐标系" in str(seen.readings[0].reason)


def test_the_third_sample_says_wrong_things(county: County, samples: list[Path]) -> None:
    sent = _sheets(samples[2], {"lines": "界线", "markers": "界桩", "tri_junctions": "三交点"})
    lines, points, markers = sent["lines"], sent["tri_junctions"], sent["markers"]
    assert (lines["右侧单位代码"] == NO_SUCH_TOWN).sum() == 1
    assert NO_SUCH_TOWN not in set(county.units["code"])
    assert lines["界线编号"].duplicated().sum() == 1
    measured = lines["界线编号"].map(county.lines["agreed"].set_index("code")["stated_km"])
    assert sorted((lines["界线长度"] / measured).round(2).unique()) == [1.0, 1.12]
    true_units = points["三交点编号"].map(county.tri_junctions.set_index("code")["unit_c"])
    assert (points["丙方代码"] != true_units).sum() == 1
    assert markers.duplicated(["界线编号", "界桩编号", "界桩类型"]).sum() == 1


def test_samples_are_surveys_of_lines_nobody_has_delivered(county: County, samples: list[Path]) -> None:
    free = set(untouched_lines(county))
    one = _sheets(samples[0], {"lines": "JX"})["lines"]["JXDM"]
    three = _sheets(samples[2], {"lines": "界线"})["lines"]["界线编号"]
    assert set(one) <= free
    assert set(three) <= free
    assert not set(one) & set(three)


def _sheets(path: Path, layers: dict[str, str]) -> dict[str, gpd.GeoDataFrame]:
    if path.suffix == ".gpkg":
        return {name: pyogrio.read_dataframe(path, layer=layer) for name, layer in layers.items()}
    return {name: pyogrio.read_dataframe(f"/vsizip/{path}/{layer}.shp") for name, layer in layers.items()}
