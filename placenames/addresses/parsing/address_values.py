"""What the parts of an address say, in one writing: 3栋, 3号楼 and 3# are 3幢, 负1楼 is -1层."""

from __future__ import annotations

import re

from placenames.addresses.parsing.address_levels import Level

_UNIT_OF = {Level.HOUSENO: "幢", Level.CELLNO: "单元", Level.FLOORNO: "层", Level.ROOMNO: "室"}
_CORE = re.compile("[A-Z]*[0-9]+[A-Z]*(?:-+[A-Z0-9]+)*|[A-Z]+|[甲乙丙丁戊己庚辛东西南北中](?=[座幢栋单号馆])")
_OWN_UNIT = re.compile("[0-9A-Z](?:排|档|档口|铺|号铺|号档|号门|街|组团|办公室)$")
"""Rows and stalls are no buildings and rooms."""
_GROUP = re.compile("^第?([0-9]+)(?:村民小组|小组|组)$")
_BELOW = ("负", "地下", "-")


def value_of(level: Level, text: str, *, after_lane: bool = False) -> str:
    """What a part says in one writing; names say what is written. `after_lane`: 14号 in 669弄 stays a number."""
    if level in _UNIT_OF:
        compact = _compact(text)
        return compact if after_lane and compact.endswith("号") else _with_unit(level, compact)
    if level in {Level.ROADNO, Level.SUBROADNO}:
        return _plate(_compact(text))
    if level is Level.VILLAGE_GROUP:
        return _GROUP.sub(r"\1组", _compact(text))
    return text.strip()


def _compact(text: str) -> str:
    return re.sub("-+", "-", re.sub(r"\s+", "", text)).upper()


def _with_unit(level: Level, compact: str) -> str:
    core = _CORE.search(compact)
    if core is None or _OWN_UNIT.search(compact):
        return compact
    number = core.group()
    if level is Level.FLOORNO:
        number = number.removesuffix("F")
        below = compact[: core.start()] in _BELOW
        number = f"-{number.removeprefix('B')}" if below or re.fullmatch("B[0-9]+", number) else number
    return f"{number}{_UNIT_OF[level]}"


def _plate(compact: str) -> str:
    before, sign, after = compact.partition("号")
    before = re.sub("^(?:NO\\.?|#|第)", "", before).rstrip("#")
    if after.startswith("附"):
        return f"{before}号附{after[1:].rstrip('号')}号"
    if after.startswith("之"):
        return f"{before}-{after[1:].rstrip('号')}号"
    if before[-1:] in {"弄", "巷"}:
        return before
    return f"{before}{sign or '号'}{after}"
