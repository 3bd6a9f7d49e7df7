"""Rules about names that are changed: what is protected stays, and a change has its reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, exists, func, literal, or_, select

from gis.intake.beside import left_out
from gis.intake.rules import Offence, Severity
from gis.sources import HOUSE_PRACTICE, NAME_REGULATIONS
from gis.text import Text
from placenames.checks.asked import Asked
from placenames.checks.entering import check_of_places
from placenames.checks.ground import ON, stands
from placenames.names import NAMES


@check_of_places(
    "PN16",
    severity=Severity.ERROR,
    source=NAME_REGULATIONS.at("第十条、第二十五条"),
    title=Text("列入保护名录的地名一般不更名、不销名", "Names on the protected list stay"),
    message=Text(
        "“{old}”列入保护名录({protected}),没有县级人民政府预先制定的保护方案",
        "“{old}” is on the list of protected names ({protected}), and no plan of the county government protects it",
    ),
    fix=Text(
        "先报县级人民政府制定保护方案,并填写文号",
        "have the county government make the plan first, and give its number",
    ),
)
def protected_names_stay(asked: Asked) -> Iterator[Offence]:
    """A name that is a thousand years old is heritage: it goes only when the government has said how it is kept."""
    deleted = asked.candidate is not None and asked.candidate.action == "delete"
    for row in () if deleted else asked.ask(_renamed):
        if row.protected and not row.protection_plan:
            yield _offence(row)
    yield from (_offence(row) for row in _ended(asked))


def _offence(row: Any, **more: Any) -> Offence:
    values = {"old": row.old, "name": row.name, "protected": row.protected}
    return Offence(row=row.row, values=values, key=row.code or row.old, **more)


@check_of_places(
    "PN17",
    severity=Severity.ERROR,
    source=NAME_REGULATIONS.at("第十条"),
    title=Text("更名须有法定理由", "A change of name has its reason"),
    message=Text(
        "“{old}”改为“{name}”没有更名理由,也没有批准文号",
        "“{old}” becomes “{name}” without a reason and without the number of the decision",
    ),
    fix=Text(
        "填写更名理由(区划变更、城乡建设、自然变化等);已批准的,填写新的批准文号",
        "give the reason (divisions, construction, nature …), or the number of the decision if it was taken",
    ),
)
def a_change_of_name_has_its_reason(asked: Asked) -> Iterator[Offence]:
    """Names change when the place has changed, not when taste has; every change costs people their addresses."""
    for row in asked.ask(_renamed):
        if not (row.rename_reason or "").strip() and not row.decided:
            yield _offence(row)


ENDS = Text(
    "“{old}”已公告自 {day} 起销名,不能再更名或销名",
    "“{old}” is announced to end on {day}; it can neither be renamed nor ended again",
)
CHANGES = Text(
    "“{old}”已公告自 {day} 起变更,到期后才能提交",
    "a change of “{old}” is already announced for {day}; send the case in after that day",
)


@check_of_places(
    "PN19",
    severity=Severity.ERROR,
    source=HOUSE_PRACTICE.at("PN19"),
    title=Text("已公告的变更不被推翻", "A change that is announced already stays"),
    message=ENDS,
    fix=Text("到期后再办;公告有误的,先更正公告", "wait for that day; if the announcement is wrong, correct it first"),
)
def a_change_that_is_announced_stays(asked: Asked) -> Iterator[Offence]:
    """People have been told the day; whoever changes the place meanwhile would take that back without a word."""
    text = _LISTED_ALL_THE_SAME if asked.candidate is None else None
    for row in asked.ask(_announced_to_end):
        yield _announced(row, text, None if asked.candidate else _SET_ASIDE)
    if asked.candidate is not None:
        renames = asked.candidate.action == "rename"
        for row in asked.ask(_announced_to_change):
            if not (renames and row.new == row.old):  # a later version under the same name is renamed along
                yield _announced(row, CHANGES)


_LISTED_ALL_THE_SAME = Text(
    "“{old}”已公告自 {day} 起销名,按此表公布会取消该销名",
    "“{old}” is announced to end on {day}; to publish this row would take that back",
)
_SET_ASIDE = Text("搁置该行,到期后不再报送", "set the row aside, and leave it out from that day on")


def _announced(row: Any, text: Text | None = None, fix: Text | None = None) -> Offence:
    return Offence(row=row.row, values={"old": row.old, "day": row.day}, key=row.code or row.old, text=text, fix=fix)


def _announced_to_end(asked: Asked) -> Select[Any]:
    """Rows about a registered place that stands, but not for good; and the day on which it ends."""
    r, n, other = asked.rows.c, NAMES.table, NAMES.table.alias("other")
    lasts = exists().where(other.c.id == n.c.id, other.c.superseded_at.is_(None), other.c.valid_to.is_(None))
    ends = select(func.max(other.c.valid_to)).where(other.c.id == n.c.id, other.c.superseded_at.is_(None))
    return (
        select(r.row, n.c.code, n.c.name.label("old"), ends.scalar_subquery().label("day"))
        .join_from(asked.rows, n, or_(n.c.code == r.code, n.c.id == r.place))
        .where(stands(n), n.c.valid_to.is_not(None), ~lasts)
        .order_by(r.row)
    )


def _announced_to_change(asked: Asked) -> Select[Any]:
    """Rows about a registered place of which a later version is announced: the day, and what it is called then."""
    r, n, later = asked.rows.c, NAMES.table, NAMES.table.alias("later")
    follows = and_(later.c.id == n.c.id, later.c.superseded_at.is_(None), later.c.valid_from > ON)
    return (
        select(r.row, n.c.code, n.c.name.label("old"), later.c.valid_from.label("day"), later.c.name.label("new"))
        .select_from(asked.rows.join(n, or_(n.c.code == r.code, n.c.id == r.place)).join(later, follows))
        .where(stands(n))
        .order_by(r.row, later.c.valid_from)
    )


def _renamed(asked: Asked) -> Select[Any]:
    """Rows that give a registered place another name than it bears, by its code or its id."""
    r, n = asked.rows.c, NAMES.table
    decided = r.document.is_distinct_from(n.c.document) & (func.coalesce(r.document, "") != "")
    return (
        select(
            r.row, r.name, n.c.code, n.c.name.label("old"), n.c.protected, r.protection_plan, r.rename_reason,
            decided.label("decided"),
        )
        .join_from(asked.rows, n, or_(n.c.code == r.code, n.c.id == r.place))
        .where(stands(n), n.c.name != r.name, func.coalesce(n.c.use, "current") != "historical")
        .order_by(r.row)
    )  # fmt: skip


def _ended(asked: Asked) -> Iterator[Any]:
    """Protected names that end: by the deletion that is asked for, or because a whole list leaves them out."""
    n = NAMES.table
    told = (n.c.code, n.c.name.label("old"), literal("").label("name"), n.c.protected)
    protected = [stands(n), func.coalesce(n.c.protected, "") != ""]
    if asked.candidate is not None and asked.candidate.action == "delete":
        r = asked.rows.c
        which = exists().where(or_(n.c.code == r.code, n.c.id == r.place))
        if not asked.candidate.protection_plan:
            yield from asked.answers(select(literal(0).label("row"), *told).where(which, *protected))
    if asked.staged is not None and asked.staged.whole:
        none: Any = None
        statement = select(literal(none).label("row"), *told).where(left_out(asked.staged), *protected)
        yield from asked.answers(statement)
