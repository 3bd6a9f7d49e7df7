"""The kinds of questions that people ask about an address, each a function named as a sentence.

A kind gets somebody who asks and an address; it answers with what they would write, or with nothing where the address
gives no occasion for it (no alias, no room).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.benchmarks import query_writing as writing
from tests.benchmarks.query_book import Draft, Row
from tests.benchmarks.query_desk import Desk
from tests.benchmarks.query_orders import ORDERS
from tests.benchmarks.query_slips import SLIPS, with_a_slip

TYPED = 2 / 3
NEAR_M = 1000
SHORT_UNIT = re.compile("(省|市|区|县|街道|镇|乡|區|縣|鎮|鄉)$")


@dataclass(frozen=True)
class Asked:
    """A question and what should be answered: the address, or at least the plate it is at or behind.

    `twins` counts other addresses of the town that could as well be meant; `plain` is the address as it should be written.
    """

    q: str
    kind: str
    expected_code: str
    plate_code: str
    near: tuple[float, float] | None = None
    limit: int = 5
    exists: bool = True
    twins: int = 0
    plain: str = ""


Kind = Callable[[Desk, Row], Draft | None]
FORM, SLIP, ORDER, TYPING = "form", "slip", "order", "typing"
KINDS: dict[str, Kind] = {}
GROUPS: dict[str, str] = {}
"""Kind -> the group whose threshold it has."""


def _kind(group: str) -> Callable[[Kind], Kind]:
    def enter(ask: Kind) -> Kind:
        name = ask.__name__.replace("_", " ")
        KINDS[name], GROUPS[name] = ask, group
        return ask

    return enter


def asked(desk: Desk, kind: str, ask: Kind, row: Row) -> Asked | None:
    """A question of a kind about an address."""
    draft = ask(desk, row)
    if draft is None:
        return None
    plate = desk.book.plate_of(row)
    expected = plate if draft.after_plate else row.code
    return Asked(
        draft.text(), kind, expected, plate, draft.near, twins=draft.twins, plain=desk.in_full(row).text()
    )


@_kind(FORM)
def written_in_full(desk: Desk, row: Row) -> Draft | None:
    return desk.in_full(row)


@_kind(FORM)
def without_the_units_above(desk: Desk, row: Row) -> Draft | None:
    return desk.draft(row, above=desk.chance.choice((1, 2)))


@_kind(FORM)
def only_the_town_and_what_is_in_it(desk: Desk, row: Row) -> Draft | None:
    return desk.draft(row, above=0)


@_kind(FORM)
def with_short_names_of_units(desk: Desk, row: Row) -> Draft | None:
    draft = desk.draft(row)
    for part in draft.parts:
        short = SHORT_UNIT.sub("", part.text)
        if part.level in ("province", "prefecture", "county", "town") and len(short) > 1:
            draft = draft.with_part(part.level, short)
    return draft


@_kind(FORM)
def in_full_width(desk: Desk, row: Row) -> Draft | None:
    return _as_text(desk.draft(row), writing.with_wide_digits)


@_kind(FORM)
def with_spaces_and_commas(desk: Desk, row: Row) -> Draft | None:
    return replace(desk.draft(row), separator=desk.chance.choice(writing.SEPARATORS))


@_kind(FORM)
def in_traditional_characters(desk: Desk, row: Row) -> Draft | None:
    draft = desk.draft(row)
    written = _as_text(draft, lambda text: writing.in_traditional_characters(text, desk.chance))
    return written if written.text() != draft.text() else None


@_kind(FORM)
def with_numerals_in_characters(desk: Desk, row: Row) -> Draft | None:
    return writing.with_numerals_in_characters(desk.draft(row), desk.chance)


@_kind(FORM)
def with_another_word_for_the_building(desk: Desk, row: Row) -> Draft | None:
    return (
        writing.with_other_building_words(desk.draft(row), desk.chance)
        if row.building.endswith("幢")
        else None
    )


@_kind(FORM)
def without_the_last_word(desk: Desk, row: Row) -> Draft | None:
    draft = desk.draft(row)
    written = writing.without_last_words(draft, desk.chance)
    return written if written != draft else None


@_kind(FORM)
def with_another_dash(desk: Desk, row: Row) -> Draft | None:
    return (
        writing.with_another_dash(desk.draft(row), desk.chance)
        if "-" in row.number and not row.is_inside
        else None
    )


@_kind(FORM)
def with_a_remark_in_brackets(desk: Desk, row: Row) -> Draft | None:
    return _as_text(desk.draft(row), lambda text: writing.with_a_remark_in_brackets(text, desk.chance))


@_kind(FORM)
def with_a_word_behind(desk: Desk, row: Row) -> Draft | None:
    return _as_text(desk.draft(row), lambda text: writing.with_a_word_behind(text, desk.chance))


@_kind(FORM)
def with_a_shop_behind(desk: Desk, row: Row) -> Draft | None:
    return _as_text(desk.draft(row), lambda text: writing.with_a_shop_behind(text, desk.chance))


@_kind(FORM)
def without_the_village(desk: Desk, row: Row) -> Draft | None:
    """A hamlet that tells its village: 石桥镇上宅12号."""
    return desk.draft(row).without("community") if _tells_its_village(desk, row) else None


@_kind(FORM)
def with_the_community(desk: Desk, row: Row) -> Draft | None:
    """A road with the community that it lies in, which standard addresses leave out."""
    return _with_community(desk.draft(row), row.community) if row.street and row.community else None


@_kind(FORM)
def with_a_wrong_community(desk: Desk, row: Row) -> Draft | None:
    others = [
        each.name
        for each in desk.book.names[row.unit]
        if each.level == "community" and each.name != row.community
    ]
    if not others or (row.is_rural and not _tells_its_village(desk, row)):
        return None
    wrong = desk.chance.choice(others)
    return (
        desk.draft(row).with_part("community", wrong)
        if row.is_rural
        else _with_community(desk.draft(row), wrong)
    )


@_kind(FORM)
def by_an_alias(desk: Desk, row: Row) -> Draft | None:
    return _by_other_name(desk, row, "aliases")


@_kind(FORM)
def by_a_short_form(desk: Desk, row: Row) -> Draft | None:
    return _by_other_name(desk, row, "short")


@_kind(FORM)
def by_a_former_name(desk: Desk, row: Row) -> Draft | None:
    return _by_other_name(desk, row, "former")


@_kind(FORM)
def by_a_former_number(desk: Desk, row: Row) -> Draft | None:
    if not row.former or row.is_inside:
        return None
    number = row.former.removeprefix(row.street)
    draft = desk.draft(row).without("lane", "alley", "section")
    return draft.with_part("number", number)


@_kind(FORM)
def a_flat_by_numbers_alone(desk: Desk, row: Row) -> Draft | None:
    """样柳花园3-2-501."""
    if not row.room or not row.building[:1].isdigit():
        return None
    numbers = [row.building.removesuffix("幢"), row.cell.removesuffix("单元"), row.room.removesuffix("室")]
    draft = desk.draft(row).without("building", "cell", "floor")
    return draft.with_part("room", "-".join(filter(None, numbers))) if draft.has("estate") else None


@_kind(FORM)
def only_the_plate_of_a_flat(desk: Desk, row: Row) -> Draft | None:
    draft = desk.draft(row)
    return (
        desk.only_plate(draft) if row.is_inside and draft.has("number") and desk.book.plate_of(row) else None
    )


@_kind(FORM)
def in_two_ways_at_once(desk: Desk, row: Row) -> Draft | None:
    """Two of the ways above: one that changes parts, one that changes how they are written down."""
    part_ways = (with_short_names_of_units, with_numerals_in_characters, with_another_word_for_the_building,
                 without_the_last_word, with_a_wrong_community, by_an_alias, by_a_former_name)  # fmt: skip
    draft = desk.chance.choice(part_ways)(desk, row)
    return None if draft is None else _written_otherwise(desk, draft)


def _slip_kind(name: str) -> Kind:
    def with_this_slip(desk: Desk, row: Row) -> Draft | None:
        return with_a_slip(desk.book, desk.draft(row), SLIPS[name], desk.chance)

    with_this_slip.__name__ = f"{name}_character" if name != "one_homophone" else name
    return with_this_slip


for _name in SLIPS:
    _kind(SLIP)(_slip_kind(_name))


@_kind(SLIP)
def a_slip_and_another_writing(desk: Desk, row: Row) -> Draft | None:
    slip = desk.chance.choice(list(SLIPS.values()))
    draft = with_a_slip(desk.book, desk.draft(row), slip, desk.chance)
    return None if draft is None else _written_otherwise(desk, draft)


for _order in ORDERS:
    _kind(ORDER)(_order)


@_kind(TYPING)
def two_thirds_of_the_road_with_the_town(desk: Desk, row: Row) -> Draft | None:
    draft = _two_thirds(desk.draft(row, above=0))
    if draft is None:
        return None
    typed = next(part.text for part in draft.parts if part.level == "street")
    roads = (
        each.name for each in desk.book.names[row.unit] if each.level == "road" and each.name != row.street
    )
    twins = sum(desk.book.exists(row._replace(street=name)) for name in roads if name.startswith(typed))
    return replace(draft, separator=desk.chance.choice(("", "", " ")), twins=twins)


@_kind(TYPING)
def two_thirds_of_the_road_nearby(desk: Desk, row: Row) -> Draft | None:
    draft = _two_thirds(desk.draft(row, above=0))
    if draft is None:
        return None
    angle, far = desk.chance.uniform(0, 2 * math.pi), NEAR_M * math.sqrt(desk.chance.random())
    lat = row.lat + far * math.sin(angle) / 111_000
    lon = row.lon + far * math.cos(angle) / (111_000 * math.cos(math.radians(row.lat)))
    return replace(
        draft.without("town"),
        separator=desk.chance.choice(("", "", " ")),
        near=(round(lon, 6), round(lat, 6)),
    )


def _two_thirds(draft: Draft) -> Draft | None:
    """As far as somebody typed: the road's first characters, and the number."""
    row = draft.row
    if not row.street or row.is_inside or len(row.street) < 3:
        return None
    typed = row.street[: math.ceil(len(row.street) * TYPED)]
    return draft.without("estate").with_part("street", typed) if typed != row.street else None


def _as_text(draft: Draft, change: Callable[[str], str]) -> Draft:
    """The whole text changed; the parts become one."""
    return replace(
        draft, parts=(draft.parts[0]._replace(level="text", text=change(draft.text())),), separator=""
    )


def _written_otherwise(desk: Desk, draft: Draft) -> Draft:
    match desk.chance.randrange(5):
        case 0:
            return replace(draft, separator=desk.chance.choice(writing.SEPARATORS))
        case 1:
            return _as_text(draft, writing.with_wide_digits)
        case 2:
            return _as_text(draft, lambda text: writing.in_traditional_characters(text, desk.chance))
        case 3:
            return _as_text(draft, lambda text: writing.with_a_remark_in_brackets(text, desk.chance))
        case _:
            return _as_text(draft, lambda text: writing.with_a_shop_behind(text, desk.chance))


def _by_other_name(desk: Desk, row: Row, which: str) -> Draft | None:
    """With another name in the place of one that has such a name."""
    draft = desk.draft(row)
    found = [
        (level, text)
        for level in ("street", "estate", "hamlet", "community")
        if draft.has(level) and (name := desk.book.named(row, level))
        for text in getattr(name, which)
    ]
    return draft.with_part(*desk.chance.choice(found)) if found else None


def _with_community(draft: Draft, community: str) -> Draft:
    at = next(number for number, part in enumerate(draft.parts) if part.level == "town") + 1
    added = draft.parts[0]._replace(level="community", text=community)
    return replace(draft, parts=(*draft.parts[:at], added, *draft.parts[at:]))


def _tells_its_village(desk: Desk, row: Row) -> bool:
    named = row.is_rural and row.hamlet and not row.hamlet.endswith("组")
    return bool(named) and desk.book.rural[row.unit, row.hamlet, row.number] == 1
