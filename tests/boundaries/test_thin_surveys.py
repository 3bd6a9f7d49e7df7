"""Surveys that lack this or that: every rule answers, none breaks down."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

import boundaries  # noqa: F401 - enters registers and rules
from boundaries.lines import LINES
from boundaries.markers import MARKERS
from boundaries.tri_junctions import TRI_JUNCTIONS
from boundaries.units import UNITS
from gis.intake.rules import RULES, Survey, check
from gis.settings import Settings
from tests.drawing import COUNTY, county, draw

ODD = [
    None,
    shapely.LineString(),
    shapely.LineString([(110, 30), (110, 30)]),
    shapely.LineString([(110, 30), (110.001, 30), (110, 30)]),
    shapely.MultiLineString([[(110, 30), (110.01, 30)], [(110.02, 30), (110.03, 30)]]),
    shapely.MultiLineString([[(110, 30), (110.01, 30)], [(110.01, 30), (110.03, 30)]]),
    shapely.LineString([(110, 30), (110.01, 30), (110.01, 30.01), (110, 30)]),
]


def sheet(register, shapes, **values):
    """A sheet as recognition makes it: every field of the register, most of them empty."""
    columns = {field.name: [None] * len(shapes) for field in register.fields}
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4490")
    for name, value in values.items():
        frame[name] = value
    return frame.assign(row=np.arange(1, len(frame) + 1), file="f.shp", layer="f")


@pytest.mark.parametrize(
    "kept", [(), ("lines",), ("tri_junctions",), ("markers",), ("units",), ("markers", "units")]
)
def test_any_sheet_may_come_alone(kept):
    whole = county(also="界桩\n001 L1: b南100\n单位\n甲: t西500北500\n")
    findings, _ = check(Survey({name: whole.sheets[name] for name in kept}, Settings()))
    assert {finding.rule for finding in findings} <= {"A01", "G05", "G07", "G10"}


@pytest.mark.parametrize("in_force", [False, True])
def test_odd_shapes_and_empty_fields_are_judged_and_break_nothing(in_force):
    lines = sheet(LINES, ODD, code=[f"L{n}" for n in range(len(ODD))], stated_km=9.9)
    points = sheet(TRI_JUNCTIONS, [None, shapely.Point(110, 30), shapely.MultiPoint([(110.01, 30)])])
    markers = sheet(
        MARKERS, [None, shapely.Point(110, 30), shapely.Point(110.01, 30)], line="L3", number=["1", "", None]
    )
    units = sheet(UNITS, [None], code="990101001")
    sheets = {"lines": lines, "tri_junctions": points, "markers": markers, "units": units}
    old = draw(COUNTY.replace("界线", "生效界线").replace("三交点", "生效三交点")).in_force
    findings, not_checked = check(Survey(sheets, Settings(), old if in_force else {}))
    assert {"G01", "G02", "A01"} <= {finding.rule for finding in findings}
    assert not not_checked
    for finding in findings:
        assert finding.message.zh
        assert finding.fix.en
        assert type(finding.row) in (int, type(None))  # numbers that JSON can carry
        assert finding.geometry is None or finding.rule == "A05" or not finding.geometry.is_empty


def test_all_fields_empty():
    shapes = [
        shapely.LineString([(110, 30), (110.01, 30)]),
        shapely.LineString([(110.01, 30), (110.01, 30.01)]),
    ]
    findings, _ = check(Survey({"lines": sheet(LINES, shapes)}, Settings()))
    assert [f.rule for f in findings if f.rule == "A01"] == ["A01"]


def test_no_rows_at_all():
    empty = {each.name: sheet(each, []) for each in (LINES, TRI_JUNCTIONS, MARKERS, UNITS)}
    assert check(Survey(empty, Settings(), empty))[0] == []


def test_every_rule_of_boundaries_is_bilingual_and_has_a_source():
    ours = [
        rule
        for rule in RULES.values()
        if rule.id[0] in "GMA" and rule.check.__module__.startswith("boundaries.")
    ]
    assert {"G01", "G02", "G03", "G04", "G05", "G06", "G07", "G08", "G10", "M02", "M03", "A01", "A03"} <= {
        rule.id for rule in ours
    }
    for rule in ours:
        assert rule.why.endswith(".")
        assert all(text.zh and text.en for text in (rule.title, rule.message, rule.fix))
        assert rule.source.citation
