"""What a question for addresses may say; anything else is refused with 400."""

from __future__ import annotations

import re
from typing import Any

from fastapi import Request

from api import asking
from api.deps import day, decimals_for, settings_of
from api.name_search import near_of, unit_of
from gis.errors import BadInput
from placenames.addresses.address_writing import LONGEST
from placenames.addresses.finding.address_lookup import Question
from placenames.addresses.plates import STATUSES

WHERE = ("on", "unit", "bbox", "status", "near", "limit")
ASKED = ("q", *WHERE)
EXPLAINED = (*ASKED, "explain")
MOST = 20


_WORDS: dict[str, tuple[str, str]] = {
    "q": ("string", "an address as people write it, at most 300 characters"),
    "on": ("string", "legal day, 2026-05-01"),
    "unit": ("string", "the beginning of unit codes"),
    "bbox": ("string", "west,south,east,north in degrees"),
    "status": ("string", "states of the plate, with commas: assigned,installed"),
    "near": ("string", "lon,lat in degrees: of several the nearer comes first"),
    "limit": ("integer", "how many at most, 5 unless told, never more than 20"),
    "explain": ("boolean", "tell every step"),
}
"""Parameter -> its type and what it says."""
USUAL, DIGITS = "5", re.compile("[0-9]{1,9}", re.ASCII)
YES, NO = frozenset({"1", "true", "yes", "on"}), frozenset({"", "0", "false", "no", "off"})


def told(*names: str) -> dict[str, Any]:
    """Parameters as the description of a door has them."""
    described = ((name, *_WORDS[name]) for name in names)
    return {
        "parameters": [
            {"name": name, "in": "query", "description": words, "schema": {"type": kind}} for name, kind, words in described
        ]
    }


def wanted(request: Request) -> Question:
    """What is asked behind the door of a lookup. Raises BadInput.

    Read by hand: as parameters of a door they would cost as much as what is answered.
    """
    given = request.query_params.get
    q = given("q", "")
    if len(q) > LONGEST:
        raise BadInput("地址至多 {n} 个字", "an address has at most {n} characters", n=LONGEST)
    decimals = decimals_for(settings_of(request), request.state.person)
    return Question(
        q, day(given("on"), "on"), unit_of(given("unit", "")), asking.box(given("bbox") or None),
        statuses_of(given("status", "")), near_of(given("near", "")), _limit(given("limit", USUAL)), decimals,
    )  # fmt: skip


def _limit(given: str) -> int:
    if not DIGITS.fullmatch(given) or not int(given):
        words = "limit 应为 1 或更大的整数,收到“{given}”", "limit is a whole number from 1 on, not “{given}”"
        raise BadInput(*words, given=given[:40])
    return min(int(given), MOST)


def wants_steps(request: Request) -> bool:
    """Whether every step is to be told. Raises BadInput."""
    said = request.query_params.get("explain", "").lower()
    if said not in YES | NO:
        raise BadInput("explain 应为 1 或 0,收到“{given}”", "explain is 1 or 0, not “{given}”", given=said[:40])
    return said in YES


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
