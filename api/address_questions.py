"""What a question for addresses may say; anything else is refused with 400."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request

from api import asking
from api.deps import Visitor, day, decimals_for, settings_of
from api.name_search import near_of, unit_of
from gis.errors import BadInput
from placenames.addresses.address_writing import LONGEST
from placenames.addresses.addresses import STATUSES
from placenames.addresses.finding.address_lookup import Question

WHERE = ("on", "unit", "bbox", "status", "near", "limit")
ASKED = ("q", *WHERE, "explain")
MOST = 20


async def _wanted(
    request: Request,
    visitor: Visitor,
    q: Annotated[str, Query(description="an address as people write it, at most 300 characters")] = "",
    on: Annotated[str | None, Query(description="legal day, 2026-05-01")] = None,
    unit: Annotated[str, Query(description="the beginning of unit codes")] = "",
    bbox: Annotated[str, Query(description="west,south,east,north in degrees")] = "",
    status: Annotated[str, Query(description="states of the plate, with commas: assigned,installed")] = "",
    near: Annotated[str, Query(description="lon,lat in degrees: of several the nearer comes first")] = "",
    limit: int = 5,
) -> Question:
    if len(q) > LONGEST:
        raise BadInput("地址至多 {n} 个字", "an address has at most {n} characters", n=LONGEST)
    return Question(
        q, day(on, "on"), unit_of(unit), asking.box(bbox or None), statuses_of(status), near_of(near),
        min(asking.capped(limit), MOST), decimals_for(settings_of(request), visitor),
    )  # fmt: skip


Wanted = Annotated[Question, Depends(_wanted)]


def statuses_of(given: str) -> tuple[str, ...]:
    """States of plates written with commas. Raises BadInput for one that there is not."""
    found = tuple(each.strip() for each in given.split(",") if each.strip())
    for each in found:
        if each not in STATUSES:
            raise BadInput(
                "status 应为 {known} 中的若干个,收到“{given}”", "status is some of {known}, not “{given}”",
                known=", ".join(STATUSES), given=each[:40],
            )  # fmt: skip
    return found
