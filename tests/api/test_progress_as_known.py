"""Progress as it was known: what was recorded later changes neither the figures, nor the map, nor the plan."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from api.county import survey
from api.county_files import write_survey
from api.county_story import pilot_line
from tests.api.test_history_reads import published, this_moment
from tests.conftest import is_problem, office_of_its_own

SINCE, LATER = "2026-03-01", "2026-06-01"
FAR = "2099-01-01"
"""A day after everything that happens here, surveys under way included."""


def plan(target: int) -> dict:
    goals = [
        {"goal": name, "metric": name, "target": target, "due": "2026-12-31", "period": "2026",
         "title": {"zh": name, "en": name}}
        for name in ("lines", "km", "tri_junctions", "towns")
    ]  # fmt: skip
    title = {"zh": "计划", "en": "plan"}
    return {"plan": "p", "title": title, "scope": "990101", "milestone": "agreed", "starts": "2026-01-01",
            "goals": goals}  # fmt: skip


@pytest.fixture(scope="module")
def told(server, county_template, county, tmp_path_factory):
    """The pilot line step by step, and a moment after every step; at last the plan asks for more, the line is corrected."""
    code, folder = pilot_line(county), tmp_path_factory.mktemp("known")
    with office_of_its_own(server, county_template, folder) as office:
        moments = {"before": this_moment(office)}

        def mark(step: str) -> None:
            moments[step] = this_moment(office)

        assert office.client("administrator").post("/plans", json=plan(10)).status_code == 201
        mark("planned")
        sent = write_survey(survey(county, [code], "agreed"), folder / "sent.gpkg", "geopackage")
        number = office.send("surveyor", sent)
        mark("submitted")
        assert office.decide("reviewer", number, "return", reason="再核").status_code == 200
        mark("returned")
        files = [("files", (sent.name, sent.read_bytes()))]
        again = office.client("surveyor").post(f"/submissions/{number}/deliveries", files=files)
        assert again.status_code == 202, again.text
        office.work()
        assert office.decide("reviewer", number, "accept").status_code == 200
        mark("accepted")
        decision = {"document": "样政函〔2026〕7号", "effective": SINCE}
        assert office.decide("approver", number, "publish", **decision).status_code == 200
        mark("agreed")
        assert office.client("administrator").post("/plans", json=plan(25)).status_code == 201
        published(office, county, folder, code, LATER, "doc-2", move=2e-6)
        mark("now")
        yield SimpleNamespace(code=code, office=office, moments=moments)


def asked(told, **when) -> dict:
    answer = told.office.client().get("/progress/p", params=when)
    assert answer.status_code == 200, answer.text
    return answer.json()


def item(told, **when) -> dict:
    (found,) = [
        each
        for each in asked(told, **when)["items"]
        if (each["metric"], each["code"]) == ("lines", told.code)
    ]
    return found


@pytest.mark.parametrize("step", ["planned", "submitted", "returned", "accepted", "agreed"])
def test_a_line_is_as_far_as_was_known_then(told, step):
    known = told.moments[step]
    found = item(told, known=known)
    assert found["milestone"] == step
    assert (found["reached"] == SINCE) is (step == "agreed")
    said = asked(told, known=known)
    goals = {goal["metric"]: goal for goal in said["goals"]}
    assert goals["lines"]["done"] == (1 if step == "agreed" else 0)
    assert (goals["km"]["done"] > 0) is (step == "agreed")
    assert goals["towns"]["done"] == 0
    assert said["known"] == known


def test_the_plan_of_then_counts(told):
    targets = {
        step: asked(told, known=told.moments[step])["goals"][0]["target"]
        for step in ("planned", "agreed", "now")
    }
    assert targets == {"planned": 10, "agreed": 10, "now": 25}
    now = asked(told)
    assert now["goals"][0]["target"] == 25
    assert "known" not in now
    assert {**now, "known": told.moments["now"]} == asked(told, known=told.moments["now"])
    early = told.office.client().get("/progress/p", params={"known": told.moments["before"]})
    assert is_problem(early, 404)
    assert "那时没有计划" in early.json()["detail"]


def test_the_day_and_the_moment_are_two_questions(told):
    """On 28 February the line was no agreed one, whatever is known; on any later day it was not known to be one before."""
    known = told.moments["agreed"]
    assert item(told, on="2026-02-28", known=known)["milestone"] == "planned"
    assert item(told, on=LATER, known=known)["milestone"] == "agreed"
    assert item(told, on=LATER, known=told.moments["planned"])["milestone"] == "planned"
    assert item(told, on=LATER)["reached"] == SINCE, "a correction does not move the day it was reached"


def test_shapes_map_and_page_are_of_the_same_moment(told):
    client, then = told.office.client("surveyor"), told.moments["agreed"]

    def shape(**when) -> dict:
        found = client.get("/progress/p", params={"f": "geojson", "on": FAR, **when}).json()["features"]
        return next(each for each in found if each["properties"]["code"] == told.code)

    assert shape(known=told.moments["submitted"])["properties"]["milestone"] == "submitted"
    assert shape(known=then)["geometry"] != shape()["geometry"]
    maps = [
        client.get("/progress/p/map", params={"on": FAR, **when}).text
        for when in ({"known": told.moments["planned"]}, {"known": then}, {})
    ]
    assert ["已定界 0" in each for each in maps] == [True, False, False]
    page = client.get("/progress/p", params={"known": then}, headers={"accept": "text/html"}).text
    assert f"按 {then} 时的记录" in page
    assert f'name="known" value="{then}"' in page
    (address,) = {each for each in page.split('"') if each.startswith("/progress/p/map?") and "#" not in each}
    assert client.get(address.replace("&amp;", "&")).status_code == 200
    assert "known=" in address


@pytest.mark.parametrize("known", ["soon", "2026-13-01", "0001-01-01T00:00:00+99:00"])
def test_what_is_no_moment_is_refused(told, known):
    for path in ("/progress/p", "/progress/p/map"):
        assert is_problem(told.office.client().get(path, params={"known": known}), 400)


def test_other_words_are_refused_by_the_map_too(told):
    assert is_problem(told.office.client().get("/progress/p/map", params={"knwon": "2026-01-01"}), 400)
