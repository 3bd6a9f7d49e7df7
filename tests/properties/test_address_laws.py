"""Laws of taking addresses apart: nothing is lost, nothing overlaps, and what was written out is read back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from placenames.addresses.address_writing import LONGEST, normalised, written
from placenames.addresses.parsing.address_levels import Level
from placenames.addresses.parsing.address_parse import parse
from placenames.addresses.parsing.address_parts import written_out

parse("样柳路1号")  # reads its tables once

CHARACTERS = "样溪柳松柏桂兰泉湖洋坪岗樟枫禾丰茂康泰宁顺祥瑞"
stems = some.lists(some.sampled_from(CHARACTERS), min_size=2, max_size=2, unique=True).map("".join)
numbers = some.integers(1, 9999)
PIECES = (
    *CHARACTERS, *"路街巷弄村镇区县市省号幢栋室楼层之附甲一二十百组-—()#", " ", "大道", "街道", "小区", "花园", "大厦",
    "单元", "12", "3", "101", "A", "B座", "浙江", "杭州市", "余杭", "西湖区", "與", "號", "樓", "１", "№",
    "㈠", "½", "😀", "对面", "电联",
)  # fmt: skip
any_addresses = some.one_of(
    some.lists(some.sampled_from(PIECES), max_size=30).map("".join),
    some.text(some.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=LONGEST),
)


def named(ending: str) -> some.SearchStrategy[str]:
    return stems.map(lambda stem: stem + ending)


def numbered(unit: str, most: int) -> some.SearchStrategy[str]:
    return some.integers(1, most).map(lambda number: f"{number}{unit}")


UNITS = some.sampled_from([
    {}, {Level.PROV: "浙江省", Level.CITY: "杭州市", Level.DISTRICT: "西湖区"},
    {Level.CITY: "重庆市", Level.DISTRICT: "巴南区"},
    {Level.CITY: "恩施土家族苗族自治州", Level.DISTRICT: "巴东县"}, {Level.PROV: "湖北省", Level.DISTRICT: "潜江市"},
])  # fmt: skip
towns = some.sampled_from(["街道", "镇", "乡"]).flatmap(named)
roads = some.sampled_from(["路", "街", "大道", "东路", "北街", "二路"]).flatmap(named)
plates = some.one_of(
    numbered("号", 9999), numbered("弄", 999), some.integers(1, 999).map(lambda n: f"{n}-2号"),
    some.integers(1, 999).map(lambda n: f"{n}号附3号"), some.integers(1, 999).map(lambda n: f"甲{n}号"),
)  # fmt: skip
inside = {
    Level.HOUSENO: numbered("幢", 99), Level.CELLNO: numbered("单元", 9), Level.FLOORNO: numbered("层", 40),
    Level.ROOMNO: some.integers(101, 4999).map(lambda n: f"{n}室"),
}  # fmt: skip
estates = some.sampled_from(["小区", "花园", "公寓", "新村"]).flatmap(named)
in_town = some.fixed_dictionaries(
    {Level.ROAD: roads, Level.ROADNO: plates}, optional={Level.TOWN: towns, Level.POI: estates, **inside}
)
in_village = some.fixed_dictionaries(
    {Level.COMMUNITY: named("村"), Level.ROADNO: numbered("号", 999)},
    optional={Level.TOWN: towns, Level.ROAD: numbered("组", 20)},
)
standard_addresses = some.tuples(UNITS, some.one_of(in_town, in_village)).map(lambda both: both[0] | both[1])


@given(standard_addresses)
def test_a_standard_address_is_read_back_as_it_was_made(values: dict[Level, str]) -> None:
    found = parse(written_out(values))
    assert dict(found.values) == values
    assert written_out(found.values) == written_out(values)
    assert found.leftovers == ()


@given(standard_addresses)
def test_what_was_read_is_read_the_same_again(values: dict[Level, str]) -> None:
    once = parse(written_out(values))
    assert parse(once.normalised).values == once.values


@given(any_addresses)
def test_the_short_way_to_our_writing_comes_to_the_same(text: str) -> None:
    assert normalised(text) == written(text).text


@given(standard_addresses)
def test_spaces_between_all_characters_part_nothing(values: dict[Level, str]) -> None:
    once = normalised(written_out(values))
    assert normalised(" ".join(once)) == normalised("\u3000".join(once)) == once


@given(any_addresses)
def test_spans_say_what_they_cover_and_never_overlap(text: str) -> None:
    found, end = parse(text), 0
    for each in found.components:
        assert each.start >= end
        assert each.text == text[each.start : each.end] != ""
        end = each.end


@given(any_addresses)
def test_nothing_but_spaces_and_marks_is_dropped(text: str) -> None:
    found = parse(text)
    covered = {at for each in found.components for at in range(each.start, each.end)}
    said = written(text)
    letters = [at for at, each in enumerate(said.text) if each.isalnum()]
    assert [said.text[at] for at in letters if said.starts[at] not in covered] == []


@given(any_addresses)
def test_units_stand_once_and_all_is_told(text: str) -> None:
    found = parse(text)
    levels = [each.level for each in found.components]
    assert all(levels.count(level) <= 1 for level in (Level.PROV, Level.CITY, Level.DISTRICT))
    assert len(found.steps()) == len(levels) + 1
    assert found.plate == "" or found[Level.ROADNO] or found[Level.SUBROADNO]


@given(any_addresses)
def test_our_writing_stays_as_it_is(text: str) -> None:
    once = normalised(text)
    assert len(once) > LONGEST or normalised(once) == once
