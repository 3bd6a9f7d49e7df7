"""Who may call what: one table over every address of the application, and everybody tries everything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import insert

from api.batch_forms import Form, as_stored
from api.county import survey
from api.county_files import write_survey
from api.county_photos import drawn
from api.county_pictures import lay_pictures
from api.county_story import pilot_line
from api.demo import plan_of
from gis import system_keys
from gis.system_keys import Terms
from placenames.addresses import address_batches
from placenames.addresses.addresses import ADDRESSES
from placenames.appellations import call_places_by_their_names
from placenames.casework.follow_ups import FOLLOW_UPS
from placenames.language.keys import keys_of
from placenames.names import NAMES
from placenames.sites.graves import GRAVES
from tests.conftest import COUNTY, PASSWORD, Office, office_of_its_own
from tests.placenames.case_desk import STREET, lead, opened, step
from tests.placenames.report_desk import PLOTS, reported
from tests.sites_made import has_cemetery

ELSEWHERE = "990202"
INSIDE = ("sender", "colleague", "reviewer", "approver", "staff", "system", "administrator")
OUTSIDE = ("surveyor elsewhere", "reviewer elsewhere", "approver elsewhere", "administrator elsewhere")
SIGNED = {*INSIDE, *OUTSIDE}
EVERYBODY = {"anonymous", *SIGNED}
COLLEAGUES = {*SIGNED} - {"system"}
SENDERS = {"sender", "colleague", "surveyor elsewhere", "staff"}
"""Whoever holds the role that some register is sent by."""
READERS = {"sender", "reviewer", "approver", "administrator"}
"""Of one submission: whoever sent it, and whoever decides or administers in its area."""
OFFICE = {"staff", "reviewer", "approver", "administrator"}
"""Of one case: the office of its area."""
OFFICES = OFFICE | {f"{role} elsewhere" for role in ("reviewer", "approver", "administrator")}
CLERKS = {"staff", "reviewer"}


@dataclass(frozen=True)
class Call:
    """One way to call an address, and who gets through."""

    who: set[str]
    path: str = ""
    send: dict[str, Any] = field(default_factory=dict)


def form(name: str, content: bytes) -> dict[str, Any]:
    return {"files": {name: ("sent.csv", content)}}


UNIT = f"code,name\n{COUNTY},样例县\n".encode()
NEW = {"name": "newcomer", "password": PASSWORD, "roles": [["staff", COUNTY]]}
TABLE: dict[tuple[str, str], Call] = {
    ("GET", "/"): Call(EVERYBODY),
    ("GET", "/openapi.json"): Call(EVERYBODY),
    ("GET", "/openapi"): Call(EVERYBODY),
    ("GET", "/conformance"): Call(EVERYBODY),
    ("GET", "/collections"): Call(EVERYBODY),
    ("GET", "/collections/{collection}"): Call(EVERYBODY, "/collections/lines"),
    ("GET", "/collections/{collection}/items"): Call(EVERYBODY, "/collections/lines/items"),
    ("GET", "/collections/{collection}/items/{fid}"): Call(EVERYBODY, "/collections/lines/items/{fid}"),
    ("GET", "/collections/{collection}/items/{fid}/versions"): Call(
        EVERYBODY, "/collections/lines/items/{fid}/versions"
    ),
    ("GET", "/collections/{collection}/export"): Call(EVERYBODY, "/collections/lines/export"),
    ("GET", "/collections/{collection}/map"): Call(EVERYBODY, "/collections/lines/map"),
    ("GET", "/collections/{collection}/heaps"): Call(EVERYBODY, "/collections/lines/heaps?bbox=110,30,111,31&zoom=9"),
    ("GET", "/progress"): Call(EVERYBODY),
    ("GET", "/progress/{name}"): Call(EVERYBODY, "/progress/{plan}"),
    ("GET", "/progress/{name}/map"): Call(EVERYBODY, "/progress/{plan}/map"),
    ("GET", "/units/at"): Call(EVERYBODY, "/units/at?lon=110&lat=30"),
    ("GET", "/addresses/parse"): Call(EVERYBODY, "/addresses/parse?q=样例路1号"),
    ("GET", "/addresses"): Call(EVERYBODY),
    ("GET", "/addresses/search"): Call(EVERYBODY, "/addresses/search?q=样例路1号"),
    ("GET", "/addresses/suggest"): Call(EVERYBODY, "/addresses/suggest?q=样"),
    ("GET", "/addresses/reverse"): Call(EVERYBODY, "/addresses/reverse?lon=110.3&lat=30.7"),
    ("GET", "/addresses/map"): Call(EVERYBODY, "/addresses/map?q=样例路1号"),
    ("GET", "/addresses/changes"): Call(EVERYBODY),
    ("POST", "/addresses/batch"): Call(EVERYBODY, send={"json": ["样例路1号"]}),
    ("GET", "/addresses/batch"): Call(EVERYBODY),
    ("POST", "/addresses/batch/upload"): Call(EVERYBODY, send=form("file", "地址\n样例路1号\n".encode())),
    ("GET", "/addresses/batch/{token}"): Call(EVERYBODY, "/addresses/batch/{batch}"),
    ("GET", "/addresses/batch/{token}/answers"): Call(EVERYBODY, "/addresses/batch/{batch}/answers"),
    ("GET", "/addresses/defects"): Call(OFFICES),
    ("GET", "/addresses/{identity}"): Call(EVERYBODY, "/addresses/{plate}"),
    ("GET", "/addresses/{identity}/map"): Call(EVERYBODY, "/addresses/{plate}/map"),
    ("GET", "/sites"): Call(EVERYBODY),
    ("GET", "/sites/{identity}/photos"): Call(EVERYBODY, "/sites/C1/photos"),
    # with what is no picture: whoever may add one hears so, and nothing is kept
    ("POST", "/sites/{identity}/photos"): Call({"staff"}, "/sites/C1/photos", send=form("file", b"sample")),
    ("GET", "/sites/{identity}/photos/{number}"): Call(EVERYBODY, "/sites/C1/photos/{photo}"),
    ("POST", "/sites/{identity}/photos/{number}/withdraw"): Call({"staff"}, "/sites/C1/photos/{photo}/withdraw"),
    ("GET", "/sites/sheet"): Call(EVERYBODY, "/sites/sheet?form=png"),
    ("GET", "/coverage"): Call(EVERYBODY),
    ("GET", "/coverage/map"): Call(EVERYBODY),
    ("GET", "/coverage/capacity"): Call(EVERYBODY),
    ("GET", "/coverage/capacity/map"): Call(EVERYBODY),
    ("GET", "/cemeteries/candidate"): Call(COLLEAGUES, "/cemeteries/candidate?lon=110.3&lat=30.7"),
    ("POST", "/cemeteries/candidate"): Call(
        COLLEAGUES, send={"json": {"geometry": {"type": "Point", "coordinates": [110.3, 30.7]}}}
    ),
    ("GET", "/graves"): Call(COLLEAGUES),
    ("GET", "/graves/map"): Call(COLLEAGUES),
    ("GET", "/graves/{identity}"): Call({*INSIDE} - {"system"}, "/graves/{grave}"),
    ("GET", "/graves/{identity}/map"): Call({*INSIDE} - {"system"}, "/graves/{grave}/map"),
    ("GET", "/graves/{identity}/photo"): Call({*INSIDE} - {"system"}, "/graves/{grave}/photo"),
    ("GET", "/sites/map"): Call(EVERYBODY),
    ("GET", "/rules"): Call(EVERYBODY),
    ("GET", "/health/live"): Call(EVERYBODY),
    ("GET", "/health/ready"): Call(EVERYBODY),
    ("GET", "/metrics"): Call(EVERYBODY),
    ("GET", "/sign-in"): Call(EVERYBODY),
    ("GET", "/static"): Call(EVERYBODY, "/static/style.css"),
    ("POST", "/sign-in"): Call(EVERYBODY, send={"data": {"name": "staff", "password": PASSWORD}}),
    ("POST", "/sessions"): Call(EVERYBODY, send={"json": {"name": "staff", "password": PASSWORD}}),
    ("POST", "/users"): Call({"administrator"}, send={"json": NEW}),
    ("GET", "/keys"): Call({"administrator", "administrator elsewhere"}),
    ("POST", "/keys"): Call({"administrator"}, send={"json": {"name": "tax", "areas": [COUNTY]}}),
    ("POST", "/keys/{number}/end"): Call({"administrator"}, "/keys/{key}/end"),
    ("POST", "/units"): Call({"administrator"}, send=form("file", UNIT)),
    ("POST", "/plans"): Call({"administrator"}, send={"json": "the plan"}),
    ("GET", "/submissions"): Call(SIGNED),
    ("POST", "/submissions"): Call(SENDERS, send=form("files", b"{}")),
    ("GET", "/submissions/{number}"): Call(READERS),
    ("GET", "/submissions/{number}/report.gpkg"): Call(READERS),
    ("GET", "/submissions/{number}/map"): Call(READERS),
    ("GET", "/submissions/{number}/changes"): Call(READERS),
    ("GET", "/submissions/{number}/changes/map"): Call(READERS),
    ("POST", "/submissions/{number}/deliveries"): Call(
        {"sender"}, send={"json": {"set_aside": [["lines", 1]]}}
    ),
    # on a delivery that is not the latest: whoever may decide hears so, and nothing changes
    ("POST", "/submissions/{number}/decisions"): Call(
        {"reviewer"}, send={"json": {"verb": "accept", "delivery": 999999}}
    ),
    ("GET", "/cases"): Call(EVERYBODY),
    ("POST", "/cases"): Call({"staff"}, send={"json": {}}),
    ("GET", "/cases/{number}"): Call(EVERYBODY, "/cases/{case}"),
    ("PATCH", "/cases/{number}"): Call({"staff"}, "/cases/{case}", send={"json": {"reason": "样"}}),
    ("POST", "/cases/{number}/decisions"): Call(
        {"reviewer"}, "/cases/{case}/decisions", send={"json": {"verb": "close_consultation", "reason": "样"}}
    ),
    ("GET", "/cases/new"): Call({"staff"}),
    ("POST", "/cases/new"): Call({"staff"}, send={"data": {}}),
    ("GET", "/cases/check"): Call({"staff"}, "/cases/check?at=0"),
    ("GET", "/cases/places"): Call({"staff"}, "/cases/places?action=rename&q=样"),
    ("GET", "/cases/ground"): Call({"staff"}),
    ("GET", "/cases/{number}/edit"): Call({"staff"}, "/cases/{draft}/edit"),
    ("POST", "/cases/{number}/edit"): Call({"staff"}, "/cases/{draft}/edit", send={"data": {}}),
    ("GET", "/names"): Call(EVERYBODY),
    ("GET", "/names/search"): Call(EVERYBODY, "/names/search?q=样"),
    ("GET", "/names/suggest"): Call(EVERYBODY, "/names/suggest?q=样"),
    ("GET", "/names/map"): Call(EVERYBODY, "/names/map?q=样"),
    ("GET", "/names/{identity}"): Call(EVERYBODY, "/names/{place}"),
    ("GET", "/names/readings"): Call(OFFICES),
    ("POST", "/names/readings"): Call(
        {"staff"}, send={"json": {"text": "样柏", "reading": "yàng bǎi", "reason": "样"}}
    ),
    ("POST", "/names/readings/end"): Call({"staff"}, send={"json": {"text": "样柏", "reason": "样"}}),
    ("GET", "/names/check"): Call(OFFICES, "/names/check?name=样街&unit=990101001&category=ROD"),
    ("GET", "/prior-reports/new"): Call({"staff"}, "/prior-reports/new?cemetery=C1"),
    ("POST", "/prior-reports/new"): Call({"staff"}, send={"data": {"cemetery": "C1"}}),
    ("GET", "/prior-reports/ground"): Call(COLLEAGUES, "/prior-reports/ground?cemetery=C1"),
    ("GET", "/prior-reports/{number}/edit"): Call({"staff"}, "/prior-reports/{report}/edit"),
    ("POST", "/prior-reports/{number}/edit"): Call({"staff"}, "/prior-reports/{report}/edit", send={"data": {}}),
    ("GET", "/cases/{number}/attachments"): Call(OFFICE, "/cases/{case}/attachments"),
    ("POST", "/cases/{number}/attachments"): Call(
        OFFICE, "/cases/{case}/attachments", send={"files": {"file": ("样.txt", b"sample")}, "data": {"kind": "plan"}}
    ),
    ("GET", "/cases/{number}/attachments/{attachment}"): Call(OFFICE, "/cases/{case}/attachments/{attachment}"),
    ("GET", "/cases/{number}/impact"): Call(OFFICE, "/cases/{case}/impact"),
    ("GET", "/cases/{number}/impact/map"): Call(OFFICE, "/cases/{case}/impact/map"),
    ("GET", "/cases/{number}/papers/{paper}.docx"): Call(OFFICE, "/cases/{case}/papers/announcement.docx"),
    ("GET", "/cases/{number}/opinions"): Call(OFFICE, "/cases/{case}/opinions"),
    ("POST", "/cases/{number}/opinions"): Call(CLERKS, "/cases/{case}/opinions", send={"json": {"source": "letter"}}),
    ("GET", "/cases/{number}/follow-ups"): Call(OFFICE, "/cases/{case}/follow-ups"),
    # with no outcome: whoever may settle it hears so, and nothing changes
    ("POST", "/cases/{number}/follow-ups/{entry}"): Call(
        CLERKS, "/cases/{case}/follow-ups/{entry}", send={"json": {}}
    ),
    ("GET", "/consultations"): Call(EVERYBODY),
    ("GET", "/consultations/{number}"): Call(EVERYBODY, "/consultations/{case}"),
    ("POST", "/consultations/{number}"): Call(EVERYBODY, "/consultations/{case}", send={"json": {"stance": "?"}}),
    ("POST", "/sign-out"): Call(SIGNED),  # last: it ends the sign-in with which it was called
}


def addresses(app: FastAPI) -> set[tuple[str, str]]:
    """Every address of the application, with its verbs; HEAD is as GET."""
    routes = [
        each
        for route in app.routes
        for each in getattr(getattr(route, "original_router", None), "routes", [route])
    ]
    return {
        (verb, route.path)
        for route in routes
        for verb in (getattr(route, "methods", None) or {"GET"}) - {"HEAD"}
    }


@dataclass(frozen=True)
class House:
    """An office with one submission, and everybody who might come to its door."""

    office: Office
    visitors: dict[str, TestClient]
    values: dict[str, Any]


@pytest.fixture(scope="module")
def house(server, county_template, county, tmp_path_factory) -> Iterator[House]:
    folder: Path = tmp_path_factory.mktemp("roles")
    with office_of_its_own(server, county_template, folder) as office:
        file = write_survey(
            survey(county, [pilot_line(county)], "agreed"), folder / "pilot.gpkg", "geopackage"
        )
        number = office.send("surveyor", file)
        office.has("colleague", "surveyor")
        office.has("staff", "staff")
        for visitor in OUTSIDE:
            office.has(visitor, visitor.split()[0], area=ELSEWHERE)
        visitors = {
            name: office.client(name)
            for name in ("reviewer", "approver", "administrator", "colleague", "staff")
        }
        visitors |= {name: office.client(name) for name in OUTSIDE}
        visitors |= {
            "anonymous": office.client(),
            "sender": office.client("surveyor"),
            "system": system(office),
        }
        plan = plan_of(county, date(2026, 1, 1))
        assert visitors["administrator"].post("/plans", json=plan).status_code == 201
        line = visitors["sender"].get("/collections/lines/items?limit=1").json()["features"][0]
        case = opened(office, STREET)
        lead(office, case, "accept")
        step(office, case, "reviewer", "consult", consult_until=date.today())
        draft = opened(office, STREET)
        with office.database.writing() as tx:
            has_cemetery(tx, "C1", None)
        report = reported(office, PLOTS)
        with office.database.writing() as tx:
            ended, _ = system_keys.add(tx, "was", Terms((COUNTY,)))
            system_keys.end(tx, ended)  # whoever may end it hears that it has ended
        values = {"key": ended, "number": number, "fid": line["id"], "plan": plan["plan"], "the plan": plan, "case": case,
                  "draft": draft, "report": report, "place": place(office), "plate": plate(office),
                  "grave": grave(office), "photo": photo(visitors["staff"]),
                  "batch": batch(office)}  # fmt: skip
        yield House(office, visitors, values | casework(office, visitors["staff"], case))


def casework(office: Office, clerk: TestClient, case: int) -> dict[str, int]:
    """A paper of the case, and something left to do."""
    paper = {"file": ("样方案.pdf", b"%PDF-1.4 sample")}
    attached = clerk.post(f"/cases/{case}/attachments", files=paper, data={"kind": "plan"})
    row = {"case": case, "register": "names", "record": uuid4(), "label": "样", "field": "name", "before": "样"}
    with office.database.writing() as tx:
        entry = tx.execute(insert(FOLLOW_UPS).values(row).returning(FOLLOW_UPS.c.id)).scalar_one()
    return {"attachment": attached.json()["id"], "entry": entry}


def photo(clerk: TestClient) -> int:
    """A photo of a cemetery, for everybody."""
    sent = {"file": ("样.png", drawn("cemeteries", 1))}
    return int(clerk.post("/sites/C1/photos", files=sent, data={"audience": "public"}).json()["id"])


def place(office: Office) -> str:
    """A registered place."""
    row = {"code": "99010100123510000001", "name": "样街", "unit": "990101001", "disclosure": "public"}
    with office.database.writing() as tx:
        tx.execute(insert(NAMES.table).values(**row, **keys_of("样街")._asdict(), valid_from=date(2026, 1, 1)))
        call_places_by_their_names(tx, 1, date.today(), set())
    return row["code"]


def plate(office: Office) -> str:
    """A registered address."""
    with office.database.writing() as tx:
        tx.execute(insert(ADDRESSES.table).values(code="DZ1", unit="990101001", text="样街1号", valid_from=date(2026, 1, 1)))
    return "DZ1"


def grave(office: Office) -> str:
    """A grave outside cemeteries, and its photo."""
    row = {"code": "G1", "category": "clan", "unit": "990101001", "found_on": date(2026, 1, 1), "photo": "样.png"}
    with office.database.writing() as tx:
        tx.execute(insert(GRAVES.table).values(**row, valid_from=date(2026, 1, 1)))
    lay_pictures(["样.png"], office.settings.var)
    return row["code"]


def batch(office: Office) -> str:
    """A batch of one address that waits for its answer; who has its token may see it."""
    with office.database.writing() as tx:
        token, _ = address_batches.make(tx, Form("json").as_dict(), [(1, as_stored(["样例路1号"]))], hours=1)
    return token


def system(office: Office) -> TestClient:
    with office.database.writing() as tx:
        _, key = system_keys.add(tx, "system", Terms((COUNTY,)))
    client = office.client()
    client.headers["X-API-Key"] = key
    return client


def gets_through(house: House, visitor: str, verb: str, path: str, call: Call) -> bool:
    send = {
        name: house.values.get(value, value) if isinstance(value, str) else value
        for name, value in call.send.items()
    }
    address = (call.path or path).format(**house.values)
    answer = house.visitors[visitor].request(verb, address, **send)
    house.visitors[visitor].cookies.clear()
    assert answer.status_code < 500, (visitor, verb, address, answer.text)
    if visitor == "anonymous" and answer.status_code == 403:
        raise AssertionError("who is not signed in is asked to sign in (401), not sent away (403)")
    return answer.status_code not in (401, 403, 404)  # what one may not even see is as if it were not there


def test_every_address_stands_in_the_table(house):
    assert addresses(house.office.app) == set(TABLE)


@pytest.mark.parametrize(("verb", "path"), list(TABLE))
def test_only_they_get_through(house, verb, path):
    call = TABLE[verb, path]
    through = {visitor for visitor in EVERYBODY if gets_through(house, visitor, verb, path, call)}
    assert through == call.who


def test_a_browser_that_is_not_signed_in_is_led_to_the_sign_in_page(house):
    for (verb, path), call in TABLE.items():
        if verb == "GET" and "anonymous" not in call.who:
            address = (call.path or path).format(**house.values)
            answer = house.visitors["anonymous"].get(address, headers={"Accept": "text/html"})
            assert answer.status_code == 303, address
            assert answer.headers["location"].startswith("/sign-in?next="), address


def test_a_plan_of_another_area_is_not_replaced_by_its_name(house):
    """The name alone must not be a way to take the place of somebody else's plan."""
    house.office.has("administrator elsewhere", "administrator", area=ELSEWHERE)
    neighbour = house.office.client("administrator elsewhere")
    plan = house.values["the plan"]
    assert neighbour.post("/plans", json={**plan, "scope": ELSEWHERE}).status_code == 403
    assert neighbour.post("/plans", json={**plan, "scope": ELSEWHERE, "plan": "theirs"}).status_code == 201


def test_a_list_of_units_reaches_no_further_than_its_administrator(house):
    house.office.has("local", "administrator", area=COUNTY + "101")
    local = house.office.client("local")
    assert local.post("/units", **form("file", UNIT)).status_code == 403
