"""What a command said and how it ended, for tests of commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Said:
    """What a command said and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Jiezhi = Callable[..., Said]


def one_line(text: str, *words: str) -> bool:
    return text.count("\n") == 1 and all(word in text for word in words)
