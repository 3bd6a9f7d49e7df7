"""Words that people read, always in Chinese and in English."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in both languages; `{values}` in it are filled by `fill`."""

    zh: str
    en: str

    def fill(self, **values: object) -> Text:
        """The same sentence with its values in place."""
        return Text(self.zh.format(**values), self.en.format(**values))

    def in_(self, lang: Lang) -> str:
        """The sentence in one language."""
        return self.zh if lang == "zh" else self.en

    def as_dict(self) -> dict[str, str]:
        """Both languages, as answers carry them."""
        return {"zh": self.zh, "en": self.en}

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"
