"""`jiezhi names search`: what the gazetteer finds, for the terminal and for programs."""

from __future__ import annotations

import json

import typer
from rich.console import Console
from rich.table import Table

from api import street
from api.deps import day
from api.name_search import category_of, class_code_of, unit_of
from api.routes.finding import as_feature
from gis.db import Database
from placenames.finding import gazetteer
from placenames.finding.found import Found
from placenames.finding.gazetteer import MOST, Search

assert street.REGISTERS


def names(
    database: Database, text: str, *, on: str, category: str, class_code: str, unit: str, limit: int, as_json: bool
) -> None:
    """Prints the places that answer to a text, the best first. Raises BadInput."""
    wanted = Search(
        text,
        day(on, "--on"),
        unit=unit_of(unit),
        category=category_of(category),
        class_code=class_code_of(class_code),
        limit=max(1, min(limit, MOST)),
        public=False,
    )
    with database.reading() as look:
        found = gazetteer.search(look, wanted)
    if as_json:
        document = {"type": "FeatureCollection", "query": text, "features": [as_feature(each) for each in found]}
        typer.echo(json.dumps(document, ensure_ascii=False, default=str))
    else:
        _show(found)


def _show(found: list[Found]) -> None:
    table = Table("代码 code", "名称 name", "拼音 roman", "所在 unit", "说明 note")
    for each in found:
        match = each.match.text if each.match.text != each.name else ""
        note = " ".join(part for part in (match, each.note.zh) if part)
        table.add_row(each.code, each.name, each.roman or "", " ".join(each.unit_names) or each.unit, note)
    Console().print(table)
    typer.echo(f"查到 {len(found)} 处 / {len(found)} found")
