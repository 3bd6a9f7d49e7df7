"""Impact: what mentions a place by its name, and would have to follow when that name changes or ends.

Registers say themselves in which fields places are mentioned (`Register.mentions`). A name mentioned in full is found
in every such field; names derived from its specific part (石门街 -> 石门小区) in the names of other records only, and
only inside the area in which the words can mean this place. What is found is for people to judge: words are no proof.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Subquery,
    case,
    cast,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from gis.errors import NotFound
from gis.feature_sql import EVERYWHERE, is_open
from gis.features import Areas
from gis.history import in_force
from gis.registers import Register
from gis.text import Text
from placenames.casework import mentioning, renamings
from placenames.casework.renamings import Renaming
from placenames.names import NAMES

LISTED = 200
"""So many records of one register are listed; all are counted."""
DETAILED, COARSE = 2000, 0.0005
"""Outlines of more points than this are drawn with points this far apart (°)."""
HOW = {
    "full": Text("提到该名称", "mentions the name"),
    "specific": Text("含有其专名", "contains its specific part"),
    "named_after": Text("登记为由其派生", "is recorded as named after it"),
}


@dataclass(frozen=True, slots=True)
class Impact:
    """One field of one record in which the name is mentioned, as it reads and as it would read."""

    register: str
    id: UUID | None
    code: str | None
    label: str
    field: str
    before: str
    proposed: str | None
    """None where only a person can say what should stand there."""
    how: str
    follows: bool
    """Whether the announcement itself brings it along; anything else becomes work."""
    geom: dict[str, Any] | None
    hidden: bool = False
    """Whether the record is kept from whoever asks: then only that it is there is told."""


@dataclass(frozen=True, slots=True)
class Effects:
    """Everything a change of name touches: exact counts (fields, by register), and the first of each register."""

    counts: Mapping[str, int]
    items: tuple[Impact, ...]

    @property
    def total(self) -> int:
        """How many fields in all."""
        return sum(self.counts.values())


def impact(tx: Connection, place: UUID, new_name: str | None, day: date, listed: int = LISTED) -> Effects:
    """What would follow if a place bore another name from a day on, or none. Raises NotFound."""
    c = NAMES.table.c
    statement = select(c.id, c.code, c.unit, c.category, c.class_code, c.name, c.specific)
    found = tx.execute(statement.where(c.id == place, in_force(NAMES.table, day))).mappings().first()
    if found is None:
        raise NotFound("该地名在 {day} 没有有效记录", "the place has no name in force on {day}", day=day)
    return effects(tx, renamings.renaming(dict(found), new_name), day, listed)


def effects(
    tx: Connection, change: Renaming, day: date, listed: int = LISTED, areas: Areas = EVERYWHERE
) -> Effects:
    """What mentions a name on a day and would have to follow, register by register, for a colleague of some areas.

    What is not open to the public is counted wherever it lies, but named in those areas alone; the rest comes last.
    """
    if change.new == change.old:
        return Effects({}, ())
    counts: dict[str, int] = {}
    items: list[Impact] = []
    for register in mentioning.concerned():
        touched = mentioning.touched(register, change, day).subquery("touched")
        may_read = is_open(register, public=False, areas=areas, on=day)
        rows = tx.execute(_first_of(register, touched, listed, may_read)).all()
        if rows:
            counts[register.name] = rows[0].total
            found = [Impact(register.name, *row[1:]) for row in rows]
            items += sorted((_as_told(each) for each in found), key=lambda each: each.hidden)
    return Effects(counts, tuple(items))


def _as_told(found: Impact) -> Impact:
    if not found.hidden:
        return found
    return replace(found, id=None, code=None, label="", before="", proposed=None, geom=None)


def _first_of(register: Register, found: Subquery, listed: int, may_read: ColumnElement[bool]) -> Select[Any]:
    """The first of what was found, each with the number of all, with its shape and whether it may be read."""
    c = found.c
    order = (c.follows.desc(), c.how, c.code, c.field)
    columns = [column for column in c if column.name != "version"]
    total = func.count().over().label("total")
    few = select(total, *columns, c.version).order_by(*order).limit(listed).subquery("few")
    shape = cast(func.ST_AsGeoJSON(outline(register.table.c.geom), 6), JSONB).label("geom")
    rest = [column for column in few.c if column.name not in ("total", "version", "follows", "how")]
    joined = few.join(register.table, register.table.c.version == few.c.version)
    ordered = (few.c.follows.desc(), few.c.how, few.c.code, few.c.field)
    told = (few.c.total, *rest, few.c.how, few.c.follows, shape, (~may_read).label("hidden"))
    return select(*told).select_from(joined).order_by(*ordered)


def outline(geom: ColumnElement[Any]) -> ColumnElement[Any]:
    """A shape fine enough to be drawn: what has very many points is drawn with fewer."""
    return case((func.ST_NPoints(geom) > DETAILED, func.ST_SimplifyPreserveTopology(geom, COARSE)), else_=geom)


def as_geojson(found: Effects) -> dict[str, Any]:
    """What was listed, as a feature collection for maps."""
    names = ("register", "id", "code", "label", "field", "before", "proposed", "how", "follows", "hidden")
    features = [
        {"type": "Feature", "geometry": each.geom, "properties": {name: getattr(each, name) for name in names}}
        for each in found.items
    ]
    return {"type": "FeatureCollection", "features": features}
