"""Consultations: everybody may answer until the closing day, and nobody learns who said what."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import ProgrammingError

from gis.errors import BadInput, Conflict, NotAllowed, NotFound, TooMany
from gis.people import deeds
from placenames.casework import cases, consultations, opinions
from placenames.casework.consultations import ANSWERS, ANSWERS_OF_A_PLACE
from placenames.casework.opinions import OPINION_PERSONS, OPINIONS, Opinion
from tests.placenames.case_desk import somebody
from tests.placenames.streets import TODAY, candidate, case, place, with_clerks

FOR = Opinion("support", "", "样居民甲", "00000000001")
AGAINST = Opinion("object", "名称不顺口", "样居民乙", "00000000002")
NOTE = Opinion("comment", "建议竖牌", "样居民丙", "00000000003")
DAY = timedelta(days=1)


@pytest.fixture
def desk(office):
    return with_clerks(office)


def answer(office, number, opinion, place="203.0.113.1", today=TODAY):
    with office.database.writing() as tx:
        return consultations.answer(tx, number, opinion, place, today)


def record(office, number, opinion, who="staff", source="letter", today=TODAY):
    with office.database.writing() as tx:
        return consultations.record(tx, somebody(tx, who), number, opinion, source, today)


def seen_by_the_public(office, number):
    with office.database.reading() as look:
        return consultations.as_public(look, cases.find_public(look, number), TODAY)


def test_answers_are_counted_by_stance(desk):
    number = case(desk, "consulting")
    for opinion in (FOR, AGAINST, NOTE):
        found = answer(desk, number, opinion)
    assert found == {"support": 1, "object": 1, "comment": 1}
    assert record(desk, number, AGAINST, source="hearing") == {"support": 1, "object": 2, "comment": 1}


def test_the_public_sees_what_is_proposed_why_until_when_and_the_counts_alone(desk):
    street = place(desk, "样石桥街")
    proposed = candidate("<script>{{ 7*7 }}&街", reason="街可望江")
    number = case(desk, "consulting", about=street, candidates=[proposed], rename_reason="construction")
    answer(desk, number, AGAINST)
    found = seen_by_the_public(desk, number)
    (proposed,) = found["candidates"]
    assert (proposed["name"], proposed["reason"]) == ("<script>{{ 7*7 }}&街", "街可望江")
    assert set(proposed) == {"name", "roman", "roman_plain", "reason"}
    assert (found["old_name"], found["open"]) == ("样石桥街", True)
    assert found["rename_reason"] == {"zh": "城乡建设", "en": "construction"}
    assert found["consult_until"] == TODAY + timedelta(days=10)
    assert found["counts"] == {"support": 0, "object": 1, "comment": 0}
    for secret in (AGAINST.name, AGAINST.contact, AGAINST.reason, "roman_confirmed_by", "石桥已拆除"):
        assert secret not in str(found)


@pytest.mark.parametrize("table", ["case_opinion_person", "case_opinion_count", "case_attachment", "case_follow_up"])
def test_the_publics_role_cannot_read_who_said_it(desk, table):
    with desk.database.reading() as look, pytest.raises(ProgrammingError, match="permission denied"):
        look.execute(text(f"SELECT * FROM jiezhi.{table}"))


def test_the_publics_role_reads_neither_reasons_nor_opinions_on_other_cases(desk):
    number = case(desk, "consulting")
    answer(desk, number, AGAINST)
    with desk.database.reading() as look, pytest.raises(ProgrammingError, match="permission denied"):
        look.execute(select(OPINIONS.c.reason))
    with desk.database.writing() as tx:
        tx.execute(cases.CASES.update().values(state="accepted"))
    with desk.database.reading() as look:
        assert opinions.counts(look, number) == {"support": 0, "object": 0, "comment": 0}


def test_the_closing_day_is_the_last_day(desk):
    number = case(desk, "consulting", consult_until=TODAY)
    answer(desk, number, FOR)
    for late in (answer, record):
        with pytest.raises(Conflict, match="截止日已过"):
            late(desk, number, FOR, today=TODAY + DAY)


@pytest.mark.parametrize("state", ["draft", "accepted", "recommended", "withdrawn"])
def test_of_a_case_that_is_not_out_the_public_learns_nothing(desk, state):
    number = case(desk, state)
    with pytest.raises(NotFound) as refused:
        answer(desk, number, FOR)
    with pytest.raises(NotFound) as unknown:
        answer(desk, 999_999, FOR)
    assert str(refused.value).replace(str(number), "n") == str(unknown.value).replace("999999", "n")


def test_an_announced_case_takes_no_more_answers(desk):
    with pytest.raises(Conflict):
        answer(desk, case(desk, "announced"), FOR)


@pytest.mark.parametrize(
    ("opinion", "why"),
    [
        (Opinion("for", "", "甲", "1"), "态度应为"),
        (Opinion("", "", "甲", "1"), "态度应为"),
        (Opinion("object", "  ", "甲", "1"), "写明理由"),
        (Opinion("comment", "", "甲", "1"), "写明理由"),
        (Opinion("support", "", " \n", "1"), "写明意见人"),
        (Opinion("support", "", "甲", ""), "联系方式"),
        (Opinion("support", "长" * 2001, "甲", "1"), "理由最多 2000"),
        (Opinion("support", "", "长" * 61, "1"), "最多 60"),
        (Opinion("support", "", "甲", "1" * 121), "联系方式最多 120"),
    ],
)
def test_an_answer_that_is_not_whole_or_endless_is_refused(desk, opinion, why):
    number = case(desk, "consulting")
    with pytest.raises(BadInput, match=why):
        answer(desk, number, opinion)
    assert seen_by_the_public(desk, number)["counts"]["support"] == 0


def test_letters_that_no_database_takes_are_marked(desk):
    number = case(desk, "consulting")
    answer(desk, number, Opinion("comment", "样\0例\ud800", "甲\0", "1"))
    with desk.database.writing() as tx:
        (found,) = opinions.of_case(tx, somebody(tx, "staff"), cases.find(tx, number))
    assert (found["reason"], found["name"]) == ("样\ufffd例\ufffd", "甲\ufffd")


def test_one_address_answers_only_so_often_and_others_still_do(desk):
    number, other = case(desk, "consulting"), case(desk, "consulting")
    for _ in range(ANSWERS_OF_A_PLACE):
        answer(desk, number, FOR, "2001:db8::1")
    with pytest.raises(TooMany):
        answer(desk, number, FOR, "2001:db8::2")  # the same network: whoever has one address has them all
    answer(desk, number, FOR, "2001:db8:1::1")
    answer(desk, other, FOR, "2001:db8::1")


def test_many_at_once_are_not_more_than_one_after_the_other(desk):
    number, refused = case(desk, "consulting"), []

    def try_it():
        try:
            answer(desk, number, FOR)
        except TooMany as problem:
            refused.append(problem)

    threads = [threading.Thread(target=try_it) for _ in range(ANSWERS_OF_A_PLACE + 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == 3
    assert seen_by_the_public(desk, number)["counts"]["support"] == ANSWERS_OF_A_PLACE


def test_addresses_are_kept_as_hashes_and_forgotten(desk):
    number = case(desk, "consulting")
    answer(desk, number, FOR, "203.0.113.77")
    with desk.database.writing() as tx:
        assert "203.0" not in tx.scalar(select(ANSWERS.c.against))
    with desk.database.engine("jiezhi_owner").begin() as tx:
        tx.execute(ANSWERS.update().values(at=func.now() - timedelta(hours=2)))
    answer(desk, number, FOR, "203.0.113.78")
    with desk.database.writing() as tx:
        assert tx.scalar(select(func.count()).select_from(ANSWERS)) == 1


def test_what_came_by_letter_is_recorded_by_the_office_of_the_area(desk):
    number = case(desk, "consulting")
    record(desk, number, AGAINST, "reviewer")
    for stranger in ("neighbour", "approver", "surveyor"):
        with pytest.raises(NotAllowed):
            record(desk, number, AGAINST, stranger)
    with pytest.raises(BadInput, match="意见来源"):
        record(desk, number, AGAINST, source="public")
    with desk.database.writing() as tx:
        (event,) = deeds(tx, cases.subject(number))
    assert (event["verb"], event["who"], event["detail"]["source"]) == ("opinion", "reviewer", "letter")
    assert AGAINST.name not in str(event)


def test_the_office_sees_who_said_it_and_a_sender_from_elsewhere_does_not(desk):
    number = case(desk, "consulting", sender="neighbour")
    answer(desk, number, AGAINST)
    with desk.database.writing() as tx:
        found = cases.find(tx, number)
        (ours,) = opinions.of_case(tx, somebody(tx, "staff"), found)
        (theirs,) = opinions.of_case(tx, somebody(tx, "neighbour"), found)
        assert (ours["name"], ours["contact"]) == (AGAINST.name, AGAINST.contact)
        assert (theirs["reason"], "name" in theirs) == (AGAINST.reason, False)
        with pytest.raises(NotAllowed):
            opinions.of_case(tx, somebody(tx, "neighbour"), {**found, "sender": -1})


def test_who_said_it_can_be_erased_when_it_has_served_its_purpose(desk):
    number = case(desk, "consulting")
    answer(desk, number, AGAINST)
    with desk.database.writing() as tx:
        tx.execute(OPINION_PERSONS.delete())
        (found,) = opinions.of_case(tx, somebody(tx, "staff"), cases.find(tx, number))
    assert (found["reason"], found["name"]) == (AGAINST.reason, None)


def test_an_opinion_is_never_changed_or_erased(desk):
    answer(desk, case(desk, "consulting"), AGAINST)
    for change in (OPINIONS.delete(), OPINIONS.update().values(stance="support")):
        with desk.database.writing() as tx, pytest.raises(ProgrammingError, match="permission denied"):
            tx.execute(change)


def test_a_consultation_closes_after_its_day_with_a_summary(desk):
    number = case(desk, "consulting", consult_until=TODAY)
    answer(desk, number, AGAINST)
    with desk.database.writing() as tx:
        found = cases.locked(tx, number)
        with pytest.raises(Conflict, match="届满"):
            consultations.close(tx, found, "未采纳", TODAY)
        with pytest.raises(BadInput, match="处理情况"):
            consultations.close(tx, found, " ", TODAY + DAY)
        assert consultations.close(tx, found, "未采纳", TODAY + DAY) == {"support": 0, "object": 1, "comment": 0}
