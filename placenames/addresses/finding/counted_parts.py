"""Counted parts: the numbers of an address for a lookup, each with what it counts as far as that is written."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from placenames.addresses.address_keys import CELLAR, no_numbers_in, plain

PLATE, LANE, HOUSE, CELL, FLOOR, ROOM, GROUP, SECTION, BARE = range(9)
UNITS = {
    "号": PLATE, "号院": PLATE, "号门牌": PLATE,
    "弄": LANE, "巷": LANE, "衖": LANE, "号楼": HOUSE, "幢楼": HOUSE, "栋楼": HOUSE,
    "号幢": HOUSE, "号栋": HOUSE, "幢": HOUSE, "栋": HOUSE, "座": HOUSE, "#": HOUSE, "#楼": HOUSE, "单元": CELL, "门": CELL,
    "楼": FLOOR, "层": FLOOR, "楼层": FLOOR, "F": FLOOR, "室": ROOM, "号室": ROOM, "房": ROOM, "房间": ROOM, "户": ROOM,
    "组": GROUP, "村民小组": GROUP, "小组": GROUP, "队": GROUP, "邻": GROUP, "段": SECTION,
}  # fmt: skip
_UNIT = "|".join(map(re.escape, sorted(UNITS, key=len, reverse=True)))
_ONE = "[A-Z]{0,2}[0-9]+[A-Z]?(?![0-9])"
COUNTED = re.compile(
    rf"(?P<lead>第|#|NO\.?|负|地下|底(?=[0-9]+[层楼]))?(?P<before>[甲乙丙丁临特副](?=[A-Z]?[0-9]))?"
    rf"(?P<body>{_ONE}(?: ?-{{1,3}} ?(?:{_ONE}|[A-Z](?![A-Z])))*)"
    rf"(?: ?(?P<unit>{_UNIT})(?![路街巷道村镇乡口])"
    rf"(?P<sub>[附之-] ?[A-Z]?[0-9]{{1,4}}(?:号(?!楼)|(?![0-9号幢栋座室单楼层#-])))?)?"
    rf"|(?P<ground>底[层楼]|地下室)|(?<![A-Z])(?P<letter>[A-Z]|[甲乙丙丁戊己庚辛]) ?(?P<of>座|幢|栋|号楼|单元)"
)
_NEXT = "[0-9]+(?:-[0-9]+)?号?"
SEVERAL = re.compile(
    rf"(?<![0-9A-Z./+-])(?P<first>[0-9]+(?:-[0-9]+)?)号?"
    rf"(?:(?: ?[、,;。&|] ?|以及|[和及与或至到]){_NEXT})+(?<=号)(?!-?[0-9A-Z]|[楼幢栋室房铺档院门]|大?[路街道巷弄])"
    rf"|(?<![0-9A-Z./+-])(?P<bare>[0-9]+)(?:[、;。&|和及与或至到][0-9]+)+$"
    rf"|(?:(?<=[路街道])|(?<=[路街道] ))(?P<apart>[0-9]+)(?: +[0-9]+)+号(?![0-9A-Z-]|[楼幢栋座室房铺档院门])"
)
"""12、14号, 12和14号, 12 14号: several numbers of plates where one should stand."""
APART = re.compile("(?<=[0-9]) +(?=[0-9])")
BLANKS = re.compile("[ ,，、]*")
NOT_WHOLE = re.compile("(?<=[路街道巷弄村])[0-9]+(?:[.][0-9]{1,2}|[+][0-9]+)$")
"""12.5 and 12+1 without 号."""
_PARTS = re.compile("[A-Z]*[0-9]+[A-Z]*|[A-Z]+")


def blanks_at(text: str, at: int) -> int:
    """How many blanks and commas stand there."""
    return len(BLANKS.match(text, at)[0])  # type: ignore[index]


class Counted(NamedTuple):
    """A number in an address: where it stands, what it counts, its parts (12-3 has two), and a sub-number."""

    start: int
    end: int
    kind: int
    parts: tuple[str, ...]
    sub: str = ""

    @property
    def key(self) -> str:
        """The number as plates have it in their keys: 12-3."""
        return "-".join((*self.parts, self.sub) if self.sub else self.parts)


def counted_parts(text: str) -> Iterator[Counted]:
    """Every number in an address in our writing, those first that mean nothing but themselves: 12.5号, 12、14号."""
    themselves = list(_themselves(text))
    yield from (each for each in themselves if each.kind != HOUSE)
    for found in COUNTED.finditer(text):
        if not any(each.start <= found.start() < each.end for each in themselves):
            yield _counted(found)


def _themselves(text: str) -> Iterator[Counted]:
    """What stands where the number of a plate or lane does and is none, and what is several."""
    end = 0
    for each in no_numbers_in(text):
        kind, end = UNITS[each["unit"]], each.end()
        yield Counted(*each.span(), kind, (plain(each.group()),))
    for each in SEVERAL.finditer(text, end):
        yield Counted(*each.span(), PLATE, (plain(APART.sub("、", each.group())),))
    for each in NOT_WHOLE.finditer(text, end):
        yield Counted(*each.span(), PLATE, (f"{each.group()}号",))


def _counted(found: re.Match[str]) -> Counted:
    start, end = found.span()
    if found["ground"]:
        return Counted(start, end, FLOOR, ("-1" if found["ground"] == CELLAR else "底1",))
    if found["letter"]:
        return Counted(start, end, CELL if found["of"] == "单元" else HOUSE, (found["letter"],))
    parts = tuple(_PARTS.findall(found["body"]))
    kind = UNITS.get(found["unit"] or "", BARE)
    if found["before"]:
        parts = (f"{found['before']}{parts[0]}", *parts[1:])
    if found["lead"] in {"负", "地下"}:
        parts = (f"-{parts[0]}", *parts[1:])
    elif found["lead"] == "底":
        parts = (f"底{parts[0]}", *parts[1:])
    return Counted(start, end, kind, parts, re.sub("[^0-9A-Z]", "", found["sub"] or ""))
