"""Names that are changed: protected ones stay, and a change has its reason."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import insert, select

from gis.intake.rules import Severity
from placenames.names import NAMES
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


DAY = date(2026, 9, 1)
"""After the day on which the little county is looked at."""


def test_pn19_breaks(little_county: LittleCounty):
    place = little_county.has("样渡村", "VIL", valid_to=DAY)
    code: str = little_county.tx.execute(county_codes()).scalars().one()
    for action in ("rename", "delete"):
        verdict = little_county.typed("新渡村", place=place, code=code, action=action).verdict("PN19")
        assert verdict
        (found,) = verdict.findings
        assert (found.severity, found.message.zh) == (
            Severity.ERROR, "“样渡村”已公告自 2026-09-01 起销名,不能再更名或销名",
        )  # fmt: skip
    (found,) = little_county.sent("PN19", little_county.row("样渡村", "VIL", WEST, CENTRE) | {"code": code})
    assert "会取消该销名" in found.message.zh


def test_pn19_passes(little_county: LittleCounty):
    place = little_county.has("样渡村", "VIL")
    code: str = little_county.tx.execute(county_codes()).scalars().one()
    for action in ("rename", "delete"):
        verdict = little_county.typed("新渡村", place=place, code=code, action=action).verdict("PN19")
        assert verdict
        assert verdict.mark == "✓"
    assert little_county.typed("新渡村").verdict("PN19") is None
    assert not little_county.sent("PN19", little_county.row("样渡村", "VIL", WEST, CENTRE) | {"code": code})


def test_pn19_a_later_name_stands_in_the_way_and_a_later_version_of_the_same_name_is_renamed_along(
    little_county: LittleCounty,
):
    n = NAMES.table
    place = little_county.has("样渡村", "VIL", valid_to=DAY)
    one = select(*(c for c in n.c if c.name not in ("version", "recorded_at", "superseded_at"))).where(n.c.id == place)
    row = dict(little_county.tx.execute(one).mappings().one()) | {"valid_from": DAY, "valid_to": None}
    for name, marks in (("样渡村", {"rename": "✓", "delete": "✕"}), ("望渡村", {"rename": "✕", "delete": "✕"})):
        with little_county.tx.begin_nested() as tried:
            little_county.tx.execute(insert(n).values(**row | {"name": name, "geom": None}))
            for action, mark in marks.items():
                verdict = little_county.typed("新渡村", place=place, code=row["code"], action=action).verdict("PN19")
                assert verdict
                assert verdict.mark == mark, (name, action)
            tried.rollback()
