"""Impact: everything that mentions a name is found where the words can mean it, and nothing else."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
import shapely

from boundaries.lines import LINES
from boundaries.markers import MARKERS
from gis import history
from gis.errors import BadInput, NotFound
from gis.feature_sql import EVERYWHERE
from gis.settings import Settings
from placenames.casework import case_impact, cases, impact, renamings
from placenames.casework.mentioning import concerned
from tests.placenames.streets import (
    OTHER_COUNTY,
    OTHER_TOWN,
    TODAY,
    TOWN,
    begun,
    candidate,
    case,
    place,
    version_of,
    with_clerks,
)

LINE = history.stored(shapely.LineString([(110.29, 30.69), (110.3, 30.7)]))
POINT = history.stored(shapely.Point(110.29, 30.69))


def touched(office, identity, new, day=TODAY, **more):
    with office.database.writing() as tx:
        return impact.impact(tx, identity, new, day, **more)


def said(found, register="names"):
    return {(each.label, each.field): each.proposed for each in found.items if each.register == register}


@pytest.fixture
def street(office):
    return place(office, "石门街")


def test_the_full_name_is_replaced_wherever_it_stands(office, street):
    place(office, "石门街社区", "VIL")
    place(office, "样桥", "FAC", position="石门街与青石路交叉口以北,石门街南端")
    found = touched(office, street, "望江路")
    assert said(found) == {
        ("石门街社区", "name"): "望江路社区",
        ("样桥", "position"): "望江路与青石路交叉口以北,望江路南端",
    }
    assert found.counts == {"names": 2}
    assert {each.how for each in found.items} == {"full"}


def test_names_derived_from_the_specific_part_are_found_inside_longer_ones(office, street):
    for name in ("石门小区", "新石门花园", "北石门"):
        place(office, name, "RES")
    place(office, "门石小区", "RES")
    place(office, "样桥", "FAC", position="在石门小区旁")
    found = touched(office, street, "望江街")
    assert said(found) == {
        ("石门小区", "name"): "望江小区",
        ("新石门花园", "name"): "新望江花园",
        ("北石门", "name"): "北望江",
    }
    assert {each.how for each in found.items} == {"specific"}


def test_a_namesake_has_its_name_of_its_own(office, street):
    place(office, "石门街", "ROD")
    place(office, "石门街", "VIL")
    found = touched(office, street, "望江街")
    assert said(found) == {("石门街", "name"): "望江街"}
    (village,) = found.items
    assert village.register == "names"


def test_only_the_generic_part_changes_and_derived_names_stay(office, street):
    place(office, "石门小区", "RES")
    place(office, "石门街社区", "VIL")
    assert said(touched(office, street, "石门路")) == {("石门街社区", "name"): "石门路社区"}


def test_a_specific_part_of_one_letter_says_too_little(office):
    river = place(office, "桥街")
    place(office, "样桥镇", "ADM")
    place(office, "桥街口", "OTH")
    assert said(touched(office, river, "江街")) == {("桥街口", "name"): "江街口"}


def test_what_is_recorded_as_named_after_it_is_found_whatever_it_is_called(office, street):
    with office.database.writing() as tx:
        code = tx.execute(history.select(cases.NAMES.table.c.code)).scalar_one()
    place(office, "样广场", "OTH", named_after=code)
    (found,) = touched(office, street, "望江街").items
    assert (found.label, found.how, found.proposed) == ("样广场", "named_after", None)


def test_a_deletion_touches_all_and_proposes_nothing(office, street):
    place(office, "石门小区", "RES")
    place(office, "石门街社区", "VIL")
    found = touched(office, street, None)
    assert found.counts == {"names": 2}
    assert {each.proposed for each in found.items} == {None}


def test_the_same_words_in_another_county_mean_another_place(office, street):
    place(office, "石门小区", "RES", OTHER_TOWN)
    place(office, "石门小区", "RES", OTHER_COUNTY)
    assert touched(office, street, "望江街").counts == {"names": 1}


def test_a_natural_village_is_meant_in_its_own_town_only(office):
    village = place(office, "石门村", "VIL", class_code="22200")
    place(office, "石门小学", "FAC")
    place(office, "石门小学", "FAC", OTHER_TOWN)
    assert touched(office, village, "望江村").counts == {"names": 1}


@pytest.mark.parametrize(
    ("unit", "category", "class_code", "area"),
    [
        ("990101001", "ROD", "", "990101"),
        ("990101001201", "VIL", "27610", "990101"),
        ("990101001201", "VIL", "22200", "990101001"),
        ("990101001", "VIL", "22200", "990101001"),
        ("990101001", "ADM", "", "990101"),
        ("990101", "ADM", "", "9901"),
        ("990101", "NAT", "", "990101"),
        ("99", "ADM", "", "99"),
        ("9901", "NAT", "", "9901"),
        ("x", "ROD", "", "x"),
    ],
)
def test_where_words_can_mean_a_place(unit, category, class_code, area):
    assert renamings.area_of(unit, category, class_code, Settings()) == area


def test_what_was_in_force_on_the_day_counts(office, street):
    other = place(office, "石门小区", "RES")
    with office.database.writing() as tx:
        history.end(tx, cases.NAMES.table, [other], date(2024, 1, 1))
    assert touched(office, street, "望江街").total == 0
    assert touched(office, street, "望江街", date(2023, 12, 31)).total == 1


def test_a_superseded_version_does_not_count(office, street):
    other = place(office, "石门小区", "RES")
    with office.database.writing() as tx:
        history.rewrite(tx, cases.NAMES.table, [(other, date(2020, 1, 1), None, {"name": "样小区"})], 1)
    assert touched(office, street, "望江街").total == 0


ODD = ["100%街", "_街_", "a\\b街", "a/b街", "{{ 7*7 }}街", "<script>街", "样&街", "'; DROP TABLE x;--街"]


@pytest.mark.parametrize("odd", ODD)
def test_letters_that_mean_something_to_a_database_are_letters(office, odd):
    identity = place(office, odd)
    place(office, f"{odd}社区", "VIL")
    place(office, "100x街社区", "VIL")
    place(office, "样桥", "FAC", position=f"在{odd}旁")
    found = said(touched(office, identity, "望江街"))
    assert found == {(f"{odd}社区", "name"): "望江街社区", ("样桥", "position"): "在望江街旁"}


def test_lines_and_markers_that_mention_it_are_found_in_its_county(office, street):
    row = {"left": TOWN, "right": OTHER_TOWN, "role": "inner", "status": "agreed", "geom": LINE}
    begun(office, LINES, {**row, "code": "L1", "name": "石门街—样溪线", "start": "石门街口"})
    begun(office, LINES, {**row, "code": "L9", "name": "石门街—外线", "left": OTHER_COUNTY, "right": None})
    begun(office, MARKERS, {"code": "L1-001", "number": "001", "line": "L1", "text": "石门街北端石墩旁", "geom": POINT})
    begun(office, MARKERS, {"code": "L9-001", "number": "001", "line": "L9", "text": "石门街北端", "geom": POINT})
    found = touched(office, street, "望江街")
    assert said(found, "lines") == {("石门街—样溪线", "name"): "望江街—样溪线", ("石门街—样溪线", "start"): "望江街口"}
    assert said(found, "markers") == {("001", "text"): "望江街北端石墩旁"}
    assert found.counts == {"lines": 2, "markers": 1}


def test_every_register_that_mentions_places_says_so_with_fields_it_has():
    assert {"units", "lines", "tri_junctions", "markers", "names"} <= {each.name for each in concerned()}
    for register in concerned():
        assert all(register.field(name).type is str for name in register.mentions)


def test_a_divisions_unit_follows_and_its_lines_are_work(county_office):
    town = place(county_office, "样溪镇", "ADM", OTHER_TOWN)
    found = touched(county_office, town, "样江镇")
    assert {(each.register, each.label, each.proposed) for each in found.items if each.follows} == {
        ("units", "样溪镇", "样江镇")
    }
    lines = said(found, "lines")
    assert lines[("样城—样溪线", "name")] == "样城—样江线"
    assert found.counts["lines"] == len(lines) >= 3
    assert found.counts["tri_junctions"] >= 1
    assert not [each for each in found.items if each.register != "units" and each.follows]


def test_a_street_that_shares_a_divisions_name_does_not_take_the_unit_along(county_office):
    street = place(county_office, "样溪镇", "ROD", OTHER_TOWN)
    assert not [each for each in touched(county_office, street, "样江街").items if each.follows]


def test_the_list_is_short_and_the_count_exact(office, street):
    for number in range(30):
        place(office, f"石门{number}区", "RES")
    found = touched(office, street, "望江街", listed=10)
    assert (len(found.items), found.counts) == (10, {"names": 30})
    assert Counter(each.register for each in found.items) == {"names": 10}


def test_shapes_come_along_coarse_where_they_have_very_many_points(county_office):
    path = shapely.Point(110.29, 30.7).buffer(0.01, 1000).exterior
    town = place(county_office, "样溪镇", "ADM", OTHER_TOWN)
    place(county_office, "样溪公园", "PRK", geom=history.stored(shapely.LineString(path.coords)))
    found = touched(county_office, town, "样江镇")
    shapes = {each.label: each.geom for each in found.items}
    assert len(shapes["样溪公园"]["coordinates"]) < 1000
    assert shapes["样溪镇"]["type"] == "MultiPolygon"
    assert impact.as_geojson(found)["features"][0]["properties"]["register"] in found.counts


def test_a_place_that_has_no_name_on_the_day_is_not_found(office, street):
    with pytest.raises(NotFound):
        touched(office, street, "望江街", date(2019, 1, 1))


def test_a_case_shows_what_each_of_its_candidates_would_touch(office, street):
    with_clerks(office)
    place(office, "石门小区", "RES")
    number = case(office, about=street, candidates=[candidate("望江街"), candidate("临水街")], chosen=1)
    with office.database.writing() as tx:
        found = cases.find(tx, number)
        assert case_impact.of_case(tx, found, EVERYWHERE).after == "临水街"
        first = case_impact.of_case(tx, found, EVERYWHERE, 0)
        for wrong in (2, -1):
            with pytest.raises(BadInput):
                case_impact.of_case(tx, found, EVERYWHERE, wrong)
    assert [each.proposed for each in first.effects.items] == ["望江小区"]
    assert first.place["properties"]["before"] == "石门街"
    document = first.as_geojson()
    assert (document["before"], document["after"]) == ("石门街", "望江街")
    assert (document["total"], document["counts"]) == (1, {"names": 1})


def test_a_naming_touches_nothing_and_a_draft_without_names_still_counts(office, street):
    with_clerks(office)
    place(office, "石门小区", "RES")
    naming, empty = case(office), case(office, about=street, candidates=[], chosen=None)
    with office.database.writing() as tx:
        assert case_impact.of_case(tx, cases.find(tx, naming), EVERYWHERE).effects.total == 0
        assert case_impact.of_case(tx, cases.find(tx, empty), EVERYWHERE).effects.total == 1


def test_what_is_not_disclosed_is_counted_but_named_in_its_own_area_alone(office, street):
    place(office, "石门小区", "RES", disclosure="public")
    secret = place(office, "石门雷达站", "FAC", TOWN + "201", disclosure="internal")
    with office.database.writing() as tx:
        change = renamings.renaming(version_of(office, street), "望江街")
        everything = impact.effects(tx, change, TODAY)
        elsewhere = impact.effects(tx, change, TODAY, areas=("990101100",))
        here = impact.effects(tx, change, TODAY, areas=("990101100", TOWN))
    assert everything == here
    assert elsewhere.counts == here.counts == {"names": 2}
    assert [(each.hidden, each.label, each.proposed) for each in elsewhere.items] == [
        (False, "石门小区", "望江小区"), (True, "", None),
    ]  # fmt: skip
    said = str(impact.as_geojson(elsewhere))
    assert "雷达" not in said
    assert str(secret) not in said
    assert (elsewhere.items[1].geom, elsewhere.items[1].code, elsewhere.items[1].before) == (None, None, "")
