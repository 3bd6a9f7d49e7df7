"""Names met: stretches of an address that name places, in which way their names were met, and what stays over."""

from __future__ import annotations

import re
from typing import NamedTuple

from placenames.addresses.finding.toponym_names import BEARING, Called, Near, Toponyms, Way

EXACT, SOUND, SWAP, SLIP, FAINT, BEGUN = "exact", "sound", "swap", "slip", "faint", "begun"
TOWN = "township"
OF_STREETS = ("road", "section", "lane")
IN_TOWNS = BEARING | {TOWN}
CLOSE = frozenset({SOUND, SWAP, SLIP, FAINT})
WORTH = {EXACT: 1.0, SOUND: 0.8, SWAP: 0.75, SLIP: 0.7, BEGUN: 0.55, FAINT: 0.5}
LESS_WORTH = {Way.NAME: 1.0, Way.ALIAS: 0.98, Way.FORMER: 0.95, Way.SHORT: 0.6}
"""What laying something over a stretch is worth: the square of its length, by how it was met."""
BESIDE, LONGER = 0.2, 0.001
"""A little more than the whole name without the character beside it."""
WORDS = re.compile("[\u3400-\u9fffA-Z0-9]+")
HAN = re.compile("[\u3400-\u9fff]+")
OF_A_ROAD = re.compile("[路街道巷弄线]$")
_FILLING = (
    "门牌 附近 旁 旁边 对面 内 里面 楼上 楼下 门口 隔壁 第 中国 地址 住址 的 在 于 号 院内 斜对面 边上 北侧 南侧 东侧 西侧 "
    "交叉口 路口 之 附"
)
FILLING = frozenset(_FILLING.split())
"""Words that say nothing of which place is meant."""


class Meant(NamedTuple):
    """A place that a stretch may mean: how its name was met, and that name."""

    how: str
    name: str
    called: Called
    beside: bool = False
    """The whole name is there, with a character beside it that does not belong."""


class Named(NamedTuple):
    """A stretch that names places: every place it may mean, the likeliest first."""

    start: int
    end: int
    meant: tuple[Meant, ...]

    def within(self, towns: tuple[str, ...]) -> Named | None:
        """What of it may be meant in some towns: these, wider units, and what bears numbers there."""
        if not towns:
            return self
        places = ((each, each.called.toponym) for each in self.meant)
        meant = tuple([each for each, place in places if place.level not in IN_TOWNS or place.unit.startswith(towns)])
        if len(meant) == len(self.meant):
            return self
        return self._replace(meant=meant) if meant else None

    def without_what_is_beside(self) -> Named:
        """The same, where a character beside a whole name belongs to another one."""
        return self._replace(meant=tuple(each._replace(beside=False) for each in self.meant))

    @property
    def worth(self) -> float:
        """What it is worth to have understood so much in this way; of two that are worth the same, the longer."""
        best, length = self.meant[0], self.end - self.start
        longer = LONGER * length
        if best.how in CLOSE:
            length = min(length, len(best.name))
        worth = 1.0 if best.beside else WORTH[best.how]
        return length * length * worth * LESS_WORTH[best.called.way] + longer + (BESIDE if best.beside else 0.0)


class Leftover(NamedTuple):
    """A stretch that nothing is known of."""

    start: int
    end: int
    text: str

    @property
    def is_telling(self) -> bool:
        """Whether it says something of the place that is meant."""
        return self.text not in FILLING and HAN.search(self.text) is not None


def meant_by(close: list[Near], names: Toponyms, said: str = "") -> tuple[Meant, ...]:
    """The places that some names mean; a short form is met exactly or not at all."""
    found = [
        Meant(each.how, each.name, called, each.how in CLOSE and each.name in said)
        for each in close
        for called in names.meanings[each.name]
        if each.how not in CLOSE or (called.way is not Way.SHORT and not _swallows(each.name, said, called))
    ]
    return tuple(sorted(found, key=_likeliest_first)) if len(found) > 1 else tuple(found)


def _swallows(name: str, said: str, called: Called) -> bool:
    """Whether a unit's whole name would take the character beside it: that belongs to what comes next."""
    return name in said and called.toponym.level not in BEARING


def _likeliest_first(meant: Meant) -> tuple[float, int]:
    return -WORTH[meant.how] * LESS_WORTH[meant.called.way], -meant.called.toponym.plates
