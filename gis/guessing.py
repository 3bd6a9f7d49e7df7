"""Guessing at passwords: tries are counted, and whoever has tried too often waits.

A try counts three times: against a name from one place, against the place, and against the name from anywhere. The first
stops a guesser after few tries without shutting out whoever bears the name; the second stops one who goes from name to
name; the third, ten times as patient, one who comes from many places. Names and places are kept as hashes, and not for
longer than the counting takes.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
)

from gis.db import SCHEMA, alone, metadata
from gis.errors import TooMany

FAILURES = Table(
    "sign_in_failure",
    metadata,
    Column("id", BigInteger, Identity(), primary_key=True),
    Column("name", Text, nullable=False, key="against"),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    schema=SCHEMA,
)
TRIES, TRIES_OF_A_PLACE, TRIES_AT_A_NAME = 8, 40, 80
TRIES_WITHIN = timedelta(minutes=15)
SITE = 64
"""Bits of an IPv6 address that tell sites apart; whoever has one such address has all of them."""


def count_try(tx: Connection, name: str, place: str) -> list[int]:
    """Counts a try at a name from a place (client address, or nothing); answers what it was entered as.

    Raises TooMany. Many at once are not more than many one after the other.
    """
    limits = _limits(name, place)
    for against in limits:
        alone(tx, f"sign_in/{against}")
    tx.execute(delete(FAILURES).where(FAILURES.c.at < func.now() - TRIES_WITHIN))
    counted = select(FAILURES.c.against, func.count()).where(FAILURES.c.against.in_(limits))
    for against, tries in tx.execute(counted.group_by(FAILURES.c.against)):
        if tries >= limits[against]:
            raise TooMany(
                "登录失败次数过多,请15分钟后再试", "too many failed sign-ins; try again in 15 minutes"
            )
    entered = insert(FAILURES).values([{"against": against} for against in limits])
    return list(tx.scalars(entered.returning(FAILURES.c.id)))


def forgive(tx: Connection, name: str, place: str, entered: list[int]) -> None:
    """Forgets what counts against a name after its bearer signed in; others' tries from that place still count."""
    at_the_name, of_both, _ = _limits(name, place)
    tx.execute(
        delete(FAILURES).where(FAILURES.c.against.in_([at_the_name, of_both]) | FAILURES.c.id.in_(entered))
    )


def _limits(name: str, place: str) -> dict[str, int]:
    """What a try counts against -> how often; always in this order, so that nobody waits in a ring."""
    site = site_of(place)
    return {
        _hashed("name", name): TRIES_AT_A_NAME,
        _hashed("both", name, site): TRIES,
        _hashed("place", site): TRIES_OF_A_PLACE,
    }


def site_of(place: str) -> str:
    """The place a client address belongs to: itself, or the network that whoever has one such address has whole."""
    try:
        address = ip_address(place)
    except ValueError:  # a socket, a terminal
        return place
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((int(address), SITE), strict=False))
    return str(address)


def _hashed(*words: str) -> str:
    return hashlib.sha256("\0".join(words).encode("utf-8", "replace")).hexdigest()
