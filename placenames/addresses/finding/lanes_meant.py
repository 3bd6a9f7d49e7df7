"""Lanes meant: which lane a question names, in every way it may be filed, and what is said of one that is not there."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from placenames.addresses.address_keys import PATH
from placenames.addresses.finding.address_reading import Read
from placenames.addresses.finding.counted_parts import LANE
from placenames.addresses.finding.names_met import Leftover, Meant, Named
from placenames.language.numerals import in_characters

OF_STREETS = frozenset({"road", "section"})
A_LANE = re.compile("[\u3400-\u9fff]+[弄巷衖]")
BY_NUMBER = re.compile("([1-9][0-9]?)巷")
"""Before a number 二巷 is read as 2巷; where it is registered alone it stays 二巷."""


def ways_filed(lanes: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Some lanes as they may be filed: 2巷, or 二巷."""
    yield lanes
    in_words = tuple(_in_words(lane) for lane in lanes)
    if in_words != lanes:
        yield in_words


def _in_words(lane: str) -> str:
    found = BY_NUMBER.fullmatch(lane)
    return f"{in_characters(int(found[1]))}巷" if found else lane


def lead_there(lanes: Collection[str], path: str) -> bool:
    """Whether all of some lanes lie on the way to what bears a number."""
    steps = path.split(PATH)
    return all(lane in steps or _in_words(lane) in steps for lane in lanes)


def on_their_streets(meant: Sequence[Meant], read: Read, bearing: Named) -> list[Meant]:
    """What a name may mean, but of lanes those alone that lead off a street that is named too: another is another place."""
    streets = tuple(f"{path}{PATH}" for path in _streets(read, bearing))
    if not streets:
        return list(meant)
    return [each for each in meant if not _is_a_lane(each) or each.called.toponym.path.startswith(streets)]


def _streets(read: Read, besides: Named) -> Iterator[str]:
    for named in read.named:
        if named is not besides:
            yield from (each.called.toponym.path for each in named.meant if each.called.toponym.level in OF_STREETS)


def _is_a_lane(meant: Meant) -> bool:
    return meant.called.toponym.level == "lane"


def beyond_their_streets(bearers: Sequence[Named]) -> list[Named]:
    """What may bear a number: where a lane is named, the street that it leads off does not, wherever either stands."""
    if not any(is_lane_alone(each) for each in bearers):
        return list(bearers)
    return [each for each in bearers if not all(one.called.toponym.level in OF_STREETS for one in each.meant)]


def is_lane_alone(named: Named) -> bool:
    """Whether a name means nothing but lanes."""
    return all(map(_is_a_lane, named.meant))


def leads_off(read: Read, bearing: Named) -> bool:
    """Whether a name means a lane, and one of the street if one is named too."""
    return any(map(_is_a_lane, on_their_streets(bearing.meant, read, bearing)))


def without_its_lane(bearing: Named, unknown: Leftover) -> list[Meant]:
    """The streets that are meant by a name behind which an unknown lane stands: 样柳路桂花弄6号."""
    if unknown.start != bearing.end or not A_LANE.fullmatch(unknown.text):
        return []
    return [each for each in bearing.meant if each.called.toponym.level in OF_STREETS]


def lanes_left_out(read: Read, path: str) -> Iterator[str]:
    """The lanes that were said and do not lie on the way to an answer, each as it was said."""
    for number in read.counted:
        said = read.text[number.start : number.end].replace(" ", "")
        if number.kind == LANE and not lead_there((said,), path):
            yield said
    for named in read.named:
        lanes = tuple(f"{each.called.toponym.path}{PATH}" for each in named.meant)
        if is_lane_alone(named) and not f"{path}{PATH}".startswith(lanes):
            yield read.text[named.start : named.end]
