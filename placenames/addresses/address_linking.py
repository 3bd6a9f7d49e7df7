"""Linking: addresses that were sent without a code take the code of the address in force that reads the same."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, func, literal, select, update

from gis.history import in_force
from gis.intake.beside import Staged


def take_known_codes(staged: Staged) -> None:
    """Gives rows without a code of their own the code under which the same address is in force.

    Where a made code is borne by another address meanwhile (its street was renamed), the row gets a code of its own.
    """
    s, v = staged.register.staging, staged.register.table
    without = and_(s.c.delivery == staged.delivery, s.c.code == _made(s.c.exact_key))
    same = and_(in_force(v, staged.day), v.c.exact_key == s.c.exact_key)
    staged.tx.execute(update(s).where(without, same, v.c.code != s.c.code).values(code=v.c.code))
    taken = select(v.c.version).where(in_force(v, staged.day), v.c.code == s.c.code, v.c.exact_key != s.c.exact_key)
    another = func.upper(func.left(func.md5(s.c.exact_key + literal(f"/{staged.delivery}")), 18))
    staged.tx.execute(update(s).where(without, taken.exists()).values(code=literal("A") + another))


def _made(exact_key: ColumnElement[str]) -> ColumnElement[str]:
    return literal("A") + func.upper(exact_key)
