"""Plates found: the addresses in the register under some keys, all that are asked for in one question to the database."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from math import cos, hypot, radians
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Date,
    Integer,
    Select,
    and_,
    any_,
    bindparam,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY

from gis.asked_often import AskedOften
from placenames.addresses.address_keys import numbered
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.former_addresses import FORMER
from placenames.addresses.plates import GIVEN_UP

MOST_INSIDE = 400
"""So many addresses behind one plate are looked at when a part of what lies inside is missing."""
WIDEST_GAP, FARTHEST_KM = 200, 1.0
"""Our inference: between plates that lie further apart, in numbers or on the ground, no place of a number is worked out."""
KM_PER_DEGREE = 111.2
C = ADDRESSES.table.c
KNOWN = C.superseded_at.is_(None)
IN_USE = func.coalesce(C.status, "").not_in(GIVEN_UP)


class Key(NamedTuple):
    """Where a plate is filed, and what lies inside."""

    bearer: str
    plate: str
    inside: str = ""


class Plate(NamedTuple):
    """One version of an address as a lookup needs it; `lon` and `lat` in degrees (EPSG:4490)."""

    key: Key
    id: UUID
    code: str
    unit: str
    text: str
    community: str | None
    estate: str | None
    status: str
    lon: float | None
    lat: float | None
    valid_from: date
    valid_to: date | None
    inside: str
    former: str = ""
    """The former address under which it was found, if it was."""

    def is_in_force(self, day: date) -> bool:
        """Whether this version holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


def plates_under(look: Connection, keys: Iterable[Key]) -> dict[Key, list[Plate]]:
    """The versions known now that are filed under some keys, of whatever day, and what once was numbered so."""
    return _found(look, _UNDER, list(dict.fromkeys(keys)))


def plates_behind(look: Connection, keys: Iterable[Key]) -> dict[Key, list[Plate]]:
    """Everything behind some plates, the plate itself first; at most 400 of each."""
    return _found(look, _BEHIND, list(dict.fromkeys(keys)))


def neighbours_of(look: Connection, keys: Iterable[Key], day: date) -> dict[Key, tuple[Plate, Plate]]:
    """The nearest plates with a lower and a higher number on the same side, in force on a day; both or none.

    Where they are too far apart to tell where a number between them would be, there are none.
    """
    found = _found(look, _BESIDE, list(dict.fromkeys(keys)), day=day)
    pairs = {key: sorted(each, key=lambda plate: ordinal_of(plate.key.plate)) for key, each in found.items()}
    return {key: (each[0], each[1]) for key, each in pairs.items() if len(each) == 2 and _are_close(*each)}


def _are_close(low: Plate, high: Plate) -> bool:
    if low.lon is None or low.lat is None or high.lon is None or high.lat is None:
        return False
    gap = ordinal_of(high.key.plate) - ordinal_of(low.key.plate)
    return gap <= WIDEST_GAP and km_between((low.lon, low.lat), (high.lon, high.lat)) <= FARTHEST_KM


def km_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Kilometres between two points (lon, lat in degrees), good enough to rank by."""
    east = (one[0] - other[0]) * cos(radians(one[1]))
    return hypot(east, one[1] - other[1]) * KM_PER_DEGREE


def now_of(look: Connection, ids: Sequence[UUID], day: date) -> dict[UUID, Plate]:
    """What some addresses read on a day, wherever they are filed then."""
    if not ids:
        return {}
    rows: Any = look.execute(_NOW, {"ids": list(ids), "day": day})
    return {row.id: as_plate(row) for row in rows}


def ordinal_of(plate: str) -> int:
    """The number by which a plate is ordered along its street; 0 without one."""
    read = numbered(plate) if plate else None
    return read.ordinal if read else 0


def _found(look: Connection, question: AskedOften, keys: list[Key], **more: Any) -> dict[Key, list[Plate]]:
    found: dict[Key, list[Plate]] = {}
    if not keys:
        return found
    asked = {
        "bearers": [key.bearer for key in keys],
        "plates": [key.plate for key in keys],
        "ordinals": [ordinal_of(key.plate) for key in keys],
        "insides": [key.inside for key in keys],
    }
    for row in question.rows(look, **asked, **more):
        key = keys[row.n - 1]
        filed = Key(key.bearer, row.plate_key) if question is _BESIDE else key
        found.setdefault(key, []).append(_plate(filed, row))
    return found


def as_plate(row: Any) -> Plate:
    """A row of `COLUMNS` under its own key."""
    return _plate(Key(row.bearer_key, row.plate_key), row)


def _plate(key: Key, row: Any) -> Plate:
    return Plate(key, row.id, row.code, row.unit, row.text or "", row.community, row.estate, row.status or "", row.lon,
                 row.lat, row.valid_from, row.valid_to, row.inside_key or "", row.former)  # fmt: skip


_ASKED = (
    func.unnest(
        *(bindparam(name, type_=ARRAY(kind)) for name, kind in
          (("bearers", SqlText), ("plates", SqlText), ("ordinals", Integer), ("insides", SqlText)))
    )
    .table_valued("bearer", "plate", "ordinal", "inside", with_ordinality="n", name="asked")
    .render_derived()
)  # fmt: skip
"""The keys as rows of their own, numbered from 1."""
COLUMNS = (C.id, C.code, C.unit, C.text, C.community, C.estate, C.status, func.ST_X(C.geom).label("lon"),
            func.ST_Y(C.geom).label("lat"), C.valid_from, C.valid_to, C.inside_key, C.bearer_key, C.plate_key)  # fmt: skip
_FILED = and_(C.bearer_key == _ASKED.c.bearer, C.ordinal == _ASKED.c.ordinal, C.plate_key == _ASKED.c.plate)
_NOT_FORMER = literal("").label("former")
_DAY = bindparam("day", type_=Date)
ON_THE_DAY = and_(C.valid_from <= _DAY, or_(C.valid_to.is_(None), C.valid_to > _DAY), KNOWN)


def _under() -> CompoundSelect[Any]:
    exact = select(_ASKED.c.n, *COLUMNS, _NOT_FORMER).where(_FILED, C.inside_key == _ASKED.c.inside, KNOWN)
    once_so = and_(FORMER.c.bearer_key == _ASKED.c.bearer, FORMER.c.plate_key == _ASKED.c.plate)
    inside = or_(C.inside_key == _ASKED.c.inside, _ASKED.c.inside == "")
    columns = (_ASKED.c.n, *COLUMNS, FORMER.c.text.label("former"))
    once = select(*columns).where(once_so, C.id == FORMER.c.address, inside, KNOWN)
    return exact.union_all(once)


def _behind() -> Select[Any]:
    behind = select(*COLUMNS, _NOT_FORMER).where(_FILED, KNOWN).order_by(C.inside_key).limit(MOST_INSIDE)
    within = behind.lateral("behind")
    return select(_ASKED.c.n, within).select_from(_ASKED.join(within, true()))


def _beside() -> CompoundSelect[Any]:
    same_side = and_(C.bearer_key == _ASKED.c.bearer, func.mod(C.ordinal, 2) == func.mod(_ASKED.c.ordinal, 2))
    lower = and_(C.ordinal < _ASKED.c.ordinal, C.ordinal > 0)
    sides = (
        _nearest("lower", and_(same_side, lower), C.ordinal.desc()),
        _nearest("higher", and_(same_side, C.ordinal > _ASKED.c.ordinal), C.ordinal.asc()),
    )
    return sides[0].union_all(sides[1])


def _nearest(name: str, beside: ColumnElement[bool], order: ColumnElement[Any]) -> Select[Any]:
    placed = C.geom.is_not(None)
    one = select(*COLUMNS, _NOT_FORMER).where(beside, placed, ON_THE_DAY).order_by(order).limit(1).lateral(name)
    return select(_ASKED.c.n, one).select_from(_ASKED.join(one, true()))


_UNDER, _BEHIND, _BESIDE = (AskedOften(each) for each in (_under(), _behind(), _beside()))
_NOW = select(*COLUMNS, _NOT_FORMER).where(
    C.id == any_(bindparam("ids", type_=ARRAY(postgresql.UUID(as_uuid=True)))), ON_THE_DAY
)
