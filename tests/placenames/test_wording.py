"""A name's two parts, and the writing by which names are compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from placenames.kinds import Category
from placenames.language.wording import (
    LONGEST,
    comparison_keys,
    fits,
    folded,
    numerals_folded,
    split,
    stacked,
    terms,
)
from placenames.shipped import rows, source_of

pieces = some.sampled_from(
    [*terms(), "新", "大", "样例", "臺", "廈", "·", " ", "\u3000", "A", "1", "ffi", "́", "\n"]
)
names = some.text() | some.lists(pieces).map("".join)
categories = some.sampled_from(["", *Category])


@given(names, categories)
def test_the_two_parts_are_the_name(name: str, category: str):
    parts = split(name, category)
    assert parts.specific + parts.generic == name
    assert bool(parts.specific) == bool(name)


@given(names)
def test_folding_twice_is_folding_once(name: str):
    assert folded(folded(name)) == folded(name)


@given(names)
def test_what_folding_takes_away_does_not_count(name: str):
    assert folded(" ".join(folded(name))) == folded(name)


@pytest.mark.parametrize(
    ("name", "category", "specific", "generic"),
    [
        ("南京路", "ROD", "南京", "路"),
        ("光明大道", "ROD", "光明", "大道"),
        ("朝阳门内大街", "ROD", "朝阳门内", "大街"),
        ("景山后街", "ROD", "景山后", "街"),
        ("二马路", "ROD", "二", "马路"),
        ("盆儿胡同", "ROD", "盆儿", "胡同"),
        ("东四十二条", "ROD", "东四十二", "条"),
        ("太行山", "NAT", "太行", "山"),
        ("通县", "ADM", "通", "县"),
        ("西藏自治区", "ADM", "西藏", "自治区"),
        ("安阳街道", "ADM", "安阳", "街道"),
        ("安阳街道", "", "安阳", "街道"),
        ("王村", "VIL", "王", "村"),
        ("高新村", "VIL", "高新", "村"),
        ("幸福新村", "RES", "幸福", "新村"),
        ("丹枫苑", "RES", "丹枫", "苑"),
        ("中山大廈", "RES", "中山", "大廈"),
        ("欧阳海水库", "FAC", "欧阳海", "水库"),
        ("解放路大桥", "FAC", "解放路", "大桥"),
        ("样例湿地公园", "PRK", "样例", "湿地公园"),
        ("人民路花园", "ROD", "人民路", "花园"),  # no term for a street: any term
        ("样例街道办事处", "ADM", "样例街道办事处", ""),  # an office is not a place
        ("公园", "", "公园", ""),
        ("路", "ROD", "路", ""),
        ("人民路(东段)", "ROD", "人民路(东段)", ""),
        ("", "", "", ""),
    ],
)
def test_a_name_is_split_before_the_longest_term_at_its_end(
    name: str, category: str, specific: str, generic: str
):
    assert split(name, category) == (specific, generic)


@pytest.mark.parametrize(
    ("name", "category", "found"),
    [
        ("样例广场花园", "RES", ("广场", "花园")),
        ("样例花园小区", "", ("花园", "小区")),
        ("样例大道路", "ROD", ("大道", "路")),
        ("样例花园", "RES", ()),
        ("公园路", "ROD", ()),
        ("样例公园路", "ROD", ()),  # named after a park, not two terms for one street
        ("百花园村", "VIL", ()),
        ("样例社区居民委员会", "VIL", ()),
        ("样例社区村民委员会", "", ()),
        ("三里街", "ROD", ()),
        ("广场花园", "RES", ()),  # nothing else is left for a specific part
        ("样例", "RES", ()),
    ],
)
def test_terms_upon_terms_are_told(name: str, category: str, found: tuple[str, ...]):
    assert stacked(name, category) == found


@pytest.mark.parametrize(
    ("generic", "category", "expected"),
    [
        ("路", "ROD", True),
        ("大廈", "RES", True),
        ("花园", "ROD", False),
        ("", "ROD", False),
        ("无此通名", "RES", False),
    ],
)
def test_a_term_belongs_to_its_categories(generic: str, category: str, expected: bool):
    assert fits(generic, category) is expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("A座广场", "a座广场"),
        ("人 民 路", "人民路"),
        ("人\u3000民\u00a0路", "人民路"),
        ("加里·波特路", "加里波特路"),
        ("加里・波特路", "加里波特路"),
        ("臺東路", "台东路"),
        ("中山大廈", "中山大厦"),
        ("１号路", "1号路"),
        ("人民\u200b路\n", "人民路"),
        ("\u202d人\u200e民\u200f\u061c路\u202c", "人民路"),
        ("\u2066人\u202a民\u202b\u202e路\u2067\u2068\u2069", "人民路"),
    ],
)
def test_writing_that_does_not_count_is_folded(one: str, other: str):
    assert folded(one) == folded(other) == other.lower()


@pytest.mark.parametrize(
    ("one", "other"), [("人民路", "人民街"), ("一号路", "1号路"), ("于潜镇", "於潜镇"), ("A路", "B路")]
)
def test_writing_that_counts_is_kept(one: str, other: str):
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    "equal",
    [
        ("第一中学", "第1中学", "第１中学", "第壹中学", "第 1 中学"),
        ("中山二路", "中山2路", "中山贰路", "中山貳路"),
        ("十二条", "12条"),
        ("样例二十一村", "样例廿一村", "样例21村"),
        ("三一五国道", "315国道", "三一五國道"),
        ("一〇四国道", "104国道"),
        ("一百零五号", "105号", "壹佰零伍号"),
        ("样例花园二期", "样例花园2期"),
    ],
)
def test_numerals_that_count_are_one(equal: tuple[str, ...]):
    assert len({numerals_folded(each) for each in equal}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [("五一路", "五十一路"), ("三里屯", "3里屯"), ("陆村", "六村"), ("伍村", "五村"), ("五指山", "5指山"), ("一路", "二路"),
     ("万村", "10000村"), ("十百号", "1000号")],
)  # fmt: skip
def test_numerals_that_do_not_count_or_differ_stay_apart(one: str, other: str):
    assert numerals_folded(one) != numerals_folded(other)


@pytest.mark.parametrize(
    ("name", "category", "around", "core"),
    [
        ("样例花园", "RES", (), "样例"),
        ("新样例花园", "RES", (), "样例"),
        ("大样例花园", "RES", (), "样例"),
        ("铜陵世纪花园", "RES", ("铜陵市",), "世纪"),
        ("铜陵市世纪花园", "RES", ("铜陵市",), "世纪"),
        ("铜陵市新世纪花园", "RES", ("义安区", "铜陵市"), "世纪"),
        ("銅陵 世纪花园", "RES", ("铜陵市",), "世纪"),
        ("铜陵路", "ROD", ("铜陵市",), "铜陵"),  # nothing would remain
        ("新华路", "ROD", (), "新华"),  # one character would remain
        ("大王村", "VIL", (), "大王"),
        ("世纪铜陵花园", "RES", ("铜陵市",), "世纪铜陵"),
        ("通县路", "ROD", ("通县",), "通县"),
        ("样例", "", (), "样例"),
    ],
)
def test_the_specific_part_is_compared_without_what_anybody_adds(
    name: str, category: str, around: tuple[str, ...], core: str
):
    keys = comparison_keys(name, *split(name, category), around)
    assert keys == (folded(name), core)


def test_different_specific_parts_stay_apart():
    one, other = (comparison_keys(name, *split(name, "RES")) for name in ("新华花园", "大华花园"))
    assert one.specific != other.specific


def test_every_term_has_its_categories_and_its_source():
    listed = list(rows("generic_terms.csv"))
    assert len({row["term"] for row in listed}) == len(listed) > 300
    for row in listed:
        assert row["categories"], row
        assert set(row["categories"].split()) <= set(Category), row
        assert row["term"] == folded(row["term"])
        assert len(row["term"]) <= LONGEST
        assert source_of(row).title
