"""Addresses as people write them, taken apart: every form of number, every order, odd input, names of the registers."""

from __future__ import annotations

import time
from datetime import date
from itertools import permutations

import pytest

from gis.db import Database
from gis.errors import BadInput
from placenames.addresses.address_writing import LONGEST, normalised, written
from placenames.addresses.parsing.address_grammar import ROAD, TOWN
from placenames.addresses.parsing.address_levels import Level
from placenames.addresses.parsing.address_lexicon import lexicon_on, without_committee
from placenames.addresses.parsing.address_names import Known, Lexicon, shipped_names, short_of
from placenames.addresses.parsing.address_parse import parse
from placenames.addresses.parsing.address_parts import Address, written_out
from tests.naming import TODAY, VILLAGE, settle

L = Level
HOME = {L.POI: "样湖花园"}


def values(text: str) -> dict[str, str]:
    return {level.value: value for level, value in parse(text).values.items()}


def is_whole(found: Address) -> bool:
    """Whether spans say what they cover, in order, without touching each other."""
    end = 0
    for each in found.components:
        if each.start < end or found.text[each.start : each.end] != each.text or not each.text.strip():
            return False
        end = each.end
    return True


@pytest.mark.parametrize(
    ("written_as", "expected"),
    [
        ("12号", "12号"), ("十二号", "12号"), ("一二三号", "123号"), ("一百零八号", "108号"), ("１２号", "12号"),
        ("12號", "12号"), ("12", "12号"), ("#12", "12号"), ("No.12", "12号"), ("№12", "12号"),
        ("10-2号", "10-2号"), ("10之2号", "10-2号"), ("10號之2", "10-2号"), ("10号之二", "10-2号"), ("十之二号", "10-2号"),
        ("10—2号", "10-2号"), ("10-2號", "10-2号"), ("188之12号", "188-12号"), ("239-243号", "239-243号"),
        ("239~243号", "239-243号"), ("239、241号", "239、241号"),
        ("12号附3", "12号附3号"), ("12号附3号", "12号附3号"), ("12号附三", "12号附3号"),
        ("甲1号", "甲1号"), ("北甲1号", "北甲1号"), ("临12号", "临12号"), ("特1号", "特1号"), ("12号院", "12号院"),
        ("12A号", "12A号"), ("669弄", "669弄"),
    ],
)  # fmt: skip
def test_a_plate_is_read_in_every_way_of_writing_it(written_as: str, expected: str) -> None:
    assert values(f"样柳路{written_as}") == {"road": "样柳路", "roadno": expected}
    assert values(f"样例市样城区样柳路{written_as}")["roadno"] == expected


@pytest.mark.parametrize(
    ("written_as", "level", "expected"),
    [
        *[(each, L.HOUSENO, "3幢") for each in ("3幢", "3栋", "3號樓", "3号楼", "3座", "三栋")],
        *[(each, L.HOUSENO, "3幢") for each in ("3#", "3#楼", "第三幢", "３棟")],
        *[(each, L.HOUSENO, "B幢") for each in ("B座", "b座", "Ｂ幢", "B栋")],
        ("甲幢", L.HOUSENO, "甲幢"), ("B13幢", L.HOUSENO, "B13幢"), ("3排", L.HOUSENO, "3排"),
        *[(f"3幢{each}", L.CELLNO, "2单元") for each in ("2单元", "二单元", "２單元")],
        ("3幢甲单元", L.CELLNO, "甲单元"), ("3幢西单元", L.CELLNO, "西单元"),
        *[(f"3幢{each}", L.FLOORNO, "5层") for each in ("5楼", "5层", "五樓", "5F", "第5层")],
        *[(f"3幢{each}", L.FLOORNO, "-1层") for each in ("负一楼", "地下一层", "B1层", "-1楼")],
        ("3幢十二层", L.FLOORNO, "12层"),
        *[(f"3幢2单元{each}", L.ROOMNO, "501室") for each in ("501", "501室", "501房", "五〇一室", "501號房", "501户")],
        ("3幢A1108", L.ROOMNO, "A1108室"), ("3幢605-606室", L.ROOMNO, "605-606室"),
    ],
)  # fmt: skip
def test_what_is_inside_an_estate_is_read_in_every_way_of_writing_it(written_as: str, level: Level, expected: str) -> None:
    found = parse(f"样湖花园{written_as}")
    assert (found[L.POI], found[level], found.leftovers) == ("样湖花园", expected, ())


@pytest.mark.parametrize(
    ("chain", "expected"),
    [
        ("12-1001", {"houseno": "12幢", "roomno": "1001室"}),
        ("12-3-1001", {"houseno": "12幢", "cellno": "3单元", "roomno": "1001室"}),
        ("12－3—1001室", {"houseno": "12幢", "cellno": "3单元", "roomno": "1001室"}),
        ("12一3一1001", {"houseno": "12幢", "cellno": "3单元", "roomno": "1001室"}),
        ("12 - 3 - 1001", {"houseno": "12幢", "cellno": "3单元", "roomno": "1001室"}),
        ("2-6-5-1187", {"houseno": "2幢", "cellno": "6单元", "floorno": "5层", "roomno": "1187室"}),
        ("12幢3-1001", {"houseno": "12幢", "cellno": "3单元", "roomno": "1001室"}),
        ("A-1203", {"houseno": "A幢", "roomno": "1203室"}),
    ],
)
def test_a_chain_of_numbers_is_building_staircase_floor_and_room(chain: str, expected: dict[str, str]) -> None:
    assert values(f"样湖花园{chain}") == {"poi": "样湖花园"} | expected


@pytest.mark.parametrize(
    ("text", "expected", "plate"),
    [
        ("样柳路669弄14号1102", {"road": "样柳路", "roadno": "669弄", "houseno": "14号", "roomno": "1102室"}, "669弄14号"),
        ("样柳路2巷5号", {"road": "样柳路", "subroad": "2巷", "subroadno": "5号"}, "2巷5号"),
        ("基一路208巷154弄24號", {"road": "基一路", "subroad": "208巷", "subroadno": "24号"}, "208巷154弄24号"),
        ("样柳路188-12号", {"road": "样柳路", "roadno": "188号", "houseno": "12幢"}, "188-12号"),
        ("样坪村5组6号", {"community": "样坪村", "road": "5组", "roadno": "6号"}, "6号"),
        ("样坪村五组", {"community": "样坪村", "road": "5组"}, ""),
        ("样坪村第五村民小组", {"community": "样坪村", "road": "5组"}, ""),
        ("样坪村上咀组4-5号", {"community": "样坪村", "road": "上咀组", "roadno": "4-5号"}, "4-5号"),
        ("信义区样港里16鄰信一路177號地下一層之10",
         {"district": "信义区", "community": "样港里", "village_group": "16邻", "road": "信一路", "roadno": "177号",
          "floorno": "-1层", "roomno": "10室"}, "177号"),
        ("样福小区3巷182号", {"poi": "样福小区", "road": "3巷", "roadno": "182号"}, "182号"),
        ("样福小区3弄5巷8号", {"poi": "样福小区", "road": "3弄", "subroad": "5巷", "subroadno": "8号"}, "5巷8号"),
        ("样坪镇工业园纬二路7号", {"town": "样坪镇", "poi": "工业园", "road": "纬二路", "roadno": "7号"}, "7号"),
        ("样坪环样南路9号", {"town": "样坪", "road": "环样南路", "roadno": "9号"}, "9号"),
        ("样湖花园", {"poi": "样湖花园"}, ""),
    ],
)  # fmt: skip
def test_lanes_groups_and_buildings_of_a_plate(text: str, expected: dict[str, str], plate: str) -> None:
    assert values(text) == expected
    assert parse(text).plate == plate


@pytest.mark.parametrize(
    "road",
    ["样二号路", "第一大街", "三里路", "五一路", "样柳东二路", "十里街", "14号大街", "八一三路", "滨河三道"],
)
def test_numerals_in_the_names_of_roads_stay(road: str) -> None:
    found = parse(f"样例市样城区{road}二十号三楼")
    assert (found[L.ROAD], found[L.ROADNO], found[L.FLOORNO]) == (road, "20号", "3层")


def test_a_numbered_section_belongs_to_its_road() -> None:
    assert values("样山北路二段5号") == {"road": "样山北路2段", "roadno": "5号"}
    assert values("环样北路东段5号") == {"road": "环样北路", "assist": "东段", "roadno": "5号"}


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_parts_in_any_order_are_understood(order: tuple[int, ...]) -> None:
    parts = ["杭州市", "西湖区", "样柳路12号", "样湖花园3幢501室"]
    found = parse("".join(parts[at] for at in order))
    told = {L.CITY: "杭州市", L.DISTRICT: "西湖区", L.ROAD: "样柳路", L.ROADNO: "12号", L.POI: "样湖花园"}
    assert dict(found.values) == told | {L.HOUSENO: "3幢", L.ROOMNO: "501室"}
    assert is_whole(found)


def test_from_the_narrow_to_the_wide() -> None:
    found = parse("501室2单元3幢样湖花园样柳路12号样溪镇西湖区杭州市浙江省")
    assert [each.level for each in found.components] == [
        L.ROOMNO, L.CELLNO, L.HOUSENO, L.POI, L.ROAD, L.ROADNO, L.TOWN, L.DISTRICT, L.CITY, L.PROV
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("浙江杭州余杭样柳路1号", ("浙江省", "杭州市", "余杭区")),
        ("浙江省余姚市样柳路1号", ("浙江省", "", "余姚市")),
        ("內蒙古赤峰市松山區樣柳路1號", ("内蒙古自治区", "赤峰市", "松山区")),
        ("新疆昌吉州昌吉市样柳路1号", ("新疆维吾尔自治区", "昌吉回族自治州", "昌吉市")),
        ("重庆市石柱县样溪镇", ("", "重庆市", "石柱土家族自治县")),
        ("恩施巴东县样溪镇", ("", "恩施土家族苗族自治州", "巴东县")),
        ("绍兴市绍兴县样溪镇", ("", "绍兴市", "绍兴县")),
        ("上海市静安区陕西南路1号", ("", "上海市", "静安区")),
        ("宁波 宁波市江东区江东六路1号", ("", "宁波市", "江东区")),
        ("四川省成都市郫县中国浙江省衢州市柯城区崇文路", ("浙江省", "衢州市", "柯城区")),
        ("样例市新样区样柳路1号", ("", "样例市", "新样区")),
        ("样柳路1号温州大学", ("", "", "")),
    ],
)
def test_units_by_name_short_former_or_doubled(text: str, units: tuple[str, str, str]) -> None:
    found = parse(text)
    assert (found[L.PROV], found[L.CITY], found[L.DISTRICT]) == units


@pytest.mark.parametrize(
    ("text", "in_digits"),
    [
        ("样柳路十二", "样柳路12"), ("样溪街道样柳路一百一十二", "样溪街道样柳路112"), ("样柳路一二", "样柳路12"),
        ("样柳路第十二", "样柳路12"), ("样柳路十二(粮站)", "样柳路12(粮站)"), ("样柳路十二旁边", "样柳路12旁边"),
        ("样柳路十二、十四", "样柳路12、14"), ("样柳路十二和十四号", "样柳路12和14号"), ("建设二路十二", "建设二路12"),
        ("样柳路二巷六", "样柳路2巷6号"), ("样坪村五组十二", "样坪村5组12"),
    ],
)  # fmt: skip
def test_a_number_in_characters_that_ends_an_address_is_one(text: str, in_digits: str) -> None:
    found = parse(text)
    assert is_whole(found)
    assert (found.values, found.plate) == (parse(in_digits).values, parse(in_digits).plate)
    assert found.plate


@pytest.mark.parametrize("text", ["样柳二路", "纬十路", "样柳路十二中学", "样柳路百", "样柳路〇"])
def test_a_numeral_elsewhere_is_no_number(text: str) -> None:
    assert parse(text).plate == ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("样柳路12,301室", {"road": "样柳路", "roadno": "12号", "roomno": "301室"}),
        ("样柳路12、14", {"road": "样柳路", "roadno": "12号", "houseno": "14幢"}),
        ("样柳小区12、14幢", {"poi": "样柳小区", "houseno": "12幢"}),
        ("样柳路12、14、16号", {"road": "样柳路", "roadno": "12、14、16号"}),
    ],
)
def test_no_number_is_cut_in_two(text: str, expected: dict[str, str]) -> None:
    assert values(text) == expected


def test_a_number_in_characters_is_no_number_inside_a_name_that_is_known() -> None:
    names = Lexicon({"样坪路一": (Known(ROAD, "样坪路一", "", own=True),)}, {"样坪": (4,)})
    assert parse("样坪路一", names).values == {L.ROAD: "样坪路一"}


@pytest.mark.parametrize("telephone", ["13800138000", "0571-88888888", "电话13800138000", "138 0013 8000"])
def test_a_telephone_is_left_over_and_no_room(telephone: str) -> None:
    for text in (f"样例市样柳路12号{telephone}", f"样例市样柳路12号 {telephone}", f"样例市样柳路12号3幢501室 {telephone}"):
        found = parse(text)
        assert (found[L.ROAD], found[L.ROADNO]) == ("样柳路", "12号")
        assert [each.text for each in found.leftovers] == [telephone]
        assert ("室" in text) == bool(found[L.ROOMNO])


@pytest.mark.parametrize("postcode", ["310012", "邮编310012", "邮政编码:310012"])
def test_a_postcode_is_left_over_wherever_it_stands_and_no_number(postcode: str) -> None:
    for text in (f"{postcode} 样例市样柳路12号", f"样例市样柳路12号{postcode}", f"样例市样柳路12号3幢501室({postcode})"):
        found = parse(text)
        assert (found[L.DISTRICT], found[L.ROAD], found[L.ROADNO]) == ("样例市", "样柳路", "12号")
        assert ([each.text for each in found.leftovers], found.leftovers[0].why.zh) == ([postcode], "邮政编码")
        assert found[L.ROOMNO] == ("501室" if "室" in text else "")
    assert values(f"样柳路十二 {postcode}")["roadno"] == "12号"
    assert values(f"样柳路 {postcode}")["road"] == "样柳路"
    assert "roadno" not in values(f"样柳路 {postcode}")


@pytest.mark.parametrize("text", ["样柳路310012号", "样柳路12号310012室", "样柳路12号3幢 310012"])
def test_six_digits_that_count_something_are_no_postcode(text: str) -> None:
    assert parse(text).leftovers == ()


def test_a_long_number_keeps_its_head() -> None:
    assert values("样柳路2147483647号") == {"road": "样柳路", "roadno": "2147483647号"}


def test_what_is_said_twice_is_told_as_left_over() -> None:
    found = parse("浙江省杭州市西湖区浙江省杭州市西湖区样柳路1号 电联")
    assert [each.text for each in found.leftovers] == ["浙江省", "杭州市", "西湖区", "电联"]
    assert {each.rule for each in found.leftovers} == {"repeated", "redundant"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("样溪街道样坪社区样柳路1号", {"town": "样溪街道", "community": "样坪社区", "road": "样柳路", "roadno": "1号"}),
        ("样溪路街道样柳路1号", {"town": "样溪路街道", "road": "样柳路", "roadno": "1号"}),
        ("许村镇样坪村7号", {"town": "许村镇", "community": "样坪村", "roadno": "7号"}),
        ("杭州经济技术开发区样柳路1号", {"city": "杭州市", "devzone": "经济技术开发区", "road": "样柳路", "roadno": "1号"}),
        ("样柳路1号样湖大厦B座5楼样本公司", {"road": "样柳路", "roadno": "1号", "poi": "样湖大厦", "houseno": "B幢",
                                "floorno": "5层", "person": "样本公司"}),
        ("样湖花园东区3幢", {"poi": "样湖花园", "subpoi": "东区", "houseno": "3幢"}),
        ("样柳路与样松路交叉口", {"road": "样柳路", "assist": "与", "subroad": "样松路"}),
        ("样湖花园对面", {"poi": "样湖花园", "assist": "对面"}),
        ("样柳路1号(近样松路)", {"road": "样柳路", "roadno": "1号", "assist": "近样松路"}),
        ("样柳路1号（样湖花园旁）3幢", {"road": "样柳路", "roadno": "1号", "assist": "样湖花园旁", "houseno": "3幢"}),
        ("中关村南大街5号", {"road": "中关村南大街", "roadno": "5号"}),
        ("样湖广场 A 座 12 楼", {"poi": "样湖广场", "houseno": "A幢", "floorno": "12层"}),
        ("上岗村7邻环样北路2段9号", {"community": "上岗村", "village_group": "7邻", "road": "环样北路2段", "roadno": "9号"}),
        ("样柳路（样湖花园）3幢", {"road": "样柳路", "poi": "样湖花园", "houseno": "3幢"}),
        ("样江大道样业大道288号", {"road": "样江大道", "subroad": "样业大道", "subroadno": "288号"}),
    ],
)  # fmt: skip
def test_levels_by_their_endings(text: str, expected: dict[str, str]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "\n\t ", "、,。", "-", "--", "号", "路", "路路路", "12", "0", "1-2-3-4-5-6-7", "一二三四五", "😀",
        "😀😀样柳路1号😀", "👨\u200d👩\u200d👧", "'; DROP TABLE x; --", '"样柳路"1号', "<b>样柳路</b>", "%00",
        "\u202e样柳路1号", "e\u0301", "ﷺ", "㈠号楼", "①②③", "½号", "…", "㎡",
        "样" * LONGEST, "1" * LONGEST, "路" * LONGEST, "1-" * 150, "3号" * 150, "朝阳区" * 100,
        "九" * LONGEST, "A" * LONGEST, "#" * 99, "一" * 299 + "号", "()" * 150, "abc def ghi", "12 34 56", "負一樓",
        "之之之", "附附", "1之", "号之3", "甲乙丙丁", "東西南北中",
    ],
)  # fmt: skip
def test_odd_input_is_taken_whole(text: str) -> None:
    found = parse(text)
    assert is_whole(found)
    kept = "".join(each.text for each in found.components)
    assert [each for each in text if each.isalnum() and each not in kept] == []


@pytest.mark.parametrize("text", ["样\0路", "样\ud800路", "样" * (LONGEST + 1), "样" * 10_000])
def test_what_is_too_long_or_cannot_be_kept_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        parse(text)


def test_the_worst_that_is_taken_takes_no_time() -> None:
    worst = ["路" * LONGEST, "3号" * 150, "朝阳区" * 100, "1-" * 150, "浙江杭州余杭" * 50, "样湖花园东区" * 50]
    begun = time.process_time()
    for each in worst:
        parse(each)
    assert (time.process_time() - begun) / len(worst) < 0.5


def test_spans_lie_in_what_was_written() -> None:
    text = " 浙江省(杭州市) 樣柳路 ⑫號 叁幢 "
    found = parse(text)
    assert [(each.text, each.value) for each in found.components] == [
        ("浙江省", "浙江省"), ("杭州市", "杭州市"), ("樣柳路", "样柳路"), ("⑫號", "12号"), ("叁幢", "3幢")
    ]  # fmt: skip
    assert is_whole(found)


def test_every_step_is_told_in_both_languages() -> None:
    steps = parse("浙江省样柳路1号😀").steps()
    assert [each.zh for each in steps] == [
        "统一写法:浙江省样柳路1号😀", "“浙江省”:省级,名录中的名称", "“样柳路”:街路巷,以“路”结尾", "“1号”:门牌号,数字与“号”",
        "“😀”:多余文字,未能识别",
    ]  # fmt: skip
    assert steps[2].en == "“样柳路”: street; ends in 路"


def test_our_writing_is_the_same_when_written_again() -> None:
    for text in ("樣柳路十二號之三", "二号路", "１２—３", "第三幢", "负一楼", "12一3一4", "十之二号"):
        assert normalised(normalised(text)) == normalised(text)
    assert normalised("樣柳路十二號三幢") == "样柳路12号3幢"
    assert written("十二号").origin(0, 2) == (0, 2)


def test_a_lexicon_knows_what_endings_do_not_tell() -> None:
    names = shipped_names().and_also([
        ("样平", Known(TOWN, "样平镇", "990101001", whole=False, own=True)),
        ("九里长堤", Known(ROAD, "九里长堤", "990101001235140001", own=True)),
    ])  # fmt: skip
    found = parse("样平九里长堤8号", names)
    assert dict(found.values) == {L.TOWN: "样平镇", L.ROAD: "九里长堤", L.ROADNO: "8号"}
    assert [each.code for each in found.components] == ["990101001", "990101001235140001", ""]
    assert parse("样平九里长堤8号")[L.ROAD] == ""


def test_the_registers_are_a_lexicon(database: Database) -> None:
    with database.writing() as tx:
        county = settle(tx)
        county.has("月亮湾", "RES")
        county.has("九里长堤", "ROD", aliases="长堤", former_names="老堤")
        county.has("暗号", "ROD", disclosure="internal")
    with database.reading() as look:
        names = lexicon_on(look, TODAY)
    found = parse("示范市样例县石桥九里长堤8号月亮湾3幢", names)
    assert dict(found.values) == {
        L.CITY: "示范市", L.DISTRICT: "样例县", L.TOWN: "石桥镇", L.ROAD: "九里长堤", L.ROADNO: "8号", L.POI: "月亮湾",
        L.HOUSENO: "3幢",
    }  # fmt: skip
    assert found.components[2].code == "330901001"
    assert [parse(f"石桥镇{each}8号", names)[L.ROAD] for each in ("长堤", "老堤", "暗号")] == ["长堤", "老堤", ""]
    with database.reading() as look:
        assert parse("石桥镇暗号8号", lexicon_on(look, date.today(), public=False))[L.ROAD] == "暗号"


def test_a_village_is_known_by_its_committee(database: Database) -> None:
    with database.writing() as tx:
        settle(tx).unit(VILLAGE[:-1] + "2", "上坪村村民委员会", "village")
    with database.reading() as look:
        found = parse("石桥镇上坪村8号", lexicon_on(look, TODAY))
    assert [each.value for each in found.components] == ["石桥镇", "上坪村村民委员会", "8号"]
    assert [without_committee(each) for each in ("上坪村村民委员会", "上坪村委会", "上坪村")] == ["上坪村"] * 3
    assert [without_committee(each) for each in ("样社区居委会", "样社区居民委员会", "样居委会")] == ["样社区"] * 3


def test_short_names_of_units() -> None:
    shorts = {"余杭区": "余杭", "恩施土家族苗族自治州": "恩施", "内蒙古自治区": "内蒙古", "广西壮族自治区": "广西"}
    shorts |= {"城区": "城区", "忠县": "忠县"}
    assert {name: short_of(name) for name in shorts} == shorts


def test_parts_are_written_out_from_the_wide_to_the_narrow() -> None:
    found = parse("样柳路12号西湖区杭州市")
    assert written_out(found.values) == "杭州市西湖区样柳路12号"


@pytest.mark.parametrize("number", ["12.5号", "1e3号", "12.5.3号", "1千2百号", "3.0号"])
def test_what_is_no_number_is_one_piece(number: str) -> None:
    assert values(f"样柳路{number}3幢501室") == {
        "road": "样柳路", "roadno": number.upper(), "houseno": "3幢", "roomno": "501室",
    }  # fmt: skip
