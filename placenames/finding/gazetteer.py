"""The gazetteer: finding places by anything they are or were called.

A place with the code that was typed comes first. A name that is what was typed comes before one that begins with it, then
one that contains it, sounds like it, has its initials, or is one character off (`How`). Standard names come before others
that are as good; among equals what was borne on the day before what was not, what stands before what has ended, higher
kinds of places before lower, short names before long, near places before far. The questions are asked in this order, each
bounded, until enough is found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import IntEnum
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select

from gis.feature_sql import EVERYWHERE
from gis.features import FULL, Areas, Box
from placenames.appellations import Kind
from placenames.finding import gazetteer_sql as ask
from placenames.finding.found import Found, Hit, told
from placenames.finding.gazetteer_sql import CODE_DIGITS, FEW, By, Form
from placenames.finding.search_words import LONGEST_SYLLABLE, Words, is_one_slip, is_part_of_a_term, read
from placenames.kinds import Category
from placenames.name_order import CATEGORIES, LONGEST, rank, strata

MOST = 100
"""Places at most in one answer: whoever needs more asks more closely, or takes the collection."""


class How(IntEnum):
    """How a name answers to what was typed, the best first."""

    CODE = 0
    EXACT = 1
    EXACT_OTHER = 2
    PREFIX = 3
    CONTAINS = 4
    SOUND = 5
    SOUND_BEGINS = 6
    INITIALS = 7
    INITIALS_BEGIN = 8
    SIMILAR = 9
    LISTED = 10

    @property
    def word(self) -> str:
        """The word for it in answers: a part of a sound is a sound too."""
        return self.name.lower().split("_")[0]


@dataclass(frozen=True)
class Search:
    """What is looked for, and where."""

    text: str = ""
    on: date | None = None
    """A legal day; None means today, and then places that have ended are found too."""
    unit: str = ""
    """The beginning of unit codes."""
    category: str | None = None
    class_code: str = ""
    """The beginning of class codes."""
    box: Box | None = None
    near: tuple[float, float] | None = None
    """Longitude and latitude (°, EPSG:4490)."""
    limit: int = 20
    public: bool = True
    areas: Areas = EVERYWHERE
    """Beginnings of the unit codes among which a reader who is no public reads internal places too."""
    decimals: int = FULL
    quick: bool = False
    """While somebody types: neither inside of names nor names that are only similar."""

    @property
    def day(self) -> date:
        """The day from which names are seen."""
        return self.on or date.today()


@dataclass
class Finds:
    """The places found so far, each by the name that answers best."""

    search: Search
    words: Words
    kinds: Sequence[str] = CATEGORIES
    """The kinds of places that it may be."""
    best: dict[UUID, tuple[tuple[Any, ...], Hit]] = field(default_factory=dict)

    def take(self, row: Any) -> None:
        """Keeps a candidate if it answers at all, and better than another name of its place."""
        how = how_it_answers(row, self.words, self.search.day)
        if how is None:
            return
        order = self._order(row, how)
        if row.place not in self.best or order < self.best[row.place][0]:
            hit = Hit(row.place, row.text, row.kind, how.word, row.since, row.until, row.metres)
            self.best[row.place] = order, hit

    def _order(self, row: Any, how: How) -> tuple[Any, ...]:
        day = self.search.day
        over = row.historical or (row.lives_to is not None and row.lives_to <= day)
        far = float("inf") if row.metres is None else row.metres
        kind = list(Kind).index(row.kind)
        apart = not self.words.parted_like(row.sound)
        return how, apart, not _borne(row, day), over, rank(row.category), len(row.key), far, kind, row.code, row.text

    @property
    def enough(self) -> bool:
        """Whether the answer is full."""
        return len(self.best) >= self.search.limit

    def hits(self) -> list[Hit]:
        """As many as were asked for, the best first."""
        ordered = sorted(self.best.values(), key=lambda each: each[0])
        return [hit for _, hit in ordered[: self.search.limit]]


@dataclass(frozen=True)
class Step:
    """One question and its own values."""

    question: Callable[[Form], Select[Any]]
    values: Mapping[str, Any] = field(default_factory=dict)
    full: Step | None = None
    """What is asked too when the answer was full, because better ones may have had no place in it."""


def search(look: Connection, wanted: Search) -> list[Found]:
    """The places that answer to a search, the best first. Raises BadInput for text that cannot be searched for."""
    words = read(wanted.text)
    finds = Finds(wanted, words)
    if words.key or not wanted.text:
        look.execute(ask.ALONE)
        _look_for(look, finds, _form(wanted), _values(wanted))
    return told(
        look, finds.hits(), wanted.day, public=wanted.public, areas=wanted.areas, decimals=wanted.decimals
    )


def how_it_answers(row: Any, words: Words, day: date) -> How | None:
    """How a name answers to what was typed; None when it does not."""
    key: str = row.key
    if not words.key:
        return How.LISTED
    if words.code and _has_the_code(row.code, words):
        return How.CODE
    if key == words.key:
        return How.EXACT if row.kind == Kind.STANDARD and _borne(row, day) else How.EXACT_OTHER
    sound, spoken = row.sound.replace(" ", ""), words.sound != ""
    aligned = not words.heard or f"{row.sound} ".startswith(f"{words.syllables} ")
    ways = (
        (How.PREFIX, key.startswith(words.key)),
        (How.CONTAINS, words.key in key),
        (How.SOUND, spoken and aligned and sound == words.sound),
        (How.SOUND_BEGINS, spoken and aligned and sound.startswith(words.sound)),
        (How.INITIALS, words.initials != "" and row.initials == words.initials),
        (How.INITIALS_BEGIN, words.initials != "" and row.initials.startswith(words.initials)),
        (How.SIMILAR, not words.initials and is_one_slip(words.key, key)),
    )
    return next((how for how, holds in ways if holds), None)


def _has_the_code(code: str, words: Words) -> bool:
    return code == words.code or (words.begins_codes and len(code) == CODE_DIGITS and code.startswith(words.code))


def _borne(row: Any, day: date) -> bool:
    """Whether a place was called so on a day; where nobody knows since when, that cannot be said."""
    return row.since is not None and row.since <= day and (row.until is None or row.until > day)


def _look_for(look: Connection, finds: Finds, form: Form, values: Mapping[str, Any]) -> None:
    if form.category:
        finds.kinds = [values["category"]]
    elif form.class_code:
        finds.kinds = [*look.scalars(ask.kinds_of_class(), values), Category.OTH]
    if finds.words.code:
        _take(look, finds, _coded(finds.words), form, values)
    if finds.enough:
        return
    for step in _steps_among_few(finds) if _is_narrow(look, form, values) else _steps(finds, form):
        _take(look, finds, step, form, values)
        if finds.enough:
            return


def _take(look: Connection, finds: Finds, step: Step, form: Form, values: Mapping[str, Any]) -> None:
    """Asks one question, and when the answer is full, asks for what should have had its place in it."""
    rows = look.execute(step.question(form), {**values, **step.values}).all()
    for row in rows:
        finds.take(row)
    if len(rows) < values["cap"]:
        return
    if form.dated and not form.then:
        _take(look, finds, step, replace(form, then=True), values)
    if step.full is not None:
        _take(look, finds, step.full, form, values)


def _is_narrow(look: Connection, form: Form, values: Mapping[str, Any]) -> bool:
    """Whether the ground holds so few names that all of them can be looked at."""
    grounds = [each for each in ("unit", "class_code", "dated", "boxes") if getattr(form, each)]
    return any((look.scalar(ask.how_many(form, each), values) or 0) <= FEW[each] for each in grounds)


def _steps_among_few(finds: Finds) -> Iterator[Step]:
    words = finds.words
    heard = {By.SOUND: words.sound, By.INITIALS: words.initials}
    asked = [by for by, said in heard.items() if said]
    values = _text(words.key) | {by.value: heard[by] for by in asked}
    yield Step(lambda form: ask.among_few(form, *asked), values)
    yield from _similar(finds)


def _steps(finds: Finds, form: Form) -> Iterator[Step]:
    """From the best answers to the poorest, which is from the cheapest questions to the dearest.

    What is no more than a generic term, or a part of one, is not looked for inside of names: half of them hold it.
    """
    words = finds.words
    if not words.key:
        only_box = form.boxes and not (form.unit or form.class_code or form.category)
        yield Step(ask.around) if only_box else _along(finds, ask.listed, 1)
        return
    yield _beginning(finds, By.KEY, words.key, len(words.key))
    yield _along(finds, partial(ask.beginning, by=By.END), len(words.key) + 1, text=ask.ends(words.key))
    if not finds.search.quick and not is_part_of_a_term(words.key):
        yield Step(ask.inside, _text(words.key) | {"pieces": _pieces(words.key)})
    if words.sound:
        yield _beginning(finds, By.SOUND, words.sound, -(-len(words.sound) // LONGEST_SYLLABLE))
    if words.initials:
        yield _beginning(finds, By.INITIALS, words.initials, len(words.initials))
    if not finds.search.quick:
        yield from _similar(finds)


def _beginning(finds: Finds, by: By, typed: str, shortest: int) -> Step:
    """What begins with the words; when there is more of it than is looked at, what is the words is asked for as well."""
    longest = shortest if by is By.KEY else LONGEST
    is_it = _along(finds, partial(ask.whole, by=by), shortest, longest, text=typed)
    if by is By.SOUND and finds.words.heard:
        return replace(_along(finds, ask.heard, shortest, text=typed, syllables=finds.words.syllables), full=is_it)
    return replace(_along(finds, partial(ask.beginning, by=by), shortest, text=typed), full=is_it)


def _coded(words: Words) -> Step:
    """The place with a code, or those whose codes of 20 digits begin so."""
    first, last = (words.code.ljust(CODE_DIGITS, each) if words.begins_codes else words.code for each in "09")
    return Step(ask.coded, {"code": words.code, "first": first, "last": last})


def _similar(finds: Finds) -> Iterator[Step]:
    slips = [] if finds.words.initials else finds.words.slips
    if slips:
        yield Step(ask.slipped, {"slips": slips})


def _along(
    finds: Finds, question: Callable[[Form], Select[Any]], shortest: int, longest: int = LONGEST, **values: Any
) -> Step:
    return Step(question, {"strata": strata(shortest, longest, finds.kinds), **values})


def _text(key: str) -> dict[str, Any]:
    return {"text": key}


def _pieces(key: str) -> list[str]:
    """The pairs of neighbours that a name must have inside to hold a text, or its only character."""
    return [key[at : at + 2] for at in range(len(key) - 1)] or [key]


def _form(wanted: Search) -> Form:
    return Form(
        wanted.public,
        wanted.areas,
        unit=wanted.unit != "",
        category=wanted.category is not None,
        class_code=wanted.class_code != "",
        boxes=len(_halves(wanted.box)),
        dated=wanted.on is not None,
        near=wanted.near is not None,
    )


def _values(wanted: Search) -> dict[str, Any]:
    lon, lat = wanted.near or (None, None)
    found: dict[str, Any] = {
        "unit": wanted.unit, "category": wanted.category, "class_code": wanted.class_code, "on": wanted.day,
        "today": date.today(), "lon": lon, "lat": lat, "cap": 3 * wanted.limit, "cell": 10.0**-wanted.decimals,
    }  # fmt: skip
    for number, half in enumerate(_halves(wanted.box)):
        found |= {f"{edge}_{number}": at for edge, at in zip(("west", "south", "east", "north"), half, strict=True)}
    return found


def _halves(box: Box | None) -> list[Box]:
    """A box, or the two on either side of the antimeridian."""
    if box is None or box[0] <= box[2]:
        return [] if box is None else [box]
    west, south, east, north = box
    return [(west, south, 180.0, north), (-180.0, south, east, north)]
