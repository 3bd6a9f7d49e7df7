"""Same names: which other places are called the same, sound the same or nearly so, where they are and how far away.

"Same" and "homophone" are not defined by the national law. Two names are the same when their folded writing is equal, or
when only 新, 大 or the name of the county or city tells them apart (铜陵's rule, a secondary source); they are homophones
when they sound alike without tones. Which part is compared, and on which ground, follows from the scope.

Every look-up goes by an index and a unit-code prefix and ends after `MOST` finds: the most common name of the country
costs no more than a rare one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    Subquery,
    and_,
    any_,
    case,
    cast,
    exists,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy import Text as SqlText

from boundaries.units import UNITS
from gis.settings import Settings
from placenames.appellations import APPELLATIONS, in_strata
from placenames.checks.ground import metres, stands, within_m
from placenames.checks.scoping import (
    BYTEWISE,
    OF_THE_NATION,
    TWINS,
    Kind,
    above_county,
    at_level,
    beginning,
    begins_with,
    is_of,
)
from placenames.checks.uniqueness import Area, Compared
from placenames.names import BUILT_UP, NAMES

MODIFIERS = "新大"
MOST = 20
"""Finds of one kind of likeness per name: nobody reads more, and everybody's neighbour is called 新村."""
SAME, CORE, SOUND, CORE_SOUND, LETTER = "same", "core", "sound", "core_sound", "letter"


def same_names(
    rows: Subquery,
    which: ColumnElement[bool],
    area: Area,
    compare: Compared,
    kinds: tuple[Kind, ...],
    settings: Settings,
) -> Select[Any]:
    """SELECT of what each row shares its name or sound with among registered places of some kinds on its ground.

    Columns: those of the row (`asked_…`), of the other place (`other_…`), `by` (same, core, sound, core_sound),
    `metres` (None without both positions), `built_up` (name of the area in which they were compared, or None).
    """
    r, a = rows.c, APPELLATIONS.c
    built = built_up_of(rows) if area is Area.BUILT_UP else None
    ground = beginning(r.unit, area, settings)
    if built is not None:
        wide = at_level(r.unit, above_county(settings), settings)
        ground = case((built.c.code.is_(None), ground), else_=wide)
    among = [begins_with(in_strata("unit"), ground), is_of(a, a.text, kinds), *_others(r)]
    if built is not None:
        within = func.ST_Intersects(built.c.geom, a.geom)
        near = begins_with(in_strata("unit"), beginning(r.unit, area, settings))
        among.append(or_(built.c.code.is_(None), within, and_(a.geom.is_(None), near)))
    if any(kind.category == "NAT" for kind in kinds):
        among.append(_is_famous(a.place))
    found = _found(rows, compare, and_(*among))
    return _told(rows, found, settings, built).where(which)


def near_names(rows: Subquery, which: ColumnElement[bool], settings: Settings) -> Select[Any]:
    """SELECT of the same columns for names of the same category and county with the same specific part."""
    a = APPELLATIONS.c
    among = and_(
        begins_with(in_strata("unit"), beginning(rows.c.unit, Area.COUNTY, settings)),
        a.category == rows.c.category,
        *_others(rows.c),
    )
    by_core = _one(CORE, and_(a.core == any_(rows.c.cores), among))
    return _told(rows, by_core.lateral("other"), settings).where(which)


def letter_apart(rows: Subquery, settings: Settings) -> Select[Any]:
    """SELECT of the same columns for names of the same category and county that differ from a row's in one character.

    Specific parts of at least three characters are compared, with equal generic parts. Those are found that begin with
    the same two characters, or lie within the distance that counts as near.
    """
    r, a = rows.c, APPELLATIONS.c
    begins = func.left(r.key, 2)
    similar = or_(*(a.key.like(pattern) for pattern in _patterns(r)))
    among = and_(
        begins_with(in_strata("unit"), beginning(r.unit, Area.COUNTY, settings)),
        a.category == r.category,
        func.char_length(r.core) > 2,
        a.core != r.core,
        generic_of(a) == generic_of(r),
        similar,
        *_others(r),
    )
    beside = and_(
        a.key.op("~>=~", **BYTEWISE)(begins),
        a.key.op("~<~", **BYTEWISE)(begins.concat("\U0010ffff")),
        a.key != r.key,
    )
    around = within_m(a.geom, r.geom, settings.name_near_m)
    found = union_all(_one(LETTER, and_(beside, among)), _one(LETTER, and_(around, a.key != r.key, among)))
    return _told(rows, found.lateral("other"), settings)


def _patterns(r: Any) -> list[ColumnElement[str]]:
    """What a folded name looks like with one of its first eight characters open; the signs of LIKE stand for themselves."""
    length = func.char_length(r.key)
    return [
        case(
            (
                length > at,
                _plainly(func.left(r.key, at)).concat("_").concat(_plainly(func.substr(r.key, at + 2))),
            ),
            else_=null(),
        )
        for at in range(8)
    ]


def _plainly(text: ColumnElement[str]) -> ColumnElement[str]:
    return func.regexp_replace(text, r"([\\%_])", r"\\\1", "g")


def _found(rows: Subquery, compare: Compared, among: ColumnElement[bool]) -> FromClause:
    r, a = rows.c, APPELLATIONS.c
    alike = generic_of(a) == generic_of(r)
    same_core = a.core == any_(r.cores)
    by_sound = and_(a.core_sound == any_(r.core_sounds), not_(same_core))
    if compare is Compared.SPECIFIC:
        ways = [(CORE, same_core), (CORE_SOUND, by_sound)]
    else:
        ways = [
            (SAME, a.key == r.key),
            (CORE, and_(same_core, a.key != r.key, alike)),
            (SOUND, and_(a.sound == r.sound, a.key != r.key)),
            (CORE_SOUND, and_(by_sound, alike)),
        ]
    return union_all(*(_one(by, and_(test, among)) for by, test in ways)).lateral("other")


def _one(by: str, test: ColumnElement[bool]) -> Select[Any]:
    """One way of being alike, bounded."""
    a = APPELLATIONS.c
    columns = (a.place, a.code, a.text, a.kind, a.since, a.until, a.unit, a.class_code, a.key, a.core,
               a.historical, a.public_since, a.geom)  # fmt: skip
    return select(literal(by).label("by"), *columns).where(test).limit(MOST).correlate_except(APPELLATIONS)


def _others(r: Any) -> list[ColumnElement[bool]]:
    """What is no other place: the place itself, and the second record of a village that is its committee."""
    a = APPELLATIONS.c
    nested = or_(func.starts_with(a.unit, r.unit), func.starts_with(r.unit, a.unit))
    twin = and_(func.coalesce(a.class_code, "") == case(TWINS, value=r.class_code, else_="-"), nested)
    return [a.place.is_distinct_from(r.place), a.code.is_distinct_from(r.code), not_(twin)]


def generic_of(c: Any) -> ColumnElement[str]:
    """What follows the specific part in a folded name, without 新 or 大 in front: 大街 and 街 are alike."""
    after = func.substr(c.key, func.strpos(c.key, c.core) + func.char_length(c.core))
    return func.ltrim(after, MODIFIERS)


def _is_famous(place: ColumnElement[Any]) -> ColumnElement[bool]:
    n = NAMES.table
    return exists().where(n.c.id == place, stands(n), n.c.protected.like(OF_THE_NATION))


def built_up_of(rows: Subquery) -> FromClause:
    """The built-up area in which a row lies, if one is loaded."""
    b = BUILT_UP.table
    lies = func.ST_Intersects(b.c.geom, rows.c.geom)
    return (
        select(b.c.code, b.c.name, b.c.geom)
        .where(stands(b), lies)
        .order_by(b.c.code)
        .limit(1)
        .lateral("built")
    )


def _told(
    rows: Subquery, found: FromClause, settings: Settings, built: FromClause | None = None
) -> Select[Any]:
    r, o = rows.c, found.c
    unit = UNITS.table
    above = [o.unit, *(at_level(o.unit, level, settings) for level in (settings.parts_level, "county"))]
    lowest = (
        select(unit.c.name)
        .where(unit.c.code.in_(above), stands(unit))
        .order_by(func.length(unit.c.code).desc())
    )
    unit_name = lowest.limit(1).scalar_subquery()
    n = NAMES.table
    settled = exists().where(n.c.code == r.code, stands(n), n.c.name == r.name)
    joined: FromClause = rows if built is None else rows.join(built, true(), isouter=True)
    return (
        select(
            *(r[name].label(f"asked_{name}") for name in ASKED),
            settled.label("settled"),
            *(o[name].label(f"other_{name}") for name in OTHERS),
            unit_name.label("other_unit_name"),
            func.ST_X(o.geom).label("lon"),
            func.ST_Y(o.geom).label("lat"),
            o.by,
            metres(r.geom, o.geom).label("metres"),
            (cast(null(), SqlText) if built is None else built.c.name).label("built_up"),
        )
        .select_from(joined.join(found, true()))
        .order_by(r.row)
    )  # fmt: skip


ASKED = ("row", "name", "code", "category", "class_code", "unit", "key", "core", "named_on", "protected")
OTHERS = (
    "place",
    "code",
    "text",
    "kind",
    "since",
    "until",
    "unit",
    "class_code",
    "key",
    "core",
    "historical",
    "public_since",
)

written_once: Callable[..., Any] = lru_cache(maxsize=64)
"""For questions about candidates: to write one costs more than to answer it."""
