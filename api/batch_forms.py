"""Batches as they are sent and given back: a CSV with a column of addresses, or a JSON list of texts and objects.

Answers come in the same form and order. Of a CSV every column is given back with those of the answer behind it; what a
spreadsheet would take for a formula gets a ' before it, as in every export.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Any

from api import address_answers, asking
from api.address_questions import MOST, statuses_of
from api.deps import day
from api.name_search import near_of, unit_of
from gis import tables
from gis.errors import BadInput
from gis.features import FULL
from gis.json_rows import elements_of
from gis.settings import Settings
from gis.text import Lang, Text, keepable, series
from placenames.addresses.addresses import ADDRESSES
from placenames.addresses.finding.address_lookup import Question
from placenames.addresses.finding.batch_answers import Outcome
from placenames.addresses.finding.matches import Match

CSV, JSON = "csv", "json"
MEDIA = {CSV: "text/csv; charset=utf-8", JSON: "application/json"}
ASKED_IN = tuple(map(tables.folded, ("address", "地址", "q", "标准地址", "详细地址", *ADDRESSES.field("sent_text").aliases)))
"""Titles of the column that holds the addresses, the likeliest first."""
ANSWERED_IN = ("id", "code", "label", "score", "match_level", "status", "lon", "lat", "changed", "error")
KEYS = ("q", "on", "unit", "near", "bbox", "status", "limit")
"""What an object in a JSON list may say of its question; anything else is given back."""
ADDRESS = re.compile(r"\d+[^\d]*$")
BEGINS_A_FORMULA = "=+-@\t\r"
A_NUMBER = re.compile(r"[+-][0-9]+(?:\.[0-9]+)?")
BETWEEN = {CSV: b"", JSON: b",\n"}
"""Stands between the answers of two parts."""
Row = Any
"""The cells of a CSV's row; an element of a JSON list."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a batch was sent, and what holds for all its questions."""

    kind: str
    decimals: int = FULL
    """Of a degree, in the answers."""
    lang: Lang = "zh"
    """Of the words in a CSV."""
    on: str = ""
    unit: str = ""
    near: str = ""
    titles: tuple[str, ...] = ()
    """Of a CSV; one that is sent without is given one."""
    column: int = 0
    """Which column holds the addresses."""
    marked: bool = False
    """It begins with the mark by which spreadsheets know UTF-8."""

    def as_dict(self) -> dict[str, Any]:
        """The form as it is stored."""
        return asdict(self)

    @classmethod
    def stored(cls, form: Mapping[str, Any]) -> Form:
        """A form that was stored."""
        return cls(**{**form, "titles": tuple(form["titles"])})


def opened(path: Path, form: Form, settings: Settings, column: str = "") -> tuple[Form, Iterator[Row]]:
    """A file as it was sent: its whole form, and its rows one after the other. Raises BadInput, TooLarge."""
    day(form.on, "on"), unit_of(form.unit), near_of(form.near)
    if form.kind == JSON:
        return form, elements_of(path)
    tables.must_be_one_sheet(path)
    rows = tables.uncut_rows_of(path, settings)
    first = next((row for row in rows if any(row)), None)
    if first is None:
        raise BadInput("表中没有数据", "the list is empty")
    titles = tuple(keepable(title).strip().lstrip("\ufeff") for title in first)
    at = _column(titles, column)
    has_titles = len(titles) > 1 or bool(column) or _is_title(titles[0])
    shown = titles if has_titles else ("address",)
    whole = replace(form, titles=shown, column=at, marked=_is_of_a_spreadsheet(path, settings))
    return whole, _without_the_end(rows if has_titles else chain([first], rows))


def _column(titles: Sequence[str], wanted: str) -> int:
    folded = [tables.folded(title) for title in titles]
    for each in (tables.folded(wanted),) if wanted else ASKED_IN:
        if each in folded:
            return folded.index(each)
    if len(titles) == 1 and not wanted:
        return 0
    if wanted:
        raise BadInput(
            "没有“{wanted}”列;现有 {titles}", "there is no column “{wanted}”; there are {titles}",
            wanted=wanted[:40], titles=series(titles, 200),
        )  # fmt: skip
    raise BadInput(
        "没有地址列:应有一列名为 address、地址 或 q,或以 column= 指明;现有 {titles}",
        "there is no column of addresses: call one address or q, or name one by column=; there are {titles}",
        titles=series(titles, 200),
    )


def _is_title(first: str) -> bool:
    """Whether the first line of a list with one column is its title; a number makes it an address."""
    return tables.folded(first) in ASKED_IN or not ADDRESS.search(first)


def _is_of_a_spreadsheet(path: Path, settings: Settings) -> bool:
    """Whether it was marked as UTF-8, or is in GBK: then the answer is opened by a spreadsheet too."""
    if path.suffix.lower() != ".csv":
        return True
    with path.open("rb") as stream:
        return stream.read(3) == codecs.BOM_UTF8 or tables.codec_of(path, settings) != "utf-8-sig"


def _without_the_end(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """The rows, but not the empty ones that nothing follows."""
    empty: list[list[str]] = []
    for row in rows:
        if any(row):
            yield from empty
            yield row
            empty = []
        else:
            empty.append(row)


def as_stored(rows: Sequence[Row]) -> bytes:
    """Rows as a part keeps them."""
    return json.dumps(rows, separators=(",", ":")).encode()


def from_store(part: bytes) -> list[Row]:
    """The rows of a part."""
    return list(json.loads(part))


def questions_of(form: Form, rows: Sequence[Row]) -> list[Question | Text]:
    """What each row asks, or why nothing can be asked for it."""
    whole = Question("", day(form.on, "on"), unit_of(form.unit), near=near_of(form.near), limit=1, decimals=form.decimals)
    ask = _asked_in_csv if form.kind == CSV else _asked_in_json
    return [ask(form, whole, row) for row in rows]


_TOO_WIDE = Text("该行比标题行多出 {n} 格", "the row has {n} cells more than there are titles")


def _asked_in_csv(form: Form, whole: Question, row: Sequence[str]) -> Question | Text:
    width = len(form.titles)
    if width == 1:
        q = ",".join(row)
    elif any(row[width:]):
        return _TOO_WIDE.fill(n=len(row) - width)
    else:
        q = row[form.column] if form.column < len(row) else ""
    return whole.but_for(q)


_NO_QUESTION = Text("应为地址文字,或含 q 的对象", "it should be an address, or an object with q")


def _asked_in_json(_form: Form, whole: Question, row: Row) -> Question | Text:
    if isinstance(row, str):
        return whole.but_for(row)
    if not isinstance(row, dict) or not isinstance(row.get("q"), str):
        return _NO_QUESTION
    try:
        return _asked_by_object(whole, row)
    except BadInput as problem:
        return problem.text


def _asked_by_object(whole: Question, row: Mapping[str, Any]) -> Question:
    said = {name: _said(row[name]) for name in KEYS if row.get(name) is not None}
    limit = row.get("limit", 1)
    if not isinstance(limit, int) or isinstance(limit, bool):
        raise BadInput("limit 应为整数", "limit should be a whole number")
    return replace(
        whole,
        q=row["q"],
        on=day(said["on"], "on") if "on" in said else whole.on,
        unit=unit_of(said["unit"]) if "unit" in said else whole.unit,
        box=asking.box(said["bbox"]) if said.get("bbox") else None,
        statuses=statuses_of(said.get("status", "")),
        near=near_of(said["near"]) if "near" in said else whole.near,
        limit=min(asking.capped(limit), MOST),
    )


def _said(value: Any) -> str:
    """A value as it would stand in an address of ours: a list is joined by commas."""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def beginning(form: Form) -> bytes:
    """What stands before the answers."""
    if form.kind == JSON:
        return b"[\n"
    titles = [*form.titles]
    for title in ANSWERED_IN:
        titles.append(_untaken(title, titles))
    return (codecs.BOM_UTF8 if form.marked else b"") + _as_csv([map(harmless, titles)])


def _untaken(title: str, taken: Sequence[str]) -> str:
    """A title of ours that the list does not have already."""
    while title in taken:
        title = f"result_{title}"
    return title


def ending(form: Form) -> bytes:
    """What stands behind them."""
    return b"\n]\n" if form.kind == JSON else b""


def written(form: Form, rows: Sequence[Row], outcomes: Sequence[Outcome]) -> bytes:
    """The answers to some rows."""
    pairs = zip(rows, outcomes, strict=True)
    if form.kind == CSV:
        return _as_csv(_cells(form, row, outcome) for row, outcome in pairs)
    return b",\n".join(_as_json(_object(form, row, outcome)) for row, outcome in pairs)


def _as_csv(rows: Any) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    return out.getvalue().encode(errors="replace")  # a workbook may hold half of a character


def _as_json(content: Mapping[str, Any]) -> bytes:
    try:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:  # half a character, which only an escape can say
        return json.dumps(content, separators=(",", ":")).encode()


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; a plain number is none, whatever its sign."""
    return f"'{cell}" if cell and cell[0] in BEGINS_A_FORMULA and not A_NUMBER.fullmatch(cell) else cell


def _cells(form: Form, row: Sequence[str], outcome: Outcome) -> list[Any]:
    width = len(form.titles)
    given = [",".join(row)] if width == 1 else [*row[:width], *[""] * (width - len(row))]
    shown = list(map(harmless, given))
    if not outcome.found:
        return [*shown, *[""] * (len(ANSWERED_IN) - 1), outcome.error.in_(form.lang) if outcome.error else ""]
    best = outcome.found[0]
    changed = harmless(";".join(each.in_(form.lang) for each in best.changed)) if best.changed else ""
    return [*shown, best.id, harmless(best.code), harmless(best.label), round(best.score, 3), best.match_level, best.status,
            *_point(form, best), changed, ""]  # fmt: skip


def _object(form: Form, row: Row, outcome: Outcome) -> dict[str, Any]:
    given = row if isinstance(row, dict) else {"q": row if isinstance(row, str) else None}
    best = outcome.found[0] if outcome.found else None
    answer = {"q": given.get("q"), **(_answer(form, best) if best else _NOTHING)}
    if len(outcome.found) > 1:
        answer["alternatives"] = [_answer(form, each) for each in outcome.found[1:]]
    if others := {name: value for name, value in given.items() if name not in KEYS}:
        answer["given"] = others
    return answer | ({"error": outcome.error.as_dict()} if outcome.error else {})


def _answer(form: Form, match: Match) -> dict[str, Any]:
    lon, lat = _point(form, match)
    return {
        "id": match.id or None, "code": match.code or None, "label": match.label, "score": round(match.score, 3),
        "match_level": match.match_level, "status": match.status or None, "lon": lon, "lat": lat,
        "changed": address_answers.words(match.changed),
    }  # fmt: skip


_NOTHING: dict[str, Any] = {
    **dict.fromkeys(("id", "code", "label", "score", "match_level", "status", "lon", "lat")), "changed": [],
}  # fmt: skip


def _point(form: Form, match: Match) -> tuple[float | None, float | None]:
    if match.lon is None or match.lat is None:
        return None, None
    fine = min(form.decimals, FULL)
    return round(match.lon, fine), round(match.lat, fine)
