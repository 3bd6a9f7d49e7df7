"""Numbers as people write them: no other plate is answered for them, and what was made of them is told."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.db import Database
from placenames.addresses.finding.matches import Match
from placenames.addresses.finding.toponym_names import Toponyms
from tests.benchmarks.addresses_filled import fill
from tests.benchmarks.query_writing import in_characters
from tests.conftest import TEMPLATE, copied
from tests.placenames.two_towns import EAST, WEST, county_of, first, names_of_today, told

NUMBERS = ("1号", "2号", "10号", "12号", "14号", "16号", "40号", "40-1号", "112号", "272号", "7、9号", "3号",
           "20号", "20-22号")  # fmt: skip
STREETS = [
    *((EAST, "", "", "溪畔路", "", "", number, "", "", "", "", "") for number in NUMBERS),
    (EAST, "", "", "溪畔路", "", "", "188号", "", "", "", "", ""),
    (EAST, "", "", "溪畔路", "", "", "188号", "", "12幢", "", "", ""),
    *((EAST, "", "", "纬十路", "", "", number, "", "", "", "", "") for number in ("2号", "12号")),
    (EAST, "", "", "人民路", "", "", "12号", "", "", "", "", ""),
    (EAST, "", "", "人民路", "", "", "16号", "", "3幢", "", "", ""),
    *((EAST, "", "", "和平路", "", lane, "6号", "", "", "", "", "") for lane in ("一巷", "二巷")),
    (WEST, "", "", "中兴路", "", "", "2号", "", "", "", "", ""),
    (EAST, "", "", "中兴路", "", "", "112号", "", "", "", "", ""),
    *((WEST, "", "", "长路", "", "", number, "", "", "", "", "") for number in ("901号", "999999999号", "1号", "601号")),
]


@pytest.fixture(scope="module")
def filled(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        fill(database, county_of(STREETS, []))
        yield database


@pytest.fixture(scope="module")
def names(filled: Database) -> Toponyms:
    return names_of_today(filled)


def plate_of(found: Match) -> str:
    return found.label.rpartition("道" if "街道" in found.label else "镇")[2] if found.id else found.match_level


NARROW = str.maketrans("１／２", "1/2")
NO_PLATES = ("1/2号", "12+1号", "9/3号", "9+1号", "12.5号", "１／２号", "12/14号", "2147483647号", "12345678901号",
             "12+1", "12.5", "12*14号", "12=14号", "12X14号", "12×14号")  # fmt: skip


@pytest.mark.parametrize("number", NO_PLATES)
def test_what_is_no_number_is_answered_by_the_street(filled: Database, names: Toponyms, number: str) -> None:
    found = first(filled, names, f"江东街道溪畔路{number}")
    assert plate_of(found) == "street", found
    assert f"{number.translate(NARROW).removesuffix('号')}号 未登记" in told(found)


SEVERAL = ("12、14号", "12,14号", "12，14号", "12和14号", "12号、14号", "12号,14号", "12至14号", "12、14、16号", "12、14",
           "12;14号", "12。14号", "12 14号", "12&14号", "12号及14号", " 12 14号", "12-14、16号", "12、3、1号")  # fmt: skip


@pytest.mark.parametrize("number", SEVERAL)
def test_of_several_numbers_the_first_is_taken(filled: Database, names: Toponyms, number: str) -> None:
    found = first(filled, names, f"溪畔路{number}")
    assert plate_of(found) == "溪畔路12号", found
    assert "写了多个门牌号" in told(found)
    assert found.score <= 0.8
    assert "幢" not in told(found)


def test_a_plate_that_has_several_numbers_is_found_by_them(filled: Database, names: Toponyms) -> None:
    found = first(filled, names, "溪畔路7、9号")
    assert (plate_of(found), found.changed) == ("溪畔路7、9号", ())
    assert found.score > 0.9


SUB_NUMBERS = ("40-77号", "40号附77号", "40之77号", "40-77 号", "40号之77", "12-15号", "12号附14号", "40-38号")


@pytest.mark.parametrize("number", SUB_NUMBERS)
def test_a_sub_number_that_is_not_there_is_told(filled: Database, names: Toponyms, number: str) -> None:
    found = first(filled, names, f"江东街道溪畔路{number}")
    assert plate_of(found) == f"溪畔路{number[:2]}号"
    assert found.score <= 0.6
    assert told(found) == f"附号 {number.rstrip(' 号')[-2:]} 未登记"


@pytest.mark.parametrize("number", ["12-14号", "12号-14号", "12—14号", "12~16号", "０１２－１４號", "12-14 号"])
def test_of_a_run_of_numbers_the_first_is_taken(filled: Database, names: Toponyms, number: str) -> None:
    found = first(filled, names, f"江东街道溪畔路{number}")
    assert plate_of(found) == "溪畔路12号", found
    assert "未登记,无论是连号还是附号,给出“12号”" in told(found)
    assert "附号 14" not in told(found)
    assert found.score <= 0.7


def test_a_run_is_no_plate_where_its_first_number_is_none_and_none_where_it_is_registered(
    filled: Database, names: Toponyms
) -> None:
    assert first(filled, names, "江东街道溪畔路300-302号").match_level == "street"
    registered = first(filled, names, "江东街道溪畔路20-22号")
    assert (plate_of(registered), registered.changed, registered.score > 0.9) == ("溪畔路20-22号", (), True)


def test_what_is_behind_a_dash_is_found_where_it_is(filled: Database, names: Toponyms) -> None:
    assert first(filled, names, "溪畔路40-1号").score > 0.9
    behind = first(filled, names, "溪畔路188-12号")
    assert (plate_of(behind), behind.changed, behind.score > 0.9) == ("溪畔路188号12幢", (), True)
    assert "77幢" in told(first(filled, names, "溪畔路40-77"))
    assert "301室" in told(first(filled, names, "溪畔路40号-301"))


@pytest.mark.parametrize(
    ("q", "place", "said"),
    [("溪畔路12室", "street", "12室"), ("溪畔路3单元", "street", "3单元"), ("江东街道12号", "town", "12号")],
)
def test_a_number_that_nothing_stands_under_is_told(
    filled: Database, names: Toponyms, q: str, place: str, said: str
) -> None:
    found = first(filled, names, q)
    assert (plate_of(found), told(found)) == (place, f"未采用“{said}”")


@pytest.mark.parametrize("number", ["012号", "0012号", "012", "00000000012号"])
def test_zeros_before_a_number_say_nothing(filled: Database, names: Toponyms, number: str) -> None:
    found = first(filled, names, f"溪畔路{number}")
    assert plate_of(found) == "溪畔路12号"
    assert found.score > 0.9
    assert "按“12”认" in told(found)


@pytest.mark.parametrize("said", ["12栋", "12号楼", "12幢", "12座", "012栋"])
def test_a_building_that_is_taken_for_a_plate_is_told(filled: Database, names: Toponyms, said: str) -> None:
    found = first(filled, names, f"溪畔路{said}")
    assert plate_of(found) == "溪畔路12号"
    assert found.score <= 0.7
    assert told(found) == f"幢号“{said}”按门牌号认"


@settings(max_examples=60, deadline=None)
@given(main=st.integers(1, 400), sub=st.integers(1, 99), parted=st.sampled_from("-附之/+.、,和"))
def test_two_numbers_are_never_answered_by_the_second(
    filled: Database, names: Toponyms, main: int, sub: int, parted: str
) -> None:
    found = first(filled, names, f"江东街道溪畔路{main}{parted}{sub}号")
    registered = f"{main}{parted}{sub}号" in NUMBERS
    assert registered or not found.id or f"溪畔路{main}号" in found.label, found
    assert registered or found.changed


@pytest.mark.parametrize(
    ("q", "plate"),
    [
        ("江东街道溪畔路2 7 2号", "溪畔路272号"), ("溪畔路 2 7 2号", "溪畔路272号"), ("溪畔路2 7 2 号", "溪畔路272号"),
        ("溪畔路2 7 2", "溪畔路272号"), ("江东街道 溪畔路 2  7  2", "溪畔路272号"), ("溪畔路1 2号", "溪畔路12号"),
        ("中兴路1 1 2号", "中兴路112号"), ("中兴路 1 1 2", "中兴路112号"), ("溪畔路1 2号 3 0 1", "溪畔路12号"),
    ],
)  # fmt: skip
def test_digits_that_stand_apart_are_one_number(filled: Database, names: Toponyms, q: str, plate: str) -> None:
    found = first(filled, names, q)
    assert plate_of(found) == plate, found
    assert found.score > 0.9


@pytest.mark.parametrize(
    ("q", "plate"),
    [
        ("人民路十二", "人民路12号"), ("江东街道人民路一十二", "人民路12号"), ("人民路一二", "人民路12号"),
        ("人民路十二(粮站)", "人民路12号"), ("人民路第十二旁边", "人民路12号"), ("人民路十二 王阿姨", "人民路12号"),
        ("纬十路十二", "纬十路12号"), ("纬十路二", "纬十路2号"), ("纬十路", "street"),
        ("和平路二巷6号", "和平路二巷6号"), ("和平路二巷六", "和平路二巷6号"), ("溪畔路一百一十二", "溪畔路112号"),
        ("溪畔路十二、十四号", "溪畔路12号"), ("溪畔路十二和十四", "溪畔路12号"), ("溪畔路百", "street"),
        ("溪畔路两百七十二号", "溪畔路272号"), ("溪畔路四十杠一号", "溪畔路40-1号"), ("溪畔路40杠1号", "溪畔路40-1号"),
        ("江东街道人民路12hao", "人民路12号"), ("人民路12 HAO", "人民路12号"), ("人民路12Hao 3栋", "人民路12号"),
    ],
)  # fmt: skip
def test_a_number_in_words_is_read_where_no_name_goes_on(
    filled: Database, names: Toponyms, q: str, plate: str
) -> None:
    assert plate_of(first(filled, names, q)) == plate


@pytest.mark.parametrize(
    "telephone",
    [
        "13800138000", "138 0013 8000", "138-0013-8000", "+8613800138000", "0571-88888888", "(0571)88888888",
        "057188888888", "0571-8888888转801", "400-800-1234", "88888888", "电话13800138000", "TEL:0571-88888888",
        "2147483647", "138****8000",
    ],
)  # fmt: skip
def test_a_telephone_is_left_out_and_not_repeated(filled: Database, names: Toponyms, telephone: str) -> None:
    for q in (f"江东街道溪畔路12号 {telephone}", f"溪畔路12号{telephone}", f"{telephone} 溪畔路12号"):
        found = first(filled, names, q)
        assert plate_of(found) == "溪畔路12号"
        assert found.score > 0.9
        assert len(found.changed) == 1
        assert "未采用电话" in told(found)
        assert sum(each.isdigit() for each in told(found)) == 3
    assert plate_of(first(filled, names, f"江东街道溪畔路 {telephone}")) == "street"


POSTCODES = ("310012", "３１００１２", "邮编310012", "邮编:310012", "邮政编码 310012", "(310012)", "郵編：310012",
             "zip 310012")  # fmt: skip


@pytest.mark.parametrize("postcode", POSTCODES)
def test_a_postcode_is_left_out_before_and_behind_an_address(filled: Database, names: Toponyms, postcode: str) -> None:
    for q in (
        f"江东街道溪畔路12号 {postcode}", f"溪畔路12号{postcode}", f"{postcode} 溪畔路12号", f"{postcode}溪畔路12号",
        f"{postcode},江东街道,溪畔路12号", f"江东街道 {postcode} 溪畔路12号", f"溪畔路12号,{postcode},13800138000",
    ):  # fmt: skip
        found = first(filled, names, q)
        assert plate_of(found) == "溪畔路12号", q
        assert found.score > 0.9
        assert told(found).endswith("未采用邮政编码“310012”"), q
        assert len(found.changed) == 1 + ("138" in q)
    assert plate_of(first(filled, names, f"江东街道溪畔路 {postcode}")) == "street"
    assert plate_of(first(filled, names, f"溪畔路188号12幢,{postcode}")) == "溪畔路188号12幢"


def test_six_digits_that_count_something_are_no_postcode(filled: Database, names: Toponyms) -> None:
    found = first(filled, names, "江东街道溪畔路310012号")
    assert (plate_of(found), told(found)) == ("street", "310012号 未登记")


@pytest.mark.parametrize("number", ["903号", "5号", "1000号"])
def test_nothing_is_worked_out_across_a_wide_gap(filled: Database, names: Toponyms, number: str) -> None:
    found = first(filled, names, f"江西镇长路{number}")
    assert plate_of(found) == "street"
    assert f"{number} 未登记" in told(found)


def test_something_is_worked_out_between_neighbours(filled: Database, names: Toponyms) -> None:
    assert first(filled, names, "溪畔路8号").match_level == "interpolated"
    found = first(filled, names, "人民路14号")
    assert told(found) == "14号 未登记,按相邻门牌 人民路12号 与 16号 推算", "of a building behind a plate its number is told"


@settings(max_examples=60, deadline=None)
@given(number=st.integers(1, 300), zeros=st.integers(0, 3))
def test_a_number_means_the_same_in_words_apart_and_with_zeros(
    filled: Database, names: Toponyms, number: int, zeros: int
) -> None:
    plain = first(filled, names, f"江东街道溪畔路{number}号")
    digits = str(number)
    for said in (in_characters(number, by_digit=False), " ".join(digits) + "号", f"{'0' * zeros}{digits}号", f"{digits}hao"):
        found = first(filled, names, f"江东街道溪畔路{said}")
        assert (found.id, found.match_level) == (plain.id, plain.match_level), said


@settings(max_examples=60, deadline=None)
@given(digits=st.text("0123456789", min_size=9, max_size=30), number=st.sampled_from(["12号", "272号"]))
def test_no_long_number_changes_the_plate_or_is_repeated(
    filled: Database, names: Toponyms, digits: str, number: str
) -> None:
    found = first(filled, names, f"江东街道溪畔路{number} {digits}")
    assert plate_of(found) == f"溪畔路{number}"
    assert digits[:4] not in told(found)
    assert plate_of(first(filled, names, f"江东街道溪畔路9{digits}号")) == "street"
