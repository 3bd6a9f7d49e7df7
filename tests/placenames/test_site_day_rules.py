"""Rules about days of sites and figures of graves, and a whole list with all its days on its way through the intake."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from gis.errors import BadInput
from gis.intake.rules import Severity
from tests.conftest import Office
from tests.lists_made import TOWN, ground_of
from tests.naming import CENTRE, LittleCounty
from tests.placenames.sites_desk import Sites

SOON = date.today() + timedelta(days=3)


@pytest.fixture
def sites(little_county: LittleCounty) -> Sites:
    return Sites(little_county)


def test_si04_breaks_on_days_nobody_believes(sites):
    (slip,) = sites.finds("SI04", sites.cemetery(approved_on=date(2202, 5, 1)))
    assert (slip.severity, "批准日期 2202-05-01" in slip.message.zh) == (Severity.WARNING, True)
    assert sites.finds("SI04", sites.facility(built_on=date(202, 5, 1)))
    assert "发现日期" in sites.finds("SI04", sites.grave(found_on=SOON))[0].message.zh
    assert sites.finds("SI04", sites.area("green", CENTRE.buffer(0.001), measured_on=SOON))


def test_si04_passes_days_that_were_and_days_that_are_planned(sites):
    assert sites.finds("SI04", sites.cemetery(opened_on=SOON), sites.cemetery(green_on=date.today())) == []
    assert sites.finds("SI04", sites.facility(state="planned", opened_on=SOON)) == []
    assert sites.finds("SI04", sites.grave(deadline=SOON)) == []


@pytest.mark.parametrize(
    ("name", "value"), [("area_m2", 0.0), ("area_m2", -4.0), ("places", 0), ("built_year", 2027), ("built_year", 0)]
)
def test_gr05_breaks_on_figures_that_cannot_be_right(sites, name, value):
    (found,) = sites.finds("GR05", sites.grave(**{name: value}))
    assert found.severity is Severity.ERROR


def test_gr05_passes_figures_that_can(sites):
    assert sites.finds("GR05", sites.grave(places=2, built_year=2026), sites.grave(area_m2=None)) == []


def test_gr01_breaks_by_the_sizes_set_here(sites):
    row = sites.grave(area_m2=5.0)
    assert sites.finds("GR01", row) == []
    sites.settings = replace(sites.settings, grave_m2="single:5,double:8")
    assert len(sites.finds("GR01", row)) == 1
    sites.settings = replace(sites.settings, grave_m2="large")
    with pytest.raises(BadInput):
        sites.finds("GR01", row)


CEMETERIES = """编号,公墓名称,类别,状态,乡镇代码,批准日期,竣工日期,验收日期,启用日期,墓区面积,绿地面积,绿地测量日期,\
规划墓穴数,建成墓穴数,已售墓穴数,已用墓穴数,单穴面积,服务村,年检,经度,纬度
C1,样山公墓,农村公墓,启用,{town},2020-01-01,2019-01-01,2021-02-01,2021-03-01,1000,200,2026-01-01,100,120,90,95,1.5,样村,合格,{lon},{lat}
C2,样氏墓园,商业公墓,启用,{town},2026-04-01,2026-05-01,,2026-05-02,,,,10,10,10,10,,样村,合格,{lon},{lat}
"""
GRAVES = """编号,违法类别,乡镇代码,位置,占地面积,发现日期,整改期限,处理结果,是否已葬,照片,经度,纬度
G1,骨灰房,{town},样山里,40,2026-03-01,2026-02-01,已处理,是,a.jpg,{lon},{lat}
"""
FACILITIES = """编号,名称,类型,状态,乡镇代码,建筑面积,套内面积,活动面积,床位,启用日期,服务社区,经度,纬度
S1,样桥综合服务站,社区服务站,运营,{town},100,120,40,-1,,样桥社区,{lon},{lat}
"""


@pytest.mark.parametrize(
    ("name", "text", "rules"),
    [("公墓.csv", CEMETERIES, {"CM01", "CM04", "CM05", "CM06", "CM07", "CM12"}),
     ("违法墓葬.csv", GRAVES, {"GR02", "GR03"}),
     ("社区设施.csv", FACILITIES, {"FA01", "FA02", "FA03", "FA05", "FA06", "FA07"})],
)  # fmt: skip
def test_a_list_with_everything_wrong_is_told_so_on_its_way_in(
    county_office: Office, tmp_path: Path, name: str, text: str, rules: set[str]
) -> None:
    county_office.has("staff", "staff")
    with county_office.database.writing() as tx:
        lon, lat = ground_of(tx).place(1000)
    (tmp_path / name).write_text(text.format(town=TOWN, lon=f"{lon:.6f}", lat=f"{lat:.6f}"), "utf-8")
    number = county_office.send("staff", tmp_path / name)
    found = {each["rule"] for each in county_office.state(number, "staff")["findings"]}
    assert rules <= found
