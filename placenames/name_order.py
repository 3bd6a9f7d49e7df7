"""The order of names: current before past, higher kinds of places before lower, short before long.

Each appellation stores its stratum, one number for all three; the indexes of the gazetteer begin with it. So the first
hundred of sixty thousand names that begin with 王 are read off in their order, without looking at the others.
"""

from __future__ import annotations

from collections.abc import Iterable

from placenames.kinds import Category

CATEGORIES = (
    Category.ADM,
    Category.VIL,
    Category.NAT,
    Category.ROD,
    Category.PRK,
    Category.RES,
    Category.FAC,
    Category.OTH,
)
"""From the kind of place that most people mean down to the one that fewest do; our own inference."""
LONGEST = 16
"""Characters; longer names count as this long."""
STANDING, ALSO, PAST = range(3)
"""Eras: the standard name of a place that stands; another name that it bears too; what is over."""

STRATUM = """
    (CASE WHEN until IS NOT NULL OR historical OR kind = 'former' THEN 2 WHEN kind = 'standard' THEN 0 ELSE 1 END * 8
     + coalesce(array_position(ARRAY['ADM', 'VIL', 'NAT', 'ROD', 'PRK', 'RES', 'FAC', 'OTH'], category), 8) - 1) * 16
    + least(greatest(char_length(key), 1), 16) - 1
"""
"""The same in SQL, for the column that the database makes itself."""


def rank(category: str | None) -> int:
    """Where a kind of place stands among the others; what has none stands last."""
    names = [str(each) for each in CATEGORIES]
    return names.index(category) if category in names else len(names) - 1


def stratum(era: int, category: str | None, length: int) -> int:
    """The stratum of a name of so many characters."""
    return (era * len(CATEGORIES) + rank(category)) * LONGEST + min(max(length, 1), LONGEST) - 1


def strata(shortest: int, longest: int = LONGEST, kinds: Iterable[str] = CATEGORIES) -> list[int]:
    """The strata of all names between two lengths, in their order; of some kinds of places, or of all."""
    lengths = range(min(max(shortest, 1), LONGEST), min(max(longest, 1), LONGEST) + 1)
    return sorted({stratum(era, kind, each) for era in range(3) for kind in kinds for each in lengths})
