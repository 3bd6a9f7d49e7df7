"""Mentioning: which fields of which records mention a name, as questions to the database.

A name in full is looked for in every field in which a register mentions places; its specific part in the names of other
records only, and both only inside the area in which the words can mean this place.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Index,
    Select,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    true,
    union_all,
)
from sqlalchemy import Text as SqlText

from boundaries.units import UNITS
from gis.history import in_force
from gis.intake.standing import mentions
from gis.registers import REGISTERS, Register
from placenames.casework.renamings import BEARERS, Renaming
from placenames.names import NAMES

_C = NAMES.table.c
_KNOWN = text("superseded_at IS NULL")
DOUBLED = func.regexp_replace(
    _C.name, literal_column("'(.)'"), literal_column(r"'\1\1'"), literal_column("'g'"), type_=SqlText
)
"""A name whose every letter stands twice: two letters hold no trigram, four do, so that 石门 is found inside 新石门小区."""
Index("ix_names_unit", _C.unit, postgresql_ops={"unit": "text_pattern_ops"}, postgresql_where=_KNOWN)
Index("ix_names_named_after", _C.named_after, postgresql_where=and_(_C.superseded_at.is_(None), _C.named_after.is_not(None)))
Index("ix_names_doubled", DOUBLED.label("doubled"), postgresql_using="gin", postgresql_ops={"doubled": "gin_trgm_ops"},
      postgresql_where=_KNOWN)  # fmt: skip
TELLING = 2
"""From so many letters on a specific part says something: 江 alone stands in too many names."""


def concerned() -> list[Register]:
    """The registers in which places are mentioned, and those whose records bear their names."""
    return [register for name, register in REGISTERS.items() if register.mentions or name in BEARERS]


def touched(register: Register, change: Renaming, day: date) -> CompoundSelect[Any]:
    """Every field of a register that mentions a name: version, id, code, label, field, before, proposed, how, follows."""
    if register.name in BEARERS:
        return BEARERS[register.name].touched(change, day)
    return union_all(*(_in_field(register, field, change, day) for field in register.mentions))


def _in_field(register: Register, field: str, change: Renaming, day: date) -> Select[Any]:
    v, c = register.table, register.table.c
    in_full = _holds(c[field], change.old)
    derived = _holds(c[field], change.specific) if _can_derive(field, change) else false()
    named_after = c[register.named_after] == change.code if register.named_after and field == "name" else false()
    if change.new is not None and change.new_specific == change.specific:
        named_after = false()  # only the generic part changes: what is named after the specific part stays right
    proposed = case(
        (in_full, _replaced(c[field], change.old, change.new)),
        (derived, _replaced(c[field], change.specific, change.new_specific)),
        else_=null(),
    )
    how = case((in_full, "full"), (derived, "specific"), else_="named_after")
    label = c["name"] if "name" in c else c["number"] if "number" in c else c["code"]
    return select(
        c.version,
        c.id,
        c.code,
        func.coalesce(label, c.code, "").label("label"),
        literal(field).label("field"),
        func.coalesce(c[field], "").label("before"),
        proposed.label("proposed"),
        how.label("how"),
        _follows(register, field, change).label("follows"),
    ).where(
        in_force(v, day),
        _in_the_area(register, change.area, day),
        or_(in_full, derived, named_after),
        c.id != change.place,
        ~_is_a_namesake(register, field, change),
    )


def _is_a_namesake(register: Register, field: str, change: Renaming) -> ColumnElement[bool]:
    """Another place of the kind that bears the same name has it of its own: often it is why this one changes."""
    if register is not NAMES or field != "name":
        return false()
    of_its_own = _C.named_after.is_distinct_from(change.code)
    return and_(_C.name == change.old, _C.category == change.category, of_its_own)


def _can_derive(field: str, change: Renaming) -> bool:
    """Names are derived from the specific part; where that stays, or says too little, nothing follows from it."""
    return field == "name" and len(change.specific) >= TELLING and change.new_specific != change.specific


def _follows(register: Register, field: str, change: Renaming) -> ColumnElement[bool]:
    """The unit that bears the name gets it with the announcement of an ADM case."""
    if register is not UNITS or field != "name" or change.category != "ADM" or change.new is None:
        return false()
    return bears_the_name(change.code, change.unit, change.old)


def bears_the_name(code: str, unit: str, name: str) -> ColumnElement[bool]:
    """The unit whose name a division's place name is: that of its own code, or of its place-name code's beginning."""
    c = UNITS.table.c
    its_own = or_(c.code == unit, c.code == code[:6], c.code == code[:9], c.parent == unit)
    return and_(c.name == name, its_own)


def _in_the_area(register: Register, area: str, day: date) -> ColumnElement[bool]:
    """The record lies in an area, itself or through the record it belongs to; registers without area count as inside."""
    if not area:
        return true()
    if register.area_fields:
        return mentions(register, [area])
    tests = [
        register.table.c[field].in_(
            select(REGISTERS[target].table.c.code).where(
                in_force(REGISTERS[target].table, day), mentions(REGISTERS[target], [area])
            )
        )
        for field, target in register.refers.items()
    ]
    return or_(*tests) if tests else true()


def _holds(column: ColumnElement[Any], words: str) -> ColumnElement[bool]:
    if column is _C.name:
        return DOUBLED.contains("".join(letter * 2 for letter in words), autoescape=True)
    return column.contains(words, autoescape=True)


def _replaced(column: ColumnElement[Any], old: str, new: str | None) -> ColumnElement[Any]:
    return cast(null(), SqlText) if new is None else func.replace(column, old, new)
