"""What a question to the map API may say: its box, its days, how much of it; anything else is refused with 400."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from urllib.parse import unquote_to_bytes

from fastapi import Request

from gis.errors import BadInput
from gis.features import Box

MOST = 10_000
"""No page is longer; who asks for more gets this many."""
FORMS = ("json", "html")
FRAME = {"f", "lang"}
TIMES = {"datetime", "on", "known"}
PAGES = {"bbox", "limit", "next"}

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})?", re.ASCII)


def only(*names: str) -> Callable[[Request], Awaitable[None]]:
    """A door that lets nothing pass but these parameters."""

    async def check(request: Request) -> None:
        _nothing_but(request, {*names})

    return check


def filters(request: Request, words: set[str]) -> dict[str, str]:
    """Parameters that name a field, out of `words`, and the value it must have. Raises BadInput for another name."""
    _nothing_but(request, {*words, *TIMES, *PAGES})
    given = {name: request.query_params[name] for name in words if name in request.query_params}
    for name, value in given.items():
        if "\0" in value:
            raise BadInput("参数 {name} 的值无效", "parameter {name} has no valid value", name=name)
    return given


def box(given: str | None) -> Box | None:
    """west,south,east,north in degrees; west > east crosses the antimeridian, heights are left out. Raises BadInput."""
    if given is None:
        return None
    parts = given.split(",")
    numbers = [float(part) for part in parts] if all(map(_NUMBER.fullmatch, parts)) else []
    half = len(numbers) // 2
    good = len(numbers) in (4, 6) and all(
        low <= high for low, high in zip(numbers[1:half], numbers[half + 1 :], strict=True)
    )
    if not good or not _on_earth(
        west := numbers[0], south := numbers[1], east := numbers[half], north := numbers[half + 1]
    ):
        raise BadInput(
            "bbox 应为 西,南,东,北 四个度数,收到“{given}”",
            "bbox should be west,south,east,north in degrees, not “{given}”",
            given=given[:100],
        )
    if east - west >= 360:
        return -180.0, south, 180.0, north
    return _once_round(west), south, _once_round(east), north


def capped(limit: int) -> int:
    """As many as asked for, at most `MOST`. Raises BadInput below one."""
    if limit < 1:
        raise BadInput("limit 至少为 1,收到“{given}”", "limit is at least 1, not “{given}”", given=limit)
    return min(limit, MOST)


def span(given: str | None, on: date) -> tuple[date, date | None]:
    """A day, or the first and last day of an interval such as 2026-01-01/.. . Raises BadInput."""
    if given is None:
        return on, None
    start, slash, end = given.partition("/")
    if not slash:
        return _day_of(start, given), None
    first = date.min if start in ("", "..") else _day_of(start, given)
    last = date.max if end in ("", "..") else _day_of(end, given)
    if last < first:
        raise BadInput("datetime 的结束早于开始", "datetime ends before it starts")
    return first, last


def _day_of(part: str, given: str) -> date:
    """A day, or the day of the office's calendar on which a moment falls."""
    whole = part.replace(" ", "+")  # what an unescaped + of the offset becomes on its way
    try:
        if DAY.fullmatch(whole):
            return date.fromisoformat(whole)
        if _MOMENT.fullmatch(whole):
            return datetime.fromisoformat(whole.upper()).astimezone().date()
    except (ValueError, OverflowError):
        pass
    raise BadInput(
        "datetime 应写作 2026-05-01、2026-05-01T08:00:00Z 或 起/止(.. 表示不限),收到“{given}”",
        "datetime should read 2026-05-01, 2026-05-01T08:00:00Z or start/end (.. for open), not “{given}”",
        given=given[:100],
    )


def _on_earth(west: float, south: float, east: float, north: float) -> bool:
    return max(abs(west), abs(east)) <= 360 and -90 <= south <= north <= 90


def _once_round(longitude: float) -> float:
    """Maps that were dragged around the world count on beyond 180."""
    if -180 <= longitude <= 180:
        return longitude
    return (longitude + 180) % 360 - 180


def _nothing_but(request: Request, names: set[str]) -> None:
    given = request.query_params
    if any(LOST in name or LOST in value for name, value in given.multi_items()):
        _must_be_utf8(request.scope["query_string"])
    for name in given:
        if name not in names | FRAME:
            raise BadInput("没有参数“{name}”", "there is no parameter “{name}”", name=name[:40])
    form = request.query_params.get("f")
    if form and form not in FORMS:
        raise BadInput(
            "f 应为 {forms},收到“{form}”", "f is one of {forms}, not “{form}”",
            forms=", ".join(FORMS), form=form[:40],
        )  # fmt: skip


LOST = "\ufffd"
"""What is read where something else than UTF-8 was escaped."""


def _must_be_utf8(query: bytes) -> None:
    """What is escaped in GBK would be looked up as question marks, and nothing found. Raises BadInput."""
    try:
        unquote_to_bytes(query).decode()
    except UnicodeDecodeError as problem:
        raise BadInput(
            "参数应以 UTF-8 编码后转义(“文”为 %E6%96%87);收到的不是 UTF-8,可能是 GBK",
            "parameters are escaped in UTF-8 (文 is %E6%96%87); these are not, and may be in GBK",
        ) from problem
