"""Lanes are found by number or name, in words or digits; one that is not there is told, and no plate is made up for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gis.db import Database
from placenames.addresses.finding.address_lookup import Question
from placenames.addresses.finding.address_suggesting import suggestions
from placenames.addresses.finding.toponym_names import Toponyms
from placenames.language.numerals import in_characters, number
from tests.benchmarks.addresses_filled import fill
from tests.conftest import TEMPLATE, copied
from tests.placenames.two_towns import EAST, county_of, first, names_of_today

INSIDE = ("样福小区", "3幢", "2单元", "501室", "")
NOTHING = ("",) * 5
STREETS = [
    (EAST, "北社区", "", street, section, lane, plate, *inside)
    for street, section, lane, plate, inside in [
        ("样文路", "", "25弄", "6号", NOTHING), ("样文路", "", "", "6号", NOTHING), ("样文路", "", "桂花弄", "6号", NOTHING),
        ("样文路", "", "77弄", "8号", ("样福小区", "", "", "", "")), ("样文路", "", "77弄", "8号", INSIDE),
        ("和平一巷", "", "", "6号", NOTHING), ("和平巷", "", "", "6号", NOTHING), ("和平路", "", "二巷", "6号", NOTHING),
        ("和平路", "", "十二巷", "6号", NOTHING), ("和平路", "", "东二巷", "6号", NOTHING),
        ("中正路", "一段", "兰花巷", "9号", NOTHING), ("", "", "古风巷", "5号", NOTHING),
    ]
]  # fmt: skip


@pytest.fixture(scope="module")
def lanes(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        fill(database, county_of(STREETS))
        yield database


@pytest.fixture(scope="module")
def known(lanes: Database) -> Toponyms:
    return names_of_today(lanes)


@pytest.mark.parametrize(
    ("q", "plate"),
    [
        ("样文路25弄6号", "样文路25弄6号"), ("样文路桂花弄6号", "样文路桂花弄6号"), ("桂花弄6号", "样文路桂花弄6号"),
        ("6号桂花弄样文路", "样文路桂花弄6号"), ("样文路桂化弄6号", "样文路桂花弄6号"), ("和平一巷6号", "和平一巷6号"),
        ("和平1巷6号", "和平一巷6号"), ("和平路二巷6号", "和平路二巷6号"), ("和平路2巷6号", "和平路二巷6号"),
        ("和平路12巷6号", "和平路十二巷6号"), ("和平路东二巷6号", "和平路东二巷6号"), ("和平路东2巷6号", "和平路东二巷6号"),
        ("中正路1段兰花巷9号", "中正路一段兰花巷9号"), ("中正路兰花巷9号", "中正路一段兰花巷9号"),
        ("古风巷5号", "北社区古风巷5号"), ("样文路77弄样福小区3幢2单元501室", "样文路77弄8号样福小区3幢2单元501室"),
    ],
)  # fmt: skip
def test_a_lane_is_found_however_it_is_written(lanes: Database, known: Toponyms, q: str, plate: str) -> None:
    found = first(lanes, known, f"江东街道{q}")
    assert (found.label.removeprefix("样省样州市样例县江东街道"), bool(found.id)) == (plate, True)
    assert not any("未采用" in each.zh for each in found.changed)


@pytest.mark.parametrize(
    ("q", "told"),
    [
        ("样文路99弄6号", "99弄6号 未登记"), ("样文路25巷6号", "25巷6号 未登记"), ("样文路99弄3幢", "99弄3幢 未登记"),
        ("样文路99弄", "未采用“99弄”"), ("样文路杏梅弄6号", "未采用“杏梅弄”"), ("样文路杏梅弄", "未采用“杏梅弄”"),
        ("和平路桂花弄6号", "未采用“桂花弄”"), ("和平路三巷6号", "3巷6号 未登记"), ("99弄6号", "未采用“99弄”"),
        ("6号桂花弄和平路", "未采用“桂花弄”"),
    ],
)  # fmt: skip
def test_a_lane_that_is_not_there_is_told(lanes: Database, known: Toponyms, q: str, told: str) -> None:
    found = first(lanes, known, f"江东街道{q}")
    assert (found.id, found.match_level in ("street", "town")) == ("", True), found
    assert told in [each.zh for each in found.changed], found.changed


@pytest.mark.parametrize("q", ["样福小区99弄3幢2单元501室", "样文路99弄样福小区3幢2单元501室"])
def test_an_estate_behind_another_lane_is_doubtful_and_told(lanes: Database, known: Toponyms, q: str) -> None:
    right, wrong = (first(lanes, known, f"江东街道{each}") for each in (q.replace("99", "77"), q))
    assert right.id == wrong.id
    assert wrong.score < right.score
    assert "未采用“99弄”" in [each.zh for each in wrong.changed]


def test_a_named_lane_is_suggested(lanes: Database, known: Toponyms) -> None:
    with lanes.reading() as look:
        for typed in ("桂花", "guihua", "ghl"):
            assert "样文路桂花弄" in "".join(each.label for each in suggestions(look, known, Question(typed)))


@pytest.mark.parametrize("value", range(1, 100))
def test_numbers_are_said_as_they_are_read(value: int) -> None:
    assert number(in_characters(value)) == value
    assert (in_characters(10), in_characters(12), in_characters(20), in_characters(35)) == ("十", "十二", "二十", "三十五")
