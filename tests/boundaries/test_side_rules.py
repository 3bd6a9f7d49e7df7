"""Left and right: a map that breaks the rule and one that passes."""

import boundaries.side_rules
import boundaries.tri_junction_rules  # noqa: F401 - enters the rules
from tests.drawing import COUNTY, county, draw, findings, says


def test_g14_breaks():
    wrong = county("L1 乙|甲", "L1 甲|乙")
    (found,) = findings("G14", wrong)
    assert found.key == "L1"
    assert says(found, "左侧应为 990101002", "右侧应为 990101001")
    assert not findings("G08", wrong)


def test_g14_passes():
    assert not findings("G14", county())


def test_g14_passes_where_a_line_is_drawn_the_other_way():
    assert not findings("G14", county("L1 乙|甲: b-t", "L1 甲|乙: t-b"))


def test_g14_breaks_on_the_outline():
    (found,) = findings("G14", county("L5 外|丙", "L5 丙|外"))
    assert found.key == "L5"
    assert says(found, "左侧应为 县外")


def test_g14_breaks_beside_lines_in_force():
    old = COUNTY.replace("L1 乙|甲: b-t\n", "").replace("界线", "生效界线").replace("三交点", "生效三交点")
    (found,) = findings("G14", draw(old + "界线\nL1 甲|乙: b-t"))
    assert found.key == "L1"


def test_g14_leaves_wrong_codes_to_g08():
    wrong = county("L1 乙|甲", "L1 甲|丁")
    assert findings("G08", wrong)
    assert not findings("G14", wrong)
