"""The groups of the law, classes and codes, and who decides."""

import pytest

from gis.text import Text
from placenames.kinds import APPROVALS, Category, category_of, class_of, classes, parts_of_code
from placenames.shipped import rows


def test_the_law_has_eight_groups():
    assert [each.value for each in Category] == ["NAT", "ADM", "VIL", "PRK", "ROD", "RES", "FAC", "OTH"]
    assert Category.ROD.text == Text("街路巷", "Streets, roads and lanes")
    assert len({each.text for each in Category}) == 8


@pytest.mark.parametrize(
    ("code", "parts"),
    [
        ("33038100122100000001", ("330381", "001", "22100", "000001")),
        ("33038199913450000012", ("330381", "999", "13450", "000012")),
        ("3303810012210000001", None),  # a digit short
        ("330381001221000000011", None),
        ("33038100132100000001", None),  # no class begins with 3
        ("330381001 22100 000001", None),
        ("３３038100122100000001", None),
        ("", None),
    ],
)
def test_a_place_name_code_has_four_parts(code: str, parts: tuple[str, ...] | None):
    assert parts_of_code(code) == parts


@pytest.mark.parametrize(
    ("code", "name", "category", "verified"),
    [
        ("22100", "城镇居民点", "RES", True),
        ("22200", "农村居民点", "VIL", True),
        ("26210", "亭", "OTH", True),
        ("13450", "山", "NAT", False),
        ("23510", "城市道路街巷", "ROD", False),
        ("21200", "省级", "ADM", False),
    ],
)
def test_a_class_tells_whether_it_was_verified(code: str, name: str, category: str, verified: bool):
    found = class_of(code)
    assert found
    assert (found.name.zh, found.category, found.verified) == (name, category, verified)


@pytest.mark.parametrize("code", ["", "99999", "2210", "23100"])
def test_an_unknown_class_is_none(code: str):
    assert class_of(code) is None


@pytest.mark.parametrize(
    ("code", "category"),
    [("24230", "FAC"), ("13451", "NAT"), ("23515", "ROD"), ("21590", "ADM"), ("13999", "NAT"), ("11000", "NAT"),
     ("29999", None), ("99999", None), ("", None), ("山", None)],
)  # fmt: skip
def test_a_class_belongs_to_a_group(code: str, category: str | None):
    assert category_of(code) == category


def test_only_what_was_confirmed_or_read_counts_as_verified():
    for row in rows("class_codes.csv"):
        assert (row["verified"] == "true") == (row["certainty"] in {"confirmed", "S", "S-part"}), row
    assert {code for code, each in classes().items() if each.verified} == {
        "21610", "21620", "21770", "22100", "22200", "26210", "26220", "26230", "26240", "26290",
        "27100", "27400", "27610", "27620",
    }  # fmt: skip


def test_every_class_is_complete():
    listed = list(rows("class_codes.csv"))
    assert len(classes()) == len(listed)
    for code, each in classes().items():
        assert parts_of_code(f"330381001{code}000001"), code
        assert each.name.zh
        assert each.name.en.isascii()
        assert each.source.title
        assert each.source.grade in "ABCIR"
        assert category_of(code) == each.category


def test_every_group_has_somebody_who_decides():
    assert set(APPROVALS) == set(Category)
    tracks = {category.value: approval.track for category, approval in APPROVALS.items()}
    assert tracks == {"NAT": "draft", "ADM": "draft", "VIL": "draft", "PRK": "opinion", "ROD": "decide",
                      "RES": "opinion", "FAC": "opinion", "OTH": "decide"}  # fmt: skip


def test_the_announcement_counts_from_the_filing_where_another_department_approved():
    assert {category.value for category, each in APPROVALS.items() if each.clock == "filing"} == {
        "PRK",
        "RES",
        "FAC",
    }
    assert all(each.track == "opinion" for each in APPROVALS.values() if each.clock == "filing")


def test_what_was_not_read_in_the_law_says_so():
    assert APPROVALS[Category.ROD].grade == "A"
    assert APPROVALS[Category.OTH].grade == "I"
