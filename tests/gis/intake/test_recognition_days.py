"""Days as people write them in lists."""

from __future__ import annotations

from datetime import date

import geopandas as gpd
import pandas as pd
import pytest

from gis.intake import recognition
from gis.registers import Field
from gis.text import Text

WHEN = Field("named_on", Text("命名时间", "Named on"), date)


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ("2026-05-01", date(2026, 5, 1)),
        ("2026/5/1", date(2026, 5, 1)),
        ("2026.5.1", date(2026, 5, 1)),
        ("20260501", date(2026, 5, 1)),
        ("2026年5月1日", date(2026, 5, 1)),
        ("1987", date(1987, 1, 1)),
        ("1987年", date(1987, 1, 1)),
        (1987.0, date(1987, 1, 1)),
        (pd.Timestamp("2026-05-01"), date(2026, 5, 1)),
        ("2026-02-30", None),
        ("五月", None),
        ("", None),
    ],
)
def test_a_day_is_read_however_it_is_written(sent: object, stored: date | None) -> None:
    frame = gpd.GeoDataFrame({"MMSJ": [sent]}, geometry=[None])
    assert recognition._values(frame, "MMSJ", WHEN) == [stored]
