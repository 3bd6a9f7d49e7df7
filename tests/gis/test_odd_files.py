"""Real odd files: each gets the class that a person gave it."""

import json
from pathlib import Path

import pytest

from gis.files import Answers, read
from tests.gis.sent import SETTINGS

FILES = Path(__file__).parents[3] / "shared/data/boundaries/odd-files"
NOT_LOOKED_INTO = {
    "mapnik/shp/points/poi.zip": "the same poi.shp, loose, is to be warned of for its heights",
    "shapefile-js/test/data/mixedcase.zip": "its row 7 is an invalid polygon",
}
"""Archives expected to be accepted because nobody looked inside; we do, and warn."""


@pytest.mark.skipif(not FILES.exists(), reason="the odd files of ../shared are not here")
def test_all_odd_files_get_their_class() -> None:
    wrong = []
    expected = json.loads((FILES / "EXPECTED.json").read_text(encoding="utf-8"))
    for each in expected:
        path = FILES / each["file"]
        result = read(next(path.glob("*.shp")) if path.is_dir() else path, Answers(), SETTINGS)
        wanted = "accept_with_warning" if each["file"] in NOT_LOOKED_INTO else each["expected"]
        if result.verdict != wanted:
            wrong.append((each["file"], wanted, result.verdict, result.reason))
    assert len(expected) == 105
    assert wrong == []
