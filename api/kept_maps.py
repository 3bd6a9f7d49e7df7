"""Map pages kept once drawn: the same question about the same data gets the page that was drawn before.

To draw one takes half a second. Its key is the question itself, how much its reader may see, the language, the note in
its corner, and the state of the data; the state is read anew for every request, so that each of several processes may
keep pages of its own. Whether the reader may see the page at all is asked before.
"""

from __future__ import annotations

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from threading import Lock

from fastapi import Request
from sqlalchemy import Connection
from starlette.responses import Response

from api import pages
from api.answers import known_answer, packed_answer
from gis import events
from gis.settings import Settings
from gis.text import Lang
from maps import layers

ROOM = 64_000_000
"""Bytes of packed pages in one process; those asked for longest ago make room."""
PACKAGES = ("gis", "boundaries", "placenames", "maps", "api")
MEDIA_TYPE = "text/html; charset=utf-8"

Question = tuple[object, ...]
"""What decides what a page shows, apart from the data: everything in it is written out in full by `repr`."""
Drawing = Callable[[Lang, str], str]
"""(language, note in the corner) -> the page."""


class Shelf:
    """Finished pages, packed; one that several people ask for at once is drawn once."""

    def __init__(self, room: int = ROOM) -> None:
        self._room, self._held = room, 0
        self._pages: OrderedDict[str, bytes] = OrderedDict()
        self._drawing: dict[str, Lock] = {}
        self._lock = Lock()

    def page(self, key: str, draw: Callable[[], str | bytes]) -> bytes:
        """The page under a key, drawn when it is not there."""
        with self._lock:
            found = self._found(key)
            if found is not None:
                return found
            turn = self._drawing.setdefault(key, Lock())
        with turn:
            with self._lock:
                found = self._found(key)
            return self._drawn(key, draw) if found is None else found

    def _drawn(self, key: str, draw: Callable[[], str | bytes]) -> bytes:
        try:
            made = draw()
            packed = gzip.compress(made.encode() if isinstance(made, str) else made, compresslevel=6, mtime=0)
            with self._lock:
                self._put(key, packed)
            return packed
        finally:
            with self._lock:
                self._drawing.pop(key, None)

    def _found(self, key: str) -> bytes | None:
        if key in self._pages:
            self._pages.move_to_end(key)
        return self._pages.get(key)

    def _put(self, key: str, packed: bytes) -> None:
        self._held += len(packed) - len(self._pages.pop(key, b""))
        self._pages[key] = packed
        while self._held > self._room:
            self._held -= len(self._pages.popitem(last=False)[1])


def map_answer(
    request: Request, tx: Connection, config: Settings, question: Question, draw: Drawing
) -> Response:
    """The map that a question asks for, as drawn before or drawn now; 304 when the asker has it already."""
    lang = pages.language(request)
    note = layers.map_note(config, lang)
    answer = kept_answer(request, tx, (*question, lang, note), lambda: draw(lang, note), MEDIA_TYPE)
    answer.headers["Content-Security-Policy"] = pages.MAP_POLICY
    return answer


def kept_answer(
    request: Request, tx: Connection, question: Question, make: Callable[[], str | bytes], media_type: str
) -> Response:
    """What a question asks for, as made before or made now; 304 when the asker has it already."""
    state = (events.state_of_everything(tx), date.today(), _program())
    key = hashlib.sha256(repr((question, state)).encode()).hexdigest()
    answer = known_answer(request, key)
    if answer is None:
        shelf: Shelf = request.app.state.shelf
        answer = packed_answer(request, shelf.page(key, make), media_type, key)
    return answer


@cache
def _program() -> str:
    """Changes with the program, so that a browser does not keep what an older one drew."""
    home = Path(__file__).parents[1]
    found = hashlib.sha256()
    for path in sorted(each for name in PACKAGES for each in (home / name).rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()
