"""Places standing: which streets, lanes, villages and estates bear addresses on a day, in some states of the plate.

A place that is answered by its name holds for the day asked for as an address does: before its first plate and after its
last one it is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
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
    union,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY

from placenames.addresses.address_keys import PATH
from placenames.addresses.finding.plates_found import ON_THE_DAY, C, ordinal_of
from placenames.addresses.finding.toponym_names import BEARING, Toponym

BEYOND = chr(ord(PATH) + 1)
"""Whatever goes on behind a path sorts before the path with this behind it."""
_STATUSES = bindparam("statuses", type_=ARRAY(SqlText))
_HOLDS = and_(ON_THE_DAY, or_(func.cardinality(_STATUSES) == 0, C.status == any_(_STATUSES)))


def standing(look: Connection, places: Iterable[Toponym], day: date, statuses: tuple[str, ...] = ()) -> set[str]:
    """Of some places the paths of those that bear an address on a day, in one of some states of its plate."""
    asked = list({(each.level, each.path): each for each in places if each.level in BEARING}.values())
    if not asked:
        return set()
    named = [each for each in asked if each.level == "community"]
    behind = [(each, *gate) for each in asked for gate in each.gates]
    return set(look.scalars(_STANDING, {
        "day": day, "statuses": list(statuses), "paths": [each.path for each in asked],
        "villages": [each.path for each in named], "units": [each.unit for each in named],
        "names": [each.name for each in named], "estates": [each.path for each, _, _ in behind],
        "bearers": [bearer for _, bearer, _ in behind], "plates": [plate for _, _, plate in behind],
        "ordinals": [ordinal_of(plate) for _, _, plate in behind], "called": [each.name for each, _, _ in behind],
    }))  # fmt: skip


def _rows(*names: str, ordinal: str = "") -> Any:
    kinds = {name: Integer if name == ordinal else SqlText for name in names}
    lists = (bindparam(name, type_=ARRAY(kind)) for name, kind in kinds.items())
    return func.unnest(*lists).table_valued(*names, name=names[0]).render_derived().c


def _within(path: ColumnElement[Any]) -> ColumnElement[bool]:
    """Whatever is filed below a path, in the order of the index."""
    low, high = (func.concat(path, edge) for edge in (PATH, BEYOND))
    return and_(C.bearer_key.op("~>=~")(low), C.bearer_key.op("~<~")(high))


def _standing() -> Any:
    """Villages and estates are told too by addresses that are filed under a street."""
    filed, named = _rows("paths"), _rows("villages", "units", "names")
    gate = _rows("estates", "bearers", "plates", "ordinals", "called", ordinal="ordinals")
    of_village = and_(C.unit == named.units, C.community == named.names)
    behind = and_(C.bearer_key == gate.bearers, C.ordinal == gate.ordinals, C.plate_key == gate.plates)
    return union(
        _those(filed.paths, C.bearer_key == filed.paths), _those(filed.paths, _within(filed.paths)),
        _those(named.villages, of_village), _those(gate.estates, and_(behind, C.estate == gate.called)),
    )  # fmt: skip


def _those(path: ColumnElement[Any], bears: ColumnElement[bool]) -> Select[Any]:
    """Place by place along an index: of a day without any address the planner would rather read the whole table."""
    one = select(literal(1)).where(bears, _HOLDS).limit(1).lateral()
    return select(path).join(one, true())


_STANDING = _standing()
