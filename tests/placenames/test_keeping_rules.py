"""Names that are changed: protected ones stay, and a change has its reason."""

from __future__ import annotations

from typing import Any

from gis.intake.rules import Severity
from tests.naming import CENTRE, WEST, LittleCounty
from tests.placenames.test_name_rules import county_codes


def protected(county: LittleCounty, **more: Any) -> tuple[Any, str]:
    """A village on the list of protected names: its id and its code."""
    place = county.has("古镇村", "VIL", protected="县级", **more)
    code: str = county.tx.execute(county_codes()).scalars().one()
    return place, code


def test_pn16_breaks(little_county: LittleCounty):
    place, code = protected(little_county)
    (found,) = little_county.sent("PN16", little_county.row("新村", "VIL", WEST, CENTRE) | {"code": code})
    assert found.severity is Severity.ERROR
    assert "古镇村" in found.message.zh
    for asked in ({"action": "rename", "place": place}, {"action": "delete", "code": code}):
        verdict = little_county.typed("新村", **asked).verdict("PN16")
        assert verdict
        assert [each.severity for each in verdict.findings] == [Severity.ERROR]


def test_pn16_passes(little_county: LittleCounty):
    place, code = protected(little_county)
    assert not little_county.sent("PN16", little_county.row("古镇村", "VIL", WEST, CENTRE) | {"code": code})
    for action in ("rename", "delete"):
        verdict = little_county.typed(
            "新村", place=place, action=action, protection_plan="样政〔2026〕3号"
        ).verdict("PN16")
        assert verdict
        assert verdict.mark == "✓"
    assert little_county.typed("新村").verdict("PN16") is None


def test_pn16_a_whole_list_must_not_leave_protected_names_out(little_county: LittleCounty):
    protected(little_county)
    rows = [little_county.row("新村", "VIL", WEST, CENTRE)]
    (found,) = little_county.sent("PN16", *rows, whole=True)
    assert "古镇村" in found.message.zh
    assert not little_county.sent("PN16", *rows)


def test_pn17_breaks(little_county: LittleCounty):
    place, code = protected(little_county)
    (found,) = little_county.sent("PN17", little_county.row("新村", "VIL", WEST, CENTRE) | {"code": code})
    assert found.severity is Severity.ERROR
    verdict = little_county.typed("新村", place=place, action="rename", rename_reason=" ").verdict("PN17")
    assert verdict
    assert verdict.mark == "✕"


def test_pn17_passes(little_county: LittleCounty):
    place, code = protected(little_county, document="样政〔1999〕1号")
    row = little_county.row("新村", "VIL", WEST, CENTRE) | {"code": code}
    assert not little_county.sent("PN17", row | {"document": "样政〔2026〕9号"})
    assert little_county.sent("PN17", row | {"document": "样政〔1999〕1号"})
    verdict = little_county.typed("新村", place=place, action="rename", rename_reason="construction").verdict(
        "PN17"
    )
    assert verdict
    assert verdict.mark == "✓"
