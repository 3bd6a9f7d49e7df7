"""Old numbers and days: what breaks the rules, and what passes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.naming import LittleCounty
from tests.placenames.plates import Plates

TODAY = date.today()


@pytest.fixture
def plates(little_county: LittleCounty) -> Plates:
    return Plates(little_county)


@pytest.mark.parametrize("day", [date(1899, 12, 31), date(202, 5, 1), TODAY + timedelta(days=400)])
def test_ad21_breaks_on_days_that_cannot_be(plates: Plates, day: date) -> None:
    (found,) = plates.finds("AD21", plates.address("2号", numbered_on=day), plates.address("4号"))
    assert str(day) in found.message.zh


@pytest.mark.parametrize("day", [date(1900, 1, 1), date(1986, 5, 1), TODAY, TODAY + timedelta(days=300), None])
def test_ad21_passes_days_of_offices(plates: Plates, day: date | None) -> None:
    assert plates.finds("AD21", plates.address("2号", numbered_on=day)) == []


def test_ad22_breaks_where_a_new_number_would_make_another_address(plates: Plates) -> None:
    plates.has(plates.address("2号", code="D-OLD"))
    (found,) = plates.finds("AD22", plates.address("12号", code="D-NEW", former="样柳路2号、原供销社"))
    assert "D-OLD" in found.message.zh
    assert "D-OLD" in found.fix.en
    (bare,) = plates.finds("AD22", plates.address("12号", code="D-NEW", former="2号"))
    assert "D-OLD" in bare.message.zh


def test_ad22_breaks_for_a_row_without_a_code_and_names_the_code_to_give(plates: Plates) -> None:
    plates.has(plates.address("2号", code="D-OLD"))
    (found,) = plates.finds("AD22", plates.address("12号", code=None, former="样柳路2号"))
    assert "填写原地址代码 D-OLD" in found.fix.zh


def test_ad22_breaks_where_the_living_address_is_sent_as_it_is(plates: Plates) -> None:
    plates.has(plates.address("2号", code="D-OLD"))
    new = plates.address("12号", code=None, former="样柳路2号")
    for whole in (False, True):
        (found,) = plates.finds("AD22", plates.address("2号", code="D-OLD", plate="large"), new, whole=whole)
        assert found.row == 2


def test_ad22_passes_a_new_number_under_the_code_and_what_is_given_up(plates: Plates) -> None:
    plates.has(plates.address("2号", code="D-OLD"))
    assert plates.finds("AD22", plates.address("12号", code="D-OLD", former="样柳路2号")) == []
    given_up = plates.address("2号", code="D-OLD", status="cancelled")
    new = plates.address("12号", code=None, former="样柳路2号")
    assert plates.finds("AD22", given_up, new) == []
    renumbered = plates.address("8号", code="D-OLD", former="样柳路2号")
    assert plates.finds("AD22", renumbered, new) == []
    assert plates.finds("AD22", plates.address("6号"), new, whole=True) == []
    assert plates.finds("AD22", plates.address("14号", code="D-3", former="样旧街7号")) == []


def test_f05_breaks_where_one_row_is_sent_as_everything(plates: Plates) -> None:
    plates.has(*(plates.address(f"{number}号", code=f"D{number}") for number in (2, 4, 6)))
    (found,) = plates.finds("F05", plates.address("2号", code="D2"), whole=True)
    assert "2 条" in found.message.zh
    assert "of 3 records in force 2 are not in it" in found.message.en


def test_f05_breaks_where_a_good_part_of_many_is_left_out(plates: Plates) -> None:
    rows = [plates.address(f"{number}号", code=f"D{number}") for number in range(1, 301)]
    plates.has(*rows)
    (found,) = plates.finds("F05", *rows[:230], whole=True)
    assert "70 条" in found.message.zh
    assert "300" in found.message.zh
    assert plates.finds("F05", *rows[:270], whole=True) == []


def test_f05_passes_parts_and_whole_lists(plates: Plates) -> None:
    rows = [plates.address(f"{number}号", code=f"D{number}") for number in (2, 4, 6)]
    plates.has(*rows)
    assert plates.finds("F05", rows[0]) == []
    assert plates.finds("F05", *rows[1:], whole=True) == []
