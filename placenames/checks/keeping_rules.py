"""Rules about names that are changed: what is protected stays, and a change has its reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, exists, func, literal, or_, select

from gis.intake.beside import left_out
from gis.intake.rules import Offence, Severity
from gis.sources import NAME_REGULATIONS
from gis.text import Text
from placenames.checks.asked import Asked
from placenames.checks.entering import check_of_places
from placenames.checks.ground import stands
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
