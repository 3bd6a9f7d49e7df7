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
from gis.intake.rules import Severity
from gis.settings import Settings
from tests.gis.sent import patched


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


def points(folder: Path, encoding: str, titles: dict[str, str]) -> Path:
    """A shapefile of one point whose titles are cut after ten bytes, in the middle of a character or not."""
    path = folder / "门牌.shp"
    frame = gpd.GeoDataFrame({f"C{at}": [text] for at, text in enumerate(titles.values())},
                             geometry=[shapely.Point(110, 30)], crs=4490)  # fmt: skip
    frame.to_file(path, encoding=encoding)
    for at, title in enumerate(titles):
        patched(path.with_suffix(".dbf"), 32 * (at + 1), title.encode(encoding)[:10].ljust(11, b"\0"))
    return path


def told(seen: Examination) -> str:
    return "\n".join(str(each.message) for each in seen.findings if each.rule == "F02")


@pytest.mark.parametrize(("encoding", "left"), [("GBK", "所在政区代"), ("UTF-8", "所在政")])
def test_what_is_left_of_a_title_is_told_with_the_whole_title(tmp_path: Path, encoding: str, left: str) -> None:
    titles = {"地址编码": "A1", "所在政区代码": "990101001", "街路巷": "样路", "门牌号": "1号", "街路巷地名代码": "7"}
    seen = looked_at(points(tmp_path, encoding, titles))
    (layer,) = seen.recognised
    assert layer.columns["unit"] == left
    assert f"{left} = 所在政区代码" in told(seen)
    assert "街路巷 =" not in told(seen)
    (reading,) = seen.readings
    assert reading.layers[0].frame[left].tolist() == ["990101001"]


def test_what_may_be_left_of_several_titles_fills_none_and_is_told(tmp_path: Path) -> None:
    titles = {"标准地址": "样路1号", "所在政区代码": "990101001", "街路巷": "样路", "门牌号": "1号"}
    seen = looked_at(points(tmp_path, "UTF-8", titles))
    (layer,) = seen.recognised
    assert set(layer.columns) == {"unit", "street", "number"}
    assert "标准地 = 标准地址编码 / 标准地址 ?" in told(seen)
    both = looked_at(points(tmp_path, "UTF-8", {"标准地址": "样路1号", "地址代码": "A1", "所在政区代码": "990101001"}))
    assert both.recognised[0].columns == {"code": "地址代", "unit": "所在政"}


def test_whole_titles_come_before_cut_ones(tmp_path: Path) -> None:
    path = tmp_path / "门牌.csv"
    path.write_text("所在政区代,所在政区代码,门牌号,经度,纬度\n1,990101001,1号,110,30\n", "utf-8")
    assert looked_at(path).recognised[0].columns["unit"] == "所在政区代码"


@pytest.mark.parametrize("titles", ["产权人,户主", "户主,产权人"])
def test_the_own_title_of_a_field_comes_before_its_aliases(tmp_path: Path, titles: str) -> None:
    path = tmp_path / "门牌.csv"
    path.write_text(f"所在政区代码,道路,街路巷,门牌号,{titles}\n990101001,别路,样路,1号,样甲,样乙\n", "utf-8")
    seen = looked_at(path)
    (layer,) = seen.recognised
    assert (layer.columns["street"], layer.personal) == ("街路巷", {"owner": "产权人"})
    assert "像是个人信息、又未对应任何字段的列不入库(只留在所报文件中):户主" in told(seen)


@pytest.mark.parametrize("places", ["", ",经度,纬度"])
def test_a_list_of_addresses_without_places_is_one_of_addresses(tmp_path: Path, places: str) -> None:
    path = tmp_path / "门牌.csv"
    row = f"A1,990101001,样路,1号{',' * places.count(',')}"
    path.write_text(f"地址代码,所在政区代码,街路巷,门牌号{places}\n{row}\n", "utf-8")
    (layer,) = looked_at(path).recognised
    assert layer.register is not None
    assert layer.register.name == "addresses"


_PERSONS = (
    "房东 房主姓名 银行卡 银行卡号 银行账户 银行帐号 收款人账号 开户行 墓主姓名 逝者 联系人手机 住户 住户姓名 主人 租客 "
    "承租方 出租人 购房人 产权人 配偶 家庭成员 法定代表人 出生日期 性别 民族 婚姻状况 护照号码 驾驶证号 户口簿号 户籍地址 "
    "医保卡 车牌号 QQ 微信号 电子邮件 landlord tenant_name bank_account birthday gender YHKH FDXM XM CSRQ "
    "收件人 收件人姓名 紧急联系 紧急联系人 紧急联系电话 联络人 联络方式 联络电话"
)
_PLACES = (
    "设施名称 门牌号 住宅区 住户数 住户类型 户数 人口 户籍人口 主人公路 民族村 少数民族语地名 居民小组 村民小组 附近银行 "
    "卡口 编号 名称 项目名称 性质 年代 籍田路 生产队 管理单位 联络线 联络道 telegraph village age_class"
)


@pytest.mark.parametrize("title", _PERSONS.split())
def test_titles_about_persons_are_told(title: str) -> None:
    assert personal_among([title, *_PLACES.split()]) == [title]


def test_a_list_of_titles_alone_says_so(tmp_path: Path) -> None:
    path = tmp_path / "门牌.csv"
    path.write_text("地址代码,所在政区代码,街路巷,门牌号\n", "utf-8")
    (reading,) = looked_at(path).readings
    assert reading.reason is not None
    assert "没有数据行" in reading.reason.zh


def test_rows_wider_or_shorter_than_the_titles_are_told(tmp_path: Path) -> None:
    path = tmp_path / "门牌.csv"
    cells = ["1号,110.3,30.7", "2号,甲,110.3,30.7,,", "3号", "4号,110.3,30.7,,"]
    rows = [f"990101001,样路,{each}" for each in cells]
    path.write_text("\n".join(["所在政区代码,街路巷,门牌号,经度,纬度", *rows]), "utf-8")
    told = [(each.source_row, each.severity, each.message.zh) for each in looked_at(path).findings if each.rule == "F01"]
    assert (3, Severity.ERROR, "该行比标题行多出 3 格") in told
    assert (4, Severity.WARNING, "该行比标题行少 2 格,按空格读取") in told
    assert {row for row, _, _ in told} == {3, 4}


def test_a_single_place_with_latitude_first_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "门牌.csv"
    rows = [f"990101001,样路,{at}号,110.3,30.7" for at in range(1, 6)]
    path.write_text("\n".join(["所在政区代码,街路巷,门牌号,经度,纬度", *rows, "990101001,样路,8号,30.7,110.3"]), "utf-8")
    told = [(each.source_row, each.message.zh, each.fix.zh) for each in looked_at(path).findings if each.rule == "F01"]
    assert told == [(7, "坐标超出范围,像是经度和纬度填反", "把经度和纬度对调后重新报送")]


def test_an_address_without_a_unit_lacks_no_code_as_well(tmp_path: Path) -> None:
    path = tmp_path / "门牌.csv"
    path.write_text("所在政区代码,街路巷,门牌号,经度,纬度\n,样路,1号,110.3,30.7\n", "utf-8")
    assert [each.message.zh for each in looked_at(path).findings if each.rule == "A05"] == ["缺少所在政区代码"]
    path.write_text("所在政区代码,街路巷,门牌号,经度,纬度\n样城街道,样路,1号,110.3,30.7\n", "utf-8")
    seen = examine([path], Answers(), Choices(), Settings(), area=("990101",))
    (found,) = [each for each in seen.findings if each.rule == "F03"]
    assert (found.message.zh, found.fix.zh) == ("“样城街道”不是政区代码,不能判断所在区域", "填写政区代码,不填名称")
