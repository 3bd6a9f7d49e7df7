"""Search words: what somebody types, understood as writing, as pinyin with or without tones, or as initials."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from gis.errors import BadInput
from gis.text import UNKEEPABLE
from placenames.language.characters import HAN
from placenames.language.sounds import sound_of, without_tones
from placenames.language.wording import folded, terms

LONGEST = 100
"""Characters; no name is longer."""
LONGEST_SYLLABLE = 6
CODE = re.compile(r"(?=.*[0-9])[0-9A-Z-]{4,40}")
"""What may be a place-name code, whatever its pattern."""
BEGINS_CODES = re.compile(r"[0-9]{9,20}")
"""What may be the beginning of codes of 20 digits, from their town on."""
BETWEEN_SYLLABLES = re.compile(r"[\s'’`·-]+")
LETTERS = re.compile("[a-z]+")


@dataclass(frozen=True, slots=True)
class Words:
    """What was typed: folded writing, toneless syllables, and letters that may be initials."""

    key: str
    syllables: str = ""
    """`shi men jie` for 石门街; pinyin as it was typed, with its spaces or without."""
    initials: str = ""
    code: str = ""
    """What may be a place-name code."""

    @property
    def begins_codes(self) -> bool:
        """Whether it may be the beginning of codes of 20 digits as well."""
        return BEGINS_CODES.fullmatch(self.code) is not None

    @property
    def sound(self) -> str:
        """The syllables without what parts them: nobody types it alike."""
        return self.syllables.replace(" ", "")

    @property
    def heard(self) -> bool:
        """Whether the syllables are those of characters, so that what sounds like them has the same syllables."""
        return self.syllables != "" and self.initials == ""

    def parted_like(self, syllables: str) -> bool:
        """Whether a name's syllables are parted as those typed: xi an is 西安 and not 先."""
        return self.heard or " " not in self.syllables or f"{syllables} ".startswith(self.syllables)

    @property
    def slips(self) -> list[str]:
        """What a name may come to when one character of it is left out or two change places (see the index of slips)."""
        key = self.key
        if len(key) < 2:
            return []
        if len(key) == 2:  # one wrong character of two would leave one in common: half of all names
            return [key, key[::-1]]
        return [key, *{key[:at] + key[at + 1 :] for at in range(len(key))}]


def read(typed: str) -> Words:
    """Understands what was typed: 石门街, 石門街, Shímén Jiē, shimenjie, smj. Raises BadInput.

    Without a Chinese character it may be a sound or initials; with one it is heard as it is written.
    """
    if UNKEEPABLE.search(typed):
        raise BadInput("查询内容含有无效字符", "the search text has characters that cannot be searched for")
    if len(typed) > LONGEST:
        raise BadInput(
            "查询内容至多 {n} 个字", "the search text has at most {n} characters", n=LONGEST
        )
    key = folded(typed)
    if HAN.search(key):
        return Words(key, sound_of(key))
    code = "".join(unicodedata.normalize("NFKC", typed).split()).upper()
    return replace(_in_letters(key, typed), code=code if CODE.fullmatch(code) else "")


def _in_letters(key: str, typed: str) -> Words:
    """What has no Chinese character: a sound, initials, or signs that are neither."""
    plain = without_tones(unicodedata.normalize("NFKC", typed)).lower().replace("ü", "v")
    syllables = BETWEEN_SYLLABLES.sub(" ", plain).strip()
    letters = syllables.replace(" ", "")
    return Words(key, syllables, letters) if LETTERS.fullmatch(letters) else Words(key)


def is_one_slip(one: str, other: str) -> bool:
    """Whether two texts differ by one wrong, dropped or added character, or by two that changed places."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    start = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    rest, others = one[start:], other[start:]
    return (
        rest[1:] == others[1:]
        or rest[1:] == others
        or rest == others[1:]
        or (rest[1::-1] == others[:2] and rest[2:] == others[2:])
    )


def is_part_of_a_term(key: str) -> bool:
    """Whether folded text is a generic term or a part of one: 村, 社区, 委会."""
    return any(key in term for term in terms())
