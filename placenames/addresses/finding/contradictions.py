"""Contradictions: what a question names besides and an answer does not lie in: another town, street, village or estate.

It is never dropped in silence: it is told, and the answer is less sure.
"""

from __future__ import annotations

from collections.abc import Iterator

from gis.text import Text
from placenames.addresses.address_keys import PATH, plain
from placenames.addresses.finding.address_meanings import Meaning
from placenames.addresses.finding.address_reading import Read
from placenames.addresses.finding.lanes_meant import OF_STREETS, is_lane_alone
from placenames.addresses.finding.names_met import Meant, Named
from placenames.addresses.finding.plates_found import Plate
from placenames.addresses.finding.toponym_names import UNIT_LEVELS, Toponym, Way

_LEFT = Text("未采用“{said}”", "“{said}” was left out of account")
_OTHER_VILLAGE = Text(
    "“{said}”没有“{name}”,给出的在“{other}”", "“{said}” has no “{name}”; the one given lies in “{other}”"
)
_IN_ANOTHER = Text("未采用“{said}”,该门牌在“{other}”", "“{said}” was left out of account: this plate lies in “{other}”")
VILLAGES = ("community", "village")
"""A village as what bears numbers, and as a unit."""


def is_contradicted(read: Read, meaning: Meaning, plate: Plate) -> bool:
    """Whether something was named in full that the answer does not lie in; for a street its village may be mistaken."""
    return any(not _is_lightly_said(each, meaning) for each in _contradicting(read, meaning, plate))


def contradictions_told(read: Read, meaning: Meaning, plate: Plate) -> Iterator[Text]:
    """What was named and does not hold for an answer."""
    for each in _contradicting(read, meaning, plate):
        said = read.text[each.start : each.end]
        if not _is_a_village(each):
            yield _LEFT.fill(said=said)
        elif meaning.toponym.level in ("hamlet", *VILLAGES):
            yield _OTHER_VILLAGE.fill(said=said, name=meaning.toponym.name, other=plate.community or "")
        else:
            yield _IN_ANOTHER.fill(said=said, other=plate.community or "")


def contradictions_of_place(read: Read, meant: Meant) -> Iterator[Text]:
    """What was named and a place does not lie in that is answered by its name."""
    place = meant.called.toponym
    for named in read.named:
        if meant in named.meant or is_lane_alone(named) or any(_holds_for_place(one, place) for one in named.meant):
            continue
        said = read.text[named.start : named.end]
        if _is_a_village(named):
            yield _OTHER_VILLAGE.fill(said=said, name=place.name, other=place.path.split(PATH)[1])
        else:
            yield _LEFT.fill(said=said)


def _holds_for_place(one: Meant, place: Toponym) -> bool:
    named, path = one.called.toponym, f"{place.path}{PATH}"
    if path.startswith(f"{named.path}{PATH}") or f"{named.path}{PATH}".startswith(path):
        return True
    if named.level in VILLAGES:
        return place.level != "hamlet"
    return place.unit.startswith(named.unit) if named.level in UNIT_LEVELS else named.level not in OF_STREETS


def _contradicting(read: Read, meaning: Meaning, plate: Plate) -> Iterator[Named]:
    path = f"{meaning.bearer_key}{PATH}"
    for named in read.named:
        if meaning.meant in named.meant or is_lane_alone(named):
            continue
        if not any(_holds(one, path, plate) for one in named.meant):
            yield named


def _holds(one: Meant, path: str, plate: Plate) -> bool:
    """Whether an answer lies in a place, as far as the register says."""
    place = one.called.toponym
    if plain(place.name) in plain(plate.text) or path.startswith(f"{place.path}{PATH}"):
        return True
    if place.level in VILLAGES:
        return not plate.community or plain(place.name) == plain(plate.community)
    if place.level in UNIT_LEVELS:
        return plate.unit.startswith(place.unit)
    if place.level == "estate":
        return plate.estate is not None and plain(place.name) == plain(plate.estate)
    return place.level == "hamlet"


def _is_a_village(named: Named) -> bool:
    return all(each.called.toponym.level in VILLAGES for each in named.meant)


def _is_lightly_said(named: Named, meaning: Meaning) -> bool:
    """Short names may stand in others, and who writes a street may not know in which village it is."""
    short = all(each.called.way is Way.SHORT for each in named.meant)
    return short or (_is_a_village(named) and meaning.toponym.level in (*OF_STREETS, "lane", "estate"))
