"""Publishing: all or nothing wherever it is cut off, one after the other, on past and future days.

A server that is killed while it publishes: tests/api/test_serving.py.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import psycopg
import pytest
import shapely
from sqlalchemy import text

from api.county import County, survey
from api.county_files import write_survey
from api.county_story import pilot_line, working_order
from boundaries.faces import areas
from boundaries.lines import LINES
from boundaries.units import UNITS
from gis.intake import standing
from tests.conftest import COUNTY, COUNTY_SINCE, Office

DOCUMENT = "样政函〔2026〕7号"
EVERYTHING = ("lines", "tri_junctions", "markers", "units", "unit_part", "publication", "event", "submission")


def wait_for(holds: Callable[[], object], seconds: float = 120) -> None:
    pause = threading.Event()
    for _ in range(int(seconds * 20)):
        if holds():
            return
        pause.wait(0.05)
    raise AssertionError("it never came to that")


def fingerprints(office: Office) -> dict[str, Any]:
    """What stands in every table, as one number each."""
    with office.database.writing() as tx:
        return {
            table: tx.scalar(text(f"SELECT sum(hashtextextended(t::text, 0)) FROM {table} AS t"))
            for table in EVERYTHING
        }


def accepted(office: Office, file: Path) -> int:
    number = office.send("surveyor", file)
    seen = office.state(number, "surveyor")
    assert seen["state"] == "ready", [finding["message"]["en"] for finding in seen["findings"]][:5]
    assert office.decide("reviewer", number, "accept").status_code == 200
    return number


def publish(office: Office, number: int, day: str = "2026-05-01", by: str = "approver"):
    return office.decide(by, number, "publish", document=DOCUMENT, effective=day)


def agreed(county: County, folder: Path, *lines: str) -> Path:
    """The survey of some lines as neighbours agreed on them."""
    path = folder / ("-".join(lines) + ".gpkg")
    return write_survey(survey(county, lines, "agreed"), path, "geopackage")


def pair_apart(county: County) -> tuple[str, str]:
    """Two lines of the year's work that share no end."""
    lines = county.lines["agreed"].set_index("code")
    first = pilot_line(county)
    ends = {lines.loc[first, "start"], lines.loc[first, "end"]}
    second = next(
        code
        for code in working_order(county)
        if not ends & {lines.loc[code, "start"], lines.loc[code, "end"]}
    )
    return first, second


def inner_line(county: County) -> tuple[str, str, str]:
    """A line and the tri-junctions at its ends, both inside the county."""
    lines = county.lines["working"]
    outer = set(lines.loc[lines["role"] == "outer", ["start", "end"]].to_numpy().ravel())
    inside = lines[(lines["role"] == "inner") & ~lines["start"].isin(outer) & ~lines["end"].isin(outer)]
    found = inside.iloc[0]
    return str(found["code"]), str(found["start"]), str(found["end"])


def with_junction_moved(county: County, folder: Path, junction: str) -> Path:
    """The three lines of a tri-junction, which stands some thirty metres further east."""
    lines = county.lines["working"]
    codes = list(lines.loc[(lines["start"] == junction) | (lines["end"] == junction), "code"])
    sheets = dict(survey(county, codes, "working"))
    moved = sheets["lines"].copy()
    moved["geometry"] = [_end_moved(line, junction) for line in moved.itertuples()]
    moved["stated_km"] = None
    points = sheets["tri_junctions"].copy()
    here = points["code"] == junction
    points.loc[here, "geometry"] = shapely.transform(points.geometry[here].to_numpy(), _east)
    path = folder / f"moved-{junction}.gpkg"
    return write_survey({"lines": moved, "tri_junctions": points}, path, "geopackage")


def _east(coordinates):
    return np.add(coordinates, [0.0003, 0.0])


def _end_moved(line: Any, junction: str) -> shapely.LineString:
    points = shapely.get_coordinates(line.geometry)
    for at, end in ((0, line.start), (-1, line.end)):
        if end == junction:
            points[at] = _east(points[at])
    return shapely.LineString(points)


def in_force(office: Office, day: str, known: str | None = None) -> dict[str, dict[str, Any]]:
    asked = {"limit": 1000, "on": day} | ({"known": known} if known else {})
    answer = office.client("approver").get("/collections/lines/items", params=asked)
    assert answer.status_code == 200, answer.text
    return {each["properties"]["code"]: each for each in answer.json()["features"]}


def areas_are_what_the_lines_enclose(office: Office, day: date) -> None:
    """The areas in force, made once more from the lines in force and compared."""
    with office.database.writing() as tx:
        lines = standing.frame(tx, LINES, day, text("true"))
        units = standing.frame(tx, UNITS, day, UNITS.table.c.level == "township").set_index("code")
    made: gpd.GeoDataFrame = areas(lines).units.set_index("code")
    assert len(units) == 11
    for code, unit in units.iterrows():
        assert shapely.equals_exact(
            shapely.normalize(unit.geometry), shapely.normalize(made.loc[code, "geometry"])
        ), code


class Gate:
    """A table that nobody writes to until it is opened."""

    def __init__(self, office: Office, table: str) -> None:
        url = office.database.url.replace("+psycopg", "")
        self.table = table
        self.holder, self.watcher = psycopg.connect(url), psycopg.connect(url, autocommit=True)
        self.holder.execute(f"LOCK TABLE jiezhi.{table} IN SHARE MODE")

    def waiting(self) -> list[int]:
        asked = "SELECT pid FROM pg_locks WHERE relation = %s::regclass AND NOT granted"
        return [pid for (pid,) in self.watcher.execute(asked, [f"jiezhi.{self.table}"])]

    def cut_off(self) -> None:
        for pid in self.waiting():
            self.watcher.execute("SELECT pg_terminate_backend(%s, 10000)", [pid])

    def close(self) -> None:
        self.holder.close()
        self.watcher.close()


@contextmanager
def gate(office: Office, table: str) -> Iterator[Gate]:
    made = Gate(office, table)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def waiting(county_office: Office, county: County, tmp_path: Path) -> int:
    """A surveyed line that has been accepted."""
    return accepted(county_office, agreed(county, tmp_path, pilot_line(county)))


def others_in_the_database(office: Office, doing: str) -> int:
    """How many connections are at something; asked as superuser, who sees what others do."""
    asked = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend' AND "
    )
    with psycopg.connect(office.database.url.replace("+psycopg", "")) as superuser:
        return superuser.execute(asked + doing).fetchone()[0]


def test_a_connection_cut_off_anywhere_leaves_nothing(county_office, waiting):
    before = fingerprints(county_office)
    for table in ("publication", "lines", "tri_junctions", "markers", "units", "unit_part", "event"):
        with gate(county_office, table) as barred, ThreadPoolExecutor(1) as other:
            answer = other.submit(publish, county_office, waiting)
            wait_for(barred.waiting)
            barred.cut_off()
            assert answer.result().status_code == 503, table
        assert fingerprints(county_office) == before, table
    assert publish(county_office, waiting).status_code == 200
    areas_are_what_the_lines_enclose(county_office, date(2026, 5, 1))


@contextmanager
def county_held(office: Office) -> Iterator[None]:
    """Somebody else is publishing in the county."""
    with psycopg.connect(office.database.url.replace("+psycopg", "")) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(hashtextextended('jiezhi/county/' || %s, 0))", [COUNTY])
        yield


def at_once(office: Office, *deeds: Callable[[], Any]) -> list[Any]:
    """Has things done in the same moment: all of them are under way before the first can go through."""
    with ThreadPoolExecutor(len(deeds)) as crowd:
        with county_held(office):
            answers: list[Future[Any]] = [crowd.submit(deed) for deed in deeds]
            wait_for(lambda: others_in_the_database(office, "wait_event_type = 'Lock'") == len(deeds))
        return [answer.result() for answer in answers]


def test_of_two_approvers_at_once_one_wins_and_the_other_hears_who(county_office, waiting):
    county_office.has("second", "approver")
    answers = at_once(
        county_office,
        lambda: publish(county_office, waiting),
        lambda: publish(county_office, waiting, by="second"),
    )
    by_status = {
        answer.status_code: (answer, name)
        for answer, name in zip(answers, ("approver", "second"), strict=True)
    }
    assert set(by_status) == {200, 409}
    loser, winner = by_status[409][0], by_status[200][1]
    assert winner in loser.json()["message"]["en"]
    assert "published" in loser.json()["message"]["en"]
    verbs = [event["verb"] for event in county_office.state(waiting, "approver")["events"]]
    assert verbs.count("publish") == 1


def test_two_submissions_of_one_county_go_through_one_after_the_other(county_office, county, tmp_path):
    codes = pair_apart(county)
    numbers = [accepted(county_office, agreed(county, tmp_path, code)) for code in codes]
    answers = at_once(
        county_office, *[lambda number=number: publish(county_office, number) for number in numbers]
    )
    assert [answer.status_code for answer in answers] == [200, 200], [answer.text for answer in answers]
    lines = in_force(county_office, "2026-05-01")
    assert {lines[code]["properties"]["status"] for code in codes} == {"agreed"}
    areas_are_what_the_lines_enclose(county_office, date(2026, 5, 1))
    with county_office.database.reading() as tx:
        twice = tx.scalar(text(
            "SELECT count(*) FROM units AS a JOIN units AS b ON a.id = b.id AND a.version < b.version"
            " AND tstzrange(a.recorded_at, a.superseded_at) && tstzrange(b.recorded_at, b.superseded_at)"
            " AND daterange(a.valid_from, a.valid_to) && daterange(b.valid_from, b.valid_to)"
        ))  # fmt: skip
    assert twice == 0, "at some moment two versions of a unit were known for one day"


def test_a_county_that_changed_since_the_check_is_not_overwritten(county_office, county, tmp_path):
    line, start, _ = inner_line(county)
    late = accepted(county_office, agreed(county, tmp_path, line))
    moved = accepted(county_office, with_junction_moved(county, tmp_path, start))
    assert publish(county_office, moved).status_code == 200
    before = fingerprints(county_office)
    answer = publish(county_office, late)
    assert answer.status_code == 409, answer.text
    assert re.search("since the check|in force on the effective day", answer.json()["message"]["en"])
    assert fingerprints(county_office) == before


def test_what_does_not_fit_the_county_of_its_effective_day_is_refused(county_office, county, tmp_path):
    """It fits today's county, and is to take effect when another one has come into force."""
    line, start, _ = inner_line(county)
    moved = accepted(county_office, with_junction_moved(county, tmp_path, start))
    assert publish(county_office, moved, in_days(100)).status_code == 200
    late = accepted(county_office, agreed(county, tmp_path, line))
    before = fingerprints(county_office)
    answer = publish(county_office, late, in_days(200))
    assert answer.status_code == 409, answer.text
    assert "in force on the effective day" in answer.json()["message"]["en"]
    assert "G0" in answer.json()["message"]["en"]
    assert fingerprints(county_office) == before


def test_a_future_day_and_an_earlier_one_after_it_stand_side_by_side(county_office, county, tmp_path):
    first, second = pair_apart(county)
    numbers = [accepted(county_office, agreed(county, tmp_path, code)) for code in (first, second)]
    later, earlier = in_days(100), in_days(10)
    assert publish(county_office, numbers[0], later).status_code == 200
    assert publish(county_office, numbers[1], earlier).status_code == 200

    def status(day: str) -> list[str]:
        lines = in_force(county_office, day)
        return [lines[code]["properties"]["status"] for code in (first, second)]

    assert status(in_days(9)) == ["working", "working"]
    assert status(earlier) == ["working", "agreed"]
    assert status(in_days(99)) == ["working", "agreed"]
    assert status(later) == ["agreed", "agreed"]
    for day in (earlier, later):
        areas_are_what_the_lines_enclose(county_office, date.fromisoformat(day))


def test_what_would_break_a_later_day_is_refused(county_office, county, tmp_path):
    """One end of a line is to move later; whoever moves its other end before that forgets the first."""
    _, start, end = inner_line(county)
    later = accepted(county_office, with_junction_moved(county, tmp_path, start))
    assert publish(county_office, later, in_days(100)).status_code == 200
    earlier = accepted(county_office, with_junction_moved(county, tmp_path, end))
    before = fingerprints(county_office)
    answer = publish(county_office, earlier, in_days(10))
    assert answer.status_code == 409
    assert f"from {in_days(100)} on the lines do not close" in answer.json()["message"]["en"]
    assert fingerprints(county_office) == before


def in_days(number: int) -> str:
    return (date.today() + timedelta(days=number)).isoformat()


def test_a_correction_of_the_past_does_not_change_what_was_known(county_office, county, tmp_path):
    line, start, _ = inner_line(county)
    number = accepted(county_office, with_junction_moved(county, tmp_path, start))
    before = datetime.now(UTC).isoformat()
    assert publish(county_office, number, "2026-03-01").status_code == 200
    then, now = (in_force(county_office, "2026-04-01", known)[line] for known in (before, None))
    assert then["geometry"] != now["geometry"]
    assert then["geometry"] == in_force(county_office, "2026-02-28")[line]["geometry"]
    assert (
        in_force(county_office, "2026-04-01", before).keys() == in_force(county_office, "2026-04-01").keys()
    )
    areas_are_what_the_lines_enclose(county_office, date(2026, 4, 1))
    areas_are_what_the_lines_enclose(county_office, date.fromisoformat(COUNTY_SINCE))
