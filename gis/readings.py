"""What reading a file came to: verdict, layers, and what is wrong with single rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis.crs import Identified
from gis.errors import TooLarge, UnreadableFile
from gis.text import Text, keepable

MOST_CELLS = 50_000_000


class Verdict(StrEnum):
    """Whether a file can be taken, from best to worst."""

    ACCEPT = "accept"
    ACCEPT_WITH_WARNING = "accept_with_warning"
    ASK = "ask"
    """The sender must choose."""
    REJECT = "reject"


NO_FEATURES = Text("{name} 中没有任何图形", "{name} has no features")


class EmptyLayer(UnreadableFile):
    """A layer without features: nothing to take, but no harm to its neighbours either."""

    def __init__(self, name: str, words: Text = NO_FEATURES) -> None:
        super().__init__(words.zh, words.en, name=name)


@dataclass(frozen=True)
class Answers:
    """What the sender chose when asked: `EPSG:4547`, `GBK`."""

    crs: str | None = None
    encoding: str | None = None


@dataclass(frozen=True)
class Remark:
    """Something noticed while reading, and how much it weighs."""

    verdict: Verdict
    text: Text


@dataclass(frozen=True)
class RowProblem:
    """One row that cannot be taken as it is. The geometry shows where, in EPSG:4490 once the layer is."""

    row: int
    text: Text
    fix: Text
    geometry: BaseGeometry | None
    blocking: bool


@dataclass(frozen=True)
class Layer:
    """One layer of a file.

    The frame has the columns as sent, `row` (1-based, as in the file) and the geometry: in EPSG:4490 when the
    layer is accepted; as sent and without a system (`frame.crs` is None) as long as its system is in doubt.
    Heights are dropped.
    """

    file: str
    name: str
    frame: gpd.GeoDataFrame
    geometry_type: str
    crs: str | None
    """`EPSG:n`, when the system has a code."""
    crs_words: Text
    """The system in words, as found or chosen."""
    encoding: str | None
    verdict: Verdict
    reason: Text | None
    """Why the verdict is not accept."""
    notes: tuple[Text, ...] = ()
    """Everything else worth saying."""
    row_problems: tuple[RowProblem, ...] = ()
    crs_choices: tuple[str, ...] = ()
    """Systems to choose from, the likeliest first."""
    sample: tuple[str, ...] = ()
    """Some texts as decoded, to judge the encoding by."""
    accuracy_m: float | None = None
    """How far off the conversion may be; 0 when exact, None when unknown."""
    stream: Stream | None = None
    """How its rows come, when they are too many to be held: the frame then holds the first of them only."""

    @property
    def features(self) -> int:
        """How many rows it has; about how many, where they come as a stream."""
        return self.stream.expected if self.stream else len(self.frame)

    @property
    def crs_text(self) -> str:
        """The system in both languages at once."""
        return str(self.crs_words)


@dataclass(frozen=True)
class Stream:
    """The rows of a long list: read chunk by chunk, as often as they are asked for."""

    drafts: Callable[[], Iterator[Draft]]
    expected: int
    """About how many rows there are."""
    placed_by: tuple[str, ...] = ()
    """The columns of a plain list that say where a record lies."""
    unread: tuple[str, ...] = ()
    """Other sheets of its workbook that hold something: they are not read."""


@dataclass(frozen=True)
class Reading:
    """One file that was sent, with all its layers."""

    file: str
    verdict: Verdict
    reason: Text | None
    layers: tuple[Layer, ...] = ()
    notes: tuple[Text, ...] = ()


@dataclass
class Draft:
    """A layer on its way from the file: geometry still as sent."""

    name: str
    columns: dict[str, NDArray[Any]]
    geometries: NDArray[np.object_]
    rows: NDArray[np.int64]
    geometry_type: str
    system: Identified | None
    """None when the file names none."""
    remarks: list[Remark]
    encoding: str | None = None
    sample: tuple[str, ...] = ()
    problems: list[RowProblem] = field(default_factory=list)
    """What was already noticed of single rows."""
    placeless: bool = False
    """Rows without a place are as good as others."""


def refuse_too_many(columns: int, rows: int, name: str) -> None:
    """Stops before a table that nobody sends fills the memory. Raises TooLarge."""
    if columns * rows > MOST_CELLS:
        raise TooLarge("{name} 的行列数过多", "{name} has too many rows and columns", name=name)


def unique_titles(titles: Iterable[str]) -> list[str]:
    """Column names made different from each other and from the two that are added, `row` and `geometry`."""
    taken = {"row", "geometry"}
    unique = []
    for title in titles:
        name = plain = keepable(title)
        number = 2
        while name in taken:
            name, number = f"{plain}_{number}", number + 1
        taken.add(name)
        unique.append(name)
    return unique


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict that counts when several are given."""
    return max(verdicts, key=list(Verdict).index, default=Verdict.ACCEPT)


def note(zh: str, en: str) -> Remark:
    """Worth saying, weighs nothing."""
    return Remark(Verdict.ACCEPT, Text(zh, en))


def warning(zh: str, en: str) -> Remark:
    """Taken, but the sender should look."""
    return Remark(Verdict.ACCEPT_WITH_WARNING, Text(zh, en))


def question(zh: str, en: str) -> Remark:
    """Cannot be taken until the sender chooses."""
    return Remark(Verdict.ASK, Text(zh, en))


def refusal(zh: str, en: str) -> Remark:
    """Cannot be taken."""
    return Remark(Verdict.REJECT, Text(zh, en))


def summed_up(remarks: Iterable[Remark]) -> tuple[Verdict, Text | None, tuple[Text, ...]]:
    """The worst verdict, its first reason, and all other texts."""
    remarks = list(remarks)
    verdict = worst(each.verdict for each in remarks)
    if verdict is Verdict.ACCEPT:
        return verdict, None, tuple(each.text for each in remarks)
    reason = next(each for each in remarks if each.verdict is verdict)
    return verdict, reason.text, tuple(each.text for each in remarks if each is not reason)
