"""Cases where an office once could go wrong unnoticed: what the public saw, what days could be, what could be undone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, text, update

from gis import history
from gis.errors import BadInput, Conflict, NotFound
from placenames.casework import (
    case_moves,
    case_publishing,
    case_screening,
    cases,
    consultations,
    opinions,
    settling,
)
from placenames.casework.cases import CASES
from placenames.casework.follow_ups import FOLLOW_UPS
from placenames.casework.opinions import Opinion
from placenames.names import NAMES
from tests.conftest import Office
from tests.placenames.case_desk import (
    FIRST,
    HOUSING,
    OTHER,
    RENAME,
    TODAY,
    TOWN,
    announced,
    lead,
    look,
    opened,
    somebody,
    step,
)

DAY = timedelta(days=1)
FOR = Opinion("support", "", "样居民甲", "00000000001")
DEPARTMENT = {"document": "样建函1号", "approved_by": "样住建局"}


def street(office: Office) -> dict[str, Any]:
    """The street that the sample county has."""
    return {"place": str(look(office, 1)["place"])}


def consulting(office: Office, given: dict[str, Any]) -> int:
    number = opened(office, given)
    lead(office, number, "accept")
    step(office, number, "reviewer", "consult", consult_until=TODAY + 10 * DAY)
    return number


def answered(office: Office, number: int) -> dict[str, int]:
    with office.database.writing() as tx:
        return consultations.record(tx, somebody(tx, "staff"), number, FOR, "letter", TODAY)


def not_disclosed(office: Office) -> None:
    rewritten(office, disclosure="internal")


def rewritten(office: Office, **values: str) -> None:
    """The street as it stands in the register from its first day on, as a later publication has it."""
    found = look(office, 1)
    with office.database.writing() as tx:
        history.rewrite(tx, NAMES.table, [(found["place"], FIRST, None, values)], found["submission"])


def test_of_a_place_that_is_not_disclosed_the_public_sees_no_case(names_office):
    shown = consulting(names_office, OTHER)
    not_disclosed(names_office)
    number = consulting(names_office, RENAME | street(names_office))
    with names_office.database.reading() as look_:
        assert [each["id"] for each in cases.public_cases(look_, "consulting")] == [shown]
        with pytest.raises(NotFound):
            cases.find_public(look_, number)
        seen = look_.scalars(text("SELECT id FROM jiezhi.name_case ORDER BY id")).all()  # whatever is asked, and how
    assert seen == [1, shown]
    with names_office.database.writing() as tx, pytest.raises(NotFound):
        consultations.answer(tx, number, FOR, "203.0.113.1", TODAY)


def test_a_place_closed_to_the_public_after_its_draft_was_opened_closes_the_case(names_office):
    number = opened(names_office, RENAME | street(names_office))
    not_disclosed(names_office)
    assert look(names_office, number)["open_to_public"]
    step(names_office, number, "staff", "submit")
    assert not look(names_office, number)["open_to_public"]


def test_a_case_whose_place_was_closed_to_the_public_on_the_way_is_announced_to_the_office_alone(names_office):
    number = opened(names_office, RENAME | street(names_office))
    lead(names_office, number, "file")
    not_disclosed(names_office)
    step(names_office, number, "approver", "announce", effective=TODAY)
    assert not look(names_office, number)["open_to_public"]


@pytest.mark.parametrize("earlier", [0, 1])
def test_a_deletion_never_erases_a_place_from_its_first_day_on(names_office, earlier):
    number = opened(names_office, {"action": "delete", "reason": "道路已拆除"} | street(names_office))
    lead(names_office, number, "file", on=FIRST - 2 * DAY)
    with pytest.raises(BadInput, match="应晚于这一天"):
        step(names_office, number, "approver", "announce", effective=FIRST - earlier * DAY)
    assert step(names_office, number, "approver", "announce", effective=FIRST + DAY) == "announced"
    with names_office.database.reading() as tx:
        spans = tx.execute(text("SELECT valid_from, valid_to FROM jiezhi.names WHERE superseded_at IS NULL")).all()
    assert [tuple(span) for span in spans] == [(FIRST, FIRST + DAY)]


def test_after_the_approval_only_a_spelling_that_nobody_confirmed_is_open_and_to_reviewers_alone(names_office):
    number = opened(names_office, HOUSING)
    lead(names_office, number, "accept")
    step(names_office, number, "reviewer", "issue_opinion", reason="同意命名")
    step(names_office, number, "reviewer", "record_outcome", approved_on=TODAY, **DEPARTMENT)
    assert "confirm_romanization" not in offered(names_office, number, "colleague")
    assert "confirm_romanization" in offered(names_office, number, "reviewer")
    step(names_office, number, "reviewer", "confirm_romanization")
    assert "confirm_romanization" not in offered(names_office, number, "reviewer")
    with pytest.raises(Conflict, match="不再更改"):
        step(names_office, number, "reviewer", "confirm_romanization", roman="Yáng Zhúyuàn", reason="改拼")


def offered(office: Office, number: int, who: str) -> list[str]:
    with office.database.writing() as tx:
        return case_moves.open_moves(tx, somebody(tx, who), cases.find(tx, number))


@pytest.mark.parametrize("roman", ["样听涛街", "Yàngtīngtāo 街", "<b>Jiē</b>", "Янг Jie", "--- 12", "Ya\u0301\u0301\u0301"])
def test_a_spelling_is_made_of_letters(names_office, roman):
    number = opened(names_office, OTHER)
    lead(names_office, number, "accept")
    with pytest.raises(BadInput, match="拉丁字母"):
        step(names_office, number, "reviewer", "confirm_romanization", roman=roman, reason="照标牌")


def test_a_spelling_against_the_rules_needs_its_reason(names_office):
    number = opened(names_office, OTHER)
    lead(names_office, number, "accept")
    with pytest.raises(BadInput, match="须写明理由"):
        step(names_office, number, "reviewer", "confirm_romanization", roman="Yàngtīngtáo Jiē")
    step(names_office, number, "reviewer", "confirm_romanization", roman="Yàngtīngtáo Lǘ’èr-3 Jiē", reason="照旧志")
    assert look(names_office, number)["candidates"][0]["roman"] == "Yàngtīngtáo Lǘ'èr-3 Jiē"


def test_nothing_is_approved_here_before_it_was_accepted(names_office):
    number = opened(names_office, OTHER)
    lead(names_office, number, "recommend", on=TODAY)
    for reason in ("", "批准在先"):
        with pytest.raises(BadInput, match="早于受理日期"):
            step(names_office, number, "approver", "approve", document="样1号", approved_on=TODAY - DAY, reason=reason)
    assert step(names_office, number, "approver", "approve", document="样1号", approved_on=TODAY) == "approved"


def test_what_others_approved_before_the_case_was_opened_needs_a_reason(names_office):
    number = opened(names_office, HOUSING)
    lead(names_office, number, "issue_opinion")
    outcome = {"approved_on": TODAY - DAY, **DEPARTMENT}
    with pytest.raises(BadInput, match="早于登记日期"):
        step(names_office, number, "reviewer", "record_outcome", **outcome)
    assert step(names_office, number, "reviewer", "record_outcome", reason="批准在先", **outcome) == "approved"


def test_a_consultation_that_was_answered_is_not_taken_back(names_office):
    number = consulting(names_office, OTHER)
    assert step(names_office, number, "reviewer", "revoke", reason="日期有误") == "accepted"
    step(names_office, number, "reviewer", "consult", consult_until=TODAY)
    answered(names_office, number)
    assert "revoke" not in offered(names_office, number, "reviewer")
    with pytest.raises(Conflict, match="已收到意见"):
        step(names_office, number, "reviewer", "revoke", reason="反对太多")
    assert look(names_office, number)["state"] == "consulting"


def test_opinions_count_for_the_round_in_which_they_were_given(names_office):
    number = consulting(names_office, OTHER)
    assert answered(names_office, number)["support"] == 1
    with names_office.database.writing() as tx:
        tx.execute(update(CASES).where(CASES.c.id == number).values(consult_until=TODAY - DAY))
    step(names_office, number, "reviewer", "close_consultation", reason="无人反对")
    step(names_office, number, "reviewer", "return", reason="另拟名称")
    step(names_office, number, "staff", "submit")
    step(names_office, number, "reviewer", "accept")
    step(names_office, number, "reviewer", "consult", consult_until=TODAY)
    with names_office.database.reading() as tx:
        assert opinions.counts(tx, number)["support"] == 0
    assert answered(names_office, number)["support"] == 1


def test_the_lowest_free_number_is_the_next_code(names_office):
    rewritten(names_office, code=f"{TOWN}23514999999")
    with names_office.database.writing() as tx:
        assert case_publishing.next_code(tx, TOWN, "23514") == f"{TOWN}23514000002"  # the first was in use once
    announced(names_office, OTHER)
    with names_office.database.writing() as tx:
        assert case_publishing.next_code(tx, TOWN, "23514") == f"{TOWN}23514000003"


def test_what_is_decided_here_the_county_government_approved(names_office):
    number = opened(names_office, OTHER)
    lead(names_office, number, "recommend", on=TODAY)
    step(names_office, number, "approver", "approve", document="样1号", approved_on=TODAY, approved_by="样乡人民政府")
    assert look(names_office, number)["approved_by"] == "样例县人民政府"
    with names_office.database.writing() as tx:
        assert case_moves.history(tx, number)[-1]["detail"]["approved_by"] == "样例县人民政府"


def test_another_case_that_proposes_the_same_name_is_named(names_office):
    first, second, draft = (opened(names_office, each) for each in (OTHER, HOUSING | {"candidates": ["样听涛街"]}, OTHER))
    step(names_office, first, "staff", "submit")
    assert said_elsewhere(names_office, first) == []  # nor is the draft a case under way
    (found,) = said_elsewhere(names_office, second)
    assert (found["severity"], found["candidate"]) == ("warning", 0)
    assert found["message"]["zh"] == f"另一事项 {look(names_office, first)['number']} 也拟用此名"
    step(names_office, first, "staff", "withdraw")
    assert said_elsewhere(names_office, draft) == []


def said_elsewhere(office: Office, number: int) -> list[dict[str, Any]]:
    with office.database.writing() as tx:
        found = case_screening.screen(tx, cases.find(tx, number))
    return [each for each in found if each["rule"] == case_screening.ELSEWHERE]


def test_a_renaming_to_the_present_name_is_none(names_office):
    present = look(names_office, 1)["candidates"][0]["name"]
    number = opened(names_office, RENAME | street(names_office) | {"candidates": ["样听涛街", present]})
    with pytest.raises(BadInput, match="现用名"):
        step(names_office, number, "staff", "submit")


def test_a_change_that_is_announced_for_later_is_told_at_submission(names_office):
    later = TODAY + 20 * DAY
    announced(names_office, RENAME | street(names_office), effective=later)
    for given in (RENAME | {"candidates": ["样枫林街"]}, {"action": "delete", "reason": "已拆除"}):
        number = opened(names_office, given | street(names_office))
        with pytest.raises(Conflict, match=str(later)):
            step(names_office, number, "staff", "submit")


def test_the_reason_of_a_follow_up_is_bounded(names_office):
    with names_office.database.writing() as tx:
        row = {"case": 1, "register": "names", "record": look_at(tx), "label": "样", "field": "origin", "before": "样"}
        number = tx.scalar(FOLLOW_UPS.insert().values(row).returning(FOLLOW_UPS.c.id))
        with pytest.raises(BadInput, match="最多 4000"):
            settling.settle(tx, somebody(tx, "staff"), number, "kept", "长" * 4001)
        assert settling.settle(tx, somebody(tx, "staff"), number, "kept", "旧志\0如此") == "kept"


def look_at(tx: Any) -> Any:
    return tx.scalar(select(NAMES.table.c.id).limit(1))
