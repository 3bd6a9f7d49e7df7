"""Shapes as programs leave them in a register of points: lines among them, nothing at all, heights."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from gis.files import Answers
from gis.intake.checking import Examination, examine
from gis.intake.recognition import Choices
from gis.intake.rules import Severity
from gis.settings import Settings

POINT, HIGH = shapely.Point(110.3, 30.7), shapely.Point(110.3002, 30.7, 12.5)
LINE, AREA = shapely.LineString([(110.3, 30.7), (110.301, 30.7)]), shapely.Point(110.3, 30.7).buffer(1e-4)


def sent(path: Path, shapes: list[shapely.Geometry | None]) -> Path:
    """Addresses with these shapes, as a GeoPackage."""
    count = len(shapes)
    titles = {"地址代码": [f"D{at}" for at in range(count)], "所在政区代码": ["990101001"] * count,
              "街路巷": ["样路"] * count, "门牌号": [f"{at + 1}号" for at in range(count)]}  # fmt: skip
    gpd.GeoDataFrame(titles, geometry=shapes, crs=4490).to_file(path, layer="addresses")
    return path


def looked_at(path: Path) -> Examination:
    return examine([path], Answers(), Choices(), Settings())


@pytest.mark.filterwarnings("ignore")
def test_what_is_no_point_is_told_with_its_row(tmp_path: Path) -> None:
    seen = looked_at(sent(tmp_path / "addresses.gpkg", [POINT, LINE, shapely.Point(), HIGH, None, AREA]))
    told = [(each.source_row, each.severity, each.message.zh) for each in seen.findings if each.rule == "F01"]
    assert told == [
        (2, Severity.ERROR, "这一行的图形是线,不是点"),
        (6, Severity.ERROR, "这一行的图形是面,不是点"),
    ]
    assert seen.passed.rows == {"addresses": 6}
    assert {each.source_row for each in seen.findings if each.rule == "AD11"} >= {3, 5}
    assert all(each.source_row != 4 for each in seen.findings)
