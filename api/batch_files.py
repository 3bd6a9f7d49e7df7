"""`jiezhi addresses batch`: a whole file of addresses answered in its order, with a bar that shows how far it is."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from api import batch_forms, street
from api.batch_forms import CSV, JSON, Form, Row
from api.batch_work import answer_rows
from api.known_names import for_long
from gis import tables
from gis.db import Database
from gis.errors import BadInput
from gis.exports import blamed_on
from gis.settings import settings
from placenames.addresses.address_batches import PART
from placenames.addresses.finding.batch_answers import NamesOfDays, pieces
from placenames.addresses.finding.toponyms_known import toponyms_on

assert street.REGISTERS


def answer_file(database: Database, file: Path, out: Path | None, form: Form, column: str) -> None:
    """Answers a list; the file that is written appears only when it is whole. Raises BadInput."""
    kind = JSON if file.suffix.lower() == ".json" else CSV
    if not file.is_file():
        raise BadInput("没有文件 {file}", "there is no file {file}", file=file)
    if kind == CSV and not tables.is_list(file):
        raise BadInput("{file} 不是 CSV、Excel 或 JSON", "{file} is no CSV, Excel or JSON", file=file.name)
    whole, rows = batch_forms.opened(file, replace(form, kind=kind), settings(), column)
    of = tables.about_how_many(file) if kind == CSV else 0
    if out is None:
        _write(database, sys.stdout.buffer, whole, rows, of)
        return
    with blamed_on(out), tempfile.TemporaryDirectory(prefix=".jiezhi-", dir=out.parent) as folder:
        fresh = Path(folder) / "answered"
        with fresh.open("wb") as stream:
            number = _write(database, stream, whole, rows, of)
        fresh.replace(out)
    typer.echo(f"已匹配 {number} 行 / answered {number} rows: {out}")


def _write(database: Database, stream: BinaryIO, form: Form, rows: Iterator[Row], of: int) -> int:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    quiet, number = not sys.stderr.isatty(), 0
    with Progress(*columns, console=Console(stderr=True), disable=quiet, transient=True) as shown:
        bar = shown.add_task("匹配 / answering", total=of or None)
        with database.reading() as look:
            days = NamesOfDays(look, for_long(toponyms_on))
        stream.write(batch_forms.beginning(form))
        for part in pieces(rows, PART):
            with database.reading() as look:
                answered = answer_rows(look, days, form, part)
            stream.write((batch_forms.BETWEEN[form.kind] if number else b"") + answered)
            number += len(part)
            shown.update(bar, completed=number)
        stream.write(batch_forms.ending(form))
        stream.flush()
    return number
