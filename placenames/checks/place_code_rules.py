"""Rules about what comes with a name: its code, class, unit and position, and what must not come at all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, func, or_, select, true

from boundaries.areas import UNIT_PARTS
from boundaries.units import UNITS
from gis.intake.rules import Offence, Severity
from gis.settings import Settings
from gis.sources import HOUSE_PRACTICE, PLACE_CLASSES, PLACE_CODES, Source
from gis.text import Text
from placenames import kinds
from placenames.checks.asked import Asked, Candidate
from placenames.checks.entering import check_of_places, check_of_words
from placenames.checks.ground import metres, stands, units_above
from placenames.checks.scoping import at_level

SECRECY = Source("国家秘密目录及测绘成果管理的规定", "", None, "C")
FAR_OUT_M = 100.0
"""A point this far outside its unit is no matter of drawing the line (m)."""


@check_of_words(
    "PC01",
    severity=Severity.ERROR,
    source=PLACE_CODES,
    title=Text("地名代码为 20 位,与类别、政区一致", "Codes have 20 digits and agree with class and unit"),
    message=Text(
        "地名代码“{code}”不是“县 6 位+乡 3 位+类别 5 位+序号 6 位”",
        "the code “{code}” is not made of county (6), town (3), class (5) and number (6 digits)",
    ),
    fix=Text("按国家地名数据库代码编制规则改正", "correct it by the rules of the national database"),
)
def codes_are_well_formed(name: Candidate, _day: date, _settings: Settings) -> Iterator[Offence]:
    """Every exchange with the national database goes by the code."""
    if name.code is None:
        return
    parts = kinds.parts_of_code(name.code)
    if parts is None:
        yield Offence(values={"code": name.code})
        return
    if name.class_code and name.class_code != parts.class_code:
        values = {"code": name.code, "in_code": parts.class_code, "given": name.class_code}
        yield Offence(values=values, text=_OTHER_CLASS, fix=_OTHER_FIX)
    if name.unit and not name.unit.startswith(parts.county[: len(name.unit)]):
        values = {"code": name.code, "in_code": parts.county, "given": name.unit}
        yield Offence(values=values, severity=Severity.WARNING, text=_OTHER_UNIT, fix=_OTHER_FIX)


_OTHER_CLASS = Text(
    "代码 {code} 中的类别是 {in_code},填写的是 {given}",
    "the class in the code {code} is {in_code}, but {given} was given",
)
_OTHER_UNIT = Text(
    "代码 {code} 中的政区是 {in_code},填写的是 {given}",
    "the county in the code {code} is {in_code}, but {given} was given",
)
_OTHER_FIX = Text("改正其中一个", "correct one of the two")


@check_of_words(
    "PC02",
    severity=Severity.WARNING,
    source=PLACE_CLASSES,
    title=Text("类别代码在册,与地名类别一致", "Classes are known and agree with the category"),
    message=Text("类别代码“{given}”不在类别表中", "the class code “{given}” is not in the table"),
    fix=Text("核对类别代码;类别表不全的,可以保留", "check it; the table is not complete, so it may be right"),
)
def classes_are_known(name: Candidate, _day: date, _settings: Settings) -> Iterator[Offence]:
    """The class decides the number in the code and who decides on the name; the standard's full table is not public."""
    given = name.class_code
    if given and kinds.class_of(given) is None:
        yield Offence(values={"given": given})
    found = kinds.category_of(given) if given else None
    if name.category and found and found != name.category:
        values = {"given": given, "found": found.text, "category": kinds.Category(name.category).text}
        yield Offence(values=values, text=_OTHER_CATEGORY, fix=_OTHER_FIX)
    if not name.category and found is None:
        yield Offence(severity=Severity.ERROR, text=_NO_CATEGORY, fix=_NO_CATEGORY_FIX)


_OTHER_CATEGORY = Text(
    "类别代码 {given} 属于“{found}”,填写的类别是“{category}”",
    "the class {given} belongs to “{found}”, but the category given is “{category}”",
)
_NO_CATEGORY = Text(
    "没有地名类别,也不能由类别代码得出", "there is no category, and none follows from the class code"
)
_NO_CATEGORY_FIX = Text("填写地名类别或类别代码", "give the category or the class code")


@check_of_places(
    "PC03",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("PC03"),
    title=Text("所在政区在册", "Units are known"),
    message=Text("所在政区“{unit}”当日不在册", "the unit “{unit}” is not in force on the day"),
    fix=Text("改正政区代码,或先登记该政区", "correct the unit code, or register the unit first"),
)
def units_are_known(asked: Asked) -> Iterator[Offence]:
    """A name belongs to a unit: by it people find it, and by it rights are given."""
    for row in asked.ask(of_unknown_units):
        yield Offence(row=row.row, values={"unit": row.unit}, key=row.code or row.name)


def of_unknown_units(asked: Asked) -> Select[Any]:
    """Rows whose unit is not registered. Where a town's villages are not registered at all, the town is enough."""
    r, u = asked.rows.c, UNITS.table
    town = at_level(r.unit, asked.settings.parts_level, asked.settings)
    known = exists().where(u.c.code == r.unit, stands(u))
    by_town = exists().where(u.c.code == town, stands(u))
    villages = exists().where(u.c.parent == town, stands(u))
    which = [
        ~known,
        or_(~by_town, villages, town == r.unit),
        func.coalesce(r.unit, "") != "",
        exists().where(stands(u)),
    ]
    return select(r.row, r.name, r.code, r.unit).where(*which).order_by(r.row)


@check_of_places(
    "PC04",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("PC04"),
    title=Text("位置在所在政区内", "The position lies in the unit"),
    message=Text("位置在“{unit}”以外 {metres} 米", "the position lies {metres} m outside {unit}"),
    fix=Text("核对坐标或政区代码", "check the coordinates or the unit code"),
    position=True,
)
def positions_lie_in_their_units(asked: Asked) -> Iterator[Offence]:
    """Where code and ground disagree, one of the two sends people to the wrong office; near the line it is a warning."""
    for row in asked.ask(_outside_their_units):
        severity = Severity.ERROR if row.metres > FAR_OUT_M else Severity.WARNING
        values = {"unit": row.unit_name, "metres": f"{row.metres:,.0f}"}
        yield Offence(row=row.row, values=values, severity=severity, key=row.code or row.name)


def _outside_their_units(asked: Asked) -> Select[Any]:
    """Rows of which no part lies on the ground of their unit, or of the lowest unit above it that has ground."""
    r, u, p = asked.rows.c, UNITS.table, UNIT_PARTS.c
    ground = (
        select(u.c.version, u.c.name, u.c.geom)
        .where(u.c.code.in_(units_above(r.unit, asked.settings)), stands(u), u.c.geom.is_not(None))
        .order_by(func.length(u.c.code).desc())
        .limit(1)
        .lateral("ground")
    )
    on_it = exists().where(p.version == ground.c.version, func.ST_Intersects(p.geom, r.geom))
    return (
        select(
            r.row,
            r.name,
            r.code,
            ground.c.name.label("unit_name"),
            metres(r.geom, ground.c.geom).label("metres"),
        )
        .select_from(asked.rows.join(ground, true()))
        .where(r.geom.is_not(None), ~on_it)
        .order_by(r.row)
    )


@check_of_words(
    "PC05",
    severity=Severity.WARNING,
    source=HOUSE_PRACTICE.at("PC05"),
    title=Text("有位置", "It has a position"),
    message=Text(
        "没有位置,不能判断建成区、距离和所在政区",
        "without a position neither built-up area, distance nor unit can be told",
    ),
    fix=Text("补充经纬度或图形", "add its coordinates or shape"),
)
def places_have_a_position(name: Candidate, _day: date, _settings: Settings) -> Iterator[Offence]:
    """The law names places so that they can be found."""
    if name.geom is None or name.geom.is_empty:
        yield Offence()
    elif name.geom.geom_type == "GeometryCollection":
        yield Offence(severity=Severity.ERROR, text=_MIXED, fix=_ONE_KIND)


_MIXED = Text("图形混合了点、线、面", "the shape mixes points, lines and areas")
_ONE_KIND = Text("只保留一种:点、线或面(可有多个部分)", "keep one kind: points, lines or areas (parts are fine)")


@check_of_words(
    "PC06",
    severity=Severity.ERROR,
    source=SECRECY,
    title=Text("不接收涉密数据", "Secret data is refused"),
    message=Text("密级为“秘密”,本系统不接收", "it is marked secret, which this system does not take"),
    fix=Text(
        "从报送文件中删去,按保密规定另行报送", "take it out of the file and send it by the ways for secrets"
    ),
)
def secrets_are_refused(name: Candidate, _day: date, _settings: Settings) -> Iterator[Offence]:
    """This system is for public and internal data; secrets have their own rooms."""
    if name.disclosure == "secret":
        yield Offence()


@check_of_places(
    "PC07",
    severity=Severity.ERROR,
    source=PLACE_CODES,
    title=Text("地名代码不重复", "No code is used twice"),
    message=Text("地名代码 {code} 与第 {other} 行重复", "the code {code} is also that of row {other}"),
    fix=Text("改正其中一个代码,或删去重复的记录", "correct one of the two codes, or delete the copy"),
)
def no_place_code_is_used_twice(asked: Asked) -> Iterator[Offence]:
    """A code leads to one place."""
    if asked.staged is None:
        return
    r = asked.rows.c
    first = func.min(r.row).over(partition_by=r.code).label("first")
    firsts = select(r.row, r.code, first).where(r.code.is_not(None)).subquery("firsts")
    other = asked.rows.alias("another")
    twice = (
        select(firsts.c.row, firsts.c.code, other.c.source_row)
        .join_from(firsts, other, other.c.row == firsts.c.first)
        .where(firsts.c.first < firsts.c.row)
        .order_by(firsts.c.row)
    )
    for row in asked.answers(twice):
        yield Offence(row=row.row, values={"code": row.code, "other": row.source_row}, key=row.code)
