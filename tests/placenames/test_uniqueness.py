"""Where a name must be alone (Article 9)."""

from datetime import date

import pytest

from placenames.checks.uniqueness import Area, scope_of, scopes
from placenames.kinds import Category
from placenames.shipped import rows

TODAY, BEFORE = date(2026, 6, 1), date(2025, 5, 31)


@pytest.mark.parametrize(
    ("category", "level", "jurisdiction", "area", "rule"),
    [
        ("NAT", "famous", "330381", "nation", "PN07"),
        ("ADM", "county", "330381", "nation", "PN07"),
        ("ADM", "township", "420101", "province", "PN08a"),
        ("ADM", "subdistrict", "330381", "province", "PN08a"),
        ("VIL", "", "420101", "county", "PN08b"),
        ("VIL", "natural_village", "330381", "township", "PN08e"),
        ("VIL", "natural_village", "420101", "township", "PN08e"),
        ("ROD", "", "420101", "built_up", "PN08c"),
        ("RES", "", "", "built_up", "PN08d"),
    ],
)
def test_a_name_must_be_alone_somewhere(category: str, level: str, jurisdiction: str, area: str, rule: str):
    scope = scope_of(category, level, jurisdiction, TODAY)
    assert scope
    assert (scope.area, scope.rule) == (area, rule)


@pytest.mark.parametrize(
    ("category", "level", "jurisdiction"),
    [
        ("FAC", "", "330381"),
        ("OTH", "", "330381"),
        ("NAT", "", "330381"),
        ("ADM", "subdistrict", "420101"),
        ("", "", ""),
    ],
)
def test_where_no_rule_says_a_name_may_be_repeated(category: str, level: str, jurisdiction: str):
    assert scope_of(category, level, jurisdiction, TODAY) is None


def test_a_local_rule_holds_in_its_place_and_from_its_day():
    here, elsewhere = (scope_of("VIL", "natural_village", code, TODAY) for code in ("330381", "420101"))
    earlier = scope_of("VIL", "natural_village", "330381", BEFORE)
    assert here
    assert elsewhere
    assert earlier
    assert [each.binding for each in (here, elsewhere, earlier)] == [True, False, False]


def test_a_city_may_compare_another_part():
    compared = {
        code: scope.compare for code in ("330203", "330381") if (scope := scope_of("ROD", "", code, TODAY))
    }
    assert compared == {"330203": "specific", "330381": "full"}


def test_a_law_not_yet_in_force_asks_for_nothing():
    assert scope_of("ROD", "", "420101", date(2022, 4, 30)) is None


def test_every_scope_is_complete():
    assert len(scopes()) == len(list(rows("uniqueness_scopes.csv")))
    for each in scopes():
        assert each.category in set(Category)
        assert each.area.text.zh
        assert each.area in set(Area)
        assert each.source.title
        assert each.rule.startswith("PN0")
