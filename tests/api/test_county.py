"""The sample county follows the plan exactly, and stays one consistent county whatever is agreed first."""

import hashlib
import time
from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shapely.ops import polygonize

from api.county import COUNTY, NEIGHBOUR, TOWN_NAMES, County, make_county, survey
from boundaries.faces import areas
from boundaries.lines import LINES
from boundaries.markers import MARKERS
from boundaries.tri_junctions import TRI_JUNCTIONS
from gis.crs import lengths_m, metres

SEEDS = (2026, 1, 7)
GENERATIONS = ("working", "agreed")
FINGERPRINT = "e409c8a189fc88a2b7ab1ee3a60046b90362323cba11d4ec2b6d9fc95342bde5"


@pytest.fixture(scope="module", params=SEEDS)
def county(request: pytest.FixtureRequest) -> County:
    return make_county(request.param)


@pytest.fixture(scope="module")
def ours() -> County:
    return make_county()


def fingerprint(county: County) -> str:
    shapes = [*county.lines["agreed"].geometry, *county.lines["working"].geometry, *county.markers.geometry]
    numbers = np.round(shapely.get_coordinates(shapes) * 1e9).astype("<i8")
    return hashlib.sha256(numbers.tobytes()).hexdigest()


def test_the_numbers_are_those_of_the_plan(county: County) -> None:
    lines, points = county.lines["agreed"], county.tri_junctions
    inner = lines[lines["role"] == "inner"]
    on_the_rim = points["unit_c"] == NEIGHBOUR
    towns = county.units[county.units["level"] == "township"]
    assert (len(towns), len(inner), len(lines) - len(inner)) == (11, 25, 5)
    assert (len(points), int(on_the_rim.sum())) == (20, 5)
    assert 2 * len(inner) == 3 * 15 + 5
    assert lengths_m(inner.geometry.to_numpy()).sum() == pytest.approx(186_000, abs=100)
    assert inner["stated_km"].sum() == pytest.approx(186.0, abs=0.1)


def test_customary_lines_are_as_long_and_never_far_off(county: County) -> None:
    inner = county.lines["agreed"]["role"] == "inner"
    working, agreed = (county.lines[name][inner] for name in GENERATIONS)
    assert abs(working["length_m"].sum() - 186_000) <= 500
    assert (abs(working["length_m"] / agreed["length_m"] - 1) < 0.002).all()
    near = agreed.geometry.iloc[0]
    off = shapely.hausdorff_distance(
        metres(working.geometry.to_numpy(), near), metres(agreed.geometry.to_numpy(), near)
    )
    assert off.max() < 200
    assert off.min() > 20
    assert shapely.get_num_points(working.geometry).sum() < 0.9 * shapely.get_num_points(agreed.geometry).sum()


@pytest.mark.parametrize("generation", GENERATIONS)
def test_lines_meet_at_their_junctions_only(county: County, generation: str) -> None:
    lines = county.lines[generation].geometry.to_numpy()
    assert shapely.is_simple(lines).all()
    for one, other in combinations(lines, 2):
        if shapely.intersects(one, other):
            assert shapely.relate_pattern(one, other, "FF*F*****")


@pytest.mark.parametrize("generation", GENERATIONS)
def test_lines_end_exactly_on_the_junctions_they_name(county: County, generation: str) -> None:
    places = county.tri_junctions.set_index("code").geometry
    lines = county.lines[generation]
    assert (shapely.get_point(lines.geometry, 0) == places[lines["start"]].to_numpy()).all()
    assert (shapely.get_point(lines.geometry, -1) == places[lines["end"]].to_numpy()).all()
    assert (pd.concat([lines["start"], lines["end"]]).value_counts() == 3).all()


def test_a_tri_junction_names_the_units_of_its_lines(county: County) -> None:
    lines = county.lines["agreed"]
    for point in county.tri_junctions.itertuples():
        meeting = lines[(lines["start"] == point.code) | (lines["end"] == point.code)]
        named = sorted([*meeting["left"], *meeting["right"]])
        assert named == sorted([point.unit_a, point.unit_b, point.unit_c] * 2)


@pytest.mark.parametrize("generation", GENERATIONS)
def test_every_town_is_one_face_round_its_seat(county: County, generation: str) -> None:
    made = areas(county.lines[generation])
    assert list(made.units["code"]) == list(TOWN_NAMES)
    assert made.disagreements.empty
    assert made.unclaimed.empty
    assert (made.units["faces"] == 1).all()
    towns = county.units[county.units["level"] == "township"].set_index("code").loc[made.units["code"]]
    seats = shapely.points(towns["seat_lon"], towns["seat_lat"])
    within = shapely.contains(made.units.geometry.to_numpy()[:, None], seats)
    assert (within == np.eye(11, dtype=bool)).all()
    near = shapely.Point(110.3, 30.7)
    rings = metres(shapely.boundary(made.units.geometry.to_numpy()), near)
    assert shapely.distance(rings, metres(seats, near)).min() > 1_000
    assert shapely.union_all(made.units.geometry.to_numpy()).geom_type == "Polygon"


def test_any_lines_may_be_agreed_first(county: County) -> None:
    working, agreed = (county.lines[name].geometry.to_numpy() for name in GENERATIONS)
    draw = np.random.default_rng(5)
    for share in np.linspace(0.05, 0.95, 12):
        mixed = np.where(draw.random(len(agreed)) < share, agreed, working)
        assert len(list(polygonize(mixed))) == 11
        one, other = np.triu_indices(len(mixed), 1)
        close = shapely.intersects(mixed[one], mixed[other])
        assert shapely.relate_pattern(mixed[one[close]], mixed[other[close]], "FF*F*****").all()


def test_the_county_line_and_the_junctions_do_not_move(county: County) -> None:
    working, agreed = (county.lines[name] for name in GENERATIONS)
    outer = agreed["role"] == "outer"
    assert working[outer].geometry.geom_equals(agreed[outer].geometry).all()
    assert set(working[outer]["status"]) == {"agreed"}, "the county line was fixed long ago"


def test_lines_wind_like_real_ones(county: County) -> None:
    lines = county.lines["agreed"]
    inner = lines[lines["role"] == "inner"]
    chords = shapely.linestrings(
        np.stack([shapely.get_coordinates(shapely.get_point(inner.geometry, end)) for end in (0, -1)], axis=1)
    )
    winding = inner["length_m"] / lengths_m(chords)
    assert shapely.get_num_points(inner.geometry).min() >= 100
    assert winding.min() > 1.03
    assert winding.median() > 1.15


def test_lines_run_from_west_to_east_or_from_north_to_south(county: County) -> None:
    for line in county.lines["agreed"].geometry:
        (west, north), (east, south) = line.coords[0], line.coords[-1]
        assert west < east or north > south


def test_codes_and_names_follow_the_rules(county: County) -> None:
    lines = county.lines["agreed"]
    inner = lines[lines["role"] == "inner"]
    pairs = [sorted(pair) for pair in zip(inner["left"], inner["right"], strict=True)]
    assert list(inner["code"]) == ["".join(pair) for pair in pairs]
    assert inner["code"].str.fullmatch(r"\d{18}").all()
    assert lines["code"].is_unique
    assert county.tri_junctions["code"].is_unique
    assert county.units["parent"].dropna().isin(county.units["code"]).all()
    every_name = [*county.units["name"], *lines["name"], *county.tri_junctions["name"]]
    assert all("样" in name for name in every_name), "a sample says so in every name"


def test_columns_are_those_of_the_registers(county: County) -> None:
    sheets = (
        (LINES, county.lines["agreed"]),
        (TRI_JUNCTIONS, county.tri_junctions),
        (MARKERS, county.markers),
    )
    for register, sheet in sheets:
        sent, fields = set(sheet.columns) - {"geometry"}, {each.name for each in register.fields}
        assert sent <= fields
        assert {each.name for each in register.fields if each.keeps} <= sent
        assert sheet.crs.to_epsg() == 4490
        for each in register.fields:
            if each.choices:
                assert set(sheet[each.name]) <= set(each.choices) | set(each.choices.values())


def test_markers_are_numbered_along_their_lines(county: County) -> None:
    shapes = county.lines["agreed"].set_index("code").geometry
    for code, stones in county.markers.groupby("line"):
        along = shapely.line_locate_point(shapes[code], stones.geometry.to_numpy())
        first = ~stones["number"].duplicated().to_numpy()
        assert list(stones["number"][first]) == [f"{n:03}" for n in range(1, first.sum() + 1)]
        assert (np.diff(along[first]) > 0).all()
    assert set(county.markers["line"]) == set(shapes.index[shapes.index.str.len() == 18])
    assert county.markers["code"].is_unique


def test_markers_stand_a_fair_walk_apart(county: County) -> None:
    for code, stones in county.markers[county.markers["type"] != "B"].groupby("line"):
        line = county.lines["agreed"].set_index("code").geometry[code]
        on_the_line = metres(np.array([line, *stones.geometry], dtype=object), line)
        along = shapely.line_locate_point(on_the_line[0], on_the_line[1:])
        gaps = np.diff(np.concatenate([[0], along, [on_the_line[0].length]]))
        assert gaps[1:-1].min(initial=9_999) > 700
        assert gaps.max() < 2_600
        assert gaps.min() > 300


def test_single_markers_stand_on_the_line_and_double_ones_on_either_bank(county: County) -> None:
    towns = areas(county.lines["agreed"]).units.set_index("code").geometry
    lines = county.lines["agreed"].set_index("code").geometry
    single = county.markers[county.markers["type"] == "Q"]
    assert (shapely.distance(single.geometry.to_numpy(), lines[single["line"]].to_numpy()) < 1e-9).all()
    pairs = county.markers[county.markers["type"] != "Q"]
    assert (pairs.groupby(["line", "number"])["type"].agg("".join) == "AB").all()
    assert len(pairs) >= 10
    for stone in pairs.itertuples():
        side = stone.line[:9] if stone.type == "A" else stone.line[9:]
        assert towns[side].contains(stone.geometry)


def test_a_survey_brings_what_belongs_to_its_lines(ours: County) -> None:
    code = ours.lines["agreed"]["code"].iloc[0]
    sheets = survey(ours, [code], "agreed")
    assert {name: len(sheet) for name, sheet in sheets.items() if name != "markers"} == {
        "lines": 1,
        "tri_junctions": 2,
    }
    assert set(sheets["tri_junctions"]["status"]) == {"agreed"}
    assert set(sheets["markers"]["line"]) == {code}
    assert set(survey(ours, [code], "working")) == {"lines", "tri_junctions"}


def test_the_county_is_the_same_on_every_machine_and_in_every_run(ours: County) -> None:
    assert fingerprint(make_county()) == fingerprint(ours)
    assert fingerprint(ours) == FINGERPRINT
    assert fingerprint(make_county(1)) != FINGERPRINT


def test_the_county_is_made_in_three_seconds() -> None:
    started = time.process_time()
    make_county()
    assert time.process_time() - started < 3.0


def test_units_are_frames_that_the_list_of_units_takes(ours: County) -> None:
    county = ours.units.set_index("code").loc[COUNTY]
    assert (county["name"], county["level"], county["parent"]) == ("样例县", "county", "9901")
    assert county["seat_lon"] == ours.units.set_index("code").loc["990101001", "seat_lon"]
    assert isinstance(ours.lines["agreed"], gpd.GeoDataFrame)
