"""Plain lists as layers: rows of CSV and Excel, with the place in two columns or in one as WKT, chunk by chunk."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

import numpy as np
import shapely

from gis.crs import Geometries
from gis.magnitudes import Look, look, typical
from gis.readings import Answers, Draft, EmptyLayer, RowProblem, note, refuse_too_many, unique_titles
from gis.settings import Settings
from gis.systems import OURS, Identified, by_code
from gis.tables import about_how_many, filled_sheets, folded, measured_rows_of, numbered_rows_of
from gis.text import Text

LON = ("经度", "东经", "中心经度", "LON", "LONG", "LNG", "LONGITUDE", "JD", "X", "X坐标", "横坐标", "东坐标")
LAT = ("纬度", "北纬", "中心纬度", "LAT", "LATITUDE", "WD", "Y", "Y坐标", "纵坐标", "北坐标")
WKT = ("WKT", "几何", "坐标串", "空间数据", "GEOM", "GEOMETRY", "THE_GEOM")
_PARTED = re.compile(
    r"[EN东北]?\D{0,2}?(\d{1,3})\s*[°度]\s*(\d{1,2})\s*[′'分]\s*(?:(\d{1,2}(?:\.\d+)?)\s*(?:[″\"秒]|''))?\s*[EN]?"
)
ONLY_TITLES = Text(
    "{name} 只有标题行,没有数据行;请在标题行下填写记录后重新上传",
    "{name} has a line of titles and no rows; fill in records below the titles and upload again",
)
NOT_A_PLACE = Text("坐标“{place}”不能理解", "the coordinates “{place}” cannot be understood")
ENTER_DEGREES = Text(
    "请填写十进制度数,如 110.123456;不知道位置的可以空着",
    "enter decimal degrees such as 110.123456; leave them empty where the place is not known",
)

TOO_WIDE = Text("该行比标题行多出 {n} 格", "the row has {n} cells more than there are titles")
MIND_THE_COMMAS = Text(
    "核对该行:文字中的逗号应连同文字放在引号内,或为多出的列加上标题",
    "look at the row: a text with a comma stands in quotes; or give the further columns titles",
)
TOO_SHORT = Text("该行比标题行少 {n} 格,按空格读取", "the row ends {n} cells before the titles do; they are taken as empty")
FILL_THE_ROW = Text("核对该行是否被截断", "see whether the row was cut off")

Cells = list[str]
Measured = tuple[int, Cells, int]
"""The number of a row, its cells, and how many it has beyond its titles, or (negative) too few."""


@dataclass(frozen=True)
class Places:
    """Which columns of a list say where a record lies; None where there is no such column."""

    lon: int | None
    lat: int | None
    wkt: int | None

    @property
    def columns(self) -> list[int]:
        """Those there are."""
        return [each for each in (self.lon, self.lat, self.wkt) if each is not None]

    def shapes(self, rows: Sequence[Cells]) -> Geometries:
        """The shape of each row, None where it has none or one that cannot be understood."""
        found: Geometries = np.empty(len(rows), dtype=object)
        if self.lon is not None and self.lat is not None:
            numbers = [(_number(row[self.lon]), _number(row[self.lat])) for row in rows]
            xy = np.array([pair if None not in pair else (np.nan, np.nan) for pair in numbers], dtype=float)
            there = ~np.isnan(xy).any(axis=1)
            found[there] = shapely.points(xy[there])
        if self.wkt is not None:
            written = np.array([row[self.wkt] or None for row in rows], dtype=object)
            there = np.array([each is not None for each in written], dtype=bool)
            found[there] = shapely.from_wkt(written[there], on_invalid="ignore")
        return found

    def said(self, row: Cells) -> str:
        """What a row says of its place, in short; empty when it says nothing."""
        return ", ".join(row[each] for each in self.columns if row[each])[:60]


def places_among(titles: Sequence[str], lon: Sequence[str] = (), lat: Sequence[str] = ()) -> Places:
    """The columns that say where a record lies, by their titles; longitude and latitude come together or not at all."""
    found = {folded(title): place for place, title in reversed(list(enumerate(titles)))}
    x, y, wkt = (_first(found, names) for names in ((*lon, *LON), (*lat, *LAT), WKT))
    return Places(x, y, wkt) if x is not None and y is not None else Places(None, None, wkt)


@dataclass(frozen=True)
class PlainList:
    """A CSV or Excel file: rows of text, in degrees of CGCS2000 unless the sender says otherwise."""

    name: str
    path: Path
    settings: Settings
    answers: Answers
    lon: tuple[str, ...] = ()
    lat: tuple[str, ...] = ()
    """Titles under which coordinates stand, beside the usual ones."""

    def pieces(self, size: int) -> Iterator[Draft]:
        """All its rows, so many at a time. Raises UnreadableFile, TooLarge."""
        rows = measured_rows_of(self.path, self.settings)
        _, heading, _ = next(rows)
        titles, places = unique_titles(heading), places_among(heading, self.lon, self.lat)
        refuse_too_many(len(titles), self.count(), self.path.name)
        first = list(islice(rows, size))
        if not first:
            raise EmptyLayer(self.path.name, ONLY_TITLES)
        system = _system(places.shapes([row for _, row, _ in first]), self.answers)
        for chunk in chain([first], iter(lambda: list(islice(rows, size)), [])):
            yield _draft(self.name, titles, places, chunk, system)

    def count(self) -> int:
        """About how many rows there are."""
        return about_how_many(self.path)

    def placed_by(self) -> tuple[str, ...]:
        """The titles of the columns that say where a record lies."""
        titles = unique_titles(next(numbered_rows_of(self.path, self.settings))[1])
        return tuple(titles[place] for place in places_among(titles, self.lon, self.lat).columns)

    def unread(self) -> tuple[str, ...]:
        """The other sheets of its workbook that hold something."""
        return filled_sheets(self.path)[1:]


def _draft(
    name: str, titles: list[str], places: Places, chunk: list[Measured], system: Identified | None
) -> Draft:
    columns = {
        title: np.array(cells, dtype=object)
        for title, cells in zip(titles, zip(*(row for _, row, _ in chunk), strict=True), strict=True)
    }
    shapes = places.shapes([row for _, row, _ in chunk])
    problems = [
        RowProblem(number, NOT_A_PLACE.fill(place=said), ENTER_DEGREES, None, blocking=True)
        for (number, row, _), shape in zip(chunk, shapes, strict=True)
        if shape is None and (said := places.said(row))
    ]
    problems += [_of_another_width(number, beyond) for number, _, beyond in chunk if beyond]
    return Draft(
        name=name,
        columns=columns,
        geometries=np.asarray(shapely.to_wkb(shapes), dtype=object),
        rows=np.array([number for number, _, _ in chunk], dtype=np.int64),
        geometry_type="Unknown" if places.columns else "None",
        system=system,
        remarks=[AS_DEGREES] if system is not None and any(each is not None for each in shapes) else [],
        sample=_sample(chunk),
        problems=problems,
        placeless=True,
    )


def _system(shapes: Geometries, answers: Answers) -> Identified | None:
    """CGCS2000 where the numbers look like degrees, or where there are none; otherwise the sender is asked."""
    middle = typical(shapes)
    degrees = middle is None or look(middle) in (Look.DEGREES, Look.DEGREES_SWAPPED)
    return by_code(OURS) if degrees and answers.crs is None else None


AS_DEGREES = note(
    "列表没有说明坐标系,坐标按 CGCS2000 经纬度读取;不是的请选择坐标系",
    "a list names no coordinate system; its coordinates are read as degrees of CGCS2000; choose another if they are not",
)


def _of_another_width(number: int, beyond: int) -> RowProblem:
    """A row with more cells than titles, which may have slipped to the right, or one that ends before them."""
    text, fix = (TOO_WIDE, MIND_THE_COMMAS) if beyond > 0 else (TOO_SHORT, FILL_THE_ROW)
    return RowProblem(number, text.fill(n=abs(beyond)), fix, None, blocking=beyond > 0)


def _sample(chunk: list[Measured]) -> tuple[str, ...]:
    texts = (cell for _, row, _ in chunk[:20] for cell in row if not cell.isascii())
    return tuple(dict.fromkeys(islice(texts, 5)))


def _first(found: dict[str, int], names: Sequence[str]) -> int | None:
    return next((found[name] for name in map(folded, names) if name in found), None)


def _number(cell: str) -> float | None:
    """A coordinate: a number, or degrees, minutes and seconds."""
    try:
        return float(cell)
    except ValueError:
        parted = _PARTED.fullmatch(cell.strip())
    if parted is None:
        return None
    degrees, minutes, seconds = (float(part or 0) for part in parted.groups())
    return degrees + minutes / 60 + seconds / 3600
