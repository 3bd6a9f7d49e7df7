"""Addresses and the names they bear: which would follow when a street, village or estate is called otherwise.

An address follows a name of the register when what bears its number is called so in the place's own unit, and no other
place of the kind there bears the name. It keeps its identity: the version that ends is the old entry of the table of old
and new numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from itertools import zip_longest
from typing import Any
from uuid import UUID

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
    return _called(change, day, in_force(ADDRESSES.table, day))


def rename_addresses(tx: Connection, change: Renaming, day: date, submission: int) -> int:
    """Lets addresses follow a new name from a day on, with their text and keys; answers how many did.

    What is published for later days follows too, and keeps everything else that it says.
    """
    if change.new is None or change.category not in FIELDS:
        return 0
    from_then_on = and_(history.as_known(ADDRESSES.table, None), or_(C.valid_to.is_(None), C.valid_to > day))
    touched = _called(change, day, from_then_on).subquery("touched").c
    columns = [C[name] for name in ("id", "version", "unit", "valid_from", "valid_to", *LOCAL)]
    statement = select(*columns, touched.field, touched.proposed).where(C.version == touched.version)
    versions: dict[int, dict[str, Any]] = {}
    for row in tx.execute(statement.order_by(C.valid_from)).mappings():
        versions.setdefault(row["version"], dict(row) | {"renamed": {}})["renamed"][row["field"]] = row["proposed"]
    following: dict[UUID, list[dict[str, Any]]] = {}
    for each in versions.values():
        following.setdefault(each["id"], []).append(each)
    for one_of_each in zip_longest(*following.values()):
        spans = [_span(each, day) for each in one_of_each if each is not None]
        history.rewrite(tx, ADDRESSES.table, spans, submission)
    return len(following)


def _span(version: Mapping[str, Any], day: date) -> tuple[UUID, date, date | None, dict[str, Any]]:
    """What of a version lies behind a day, with what it reads then."""
    words = {name: version[name] for name in LOCAL} | version["renamed"]
    keys = keys_of(version["unit"], words)._asdict()
    reads = {**version["renamed"], "text": standard_text(words), **keys}
    return version["id"], max(version["valid_from"], day), version["valid_to"], reads


def _called(change: Renaming, day: date, when: ColumnElement[bool]) -> CompoundSelect[Any]:
    return union_all(*(_in_field(each, change, day, when) for each in FIELDS.get(change.category, ("street",))))


def _in_field(field: str, change: Renaming, day: date, when: ColumnElement[bool]) -> Select[Any]:
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
        .where(when, _found_by(field, of_it), reads_so)
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
