"""What is written comes back the same."""

from pathlib import Path

import pyogrio
import pytest
import shapely

from gis.exports import write_geopackage, write_layers
from tests.gis.sent import CODES, NAMES, layer, only, reading, squares


def test_a_geopackage_holds_every_layer_and_replaces_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "out" / "findings.gpkg"
    mixed = layer([shapely.Point(112, 28), squares()[0], None])  # type: ignore[list-item]
    for _ in range(2):
        write_geopackage(path, {"界线": layer(squares()), "findings": mixed, "none": layer([])})
    assert [name for name, _ in pyogrio.list_layers(path)] == ["界线", "findings", "none"]
    assert list(pyogrio.read_dataframe(path, layer="界线")["MC"]) == NAMES
    assert [each.name for each in path.parent.iterdir()] == ["findings.gpkg"]


@pytest.mark.parametrize("suffix", [".fgb", ".shp"])
def test_a_folder_holds_a_file_for_each_layer_in_order(tmp_path: Path, suffix: str) -> None:
    write_layers(tmp_path / "out", {"lines": layer(squares())}, suffix)  # type: ignore[arg-type]
    found = only(tmp_path / "out" / f"lines{suffix}")
    assert (list(found.frame["DM"]), list(found.frame["MC"]), found.crs) == (CODES, NAMES, "EPSG:4490")


def test_a_name_ending_in_gpkg_means_one_file(tmp_path: Path) -> None:
    write_layers(tmp_path / "out.GPKG", {"lines": layer(squares())})
    assert reading(tmp_path / "out.GPKG").layers[0].name == "lines"
