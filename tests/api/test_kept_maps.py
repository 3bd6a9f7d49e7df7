"""Kept map pages: the same for whoever may see the same, new with everything recorded, and never somebody else's."""

from __future__ import annotations

import gzip
import json
import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from api import kept_maps
from api.app import create_app
from api.kept_maps import Shelf
from gis import events
from tests.conftest import Office

LINES = "/collections/lines/map"


@pytest.fixture
def drawings(monkeypatch) -> list[str]:
    """What is really drawn, in order."""
    drawn: list[str] = []
    whole = Shelf._drawn

    def counting(shelf: Shelf, key: str, draw):
        drawn.append(key)
        return whole(shelf, key, draw)

    monkeypatch.setattr(Shelf, "_drawn", counting)
    return drawn


@pytest.fixture
def reading(reading_office: Office) -> Office:
    """The shared office with nothing kept yet."""
    reading_office.app.state.shelf = Shelf()
    return reading_office


def degrees(page: str) -> int:
    """The most decimals of a degree on a map."""
    return max(len(each) for each in re.findall(r"\[110\.(\d+),", page))


def test_a_map_is_drawn_once(reading, drawings):
    client = reading.client()
    first, second = client.get(LINES), client.get(LINES)
    assert first.status_code == second.status_code == 200
    assert first.text == second.text
    assert len(drawings) == 1
    assert first.headers["content-type"] == "text/html; charset=utf-8"
    assert "script-src 'self' 'unsafe-inline'" in second.headers["content-security-policy"]
    for other in ("?lang=en", "?on=2026-01-15", "?known=2026-01-01", "?fid=no-such-line"):
        assert client.get(LINES + other).text != first.text
    assert len(drawings) == 5
    assert client.get(LINES, headers={"cookie": "lang=en"}).text == client.get(LINES + "?lang=en").text
    assert len(drawings) == 5


def test_a_browser_that_has_it_gets_304_without_a_drawing(reading, drawings):
    client = reading.client()
    tag = client.get(LINES).headers["etag"]
    reading.app.state.shelf = Shelf()  # as in another process, or after the page was given up
    again = client.get(LINES, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert len(drawings) == 1
    assert client.get(LINES + "?lang=en", headers={"if-none-match": tag}).status_code == 200
    assert client.head(LINES, headers={"if-none-match": tag}).status_code == 304


def test_it_travels_packed_or_as_it_is(reading):
    client = reading.client()
    packed = client.get(LINES, headers={"accept-encoding": "gzip"})
    plain = client.get(LINES, headers={"accept-encoding": "identity"})
    assert (packed.headers.get("content-encoding"), plain.headers.get("content-encoding")) == ("gzip", None)
    assert packed.text == plain.text
    assert packed.headers["etag"] == plain.headers["etag"]
    assert "Accept-Encoding" in packed.headers["vary"]


@pytest.mark.parametrize("order", [("", "surveyor"), ("surveyor", "")])
def test_the_public_never_gets_the_page_of_a_colleague(reading, order):
    pages = {name: reading.client(name or None).get(LINES) for name in order}
    assert degrees(pages[""].text) <= reading.settings.public_decimals < degrees(pages["surveyor"].text)
    assert pages["surveyor"].headers["cache-control"] == "private, no-cache"
    assert pages[""].headers["etag"] != pages["surveyor"].headers["etag"]
    tag = pages["surveyor"].headers["etag"]
    assert reading.client().get(LINES, headers={"if-none-match": tag}).status_code == 200


def test_what_only_some_may_see_is_asked_before_what_is_kept(county_office, working_file, drawings):
    office: Office = county_office
    number = office.send("surveyor", working_file)
    office.has("neighbour", "surveyor", "reviewer", area="990202")
    for place in (f"/submissions/{number}/map", f"/submissions/{number}/changes/map"):
        tag = office.client("surveyor").get(place).headers["etag"]
        assert office.client("reviewer").get(place).status_code == 200
        for shown in ({}, {"if-none-match": tag}, {"if-none-match": "*"}):
            assert office.client("neighbour").get(place, headers=shown).status_code in (403, 404)
            assert office.client().get(place, headers=shown).status_code == 401
    assert len(drawings) == 2


def test_every_recorded_step_makes_it_new_in_every_process(county_office, working_file, drawings):
    office: Office = county_office
    beside = create_app(office.database, office.settings)  # another worker, with a shelf of its own
    another = Office(office.database, office.settings)
    another.app = beside
    plan = {
        "plan": "p", "title": {"zh": "计划", "en": "plan"}, "scope": "990101", "milestone": "agreed",
        "starts": "2026-01-01",
        "goals": [{"goal": "g", "metric": "lines", "target": 25, "due": "2026-12-31", "period": "2026",
                   "title": {"zh": "界线", "en": "lines"}}],
    }  # fmt: skip
    assert office.client("administrator").post("/plans", json=plan).status_code == 201
    seen = []
    for step in (None, "send", "accept", "publish"):
        if step == "send":
            content = working_file.read_bytes()
            number = office.send("surveyor", working_file, whole="true")
            assert content == working_file.read_bytes()
        elif step == "accept":
            assert office.decide("reviewer", number, "accept").status_code == 200
        elif step == "publish":
            answer = office.decide("approver", number, "publish", document="样1", effective="2026-02-01")
            assert answer.status_code == 200, answer.text
        tags = [each.client().get("/progress/p/map").headers["etag"] for each in (office, another)]
        assert tags[0] == tags[1]
        seen.append(tags[0])
    assert len(set(seen)) == 4
    assert len(drawings) == 8, "each process draws for itself"


def test_a_step_that_commits_late_is_not_missed(office):
    def state() -> str:
        with office.database.reading() as look:
            return events.state_of_everything(look)

    seen = [state()]
    with office.database.writing() as late:
        events.record(late, "plan/late", "load_plan", None)
        with office.database.writing() as early:
            events.record(early, "plan/early", "load_plan", None)
        seen.append(state())
    seen.append(state())
    assert len(set(seen)) == 3
    assert state() == seen[-1]


def test_an_empty_office_has_a_state_too(office):
    with office.database.writing() as tx:
        tx.execute(text("SET LOCAL ROLE jiezhi_owner"))
        tx.execute(text("ALTER TABLE jiezhi.event DISABLE TRIGGER USER"))
        tx.execute(text("DELETE FROM jiezhi.event"))
        assert events.state_of_everything(tx)
        tx.rollback()


def test_the_oldest_pages_make_room():
    shelf = Shelf(room=3000)
    noise = [json.dumps([hash((n, m)) for m in range(60)]) for n in range(6)]
    sizes = {n: len(shelf.page(str(n), lambda n=n: noise[n])) for n in range(6)}
    assert all(300 < size < 1000 for size in sizes.values())
    assert shelf._held <= 3000
    assert shelf._held == sum(len(each) for each in shelf._pages.values())
    assert "5" in shelf._pages
    assert "0" not in shelf._pages
    kept = next(iter(shelf._pages))
    shelf.page(kept, lambda: "never drawn")
    shelf.page("new", lambda: noise[0])
    assert kept in shelf._pages, "what was just asked for is not the oldest"
    assert gzip.decompress(
        shelf.page("huge", lambda: json.dumps(noise * 9 + [str(hash(n)) for n in range(900)]))
    )
    assert "huge" not in shelf._pages


def test_what_several_ask_for_at_once_is_drawn_once():
    shelf, drawn, gate = Shelf(), [], threading.Event()

    def draw() -> str:
        drawn.append(1)
        gate.wait(5)
        return "page"

    with ThreadPoolExecutor(8) as crowd:
        asked = [crowd.submit(shelf.page, "same", draw) for _ in range(8)]
        time.sleep(0.1)
        gate.set()
        assert {gzip.decompress(each.result()) for each in asked} == {b"page"}
    assert len(drawn) == 1
    assert not shelf._drawing


def test_a_drawing_that_fails_leaves_nothing_behind():
    shelf = Shelf()

    def fail() -> str:
        raise ValueError("no page")

    with pytest.raises(ValueError, match="no page"):
        shelf.page("same", fail)
    assert not shelf._drawing
    assert gzip.decompress(shelf.page("same", lambda: "page")) == b"page"


def test_another_program_draws_anew(reading, monkeypatch):
    client = reading.client()
    tag = client.get(LINES).headers["etag"]
    monkeypatch.setattr(kept_maps, "_program", lambda: "a newer one")
    assert client.get(LINES, headers={"if-none-match": tag}).status_code == 200
