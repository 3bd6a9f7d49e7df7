"""Close names: names of the register close to what nobody knows in an address: by sound, by a slip, by their beginning.

Stretches are cut where names end; what begins with a number, as 5号大街 does, is tried from its number on, and hamlets of
two characters behind their village alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from placenames.addresses.address_keys import plain
from placenames.addresses.finding.counted_parts import BARE, PLATE, Counted, blanks_at
from placenames.addresses.finding.names_met import (
    BEGUN,
    EXACT,
    FAINT,
    HAN,
    OF_A_ROAD,
    OF_STREETS,
    WORDS,
    Leftover,
    Meant,
    Named,
    meant_by,
)
from placenames.addresses.finding.toponym_names import (
    BEARING,
    SHORTEST,
    Called,
    Near,
    Toponyms,
    Way,
    slip_between,
)

LONGEST_NAME, LONGEST_STRETCH = 14, 24
WITHOUT_A_STEM = frozenset(("大街", "大道", "公路", "支路", "新村", "小区", "花园", "社区", "街道"))
AROUND_A_DIGIT = re.compile("[\u3400-\u9fff]{0,2}[0-9][\u3400-\u9fff]{0,2}[路街道巷弄线]")
"""号1大街 behind a digit that was swapped."""
DIGITS = re.compile("[0-9]+")
INNER = "里"
"""里坞 and 外坞 are two hamlets."""
HAN_OR_SECTION = re.compile("[\u3400-\u9fff]|[0-9]{1,2}段")
"""What names are made of; the number of a section stands inside."""
ENDS = re.compile("社区|街道|开发区|小区|新村|公司|[路街道巷弄村镇乡区县市省里苑园庄组厦场厂店校院馆府城庭居]")
"""Endings after which another name may begin."""
END_OF_A_NAME = re.compile("[路街道巷弄村镇乡区县市省]")
"""What stands so at the beginning of a stretch rather ends the name before it: 月苑苑镇月仁路."""
END_OF_A_ROAD = re.compile("[路街道巷弄线]")
OF_A_KIND = re.compile("[路街道巷弄线院楼厦棚门库房厂店馆场园苑城庭村庄组队室幢栋座]$")
"""What something is: 5号大院 is a yard, no slip for 5号大街."""


def close_names(
    text: str, names: Toponyms, named: list[Named], counted: list[Counted], leftovers: list[Leftover]
) -> Iterator[Named]:
    """Names close to stretches that hold something not understood."""
    behind = {each.end for each in named}

    def ends_a_name(at: int) -> bool:
        is_inside = at > 0 and at not in behind and HAN.fullmatch(text[at - 1])
        return bool(is_inside and END_OF_A_NAME.match(text, at))

    for start, end in _stretches(text, counted, leftovers):
        begins = {start, *(each.start for each in named), *(each.end for each in named)}
        ends = {end, *(each.start for each in named), *(each.end for each in named)}
        cuts = {start + each.end() for each in ENDS.finditer(text[start:end])}
        spare = [(each.start, each.end) for each in leftovers if start <= each.start < end]
        for first in sorted((begins | cuts) & set(range(start, end))):
            for stop in sorted((ends | cuts) & set(range(first + 2, min(end, first + LONGEST_NAME) + 1))):
                if any(first < other_end and other < stop for other, other_end in spare):
                    near = _near(text, first, stop, names, to_the_end=stop == end)
                    yield from map(Named.without_what_is_beside, near) if ends_a_name(first) else near
    yield from _close_to_numbered_streets(text, names, named, counted, leftovers)
    yield from _close_hamlets(names, named, counted, leftovers)


def _close_to_numbered_streets(
    text: str, names: Toponyms, named: list[Named], counted: list[Counted], leftovers: list[Leftover]
) -> Iterator[Named]:
    """Names close to what begins with a number, as 5号大街 does, or with one character before it."""
    if not names.numbers:
        return
    for first, start in _beginnings_of_streets(text, named, counted, leftovers):
        for stop in _ends_of_a_street(text, start, counted):
            if any(first < each.end and each.start < stop for each in leftovers):
                yield from _near_of_its_kind(text, first, stop, names)


def _beginnings_of_streets(
    text: str, named: list[Named], counted: list[Counted], leftovers: list[Leftover]
) -> Iterator[tuple[int, int]]:
    """Where a street that begins with a number may begin, and where its number ends.

    It is the first word, or right behind a unit or village; behind what bears numbers, or behind words that nobody knows,
    a number is that of a plate. One character before it may be one too many, or wrong.
    """
    behind = {each.end for each in named if not _bears_what_follows(each)}
    added = {each.end: each.start for each in leftovers if len(each.text) == 1 and HAN.fullmatch(each.text)}
    alone = [each for each in counted if each.kind in (PLATE, BARE) and text.startswith(each.key, each.start)]
    known = (each for each in named if text[each.start].isdigit() and each.meant[0].called.toponym.level in OF_STREETS)
    numbers = (found.span() for each in known for found in [DIGITS.match(text, each.start)] if found)
    for start, end in (*((each.start, each.end) for each in alone), *numbers):
        for first in {start, added.get(start, start)}:
            if first in behind or first == 0 or not WORDS.match(text, first - 1):
                yield first, end


def _bears_what_follows(named: Named) -> bool:
    """Whether a number behind a name can only be its own; a village may stand before a street."""
    best = named.meant[0]
    bears = best.called.toponym.level in BEARING - {"community"}
    return bears and best.how == EXACT and best.called.way is not Way.SHORT


def _ends_of_a_street(text: str, number: int, counted: list[Counted]) -> Iterator[int]:
    """Where a street whose number ends there may end: before the next number, or as streets do. 12号大门 is none."""
    stops: set[int] = set()
    if words := HAN.match(text, number):
        stops = {number + each.end() for each in END_OF_A_ROAD.finditer(words.group())}
        if any(each.start == words.end() + blanks_at(text, words.end()) for each in counted):
            stops.add(words.end())
    if swapped := AROUND_A_DIGIT.match(text, number):
        stops.add(swapped.end())
    yield from sorted(each for each in stops if each - number <= LONGEST_NAME)


def _close_hamlets(
    names: Toponyms, named: list[Named], counted: list[Counted], leftovers: list[Leftover]
) -> Iterator[Named]:
    """Hamlets of two characters, one of them wrong, right behind the whole name of their village and before a number."""
    numbers = {each.start for each in counted}
    for village in named:
        for word in leftovers:
            if word.start == village.end and word.end in numbers and len(word.text) == SHORTEST:
                meant = tuple(_hamlets_meant(word.text, village, names))
                if meant:
                    yield Named(word.start, word.end, meant)


def _hamlets_meant(said: str, village: Named, names: Toponyms) -> Iterator[Meant]:
    """Half of a name is little: it is no more than a faint slip."""
    for each in village.meant:
        if each.how != EXACT or each.called.toponym.level != "community":
            continue
        for inner in names.inner.get(each.called.toponym.path, ()):
            name = plain(inner.name)
            if len(name) == len(said) and INNER not in said and slip_between(said, name):
                yield Meant(FAINT, name, Called(inner, Way.NAME))


def _stretches(text: str, counted: list[Counted], leftovers: list[Leftover]) -> Iterator[tuple[int, int]]:
    """Runs of Chinese characters between numbers and marks that hold something not understood."""
    blocked = {at for each in counted for at in range(each.start, each.end)}
    at = 0
    while at < len(text):
        end = at
        while end < len(text) and end not in blocked:
            found = HAN_OR_SECTION.match(text, end)
            if found is None:
                break
            end = found.end()
        if end - at > 1 and any(at <= each.start < end and each.is_telling for each in leftovers):
            yield max(at, end - LONGEST_STRETCH), end
        at = max(end, at + 1)


def _near(text: str, start: int, end: int, names: Toponyms, *, to_the_end: bool) -> Iterator[Named]:
    said = text[start:end]
    if said in WITHOUT_A_STEM:
        return
    close = names.near(said)
    if start and text[start - 1].isdigit():
        close = [each for each in close if not each.name[0].isdigit()]  # the number began further left
    if to_the_end and not OF_A_ROAD.search(said):
        known = {each.name for each in close}
        close = [*close, *(Near(name, BEGUN) for name in names.beginning(said) if name not in known)]
    if meant := meant_by(close, names, said):
        yield Named(start, end, meant)


def _near_of_its_kind(text: str, start: int, end: int, names: Toponyms) -> Iterator[Named]:
    """Names close to a stretch that end as it does, where it says what it is."""
    kind = OF_A_KIND.search(text[start:end])
    for found in _near(text, start, end, names, to_the_end=True):
        meant = tuple(each for each in found.meant if kind is None or each.name.endswith(kind.group()))
        if meant:
            yield found._replace(meant=meant)
