"""The table of moves of a case: every pair of state and verb, every kind of person, and what must be written down."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, text, update
from sqlalchemy.exc import ProgrammingError

from gis import events
from gis.db import Role
from gis.errors import BadInput, Conflict, NotAllowed
from gis.events import EVENTS
from gis.people import Person, deeds
from placenames.casework import case_moves, cases
from placenames.casework.case_decisions import Decision
from placenames.casework.case_moves import MOVES, VERBS
from placenames.casework.cases import CASES, STATES, TRACKS
from tests.conftest import COUNTY, Office, office_of_its_own
from tests.placenames.case_desk import (
    FIRST,
    RENAME,
    STREET,
    TODAY,
    lead,
    look,
    opened,
    somebody,
    step,
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


def test_a_consultation_is_not_closed_before_its_closing_day_has_passed(names_office):
    number = opened(names_office, STREET | {"candidates": ["样听涛街"]})
    lead(names_office, number, "accept")
    step(names_office, number, "reviewer", "consult", consult_until=TODAY + timedelta(days=30))
    with pytest.raises(Conflict, match="截止"):
        step(names_office, number, "reviewer", "close_consultation", reason="无人反对")


def test_what_waits_for_a_person_to_confirm_is_not_recommended(names_office):
    number = opened(names_office, STREET | {"candidates": ["样听涛街", "样枫林街"]})
    lead(names_office, number, "accept")
    step(names_office, number, "reviewer", "confirm_romanization", chosen=0)
    with pytest.raises(BadInput, match="须先由人核定"):
        step(names_office, number, "reviewer", "recommend", chosen=1)
    with pytest.raises(BadInput, match="哪一个名称"):
        step(names_office, number, "reviewer", "recommend")
    assert step(names_office, number, "reviewer", "recommend", chosen=0) == "recommended"
    assert look(names_office, number)["chosen"] == 0


def test_a_person_may_spell_it_otherwise_and_is_named(names_office):
    number = opened(names_office, STREET | {"candidates": ["样听涛街"]})
    lead(names_office, number, "accept")
    step(names_office, number, "colleague", "confirm_romanization", roman="Yàng Tīngtāo Jiē", reason="“样”为姓")
    (candidate,) = look(names_office, number)["candidates"]
    with names_office.database.writing() as tx:
        colleague = somebody(tx, "colleague")
    assert (candidate["roman"], candidate["roman_plain"]) == ("Yàng Tīngtāo Jiē", "YANG TINGTAO JIE")
    assert candidate["roman_confirmed_by"] == colleague.id


def test_a_name_that_is_taken_needs_a_reason_to_be_put_forward(names_office):
    taken = STREET | {"candidates": ["样石桥街"]}
    with names_office.database.writing() as tx:
        number = cases_opened(tx, taken)
    with pytest.raises(BadInput, match="检查不通过"):
        step(names_office, number, "staff", "submit")
    step(names_office, number, "staff", "submit", reason="两街实为一街,请一并审查")
    step(names_office, number, "reviewer", "accept")
    step(names_office, number, "reviewer", "confirm_romanization")
    with pytest.raises(BadInput, match="检查不通过"):
        step(names_office, number, "reviewer", "recommend")
    assert step(names_office, number, "reviewer", "recommend", reason="经查为同一街路的延长段") == "recommended"
    assert {each["severity"] for each in look(names_office, number)["checks"]} >= {"error"}


def cases_opened(tx: Connection, given: dict[str, Any]) -> int:
    from placenames.casework import case_drafts

    return case_drafts.open_case(tx, somebody(tx, "staff"), given)


def test_what_was_taken_in_the_meantime_is_not_announced(names_office):
    first, second = (opened(names_office, STREET | {"candidates": ["样听涛街"]}) for _ in range(2))
    lead(names_office, first, "file")
    lead(names_office, second)
    with pytest.raises(Conflict, match="新的问题"):
        step(names_office, first, "approver", "announce", effective=TODAY)
    assert look(names_office, first)["state"] == "filed"


FILLED = ("filed_on", "approved_on", "document", "chosen", "accepted_on")


def test_a_step_is_taken_back_with_its_reason_and_stays_on_record(names_office):
    number = opened(names_office, STREET | {"candidates": ["样听涛街"]})
    lead(names_office, number, "file")
    seen = []
    for who, state in (
        ("reviewer", "approved"),
        ("approver", "recommended"),
        ("other reviewer", "accepted"),
        ("reviewer", "submitted"),
    ):
        assert step(names_office, number, who, "revoke", reason="办理有误") == state
        found = look(names_office, number)
        seen.append([name for name in FILLED if found[name] is not None])
    assert seen == [["approved_on", "document", "chosen", "accepted_on"], ["chosen", "accepted_on"], ["accepted_on"], []]
    with pytest.raises(Conflict, match="不能再"):
        step(names_office, number, "reviewer", "revoke", reason="办理有误")
    with names_office.database.writing() as tx:
        verbs = [each["verb"] for each in deeds(tx, cases.subject(number))]
    assert verbs == ["open", "submit", "accept", "confirm_romanization", "recommend", "approve", "file", *["revoke"] * 4]
    assert lead_again(names_office, number) == "announced"


def lead_again(office: Office, number: int) -> str:
    step(office, number, "reviewer", "accept")
    step(office, number, "reviewer", "recommend")
    step(office, number, "approver", "approve", document="样政函1号", approved_on=TODAY)
    step(office, number, "reviewer", "file", filing_document="样民备1号", filed_on=TODAY)
    return step(office, number, "approver", "announce", effective=TODAY)


def test_after_the_announcement_nothing_is_taken_back(names_office):
    with pytest.raises(Conflict, match="已公告"):
        step(names_office, 1, "approver", "revoke", reason="反悔")
    assert look(names_office, 1)["state"] == "announced"


def test_what_its_sender_has_answered_is_not_taken_back(names_office):
    number = opened(names_office, STREET | {"candidates": ["样听涛街"]})
    lead(names_office, number, "accept")
    step(names_office, number, "reviewer", "return", reason="位置不清")
    step(names_office, number, "staff", "submit")
    step(names_office, number, "reviewer", "ask_supplement", reason="缺图")
    assert step(names_office, number, "reviewer", "revoke", reason="图已收到") == "submitted"
    with pytest.raises(Conflict):
        step(names_office, number, "reviewer", "revoke", reason="再退一步")


def test_a_case_that_came_back_opens_on_the_reason(names_office):
    number = opened(names_office, STREET | {"candidates": ["样听涛街"]})
    lead(names_office, number, "recommend")
    step(names_office, number, "approver", "return", reason="与规划不符,另拟名称")
    with names_office.database.writing() as tx:
        why = case_moves.why_it_came_back(case_moves.history(tx, number), "returned")
        assert why is not None
        assert (why["reason"], why["who"]) == ("与规划不符,另拟名称", "approver")
        assert case_moves.why_it_came_back(case_moves.history(tx, number), "submitted") is None


def test_two_at_once_one_wins_and_the_other_is_told_by_whom_and_when(names_office):
    number = opened(names_office, STREET | {"candidates": ["样听涛街"]})
    lead(names_office, number, "confirm_romanization")
    round_ = look(names_office, number)["round"]
    ready = threading.Barrier(2)
    came: dict[str, str | Conflict] = {}

    def decide(who: str, verb: str) -> None:
        ready.wait()
        try:
            came[who] = step(names_office, number, who, verb, reason="同时", state="accepted", round=round_)
        except Conflict as problem:
            came[who] = problem

    steps = {"reviewer": "return", "other reviewer": "recommend"}
    threads = [threading.Thread(target=decide, args=pair) for pair in steps.items()]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    (winner,) = [who for who, what in came.items() if isinstance(what, str)]
    (refusal,) = [what for what in came.values() if isinstance(what, Conflict)]
    assert f"({winner} {TODAY:%Y-%m-%d}" in refusal.text.zh
    with names_office.database.writing() as tx:
        verbs = [each["verb"] for each in deeds(tx, cases.subject(number))]
    assert len([verb for verb in verbs if verb in ("return", "recommend")]) == 1


def test_what_was_looked_at_in_another_round_is_not_decided(names_office):
    number = opened(names_office, STREET | {"candidates": ["样听涛街"]})
    lead(names_office, number, "accept")
    step(names_office, number, "reviewer", "return", reason="位置不清")
    step(names_office, number, "staff", "submit")
    with pytest.raises(Conflict, match="staff"):
        step(names_office, number, "reviewer", "accept", state="submitted", round=1)
    assert step(names_office, number, "reviewer", "accept", state="submitted", round=2) == "accepted"


@pytest.mark.parametrize(
    ("given", "clock"),
    [
        ({}, FIRST),  # the county government
        ({"approved_by": "国务院"}, FIRST),  # what is decided here is the county government's, whatever was written
    ],
)
def test_days_of_what_is_approved_here_count_from_the_approval(names_office, given, clock):
    number = opened(names_office, STREET | {"candidates": ["样听涛街"]})
    lead(names_office, number, "recommend")
    step(names_office, number, "approver", "approve", document="样政函1号", approved_on=FIRST, **given)
    approved = look(names_office, number)
    assert (approved["due_legal"], approved["due_internal"]) == (FIRST + timedelta(days=15), None)
    step(names_office, number, "reviewer", "file", filing_document="样民备1号", filed_on=FIRST + timedelta(days=10))
    filed = look(names_office, number)
    assert filed["due_legal"] == clock + timedelta(days=15)
    assert filed["approved_by"] == "样例县人民政府"


def test_days_of_what_another_department_approved_count_from_the_filing(names_office):
    number = opened(names_office, STREET | {"category": "RES", "class_code": "22100", "candidates": ["样竹苑"]})
    lead(names_office, number, "record_outcome")
    assert look(names_office, number)["due_legal"] == FIRST + timedelta(days=15)
    step(names_office, number, "reviewer", "file", filing_document="样民备1号", filed_on=FIRST + timedelta(days=10))
    assert look(names_office, number)["due_legal"] == FIRST + timedelta(days=25)
    step(names_office, number, "approver", "announce", effective=FIRST)
    done = look(names_office, number)
    assert (done["due_legal"], done["due_internal"]) == (None, None)


def test_steps_are_added_and_never_changed(names_office):
    with names_office.database.engine(Role.WRITER).connect() as tx:
        for statement in (update(EVENTS).values(reason="x"), delete(EVENTS), delete(CASES)):
            attempt = tx.begin_nested()
            with pytest.raises(ProgrammingError):
                tx.execute(statement)
            attempt.rollback()
