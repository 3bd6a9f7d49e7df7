"""Unit names: divisions that are registered as units, beside the names that divisions are to bear."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, exists, func, not_, or_, select

from boundaries.units import UNITS
from gis.intake.rules import Offence, Severity
from gis.text import Text
from placenames.appellations import APPELLATIONS
from placenames.checks.asked import Asked
from placenames.checks.ground import stands
from placenames.checks.scoping import beginning
from placenames.checks.uniqueness import Scope
from placenames.names import NAMES

MESSAGE = Text(
    "“{name}”与在册政区 {code} 重名。比较范围:{within}",
    "“{name}” is the name of the registered unit {code}. Compared within {within}",
)
FIX = Text(
    "另拟名称;如是同一政区,所在政区填写该政区的代码",
    "find another name; if it is that unit, give its code as the unit",
)


def alike(asked: Asked, which: ColumnElement[bool], scope: Scope) -> Iterator[Offence]:
    """Divisions whose name a unit bears that is another and has no entry of its own among the names."""
    r, u, a = asked.rows.c, UNITS.table, APPELLATIONS.c
    ground = beginning(r.unit, scope.area, asked.settings)
    itself = or_(u.c.code == r.unit, func.coalesce(func.starts_with(r.code, u.c.code), False))
    told_already = exists().where(a.key == r.key, a.category == "ADM", func.starts_with(a.code, u.c.code))
    statement = (
        select(r.row, r.name, r.code, u.c.code.label("unit"))
        .join_from(asked.rows, u, u.c.name == r.name)
        .where(which, stands(u), func.starts_with(u.c.code, ground), not_(itself), not_(told_already))
        .order_by(r.row, u.c.code)
    )
    for row in asked.answers(statement):
        values = {"name": row.name, "code": row.unit, "within": scope.area.text}
        key = row.code or row.name
        yield Offence(NAMES.name, row.row, None, values, Severity.ERROR, key=key, text=MESSAGE, fix=FIX)
