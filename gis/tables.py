"""Lists of records without shapes of their own: CSV and Excel, every cell as text."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import math
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, cast

import pandas as pd

from gis.errors import TooLarge, UnreadableFile
from gis.settings import Settings
from gis.text import keepable, series

BLOCK = 1 << 20
MOST_IN_LINE = 1 << 16
"""Bytes, and letters, that are looked at in one go."""
FEW = 2
"""So many letters of plain ASCII at least are in the beginning of a list: what parts its cells and its lines."""
_NO_WORKBOOK = (zipfile.BadZipFile, OSError, KeyError, ValueError, IndexError, TypeError, SyntaxError)
"""What openpyxl stumbles over in a file that is no sound workbook."""
NO_TEXT = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF")
"""How workbooks, archives and papers begin."""
LISTS = (".csv", ".csv.gz", ".txt", ".tsv", ".xlsx", ".xlsm")

SAID_OF_SHEETS = 200
"""Characters that name sheets in a message."""
_MARKED = re.compile(r"'+[=+\-@\t\r]")
"""A text that an export has kept from being taken for a formula."""


def is_list(path: Path) -> bool:
    """Whether a file is a plain list, by its name."""
    return path.name.lower().endswith(LISTS)


def read_list(path: Path, settings: Settings) -> pd.DataFrame:
    """Reads a CSV (UTF-8 or GBK, also .csv.gz) or the one sheet of an Excel file that is filled; empty cells are "".

    Raises UnreadableFile, TooLarge.
    """
    titles, *body = rows_of(path, settings)
    return pd.DataFrame(body, columns=titles, dtype=str)


def rows_of(path: Path, settings: Settings) -> Iterator[list[str]]:
    """The rows of a list one after the other, titles first; however long the list, only a row is in memory.

    Raises UnreadableFile, TooLarge.
    """
    must_be_one_sheet(path)
    for _, row in numbered_rows_of(path, settings):
        yield row


def numbered_rows_of(path: Path, settings: Settings) -> Iterator[tuple[int, list[str]]]:
    """The same, each with its number as a spreadsheet counts: from 1, the titles and empty rows too."""
    for number, row, _ in measured_rows_of(path, settings):
        yield number, row


def measured_rows_of(path: Path, settings: Settings) -> Iterator[tuple[int, list[str], int]]:
    """The same, each with how many cells of a CSV it has beyond its titles that say something, or (negative) too few.

    Spreadsheets leave no cells out: theirs are where they are, and a remark beside the list is none of it.
    """
    rows, counts = uncut_rows_of(path, settings), not _is_excel(path)
    filled = ((number, row) for number, row in enumerate(rows, start=1) if any(row))
    first, heading = next(filled, (0, []))
    titles = [keepable(title).strip().lstrip("\ufeff") for title in heading]
    if not titles:
        raise UnreadableFile("{name} 是空表", "{name} is empty", name=path.name)
    yield first, titles, 0
    width = len(titles)
    for number, row in filled:
        beyond = len(row) - width
        if beyond > 0 and not any(map(str.strip, row[width:])):
            beyond = 0
        yield number, [_cell(raw) for raw in row[:width]] + [""] * (width - len(row)), beyond if counts else 0


def uncut_rows_of(path: Path, settings: Settings) -> Iterator[list[str]]:
    """The rows of a list as they stand: titles, empty ones, and cells beyond the titles too.

    Raises UnreadableFile, TooLarge.
    """
    if not path.is_file():
        raise UnreadableFile("找不到文件 {name}", "there is no file {name}", name=path.name)
    yield from _from_excel(path, settings) if _is_excel(path) else _from_csv(path, settings)


@lru_cache(1 << 15)
def _cell(raw: str) -> str:
    """What a cell says: without the mark before what looks like a formula, and without what no database takes."""
    text = keepable(raw).strip()
    return text[1:] if _MARKED.match(text) else text


def must_be_one_sheet(path: Path) -> None:
    """Where nothing can be said of sheets that are left out, a workbook is to hold one. Raises UnreadableFile."""
    sheets = filled_sheets(path)
    if len(sheets) > 1:
        raise UnreadableFile(
            "工作簿有 {n} 张有数据的工作表:{sheets};请只留要读取的一张",
            "the workbook has {n} sheets with data: {sheets}; leave only the one to be read",
            n=len(sheets), sheets=series(sheets, SAID_OF_SHEETS),
        )  # fmt: skip


def filled_sheets(path: Path) -> tuple[str, ...]:
    """The sheets of a workbook that say anything, in their order: the first is the one that is read.

    None for a list that is no workbook, or no sound one: whoever reads it says so.
    """
    if not _is_excel(path):
        return ()
    try:
        with _workbook(path) as book:
            return tuple(keepable(sheet.title) for sheet in book.worksheets if _is_filled(sheet))
    except _NO_WORKBOOK:
        return ()


def about_how_many(path: Path) -> int:
    """About how many rows a list has below its titles, told without reading them; 0 when that cannot be said."""
    try:
        return max(0, (_rows_of_sheet(path) if _is_excel(path) else _lines(path)) - 1)
    except (OSError, EOFError, zlib.error, *_NO_WORKBOOK):
        return 0


@lru_cache(1 << 12)
def folded(title: str) -> str:
    """A title without what people write differently: blanks, brackets, dashes, lower case."""
    return re.sub(r"[\s_\-()()]", "", title).upper()


def _is_excel(path: Path) -> bool:
    return path.suffix.lower() in (".xlsx", ".xlsm")


def _lines(path: Path) -> int:
    with _unzipped(path) as stream:
        return sum(block.count(b"\n") for block in iter(lambda: stream.read(BLOCK), b""))


def _rows_of_sheet(path: Path) -> int:
    with _workbook(path) as book:
        return _sheet_to_read(book).max_row or 0


def as_text(value: Any) -> str:
    """A cell as text: whole numbers without decimals, days as 2026-01-31, nothing as "".

    A code such as 430181 often comes as the number 430181.0.
    """
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)


def _from_csv(path: Path, settings: Settings) -> Iterator[list[str]]:
    try:
        _must_be_text(path)
        codec = codec_of(path, settings)
        with _unzipped(path) as stream, io.TextIOWrapper(stream, codec, "replace", newline="") as text:
            head = text.readline(MOST_IN_LINE)
            text.seek(0)
            yield from _closed_rows(path, text, max(",;\t", key=head.count))
    except (OSError, EOFError, zlib.error) as problem:
        raise UnreadableFile("{name} 已损坏", "{name} is damaged", name=path.name) from problem


def _must_be_text(path: Path) -> None:
    """A workbook that is called .csv would be read as rows of signs. Raises UnreadableFile."""
    with _unzipped(path) as stream:
        if stream.read(4) in NO_TEXT:
            raise UnreadableFile(
                "{name} 不是文本,像是 Excel 或压缩文件;请另存为 CSV,或以 .xlsx 为扩展名",
                "{name} is no text but looks like Excel or an archive; save it as CSV, or call it .xlsx", name=path.name,
            )  # fmt: skip


def _closed_rows(path: Path, text: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """The rows of a CSV. Raises UnreadableFile where a quote is left open, for it would swallow the rows behind it."""
    lines: list[str] = []

    def taken() -> Iterator[str]:
        for line in text:
            lines.append(line)
            yield line

    begun, width, of_row = 1, 0, [""]
    try:
        for row in csv.reader(taken(), delimiter=delimiter):
            of_row, lines[:] = lines.copy(), []
            width = width or len(row)
            if len(of_row) > 1 and (not _is_sound(of_row, delimiter) or _holds_rows(row, width, delimiter)):
                raise _left_open(path, begun, of_row, delimiter)
            yield row
            begun += len(of_row)
    except csv.Error as problem:
        raise _left_open(path, begun, lines, delimiter) if len(lines) > 1 else _too_long(path, begun) from problem
    if of_row[-1].count('"') % 2 and not _is_sound(of_row, delimiter):
        raise _left_open(path, begun - len(of_row), of_row, delimiter)


def _holds_rows(row: Sequence[str], width: int, delimiter: str) -> bool:
    """Whether a cell of several lines has swallowed rows of the list: the quote that closed it was to open another.

    A cell may hold lines that look like rows. It is no cell that a program wrote where others of its row are gone, or
    where it ends as if one more were to begin.
    """
    return width > 1 and any(
        (len(row) != width or cell.endswith(delimiter))
        and any(line.count(delimiter) >= width - 1 for line in cell.splitlines()[1:])
        for cell in row
    )


def _is_sound(lines: Sequence[str], delimiter: str) -> bool:
    """Whether each quote that opens a cell is closed before the next begins, as programs write them."""
    try:
        list(csv.reader(lines, delimiter=delimiter, strict=True))
    except csv.Error:
        return False
    return True


def _left_open(path: Path, begun: int, lines: Sequence[str], delimiter: str) -> UnreadableFile:
    return UnreadableFile(
        "{name} 第 {line} 行起引号没有收尾,后面的行会并入一个单元格;请补上引号,或删去多余的引号",
        "a quote in {name} is left open from line {line} on and would swallow the lines behind it: close it, or take it out",
        name=path.name, line=begun + _opened_in(lines, delimiter),
    )  # fmt: skip


def _opened_in(lines: Sequence[str], delimiter: str) -> int:
    """In which of the lines of a row, from 0, the quote opens that is not closed as it should be."""
    whole, at, several = "".join(lines), 0, 0
    for cell in re.finditer(f'(?:^|(?<=[{delimiter}\n\r]))"[^"]*(?:""[^"]*)*("?)(?=(.?))', whole, re.DOTALL):
        opened = whole.count("\n", 0, cell.start()) if "\n" in whole else whole.count("\r", 0, cell.start())
        if not cell[1] or cell[2] not in ("", delimiter, "\n", "\r"):
            return opened
        if not several and len(cell[0].splitlines()) > 1:
            at, several = opened, 1
    return at


def _too_long(path: Path, line: int) -> UnreadableFile:
    return UnreadableFile(
        "{name} 第 {line} 行有一格超过 {most} 个字,不能读取;坐标串过长的,请改用 GeoPackage 或 Shapefile 报送",
        "line {line} of {name} has a cell of more than {most} characters, which cannot be read; send long geometries as "
        "GeoPackage or shapefile",
        name=path.name, line=line, most=f"{csv.field_size_limit():,}",
    )  # fmt: skip


def codec_of(path: Path, settings: Settings) -> str:
    """UTF-8 if the whole list fits it, UTF-16 where it is marked or laid out so, else GBK. Raises TooLarge."""
    left, utf8 = settings.unpacked_mb * 1_000_000, codecs.getincrementaldecoder("utf-8")()
    with _unzipped(path) as stream:
        codec = _of_two_bytes(stream.read(MOST_IN_LINE)) or "utf-8-sig"
        stream.seek(0)
        while block := stream.read(BLOCK):
            left -= len(block)
            if left < 0:
                raise TooLarge("{name} 过大", "{name} is too large", name=path.name)
            if codec != "utf-8-sig":
                continue
            try:
                utf8.decode(block)
            except UnicodeDecodeError:
                codec = "gb18030"
    return codec


def _of_two_bytes(head: bytes) -> str:
    """Which UTF-16 a list begins in, as spreadsheets save “Unicode text”; "" where each letter has bytes of its own."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    first, second = head[::2].count(0), head[1::2].count(0)  # half of a letter, comma or line end is nothing
    if min(first, second) or max(first, second) < FEW:
        return ""
    return "utf-16-le" if second else "utf-16-be"


def _unzipped(path: Path) -> BinaryIO:
    return cast("BinaryIO", gzip.open(path)) if path.suffix.lower() == ".gz" else path.open("rb")


def _from_excel(path: Path, settings: Settings) -> Iterator[list[str]]:
    try:
        with zipfile.ZipFile(path) as parts:
            if sum(each.file_size for each in parts.infolist()) > settings.unpacked_mb * 1_000_000:
                raise TooLarge("{name} 过大", "{name} is too large", name=path.name)
        with _workbook(path) as book:
            for row in _sheet_to_read(book).iter_rows(values_only=True):
                yield [as_text(value) for value in row]
    except _NO_WORKBOOK as problem:
        raise UnreadableFile(
            "{name} 不是完好的 Excel 文件", "{name} is not a sound Excel file", name=path.name
        ) from problem


@contextmanager
def _workbook(path: Path) -> Iterator[Any]:
    from openpyxl import load_workbook  # noqa: PLC0415 - only lists need it, checking a survey does not

    book = load_workbook(path, read_only=True, data_only=True)
    try:
        yield book
    finally:
        book.close()


def _sheet_to_read(book: Any) -> Any:
    """The first sheet that says anything; the first of all where none does."""
    return next(filter(_is_filled, book.worksheets), book.worksheets[0])


def _is_filled(sheet: Any) -> bool:
    return any(as_text(value).strip() for row in sheet.iter_rows(values_only=True) for value in row)
