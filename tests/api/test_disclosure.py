"""What the public may learn: rounded shapes, public fields, by a role that can neither write nor look behind the counter."""

from __future__ import annotations

import json
import random
from contextlib import contextmanager
from datetime import date

import psycopg
import pytest
import shapely
from fastapi.testclient import TestClient
from shapely.geometry import Point
from sqlalchemy import func, insert, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from boundaries.lines import LINES
from boundaries.markers import MARKERS
from gis import events, system_keys
from gis.db import Database, Role
from gis.errors import NotAllowed
from gis.history import in_force
from gis.registers import REGISTERS
from gis.system_keys import Terms
from tests.conftest import Office, is_problem
from tests.sites_made import OTHER_TOWN, TOWN, has_cemetery

TODAY = date.today()
PLAN = {
    "plan": "sample", "title": {"zh": "样例计划", "en": "Sample plan"}, "scope": "990101", "milestone": "agreed",
    "starts": "2026-01-01",
    "goals": [{
        "goal": "l", "title": {"zh": "界线", "en": "Lines"}, "metric": "lines", "period": "2026", "target": 15,
        "due": "2026-12-31",
    }],
}  # fmt: skip


@pytest.fixture
def public(reading_office):
    return reading_office.client()


@pytest.fixture
def colleague(reading_office):
    return reading_office.client("surveyor")


def shapes(client, name: str, **asked) -> dict[str, shapely.Geometry]:
    page = client.get(f"/collections/{name}/items", params={"limit": 10000, **asked}).json()
    return {
        each["id"]: shapely.from_geojson(json.dumps(each["geometry"]))
        for each in page["features"]
        if each["geometry"]
    }


def stored(office: Office, name: str) -> dict[str, shapely.Geometry]:
    t = REGISTERS[name].table
    statement = select(t.c.id, func.ST_AsBinary(t.c.geom)).where(in_force(t, TODAY), t.c.geom.is_not(None))
    with office.database.reading() as look:
        return {str(each): shapely.from_wkb(bytes(wkb)) for each, wkb in look.execute(statement)}


@pytest.mark.parametrize("name", ["units", "lines", "tri_junctions", "markers"])
def test_colleagues_get_every_double_as_it_is_and_the_public_gets_it_rounded(
    reading_office, public, colleague, name
):
    exact, shown, seen = stored(reading_office, name), shapes(colleague, name), shapes(public, name)
    assert set(exact) == set(shown) == set(seen)
    for each, shape in exact.items():
        assert shapely.equals_identical(shown[each], shape)
        whole, rounded = shapely.get_coordinates(shape), shapely.get_coordinates(seen[each])
        assert (rounded == whole.round(4)).all()
    assert any(
        (shapely.get_coordinates(exact[each]) != shapely.get_coordinates(seen[each])).any() for each in exact
    )


def test_the_smallest_numbers_come_back_too(office):
    chance = random.Random(7)
    drawn = [
        (chance.uniform(-180, 180) * 10 ** -chance.randint(0, 12), chance.uniform(-90, 90))
        for _ in range(300)
    ]
    with office.database.writing() as tx:
        for number, (lon, lat) in enumerate(drawn):
            point = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4490)
            row = {"code": f"{number:03}", "number": "1", "line": "x", "valid_from": TODAY, "geom": point}
            tx.execute(MARKERS.table.insert().values(**row))
    page = office.client("surveyor").get("/collections/markers/items", params={"limit": 1000}).json()
    assert [tuple(each["geometry"]["coordinates"]) for each in page["features"]] == drawn


def test_asking_with_boxes_tells_the_public_no_more_than_looking(reading_office, public, colleague):
    seen, exact = shapes(public, "tri_junctions"), stored(reading_office, "tri_junctions")
    for each, point in list(exact.items())[:8]:
        for shift in (-4e-5, -1e-6, 1e-6, 4e-5):
            edge = point.x + shift
            for box in (f"{edge},30,111,31", f"110,30,{edge},31"):
                west, _, east, _ = (float(part) for part in box.split(","))
                assert (each in shapes(public, "tri_junctions", bbox=box)) == (west <= seen[each].x <= east)
                assert (each in shapes(colleague, "tri_junctions", bbox=box)) == (west <= point.x <= east)


def test_a_box_around_what_was_shown_finds_it(public):
    for name in ("tri_junctions", "lines", "units"):
        for each, shape in list(shapes(public, name).items())[:5]:
            box = ",".join(map(str, shape.bounds))
            assert each in shapes(public, name, bbox=box)
            lon, lat = shapely.get_coordinates(shape)[0]
            assert each in shapes(public, name, bbox=f"{lon},{lat},{lon},{lat}")


def test_what_is_smaller_than_the_grid_is_found_too(office):
    with office.database.writing() as tx:
        line = {"geom": "SRID=4490;LINESTRING(110.00001 30.00001, 110.00002 30.00003)", "valid_from": TODAY}
        tx.execute(LINES.table.insert().values(code="short", name="短线", **line))
    assert len(shapes(office.client(), "lines", bbox="110,30,110,30")) == 1
    assert shapes(office.client(), "lines", bbox="110.00001,30,110.1,30.1") == {}


def town_at(client, lon: float, lat: float) -> set[str]:
    units = client.get("/units/at", params={"lon": repr(lon), "lat": repr(lat)}).json()["units"]
    return {each["code"] for each in units if each["level"] == "township"}


def test_asking_for_units_tells_the_public_no_more_than_looking(reading_office, public, colleague):
    """Two points 2 m apart on either side of a line: colleagues are told two towns, the public one answer for both."""
    told_apart = 0
    for line in list(stored(reading_office, "lines").values())[:25]:
        at = line.interpolate(0.5, normalized=True)
        near = [(at.x - 1e-5, at.y), (at.x + 1e-5, at.y)]
        told_apart += town_at(colleague, *near[0]) != town_at(colleague, *near[1])
        for lon, lat in near:
            assert town_at(public, lon, lat) == town_at(colleague, round(lon, 4), round(lat, 4))
    assert told_apart > 10


def test_the_public_is_told_which_point_was_answered(public, colleague):
    asked = {"lon": "110.300012345", "lat": "30.700098765"}
    for client, expected in ((public, (110.3, 30.7001)), (colleague, (110.300012345, 30.700098765))):
        answer = client.get("/units/at", params=asked).json()
        assert (answer["lon"], answer["lat"]) == expected


def test_internal_fields_are_nowhere_to_be_read(public, colleague):
    one = colleague.get("/collections/markers/items", params={"limit": 1}).json()["features"][0]["properties"]
    secret = {name: one[name] for name in ("elevation_m", "place", "text")}
    assert all(secret.values())
    base = f"/collections/markers/items/{one['id']}"
    for path in ("/collections/markers/items", base, base + "/versions", base + "?f=html",
                 "/collections/markers/items?f=html",
                 f"/collections/markers/map?fid={one['id']}", "/openapi"):  # fmt: skip
        said = public.get(path).text
        assert "elevation_m" not in said, path
        assert one["text"] not in said, path
    version = colleague.get(base + "/versions").json()["versions"][0]
    assert version["submission"] == 2
    version = public.get(base + "/versions").json()["versions"][0]
    assert "submission" not in version
    assert version["document"] == "样政函〔2026〕2号"


def test_seats_are_as_coarse_as_shapes(public, colleague):
    town = "/collections/units/items/990101001"
    exact, shown = colleague.get(town).json()["properties"], public.get(town).json()["properties"]
    for name in ("seat_lon", "seat_lat"):
        assert shown[name] == round(exact[name], 4) != exact[name]
        assert public.get(town + "/versions").json()["versions"][0][name] == shown[name]


def test_a_deployment_may_show_more_or_less(reading_office):
    from dataclasses import replace

    for decimals in (0, 2, 6):
        office = Office(reading_office.database, replace(reading_office.settings, public_decimals=decimals))
        exact, shown = stored(reading_office, "tri_junctions"), shapes(office.client(), "tri_junctions")
        for each, point in exact.items():
            assert (shown[each].x, shown[each].y) == (round(point.x, decimals), round(point.y, decimals))


@contextmanager
def recording_door_closed(database: Database):
    """Whoever reads for the public has no business at the recording door."""

    def closed():
        raise NotAllowed("不", "the recording door was used")

    database.writing = closed
    try:
        yield
    finally:
        del database.writing


def test_the_public_is_served_by_the_reading_role_alone(county_office):
    assert county_office.client("administrator").post("/plans", json=PLAN).status_code == 201
    with recording_door_closed(county_office.database):
        county_office.database.engine(Role.WRITER).dispose()
        for path in ("/", "/conformance", "/openapi", "/collections", "/collections/lines", "/collections/lines/items",
                     "/collections/units/items/990101001", "/collections/units/items/990101001/versions",
                     "/collections/units/map", "/units/at?lon=110.3&lat=30.7", "/progress", "/progress/sample",
                     "/progress/sample?f=geojson", "/progress/sample/map", "/rules", "/health/ready"):  # fmt: skip
            for kind in ("application/json", "text/html"):
                answer = county_office.client().get(path, headers={"Accept": kind})
                assert answer.status_code in (200, 303), (path, answer.text)


def test_progress_shows_the_public_rounded_shapes(county_office):
    county_office.client("administrator").post("/plans", json=PLAN)
    for name, fine in ((None, True), ("surveyor", False)):
        page = county_office.client(name).get("/progress/sample?f=geojson").json()
        assert page["features"]
        points = shapely.get_coordinates(
            shapely.from_geojson(json.dumps({"type": "FeatureCollection", "features": page["features"]}))
        )
        assert (points == points.round(4)).all() == fine


FORBIDDEN = [
    "SELECT * FROM jiezhi.person", "SELECT password_hash FROM jiezhi.person", "SELECT * FROM jiezhi.sign_in",
    "SELECT token_hash FROM jiezhi.sign_in", "SELECT * FROM jiezhi.sign_in_failure", "SELECT * FROM jiezhi.role_grant",
    "SELECT geom FROM jiezhi.staged_lines", "SELECT * FROM jiezhi.staged_lines",
    "SELECT geom FROM jiezhi.staged_tri_junctions",
    "SELECT * FROM jiezhi.staged_markers", "SELECT person FROM jiezhi.event", "SELECT * FROM jiezhi.event",
    "SELECT * FROM jiezhi.submission", "SELECT * FROM jiezhi.finding", "SELECT * FROM jiezhi.change",
    "SELECT * FROM jiezhi.procrastinate_jobs",
    "INSERT INTO jiezhi.lines (code, name, valid_from) VALUES ('x', 'x', '2026-01-01')",
    "UPDATE jiezhi.lines SET superseded_at = now()", "DELETE FROM jiezhi.lines", "TRUNCATE jiezhi.lines",
    "INSERT INTO jiezhi.event (subject, verb) VALUES ('x', 'x')", "CREATE TABLE jiezhi.mine (a int)",
    "CREATE TABLE public.mine (a int)", "DROP TABLE jiezhi.lines", "SELECT pg_read_file('/etc/hostname')",
    "COPY (SELECT 1) TO PROGRAM 'true'",
]  # fmt: skip


@pytest.mark.parametrize("writable", [False, True])
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_reading_role_can_neither_write_nor_look_behind_the_counter(reading_office, statement, writable):
    """Not even when it talks its connection out of being read-only."""
    with reading_office.database.engine(Role.READER).connect() as look:
        if writable:
            look.execute(text("SET TRANSACTION READ WRITE"))
        with pytest.raises((ProgrammingError, DBAPIError)) as refused:
            look.execute(text(statement))
        assert refused.value.orig.sqlstate in ("42501", "25006" if not writable else "42501")
        look.rollback()


def test_a_question_that_takes_too_long_is_cut_off(county_office, server):
    database = Database(county_office.database.url, read_timeout_s=0.3)
    office = Office(database, county_office.settings)
    try:
        assert office.client().get("/collections/lines/items").status_code == 200
        with psycopg.connect(server.conninfo(database.url.split("/")[3].split("?")[0])) as other:
            other.execute("LOCK jiezhi.lines IN ACCESS EXCLUSIVE MODE")
            for path in (
                "/collections/lines/items",
                "/collections/lines/items/x",
                "/collections/lines/items/x/versions",
            ):
                answer = office.client().get(path)
                assert is_problem(answer, 503)
                assert "too long" in answer.json()["message"]["en"]
            other.rollback()
        assert office.client().get("/collections/lines/items").status_code == 200
    finally:
        database.close()


def test_ready_says_no_when_the_database_is_gone_and_live_does_not_care(county_office, server):
    client = county_office.client()
    assert client.get("/health/ready").json()["status"] == "ok"
    name = county_office.database.url.split("/")[3].split("?")[0]
    with psycopg.connect(server.conninfo("postgres"), autocommit=True) as other:
        other.execute(psycopg.sql.SQL("DROP DATABASE {} WITH (FORCE)").format(psycopg.sql.Identifier(name)))
    for path in (
        "/health/ready",
        "/collections",
        "/collections/lines/items",
        "/units/at?lon=1&lat=1",
        "/progress",
    ):
        assert is_problem(client.get(path), 503), path
    assert client.get("/health/live").json() == {"status": "ok"}


@pytest.mark.parametrize(("found", "says"), [("0001", "migrate"), ("9999", "newer")])
def test_ready_says_no_when_the_schema_is_another_one(office, found, says):
    with office.database.engine(Role.OWNER).begin() as tx:
        tx.execute(text("UPDATE jiezhi.alembic_version SET version_num = :found"), {"found": found})
    answer = office.client().get("/health/ready")
    assert is_problem(answer, 503)
    assert says in answer.json()["message"]["en"]
    assert office.client().get("/health/live").status_code == 200


def test_figures_count_answers_by_kind_of_address(office):
    client = office.client()
    for path in (
        "/collections/lines/items",
        "/collections/units/items",
        "/collections/lines/items?limit=x",
        "/nowhere",
    ):
        client.get(path)
    said = client.get("/metrics")
    assert said.headers["content-type"].startswith("text/plain; version=0.0.4")
    items = 'jiezhi_requests_total{method="GET",route="/collections/{collection}/items",status='
    assert items + '"200"} 2' in said.text
    assert items + '"400"} 1' in said.text
    assert 'route="other",status="404"} 1' in said.text
    assert "/nowhere" not in said.text


def test_the_reading_role_learns_nothing_of_people_and_cases_from_what_happened(office: Office) -> None:
    with office.database.writing() as tx:
        events.record(tx, "case/1", "attach", None, name="样某的身份证.pdf")
        events.record(tx, "submission/1", "check", None, state="ready")
    with office.database.reading() as look:
        assert set(look.scalars(select(events.EVENTS.c.subject))) == {"submission/1"}


def test_another_system_reads_what_the_public_does_but_exactly_where_it_is(county_office):
    with county_office.database.writing() as tx:
        _, key = system_keys.add(tx, "tax", Terms(("990101001",)))
    colleague, system = county_office.client("surveyor"), county_office.client()
    system.headers["X-API-Key"] = key
    assert colleague.get("/collections/graves/items").status_code == 200
    assert is_problem(system.get("/collections/graves/items"), 404)
    with county_office.database.writing() as tx:
        site = {"code": "S1", "name": "样站", "type": "canteen", "unit": "990101001", "property_right": "国有",
                "geom": "SRID=4490;POINT(110.12345678 30.12345678)", "valid_from": TODAY}  # fmt: skip
        tx.execute(insert(REGISTERS["facilities"].table).values(**site))
    shown, exact = (
        client.get("/collections/facilities/items").json()["features"][0] for client in (system, colleague)
    )
    assert shown["geometry"] == exact["geometry"] != county_office.client().get(
        "/collections/facilities/items"
    ).json()["features"][0]["geometry"]
    assert exact["properties"]["property_right"] == "国有"
    assert "property_right" not in shown["properties"]
    assert "国有" not in system.get("/collections/facilities/export?f=csv").text


def test_internal_fields_are_shown_in_ones_own_area_alone(county_office):
    with county_office.database.writing() as tx:
        for code, unit in (("HERE", TOWN), ("THERE", OTHER_TOWN)):
            has_cemetery(tx, code, Point(110.3, 30.7), unit=unit, plots_sold=7)
    county_office.has("clerk", "staff", area=TOWN)
    clerk, county = county_office.client("clerk"), county_office.client("surveyor")
    assert sold(county) == {"HERE": 7, "THERE": 7}
    assert sold(clerk) == {"HERE": 7}
    assert "plots_sold" not in clerk.get("/collections/cemeteries/items/THERE").json()["properties"]
    assert clerk.get("/collections/cemeteries/items/HERE").json()["properties"]["plots_sold"] == 7
    page = {code: clerk.get(f"/collections/cemeteries/items/{code}", headers={"Accept": "text/html"}).text
            for code in ("HERE", "THERE")}  # fmt: skip
    assert "已售墓穴数" in page["HERE"]
    assert "已售墓穴数" not in page["THERE"]


def sold(client: TestClient) -> dict[str, int]:
    """How many plots each cemetery has given out, as far as somebody is told."""
    found = (each["properties"] for each in client.get("/collections/cemeteries/items").json()["features"])
    return {each["code"]: each["plots_sold"] for each in found if "plots_sold" in each}


def test_graves_outside_cemeteries_are_read_in_ones_own_area_alone(county_office):
    with county_office.database.writing() as tx:
        for code, unit in (("HERE", TOWN), ("THERE", OTHER_TOWN)):
            row = {"code": code, "category": "hardened", "unit": unit, "found_on": TODAY, "valid_from": TODAY}
            tx.execute(insert(REGISTERS["graves"].table).values(**row, geom="SRID=4490;POINT(110.3 30.7)"))
    county_office.has("clerk", "staff", area=TOWN)
    clerk = county_office.client("clerk")
    listed = clerk.get("/collections/graves/items").json()
    assert [each["properties"]["code"] for each in listed["features"]] == ["HERE"]
    assert listed["numberMatched"] == 1
    assert is_problem(clerk.get("/collections/graves/items/THERE"), 404)
    assert clerk.get("/collections/graves/items/THERE", headers={"Accept": "text/html"}).status_code == 404
    assert "THERE" not in clerk.get("/collections/graves/export?f=csv").text
    heaps = clerk.get("/collections/graves/heaps?bbox=110,30,111,31&zoom=9").json()["heaps"]
    assert [each["number"] for each in heaps] == [1]
    assert len(county_office.client("surveyor").get("/collections/graves/items").json()["features"]) == 2
    span = clerk.get("/collections/graves/items?datetime=2020-01-01/..").json()
    assert [each["properties"]["code"] for each in span["features"]] == ["HERE"]
