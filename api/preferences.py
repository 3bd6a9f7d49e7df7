"""What an asker would rather read: the Accept header with its weights, as RFC 9110 (12.5.1) has it."""

from __future__ import annotations

import re
from functools import lru_cache

JSONS = ("application/json", "application/geo+json", "application/problem+json")
PAGES = ("text/html", "application/xhtml+xml")
LONGEST_HEADER = 2000
_WEIGHT = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?", re.ASCII)

Taken = dict[str, tuple[float, int]]
"""Media range -> its weight and its place in the header."""


@lru_cache(256)
def prefers_page(accept: str) -> bool:
    """Whether a page is more welcome than JSON.

    Who takes anything gets JSON; where both weigh the same, what is named more closely, then first, decides.
    """
    taken = _taken(accept[:LONGEST_HEADER])
    page, data = (max(_welcome(taken, each) for each in kinds) for kinds in (PAGES, JSONS))
    return page[0] > 0 and page > data


def _welcome(taken: Taken, media_type: str) -> tuple[float, int, int]:
    """(weight, how closely it is named, how early) for one media type; the closest range decides its weight."""
    whole, _, _ = media_type.partition("/")
    for closeness, media_range in ((2, media_type), (1, f"{whole}/*"), (0, "*/*")):
        if media_range in taken:
            weight, place = taken[media_range]
            return weight, closeness, -place
    return 0.0, 0, 0


def _taken(accept: str) -> Taken:
    found: Taken = {}
    for place, part in enumerate(accept.lower().split(",")):
        media_range, *parameters = (each.strip() for each in part.split(";"))
        found.setdefault(media_range, (_weight(parameters), place))
    return found


def _weight(parameters: list[str]) -> float:
    """The weight that is stated, 1 when none is, 0 when it cannot be read."""
    for each in parameters:
        name, _, value = each.partition("=")
        if name.strip() == "q":
            return float(value) if _WEIGHT.fullmatch(value.strip()) else 0.0
    return 1.0
