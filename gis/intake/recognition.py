"""Recognition: which layer is which register, which column is which field, and what was not understood.

Nothing is dropped silently: unrecognised layers and columns are listed, values that do not fit are findings, and the
sender can correct every guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.files import Layer, Reading
from gis.intake.rules import Offence, Severity
from gis.registers import REGISTERS, Field, Register
from gis.text import Text

SKIP = "-"
"""What the sender answers for a layer that is meant to be left out."""
LARGEST = 2**31 - 1
"""Whole numbers are kept in four bytes."""
SHORT = 10
"""Shapefiles cut column names to ten bytes."""
IN_EVERY_LAYER = {"ID"}
"""Columns that may fill a field but say nothing of what a layer is."""
_GEOMETRIES = {
    "POINT": {"Point", "MultiPoint"},
    "LINESTRING": {"LineString", "MultiLineString"},
    "MULTIPOLYGON": {"Polygon", "MultiPolygon"},
}
_DAYS = re.compile(
    r"(\d{4})(?:[-/.年]?(\d{1,2})(?:[-/.月]?(\d{1,2})日?)?月?)?年?(?:[T ]0?0:00(?::00(?:\.0*)?)?(?:Z|[+]00:00)?)?"
)
_PARCELS = re.compile(r"^(JZD|JZX)(?![A-Z])", re.IGNORECASE)


@dataclass(frozen=True)
class Choices:
    """What the sender chose by hand: `layers[layer] = register or "-"`, `columns[layer][field] = column`.

    A layer is called `file/name`, or by its name alone; the name `*` stands for every layer.
    """

    layers: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    anywhere: Mapping[str, str] = field(default_factory=dict)
    """Column -> field, in whatever layer has the column."""


@dataclass(frozen=True)
class Recognised:
    """One layer, understood: its register (None: not recognised) and which column fills which field."""

    layer: Layer
    register: Register | None
    columns: Mapping[str, str]
    skipped: bool = False

    @property
    def name(self) -> str:
        """How the sender knows the layer: file/name."""
        return f"{self.layer.file}/{self.layer.name}"

    @property
    def unmapped(self) -> list[str]:
        """Columns that fill no field; they are kept as they are."""
        used = set(self.columns.values()) | {"geometry", "row"}
        return [str(column) for column in self.layer.frame.columns if column not in used]


def recognise(readings: Iterable[Reading], choices: Choices) -> list[Recognised]:
    """Every layer of what was read, with the register and columns that fit it best."""
    return [_recognised(layer, choices) for reading in readings for layer in reading.layers]


def sheets(
    recognised: Iterable[Recognised],
) -> tuple[dict[str, gpd.GeoDataFrame], dict[str, tuple[Offence, ...]]]:
    """One frame per register in the register's own columns, and what was noticed on the way, by rule."""
    parts: dict[str, list[gpd.GeoDataFrame]] = {}
    noticed: dict[str, list[Offence]] = {"F01": [], "F02": []}
    for each in recognised:
        if each.register is None:
            noticed["F02"] += _unrecognised(each)
            continue
        parts.setdefault(each.register.name, []).append(_as_sheet(each))
    whole = {name: _joined(frames) for name, frames in parts.items()}
    for each in recognised:
        if each.register is not None:
            _notice(each, whole[each.register.name], noticed)
    return whole, {rule: tuple(offences) for rule, offences in noticed.items()}


def _recognised(layer: Layer, choices: Choices) -> Recognised:
    name = f"{layer.file}/{layer.name}"
    chosen = choices.layers.get(name) or choices.layers.get(layer.name) or choices.layers.get("*")
    if chosen == SKIP:
        return Recognised(layer, None, {}, skipped=True)
    register = sent_registers().get(chosen) if chosen else _best_register(layer)
    if register is None:
        return Recognised(layer, None, {})
    by_hand = {each: column for column, each in choices.anywhere.items() if column in layer.frame.columns}
    by_hand |= {**choices.columns.get("*", {}), **choices.columns.get(name, {})}
    return Recognised(layer, register, _columns(register, layer, by_hand))


def sent_registers() -> dict[str, Register]:
    """The registers that surveys deliver, by name."""
    return {name: register for name, register in REGISTERS.items() if register.sent}


def _best_register(layer: Layer) -> Register | None:
    if _PARCELS.match(layer.name):
        return None
    scores = {name: _score(register, layer) for name, register in sent_registers().items()}
    best = max(scores, key=lambda name: scores[name], default=None)
    return REGISTERS[best] if best is not None and scores[best] > 0 else None


def _score(register: Register, layer: Layer) -> float:
    """How well a layer fits a register: no fit without the geometry and either the name or two columns."""
    if layer.geometry_type not in _GEOMETRIES[register.geometry]:
        return 0
    columns = _columns(register, layer, {})
    telling = {name for name, column in columns.items() if _folded(column) not in IN_EVERY_LAYER}
    named = any(
        _folded(layer.name).startswith(_folded(alias)) for alias in (*register.aliases, register.name)
    )
    fits, essential = len(telling), sum(f.name in telling for f in register.fields if f.required)
    return fits + 3 * essential + (4 if named else 0) if named or (essential and fits >= 2) else 0


def _columns(register: Register, layer: Layer, by_hand: Mapping[str, str]) -> dict[str, str]:
    columns = {
        _folded(str(column)): str(column)
        for column in layer.frame.columns
        if column not in ("geometry", "row")
    }
    fields = {each.name for each in register.fields}
    found = {name: column for name, column in by_hand.items() if name in fields and column in columns.values()}
    for each in register.fields:
        if each.name in found or each.inner:
            continue
        for alias in (*each.aliases, each.name, each.title.zh, each.title.en):
            column = columns.get(_folded(alias)) or columns.get(_folded(_cut(alias)))
            if column is not None and column not in found.values():
                found[each.name] = column
                break
    return found


def _cut(alias: str) -> str:
    for encoding in ("utf-8", "gbk"):
        if len(alias.encode(encoding, "ignore")) > SHORT:
            return alias.encode(encoding, "ignore")[:SHORT].decode(encoding, "ignore")
    return alias


def _folded(name: str) -> str:
    return re.sub(r"[\s_\-()()]", "", name).upper()


def _as_sheet(each: Recognised) -> gpd.GeoDataFrame:
    register = each.register
    assert register is not None
    frame = each.layer.frame
    values = {f.name: _values(frame, each.columns.get(f.name), f) for f in register.fields}
    sheet = gpd.GeoDataFrame(values, geometry=frame.geometry.to_numpy(), crs=frame.crs)
    sheet["file"], sheet["layer"] = each.layer.file, each.layer.name
    sheet["source_row"] = frame["row"].to_numpy()
    kept = frame[[column for column in frame.columns if column not in ("geometry", "row")]]
    sheet["extra"] = [{key: _plain(value) for key, value in row.items()} for row in kept.to_dict("records")]
    return sheet


def _joined(parts: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    sheet = (
        parts[0]
        if len(parts) == 1
        else gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs=parts[0].crs)
    )
    sheet["row"] = np.arange(1, len(sheet) + 1)
    return sheet


def _values(frame: gpd.GeoDataFrame, column: str | None, each: Field) -> list[Any]:
    if column is None:
        return [None] * len(frame)
    return [_value(raw, each) for raw in frame[column]]


def _value(raw: Any, each: Field) -> Any:
    """The stored form of one sent value; None when it is missing or does not fit."""
    sent = _text(raw)
    if sent is None:
        return None
    if each.choices is not None:
        return each.choices.get(sent.lower())
    if each.type is str:
        return sent
    return _day(sent) if each.type is date else _number(sent, each)


def _number(sent: str, each: Field) -> float | int | None:
    try:
        number = float(sent)
    except ValueError:
        return None
    if not np.isfinite(number) or (each.type is int and abs(number) > LARGEST):
        return None
    return int(number) if each.type is int else number


def _day(sent: str) -> date | None:
    """A day as people write it: 2026-05-01, 2026/5/1, 2026.5.1, 20260501, 2026年5月1日; a year alone is its first day."""
    found = _DAYS.fullmatch(sent)
    try:
        return date(*(int(part or 1) for part in found.groups())) if found else None
    except ValueError:
        return None


def _yes_or_no(sent: str) -> bool | None:
    return _ANSWERS.get(sent.lower())


_ANSWERS = {**dict.fromkeys(("1", "是", "有", "y", "yes", "true", "t"), True),
            **dict.fromkeys(("0", "否", "无", "n", "no", "false", "f"), False)}  # fmt: skip
_READERS: Mapping[type, Callable[[str], Any]] = {str: str, date: _day, bool: _yes_or_no}


def _text(raw: Any) -> str | None:
    if raw is None or raw is pd.NaT or (isinstance(raw, float) and np.isnan(raw)):
        return None
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)  # codes that travelled as numbers
    return str(raw).strip() or None


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not np.isfinite(value):
        return None
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)


def _unrecognised(each: Recognised) -> list[Offence]:
    if each.skipped:
        text = Text("图层“{layer}”按您的选择未读入", "layer “{layer}” was left out as you chose")
        return [
            Offence(
                severity=Severity.NOTE,
                file=each.layer.file,
                layer=each.layer.name,
                text=text,
                values={"layer": each.name},
            )
        ]
    text = Text(
        "图层“{layer}”未能识别属于哪种名录,没有检查",
        "layer “{layer}” was not recognised as any register and was not checked",
    )
    if _PARCELS.match(each.layer.name):
        text = Text(
            "图层“{layer}”像是宗地界址点/线(不是行政界桩、界线),没有读入",
            "layer “{layer}” looks like land-parcel points or lines, not boundary markers; it was not read",
        )
    return [
        Offence(
            severity=Severity.ERROR,
            file=each.layer.file,
            layer=each.layer.name,
            text=text,
            values={"layer": each.name},
        )
    ]


def _notice(each: Recognised, sheet: gpd.GeoDataFrame, noticed: dict[str, list[Offence]]) -> None:
    assert each.register is not None
    own = sheet[(sheet["file"] == each.layer.file) & (sheet["layer"] == each.layer.name)]
    rows = dict(zip(own["source_row"], own["row"], strict=True))
    for problem in each.layer.row_problems:
        severity = Severity.ERROR if problem.blocking else Severity.WARNING
        noticed["F01"].append(
            Offence(each.register.name, rows.get(problem.row), problem.geometry, {}, severity,
                    each.layer.file, each.layer.name, text=problem.text, fix=problem.fix)
        )  # fmt: skip
    if each.unmapped:
        noticed["F02"].append(
            Offence(
                each.register.name,
                values={"layer": each.layer.name, "columns": "、".join(each.unmapped)},
                severity=Severity.NOTE,
                file=each.layer.file,
                layer=each.layer.name,
            )
        )
    noticed["F02"] += _misfits(each, own)


def _misfits(each: Recognised, own: gpd.GeoDataFrame) -> list[Offence]:
    """Values that were sent but do not fit their field."""
    assert each.register is not None
    text = Text(
        "{field}的值“{value}”不符合要求,未采用", "{field}: the value “{value}” does not fit and was not taken"
    )
    found = []
    for name, column in each.columns.items():
        wanted = each.register.field(name)
        sent = [_text(raw) for raw in each.layer.frame[column]]
        for row, raw, kept in zip(own["row"], sent, [_value(raw, wanted) for raw in sent], strict=True):
            if raw is not None and kept is None:
                title = wanted.title
                values = {"field": title.zh, "value": raw}
                found.append(
                    Offence(each.register.name, int(row), values=values, severity=Severity.WARNING, text=text)
                )
    return found
