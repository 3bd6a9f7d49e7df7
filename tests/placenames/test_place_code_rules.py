"""What comes with a name: code, class, unit, position, disclosure."""

from __future__ import annotations

import pytest
import shapely

from gis.intake.rules import Severity
from tests.naming import CENTRE, COUNTY, EAST, EASTERN, VILLAGE, WEST, LittleCounty


@pytest.mark.parametrize(
    ("code", "weight"),
    [("33090100121610", "error"), ("3309010012161O000001", "error"), ("33090100122200000001", "error"),
     ("42010100121610000001", "warning")],
)  # fmt: skip
def test_pc01_breaks(little_county: LittleCounty, code: str, weight: str):
    (found,) = little_county.finds("PC01", "青山村", code=code)
    assert found.severity.value == weight


def test_pc01_passes(little_county: LittleCounty):
    assert not little_county.finds("PC01", "青山村", code="33090100121610000001")
    assert not little_county.finds("PC01", "青山村", unit=COUNTY, code="33090199921610000001")


def test_pc02_breaks(little_county: LittleCounty):
    (found,) = little_county.finds("PC02", "青山村", class_code="29999")
    assert found.severity is Severity.WARNING
    (found,) = little_county.finds("PC02", "青山村", "ROD", class_code="21610")
    assert "街路巷" in found.message.zh
    (found,) = little_county.finds("PC02", "青山村", "", class_code="")
    assert found.severity is Severity.ERROR


def test_pc02_passes(little_county: LittleCounty):
    assert not little_county.finds("PC02", "青山村", class_code="21610")


def test_pc03_breaks(little_county: LittleCounty):
    (found,) = little_county.finds("PC03", "青山村", unit="330901077")
    assert found.severity is Severity.ERROR
    little_county.unit(VILLAGE, "石桥村", "village")
    assert little_county.finds("PC03", "青山村", unit="330901001299") == []


def test_pc03_passes(little_county: LittleCounty):
    assert not little_county.finds("PC03", "青山村", unit=WEST)
    assert not little_county.finds("PC03", "青山村", unit=VILLAGE)


def test_pc04_breaks(little_county: LittleCounty):
    (found,) = little_county.finds("PC04", "青山村", unit=WEST, at=EASTERN)
    assert found.severity is Severity.ERROR
    assert "石桥镇" in found.message.zh
    from shapely.geometry import Point

    (found,) = little_county.finds("PC04", "青山村", unit=WEST, at=Point(120.1005, 30.05))
    assert found.severity is Severity.WARNING
    assert "48 米" in found.message.zh


def test_pc04_passes(little_county: LittleCounty):
    assert not little_county.finds("PC04", "青山村", unit=WEST, at=CENTRE)
    assert not little_county.finds("PC04", "青山村", unit=VILLAGE, at=CENTRE)
    assert not little_county.finds("PC04", "青山村", unit=EAST, at=None)


def test_pc05_breaks(little_county: LittleCounty):
    (found,) = little_county.finds("PC05", "青山村", at=None)
    assert found.severity is Severity.WARNING


def test_pc05_breaks_where_points_and_lines_are_one_shape(little_county: LittleCounty):
    mixed = shapely.from_wkt("GEOMETRYCOLLECTION (POINT (110.3 30.7), LINESTRING (110.3 30.7, 110.31 30.7))")
    (found,) = little_county.finds("PC05", "青山村", at=mixed)
    assert found.severity is Severity.ERROR


def test_pc05_passes(little_county: LittleCounty):
    assert not little_county.finds("PC05", "青山村")


def test_pc06_breaks(little_county: LittleCounty):
    (found,) = little_county.finds("PC06", "青山村", disclosure="secret")
    assert found.severity is Severity.ERROR


def test_pc06_passes(little_county: LittleCounty):
    assert not little_county.finds("PC06", "青山村", disclosure="internal")


def test_pc07_breaks(little_county: LittleCounty):
    rows = [
        little_county.row(name, "VIL", WEST, CENTRE) | {"code": "33090100121610000001"}
        for name in ("青山村", "绿水村")
    ]
    (found,) = little_county.sent("PC07", *rows)
    assert found.row == 2
    assert "第 1 行" in found.message.zh


def test_pc07_passes(little_county: LittleCounty):
    rows = [little_county.row(name, "VIL", WEST, CENTRE) for name in ("青山村", "绿水村")]
    assert not little_county.sent("PC07", *rows)
