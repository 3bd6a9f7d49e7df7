"""Words for what a door needs: a transaction, a reader's look, the person at the door, a day."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from api import limits
from api.asking import DAY
from gis import people, system_keys
from gis.db import Database
from gis.errors import BadInput, NotAllowed, NotSignedIn
from gis.feature_sql import EVERYWHERE
from gis.features import FULL
from gis.people import Person
from gis.settings import Settings
from gis.system_keys import Key
from gis.text import UNKEEPABLE

COOKIE = "jiezhi"
SAFE = ("GET", "HEAD", "OPTIONS")
MOST_DIGITS = 9
DEEPEST = 50
"""So many lists and objects inside each other; the shape of a place needs six."""


# What has nothing to wait for is async: everything else is handed to a thread and back, which costs more than it does.
# What the words below need of each other they call: each dependency is solved anew wherever it is named.
async def _database(request: Request) -> Database:
    return database_of(request)


async def _settings(request: Request) -> Settings:
    return settings_of(request)


def database_of(request: Request) -> Database:
    """The database of the application that is asked."""
    return request.app.state.database  # type: ignore[no-any-return]


def settings_of(request: Request) -> Settings:
    """The settings of the application that is asked."""
    return request.app.state.settings  # type: ignore[no-any-return]


Db = Annotated[Database, Depends(_database)]
Config = Annotated[Settings, Depends(_settings)]


def _writing(request: Request) -> Iterator[Connection]:
    with database_of(request).writing() as tx:
        yield tx


def _reading(request: Request) -> Iterator[Connection]:
    with database_of(request).reading() as tx:
        yield tx


# scope="function": the commit happens before the answer is sent, so a failed commit is an error and not a 200
Tx = Annotated[Connection, Depends(_writing, scope="function")]
Look = Annotated[Connection, Depends(_reading, scope="function")]


async def _body(request: Request) -> dict[str, Any]:
    """The fields of a JSON object or of a form; who only asks sends none, whatever comes along."""
    if request.method in SAFE:
        return {}
    if "json" in request.headers.get("content-type", ""):
        return await _json_object(request)
    form = await request.form()
    fields = {name: value for name, value in form.multi_items() if isinstance(value, str)}
    _must_be_keepable(fields)
    return fields


async def _json_object(request: Request) -> dict[str, Any]:
    try:
        content = await request.json()
    except (ValueError, RecursionError) as problem:
        raise BadInput("请求内容不是有效的 JSON", "the body is not valid JSON") from problem
    if not isinstance(content, dict):
        raise BadInput("请求内容应为 JSON 对象", "the body should be a JSON object")
    _must_be_keepable(content)
    return content


def _must_be_keepable(content: Any) -> None:
    """Refuses texts that no database takes, wherever they stand, and what lies too deep. Raises BadInput."""
    level = [content]
    for _ in range(DEEPEST):
        if any(isinstance(each, str) and UNKEEPABLE.search(each) for each in level):
            raise BadInput(
                "请求内容含有不能保存的字符(NUL 或半个字符)",
                "the body holds letters that cannot be kept (NUL, or half of a character)",
            )
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return
    raise BadInput(
        "请求内容嵌套过深,至多 {most} 层",
        "the body is nested too deeply: at most {most} levels",
        most=DEEPEST,
    )


def _inside(content: Any) -> list[Any]:
    if isinstance(content, dict):
        return [*content, *content.values()]
    return content if isinstance(content, list) else []


Body = Annotated[dict[str, Any], Depends(_body)]


def token_of(request: Request) -> tuple[str, bool]:
    """The token of a sign-in that somebody shows, and whether the browser sent it by itself (cookie)."""
    token = _bearer_token(request)
    return (token, False) if token else (request.cookies.get(COOKIE, ""), True)


def key_of(request: Request) -> str:
    """The key that a system shows: as X-Api-Key, or as a bearer that looks like one."""
    bearer = _bearer_token(request)
    return request.headers.get("x-api-key", "") or (bearer if bearer.startswith(system_keys.PREFIX) else "")


def _bearer_token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


def place_of(request: Request) -> str:
    """The address of whoever asks: of the connection, or as a proxy says that the settings trust."""
    return request.client.host if request.client else ""


async def _let_a_system_in(request: Request) -> None:
    """The key of a system, if one is shown, within its limits; before every address. Raises NotSignedIn, TooMany."""
    request.state.system = await _key_let_in(request)


async def _key_let_in(request: Request) -> Key | None:
    secret = key_of(request)
    if not secret:
        return None
    found, database = limits.of_server(request), database_of(request)
    key = found.ring.kept(secret)
    if key is None:
        key = await run_in_threadpool(found.ring.look_up, database, secret)
    limits.admit_key(request, key)
    if found.book.is_due():
        await run_in_threadpool(limits.enter, found, database)
    return key


def _system_of(request: Request) -> Key | None:
    """The key of a system that was let in."""
    return request.state.system  # type: ignore[no-any-return]


async def _whoever(request: Request) -> Person | None:
    """Whoever the key or token belongs to, or None; looked up once. Raises NotSignedIn."""
    if not hasattr(request.state, "whoever"):
        system = _system_of(request)
        request.state.whoever = await _person_signed_in(request) if system is None else system.person
    return request.state.whoever  # type: ignore[no-any-return]


async def _person_signed_in(request: Request) -> Person | None:
    token, by_cookie = token_of(request)
    if not token:
        return None
    try:
        return await run_in_threadpool(_person_of, database_of(request), token)
    except NotSignedIn:
        if by_cookie:
            return None
        raise


async def visitor_of(request: Request) -> Person | None:
    """The person at the door, or None; a form sent with a cookie must carry that sign-in's own token. Raises NotAllowed."""
    person = await _whoever(request)
    is_unasked = request.method not in SAFE and person is not None and _system_of(request) is None and token_of(request)[1]
    if person is not None and is_unasked:
        _must_be_our_form(request, person, await _body(request))
    request.state.person = person
    return person


async def at_a_lookup(request: Request) -> None:
    """Stands before lookups: who is nobody we know asks only so much a second from one client address. Raises TooMany."""
    person = await (visitor_of if request.method in SAFE else _whoever)(request)
    per_s = settings_of(request).anonymous_per_s
    if person is None and per_s:
        limits.admit_place(request, place_of(request), per_s)


def _person_of(database: Database, token: str) -> Person:
    with database.writing() as tx:
        return people.by_token(tx, token)


def _must_be_our_form(request: Request, person: Person, body: dict[str, Any]) -> None:
    shown = request.headers.get("x-csrf-token") or str(body.get("csrf", ""))
    if not secrets.compare_digest(shown.encode(), person.csrf.encode()):
        raise NotAllowed("表单已过期,请刷新页面后重试", "the form has expired; reload the page and try again")


async def _signed_in(request: Request) -> Person:
    visitor = await visitor_of(request)
    if visitor is None:
        raise NotSignedIn("请先登录", "please sign in first")
    return visitor


Whoever = Annotated[Person | None, Depends(_whoever)]
Visitor = Annotated[Person | None, Depends(visitor_of)]
Signed = Annotated[Person, Depends(_signed_in)]


async def _colleague(person: Signed) -> Person:
    person.must_be_a_colleague()
    return person


Colleague = Annotated[Person, Depends(_colleague)]


def reads_as_public(visitor: Person | None) -> bool:
    """Whether somebody sees the fields, registers and records of the public alone."""
    return visitor is None or not visitor.is_colleague


def decimals_for(config: Settings, visitor: Person | None) -> int:
    """How fine the coordinates are that somebody sees, in decimals of a degree."""
    return config.public_decimals if visitor is None else FULL


def areas_read_by(visitor: Person | None) -> tuple[str, ...]:
    """Where internal fields are shown to whoever does not read as the public: in the areas of their roles."""
    return EVERYWHERE if visitor is None else visitor.reads_in


def holding(role: str) -> Callable[[Person], Awaitable[Person]]:
    """A door for people who hold a role."""

    async def check(person: Signed) -> Person:
        person.must(role)
        return person

    check.role = role  # type: ignore[attr-defined]
    return check


Administrator = Annotated[Person, Depends(holding("administrator"))]
Lookup = Depends(at_a_lookup)
EveryDoor = Depends(_let_a_system_in)


def day(given: str | None, name: str) -> date | None:
    """A day written as 2026-05-01. Raises BadInput."""
    if not given:
        return None
    try:
        return _written_out(given)
    except ValueError as problem:
        words = _NO_SUCH_DAY if DAY.fullmatch(given) else _NO_DAY
        raise BadInput(*words, name=name, given=given[:100]) from problem


_NO_DAY = "{name} 应写作 2026-05-01,收到“{given}”", "{name} should read 2026-05-01, not “{given}”"
_NO_SUCH_DAY = "{name}:历法上没有“{given}”这一天", "{name}: the calendar has no day “{given}”"


def _written_out(given: str) -> date:
    """Python reads 20260501 and 2026-W18-5 too. Raises ValueError."""
    if not DAY.fullmatch(given):
        raise ValueError(given)
    return date.fromisoformat(given)


def whole_number(name: str, given: Any) -> int:
    """A number from 0 to 999 999 999, as a number or as digits. Raises BadInput."""
    digits = str(given)[: MOST_DIGITS + 1]
    if not digits.isascii() or not digits.isdigit() or len(digits) > MOST_DIGITS:
        raise BadInput(
            "{name} 应为不超过 {most} 位的整数",
            "{name} should be a whole number of at most {most} digits",
            name=name,
            most=MOST_DIGITS,
        )
    return int(digits)


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
            return _everywhere(datetime.combine(_written_out(given), datetime.max.time()).astimezone())
        found = datetime.fromisoformat(given.replace(" ", "+"))
        return _everywhere(found if found.tzinfo else found.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as problem:
        raise BadInput(
            "{name} 应为 ISO 8601 时间,收到“{given}”",
            "{name} should be an ISO 8601 time, not “{given}”",
            name=name,
            given=given[:100],
        ) from problem


def _everywhere(found: datetime) -> datetime:
    """A moment that has a date on every clock of the world. Raises OverflowError."""
    first, last = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
    if not first + timedelta(days=1) <= found <= last - timedelta(days=1):
        raise OverflowError
    return found


OnDay = Annotated[date, Depends(_on)]
Known = Annotated[datetime | None, Depends(_known)]
