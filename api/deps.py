"""Words for what a door needs: a transaction, a reader's look, the person at the door, a day."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from gis import people
from gis.db import Database
from gis.errors import BadInput, NotAllowed, NotSignedIn
from gis.people import Person
from gis.settings import Settings

COOKIE = "jiezhi"
SAFE = ("GET", "HEAD", "OPTIONS")


# what has nothing to wait for is async: everything else is handed to a thread and back, which costs more than it does
async def _database(request: Request) -> Database:
    return request.app.state.database  # type: ignore[no-any-return]


async def _settings(request: Request) -> Settings:
    return request.app.state.settings  # type: ignore[no-any-return]


Db = Annotated[Database, Depends(_database)]
Config = Annotated[Settings, Depends(_settings)]


def _writing(database: Db) -> Iterator[Connection]:
    with database.writing() as tx:
        yield tx


def _reading(database: Db) -> Iterator[Connection]:
    with database.reading() as tx:
        yield tx


# scope="function": the commit happens before the answer is sent, so a failed commit is an error and not a 200
Tx = Annotated[Connection, Depends(_writing, scope="function")]
Look = Annotated[Connection, Depends(_reading, scope="function")]


async def _body(request: Request) -> dict[str, Any]:
    """The fields of a JSON object or of a form."""
    if "json" in request.headers.get("content-type", ""):
        try:
            content = await request.json()
        except ValueError as problem:
            raise BadInput("请求内容不是有效的 JSON", "the body is not valid JSON") from problem
        if not isinstance(content, dict):
            raise BadInput("请求内容应为 JSON 对象", "the body should be a JSON object")
        return content
    form = await request.form()
    return {name: value for name, value in form.multi_items() if isinstance(value, str)}


Body = Annotated[dict[str, Any], Depends(_body)]


def token_of(request: Request) -> tuple[str, bool]:
    """The token somebody shows and whether the browser sent it by itself (cookie)."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token, False
    key = request.headers.get("x-api-key")
    if key:
        return key, False
    return request.cookies.get(COOKIE, ""), True


def place_of(request: Request) -> str:
    """The address of whoever asks: of the connection, or as a proxy says that the settings trust."""
    return request.client.host if request.client else ""


async def _visitor(request: Request, database: Db, body: Body) -> Person | None:
    """The person at the door, or None; a form sent with a cookie must carry that sign-in's own token."""
    token, by_cookie = token_of(request)
    if not token:
        return None
    try:
        person = await run_in_threadpool(_person_of, database, token)
    except NotSignedIn:
        if by_cookie:
            return None
        raise
    if by_cookie and request.method not in SAFE:
        _must_be_our_form(request, person, body)
    request.state.person = person
    return person


def _person_of(database: Database, token: str) -> Person:
    with database.writing() as tx:
        return people.by_token(tx, token)


def _must_be_our_form(request: Request, person: Person, body: dict[str, Any]) -> None:
    shown = request.headers.get("x-csrf-token") or str(body.get("csrf", ""))
    if not secrets.compare_digest(shown.encode(), person.csrf.encode()):
        raise NotAllowed("表单已过期,请刷新页面后重试", "the form has expired; reload the page and try again")


async def _signed_in(visitor: Visitor) -> Person:
    if visitor is None:
        raise NotSignedIn("请先登录", "please sign in first")
    return visitor


Visitor = Annotated[Person | None, Depends(_visitor)]
Signed = Annotated[Person, Depends(_signed_in)]


def holding(role: str) -> Callable[[Person], Awaitable[Person]]:
    """A door for people who hold a role."""

    async def check(person: Signed) -> Person:
        person.must(role)
        return person

    check.role = role  # type: ignore[attr-defined]
    return check


Administrator = Annotated[Person, Depends(holding("administrator"))]


def day(given: str | None, name: str) -> date | None:
    """A day written as 2026-05-01. Raises BadInput."""
    if not given:
        return None
    try:
        return date.fromisoformat(given)
    except ValueError as problem:
        raise BadInput(
            "{name} 应写作 2026-05-01,收到“{given}”",
            "{name} should read 2026-05-01, not “{given}”",
            name=name,
            given=given,
        ) from problem


async def _on(on: Annotated[str | None, Query(description="legal day, 2026-05-01")] = None) -> date:
    return day(on, "on") or date.today()


async def _known(
    known: Annotated[str | None, Query(description="as recorded at this moment")] = None,
) -> datetime | None:
    return moment(known, "known") if known else None


def moment(given: str, name: str) -> datetime:
    """A moment written in ISO 8601; a day alone means its end. Raises BadInput."""
    try:
        if len(given) == 10:
            return datetime.combine(date.fromisoformat(given), datetime.max.time()).astimezone()
        found = datetime.fromisoformat(given.replace(" ", "+"))
    except ValueError as problem:
        raise BadInput(
            "{name} 应为 ISO 8601 时间,收到“{given}”",
            "{name} should be an ISO 8601 time, not “{given}”",
            name=name,
            given=given,
        ) from problem
    return found if found.tzinfo else found.replace(tzinfo=UTC)


OnDay = Annotated[date, Depends(_on)]
Known = Annotated[datetime | None, Depends(_known)]
