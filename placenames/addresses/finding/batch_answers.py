"""Batch answers: many questions at once, each with its own answer or with what is wrong with it.

Those that are written as in the register are joined to it (`exact_addresses`), the rest is read. A question that cannot be
understood says so in its own place, and the others go on.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection

from gis import history
from gis.errors import JiezhiError
from gis.text import Text, is_keepable
from placenames.addresses.address_writing import LONGEST
from placenames.addresses.finding.address_lookup import Question, answers
from placenames.addresses.finding.exact_addresses import Beginnings, beginnings_of, exact_matches
from placenames.addresses.finding.matches import Match
from placenames.addresses.finding.toponym_names import Toponyms
from placenames.addresses.finding.toponyms_known import days_of_other_units

AT_ONCE = 1000
"""So many are read together."""
MOST_LISTS = 4
"""Lists of names, of days with other units, that are kept at a time."""
NOTHING_ASKED = Text("没有地址", "there is no address")
TOO_LONG = Text("地址至多 {n} 个字", "an address has at most {n} characters").fill(n=LONGEST)
NOT_KEEPABLE = Text("地址含有无效字符", "the address has characters that cannot be kept")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question: its matches, the best first, or why it could not be answered."""

    found: tuple[Match, ...] = ()
    error: Text | None = None


@dataclass(frozen=True)
class Known:
    """The names of a day, and how its standard addresses begin."""

    names: Toponyms
    beginnings: Beginnings


class NamesOfDays:
    """The names by legal day: those of two days between which no unit changed are the same."""

    def __init__(self, look: Connection, read: Callable[[Connection, date], Toponyms]) -> None:
        self._read = read
        self._changes = days_of_other_units(look)
        self._today = date.today()
        self._kept: OrderedDict[date, Known] = OrderedDict()

    def like(self, day: date) -> date:
        """The day that stands for all on which the units were the same."""
        return history.day_alike(self._changes, day, self._today)

    def on(self, look: Connection, day: date) -> Known:
        """The names of a day that stands for others."""
        if day not in self._kept:
            names = self._read(look, day)
            self._kept[day] = Known(names, beginnings_of(names))
            while len(self._kept) > MOST_LISTS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(day)
        return self._kept[day]


def answered(look: Connection, days: NamesOfDays, asked: Sequence[Question | Text]) -> list[Outcome]:
    """What becomes of each question, in their order; a text in place of a question is why it cannot be asked."""
    outcomes = [Outcome()] * len(asked)
    alike: dict[date, list[tuple[int, Question]]] = {}
    today = date.today()
    for at, question in enumerate(asked):
        wrong = question if isinstance(question, Text) else _refusal(question)
        if wrong is not None:
            outcomes[at] = Outcome(error=wrong)
        elif isinstance(question, Question):
            alike.setdefault(days.like(question.on or today), []).append((at, question))
    for day, questions in alike.items():
        known = days.on(look, day)
        found = _found(look, known, [question for _, question in questions])
        for (at, _), outcome in zip(questions, found, strict=True):
            outcomes[at] = outcome
    return outcomes


def _refusal(question: Question) -> Text | None:
    if not question.q.strip():
        return NOTHING_ASKED
    if len(question.q) > LONGEST:
        return TOO_LONG
    return None if is_keepable(question.q) else NOT_KEEPABLE


def _found(look: Connection, known: Known, asked: Sequence[Question]) -> list[Outcome]:
    exact = exact_matches(look, known.names, known.beginnings, asked)
    read = _read(look, known.names, [question for question, match in zip(asked, exact, strict=True) if match is None])
    return [next(read) if match is None else Outcome((match,)) for match in exact]


def _read(look: Connection, names: Toponyms, asked: Sequence[Question]) -> Iterator[Outcome]:
    for some in pieces(asked, AT_ONCE):
        try:
            found = answers(look, names, some)
        except JiezhiError:
            yield from (_one(look, names, each) for each in some)
        else:
            yield from (Outcome(tuple(each)) for each in found)


def _one(look: Connection, names: Toponyms, asked: Question) -> Outcome:
    try:
        return Outcome(tuple(answers(look, names, [asked])[0]))
    except JiezhiError as problem:
        return Outcome(error=problem.text)


def pieces(rows: Sequence[T] | Iterator[T], size: int) -> Iterator[list[T]]:
    """Rows, so many at a time."""
    left = iter(rows)
    return iter(lambda: list(islice(left, size)), [])
