"""Fields of registers together with the words under which offices send them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gis.registers import Field
from gis.text import Text


def field_sent_as(name: str, title: Text, aliases: str = "", kind: type = str, **more: Any) -> Field:
    """A field with its aliases in one text, the title among them."""
    return Field(name, title, kind, (*aliases.split(), title.zh), **more)


def choices_sent_as(words: Mapping[str, str]) -> dict[str, str]:
    """What is sent (lower case) -> what is stored, out of what is stored -> the words for it in one text."""
    return {sent.lower(): stored for stored, said in words.items() for sent in (stored, *said.split())}
