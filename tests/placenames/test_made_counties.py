"""The made counties and the questions about them, by which the address lookup is measured, say the truth."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

import pytest

from tests.benchmarks.accuracy import NOWHERE, measure, shortcomings
from tests.benchmarks.made import PLATES
from tests.benchmarks.name_stock import sound
from tests.benchmarks.nonexistent_made import FIRST_NUMBER, nonexistent
from tests.benchmarks.plates_made import county
from tests.benchmarks.queries_made import queries
from tests.benchmarks.query_book import Book, Row, key_of
from tests.benchmarks.query_kinds import FORM, GROUPS, KINDS, ORDER, SLIP, TYPING, Asked
from tests.benchmarks.query_slips import one_edit_apart
from tests.benchmarks.real_county import REAL_KINDS, real_county, real_queries
from tests.conftest import SHARED, needs_shared

SEED, MANY, EACH = 5, 8000, 15
FIRST_NUMBER_ANYWHERE = re.compile("[0-9]+(?=[-0-9]*[号弄巷](?!大街|路))|[一二三四]段")
WIDE_TO_PLAIN = {code + 0xFEE0: code for code in range(0x21, 0x7F)}


@cache
def book() -> Book:
    return Book(county(SEED, MANY))


@cache
def asked() -> list[Asked]:
    return queries(book(), SEED, EACH)


@cache
def nowhere() -> list[Asked]:
    return nonexistent(book(), SEED, 40)


def rows() -> dict[str, Row]:
    return {row.code: row for row in book().rows()}


def test_a_county_has_the_asked_number_of_addresses_each_with_its_own_code_and_parts():
    plates = book().made.plates
    assert len(plates) == MANY
    assert plates["code"].is_unique
    parts = [
        name
        for name in PLATES
        if name not in ("code", "former", "plate", "status", "certified", "lon", "lat")
    ]
    assert not plates.duplicated(parts).any()
    assert len(book().plates) + len(book().insides) == MANY


def test_a_county_has_plates_on_roads_in_villages_and_flats_behind_gates():
    plates = book().made.plates
    shares = plates["plate"].value_counts(normalize=True)
    assert shares["room"] + shares["building"] == pytest.approx(0.45, abs=0.06)
    assert (
        (plates["street"] == "") & (plates["hamlet"] + plates["community"] != "")
    ).mean() == pytest.approx(0.1, abs=0.04)
    behind = [row for row in book().rows() if row.is_inside]
    gates = {row.code: row for row in book().rows() if not row.is_inside}
    assert all(gates[book().plate_of(row)].estate == row.estate for row in behind[::50])
    forms = plates["number"].str.replace("[0-9]+", "9", regex=True)
    assert {"9号", "9-9号", "9号附9号"} <= set(forms)
    assert plates["lane"].str.fullmatch("[0-9]+[弄巷]").sum() > 20


def test_sides_of_a_road_are_odd_and_even():
    """Neighbours of one parity are nearer than those of the other."""
    plates = book().made.plates
    road = (
        plates[(plates["plate"] == "large") & (plates["section"] == "")]
        .groupby(["unit", "street"])
        .filter(lambda g: len(g) > 60)
    )
    numbers = road["number"].str.removesuffix("号").astype(int)
    nearer = 0
    for _, of in road.assign(n=numbers).groupby(["unit", "street"]):
        at = of.set_index("n")[["lon", "lat"]]
        pairs = [(n, n + 1, n + 2) for n in at.index if n + 1 in at.index and n + 2 in at.index and n % 2]
        far = [
            (((at.loc[a] - at.loc[b]) ** 2).sum(), ((at.loc[a] - at.loc[c]) ** 2).sum()) for a, b, c in pairs
        ]
        nearer += sum(across > along for across, along in far) > len(far) / 2
    assert nearer > road.groupby(["unit", "street"]).ngroups / 2


def test_everything_that_bears_numbers_is_a_toponym_of_its_town():
    found = book()
    for row in list(found.rows())[::40]:
        for level in ("street", "estate"):
            assert not getattr(row, level) or found.named(row, level)
        if row.is_rural:
            assert found.named(row, "hamlet") if row.hamlet else found.named(row, "community")


def test_other_names_are_not_the_name_of_something_else_there():
    for names in book().names.values():
        said = Counter(text for name in names for text in name.all if not text.endswith("组"))
        assert said.most_common(1)[0][1] == 1


def test_a_former_number_is_nobodys_now():
    present = {
        (row.unit, f"{row.street}{row.number}") for row in book().rows() if row.street and not row.lane
    }
    former = [(row.unit, row.former) for row in book().rows() if row.former]
    assert former
    assert not present & set(former)
    assert len(former) == len(set(former))


def test_the_same_seed_makes_the_same_county_and_another_seed_another():
    same, other = county(SEED, 2000), county(SEED + 1, 2000)
    assert same.plates.equals(county(SEED, 2000).plates)
    assert len(set(same.toponyms["name"]) & set(other.toponyms["name"])) < 0.3 * len(same.toponyms)
    towns = [sum(county(seed, 300).units["level"] == "township") for seed in range(6)]
    assert len(set(towns)) > 2


def test_roads_are_called_as_real_ones_are():
    made = [county(seed, 30_000).toponyms for seed in (1, 2)]
    roads = [name for each in made for name in each.loc[each["level"] == "road", "name"]]
    assert any(name.endswith("一路") and name[:-2] + "二路" in roads for name in roads)
    assert any(name[:-1].endswith(tuple("东西南北")) for name in roads)
    assert any(one != other and one.endswith(other) for one in roads for other in roads)
    repeated = Counter(roads)
    assert sum(number > 2 for number in repeated.values()) > 5
    heard = Counter(sound(name) for name in repeated)
    assert max(heard.values()) > 1


def test_every_kind_is_asked():
    assert Counter(each.kind for each in asked()) == dict.fromkeys(KINDS, EACH)
    assert set(GROUPS.values()) == {FORM, SLIP, ORDER, TYPING}


def test_what_is_meant_is_there():
    known = rows()
    assert all(each.expected_code in known for each in asked())
    assert all(each.plate_code in known for each in asked())
    flats = [each for each in asked() if each.expected_code != each.plate_code]
    assert len(flats) > len(asked()) / 5


def test_a_noisy_question_is_not_the_plain_address():
    noisy = [each for each in asked() if each.kind not in ("written in full", "in full width")]
    assert all(each.q != each.plain for each in noisy)
    full = [each for each in asked() if each.kind == "written in full"]
    assert all(each.q == each.plain for each in full)


def test_full_width_says_the_same():
    wide = [each for each in asked() if each.kind == "in full width"]
    assert all(each.plain.endswith(each.q.translate(WIDE_TO_PLAIN)[-4:]) for each in wide)
    assert any(each.q.translate(WIDE_TO_PLAIN) != each.q for each in wide)


def test_a_slip_makes_no_other_name_of_the_town():
    known = rows()
    for each in (
        each for each in asked() if GROUPS[each.kind] == SLIP and each.kind != "a slip and another writing"
    ):
        row = known[each.expected_code]
        parts = [book().units[row.unit], row.community, row.hamlet, row.street, row.estate]
        missing = [part for part in parts if part and part not in each.q]
        assert missing, each


def test_orders_keep_every_part():
    known = rows()
    for each in (each for each in asked() if GROUPS[each.kind] == ORDER):
        row = known[each.expected_code]
        assert book().units[row.unit] in each.q
        assert row.room in each.q
        assert (
            (row.street and row.street in each.q)
            or (row.estate and row.estate in each.q)
            or row.community in each.q
        )


def test_two_thirds_of_a_road_are_typed_with_a_town_or_nearby():
    known = rows()
    for each in (each for each in asked() if GROUPS[each.kind] == TYPING):
        row = known[each.expected_code]
        assert row.street not in each.q
        assert row.street[: len(row.street) * 2 // 3] in each.q
        town = book().units[row.unit]
        assert (each.near is None) == each.q.startswith(town)
        if each.near:
            assert abs(each.near[0] - row.lon) < 0.013
            assert abs(each.near[1] - row.lat) < 0.01


def test_one_edit():
    for other in ("文二路", "文路", "文一", "一路", "文一一路", "新文一路", "一文路", "文路一"):
        assert one_edit_apart("文一路", other)
        assert one_edit_apart(other, "文一路")
    for other in ("文一路", "文二街", "路", "新文二路", "路一文", "文三四路"):
        assert not one_edit_apart("文一路", other)


def beyond(each: Asked) -> tuple[str, str]:
    """The town that a question names, and what stands behind it."""
    town = next(code for code in book().towns if book().units[code] in each.q)
    return town, each.q.partition(book().units[town])[2]


def test_a_number_beyond_the_last_is_higher_than_all_that_are_or_were_there():
    for each in (each for each in nowhere() if each.kind == "a number beyond the last"):
        town, rest = beyond(each)
        borne = [row for row in book().rows() if row.unit == town and rest.startswith(before_number(row))]
        name = max(map(before_number, borne), key=len)
        there = [row for row in borne if before_number(row) == name]
        numbers = [row.lane or row.number for row in there] + [
            row.former.removeprefix(name) for row in there if row.former
        ]
        asked_for = int(FIRST_NUMBER.search(rest.removeprefix(name)).group())  # type: ignore[union-attr]
        assert asked_for > max(int(FIRST_NUMBER.search(each).group()) for each in numbers)  # type: ignore[union-attr]


def before_number(row: Row) -> str:
    return row.street + row.section if row.street else row.community + row.hamlet


def test_a_road_that_is_not_there_is_no_slip_for_one_that_is():
    for each in (each for each in nowhere() if each.kind != "a number beyond the last"):
        town, rest = beyond(each)
        road = rest[: FIRST_NUMBER_ANYWHERE.search(rest).start()]  # type: ignore[union-attr]
        said = book().said[town]
        assert road not in said
        assert not any(one_edit_apart(road, name) or sound(road) == sound(name) for name in said)
    elsewhere = [each for each in nowhere() if each.kind == "a road of another town"]
    roads = {row.street for row in book().rows() if row.street}
    assert all(any(road in each.q for road in roads) for each in elsewhere)


@dataclass(frozen=True)
class Told:
    """An answer."""

    code: str
    match_level: str = "plate"
    label: str = "样地址"


def test_the_table_counts_what_was_answered():
    questions = [
        Asked("1", "written in full", "A", "A"),
        Asked("2", "written in full", "F", "P"),
        Asked("3", "written in full", "A", "A"),
        Asked("4", "written in full", "A", "A"),
        Asked("5", "a road that is not there", "", "", exists=False),
        Asked("6", "a road that is not there", "", "", exists=False),
    ]
    answers = [
        [Told("A")], [Told("P"), Told("F", "flat")], [Told("B"), Told("A")], [Told("A", "street")],
        [Told("S", "street"), Told("X")], [Told("S", "interpolated")],
    ]  # fmt: skip
    table = measure(questions, answers, GROUPS)
    line = table.lines["written in full"]
    assert (line.asked, line.first, line.among, line.plates, line.false_plates) == (4, 1, 3, 2, 1)
    assert len(line.misses) == 3
    assert table.share(NOWHERE, "false_plates") == 0.5
    assert "written in full" in str(table)


def test_a_lookup_that_is_always_right_passes_and_one_that_answers_nothing_does_not():
    whole = [*asked(), *nowhere()]
    right = measure(whole, [[Told(each.expected_code)] if each.exists else [] for each in whole], GROUPS)
    assert not shortcomings(right)
    assert len(shortcomings(measure(whole, [[] for _ in whole], GROUPS))) == 5
    eager = measure(whole, [[Told("X")] for _ in whole], GROUPS)
    assert any("false plates" in each for each in shortcomings(eager))


@needs_shared
def test_the_real_county_has_the_same_shape():
    made = real_county(SHARED / "addresses/doorplates-10017.csv.gz", 20_000)
    assert len(made.plates) > 19_900
    assert Counter(made.units["level"])["township"] == 5
    found = real_queries(made, SEED, 3)
    assert Counter(each.kind for each in found) == dict.fromkeys(REAL_KINDS, 3)
    assert len({key_of(row) for row in Book(made).rows()}) == len(made.plates)
