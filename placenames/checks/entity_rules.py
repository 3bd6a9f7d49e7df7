"""Rules about places and their records: one place has one record and one standard name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true

from gis.intake.rules import Offence, Severity
from gis.sources import HOUSE_PRACTICE
from gis.text import Text
from placenames.appellations import APPELLATIONS, Kind, in_strata
from placenames.checks.asked import Asked
from placenames.checks.entering import check_of_places
from placenames.checks.ground import metres, within_m
from placenames.checks.likeness import distance
from placenames.checks.scoping import begins_with
from placenames.disclosing import HIDDEN, town_of, unit_in_words

SAME_SPOT_M = 1.0
"""Two records of one class whose points are this close lie in one spot."""
MOST = 3


@check_of_places(
    "PN12",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("PN12(沿用1986年条例第五条第(三)项的原则)"),
    title=Text("一地一名:一个地名实体只有一条记录、一个标准名称", "One place, one record, one standard name"),
    message=Text(
        "“{name}”与{where}登记的“{other}”类别、名称相同,{far},应为同一地名",
        "“{name}” and the “{other}” registered in {where} are of one class and name, {far}: one place",
    ),
    fix=Text("按代码 {code} 更新原记录,不再新增", "update the record {code} instead of adding another"),
)
def one_place_has_one_record(asked: Asked) -> Iterator[Offence]:
    """Whoever finds two records of one place does not know which of them is kept up; villages and their committees may."""
    for row in asked.ask(_recorded_twice):
        if asked.hides(row.unit, row.public_since):
            yield _offence(row, _kept_back(row, asked), text=_HIDDEN, fix=_HIDDEN_FIX)
            continue
        values = {
            "name": row.name,
            "other": row.text,
            "where": row.unit,
            "code": row.other_code,
            "far": distance(row.metres),
        }
        yield _offence(row, values)
    for row in asked.ask(_another_name_in_one_spot):
        if asked.hides(row.unit, row.public_since):
            values = _kept_back(row, asked)
            yield _offence(row, values, severity=Severity.WARNING, text=_HIDDEN_SPOT, fix=_HIDDEN_FIX)
            continue
        values = {"name": row.name, "other": row.text, "code": row.other_code}
        yield _offence(row, values, severity=Severity.WARNING, text=_SPOT, fix=_SPOT_FIX)
    if asked.staged is not None:
        for row in asked.ask(_sent_twice):
            values = {"name": row.name, "row": row.other_row, "far": distance(row.metres)}
            yield _offence(row, values, text=_SENT, fix=_SENT_FIX)


def _offence(row: Any, values: dict[str, Any], **more: Any) -> Offence:
    return Offence(row=row.row, values=values, key=row.code or row.name, **more)


def _kept_back(row: Any, asked: Asked) -> dict[str, Any]:
    """What is told of a record that whoever asks does not read."""
    _, town = town_of(asked.tx, row.unit, asked.day)
    return {"name": row.name, "other": HIDDEN, "where": unit_in_words(town)}


_HIDDEN = Text(
    "“{name}”与{where}登记的一处{other}类别、名称相同,应为同一地名",
    "“{name}” and {other}, registered in {where}, are of one class and name: one place",
)
_HIDDEN_SPOT = Text(
    "该处已登记一处同类的{other},一地不应有两个标准名称",
    "{other}, of the same class, is registered in this very spot: a place has one standard name",
)
_HIDDEN_FIX = Text(
    "请向{where}的地名工作人员核实是否同一地名", "ask the office of {where} whether it is the same place"
)
_SPOT = Text(
    "该处已登记同类地名“{other}”(代码 {code}),一地不应有两个标准名称",
    "“{other}” ({code}) of the same class is registered in this very spot: a place has one standard name",
)
_SPOT_FIX = Text(
    "如是同一实体,走更名;如不是,核对位置", "if it is the same place, rename it; if not, check the position"
)
_SENT = Text(
    "“{name}”与第 {row} 行类别、名称相同,{far},应为同一地名",
    "“{name}” and row {row} are of one class and name, {far}: one place",
)
_SENT_FIX = Text("删去重复的记录", "delete the copy")


def _is_another(r: Any, a: Any, asked: Asked) -> list[ColumnElement[bool]]:
    today = and_(a.kind == Kind.STANDARD, or_(a.until.is_(None), a.until > asked.day))
    return [
        today,
        a.place.is_distinct_from(r.place),
        a.code.is_distinct_from(r.code),
        func.coalesce(a.category, "") == func.coalesce(r.category, ""),
        func.coalesce(a.class_code, "") == func.coalesce(r.class_code, ""),
    ]


def _recorded_twice(asked: Asked) -> Select[Any]:
    r, a = asked.rows.c, APPELLATIONS.c
    near = func.coalesce(metres(r.geom, a.geom) <= asked.settings.same_place_m, r.unit == a.unit)
    found = (
        select(a.text, a.unit, a.code, a.geom, a.public_since)
        .where(
            a.key == r.key,
            begins_with(in_strata("unit"), func.left(r.unit, 2)),
            near,
            *_is_another(r, a, asked),
        )
        .limit(MOST)
        .lateral("found")
    )
    f = found.c
    told = (f.text, f.unit, f.code.label("other_code"), f.public_since, metres(r.geom, f.geom).label("metres"))
    joined = asked.rows.join(found, true())
    return select(r.row, r.name, r.code, *told).select_from(joined).order_by(r.row)


def _another_name_in_one_spot(asked: Asked) -> Select[Any]:
    r, a = asked.rows.c, APPELLATIONS.c
    spot = func.ST_PointOnSurface(r.geom)
    found = (
        select(a.text, a.code, a.unit, a.public_since)
        .where(within_m(a.geom, spot, SAME_SPOT_M), a.key != r.key, *_is_another(r, a, asked))
        .limit(MOST)
        .lateral("found")
    )
    joined = asked.rows.join(found, true())
    told = (found.c.text, found.c.code.label("other_code"), found.c.unit, found.c.public_since)
    which = (r.geom.is_not(None), r.class_code.is_not(None))
    return select(r.row, r.name, r.code, *told).select_from(joined).where(*which).order_by(r.row)


def _sent_twice(asked: Asked) -> Select[Any]:
    """Rows of one class and name beside the first of them in their unit, near it or without a position."""
    r = asked.rows.c
    alike = (r.key, func.coalesce(r.category, ""), func.coalesce(r.class_code, ""), r.unit)
    first = func.min(r.row).over(partition_by=alike).label("first")
    firsts = select(r.row, first).subquery("firsts")
    one, other = asked.rows.alias("one"), asked.rows.alias("another")
    far = metres(one.c.geom, other.c.geom)
    return (
        select(one.c.row, one.c.name, one.c.code, other.c.source_row.label("other_row"), far.label("metres"))
        .join_from(firsts, one, one.c.row == firsts.c.row)
        .join(other, other.c.row == firsts.c.first)
        .where(firsts.c.first < firsts.c.row, one.c.code.is_distinct_from(other.c.code))
        .where(func.coalesce(far <= asked.settings.same_place_m, case((far.is_(None), True), else_=False)))
        .order_by(one.c.row)
    )
