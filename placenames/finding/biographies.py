"""Biographies: all that is recorded of one place: what it is and was, what it is and was called, and its cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, and_, or_, select

from gis import features
from gis.errors import NotFound
from gis.feature_sql import EVERYWHERE
from gis.people import Person
from gis.text import Text
from placenames.appellations import Kind
from placenames.casework import cases
from placenames.casework.cases import CASES
from placenames.finding.called import Called, names_of
from placenames.finding.found import unit_names
from placenames.kinds import Category, class_of
from placenames.names import NAMES

CASES_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Biography:
    """A place with everything that is recorded of it, as its reader may know it."""

    id: UUID
    version: Mapping[str, Any]
    """What it is on the day, or was nearest to it."""
    on: date
    """The day on which that version is in force."""
    in_force: bool
    present: str
    """What it is called by law today, or was at last."""
    called: Sequence[Called]
    versions: Sequence[Mapping[str, Any]]
    unit_names: tuple[str, ...]

    @property
    def category(self) -> Text | None:
        """The group of the law in words."""
        found = self.version["category"]
        return Category(found).text if found in list(Category) else None

    @property
    def class_name(self) -> Text | None:
        """The class in words, as far as the table knows its code."""
        found = class_of(self.version["class_code"] or "")
        return found.name if found else None


def biography(
    look: Connection, identity: str, on: date, *, public: bool, decimals: int, areas: features.Areas = EVERYWHERE
) -> Biography:
    """The place with a permanent id or a code, as it was on a day. Raises NotFound."""
    chain = features.versions(look, NAMES, identity, public, decimals, areas)
    called = names_of(look, [chain[0]["id"]], public=public, areas=areas) if chain else {}
    if not called:
        raise NotFound("没有地名“{identity}”", "there is no place name “{identity}”", identity=identity)
    known = [each for each in chain if each["superseded_at"] is None]
    version = min(known or chain, key=lambda each: _far(each, on))
    in_force = _far(version, on) == (0, 0)
    names = called[version["id"]]
    standard = [each.text for each in names if each.kind == Kind.STANDARD]
    now = [each.text for each in names if each.kind == Kind.STANDARD and each.on(date.today())]
    return Biography(
        version["id"], version, on if in_force else version["valid_from"], in_force,
        [*now, *standard, version["name"]][0], names, chain,
        unit_names(look, [version["unit"]], on).get(version["unit"], ()),
    )  # fmt: skip


def _far(version: Mapping[str, Any], on: date) -> tuple[int, int]:
    """How far a version is from a day: in force, over before it, or still to come."""
    if version["valid_from"] > on:
        return 2, (version["valid_from"] - on).days
    ended = version["valid_to"] is not None and version["valid_to"] <= on
    return (1, (on - version["valid_to"]).days) if ended else (0, 0)


def cases_of(tx: Connection, place: UUID, person: Person | None) -> list[dict[str, Any]]:
    """The cases of a place, newest first: consultations and what was announced, and those its reader may see besides."""
    c = CASES.c
    seen = and_(c.state.in_(cases.OPEN_TO_PUBLIC), c.open_to_public)
    seen = seen if person is None else or_(seen, cases.seen_by(person))
    columns = [c[name] for name in cases.PUBLIC]
    statement = select(*columns).where(c.place == place, seen).order_by(c.id.desc()).limit(CASES_SHOWN)
    return [
        {**row, "headline": cases.headline(row), "words": cases.STATES[row["state"]], "what": cases.ACTIONS[row["action"]]}
        for row in (dict(each) for each in tx.execute(statement).mappings())
    ]
