"""Characters: which are standard, how common they are, and what a traditional one is in standard writing."""

from __future__ import annotations

import re
from functools import cache

from opencc import OpenCC

from placenames import shipped

HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
"""Chinese characters, standard or not; 〇 counts as a numeral."""
LEVELS = (3500, 3000, 1605)
"""How many characters each level of the table holds."""
RARE = 3


def level_of_character(character: str) -> int | None:
    """The level (1, 2 or 3) of a character in the 通用规范汉字表 of 2013; None when it is not in the table."""
    return _levels().get(character)


def outside_the_table(text: str) -> str:
    """The Chinese characters of a text that the table does not hold, each once, as they come."""
    return "".join(dict.fromkeys(each for each in HAN.findall(text) if each not in _levels()))


def rare_in(text: str) -> str:
    """The characters of a text that are of level 3 (surnames, places, science), each once, as they come."""
    return "".join(dict.fromkeys(each for each in text if _levels().get(each) == RARE))


def simplified(text: str) -> str:
    """A text in standard writing, character for character; its length stays.

    A character that the table holds means itself: 於潜 and 乾县 stay as they are.
    """
    return text.translate(standard_forms())


@cache
def standard_forms() -> dict[int, str]:
    """Code point of a traditional character -> its one standard form."""
    ranges = ((0x3400, 0x4DC0), (0x4E00, 0xA000), (0x20000, 0x323B0))
    traditional = [
        chr(point) for first, end in ranges for point in range(first, end) if chr(point) not in _levels()
    ]
    # One line per character: only the character's own entry can apply, no phrase of the dictionary.
    converted = OpenCC("t2s").convert("\n".join(traditional)).split("\n")
    pairs = zip(traditional, converted, strict=True)
    return {ord(old): new for old, new in pairs if old != new and len(new) == 1}


@cache
def _levels() -> dict[str, int]:
    lines = shipped.text_of("standard_characters.txt").splitlines()[1:]
    return {character: level for level, line in enumerate(lines, start=1) for character in line}
