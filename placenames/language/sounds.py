"""Sounds: how the characters of a name are read, and which of them a person must look at.

Four layers lie upon each other; the upper one counts: single characters, the phrases of pypinyin, the sourced readings
that ship with the program (tables/readings.csv), the readings that an office has settled for itself. In the table
`|` parts readings that compete: the first is proposed and a person is asked. So is a person asked about a polyphone
whose reading is only recalled (grade R). The rest of the grades is explained in placenames/shipped.py.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import NamedTuple

from gis.errors import BadInput
from gis.settings import settings
from placenames import shipped
from placenames.language import characters

TONES = "\u0304\u0301\u030c\u0300"
"""The four tone marks, as they join a letter."""
WITHOUT_TONES: dict[int, str | None] = {
    **{ord(tone): None for tone in TONES},
    **{
        ord(joined): letter
        for letter in "aeioumnüêAEIOUMNÜÊ"
        for tone in TONES
        if len(joined := unicodedata.normalize("NFC", letter + tone)) == 1
    },
}
SYLLABLE = re.compile("[a-zü]+")
RECALLED = "R"
READ_AS_IT_STANDS = frozenset("一不")
"""Pinyin does not write that their tones shift in speech."""
DIGITS = dict(
    zip("0123456789", ["líng", "yī", "èr", "sān", "sì", "wǔ", "liù", "qī", "bā", "jiǔ"], strict=True)
)
ITEMS = re.compile(r"[0-9]|[A-Za-z]+|[^\W0-9A-Za-z_]")


class Sound(NamedTuple):
    """What one character sounds like; `text` is empty when nobody knows."""

    text: str
    doubtful: bool = False


class Found(NamedTuple):
    """A row of a table where it fits a text."""

    start: int
    syllables: tuple[str, ...]
    open: tuple[bool | None, ...]
    """Whether each is still open; None leaves it as it was."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Texts with their readings, the longest first when they are looked for."""

    rows: Mapping[str, tuple[tuple[str, ...], tuple[bool | None, ...]]]
    firsts: frozenset[str]
    lengths: tuple[int, ...]

    @staticmethod
    def of(rows: Mapping[str, tuple[tuple[str, ...], tuple[bool | None, ...]]]) -> Layer:
        """The layer of some rows."""
        return Layer(
            rows,
            frozenset(text[0] for text in rows),
            tuple(sorted({len(text) for text in rows}, reverse=True)),
        )

    def within(self, text: str) -> Iterator[Found]:
        """The rows that fit a text, the longest first, none over another."""
        if self.firsts.isdisjoint(text):
            return
        free = [True] * len(text)
        for length in self.lengths:
            for start in range(len(text) - length + 1):
                row = self.rows.get(text[start : start + length])
                if row and all(free[start : start + length]):
                    free[start : start + length] = [False] * length
                    yield Found(start, *row)


class Readings(Mapping[str, str]):
    """Readings of names, characters and parts of names: text -> syllables with tone marks, parted by spaces.

    Readings that an office has settled lie over those that ship. Raises BadInput when a reading has not one syllable
    for each character, or is no pinyin.
    """

    def __init__(self, local: Mapping[str, str] | None = None) -> None:
        settled = {text: _checked(text, reading) for text, reading in (local or {}).items()}
        self._texts = {row.text: row.reading for row in shipped_rows()}
        self._texts |= {text: " ".join(syllables) for text, syllables in settled.items()}
        local_layer = Layer.of({text: (each, (False,) * len(each)) for text, each in settled.items()})
        self.layers = (_shipped_layer(), local_layer) if settled else (_shipped_layer(),)

    def __getitem__(self, text: str) -> str:
        return self._texts[text]

    def __iter__(self) -> Iterator[str]:
        return iter(self._texts)

    def __len__(self) -> int:
        return len(self._texts)

    __hash__ = object.__hash__
    __eq__ = object.__eq__


class ShippedReading(NamedTuple):
    """A row of the table that ships."""

    text: str
    reading: str
    """The proposed one."""
    others: tuple[str, ...]
    """Readings that compete with it."""
    source: str
    grade: str
    note: str


@cache
def shipped_rows() -> tuple[ShippedReading, ...]:
    """The readings that ship, each with its source and grade."""
    return tuple(
        ShippedReading(each["text"], first, tuple(others), each["source"], each["grade"], each["note"])
        for each in shipped.rows("readings.csv")
        for first, *others in [each["reading"].split("|")]
    )


def sounds(text: str, readings: Mapping[str, str] | None = None) -> list[Sound | None]:
    """The sound of each character of a text; None where nothing is read: letters, marks, spaces.

    Without `readings` those of the office count. A plain mapping lies over the readings that ship; one that is used
    often is better made into `Readings` once.
    """
    readings = of_the_office() if readings is None else readings
    text = characters.simplified(text)
    heard = [_alone(each) for each in text]
    if heard and heard[0] and heard[0].text and not _has_tone(heard[0].text):
        heard[0] = _toned(text[0])  # a neutral tone opens no name: 子洲
    for start, phrase in _phrases_within(text):
        heard[start : start + len(phrase)] = map(_in_phrase, phrase, heard[start : start + len(phrase)])
    layers = readings.layers if isinstance(readings, Readings) else Readings(readings).layers
    for layer in layers:
        for found in layer.within(text):
            _lay(found, heard)
    return heard


def _lay(found: Found, heard: list[Sound | None]) -> None:
    for place, syllable, still_open in zip(count(found.start), found.syllables, found.open, strict=False):
        before = heard[place]
        undecided = before is None or before.doubtful
        heard[place] = Sound(syllable, undecided if still_open is None else still_open)


def toneless(syllables: Sequence[str]) -> tuple[str, ...]:
    """Syllables without their tones in the letters of a keyboard: lǜ becomes lv."""
    return tuple(map(_typed, syllables))


@cache
def _typed(syllable: str) -> str:
    return without_tones(syllable).replace("ü", "v")


def without_tones(text: str) -> str:
    """A spelling without its tone marks; ü stays."""
    return text if text.isascii() else unicodedata.normalize("NFC", text).translate(WITHOUT_TONES)


def sound_of(text: str, readings: Mapping[str, str] | None = None) -> str:
    """The toneless syllables of a text with spaces between them, as names are compared: 石门街 -> shi men jie."""
    return " ".join(typed_syllables(text, readings))


def initials_of(text: str, readings: Mapping[str, str] | None = None) -> str:
    """The first letters of the syllables, as people type them: 石门街 -> smj."""
    return "".join(each[0] for each in typed_syllables(text, readings))


def typed_syllables(text: str, readings: Mapping[str, str] | None = None) -> Iterator[str]:
    """The syllables of a text as people type them: toneless, signs and letters in between as they are."""
    text = unicodedata.normalize("NFKC", text)
    heard = sounds(text, readings)
    for item in ITEMS.finditer(text):
        sound = heard[item.start()]
        yield _typed(sound.text) if sound and sound.text else item.group().lower()


@cache
def _alone(character: str) -> Sound | None:
    """A character by itself: as the table has it, else as pypinyin's dictionary does."""
    if character in DIGITS:
        return Sound(DIGITS[character])
    if character in _single():
        return _single()[character]
    known = _dictionary().get(ord(character))
    if known:
        return Sound(unicodedata.normalize("NFC", known.split(",")[0]))
    return Sound("", doubtful=True) if characters.HAN.match(character) else None


@cache
def common_sounds(character: str) -> frozenset[str]:
    """The one or two sounds, toneless, in which a character is read most often: 长 is chang and zhang."""
    readings = unicodedata.normalize("NFC", _dictionary().get(ord(character), "")).split(",")[:2]
    return frozenset(map(_typed, filter(None, readings)))


@cache
def _toned(character: str) -> Sound:
    known = unicodedata.normalize("NFC", _dictionary()[ord(character)]).split(",")
    return Sound(next((each for each in known if _has_tone(each)), known[0]))


def _has_tone(syllable: str) -> bool:
    return without_tones(syllable) != syllable


def _in_phrase(said: tuple[str, str], alone: Sound | None) -> Sound | None:
    """A character as the phrase has it; to be looked at when the phrase contradicts what is usual in names."""
    character, syllable = said
    if alone is None or character in READ_AS_IT_STANDS:
        return alone
    contradicts = syllable != alone.text and _has_tone(syllable) and _has_tone(alone.text)
    return Sound(syllable, alone.doubtful or contradicts)


def _phrases_within(text: str) -> Iterator[tuple[int, tuple[tuple[str, str], ...]]]:
    """Where phrases of pypinyin's dictionary stand: from the left, always the longest."""
    start, longest = 0, _longest_phrases()
    while start < len(text) - 1:
        length = min(longest.get(text[start : start + 2], 0), len(text) - start)
        while length > 1 and text[start : start + length] not in _phrases():
            length -= 1
        if length > 1:
            yield start, _phrase(text[start : start + length])
        start += max(length, 1)


@cache
def _phrase(text: str) -> tuple[tuple[str, str], ...]:
    said = (unicodedata.normalize("NFC", each[0]) for each in _phrases()[text])
    return tuple(zip(text, said, strict=True))


@cache
def _longest_phrases() -> dict[str, int]:
    """The first two characters of phrases -> the length of the longest."""
    longest: dict[str, int] = {}
    for phrase in _phrases():
        longest[phrase[:2]] = max(len(phrase), longest.get(phrase[:2], 0))
    return longest


@cache
def _phrases() -> dict[str, list[list[str]]]:
    """The phrases of pypinyin; loaded when first needed, for they take a command's start some time."""
    phrases: dict[str, list[list[str]]] = import_module("pypinyin.constants").PHRASES_DICT
    return phrases


@cache
def _dictionary() -> dict[int, str]:
    known: dict[int, str] = import_module("pypinyin.constants").PINYIN_DICT
    return known


@cache
def _single() -> dict[str, Sound]:
    return {row.text: Sound(row.reading, bool(row.others)) for row in shipped_rows() if len(row.text) == 1}


@cache
def _shipped_layer() -> Layer:
    return Layer.of({row.text: _settled(row) for row in shipped_rows() if len(row.text) > 1})


def _settled(row: ShippedReading) -> tuple[tuple[str, ...], tuple[bool | None, ...]]:
    """The proposed reading of a row, and where others compete; what is only recalled settles nothing."""
    syllables = _checked(row.text, row.reading)
    compete = zip(syllables, *(_checked(row.text, other) for other in row.others), strict=True)
    undecided = None if row.grade == RECALLED else False
    return syllables, tuple(len(set(each)) > 1 or undecided for each in compete)


def _checked(text: str, reading: str) -> tuple[str, ...]:
    syllables = tuple(unicodedata.normalize("NFC", reading).lower().split())
    if (
        not text
        or len(syllables) != len(text)
        or not all(SYLLABLE.fullmatch(without_tones(s)) for s in syllables)
    ):
        raise BadInput(
            "“{text}”的读音“{reading}”应为每字一个音节,用空格分开",
            "the reading “{reading}” of “{text}” should have one syllable for each character, parted by spaces",
            text=text,
            reading=reading,
        )
    return syllables


SHIPPED = Readings()
"""The readings that ship with the program."""


def readings_list() -> Path:
    """Where the readings stand that an office has settled."""
    return settings().var / "tables" / "readings.csv"


def of_the_office() -> Readings:
    """The readings that ship under those that the office has settled for itself: `tables/readings.csv` in `var`.

    A list with the columns `text` and `reading` (syllables with tone marks, parted by spaces; whatever else it holds is
    for people); read anew when it changes. Raises BadInput when a row cannot be right.
    """
    place = readings_list()
    try:
        return _read_from(place, place.stat().st_mtime_ns)
    except FileNotFoundError:
        return SHIPPED


@lru_cache(maxsize=2)
def _read_from(place: Path, _changed_at: int) -> Readings:
    with place.open(encoding="utf-8-sig", newline="") as listed:
        return Readings({row["text"]: row["reading"] for row in csv.DictReader(listed)})
