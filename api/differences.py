"""Differences between two names, letter by letter, so that a reader sees at once what would change."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher


@dataclass(frozen=True, slots=True)
class Piece:
    """Some letters of a name, and whether the other name lacks them."""

    text: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """Two names, each in pieces."""

    before: tuple[Piece, ...]
    after: tuple[Piece, ...]


def compared(before: str | None, after: str | None, shortest: int = 1) -> Compared:
    """Two names laid side by side; where there is but one of them, nothing is marked.

    What they share counts from so many letters on: a single letter that two spellings share by chance says nothing.
    Capitals count as small letters.
    """
    old, new = (unicodedata.normalize("NFC", each or "") for each in (before, after))
    if not old or not new:
        return Compared(_whole(old), _whole(new))
    shared = [
        block
        for block in SequenceMatcher(None, _small(old), _small(new), autojunk=False).get_matching_blocks()
        if block.size >= shortest
    ]
    return Compared(
        _pieces(old, [(block.a, block.size) for block in shared]),
        _pieces(new, [(block.b, block.size) for block in shared]),
    )


def _pieces(text: str, shared: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    """A name cut at what it shares with the other."""
    found: list[Piece] = []
    at = 0
    for start, size in (*shared, (len(text), 0)):
        found += [Piece(text[at:start], differs=True), Piece(text[start : start + size], differs=False)]
        at = start + size
    return tuple(piece for piece in found if piece.text)


def _whole(text: str) -> tuple[Piece, ...]:
    return (Piece(text, differs=False),) if text else ()


def _small(text: str) -> str:
    """Small letters, as many as there were."""
    return "".join(each.lower() if len(each.lower()) == 1 else each for each in text)
