"""Matches: what a lookup answers, with what was corrected or left out of account, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from gis.features import FINEST
from gis.text import Text
from placenames.addresses.address_keys import PATH, in_full
from placenames.addresses.finding.address_meanings import Meaning, Meanings
from placenames.addresses.finding.address_reading import Read
from placenames.addresses.finding.contradictions import contradictions_of_place, contradictions_told
from placenames.addresses.finding.counted_parts import BARE, HOUSE, LANE, PLATE
from placenames.addresses.finding.lanes_meant import lanes_left_out
from placenames.addresses.finding.names_met import BEGUN, EXACT, FAINT, OF_STREETS, SLIP, SOUND, SWAP, Meant
from placenames.addresses.finding.numbers_placed import NOTHING_INSIDE, Inside, lies_around
from placenames.addresses.finding.plates_found import Plate, ordinal_of
from placenames.addresses.finding.toponym_names import Called, Toponym, Toponyms, Way

LEVELS = ("flat", "plate", "interpolated", "street", "village", "town")
"""From the finest to the coarsest."""
OF_TOPONYM = {
    "road": "street", "section": "street", "lane": "street", "estate": "street",
    "hamlet": "village", "community": "village", "village": "village",
}  # fmt: skip
BY_NAME = {EXACT: 0.55, SOUND: 0.5, SWAP: 0.45, SLIP: 0.45, FAINT: 0.35, BEGUN: 0.35}
"""Scores of places that are answered by their name alone."""
OF_ANOTHER_TOWN, MOST_ELSEWHERE = 0.2, 3
"""The score of a street of another town than the one that was named, and how many of them are answered."""
_HOW = {
    SOUND: Text("“{said}”按同音认作“{name}”", "“{said}” is taken for “{name}”, which sounds the same"),
    SLIP: Text("“{said}”按一字之差认作“{name}”", "“{said}” is taken for “{name}”, one character apart"),
    SWAP: Text("“{said}”按两字颠倒认作“{name}”", "“{said}” is taken for “{name}”, two characters swapped"),
    FAINT: Text("“{said}”按一字之差认作“{name}”", "“{said}” is taken for “{name}”, one character apart"),
    BEGUN: Text("“{said}”补全为“{name}”", "“{said}” is completed to “{name}”"),
}
_WAYS = {
    Way.ALIAS: Text("“{said}”是“{name}”的别名", "“{said}” is an alias of “{name}”"),
    Way.SHORT: Text("“{said}”是“{name}”的简称", "“{said}” is short for “{name}”"),
    Way.FORMER: Text("“{said}”是“{name}”的曾用名", "“{said}” is a former name of “{name}”"),
}
_NOW = Text("“{said}”现为“{name}”", "“{said}” is now “{name}”")
_LEFT = Text("未采用“{said}”", "“{said}” was left out of account")
_LESS = Text("“{said}”未登记,给出所在门牌", "“{said}” is not in the register; its plate is given")
_AROUND = Text("“{said}”未登记,给出所在楼幢单元", "“{said}” is not in the register; its building is given")
_ELSEWHERE = Text("“{said}”在“{where}”,不在所写的乡镇街道", "“{said}” is in “{where}”, not in the town that was named")
_MISSING = Text("{number} 未登记", "{number} is not in the register")
_BETWEEN = Text(
    "{number} 未登记,按相邻门牌 {low} 与 {high} 推算", "{number} is not in the register; placed between {low} and {high}"
)


@dataclass(frozen=True, slots=True)
class Match:
    """One answer. `id` and `code` are those of an address in the register, and empty for a place between or a name.

    `score` is between 0 and 1; `lon` and `lat` are degrees (EPSG:4490).
    """

    id: str
    code: str
    label: str
    score: float
    match_level: str
    lon: float | None
    lat: float | None
    unit: str
    changed: tuple[Text, ...] = ()
    status: str = ""

    @classmethod
    def of_plate(cls, plate: Plate, worth: float, names: Toponyms, changed: tuple[Text, ...]) -> Match:
        """An address of the register."""
        level = "flat" if plate.inside else "plate"
        label = f"{names.chains.get(plate.unit, '')}{plate.text}"
        return cls(str(plate.id), plate.code, label, worth, level, plate.lon, plate.lat, plate.unit, changed, plate.status)


def placed_between(
    meaning: Meaning, pair: tuple[Plate, Plate], worth: float, names: Toponyms, changed: tuple[Text, ...]
) -> Match:
    """A number that is not in the register, between its neighbours on the same side of its street."""
    low, high = pair
    first, last = ordinal_of(low.key.plate), ordinal_of(high.key.plate)
    share = (ordinal_of(meaning.plate_key) - first) / ((last - first) or 1)
    assert low.lon is not None
    assert low.lat is not None
    assert high.lon is not None
    assert high.lat is not None
    number = in_full(meaning.plate_key)
    told = _BETWEEN.fill(number=number, low=_plate_alone(low), high=_plate_alone(high))
    label = f"{label_of(meaning.toponym, names)}{_lanes(meaning)}{number}"
    point = (round(low.lon + share * (high.lon - low.lon), FINEST), round(low.lat + share * (high.lat - low.lat), FINEST))
    return Match("", "", label, worth, "interpolated", *point, meaning.toponym.unit, (*changed, told))


def _plate_alone(plate: Plate) -> str:
    """A neighbour by its text; one of the flats behind it by its number."""
    return in_full(plate.key.plate) if plate.inside else plate.text


def _lanes(meaning: Meaning) -> str:
    """What lies between the place that is named and the number: 5弄."""
    return "".join(meaning.bearer_key.removeprefix(meaning.toponym.path).split(PATH))


def placed_by_name(
    meanings: Meanings, names: Toponyms, is_looked_for: Callable[[Toponym], bool]
) -> list[Match]:
    """The streets or villages that were named, else the towns; those that are looked for."""
    found: dict[str, Match] = {}
    for meant in meanings.places or meanings.towns:
        toponym = meant.called.toponym
        if toponym.path not in found and is_looked_for(toponym):
            besides = contradictions_of_place(meanings.read, meant) if meanings.places else ()
            missing, left = _of_missing(meanings, toponym), (*_left_over(meanings.read), *_of_numbers(meanings, toponym))
            estates = estates_left_out(meanings.read, toponym)
            told = (*_of_name(meanings.read, meant), *besides, *missing, *estates, *left)
            found[toponym.path] = Match("", "", label_of(toponym, names), BY_NAME[meant.how], level_of_toponym(toponym),
                                        toponym.lon, toponym.lat, toponym.unit, told)  # fmt: skip
    return [*found.values(), *(() if meanings.places else _of_other_towns(meanings, names, is_looked_for))]


def _of_other_towns(meanings: Meanings, names: Toponyms, is_looked_for: Callable[[Toponym], bool]) -> Iterator[Match]:
    """The streets called so in other towns than the one that was named."""
    for named in meanings.read.elsewhere:
        said = meanings.read.text[named.start : named.end]
        places = dict.fromkeys(each.called.toponym for each in named.meant if each.called.toponym.level in OF_STREETS)
        for toponym in list(filter(is_looked_for, places))[:MOST_ELSEWHERE]:
            label = label_of(toponym, names)
            told = _ELSEWHERE.fill(said=said, where=label.removesuffix(toponym.name))
            yield Match("", "", label, OF_ANOTHER_TOWN, level_of_toponym(toponym), toponym.lon, toponym.lat, toponym.unit,
                        (told,))  # fmt: skip


def renamed(name: str, called: Called) -> Iterator[Text]:
    """What a place that was found by another name of it is called now."""
    place = called.toponym.name
    if called.way is Way.FORMER and place != name:
        yield _NOW.fill(said=name, name=place)
    elif called.way in _WAYS and place != name:
        yield _WAYS[called.way].fill(said=name, name=place)


def level_of_toponym(toponym: Toponym) -> str:
    """The match level of a place that is answered by its name."""
    return OF_TOPONYM.get(toponym.level, "town")


def changes_of(read: Read, meaning: Meaning, plate: Plate | None, *, less: bool = False) -> tuple[Text, ...]:
    """What was corrected, completed or left out of account to come to a plate."""
    otherwise = meaning.read_otherwise(plate.inside if plate else "")
    no_subnumber = any(each.unless_inside for each in otherwise)
    inside = [each.told for each in otherwise] + ([] if no_subnumber else list(_of_inside(meaning, plate, less=less)))
    lanes = _of_lanes(read, meaning.bearer_key)
    besides = contradictions_told(read, meaning, plate) if plate is not None else ()
    return (*_of_name(read, meaning.meant), *_of_units(read, meaning), *besides, *lanes, *inside, *_left_over(read))


def _of_lanes(read: Read, path: str) -> Iterator[Text]:
    """The lanes that were said and are not on the way to the answer."""
    for lane in lanes_left_out(read, path):
        yield _LEFT.fill(said=lane)


def _of_inside(meaning: Meaning, plate: Plate | None, *, less: bool) -> Iterator[Text]:
    if not less or plate is None or meaning.inside == NOTHING_INSIDE:
        return
    if not plate.inside:
        yield _LESS.fill(said=_in_words(meaning.inside))
    elif lies_around(plate.inside, meaning.inside):
        yield _AROUND.fill(said=_in_words(meaning.inside))


def _in_words(inside: Inside) -> str:
    units = ("幢", "单元", "层", "室")
    return "".join(f"{part}{unit}" for part, unit in zip(inside, units, strict=True) if part)


def _of_name(read: Read, meant: Meant) -> Iterator[Text]:
    """How a name was met, where it was not written as it is."""
    said = next((read.text[each.start : each.end] for each in read.named if meant in each.meant), meant.name)
    if meant.how != EXACT:
        yield _met(meant.how, said, meant.name)
    if meant.called.way in _WAYS and meant.called.toponym.name != meant.name:
        yield _WAYS[meant.called.way].fill(said=meant.name, name=meant.called.toponym.name)


def _met(how: str, said: str, name: str) -> Text:
    """How a name was met that was not written as it is."""
    is_swapped = how == FAINT and sorted(said) == sorted(name)
    return _HOW[SWAP if is_swapped else how].fill(said=said, name=name)


def _of_missing(meanings: Meanings, toponym: Toponym) -> Iterator[Text]:
    """The lanes and numbers that a street or village does not have, the buildings and rooms that an estate does not have."""
    here = [each for each in meanings.plates if each.toponym.path == toponym.path]
    asked = [each for each in here if each.plate_key and not each.gate]
    yield from _of_lanes(meanings.read, asked[0].bearer_key if asked else toponym.path)
    if here and not asked and here[0].inside != NOTHING_INSIDE:
        yield _MISSING.fill(number=_in_words(here[0].inside))
    if asked:
        yield _MISSING.fill(number=f"{_lanes(asked[0])}{_as_said(meanings.read, asked[0].plate_key)}")


def _of_numbers(meanings: Meanings, toponym: Toponym) -> Iterator[Text]:
    """The numbers that nothing was looked for under: a room of a street, any number of a town."""
    if any(each.toponym.path == toponym.path for each in meanings.plates):
        return
    for each in meanings.read.counted:
        if each.kind != LANE:
            yield _LEFT.fill(said=meanings.read.text[each.start : each.end].strip())


def estates_left_out(read: Read, answer: Toponym) -> Iterator[Text]:
    """The estates that were named, where the answer is a street or town or a number that is worked out."""
    for each in read.named:
        toponyms = [one.called.toponym for one in each.meant]
        if toponyms[0].level == "estate" and answer not in toponyms:
            yield _LEFT.fill(said=read.text[each.start : each.end])


def _as_said(read: Read, plate_key: str) -> str:
    """A number that was looked for: 3号, or 3幢 where nothing else was written."""
    houses = [read.text[each.start : each.end] for each in read.counted if each.kind == HOUSE and each.key == plate_key]
    return houses[0] if houses and not any(each.kind in (PLATE, BARE) for each in read.counted) else in_full(plate_key)


def _of_units(read: Read, meaning: Meaning) -> Iterator[Text]:
    """How the name of the town was met, where it was not written as it is."""
    for named in read.named:
        for one in named.meant:
            toponym = one.called.toponym
            if toponym.level == "township" and meaning.toponym.unit.startswith(toponym.unit) and one.how != EXACT:
                yield _met(one.how, read.text[named.start : named.end], one.name)
                break


def _left_over(read: Read) -> Iterator[Text]:
    for each in read.leftovers:
        yield _LEFT.fill(said=each.text)
    yield from read.told


def label_of(toponym: Toponym, names: Toponyms) -> str:
    """A place by its name with the units it lies in."""
    if toponym.unit == toponym.path:
        return names.chains.get(toponym.unit, toponym.name)
    between: Sequence[Any] = toponym.path.split(PATH)[1:-1] if toponym.level in ("hamlet", "lane") else ()
    return f"{names.chains.get(toponym.unit, '')}{''.join(between)}{toponym.name}"
