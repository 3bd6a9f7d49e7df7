"""Who else must look: a second person for the step that settles a case, and the three reports of a name that matters."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Connection

from gis import people
from gis.errors import BadInput, NotAllowed
from gis.settings import settings
from placenames.casework import attachments, case_inbox, case_moves, cases, three_reports
from placenames.casework.case_inbox import Wanted
from tests.conftest import COUNTY, PASSWORD, Office
from tests.placenames.case_desk import HOUSING, STREET, TODAY, TOWNSHIP, lead, look, opened, somebody, step

APPROVAL = {"document": "样政函〔2026〕9号", "approved_on": TODAY}
FILING = {"filing_document": "样民备〔2026〕9号", "filed_on": TODAY}
ELSEWHERE = {**APPROVAL, "approved_by": "样例省人民政府"}


@pytest.fixture
def office(names_office: Office) -> Office:
    """With a chief who reviews too."""
    with names_office.database.writing() as tx:
        people.add(tx, "both", PASSWORD, [("reviewer", COUNTY), ("approver", COUNTY)])
    return names_office


Set = Callable[[str, str], None]


@pytest.fixture
def set_to(office: Office, monkeypatch: pytest.MonkeyPatch) -> Iterator[Set]:
    """Sets a setting for as long as the test runs."""

    def change(name: str, value: str) -> None:
        monkeypatch.setenv(name, value)
        settings.cache_clear()

    yield change
    monkeypatch.undo()
    settings.cache_clear()


def offered(office: Office, number: int, who: str) -> set[str]:
    with office.database.writing() as tx:
        return set(case_moves.open_moves(tx, somebody(tx, who), cases.find(tx, number)))


def waiting(office: Office, who: str) -> tuple[int, list[int]]:
    with office.database.writing() as tx:
        person = somebody(tx, who)
        listed = case_inbox.listed(tx, person, Wanted(mine="todo"), TODAY)
        number = case_inbox.counts(tx, person, Wanted(), TODAY)["waiting"]
        assert {each["id"] for each in case_inbox.inbox(tx, person, TODAY)[0]} == {each["id"] for each in listed}
    return number, [each["id"] for each in listed]


def test_whoever_put_a_case_forward_does_not_approve_it(office: Office) -> None:
    number = opened(office, STREET | {"candidates": ["样听涛街"]})
    lead(office, number, "confirm_romanization")
    assert number in waiting(office, "both")[1]
    step(office, number, "both", "recommend")
    for verb, more in (("approve", APPROVAL), ("reject", {"reason": "不妥"})):
        with pytest.raises(NotAllowed, match="另一人"):
            step(office, number, "both", verb, **more)
    assert not {"approve", "reject"} & offered(office, number, "both")
    assert number not in waiting(office, "both")[1]
    assert number in waiting(office, "approver")[1]
    with office.database.writing() as tx:
        found = cases.find(tx, number)
        assert case_moves.waits_for_another(tx, somebody(tx, "both"), found)
        assert not case_moves.waits_for_another(tx, somebody(tx, "approver"), found)
    assert step(office, number, "approver", "approve", **APPROVAL) == "approved"
    step(office, number, "both", "file", **FILING)
    assert step(office, number, "both", "announce", effective=TODAY) == "announced"


def test_who_takes_a_case_back_and_lets_another_put_it_forward_may_approve(office: Office) -> None:
    number = opened(office, STREET | {"candidates": ["样听涛街"]})
    lead(office, number, "confirm_romanization")
    step(office, number, "both", "recommend")
    step(office, number, "both", "revoke", reason="另请他人审查")
    step(office, number, "reviewer", "recommend")
    assert step(office, number, "both", "approve", **APPROVAL) == "approved"


@pytest.mark.parametrize("given", [HOUSING, TOWNSHIP])
def test_whoever_recorded_what_others_decided_does_not_announce_it(office: Office, given: dict[str, object]) -> None:
    number = opened(office, given)
    lead(office, number, "confirm_romanization")
    track = look(office, number)["track"]
    step(office, number, "both", *(("issue_opinion",) if track == "opinion" else ("recommend",)), reason="同意命名")
    step(office, number, "both", "record_outcome", **ELSEWHERE)
    step(office, number, "both", "file", **FILING)
    with pytest.raises(NotAllowed, match="另一人"):
        step(office, number, "both", "announce", effective=TODAY)
    assert number not in waiting(office, "both")[1]
    assert step(office, number, "approver", "announce", effective=TODAY) == "announced"


def test_an_office_of_one_may_switch_it_off(office: Office, set_to: Set) -> None:
    set_to("JIEZHI_SECOND_PERSON", "false")
    number = opened(office, STREET | {"candidates": ["样听涛街"]})
    lead(office, number, "confirm_romanization")
    step(office, number, "both", "recommend")
    assert number in waiting(office, "both")[1]
    assert step(office, number, "both", "approve", **APPROVAL) == "approved"


WEIGHTY = STREET | {"candidates": ["样听涛街"], "attributes": {"significant": True}}


def test_a_name_that_matters_brings_three_reports(office: Office) -> None:
    number = opened(office, WEIGHTY)
    lead(office, number, "confirm_romanization")
    with pytest.raises(BadInput, match=r"综合评估报告、专家论证报告、征求意见报告.*第五条"):
        step(office, number, "reviewer", "recommend")
    step(office, number, "reviewer", "expert_review", reason="三位专家一致同意")
    assert missing(office, number) == ["综合评估报告", "征求意见报告"]
    with office.database.writing() as tx:
        for kind in ("assessment", "consultation"):
            paper(tx, office, number, kind)
    assert missing(office, number) == []
    assert step(office, number, "reviewer", "recommend") == "recommended"


def test_without_them_a_reason_says_why_and_stays_on_record(office: Office) -> None:
    number = opened(office, WEIGHTY)
    lead(office, number, "confirm_romanization")
    assert step(office, number, "reviewer", "recommend", reason="三项报告随纸质卷宗报送") == "recommended"
    with office.database.writing() as tx:
        assert case_moves.history(tx, number)[-1]["reason"] == "三项报告随纸质卷宗报送"


def test_what_was_said_of_an_earlier_round_is_said_of_another_name(office: Office) -> None:
    number = opened(office, WEIGHTY)
    lead(office, number, "accept")
    step(office, number, "reviewer", "expert_review", reason="同意")
    assert "专家论证报告" not in missing(office, number)
    step(office, number, "reviewer", "return", reason="另拟名称")
    step(office, number, "staff", "submit")
    assert "专家论证报告" in missing(office, number)


def test_a_deployment_may_say_which_categories_always_matter(office: Office, set_to: Set) -> None:
    street, township = opened(office, STREET | {"candidates": ["样听涛街"]}), opened(office, TOWNSHIP)
    assert missing(office, street) == missing(office, township) == []
    set_to("JIEZHI_SIGNIFICANT_NAMES", "ADM, nat")
    assert (len(missing(office, street)), len(missing(office, township))) == (0, 3)
    set_to("JIEZHI_SIGNIFICANT_NAMES", "ROAD")
    with pytest.raises(BadInput, match="ROAD"):
        missing(office, street)


def test_where_an_opinion_is_given_they_are_told_and_no_deletion_needs_them(office: Office) -> None:
    number = opened(office, HOUSING | {"attributes": {"significant": "yes"}})
    lead(office, number, "confirm_romanization")
    assert len(missing(office, number)) == 3
    assert step(office, number, "reviewer", "issue_opinion", reason="同意命名") == "opinion_issued"
    with pytest.raises(BadInput, match="true"):
        opened(office, STREET | {"attributes": {"significant": "perhaps"}})
    case = look(office, number) | {"action": "delete"}
    assert not three_reports.is_significant(case)


def missing(office: Office, number: int) -> list[str]:
    with office.database.writing() as tx:
        return [each.zh for each in three_reports.missing(tx, cases.find(tx, number))]


def paper(tx: Connection, office: Office, number: int, kind: str) -> None:
    content = io.BytesIO(b"%PDF-1.4 " + kind.encode())
    attachments.keep(tx, somebody(tx, "staff"), number, kind, f"{kind}.pdf", content, office.settings)

