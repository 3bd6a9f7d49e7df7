"""What can go wrong, as one tree.

* JiezhiError                  anything we can explain
  + BadInput           (400)   what was sent cannot be understood
    - UnreadableFile   (400)   a file cannot be taken as it is
  + NotSignedIn        (401)   nobody is signed in
  + NotAllowed         (403)   this person may not do this
  + NotFound           (404)   there is no such thing
  + Conflict           (409)   somebody else was quicker, or the state does not allow it
  + TooLarge           (413)   more than we take at once
  + TooMany            (429)   too many tries or requests; wait
  + Unavailable        (503)   a part we need is not there: database, disk, port

A faulty *record* is not an error but a `Finding` (gis/intake/rules.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from math import ceil
from typing import Self

from gis.text import Text, series


class JiezhiError(Exception):
    """Something that can be explained to the person who asked, in both languages."""

    status = 500
    title = Text("出错了", "Something went wrong")

    def __init__(self, zh: str, en: str, /, **values: object) -> None:
        self.text = Text(zh, en).fill(**values) if values else Text(zh, en)
        super().__init__(str(self.text))


class BadInput(JiezhiError):
    """What was sent cannot be understood."""

    status = 400
    title = Text("输入有误", "Bad input")


def not_one_of(name: str, given: object, known: Iterable[str]) -> BadInput:
    """The refusal of a word that is none of those known; each is told with its meaning, where `known` maps to meanings."""
    meant = known if isinstance(known, Mapping) else {}
    zh = series(f"{each}({meant[each].zh})" if isinstance(meant.get(each), Text) else each for each in known).zh
    en = series(f"{each} ({meant[each].en})" if isinstance(meant.get(each), Text) else each for each in known).en
    return BadInput(
        "{name} 应为 {known} 之一,收到“{given}”", "{name} is one of {known}, not “{given}”",
        name=name, known=Text(zh, en), given=str(given)[:40],
    )  # fmt: skip


class UnreadableFile(BadInput):
    """A file cannot be taken as it is."""

    title = Text("文件无法读取", "The file cannot be taken")


class NotSignedIn(JiezhiError):
    """Nobody is signed in, or the sign-in has ended."""

    status = 401
    title = Text("请先登录", "Please sign in")


class NotAllowed(JiezhiError):
    """This person may not do this."""

    status = 403
    title = Text("无权办理", "Not allowed")


class NotFound(JiezhiError):
    """There is no such thing."""

    status = 404
    title = Text("没有找到", "Not found")


class Conflict(JiezhiError):
    """Somebody else was quicker, or the present state does not allow it."""

    status = 409
    title = Text("状态不允许", "Conflict")


class TooLarge(JiezhiError):
    """More than is taken at once."""

    status = 413
    title = Text("内容过大", "Too large")


class TooMany(JiezhiError):
    """Too many tries in a short time, or more than the day's quota."""

    status = 429
    title = Text("请求过于频繁", "Too many requests")
    wait_s = 900
    """After so many seconds another try is worth it; at first what it takes to forget failed sign-ins (gis/guessing.py)."""

    def after(self, seconds: float) -> Self:
        """The same, when another try is worth it after so many seconds, at least one."""
        self.wait_s = max(ceil(seconds), 1)
        return self


class Unavailable(JiezhiError):
    """A part that is needed is not there: the database, the disk, the port."""

    status = 503
    title = Text("服务暂不可用", "Unavailable")
