"""Cases on their way: what stops a step, what is taken back, two at once, and the days that count."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, update
from sqlalchemy.exc import ProgrammingError

from gis.db import Role
from gis.errors import BadInput, Conflict
from gis.events import EVENTS
from gis.people import deeds
from placenames.casework import case_moves, cases
from placenames.casework.cases import CASES
from tests.conftest import Office
from tests.placenames.case_desk import (
    FIRST,
    STREET,
    TODAY,
    lead,
    look,
    opened,
    somebody,
    step,
)


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
