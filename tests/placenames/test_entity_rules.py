"""One place, one record, one standard name."""

from __future__ import annotations

from gis.intake.rules import Severity
from tests.naming import CENTRE, EAST, EASTERN, VILLAGE, WEST, LittleCounty, east


def test_pn12_breaks(little_county: LittleCounty):
    little_county.has("中山路", "ROD", at=east(20))
    (found,) = little_county.finds("PN12", "中山路", "ROD")
    assert found.severity is Severity.ERROR
    assert "相距 20 米" in found.message.zh
    assert not little_county.finds("PN08c", "中山路", "ROD")


def test_pn12_passes(little_county: LittleCounty):
    little_county.has("中山路", "ROD", at=east(200))
    assert not little_county.finds("PN12", "中山路", "ROD")
    little_county.has("石桥村", "VIL", VILLAGE, class_code="21610")
    assert not little_county.finds("PN12", "石桥村", "VIL", VILLAGE, class_code="27610")


def test_pn12_two_names_in_one_spot_are_warned_of(little_county: LittleCounty):
    little_county.has("绿水村", "VIL", at=east(3000))
    (found,) = little_county.finds("PN12", "青山村", "VIL", at=east(3000))
    assert found.severity is Severity.WARNING
    assert "绿水村" in found.message.zh


def test_pn12_a_renamed_place_is_not_beside_itself(little_county: LittleCounty):
    place = little_county.has("绿水村", "VIL")
    verdict = little_county.typed("青山村", "VIL", place=place, action="rename").verdict("PN12")
    assert verdict
    assert not verdict.findings


def test_pn12_copies_in_one_delivery_are_named(little_county: LittleCounty):
    rows = [little_county.row("青山村", "VIL", WEST, CENTRE), little_county.row("青山村", "VIL", WEST, east(10)),
            little_county.row("青山村", "VIL", EAST, EASTERN)]  # fmt: skip
    (found,) = little_county.sent("PN12", *rows)
    assert (found.row, found.severity) == (2, Severity.ERROR)
    assert "第 1 行" in found.message.zh
