"""Addresses and the names they bear: which would follow when a street, village or estate is called otherwise.

An address follows a name of the register when what bears its number is called so in the place's own unit, and no other
place of the kind there bears the name. It keeps its identity: the version that ends is the old entry of the table of old
and new numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Connection,
    Select,
    and_,
    exists,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from gis import history
from gis.history import in_force
from placenames.addresses.address_keys import PATH
from placenames.addresses.addresses import ADDRESSES, LOCAL, keys_of, standard_text
from placenames.addresses.parsing.address_lexicon import without_committee
from placenames.addresses.toponyms import TOPONYMS
from placenames.casework.renamings import BEARERS, Bearer, Renaming
from placenames.names import NAMES

FIELDS = {"ROD": ("street",), "VIL": ("community", "hamlet"), "RES": ("estate",), "FAC": ("estate",)}
"""Category of a name -> the fields of addresses in which it stands."""
AFTER = chr(ord(PATH) + 1)
LEVEL_OF = {"street": "road", "community": "community", "hamlet": "hamlet", "estate": "estate"}
C = ADDRESSES.table.c


def addresses_called(change: Renaming, day: date) -> CompoundSelect[Any]:
    """Every address that bears a name, field by field: version, id, code, label, field, before, proposed, how, follows."""
    return union_all(*(_in_field(each, change, day) for each in FIELDS.get(change.category, ("street",))))


def rename_addresses(tx: Connection, change: Renaming, day: date, submission: int) -> int:
    """Lets addresses follow a new name from a day on, with their text and keys; answers how many did."""
    if change.new is None or change.category not in FIELDS:
        return 0
    touched = addresses_called(change, day).subquery("touched").c
    columns = [C[name] for name in ("id", "unit", *LOCAL)]
    statement = select(*columns, touched.field, touched.proposed).where(C.version == touched.version)
    rows = [dict(row) for row in tx.execute(statement).mappings()]
    changes = {row["id"]: _renamed(row) for row in rows}
    history.rewrite(tx, ADDRESSES.table, [(each, day, None, values) for each, values in changes.items()], submission)
    return len(changes)


def _renamed(row: Mapping[str, Any]) -> dict[str, Any]:
    words = {name: row[name] for name in LOCAL} | {row["field"]: row["proposed"]}
    return {row["field"]: row["proposed"], "text": standard_text(words), **keys_of(row["unit"], words)._asdict()}


def _in_field(field: str, change: Renaming, day: date) -> Select[Any]:
    written = {change.old, without_committee(change.old)}
    short, new = without_committee(change.old), change.new and without_committee(change.new)
    proposed = null() if new is None else func.replace(C[field], short, new)
    t = TOPONYMS.c
    theirs = or_(t.street_code == change.code, ~_another(t.unit, change, day))
    of_it = (
        select(t.unit, t.path, t.gate_bearer, t.gate_plate)
        .where(t.level == LEVEL_OF[field], t.name.in_(written), _kin(t.unit, change.unit), theirs)
        .distinct().subquery("of_it")
    )  # fmt: skip
    reads_so = C[field].startswith(short) if field == "street" else C[field].in_(written)
    return (
        select(C.version, C.id, C.code, func.coalesce(C.text, C.code).label("label"), literal(field).label("field"),
               C[field].label("before"), proposed.label("proposed"), literal("full").label("how"),
               literal(change.new is not None).label("follows"))
        .where(in_force(ADDRESSES.table, day), _found_by(field, of_it), reads_so)
        .distinct()
    )  # fmt: skip


def _found_by(field: str, of_it: Any) -> ColumnElement[bool]:
    """How the addresses of a toponym are found along an index."""
    below = _below(of_it.c.path)
    if field == "community":
        return and_(C.unit == of_it.c.unit, C.community.is_not(None))
    if field == "estate":
        return or_(below, and_(C.bearer_key == of_it.c.gate_bearer, C.plate_key == of_it.c.gate_plate))
    return below


def _below(path: Any) -> ColumnElement[bool]:
    """The bearer is this or lies below it, told in the order of the index."""
    first, behind = func.concat(path, PATH), func.concat(path, AFTER)
    return or_(C.bearer_key == path, and_(C.bearer_key.op("~>=~")(first), C.bearer_key.op("~<~")(behind)))


def _kin(unit: Any, other: str) -> Any:
    """The units are the same, or one lies in the other."""
    return or_(unit.startswith(other), literal(other).startswith(unit))


def _another(unit: Any, change: Renaming, day: date) -> Any:
    """Whether another place of the kind bears the name there."""
    n = NAMES.table.alias("another").c
    same = and_(n.name == change.old, n.category == change.category, n.id != change.place)
    alive = and_(n.valid_from <= day, or_(n.valid_to.is_(None), n.valid_to > day), n.superseded_at.is_(None))
    return exists().where(same, alive, or_(n.unit.startswith(unit), func.starts_with(unit, n.unit)))


BEARERS[ADDRESSES.name] = Bearer(addresses_called, rename_addresses)
