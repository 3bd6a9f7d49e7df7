"""Sent together: names of one delivery that are the same, or sound the same, as those of an earlier row of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true

from gis.intake.rules import Offence, Severity
from gis.sources import NAME_REGULATIONS
from gis.text import Text
from placenames.checks.asked import Asked
from placenames.checks.ground import metres
from placenames.checks.likeness import HOWS, WHYS, Likeness, distance
from placenames.checks.same_names import SAME, SOUND, built_up_of, generic_of
from placenames.checks.scoping import TWINS, above_county, at_level, beginning
from placenames.checks.uniqueness import Area, Compared, Scope
from placenames.names import NAMES

MESSAGE = Text(
    "“{name}”与第 {row} 行的“{other}”{how}:{why};{far}。比较范围:{within}",
    "“{name}” {how} “{other}” in row {row}: {why}; {far}. Compared within {within}",
)
FIX = Text(
    "另拟其中一个名称;如是同一地名,删去重复的记录",
    "rename one of the two; if they are one place, delete the copy",
)
LIKENESSES = {SAME: Likeness.SAME, SOUND: Likeness.SOUND}


def alike(asked: Asked, which: ColumnElement[bool], scope: Scope) -> Iterator[Offence]:
    """The rows that an earlier row of the same ground is like; each names the first such row."""
    for row in asked.answers(_statement(asked, which, scope)):
        near = row.metres is not None and row.metres <= asked.settings.same_place_m
        if row.by == SAME and near and row.class_code == row.other_class_code:
            continue  # two records of one place: PN12
        likeness = LIKENESSES[row.by]
        if likeness is Likeness.SAME and row.key != row.other_key:
            likeness = Likeness.FOLDED if scope.compare is Compared.FULL else Likeness.SPECIFIC
        values = {
            "name": row.name, "other": row.other_name, "row": row.other_row, "how": HOWS[likeness],
            "why": WHYS[likeness], "far": distance(row.metres), "within": scope.area.text,
        }  # fmt: skip
        severity = _weight(row, likeness, binding=scope.binding)
        yield Offence(
            NAMES.name, row.row, None, values, severity, key=row.code or row.name, text=MESSAGE, fix=FIX
        )


def _weight(row: Any, likeness: Likeness, *, binding: bool) -> Severity:
    since = NAME_REGULATIONS.in_force_from
    old = row.named_on is not None and since is not None and row.named_on < since
    if likeness is Likeness.SOUND:
        return Severity.WARNING if binding else Severity.NOTE
    return Severity.ERROR if binding and not old and row.use != "historical" else Severity.WARNING


def _statement(asked: Asked, which: ColumnElement[bool], scope: Scope) -> Select[Any]:
    """Each row beside the first one of its ground with the same key, and with the same sound."""
    r = asked.rows.c
    ground = beginning(r.unit, scope.area, asked.settings)
    joined: Any = asked.rows
    if scope.area is Area.BUILT_UP:
        built = built_up_of(asked.rows)
        joined = asked.rows.join(built, true(), isouter=True)
        wide = at_level(r.unit, above_county(asked.settings), asked.settings)
        ground = case((built.c.code.is_(None), ground), else_=wide.concat(" ").concat(built.c.code))
    full = scope.compare is Compared.FULL
    same = (ground, r.core, generic_of(r)) if full else (ground, r.core)
    sound = (ground, r.sound) if full else (ground, r.core_sound)
    firsts = (
        select(
            r.row,
            func.min(r.row).over(partition_by=same).label("same"),
            func.min(r.row).over(partition_by=sound).label("sound"),
        )
        .select_from(joined)
        .where(which, func.coalesce(r.use, "current") != "historical")
        .subquery("firsts")
    )
    return _beside_the_first(asked, firsts, full=full)


def _beside_the_first(asked: Asked, firsts: Any, *, full: bool) -> Select[Any]:
    one, other, f = asked.rows.alias("one"), asked.rows.alias("another"), firsts.c
    is_same = f.same < f.row
    sounds = (one.c.key != other.c.key) if full else (one.c.core != other.c.core)
    nested = or_(func.starts_with(one.c.unit, other.c.unit), func.starts_with(other.c.unit, one.c.unit))
    twin = and_(
        func.coalesce(one.c.class_code, "") == case(TWINS, value=other.c.class_code, else_="-"), nested
    )
    return (
        select(
            one.c.row, one.c.name, one.c.code, one.c.key, one.c.class_code, one.c.named_on, one.c.use,
            case((is_same, SAME), else_=SOUND).label("by"),
            other.c.source_row.label("other_row"), other.c.name.label("other_name"), other.c.key.label("other_key"),
            other.c.class_code.label("other_class_code"), metres(one.c.geom, other.c.geom).label("metres"),
        )
        .join_from(firsts, one, one.c.row == f.row)
        .join(other, other.c.row == case((is_same, f.same), else_=f.sound))
        .where(or_(is_same, and_(f.sound < f.row, sounds)), ~twin, one.c.code.is_distinct_from(other.c.code))
        .order_by(one.c.row)
    )  # fmt: skip
