"""Rounds: what one delivery told beyond what is kept of it, and how it differs from the delivery before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from gis.intake.staging import FINDINGS
from gis.intake.submissions import DELIVERIES

More = dict[tuple[str, str], int]
"""(weight, rule) -> how many findings there are beyond those kept."""


def more_of(delivery: Mapping[str, Any]) -> More:
    """What was found in a delivery beyond what is kept."""
    told = (delivery["reading"] or {}).get("more", [])
    return {(each["severity"], each["rule"]): each["more"] for each in told}


def failing_of(delivery: Mapping[str, Any], findings: list[dict[str, Any]]) -> int:
    """How many records have an error; of long lists they were counted when they passed."""
    counted: dict[str, int] = (delivery["reading"] or {}).get("failing", {})
    others = {
        (f["register"], f["row"])
        for f in findings
        if f["severity"] == "error" and f["row"] is not None and f["register"] not in counted
    }
    return len(others) + sum(counted.values())


def compared_with_before(
    tx: Connection, number: int, delivery: Mapping[str, Any], findings: list[dict[str, Any]]
) -> tuple[int | None, int | None]:
    """How many findings of the round before are gone, and how many came.

    Of a rule whose findings are not all kept, the numbers are compared instead of the findings.
    """
    d, f = DELIVERIES.c, FINDINGS.c
    before = (
        tx.execute(
            select(d.id, d.reading)
            .where(d.submission == number, d.round < delivery["round"], d.checked_at.is_not(None))
            .order_by(d.round.desc())
            .limit(1)
        )
        .mappings()
        .first()
    )
    if before is None:
        return None, None
    kept = tx.execute(select(f.rule, f.fingerprint).where(f.delivery == before["id"])).all()
    now = [(each["rule"], each["fingerprint"]) for each in findings]
    sums = Counter(rule for rule, _ in now), Counter(rule for rule, _ in kept)
    partly: set[str] = set()
    for counted, more in zip(sums, (more_of(delivery), more_of(dict(before))), strict=True):
        for (_, rule), beyond in more.items():
            counted[rule] += beyond
            partly.add(rule)
    marks = {(r, mark) for r, mark in now if r not in partly}, {(r, mark) for r, mark in kept if r not in partly}
    differences = [sums[0][rule] - sums[1][rule] for rule in partly]
    gone = len(marks[1] - marks[0]) + sum(-each for each in differences if each < 0)
    return gone, len(marks[0] - marks[1]) + sum(each for each in differences if each > 0)
