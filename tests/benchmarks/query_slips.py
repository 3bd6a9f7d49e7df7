"""Slips of the pen in a name: one homophone, one wrong, dropped, added or swapped character."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from tests.benchmarks.name_stock import common_characters, heard_alike, sound
from tests.benchmarks.query_book import NAMED, Book, Draft

Slip = Callable[[str, random.Random], str]
SHORTEST = 2


def one_homophone(name: str, chance: random.Random) -> str:
    return heard_alike(name, chance.randrange(len(name)), chance)


def one_wrong(name: str, chance: random.Random) -> str:
    at = chance.randrange(len(name))
    return name[:at] + chance.choice(common_characters()) + name[at + 1 :]


def one_dropped(name: str, chance: random.Random) -> str:
    at = chance.randrange(len(name))
    return name[:at] + name[at + 1 :]


def one_added(name: str, chance: random.Random) -> str:
    at = chance.randrange(len(name) + 1)
    doubled = name[max(0, at - 1) : max(1, at)]
    return name[:at] + (doubled if chance.random() < 0.3 else chance.choice(common_characters())) + name[at:]


def two_swapped(name: str, chance: random.Random) -> str:
    at = chance.randrange(len(name) - 1)
    return name[:at] + name[at + 1] + name[at] + name[at + 2 :]


def with_a_slip(book: Book, draft: Draft, slip: Slip, chance: random.Random) -> Draft | None:
    """The same with a slip in one of its names; none where that would be another name of this town, or another town."""
    levels = [part.level for part in draft.parts if part.level in NAMED and not part.text.endswith("组")]
    level = chance.choice(levels)
    name = next(part.text for part in draft.parts if part.level == level)
    written = slip(name, chance)
    is_heard = slip is one_homophone
    if len(written) < SHORTEST or written == name or (sound(written) == sound(name)) != is_heard:
        return None
    known = {book.units[town] for town in book.towns} if level == "town" else book.said[draft.row.unit]
    if written in known:
        return None
    twins = sum(1 for _ in _others(book, draft, level, name, written, is_heard=is_heard))
    return replace(draft.with_part(level, written), twins=twins)


def _others(
    book: Book, draft: Draft, level: str, name: str, written: str, *, is_heard: bool
) -> Iterator[str]:
    """Other names that could as well be meant, for which there is such an address, too."""
    row = draft.row

    def could_be(other: str) -> bool:
        return sound(other) == sound(written) or (not is_heard and one_edit_apart(other, written))

    if level == "town":
        towns = (town for town in book.towns if book.units[town] != name and could_be(book.units[town]))
        yield from (town for town in towns if book.exists(row._replace(unit=town)))
        return
    if row.is_inside and (level != "estate" or draft.has("number")):
        return  # the other part tells which
    kind = "road" if level == "street" else level
    for each in book.names[row.unit]:
        if each.level == kind and each.name != name and any(map(could_be, each.all)):
            other = row._replace(**{level: each.name})
            if level == "hamlet":
                other = other._replace(community=each.community)
            yield from [each.name] if book.exists(other) else []


def one_edit_apart(one: str, other: str) -> bool:
    """Whether a character replaced, dropped or added, or two neighbours swapped, make one text the other."""
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    first = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    a, b = one[first:], other[first:]
    if len(a) == len(b):
        return a[1:] == b[1:] or (a[:2] == b[1::-1] and a[2:] == b[2:])
    return a[1:] == b or a == b[1:]


SLIPS: dict[str, Slip] = {
    each.__name__: each for each in (one_homophone, one_wrong, one_dropped, one_added, two_swapped)
}
