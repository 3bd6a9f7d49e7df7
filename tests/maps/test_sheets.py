"""Sheets: lengths on paper are lengths on the ground, and every machine without Chinese letters says so."""

from __future__ import annotations

import pytest
from pyproj import Geod
from shapely.geometry import LineString, Point

from gis.errors import Unavailable
from maps import sheets
from maps.sheet_measures import frame_around, round_length, told_length

GRS80 = Geod(ellps="GRS80")


def test_a_millimetre_is_as_many_metres_both_ways():
    frame = frame_around([LineString([(110.0, 30.0), (110.4, 30.3)])], 200, 150)
    x, y = (frame.west + frame.east) / 2, (frame.south + frame.north) / 2
    assert GRS80.line_length([frame.west, frame.east], [y, y]) == pytest.approx(200 * frame.metres_per_mm, rel=1e-3)
    assert GRS80.line_length([x, x], [frame.south, frame.north]) == pytest.approx(150 * frame.metres_per_mm, rel=1e-3)
    assert frame.west < 110.0
    assert frame.east > 110.4


def test_one_site_and_none_have_a_frame_too():
    assert frame_around([Point(110, 30)], 200, 150).metres_per_mm == pytest.approx(1000 / 150)
    assert frame_around([], 200, 150).metres_per_mm > 0


@pytest.mark.parametrize(("at_most", "length"), [(1, 1), (4.9, 2), (50, 50), (99, 50), (4300, 2000), (12000, 10000)])
def test_scale_bars_are_round(at_most, length):
    assert round_length(at_most) == length


def test_lengths_are_told_in_one_unit():
    assert [told_length(each, 500) for each in (0, 250.0, 500.0)] == ["0 m", "250 m", "500 m"]
    assert told_length(2500, 5000) == "2.5 km"


def test_a_machine_without_chinese_letters_says_what_to_install(monkeypatch):
    monkeypatch.setattr(sheets, "FONTS", ("No Such Letters",))
    sheets.letters.cache_clear()
    with pytest.raises(Unavailable, match="fonts-noto-cjk"):
        sheets.letters()
    sheets.letters.cache_clear()
