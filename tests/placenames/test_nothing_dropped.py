"""Whatever was said and has no part in the answer is told, and then it is not certain; spoken numbers are read as meant."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.db import Database
from placenames.addresses.finding.address_lookup import Question, answers
from placenames.addresses.finding.toponym_names import Toponyms
from tests.benchmarks.addresses_filled import fill
from tests.conftest import TEMPLATE, copied
from tests.placenames.two_towns import EAST, STREETS, WEST, county_of, first, names_of_today, told

CERTAIN = 0.85
MORE = [
    *((EAST, "北社区", "", "14号大街", "", "", f"{number}号", "", "", "", "", "") for number in (102, 112, 120, 202, 220)),
    (EAST, "北社区", "", "14号大街", "", "", "31号", "", "", "", "", ""),
    (EAST, "北社区", "", "14号大街", "", "", "31-1号", "", "", "", "", ""),
    (EAST, "北社区", "", "样福路", "", "", "30号", "样福小区", "5幢", "", "", ""),
    (EAST, "北社区", "", "样福路", "", "", "34号", "", "", "", "", ""),
    (EAST, "北社区", "", "青样路", "", "", "40号", "", "", "", "", ""),
    (EAST, "北社区", "", "重样路", "", "", "41号", "", "", "", "", ""),
    (WEST, "上坪村", "外坞", "", "", "", "9号", "", "", "", "", ""),
]
FLAT = "样福路30号样福小区3幢2单元501室"


@pytest.fixture(scope="module")
def filled(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        fill(database, county_of([*STREETS, *MORE]))
        yield database


@pytest.fixture(scope="module")
def names(filled: Database) -> Toponyms:
    return names_of_today(filled)


@pytest.mark.parametrize(
    ("q", "label", "left"),
    [
        (f"{FLAT}502室", FLAT, "502室"), (f"{FLAT}9楼", FLAT, "9楼"), (f"{FLAT}9单元", FLAT, "9单元"),
        (f"{FLAT}B座", FLAT, "B座"), (f"{FLAT}地下室", FLAT, "地下室"), (f"{FLAT}999", FLAT, "999"),
        (f"9号{FLAT}", FLAT, "9号"), ("14号大街31号7组", "14号大街31号", "7组"), ("上坪村3组8号9组", "上坪村3组8号", "9组"),
        ("样福路99号样福小区3幢2单元501室", FLAT, "99号"), ("14号大街31-2-3-4-5", "14号大街31号", "31-2-3-4-5"),
        ("样福路32号样福小区", "样福路32号", "样福小区"),
    ],
)  # fmt: skip
def test_a_number_too_many_is_told(filled: Database, names: Toponyms, q: str, label: str, left: str) -> None:
    found = first(filled, names, q)
    assert found.label.endswith(label)
    assert f"未采用“{left}”" in told(found)
    assert found.score < CERTAIN


@pytest.mark.parametrize("q", [FLAT, "样福路30号样福小区3幢2单元5楼501室", "14号大街31号 31号"])
def test_what_is_said_twice_alike_is_no_number_too_many(filled: Database, names: Toponyms, q: str) -> None:
    found = first(filled, names, q)
    assert (found.changed, found.score > CERTAIN) == ((), True)


@settings(max_examples=60, deadline=None)
@given(
    more=st.lists(st.sampled_from(["7幢", "8单元", "903室", "904室", "6楼", "77号", "C座", "5组"]), min_size=1, max_size=3)
)
def test_of_two_numbers_that_contradict_one_is_told(filled: Database, names: Toponyms, more: list[str]) -> None:
    found = first(filled, names, FLAT + "".join(more))
    assert found.changed
    assert found.score < CERTAIN


def test_a_second_number_that_is_taken_for_a_building_is_told(filled: Database, names: Toponyms) -> None:
    found = first(filled, names, "样福路30号5号")
    assert found.label.endswith("样福路30号样福小区5幢")
    assert told(found) == "第二个号“5号”按幢、室号认"


@pytest.mark.parametrize("q", ["样福路30号样福小区5幢(一楼店面)", "北社区样福路30号样福小区5幢301室", "样福小区5幢1单元"])
def test_a_room_that_is_not_there_leads_to_its_building(filled: Database, names: Toponyms, q: str) -> None:
    found = first(filled, names, q)
    assert found.label.endswith("样福小区5幢")
    assert "未登记,给出所在楼幢单元" in told(found)


@pytest.mark.parametrize(
    ("q", "label"),
    [
        ("14号大街二百二", "220号"), ("14号大街二百二十号", "220号"), ("14号大街二百零二号", "202号"),
        ("14号大街一百二号", "120号"), ("14号大街一百〇二", "102号"), ("14号大街两百二号", "220号"),
        ("14号大街幺幺二号", "112号"), ("14号大街两零二号", "202号"),
        ("14号大街2〇2号", "202号"), ("14号大街31 杠 1号", "31-1号"), ("14号大街三十一——一号", "31-1号"),
        ("14号大街31号杠1号", "31-1号"), ("14号大街31杠1号", "31-1号"),
    ],
)  # fmt: skip
def test_numbers_as_they_are_spoken(filled: Database, names: Toponyms, q: str, label: str) -> None:
    found = first(filled, names, q)
    assert found.label.endswith(f"14号大街{label}")
    assert found.score > CERTAIN


@pytest.mark.parametrize("sign", "·_:'\"?!>\\")
def test_a_sign_for_a_dash_is_told(filled: Database, names: Toponyms, sign: str) -> None:
    found = first(filled, names, f"14号大街31{sign}1号")
    assert found.label.endswith("14号大街31-1号")
    assert "按“31-1号”认" in told(found)


@pytest.mark.parametrize(
    ("q", "label", "how"),
    [
        ("江东街道41号大街2号", "14号大街2号", "“41号大街”按两字颠倒认作“14号大街”"),
        ("江东街道1号4大街2号", "14号大街2号", "“1号4大街”按两字颠倒认作“14号大街”"),
        ("江东街道苗14号大街2号", "14号大街2号", "“苗14号大街”按一字之差认作“14号大街”"),
        ("江东街道14号大街塞2号", "14号大街2号", "“14号大街塞”按一字之差认作“14号大街”"),
        ("江东街道14憔号大街2号", "14号大街2号", "“14憔号大街”按一字之差认作“14号大街”"),
        ("上坪村踏坞9号", "上坪村外坞9号", "“踏坞”按一字之差认作“外坞”"),
        ("江东街东道青样路40号", "青样路40号", "认作“江东街道”"),
        ("江东东街道青样路40号", "青样路40号", "认作“江东街道”"),
        ("江东街道中样路41号", "重样路41号", "“中样路”按同音认作“重样路”"),
        ("江东街道 14号大 2号", "14号大街2号", "“14号大”按一字之差认作“14号大街”"),
    ],
)  # fmt: skip
def test_a_slip_where_numbers_and_units_meet(filled: Database, names: Toponyms, q: str, label: str, how: str) -> None:
    found = first(filled, names, q)
    assert found.label.endswith(label), found
    assert how in told(found)


@pytest.mark.parametrize("q", ["2号，14号大街，江东街道", "江东街道，2号，14号大街", "2号 14号大街"])
def test_a_number_before_a_street_that_begins_with_one_is_kept(filled: Database, names: Toponyms, q: str) -> None:
    found = first(filled, names, q)
    assert (found.label[-8:], found.changed) == ("道14号大街2号", ())


@pytest.mark.parametrize(
    "q", ["江东街道苗4赁号大街2号", "青样支路40号", "上坪村里坞9号", "上坪村老坞9号", "江东街道弄阻青样路40号"]
)
def test_what_tells_names_apart_is_no_slip(filled: Database, names: Toponyms, q: str) -> None:
    with filled.reading() as look:
        assert not [each for each in answers(look, names, [Question(q)])[0] if each.id]


def test_swapped_digits_of_a_street_are_never_certain(filled: Database, names: Toponyms) -> None:
    assert first(filled, names, "江东街道41号大街2号").score < CERTAIN
