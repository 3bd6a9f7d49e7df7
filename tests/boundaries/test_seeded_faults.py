"""One fault at a time in the sample county: each is found, by its rule, and does not set off others."""

from collections import Counter
from functools import cache

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.affinity import translate

import boundaries  # noqa: F401 - enters the rules
from api.county import County, make_county, survey
from gis.intake.rules import Severity, Survey, check
from gis.settings import Settings

METRE = 1 / 111_000


@cache
def county() -> County:
    return make_county()


def sheets(generation: str = "agreed") -> dict[str, gpd.GeoDataFrame]:
    """The whole county as one survey, with its units."""
    units = gpd.GeoDataFrame(county().units.copy(), geometry=[None] * len(county().units), crs="EPSG:4490")
    return {**survey(county(), tuple(county().lines["agreed"]["code"]), generation), "units": units}


def broken(
    sent: dict[str, gpd.GeoDataFrame], in_force: dict[str, gpd.GeoDataFrame] | None = None
) -> Counter[str]:
    """How often each rule is broken; notes do not count."""
    numbered = {name: sheet.assign(row=range(1, len(sheet) + 1)) for name, sheet in sent.items()}
    findings, _ = check(Survey(numbered, Settings(), in_force or {}))
    return Counter(finding.rule for finding in findings if finding.severity is not Severity.NOTE)


def an_inner_line(lines: gpd.GeoDataFrame) -> int:
    return int(lines.index[lines["role"] == "inner"][5])


def bent(lines: gpd.GeoDataFrame, row: int, vertices: np.ndarray) -> gpd.GeoDataFrame:
    lines = lines.copy()
    lines.loc[row, "geometry"] = shapely.LineString(vertices)
    return lines


def cut_short(lines: gpd.GeoDataFrame, row: int) -> gpd.GeoDataFrame:
    xy = shapely.get_coordinates(lines.geometry[row])
    way = (xy[-2] - xy[-1]) / np.hypot(*(xy[-2] - xy[-1]))
    return bent(lines, row, np.vstack([xy[:-1], xy[-1] + way * 2.31 * METRE]))


def carried_too_far(lines: gpd.GeoDataFrame, row: int) -> gpd.GeoDataFrame:
    xy = shapely.get_coordinates(lines.geometry[row])
    way = (xy[-1] - xy[-2]) / np.hypot(*(xy[-1] - xy[-2]))
    return bent(lines, row, np.vstack([xy, xy[-1] + way * 4 * METRE]))


def run_back(lines: gpd.GeoDataFrame, row: int) -> gpd.GeoDataFrame:
    xy = shapely.get_coordinates(lines.geometry[row])
    return bent(lines, row, np.vstack([xy[:41], (xy[39] + xy[40]) / 2, xy[40:]]))


def sent_twice(lines: gpd.GeoDataFrame, row: int) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(pd.concat([lines, lines.loc[[row]].assign(code="X")], ignore_index=True))


def left_out(lines: gpd.GeoDataFrame, row: int) -> gpd.GeoDataFrame:
    return lines.drop(row).reset_index(drop=True)


def sides_exchanged(lines: gpd.GeoDataFrame, row: int) -> gpd.GeoDataFrame:
    return lines.assign(
        left=lines["left"].where(lines.index != row, lines["right"]),
        right=lines["right"].where(lines.index != row, lines["left"]),
    )


def another_unit(lines: gpd.GeoDataFrame, row: int) -> gpd.GeoDataFrame:
    others = set(lines["right"]) - {lines["left"][row], lines["right"][row], "", "990102"}
    return lines.assign(left=lines["left"].where(lines.index != row, min(others)))


def overstated(lines: gpd.GeoDataFrame, row: int) -> gpd.GeoDataFrame:
    return lines.assign(stated_km=lines["stated_km"].where(lines.index != row, lines["stated_km"] * 1.12))


FAULTS = {
    cut_short: {"G05": 1},
    carried_too_far: {"G05": 1},
    run_back: {"G01": 1},
    sent_twice: {"G03": 1},
    left_out: {"G07": 2, "G10": 1},
    sides_exchanged: {"G14": 1},
    another_unit: {"G08": 1},
    overstated: {"A03": 1},
}


def test_the_sample_county_has_no_fault():
    assert not broken(sheets("working"))
    assert not broken(sheets("agreed"))


@pytest.mark.parametrize(
    ("fault", "expected"), FAULTS.items(), ids=lambda each: getattr(each, "__name__", "")
)
def test_a_fault_of_a_line_is_found_once(fault, expected):
    sent = sheets()
    lines = fault(sent["lines"], an_inner_line(sent["lines"]))
    markers = sent["markers"][sent["markers"]["line"].isin(lines["code"])].reset_index(drop=True)
    assert broken({**sent, "lines": lines, "markers": markers}) == expected


@pytest.mark.parametrize(("fault", "expected"), [(cut_short, {"G05": 1}), (sides_exchanged, {"G14": 1})])
def test_a_fault_in_one_line_sent_is_found_beside_the_county_in_force(fault, expected):
    code = county().lines["agreed"]["code"][an_inner_line(county().lines["agreed"])]
    sent = survey(county(), (code,), "agreed")
    in_force = {**sheets("working"), "markers": sheets()["markers"].iloc[:0]}
    assert not broken(sent, in_force)
    assert broken({**sent, "lines": fault(sent["lines"], 0)}, in_force) == expected


def test_a_fault_of_a_tri_junction_is_found_once():
    sent = sheets()
    points = sent["tri_junctions"]
    missing = points.drop(3).reset_index(drop=True)
    assert broken({**sent, "tri_junctions": missing}) == {"G06": 1}
    aside = points.assign(
        geometry=[translate(p, 5 * METRE * (i == 3)) for i, p in enumerate(points.geometry)]
    )
    assert broken({**sent, "tri_junctions": aside}) == {"G06": 1, "G07": 1}
    wrong = points.assign(unit_c=points["unit_c"].where(points.index != 3, "990101999"))
    assert broken({**sent, "tri_junctions": wrong}) == {"G08": 1}


def test_a_fault_of_a_marker_is_found_once():
    sent = sheets()
    markers = sent["markers"]
    single = markers[markers["type"] == "Q"]
    code = single["line"].value_counts().index[0]
    first, second = single.index[single["line"] == code][:2]
    number = markers["number"].copy()
    number[[first, second]] = number[[second, first]].to_numpy()
    assert broken({**sent, "markers": markers.assign(number=number)}).keys() == {"M03"}
    number[first] = number[second]
    assert broken({**sent, "markers": markers.assign(number=number)})["M02"] == 1
    strayed = markers.assign(line=markers["line"].where(markers.index != first, "nowhere"))
    assert broken({**sent, "markers": strayed}) == {"M02": 1}
