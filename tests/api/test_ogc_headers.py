"""The map API over HTTP: headers alone, tags that change with content and reader, packed answers, other sites."""

from __future__ import annotations

import gzip
import json
from datetime import date

import pytest

from boundaries.lines import LINES
from tests.api.ogc_desk import lines


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/conformance",
        "/openapi",
        "/collections",
        "/collections/lines",
        "/collections/lines/items",
        "/units/at?lon=1&lat=1",
    ],
)
def test_headers_may_be_asked_for_alone(public, path):
    head, whole = public.head(path), public.get(path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-type"] == whole.headers["content-type"]
    assert head.headers["etag"] == whole.headers["etag"]


@pytest.mark.parametrize(
    "path", ["/collections", "/collections/lines/items?limit=3", "/collections/lines/items/{code}"]
)
def test_who_has_the_answer_already_is_told_so(public, path):
    path = path.replace("{code}", lines(public)["features"][0]["properties"]["code"])
    tag = public.get(path).headers["etag"]
    for shown in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        again = public.get(path, headers={"If-None-Match": shown})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    assert public.get(path, headers={"If-None-Match": '"x"'}).status_code == 200


def test_the_tag_changes_with_the_content_and_with_the_reader(public, colleague, county_office):
    path = "/collections/lines/items?limit=3"
    assert public.get(path).headers["etag"] != colleague.get(path).headers["etag"]
    assert "private" in colleague.get(path).headers["cache-control"]
    assert {"Accept", "Accept-Encoding", "Authorization", "Cookie"} <= {
        each.strip() for each in public.get(path).headers["vary"].split(",")
    }
    client = county_office.client()
    before = client.get(path).headers["etag"]
    with county_office.database.writing() as tx:
        tx.execute(LINES.table.insert().values(code="zzz", name="新", valid_from=date(2026, 1, 1)))
    assert client.get(path).headers["etag"] != before, "the number of records is part of the answer"


def test_answers_are_packed_for_those_who_can_unpack(public):
    path = "/collections/lines/items"
    with public.stream("GET", path, headers={"Accept-Encoding": "gzip"}) as answer:
        packed = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    plain = public.get(path, headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert json.loads(gzip.decompress(packed))["features"] == plain.json()["features"]
    assert len(packed) < len(plain.content) / 2
    refused = public.get(path, headers={"Accept-Encoding": "gzip;q=0, br"})
    assert "content-encoding" not in refused.headers


def test_other_sites_may_read_what_is_public_and_nothing_else(public):
    asking = {"Origin": "https://map.example"}
    for path in (
        "/",
        "/collections",
        "/collections/lines/items",
        "/units/at?lon=1&lat=1",
        "/collections/nothing",
    ):
        answer = public.get(path, headers=asking)
        assert answer.headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in answer.headers
    for path in ("/submissions", "/health/live", "/sign-in", "/unitsx"):
        assert "access-control-allow-origin" not in public.get(path, headers=asking).headers
    first = public.options(
        "/collections/lines/items", headers={**asking, "Access-Control-Request-Method": "GET"}
    )
    assert (first.status_code, first.headers["access-control-allow-methods"]) == (204, "GET, HEAD")
    other = public.options("/submissions", headers={**asking, "Access-Control-Request-Method": "POST"})
    assert other.status_code == 405
    assert "access-control-allow-origin" not in other.headers
