"""What places are called: each of their names once, with all its days, in however many versions it was recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Date, Select, any_, bindparam, select
from sqlalchemy.dialects.postgresql import ARRAY

from gis.feature_sql import EVERYWHERE
from gis.features import Areas
from gis.text import Text
from placenames.appellations import APPELLATIONS, KINDS, Kind
from placenames.disclosing import may_be_read

LATER = "later"
WORDS = {kind.value: words for kind, words in KINDS.items()} | {LATER: Text("后来的名称", "a later name")}


@dataclass(frozen=True, slots=True)
class Called:
    """One name of a place: in which way, from when until before when, by whose decision."""

    place: UUID
    text: str
    kind: str
    since: date | None
    until: date | None
    authority: str | None = None
    document: str | None = None

    def on(self, day: date) -> bool:
        """Whether the place was called so that day; where nobody knows since when, that cannot be said."""
        return self.since is not None and self.since <= day and (self.until is None or self.until > day)

    def kind_on(self, day: date) -> str:
        """What the name is, seen from a day: standard, alias, short, former or later."""
        if self.until is not None and self.until <= day:
            return Kind.FORMER.value
        if self.since is not None and self.since > day:
            return LATER
        return Kind.STANDARD.value if self.kind == Kind.FORMER else self.kind


def names_of(
    look: Connection, places: Iterable[UUID], *, public: bool, areas: Areas = EVERYWHERE
) -> dict[UUID, list[Called]]:
    """Everything that places are or were called, newest first; for the public, and outside `areas`, what is open today."""
    found = look.execute(_all_of(public, areas), {"places": list(places), "today": date.today()})
    rows = sorted((Called(*row) for row in found), key=_by_place_and_name)
    return {place: _told_once(list(of)) for place, of in groupby(rows, key=lambda each: each.place)}


@lru_cache(256)
def _all_of(public: bool, areas: Areas) -> Select[Any]:
    a = APPELLATIONS.c
    columns = (a.place, a.text, a.kind, a.since, a.until, a.authority, a.document)
    places: Any = bindparam("places", type_=ARRAY(a.place.type))
    return select(*columns).where(a.place == any_(places), *may_be_read(bindparam("today", type_=Date), public, areas))


def _by_place_and_name(each: Called) -> tuple[UUID, str, str, date]:
    return each.place, each.kind, each.text, each.since or date.min


def _told_once(names: list[Called]) -> list[Called]:
    """The names of one place without what versions repeat, newest first."""
    joined = list(_joined(names))
    ended = {each.text for each in joined if each.kind == Kind.STANDARD and each.until is not None}
    rest = [each for each in joined if each.kind != Kind.FORMER or each.since or each.text not in ended]
    return sorted(rest, key=_age)


def _age(each: Called) -> tuple[int, bool, int, str]:
    """What is borne still comes first, and of it the standard name; then what ended last."""
    day = each.until or date.max
    return -day.toordinal(), each.kind != Kind.STANDARD, -(each.since or date.min).toordinal(), each.text


def _joined(names: list[Called]) -> Iterator[Called]:
    """Spans of one name that follow each other as one; a former name ended when it was first called so."""
    open_span: Called | None = None
    for each in names:
        if open_span is not None and _continues(open_span, each):
            open_span = replace(open_span, until=_end(open_span, each))
        else:
            if open_span is not None:
                yield open_span
            open_span = each
    if open_span is not None:
        yield open_span


def _continues(span: Called, each: Called) -> bool:
    if (span.kind, span.text) != (each.kind, each.text):
        return False
    if each.kind == Kind.FORMER:
        return span.since == each.since
    return span.until is None or each.since is None or each.since <= span.until


def _end(span: Called, each: Called) -> date | None:
    if each.kind == Kind.FORMER:
        return min(day for day in (span.until, each.until, date.max) if day is not None)
    return None if span.until is None or each.until is None else max(span.until, each.until)
