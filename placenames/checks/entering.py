"""Entering name checks: each is one function, asked of a delivery when it comes in and of a candidate while it is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from datetime import date
from functools import wraps
from typing import Any, NamedTuple

import geopandas as gpd

from boundaries.outlook import once_per_survey
from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, Survey, rule, table_rule
from gis.settings import Settings
from gis.sources import Source
from gis.text import Text
from placenames.checks.asked import Asked, Candidate, of_staged
from placenames.names import NAMES

WordsCheck = Callable[[Candidate, date, Settings], Iterator[Offence]]
"""Looks at what a name says; needs no database."""
PlacesCheck = Callable[[Asked], Iterator[Offence]]
"""Looks at names beside all the others."""


class Concern(NamedTuple):
    """What a check is about: the categories of places, none for all; and whether it needs to know where they are."""

    categories: tuple[str, ...] = ()
    position: bool = False


CONCERNS: dict[str, Concern] = {}
OF_WORDS: dict[str, WordsCheck] = {}
OF_PLACES: dict[str, PlacesCheck] = {}
"""The checks that candidates pass, by the id of their rule."""


def check_of_words(id: str, **rest: Any) -> Callable[[WordsCheck], WordsCheck]:  # noqa: A002
    """Enters a check of the words of a name: into the rules of the register, row by row, and for candidates."""

    def enter(check: WordsCheck) -> WordsCheck:
        @wraps(check)
        def of_a_sheet(survey: Survey) -> Iterator[Offence]:
            today = date.today()
            for row, each in _candidates(survey):
                for offence in check(each, today, survey.settings):
                    yield replace(offence, register=NAMES.name, row=row, geometry=each.geom)

        rule(id, NAMES.name, **rest)(of_a_sheet)
        OF_WORDS[id] = check
        return check

    return enter


def same_check_of_candidates(id: str) -> Callable[[WordsCheck], WordsCheck]:  # noqa: A002
    """Enters what a rule says of candidates, where it has a way of its own with the sheets of the register."""

    def enter(check: WordsCheck) -> WordsCheck:
        OF_WORDS[id] = check
        return check

    return enter


def check_of_places(
    id: str,  # noqa: A002
    *,
    severity: Severity,
    source: Source,
    title: Text,
    message: Text,
    fix: Text,
    jurisdiction: str = "CN",
    categories: tuple[str, ...] = (),
    position: bool = False,
) -> Callable[[PlacesCheck], PlacesCheck]:
    """Enters a check of a name among the others: into the rules of the register, inside the database, and for candidates.

    It concerns some categories of places (all, when none is named), and may need to know where the place is.
    """

    def enter(check: PlacesCheck) -> PlacesCheck:
        @wraps(check)
        def of_a_delivery(staged: Staged) -> Iterator[Offence]:
            for offence in check(of_staged(staged)):
                yield replace(offence, register=NAMES.name, geometry=None)  # shown where its row lies

        table_rule(
            id,
            NAMES.name,
            severity=severity,
            source=source,
            title=title,
            message=message,
            fix=fix,
            jurisdiction=jurisdiction,
        )(of_a_delivery)
        OF_PLACES[id] = check
        CONCERNS[id] = Concern(categories, position)
        return check

    return enter


@once_per_survey
def _candidates(survey: Survey) -> list[tuple[int, Candidate]]:
    """The rows of a sheet as candidates."""
    sheet = survey.sheet(NAMES.name)
    return [] if sheet is None else list(_read(sheet))


_FIELDS = tuple(
    each.name for each in fields(Candidate) if each.name in {field.name for field in NAMES.fields}
)
_TEXTS = ("name", "category", "unit", "class_code", "specific", "generic", "roman", "roman_plain")


def _read(sheet: gpd.GeoDataFrame) -> Iterator[tuple[int, Candidate]]:
    columns = [
        sheet[name].astype(object).where(sheet[name].notna(), _missing(name)).tolist() for name in _FIELDS
    ]
    confirmed = _FIELDS.index("roman_confirmed")
    columns[confirmed] = (sheet["roman_confirmed"] == "yes").tolist()
    for row, shape, values in zip(
        sheet["row"].tolist(), sheet.geometry, zip(*columns, strict=True), strict=True
    ):
        yield row, Candidate(**dict(zip(_FIELDS, values, strict=True)), geom=shape)


def _missing(name: str) -> str | None:
    return "" if name in _TEXTS else None


def settled_before(candidate: Candidate, source: Source) -> bool:
    """Whether a name was given before the rule came into force: it may be looked at, but keeps nothing from going on."""
    since = source.in_force_from
    return candidate.named_on is not None and since is not None and candidate.named_on < since


def softened(severity: Severity, *, settled: bool) -> Severity:
    """The weight of an offence; a name that stands already is warned of instead of blocked."""
    return Severity.WARNING if settled and severity is Severity.ERROR else severity
