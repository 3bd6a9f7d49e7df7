"""Keys of pages: where the page before ended, so that a deep page costs what the first one costs."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from uuid import UUID

from gis.errors import BadInput


@dataclass(frozen=True)
class Mark:
    """Where a page ended, and how many records its question found in all."""

    matched: int | None
    of: str
    """The fingerprint of the question that was counted."""
    id: UUID
    code: str


def encoded(mark: Mark) -> str:
    """The key of a page: opaque, and safe in an address."""
    words = f"{mark.matched}|{mark.of}|{mark.id}|{mark.code}"
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def decoded(key: str) -> Mark:
    """What a page key stands for. Raises BadInput."""
    try:
        words = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True).decode()
        matched, of, identity, code = words.split("|", 3)
        mark = Mark(int(matched), of, UUID(identity), code)
    except ValueError as problem:
        raise BadInput("翻页标记无效", "the page key is not valid") from problem
    if not 0 <= int(matched) < 1 << 60 or "\0" in code:
        raise BadInput("翻页标记无效", "the page key is not valid")
    return mark
