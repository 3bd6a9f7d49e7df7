"""The elements of a long JSON list one after the other, without the whole list in memory."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gis.errors import BadInput, UnreadableFile

BLOCK = 1 << 18
"""Characters that are read at a time."""
LONGEST_ELEMENT = 1 << 16
"""Characters of one element at most."""
_BLANKS = re.compile(r"[ \t\r\n]*")


def elements_of(path: Path) -> Iterator[Any]:
    """Each element of the list that a file in UTF-8 holds. Raises BadInput where it is no list, or an element too long."""
    try:
        with path.open(encoding="utf-8-sig") as stream:
            window = _Window(stream)
            if not window.skip("["):
                raise _no_list()
            if window.skip("]"):
                return window.must_end()
            yield from window.elements()
    except UnicodeDecodeError as problem:
        raise UnreadableFile("JSON 应为 UTF-8 编码", "JSON should be in UTF-8") from problem


class _Window:
    """The part of the text that is looked at."""

    def __init__(self, stream: Any) -> None:
        self._stream, self._text, self._at, self._over = stream, "", 0, False
        self._number = 0
        self._decoder = json.JSONDecoder()

    def skip(self, sign: str) -> bool:
        """Steps over a sign, if it comes next."""
        self._fill()
        self._at = _past_blanks(self._text, self._at)
        if not self._text.startswith(sign, self._at):
            return False
        self._at += 1
        return True

    def elements(self) -> Iterator[Any]:
        """Everything up to the end of the list."""
        while True:
            self._number += 1
            yield self._element()
            if self.skip("]"):
                return self.must_end()
            if not self.skip(","):
                raise self._broken() if self._text[self._at :].strip() else self._unended()

    def must_end(self) -> None:
        """Raises BadInput where something stands behind the list."""
        self._fill()
        if self._text[self._at :].strip():
            raise _no_list()

    def _element(self) -> Any:
        self._fill()
        start = _past_blanks(self._text, self._at)
        try:
            found, end = self._decoder.raw_decode(self._text, start)
        except (ValueError, RecursionError) as problem:
            raise self._broken() from problem
        if end - start > LONGEST_ELEMENT:
            raise self._broken()
        self._at = end
        return found

    def _fill(self) -> None:
        """Sees to it that a whole element and what follows it are in the window, unless the text ends before."""
        while not self._over and len(self._text) - self._at <= 2 * LONGEST_ELEMENT:
            block = self._stream.read(BLOCK)
            self._over = not block
            self._text, self._at = self._text[self._at :] + block, 0

    def _broken(self) -> BadInput:
        return BadInput(
            "第 {n} 个元素不是有效的 JSON,或长于 {most} 个字符",
            "element {n} is no valid JSON, or longer than {most} characters",
            n=self._number, most=LONGEST_ELEMENT,
        )  # fmt: skip


    def _unended(self) -> BadInput:
        return BadInput(
            "数组在第 {n} 个元素之后没有结束:缺 ]", "the list breaks off after element {n}: ] is missing", n=self._number
        )


def _past_blanks(text: str, at: int) -> int:
    found = _BLANKS.match(text, at)
    return found.end() if found else at


def _no_list() -> BadInput:
    return BadInput("内容应为一个 JSON 数组", "the content should be one JSON array")
