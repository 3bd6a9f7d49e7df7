"""Address writing: one way of writing an address, the same when it is stored and when somebody asks.

Width, traditional characters, dashes and the numerals before 号, 幢, 单元 … are unified; every character of the outcome
knows where it stood in what was written. Names keep their numerals: 文三路 and 二号路 stay as they are. Most of what is
written is in our writing already: `normalised` tells that by a look at the characters and goes on to what needs more.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from string import ascii_letters, digits

from gis.errors import BadInput
from gis.text import is_keepable
from placenames.addresses.postcodes import postcodes_in
from placenames.addresses.telephones import telephones_in
from placenames.language.characters import standard_forms
from placenames.language.numerals import ANY, SAID, number
from placenames.language.wording import INVISIBLE

LONGEST = 300
"""Characters of an address at most."""

COUNTED = f"号|弄|幢|栋|单元|室|楼|层|村民小组|小组|组|段|座|巷(?=[0-9]|[{ANY}]{{1,8}}号)|邻|户|排"
NAMED_ON = "路|街|大街|大道|巷|线|桥|公路|支路|团|村|镇|乡|社|门(?![口牌])|闸|港"
"""二号路, 三组团, 八段村: what follows makes it a name."""
NUMERAL = re.compile(
    f"(?<![{ANY}两幺])(?:两(?=[百千万]))?[{ANY}]{{1,8}}(?=(?:{COUNTED})(?!{NAMED_ON})|之[0-9{ANY}]+号)"
    f"|(?<=第)[{ANY}]{{1,8}}(?=[幢栋座层组])"
)
SPOKEN = re.compile(
    f"(?<![{ANY}两幺])(?=[{SAID}零两]*幺|[{SAID}零]*两[{SAID}零两])[{SAID}零两幺]{{2,8}}(?=号(?!{NAMED_ON}))"
)
"""幺幺二号 and 两零二号, as people say them into a telephone."""
SPOKEN_DIGITS = str.maketrans("两幺", "二一")
ZERO = re.compile("(?<=[0-9])[〇零○](?=[0-9])")
TOGETHER = re.compile(f"(?<=[0-9])之([0-9]+|[{ANY}]{{1,8}})|(?<=[号楼层])[之附]([{ANY}]{{1,8}})")
ONE_FOR_A_DASH = re.compile("(?<=[0-9])(?:一|丨|杠)(?=[0-9])")
IN_CHARACTERS = (
    (SPOKEN, re.compile("[幺两]")), (ZERO, re.compile("[〇零○]")), (NUMERAL, re.compile(f"[{ANY}]")),
    (TOGETHER, re.compile("[之附]")), (ONE_FOR_A_DASH, re.compile("[一丨杠]")),
)  # fmt: skip
"""What is put into digits, one after the other, and the characters without which there is none of it."""
LAST_NUMERAL = re.compile(
    f"(?<=[路街道巷弄里村组段庄])第?(?P<numeral>[{ANY}]{{1,8}})"
    f"(?= *(?:$|[,;.()])| +(?![0-9 ])|(?:旁|对面|附近|门口|隔壁|楼[上下])|[、,和及与至到][0-9{ANY}]+号?$)"
)
"""十二 of 人民路十二 and 人民路十二(粮站): a number, unless a name goes on with it."""
LISTED = re.compile(f"(?<=[0-9][、,和及与至到])(?P<numeral>[{ANY}]{{1,8}})$")
"""十四 in 人民路十二、十四."""
ANY_SIGN = re.compile(f"[{ANY}之附丨杠幺○]")
HAN = "[\u3400-\u9fff]"
WORD = "[\u3400-\u9fff0-9A-Za-z]"
SPACED_OUT = re.compile(f"(?<!{WORD}){HAN} +{HAN} +{HAN}(?!{WORD})")
"""样 柳 桥: three characters in a row that stand alone, so that the spaces around such characters part nothing."""
SPACES = re.compile("(?<=[^ ]) +(?=[^ ])")
SIGN = "[0-9A-Za-z#-]"
LONGER = re.compile("[0-9A-Za-z]{2}")
"""Where any number is written together, as in 3 2 501, spaces part numbers; in 样 柳 桥 路 1 2 号 they do not."""
ALONE = f"{HAN}(?!{WORD})"
GAP = re.compile(f"(?<=(?<!{WORD}){HAN}) +(?={ALONE}|{SIGN})|(?<={SIGN}) +(?={ALONE})")
IN_A_NUMBER = re.compile(f"(?<={SIGN}) +(?={SIGN})")
DASHES = "—－–‐‑‒―−﹣ー─~〜～"
BLANKS = "\t\n\v\f\r"
PLAIN = {
    **dict.fromkeys(map(ord, DASHES), "-"), **dict.fromkeys(map(ord, INVISIBLE)), **dict.fromkeys(map(ord, BLANKS), " "),
}  # fmt: skip


NARROW = {ord(each) + 0xFEE0: each for each in f"#-{ascii_letters}{digits}"}
"""Digits, letters and dashes of full width."""
AT_WIDTH = re.compile(f"[^\\s{''.join(map(chr, NARROW))}]*")
BESIDE_HAN = re.compile(f"(?<={HAN})\\s+|\\s+(?={HAN})")


@dataclass(frozen=True, slots=True)
class Written:
    """An address in our writing: for each of its characters, from where to where it stood in the original."""

    original: str
    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of our writing stood in the original."""
        return self.starts[start], self.ends[end - 1]

    def joined(self) -> frozenset[int]:
        """The dashes that were written as 之."""
        if "之" not in self.original:
            return frozenset()
        return frozenset(at for at, start in enumerate(self.starts) if self.text[at] == "-" and self.original[start] == "之")

    def uncut(self) -> frozenset[int]:
        """Where our writing must not be cut: what stands on both sides was one character, or one numeral."""
        return frozenset(at for at in range(1, len(self.text)) if self.starts[at] < self.ends[at - 1])


def written(original: str) -> Written:
    """An address in our writing. Raises BadInput where it is longer than 300 characters or holds what nothing keeps."""
    _must_be_keepable(original)
    text, starts, ends = _plainly(original)
    if SPACED_OUT.search(text):
        text, starts, ends = _closed_up(text, starts, ends)
    return Written(original, *_with_numerals_in_digits(text, starts, ends))


def with_last_numerals_in_digits(said: Written, names: Iterable[tuple[int, int]]) -> Written:
    """The same where what 人民路十二 ends in is a number; where a name, from start to end, takes it in, it is none."""
    found = LAST_NUMERAL.search(_address_alone(said.text))
    if found is None or not number(found["numeral"]) or any(first < found.start() < last for first, last in names):
        return said
    said = _in_digits(said, found)
    if listed := LISTED.search(_address_alone(said.text)):
        said = _in_digits(said, listed)
    return Written(said.original, *_with_numerals_in_digits(said.text, said.starts, said.ends))


def _address_alone(text: str) -> str:
    """The text up to its end, with spaces for telephones and postcodes."""
    for each in (*telephones_in(text), *postcodes_in(text)):
        text = f"{text[: each.start()]}{' ' * len(each.group())}{text[each.end() :]}"
    return text.rstrip()


def _in_digits(said: Written, found: re.Match[str]) -> Written:
    """A numeral that was found in our writing; each digit stood where the whole numeral did."""
    digits, (first, last) = str(number(found["numeral"])), found.span("numeral")
    text = f"{said.text[:first]}{digits}{said.text[last:]}"
    starts = (*said.starts[:first], *[said.starts[first]] * len(digits), *said.starts[last:])
    ends = (*said.ends[:first], *[said.ends[last - 1]] * len(digits), *said.ends[last:])
    return Written(said.original, text, starts, ends)


def normalised(original: str) -> str:
    """The text of an address in our writing, as `written` has it, for a quarter of the work. Raises BadInput."""
    _must_be_keepable(original)
    text = original
    if not _at_rest().fullmatch(original):
        whole = _translated(original)
        if whole is None:
            return written(original).text
        text = whole
    if " " in text and SPACED_OUT.search(text):
        between = set(_between_characters(text))
        text = "".join(each for at, each in enumerate(text) if at not in between)
    if not ANY_SIGN.search(text):
        return text
    for pattern, sign in IN_CHARACTERS:
        if sign.search(text):
            text = pattern.sub(_said_or_left, text)
    return text


def _must_be_keepable(original: str) -> None:
    if len(original) > LONGEST:
        raise BadInput("地址至多 {n} 个字", "an address has at most {n} characters", n=LONGEST)
    if not is_keepable(original):
        raise BadInput("地址含有无效字符", "the address has characters that cannot be kept")


@lru_cache(1 << 16)
def tidied(text: str) -> str:
    """A part of an address as it was written, but for its width and for spaces beside Chinese characters."""
    if AT_WIDTH.fullmatch(text):
        return text
    return BESIDE_HAN.sub("", text.translate(NARROW)).strip()


@cache
def _at_rest() -> re.Pattern[str]:
    """Texts of common characters, letters and digits that are in our writing but for their numerals."""
    moved = {*standard_forms(), *PLAIN}
    still = "".join(chr(point) for point in range(0x4E00, 0x9FA6) if point not in moved)
    return re.compile(f"[{still}0-9A-Za-z #-]*")


def _translated(original: str) -> str | None:
    """Width, traditional characters and dashes unified; None where that is not one character for each."""
    whole = original.translate(PLAIN).translate(standard_forms())
    return whole if len(whole) == len(original) and unicodedata.is_normalized("NFKC", whole) else None


def _said_or_left(found: re.Match[str]) -> str:
    said = _said(found)
    return found.group() if said is None else said


def _plainly(original: str) -> tuple[str, list[int], list[int]]:
    """Width, traditional characters and dashes unified."""
    forms = standard_forms()
    whole = _translated(original)
    if whole is not None:
        return whole, list(range(len(whole))), list(range(1, len(whole) + 1))
    characters, starts = [], []
    for at, each in enumerate(original):
        plain = unicodedata.normalize("NFKC", each.translate(PLAIN)).translate(forms).translate(PLAIN)
        characters.append(plain)
        starts += [at] * len(plain)
    return "".join(characters), starts, [at + 1 for at in starts]


def _closed_up(text: str, starts: list[int], ends: list[int]) -> tuple[str, list[int], list[int]]:
    """A text without the spaces that were put between all its characters."""
    between = set(_between_characters(text))
    kept = [at for at in range(len(text)) if at not in between]
    return "".join(text[at] for at in kept), [starts[at] for at in kept], [ends[at] for at in kept]


def _between_characters(text: str) -> Iterator[int]:
    """Where the spaces stand that part nothing. Between digits a wider one parts still: 1 2 号  5 0 1."""
    for gap in GAP.finditer(text):
        yield from range(*gap.span())
    if not LONGER.search(text):
        usual = min(end - start for start, end in (gap.span() for gap in SPACES.finditer(text)))
        for gap in IN_A_NUMBER.finditer(text):
            yield from range(gap.start() + (gap.end() - gap.start() > usual), gap.end())


def _with_numerals_in_digits(
    text: str, starts: Sequence[int], ends: Sequence[int]
) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """The numerals before what is counted, and those behind 之 and 附."""
    for pattern, sign in IN_CHARACTERS:
        if sign.search(text):
            text, starts, ends = _with_digits(pattern, text, starts, ends)
    return text, tuple(starts), tuple(ends)


def _with_digits(
    pattern: re.Pattern[str], text: str, starts: Sequence[int], ends: Sequence[int]
) -> tuple[str, Sequence[int], Sequence[int]]:
    """The numerals that a pattern finds in digits; each digit stood where the whole numeral did."""
    for found in reversed(list(pattern.finditer(text))):
        said = _said(found)
        if said is None:
            continue
        first, last = found.span()
        text = f"{text[:first]}{said}{text[last:]}"
        starts = [*starts[:first], *[starts[first]] * len(said), *starts[last:]]
        ends = [*ends[:first], *[ends[last - 1]] * len(said), *ends[last:]]
    return text, starts, ends


def _said(found: re.Match[str]) -> str | None:
    whole = found.group()
    if found.re is ONE_FOR_A_DASH:
        return "-"
    if found.re is ZERO:
        return "0"
    numeral = whole.lstrip("之附")
    value = int(numeral) if numeral.isdigit() and numeral.isascii() else number(numeral.translate(SPOKEN_DIGITS))
    if value is None:
        return None
    between = whole[: -len(numeral)]
    before = found.string[found.start() - 1 : found.start()]
    return f"-{value}" if between == "之" and before.isdigit() else f"{between}{value}"
