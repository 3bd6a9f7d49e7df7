"""Work around a case over HTTP: papers handed out as files only, answers from the public, impact, follow-ups."""

from __future__ import annotations

import io
import re
import threading
from urllib.parse import quote

import docx
import pytest
from sqlalchemy import select, text

from placenames.casework.cases import CASES
from placenames.casework.consultations import ANSWERS_OF_A_PLACE
from placenames.names import NAMES
from tests.conftest import is_problem
from tests.placenames.streets import APPROVED, OTHER_TOWN, TOWN, candidate, case, place, with_clerks
from tests.placenames.test_attachments import SAMPLES
from tests.placenames.test_follow_ups import opened_for

FOR = {"stance": "support", "name": "样居民甲", "contact": "00000000001"}
AGAINST = {"stance": "object", "reason": "名称不顺口", "name": "样居民乙", "contact": "00000000002"}
EVIL = "<script>{{ 7*7 }}&街"
MADE_UP = re.compile("[0-9a-f]{32}")
"""What folium calls the parts of a map."""
LISTS = ("attachments", "impact", "opinions", "follow-ups")


@pytest.fixture
def desk(office):
    return with_clerks(office)


@pytest.fixture
def clerk(desk):
    return desk.client("staff")


def attach(client, number, name="方案.pdf", content=SAMPLES[".pdf"], kind="plan"):
    return client.post(f"/cases/{number}/attachments", files={"file": (name, content)}, data={"kind": kind})


def test_an_attachment_comes_back_as_a_file_and_never_as_a_page(desk, clerk):
    number, name = case(desk), "样例 方案\"'\n.pdf"
    answer = attach(clerk, number, name)
    assert answer.status_code == 201, answer.text
    found = clerk.get(f"/cases/{number}/attachments/{answer.json()['id']}")
    assert found.content == SAMPLES[".pdf"]
    assert found.headers["content-disposition"].startswith("attachment; filename*=")
    assert found.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in found.headers["content-security-policy"]
    assert found.headers["content-type"] == "application/pdf"
    assert "no-store" in found.headers["cache-control"]


def test_the_papers_of_a_case_are_listed_with_who_brought_them(desk, clerk):
    number = case(desk)
    attach(clerk, number)
    said = clerk.get(f"/cases/{number}/attachments").json()
    (paper,) = said["attachments"]
    assert (paper["name"], paper["kind"], paper["person"]) == ("方案.pdf", "plan", "staff")
    assert "sha256" not in paper
    assert said["kinds"]["plan"]["en"] == "naming plan"


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("方案.exe", b"MZ\x90\0", 400),
        ("方案.pdf", b"MZ\x90\0", 400),
        ("方案.html", b"<html>", 400),
        ("方案.pdf", b"", 400),
        ("../../方案.pdf", SAMPLES[".pdf"], 201),
    ],
)
def test_what_is_not_taken_is_said(desk, clerk, name, content, status):
    answer = attach(clerk, case(desk), name, content)
    assert answer.status_code == status, answer.text
    assert status == 201 or is_problem(answer, status)


def test_a_huge_paper_is_refused(server, desk, clerk, monkeypatch):
    object.__setattr__(desk.settings, "attachment_mb", 1)
    answer = attach(clerk, case(desk), content=SAMPLES[".pdf"] + b"1" * (1 << 20))
    assert is_problem(answer, 413)


@pytest.mark.parametrize("who", ["neighbour", "surveyor", None])
def test_strangers_see_neither_papers_nor_anything_else(desk, clerk, who):
    number = case(desk, "announced", **APPROVED)
    stranger = desk.client(who)
    status = 401 if who is None else 403
    for path in (*LISTS, "attachments/1", "impact/map", "papers/announcement.docx"):
        assert is_problem(stranger.get(f"/cases/{number}/{path}"), status), path
    assert is_problem(attach(stranger, number), status)
    assert is_problem(stranger.post(f"/cases/{number}/opinions", json=AGAINST), status)
    assert is_problem(stranger.post(f"/cases/{number}/follow-ups/1", json={"outcome": "kept"}), status)


def test_a_closed_case_takes_no_more_papers(desk, clerk):
    assert is_problem(attach(clerk, case(desk, "announced")), 409)


def test_an_impact_is_counts_and_features_in_one_document(desk, clerk):
    street = place(desk, EVIL)
    place(desk, f"{EVIL}社区", "VIL")
    number = case(desk, about=street, candidates=[candidate("样望江街"), candidate("样临水街")])
    document = clerk.get(f"/cases/{number}/impact").json()
    assert (document["type"], document["before"], document["after"]) == ("FeatureCollection", EVIL, "样望江街")
    assert (document["counts"], document["total"], document["listed"]) == ({"names": 1}, 1, 1)
    (feature,) = document["features"]
    assert (feature["properties"]["before"], feature["properties"]["proposed"]) == (f"{EVIL}社区", "样望江街社区")
    assert feature["geometry"]["type"] == "LineString"
    other = clerk.get(f"/cases/{number}/impact", params={"candidate": 1}).json()
    assert other["features"][0]["properties"]["proposed"] == "样临水街社区"
    assert is_problem(clerk.get(f"/cases/{number}/impact", params={"candidate": 7}), 400)


def test_an_impact_on_the_map_keeps_names_as_text(desk, clerk):
    street = place(desk, EVIL)
    place(desk, f"{EVIL}社区", "VIL")
    page = clerk.get(f"/cases/{case(desk, about=street)}/impact/map")
    assert page.status_code == 200
    assert "<script>{{" not in page.text
    assert "7*7" in page.text
    assert "script-src 'self' 'unsafe-inline'" in page.headers["content-security-policy"]


def test_a_paper_is_a_word_document_with_the_name_as_it_is(county_office):
    desk = with_clerks(county_office)
    number = case(desk, "approved", candidates=[candidate(EVIL)], **APPROVED)
    answer = desk.client("staff").get(f"/cases/{number}/papers/announcement.docx")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].endswith("wordprocessingml.document")
    assert quote("地名公告") in answer.headers["content-disposition"]
    tables = docx.Document(io.BytesIO(answer.content)).tables
    assert tables[0].rows[0].cells[1].text == EVIL


def test_a_paper_that_is_not_true_yet_or_not_there_is_refused(desk, clerk):
    number = case(desk, "accepted")
    assert is_problem(clerk.get(f"/cases/{number}/papers/announcement.docx"), 409)
    assert is_problem(clerk.get(f"/cases/{number}/papers/passport.docx"), 404)
    assert is_problem(clerk.get(f"/cases/{case(desk, 'approved')}/papers/announcement.docx"), 400)


def test_the_public_answers_without_signing_in_and_sees_counts_alone(desk):
    number, anybody = case(desk, "consulting"), desk.client()
    assert anybody.post(f"/consultations/{number}", json=AGAINST).json()["counts"]["object"] == 1
    assert anybody.post(f"/consultations/{number}", data=FOR).status_code == 201  # as a form too
    shown = anybody.get(f"/consultations/{number}").text + anybody.get("/consultations").text
    assert '"object":1' in shown
    for secret in (AGAINST["name"], AGAINST["contact"], AGAINST["reason"]):
        assert secret not in shown


def test_the_office_reads_what_was_said_and_records_letters(desk, clerk):
    number = case(desk, "consulting")
    desk.client().post(f"/consultations/{number}", json=AGAINST)
    answer = clerk.post(f"/cases/{number}/opinions", json={**FOR, "source": "letter"})
    assert (answer.status_code, answer.json()["counts"]) == (201, {"support": 1, "object": 1, "comment": 0})
    said = clerk.get(f"/cases/{number}/opinions").json()
    assert [(each["name"], each["source"]) for each in said["opinions"]] == [("样居民乙", "public"), ("样居民甲", "letter")]
    case_document = clerk.get(f"/cases/{number}").text
    assert AGAINST["name"] not in case_document
    assert AGAINST["contact"] not in case_document


def test_too_many_answers_from_one_address_wait(desk):
    number, anybody = case(desk, "consulting"), desk.client()
    for _ in range(ANSWERS_OF_A_PLACE):
        assert anybody.post(f"/consultations/{number}", json=FOR).status_code == 201
    answer = anybody.post(f"/consultations/{number}", json=FOR)
    assert is_problem(answer, 429)
    assert "retry-after" in answer.headers


@pytest.mark.parametrize("state", ["draft", "accepted", "announced"])
def test_what_is_not_out_is_not_shown_as_a_consultation(desk, state):
    number, anybody = case(desk, state), desk.client()
    assert is_problem(anybody.get(f"/consultations/{number}"), 404)
    assert anybody.get("/consultations").json()["consultations"] == []


def test_many_consultations_come_page_by_page(desk):
    numbers = [case(desk, "consulting") for _ in range(53)]
    first = desk.client().get("/consultations").json()
    second = desk.client().get("/consultations", params={"before": first["before"]}).json()
    assert [each["id"] for each in first["consultations"] + second["consultations"]] == numbers[::-1]
    assert second["before"] is None


def test_follow_ups_are_listed_counted_and_settled_once(desk, clerk):
    street = place(desk, "样石桥街")
    place(desk, "样石桥小区", "RES", OTHER_TOWN)
    number = opened_for(desk, street, "样望江街")
    (entry,) = clerk.get(f"/cases/{number}/follow-ups").json()["follow_ups"]
    path = f"/cases/{number}/follow-ups/{entry['id']}"
    assert is_problem(clerk.post(path, json={"outcome": "done"}), 409)
    assert is_problem(clerk.post(path, json={"outcome": "kept"}), 400)
    assert is_problem(clerk.post(f"/cases/{number}/follow-ups/{entry['id'] + 1}", json={"outcome": "kept"}), 404)
    statuses = []

    def try_it(client):
        statuses.append(client.post(path, json={"outcome": "kept", "reason": "另有所指"}).status_code)

    threads = [threading.Thread(target=try_it, args=[desk.client(who)]) for who in ("staff", "colleague")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, 409]
    assert clerk.get(f"/cases/{number}/follow-ups").json()["counts"] == {"open": 0, "done": 0, "kept": 1}


def test_a_form_sent_with_a_cookie_carries_its_own_token(desk):
    """What a browser sends by itself is not enough to settle, attach or record anything."""
    number = case(desk, "consulting")
    client = desk.client()
    answer = client.post("/sessions", json={"name": "staff", "password": "only-for-tests-1"})
    assert answer.status_code == 201
    assert is_problem(attach(client, number), 403)
    assert is_problem(client.post(f"/cases/{number}/opinions", json={**FOR, "source": "letter"}), 403)
    client.headers["x-csrf-token"] = answer.json()["csrf"]
    assert attach(client, number).status_code == 201


def test_the_cases_table_hides_its_rows_from_the_publics_role(desk):
    case(desk, "accepted")
    with desk.database.reading() as look:
        assert look.execute(text("SELECT count(id) FROM jiezhi.name_case")).scalar_one() == 0
    with desk.database.writing() as tx:
        assert tx.execute(CASES.select()).first() is not None


def test_an_answer_does_not_tell_that_there_is_a_case_one_may_not_see(desk):
    """Every door says of a hidden case what it says of one that is not there; of a public one, that it is not theirs."""
    hidden, public, none = case(desk, "accepted"), case(desk, "announced", **APPROVED), 999_999
    stranger = desk.client("neighbour")
    doors = [
        lambda number: stranger.get(f"/cases/{number}"),
        lambda number: stranger.patch(f"/cases/{number}", json={"reason": "x"}),
        lambda number: stranger.post(f"/cases/{number}/decisions", json={"verb": "accept"}),
        lambda number: stranger.get(f"/cases/{number}/edit", headers={"Accept": "text/html"}),
        lambda number: attach(stranger, number),
        lambda number: stranger.post(f"/cases/{number}/opinions", json=AGAINST),
        lambda number: stranger.post(f"/cases/{number}/follow-ups/1", json={"outcome": "kept"}),
        *(lambda number, path=path: stranger.get(f"/cases/{number}/{path}") for path in (*LISTS, "papers/approval.docx")),
    ]
    for door in doors:
        said = [door(number) for number in (hidden, none)]
        assert [answer.status_code for answer in said] == [404, 404]
        sentences = [f"没有第 {number} 号事项" in answer.text for number, answer in zip((hidden, none), said, strict=True)]
        assert sentences == [True, True]
    assert is_problem(stranger.post(f"/cases/{public}/decisions", json={"verb": "accept"}), 403)


def test_an_answer_does_not_tell_that_there_is_a_place_one_may_not_see(desk):
    """A case about a hidden place of another area is answered as one about a place that is not there."""
    secret = place(desk, "秘泉街", unit=OTHER_TOWN, disclosure="internal")
    open_to_all = place(desk, "样泉街", unit=OTHER_TOWN, disclosure="public")
    with desk.database.writing() as tx:
        c = NAMES.table.c
        codes = {row.id: row.code for row in tx.execute(select(c.id, c.code).where(c.id.in_([secret, open_to_all])))}
    desk.has("of a town", "staff", area=TOWN)
    stranger, html = desk.client("of a town"), {"Accept": "text/html"}
    asked = {"candidates": ["样望江街"], "rename_reason": "construction", "reason": "样", "unit": TOWN}
    nobody = "00000000-0000-4000-8000-000000000000"
    for action in ("rename", "restore", "delete"):
        for which in (codes[secret], str(secret)):
            none = "99010110023514999999" if len(which) == 20 else nobody
            said = [stranger.post("/cases", json={**asked, "action": action, "place": each}) for each in (which, none)]
            assert [answer.status_code for answer in said] == [404, 404]
            assert said[0].text.replace(which, "") == said[1].text.replace(none, "")
            page = stranger.get("/cases/new", params={"action": action, "place": which}, headers=html)
            assert page.status_code == 404
            assert "秘泉" not in page.text
    for part in ("check?at=0&action=rename&name-0=样街&", "ground?"):
        shown = [stranger.get(f"/cases/{part}place={each}", headers=html) for each in (secret, nobody)]
        said = [MADE_UP.sub("", answer.text) for answer in shown]
        assert said[0] == said[1]
    known = {**asked, "action": "rename", "place": codes[open_to_all]}
    assert is_problem(stranger.post("/cases", json=known), 403)  # in a unit of one's own, about a place of another's
