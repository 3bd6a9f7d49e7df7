"""Candidates weighed: how sure each of the addresses is that came into question, beside the others.

What is written as in the register is certain. What contradicts something that was said, is not in force, or has words beside
it that nobody knows, is never as sure as what fits. Where somebody is only orders: one answer alone loses nothing by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from math import inf, log
from typing import NamedTuple

from gis.text import Text
from placenames.addresses.address_keys import PATH, plain
from placenames.addresses.finding.address_meanings import Meaning
from placenames.addresses.finding.address_reading import Read, is_aside
from placenames.addresses.finding.contradictions import is_contradicted
from placenames.addresses.finding.match_scores import score
from placenames.addresses.finding.names_met import FAINT, FILLING
from placenames.addresses.finding.numbers_placed import NOTHING_INSIDE, lies_around
from placenames.addresses.finding.plates_found import Plate, km_between
from placenames.addresses.finding.toponym_names import Toponyms
from placenames.addresses.finding.words_beside import is_a_shop
from placenames.addresses.plates import GIVEN_UP

Point = tuple[float, float]
"""Longitude and latitude in degrees (EPSG:4490)."""
CONTRADICTED, NOT_IN_FORCE, BESIDE_A_WORD, BEHIND_A_WORD = 0.5, 0.8, 0.8, 0.5
"""The most that an address may have which contradicts what was said, or holds on another day, or before whose number, or
before whose street, an unknown word stands."""
GUESSED = 0.8
"""The most that an address may have whose street differs from what was written in what tells names apart: 51号大街."""
AS_WRITTEN, ONCE_WRITTEN = 1e9, 1e6
"""How many times likelier than any other is what is written as in the register, or was until its number was given up."""
DECIMALS = 5


class Candidate(NamedTuple):
    """An address that may be meant, what speaks for and against it, and how likely it is."""

    score: float
    features: dict[str, float]
    meaning: Meaning
    plate: Plate
    less: bool = False
    """Not all that was asked for inside is in the register."""
    told: tuple[Text, ...] = ()
    """What is to be said beside what was corrected."""


class Weighed(NamedTuple):
    """A candidate with its score beside the others, and whether it is written as in the register."""

    candidate: Candidate
    worth: float
    as_written: bool


def weighed(found: Collection[Candidate], read: Read, asked: str, day: date, names: Toponyms) -> list[Weighed]:
    """The candidates with their scores, the best first: what is in force on the day before what is not."""
    kept = list(_without_plates_of_flats(found))
    chances = {each.plate.id: _chance(each, _is_as_written(each, asked, day, names)) for each in kept}
    whole = sum(chances.values())
    kept.sort(key=lambda each: (not each.plate.is_in_force(day), -chances[each.plate.id], each.plate.code))
    answers, most = [], 1.0
    for each in kept:
        certain = chances[each.plate.id] >= ONCE_WRITTEN
        likely = 1.0 if certain else min(each.score, _most(each, read, day))
        most = min(most, round(likely * chances[each.plate.id] / whole, DECIMALS))
        answers.append(Weighed(each, most, certain))
    return answers


def with_distances(found: Collection[Candidate], near: Point) -> Iterator[Candidate]:
    """Candidates by how much farther they are than the nearest, in logarithms of kilometres."""
    far = {each.plate.id: _far(each.plate, near) for each in found}
    nearest = min((distance for distance in far.values() if distance is not None), default=0.0)
    for each in found:
        distance = far[each.plate.id]
        if distance is None or distance == nearest:
            yield each
        else:
            features = each.features | {"distance": distance - nearest}
            yield each._replace(features=features, score=score(features))


def _far(plate: Plate, near: Point) -> float | None:
    if plate.lon is None or plate.lat is None:
        return None
    return log(1 + km_between(near, (plate.lon, plate.lat)))


def _without_plates_of_flats(found: Collection[Candidate]) -> Iterator[Candidate]:
    """A plate is no other answer than the flat behind it that was asked for, or the building of that flat."""
    near = {each.plate.id: _how_near(each) for each in found}
    nearest: dict[tuple[str, str], float] = {}
    for each in found:
        plate, how = each.plate.key[:2], near[each.plate.id]
        nearest[plate] = max(nearest.get(plate, 0.0), how or 0.0)
    for each in found:
        how = near[each.plate.id]
        if how is None or how == nearest[each.plate.key[:2]]:
            yield each


def _how_near(each: Candidate) -> float | None:
    """How near an address came to the flat that was asked for; None where none was, or for another one."""
    if each.meaning.inside == NOTHING_INSIDE:
        return None
    if not each.less:
        return inf
    parts = [part for part in each.plate.inside.split(PATH) if part]
    return float(len(parts)) if not parts or lies_around(each.plate.inside, each.meaning.inside) else None


def _chance(each: Candidate, as_written: bool) -> float:
    """How likely it is against being unlikely; addresses that somebody has go before those that were given up."""
    odds = each.score / (1.0000001 - each.score)
    if not as_written:
        return min(odds, ONCE_WRITTEN / 10)
    return (ONCE_WRITTEN if each.plate.status in GIVEN_UP else AS_WRITTEN) * max(odds, 1.0)


def _most(each: Candidate, read: Read, day: date) -> float:
    in_force = 1.0 if each.plate.is_in_force(day) else NOT_IN_FORCE
    named = GUESSED if each.meaning.meant.how == FAINT else 1.0
    return min(in_force, named, most_beside_what_was_said(read, each.meaning, each.plate))


def most_beside_what_was_said(read: Read, meaning: Meaning, plate: Plate) -> float:
    """The most that an answer may have beside everything else that was said."""
    if is_contradicted(read, meaning, plate):
        return CONTRADICTED
    return min(_most_beside_words(read, meaning))


def _most_beside_words(read: Read, meaning: Meaning) -> Iterator[float]:
    """An unknown word between the street and its number may be what bears it; one before the street, a part of its name."""
    yield 1.0
    street = next((each for each in read.named if meaning.meant in each.meant), None)
    if street is None:
        return
    number = min((each.start for each in read.counted if each.start >= street.end), default=street.end)
    for word in read.leftovers:
        if street.end <= word.start < number and len(word.text) > 1 and word.text not in FILLING:
            yield BESIDE_A_WORD
        elif word.end == street.start and is_aside(word, [street]):
            yield BESIDE_A_WORD if is_a_shop(word.text) else BEHIND_A_WORD


def _is_as_written(each: Candidate, asked: str, day: date, names: Toponyms) -> bool:
    """Whether it was asked for as it stands in the register, with or without the names of its units before it."""
    text = plain(each.plate.text)
    if each.less or each.plate.former or not text or not each.plate.is_in_force(day) or not asked.endswith(text):
        return False
    return names.are_units_above(each.plate.unit, asked.removesuffix(text))
