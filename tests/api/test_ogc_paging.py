"""The map API page by page: pages together are the whole, whatever comes and goes meanwhile."""

from __future__ import annotations

from datetime import date, datetime
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
from sqlalchemy import select, update

from boundaries.lines import LINES
from boundaries.markers import MARKERS
from gis.page_keys import Mark, encoded
from tests.api.ogc_desk import lines, rels
from tests.conftest import is_problem


def crawled(client, address: str) -> list[dict]:
    pages = []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        address = next((link["href"] for link in pages[-1]["links"] if link["rel"] == "next"), "")
    return pages


@pytest.mark.parametrize("limit", [1, 7, 10, 15, 29, 30, 31])
def test_pages_together_are_the_whole(public, limit):
    whole = [each["id"] for each in lines(public, limit=1000)["features"]]
    pages = crawled(public, f"/collections/lines/items?limit={limit}&bbox=100,20,120,40")
    assert [each["id"] for page in pages for each in page["features"]] == whole
    assert {page["numberMatched"] for page in pages} == {30}
    assert len(pages) == -(-30 // limit)


def test_pages_of_a_past_day_and_of_a_span_are_whole_too(public):
    for asked in ("datetime=2026-02-01", "datetime=2025-01-01/..", "on=2026-02-01"):
        pages = crawled(public, f"/collections/lines/items?limit=4&{asked}")
        assert len({each["id"] for page in pages for each in page["features"]}) == 30
        assert sum(page["numberReturned"] for page in pages) == 30


def test_pages_of_a_span_keep_two_records_apart_that_had_one_code(office):
    with office.database.writing() as tx:
        for year in (2020, 2021, 2022):
            row = {"code": "m", "number": "1", "line": "x", "geom": "SRID=4490;POINT(110 30)"}
            days = {"valid_from": date(year, 1, 1), "valid_to": date(year + 1, 1, 1)}
            tx.execute(MARKERS.table.insert().values(**row, **days))
    pages = crawled(office.client(), "/collections/markers/items?limit=1&datetime=../..")
    assert [page["numberMatched"] for page in pages] == [3, 3, 3]
    assert len({each["id"] for page in pages for each in page["features"]}) == 3


def test_a_page_key_under_another_question_counts_anew(public):
    following = rels(lines(public, limit=1))["next"][0]["href"]
    assert public.get(following).json()["numberMatched"] == 30
    assert public.get(following + "&status=agreed").json()["numberMatched"] == 6
    assert public.get(following + "&bbox=0,0,1,1").json()["numberMatched"] == 0


def test_a_forged_count_hurts_nobody_else(public):
    for matched in (0, 1 << 40, (1 << 60) - 1):
        key = encoded(Mark(matched, "x", UUID(int=0), "0"))
        assert lines(public, next=key)["numberMatched"] == 30
    for matched in (-1, 1 << 60, 1 << 90):
        key = encoded(Mark(matched, "x", UUID(int=0), "0"))
        assert is_problem(public.get("/collections/lines/items", params={"next": key}), 400)


@pytest.mark.parametrize("key", ["garbage", "AAAA", "%00", "'; --", "x" * 399, "x" * 401, "ÿ", "MTIz"])
def test_a_page_key_that_is_none_is_refused(public, key):
    assert is_problem(public.get("/collections/lines/items", params={"next": key}), 400)


def test_pages_stay_what_they_were_while_records_come_and_go(county_office):
    client = county_office.client()
    before = lines(client, limit=1000)["features"]
    first = lines(client, limit=10)
    following = rels(first)["next"][0]["href"]
    kept = parse_qs(urlsplit(following).query)
    assert kept["datetime"] == [date.today().isoformat()]
    assert datetime.fromisoformat(kept["known"][0]) > datetime.fromisoformat("2026-01-01T00:00Z")
    with county_office.database.writing() as tx:
        t = LINES.table
        codes = tx.scalars(select(t.c.code).order_by(t.c.code)).all()
        tx.execute(update(t).where(t.c.code.in_([codes[2], codes[15]])).values(superseded_at="now"))
        tx.execute(t.insert().values(code=codes[5] + "x", name="新", valid_from=date(2026, 1, 1)))
        tx.execute(t.insert().values(code=codes[20] + "x", name="新", valid_from=date(2026, 1, 1)))
    rest = crawled(client, following)
    assert [each for page in [first, *rest] for each in page["features"]] == before
    assert {page["numberMatched"] for page in rest} == {30}
    assert lines(client, limit=1000)["numberMatched"] == 30, "two went, two came"
