"""Duplicate addresses: the same parts under two codes, within a list and beside what stays in force."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, or_, select

from gis.intake.beside import Staged
from gis.intake.rules import Offence, Severity, table_rule
from gis.sources import NINGBO_NAMES
from gis.text import Text
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.checks.addresses_together import sent_and_staying

PARTS = ("bearer_key", "plate_key", "inside_key")


@table_rule(
    "AD10",
    ADDRESSES.name,
    severity=Severity.ERROR,
    source=NINGBO_NAMES.at("第二十三条"),
    title=Text("同一地址不重复", "No address is there twice"),
    message=Text(
        "“{text}”(代码 {code})与第 {other} 行(代码 {other_code})是同一地址",
        "“{text}” ({code}) is the same address as row {other} ({other_code})",
    ),
    fix=Text(
        "改正门牌号,或删去重复的记录;原门牌已停用的,注明状态“注销”或“变更”",
        "correct the number, or delete the copy; where the old plate is given up, say so in its status",
    ),
)
def no_address_is_there_twice(staged: Staged) -> Iterator[Offence]:
    """Within one street or village no number is given twice: letters would go to both doors."""
    for row in staged.rows(_there_already(staged)):
        values = {"text": row.text, "code": row.code, "other": row.other, "other_code": row.other_code}
        if row.is_copy:
            yield Offence(ADDRESSES.name, row.row, values=values)
        else:
            yield Offence(ADDRESSES.name, row.row, values={**values, "other_code": row.in_force}, text=_IN_FORCE)


_IN_FORCE = Text(
    "“{text}”(代码 {code})与在册地址(代码 {other_code})相同",
    "“{text}” ({code}) is the same address as {other_code} in the register",
)


def _there_already(staged: Staged) -> Select[Any]:
    """Each sent row beside the first with the same parts and one that stands or is to stand, sorted once by their parts."""
    a = sent_and_staying(staged, later=True).c
    parts = [a[name] for name in PARTS]
    first: Any = {"partition_by": parts, "order_by": a.row.nulls_last()}
    told = (
        a.row, a.code, a.text,
        *(func.first_value(a[name]).over(**first).label(f"first_{name}") for name in ("row", "source_row", "code")),
        func.min(a.code).filter(a.row.is_(None)).over(partition_by=parts).label("in_force"),
    )  # fmt: skip
    found = select(*told).where(or_(a.plate_key != "", a.inside_key != "")).subquery("found")
    f = found.c
    is_copy = and_(f.first_row < f.row, f.first_code != f.code)
    return (
        select(f.row, f.code, f.text, is_copy.label("is_copy"), f.first_source_row.label("other"),
               f.first_code.label("other_code"), f.in_force)
        .where(f.row.is_not(None), or_(is_copy, f.in_force.is_not(None)))
        .order_by(f.row)
    )  # fmt: skip
