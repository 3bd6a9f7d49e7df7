"""Numbers tidied: what people write around and instead of digits, in one writing before a lookup takes it apart.

Telephones and postcodes are left out; hao is 号; digits that stand apart, each alone, are one number; a numeral at the end
of an address is a number where no name of the register goes on with it. Each step is a function from text to text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from gis.text import Text
from placenames.addresses import postcodes, telephones
from placenames.addresses.address_writing import LAST_NUMERAL, LISTED, normalised
from placenames.addresses.finding.toponym_names import Toponyms
from placenames.language.numerals import ANY, number

HAO = re.compile("(?<=[0-9]) ?HAO(?![A-Z])")
APART = re.compile("(?<![0-9A-Z+.-])(?<![0-9A-Z] )[0-9](?: +[0-9])+(?= *(?:号|弄|$))")
"""2 7 2号; 3 2 501 stays as it is."""
A_FEW = 2
BEFORE_A_SUBNUMBER = re.compile(
    f"(?<=[路街道巷弄里村组段庄社区坊])(?:两(?=[百千]))?[{ANY}]{{1,8}}(?= ?(?:[附杠]|-{{1,3}}) ?[0-9]{{1,4}}号)"
)
SUBNUMBER = re.compile("(?<=[0-9]) ?[附杠] ?(?=[0-9]{1,4}号)")
BEHIND_THE_NUMBER = re.compile("(?<=[0-9]号)杠(?=[0-9])")
"""31号杠1号 says 31号附1号."""
A_SIGN = re.compile(r"(?P<main>[0-9]+) ?[·・_:\\'\"?!>] ?(?P<sub>[0-9]{1,4}号)")
"""Stands between two numbers of a plate where a dash was meant, most likely."""
_SIGN = Text("“{said}”按“{taken}”认", "“{said}” is taken for “{taken}”")


def tidied(text: str, names: Toponyms) -> tuple[str, tuple[Text, ...]]:
    """A text in our writing with its numbers in one writing too, and what was left out of it, in words."""
    text, of_telephones = _without(text, telephones.telephones_in, telephones.left_out)
    text, of_postcodes = _without(text, postcodes.postcodes_in, postcodes.left_out)
    if "HAO" in text:
        text = HAO.sub("号", text)
    if " " in text:
        text = _digits_together(text)
    if any(sign in text for sign in "-附杠"):
        text = _with_subnumbers_in_digits(text, names)
    text, of_signs = _with_a_dash_for_signs(text)
    return _with_numerals_in_digits(text, names), (*of_telephones, *of_postcodes, *of_signs)


def _with_a_dash_for_signs(text: str) -> tuple[str, tuple[Text, ...]]:
    """样街31·1号 says 31-1号, most likely."""
    found = A_SIGN.search(text)
    if found is None:
        return text, ()
    taken = f"{found['main']}-{found['sub']}"
    told = _SIGN.fill(said=found.group(), taken=taken)
    return f"{text[: found.start()]}{taken}{text[found.end() :]}", (told,)


def _without(
    text: str, found_in: Callable[[str], Iterator[re.Match[str]]], left_out: Callable[[str], Text]
) -> tuple[str, tuple[Text, ...]]:
    """A text without what is nobody's number, and that it was left out."""
    found = list(found_in(text))
    for each in reversed(found):
        text = f"{text[: each.start()]} {text[each.end() :]}"
    return (text.strip(), tuple(left_out(each.group()) for each in found)) if found else (text, ())


def _digits_together(text: str) -> str:
    """Digits apart are one number; at the end and behind another number two may be building and room."""

    def together(found: re.Match[str]) -> str:
        said = re.sub(" +", "", found.group())
        is_last = not text[found.end() :].strip()
        behind = any(each.isdigit() for each in text[: found.start()])
        return found.group() if is_last and behind and len(said) <= A_FEW else said

    return APART.sub(together, text)


def _with_subnumbers_in_digits(text: str, names: Toponyms) -> str:
    """样街二十九-2号 and 样街29附2号 say 29-2 as 29号附2号 does; a numeral that a name takes in stays."""
    for found in reversed(list(BEFORE_A_SUBNUMBER.finditer(text))):
        value = number(found.group().replace("两", "二"))
        if value and not _is_in_a_name(text, found.start(), found.end(), names):
            text = f"{text[: found.start()]}{value}{text[found.end() :]}"
    return BEHIND_THE_NUMBER.sub("附", SUBNUMBER.sub("-", text))


def _with_numerals_in_digits(text: str, names: Toponyms) -> str:
    """人民路十二 says 12 as 人民路12 does; 建设二路, 纬十路 and 和平路二巷 are names."""
    found = LAST_NUMERAL.search(text)
    if found is None or _is_in_a_name(text, found.start(), found.end(), names):
        return text
    value = number(found["numeral"])
    if not value:
        return text
    text = f"{text[: found.start()]}{value}{text[found.end() :]}"
    listed = LISTED.search(text)
    value = number(listed.group()) if listed else None
    return normalised(f"{text[: listed.start()]}{value}" if listed and value else text)


def _is_in_a_name(text: str, start: int, end: int, names: Toponyms) -> bool:
    """Whether a name of the register takes the numeral in, or begins so and goes on."""
    for first, last, _ in names.names_in(text):
        if first < start < last or (last == start and names.beginning(text[first:end], 1)):
            return True
    return False
