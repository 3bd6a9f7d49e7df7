"""Parts in any order, the number anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.benchmarks.query_book import ABOVE, INSIDE, Draft, Part, Parts, Row
from tests.benchmarks.query_desk import Desk

BLOCKS = (
    ABOVE,
    ("town",),
    ("community", "hamlet"),
    ("street", "section"),
    ("lane", "alley", "number"),
    ("estate",),
    INSIDE,
)
"""What stays together when parts change places."""


def from_small_to_large(desk: Desk, row: Row) -> Draft | None:
    """501室2单元3幢样柳花园12号文一路江东街道."""
    draft = desk.draft(row)
    blocks = [block for block in blocks_of(draft) if block]
    written = [
        tuple(reversed(block)) if block[0].level in (*INSIDE, *ABOVE) else block for block in reversed(blocks)
    ]
    return _in_order(desk, draft, written)


def with_the_town_last(desk: Desk, row: Row) -> Draft | None:
    draft = desk.draft(row)
    above, town, *rest = blocks_of(draft)
    return _in_order(desk, draft, [*rest, above, town])


def with_the_number_first(desk: Desk, row: Row) -> Draft | None:
    draft = desk.draft(row)
    *before, number, estate, inside = blocks_of(draft)
    return _in_order(desk, draft, [number, *before, estate, inside]) if number and not inside else None


def with_the_number_last(desk: Desk, row: Row) -> Draft | None:
    """文一路江东街道12号."""
    draft = desk.draft(row)
    above, town, village, street, number, estate, inside = blocks_of(draft)
    return (
        _in_order(desk, draft, [village, street, above, town, estate, number])
        if number and not inside
        else None
    )


def with_the_flat_first(desk: Desk, row: Row) -> Draft | None:
    """3幢2单元501室 样柳花园 江东街道文一路12号."""
    draft = desk.draft(row)
    *before, estate, inside = blocks_of(draft)
    return _in_order(desk, draft, [inside, estate, *before]) if inside and estate else None


def in_any_order(desk: Desk, row: Row) -> Draft | None:
    draft = desk.draft(row)
    blocks = [block for block in blocks_of(draft) if block]
    shuffled = desk.chance.sample(blocks, len(blocks))
    separated = _in_order(desk, draft, shuffled)
    return replace(separated, separator=desk.chance.choice((" ", "，", ","))) if shuffled != blocks else None


def blocks_of(draft: Draft) -> list[Parts]:
    """The parts of an address in the blocks that stay together, from the widest; some may be empty."""
    return [tuple(part for part in draft.parts if part.level in levels) for levels in BLOCKS]


def _in_order(desk: Desk, draft: Draft, blocks: Sequence[Parts]) -> Draft:
    """Blocks one after the other; each is written as one word where separators stand between them."""
    words = tuple(Part(block[-1].level, "".join(part.text for part in block)) for block in blocks if block)
    return replace(draft, parts=words, separator=desk.chance.choice(("", " ", "，")))


ORDERS = (
    from_small_to_large,
    with_the_town_last,
    with_the_number_first,
    with_the_number_last,
    with_the_flat_first,
    in_any_order,
)
