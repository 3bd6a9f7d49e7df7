"""Linking: addresses that were sent without a code take the code of the address in force that reads the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, any_, bindparam, func, literal, select, update
from sqlalchemy import Text as SqlText
from sqlalchemy.dialects.postgresql import ARRAY

from gis.history import in_force
from gis.intake.beside import Staged
from placenames.addresses.plates import GIVEN_UP


def known_again(staged: Staged, made: Sequence[str]) -> dict[str, str]:
    """Of codes that were made of how an address reads, those of addresses in force that read so under another code.

    What was given up is another address, and where a made code is in force itself it stays.
    """
    v = staged.register.table
    reads_so = v.c.exact_key == any_(bindparam("keys", type_=ARRAY(SqlText)))
    living = and_(in_force(v, staged.day), func.coalesce(v.c.status, "").not_in(GIVEN_UP))
    itself: Any = v.alias()
    made_so = and_(in_force(itself, staged.day), itself.c.code == _made(v.c.exact_key), itself.c.exact_key == v.c.exact_key)
    asked = (
        select(_made(v.c.exact_key), v.c.code).where(reads_so, living, ~select(itself.c.version).where(made_so).exists())
        .order_by(v.c.code.desc())
    )  # fmt: skip
    rows = staged.tx.execute(asked, {"keys": [code[1:].lower() for code in made]})
    return {each: code for each, code in rows}  # noqa: C416 - rows are no pairs to mypy


def free_made_codes(staged: Staged) -> None:
    """Where a made code is borne by another address meanwhile (its street was renamed), the row gets a code of its own."""
    s, v = staged.register.staging, staged.register.table
    without = and_(s.c.delivery == staged.delivery, s.c.code == _made(s.c.exact_key))
    taken = select(v.c.version).where(in_force(v, staged.day), v.c.code == s.c.code, v.c.exact_key != s.c.exact_key)
    another = func.upper(func.left(func.md5(s.c.exact_key + literal(f"/{staged.delivery}")), 18))
    staged.tx.execute(update(s).where(without, taken.exists()).values(code=literal("A") + another))


def _made(exact_key: ColumnElement[str]) -> ColumnElement[str]:
    return literal("A") + func.upper(exact_key)
