"""Surveys of the sample county as files, in the three forms in which surveyors send them.

The same survey in three vocabularies: zipped shapefiles with column names and codes of the place-name census
(GBK, 3° Gauss-Kruger with zone prefix), a GeoPackage in Chinese words, GeoJSON in the registers' own names.
"""

from __future__ import annotations

import tempfile
import zipfile
from pathlib import Path
from typing import Literal

import geopandas as gpd
import pyogrio

from api.county import Sheets
from gis.exports import write_geopackage

Flavour = Literal["shapefile", "geopackage", "geojson"]

ZONE_37 = "EPSG:4525"
"""CGCS2000, 3° Gauss-Kruger zone 37 (111°E); eastings begin with 37."""
SHAPEFILES = {"lines": "JX", "tri_junctions": "SJD", "markers": "JZ"}
CENSUS_COLUMNS = {
    "lines": {
        "code": "JXDM",
        "name": "JXMC",
        "left": "ZCDM",
        "right": "YCDM",
        "role": "JXJS",
        "status": "JXXZ",
        "level": "JXDJ",
        "kind": "JXLX",
        "start": "JXQD",
        "end": "JXZD",
        "stated_km": "JXCD",
    },
    "tri_junctions": {
        "code": "SJDBH",
        "name": "SJDMC",
        "unit_a": "DWDM1",
        "unit_b": "DWDM2",
        "unit_c": "DWDM3",
        "degree": "DEGREE",
        "status": "SJDXZ",
    },
    "markers": {
        "code": "KJSJBSM",
        "number": "JZBH",
        "line": "JXDM",
        "type": "JZLX",
        "material": "JZCZ",
        "elevation_m": "GC",
        "place": "SZD1",
        "text": "WZMS",
    },
}
LAYERS = {"lines": "界线", "tri_junctions": "三交点", "markers": "界桩"}
CHINESE_COLUMNS = {
    "lines": {
        "code": "界线编号",
        "name": "界线名称",
        "left": "左侧单位代码",
        "right": "右侧单位代码",
        "role": "角色",
        "status": "界线性质",
        "level": "界线等级",
        "kind": "界线类型",
        "start": "界线起点",
        "end": "界线止点",
        "stated_km": "界线长度",
    },
    "tri_junctions": {
        "code": "三交点编号",
        "name": "三交点名称",
        "unit_a": "甲方代码",
        "unit_b": "乙方代码",
        "unit_c": "丙方代码",
        "degree": "界线数",
        "status": "状态",
    },
    "markers": {
        "code": "界桩代码",
        "number": "界桩编号",
        "line": "界线编号",
        "type": "界桩类型",
        "material": "材质",
        "elevation_m": "高程",
        "place": "所在地",
        "text": "位置描述",
    },
}
WORDS = {"working": "工作界", "agreed": "已定界", "inner": "内部", "outer": "外围"}
CENSUS_STATUS = {"working": "600004", "agreed": "600001"}


def write_survey(sheets: Sheets, path: Path, flavour: Flavour) -> Path:
    """Writes the sheets of a survey into one file: a zip of shapefiles or of GeoJSON, or a GeoPackage.

    Lengths on the ellipsoid are left out, they are for the register to measure. Returns the path.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    if flavour == "shapefile":
        write_shapefiles(sheets, path, ZONE_37)
    elif flavour == "geopackage":
        layers = {LAYERS[name]: _in_chinese(name, sheet) for name, sheet in sheets.items()}
        write_geopackage(path, layers)
    else:
        _write_geojson(sheets, path)
    return path


def write_shapefiles(sheets: Sheets, path: Path, crs: str) -> None:
    """Writes the sheets as one zip of GBK shapefiles in a projected system, census names for columns."""
    with tempfile.TemporaryDirectory() as folder:
        for name, sheet in sheets.items():
            file = Path(folder) / f"{SHAPEFILES[name]}.shp"
            pyogrio.write_dataframe(
                _in_census_words(name, sheet).to_crs(crs), file, driver="ESRI Shapefile", encoding="GBK"
            )
        _zip(Path(folder), path)


def _write_geojson(sheets: Sheets, path: Path) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, sheet in sheets.items():
            plain = sheet.drop(columns="length_m", errors="ignore")
            pyogrio.write_dataframe(
                plain, Path(folder) / f"{name}.geojson", driver="GeoJSON", COORDINATE_PRECISION=9
            )
        _zip(Path(folder), path)


def _in_census_words(name: str, sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    said = sheet.copy()
    if name == "lines":
        said["status"] = said["status"].replace(CENSUS_STATUS)
    return _renamed(said.replace(WORDS), CENSUS_COLUMNS[name])


def _in_chinese(name: str, sheet: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    return _renamed(sheet.replace(WORDS), CHINESE_COLUMNS[name])


def _renamed(sheet: gpd.GeoDataFrame, columns: dict[str, str]) -> gpd.GeoDataFrame:
    return sheet[[*columns, "geometry"]].rename(columns=columns)


def _zip(folder: Path, path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.iterdir()):
            archive.write(file, file.name)
