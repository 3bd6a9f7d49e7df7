"""Former addresses: what places were numbered before the register, so that an old number finds the new one.

Numbers that changed within the register need no list: every earlier version of an address answers for itself. What was
written down of the time before it (`former`) is taken apart here, once per publication and in its transaction.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Identity,
    Index,
    Integer,
    RowMapping,
    Table,
    delete,
    or_,
    select,
)
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import UUID

from gis import history
from gis.db import SCHEMA, copy_rows, metadata
from gis.intake.publishing import follows
from placenames.addresses.address_keys import PATH, Keys, exact_key_of, numbered, plain
from placenames.addresses.addresses import ADDRESSES

FORMER = Table(
    "former_address",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("address", UUID(as_uuid=True), nullable=False),
    Column("unit", SqlText, nullable=False),
    Column("text", SqlText, nullable=False),
    Column("street", SqlText, nullable=False),
    Column("bearer_key", SqlText, nullable=False),
    Column("plate_key", SqlText, nullable=False),
    Column("ordinal", Integer, nullable=False),
    Index("ix_former_address_address", "address"),
    Index("ix_former_address_plate", "bearer_key", "plate_key", postgresql_ops={"bearer_key": "text_pattern_ops"}),
    schema=SCHEMA,
)
"""`street` is what bore the number, as it was written; empty where only the number was another."""
COLUMNS = [column.name for column in FORMER.c if column.name != "id"]
_ONE = re.compile(r"[^,,;;、()()]+")
_ASIDE = re.compile(r"[((][^))]*[))]")
_SPLIT = re.compile(r"(?P<street>.*?)(?P<lanes>(?:[0-9]+[弄巷])*)(?P<number>[甲乙丙丁临]?[A-Z]*[0-9][^路街巷弄村]*)")


@follows(ADDRESSES.name)
def list_former_addresses(tx: Connection, _submission: int, _day: date, _parents: set[str]) -> None:
    """Lists anew the former addresses of every record whose versions this transaction recorded or superseded."""
    c = ADDRESSES.table.c
    touched = select(c.id).where(or_(c.recorded_at == history.moment(), c.superseded_at == history.moment()))
    if tx.scalar(select(c.id).where(c.id.in_(touched), c.former.is_not(None)).limit(1)) is None:
        return
    tx.execute(delete(FORMER).where(FORMER.c.address.in_(touched)))
    told = (
        select(c.id, c.unit, c.bearer_key, c.street, c.section, c.former)
        .where(c.id.in_(touched), c.former.is_not(None), history.as_known(ADDRESSES.table, None))
        .order_by(c.id, c.valid_from)
    )
    found = {(row[0], row[4], row[5]): row for each in tx.execute(told).mappings() for row in _rows(each)}
    copy_rows(tx, FORMER, COLUMNS, list(found.values()))


def _rows(record: RowMapping) -> Iterator[tuple[Any, ...]]:
    for said in _ONE.findall(_ASIDE.sub("", record["former"])):
        street, keys = former_keys(said, record["unit"], record["bearer_key"])
        if keys.plate_key:
            yield record["id"], record["unit"], said.strip(), street, keys.bearer_key, keys.plate_key, keys.ordinal


def former_keys_in(former: str, unit: str, bearer_key: str) -> Iterator[tuple[str, Keys]]:
    """Each former number that can be read in what was written down, with its keys."""
    for said in _ONE.findall(_ASIDE.sub("", former)):
        _street, keys = former_keys(said, unit, bearer_key)
        if keys.plate_key:
            yield said.strip(), keys


def former_keys(said: str, unit: str, bearer_key: str) -> tuple[str, Keys]:
    """What bore a former number and its keys: `旧街12号`, or `12号` alone at what bears the number now."""
    text = plain(said)
    found = _SPLIT.fullmatch(text)
    read = numbered(found["number"]) if found else None
    if found is None or read is None:
        return "", Keys("", "", "", 0, "")
    lanes = re.findall("[0-9]+[弄巷]", found["lanes"])
    street = found["street"]
    bearer = PATH.join((unit, street, *lanes)) if street else bearer_key
    return street, Keys(bearer, read.key, "", read.ordinal, exact_key_of(unit, text))
