"""The table of moves: every pair of state and verb, every kind of person, and what must be written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import Connection, delete, select, text, update
from sqlalchemy.exc import ProgrammingError

from api.county import County, survey
from api.county_files import write_survey
from api.county_story import pilot_line, working_order
from gis.db import Role
from gis.errors import BadInput, Conflict, NotAllowed
from gis.events import EVENTS
from gis.intake import reviews
from gis.intake.reviews import MOVES, Decision
from gis.intake.submissions import STATES, SUBMISSIONS, latest_delivery
from gis.people import Person, deeds
from tests.conftest import COUNTY, Office, office_of_its_own

BY_OTHERS = {
    ("ready", "accept"): {"reviewer"},
    ("ready", "return"): {"reviewer"},
    ("accepted", "return"): {"approver"},
    ("accepted", "publish"): {"approver"},
}
BY_SENDER = {
    (state, "withdraw") for state in ("asking", "unreadable", "blocked", "failed", "returned", "ready")
}
BY_THE_JOB = {("publishing", "complete"), ("publishing", "refuse")}
"""Nobody takes these steps, whatever their role: the job does that brings a long list into force."""
STEPS = ("accept", "return", "publish", "withdraw")
VERBS = (*STEPS, "delete", "queued", "", "complete", "refuse")
FULL = {"reason": "样", "document": "样政函〔2026〕9号", "effective": date(2026, 6, 1)}
ROLES = ("surveyor", "reviewer", "approver", "staff", "system", "administrator")


@pytest.fixture(scope="module")
def desk(server, county_template, county, tmp_path_factory) -> Iterator[tuple[Office, int]]:
    """A county in force, and two surveyed lines that wait for their review. Nothing in this module is kept."""
    folder: Path = tmp_path_factory.mktemp("desk")
    with office_of_its_own(server, county_template, folder) as office:
        sheets = survey(county, lines_apart(county)[:2], "agreed")
        number = office.send("surveyor", write_survey(sheets, folder / "pilot.gpkg", "geopackage"))
        assert office.state(number, "surveyor")["state"] == "ready"
        yield office, number


@contextmanager
def standing_at(desk: tuple[Office, int], state: str) -> Iterator[Connection]:
    """The submission in some state, for as long as we look."""
    office, number = desk
    with office.database.engine(Role.WRITER).connect() as tx:  # taken back when it closes
        tx.execute(update(SUBMISSIONS).where(SUBMISSIONS.c.id == number).values(state=state))
        yield tx


def sender(desk: tuple[Office, int], *roles: str, area: str = COUNTY) -> Person:
    office, number = desk
    with office.database.writing() as tx:
        each = tx.scalar(select(SUBMISSIONS.c.sender).where(SUBMISSIONS.c.id == number))
    return Person(each, "surveyor", "surveyor", dict.fromkeys(roles, (area,)))


def somebody(desk: tuple[Office, int], *roles: str, area: str = COUNTY) -> Person:
    """Somebody else than the sender; the number is a real person's, as events ask."""
    office, _ = desk
    with office.database.writing() as tx:
        each = tx.scalar(text("SELECT id FROM person WHERE name = 'approver'"))
    return Person(each, "somebody", "somebody", dict.fromkeys(roles, (area,)))


def reviewer_of(desk: tuple[Office, int], towns: set[str]) -> Person:
    return Person(somebody(desk).id, "local", "local", {"reviewer": tuple(towns)})


def towns_of(county: County, line: str) -> set[str]:
    found = county.lines["agreed"].set_index("code").loc[line]
    return {found.left, found.right}


def lines_apart(county: County) -> list[str]:
    """The pilot line and two more, none of which shares a town or a junction's town with another."""
    chosen: list[str] = []
    for line in (pilot_line(county), *working_order(county)):
        if all(not _around(county, line) & towns_of(county, other) for other in chosen):
            chosen.append(line)
    return chosen[:3]


def _around(county: County, line: str) -> set[str]:
    found = county.lines["agreed"].set_index("code").loc[line]
    ends = county.tri_junctions[county.tri_junctions["code"].isin([found.start, found.end])]
    return {found.left, found.right, *ends[["unit_a", "unit_b", "unit_c"]].to_numpy().ravel()}


def outcome(desk: tuple[Office, int], state: str, person: Person, /, **decision: Any) -> str | int:
    """The new state, or the status of the refusal."""
    with standing_at(desk, state) as tx:
        try:
            return reviews.decide(tx, person, desk[1], Decision(**{**FULL, **decision}))
        except (Conflict, NotAllowed, BadInput) as problem:
            return problem.status


def test_the_table_says_who_may_do_what():
    assert {pair: set(move.roles) for pair, move in MOVES.items()} == {
        **BY_OTHERS,
        **{pair: {"sender"} for pair in BY_SENDER},
        **{pair: {"worker"} for pair in BY_THE_JOB},
    }
    assert {move.to for move in MOVES.values()} | {state for state, _ in MOVES} <= set(STATES)


def test_whatever_is_not_in_the_table_is_refused(desk):
    mighty = somebody(desk, *ROLES, area="")
    own = sender(desk, *ROLES, area="")
    for state, verb in product(STATES, VERBS):
        if (state, verb) not in MOVES or (state, verb) in BY_THE_JOB:
            refusal = 409 if verb in STEPS else 400
            assert outcome(desk, state, mighty, verb=verb) == refusal, (state, verb)
            assert outcome(desk, state, own, verb=verb) == refusal, (state, verb)


def test_nobody_decides_on_their_own_submission_whatever_their_roles(desk):
    own = sender(desk, *ROLES, area="")
    for state, verb in BY_OTHERS:
        assert outcome(desk, state, own, verb=verb) == 403, (state, verb)
    for state, verb in BY_SENDER:
        assert outcome(desk, state, own, verb=verb) == "withdrawn", (state, verb)
        assert outcome(desk, state, somebody(desk, *ROLES, area=""), verb=verb) == 403, (state, verb)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pair=some.sampled_from(sorted(BY_OTHERS)),
    roles=some.sets(some.sampled_from(ROLES)),
    area=some.sampled_from(["", "99", COUNTY, COUNTY[:-1] + "9", "990202", "990101001", "990101002"]),
)
def test_only_the_role_of_the_table_in_its_area_takes_a_step(desk, pair, roles, area):
    state, verb = pair
    found = outcome(desk, state, somebody(desk, *roles, area=area), verb=verb)
    if roles & BY_OTHERS[pair] and COUNTY.startswith(area):
        assert found == MOVES[pair].to
    elif not (roles & BY_OTHERS[pair] and area.startswith(COUNTY)):
        assert found == 403


def test_a_role_for_one_township_is_not_a_role_for_the_county(desk, county):
    """Every record must lie in the area with one of its units, not just any record of the submission."""
    near, far = (towns_of(county, line) for line in lines_apart(county)[:2])
    assert outcome(desk, "ready", reviewer_of(desk, near), verb="accept") == 403
    assert outcome(desk, "ready", reviewer_of(desk, far), verb="accept") == 403
    assert outcome(desk, "ready", reviewer_of(desk, near | far), verb="accept") == "accepted"


def test_what_would_end_counts_as_touched(desk, county):
    """Whoever sends everything there is in an area lets end what is missing from it."""
    _, number = desk
    near, far, ending = lines_apart(county)
    person = reviewer_of(desk, towns_of(county, near) | towns_of(county, far))
    with standing_at(desk, "ready") as tx:
        end = text(
            "INSERT INTO change (delivery, register, kind, code, version)"
            " SELECT :delivery, 'lines', 'removed', code, version FROM lines WHERE code = :code"
        )
        tx.execute(end, {"delivery": latest_delivery(tx, number)["id"], "code": ending})
        with pytest.raises(NotAllowed, match="outside your area"):
            reviews.decide(tx, person, number, Decision("accept"))
    assert outcome(desk, "ready", person, verb="accept") == "accepted"


@pytest.mark.parametrize(
    ("state", "verb", "missing"),
    [
        ("ready", "return", "reason"),
        ("accepted", "return", "reason"),
        ("accepted", "publish", "document"),
        ("accepted", "publish", "effective"),
    ],
)
def test_what_the_law_asks_to_be_written_down_is_compulsory(desk, state, verb, missing):
    person = somebody(desk, "reviewer", "approver")
    for blank in (None,) if missing == "effective" else (None, "", "  "):
        assert outcome(desk, state, person, verb=verb, **{missing: blank}) == 400


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1949, 9, 30), date(2099, 1, 1), date(9999, 12, 31)])
def test_a_day_out_of_reach_is_bad_input(desk, day):
    assert outcome(desk, "accepted", somebody(desk, "approver"), verb="publish", effective=day) == 400


def test_a_step_on_a_page_that_is_out_of_date_is_refused(desk):
    person = somebody(desk, "reviewer")
    assert outcome(desk, "ready", person, verb="accept", state="accepted") == 409
    assert outcome(desk, "ready", person, verb="accept", state="ready") == "accepted"


def test_withdrawing_what_others_may_be_reading_needs_a_reason(desk):
    own = sender(desk, "surveyor")
    assert outcome(desk, "ready", own, verb="withdraw", reason="") == 400
    assert outcome(desk, "blocked", own, verb="withdraw", reason="") == "withdrawn"


def test_a_decision_on_an_older_delivery_is_refused(desk):
    office, number = desk
    with office.database.writing() as tx:
        latest = latest_delivery(tx, number)["id"]
    person = somebody(desk, "reviewer")
    assert outcome(desk, "ready", person, verb="accept", delivery=latest - 1) == 409
    assert outcome(desk, "ready", person, verb="accept", delivery=latest) == "accepted"


def test_every_step_is_an_event_with_all_that_was_given(desk):
    _, number = desk
    with standing_at(desk, "ready") as tx:
        person = somebody(desk, "reviewer")
        reviews.decide(tx, person, number, Decision("return", reason="界桩照片不清"))
        last = deeds(tx, f"submission/{number}")[-1]
    assert (last["verb"], last["reason"], last["person"]) == ("return", "界桩照片不清", person.id)
    assert last["detail"] == {"round": 1, "state": "returned"}
    assert last["at"].tzinfo
    assert last["system_user"]


def test_what_a_person_is_offered_is_what_they_may_do(desk):
    _, number = desk
    people = [
        somebody(desk, *roles, area=area)
        for roles in ((), *[(role,) for role in ROLES])
        for area in (COUNTY, "990202")
    ]
    for state, person in product(STATES, [*people, sender(desk, *ROLES)]):
        with standing_at(desk, state) as tx:
            row = dict(tx.execute(select(SUBMISSIONS).where(SUBMISSIONS.c.id == number)).mappings().one())
            offered = reviews.open_moves(person, row)
        for verb in VERBS:
            taken = outcome(desk, state, person, verb=verb) if verb != "publish" else None
            if taken is not None:
                assert (verb in offered) == isinstance(taken, str), (state, verb, person.roles)


@pytest.mark.parametrize("role", [Role.WRITER, Role.OWNER])
@pytest.mark.parametrize(
    "deed",
    [
        update(EVENTS).values(reason="nobody saw that"),
        delete(EVENTS),
        text("TRUNCATE event"),
        text("UPDATE publication SET document = 'another'"),
        text("DELETE FROM publication"),
    ],
)
def test_the_database_refuses_to_change_what_happened(desk, role, deed):
    office, _ = desk
    with pytest.raises(ProgrammingError) as refused, office.database.engine(role).begin() as tx:
        tx.execute(deed)
    assert refused.value.orig.sqlstate == "42501"
