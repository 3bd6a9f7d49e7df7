"""The pages of cases: what each of them says to whom, what a form keeps, and what it refuses without losing a word."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import text

from api.differences import compared
from gis.db import Role
from placenames.casework import case_moves, cases
from tests.api.case_pages_desk import HTML, OTHERS, STATES, Page, numbers, page, posted
from tests.conftest import Office
from tests.placenames.case_desk import (
    NOBODY,
    RENAME,
    STREET,
    TODAY,
    announced,
    lead,
    look,
    opened,
    step,
)

# -- every page for everybody


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_case_in_every_state_is_a_whole_page_for_all_who_see_it(whole: Office, state: str, lang: str):
    number = numbers(whole)[state]
    for who in ("staff", *OTHERS):
        found = page(whole.client(who), f"/cases/{number}", lang)
        assert found.status == 200
        assert f'<html lang="{"zh-CN" if lang == "zh" else "en"}">' in found.source
        assert not re.search(r"\bNone\b|\{\{|Undefined|Text\(", found.words), found.words
        assert cases.STATES[state].in_(lang) in found.words  # type: ignore[arg-type]
        verbs = {each["value"] for each in found.fields if each.get("name") == "verb"}
        assert verbs == offered(whole, who, number), (who, state)


def offered(office: Office, who: str, number: int) -> set[str]:
    moves = set(office.client(who).get(f"/cases/{number}").json()["moves"])
    moves -= {"close_consultation"}  # the one that is open in the office runs on for days
    return moves - {"submit"} if "supplement" in moves else moves


def test_who_may_not_see_a_case_is_told_nothing_of_it(whole: Office):
    found = numbers(whole)
    for number in (found["draft"], found["accepted"], 9999):
        for who in ("elsewhere", "surveyor"):
            assert page(whole.client(who), f"/cases/{number}").status == 404
        answer = whole.client().get(f"/cases/{number}", headers=HTML)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next=%2Fcases%2F{number}")


def test_a_case_that_came_back_opens_on_the_reason(whole: Office):
    for state, reason, head in (
        ("returned", "请补充专家意见", "退回理由:"),
        ("supplement", "缺四至图", "需要补正:"),
    ):
        found = page(whole.client("staff"), f"/cases/{numbers(whole)[state]}")
        told = found.source.index(f"<b>{head}</b>")
        assert found.source.index(reason) > told
        assert told < found.source.index('class="facts"')
        assert f"/cases/{numbers(whole)[state]}/edit" in found.links
        assert (
            f"/cases/{numbers(whole)[state]}/edit"
            not in page(whole.client("reviewer"), f"/cases/{numbers(whole)[state]}").links
        )


def test_the_steps_ahead_stand_after_those_taken_and_the_one_it_waits_for_between(whole: Office):
    found = page(whole.client("reviewer"), f"/cases/{numbers(whole)['accepted']}").source
    looks = re.findall(r'<li class="(done|small|back|now|ahead)"', found)
    assert looks == ["done", "done", "done", "now", "ahead", "ahead", "ahead"]
    assert "县级人民政府批准" in found
    closed = page(whole.client("reviewer"), f"/cases/{numbers(whole)['announced']}").source
    assert not re.findall(r'<li class="(now|ahead)"', closed)


def test_papers_are_offered_from_the_approval_on(whole: Office):
    for state in STATES:
        found = page(whole.client("reviewer"), f"/cases/{numbers(whole)[state]}")
        papers = [link for link in found.links if link.endswith(".docx")]
        assert bool(papers) is (state in ("approved", "filed", "announced")), state
    for link in papers:
        assert whole.client("reviewer").get(link).status_code == 200


def test_every_reason_that_is_compulsory_is_so_in_the_form_too(whole: Office):
    for state in STATES:
        number = numbers(whole)[state]
        for who in ("staff", "reviewer", "approver"):
            source = page(whole.client(who), f"/cases/{number}").source
            for part in source.split('<details class="move')[1:]:
                if "届满后才能结束" in part:
                    continue
                verb = re.search(r'name="verb" value="(\w+)"', part)[1]  # type: ignore[index]
                needs = case_moves.MOVES[(state, verb)].needs
                marked = set(re.findall(r'<(?:input|textarea)[^>]* name="(\w+)"[^>]* required', part))
                assert marked - {"chosen", "roman", "file"} == set(needs), (state, verb)


# -- the list


def test_the_list_begins_with_what_waits_and_counts_exactly(whole: Office):
    for who in ("staff", *OTHERS):
        found = page(whole.client(who), "/cases")
        waiting = whole.client(who).get("/cases?mine=todo").json()
        assert (
            found.source.count('<td class="code"><a href="/cases/')
            == len(waiting["cases"])
            == waiting["counts"]["waiting"]
        )
        assert ('class="badge"' in found.source) is bool(waiting["cases"])
        everything = whole.client(who).get("/cases").json()["counts"]
        assert f"全部 {everything['total']}" in found.words
        for light, words in (("green", "尚有余时"), ("amber", "即将到期"), ("red", "已逾期")):
            assert f"{words} {waiting['counts']['light'][light]}" in found.words


def test_filters_stand_in_the_address_and_leave_each_other_alone(whole: Office):
    reviewer = whole.client("reviewer")
    found = page(reviewer, "/cases?mine=&state=draft&category=ROD")
    assert found.source.count('<td class="code"><a href="/cases/') == 1
    assert "/cases?mine=&state=draft&light=red&category=ROD" in found.links
    assert re.search(r'<option value="draft" selected>草稿 1', found.source)
    assert "/cases?mine=&state=draft&category=ROD&lang=en" in found.links
    assert page(reviewer, "/cases?mine=&light=blue").status == 400
    assert page(reviewer, "/cases?mine=yours").status == 400


def test_due_days_are_said_in_words(named: Office):
    expected = {-2: "逾期 2 天", 0: "今天到期"}
    number = opened(named, STREET | {"candidates": ["样松街"]})
    step(named, number, "staff", "submit")
    for away, words in expected.items():
        with named.database.engine(Role.OWNER).begin() as tx:
            tx.execute(text("UPDATE jiezhi.name_case SET due_internal = :day WHERE id = :id"),
                       {"day": TODAY + timedelta(days=away), "id": number})  # fmt: skip
        for path in ("/cases", f"/cases/{number}"):
            assert words in page(named.client("reviewer"), path).words


def test_visitors_see_open_consultations_and_announced_names_only(whole: Office):
    found = numbers(whole)
    for lang in ("zh", "en"):
        shown = page(whole.client(), "/cases", lang)
        assert shown.status == 200
        assert {link for link in shown.links if re.fullmatch(r"/(cases|consultations)/\d+", link)} == {
            "/cases/1", f"/cases/{found['announced']}", f"/consultations/{found['consulting']}",
        }  # fmt: skip
        name = page(whole.client(), f"/cases/{found['announced']}", lang)
        assert name.status == 200
        assert look(whole, found["announced"])["document"] in name.words
        for each in (shown, name):
            assert not [value for value in NOBODY.values() if value in each.source]
    answer = whole.client().get(f"/cases/{found['consulting']}", headers=HTML)
    assert answer.headers["location"] == f"/consultations/{found['consulting']}"


# -- drafting


def test_what_differs_between_two_names_is_marked(named: Office):
    assert [(each.text, each.differs) for each in compared("石门街", "石门古街").after] == [
        ("石门", False),
        ("古", True),
        ("街", False),
    ]
    assert [each.text for each in compared("Shímén Jiē", "Shímén Gǔjiē", 3).after if each.differs] == ["Gǔ"]
    assert compared(None, "石门街").before == ()
    number = opened(named, RENAME | {"place": str(look(named, 1)["place"]), "candidates": ["样石门街"]})
    source = page(named.client("staff"), f"/cases/{number}").source
    assert "样石<del>桥</del>街" in source
    assert "样石<ins>门</ins>街" in source


def test_a_form_that_has_grown_stale_is_refused_with_who_and_when(named: Office):
    number = opened(named, STREET | {"candidates": ["样松街"]})
    lead(named, number, "recommend")
    seen = page(named.client("approver"), f"/cases/{number}")
    stale = {"verb": "approve", "state": str(seen.field("state")["value"]), "round": str(seen.field("round")["value"]),
             "document": "样政函〔2026〕9号", "approved_on": str(TODAY)}  # fmt: skip
    step(named, number, "reviewer", "revoke", reason="漏了一项")
    answer = Page(posted(named.client("approver"), f"/cases/{number}/decisions", stale))
    assert answer.status == 409
    assert "审查中" in answer.words
    assert re.search(r"reviewer \d{4}-\d\d-\d\d \d\d:\d\d 已办理", answer.words)
    assert look(named, number)["state"] == "accepted"


def test_a_changed_round_is_refused_too(named: Office):
    number = opened(named, STREET | {"candidates": ["样松街"]})
    step(named, number, "staff", "submit")
    old = {"verb": "accept", "state": "submitted", "round": "1"}
    step(named, number, "reviewer", "ask_supplement", reason="缺图")
    step(named, number, "staff", "supplement")
    assert posted(named.client("reviewer"), f"/cases/{number}/decisions", old).status_code == 409
    assert (
        posted(named.client("reviewer"), f"/cases/{number}/decisions", old | {"round": "2"}).status_code
        == 303
    )


def test_nothing_is_returned_without_a_reason(named: Office):
    number = opened(named, STREET | {"candidates": ["样松街"]})
    lead(named, number, "accept")
    reviewer = named.client("reviewer")
    reviewer.headers["Referer"] = f"http://testserver/cases/{number}"
    answer = Page(posted(reviewer, f"/cases/{number}/decisions", {"verb": "return", "reason": " "}))
    assert f"/cases/{number}" in answer.links
    for elsewhere in ("https://evil.example/", "http://testserver//evil.example", "http://testserver.evil.example/"):
        reviewer.headers["Referer"] = elsewhere
        links = Page(posted(reviewer, f"/cases/{number}/decisions", {"verb": "return"})).links
        assert not [link for link in links if "evil" in link]
    assert answer.status == 400
    assert "必须写明理由" in answer.words


def test_an_announced_change_leaves_work_that_is_settled_on_the_page(named: Office):
    announced(
        named,
        STREET
        | {"candidates": ["样石桥街巷"], "geometry": {"type": "Point", "coordinates": [110.2951, 30.6985]}},
    )
    number = opened(named, RENAME | {"place": str(look(named, 1)["place"])})
    before = page(named.client("reviewer"), f"/cases/{number}")
    assert "样石桥街巷" in before.words
    lead(named, number, effective=TODAY, on=TODAY)
    listed = page(named.client("reviewer"), "/cases?tab=follow-ups")
    assert "样石桥街巷" in listed.words
    (anchor,) = [link for link in listed.links if "#follow-up-" in link]
    entry = anchor.rsplit("-", 1)[1]
    assert f'id="follow-up-{entry}"' in page(named.client("reviewer"), f"/cases/{number}").source
    address = f"/cases/{number}/follow-ups/{entry}"
    assert posted(named.client("reviewer"), address, {"outcome": "kept", "reason": ""}).status_code == 400
    assert (
        posted(named.client("reviewer"), address, {"outcome": "kept", "reason": "约定俗成"}).status_code
        == 303
    )
    settled = page(named.client("reviewer"), f"/cases/{number}")
    assert "约定俗成" in settled.words
    assert "保留原样 1" in settled.words
    assert not [
        link
        for link in page(named.client("reviewer"), "/cases?tab=follow-ups").links
        if "#follow-up-" in link
    ]


# -- consultations
