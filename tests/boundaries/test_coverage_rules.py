"""The whole county: a map that breaks the rule and one that passes."""

import boundaries.coverage_rules  # noqa: F401 - enters the rules
from gis.intake.rules import Severity, check
from tests.drawing import COUNTY, county, draw, findings, place, says

SEATS = "单位\n甲: t西500北500\n乙: t东500北500\n丙: t南500\n"


def test_g10_breaks():
    (found,) = findings("G10", county("L2 乙|丙: t-c\n", "", also=SEATS))
    assert found.severity is Severity.ERROR
    assert says(found, "乙镇", "丙镇")
    assert found.geometry.geom_type == "Polygon"
    assert found.geometry.contains(place("t东500", COUNTY))


def test_g10_passes():
    assert not findings("G10", county(also=SEATS))


def test_g10_breaks_where_a_seat_lies_on_foreign_ground():
    (found,) = findings("G10", county(also=SEATS.replace("乙: t东500北500", "乙: t东500南500")))
    assert found.register == "units"
    assert found.geometry.equals(place("t东500南500", COUNTY))
    assert says(found, "乙镇", "丙镇", "驻地")


def test_g10_passes_on_islands_exclaves_and_enclaves():
    islands = """
    图 100米
    a . . . b . i j
    . e f . . . . .
    . g h . . . . .
    c . . . d . k l
    界线
    L1 甲|外: a-c-d-b-a
    L2 乙|甲: e-g-h-f-e
    L3 甲|外: i-k-l-j-i
    三交点
    单位
    甲: a东300南200
    乙: e东50南50
    """
    assert not check(draw(islands))[0]


def test_g10_is_not_checked_without_units():
    assert "G10" in {each.rule for each in check(county())[1]}


def test_g10_notes_that_a_part_of_a_county_cannot_be_judged():
    (found,) = findings("G10", county("L4 外|乙: b-c\n", "", also=SEATS))
    assert found.severity is Severity.NOTE
    assert says(found, "县界线")
    (found,) = findings("G10", county(also=SEATS + "丁: d\n"))
    assert says(found, "没有界线提到丁镇")


def test_g10_leaves_what_other_rules_report():
    for old, new in [
        ("L1 乙|甲: b-t", "L1 乙|甲: b-t北3"),
        ("L1 乙|甲", "L1 甲|乙"),
        ("L1 乙|甲", "L1 乙|丙"),
    ]:
        assert not findings("G10", county(old, new, also=SEATS))


def test_g10_judges_sent_lines_beside_those_in_force():
    old = COUNTY.replace("L2 乙|丙: t-c\n", "").replace("界线", "生效界线").replace("三交点", "生效三交点")
    seats = "生效" + SEATS
    assert not findings("G10", draw(old + seats + "界线\nL2 乙|丙: t-c"))
    found = findings("G10", draw(old + seats + "界线\nL2 乙|丙: t-t东900北900-b东900南1500-c"))
    assert all(each.key in {"L2", "990101002", "990101003"} for each in found)


TWO_COUNTIES = COUNTY.replace("外|乙: b-c", "邻|乙: b-c role=inner").replace(
    "外|甲: a-b", "邻|甲: a-b role=inner"
)
TWO_COUNTIES = TWO_COUNTIES.replace("外|丙: c-d-a", "远|丙: c-d-a role=inner").replace("丙外: c", "丙远邻: c")


def test_g10_judges_one_county_of_several_by_its_own_ring():
    """Of the next county only the lines it shares with this one are known."""
    old = (
        TWO_COUNTIES.replace("界线", "生效界线").replace("三交点", "生效三交点")
        + "生效"
        + SEATS
        + "邻: b\n远: d\n"
    )
    again = "界线\nL2 乙|丙: t-c\n三交点\nT3 乙丙远: c\nT1 甲乙丙: t\n"
    assert not check(draw(old + again))[0]
    (found,) = findings("G10", draw(old.replace("丙: t南500", "丙: t北500") + again))
    assert says(found, "丙镇")
