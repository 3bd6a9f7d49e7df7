"""The table of moves of a case: every pair of state and verb, every kind of person, and what must be written down."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, text, update

from gis import events
from gis.db import Role
from gis.errors import BadInput, Conflict, NotAllowed
from gis.people import Person
from placenames.casework import case_moves, cases
from placenames.casework.case_decisions import Decision
from placenames.casework.case_moves import MOVES, VERBS
from placenames.casework.cases import CASES, STATES, TRACKS
from tests.conftest import COUNTY, Office, office_of_its_own
from tests.placenames.case_desk import (
    FIRST,
    RENAME,
    TODAY,
    lead,
    opened,
    somebody,
    with_role,
)

OFFICE, CHIEF, DESK, BOTH, SENDER = {"reviewer"}, {"approver"}, {"reviewer", "staff"}, {"reviewer", "approver"}, {"sender"}
ROLES = ("surveyor", "reviewer", "approver", "staff", "system", "administrator")
ON_EVERY_WAY: dict[tuple[str, str], tuple[str, set[str]]] = {
    ("draft", "submit"): ("submitted", SENDER),
    ("draft", "withdraw"): ("withdrawn", SENDER),
    ("submitted", "accept"): ("accepted", OFFICE),
    ("submitted", "ask_supplement"): ("supplement", OFFICE),
    ("submitted", "refuse"): ("refused", OFFICE),
    ("submitted", "withdraw"): ("withdrawn", SENDER),
    ("supplement", "supplement"): ("submitted", SENDER),
    ("supplement", "refuse"): ("refused", OFFICE),
    ("supplement", "withdraw"): ("withdrawn", SENDER),
    ("returned", "submit"): ("submitted", SENDER),
    ("returned", "supplement"): ("submitted", SENDER),
    ("returned", "withdraw"): ("withdrawn", SENDER),
    ("accepted", "consult"): ("consulting", OFFICE),
    ("accepted", "expert_review"): ("accepted", OFFICE),
    ("accepted", "confirm_romanization"): ("accepted", DESK),
    ("accepted", "return"): ("returned", OFFICE),
    ("accepted", "withdraw"): ("withdrawn", SENDER),
    ("consulting", "close_consultation"): ("accepted", OFFICE),
    ("consulting", "expert_review"): ("consulting", OFFICE),
    ("consulting", "confirm_romanization"): ("consulting", DESK),
    ("consulting", "withdraw"): ("withdrawn", SENDER),
    ("recommended", "return"): ("returned", BOTH),
    ("recommended", "withdraw"): ("withdrawn", SENDER),
    ("opinion_issued", "confirm_romanization"): ("opinion_issued", DESK),
    ("opinion_issued", "withdraw"): ("withdrawn", SENDER),
    ("approved", "file"): ("filed", OFFICE),
    ("filed", "announce"): ("announced", CHIEF),
    ("supplement", "revoke"): ("submitted", OFFICE),
    ("refused", "revoke"): ("submitted", OFFICE),
    ("accepted", "revoke"): ("submitted", OFFICE),
    ("consulting", "revoke"): ("accepted", OFFICE),
    ("returned", "revoke"): ("accepted", OFFICE),
    ("filed", "revoke"): ("approved", OFFICE),
}
ON_ONE_WAY: dict[str, dict[tuple[str, str], tuple[str, set[str]]]] = {
    "decide": {
        ("accepted", "recommend"): ("recommended", OFFICE),
        ("recommended", "approve"): ("approved", CHIEF),
        ("recommended", "reject"): ("rejected", CHIEF),
        ("recommended", "revoke"): ("accepted", OFFICE),
        ("approved", "revoke"): ("recommended", CHIEF),
        ("rejected", "revoke"): ("recommended", CHIEF),
    },
    "draft": {
        ("accepted", "recommend"): ("recommended", OFFICE),
        ("recommended", "record_outcome"): ("approved", OFFICE),
        ("recommended", "record_refusal"): ("rejected", OFFICE),
        ("recommended", "revoke"): ("accepted", OFFICE),
        ("approved", "revoke"): ("recommended", OFFICE),
        ("rejected", "revoke"): ("recommended", OFFICE),
    },
    "opinion": {
        ("approved", "confirm_romanization"): ("approved", OFFICE),
        ("filed", "confirm_romanization"): ("filed", OFFICE),
        ("accepted", "issue_opinion"): ("opinion_issued", OFFICE),
        ("opinion_issued", "record_outcome"): ("approved", OFFICE),
        ("opinion_issued", "record_refusal"): ("rejected", OFFICE),
        ("opinion_issued", "revoke"): ("accepted", OFFICE),
        ("approved", "revoke"): ("opinion_issued", OFFICE),
        ("rejected", "revoke"): ("opinion_issued", OFFICE),
    },
}
"""Written down here once more, so that nobody changes who may do what without noticing."""
OF_NAMES = [pair for pair, move in MOVES.items() if set(move.tracks) & set(TRACKS)]
"""Steps of prior reports stand in the same table; test_prior_reports.py tries them."""
LED_THERE = {
    "supplement": ("submitted", "ask_supplement"), "refused": ("submitted", "refuse"), "accepted": ("submitted", "accept"),
    "consulting": ("accepted", "consult"), "returned": ("accepted", "return"), "recommended": ("accepted", "recommend"),
    "opinion_issued": ("accepted", "issue_opinion"), "filed": ("approved", "file"), "submitted": ("draft", "submit"),
    "withdrawn": ("accepted", "withdraw"), "announced": ("filed", "announce"),
}  # fmt: skip
DECIDED = {
    "decide": {"approved": ("recommended", "approve"), "rejected": ("recommended", "reject")},
    "draft": {"approved": ("recommended", "record_outcome"), "rejected": ("recommended", "record_refusal")},
    "opinion": {"approved": ("opinion_issued", "record_outcome"), "rejected": ("opinion_issued", "record_refusal")},
}
STEPS = sorted({verb for _, verb in ON_EVERY_WAY} | {verb for way in ON_ONE_WAY.values() for _, verb in way})
FULL: dict[str, Any] = {
    "reason": "样", "document": "样政函〔2026〕9号", "effective": TODAY, "chosen": 0, "consult_until": TODAY,
    "approved_on": TODAY, "approved_by": "样例县人民政府", "filed_on": TODAY, "filing_document": "样民备〔2026〕9号",
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(server, named_template, tmp_path_factory) -> Iterator[tuple[Office, int]]:
    """A renaming whose romanization is confirmed, to be put into any state. Nothing in this module's table is kept."""
    with office_of_its_own(server, named_template, tmp_path_factory.mktemp("desk")) as office:
        code = place_code(office)
        number = opened(office, RENAME | {"place": code})
        lead(office, number, "confirm_romanization")
        yield office, number


def place_code(office: Office) -> str:
    with office.database.reading() as tx:
        return str(tx.scalar(text("SELECT code FROM jiezhi.names WHERE valid_to IS NULL AND superseded_at IS NULL")))


@contextmanager
def standing_at(desk: tuple[Office, int], state: str, track: str) -> Iterator[Connection]:
    """The case in some state, with the step that led there, for as long as we look."""
    office, number = desk
    filled = {"chosen": 0, "approved_on": FIRST, "approved_by": "样例县人民政府", "document": "样政函〔2026〕9号",
              "filed_on": FIRST, "consult_until": TODAY - timedelta(days=1)}  # fmt: skip
    with office.database.engine(Role.WRITER).connect() as tx:  # taken back when it closes
        tx.execute(update(CASES).where(CASES.c.id == number).values(state=state, track=track, **filled))
        led = (LED_THERE | DECIDED[track]).get(state)
        if led:
            events.record(tx, cases.subject(number), led[1], somebody(tx, "reviewer").id, was=led[0], state=state)
        yield tx


def outcome(tx: Connection, number: int, person: Person, verb: str, /, **decision: Any) -> str | int:
    """The new state, or the status of the refusal; nothing of it stays."""
    attempt = tx.begin_nested()
    try:
        return case_moves.decide(tx, person, number, Decision(verb, **FULL | decision))
    except (Conflict, NotAllowed, BadInput) as problem:
        return problem.status
    finally:
        attempt.rollback()


def expected(track: str, state: str, verb: str, role: str) -> str | int:
    if verb == "confirm_romanization" and state in ("approved", "filed"):
        return 409  # it is confirmed already; what is still open, test_mended_cases shows
    to, who = (ON_EVERY_WAY | ON_ONE_WAY[track]).get((state, verb), ("", set()))
    if not to:
        return 409
    return to if role in who else 403


def test_the_table_of_moves_says_what_stands_here():
    wanted = set(ON_EVERY_WAY).union(*ON_ONE_WAY.values())
    assert set(OF_NAMES) == wanted
    for track, way in ON_ONE_WAY.items():
        only = {pair for pair, move in MOVES.items() if track in move.tracks and move.to != case_moves.BACK}
        assert only == {pair for pair in ON_EVERY_WAY | way if pair[1] != "revoke"}
    assert set(VERBS) >= set(STEPS)


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("state", STATES)
def test_every_verb_in_every_state_for_every_role(desk, state, track):
    number = desk[1]
    people = {role: with_role(desk, role) for role in ROLES}
    with standing_at(desk, state, track) as tx:
        for verb in STEPS:
            for role, person in people.items():
                assert outcome(tx, number, person, verb) == expected(track, state, verb, role), (verb, role)


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("state", STATES)
def test_nobody_decides_on_their_own_case(desk, state, track):
    """Whatever roles they hold: the sender submits, supplements and withdraws, and nothing else."""
    number = desk[1]
    sender = with_role(desk, "staff", own=True)
    everything = Person(sender.id, "staff", "staff", dict.fromkeys(ROLES, (COUNTY,)))
    with standing_at(desk, state, track) as tx:
        for verb in STEPS:
            to = expected(track, state, verb, "sender")
            assert outcome(tx, number, everything, verb) == to, verb
        shown = case_moves.open_moves(tx, everything, cases.find(tx, number))
        assert set(shown) == {verb for verb in STEPS if isinstance(expected(track, state, verb, "sender"), str)}


@pytest.mark.parametrize("track", TRACKS)
@pytest.mark.parametrize("state", STATES)
def test_what_is_offered_is_what_is_allowed(desk, state, track):
    number = desk[1]
    with standing_at(desk, state, track) as tx:
        for role in ROLES:
            offered = set(case_moves.open_moves(tx, with_role(desk, role), cases.find(tx, number)))
            assert offered == {verb for verb in STEPS if isinstance(expected(track, state, verb, role), str)}, role


@pytest.mark.parametrize("role", ["reviewer", "approver", "staff"])
def test_another_area_is_another_office(desk, role):
    with standing_at(desk, "accepted", "decide") as tx:
        for verb in STEPS:
            assert outcome(tx, desk[1], with_role(desk, role, area="990202"), verb) in (403, 409)


@pytest.mark.parametrize("pair", [pair for pair in OF_NAMES if MOVES[pair].needs], ids="-".join)
def test_what_a_step_needs_is_compulsory(desk, pair):
    state, verb = pair
    move = MOVES[pair]
    own = case_moves.SENDER in move.roles
    role = move.roles[0] if move.roles[0] in ROLES else "reviewer"
    if verb == "revoke" and state in ("approved", "rejected"):
        role = "approver"
    with standing_at(desk, state, move.tracks[0]) as tx:
        person = with_role(desk, role, own=own)
        for need in move.needs:
            for empty in ("", "  ") if isinstance(FULL[need], str) else (None,):
                assert outcome(tx, desk[1], person, verb, **{need: empty}) == 400, need


@pytest.mark.parametrize(
    ("state", "verb", "role", "wrong"),
    [
        ("recommended", "approve", "approver", {"approved_on": TODAY + timedelta(days=1)}),
        ("recommended", "approve", "approver", {"approved_on": date(1949, 9, 30)}),
        ("approved", "file", "reviewer", {"filed_on": FIRST - timedelta(days=1)}),
        ("approved", "file", "reviewer", {"filed_on": TODAY + timedelta(days=1)}),
        ("filed", "announce", "approver", {"effective": FIRST - timedelta(days=1), "approved_on": None}),
        ("filed", "announce", "approver", {"effective": TODAY + timedelta(days=4000)}),
        ("accepted", "consult", "reviewer", {"consult_until": TODAY - timedelta(days=1)}),
        ("accepted", "consult", "reviewer", {"consult_until": TODAY + timedelta(days=400)}),
        ("accepted", "recommend", "reviewer", {"chosen": 1}),
        ("accepted", "recommend", "reviewer", {"chosen": -1}),
    ],
)
def test_days_and_candidates_that_cannot_be_are_refused(desk, state, verb, role, wrong):
    with standing_at(desk, state, "decide") as tx:
        assert outcome(tx, desk[1], with_role(desk, role), verb, **wrong) == 400


def test_an_unknown_step_is_no_step(desk):
    with standing_at(desk, "accepted", "decide") as tx:
        for verb in ("", "publish", "delete", "draft"):
            assert outcome(tx, desk[1], with_role(desk, "reviewer"), verb) == 400
