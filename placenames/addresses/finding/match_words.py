"""Match words: how sure an answer is and how far it came, said so that nobody takes a place for a registered plate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gis.text import Text
from placenames.addresses.finding.matches import Match

CERTAIN, LIKELY = 0.85, 0.5
"""From these scores on an answer is called certain, or likely."""
AS_GOOD = 0.1
"""An answer that is not this much better than another is not certain, whatever its score."""
WORDS = {
    "certain": Text("确定", "certain"),
    "likely": Text("较可能", "likely"),
    "doubtful": Text("存疑", "doubtful"),
}
_NOTES = {
    "interpolated": Text("推算位置:名录中没有这块门牌", "Worked out from its neighbours: the register has no such plate"),
    "street": Text("不是门牌:只到街路巷、小区", "No plate: only its street or estate"),
    "village": Text("不是门牌:只到村", "No plate: only its village"),
    "town": Text("不是门牌:只到乡镇街道", "No plate: only its town"),
}


@dataclass(frozen=True, slots=True)
class Sureness:
    """How sure an answer is, as a word; `score` is the number behind it, between 0 and 1."""

    name: str
    score: float

    @property
    def words(self) -> Text:
        """The word in both languages."""
        return WORDS[self.name]


def sureness_of(found: Sequence[Match]) -> list[Sureness]:
    """How sure each of several answers to one question is: of answers that are as good as each other none is certain."""
    return [Sureness(_name_of(each, [other for other in found if other is not each]), each.score) for each in found]


def _name_of(match: Match, others: Sequence[Match]) -> str:
    alone = all(match.score - other.score >= AS_GOOD for other in others)
    if match.score >= CERTAIN and alone:
        return "certain"
    return "likely" if match.score >= LIKELY else "doubtful"


def note_of(level: str) -> Text | None:
    """What is to be said of an answer that is no plate of the register; None for one that is."""
    return _NOTES.get(level)
