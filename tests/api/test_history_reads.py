"""Two times over HTTP: any past day answers as it was, and what was known then stays what was known then."""

from __future__ import annotations

import json
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
import shapely
from sqlalchemy import func, select

from api.answers import stamp
from api.county import survey
from api.county_files import write_survey
from api.county_story import pilot_line
from boundaries.lines import LINES
from tests.conftest import is_problem, office_of_its_own

BEFORE, AFTER = "2026-02-28", "2026-06-01"


def this_moment(office) -> str:
    with office.database.reading() as look:
        return stamp(look.scalar(select(func.now())))


def published(office, county, folder, code: str, effective: str, document: str, move: float = 0.0) -> None:
    """One line surveyed and published by the ordinary doors; `move` shifts its inner vertices (°)."""
    sheets = survey(county, [code], "agreed")
    if move:
        line = sheets["lines"].geometry.iloc[0]
        points = shapely.get_coordinates(line)
        points[len(points) // 2] += move
        sheets["lines"].loc[sheets["lines"].index[0], "geometry"] = shapely.LineString(points)
        sheets.pop("markers")
    sent = write_survey(sheets, folder / f"{document}.gpkg", "geopackage")
    number = office.send("surveyor", sent)
    assert office.state(number, "surveyor")["state"] == "ready", office.state(number, "surveyor")["findings"]
    office.publish(number, effective, document)


@pytest.fixture(scope="module")
def story(server, county_template, county, tmp_path_factory):
    """The pilot line: custom since January, agreed from 1 March, and a correction of that recorded later still."""
    code, folder = pilot_line(county), tmp_path_factory.mktemp("story")
    with office_of_its_own(server, county_template, folder) as office:
        told = SimpleNamespace(code=code, office=office, start=this_moment(office))
        published(office, county, folder, code, "2026-03-01", "doc-1")
        told.agreed = this_moment(office)
        published(office, county, folder, code, "2026-03-01", "doc-2", move=2e-6)
        told.corrected = this_moment(office)
        yield told


def line(client, code: str, **when) -> dict:
    answer = client.get(f"/collections/lines/items/{code}", params=when)
    assert answer.status_code == 200, answer.text
    return answer.json()


def middle(feature) -> list[float]:
    points = feature["geometry"]["coordinates"]
    return points[len(points) // 2]


def test_a_day_answers_as_it_was(story):
    client = story.office.client("surveyor")
    custom, agreed = line(client, story.code, on=BEFORE), line(client, story.code, on=AFTER)
    assert (custom["properties"]["status"], agreed["properties"]["status"]) == ("working", "agreed")
    assert (custom["properties"]["valid_from"], custom["properties"]["valid_to"]) == (
        "2026-01-01",
        "2026-03-01",
    )
    assert (agreed["properties"]["valid_from"], agreed["properties"]["valid_to"]) == ("2026-03-01", None)
    assert custom["id"] == agreed["id"], "one record, two versions"
    assert custom["geometry"] != agreed["geometry"]
    for asked in ({"datetime": BEFORE}, {"datetime": BEFORE + "T12:00:00Z"}):
        assert line(client, story.code, **asked)["geometry"] == custom["geometry"]
    assert (
        client.get(f"/collections/lines/items/{story.code}", params={"on": "2025-12-31"}).status_code == 404
    )


def test_a_correction_recorded_later_does_not_change_what_was_known(story):
    client = story.office.client("surveyor")
    first = line(client, story.code, on=AFTER, known=story.agreed)
    corrected = line(client, story.code, on=AFTER)
    assert first["properties"]["status"] == corrected["properties"]["status"] == "agreed"
    moved = [new - old for new, old in zip(middle(corrected), middle(first), strict=True)]
    assert moved == pytest.approx([2e-6, 2e-6], abs=1e-9)
    assert line(client, story.code, on=AFTER, known=story.corrected)["geometry"] == corrected["geometry"]
    known_at_first = line(client, story.code, on=AFTER, known=story.start)
    assert known_at_first["properties"]["status"] == "working"
    assert known_at_first["properties"]["valid_to"] is None, "nobody knew then that it would end"


def test_nothing_was_known_before_it_was_recorded(story):
    client = story.office.client()
    for known in ("2020-01-01", "2020-01-01T00:00:00Z", "2020-01-01T00:00:00+08:00"):
        assert client.get("/collections/lines/items", params={"known": known}).json()["numberMatched"] == 0
        assert (
            client.get("/units/at", params={"lon": 110.3, "lat": 30.7, "known": known}).json()["units"] == []
        )
    tomorrow = (date.today() + timedelta(days=1)).isoformat()
    assert client.get("/collections/lines/items", params={"known": tomorrow}).json()["numberMatched"] == 30


def test_versions_tell_the_whole_story(story):
    versions = story.office.client().get(f"/collections/lines/items/{story.code}/versions").json()["versions"]
    told = [
        (
            each["valid_from"],
            each["valid_to"],
            each["status"],
            each["document"],
            each["superseded_at"] is None,
        )
        for each in versions
    ]
    assert told == [
        ("2026-01-01", None, "working", "样政函〔2026〕1号", False),
        ("2026-01-01", "2026-03-01", "working", "样政函〔2026〕1号", True),
        ("2026-03-01", None, "agreed", "doc-1", False),
        ("2026-03-01", None, "agreed", "doc-2", True),
    ]
    by_id = (
        story.office.client().get(f"/collections/lines/items/{versions[0]['id']}/versions").json()["versions"]
    )
    assert by_id == versions


def test_a_span_gives_the_newest_version_in_it(story):
    client = story.office.client("surveyor")

    def found(when: str, **more) -> dict:
        page = client.get(
            "/collections/lines/items", params={"datetime": when, "code": story.code, **more}
        ).json()
        assert page["numberMatched"] == len(page["features"])
        return page["features"][0] if page["features"] else {}

    assert found("2026-01-01/2026-02-28")["properties"]["status"] == "working"
    assert found("2026-01-01/2026-03-01")["properties"]["status"] == "agreed"
    assert found("2026-02-28/..")["geometry"] == line(client, story.code)["geometry"]
    assert found("2026-02-28/..", known=story.start)["properties"]["status"] == "working"
    assert (
        found("2026-02-28/..", known=story.agreed)["geometry"]
        == line(client, story.code, known=story.agreed)["geometry"]
    )
    assert found("../2025-12-31") == {}
    assert line(client, story.code, datetime="2026-01-01/2026-12-31")["properties"]["status"] == "agreed"


def ground(office, code: str, **when) -> shapely.Geometry:
    feature = office.client("surveyor").get(f"/collections/units/items/{code}", params=when).json()
    return shapely.from_geojson(json.dumps(feature["geometry"]))


def at(client, point, **when) -> list[str]:
    answer = client.get("/units/at", params={"lon": repr(point.x), "lat": repr(point.y), **when})
    assert answer.status_code == 200, answer.text
    return [each["code"] for each in answer.json()["units"]]


def test_ground_that_changed_hands_has_its_owner_of_the_day(story):
    """A point in the strip between the customary and the agreed line."""
    client = story.office.client("surveyor")
    about = line(client, story.code)["properties"]
    one, other = about["left"], about["right"]
    strip = ground(story.office, one, on=BEFORE).intersection(ground(story.office, other, on=AFTER))
    point = max(shapely.get_parts(strip), key=lambda part: part.area).representative_point()
    above = ["99", "9901", "990101"]
    assert at(client, point, on=BEFORE) == [*above, one]
    assert at(client, point, on=AFTER) == [*above, other]
    assert at(client, point) == [*above, other]
    assert at(client, point, on=AFTER, known=story.start) == [*above, one]
    assert at(client, point, on="2025-12-31") == [], "no ground had been described on that day"
    assert at(client, point, on=BEFORE, known=story.agreed) == [*above, one]


def test_pages_begun_before_a_publication_end_as_they_began(county_office, county, tmp_path):
    client = county_office.client("surveyor")
    before = client.get("/collections/lines/items", params={"limit": 100}).json()["features"]
    page = client.get("/collections/lines/items", params={"limit": 8}).json()
    published(county_office, county, tmp_path, pilot_line(county), "2026-03-01", "doc-1")
    seen = page["features"]
    while following := [link["href"] for link in page["links"] if link["rel"] == "next"]:
        page = client.get(following[0]).json()
        assert page["numberMatched"] == 30
        seen += page["features"]
    assert seen == before
    after = client.get("/collections/lines/items", params={"limit": 100}).json()["features"]
    assert [one["properties"]["code"] for one, two in zip(before, after, strict=True) if one != two] == [
        pilot_line(county)
    ]


class TestWhereOneStands:
    """Which units govern a point."""

    def test_inside_a_town_the_town_and_all_above_it(self, reading_office):
        answer = reading_office.client("surveyor").get("/units/at", params={"lon": 110.3, "lat": 30.7}).json()
        assert [each["level"] for each in answer["units"]] == ["province", "prefecture", "county", "township"]
        assert answer["units"][-1]["name"] == "样城街道"
        assert {"id", "code", "name", "level", "parent", "valid_from", "valid_to"} <= set(answer["units"][-1])
        assert answer["on_line"] is False
        assert answer["on"] == date.today().isoformat()
        assert "note" not in answer

    @pytest.mark.parametrize("where", [0, -1, 3, 0.31, 0.5, 0.77])
    def test_on_a_shared_line_the_units_of_both_sides_every_time(self, reading_office, where):
        """At its ends, at a vertex, and between vertices, where no double lies exactly on the line."""
        client = reading_office.client("surveyor")
        for feature in client.get("/collections/lines/items", params={"role": "inner"}).json()["features"]:
            shape = shapely.from_geojson(json.dumps(feature["geometry"]))
            on_it = (
                shape.interpolate(where, normalized=True)
                if isinstance(where, float)
                else shapely.Point(shape.coords[where])
            )
            answer = client.get("/units/at", params={"lon": repr(on_it.x), "lat": repr(on_it.y)}).json()
            towns = {each["code"] for each in answer["units"] if each["level"] == "township"}
            sides = {feature["properties"]["left"], feature["properties"]["right"]}
            assert sides <= towns
            assert len(towns) == (2 if where not in (0, -1) else len(towns))
            assert answer["on_line"] is True
            assert set(answer["note"]) == {"zh", "en"}

    def test_where_three_towns_meet_all_three(self, reading_office):
        client = reading_office.client("surveyor")
        for feature in client.get("/collections/tri_junctions/items").json()["features"]:
            lon, lat = feature["geometry"]["coordinates"]
            about = feature["properties"]
            meeting = {about["unit_a"], about["unit_b"], about["unit_c"]} - {"990102"}
            answer = client.get("/units/at", params={"lon": repr(lon), "lat": repr(lat)}).json()
            assert {each["code"] for each in answer["units"] if each["level"] == "township"} == meeting

    @pytest.mark.parametrize(("lon", "lat"), [(0, 0), (-180, -90), (180, 90), (110.3, -30.7), (109.9, 30.7)])
    def test_outside_everything_nobody(self, reading_office, lon, lat):
        answer = reading_office.client().get("/units/at", params={"lon": lon, "lat": lat})
        assert (answer.status_code, answer.json()["units"], answer.json()["on_line"]) == (200, [], False)

    @pytest.mark.parametrize(
        "asked",
        [{}, {"lon": 1}, {"lat": 1}, {"lon": "x", "lat": 1}, {"lon": "nan", "lat": 1}, {"lon": "inf", "lat": 1},
         {"lon": 180.1, "lat": 1}, {"lon": 1, "lat": 91}, {"lon": "", "lat": 1}, {"lon": "1,2", "lat": 1},
         {"lon": 1, "lat": 1, "on": "soon"}, {"lon": 1, "lat": 1, "known": "soon"}],
    )  # fmt: skip
    def test_what_is_no_point_or_day_is_refused(self, reading_office, asked):
        assert is_problem(reading_office.client().get("/units/at", params=asked), 400)

    def test_every_point_of_the_county_lies_in_exactly_one_town_or_on_a_line(self, reading_office):
        client = reading_office.client("surveyor")
        county_ground = ground(reading_office, "990101")
        west, south, east, north = county_ground.bounds
        towns = {code: ground(reading_office, code) for code in self.towns(client)}
        for step in range(60):
            x, y = west + (east - west) * (step * 0.618 % 1), south + (north - south) * (step * 0.414 % 1)
            point = shapely.Point(x, y)
            expected = sorted(code for code, shape in towns.items() if shape.contains(point))
            assert [code for code in at(client, point) if len(code) == 9] == expected

    def towns(self, client) -> list[str]:
        found = client.get("/collections/units/items", params={"level": "township"}).json()["features"]
        assert len(found) == 11
        return [each["properties"]["code"] for each in found]


def test_a_unit_s_new_ground_does_not_rewrite_its_old_one(story):
    """What the county looked like in February is the same now, before and after the publications of March."""
    client = story.office.client("surveyor")
    for code in (line(client, story.code)["properties"][side] for side in ("left", "right")):
        before = ground(story.office, code, on=BEFORE, known=story.start)
        assert shapely.equals_identical(before, ground(story.office, code, on=BEFORE))
        assert not shapely.equals_identical(before, ground(story.office, code, on=AFTER))


def test_the_database_never_forgets_a_version(story):
    with story.office.database.reading() as look:
        kept = look.scalar(
            select(func.count()).select_from(LINES.table).where(LINES.table.c.code == story.code)
        )
    assert kept == 4
