"""The gate before everything: every answer passes it, also that to a mistake of ours; bodies are bounded, however sent."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
from collections.abc import Iterator
from urllib.parse import quote

import httpx
import pytest
from starlette.types import Message, Receive

from api.gate import SAFE_HEADERS
from api.short_heads import ShortHeads
from gis.db import Database
from gis.settings import Settings
from tests.conftest import TEMPLATE, Office, copied, is_problem, serving


@pytest.fixture(scope="module")
def shelf(server) -> Iterator[Database]:
    with copied(server, TEMPLATE) as database:
        yield database


@pytest.fixture
def house(shelf, tmp_path) -> Office:
    return Office(shelf, Settings(var=tmp_path, upload_mb=1))


def counted(office: Office) -> dict[str, int]:
    """How often each address was answered with which status."""
    lines = office.client().get("/metrics").text.splitlines()
    return {line.rpartition(" ")[0]: int(line.rpartition(" ")[2]) for line in lines if line.startswith("jiezhi_requests")}


PATHS = ("/health/live", "/nowhere", "/addresses/reverse?lon=x", "/submissions", "/static/none.css")
FORM = "multipart/form-data; boundary=x"


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_has_the_safe_headers(house, path):
    for method in ("GET", "HEAD", "POST"):
        answer = house.client().request(method, path)
        assert SAFE_HEADERS.items() <= {name: answer.headers.get(name) for name in SAFE_HEADERS}.items(), answer.headers


def test_a_mistake_of_ours_is_answered_as_any_other_problem_and_counted_once(house, caplog):
    def break_off() -> None:
        raise ZeroDivisionError

    house.app.add_api_route("/units/at/breaks", break_off)
    with caplog.at_level(logging.ERROR, "jiezhi"):
        answer = house.client().get("/units/at/breaks")
    assert is_problem(answer, 500)
    assert SAFE_HEADERS.items() <= {name: answer.headers.get(name) for name in SAFE_HEADERS}.items(), answer.headers
    assert answer.headers["access-control-allow-origin"] == "*"
    assert len(caplog.records) == 1
    assert counted(house)['jiezhi_requests_total{method="GET",route="/units/at/breaks",status="500"}'] == 1


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/sessions", "application/json"), ("/submissions", FORM), ("/addresses/batch", "text/csv"),
        ("/addresses/batch", "application/json"),
    ],
)  # fmt: skip
def test_a_body_that_does_not_say_how_long_it_is_is_bounded_too(house: Office, path: str, kind: str) -> None:
    sent = 0

    async def receive() -> Message:
        nonlocal sent
        sent += 1 << 18
        start = b'--x\r\nContent-Disposition: form-data; name="files"; filename="a.csv"\r\n\r\n' if sent == 1 << 18 else b""
        return {"type": "http.request", "body": start + b"0" * (1 << 18), "more_body": True}

    status, body = posted(house, path, kind, (b"transfer-encoding", b"chunked"), receive)
    assert status == 413, body
    assert json.loads(body)["status"] == 413
    assert sent <= 3 << 20, "nothing more is read than would be kept"


@pytest.mark.parametrize(
    ("kind", "begun"),
    [("application/json", b'{"name":'), ("application/x-www-form-urlencoded", b"name="), (FORM, b"--x\r\n")],
)
def test_whoever_goes_away_while_sending_leaves_no_trace_of_a_fault(
    house: Office, caplog: pytest.LogCaptureFixture, kind: str, begun: bytes
) -> None:
    messages: list[Message] = [{"type": "http.request", "body": begun, "more_body": True}]

    async def receive() -> Message:
        return messages.pop() if messages else {"type": "http.disconnect"}

    with caplog.at_level(logging.WARNING):
        status, _ = posted(house, "/sessions", kind, (b"content-length", b"99"), receive)
    assert status == 400
    assert caplog.records == []


def test_a_head_without_end_is_refused_and_a_long_body_is_not(house: Office) -> None:
    with serving(house, http=ShortHeads) as address:
        host, _, port = address.removeprefix("http://").partition(":")
        for begun in (b"GET /health/live HTTP/1.1\r\nHost: x\r\nX-Long: ", b"GET /", b"GET / HTTP/1.1\r\nHost: x\r\n"):
            with socket.create_connection((host, int(port)), timeout=20) as line:
                line.sendall(begun)
                sent = 0
                with contextlib.suppress(ConnectionError):  # it is shut while we write
                    while sent < 20 << 20:
                        line.sendall(b"X: y\r\n" * 1000 if begun.endswith(b"\r\n") else b"x" * 6000)
                        sent += 6000
                assert sent < 8 << 20
        assert httpx.post(f"{address}/sessions", json={"name": "x", "password": "x" * 900_000}).status_code in (400, 401)
        with httpx.Client(base_url=address) as client:
            assert [client.get("/health/live").status_code for _ in range(3)] == [200] * 3


def test_whoever_asks_for_another_protocol_is_answered_in_ours(house: Office, capsys: pytest.CaptureFixture[str]) -> None:
    asked = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "eA=="}
    with serving(house, http=ShortHeads) as address:
        assert httpx.get(f"{address}/health/live", headers=asked).json() == {"status": "ok"}
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("path", ["/addresses/search", "/addresses/suggest", "/addresses/parse", "/names/search"])
def test_what_is_escaped_in_gbk_is_told_so_and_not_looked_up(house: Office, path: str) -> None:
    answer = house.client().get(f"{path}?q={quote('文三路', encoding='gbk')}")
    assert is_problem(answer, 400)
    assert "UTF-8" in answer.json()["detail"]
    assert house.client().get(f"{path}?q={quote('文三路�')}").status_code == 200, "what was broken before is looked up"


def posted(office: Office, path: str, kind: str, length: tuple[bytes, bytes], receive: Receive) -> tuple[int, bytes]:
    """What the application answers to the bare interface of the server."""
    answered: list[Message] = []

    async def send(message: Message) -> None:
        answered.append(message)

    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": "POST", "path": path,
        "raw_path": path.encode(), "query_string": b"", "headers": [(b"content-type", kind.encode()), length],
        "client": ("203.0.113.7", 1), "server": ("test", 80), "scheme": "http", "root_path": "",
    }  # fmt: skip
    asyncio.run(office.app(scope, receive, send))
    return answered[0]["status"], b"".join(each.get("body", b"") for each in answered)
