"""Lists of records without shapes of their own: CSV and Excel, every cell as text."""

from __future__ import annotations

import csv
import gzip
import io
import math
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from gis.encodings import text_of
from gis.errors import TooLarge, UnreadableFile
from gis.settings import Settings

LISTS = (".csv", ".csv.gz", ".txt", ".tsv", ".xlsx", ".xlsm")


def is_list(path: Path) -> bool:
    """Whether a file is a plain list, by its name."""
    return path.name.lower().endswith(LISTS)


def read_list(path: Path, settings: Settings) -> pd.DataFrame:
    """Reads a CSV (UTF-8 or GBK, also .csv.gz) or the first sheet of an Excel file; empty cells are "".

    Raises UnreadableFile, TooLarge.
    """
    if not path.is_file():
        raise UnreadableFile("找不到文件 {name}", "there is no file {name}", name=path.name)
    excel = path.suffix.lower() in (".xlsx", ".xlsm")
    return _from_excel(path, settings) if excel else _from_csv(path, settings)


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


def _from_csv(path: Path, settings: Settings) -> pd.DataFrame:
    most = settings.unpacked_mb * 1_000_000
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as stream:
            raw = stream.read(most + 1)
    except (OSError, EOFError) as problem:
        raise UnreadableFile("{name} 已损坏", "{name} is damaged", name=path.name) from problem
    if len(raw) > most:
        raise TooLarge("{name} 过大", "{name} is too large", name=path.name)
    text = text_of(raw)
    head = text[: text.find("\n")]
    separator = max(",;\t", key=head.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    except csv.Error as problem:
        raise UnreadableFile(
            "{name} 不是完好的 CSV", "{name} is not a sound CSV", name=path.name
        ) from problem
    return _table([row for row in rows if any(row)], path)


def _from_excel(path: Path, settings: Settings) -> pd.DataFrame:
    from openpyxl import load_workbook  # noqa: PLC0415 - only lists need it, checking a survey does not

    try:
        with zipfile.ZipFile(path) as parts:
            if sum(each.file_size for each in parts.infolist()) > settings.unpacked_mb * 1_000_000:
                raise TooLarge("{name} 过大", "{name} is too large", name=path.name)
        book = load_workbook(path, read_only=True, data_only=True)
        try:
            rows = [
                [as_text(value) for value in row] for row in book.worksheets[0].iter_rows(values_only=True)
            ]
        finally:
            book.close()
    except (zipfile.BadZipFile, OSError, KeyError, ValueError, IndexError, TypeError, SyntaxError) as problem:
        raise UnreadableFile(
            "{name} 不是完好的 Excel 文件", "{name} is not a sound Excel file", name=path.name
        ) from problem
    return _table([row for row in rows if any(row)], path)


def _table(rows: list[list[str]], path: Path) -> pd.DataFrame:
    if not rows:
        raise UnreadableFile("{name} 是空表", "{name} is empty", name=path.name)
    titles = [title.strip().lstrip("\ufeff") for title in rows[0]]
    width = len(titles)
    body = [[cell.strip() for cell in row[:width]] + [""] * (width - len(row)) for row in rows[1:]]
    return pd.DataFrame(body, columns=titles, dtype=str)
