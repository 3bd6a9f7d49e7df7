"""A word that nobody knows is never taken for another: what it would have published or kept from being judged is blocked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from api import street
from gis.registers import REGISTERS
from tests.conftest import Office
from tests.lists_made import TOWN, Ground, ground_of, hills, write_list

assert street.REGISTERS
CAREFUL = {
    ("names", "roman_confirmed"), ("addresses", "certified"),  # no: the check is made once more
    ("lines", "status"), ("tri_junctions", "status"),  # working: nothing is agreed before a survey says so
}  # fmt: skip
"""Where the default takes nothing for granted; a word that is not known is a warning there."""


def test_no_default_but_a_careful_one_stands_for_a_word_that_is_not_known():
    taken = {
        (register.name, each.name)
        for register in REGISTERS.values()
        for each in register.fields
        if each.choices and each.default and not each.must_be_known
    }
    assert taken == CAREFUL


def row_of(register: str, office: Office) -> dict[str, Any]:
    ground = ground_in(office)
    lon, lat = (f"{each:.6f}" for each in ground.place(900))
    if register == "names":
        return next(hills(1, ground))
    if register == "addresses":
        return {"乡镇代码": TOWN, "道路": "样柳路", "门牌号": "2号", "经度": lon, "纬度": lat}
    home = {"设施名称": "样桥殡仪馆", "设施类型": "殡仪馆", "乡镇代码": TOWN, "启用日期": "2026-05-01"}
    return home | {"经度": lon, "纬度": lat}


@pytest.mark.parametrize(
    ("register", "title", "word", "known"),
    [("names", "密级", "内 部", "内部"), ("names", "密级", "保密", "public"), ("names", "使用时间", "已消失", "历史地名"),
     ("addresses", "状态", "停", "注销"), ("addresses", "建成情况", "规划", "未建"),
     ("facilities", "运营方式", "个人承包", "民办")],
)  # fmt: skip
def test_a_word_that_is_not_known_blocks_its_row(
    county_office: Office, tmp_path: Path, register: str, title: str, word: str, known: str
):
    county_office.has("staff", "staff")
    row = row_of(register, county_office)
    words = {"names": "地名", "addresses": "地址", "facilities": "社区设施"}[register]
    number = county_office.send("staff", write_list(tmp_path / f"{words}.csv", [{**row, title: word}]))
    seen = county_office.state(number, "staff")
    assert seen["state"] == "blocked"
    (found,) = [each for each in seen["findings"] if (each["rule"], each["severity"]) == ("F02", "error")]
    assert f"{title}的值“{word}”不能识别" in found["message"]["zh"]
    assert f"the value “{word}” is not known" in found["message"]["en"]
    assert known in found["message"]["en"]


@pytest.mark.parametrize(
    ("word", "kept"), [("机密", "secret"), ("不公开", "internal"), ("内部", "internal"), ("", "public")]
)
def test_the_ways_offices_say_who_may_read_are_understood(county_office: Office, tmp_path: Path, word: str, kept: str):
    county_office.has("staff", "staff")
    row = {**row_of("names", county_office), "密级": word}
    number = county_office.send("staff", write_list(tmp_path / "地名.csv", [row]))
    seen = county_office.state(number, "staff")
    refused = any(each["rule"] == "PC06" for each in seen["findings"])
    assert refused == (kept == "secret")
    if not refused:
        county_office.publish(number, "2026-03-01")
        assert listed(county_office, row["标准名称"]) == (kept == "public")
        assert listed(county_office, row["标准名称"], "staff")


@pytest.mark.parametrize("left", ["the column", "the cell"])
def test_a_list_that_does_not_say_who_may_read_opens_nothing(county_office: Office, tmp_path: Path, left: str):
    county_office.has("staff", "staff")
    secluded, new = hills(2, ground_in(county_office))
    first = write_list(tmp_path / "地名.csv", [{**secluded, "密级": "内部"}])
    county_office.publish(county_office.send("staff", first), "2026-03-01")
    rows = [{**secluded, "来历": "样例二"}, {**new, "来历": "样例三"}]
    rows = [{**row, "密级": ""} for row in rows] if left == "the cell" else rows
    county_office.publish(county_office.send("staff", write_list(tmp_path / "地名二.csv", rows)), "2026-03-02")
    assert [listed(county_office, row["标准名称"]) for row in rows] == [False, True]
    items = county_office.client("staff").get("/collections/names/items").json()["features"]
    kept = {each["properties"]["name"]: (each["properties"]["disclosure"], each["properties"]["origin"]) for each in items}
    assert kept == {secluded["标准名称"]: ("internal", "样例二"), new["标准名称"]: ("public", "样例三")}


def ground_in(office: Office) -> Ground:
    with office.database.writing() as tx:
        return ground_of(tx)


def listed(office: Office, name: str, *reader: str) -> bool:
    found = office.client(*reader).get("/collections/names/items?limit=1000").json()["features"]
    return name in {each["properties"]["name"] for each in found}
