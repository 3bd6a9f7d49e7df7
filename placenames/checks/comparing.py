"""Comparing: from a scope to the offences of names that are not alone in it, among those registered and those sent along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, select, true

from gis.intake.rules import Offence, Severity
from gis.settings import Settings
from gis.sources import NAME_REGULATIONS
from placenames.checks import sent_together, unit_names
from placenames.checks.asked import CANDIDATE_ROW, Asked
from placenames.checks.likeness import DUPLICATES, Hit, Likeness, hit_of, offence_of, weight
from placenames.checks.same_names import letter_apart, near_names, same_names, written_once
from placenames.checks.scoping import Kind, ground_of, held_by, kinds_beside, level_told, scope_for, scopes_of
from placenames.checks.uniqueness import Area, Compared, Scope
from placenames.disclosing import town_of
from placenames.kinds import Category


def alone(rule: str, asked: Asked, *, binding: bool | None = None) -> Iterator[Offence]:
    """The names that are not alone on the ground that a rule says; `binding` asks for binding scopes only, or others."""
    for scope, which, kinds in _questions(rule, asked):
        if binding is None or scope.binding is binding:
            found = asked.answers(_statement(asked, which, scope, kinds))
            yield from _offences(found, scope.area, asked, binding=scope.binding)
            if scope.category == Category.ADM:
                yield from unit_names.alike(asked, which, scope)
            if asked.staged is not None:
                yield from sent_together.alike(asked, which, scope)


def alike(asked: Asked) -> Iterator[Offence]:
    """Names of the same kind in the county with the same specific part and another generic part."""
    found = (row for row in asked.ask(_near) if not _told_already(row, asked))
    yield from _offences(found, Area.COUNTY, asked, near=True)


def apart(asked: Asked) -> Iterator[Offence]:
    """Names one character apart; asked of a candidate only: in a delivery of a county they would drown everything else."""
    if asked.candidate is not None:
        yield from _offences(asked.ask(_letter), Area.COUNTY, asked)


def _questions(rule: str, asked: Asked) -> Iterator[tuple[Scope, ColumnElement[bool], tuple[Kind, ...]]]:
    """Each scope of a rule, the rows it is for, and the kinds of places they are compared with."""
    candidate = asked.candidate
    if candidate is None:
        for scope, held in scopes_of(rule, asked.day, asked.settings):
            which = held_by(asked.rows.c, held)
            if asked.tx.scalar(select(exists().where(which))):  # cheap, beside comparing a list with everything
                yield scope, which, tuple(kinds_beside(scope, held[0][1], asked.day))
        return
    level = level_told(candidate.category, candidate.class_code, candidate.name, candidate.protected or "")
    scope_of_it = scope_for(Kind(candidate.category, level), candidate.unit, asked.day, asked.settings)
    if scope_of_it is not None and scope_of_it.rule == rule:
        yield scope_of_it, true(), tuple(kinds_beside(scope_of_it, candidate.unit, asked.day))


def _statement(
    asked: Asked, which: ColumnElement[bool], scope: Scope, kinds: tuple[Kind, ...]
) -> Select[Any]:
    if asked.candidate is not None:
        return _question(scope.area, scope.compare, kinds, asked.settings)  # type: ignore[no-any-return]
    statement = same_names(asked.rows, which, scope.area, scope.compare, kinds, asked.settings)
    return _without_replaced(asked, statement)


@written_once
def _question(area: Area, compare: Compared, kinds: tuple[Kind, ...], settings: Settings) -> Select[Any]:
    return same_names(CANDIDATE_ROW, true(), area, compare, kinds, settings)


def _near(asked: Asked) -> Select[Any]:
    return _without_replaced(asked, near_names(asked.rows, true(), asked.settings))


def _letter(asked: Asked) -> Select[Any]:
    return letter_apart(asked.rows, asked.settings)


def _without_replaced(asked: Asked, statement: Select[Any]) -> Select[Any]:
    """Leaves out places that a delivery itself names anew: they are compared among what was sent."""
    if asked.staged is None:
        return statement
    sent = asked.rows.alias("sent")
    return statement.where(~exists().where(sent.c.code == statement.selected_columns.other_code))


def _offences(
    rows: Iterable[Any], area: Area, asked: Asked, *, binding: bool = True, near: bool = False
) -> Iterator[Offence]:
    """Each other place once, as the gravest of what was found of it."""
    best: dict[tuple[int, Any], tuple[int, Any, Hit, Severity]] = {}
    at: int | None = None
    for row in rows:
        if at is not None and row.asked_row != at:
            yield from _told(asked, best.values())
            best.clear()
        at = row.asked_row
        hit = hit_of(row, area, asked.day)
        if near and hit.likeness is Likeness.SPECIFIC:
            hit = replace(hit, likeness=Likeness.NEAR)
        severity = Severity.NOTE if near else _weight(row, hit, binding=binding)
        if severity is None or _recorded_twice(row, hit, asked.settings) or (near and not hit.alone):
            continue
        rank = list(Severity).index(severity) * 10 + list(Likeness).index(hit.likeness)
        key = (row.asked_row, hit.place)
        if key not in best or rank < best[key][0]:
            best[key] = (rank, row, hit, severity)
    yield from _told(asked, best.values())


def _told(asked: Asked, found: Iterable[tuple[int, Any, Hit, Severity]]) -> Iterator[Offence]:
    """What was found, as whoever asks may know it."""
    for _, row, hit, severity in found:
        if asked.hides(hit.unit, hit.public_since):
            yield offence_of(row, hit.kept_back(*town_of(asked.tx, hit.unit, asked.day)), severity)
        else:
            yield offence_of(row, hit, severity)


def _weight(row: Any, hit: Hit, *, binding: bool) -> Severity | None:
    return weight(hit, binding=binding, settled=row.settled or _named_before(row))


def _named_before(row: Any) -> bool:
    """Whether a name was given before the Regulations of 2022 came into force."""
    since = NAME_REGULATIONS.in_force_from
    return row.asked_named_on is not None and since is not None and row.asked_named_on < since


def _recorded_twice(row: Any, hit: Hit, settings: Settings) -> bool:
    """Two records of one place are the business of PN12."""
    near = hit.metres is not None and hit.metres <= settings.same_place_m
    return hit.likeness is Likeness.SAME and near and hit.class_code == row.asked_class_code


def _told_already(row: Any, asked: Asked) -> bool:
    """Whether the rule of a name's own scope calls it a duplicate; among streets and buildings the report tells."""
    level = level_told(
        row.asked_category or "", row.asked_class_code or "", row.asked_name, row.asked_protected or ""
    )
    scope = scope_for(Kind(row.asked_category or "", level), row.asked_unit, asked.day, asked.settings)
    likeness = hit_of(row, Area.COUNTY, asked.day).likeness
    if scope is None or likeness not in (
        DUPLICATES if scope.compare is Compared.SPECIFIC else (Likeness.SAME, Likeness.FOLDED)
    ):
        return False
    if scope.area is Area.TOWNSHIP:
        grounds = {ground_of(unit, "township", asked.settings) for unit in (row.asked_unit, row.other_unit)}
        return len(grounds) == 1
    return scope.area is not Area.BUILT_UP or asked.candidate is None


__all__ = ["DUPLICATES", "alike", "alone", "apart"]
