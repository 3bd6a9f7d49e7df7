"""Finding places by anything they are or were called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select, text

from gis.cluster import Cluster
from gis.db import Database
from gis.errors import BadInput
from placenames.appellations import APPELLATIONS
from placenames.finding.found import Found
from placenames.finding.gazetteer import Search, search
from placenames.finding.search_words import is_one_slip, read
from placenames.name_order import CATEGORIES, LONGEST, strata, stratum
from tests.conftest import TEMPLATE, clone, drop
from tests.naming import CENTRE, EAST, WEST, east, settle
from tests.sorts_of_names import ENDED, RENAMED, SOON, follow, many_names, renamed

TODAY = date.today()


class Town:
    """The little county with names of every sort, asked by a reader."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def find(self, typed: str = "", *, limit: int = 20, **asked: Any) -> list[Found]:
        with self.database.reading() as look:
            return search(look, Search(typed, limit=limit, **asked))

    def names(self, typed: str = "", **asked: Any) -> list[str]:
        return [each.name for each in self.find(typed, **asked)]

    def how(self, typed: str, name: str, **asked: Any) -> str:
        return next(each.match.how for each in self.find(typed, **asked) if each.name == name)


@pytest.fixture(scope="module")
def town(server: Cluster) -> Iterator[Town]:
    name = TEMPLATE + "_gazetteer"
    drop(server, name)
    clone(server, TEMPLATE, name)
    with closing(Database(server.url(name))) as database:
        with database.writing() as tx:
            many_names(settle(tx))
        with database.writing() as tx:
            renamed(tx)
        yield Town(database)
    drop(server, name)


WAYS = {
    "exact": ["石门街", "石門街", " 石门街", "石 门 街", "门街", "石门老街", "菜市街", "石桥公社路"],
    "prefix": ["石门", "石"],
    "contains": ["桥公社", "公社路"],
    "sound": ["shimenjie", "shi men jie", "Shímén Jiē", "SHIMENJIE", "shimen", "shi'men'jie", "时门接"],
    "initials": ["smj", "sm", "SMJ"],
    "similar": ["石口街", "口门街", "石门口", "石街", "石门大街", "门石街", "石街门"],
    "none": ["石们衔", "街门石", "shimenlu"],
}


@pytest.mark.parametrize(("typed", "how"), [(typed, how) for how, every in WAYS.items() for typed in every])
def test_one_street_is_found_in_every_way_people_type_it(town: Town, typed: str, how: str) -> None:
    found = {each.code: each for each in town.find(typed, limit=50)}
    street = [each for each in found.values() if each.name == "石门街"]
    assert ([each.match.how for each in street] or ["none"]) == [how]


def test_a_former_name_says_until_when_and_what_it_is_called_now(town: Town) -> None:
    (found,) = [each for each in town.find("石桥公社路") if each.match.how == "exact"]
    assert (found.name, found.match.kind, found.match.since, found.match.until) == (
        "石门街", "former", date(1958, 1, 1), date(1981, 1, 1),
    )  # fmt: skip
    assert found.note.zh == "曾用名,用至 1981-01-01,现名石门街"
    assert found.note.en == "a former name, until 1981-01-01; now 石门街"
    assert found.label == "样例县石桥镇石门街"


def test_a_former_name_without_days_ended_when_the_present_one_was_given(town: Town) -> None:
    (found,) = [each for each in town.find("菜市街") if each.match.how == "exact"]
    assert (found.match.since, found.match.until) == (None, date(1981, 1, 1))


def test_an_alias_says_so(town: Town) -> None:
    found = town.find("石门老街")[0]
    assert (found.name, found.match.text, found.match.kind, found.note.zh) == (
        "石门街", "石门老街", "alias", "别名,标准名称石门街",
    )  # fmt: skip
    assert town.find("门街")[0].match.kind == "short"


def test_the_best_answer_comes_first(town: Town) -> None:
    assert town.names("石门街")[:2] == ["石门街", "石门街村"]
    ways = [each.match.how for each in town.find("石门")]
    assert ways == sorted(ways, key=["exact", "prefix", "contains", "sound", "initials", "similar"].index)


def test_higher_kinds_and_shorter_names_come_first(town: Town) -> None:
    found = [(each.category, each.name) for each in town.find("石门") if each.match.how == "prefix"]
    assert found == [("VIL", "石门街村"), ("ROD", "石门街")]


def test_what_stands_comes_before_what_has_ended(town: Town) -> None:
    found = [(each.name, each.note.zh) for each in town.find("龙泉")]
    assert found == [("龙泉路", ""), ("龙泉寺遗址", "历史地名"), ("龙泉巷", "已于 2023-01-01 终止")]


def test_what_is_still_to_come_is_found_and_said_so(town: Town) -> None:
    (found,) = town.find("望海路")[:1]
    assert (found.valid_from, found.note.zh) == (SOON, f"自 {SOON} 起生效")


def test_an_old_name_still_finds_the_place(town: Town) -> None:
    (found,) = [each for each in town.find("石桥街") if each.match.how == "exact"]
    assert (found.name, found.match.kind, found.match.until) == ("望江街", "former", RENAMED)
    assert found.note.zh == "曾用名,用至 2024-05-01,现名望江街"


def test_on_a_past_day_the_place_is_what_it_was_then(town: Town) -> None:
    then = date(2022, 6, 1)
    (found,) = [each for each in town.find("石桥街", on=then) if each.match.how == "exact"]
    assert (found.name, found.present, found.match.kind, found.note.zh) == ("石桥街", "望江街", "standard", "")
    (later,) = [each for each in town.find("望江街", on=then) if each.match.how == "exact"]
    assert (later.name, later.match.kind, later.note.zh) == ("石桥街", "later", "自 2024-05-01 起的名称,当时称石桥街")


def test_on_a_day_before_the_register_former_names_count(town: Town) -> None:
    found = town.find("石", on=date(1970, 1, 1))[0]
    assert (found.name, found.match.text, found.match.kind) == ("石桥公社路", "石桥公社路", "standard")
    by_present = town.find("石门街", on=date(1970, 1, 1))
    assert [(each.name, each.match.kind) for each in by_present] == [("石桥公社路", "later")]
    assert "石门街村" not in town.names("石门街村", on=date(1970, 1, 1))


def test_on_a_day_only_places_that_were_there_are_found(town: Town) -> None:
    assert "龙泉巷" in town.names("龙泉", on=date(2022, 1, 1))
    assert "龙泉巷" not in town.names("龙泉", on=ENDED)
    assert "望海路" not in town.names("望海", on=TODAY)
    assert town.names("望海", on=SOON) == ["望海路"]


def test_spaces_tell_syllables_apart(town: Town) -> None:
    assert town.names("xi an")[0] == "西安路"
    assert {"西安路", "先锋路"} <= set(town.names("xian"))


@pytest.mark.parametrize("typed", ["lvshui", "lüshui", "Lǜshuǐ Hú", "lv shui hu", "lsh"])
def test_u_with_two_dots_is_typed_as_v(town: Town, typed: str) -> None:
    assert "绿水湖" in town.names(typed)


def test_kind_unit_box_and_nearness(town: Town) -> None:
    assert set(town.names("石门", category="NAT")) == {"北石门山"}
    assert town.names("湖", class_code="122") == ["绿水湖"]
    assert town.names(class_code="122") == ["绿水湖"]
    assert set(town.names("石门", unit=EAST)) == {"大石门村", "北石门山"}
    assert set(town.names("石门", box=(120.14, 30.0, 120.2, 30.1))) == {"大石门村", "北石门山"}
    assert town.names("石门", box=(0.0, 0.0, 1.0, 1.0)) == []
    assert set(town.names("石门", box=(120.14, 30.0, -170.0, 30.1))) == {"大石门村", "北石门山"}
    here = east(2100)
    metres = [each.metres for each in town.find("新村", near=(here.x, here.y))]
    assert metres == sorted(metres)
    assert 50 < metres[0] < 150
    assert town.find("新村", near=(east(4000).x, CENTRE.y))[0].unit == EAST


def test_a_kind_or_a_unit_alone_lists_its_places(town: Town) -> None:
    assert set(town.names(category="NAT")) == {"北石门山", "绿水湖"}
    listed = town.find(unit=EAST)
    assert {each.unit for each in listed} == {EAST}
    assert {each.match.how for each in listed} == {"listed"}
    assert set(town.names(box=(120.14, 30.0, 120.2, 30.1))) >= {"大石门村", "龙泉路"}


@pytest.mark.parametrize("typed", ["样哨所", "样岗楼", "哨所", "yss", "yangshaosuo", "石门库", "样哨"])
def test_the_public_never_finds_what_is_internal(town: Town, typed: str) -> None:
    assert not {"样哨所", "石门库"} & set(town.names(typed, limit=100))
    assert {"样哨所", "石门库"} & set(town.names(typed, limit=100, public=False))


def test_the_public_never_lists_what_is_internal(town: Town) -> None:
    for asked in ({"category": "FAC"}, {"unit": WEST}, {"box": (119.0, 29.0, 121.0, 31.0)}):
        assert not {"样哨所", "石门库"} & set(town.names(limit=100, **asked))
        assert {"样哨所", "石门库"} <= set(town.names(limit=100, public=False, **asked))


def test_a_colleague_finds_what_is_internal_in_their_own_areas_alone(town: Town) -> None:
    for asked in ({"typed": "样哨所"}, {"typed": "石门库"}, {"category": "FAC"}, {"unit": "330901"}):
        assert not {"样哨所", "石门库"} & set(town.names(limit=100, public=False, areas=(EAST,), **asked))
    assert "样哨所" in town.names("样岗楼", public=False, areas=(EAST, WEST))
    everywhere = town.names(unit="330901", limit=100, public=False)
    open_ones = town.names(unit="330901", limit=100)
    assert set(town.names(unit="330901", limit=100, public=False, areas=(WEST,))) == set(everywhere)
    assert set(town.names(unit="330901", limit=100, public=False, areas=(EAST,))) == set(open_ones)


def test_a_code_finds_its_place_and_its_beginning_those_that_begin_so(town: Town) -> None:
    street = town.find("石门街")[0]
    wide = "".join(chr(ord(each) + 0xFEE0) for each in street.code)
    for typed in (street.code, f" {street.code[:9]} {street.code[9:14]} {street.code[14:]}", wide):
        assert [(each.name, each.match.how) for each in town.find(typed)] == [("石门街", "code")]
    assert [each.match.how for each in town.find(street.code, quick=True)] == ["code"]
    begins = street.code[:9]
    assert {each.code[:9] for each in town.find(begins, limit=100) if each.match.how == "code"} == {begins}
    assert len(town.find(begins, limit=100)) > 5
    assert town.find(begins[:8]) == []
    assert town.find(street.code, unit=EAST) == []
    assert town.find(street.code, on=date(1900, 1, 1)) == []


def test_the_code_finds_a_renamed_place_and_no_internal_one(town: Town) -> None:
    renamed = town.find("石桥街")[0]
    found = town.find(renamed.code)
    assert [(each.name, each.id) for each in found] == [("望江街", renamed.id)]
    assert town.names(renamed.code, on=date(2022, 1, 1)) == ["石桥街"]
    hidden = town.find("样哨所", public=False)[0]
    assert town.find(hidden.code) == town.find(hidden.code, public=False, areas=(EAST,)) == []
    assert town.names(hidden.code, public=False) == ["样哨所"]


def test_what_becomes_internal_is_hidden_with_its_past_and_what_becomes_public_is_not(database: Database) -> None:
    with database.writing() as tx:
        county = settle(tx)
        closed = county.has("样营房", "FAC", valid_to=RENAMED)
        opened = county.has("样油库", "FAC", valid_to=RENAMED, disclosure="internal")
        soon = county.has("样雷达站", "FAC", valid_to=SOON, disclosure="internal")
        follow(tx, closed, "样禁区", "internal", RENAMED)
        follow(tx, opened, "样公园", "public", RENAMED)
        follow(tx, soon, "样瞭望台", "public", SOON)
    found = Town(database)
    assert found.names("样营房") == found.names("样禁区") == found.names("样油库") == []
    assert found.names("样公园") == ["样公园"]
    assert found.names("样雷达站") == found.names("样瞭望台") == []
    assert found.names("样营房", public=False) == ["样禁区"]
    assert found.names("样油库", on=date(2021, 1, 1)) == []


def test_signs_of_patterns_stand_for_themselves(town: Town) -> None:
    assert town.names("A_B") == ["A_B小区"]
    assert town.names("%") == ["百分100%广场"]
    assert town.names("100%") == ["百分100%广场"]
    assert town.names("_") == ["A_B小区"]
    assert town.names("a")[0] == "A_B小区"
    assert town.names("𠮷") == ["𠮷祥里"]


ODD = ["\\", "'", '"', "';--", "😀", "👨‍👩‍👧", "()", "。", "\u202e石", "\ufeff", "石" * 100, "x" * 100, "É", "ſ", "İ"]


@pytest.mark.parametrize("typed", ODD)
def test_odd_text_is_answered(town: Town, typed: str) -> None:
    assert isinstance(town.find(typed), list)


@pytest.mark.parametrize("typed", ["石" * 101, "x" * 10_000, "石\0门", "\ud800"])
def test_text_that_no_name_can_be_is_refused(town: Town, typed: str) -> None:
    with pytest.raises(BadInput):
        town.find(typed)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_text_is_answered(town: Town, typed: str) -> None:
    for quick in (False, True):
        assert isinstance(town.find(typed, quick=quick, on=date(2022, 1, 1)), list)


def test_help_while_typing_is_a_short_list_of_what_begins_so(town: Town) -> None:
    assert [each.match.text for each in town.find("石门", quick=True, limit=3)][:2] == ["石门街村", "石门街"]
    assert town.find("口门街", quick=True) == []


def test_a_place_is_found_once_by_its_best_name(town: Town) -> None:
    found = town.find("石")
    assert len({each.id for each in found}) == len(found)
    assert [each.match.text for each in found if each.name == "石门街"] == ["石门街"]


def test_the_database_makes_strata_as_the_search_asks_for_them(town: Town) -> None:
    a = APPELLATIONS.c
    with town.database.reading() as look:
        rows = look.execute(select(a.stratum, a.kind, a.until, a.historical, a.category, a.key)).all()
    for row in rows:
        past = row.until is not None or row.historical or row.kind == "former"
        era = 2 if past else 0 if row.kind == "standard" else 1
        assert row.stratum == stratum(era, row.category, len(row.key)), row
    assert {row.stratum for row in rows} <= set(strata(1))
    assert len(rows) > 20


def test_strata_go_from_the_best_to_the_last() -> None:
    every = strata(1)
    assert every == list(range(3 * len(CATEGORIES) * LONGEST))
    assert strata(5, 5, ["ROD"]) == [stratum(era, "ROD", 5) for era in range(3)]
    assert strata(40) == strata(16, 16)
    assert stratum(0, None, 3) == stratum(0, "OTH", 3)
    assert stratum(0, "ADM", 99) == stratum(0, "ADM", 16)


def test_the_public_reader_may_read_and_nothing_else(town: Town) -> None:
    with town.database.reading() as look:
        assert look.scalar(text("SELECT has_table_privilege('jiezhi_reader', 'jiezhi.appellation', 'SELECT')"))
        assert not look.scalar(text("SELECT has_table_privilege('jiezhi_reader', 'jiezhi.appellation', 'INSERT')"))


def test_boxes_and_distances_tell_the_public_no_more_than_what_is_shown(town: Town) -> None:
    """Shown with one decimal, the road is as far from everywhere as the point that is shown."""
    found = town.find("先锋路", decimals=1)[0]
    assert (found.lon, found.lat) in {(120.0, 30.0), (120.1, 30.1), (120.0, 30.1), (120.1, 30.0)}
    assert found.lon is not None
    assert found.lat is not None
    here = (found.lon, found.lat)
    assert town.find("先锋路", decimals=1, near=here)[0].metres == pytest.approx(0, abs=0.01)
    around = (here[0] - 0.001, here[1] - 0.001, here[0] + 0.001, here[1] + 0.001)
    assert town.names("先锋路", decimals=1, box=around) == ["先锋路"]
    assert "先锋路" not in town.names("先锋路", decimals=1, box=(120.049, 30.049, 120.051, 30.051))
    assert "先锋路" in town.names("先锋路", public=False, box=(120.049, 30.049, 120.051, 30.051))


SLIPS = [("石门街", "石们街"), ("石门街", "门石街"), ("石门街", "石街"), ("ab", "ba"), ("", "石")]
NO_SLIPS = [("石门街", "石门街"), ("石门街", "街门石"), ("石门街", "石门大道"), ("石门街", "门街石")]


@pytest.mark.parametrize(("one", "other"), SLIPS + NO_SLIPS)
def test_one_slip_is_one_character(one: str, other: str) -> None:
    assert is_one_slip(one, other) is is_one_slip(other, one) is ((one, other) in SLIPS)


@given(st.text("石门街路", min_size=2, max_size=8), st.data())
def test_slips_meet_whatever_the_one_mistake(name: str, data: st.DataObject) -> None:
    """A name and what was typed have a slip in common, by the same reckoning as the index."""
    at = data.draw(st.integers(0, len(name) - 1))
    dropped, wrong, added = name[:at] + name[at + 1 :], name[:at] + "口" + name[at + 1 :], name[:at] + "口" + name[at:]
    typed = data.draw(st.sampled_from([dropped, wrong, added]))
    indexed = {name, *(name[:each] + name[each + 1 :] for each in range(len(name)))}
    slips = read(typed).slips
    if len(typed) > 2 or (len(typed) == 2 and len(name) == 3):
        assert indexed & set(slips)


def test_the_indexes_are_those_that_the_search_asks_for(town: Town) -> None:
    """Read off the plan: with seqscans forbidden nothing else is left but an index that does not fit."""
    with town.database.reading() as look:
        look.execute(text("SET LOCAL enable_seqscan = off"))
        used = set()
        for typed in ("石门", "shimen", "smj"):
            used |= plans(look, Search(typed))
    assert {"ix_appellation_by_key", "ix_appellation_by_end", "ix_appellation_by_sound", "ix_appellation_by_initials",
            "ix_appellation_inside", "ix_appellation_slips"} <= used  # fmt: skip


def plans(look: Connection, wanted: Search) -> set[str]:
    """The indexes of the appellations that a search goes by."""
    before = counts(look)
    search(look, wanted)
    return {name for name, number in counts(look).items() if number > before[name]}


def counts(look: Connection) -> dict[str, int]:
    rows = look.execute(text("SELECT indexrelname, pg_stat_get_xact_numscans(indexrelid) AS n FROM pg_stat_user_indexes"
                             " WHERE relname = 'appellation'"))  # fmt: skip
    return {row.indexrelname: row.n for row in rows}
