"""Romanise: a place name in the letters of Hanyu Pinyin, by the rules of 1984.

《中国地名汉语拼音字母拼写规则(汉语地名部分)》, [84]中地字第17号, read in part in copies; each rule is named where it is
applied, rules 1 to 7 and 14 in `word_division`. What comes out is a proposal: a person confirms it, and
looks first at what is doubtful. Foreign words for road or street are not allowed (Regulations, Article 15).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from gis.errors import BadInput
from placenames.language.sounds import (
    SHIPPED,
    Readings,
    Sound,
    initials_of,
    of_the_office,
    sound_of,
    sounds,
    toneless,
    without_tones,
)
from placenames.language.word_division import Division, Word, divided

__all__ = [
    "SHIPPED",
    "Readings",
    "Spelling",
    "agrees",
    "broken",
    "initials_of",
    "sound_of",
    "spell",
    "toneless",
]

NEEDS_A_MARK = frozenset("aāáǎàoōóǒòeēéěèêếề")
APOSTROPHES = str.maketrans("’‘ʼ´`", "'''''")
"""Other signs that people type for the mark of rule 11."""
MARKS = re.compile("[ '-]*")
END_OF_RUN = re.compile("[ '-]*[0-9A-Za-z-]*")
RUNS = re.compile(r"[0-9A-Za-z]+|[^\W0-9A-Za-z_]+")


@dataclass(frozen=True, slots=True)
class Spelling:
    """A name in letters."""

    toned: str
    """With tone marks: Jìliáng Dàshà."""
    plain: str
    """In capitals and without tones, as exchanges and signs have it: JILIANG DASHA. Ü and the apostrophe stay: the
    rules know no letters and marks but those of the Scheme for the Chinese Phonetic Alphabet."""
    generic: str
    """The last words of `toned` when they are the generic part with the modifiers joined to it; else empty."""
    syllables: tuple[str, ...]
    """With tone marks, one for each character that is read; digits are read too."""
    doubtful: tuple[str, ...]
    """Characters whose reading a person must look at, each once."""


def spell(
    name: str, *, specific: str, generic: str, category: str = "", readings: Mapping[str, str] | None = None
) -> Spelling:
    """A name in letters (rules 1 to 14); the two parts together are the name.

    Spaces in the parts mark words that no program can tell (二七 烈士 + 纪念碑). `category` is NAT, ADM, VIL, PRK, ROD,
    RES, FAC, OTH or empty; it decides between rule 3 and rule 1 (江镇), between rule 7 and rule 6 (二马路, 二道沟).
    `readings` lie over those that ship; without them those of the office count. Raises BadInput when the parts
    do not make the name.
    """
    if "".join(f"{specific}{generic}".split()) != "".join(name.split()):
        raise BadInput(
            "专名“{specific}”与通名“{generic}”合起来不是“{name}”",
            "the specific part “{specific}” and the generic part “{generic}” do not make “{name}”",
            name=name,
            specific=specific,
            generic=generic,
        )
    counted = of_the_office() if readings is None else readings
    return _spelt(specific, generic, category, counted if isinstance(counted, Readings) else Readings(counted))


@lru_cache(maxsize=20_000)  # the rows of a list are spelt when they are completed, and again when rules look at them
def _spelt(specific: str, generic: str, category: str, readings: Readings) -> Spelling:
    division = divided(_plain_width(specific), _plain_width(generic), category)
    text = "".join(word.text for word in division.words)
    heard = sounds(text, readings)
    words = _lettered(division, heard)
    toned = _spaced(words)
    read = [(each, sound) for each, sound in zip(text, heard, strict=True) if sound]
    return Spelling(
        toned=toned,
        plain=without_tones(toned).upper(),
        generic=_spaced(words[len(words) - division.generic :]),
        syllables=tuple(sound.text for _, sound in read if sound.text),
        doubtful=tuple(dict.fromkeys(each for each, sound in read if sound.doubtful)),
    )


def agrees(given: str, spelling: Spelling) -> bool:
    """Whether a spelling that somebody gave says the same (rule PN13).

    Case, Unicode form and the sign used as apostrophe do not count; tones may be left out altogether, but those that
    are there must all be right. Spaces, apostrophes and hyphens are part of the spelling.
    """
    said = _comparable(given)
    return said in (_comparable(spelling.toned), _comparable(spelling.plain))


def broken(spelling: Spelling, width: int) -> tuple[str, ...]:
    """The toned spelling in lines of at most `width` letters where that is possible.

    Rule 13: a word is broken between syllables only, with a hyphen at the end of the line.
    """
    lines = [""]
    for piece in _breakable(spelling):
        starts_word = piece.startswith(" ")
        if len(lines[-1]) + len(piece) + (not starts_word) <= width or not lines[-1]:
            lines[-1] += piece if lines[-1] else piece.lstrip(" '")
        else:
            lines[-1] += "" if starts_word or lines[-1].endswith("-") else "-"
            lines.append(piece.lstrip(" '"))
    return tuple(lines)


def _plain_width(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _lettered(division: Division, heard: Sequence[Sound | None]) -> list[str]:
    """The words in letters."""
    written, start = [], 0
    for word in division.words:
        written.append(word.letters or _written(word, heard[start : start + len(word.text)]))
        start += len(word.text)
    return written


def _spaced(words: Sequence[str]) -> str:
    return " ".join(filter(None, words))  # of a word that is but a mark, nothing is written


def _written(word: Word, heard: Sequence[Sound | None]) -> str:
    """Rule 7: codes stay as they are (1203高地 1203 Gāodì), apart from the words around them."""
    parts = []
    for run in RUNS.finditer(word.text):
        said = [(each, heard[run.start() + place]) for place, each in enumerate(run.group())]
        parts.append(run.group() if run.group().isascii() else _joined([_syllable(*each) for each in said]))
    return " ".join(parts)


def _syllable(character: str, sound: Sound | None) -> str:
    """Rules 8 and 9: Putonghua with its tone marks. What nobody can read stays a character, so that it is seen."""
    return sound.text if sound and sound.text else character


def _joined(syllables: Sequence[str]) -> str:
    """Rule 10: a capital in front. Rule 11: an apostrophe before a, o, e inside a word. Rule 12: 儿 as r joins."""
    first, *rest = syllables
    marked = (f"'{each}" if each[0] in NEEDS_A_MARK else each for each in rest)
    return "".join((first[:1].upper() + first[1:], *marked))


def _comparable(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(APOSTROPHES)).strip().casefold()


def _breakable(spelling: Spelling) -> Iterator[str]:
    """The toned spelling in pieces that may begin a line; spaces and apostrophes stay in front."""
    text, lowered, begun, after = spelling.toned, spelling.toned.lower(), 0, 0
    for syllable in spelling.syllables:
        starts = (after, END_OF_RUN.match(text, after).end())  # type: ignore[union-attr]  # matches anywhere
        places = [MARKS.match(text, start).end() for start in starts]  # type: ignore[union-attr]
        place = next((each for each in places if lowered.startswith(syllable, each)), None)
        if place is None:  # read, but written as a digit
            continue
        after = place + len(syllable)
        start = max(begun, place - 1 if text[place - 1 : place] in ("'", " ") else place)
        if start > begun and syllable != "r":
            yield text[begun:start]
            begun = start
    yield text[begun:]
