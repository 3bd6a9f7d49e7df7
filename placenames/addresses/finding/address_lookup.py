"""Address lookup: from what people write to the plates in the register, however many questions at once.

Each step asks the database once for all questions: the plates under the keys that a question may mean; what lies behind
them where a part was left out; the neighbours of numbers that are not there. A number that does not exist is placed
between its neighbours on its own street or answered by the street, never by a plate of another town.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from math import log
from uuid import UUID

from sqlalchemy import Connection

from gis.features import FULL
from gis.text import Text
from placenames.addresses.address_keys import inside_of, plain
from placenames.addresses.finding.address_meanings import Meaning, Meanings, meanings_of
from placenames.addresses.finding.address_reading import read
from placenames.addresses.finding.candidates_weighed import (
    Candidate,
    Weighed,
    most_beside_what_was_said,
    weighed,
    with_distances,
)
from placenames.addresses.finding.contradictions import contradictions_told
from placenames.addresses.finding.match_scores import score
from placenames.addresses.finding.matches import (
    Match,
    changes_of,
    estates_left_out,
    placed_between,
    placed_by_name,
)
from placenames.addresses.finding.names_met import BEGUN, EXACT, SOUND, Meant
from placenames.addresses.finding.numbers_placed import NOTHING_INSIDE, agrees
from placenames.addresses.finding.places_standing import standing
from placenames.addresses.finding.plates_found import (
    Key,
    Plate,
    neighbours_of,
    now_of,
    ordinal_of,
    plates_behind,
    plates_under,
)
from placenames.addresses.finding.toponym_names import BEARING, Toponym, Toponyms, Way
from placenames.addresses.plates import GIVEN_UP

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees (EPSG:4490)."""
NEIGHBOURED = 3
"""Of so many meanings at most the neighbours are looked up when none of the plates is there."""
SOUNDS_SO = 1.0
BETWEEN = 0.6
"""What a place between two plates is worth beside a plate."""
NOT_CERTAIN = 0.99
"""What an answer scores at most for which something was corrected or left out."""
LONGEST_LEFTOVER = 6
"""Characters of a leftover that count."""


@dataclass(frozen=True, slots=True)
class Question:
    """An address as somebody wrote it, and where the answer is to be looked for.

    `near` (lon, lat in degrees, EPSG:4490) lets the nearer of several come first.
    """

    q: str
    on: date | None = None
    unit: str = ""
    box: Box | None = None
    statuses: tuple[str, ...] = ()
    near: tuple[float, float] | None = None
    limit: int = 5
    decimals: int = FULL
    """So fine are the coordinates that the asker may see; a box is held against nothing finer."""

    def but_for(self, q: str) -> Question:
        """The same question for another address; what makes lists of them, in a fifth of the time of a general copy."""
        return Question(q, self.on, self.unit, self.box, self.statuses, self.near, self.limit, self.decimals)


@dataclass(slots=True)
class Case:
    """One question on its way: what it may mean and the plates found for that."""

    question: Question
    meanings: Meanings
    today: date
    found: dict[UUID, Candidate] = field(default_factory=dict)
    filtered: bool = False
    """An address was found that lies outside what is looked for."""
    villages: frozenset[str] = frozenset()
    estates: frozenset[str] = frozenset()

    @property
    def day(self) -> date:
        """The day for which the answer is to hold."""
        return self.question.on or self.today


def answers(look: Connection, names: Toponyms, asked: Sequence[Question]) -> list[list[Match]]:
    """The likeliest addresses for each question, the best first. Raises BadInput for a text that cannot be kept."""
    cases = candidates(look, names, asked)
    _follow_to_the_day(look, cases)
    empty = [case for case in cases if not case.found and not case.filtered]
    beside: dict[date, dict[Key, tuple[Plate, Plate]]] = {}
    for day in {case.day for case in empty}:
        keys = [key for case in empty if case.day == day for key in _neighboured(case)]
        beside[day] = neighbours_of(look, keys, day)
    bearing = _standing(look, [case for case in empty if must_stand(case.question, case.meanings.places)])
    return [
        _matches(case, names, beside.get(case.day, {}), bearing.get((case.day, case.question.statuses))) for case in cases
    ]


def holds_for(question: Question) -> bool:
    """Whether places are asked for that bear an address on a certain day, or in certain states."""
    return question.on is not None or bool(question.statuses)


def must_stand(question: Question, places: Iterable[Meant]) -> bool:
    """Whether only places that bear an address are answers: on a day, in some states, or where one was renamed since.

    What a street was called bears its earlier plates, and is no street of today beside the renamed one.
    """
    return holds_for(question) or any(each.called.way is Way.FORMER for each in places)


def _standing(look: Connection, cases: Sequence[Case]) -> dict[tuple[date, tuple[str, ...]], set[str]]:
    """By day and states the paths of the places that may be answered by their name."""
    asked: dict[tuple[date, tuple[str, ...]], list[Toponym]] = {}
    for case in cases:
        places = asked.setdefault((case.day, case.question.statuses), [])
        places += (each.called.toponym for each in case.meanings.places)
    return {(day, statuses): standing(look, places, day, statuses) for (day, statuses), places in asked.items()}


def candidates(look: Connection, names: Toponyms, asked: Sequence[Question]) -> list[Case]:
    """Every address that a question may mean, with its features. Raises BadInput for a text that cannot be kept."""
    today = date.today()
    cases = [_begun(as_of_today(question, today), names, today) for question in asked]
    _take_plates(look, cases)
    _take_what_lies_behind(look, [case for case in cases if _wants_more(case)])
    for case in cases:
        if case.question.near is not None:
            case.found = {each.plate.id: each for each in with_distances(case.found.values(), case.question.near)}
    return cases


def as_of_today(question: Question, today: date) -> Question:
    """Whoever asks of today asks what everybody does who names no day."""
    return replace(question, on=None) if question.on == today else question


def _begun(question: Question, names: Toponyms, today: date) -> Case:
    meanings = meanings_of(read(question.q, names), names)
    return Case(question, meanings, today, villages=_named(meanings, "community"), estates=_named(meanings, "estate"))


def _named(meanings: Meanings, level: str) -> frozenset[str]:
    """The villages or estates that a question names, in our writing."""
    places = (meant.called.toponym for each in meanings.read.named for meant in each.meant)
    return frozenset(plain(toponym.name) for toponym in places if toponym.level == level)


def _take_plates(look: Connection, cases: Sequence[Case]) -> None:
    keys = (key for case in cases for meaning in case.meanings.plates for key in _keys(meaning))
    found = plates_under(look, keys)
    for case in cases:
        for meaning in case.meanings.plates:
            exact, *around = _keys(meaning)
            for each in found.get(exact, ()):
                _take(case, meaning, each)
            for key in around:
                for each in found.get(key, ()):
                    _take(case, meaning, each, less=True)


def _keys(meaning: Meaning) -> list[Key]:
    """Where what was asked for is filed, the staircase and the building around it, and the plate before it."""
    plate = Key(meaning.bearer_key, meaning.plate_key)
    if meaning.inside == NOTHING_INSIDE:
        return [plate]
    building, cell, _, _ = meaning.inside
    around = (meaning.inside, (building, cell, "", ""), (building, "", "", ""), NOTHING_INSIDE)
    return [plate._replace(inside=inside) for inside in dict.fromkeys(inside_of(*each) for each in around)]


def _wants_more(case: Case) -> bool:
    """Whether something was asked for that may lie behind a plate under another key, or that has no plate of its own."""
    inside = any(each.inside != NOTHING_INSIDE for each in case.meanings.plates)
    exact = any(not each.less for each in case.found.values())
    return not case.found or (inside and not exact)


def _take_what_lies_behind(look: Connection, cases: Sequence[Case]) -> None:
    keys = {key for case in cases for meaning in case.meanings.plates[:NEIGHBOURED] for key in _keys(meaning)[-1:]}
    found = plates_behind(look, keys)
    for case in cases:
        for meaning in case.meanings.plates[:NEIGHBOURED]:
            plates = found.get(_keys(meaning)[-1], [])
            inside = [each for each in plates if agrees(each.inside, meaning.inside)]
            for each in inside or plates[:1]:
                _take(case, meaning, each, less=not inside or len(inside) > 1)


def _take(case: Case, meaning: Meaning, plate: Plate, *, less: bool = False) -> None:
    """Keeps a plate with its score, if it is where the question looks."""
    if not _is_looked_for(case.question, plate):
        case.filtered = True
        return
    features = _features(case, meaning, plate)
    if less:
        features["less_inside"] = 1.0
    known = case.found.get(plate.id)
    likely = _likely(features, meaning, plate)
    if known is None or likely > known.score:
        case.found[plate.id] = Candidate(likely, features, meaning, plate, less)


def _likely(features: Mapping[str, float], meaning: Meaning, plate: Plate) -> float:
    return min(score(features), *(each.most for each in meaning.read_otherwise(plate.inside)), 1.0)


def _is_looked_for(question: Question, plate: Plate) -> bool:
    if question.unit and not plate.unit.startswith(question.unit):
        return False
    if question.statuses and plate.status not in question.statuses:
        return False
    return lies_in_the_box(question, plate.lon, plate.lat)


def lies_in_the_box(question: Question, lon: float | None, lat: float | None) -> bool:
    """Whether a point lies where it is looked for; what has no place lies in no box."""
    if question.box is None:
        return True
    if lon is None or lat is None:
        return False
    west, south, east, north = question.box
    return west <= round(lon, question.decimals) <= east and south <= round(lat, question.decimals) <= north


def _features(case: Case, meaning: Meaning, plate: Plate) -> dict[str, float]:
    meanings, plates = case.meanings, meaning.toponym.plates
    slips = _slip_in_the_town(meanings, meaning.toponym.unit)
    found = {
        "certain": 1.0,
        "doubt": meaning.doubt,
        "gate": float(meaning.gate),
        "plates": log(1 + plates),
        "slip_in_a_unit": slips,
        "elsewhere": 0.0 if meanings.towns else log(len({each.called.toponym.unit for each in meanings.places}) or 1),
        "leftover": float(sum(min(len(each.text), LONGEST_LEFTOVER) for each in meanings.read.leftovers)),
        "ended": float(not plate.is_in_force(case.day)),
        "former_number": float(bool(plate.former)),
        "given_up": float(plate.status in GIVEN_UP),
        **_of_the_name(meaning.meant),
        **_of_its_place(case, meaning, plate),
    }
    return {name: value for name, value in found.items() if value}


def _slip_in_the_town(meanings: Meanings, unit: str) -> float:
    """How far the town was written from its name: one for a slip, less for what sounds the same."""
    how = [each.how for each in meanings.towns if unit.startswith(each.called.toponym.unit)]
    return 0.0 if not how or EXACT in how else SOUNDS_SO if SOUND in how else 4.0


def _of_the_name(meant: Meant) -> dict[str, float]:
    """How the name was met."""
    found = {} if meant.how == EXACT else {meant.how: 1.0}
    way = _WAYS.get(meant.called.way)
    return found | ({way: 1.0} if way else {})


_WAYS = {Way.ALIAS: "alias", Way.SHORT: "short", Way.FORMER: "former_name"}


def _of_its_place(case: Case, meaning: Meaning, plate: Plate) -> dict[str, float]:
    """Whether it lies in the village and the estate that were named."""
    found, level = {}, meaning.toponym.level
    if case.villages and plate.community and level != "community":
        found["same_village" if plain(plate.community) in case.villages else "other_village"] = 1.0
    if case.estates and level != "estate":
        found["same_estate" if plate.estate and plain(plate.estate) in case.estates else "other_estate"] = 1.0
    return found


def _follow_to_the_day(look: Connection, cases: Sequence[Case]) -> None:
    """Addresses that were found under another day's number are answered as they read on the day asked for."""
    moved = [(case, each) for case in cases for each in case.found.values() if _is_of_another_day(each.plate, case.day)]
    for day in {case.day for case, _ in moved}:
        of_it = [(case, each) for case, each in moved if case.day == day]
        now = now_of(look, [each.plate.id for _, each in of_it], day)
        for case, each in of_it:
            _settle(case, each, now.get(each.plate.id))


def _is_of_another_day(plate: Plate, day: date) -> bool:
    return bool(plate.former) or not plate.is_in_force(day)


_LATER = Text("“{said}”自 {since} 起使用,当日为“{now}”", "“{said}” is used from {since} on; that day it is “{now}”")
_NOT_YET = Text("“{now}”自 {since} 起生效,目前尚未生效", "“{now}” is in force from {since} on, not yet today")
_ENDED = Text("“{now}”自 {until} 起不再使用", "“{now}” is not in use from {until} on")
_FORMER = Text("“{said}”是原门牌,现为“{now}”", "“{said}” is a former address, now “{now}”")


def _settle(case: Case, each: Candidate, now: Plate | None) -> None:
    if now is not None:
        said, since = each.plate.former or each.plate.text, each.plate.valid_from
        words = _LATER if not each.plate.former and since > case.day else _FORMER
        features = {name: value for name, value in each.features.items() if name != "ended"}  # it goes on under another one
        likely = _likely(features, each.meaning, each.plate)
        told = (words.fill(said=said, now=now.text, since=since),)
        case.found[each.plate.id] = each._replace(score=likely, features=features, plate=now, told=told)
    elif case.question.on is not None:
        del case.found[each.plate.id]
    elif each.plate.valid_from > case.day:
        case.found[each.plate.id] = each._replace(told=(_NOT_YET.fill(now=each.plate.text, since=each.plate.valid_from),))
    else:
        case.found[each.plate.id] = each._replace(told=(_ENDED.fill(now=each.plate.text, until=each.plate.valid_to),))


def _neighboured(case: Case) -> Iterator[Key]:
    """The numbers that a question asks for in vain, between whose neighbours they may be placed."""
    for each in _without_plate(case):
        yield Key(each.bearer_key, each.plate_key)


def _without_plate(case: Case) -> list[Meaning]:
    numbered = (each for each in case.meanings.plates if not each.gate and ordinal_of(each.plate_key))
    whole = (each for each in numbered if each.meant.how != BEGUN and not each.plate_key.startswith("0"))
    return list(islice(whole, NEIGHBOURED))


def _match(case: Case, each: Weighed, names: Toponyms) -> Match:
    """An answer with what is to be said of it; what is written as in the register was neither corrected nor left out."""
    found, plate = each.candidate, each.candidate.plate
    changed = () if each.as_written else changes_of(case.meanings.read, found.meaning, plate, less=found.less)
    given_up = (_GIVEN_UP,) if plate.status in GIVEN_UP else ()
    worth = min(each.worth, NOT_CERTAIN) if changed else each.worth
    return Match.of_plate(plate, worth, names, (*changed, *found.told, *given_up))


_GIVEN_UP = Text("该门牌已注销或变更", "this plate has been given up or changed")


def _between(case: Case, meaning: Meaning, pair: tuple[Plate, Plate], names: Toponyms) -> Match:
    """A number that is not there between its neighbours, no surer than these would be."""
    read, (low, _) = case.meanings.read, pair
    worth = BETWEEN * min(score(_features(case, meaning, low)), most_beside_what_was_said(read, meaning, low))
    besides = (*estates_left_out(read, meaning.toponym), *contradictions_told(read, meaning, low))
    told = (*changes_of(read, meaning, None), *besides)
    return placed_between(meaning, pair, worth, names, told)


def _matches(
    case: Case, names: Toponyms, beside: Mapping[Key, tuple[Plate, Plate]], bearing: set[str] | None
) -> list[Match]:
    question = case.question
    if case.found:
        best = weighed(case.found.values(), case.meanings.read, plain(question.q), case.day, names)
        return [_match(case, each, names) for each in best[: question.limit]]
    if case.filtered:
        return []
    for meaning in _without_plate(case):
        pair = beside.get(Key(meaning.bearer_key, meaning.plate_key))
        if pair and all(_is_looked_for(question, each) for each in pair):
            return [_between(case, meaning, pair, names)]

    any_day = not must_stand(question, case.meanings.places)

    def is_looked_for(place: Toponym) -> bool:
        stands = any_day or place.level not in BEARING or place.path in (bearing or ())
        return stands and place.unit.startswith(question.unit) and lies_in_the_box(question, place.lon, place.lat)

    return placed_by_name(case.meanings, names, is_looked_for)[: question.limit]


