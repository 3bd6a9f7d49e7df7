"""Layers, opened: read as a whole for the rules to see at once, or, when they hold a long list, chunk by chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from gis.placing import settle
from gis.point_lists import PlainList
from gis.readings import Answers, Draft, Layer, Stream, Verdict, question
from gis.settings import Settings
from gis.shapefiles import open_shapefile
from gis.vectors import layers_in

CHUNK = 5000
LIST = ".csv"
"""The kind of every plain list, Excel too."""
WHICH_LIST = question(
    "不能识别这个表属于哪种名录,请选择名录并对应字段",
    "this list was not recognised as any register; choose the register and the columns of its fields",
)


@dataclass(frozen=True)
class Lists:
    """Which layers hold long lists; their rows are read chunk by chunk from a folder that outlives the reading."""

    holds: Callable[[Layer], bool]
    """Told by the first rows of a layer."""
    folder: Path
    lon: tuple[str, ...] = ()
    lat: tuple[str, ...] = ()
    """Titles under which coordinates stand, beside the usual ones."""
    rows: int = CHUNK


@dataclass(frozen=True)
class Source:
    """What makes up one readable thing: a whole file, or a shapefile with its sisters, by suffix."""

    name: str
    parts: Mapping[str, Path]


class Readable(Protocol):
    """A layer of which all rows can be read, or so many at a time; geometry as sent."""

    def read(self) -> Draft:
        """All rows."""

    def pieces(self, size: int) -> Iterator[Draft]:
        """All rows, so many at a time."""

    def count(self) -> int:
        """About how many rows there are."""


@dataclass(frozen=True)
class Opener:
    """How a file is opened: for which answers of the sender, and which of its layers hold long lists."""

    file: str
    answers: Answers
    settings: Settings
    lists: Lists | None = None

    def opened(self, source: Source, place: Path) -> list[tuple[str, Callable[[], Layer]]]:
        """For each layer its name and how to read it; `place` is a private folder. Both steps raise UnreadableFile."""
        if ".shp" in source.parts:
            return [(source.name, lambda: self._layer(open_shapefile(source.name, source.parts, place, self.answers)))]
        ((kind, path),) = source.parts.items()
        if kind == LIST and self.lists is not None:
            plain = PlainList(source.name, path, self.settings, self.answers, self.lists.lon, self.lists.lat)
            return [(source.name, lambda: self._list(plain))]
        return [(each.name, lambda each=each: self._layer(each)) for each in layers_in(source.name, kind, path, place)]  # type: ignore[misc]

    def _layer(self, layer: Readable) -> Layer:
        """A layer as a whole, or its first rows when it holds a long list."""
        if self.lists is None:
            return settle(self.file, layer.read(), self.answers)
        draft = next(layer.pieces(self.lists.rows))
        first = settle(self.file, draft, self.answers)
        if self.lists.holds(first):
            first = settle(self.file, replace(draft, placeless=True), self.answers)
            return replace(first, stream=_stream(layer, self.lists, draft))
        return first if len(draft.rows) < self.lists.rows else settle(self.file, layer.read(), self.answers)

    def _list(self, plain: PlainList) -> Layer:
        """The first rows of a plain list."""
        assert self.lists is not None
        draft = next(plain.pieces(self.lists.rows))
        first = settle(self.file, draft, self.answers)
        stream = _stream(plain, self.lists, draft)
        first = replace(first, stream=replace(stream, placed_by=plain.placed_by(), unread=plain.unread()))
        if self.lists.holds(first) or first.verdict is Verdict.REJECT:
            return first
        return replace(first, verdict=Verdict.ASK, reason=WHICH_LIST.text)


def _stream(layer: Readable | PlainList, lists: Lists, first: Draft) -> Stream:
    expected = len(first.rows) if len(first.rows) < lists.rows else max(layer.count(), len(first.rows))

    def drafts() -> Iterator[Draft]:
        return (replace(each, placeless=True) for each in layer.pieces(lists.rows))

    return Stream(drafts, expected)
