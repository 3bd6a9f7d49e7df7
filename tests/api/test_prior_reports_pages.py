"""Prior reports over HTTP: drafting, submitting and deciding as JSON and as pages, and nothing of it for the public."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from gis import history
from placenames.sites.cemeteries import CEMETERIES
from tests.conftest import Office, is_problem
from tests.placenames.case_desk import TODAY
from tests.placenames.report_desk import CODE, EXTENSION, PLOTS, led, reported, settled
from tests.sites_made import TOWN, has_cemetery

HTML = {"Accept": "text/html"}
WICKED = "<script>alert(1)</script>"


@pytest.fixture
def office(county_office: Office) -> Office:
    return settled(county_office)


def page(client: TestClient, address: str, lang: str = "zh") -> str:
    answer = client.get(f"{address}{'&' if '?' in address else '?'}lang={lang}", headers=HTML)
    assert answer.status_code == 200, answer.text
    return answer.text


def opened(office: Office, **more: object) -> int:
    answer = office.client("staff").post("/cases", json=EXTENSION | more)
    assert answer.status_code == 201, answer.text
    return int(answer.json()["id"])


def decided(office: Office, number: int, who: str, verb: str, **more: str) -> tuple[int, str]:
    answer = office.client(who).post(f"/cases/{number}/decisions", json={"verb": verb, **more})
    return answer.status_code, answer.json().get("state", "")


def test_a_report_is_opened_changed_submitted_and_decided_as_cases_of_names_are(office):
    number = opened(office)
    client = office.client("staff")
    assert client.patch(f"/cases/{number}", json={"plots": 210}).status_code == 200
    seen = client.get(f"/cases/{number}").json()
    assert (seen["report"]["plots"], seen["report"]["plot_m2"], seen["name"]) == (210, 0.9, "样山公墓")
    assert (seen["cemetery"], seen["category"], seen["moves"]) == (CODE, None, ["submit", "withdraw"])
    assert decided(office, number, "staff", "submit") == (200, "submitted")
    assert decided(office, number, "staff", "acknowledge", document="样1号")[0] == 403
    assert decided(office, number, "reviewer", "return")[0] == 400
    assert decided(office, number, "reviewer", "return", reason="缺图") == (200, "returned")
    assert client.get(f"/cases/{number}").json()["came_back"]["reason"] == "缺图"
    assert decided(office, number, "staff", "submit") == (200, "submitted")
    assert decided(office, number, "reviewer", "acknowledge", document="样民备1号") == (200, "acknowledged")
    assert decided(office, number, "reviewer", "announce", effective=str(TODAY))[0] == 409
    assert decided(office, number, "staff", "report_built", built_on=str(TODAY)) == (200, "built")
    assert decided(office, number, "reviewer", "inspect", document="样验1号", inspected_on=str(TODAY)) == (200, "inspected")
    assert decided(office, number, "approver", "close") == (200, "closed")
    steps = office.client("reviewer").get(f"/cases/{number}").json()["events"]
    assert [each["document"] for each in steps if each["verb"] in ("acknowledge", "inspect")] == ["样民备1号", "样验1号"]


def test_the_list_is_filtered_by_kind(office):
    number = opened(office)
    client = office.client("staff")
    for kind, found in (("reports", [number]), ("report_extension", [number]), ("names", []), ("report_plots", [])):
        assert [each["id"] for each in client.get("/cases", params={"kind": kind}).json()["cases"]] == found
    assert is_problem(client.get("/cases", params={"kind": "graves"}), 400)


def test_nobody_but_the_office_learns_of_a_report(office):
    number = opened(office)
    led(office, number, "acknowledge")
    public = office.client()
    assert is_problem(public.get(f"/cases/{number}"), 404)
    assert public.get("/cases").json()["cases"] == []
    for address in (f"new?cemetery={CODE}", f"{number}/edit", f"ground?cemetery={CODE}"):
        assert is_problem(public.get(f"/prior-reports/{address}"), 401)
    assert is_problem(public.post("/cases", json=EXTENSION), 401)
    office.has("elsewhere", "reviewer", area="990202")
    assert is_problem(office.client("elsewhere").post(f"/cases/{number}/decisions", json={"verb": "inspect"}), 404)


def test_only_the_clerk_of_the_area_reports(office):
    office.has("far clerk", "staff", area="990202")
    for who in ("reviewer", "far clerk"):
        assert is_problem(office.client(who).post("/cases", json=EXTENSION), 403)
        assert is_problem(office.client(who).get(f"/prior-reports/new?cemetery={CODE}"), 403)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_pages_of_a_report_open_in_every_state(office, lang):
    number = opened(office)
    words = {"zh": ("墓地扩建事前报备", "规则结论"), "en": ("Prior report of an extension", "What rules say")}[lang]
    for step in ("", "submit", "acknowledge", "report_built", "inspect", "close"):
        if step:
            given = {"document": "样1号", "built_on": str(TODAY), "inspected_on": str(TODAY)}
            who = "approver" if step == "close" else "staff" if step in ("submit", "report_built") else "reviewer"
            assert decided(office, number, who, step, **given)[0] == 200
        for who in ("staff", "reviewer", "approver"):
            shown = page(office.client(who), f"/cases/{number}", lang)
            assert all(each in shown for each in (*words, "样山公墓", CODE))
    assert page(office.client("staff"), "/cases?mine=", lang).count(f"/cases/{number}") == 2


def test_a_report_is_drafted_from_the_page_of_a_cemetery(office):
    client = office.client("staff")
    link = f"/prior-reports/new?cemetery={CODE}"
    assert link in page(client, f"/collections/cemeteries/items/{CODE}")
    assert link not in page(office.client(), f"/collections/cemeteries/items/{CODE}")
    assert "样山公墓" in page(client, link)
    form = {**{name: str(value) for name, value in EXTENSION.items() if name != "geometry"},
            "geometry": json.dumps(EXTENSION["geometry"]), "kind": "current_map"}  # fmt: skip
    files = [("files", ("现状.pdf", b"%PDF-1.4 sample", "application/pdf"))]
    kept = client.post("/prior-reports/new", data=form, files=files, headers=HTML)
    assert kept.status_code == 303, kept.text
    number = int(kept.headers["location"].rpartition("/")[2])
    seen = client.get(f"/cases/{number}").json()
    assert (seen["report"]["plots"], seen["geometry"]["type"]) == (200, "Polygon")
    shown = page(client, f"/cases/{number}")
    assert "现状.pdf" in shown
    assert "缺少图件:建设规划图、墓穴样式图" in shown
    changed = client.post(f"/prior-reports/{number}/edit", data=form | {"plots": "90", "geometry": ""}, headers=HTML)
    assert changed.status_code == 303
    seen = client.get(f"/cases/{number}").json()
    assert (seen["report"]["plots"], seen["geometry"]["type"]) == (90, "Polygon")
    assert client.get(f"/cases/{number}/edit").headers["location"] == f"/prior-reports/{number}/edit"
    assert "90" in page(client, f"/prior-reports/{number}/edit")


def test_what_cannot_be_kept_is_shown_again(office):
    form = {name: str(value) for name, value in PLOTS.items()} | {"plots": "许多", "reason": WICKED}
    shown = office.client("staff").post("/prior-reports/new", data=form, headers=HTML)
    assert shown.status_code == 400
    assert "许多" in shown.text
    assert "0.9" in shown.text
    assert WICKED not in shown.text
    assert "&lt;script&gt;" in shown.text
    assert office.client("staff").get("/cases").json()["cases"] == []


@pytest.mark.parametrize(
    "wrong", [{"action": ["report_plots"]}, {"action": {}}, {"plot_kind": ["x"]}, {"plot_kind": {"x": 1}}], ids=str
)
def test_a_choice_that_is_no_word_is_refused(office, wrong):
    number = opened(office)
    client = office.client("staff")
    assert is_problem(client.post("/cases", json=EXTENSION | wrong), 400)
    assert is_problem(client.patch(f"/cases/{number}", json=wrong), 400)
    assert is_problem(client.post("/cases/new", json=EXTENSION | wrong), 400)


def test_what_may_be_asked_for_is_told_with_its_meaning(office):
    client = office.client("staff")
    for answer in (client.post("/cases", json=EXTENSION | {"action": "report_nothing"}),
                   client.get(f"/prior-reports/new?cemetery={CODE}&action=report_nothing")):  # fmt: skip
        assert is_problem(answer, 400)
        said = answer.json()["message"]
        assert "report_plots(新增墓区、墓穴事前报备)" in said["zh"]
        assert "report_plots (prior report of new plots)" in said["en"]
        assert "、" not in said["en"]
    said = client.get("/cases?state=no-such").json()["message"]
    assert "draft(草稿)、submitted(待受理)" in said["zh"]
    assert "draft (draft), submitted (waits for acceptance)" in said["en"]
    assert "not “no-such”" in said["en"]


def test_names_and_reports_do_not_take_each_others_doors(office):
    number = reported(office, PLOTS)
    client = office.client("staff")
    naming = {"action": "naming", "category": "ROD", "unit": "990101001", "reason": "样"}
    case = client.post("/cases", json=naming).json()["id"]
    assert is_problem(client.get(f"/prior-reports/ground?cemetery={CODE}&report={case}"), 409)
    assert client.get(f"/prior-reports/ground?cemetery={CODE}&report={number}").status_code == 200
    assert is_problem(client.get(f"/cases/{number}/papers/announcement.docx"), 409)
    assert client.get(f"/cases/{number}/impact").status_code in (200, 409)
    assert client.get(f"/cases/{number}/follow-ups").json()["follow_ups"] == []
    kinds = client.get(f"/cases/{number}/attachments").json()["kinds"]
    assert {"current_map", "build_plan", "plot_style"} < set(kinds)


def test_words_of_people_stay_words(office):
    with office.database.writing() as tx:
        has_cemetery(tx, "C9", None, name=WICKED)
    number = opened(office, cemetery="C9", land_document=WICKED, reason=WICKED)
    for address in (f"/cases/{number}", f"/prior-reports/{number}/edit", "/cases?mine="):
        shown = page(office.client("staff"), address)
        assert WICKED not in shown
        assert "&lt;script&gt;" in shown


def closes(office: Office) -> None:
    with office.database.writing() as tx:
        which = tx.scalar(select(CEMETERIES.table.c.id).where(CEMETERIES.table.c.code == CODE))
        row = {"id": which, "code": CODE, "name": "样山公墓", "category": "rural_public", "unit": TOWN, "state": "closed"}
        history.begin(tx, CEMETERIES.table, [row], TODAY)


def test_a_cemetery_that_was_closed_meanwhile_grows_no_more(office):
    submitted, supplement, draft = opened(office), opened(office, action="report_plots"), opened(office)
    assert decided(office, submitted, "staff", "submit")[0] == 200
    assert decided(office, supplement, "staff", "submit")[0] == 200
    assert decided(office, supplement, "reviewer", "ask_supplement", reason="缺图")[0] == 200
    closes(office)
    for number, who, verb in (
        (draft, "staff", "submit"), (supplement, "staff", "supplement"), (submitted, "reviewer", "acknowledge"),
    ):  # fmt: skip
        given = {"verb": verb, "document": "样1号", "reason": "仍要办"}
        answer = office.client(who).post(f"/cases/{number}/decisions", json=given)
        assert is_problem(answer, 409), verb
        assert "已关闭" in answer.text
        assert "is closed" in answer.text
    assert decided(office, submitted, "reviewer", "refuse", reason="公墓已关闭") == (200, "refused")


def test_a_closed_cemetery_offers_no_report(office):
    client, link = office.client("staff"), f"/prior-reports/new?cemetery={CODE}"
    assert link in page(client, f"/collections/cemeteries/items/{CODE}")
    closes(office)
    assert link not in page(client, f"/collections/cemeteries/items/{CODE}")
    assert is_problem(client.get(link), 409)


def test_a_cemetery_that_ended_meanwhile_leaves_its_report_open_to_read(office):
    number = opened(office)
    assert decided(office, number, "staff", "submit")[0] == 200
    with office.database.writing() as tx:
        which = tx.scalar(select(CEMETERIES.table.c.id).where(CEMETERIES.table.c.code == CODE))
        history.end(tx, CEMETERIES.table, [which], TODAY - timedelta(days=1))
    assert "样山公墓" in page(office.client("reviewer"), f"/cases/{number}")
    assert decided(office, number, "reviewer", "acknowledge", document="样1号")[0] == 404
    assert decided(office, number, "reviewer", "refuse", reason="公墓已撤销") == (200, "refused")
