"""Every address that can be looked at, as everybody, in both languages: whole, or refused with the right words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import insert

from api.county import County
from api.county_flaws import flawed_samples
from api.county_photos import drawn
from api.demo import PLAN, plan_of
from gis.cluster import Cluster
from placenames.sites.graves import GRAVES
from tests.conftest import COUNTY_SINCE, Office, office_of_its_own
from tests.placenames.case_desk import STREET, announced, lead, look, opened, step
from tests.placenames.report_desk import PLOTS, reported
from tests.plates_sent import FIRST, publish
from tests.sites_made import has_cemetery

REGISTERS = ("units", "lines", "tri_junctions", "markers", "addresses")
RECORDS = {
    "units": "990101100",
    "lines": "990101001990101100",
    "tri_junctions": "990101-S01",
    "markers": "no-such",
    "addresses": "DZ0012",
}
PUBLISHED, BLOCKED, UNREADABLE, MISSING = 1, 2, 3, 99
SEES_SUBMISSIONS = {
    "surveyor": {PUBLISHED, BLOCKED, UNREADABLE},
    "reviewer": {PUBLISHED, BLOCKED},
    "approver": {PUBLISHED, BLOCKED},
    "administrator": {PUBLISHED, BLOCKED},
    "staff": set(),
    "elsewhere": set(),
}
PEOPLE = (None, *SEES_SUBMISSIONS)
IN_ALL_FORMS = (None, "surveyor")
FORMS = (("zh", "html"), ("en", "html"), ("zh", "json"))
"""The others differ only in which submissions and cases they may see."""
ANNOUNCED, DRAFT, CONSULTING, REPORT = 1, 2, 3, 4
CEMETERY = "C1"
PLATE = "DZ0012"
GRAVE = "G1"
CASES = (ANNOUNCED, DRAFT, CONSULTING, MISSING)
SEES_CASES = ("staff", "reviewer", "approver", "administrator")
OF_THE_CLERK = ("/cases/new", "/cases/check", "/cases/places", "/cases/ground")
HELD: dict[str, str] = {}
"""What is known only once the county is there: the id of a place."""
FRAGMENTS = ("/cases/check", "/cases/places")
"""Parts of pages, fetched while somebody types."""
LEFTOVERS = re.compile(
    r"\{\{|\}\}|\{%|\bNone\b|\bnan\b|\bundefined\b|Undefined|Text\(|&lt;\w+ object|Traceback"
)
CHINESE = re.compile(r"[\u4e00-\u9fff]{2,}")
NAMESPACES = ("http://www.w3.org/", "http://www.opengis.net/", "http://testserver", "https://geojson.org/")


@dataclass(frozen=True)
class Ask:
    """One question: of whom, for which address, in which form."""

    who: str | None
    template: str
    path: str
    lang: str
    form: str


@pytest.fixture(scope="module")
def desks(
    server: Cluster, county: County, county_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str | None, TestClient]]:
    """Everybody signed in, in a county with a plan and submissions in several states."""
    folder = tmp_path_factory.mktemp("every")
    with office_of_its_own(server, county_template, folder) as office:
        office.has("staff", "staff")
        office.has("elsewhere", "reviewer", "approver", "surveyor", area="990199")
        plan = plan_of(county, date.fromisoformat(COUNTY_SINCE))
        assert office.client("administrator").post("/plans", json=plan).status_code == 201
        _, unreadable, blocked = flawed_samples(county, folder)
        assert [office.send("surveyor", blocked), office.send("surveyor", unreadable)] == [
            BLOCKED,
            UNREADABLE,
        ]
        states = [office.state(n, "surveyor")["state"] for n in (PUBLISHED, BLOCKED, UNREADABLE)]
        assert states == ["published", "blocked", "unreadable"]
        bring_in_cases(office)
        publish(office, folder, FIRST, COUNTY_SINCE)
        has_grave(office)
        yield {who: office.client(who) for who in PEOPLE}


def bring_in_cases(office: Office) -> None:
    """A name that was announced, a draft with a paper, and a case that is out for consultation."""
    assert announced(office, STREET)["id"] == ANNOUNCED
    assert opened(office, STREET | {"candidates": ["样松街"]}) == DRAFT
    paper = {"file": ("说明.txt", b"why", "text/plain")}
    assert office.client("staff").post(f"/cases/{DRAFT}/attachments", files=paper).status_code == 201
    assert opened(office, STREET | {"candidates": ["样柏街"]}) == CONSULTING
    lead(office, CONSULTING, "accept")
    step(office, CONSULTING, "reviewer", "consult", consult_until=date.today())
    with office.database.writing() as tx:
        has_cemetery(tx, CEMETERY, None)
    photo = {"file": ("样.png", drawn("cemeteries", 1))}
    added = office.client("staff").post(f"/sites/{CEMETERY}/photos", files=photo, data={"audience": "public"})
    assert added.json() == {"id": 1}
    assert reported(office, PLOTS | {"cemetery": CEMETERY}) == REPORT
    HELD["place"] = str(look(office, ANNOUNCED)["place"])


def has_grave(office: Office) -> None:
    """A grave outside cemeteries of which little is known."""
    row = {"code": GRAVE, "category": "clan", "unit": "990101001", "found_on": date(2026, 1, 1), "result": "open"}
    with office.database.writing() as tx:
        tx.execute(insert(GRAVES.table).values(**row, valid_from=date(2026, 1, 1)))


def addresses(routes: Iterable[Any]) -> Iterator[str]:
    """The addresses that answer GET, with their places to fill; included routers are looked into."""
    for route in routes:
        if isinstance(route, APIRoute) and "GET" in route.methods:
            yield route.path
        elif included := getattr(route, "original_router", None):
            yield from addresses(included.routes)


def filled(template: str) -> Iterator[str]:
    """The addresses that a template stands for: what is there, and what is not."""
    ways = [way for begins, way in OF_THEIR_OWN.items() if template.startswith(begins)]
    if ways:
        yield from ways[0](template)
    elif "{fid}" in template:
        yield from (template.format(collection=name, fid=code) for name, code in RECORDS.items())
        yield template.format(collection="lines", fid="no-such")
    elif "{collection}" in template:
        more = "?bbox=110,30,111,31&zoom=9" if template.endswith("/heaps") else ""
        yield from (template.format(collection=name) + more for name in (*REGISTERS, "no-such"))
    elif template.startswith(("/cases/{", "/consultations/{")):
        yield from (template.format(number=n, attachment=1, paper="announcement") for n in CASES)
    elif template in ("/cases/check", "/cases/places", "/cases/new"):
        yield f"{template}?action=naming&category=ROD&at=0&name-0=样石桥街&q=样"
    elif template == "/names/{identity}":
        yield from (template.format(identity=each) for each in (HELD["place"], "no-such"))
    elif "{number}" in template:
        yield from (template.format(number=n) for n in (PUBLISHED, BLOCKED, UNREADABLE, MISSING))
    elif template.startswith("/progress/"):
        yield from (template.format(name=name) for name in (PLAN, "no-such"))
    elif template == "/units/at":
        yield from ("/units/at?lon=110.3&lat=30.7", "/units/at?lon=0&lat=0", "/units/at?lon=x&lat=0")
    else:
        yield template.format()  # a place that nobody fills here fails the test


def of_reports(template: str) -> Iterator[str]:
    if "{number}" in template:
        yield from (template.format(number=n) for n in (REPORT, DRAFT, MISSING))
    else:
        yield from (f"{template}?cemetery={code}" for code in (CEMETERY, "no-such"))


def photos(template: str) -> Iterator[str]:
    yield from (template.format(identity=each, number=1) for each in (CEMETERY, "no-such"))


def lookups(template: str) -> Iterator[str]:
    if "{identity}" in template:
        known = GRAVE if template.startswith("/graves") else PLATE
        yield from (template.format(identity=each) for each in (known, "no-such"))
    elif "{token}" in template:
        yield template.format(token="no-such")
    elif template in ("/addresses/batch", "/addresses/defects"):
        yield template
    elif template == "/addresses/changes":
        yield from (template, f"{template}?after=3&limit=2")
    elif template == "/addresses/reverse":
        yield from (f"{template}?lon={lon}&lat=30.7" for lon in ("110.3", "0", "x"))
    else:
        yield from (template.format(), f"{template}?q=样柳路8号 电联")


OF_THEIR_OWN = {"/prior-reports": of_reports, "/addresses": lookups, "/graves/{": lookups, "/sites/{": photos}
"""The beginnings of addresses whose places are filled in a way of their own."""


def asked(desk: TestClient) -> Iterator[Ask]:
    templates = sorted(set(addresses(desk.app.routes)))  # type: ignore[attr-defined]
    for template, who in product(templates, PEOPLE):
        of_cases = template.startswith(("/cases", "/consultations", "/prior-reports"))
        fully = who in IN_ALL_FORMS or (who == "staff" and of_cases) or (who == "administrator" and template == "/keys")
        forms = FORMS if fully else FORMS[:1] if of_cases or template.startswith("/submissions") else ()
        for path, (lang, form) in product(filled(template), forms):
            yield Ask(who, template, path, lang, form)


def expected(ask: Ask) -> int:
    """The status that is right."""
    special = {"/submissions": of_submission, "/cases": of_case, "/consultations/{": of_consultation, "/keys": of_keys,
               "/prior-reports": of_report, "/names/readings": of_the_office}
    for begins, status in (special | {"/names/check": of_check, "/addresses/defects": of_the_office,
               "/cemeteries/candidate": of_a_candidate, "/graves": of_graves}).items():
        if ask.template.startswith(begins):
            return status(ask)
    if "no-such" in ask.path:
        return 404
    if "lon=x" in ask.path:
        return 400
    leads_on = ask.template in ("/", "/progress", "/collections/{collection}", "/names/suggest", "/addresses/suggest")
    return 303 if ask.form == "html" and leads_on else 200


def of_consultation(ask: Ask) -> int:
    return 200 if f"/{CONSULTING}" in ask.path else 404


def of_report(ask: Ask) -> int:
    if ask.who is None:
        return locked(ask)
    if "no-such" in ask.path or str(MISSING) in ask.path:
        return 404
    if ask.template.endswith("/ground"):
        return 200
    if ask.who != "staff":
        return 404 if "{number}" in ask.template and ask.who not in SEES_CASES else 403
    return 409 if f"/{DRAFT}/" in ask.path else 200


def of_keys(ask: Ask) -> int:
    return locked(ask) if ask.who is None else 200 if ask.who == "administrator" else 403


def of_check(ask: Ask) -> int:
    return locked(ask) if ask.who is None else 200 if ask.who in SEES_CASES else 403


def of_the_office(ask: Ask) -> int:
    return locked(ask) if ask.who is None else 200 if ask.who in (*SEES_CASES, "elsewhere") else 403


def of_a_candidate(ask: Ask) -> int:
    return locked(ask) if ask.who is None else 200 if ask.form == "html" else 400


def of_graves(ask: Ask) -> int:
    if ask.who is None:
        return locked(ask)
    if "no-such" in ask.path or ask.template.endswith("/photo"):
        return 404
    return 403 if GRAVE in ask.path and ask.who == "elsewhere" else 200


def locked(ask: Ask) -> int:
    """For nobody: the way to the sign-in page, or a refusal."""
    return 303 if ask.form == "html" else 401


def of_case(ask: Ask) -> int:
    if ask.template == "/cases":
        return 200
    if ask.template in OF_THE_CLERK:
        return locked(ask) if ask.who is None else 200 if ask.who == "staff" else 403
    number = int(ask.path.split("/")[2])
    sees = ask.who in SEES_CASES
    if ask.template == "/cases/{number}":
        return (200 if number != MISSING else 404) if sees else of_public_case(ask, number)
    if ask.who is None or number == MISSING:
        return locked(ask) if ask.who is None else 404
    if not sees:  # what everybody knows of is not theirs; of anything else they do not learn
        return 403 if number in (ANNOUNCED, CONSULTING) else 404
    return of_what_belongs_to_a_case(ask, number)


def of_public_case(ask: Ask, number: int) -> int:
    if number == ANNOUNCED:
        return 200
    if number == CONSULTING:
        return 303 if ask.form == "html" else 200
    return 303 if ask.who is None and ask.form == "html" else 404


def of_what_belongs_to_a_case(ask: Ask, number: int) -> int:
    if ask.template.endswith("/edit"):
        return 403 if ask.who != "staff" else 200 if number == DRAFT else 409
    if ask.template.endswith("{attachment}"):
        return 200 if number == DRAFT else 404
    return 409 if ask.template.endswith(".docx") and number != ANNOUNCED else 200


def of_submission(ask: Ask) -> int:
    if ask.who is None:
        return locked(ask)
    if ask.path == "/submissions":
        return 200
    number = int(ask.path.split("/")[2])
    if number == MISSING:
        return 404
    return 200 if number in SEES_SUBMISSIONS[ask.who] else 403


def test_every_page_is_whole_or_refused_with_the_right_words(desks: dict[str | None, TestClient]) -> None:
    asks = list(asked(desks[None]))
    wrong = [(ask, fault) for ask in asks for fault in faults(ask, answered(desks[ask.who], ask))]
    assert wrong == []
    assert len(asks) > 300


def answered(desk: TestClient, ask: Ask) -> Response:
    accept = "text/html" if ask.form == "html" else "application/json"
    return desk.get(ask.path, headers={"Accept": accept, "Cookie": f"lang={ask.lang}"})


def faults(ask: Ask, answer: Response) -> Iterator[str]:
    """What is wrong with an answer."""
    if answer.status_code != expected(ask):
        yield f"{answer.status_code} instead of {expected(ask)}: {answer.text[:200]}"
    kind = answer.headers.get("content-type", "")
    if "html" in kind or "json" in kind:
        yield from (f"names another host: {each}" for each in foreign(answer.text))
    if "json" in kind:
        json.loads(answer.text)
    if "html" in kind:
        yield from faults_of_page(ask, answer.text)


def is_a_part(ask: Ask, page: str) -> bool:
    return ask.template in FRAGMENTS and "<html" not in page


def faults_of_page(ask: Ask, page: str) -> Iterator[str]:
    if f'<html lang="{"zh-CN" if ask.lang == "zh" else "en"}"' not in page and not is_a_part(ask, page):
        yield "not in its language"
    knows = 'action="/sign-out"' in page or ask.path == "/sign-in"
    if ask.who is not None and '<header class="top">' in page and not knows:
        yield "does not know who is signed in"
    words = re.sub(r"(?s)<(script|style)\b.*?</\1>|<[^>]+>", " ", page)
    left = LEFTOVERS.search(words)
    if left:
        yield f"left over: {words[max(0, left.start() - 80) : left.end() + 80]}"
    if ask.lang == "en" and ask.path == "/sign-in":
        yield from (f"not translated: {each}" for each in set(CHINESE.findall(words)) - {"界址", "中文"})


def foreign(text: str) -> list[str]:
    found = re.findall(r"https?://[^\s\"'<>)\\]+", text)
    return sorted({each for each in found if not each.startswith(NAMESPACES)})
