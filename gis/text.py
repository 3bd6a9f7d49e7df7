"""Words that people read, always in Chinese and in English."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Lang = Literal["zh", "en"]
LONGEST_WORD = 64
_VALUE = re.compile(r"\{\w+\}")
UNKEEPABLE = re.compile("[\x00\ud800-\udfff]")
"""NUL and halves of a character: no database takes them."""


def is_keepable(text: str) -> bool:
    """Whether a database takes a text as it is. What can be printed, as nearly all can, is told at once."""
    return text.isprintable() or UNKEEPABLE.search(text) is None


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages; `{values}` in it are filled by `fill`, each value in the sentence's language."""

    zh: str
    en: str

    def fill(self, **values: object) -> Text:
        """The same sentence with its values in place."""
        return Text(self.zh.format(**_said(values, "zh")), self.en.format(**_said(values, "en")))

    def unfilled(self) -> Text:
        """The same sentence where no values are at hand: dots in their place."""
        return Text(_VALUE.sub("…", self.zh), _VALUE.sub("…", self.en))

    def in_(self, lang: Lang) -> str:
        """The sentence in one language."""
        return self.zh if lang == "zh" else self.en

    def as_dict(self) -> dict[str, str]:
        """Both languages, as answers carry them."""
        return {"zh": self.zh, "en": self.en}

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


def series(words: Iterable[object], longest: int | None = None) -> Text:
    """Several words one after another, as each language parts them, cut where they are too long; a dash for none."""
    said = [str(each) for each in words]
    return Text("、".join(said)[:longest] or "-", ", ".join(said)[:longest] or "-")


def keepable(text: str) -> str:
    """The text with a mark in place of what no database takes."""
    return _keepable_word(text) if len(text) <= LONGEST_WORD else UNKEEPABLE.sub("\ufffd", text)


@lru_cache(1 << 15)
def _keepable_word(text: str) -> str:
    """Cells of long lists repeat each other."""
    return UNKEEPABLE.sub("\ufffd", text)


def paired(words: str) -> Text:
    """Words of a setting in both languages: `中文 / English`, or the same words for both."""
    zh, slash, en = words.partition(" / ")
    return Text(zh.strip(), en.strip()) if slash and zh.strip() and en.strip() else Text(words, words)


def _said(values: dict[str, object], lang: Lang) -> dict[str, object]:
    return {name: value.in_(lang) if isinstance(value, Text) else value for name, value in values.items()}
