"""Recognition: which layer is which register, which column is which field, and what was not understood.

Nothing is dropped silently: unrecognised layers and columns are listed, values that do not fit are findings, and the
sender can correct every guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from gis.files import Layer, Reading, RowProblem
from gis.intake.column_titles import columns_of
from gis.intake.layers_as_sent import of_layer_as_sent
from gis.intake.personal_columns import personal_among
from gis.intake.points_sent import no_places, placed
from gis.intake.rules import Offence, Severity
from gis.intake.sent_values import plain, stored_value, text_of
from gis.registers import REGISTERS, Field, Register
from gis.tables import folded
from gis.text import Text

SKIP = "-"
"""What the sender answers for a layer that is meant to be left out."""
IN_EVERY_LAYER = {"ID"}
"""Columns that may fill a field but say nothing of what a layer is."""
_GEOMETRIES = {  # GEOMETRY takes any, and none
    "POINT": {"Point", "MultiPoint"},
    "LINESTRING": {"LineString", "MultiLineString"},
    "MULTIPOLYGON": {"Polygon", "MultiPolygon"},
}
PLACELESS = {"None", "Unknown"}
"""Layers of which no row has a place; points of a list may come so, and get one later."""
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
    personal: Mapping[str, str] = field(default_factory=dict)
    """Which column fills which field about persons."""

    @property
    def name(self) -> str:
        """How the sender knows the layer: file/name."""
        return f"{self.layer.file}/{self.layer.name}"

    @property
    def is_list(self) -> bool:
        """Whether its rows pass chunk by chunk."""
        return self.register is not None and self.register.listed

    @property
    def unmapped(self) -> list[str]:
        """Columns that fill no field; they are kept as they are."""
        withheld = set(self.withheld)
        return [column for column in self._unused if column not in withheld]

    @property
    def withheld(self) -> list[str]:
        """Columns that fill no field and seem to be about persons; they are kept nowhere but in the file."""
        return personal_among(self._unused)

    @property
    def hidden(self) -> set[str]:
        """Columns whose values nobody is shown."""
        return {*self.personal.values(), *self.withheld}

    @property
    def _unused(self) -> list[str]:
        placed_by = self.layer.stream.placed_by if self.layer.stream else ()
        used = {*self.columns.values(), *self.personal.values(), *placed_by, "geometry", "row"}
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
        if each.is_list:
            continue
        if each.register is None:
            noticed["F02"] += _unrecognised(each)
            continue
        parts.setdefault(each.register.name, []).append(_as_sheet(each))
    whole = {name: _joined(frames) for name, frames in parts.items()}
    for each in recognised:
        if each.register is not None and not each.is_list:
            _notice(each, whole[each.register.name], noticed)
    return whole, {rule: tuple(offences) for rule, offences in noticed.items()}


def holds_list(layer: Layer, choices: Choices) -> bool:
    """Whether a layer holds a long list, or is to be left out, so that it need not be read as a whole."""
    seen = _recognised(layer, choices)
    return seen.skipped or seen.is_list


def chunk_of(
    each: Recognised, frame: gpd.GeoDataFrame, problems: Iterable[RowProblem], before: int, *, of_layer: bool
) -> tuple[gpd.GeoDataFrame, dict[str, tuple[Offence, ...]]]:
    """Some rows of a long list as a sheet, numbered after those `before`, and what was noticed of them, by rule.

    With the first of them, `of_layer`, what was noticed of the layer is told too.
    """
    part = replace(each, layer=replace(each.layer, frame=frame, row_problems=tuple(problems)))
    sheet = _as_sheet(part)
    sheet["row"] = np.arange(before + 1, before + len(sheet) + 1)
    noticed: dict[str, list[Offence]] = {"F01": [], "F02": []}
    _notice(part, sheet, noticed, of_layer=of_layer)
    return sheet, {rule: tuple(offences) for rule, offences in noticed.items()}


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
    known = {each.name for each in (*register.fields, *register.personal)}
    by_hand = {name: column for name, column in by_hand.items() if name in known}
    titles = _titles(layer)
    personal = columns_of(register, register.personal, titles, by_hand)
    columns = columns_of(register, register.fields, titles, by_hand, personal.values())
    return Recognised(layer, register, columns, personal=personal)


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
    if not _fits_geometry(register, layer.geometry_type):
        return 0
    columns = columns_of(register, register.fields, _titles(layer), {})
    telling = {name for name, column in columns.items() if folded(column) not in IN_EVERY_LAYER}
    named = any(
        folded(layer.name).startswith(folded(alias)) for alias in (*register.aliases, register.name)
    )
    fits, essential = len(telling), sum(f.name in telling for f in register.fields if f.required)
    return fits + 3 * essential + (4 if named else 0) if named or (essential and fits >= 2) else 0


def _titles(layer: Layer) -> list[str]:
    return [str(column) for column in layer.frame.columns if column not in ("geometry", "row")]


def _fits_geometry(register: Register, sent: str) -> bool:
    if register.listed and register.geometry == "POINT" and sent in PLACELESS:
        return True
    return register.geometry not in _GEOMETRIES or sent in _GEOMETRIES[register.geometry]


def _as_sheet(each: Recognised) -> gpd.GeoDataFrame:
    register = each.register
    assert register is not None
    frame = each.layer.frame
    values = {f.name: _values(frame, each.columns.get(f.name), f) for f in register.fields}
    sheet = gpd.GeoDataFrame(values, geometry=placed(register, frame.geometry.to_numpy()), crs=frame.crs)
    sheet["file"], sheet["layer"] = each.layer.file, each.layer.name
    sheet["source_row"] = frame["row"].to_numpy()
    left_out = {"geometry", "row", *each.hidden, *(each.columns.values() if register.listed else ())}
    titles = [column for column in frame.columns if column not in left_out]
    columns = [[plain(value) for value in frame[title].tolist()] for title in titles]
    sheet["extra"] = [dict(zip(titles, row, strict=True)) for row in zip(*columns, strict=True)] or [{}] * len(frame)
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
    return _read_once(frame[column].tolist(), lambda raw: stored_value(raw, each))


def _read_once(values: list[Any], read: Callable[[Any], Any]) -> list[Any]:
    """Every value as it is read; equal texts are read once."""
    known: dict[str, Any] = {}
    found = []
    for raw in values:
        if not isinstance(raw, str):
            found.append(read(raw))
            continue
        if raw not in known:
            known[raw] = read(raw)
        found.append(known[raw])
    return found


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


def _notice(
    each: Recognised, sheet: gpd.GeoDataFrame, noticed: dict[str, list[Offence]], *, of_layer: bool = True
) -> None:
    assert each.register is not None
    own = sheet[(sheet["file"] == each.layer.file) & (sheet["layer"] == each.layer.name)]
    rows = dict(zip(own["source_row"], own["row"], strict=True))
    for problem in each.layer.row_problems:
        severity = Severity.ERROR if problem.blocking else Severity.WARNING
        noticed["F01"].append(
            Offence(each.register.name, rows.get(problem.row), problem.geometry, {}, severity,
                    each.layer.file, each.layer.name, text=problem.text, fix=problem.fix)
        )  # fmt: skip
    noticed["F01"] += no_places(each.register, each.layer, rows)
    if of_layer:
        noticed["F02"] += of_layer_as_sent(each)
    noticed["F02"] += _misfits(each, own)


_DOES_NOT_FIT = Text(
    "{field}的值“{value}”不符合要求,未采用", "{field}: the value “{value}” does not fit and was not taken"
)
_UNSAID = Text(
    "{field}的值不符合要求,未采用(个人信息,不显示)",
    "{field}: the value does not fit and was not taken (it is about a person and not shown)",
)


_NOT_KNOWN = Text(
    "{field}的值“{value}”不能识别,可以填:{known}", "{field}: the value “{value}” is not known; known are {known}"
)
_TAKE_A_KNOWN_WORD = Text(
    "改用所列的一种说法;没有内容的,留空", "take one of the words that are known, or leave it empty"
)


def _not_known(register: Register, row: int, wanted: Field, raw: str) -> Offence:
    """A word for which a default would say what nobody said."""
    known = list(wanted.choices or ())
    words = Text("、".join(word for word in known if not word.isascii()), ", ".join(known))
    values = {"field": wanted.title, "value": raw, "known": words}
    return Offence(register.name, row, values=values, severity=Severity.ERROR, text=_NOT_KNOWN, fix=_TAKE_A_KNOWN_WORD,
                   unread=wanted.name)  # fmt: skip


def _misfits(each: Recognised, own: gpd.GeoDataFrame) -> list[Offence]:
    """Values that were sent but do not fit their field."""
    assert each.register is not None
    found = []
    for wanted in (*each.register.fields, *each.register.personal):
        column = (each.personal if wanted.personal else each.columns).get(wanted.name)
        if column is None or (wanted.type is str and wanted.choices is None):
            continue  # any text fits
        sent = _read_once(each.layer.frame[column].tolist(), text_of)
        stored = _read_once(sent, lambda raw, wanted=wanted: stored_value(raw, wanted))  # type: ignore[misc]
        for row, raw, kept in zip(own["row"], sent, stored, strict=True):
            if raw is None or kept is not None:
                continue
            if wanted.must_be_known:
                found.append(_not_known(each.register, int(row), wanted, raw))
            else:
                values = {"field": wanted.title.zh} | ({} if wanted.personal else {"value": raw})
                text = _UNSAID if wanted.personal else _DOES_NOT_FIT
                found.append(
                    Offence(each.register.name, int(row), values=values, severity=Severity.WARNING, text=text)
                )
    return found
