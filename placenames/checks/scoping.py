"""Scoping: which rule says where a name must be alone, and on which ground, told as conditions for many names at once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, false, func, literal, not_, or_, true

from gis.codes import levels
from gis.errors import BadInput
from gis.settings import Settings
from placenames.checks.uniqueness import (
    NATURAL_VILLAGE,
    Area,
    Compared,
    Scope,
    scope_of,
    scopes,
)
from placenames.kinds import NATURAL_VILLAGE_CLASS, Category
from placenames.shipped import NATIONAL

FAMOUS = "famous"
OF_THE_NATION = "%国家%"
"""A natural feature counts as famous where its entry in the list of protected names says so: there is no national list."""
ENDINGS = {
    "subdistrict": ("街道",),
    "township": ("镇", "乡", "苏木"),
    "prefecture": ("自治州", "地区", "盟"),
    "province": ("自治区", "省"),
    "county": ("县", "区", "旗", "市"),
}
"""Level of a division -> how its name ends, the first that fits; a 街道 is one whatever its class."""
CLASSES = {"21200": "province", "21300": "prefecture", "21400": "county", "21500": "township"}
TWINS = {"21610": "27610", "27610": "21610", "21620": "27620", "27620": "21620"}
"""A village or community and its committee are two records of one place."""
AFTER_DIGITS = ":"
"""Stands after every digit, so that codes that begin with P lie between P and P: ."""

BYTEWISE: Any = {"precedence": 10, "is_comparison": True}


class Kind(NamedTuple):
    """A category and the level within it: what decides where a name must be alone."""

    category: str
    level: str


KINDS = tuple(
    dict.fromkeys(
        [*(Kind(each.category, each.level) for each in scopes()), *(Kind(each, "") for each in Category)]
    )
)


def level_told(category: str, class_code: str, name: str, protected: str = "") -> str:
    """The level of a place by its class and by how its name ends; empty where a category has none."""
    if category == Category.NAT:
        return FAMOUS if OF_THE_NATION.strip("%") in protected else ""
    if category == Category.VIL:
        return NATURAL_VILLAGE if class_code == NATURAL_VILLAGE_CLASS else ""
    if category != Category.ADM:
        return ""
    by_ending = next((level for level, endings in ENDINGS.items() if name.endswith(endings)), "")
    return by_ending if by_ending == "subdistrict" else CLASSES.get(class_code, by_ending)


def division_level(columns: Any, name: ColumnElement[str]) -> ColumnElement[str]:
    """The level of divisions, told of many rows in the same way."""
    endings = [
        (or_(*(name.like(f"%{ending}") for ending in found)), literal(level))
        for level, found in ENDINGS.items()
    ]
    subdistrict, *others = endings
    classes = [(columns.class_code == code, literal(level)) for code, level in CLASSES.items()]
    return case(subdistrict, *classes, *others, else_="")


def is_of(columns: Any, name: ColumnElement[str], kinds: Sequence[Kind]) -> ColumnElement[bool]:
    """Whether rows are of one of some kinds."""
    return or_(
        false(),
        *(and_(columns.category == kind.category, _is_at(columns, name, kind)) for kind in kinds),
    )


def _is_at(columns: Any, name: ColumnElement[str], kind: Kind) -> ColumnElement[bool]:
    if kind.category == Category.NAT:
        famous = (
            func.coalesce(columns.protected, "").like(OF_THE_NATION) if "protected" in columns else true()
        )
        return famous if kind.level == FAMOUS else not_(famous)
    if kind.category == Category.VIL:
        natural = func.coalesce(columns.class_code, "") == NATURAL_VILLAGE_CLASS
        return natural if kind.level else not_(natural)
    return division_level(columns, name) == kind.level if kind.category == Category.ADM else true()


Held = tuple[Kind, str, list[str]]
"""A kind of places, and the ground it is on: the beginning of the unit codes, and closer ones that are not meant."""


def scopes_of(rule: str, on: date, settings: Settings) -> list[tuple[Scope, list[Held]]]:
    """The scopes of a rule on a day, each with what it is for."""
    places = ["", *sorted({each.jurisdiction for each in scopes()} - {NATIONAL})]
    found: dict[int, tuple[Scope, list[Held]]] = {}
    for kind in KINDS:
        for place in places:
            scope = scope_of(kind.category, kind.level, place or NATIONAL, on)
            if scope is not None and scope.rule == rule:
                closer = [each for each in places if each != place and each.startswith(place)]
                _, held = found.setdefault(id(scope), (as_set(scope, settings), []))
                held.append((kind, place, closer))
    return list(found.values())


def scope_for(kind: Kind, unit: str, on: date, settings: Settings) -> Scope | None:
    """The scope of one name, as this deployment compares names of its category."""
    scope = scope_of(kind.category, kind.level, unit or NATIONAL, on)
    return None if scope is None else as_set(scope, settings)


def kinds_beside(scope: Scope, unit: str, on: date) -> list[Kind]:
    """The kinds of places among which a name must be alone: those that the same rule holds together there."""
    held = [kind for kind in KINDS if kind.category == scope.category]
    found = [(kind, scope_of(kind.category, kind.level, unit or NATIONAL, on)) for kind in held]
    return [kind for kind, other in found if other is not None and other.rule == scope.rule]


def as_set(scope: Scope, settings: Settings) -> Scope:
    """A scope with the part of names that this deployment compares. Raises BadInput for a setting that says nothing."""
    for part in filter(None, settings.name_compare.replace(" ", "").split(",")):
        category, _, compared = part.partition(":")
        if category not in set(Category) or compared not in set(Compared):
            raise BadInput(
                "设置 JIEZHI_NAME_COMPARE 中“{part}”应写作 类别:full 或 类别:specific",
                "in JIEZHI_NAME_COMPARE, “{part}” should read category:full or category:specific",
                part=part,
            )
        if category == scope.category:
            scope = replace(scope, compare=Compared(compared))
    return scope


LEVELS = {
    Area.PROVINCE: "province",
    Area.COUNTY: "county",
    Area.TOWNSHIP: "township",
    Area.BUILT_UP: "county",
}


def beginning(unit: ColumnElement[str], area: Area, settings: Settings) -> ColumnElement[str]:
    """The beginning of unit codes that a ground has: of its level where the code reaches it, else the whole code."""
    if area is Area.NATION:
        return literal("")
    return at_level(unit, LEVELS[area], settings)


def at_level(unit: ColumnElement[str], level: str, settings: Settings) -> ColumnElement[str]:
    """The code of the unit of a level in which a unit lies; the unit itself where it is of a higher level."""
    pattern = levels(settings.unit_codes).get(level)
    if pattern is None:
        return unit
    return func.coalesce(func.substring(unit, f"^(?:{pattern.pattern})"), unit)


def above_county(settings: Settings) -> str:
    """The level above the county: built-up areas cross the counties of a city."""
    order = list(levels(settings.unit_codes))
    return order[max(order.index("county") - 1, 0)] if "county" in order else order[0]


def begins_with(unit: ColumnElement[str], prefix: ColumnElement[str]) -> ColumnElement[bool]:
    """Whether codes begin with a prefix, as an index that compares byte by byte finds them."""
    after = prefix.concat(AFTER_DIGITS)
    return and_(unit.op("~>=~", **BYTEWISE)(prefix), unit.op("~<~", **BYTEWISE)(after))


def held_by(columns: Any, held: Sequence[Held]) -> ColumnElement[bool]:
    """The rows that a scope is for."""
    tests = []
    for kind, place, closer in held:
        here = columns.unit.like(f"{place}%") if place else true()
        elsewhere = [columns.unit.like(f"{each}%") for each in closer]
        tests.append(and_(is_of(columns, columns.name, [kind]), here, *(not_(each) for each in elsewhere)))
    return or_(false(), *tests)


def ground_of(code: str, level: str, settings: Settings) -> str:
    """The code of the unit of a level in which a unit code lies; the code itself where it is of a higher level."""
    pattern = levels(settings.unit_codes).get(level)
    found = re.match(pattern, code) if pattern else None
    return found.group() if found else code
