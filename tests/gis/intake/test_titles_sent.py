"""Titles as programs leave them: cut by shapefiles, about persons, or with nothing below them."""

from __future__ import annotations

import warnings
from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gis.files import Answers
from gis.intake.checking import Examination, examine
from gis.intake.personal_columns import personal_among
from gis.intake.recognition import Choices
from gis.settings import Settings


def looked_at(path: Path) -> Examination:
    return examine([path], Answers(), Choices(), Settings())


@pytest.mark.parametrize("encoding", ["GBK", "UTF-8"])
def test_titles_that_a_shapefile_has_cut_are_known(tmp_path: Path, encoding: str) -> None:
    sent = {"地址代码": ["A1"], "所在政区代码": ["990101001"], "街路巷": ["样路"], "门牌号": ["1号"], "产权人电话": ["0"]}
    path = tmp_path / "门牌.shp"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        gpd.GeoDataFrame(sent, geometry=[shapely.Point(110, 30)], crs=4490).to_file(path, encoding=encoding)
    (layer,) = looked_at(path).recognised
    assert layer.register is not None
    assert (layer.register.name, set(layer.columns)) == ("addresses", {"code", "unit", "street", "number"})
    assert layer.personal


@pytest.mark.parametrize("title", ["房东", "银行卡号", "墓主姓名", "逝者", "联系人手机"])
def test_titles_about_persons_are_told(title: str) -> None:
    assert personal_among([title, "设施名称", "门牌号", "住宅区"]) == [title]


def test_a_list_of_titles_alone_says_so(tmp_path: Path) -> None:
    path = tmp_path / "门牌.csv"
    path.write_text("地址代码,所在政区代码,街路巷,门牌号\n", "utf-8")
    (reading,) = looked_at(path).readings
    assert reading.reason is not None
    assert "没有数据行" in reading.reason.zh
